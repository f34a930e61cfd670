"""Throughput of the best routing within a proven gap, for networks beyond the linear programme."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, Arcs, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load, Progress, Throughput, load_of
from core.engine.throughput.ways import Ways, ways_of
from core.engine.topology import Rows, Topology

MOST = 4_000_000
"""Choices of ways (`ways`), some hundred megabytes; with more of them longer ways are left out."""
DETOUR = 0.2
"""Share of a choice that spends a hop, to begin with, beside one that does not."""
BLEND = 0.1
"""Share of an equal price that is tried with the prices: early ones leave whole ways free."""
EVERY = 10
"""Rounds between two looks at the upper bound."""
METHOD = "best of all routings (within a gap)"


def approximate(
    topology: Topology,
    demand: Demand,
    gap: float = 0.03,
    rounds: int = 500,
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
    Multiplicative weights: the price of an arc grows exponentially with its utilisation u [1]_, and for each
    destination switches shift their split toward next hops that are cheaper to the end [2]_, by factors, with
    momentum that is dropped where log sum exp(eta u) rises. Ways may be up to two hops longer than the
    shortest, fewer where the network is large. Lower bound: 1 over the highest utilisation reached. Upper
    bound: that of any prices over all ways, see `linear.optimal`. Both are certain; how near they come is
    not. Nothing is drawn at random.

    References
    ----------
    .. [1] N. Garg, J. Könemann, "Faster and simpler algorithms for multicommodity flow and other fractional
       packing problems", SIAM J. Comput. 37(2), 2007.
    .. [2] R. Gallager, "A minimum delay routing algorithm using distributed computation", IEEE Trans.
       Commun. 25(1), 1977.
    """
    arcs = arcs_of(topology, demand.switches)
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    hops = arcs.distances(demand.switches)
    lost = demand.cut_gbps + float(between[hops == FAR].sum())
    gbps = topology.capacity_gbps
    if lost > 0 or not between.any():
        return load_of(topology, demand, np.zeros((len(gbps), 2)), lost, METHOD)
    nodes = arcs.node[demand.switches]
    tries = (ways_of(arcs, nodes, between, longer, MOST if longer else None) for longer in (2, 1, 0))
    search = _Search(arcs, nodes, between, next(ways for ways in tries if ways is not None))
    search.run(gap, rounds, progress)
    lower, upper = search.lower, search.upper
    note = "" if upper - lower <= gap * upper else f"Ended after {rounds} rounds"
    flows = arcs.over_trunks(search.flow, gbps, arcs.gbps)
    throughput = Throughput(METHOD, lower, max(upper, lower), note)
    return load_of(topology, demand, flows, 0.0, METHOD, throughput)


class _Search:
    """Splits over ways, the flows they make, and bounds."""

    def __init__(self, arcs: Arcs, nodes: Rows, between: Floats, ways: Ways) -> None:
        self._arcs, self._nodes, self._between = arcs, nodes, between
        self._targets = np.flatnonzero(between.any(axis=0))
        self._ways = ways
        split = ways.normal(arcs.links[ways.arc] * DETOUR**ways.spent)
        self.flow = ways.pushed(split, len(arcs))
        self.lower, self.upper = 1.0 / self._most(self.flow), self._bound(np.ones(len(arcs)))
        # Logarithms of the splits now and a step ago, the flow they make, its smooth maximum.
        self._at = self._before = np.log(split)
        self._now, self._height = self.flow, np.inf
        self._eta, self._step, self._gone = 0.0, 0.3, 0

    def run(self, gap: float, rounds: int, progress: Progress | None) -> None:
        """Move the splits until the bounds are near enough; `flow` is the best that was met."""
        spread = 0.15
        self._sharpen(spread)
        for turn in range(rounds):
            if progress is not None:
                progress(turn, rounds, "Rounds")
            if turn % EVERY == 0:
                price = self._price(self._now)[0]
                blend = price + BLEND * price.mean()
                self.upper = min(self.upper, self._bound(price), self._bound(blend))
                apart = 1.0 - self.lower / self.upper
                if apart <= gap:
                    break
                if apart < 0.8 * spread:
                    spread = apart
                    self._sharpen(spread)
            self._move()

    def _sharpen(self, spread: float) -> None:
        """Let prices follow the utilisation so steeply that the smooth maximum is that near the true one."""
        self._eta = float(np.log(max(len(self._arcs), 2))) * self.lower / spread
        self._height = self._price(self._now)[1]
        self._before, self._gone = self._at, 0

    def _move(self) -> None:
        """Go one step toward what is cheaper, with momentum; forget the momentum where it leads upward."""
        ways = self._ways
        ahead = self._at + self._gone / (self._gone + 3) * (self._at - self._before)
        split, flow = self._made(ahead)
        price, height = self._price(flow)
        slope = ways.costs(split, price) * (self._between.sum() / (price * flow).sum())
        split, flow = self._made(np.clip(ahead - self._step * slope, -25.0, 25.0))
        reached = self._price(flow)[1]
        if reached <= min(height, self._height):
            self._before, self._at = self._at, np.log(np.maximum(split, 1e-11))
            self._now, self._height = flow, reached
            self._gone += 1
            self._step *= 1.15
            if 1.0 / self._most(flow) > self.lower:
                self.lower, self.flow = 1.0 / self._most(flow), flow
        elif reached <= height and self._gone:
            self._before, self._gone = self._at, 0
        else:
            self._step /= 2

    def _made(self, logs: Floats) -> tuple[Floats, Floats]:
        split = self._ways.normal(np.exp(np.clip(logs, -30.0, 30.0)))
        return split, self._ways.pushed(split, len(self._arcs))

    def _most(self, flow: Floats) -> float:
        return float((flow / self._arcs.gbps).max())

    def _price(self, flow: Floats) -> tuple[Floats, float]:
        """Return prices of arcs, and the smooth maximum of their utilisation that these lower."""
        used = flow / self._arcs.gbps
        most = float(used.max())
        grown = np.exp(np.maximum(self._eta * (used - most), -40.0))
        return grown / self._arcs.gbps / grown.sum(), most + float(np.log(grown.sum())) / self._eta

    def _bound(self, price: Floats) -> float:
        """Return the upper bound that prices prove, see `linear.optimal`."""
        length = price + 1e-9 * price.max()
        toward = self._arcs.lengths(length).T.tocsr()
        asked = 0.0
        for first in range(0, len(self._targets), 256):
            some = self._targets[first : first + 256]
            cost = dijkstra(toward, indices=self._nodes[some])[:, self._nodes].T
            sent = self._between[:, some]
            asked += float((sent * np.where(sent > 0, cost, 0.0)).sum())  # inf between planes
        return float((length * self._arcs.gbps).sum()) / asked
