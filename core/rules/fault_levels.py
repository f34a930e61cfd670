"""Fault levels against what equipment withstands."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design

SLACK_KA = 1e-6


@rule("power.fault_level", Severity.ERROR, "Fault level above the rating",
      reads=("devices", "brief", "power", "fault_levels"), unit="kA")  # fmt: skip
def fault_level(design: Design) -> Iterator[Yielded]:
    """The prospective short-circuit current exceeds what a device, or a breaker in it, is rated for.

    Conductors are not counted and a UPS is taken to be in bypass, so it is high; what motors and generators
    feed back is not in it. A study by the electrical engineer decides.

    Source: short-circuit power method after IEC 60909-0 (recalled); declared levels of the sources, impedance
    and short-circuit ratings of the types.
    """
    if all(source.fault_ka is None for source in design.brief.sources):
        if design.brief.sources and not np.isnan(design.of.fault_levels.device_withstand_ka).all():
            yield Missing("fault level of the sources")
        return
    found = design.of.fault_levels
    fed = ~np.isnan(found.device_ka)
    passes = np.zeros(design.snap.n_devices, bool)
    feeder = design.of.power.feeding.feeder
    passes[feeder[feeder < design.snap.n_devices]] = True
    for name in design.type_names(np.flatnonzero(fed & passes & np.isnan(found.device_withstand_ka))):
        yield Missing(f"short-circuit rating of {name}")
    at = np.flatnonzero(found.device_ka > found.device_withstand_ka + SLACK_KA)
    level, rating = found.device_ka[at], found.device_withstand_ka[at]
    yield Marks(
        "device",
        at,
        lambda k: (
            f"up to {level[k]:.1f} kA, rated for {rating[k]:.1f} kA; limit it or choose a higher rating"
        ),
        level,
        rating,
    )
