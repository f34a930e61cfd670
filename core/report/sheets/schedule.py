"""T-6xx: the cable schedule, point to point; for very many cables bundles by rack, all rows attached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.drawing.cables import Cable, natural
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.lists.cables import PLUGS_ON, legs_of
from core.report.pathway_tags import route_words
from core.report.sheet import Page, Sheet, numbers, table_sheets
from core.report.tables import Align, Column, Table, without, without_empty
from core.report.values import count, metres, metres_in_all
from core.units import per

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

MOST_ROWS = 5000
CSV_NAME = "cable-schedule.csv"
ROUTING = (
    "Lengths: between racks up to the trays, along x and y with allowance, and down again; slack at both "
    "ends; rounded up to a stocked length. Pathways by their numbers on the pathway plan. Assumptions: G-004."
)


class Part(NamedTuple):
    """What the engine says of one cable."""

    medium: str
    part: str
    rate: str
    optic_a: str
    optic_z: str
    route_m: float | None
    ordered_m: float | None
    ways: str = ""
    """Numbers of the pathways it lies in, or why it lies in none."""
    legs_m: tuple[float, ...] = ()
    """What the route is made of: `LEGS_SHOWN`."""


def sheets(context: Context) -> list[Sheet]:
    """Return the schedule: one row for each link, or bundles by rack above `MOST_ROWS`."""
    cables = context.cables
    if not cables:
        return []
    ids = numbers("T", 601)
    base = Sheet("", "Cable schedule", "Cable schedule", _nothing, "point to point")
    routed = _Ways(context.evaluation) if context.evaluation is not None else None
    parts = [part_of(context, cable, routed) for cable in cables]
    context.extras[CSV_NAME] = csv_bytes(_heads(), _rows(context, cables, parts))
    if len(cables) <= MOST_ROWS:
        table = _points(list(_rows(context, cables, parts)), _counts(context))
        if next(context.project.every("pathways"), None) is None:
            table = without(table, "Pathways")
        return table_sheets(context, table, ids, base)
    summary = _summary(context, cables, parts)
    found = table_sheets(context, summary, ids, _as(base, "summary by fabric and part"))
    return found + table_sheets(context, _bundles(context, cables, parts), ids, _as(base, "bundles by rack"))


def _as(sheet: Sheet, subtitle: str) -> Sheet:
    from dataclasses import replace

    return replace(sheet, subtitle=subtitle)


def _nothing(page: Page) -> None:
    """Draw nothing."""


_LEGS_OF = {"Up m": [1], "Along m": [0, 3, 4, 5, 6, 8], "Down m": [2], "Slack m": [7]}
"""What a route is made of, of `core.engine.routes.LEGS`: in a rack all but the slack is along."""
LEGS_SHOWN = tuple(_LEGS_OF)
MADE_OF = "Up + along + down + slack m"
"""Their column on paper."""
_COLUMNS: tuple[tuple[str, Align, float, float], ...] = (
    ("Cable", "left", 26, 0.2), ("Link", "left", 12, 0.0), ("Fabric", "left", 36, 0.0),
    ("A rack", "left", 26, 0.3), ("A unit", "left", 12, 0.0), ("A device", "left", 24, 0.2),
    ("A port", "left", 18, 0.0), ("A optic", "left", 24, 0.0),
    ("Z rack", "left", 26, 0.3), ("Z unit", "left", 12, 0.0), ("Z device", "left", 24, 0.2),
    ("Z port", "left", 18, 0.0), ("Z optic", "left", 24, 0.0),
    ("Rate", "right", 12, 0.0), ("Medium", "left", 14, 0.0), ("Part", "left", 30, 0.3),
    ("Pathways", "left", 24, 0.2), *((title, "right", 9.0, 0.0) for title in _LEGS_OF),
    ("Route m", "right", 10, 0.0), ("Order m", "right", 10, 0.0), ("Colour", "left", 12, 0.0),
    ("Label at A (the other end is reversed)", "left", 56, 0.6), ("Status", "left", 14, 0.0),
)  # fmt: skip


_MAY_BE_EMPTY = ("Link", "A optic", "Z optic", "Colour", "Status")


def _heads() -> list[str]:
    return [_headed(title) for title, *_ in _COLUMNS]


def _headed(title: str) -> str:
    """Return a title with its unit as people read it."""
    return per(title.removesuffix(" m"), "m") if title.endswith(" m") else title


class _Ways:
    """Route of every cable, and how its length is made."""

    def __init__(self, of: Evaluation) -> None:
        self._words, legs = route_words(of), legs_of(of)
        self._legs = np.stack([legs[rows].sum(axis=0) for rows in _LEGS_OF.values()], axis=1)

    def of(self, row: int) -> tuple[str, tuple[float, ...]]:
        """Return pathways and parts of the length of a cable, by its row."""
        return self._words[row], tuple(self._legs[row].tolist())


def part_of(context: Context, cable: Cable, routed: _Ways | None = None) -> Part:
    """Return medium, part, rate and lengths of a cable; empty where nothing is known."""
    found, row = context.evaluation, context.cable_row(cable)
    if found is None or row < 0:
        return Part("", "", "", "", "", None, cable.link.length_m)
    cabling = found.cabling
    option = int(cabling.cable_option[row])
    ways, legs = routed.of(row) if routed is not None else ("", ())
    rate = float(cabling.classes.cable_rate_gbps[row])
    rate_text = f"{rate:g}G" if rate == rate and cable.link.layer == "data" else ""
    route, ordered = float(cabling.cable_route_m[row]), float(cabling.cable_ordered_m[row])
    if cabling.plugs_on[row]:
        return Part("none", PLUGS_ON, "", "", "", None, None)
    if option < 0:
        pinned = ordered if ordered == ordered else None
        return Part("unknown", "no qualified part", rate_text, "", "", route, pinned, ways, legs)
    chosen = cabling.options[option]
    a, z = (
        o.part_number or o.name if o is not None else "" for o in (chosen.optic_a, chosen.optic_b)
    )  # fmt: skip
    return Part(chosen.media, chosen.name, rate_text, a, z, route, ordered, ways, legs)


def _points(rows: list[tuple[str, ...]], note: str) -> Table:
    """Return the schedule, without the columns that may be empty and are."""
    first, last = (_heads().index(_headed(LEGS_SHOWN[i])) for i in (0, -1))
    columns = [
        Column(_headed(title), align, most=most, wide=wide, least=13.0 if title == "Cable" else 0.0)
        for title, align, most, wide in _COLUMNS
    ]
    columns[first : last + 1] = [Column(_headed(MADE_OF), most=26.0, least=24.0)]
    rows = [(*row[:first], "+".join(filter(None, row[first : last + 1])), *row[last + 1 :]) for row in rows]
    return without_empty(Table(tuple(columns), rows, note=f"{note} {ROUTING}", pad=0.4), *_MAY_BE_EMPTY)


def _counts(context: Context) -> str:
    """Say how many pieces there are and how many links they carry."""
    links, pieces = len(context.cables), context.pieces
    if links == pieces:
        return f"{count(pieces)} cables."
    one = "a cable of two links has one number and one pair of labels"
    return f"{count(pieces)} cables carry {count(links)} links; {one}."


def _kind(context: Context, cable: Cable) -> str:
    fabric = context.project.fabrics.get(cable.link.fabric)
    return fabric.name if fabric is not None else cable.link.layer


def _rows(context: Context, cables: Iterable[Cable], parts: Iterable[Part]) -> Iterable[tuple[str, ...]]:
    for at, (cable, part) in enumerate(zip(cables, parts, strict=True)):
        if at % 500 == 0:
            context.tick()
        a, z, link = cable.a, cable.z, cable.link
        label = cable.label_a if cable.is_first or not cable.is_twin else "labels of its link 1"
        yield (
            cable.tag, f"{cable.number} of {cable.links}" if cable.links > 1 else "",
            _kind(context, cable), a.rack, a.unit, a.found.name, a.port, part.optic_a,
            z.rack, z.unit, z.found.name, z.port, part.optic_z, part.rate, part.medium,
            part.part, part.ways, *(metres(m) for m in part.legs_m or (None,) * len(_LEGS_OF)),
            metres(part.route_m), metres(part.ordered_m) if cable.is_first else "",
            link.colour, label, link.status,
        )  # fmt: skip


def _summary(context: Context, cables: list[Cable], parts: list[Part]) -> Table:
    counts: dict[tuple[str, ...], list[float]] = {}
    for cable, part in zip(cables, parts, strict=True):
        key = (_kind(context, cable), part.rate, part.medium, part.part, metres(part.ordered_m))
        entry = counts.setdefault(key, [0.0, 0.0, 0.0])
        entry[0] += 1
        if cable.is_first:
            entry[1] += 1
            entry[2] += part.ordered_m or 0.0
    rows = [
        (*key, count(links), count(pieces), metres_in_all(total))
        for key, (links, pieces, total) in sorted(
            counts.items(), key=lambda item: tuple(natural(k) for k in item[0])
        )
    ]
    sums = [sum(column) for column in zip(*counts.values(), strict=True)]
    rows.append(("All", "", "", "", "", *map(count, map(round, sums[:2])), metres_in_all(sums[2])))
    columns = (
        Column("Fabric", most=50, wide=0.5), Column("Rate", "right"), Column("Medium"),
        Column("Part", wide=1.0, most=100), Column(per("Order", "m"), "right"), Column("Links", "right"),
        Column("Cables", "right"), Column(per("In all", "m"), "right"),
    )  # fmt: skip
    note = f"{_counts(context)} Every link is a row of the attached {CSV_NAME}. {ROUTING}"
    return Table(columns, rows, note=note, bold_rows=frozenset({len(rows) - 1}))


def _bundles(context: Context, cables: list[Cable], parts: list[Part]) -> Table:
    groups: dict[tuple[str, ...], list[tuple[Cable, Part]]] = {}
    for cable, part in zip(cables, parts, strict=True):
        kind = _kind(context, cable)
        key: tuple[str, ...] = (cable.a.standing, cable.z.standing, kind, part.rate, part.medium, part.part)
        groups.setdefault(key, []).append((cable, part))
    rows = []
    for key, members in sorted(groups.items(), key=lambda item: tuple(natural(k) for k in item[0])):
        lengths = sorted({p.ordered_m for _, p in members if p.ordered_m is not None})
        span = (
            f"{metres(lengths[0])} to {metres(lengths[-1])}"
            if len(lengths) > 1
            else metres(lengths[0] if lengths else None)
        )
        rows.append(
            (
                key[0],
                key[1],
                key[2],
                count(len(members)),
                count(sum(c.is_first for c, _ in members)),
                key[3],
                key[4],
                key[5],
                span,
                _ranges([c.tag for c, _ in members if c.is_first]),
            )
        )
    columns = (
        Column("A rack", most=50, wide=0.3),
        Column("Z rack", most=50, wide=0.3),
        Column("Fabric", most=40),
        Column("Links", "right"),
        Column("Cables", "right"),
        Column("Rate", "right"),
        Column("Medium"),
        Column("Part", most=60, wide=0.4),
        Column(per("Order", "m"), "right", most=26),
        Column("Cable numbers", wide=1.0, most=120),
    )
    return Table(columns, rows, note=f"Every cable with both ends is in the attached {CSV_NAME}.")


def _ranges(tags: list[str]) -> str:
    """Return consecutive numbers as ranges.

    Examples
    --------
    >>> _ranges(["C-0001", "C-0002", "C-0003", "C-0007"])
    'C-0001 to C-0003, C-0007'
    """
    runs: list[list[str]] = []
    for tag in sorted(tags, key=natural):
        if runs and _next(runs[-1][-1]) == tag:
            runs[-1][1:] = [tag]
        else:
            runs.append([tag])
    return ", ".join(" to ".join(run) for run in runs)


def _next(tag: str) -> str:
    head = tag.rstrip("0123456789")
    digits = tag[len(head) :]
    return f"{head}{int(digits) + 1:0{len(digits)}d}" if digits else ""
