"""Power while the supply comes back: hold times against starts, steps against what is taken."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.rules.wording import watts


@rule("power.hold_time", Severity.ERROR, "Batteries end before the generators carry",
      reads=("devices", "racks", "power"), unit="s", worse="less")  # fmt: skip
def hold_time(design: Design) -> Iterator[Yielded]:
    """A UPS or battery holds its load for less time than the slowest generator needs to start.

    Its energy is taken as the same at any load up to its rating; above its rating it holds nothing. Age and
    the time a transfer switch takes are not in it: leave room for both.

    Source: energy balance E = P t; hold and start times of the types.
    """
    found = design.of.ride_through
    kind = np.array(found.kind)
    generators, holders = kind == "generator", np.isin(kind, ("ups", "battery"))
    if not (generators.any() and holders.any()):
        return
    start = found.slowest_start_s
    untold = (generators & np.isnan(found.start_s)) | (holders & np.isnan(found.hold_s))
    for name in design.type_names(found.device[untold & generators]):
        yield Missing(f"start time of {name}")
    for name in design.type_names(found.device[untold & holders]):
        yield Missing(f"hold time of {name}")
    if np.isnan(start):
        return
    at = np.flatnonzero(holders & (found.hold_s < start))
    yield Marks(
        "device",
        found.device[at],
        lambda k: (
            f"holds {watts(found.load_w[at[k]])} for {found.hold_s[at[k]]:.3g} s, a generator needs "
            f"{start:.3g} s; fit more batteries or a faster start"
        ),
        found.hold_s[at],
        np.full(len(at), start),
    )


@rule("power.load_step", Severity.WARNING, "Load step too large",
      reads=("devices", "racks", "power"), unit="W")  # fmt: skip
def load_step(design: Design) -> Iterator[Yielded]:
    """A UPS or generator gets a larger step of load than it takes.

    A UPS sees the step from typical to peak of all it feeds at the same time, as accelerators in one job give
    it; a generator all it carries at once, unless the loads are brought on in groups.

    Source: largest steps stated by the types; peaks of the devices.
    """
    found = design.of.ride_through
    over = found.step_w > found.step_limit_w * (1 + 1e-9)
    untold = np.isnan(found.step_limit_w) & (found.step_w > 0)
    for name in design.type_names(found.device[untold]):
        yield Missing(f"largest load step of {name}")
    at = np.flatnonzero(over)

    def text(k: int) -> str:
        step, limit = watts(found.step_w[at[k]]), watts(found.step_limit_w[at[k]])
        cure = "bring loads on in groups" if found.kind[at[k]] == "generator" else "smooth or cap the peaks"
        return f"a step of {step}, it takes {limit}; {cure}"

    yield Marks("device", found.device[at], text, found.step_w[at], found.step_limit_w[at])
