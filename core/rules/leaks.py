"""Layouts in which a leak of coolant reaches what it must not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.engine.placed_plan import PlacedPathway
from core.model.types import DeviceType
from core.rules.finding import Severity
from core.rules.rule import Hit, Yielded, of_design, rule
from core.rules.views import Design, RackView
from core.rules.wording import listed


@rule("cooling.leak_above", Severity.WARNING, "Coolant unit above electrical gear", scope="rack")
def leak_above(view: RackView) -> Iterator[Yielded]:
    """A CDU is mounted in a rack above power or computing gear: what leaks of it runs down onto that.

    Trays that take coolant themselves are made for it and do not count as gear below. A leak sensor does not
    change where the coolant runs.

    Source: makers of in-rack CDUs place them at the bottom of the rack; recalled.
    """
    dry = [d for d, spec in view.devices if _is_dry_gear(spec) and not d.zone]
    for device, spec in view.devices:
        if spec.kind != "cdu" or device.zone:
            continue
        below = [d for d in dry if d.half_u < device.half_u]
        if below:
            name = below[-1].name or "gear"
            yield Hit(
                (device.id,),
                f"coolant above {name}{f' and {len(below) - 1} more' if len(below) > 1 else ''}; move it to "
                "the bottom of the rack",
            )


@rule("cooling.pipe_above_power", Severity.WARNING, "Coolant pipe above power", reads=("pathways",))
def pipe_above_power(design: Design) -> Iterator[Yielded]:
    """A pathway that carries coolant crosses, or runs, above a busway or a pathway that carries power.

    What drips from a joint falls on live conductors. Pathways that say nothing of what they carry are not
    judged, but pipes and busways are what they are. A drip tray is not seen: waive it with that reason.

    Source: keep liquid lines below or beside electrical ones; installation practice, recalled.
    """
    drawn = design.snap.pathways
    wet = [p for p in drawn if p.record.kind == "pipe" or p.record.carries == "coolant"]
    live = [p for p in drawn if p.record.kind == "busway" or p.record.carries == "power"]
    if not wet or not live:
        return
    over = [(pipe, way) for pipe in wet for way in live if _is_above(pipe, way)]
    if over:
        pairs = [f"{pipe.record.name or 'a pipe'} above {way.record.name or 'power'}" for pipe, way in over]
        yield of_design(
            f"{listed(pairs)}; move the coolant below or beside", float(len(over)), 0.0,
            at=(path for pipe, way in over for path in (pipe.path, way.path)),
        )  # fmt: skip


def _is_above(pipe: PlacedPathway, way: PlacedPathway) -> bool:
    """Tell whether some stretch of one runs above the other, their widths taken into account."""
    reach = (pipe.record.width_mm + way.record.width_mm) / 2
    ours, theirs = _stretches(pipe), _stretches(way)
    for (a, b), (c, d) in ((one, other) for one in ours for other in theirs):
        if max(a[2], b[2]) > min(c[2], d[2]) and _apart(a[:2], b[:2], c[:2], d[:2]) < reach:
            return True
    return False


def _stretches(way: PlacedPathway) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    points = [np.array(point, np.float64) for point in way.points]
    return list(pairwise(points))


def _apart(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> float:
    """Return the distance of two stretches in plan."""
    if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
        return 0.0
    return min(_to(a, c, d), _to(b, c, d), _to(c, a, b), _to(d, a, b))


def _side(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _to(point: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the distance of a point to a stretch."""
    along = b - a
    share = float(np.clip(np.dot(point - a, along) / max(float(np.dot(along, along)), 1e-9), 0.0, 1.0))
    return float(np.linalg.norm(point - a - share * along))


def _is_dry_gear(spec: DeviceType) -> bool:
    powered = spec.power_max_w or spec.rated_w or any(p.layer == "power" for p in spec.ports)
    return bool(powered and spec.kind != "cdu" and not any(p.layer == "coolant" for p in spec.ports))
