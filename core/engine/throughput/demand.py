"""Who sends how much to whom: ports of hosts, and the demand between their switches."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from core.engine.columns import Floats
from core.engine.topology import Rows, Topology


@dataclass(frozen=True, eq=False)
class Ports:
    """Ports of hosts on switches; links of a host on the same switch at the same rate are one.

    Attributes
    ----------
    host, switch : ndarray of int64, shape (k,)
        Devices of the topology.
    gbps : ndarray, shape (k,)
        Rate of all its links together.
    rail : ndarray of int64, shape (k,)
        That of the switch, or of the host port's place among the ports of its host where switches have none.
    part : ndarray of int64, shape (k,)
        Connected part of the switches it hangs on: planes and rails that share no switch are apart, and what
        a port sends stays in its part.
    """

    host: Rows
    switch: Rows
    gbps: Floats
    rail: Rows
    part: Rows

    def __len__(self) -> int:
        return len(self.host)


@dataclass(frozen=True, eq=False)
class Demand:
    """Traffic at t = 1 between switches that have hosts.

    Attributes
    ----------
    pattern : str
        As people read it.
    switches : ndarray of int64, shape (s,)
        Devices of the topology.
    gbps : ndarray, shape (s, s)
        From row to column; on the diagonal what stays in a switch and loads nothing.
    cut_gbps : float
        Traffic of ports with no one to send to: their part has no other host of the pattern.
    ports : Ports, optional
        Ports that send and receive; without them trunks of hosts show no load.
    sent_gbps, received_gbps : ndarray, shape (k,)
        Of each of the ports.
    """

    pattern: str
    switches: Rows
    gbps: Floats
    cut_gbps: float = 0.0
    ports: Ports | None = None
    sent_gbps: Floats = field(default_factory=lambda: np.zeros(0))
    received_gbps: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def between_switches_gbps(self) -> float:
        """All of it that leaves a switch."""
        return float(self.gbps.sum() - np.trace(self.gbps))


def parts_of_switches(topology: Topology) -> Rows:
    """Return for each device the number of its connected part of the switches, -1 for hosts."""
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b] & (topology.capacity_gbps > 0)
    a, b, n = topology.a[inner], topology.b[inner], len(topology)
    _, part = connected_components(csr_array((np.ones(len(a), np.int8), (a, b)), (n, n)), directed=False)
    return np.where(topology.is_switch, part, -1).astype(np.int64)


def ports_of(topology: Topology, hosts: Rows | None = None) -> Ports:
    """Return the ports of hosts on switches, by host and switch.

    A device that forwards and has accelerators (a node of a torus) is a host on itself; its full rate is that
    of all its links to others that forward.

    Parameters
    ----------
    hosts : ndarray of int, optional
        Devices of a job. Without it all that have accelerators, or every host if none has.
    """
    taken = ~topology.is_switch | (topology.accelerators > 0)
    if hosts is not None:
        taken = taken & np.isin(np.arange(len(topology)), hosts)
    elif (topology.accelerators[taken] > 0).any():
        taken = taken & (topology.accelerators > 0)
    flip = topology.is_switch[topology.a]
    host = np.where(flip, topology.b, topology.a)
    switch = np.where(flip, topology.a, topology.b)
    capacity = topology.capacity_gbps
    row = np.flatnonzero(
        ~topology.is_switch[host] & taken[host] & topology.is_switch[switch] & (capacity > 0)
    )
    itself = np.flatnonzero(taken & topology.is_switch)
    host = np.concatenate([host[row], itself])
    switch = np.concatenate([switch[row], itself])
    gbps = np.concatenate([capacity[row], _rate_between_switches(topology)[itself]])
    order = np.lexsort((switch, host))
    host, switch, gbps = host[order], switch[order], gbps[order]
    rail = topology.rail[switch]
    rail = np.where(rail >= 0, rail, np.arange(len(host)) - np.searchsorted(host, host))
    return Ports(host, switch, gbps, rail, parts_of_switches(topology)[switch])


def _rate_between_switches(topology: Topology) -> Floats:
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b]
    ends = np.concatenate([topology.a[inner], topology.b[inner]])
    return np.bincount(ends, np.tile(topology.capacity_gbps[inner], 2), len(topology)).astype(np.float64)
