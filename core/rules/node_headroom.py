"""What feeders have left for more load, against the reserve that the brief asks for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.outages import tried
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.rules.wording import watts
from core.units import share


@rule("power.feeder_reserve", Severity.WARNING, "Too little reserve at a feeder",
      reads=("devices", "racks", "cables", "brief", "power", "loops"), worse="less")  # fmt: skip
def feeder_reserve(design: Design) -> Iterator[Yielded]:
    """With any single element lost a feeder keeps less of its rating free than the brief asks for.

    A shelf is judged by its busbar and is not in it. Feeders above their rating are found by
    `power.overload` and `power.loss_overload`. A brief that asks for no reserve is not judged.

    Source: the brief's reserve at feeders; rated power of the types; power graph of the project.
    """
    asked = design.brief.number("feeder_reserve")
    if asked is None:
        return
    lost = tried(design)
    if isinstance(lost, str):
        yield Missing(lost)
        return
    found, n = design.of.node_headroom, design.snap.n_devices
    left, limit = found.left_w[:n], found.limit_w[:n]
    free = np.divide(left, limit, out=np.full(n, np.nan), where=limit > 0)
    carries = found.normal_w[:n] + np.nan_to_num(found.kept_w[:n]) > 0
    at = np.flatnonzero(carries & (free >= 0) & (free < asked - 1e-9))
    yield Marks(
        "device",
        at,
        lambda k: (
            f"{watts(left[at[k]])} of {watts(limit[at[k]])} left in the worst loss, "
            f"{share(float(free[at[k]]))} of it; spread the load over more feeders"
        ),
        free[at],
        np.full(len(at), asked),
    )
