"""What one failure costs: hosts cut off, hosts with fewer ports, and what the network carries of before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from core.engine.columns import Flags, Floats, sum_by
from core.engine.failures.cases import Failure, left_after
from core.engine.failures.standing import Hosts, Standing
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all
from core.engine.throughput.weighted import Intact, weighted
from core.engine.topology import Rows, Topology
from core.errors import EngineError

Traffic: TypeAlias = Callable[[Topology], Demand]
"""Makes a pattern among the hosts that a topology leaves joined, such as `traffic.all_to_all`."""

Split = Literal["equal", "weighted"]
"""How switches share traffic over shortest ways: `ecmp`, or by capacity (`weighted`)."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What one failure costs.

    Attributes
    ----------
    failure : Failure
    alike : int
        Single failures with this outcome, this one included.
    failed : ndarray of int64
        Devices that fail, here and below by their rows (`Topology.rows`).
    cut_off : ndarray of int64
        Hosts that reached others and reach none any more.
    reduced : ndarray of int64
        Hosts with fewer links than before that are neither cut off nor down themselves.
    separated : int
        Hosts that still reach some, but not all of those left that they reached before.
    isolated : ndarray of int64
        Switches that are up and reach no host any more.
    accelerators_cut_off, accelerators_reduced : float
        Of these hosts; a host counts as one where none has any.
    throughput : float
        Of what is left, in shares of the full rate of the ports left.
    bandwidth_left : float
        "Network carries, of before": what the hosts that still reach others could send if their ports set no
        limit, over that before, 1 at most; 0 if there are none. Where `throughput` is 1 or more, the ports
        left can still be filled: what is lost was headroom.
    worst_left : float
        The same of the host that is left the least.
    """

    failure: Failure
    alike: int
    failed: Rows
    cut_off: Rows
    reduced: Rows
    separated: int
    isolated: Rows
    accelerators_cut_off: float
    accelerators_reduced: float
    throughput: float
    bandwidth_left: float
    worst_left: float

    @property
    def hosts_get(self) -> float:
        """What hosts can send at once, over the line rate of the ports left; 0 if none reaches any."""
        return min(self.throughput, 1.0) if self.bandwidth_left > 0 else 0.0

    @property
    def rank(self) -> tuple[float, float, float]:
        """Sorts the worst first: accelerators cut off, then what is carried of before, then worst host."""
        return -self.accelerators_cut_off, round(self.bandwidth_left, 9), round(self.worst_left, 9)


class Baseline:
    """A network before anything fails, and what is left of it after a failure.

    Parameters
    ----------
    topology : Topology
    traffic : callable, optional
        Pattern of the traffic; it is made anew of what each failure leaves.
    split : str, optional
        With equal split a trunk that loses one of two links takes as much as the others: half is left.

    Raises
    ------
    EngineError
        If the network has no hosts.
    """

    def __init__(self, topology: Topology, traffic: Traffic = all_to_all, split: Split = "equal") -> None:
        self.topology, self.traffic, self.split = topology, traffic, split
        self.hosts = Hosts(topology)
        if not len(self.hosts.rows):
            raise EngineError(
                "the network has no hosts", cure="What failures leave is measured between hosts"
            )
        self.part = self.hosts.parts(topology.count)
        self._standing = Standing(self.hosts, topology.count, self.part)
        everyone = np.ones(len(self.hosts.rows), bool)
        self._reached = self._standing.reached(everyone)
        self._has_hosts = self.hosts.switches_with_hosts(topology.count, self.part)

    @cached_property
    def intact(self) -> Intact:
        """What switches can carry on, for the weighted split."""
        place = self.hosts.place
        return Intact(self.topology, np.unique(place[place < len(self.topology)]))

    @cached_property
    def load(self) -> Load:
        """Of the whole network."""
        return self._load(self.topology, self.demand)

    @cached_property
    def demand(self) -> Demand:
        return replace(self.traffic(self.topology), cut_gbps=0.0)

    @property
    def throughput(self) -> float:
        return self.load.throughput.value

    @cached_property
    def sent_gbps(self) -> Floats:
        """What each host sends at t = 1, shape (h,)."""
        return self._sent(self.demand)

    def outcome(self, failure: Failure, tick: Callable[[], None] = lambda: None) -> Outcome:
        """Measure one failure; `tick` is called while it lasts, and what it raises ends it."""
        left, down = left_after(self.topology, failure)
        part = self.part if (left[self.hosts.inner] > 0).all() else self.hosts.parts(left)
        failed = replace(self.topology, count=left)
        demand = replace(self.traffic(failed), cut_gbps=0.0)
        sent = self._sent(demand)
        t = self._load(failed, demand, tick).throughput.value if sent.any() else np.inf
        return self.judged(failure, left, down, part, sent, t)

    def judged(
        self, failure: Failure, left: Rows, down: Flags, part: Rows, sent: Floats, t: float
    ) -> Outcome:
        """Return the outcome of a failure whose throughput is known.

        Parameters
        ----------
        left : ndarray, shape (m,)
            Links left of each trunk.
        down : ndarray of bool, shape (n,)
        part : ndarray, shape (n,)
            Connected part of each switch.
        sent : ndarray, shape (h,)
            What each host sends at t = 1.
        t : float
        """
        hosts, net = self.hosts, self.topology
        standing = Standing(hosts, left, part)
        up = ~down[hosts.rows]
        cut = up & (self._reached > 0)
        if not up.all():
            cut &= self._standing.reached(up) > 0
        cut &= standing.reached(up) == 0
        rest = up & ~cut
        before, after = self._standing.reached(rest), standing.reached(rest)
        fewer = rest & (after < before)
        gone = left < net.count
        fewer_links = np.zeros(len(net), bool)
        fewer_links[net.a[gone]] = fewer_links[net.b[gone]] = True
        reduced = rest & fewer_links[hosts.rows]
        share = self._shares(sent, t, before, after)
        counts = rest & (self.sent_gbps > 0)
        whole = float(self.sent_gbps[counts].sum())
        none = 0.0 if self.sent_gbps.any() else 1.0
        mean = float((share * self.sent_gbps)[counts].sum()) / whole if whole > 0 else none
        alone = self._has_hosts & ~down & ~hosts.switches_with_hosts(left, part)
        return Outcome(
            failure=failure,
            alike=failure.alike,
            failed=net.rows[list(failure.devices)],
            cut_off=net.rows[hosts.rows[cut]],
            reduced=net.rows[hosts.rows[reduced]],
            separated=int(fewer.sum()),
            isolated=net.rows[alone],
            accelerators_cut_off=float(hosts.weight[cut].sum()),
            accelerators_reduced=float(hosts.weight[reduced].sum()),
            throughput=t,
            bandwidth_left=mean,
            worst_left=float(share[counts].min(initial=1.0)) if whole > 0 else none,
        )

    def _shares(self, sent: Floats, t: float, before: Rows, after: Rows) -> Floats:
        """Return the rate of each host over that before.

        Ports left, times the throughput over that before, times the share of hosts that are still reached.
        Fewer senders may leave more to a port; what it had before is the most that counts.
        """
        full = self.throughput
        ratio = t / full if np.isfinite(full) and full > 0 else t
        had = self.sent_gbps
        share: Floats = np.divide(sent, had, out=np.zeros(len(had)), where=had > 0)
        share *= np.divide(after, before, out=np.ones(len(had)), where=before > 0)
        return np.minimum(share * min(ratio, 1.0), 1.0)

    def _load(self, topology: Topology, demand: Demand, tick: Callable[[], None] = lambda: None) -> Load:
        def progress(done: int, total: int, text: str) -> None:
            tick()

        if self.split == "equal":
            return ecmp(topology, demand, progress)
        return weighted(topology, demand, self.intact, progress)

    def _sent(self, demand: Demand) -> Floats:
        if demand.ports is None:
            raise EngineError("the traffic does not say what each host sends", where=demand.pattern)
        sent = sum_by(demand.ports.host, demand.sent_gbps, len(self.topology))
        return sent[self.hosts.rows]


def failure_of(
    baseline: Baseline,
    rows: Iterable[int] = (),
    trunks: Iterable[int] = (),
    links: Iterable[tuple[int, int]] = (),
) -> Outcome:
    """Measure devices, trunks and links that fail together.

    Parameters
    ----------
    baseline : Baseline
        Made once for each topology and pattern.
    rows : iterable of int
        Rows of devices (`Topology.rows`), switches or hosts; those of other networks do not matter.
    trunks : iterable of int
        Trunks of the topology that fail as a whole.
    links : iterable of (int, int)
        Trunks and how many links of each.

    Raises
    ------
    EngineError
        If there is no such trunk.
    """
    net = baseline.topology
    devices = np.flatnonzero(np.isin(net.rows, list(rows))).tolist()
    lost: dict[int, int] = {}
    for trunk, n in (*((trunk, -1) for trunk in trunks), *links):
        if not 0 <= trunk < len(net.a):
            raise EngineError(f"there are {len(net.a)} trunks in the network", where=f"trunk {trunk}")
        whole = int(net.count[trunk])
        lost[trunk] = whole if n < 0 else min(lost.get(trunk, 0) + n, whole)
    return baseline.outcome(Failure("set", tuple(devices), tuple(sorted(lost.items()))))
