"""What the columns of a table of racks and devices mean: guessed by their heads, read by their units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from core.drawing.dimensions import grid_letter
from core.errors import EditError
from core.model.records import Status
from core.units import with_points

FIELDS: dict[str, str] = {
    "name": "Name", "rack": "Rack", "row": "Row", "column": "Column", "x": "x [mm]", "y": "y [mm]",
    "rotation": "Rotation", "rack_type": "Rack type", "device_type": "Device type", "unit": "U",
    "face": "Face", "side": "Side", "zone": "Zone", "place": "Place", "serial": "Serial number",
    "asset_tag": "Asset tag", "status": "Status",
}  # fmt: skip
"""Fields that a table may give, with the heads that we write."""
_HEADS: dict[str, tuple[str, ...]] = {
    "name": ("name", "tag", "device", "device name", "hostname", "host", "rack name", "label", "id"),
    "rack": ("rack", "cabinet", "in rack", "rack id", "cabinet name", "position rack"),
    "row": ("row", "grid row", "tile row"),
    "column": ("column", "col", "grid column", "tile column", "tile"),
    "x": ("x", "x pos", "pos x", "x position", "x coordinate", "easting"),
    "y": ("y", "y pos", "pos y", "y position", "y coordinate", "northing"),
    "rotation": ("rotation", "angle", "rot", "orientation", "turn", "facing"),
    "rack_type": ("rack type", "rack model", "cabinet type", "cabinet model"),
    "device_type": ("device type", "type", "model", "device model", "part", "part number", "hardware"),
    "unit": ("u", "ru", "unit", "position", "u position", "start u", "lowest u", "bottom u", "rack unit"),
    "face": ("face", "mounted from", "rack face", "front rear", "rack side"),
    "side": ("side", "left right", "half"),
    "zone": ("zone", "mount", "zero u", "0u"),
    "place": ("place", "place in the zone", "slot"),
    "serial": ("serial", "serial number", "serial no", "sn", "s n"),
    "asset_tag": ("asset tag", "asset", "asset number", "asset no", "inventory number"),
    "status": ("status", "state"),
}  # fmt: skip
_FIELD_OF = {head: field for field, heads in _HEADS.items() for head in heads}
_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "ft": 304.8, "deg": 1.0}
_UNIT = re.compile(r"[\[(]\s*([A-Za-z]+)\s*[\])]\s*$|[\s_](mm|cm|m|in|ft)\s*$")


def guess_columns(heads: Sequence[str]) -> dict[str, int]:
    """Return the column of each field that a head names; of several the first.

    Examples
    --------
    >>> guess_columns(["Rack Name", "X (m)", "Y (m)", "Rack type"])
    {'name': 0, 'x': 1, 'y': 2, 'rack_type': 3}
    >>> guess_columns(["Rack", "Device", "U", "Model"])
    {'rack': 0, 'name': 1, 'unit': 2, 'device_type': 3}
    """
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        field = _FIELD_OF.get(_plain(head))
        if field is not None:
            found.setdefault(field, at)
    if "name" not in found and "rack" in found and "device_type" not in found:
        found["name"] = found.pop("rack")  # a list of racks calls their names so
    return found


def _plain(head: str) -> str:
    match = _UNIT.search(head)
    if match is not None and (match[1] or match[2]).lower() in _MM:
        head = head[: match.start()]
    return " ".join(re.sub(r"[^a-z0-9]+", " ", head.lower()).split())


def factor_of(head: str) -> float:
    """Return how many millimetres a number below a head is worth.

    Examples
    --------
    >>> factor_of("x [m]"), factor_of("x_ft"), factor_of("x")
    (1000.0, 304.8, 1.0)
    """
    match = _UNIT.search(head)
    return 1.0 if match is None else _MM.get((match[1] or match[2]).lower(), 1.0)


def millimetres(text: str, factor: float) -> int:
    """Return a position as typed, in whole millimetres.

    Raises
    ------
    EditError
        If it is none.
    """
    plain = with_points(text)
    match = re.fullmatch(r"([+-]?\d+(?:\.\d*)?)(mm|cm|m|in|ft)?", plain)
    if match is None:
        raise EditError(f"'{text[:40]}' is no position", cure="Write a number, such as 7200 or 7.2 m")
    value = float(match[1]) * (_MM[match[2]] if match[2] else factor)
    if abs(value) > 100_000_000:
        raise EditError(f"'{text[:40]}' is too far away", cure="Check the unit in the head of the column")
    return round(value)


def quarter(text: str) -> int:
    """Return a rotation in degrees: a multiple of 90.

    Raises
    ------
    EditError
        If it is not.
    """
    plain = text.strip().lower().removesuffix("°").removesuffix("deg").strip()
    try:
        degrees = float(with_points(plain))
    except ValueError:
        degrees = 45.0
    if degrees % 90 or abs(degrees) > 3600:
        raise EditError(f"'{text[:40]}' is no quarter turn", cure="Write 0, 90, 180 or 270")
    return round(degrees) % 360


def tile(text: str) -> int:
    """Return the index of a grid line by its letter or number, as in the bubbles of the plan.

    Raises
    ------
    EditError
        If it is neither.

    Examples
    --------
    >>> tile("A"), tile("1"), tile("12")
    (0, 0, 11)
    """
    plain = text.strip().upper()
    if re.fullmatch(r"\d{1,4}", plain) and int(plain):
        return int(plain) - 1
    if re.fullmatch(r"[A-Z]{1,2}", plain):
        for index in range(700):
            if grid_letter(index) == plain:
                return index
    raise EditError(f"'{text[:40]}' is no grid line", cure="Write its letter or number, as on the plan")


def unit_number(text: str) -> float:
    """Return the number of a unit: 12, U12, 12.5.

    Raises
    ------
    EditError
        If it is none.
    """
    match = re.fullmatch(r"(?:[A-Za-z]{0,3}\s*)(\d{1,3}(?:[.,]5?0?)?)(?:\s*[A-Za-z]{1,2})?", text.strip())
    if match is None:
        raise EditError(f"'{text[:40]}' is no unit", cure="Write the number of the lowest unit, such as 12")
    return float(match[1].replace(",", "."))


def chosen(text: str, choices: Mapping[str, str], what: str) -> str:
    """Return one of some words by what may be written for it.

    Raises
    ------
    EditError
        If it is none of them.
    """
    plain = text.strip().casefold()
    if plain not in choices:
        words = ", ".join(dict.fromkeys(value for value in choices.values() if value))
        raise EditError(f"'{text[:40]}' is no {what}", cure=f"Write {words}")
    return choices[plain]


FACES = {"front": "front", "f": "front", "rear": "rear", "r": "rear", "back": "rear"}
SIDES = {"left": "left", "l": "left", "centre": "centre", "center": "centre", "c": "centre",
         "right": "right", "r": "right"}  # fmt: skip
STATUSES = {status: status for status in get_args(Status) if status} | {
    "active": "installed", "in service": "installed", "on order": "ordered", "decommissioned": "removed",
}  # fmt: skip
