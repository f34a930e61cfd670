"""What the engine has found for a placed rack: what it weighs in operation, on which foot, and its way in."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from core.drawing.colour_values import rack_rows
from core.editing.routes import counted
from core.units import measure, show, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

RACK_LOAD = ("In operation", "Centre of gravity", "Worst foot", "Footprint", "Way in")
PLACED = 0.95
"""Share of the mass below which it is said of how much the centre is known."""


def rack_load_of(evaluation: Evaluation | None, path: str) -> dict[str, str]:
    """Return what is shown of a rack by name."""
    if evaluation is None:
        return dict.fromkeys(RACK_LOAD, "not evaluated yet")
    row = int(rack_rows(evaluation.snapshot.flat, [path])[0][0])
    if row < 0 or evaluation.snapshot.rack_type[row] < 0:
        return dict.fromkeys(RACK_LOAD, "not there")
    load, unknown = evaluation.floor_load, int(evaluation.mass.rack_unknown[row])
    more = f"; {unknown} of unknown mass not in it" if unknown else ""
    x, y, z = (measure(float(v)) for v in load.rack_centre_mm[row])
    place = f"{x} from the left, {y} from the front, {z} {symbol('mm')} up"
    if load.rack_placed[row] < PLACED:
        place += f"; known of {load.rack_placed[row]:.0%} of the mass"
    limit = float(load.rack_point_limit_kg[row])
    rated = "" if isnan(limit) else f" of {show(limit, 'kg')}"
    feet = "" if load.rack_feet_given[row] else "; feet assumed near the corners"
    cables = show(float(load.rack_cable_kg[row]), "kg", digits=2)
    return {
        "In operation": f"{show(float(load.rack_operating_kg[row]), 'kg')}; {cables} cables, "
        f"{_coolant(evaluation, row)}{more}",
        "Centre of gravity": place,
        "Worst foot": show(float(load.rack_worst_foot_kg[row]), "kg") + rated + feet,
        "Footprint": show(float(load.rack_footprint_kg_m2[row]), "kg/m2") + "; not for a floor rating",
        "Way in": _way(evaluation, row),
    }


def _coolant(evaluation: Evaluation, row: int) -> str:
    load = evaluation.floor_load
    kg, unknown = float(load.rack_coolant_kg[row]), int(load.rack_coolant_unknown[row])
    if unknown:
        known = f"{show(kg, 'kg', digits=2)} coolant and that of" if kg else "without the coolant of"
        return f"{known} {counted(unknown, 'device')}, not known"
    return f"{show(kg, 'kg', digits=2)} coolant"


def _way(evaluation: Evaluation, row: int) -> str:
    ways = evaluation.ways_in
    if not ways.rack_judged[row]:
        return "no door drawn"
    if not ways.rack_through[row]:
        return "no door lets it in"
    return "from a door, upright" if ways.rack_reached[row] else "none wide enough from a door"
