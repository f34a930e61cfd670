"""What is joined to what: connectors, directions and rates of the two ends of a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.editing.cabling.sockets import compatible
from core.engine.codes import numbered
from core.engine.specs import LAYERS
from core.model.ports import Port, Socket
from core.model.types import Layer, PortGroup
from core.rules.finding import Severity
from core.rules.rule import Marks, Yielded, rule
from core.rules.views import Design

SLOW_ROLES = ("in-band", "out-of-band", "other")


@dataclass(frozen=True)
class Pair:
    """Two kinds of ports that links join; `split` is 1 for a whole port."""

    a: PortGroup
    b: PortGroup
    split_a: int
    split_b: int

    @property
    def outlet_first(self) -> tuple[PortGroup, PortGroup]:
        """The giving and the taking side of a power or coolant link."""
        turned = self.b.direction == "out" and self.a.direction != "out"
        return (self.b, self.a) if turned else (self.a, self.b)

    @property
    def rates(self) -> tuple[float | None, float | None]:
        one, other = self.a.rate_gbps, self.b.rate_gbps
        return (
            None if one is None else one / self.split_a,
            None if other is None else other / self.split_b,
        )


def pairs_of(design: Design, layer: Layer) -> tuple[NDArray[np.intp], list[Pair], NDArray[np.intp]]:
    """Return the cables of a layer, the distinct pairs of port kinds they join, and which each joins."""
    return design.once(f"pairs {layer}", lambda: _pairs(design, layer))


def _pairs(design: Design, layer: Layer) -> tuple[NDArray[np.intp], list[Pair], NDArray[np.intp]]:
    snap, ports = design.snap, design.specs.ports
    rows = np.flatnonzero(snap.cable_layer == LAYERS.index(layer))
    if not len(rows):
        return rows, [], np.zeros(0, np.intp)
    numbers: dict[int, int] = {}
    groups = {id(g): g for g in ports.groups}
    of_port = np.array([numbers.setdefault(id(g), len(numbers)) for g in ports.groups], np.int64)
    kinds = [groups[key] for key in numbers]
    code = np.zeros(len(rows), np.int64)
    for device, port, lane in (
        (snap.cable_a, snap.cable_port_a, snap.cable_lane_a),
        (snap.cable_b, snap.cable_port_b, snap.cable_lane_b),
    ):
        kind = of_port[ports.base[snap.device_spec[device[rows]]] + port[rows]]
        code = (code * len(kinds) + kind) * 16 + np.maximum(lane[rows] >> 4, 1)
    distinct, index = numbered(code, 256 * len(kinds) ** 2)
    found = []
    for value in distinct.tolist():
        rest, split_b = divmod(value, 16)
        rest, b = divmod(rest, len(kinds))
        a, split_a = divmod(rest, 16)
        found.append(Pair(kinds[a], kinds[b], split_a, split_b))
    return rows, found, index


def bad_links(design: Design, layer: Layer, judge: Callable[[Pair], str]) -> Iterator[Yielded]:
    """Yield marks for the links of a layer whose pair of ports is judged wrong (text not empty)."""
    rows, pairs, index = pairs_of(design, layer)
    texts = [judge(pair) for pair in pairs]
    wrong = np.array([bool(text) for text in texts], bool)
    if wrong.any():
        at = np.flatnonzero(wrong[index])
        yield Marks("cable", rows[at], lambda k: texts[int(index[at[k]])], group=index[at])


def mismatch(pair: Pair, **without: str | None) -> str:
    """Return why two ports cannot be joined, leaving some fields of both out of account."""
    a, b = (msgspec.structs.replace(group, **without) for group in (pair.a, pair.b))
    return compatible(
        Socket(Port(0, a.name, a, 0), pair.split_a, 1), Socket(Port(0, b.name, b, 0), pair.split_b, 1)
    )


@rule("power.connector", Severity.ERROR, "Plug and outlet do not mate", reads=("devices", "cables"))
def power_connector(design: Design) -> Iterator[Yielded]:
    """A power link joins an outlet and an inlet no cord fits, two inlets, or direct and alternating current.

    Source: IEC 60320 (C13 feeds C14, C19 feeds C20), IEC 60309 by like rating, both recalled, not read in the
    original; connectors from the types.
    """

    def judge(pair: Pair) -> str:
        why = mismatch(pair, voltage_low_v=None, voltage_high_v=None)
        return f"{why}; choose another outlet, or a PDU with the right ones" if why else ""

    yield from bad_links(design, "power", judge)


@rule("cooling.connector", Severity.ERROR, "Couplings do not mate", reads=("devices", "cables"))
def cooling_connector(design: Design) -> Iterator[Yielded]:
    """A coolant link joins different couplings, or two supplies or two returns.

    Source: OCP UQD and MQD couplings mate with their own size only, recalled; connectors from the types.
    """

    def judge(pair: Pair) -> str:
        why = mismatch(pair, fluid="")
        return f"{why}; choose a hose between like couplings" if why else ""

    yield from bad_links(design, "coolant", judge)


@rule("cabling.connector", Severity.ERROR, "Ports that no cable joins", reads=("devices", "cables"))
def cabling_connector(design: Design) -> Iterator[Yielded]:
    """A data link joins ports of different families (RJ45 and OSFP), or of different families and rates.

    Source: cages and rates of the device types. That plugs of different families do not mate is recalled.
    """

    def judge(pair: Pair) -> str:
        why = mismatch(pair)
        return f"{why}; choose ports that fit each other" if why else ""

    yield from bad_links(design, "data", judge)


@rule("cabling.rate_mismatch", Severity.WARNING, "Ends of different rate",
      reads=("devices", "cables", "brief"), unit="Gbit/s")  # fmt: skip
def rate_mismatch(design: Design) -> Iterator[Yielded]:
    """The two ends of a link run at different rates: it runs at the lower, if the optics step down at all.

    Twisted pair (RJ45) negotiates its rate and is not judged; nor are in-band and out-of-band fabrics, in
    which fast adapters run at the rate of the management network on purpose.

    Source: 100G-PAM4 optics do not step down to 50G-PAM4, NVIDIA LinkX guide as noted by others.
    """
    rows, pairs, index = pairs_of(design, "data")
    rates = np.array([[r or np.nan for r in pair.rates] for pair in pairs]).reshape(-1, 2)
    copper = np.array(["RJ45" in (pair.a.connector, pair.b.connector) for pair in pairs], bool)
    fits = np.array([not mismatch(pair) for pair in pairs], bool)
    low, high = np.fmin(rates[:, 0], rates[:, 1]), np.fmax(rates[:, 0], rates[:, 1])
    wrong = ~copper & fits & (high > low * 1.001)
    if not wrong.any():
        return
    snap = design.snap
    slow = {f.id for f in design.brief.fabrics if f.role in SLOW_ROLES}
    judged = np.array([name not in slow for name in snap.fabrics] + [True])
    at = np.flatnonzero(wrong[index] & judged[snap.cable_fabric[rows]])
    which = index[at]
    yield Marks(
        "cable",
        rows[at],
        lambda k: (
            f"{high[which[k]]:g} Gbit/s at one end, {low[which[k]]:g} Gbit/s at the other; "
            "split the faster port or choose ports of one rate"
        ),
        high[which],
        low[which],
        group=which,
    )
