"""Rows and aisles: who breathes whose air, how wide, how long, and what is contained."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from core.engine.aisles import Aisle, Row, boxes_of, facing_of, inside
from core.engine.columns import Floats, sum_by
from core.rules.finding import Severity
from core.rules.rule import Marks, Yielded, rule
from core.rules.views import Design
from core.units import length

WARM_W = 1000.0
"""Air heat of a row below which its exhaust bothers nobody; a house value."""
ASIDE_MM = 100


@rule("space.mixed_aisle", Severity.WARNING, "Row breathes the exhaust of another",
      reads=("aisles", "cooling", "loops", "racks"), unit="mm", worse="less")  # fmt: skip
def mixed_aisle(design: Design) -> Iterator[Yielded]:
    """The fronts of a row look at the rears of another one across an aisle, and both move air.

    Cold aisles lie between fronts, hot ones between rears. A row whose heat goes to liquid or to rear doors
    but for 1 kW does not count.

    Source: alternating hot and cold aisles, pages on aisle pitch (server-racks.com) and TIA-942-A as cited
    on a web page; both not read in the original. The 1 kW is a house value.
    """
    rows, warm = design.of.aisles.rows, _exhaust_w(design)
    marked: list[tuple[int, Aisle]] = []
    for aisle in design.of.aisles.aisles:
        if aisle.kind != "mixed":
            continue
        breathing, blowing = (aisle.a, aisle.b) if aisle.side_a == "front" else (aisle.b, aisle.a)
        if _of(warm, rows[blowing]) > WARM_W and _of(design.of.cooling.rack_air_w, rows[breathing]) > WARM_W:
            marked.append((breathing, aisle))
    text = "its fronts face the rears of another row, {} away; turn one of the rows"
    yield _marks(design, marked, text)


@rule("space.aisle_width", Severity.WARNING, "Aisle narrower than asked for",
      reads=("aisles", "brief", "racks"), unit="mm", worse="less")  # fmt: skip
def aisle_width(design: Design) -> Iterator[Yielded]:
    """An aisle between two rows is narrower than the brief asks of cold or hot aisles.

    Silent where the brief does not ask; the clearance of each rack is another rule. An aisle where fronts
    look at rears is held against the larger of both.

    Source: the brief. Cold aisles of 1.2 m are common (TIA-942-A as cited on a web page).
    """
    cold, hot = (design.brief.number(f"aisle_{kind}_mm") for kind in ("cold", "hot"))
    asked = {"cold": cold or 0.0, "hot": hot or 0.0, "mixed": max(cold or 0.0, hot or 0.0)}
    found = [(k, a) for a in design.of.aisles.aisles for k in (a.a, a.b) if a.width_mm < asked[a.kind] - 0.5]
    yield _marks(design, found, "aisle of {}; move the rows apart", [asked[a.kind] for _, a in found])


@rule("space.row_length", Severity.WARNING, "Row longer than asked for", reads=("aisles", "brief", "racks"),
      unit="mm")  # fmt: skip
def row_length(design: Design) -> Iterator[Yielded]:
    """A row of racks without a gap to walk through is longer than the brief allows.

    Silent where the brief does not ask.

    Source: the brief; ways out and cross aisles are a matter of the building code, which was not read.
    """
    asked = design.brief.number("row_length_m")
    if asked is None:
        return
    found = [row for row in design.of.aisles.rows if row.length_mm > asked * 1000 + 0.5]
    racks = np.array([r for row in found for r in row.racks], np.int64)
    long = np.array([row.length_mm for row in found for _ in row.racks])
    yield Marks(
        "rack",
        racks,
        lambda k: f"row of {length(float(long[k]))} without a gap; leave room to pass",
        long,
        np.full(len(racks), asked * 1000),
        np.repeat(np.arange(len(found)), [len(row.racks) for row in found]),
    )


@rule("space.containment", Severity.WARNING, "Containment of cold and hot air at once",
      reads=("areas", "racks", "placement"))  # fmt: skip
def containment(design: Design) -> Iterator[Yielded]:
    """A containment has fronts of some racks and rears of others in it.

    Judged by the ground 100 mm before the middle of each face.

    Source: the plan of the project. What a containment is for is recalled: to keep supply and exhaust apart.
    """
    snap = design.snap
    there = snap.rack_type >= 0
    box, facing = boxes_of(snap), facing_of(snap)
    middle, half = (box[:, :2] + box[:, 2:]) / 2, (box[:, 2:] - box[:, :2]) / 2
    out = facing * (half + ASIDE_MM)
    for number, area in enumerate(a for a in snap.areas if a.kind == "containment" and len(a.points) > 2):
        fronts, rears = (inside(area.points, middle + out) & there, inside(area.points, middle - out) & there)
        if fronts.any() and rears.any():
            few = rears if rears.sum() <= fronts.sum() else fronts
            rows = np.flatnonzero(few)
            side = "rear" if few is rears else "front"
            name = area.record.name or "a containment"
            text = (
                f"its {side} is in {name} with {'fronts' if side == 'rear' else 'rears'} of others; turn it"
            )
            yield Marks("rack", rows, _same(text), group=np.full(len(rows), number))


def _same(text: str) -> Callable[[int], str]:
    return lambda _: text


def _exhaust_w(design: Design) -> Floats:
    """Air heat each rack blows out of its rear, less what doors on it take [W]."""
    snap, air = design.snap, design.of.cooling.rack_air_w
    racked = snap.device_rack >= 0
    doors = sum_by(snap.device_rack[racked], design.of.loops.air.door_w[racked], snap.n_racks)
    return np.maximum(air - doors, 0.0)


def _of(watts: Floats, row: Row) -> float:
    return float(watts[list(row.racks)].sum())


def _marks(
    design: Design, found: list[tuple[int, Aisle]], text: str, limits: list[float] | None = None
) -> Marks:
    """Return marks on the racks of rows, one finding for each row of racks and width."""
    rows = design.of.aisles.rows
    if not found:
        return Marks("rack", np.zeros(0, np.int64), str)
    counts = [len(rows[k].racks) for k, _ in found]
    racks = np.array([r for k, _ in found for r in rows[k].racks], np.int64)
    wide = np.repeat([aisle.width_mm for _, aisle in found], counts)
    limit = np.repeat(limits, counts) if limits is not None else None
    return Marks("rack", racks, lambda k: text.format(length(float(wide[k]))), wide, limit)
