"""Upper bounds of throughput from distances: what a demand takes at the least, against what there is."""

from __future__ import annotations

import numpy as np

from core.engine.throughput.arcs import FAR, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import NOT_JOINED, Throughput
from core.engine.throughput.traffic import longest_matching
from core.engine.topology import Rows, Topology


def tub(topology: Topology, hosts: Rows | None = None) -> Throughput:
    """Return the throughput upper bound TUB: no routing does better for the longest matching.

    Notes
    -----
    With E links of one rate, H_u hosts on switch u and the maximum-weight perfect matching m of the switches
    on hop distance d, TUB = 2 E / sum_u d(u, m(u)) min(H_u, H_m(u)) [1]_. Here with the rates of links and
    host ports in place of numbers, for each connected part; the least of these. Of switches alike in number
    and rate of ports it is the bound as published.

    References
    ----------
    .. [1] P. Namyar et al., "A throughput-centric view of the performance of datacenter topologies",
       SIGCOMM 2021.
    """
    found = distance_bound(topology, longest_matching(topology, hosts))
    return Throughput("TUB", 0.0, found.upper, found.note)


def distance_bound(topology: Topology, demand: Demand) -> Throughput:
    """Return an upper bound for one demand: rate of all links over demand x hops, of each connected part.

    For all-to-all between n switches with one host each and E links it is t = 2 E / (n x mean distance), in
    flow of each ordered pair 2 E / (n (n - 1) x mean distance).
    """
    arcs = arcs_of(topology, demand.switches)
    hops = arcs.distances(demand.switches)
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    method = "distance bound"
    if demand.cut_gbps > 0 or (between[hops == FAR] > 0).any():
        return Throughput(method, 0.0, 0.0, NOT_JOINED)
    taken = (between * hops).sum(axis=1)
    part = arcs.parts
    needed = np.bincount(part[arcs.node[demand.switches]], taken, arcs.n)
    there = np.bincount(part[arcs.tail], arcs.gbps, arcs.n)
    if not (needed > 0).any():
        return Throughput(method, np.inf, np.inf)
    return Throughput(method, 0.0, float((there[needed > 0] / needed[needed > 0]).min()))
