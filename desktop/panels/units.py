"""The position of a device as printed on its rack: U7, or U7.5 for half a unit higher."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from core.editing.types import rack_type_of
from core.model.fields import Field
from core.model.project import Reader
from core.model.records import Device, Record
from core.model.types import RackType
from desktop.panels.form import Notation, WrongValueError

_UNIT = re.compile(r"[A-Za-z]*\s*(\d+(?:[.,]\d+)?)")


def common_rack(reader: Reader, records: Iterable[Record]) -> RackType | None:
    """Return the rack type that all of some devices are mounted in, or None."""
    found = {
        rack.id: rack
        for record in records
        if isinstance(record, Device) and (rack := rack_type_of(reader, record.block)) is not None
    }
    return next(iter(found.values())) if len(found) == 1 else None


def unit_notation(rack: RackType) -> Notation:
    """Return how half units above the bottom of a rack are written."""

    def show(half_u: object) -> str:
        if not isinstance(half_u, int):
            return ""
        return f"{rack.unit}{rack.unit_number(half_u):g}"

    def parse(text: str) -> int:
        match = _UNIT.fullmatch(text.strip())
        example = f"{rack.unit}7 or {rack.unit}7.5"
        if match is None:
            raise WrongValueError(f"A unit is needed, such as {example}")
        number = float(match[1].replace(",", "."))
        half_u = rack.half_units_at(number)
        if half_u != round(half_u):
            raise WrongValueError(f"Whole or half units, such as {example}")
        if not 0 <= half_u < 2 * rack.units:
            ends = sorted((rack.unit_number(0), rack.unit_number(2 * rack.units - 2)))
            raise WrongValueError(f"The rack has {rack.unit}{ends[0]:g} to {rack.unit}{ends[1]:g}")
        return round(half_u)

    return Notation(parse, show)


def parsed_range(rack: RackType, text: str) -> tuple[int, int]:
    """Return the half units, from and to, of a range of units as one writes it: U10-U13, 10-13 or U10.

    Raises
    ------
    WrongValueError
        If the text is no range of units of the rack.
    """
    parse = unit_notation(rack).parse
    ends = [parse(part) for part in re.split(r"\s*(?:-|–|\bto\b)\s*", text.strip())]
    if not 1 <= len(ends) <= 2:
        raise WrongValueError(f"A range is needed, such as {rack.unit}10-{rack.unit}13")
    return min(ends), min(max(ends) + 2, 2 * rack.units)


def unit_field(field: Field, rack: RackType) -> Field:
    """Return the field of the position as a form shows it: named as on the rack, without a unit beside it."""
    words = (
        f"Unit in which the device begins, as numbered on the rack; {rack.unit}7.5 is half a unit above it"
    )
    return replace(field, label="Lowest unit", unit="", help=words, low=None, high=None)
