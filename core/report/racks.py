"""Racks that look alike: one elevation for each rack block and each set of things masked out of it."""

from __future__ import annotations

from typing import NamedTuple

from core.drawing.placed import PlacedBlock
from core.drawing.plan_marks import datum_of
from core.model.types import RackType
from core.report.context import Context
from core.units import length, measure


class Drawn(NamedTuple):
    """Racks that one elevation stands for."""

    block: str
    absent: tuple[str, ...]
    """Devices masked out, by id."""
    members: tuple[PlacedBlock, ...]


def drawn_racks(context: Context) -> list[Drawn]:
    """Return the distinct racks in the order in which they first appear."""
    groups: dict[tuple[str, tuple[str, ...]], list[PlacedBlock]] = {}
    for at in context.racks:
        groups.setdefault((at.block.id, absent_in(context, at)), []).append(at)
    ordered = sorted(groups.items(), key=lambda item: len(item[0][1]) > 0)
    return [Drawn(block, absent, tuple(members)) for (block, absent), members in ordered]


def absent_in(context: Context, at: PlacedBlock) -> tuple[str, ...]:
    """Return the ids of the devices that overrides mask out of a rack."""
    if not at.overrides:
        return ()
    devices = context.project.devices(at.block.id)
    return tuple(sorted(rid for rid in devices if at.overrides.is_absent(rid)))


def elevation_ids(context: Context) -> dict[str, str]:
    """Return the sheet number of the elevation of each rack, by path."""
    found: dict[str, str] = {}
    for at, drawn in enumerate(drawn_racks(context)):
        for member in drawn.members:
            found[member.path] = f"R-{201 + at}"
    return found


def size_of(rack: RackType) -> str:
    """Return width, depth and height with their unit."""
    return f"{measure(rack.width_mm)} × {measure(rack.depth_mm)} × {length(rack.height_mm)}"


def position_of(context: Context, at: PlacedBlock) -> tuple[str, str]:
    """Return x and y of the front left corner from the datum of the plan."""
    x, y = datum_of(context.project, context.project.top)
    t, rack = at.transform, context.project.find_type(at.block.rack_type)
    # Seen from the front the left is where x grows from, unless it is mirrored.
    is_mirrored = t.a * t.d - t.b * t.c < 0
    left = t.apply(rack.width_mm, 0) if is_mirrored and isinstance(rack, RackType) else (t.x, t.y)
    return measure(left[0] - x), measure(left[1] - y)


def sources_of(context: Context, at: PlacedBlock) -> str:
    """Return the sources that feed the inlets of a rack with the number of inlets on each."""
    counts: dict[str, int] = {}
    for device in context.project.devices(at.block.id).values():
        if not at.overrides.is_absent(device.id):
            for source in device.feeds.values():
                counts[source] = counts.get(source, 0) + 1
    names = context.project.sources
    shown = [f"{names[s].name if s in names else s} × {n}" for s, n in sorted(counts.items())]
    return ", ".join(shown) or "not drawn"


def differences_of(context: Context, at: PlacedBlock) -> str:
    """Return what overrides say about a rack and what is in it."""
    said: list[str] = []
    if at.instance is not None:
        holder = context.placement.blocks.get(at.path.rpartition("/")[0])
        if holder is not None:
            for override in holder.overrides.find(at.instance.id):
                said += _words(override, "")
    if at.overrides:
        for device in context.project.devices(at.block.id).values():
            for override in at.overrides.find(device.id):
                said += _words(override, device.name or device.id)
    return "; ".join(dict.fromkeys(said)) or "none"


def _words(override: object, name: str) -> list[str]:
    lead = f"{name}: " if name else ""
    words = []
    if getattr(override, "absent", None):
        words.append(f"{lead}absent")
    for field, label in (
        ("name", "named"), ("asset_tag", "asset"), ("serial", "serial"), ("status", "status"),
        ("power_limit_w", "power limit W"), ("note", "note"),
    ):  # fmt: skip
        value = getattr(override, field, None)
        if value is not None and value != "":
            words.append(f"{lead}{label} {value}")
    return words
