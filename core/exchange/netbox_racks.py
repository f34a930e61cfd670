"""Rack types of the NetBox library: outsides that are possible, and what cannot be meant left open."""

from __future__ import annotations

from core.exchange.netbox_fields import Fields, identity_of
from core.model.types import RackType

_PITCH_MM = 44.45
_FRAME_MM = 100.0
"""Height of plinth and roof where a rack's outside is not given."""
_OPENING_MM = {"10": 222.0, "19": 450.0, "21": 500.0, "23": 552.0}
"""Clear width between the rails by nominal width in inches; EIA-310 for 19."""
_RAIL_WIDTHS = ("10", "19", "20", "23")
_SIZES_MM = {"width": (200.0, 1500.0), "depth": (100.0, 2000.0), "height": (100.0, 4000.0)}
"""Outsides of racks, from wall cabinets up."""


def read_rack(fields: Fields) -> RackType:
    """Return the rack type of a file.

    Raises
    ------
    CatalogueError
        If it lacks what a rack must have.
    """
    type_id, maker, model, part_number = identity_of(fields)
    units = fields.number("u_height")
    if units is None or not 1 <= units <= 100 or units % 1:
        raise fields.error(
            "u_height", "the number of units is missing or wrong", "Give u_height from 1 to 100"
        )
    form = fields.needed("form_factor")
    fields.needed("width")
    nominal = f"{fields.number('width'):g}"
    if nominal not in _RAIL_WIDTHS:
        fields.doubts.append(f"Rails {nominal[:20]} inches apart: there are {', '.join(_RAIL_WIDTHS)}")
    sizes = _outside(fields, units)
    opening = _OPENING_MM.get(nominal)
    if nominal != "19":
        fields.notes.append(
            f"It is {nominal} inches wide; only 19 inches and Open Rack are drawn to a standard"
        )
    if opening is not None and opening < sizes["width"]:
        fields.assume("opening_mm", "Clear width by the nominal width of the rails", quiet=True)
    else:
        opening = None
    fields.needed("starting_unit")
    first = fields.number("starting_unit") or 0.0
    if first % 1:
        raise fields.error("starting_unit", f"a first unit {first:g} is not possible", "Give a whole number")
    fields.remarks.append(f"Form: {form}")
    return RackType(
        id=type_id, maker=maker, name=model, part_number=part_number, units=int(units), opening_mm=opening,
        width_mm=round(sizes["width"]), depth_mm=round(sizes["depth"]), height_mm=round(sizes["height"]),
        mounting_depth_mm=_within(
            fields, "mounting_depth", fields.number("mounting_depth"), 300, sizes["depth"], "mm"
        ),
        mass_kg=_within(fields, "weight", fields.mass("weight"), 1, 2000, "kg"),
        load_max_kg=_within(fields, "max_weight", fields.mass("max_weight"), 100, 5000, "kg"),
        numbering="down" if fields.flag("desc_units") else "up",
        first_unit=round(first),
    )  # fmt: skip


def _outside(fields: Fields, units: float) -> dict[str, float]:
    """Return width, depth and height [mm]: as the file gives them if possible, else the usual ones."""
    inside = units * _PITCH_MM
    usual = {"width": 600.0, "depth": 1200.0, "height": inside + _FRAME_MM}
    sizes = {}
    for side, (least, most) in _SIZES_MM.items():
        key = f"outer_{side}"
        least = max(least, inside - 1) if side == "height" else least
        size = fields.length(key)
        if size is None:
            fields.assume(f"{side}_mm", f"The file gives no outer {side}; {usual[side]:.0f} mm is assumed")
        elif not least <= size <= most:
            fields.doubts.append(f"{key} of {size:g} mm is not from {least:.0f} to {most:.0f} mm")
            fields.assume(f"{side}_mm", f"The outer {side} is not believed; {usual[side]:.0f} mm is assumed")
            size = None
        sizes[side] = usual[side] if size is None else size
    return sizes


def _within(
    fields: Fields, key: str, value: float | None, least: float, most: float, unit: str
) -> float | None:
    """Return what can be meant; what cannot is a doubt, and left open."""
    if value is None or least <= value <= most:
        return value
    fields.doubts.append(f"{key} of {value:g} {unit} is not from {least:g} to {most:g} {unit}: left open")
    return None
