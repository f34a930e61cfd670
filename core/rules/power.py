"""Power: voltage at the inlets, who is fed, and what is overloaded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.engine.codes import numbered
from core.engine.columns import sum_by
from core.engine.feeding import IN, POWER
from core.engine.ratings import BREAKER_KINDS, ratings_w
from core.model.records import PowerSource
from core.model.types import PortGroup
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, of_design, rule
from core.rules.sockets import pairs_of
from core.rules.views import SLACK_W, Design
from core.rules.wording import volts, watts
from core.units import share

_SLACK_V = 1.0


@rule("power.inlet_voltage", Severity.ERROR, "Voltage outside the inlet's window",
      reads=("devices", "cables", "feeds", "brief"), unit="V", worse="away")  # fmt: skip
def inlet_voltage(design: Design) -> Iterator[Yielded]:
    """A source or an outlet gives an inlet a voltage outside its window: too high destroys it.

    A three-phase source is taken line to line or line to neutral (by the square root of three), whichever
    suits a single-phase inlet: 415 V gives 240 V, but 480 V gives 277 V, too much for a 200-240 V supply.

    Source: voltage windows of the types; line to neutral is line to line over the square root of three,
    recalled.
    """
    yield from _fed_voltages(design)
    yield from _linked_voltages(design)


def _fed_voltages(design: Design) -> Iterator[Yielded]:
    snap, ports = design.snap, design.specs.ports
    rows = np.flatnonzero(snap.device_spec[snap.feed_device] > 0)
    port = ports.base[snap.device_spec[snap.feed_device[rows]]] + snap.feed_port[rows]
    n = max(len(snap.sources), 1)
    codes, index = numbered(port.astype(np.int64) * n + snap.feed_source[rows], n * (len(ports.names) + 1))
    pairs = np.stack([codes // n, codes % n], axis=1)
    given, bound, texts = np.zeros(len(pairs)), np.full(len(pairs), np.nan), [""] * len(pairs)
    for k, (p, s) in enumerate(pairs.tolist()):
        group, source = ports.groups[p], design.brief.source(snap.sources[s])
        if source is None:
            continue
        voltage = _voltage(design, source)
        if voltage is None:
            yield Missing(f"voltage of source {source.name}")
        elif group.voltage_low_v is None or group.voltage_high_v is None:
            yield Missing(f"voltage window of {design.specs.specs[int(ports.spec[p])].type.name}")
        else:
            given[k], bound[k] = _outside(voltage, source.phases, group)
            window = volts(group.voltage_low_v, group.voltage_high_v)
            texts[k] = (
                f"{given[k]:.0f} V from source {source.name}, inlet takes {window}; "
                "feed it from another source or through a transformer"
            )
    at = np.flatnonzero(~np.isnan(bound)[index])
    which = index[at]
    device = snap.feed_device[rows[at]]
    first = np.unique(device, return_index=True)[1]
    yield Marks(
        "device",
        device[first],
        lambda k: texts[int(which[first[k]])],
        given[which[first]],
        bound[which[first]],
    )


def _voltage(design: Design, source: PowerSource) -> float | None:
    if source.voltage_v is not None:
        return source.voltage_v
    return design.brief.number("voltage_v")


def _outside(voltage: float, phases: int, inlet: PortGroup) -> tuple[float, float]:
    """Return the voltage nearest to the inlet's window and the bound it breaks, NaN if it is inside."""
    low, high = inlet.voltage_low_v or 0.0, inlet.voltage_high_v or 0.0
    options = [voltage]
    if phases == 3 and inlet.phases == 1:
        options.append(voltage / np.sqrt(3))
    if phases == 3 and inlet.phases == 3:
        options.append(voltage * np.sqrt(3))  # stated as line to neutral
    off = [max(low - _SLACK_V - v, v - high - _SLACK_V) for v in options]
    best = int(np.argmin(off))
    if off[best] <= 0:
        return options[best], np.nan
    return options[best], high if options[best] > high else low


def _linked_voltages(design: Design) -> Iterator[Yielded]:
    rows, pairs, index = pairs_of(design, "power")
    given, bound, texts = np.zeros(len(pairs)), np.full(len(pairs), np.nan), [""] * len(pairs)
    for k, pair in enumerate(pairs):
        out, into = pair.outlet_first
        windows = (out.voltage_low_v, out.voltage_high_v, into.voltage_low_v, into.voltage_high_v)
        if None in windows:
            continue
        low, high, least, most = (float(v or 0.0) for v in windows)
        if low > most or high < least:
            given[k], bound[k] = (low, most) if low > most else (high, least)
            texts[k] = (
                f"outlet gives {volts(low, high)}, inlet takes {volts(least, most)}; choose another outlet"
            )
    at = np.flatnonzero(~np.isnan(bound)[index]) if len(pairs) else np.zeros(0, np.intp)
    which = index[at]
    yield Marks("cable", rows[at], lambda k: texts[int(which[k])], given[which], bound[which], group=which)


@rule("power.unfed", Severity.ERROR, "Draws power but is not fed",
      reads=("devices", "cables", "feeds", "brief", "power"), unit="W")  # fmt: skip
def unfed(design: Design) -> Iterator[Yielded]:
    """A device draws or passes on power, and no inlet of it is fed by a source, an outlet or a busbar.

    Source: the power graph of the project. A design without any source and power link is not judged.
    """
    snap, drawn, ports = design.snap, design.of.power, design.specs.ports
    feeding = drawn.feeding
    if not len(feeding.consumer):
        yield Missing("power: no source feeds anything yet")
        return
    has_inlet = sum_by(ports.spec, (ports.layer == POWER) & (ports.direction == IN), len(design.specs)) > 0
    draw, passing = drawn.device_max_w, drawn.normal.device_through_w
    bare = (feeding.device_inlets == 0) & has_inlet[snap.device_spec]
    dead = ~drawn.normal.device_alive
    there = snap.device_spec > 0
    rows = np.flatnonzero(there & (bare | dead) & ((draw > 0) | (passing > 0)))
    power = (draw + passing)[rows]
    yield Marks(
        "device",
        rows,
        lambda k: f"{watts(power[k])} at maximum and no live inlet; cord it to a PDU, busbar or source",
        power,
        np.zeros(len(rows)),
    )
    blind = there & (draw > 0) & ~has_inlet[snap.device_spec] & ~design.of_kind("module")
    for name in design.type_names(np.flatnonzero(blind)):
        yield Missing(f"power inlets of {name}")


@rule("power.overload", Severity.ERROR, "Passes on more than it is rated for",
      reads=("devices", "brief", "power"), unit="W")  # fmt: skip
def overload(design: Design) -> Iterator[Yielded]:
    """A PDU, busway, UPS or transformer passes on more than its rating, normally or after losing a source.

    Maximum sustained power in the worst scenario; each feed is judged alone with the other lost.

    Source: ratings of the types. That one feed has to carry all of a 2N design when the other is lost is
    derived. Branch breakers of a PDU can be the lower limit (Schneider FAQ FA156194): `power.bank_overload`.
    """
    drawn = design.of.power
    rated = ratings_w(design.snap)
    known = ~np.isnan(rated)
    busy = (drawn.passing_worst_w > 0) & ~design.of_kind("power-shelf")
    for name in design.type_names(np.flatnonzero(busy & ~known)):
        yield Missing(f"rating of {name}")
    rows = np.flatnonzero(busy & known & (drawn.passing_worst_w > rated + SLACK_W))

    def text(k: int) -> str:
        case = int(drawn.passing_worst_case[rows[k]])
        when = f" when {design.source_name(case - 1)} is lost" if case else ""
        return (
            f"{watts(drawn.passing_worst_w[rows[k]])} of {watts(rated[rows[k]])}{when}; "
            "spread the load over more of them"
        )

    yield Marks("device", rows, text, drawn.passing_worst_w[rows], rated[rows])


@rule("power.continuous_load", Severity.WARNING, "Loaded above the continuous share asked for",
      reads=("devices", "brief", "power"), unit="W")  # fmt: skip
def continuous_load(design: Design) -> Iterator[Yielded]:
    """A PDU or busway is loaded above the share of its rating that the brief allows for continuous load.

    The share is the one of the brief, else 80 percent where its electrical code is North American (NEC, CEC).
    It is not taken from types that are rated for continuous load: many ratings are derated already and
    100 %-rated breakers exist. Elsewhere the limit needs ambient and grouping, and is not known.

    Source: 80 % as on a calculator page on PDU derating and in an AusNOG list post of 2025-04-08. NEC
    210.20(A) and 215.3 (loads of three hours or more in North America), 100 %-rated breakers and the practice
    elsewhere are recalled, not read in the original.
    """
    allowed = design.brief.continuous_share
    if allowed is None:
        yield Missing("continuous share of a breaker, or the electrical code, in the brief")
        return
    drawn = design.of.power
    rated = ratings_w(design.snap)
    known = ~np.isnan(rated)
    load = drawn.passing_worst_w
    limit = rated * allowed
    is_continuous = np.array([spec.type.continuous for spec in design.specs.specs])[design.snap.device_spec]
    over = (
        known
        & ~is_continuous
        & design.of_kind(*BREAKER_KINDS)
        & (load > limit + SLACK_W)
        & (load <= rated + SLACK_W)
    )
    rows = np.flatnonzero(over)
    yield Marks(
        "device",
        rows,
        lambda k: (
            f"{watts(load[rows[k]])} of {watts(limit[rows[k]])} ({share(allowed)} of its rating); "
            "spread the load, or state that the rating is continuous"
        ),
        load[rows],
        limit[rows],
    )


@rule("power.source_overload", Severity.ERROR, "Source overloaded",
      reads=("brief", "power"), unit="W")  # fmt: skip
def source_overload(design: Design) -> Iterator[Yielded]:
    """A source carries more than its capacity, normally or after another one is lost.

    Maximum sustained power; the load of a lost source moves to the surviving inlets of its devices.

    Source: capacities of the project. That N+N and 2N survive the loss of one source is recalled.
    """
    drawn = design.of.power
    loads = np.stack([flow.source_w for flow in drawn.maximum])
    names, worst = [], (0.0, 0.0, "")
    for k, source_id in enumerate(drawn.feeding.sources):
        source = design.brief.source(source_id)
        if source is None or loads[:, k].max() <= 0:
            continue
        if source.capacity_w is None:
            yield Missing(f"capacity of source {source.name}")
            continue
        case = int(np.argmax(loads[:, k]))
        load = float(loads[case, k])
        if load > source.capacity_w + SLACK_W:
            when = f" when {design.source_name(case - 1)} is lost" if case else ""
            names.append(f"{source.name} {watts(load)} of {watts(source.capacity_w)}{when}")
            if load - source.capacity_w > worst[0] - worst[1]:
                worst = (load, source.capacity_w, source.name)
    if names:
        yield of_design(
            f"sources overloaded: {'; '.join(names)}; move load or raise the capacity", worst[0], worst[1]
        )


@rule("power.rack_over_limit", Severity.ERROR, "Rack above its power limit",
      reads=("racks", "power"), unit="W")  # fmt: skip
def rack_over_limit(design: Design) -> Iterator[Yielded]:
    """A rack draws more at maximum than the limit of its block, of this placement or of its type.

    Losses of its shelves included. The site's limit for all racks is a requirement of its own.

    Source: limits of the project and the rack type.
    """
    snap, drawn = design.snap, design.of.power.rack_max_w
    column = design.specs.rack_column("power_limit_w")
    of_type = np.append(np.where(column.known, column.value, np.nan), np.nan)[snap.rack_type]
    limit = np.fmin(snap.rack_limit_w, of_type)
    rows = np.flatnonzero((snap.rack_type >= 0) & (drawn > limit + SLACK_W))
    yield Marks(
        "rack",
        rows,
        lambda k: f"{watts(drawn[rows[k]])} of {watts(limit[rows[k]])} at maximum; cap power or move devices",
        drawn[rows],
        limit[rows],
    )


@rule("power.looped", Severity.ERROR, "Feeds itself", reads=("devices", "cables", "power"))
def looped(design: Design) -> Iterator[Yielded]:
    """Power runs in a circle: an outlet feeds, over some way round, the device it is on.

    The cords between such devices are left out: what they draw is in the totals, but no source carries it
    unless another inlet is fed.

    Source: the power graph of the project.
    """
    rows = design.of.power.feeding.looped
    yield Marks(
        "device", rows, lambda k: "power runs in a circle back to it; remove one of the cords", group=rows * 0
    )
