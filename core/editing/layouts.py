"""Where things stand in a network drawing by hand: kept as layouts of the built block, by path.

The layout of a fabric holds the devices; beside it one for each tier (and rail) holds the racks and floor
blocks that stand for their devices there, since a rack can stand in several tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Layout

Spot: TypeAlias = tuple[str, str]
"""What a place is kept under: tier (and rail) of a gathered node, empty for a device; and path."""
Place: TypeAlias = tuple[float, float]


def places_in(reader: Reader, block: str, fabric: str) -> dict[Spot, Place]:
    """Return the places by hand in a fabric's drawing [mm]; those of the block win over the project's."""
    found: dict[Spot, Place] = {}
    for holder in ("", block):
        for beside, layout in _layouts(reader, holder, fabric):
            found.update(((beside, path), (x, y)) for path, (x, y) in layout.positions.items())
    return found


def place_nodes(edit: Edit, block: str, fabric: str, places: Mapping[Spot, Place]) -> None:
    """Put nodes of the drawing of a fabric where they are wanted [mm]."""
    by_layout: dict[str, dict[str, Place]] = {}
    for (beside, path), (x, y) in places.items():
        by_layout.setdefault(beside, {})[path] = (round(x, 2), round(y, 2))
    for beside, positions in by_layout.items():
        name = f"fabric.{fabric}" + (f"+{beside}" if beside else "")
        old: Layout | None = edit.get("layouts", (block, name))
        kept = old.positions if old is not None else {}
        edit.put("layouts", Layout(block=block, id=name, positions={**kept, **positions}))


def reset_places(edit: Edit, block: str, fabric: str) -> int:
    """Forget all places by hand in the drawing of a fabric, and return how many there were."""
    total = 0
    for holder in ("", block):
        for _, layout in list(_layouts(edit, holder, fabric)):
            total += len(layout.positions)
            edit.remove("layouts", layout.key)
    return total


def _layouts(reader: Reader, block: str, fabric: str) -> Iterator[tuple[str, Layout]]:
    name = f"fabric.{fabric}"
    for layout in reader.rows("layouts", block).values():
        if layout.id == name:
            yield "", layout
        elif layout.id.startswith(f"{name}+"):
            yield layout.id[len(name) + 1 :], layout
