"""Where cards of the one-line diagram and the cooling schematic stand by hand: a layout of the built block.

Places are upper left corners, from the upper end of the middle line of the drawing, y up [mm].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Layout

View: TypeAlias = Literal["power", "cooling"]
Place: TypeAlias = tuple[float, float]


def card_places(reader: Reader, block: str, view: View) -> dict[str, Place]:
    """Return the places by hand in a schematic, by the key of the card."""
    layout: Layout | None = reader.rows("layouts", block).get(view)
    return {} if layout is None else dict(layout.positions)


def place_cards(edit: Edit, block: str, view: View, places: Mapping[str, Place]) -> None:
    """Put cards where they are wanted."""
    rounded = {key: (round(x, 2), round(y, 2)) for key, (x, y) in places.items()}
    kept = card_places(edit, block, view)
    edit.put("layouts", Layout(block=block, id=view, positions={**kept, **rounded}))


def reset_cards(edit: Edit, block: str, view: View) -> int:
    """Forget all places by hand in a schematic, and return how many there were."""
    layout: Layout | None = edit.get("layouts", (block, view))
    if layout is None:
        return 0
    edit.remove("layouts", layout.key)
    return len(layout.positions)
