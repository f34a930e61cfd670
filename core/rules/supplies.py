"""What is left of supplies and shelves, normally and when a source is lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.feeding import IN, POWER
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import SLACK_W, Design
from core.rules.wording import watts


@rule("power.supplies_short", Severity.WARNING, "Too few supplies when a source is lost",
      reads=("devices", "brief", "power"), worse="less")  # fmt: skip
def supplies_short(design: Design) -> Iterator[Yielded]:
    """With one source lost fewer supplies are alive than the device needs at its maximum.

    Supplies are counted as needed of fitted, never assumed N+N: four needed of six are not held by 3+3, but
    by three sources with two each. The device stays up only if its power is capped; some throttle. One whose
    power limit the surviving supplies reach is held.

    Source: needed and fitted supplies of the types. The loss of a feed and not only of a supply is derived:
    six supplies as 5+1 (NVIDIA DGX B200 user guide) leave three of six. A PowerEdge XE9680 throttles then
    (storagereview.com).
    """
    drawn, snap = design.of.power, design.snap
    needed, known = design.column("supplies_needed")
    rating, rated = design.column("supply_w")
    fed = drawn.feeding.device_inlets
    unknown = (fed > 1) & ~known & (drawn.normal.device_heat_w > 0)
    for name in design.type_names(np.flatnonzero(unknown)):
        yield Missing(f"supplies needed by {name}")
    live = np.stack([flow.device_live for flow in drawn.maximum[1:]] or [np.zeros(snap.n_devices)])
    short = known & drawn.device_short & (live > 0) if len(drawn.maximum) > 1 else np.zeros_like(live, bool)
    left = np.where(short, live, np.inf).min(axis=0)
    power = drawn.normal.device_heat_w
    capped = ~np.isnan(snap.device_limit_w) & rated & np.isfinite(left)
    capped[capped] = left[capped] * rating[capped] >= power[capped]
    rows = np.flatnonzero(short.any(axis=0) & ~capped)

    def text(k: int) -> str:
        row = rows[k]
        cases = np.flatnonzero(short[:, row])
        names = " or ".join(design.source_name(int(c)) for c in cases)
        alive = f"{left[row]:.0f} of {needed[row]:.0f} supplies needed are alive when {names} is lost"
        if not rated[row]:
            return f"{alive}, of unknown rating; cap its power or put inlets on more sources"
        power_left = left[row] * rating[row]
        if power_left >= power[row]:
            return (
                f"{alive}, though their {watts(power_left)} cover the {watts(power[row])} drawn; "
                "ask the maker or put inlets on more sources"
            )
        return (
            f"{alive}, {watts(power_left)} left of {watts(power[row])}; "
            "needs power capping, or inlets on more sources"
        )

    yield Marks("device", rows, text, left[rows], needed[rows])


@rule("power.supplies_unfed", Severity.WARNING, "Too few supplies fed",
      reads=("devices", "power"), worse="less")  # fmt: skip
def supplies_unfed(design: Design) -> Iterator[Yielded]:
    """Fewer inlets of a device are fed than it needs supplies at its maximum, with nothing lost.

    Only types with one inlet for each supply are judged.

    Source: needed and fitted supplies of the types.
    """
    drawn, snap, ports = design.of.power, design.snap, design.specs.ports
    needed, known = design.column("supplies_needed")
    fitted, _ = design.column("supplies_fitted")
    is_inlet = (ports.layer == POWER) & (ports.direction == IN)
    inlets = np.bincount(ports.spec[is_inlet], minlength=len(design.specs))[snap.device_spec]
    live = drawn.normal.device_live
    rows = np.flatnonzero(known & (inlets == fitted) & (live > 0) & (live < needed))
    yield Marks(
        "device",
        rows,
        lambda k: f"{live[rows[k]]:.0f} inlets fed of {needed[rows[k]]:.0f} supplies needed; cord the others",
        live[rows],
        needed[rows],
    )


@rule("power.dies_with_source", Severity.INFO, "Goes down with one source",
      reads=("devices", "brief", "power"), unit="W")  # fmt: skip
def dies_with_source(design: Design) -> Iterator[Yielded]:
    """All inlets of a device hang on one source, although the design has several.

    That is right for kit with one supply and for block-redundant designs; `safety.redundancy` makes an error
    of it where the brief asks for two independent sources.

    Source: the power graph of the project.
    """
    rows, names = only_source(design)
    power = design.of.power.normal.device_heat_w[rows]
    yield Marks(
        "device",
        rows,
        lambda k: f"down when {names[k]} is lost, {watts(power[k])}; feed its inlets from two sources",
        power,
        np.zeros(len(rows)),
    )


def only_source(design: Design) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.intp]], list[str]]:
    """Return the devices that draw power and go down with one source, and the names of that source."""
    drawn = design.of.power
    used = np.flatnonzero(drawn.normal.source_w > 0)
    if len(used) < 2:
        return np.zeros(0, np.intp), []
    up = drawn.normal.device_alive & (drawn.device_max_w > 0) & (drawn.feeding.device_inlets > 0)
    lost = np.stack([up & ~flow.device_alive for flow in drawn.maximum[1:]])
    rows = np.flatnonzero(lost.any(axis=0))
    first = lost[:, rows].argmax(axis=0) if len(rows) else np.zeros(0, np.intp)
    names = [design.source_name(int(c)) for c in np.arange(len(lost))]
    return rows, [names[int(c)] for c in first]


@rule("power.busbar_short", Severity.ERROR, "Power shelves too small for their rack",
      reads=("racks", "power"), unit="W")  # fmt: skip
def busbar_short(design: Design) -> Iterator[Yielded]:
    """The live shelves of a rack give less than its busbar has to carry, with nothing lost.

    Source: ratings of the shelves, each with its own source in the catalogue.
    """
    yield from _short(design, range(1), "fit another shelf or cap power")


@rule("power.busbar_short_after_loss", Severity.WARNING, "Power shelves too small when a source is lost",
      reads=("racks", "brief", "power"), unit="W")  # fmt: skip
def busbar_short_after_loss(design: Design) -> Iterator[Yielded]:
    """With one source lost the surviving shelves give less than the busbar carries: needs power capping.

    Eight shelves of 33 kW as two sides leave 132 kW, less than the 142 kW maximum of a GB300 rack.

    Source: number of shelves, NVIDIA Base Command Manager documentation and DGX GB rack user guide, the
    latter as quoted; 142 kW, NVIDIA NVL72 AI Factory reference architecture, as quoted; the 132 kW are
    derived.
    """
    cases = range(1, len(design.of.power.maximum))
    yield from _short(design, cases, "needs power capping, or shelves on more sources")


def _short(design: Design, cases: range, cure: str) -> Iterator[Yielded]:
    drawn, snap = design.of.power, design.snap
    if not len(cases):
        return
    table = drawn.busbar_short_w[cases.start : cases.stop].copy()
    if cases.start:
        table[:, drawn.busbar_short_w[0] > SLACK_W] = 0.0  # short already: the other rule says so
    worst = table.argmax(axis=0)
    short = table.max(axis=0)
    known = design.column("rated_w")[1]
    shelves = design.of_kind("power-shelf")
    for name in design.type_names(np.flatnonzero(shelves & ~known)):
        yield Missing(f"rating of {name}")
    blind = np.zeros(snap.n_racks + 1, bool)
    blind[snap.device_rack[shelves & ~known]] = True
    rows = np.flatnonzero((short > SLACK_W) & ~blind[: snap.n_racks])

    def text(k: int) -> str:
        case = cases.start + int(worst[rows[k]])
        when = f" when {design.source_name(case - 1)} is lost" if case else ""
        return f"busbar carries {watts(short[rows[k]])} more than its live shelves give{when}; {cure}"

    yield Marks("rack", rows, text, short[rows], np.zeros(len(rows)))
