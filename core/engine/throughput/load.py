"""What comes out: a throughput with what it is worth, and the load of every trunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Floats
from core.engine.throughput.demand import Demand
from core.engine.topology import Topology

SAME = 1e-6
"""Bounds that differ by less than this share are one value."""

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as progress(done, total, text), often; what it raises ends the work, which is how to cancel."""

Kind = Literal["exact", "upper bound", "lower bound", "interval"]


@dataclass(frozen=True)
class Throughput:
    """A throughput between two bounds, in shares of the full rate of the hosts.

    Attributes
    ----------
    method : str
        What it is the throughput of, as people read it.
    lower : float
        So much is certainly possible; 0 where nothing is known.
    upper : float
        More is certainly not possible; inf if nothing limits it.
    note : str
        Why it is 0, or why a search ended early.

    Examples
    --------
    >>> Throughput("bound", 0.0, 0.5).kind, Throughput("ECMP", 0.25, 0.25).kind
    ('upper bound', 'exact')
    >>> Throughput("bound", 0.0, np.inf).value
    inf
    """

    method: str
    lower: float
    upper: float
    note: str = ""

    @property
    def kind(self) -> Kind:
        if self.lower == self.upper or self.upper - self.lower <= SAME * self.upper < np.inf:
            return "exact"
        if self.lower == 0:
            return "upper bound"
        return "lower bound" if np.isinf(self.upper) else "interval"

    @property
    def value(self) -> float:
        """What to show: what is certainly possible; of an upper bound, the bound."""
        return self.upper if self.kind == "upper bound" else self.lower

    @property
    def gap(self) -> float:
        """How far the bounds are apart, as a share of the upper one."""
        if self.lower == self.upper:
            return 0.0
        return 1.0 if np.isinf(self.upper) else 1.0 - self.lower / self.upper


@dataclass(frozen=True, eq=False)
class Load:
    """Load of the trunks of a topology when hosts send at their full rate (t = 1).

    Attributes
    ----------
    throughput : Throughput
    forward_gbps, backward_gbps : ndarray, shape (m,)
        From `a` to `b` of each trunk and back. Trunks of hosts carry what their ports send and receive.
    utilisation : ndarray, shape (m,)
        Share of the rate of a trunk in its fuller direction. More than 1: it carries all only at 1 over
        that of the full rate.
    unreachable_gbps : float
        Demand between switches that no way joins; it loads nothing.
    between_switches : ndarray of bool, shape (m,)
    """

    throughput: Throughput
    forward_gbps: Floats
    backward_gbps: Floats
    utilisation: Floats
    unreachable_gbps: float
    between_switches: NDArray[np.bool_]

    @cached_property
    def busiest(self) -> int:
        """Trunk between switches with the highest utilisation, -1 if none carries anything."""
        among = np.where(self.between_switches, self.utilisation, 0.0)
        return int(among.argmax()) if len(among) and among.max() > 0 else -1


NOT_JOINED = "Hosts are asked to send to hosts that no way of switches joins with them"


def load_of(
    topology: Topology,
    demand: Demand,
    flows: Floats,
    unreachable_gbps: float,
    method: str,
    throughput: Throughput | None = None,
) -> Load:
    """Return the load of flows given per trunk and direction, shape (m, 2), with that of the hosts' trunks.

    Without `throughput` it is that of the flows as they are: 1 over the highest utilisation.
    """
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b]
    flows = flows + host_flows(topology, demand)
    capacity = topology.capacity_gbps
    used = np.divide(flows.max(axis=1), capacity, out=np.zeros(len(capacity)), where=capacity > 0)
    if throughput is None:
        most = float(used[inner].max(initial=0.0))
        found = 1.0 / most if most > 0 else np.inf
        throughput = Throughput(method, found, found)
    if unreachable_gbps > 0:
        throughput = Throughput(method, 0.0, 0.0, NOT_JOINED)
    return Load(throughput, flows[:, 0], flows[:, 1], used, unreachable_gbps, inner)


def host_flows(topology: Topology, demand: Demand) -> Floats:
    """Return what the ports of hosts send and receive, per trunk: a to b and b to a, shape (m, 2)."""
    flows = np.zeros((len(topology.a), 2))
    ports = demand.ports
    if ports is None or not len(ports.host):
        return flows
    n = len(topology)
    key, at = np.unique(ports.host * n + ports.switch, return_inverse=True)
    sent = np.bincount(at, demand.sent_gbps, len(key))
    received = np.bincount(at, demand.received_gbps, len(key))
    for host, switch, out, back in (
        (topology.a, topology.b, 0, 1),
        (topology.b, topology.a, 1, 0),
    ):
        row = np.flatnonzero(~topology.is_switch[host] & topology.is_switch[switch])
        pair = host[row] * n + switch[row]
        place = np.minimum(np.searchsorted(key, pair), len(key) - 1)
        row, place = row[key[place] == pair], place[key[place] == pair]
        if not len(row):
            continue
        # Trunks at several rates between the same two share by rate.
        whole = np.bincount(place, topology.capacity_gbps[row], len(key))[place]
        share = np.divide(topology.capacity_gbps[row], whole, out=np.zeros(len(row)), where=whole > 0)
        flows[row, out] = sent[place] * share
        flows[row, back] = received[place] * share
    return flows
