"""The cells of a row of a table of racks and devices, as positions, places in racks and own fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.drawing.plan_marks import datum_of
from core.editing.space import Spot, unit_span
from core.errors import CagenutError, EditError
from core.exchange.placing_columns import (
    FACES,
    SIDES,
    STATUSES,
    chosen,
    millimetres,
    tile,
    unit_number,
)
from core.model.check import clean_name
from core.model.project import Reader
from core.model.types import DeviceType, RackType

PLACE_CURE = "Give x and y, or row and column of the grid"
State = Literal["new", "changed", "same", "problem", "left out"]


@dataclass
class PlacingLine:
    """One row of the table and what becomes of it."""

    number: int
    """Row of the file."""
    name: str
    state: State
    words: str
    """What happens, or what is wrong."""
    cure: str = ""


@dataclass
class TableRow:
    line: PlacingLine
    given: dict[str, str]
    is_device: bool


def fault(line: PlacingLine, error: CagenutError) -> None:
    line.state, line.words, line.cure = "problem", error.problem, error.cure


def position(
    reader: Reader, given: Mapping[str, str], factors: Mapping[str, float]
) -> tuple[int | None, int | None]:
    """Return x and y: as given, else of the corner of the grid."""
    found: dict[str, int | None] = {"x": None, "y": None}
    datum = datum_of(reader, reader.top)
    pitch = reader.blocks[reader.top].grid_mm
    for axis, field, start in (("x", "column", datum[0]), ("y", "row", datum[1])):
        if axis in given:
            found[axis] = millimetres(given[axis], factors[axis])
        elif field in given:
            found[axis] = round(start) + tile(given[field]) * pitch
    return found["x"], found["y"]


def spot_of(given: Mapping[str, str], rack: RackType, now: Spot) -> Spot:
    fields: dict[str, Any] = {}
    if "unit" in given:
        fields["half_u"] = round(rack.half_units_at(unit_number(given["unit"])))
        if fields["half_u"] < 0:
            raise EditError(f"the rack has no unit {given['unit']}", cure="Write a unit of the rack")
    if "face" in given:
        fields["face"] = chosen(given["face"], FACES, "face")
    if "side" in given:
        fields["side"] = chosen(given["side"], SIDES, "side")
    if "zone" in given:
        zones = {zone.name.casefold(): zone.name for zone in rack.zones}
        fields["zone"] = chosen(given["zone"], zones, "zone of the rack")
    if "place" in given:
        if not given["place"].isdecimal() or not 0 < int(given["place"]) <= 16:
            raise EditError(f"'{given['place'][:40]}' is no place", cure="Write 1, 2 …")
        fields["place"] = int(given["place"]) - 1
    return now._replace(**fields)


def own_fields(given: Mapping[str, str]) -> dict[str, Any]:
    """Return serial, asset tag and status as they are stored."""
    found: dict[str, Any] = {f: clean_name(given[f]) for f in ("serial", "asset_tag") if f in given}
    if "status" in given:
        found["status"] = chosen(given["status"], STATUSES, "status")
    return found


def where_in(rack: RackType, spec: DeviceType, spot: Spot | None) -> str:
    if spot is None:
        return "lowest free units"
    if spot.zone:
        return f"zone {spot.zone} {spot.place + 1}"
    span = unit_span(rack, spot.half_u, spot.half_u + max(round(2 * spec.height_u), 1))
    return f"{span} {spot.face} {spot.side}".rstrip()
