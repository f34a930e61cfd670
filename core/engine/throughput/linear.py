"""The optimum over all routings, as a linear programme that is solved on as few arcs as prove it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning, linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from core.engine.columns import Floats
from core.engine.throughput.arcs import FAR, Arcs, arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import SAME, Load, Progress, Throughput, load_of
from core.engine.topology import Rows, Topology
from core.errors import EngineError

MOST = 120_000
"""Flows (source x arc) of the largest programme: some minutes."""
ROUNDS = 30
NEAR = 0.05
"""Arcs join that lie on a way so little dearer than the cheapest."""
METHOD = "best of all routings (linear programme)"


def optimal(topology: Topology, demand: Demand, progress: Progress | None = None) -> Load:
    """Return the load and throughput of the best routing there is: any ways, split at will.

    Parameters
    ----------
    progress : callable, optional
        Called between the programmes; one of them cannot be interrupted.

    Raises
    ------
    EngineError
        If the programme would be too large (`approximate` has no such limit), or was not solved.

    Notes
    -----
    Maximum concurrent flow: maximise t such that every source sends t times its demand, with the flow of
    all sources within the rate of each arc. One commodity for each source. It is solved first with the arcs
    that make ways at most one hop longer. Prices y of the arcs (the dual) bound what any routing can do:
    t <= sum c y / sum demand x (cheapest way under y) [1]_. While that is above what was reached, the arcs
    of cheaper ways join and it is solved again; where both agree the result is exact for all arcs.

    References
    ----------
    .. [1] F. Shahrokhi, D. Matula, "The maximum concurrent flow problem", J. ACM 37(2), 1990.
    """
    arcs = arcs_of(topology, demand.switches)
    task = _task(arcs, demand)
    gbps = topology.capacity_gbps
    if task is None or task.unreachable_gbps > 0:
        lost = task.unreachable_gbps if task is not None else demand.cut_gbps
        return load_of(topology, demand, np.zeros((len(gbps), 2)), lost, METHOD)
    found = _solved(task, progress)
    flows = arcs.over_trunks(found.flow / found.lower, gbps, arcs.gbps)
    note = "" if found.upper - found.lower <= SAME * found.upper else "Ended before the optimum was proved"
    throughput = Throughput(METHOD, found.lower, max(found.upper, found.lower), note)
    return load_of(topology, demand, flows, 0.0, METHOD, throughput)


@dataclass(frozen=True, eq=False)
class _Task:
    """Demand between nodes: sources in rows, all nodes in columns; both in units near 1."""

    arcs: Arcs
    source: Rows
    demand: Floats
    rate: Floats
    unit: float
    unreachable_gbps: float

    def excess(self, distance: Floats, length: Floats) -> Floats:
        """Return how much dearer than the cheapest way the best way over each arc is, shape (sources, arcs).

        Of a source it is the least over those it sends to.
        """
        found = np.empty((len(self.source), len(self.arcs)))
        for k, source in enumerate(self.source.tolist()):
            to = np.flatnonzero(self.demand[k])
            rest = (distance[:, to] - distance[source, to]).min(axis=1)
            found[k] = distance[source, self.arcs.tail] + length + rest[self.arcs.head]
        return found


@dataclass(frozen=True, eq=False)
class _Found:
    lower: float
    upper: float
    flow: Floats


def _task(arcs: Arcs, demand: Demand) -> _Task | None:
    """Return what is to be solved, None if nothing leaves its switch."""
    between = demand.gbps.copy()
    np.fill_diagonal(between, 0.0)
    rows = np.flatnonzero(between.any(axis=1))
    if not len(rows):
        return None
    hops = arcs.distances(demand.switches)
    lost = demand.cut_gbps + float(between[hops == FAR].sum())
    scale = float(between.max())
    spread = np.zeros((len(rows), arcs.n))
    spread[:, arcs.node[demand.switches]] = between[rows] / scale
    rate = arcs.gbps / arcs.gbps.mean() if len(arcs) else arcs.gbps
    unit = float(arcs.gbps.mean()) / scale if len(arcs) else 1.0
    return _Task(arcs, arcs.node[demand.switches[rows]], spread, rate, unit, lost)


def _solved(task: _Task, progress: Progress | None) -> _Found:
    arcs = task.arcs
    ones = np.ones(len(arcs))
    hops = shortest_path(arcs.lengths(ones), unweighted=True)
    used = task.excess(hops, ones) <= 1
    upper = np.inf
    for turn in range(ROUNDS):
        if progress is not None:
            progress(turn, ROUNDS, "Linear programmes")
        refuse_large(int(used.sum()))
        t, flow, price = _programme(task, used)
        for least in (1e-2, 1e-4, 1e-6, 1e-8):
            length = price + least * price.mean()
            cheapest = shortest_path(arcs.lengths(length), method="D")
            asked = float((task.demand * np.where(task.demand > 0, cheapest[task.source], 0.0)).sum())
            upper = min(upper, float((task.rate * length).sum()) / asked)
        if upper - t <= SAME / 10 * upper:
            break
        more = _joined(task, used, price)
        if (more == used).all():
            break
        used = more
    # Of the two bounds the solver meets the lower to its own tolerance only.
    return _Found(t * task.unit, max(upper, t) * task.unit, flow * float(arcs.gbps.mean()))


def _joined(task: _Task, used: NDArray[np.bool_], price: Floats) -> NDArray[np.bool_]:
    """Return the arcs in use and those of ways that are cheapest, or nearly, at these prices.

    With a little on every arc, of ways at the same price the shorter ones join; less where none does.
    """
    for least in (3e-2, 1e-3, 1e-6):
        length = price + least * price.mean()
        cheapest = shortest_path(task.arcs.lengths(length), method="D")
        typical = float(cheapest[task.source][task.demand > 0].mean())
        more = used | (task.excess(cheapest, length) <= NEAR * typical)
        if (more != used).any():
            return more
    return used


def refuse_large(flows: int) -> None:
    """Raise if a programme has more flows than are solved in bearable time.

    Raises
    ------
    EngineError
    """
    if flows > MOST:
        raise EngineError(
            f"The linear programme has {flows:,} flows, and at most {MOST:,} are solved",
            cure="Take the approximation, which says how far it can be off",
        )


def _programme(task: _Task, used: NDArray[np.bool_]) -> tuple[float, Floats, Floats]:
    """Return throughput, flow of each arc and price of each arc, with the arcs that sources may use."""
    arcs, n = task.arcs, task.arcs.n
    source, arc = np.nonzero(used)
    leaves, enters = source * n + arcs.tail[arc], source * n + arcs.head[arc]
    asks, to = np.nonzero(task.demand)
    amount = task.demand[asks, to]
    rows = np.concatenate([leaves, enters, asks * n + to, asks * n + task.source[asks]])
    at, row = np.unique(rows, return_inverse=True)
    flow = np.arange(1, len(arc) + 1)
    t = np.zeros(2 * len(asks), np.int64)
    one = np.ones(len(arc))
    kept = csr_array(
        (np.concatenate([one, -one, amount, -amount]), (row, np.concatenate([flow, flow, t]))),
        (len(at), len(arc) + 1),
    )
    within = csr_array((one, (arc, flow)), (len(arcs), len(arc) + 1))
    x, price = solved(kept, within, task.rate)
    return float(x[0]), np.bincount(arc, np.maximum(x[1:], 0.0), len(arcs)).astype(np.float64), price


def solved(kept: csr_array, within: csr_array, rate: Floats) -> tuple[Floats, Floats]:
    """Maximise the first variable with `kept` x = 0, `within` x <= rate and x >= 0; return x and prices.

    Raises
    ------
    EngineError
        If the solver gives up.
    """
    cost = np.zeros(kept.shape[1])
    cost[0] = -1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)
        for method in ("highs-ipm", "highs"):
            result = linprog(
                cost, A_ub=within, b_ub=rate, A_eq=kept, b_eq=np.zeros(kept.shape[0]), method=method
            )
            if result.status == 0:
                return result.x, np.maximum(-result.ineqlin.marginals, 0.0)
    raise EngineError(f"The linear programme was not solved: {result.message}", cure="Take the approximation")
