"""Patterns of traffic: all-to-all, rings, permutations, the near worst case.

Each makes a `Demand` in which every port of the hosts that take part sends at its full rate; one with nobody
to send to counts as cut. Give `hosts` for a placed job: only these take part.

Where a host has a port for each of its accelerators, traffic goes to the port of the accelerator it is meant
for. Hosts with fewer (a bonded pair in a storage or in-band network) answer at any: between two of them that
hang on the same switches, what comes in by a switch goes out by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, arcs_of
from core.engine.throughput.demand import Demand, Ports, ports_of
from core.engine.topology import Rows, Topology


def all_to_all(topology: Topology, hosts: Rows | None = None) -> Demand:
    """Each port spreads its rate over the ports of all other hosts in its part, by their rates."""
    ports = ports_of(topology, hosts)
    groups = _Groups(ports, _numbered(ports.host, ports.part))
    total = np.bincount(ports.part, ports.gbps, ports.part.max(initial=-1) + 1)
    others = total[groups.part] - groups.gbps
    alone = others <= 1e-9 * groups.gbps
    weight = np.where(alone, 0.0, 1.0 / np.where(alone, 1.0, others))
    switch, at = np.unique(ports.switch, return_inverse=True)
    part = np.zeros(len(switch), np.int64)
    part[at] = ports.part
    weighed = ports.gbps * weight[groups.of]
    out = np.bincount(at, weighed, len(switch))
    rate = np.bincount(at, ports.gbps, len(switch))
    demand = np.where(part[:, None] == part, out[:, None] * rate, 0.0)
    shape = (len(switch), len(groups))
    sent = csr_array((weighed, (at, groups.of)), shape)
    own = csr_array((ports.gbps, (at, groups.of)), shape)
    demand -= (sent @ own.T).toarray()  # nothing to ports of the same host
    amount = groups.gbps * weight
    for bond in groups.bonds(topology, switch):
        its = bond.groups
        inside = amount[its].sum() * groups.gbps[its].sum() - (amount[its] * groups.gbps[its]).sum()
        demand[np.ix_(bond.switches, bond.switches)] -= inside * np.outer(bond.share, bond.share)
        demand[bond.switches, bond.switches] += inside * bond.share
    np.maximum(demand, 0.0, out=demand)
    in_part = np.bincount(groups.part, groups.gbps * weight, len(total))
    received = ports.gbps * (in_part[ports.part] - (groups.gbps * weight)[groups.of])
    return Demand(
        "all-to-all",
        switch,
        demand,
        float(groups.gbps[alone].sum()),
        ports,
        np.where(alone[groups.of], 0.0, ports.gbps),
        received,
    )


def ring(topology: Topology, hosts: Rows | None = None) -> Demand:
    """Ring all-reduce: each port sends to the next host in order that has ports in its part."""
    ports = ports_of(topology, hosts)
    groups = _Groups(ports, _numbered(ports.host, ports.part))
    return groups.demand(topology, "ring all-reduce", _next_in(groups.part))


def rail_ring(topology: Topology, hosts: Rows | None = None) -> Demand:
    """Rail-aligned all-reduce: each port sends to the same rail of the next host in order that has it."""
    ports = ports_of(topology, hosts)
    groups = _Groups(ports, _numbered(ports.part, ports.rail, ports.host))
    rails = _numbered(groups.part, groups.rail)
    return groups.demand(topology, "rail-aligned all-reduce", _next_in(rails))


def permutation(topology: Topology, seed: int = 0, hosts: Rows | None = None) -> Demand:
    """Each host sends all it can to another one, drawn at random; none gets from two."""
    ports = ports_of(topology, hosts)
    groups = _Groups(ports, _numbered(ports.host, ports.part))
    to = np.full(len(groups), -1, np.int64)
    for part in np.unique(groups.part):
        rows = np.flatnonzero(groups.part == part)
        if len(rows) > 1:
            # The same seed for each plane: where all hosts are on all planes, they have the same partner.
            to[rows] = rows[_derangement(len(rows), np.random.default_rng(seed))]
    return groups.demand(topology, f"random permutation, seed {seed}", to)


def longest_matching(topology: Topology, hosts: Rows | None = None) -> Demand:
    """Each switch sends to one far away: near the worst case.

    The maximum-weight perfect matching of the switches with hosts on hop distance x the lesser rate of the
    two, in each connected part [1]_. Every switch sends at that lesser rate: its own where all are equal.

    References
    ----------
    .. [1] P. Namyar et al., "A throughput-centric view of the performance of datacenter topologies",
       SIGCOMM 2021.
    """
    ports = ports_of(topology, hosts)
    switch, at = np.unique(ports.switch, return_inverse=True)
    rate = np.bincount(at, ports.gbps, len(switch))
    part = np.zeros(len(switch), np.int64)
    part[at] = ports.part
    hops = arcs_of(topology, switch).distances(switch)
    groups = _Groups(ports, _numbered(ports.host, ports.part))
    for bond in groups.bonds(topology, switch):
        if np.allclose(groups.gbps[bond.groups].sum() * bond.share, rate[bond.switches]):
            hops[np.ix_(bond.switches, bond.switches)] = 0  # they have the same hosts
    demand = np.zeros((len(switch), len(switch)))
    for each in np.unique(part):
        rows = np.flatnonzero(part == each)
        lesser = np.minimum(rate[rows, None], rate[rows])
        weight = hops[np.ix_(rows, rows)] * lesser
        _, match = linear_sum_assignment(weight, maximize=True)
        match = np.where(hops[rows, rows[match]] == 0, np.arange(len(rows)), match)
        demand[rows, rows[match]] = lesser[np.arange(len(rows)), match]
    share = ports.gbps / rate[at]
    sent, received = demand.sum(axis=1)[at] * share, demand.sum(axis=0)[at] * share
    return Demand("longest matching", switch, demand, 0.0, ports, sent, received)


def heaviest(topology: Topology, demand: Demand, fraction: float) -> Demand:
    """Return a demand with only that fraction of its pairs that load the network most (hops x rate).

    Pairs of equal weight stay in the order of their switches.
    """
    hops = arcs_of(topology, demand.switches).distances(demand.switches)
    weight = np.where(hops >= FAR, 0, hops) * demand.gbps
    a, b = np.nonzero(weight)
    keep = np.argsort(-weight[a, b], kind="stable")[: max(round(fraction * len(a)), 1)]
    gbps = np.zeros_like(demand.gbps)
    gbps[a[keep], b[keep]] = demand.gbps[a[keep], b[keep]]
    pattern = f"{demand.pattern}, heaviest {fraction:.0%}"
    if demand.ports is None:
        return Demand(pattern, demand.switches, gbps)
    at = np.searchsorted(demand.switches, demand.ports.switch)
    sent, received = (
        amount * _shares(gbps.sum(axis=axis), demand.gbps.sum(axis=axis))[at]
        for amount, axis in ((demand.sent_gbps, 1), (demand.received_gbps, 0))
    )
    return Demand(pattern, demand.switches, gbps, 0.0, demand.ports, sent, received)


PATTERNS: dict[str, Callable[[Topology, Rows | None], Demand]] = {
    "all-to-all": all_to_all,
    "ring all-reduce": ring,
    "rail-aligned all-reduce": rail_ring,
    "random permutation": lambda topology, hosts: permutation(topology, 0, hosts),
    "longest matching": longest_matching,
}
"""Patterns to choose from, as people read them; given a topology and the hosts of a job, None for all."""


class _Groups:
    """Ports that send to the same ports: of one host in one part, and of one rail where rails count."""

    def __init__(self, ports: Ports, of: Rows) -> None:
        self.ports, self.of = ports, of
        n = int(of.max(initial=-1)) + 1
        self.gbps: Floats = np.bincount(of, ports.gbps, n).astype(np.float64)
        self.part, self.rail = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.part[of], self.rail[of] = ports.part, ports.rail

    def __len__(self) -> int:
        return len(self.gbps)

    def bonds(self, topology: Topology, switches: Rows) -> list[_Bond]:
        """Return the groups on several switches that answer at any of their ports, by these switches.

        Those whose hosts have fewer links than accelerators, or not two, and no rails to tell ports apart by.
        """
        ports, n = self.ports, len(topology)
        ends, links = np.concatenate([topology.a, topology.b]), np.tile(topology.count, 2)
        spare = topology.accelerators - np.bincount(ends, links, n)
        is_shared = (spare > 0) | (topology.accelerators <= 1)
        order = np.lexsort((ports.switch, self.of))
        found: dict[tuple[tuple[int, ...], tuple[float, ...]], list[int]] = {}
        for rows in np.split(order, np.flatnonzero(np.diff(self.of[order])) + 1):
            has_rails = len(set(topology.rail[ports.switch[rows]].tolist()) - {-1}) > 1
            if len(rows) > 1 and is_shared[ports.host[rows[0]]] and not has_rails:
                share = np.round(ports.gbps[rows] / ports.gbps[rows].sum(), 9)
                key = tuple(ports.switch[rows].tolist()), tuple(share.tolist())
                found.setdefault(key, []).append(int(self.of[rows[0]]))
        return [
            _Bond(np.searchsorted(switches, np.array(at)), np.array(share), np.array(groups))
            for (at, share), groups in found.items()
        ]

    def demand(self, topology: Topology, pattern: str, to: Rows) -> Demand:
        """Return the demand in which group g sends all it can to group to[g], to its ports by rate."""
        ports, gone = self.ports, to < 0
        switch, at = np.unique(ports.switch, return_inverse=True)
        bond = np.full(len(self), -1, np.int64)
        for number, each in enumerate(self.bonds(topology, switch)):
            bond[each.groups] = number
        target = np.where(gone, 0, to)
        stays = ~gone & (bond >= 0) & (bond == bond[target]) if len(self) else gone
        shape = (len(switch), len(self))
        goes = ~(gone | stays)[self.of]
        out = csr_array((np.where(goes, ports.gbps, 0.0), (at, self.of)), shape)
        share = ports.gbps / self.gbps[self.of]
        into = csr_array((share, (at, self.of)), shape)
        gbps = (out @ into[:, target].T).toarray() if len(self) else np.zeros((0, 0))
        np.add.at(gbps, (at, at), np.where(stays[self.of], ports.gbps, 0.0))
        received = np.bincount(target, np.where(gone, 0.0, self.gbps), len(self))[self.of] * share
        sent = np.where(gone[self.of], 0.0, ports.gbps)
        return Demand(pattern, switch, gbps, float(self.gbps[gone].sum()), ports, sent, received)


class _Bond(NamedTuple):
    """Groups on the same switches that answer at any port: switches by place, share of the rate on each."""

    switches: Rows
    share: Floats
    groups: Rows


def _numbered(*keys: Rows) -> Rows:
    """Return a number for each combination of keys, in their order."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    _, number = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    return number.reshape(-1).astype(np.int64)


def _next_in(ring: Rows) -> Rows:
    """Return for each row the next with the same ring, the first after the last; -1 where it is alone."""
    order = np.argsort(ring, kind="stable")
    to = np.full(len(ring), -1, np.int64)
    for rows in np.split(order, np.flatnonzero(np.diff(ring[order])) + 1):
        if len(rows) > 1:
            to[rows] = np.roll(rows, -1)
    return to


def _derangement(n: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return a permutation of n > 1 rows in which none stays where it is, all equally likely."""
    while True:
        to = random.permutation(n)
        if not (to == np.arange(n)).any():
            return to


def _shares(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)
