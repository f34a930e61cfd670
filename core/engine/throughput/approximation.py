"""Throughput of the best routing within a proven gap, for networks beyond the linear programme."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, Arcs, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load, Progress, Throughput, load_of
from core.engine.throughput.routing import shortest_flow
from core.engine.topology import Rows, Topology

BLOCKS = 24
"""Groups of destinations that are routed anew one after the other."""
METHOD = "best of all routings (within a gap)"


def approximate(
    topology: Topology,
    demand: Demand,
    gap: float = 0.03,
    rounds: int = 200,
    progress: Progress | None = None,
) -> Load:
    """Return the load of a routing near the best, and bounds of the best.

    Parameters
    ----------
    gap : float
        Ends when the bounds are no further apart, as a share of the upper one.
    rounds : int
        Ends after as many passes over all destinations; the bounds hold all the same.
    progress : callable, optional

    Notes
    -----
    Multiplicative weights: the price of an arc grows exponentially with its utilisation u [1]_ [2]_. From
    equal split over shortest ways on, one block of destinations after the other moves a share of its flow to
    the ways cheapest at these prices, as much as lowers log sum exp(eta u) most. Lower bound: 1 over the
    highest utilisation of the flow reached. Upper bound: that of any prices, see `linear.optimal`. Both are
    certain; only how near they come is not. Nothing is drawn at random.

    References
    ----------
    .. [1] N. Garg, J. Könemann, "Faster and simpler algorithms for multicommodity flow and other fractional
       packing problems", SIAM J. Comput. 37(2), 2007.
    .. [2] D. Bienstock, "Potential function methods for approximately solving linear programming problems",
       Kluwer, 2002.
    """
    arcs = arcs_of(topology, demand.switches)
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    hops = arcs.distances(demand.switches)
    lost = demand.cut_gbps + float(between[hops == FAR].sum())
    gbps = topology.capacity_gbps
    if lost > 0 or not between.any():
        return load_of(topology, demand, np.zeros((len(gbps), 2)), lost, METHOD)
    search = _Search(arcs, arcs.node[demand.switches], between)
    lower, upper = search.run(gap, rounds, progress)
    note = "" if upper - lower <= gap * upper else f"Ended after {rounds} rounds"
    flows = arcs.over_trunks(search.flow, gbps, arcs.gbps)
    throughput = Throughput(METHOD, lower, max(upper, lower), note)
    return load_of(topology, demand, flows, 0.0, METHOD, throughput)


class _Search:
    """Flows by block of destinations, and the prices that follow from them."""

    def __init__(self, arcs: Arcs, nodes: Rows, between: Floats) -> None:
        self._arcs = arcs
        self._key = arcs.tail * arcs.n + arcs.head
        targets = np.flatnonzero(between.any(axis=0))
        # Neighbouring destinations in different blocks: a block then loads the whole network.
        self._blocks = [targets[k :: min(BLOCKS, len(targets))] for k in range(min(BLOCKS, len(targets)))]
        self._nodes, self._between = nodes, between
        self._parts = [self._shortest(block) for block in self._blocks]
        self.flow: Floats = np.sum(self._parts, axis=0)

    def run(self, gap: float, rounds: int, progress: Progress | None) -> tuple[float, float]:
        lower, upper = 0.0, np.inf
        spread = 0.3
        for turn in range(rounds):
            if progress is not None:
                progress(turn, rounds, "Rounds")
            price = self._price(self._eta(spread))
            lower, upper = max(lower, 1.0 / self._most), min(upper, self._bound(price))
            reached = 1.0 / self._most
            if upper - reached <= gap * upper:
                break
            spread = min(spread, max((upper - reached) / upper / 2, gap / 4))
            for k, block in enumerate(self._blocks):
                eta = self._eta(spread)
                price = self._price(eta)
                cheap = self._cheapest(block, price) - self._parts[k]
                step = _step(self.flow / self._arcs.gbps, cheap / self._arcs.gbps, eta)
                self._parts[k] = self._parts[k] + step * cheap
                self.flow = self.flow + step * cheap
        return 1.0 / self._most, upper

    @property
    def _most(self) -> float:
        return float((self.flow / self._arcs.gbps).max())

    def _eta(self, spread: float) -> float:
        return float(np.log(len(self._arcs))) / (spread * self._most)

    def _price(self, eta: float) -> Floats:
        used = self.flow / self._arcs.gbps
        price: Floats = np.exp(np.maximum(eta * (used - used.max()), -40.0)) / self._arcs.gbps
        return price

    def _bound(self, price: Floats) -> float:
        asked = 0.0
        for block in self._blocks:
            cost = dijkstra(self._arcs.lengths(price).T, indices=self._nodes[block])
            asked += float((self._between[:, block] * cost[:, self._nodes].T).sum())
        return float((price * self._arcs.gbps).sum()) / asked

    def _sent(self, block: Rows) -> Floats:
        sent = np.zeros((self._arcs.n, len(block)))
        sent[self._nodes] = self._between[:, block]
        return sent

    def _shortest(self, block: Rows) -> Floats:
        hops, nearer = self._arcs.layers(self._nodes[block])
        return shortest_flow(self._arcs, self._sent(block), hops, nearer)

    def _cheapest(self, block: Rows, price: Floats) -> Floats:
        """Return the flow of each arc when all that goes to a block takes its cheapest way."""
        n = self._arcs.n
        _, following = dijkstra(
            self._arcs.lengths(price).T, indices=self._nodes[block], return_predecessors=True
        )
        moving = self._sent(block).T
        flow = np.zeros(len(self._arcs))
        row, node = np.nonzero(moving)
        amount = moving[row, node]
        while len(row):
            after = following[row, node].astype(np.int64)
            on = after >= 0  # the destination has none
            row, node, after, amount = row[on], node[on], after[on], amount[on]
            flow += np.bincount(np.searchsorted(self._key, node * n + after), amount, len(flow))
            at, group = np.unique(row * n + after, return_inverse=True)
            row, node, amount = at // n, at % n, np.bincount(group, amount, len(at))
        return flow


def _step(used: Floats, change: Floats, eta: float) -> float:
    """Return the share in [0, 1] of a change that lowers log sum exp(eta u) most (bisection of its slope)."""

    def rises(share: float) -> bool:
        at = used + share * change
        return float((np.exp(np.maximum(eta * (at - at.max()), -40.0)) * change).sum()) > 0

    if not rises(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(14):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) else (middle, high)
    return low
