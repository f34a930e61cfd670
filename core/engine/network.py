"""Networks measured on the graph that was drawn: one result for each fabric."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats, count_by, sum_by
from core.engine.drawn import DATA, DrawnFabric, drawn_fabric, inputs_of
from core.engine.hops import Hops, components, hops_between
from core.engine.link_classes import Classes, link_classes
from core.engine.scale_up import ScaleUp, scale_up
from core.engine.snapshot import Snapshot
from core.engine.specs import Specs
from core.engine.stage import stage
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all
from core.engine.topology import Topology
from core.model.types import MANAGEMENT_ROLES, PortGroup

MANAGEMENT_GBPS = 10


@dataclass(frozen=True)
class Tier:
    """The switches at one distance from the hosts.

    Attributes
    ----------
    number : int
        1 for switches with hosts, 2 for those next above ...
    switches : int
    down_gbps, up_gbps : float
        Rate of all links toward the hosts and away from them.
    oversubscription : float or None
        Worst of the tier's switches, down over up; None for a tier with no links up.
    """

    number: int
    switches: int
    down_gbps: float
    up_gbps: float
    oversubscription: float | None


@dataclass(frozen=True)
class PairLinks:
    """Links between two switches, over all pairs of two tiers (or of one) that are joined at all.

    Attributes
    ----------
    low, high : int
        The tiers.
    pairs : int
    least, most : int
        Links of one pair; equal where all pairs have as many.
    """

    low: int
    high: int
    pairs: int
    least: int
    most: int


@dataclass(frozen=True)
class FabricResult:
    """One fabric.

    Attributes
    ----------
    fabric : str
        Id of the fabric record; empty for data links that belong to none.
    links : int
        Data links, one for each port pair (a twin-port cable counts twice).
    host_links, switch_links : int
        Links with a host at one end; links between switches.
    hosts, switches : int
    ports_used, ports_total : int
        Links at switches, and the links they have places for: a cage counts as often as it splits at the
        slowest rate in use.
    tiers : tuple of Tier
    components : int
        Parts that no link joins; 1 is whole.
    host_gbps_low, host_gbps_high : float
        Least and most rate that a host has into the fabric.
    switch_rows, host_rows : ndarray
        Rows of the devices.
    switch_tier : ndarray of int64, shape (switches,)
        Tier of each switch, 0 where no host is reached.
    switch_ports_used, switch_ports_total : ndarray, shape (switches,)
    switch_down_gbps, switch_up_gbps : ndarray, shape (switches,)
        Rate toward lower and toward higher tiers; their ratio is the oversubscription of a switch.
    drawn : DrawnFabric
        The network as a topology, for whatever else is measured on it.
    """

    fabric: str
    links: int
    host_links: int
    switch_links: int
    hosts: int
    switches: int
    ports_used: int
    ports_total: int
    tiers: tuple[Tier, ...]
    components: int
    host_gbps_low: float
    host_gbps_high: float
    switch_rows: NDArray[np.int64]
    host_rows: NDArray[np.int64]
    switch_tier: NDArray[np.int64]
    switch_ports_used: Floats
    switch_ports_total: Floats
    switch_down_gbps: Floats
    switch_up_gbps: Floats
    drawn: DrawnFabric

    @cached_property
    def hops(self) -> Hops:
        """Switches between hosts; found when first asked for, since nothing live shows it."""
        return hops_between(self.drawn.topology)

    @cached_property
    def ecmp_share(self) -> float:
        """Share of their full rate that all hosts get when each sends to all others, by ECMP; at most 1.

        0 where some of them are not joined. Measured when first asked for.
        """
        net = self.drawn.topology
        return min(ecmp(net, all_to_all(net)).throughput.value, 1.0)

    @cached_property
    def pairs(self) -> tuple[PairLinks, ...]:
        """Links per pair of switches."""
        return links_per_pair(self.drawn.topology)

    @property
    def oversubscription(self) -> float | None:
        """Product over the tiers of the worst of each; None where nothing is known to be above the leafs."""
        return oversubscription_of(self.tiers)


@dataclass(frozen=True)
class Network:
    """All fabrics, in the order of their ids, and the scale-up domains."""

    fabrics: tuple[FabricResult, ...]
    scale_up: ScaleUp
    specs: Specs
    """What the ports were read from."""

    def find(self, fabric: str) -> FabricResult | None:
        return next((result for result in self.fabrics if result.fabric == fabric), None)


@stage(reads=("devices", "cables", "racks"), needs=(link_classes,), reuses=True)
def network(snap: Snapshot, sorted_links: Classes, before: Network | None = None) -> Network:
    """Measure every fabric.

    Notes
    -----
    A switch reached only at its management port is a host of that fabric. A switch's tier is its distance in
    links from the nearest host. Oversubscription of a switch is the rate
    of its links to lower tiers over that to higher ones; links inside a tier count on neither side.
    """
    data = snap.cable_layer == DATA
    present = np.flatnonzero(np.bincount(snap.cable_fabric[data] + 1)) - 1
    results: list[FabricResult] = []
    for number in present.tolist():
        name = snap.fabrics[number] if number >= 0 else ""
        rows = np.flatnonzero(data & (snap.cable_fabric == number))
        known = before.find(name) if before is not None and before.specs is snap.specs else None
        if known is not None and known.drawn.is_of(inputs_of(snap, rows)):
            results.append(replace(known, drawn=replace(known.drawn, cables=rows)))
        else:
            results.append(_fabric(snap, name, rows, sorted_links))
    return Network(tuple(sorted(results, key=lambda r: r.fabric)), scale_up(snap), snap.specs)


def _fabric(snap: Snapshot, name: str, rows: NDArray[np.intp], sorted_links: Classes) -> FabricResult:
    drawn = drawn_fabric(snap, rows, sorted_links)
    net = drawn.topology
    n, is_switch, tier = len(net), net.is_switch, net.tier
    number = np.concatenate([drawn.a, drawn.b])
    used = count_by(number, n)
    total = np.maximum(_ports_at(snap, net.rows, number, rows, sorted_links), used)
    host_rate = sum_by(number, np.tile(drawn.gbps, 2), n)[~is_switch]
    touches_host = ~is_switch[net.a] | ~is_switch[net.b]
    down, up = _rates(net)
    return FabricResult(
        fabric=name,
        links=len(rows),
        host_links=int(net.count[touches_host].sum()),
        switch_links=int(net.count[~touches_host].sum()),
        hosts=int((~is_switch).sum()),
        switches=int(is_switch.sum()),
        ports_used=int(used[is_switch].sum()),
        ports_total=int(total[is_switch].sum()),
        tiers=_summaries(down, up, tier, is_switch),
        components=components(net.a, net.b, n),
        host_gbps_low=float(host_rate.min(initial=np.inf)) if len(host_rate) else 0.0,
        host_gbps_high=float(host_rate.max(initial=0.0)),
        switch_rows=net.rows[is_switch],
        host_rows=net.rows[~is_switch],
        switch_tier=tier[is_switch],
        switch_ports_used=used[is_switch],
        switch_ports_total=total[is_switch],
        switch_down_gbps=down[is_switch],
        switch_up_gbps=up[is_switch],
        drawn=drawn,
    )


def _rates(net: Topology) -> tuple[Floats, Floats]:
    """Return the rate of each device toward lower and toward higher tiers."""
    ends, others = np.concatenate([net.a, net.b]), np.concatenate([net.b, net.a])
    both, step = np.tile(net.capacity_gbps, 2), net.tier[others] - net.tier[ends]
    return tuple(sum_by(ends, np.where(way, both, 0.0), len(net)) for way in (step < 0, step > 0))  # type: ignore[return-value]


def tiers_of(net: Topology) -> tuple[Tier, ...]:
    """Return the tiers of a topology, drawn or generated."""
    return _summaries(*_rates(net), net.tier, net.is_switch)


def oversubscription_of(tiers: tuple[Tier, ...]) -> float | None:
    """Return the product over the tiers of the worst of each; None where nothing is above the leafs."""
    known = [tier.oversubscription for tier in tiers if tier.oversubscription is not None]
    return float(np.prod([max(ratio, 1.0) for ratio in known])) if known else None


def _summaries(
    down: Floats, up: Floats, tier: NDArray[np.int64], is_switch: NDArray[np.bool_]
) -> tuple[Tier, ...]:
    found = []
    for k in range(1, int(tier.max(initial=0)) + 1):
        inside = is_switch & (tier == k)
        with_up = inside & (up > 0)
        ratio = float((down[with_up] / up[with_up]).max()) if with_up.any() else None
        found.append(Tier(k, int(inside.sum()), float(down[inside].sum()), float(up[inside].sum()), ratio))
    return tuple(found)


def links_per_pair(net: Topology) -> tuple[PairLinks, ...]:
    """Return how many links join two switches of one tier and the next, or of the same, over pairs joined."""
    inner = np.flatnonzero(net.is_switch[net.a] & net.is_switch[net.b])
    low, high = np.sort(np.stack([net.tier[net.a[inner]], net.tier[net.b[inner]]]), axis=0)
    wide = int(high.max(initial=0)) + 1
    code = net.a[inner] * len(net) + net.b[inner]  # the same pair at two rates is one pair
    new = np.append(True, code[1:] != code[:-1]) if len(code) else np.zeros(0, bool)
    first = np.flatnonzero(new)
    links = np.add.reduceat(net.count[inner], first) if len(first) else net.count[:0]
    step = (low * wide + high)[first]
    return tuple(
        PairLinks(k // wide, k % wide, len(its), int(its.min()), int(its.max()))
        for k in np.unique(step).tolist()
        for its in (links[step == k],)
    )


def _ports_at(
    snap: Snapshot,
    nodes: NDArray[np.int64],
    number: NDArray[np.int64],
    rows: NDArray[np.intp],
    sorted_links: Classes,
) -> Floats:
    """Ports each node has for this fabric.

    Each port counts as often as its finest split gives at least the slowest rate in use (by the devices of
    that spec in the fabric) that it can serve. Above 10 Gbit/s ports for management do not count, and a
    faster port is not taken for a link of up to 10 Gbit/s.
    """
    ports = snap.specs.ports
    result = np.zeros(len(nodes))
    node_spec = snap.device_spec[nodes]
    link_class = np.tile(sorted_links.cable_class[rows], 2)
    in_use = np.zeros((len(snap.specs), len(sorted_links.classes)), bool)
    in_use[node_spec[number], link_class] = True
    for spec in np.flatnonzero(in_use.any(axis=1)).tolist():
        rates = {sorted_links.classes[k].rate_gbps for k in np.flatnonzero(in_use[spec]).tolist()}
        groups = ports.groups[ports.base[spec] : ports.base[spec + 1]]
        result[node_spec == spec] = sum(
            _places(group, sorted(rates - {0.0})) for group in groups if group.layer == "data"
        )
    return result


def _places(group: PortGroup, used_gbps: list[float]) -> int:
    """Links of the slowest fitting rate (ascending) that one port of a group takes."""
    for gbps in used_gbps:
        port = group.rate_gbps or 0.0
        slow = gbps <= MANAGEMENT_GBPS
        unfit = port > MANAGEMENT_GBPS if slow else group.role in MANAGEMENT_ROLES
        if port < gbps - 0.5 or unfit:
            continue
        splits = [1] * group.whole + [s for s in group.lanes if port / s >= gbps - 0.5]
        return max(splits, default=0)
    return 0
