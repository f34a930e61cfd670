"""Rows on a floor, by name: which row something stands in and its place along it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core.editing.footprint import box_of
from core.model.project import Reader
from core.model.records import Device, Instance

_APART_MM = 300.0
"""Things whose middles are further apart across a row stand in different rows."""


class Standing(NamedTuple):
    """Where something stands; rows are counted from the front, or from the left if they run to the back."""

    row: int
    """From 0."""
    place: int
    """Along its row, from 1."""

    @property
    def letter(self) -> str:
        """Name of the row: A, B ... Z, AA.

        Examples
        --------
        >>> Standing(0, 1).letter, Standing(25, 1).letter, Standing(26, 1).letter
        ('A', 'Z', 'AA')
        """
        text, number = "", self.row + 1
        while number:
            number, rest = divmod(number - 1, 26)
            text = chr(65 + rest) + text
        return text


def standings(reader: Reader, block: str) -> Mapping[str, Standing]:
    """Return where everything on a floor block stands, in the order in which one counts.

    Placed blocks and devices whose middles are on one line form a row; what is turned by a quarter forms
    rows of its own, after the others.
    """
    found: list[tuple[int, float, float, str]] = []
    things: list[Instance | Device] = [*reader.instances(block).values(), *reader.devices(block).values()]
    for thing in things:
        box = box_of(reader, thing)
        middle = ((box.left + box.right) / 2, (box.front + box.back) / 2)
        turned = thing.rotation % 180 == 90
        across, along = (middle[0], middle[1]) if turned else (middle[1], middle[0])
        found.append((int(turned), across, along, thing.id))
    found.sort()
    rows: list[list[tuple[int, float, float, str]]] = []
    for entry in found:
        last = rows[-1][-1] if rows else None
        if last is None or entry[0] != last[0] or entry[1] - last[1] > _APART_MM:
            rows.append([])
        rows[-1].append(entry)
    return {
        thing_id: Standing(number, place)
        for number, row in enumerate(rows)
        for place, (_, _, _, thing_id) in enumerate(sorted(row, key=lambda each: (each[2], each[3])), 1)
    }


def floor_level(reader: Reader, block: str) -> str:
    """Return what a block is as a thing to be named: `rack`, `row`, `unit` or `hall`.

    A row holds racks on one line; a unit holds racks on several lines, or rows; a hall holds units.
    """
    record = reader.blocks.get(block)
    if record is not None and record.kind == "rack":
        return "rack"
    inside = {floor_level(reader, of) for of in {i.of for i in reader.instances(block).values()}}
    if inside & {"unit", "hall"}:
        return "hall"
    if inside == {"rack"} and len({s.row for s in standings(reader, block).values()}) == 1:
        return "row"
    return "unit"
