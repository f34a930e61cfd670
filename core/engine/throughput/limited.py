"""The optimum over ways that are at most some hops longer than the shortest."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.linear import MOST, refuse_large, solved
from core.engine.throughput.load import Load, Throughput, load_of
from core.engine.throughput.ways import Ways, ways_of
from core.engine.topology import Topology


def best_within(topology: Topology, demand: Demand, longer: int = 0) -> Load:
    """Return the load and throughput of the best split over ways up to so many hops longer than the shortest.

    Switches split each pair's traffic at will; 0 is what routing on shortest paths can reach at the most.

    Raises
    ------
    EngineError
        If the linear programme would be too large, or was not solved.
    """
    method = "best split over shortest ways"
    if longer:
        method = f"best split over ways up to {longer} {'hop' if longer == 1 else 'hops'} longer"
    arcs = arcs_of(topology, demand.switches)
    nodes, gbps = arcs.node[demand.switches], topology.capacity_gbps
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    lost = demand.cut_gbps + float(between[arcs.distances(demand.switches) == FAR].sum())
    if lost > 0 or not between.any():
        return load_of(topology, demand, np.zeros((len(gbps), 2)), lost, method)
    scale, mean = float(between.max()), float(arcs.gbps.mean())
    ways = ways_of(arcs, nodes, between / scale, longer, 2 * MOST)
    refuse_large(len(ways.arc) if ways is not None else 2 * MOST)
    assert ways is not None  # more than twice what is solved was refused
    t, flow, price = _programme(ways, arcs.gbps / mean)
    asked = float((ways.sent * ways.cheapest(price)).sum())
    upper = float((arcs.gbps / mean * price).sum()) / asked if asked > 0 else np.inf
    unit = mean / scale
    flows = arcs.over_trunks(flow * mean / (t * unit), gbps, arcs.gbps)
    found = Throughput(method, t * unit, max(upper, t) * unit)
    return load_of(topology, demand, flows, 0.0, method, found)


def _programme(ways: Ways, rate: Floats) -> tuple[float, Floats, Floats]:
    """Return throughput, flow and price of each arc."""
    ends = np.zeros(len(ways.sent), bool)
    ends[ways.after] = True
    ends[ways.start] = False
    row = np.cumsum(~ends) - 1
    choice = np.arange(1, len(ways.arc) + 1)
    goes_on = ~ends[ways.after]
    begin = np.flatnonzero(ways.sent)
    values = [np.ones(len(choice)), -np.ones(int(goes_on.sum())), -ways.sent[begin]]
    rows = [row[ways.start], row[ways.after[goes_on]], row[begin]]
    columns = [choice, choice[goes_on], np.zeros(len(begin), np.int64)]
    kept = csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        (int(row[-1]) + 1, len(choice) + 1),
    )
    within = csr_array((np.ones(len(choice)), (ways.arc, choice)), (len(rate), len(choice) + 1))
    x, price = solved(kept, within, rate)
    flow = np.bincount(ways.arc, np.maximum(x[1:], 0.0), len(rate)).astype(np.float64)
    return float(x[0]), flow, price
