"""Times of throughput: equal-split load, the linear programme beside a plain one, and the bound TUB.

python benchmarks/bench_throughput.py [--plain]   the plain programme takes about half a minute
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from core.engine.hops import hops_between
from core.engine.network import oversubscription_of, tiers_of
from core.engine.throughput.approximation import approximate
from core.engine.throughput.demand import Demand
from core.engine.throughput.linear import optimal
from core.engine.throughput.routing import ecmp, one_more_hop
from core.engine.throughput.traffic import all_to_all, longest_matching
from core.engine.throughput.tub import tub
from core.engine.topology import Topology, merged, topology_of
from core.fabrics.families import generate

T = TypeVar("T")


def timed(name: str, work: Callable[[], T], target_s: float | None = None, runs: int = 3) -> tuple[T, float]:
    """Print and return the shortest of some runs."""
    best, result = float("inf"), None
    for _ in range(runs):
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    against = f"   target {target_s:g} s" if target_s else ""
    print(f"{name:<62} {best:8.3f} s{against}", flush=True)
    assert result is not None
    return result, best


def three_tiers(units: int = 64, hosts: int = 32, rails: int = 8, links: int = 4) -> Topology:
    """Units of hosts on rail leafs, each with as many spines; spine j of all units on core group j."""
    n_hosts, leafs, group = units * hosts, units * rails, rails * links
    first_leaf, first_spine, first_core = n_hosts, n_hosts + leafs, n_hosts + 2 * leafs
    host, rail = (x.ravel() for x in np.mgrid[:n_hosts, :rails])
    unit, leaf, spine = (x.ravel() for x in np.mgrid[:units, :rails, :rails])
    top, column, core = (x.ravel() for x in np.mgrid[:units, :rails, :group])
    a = [host, first_leaf + unit * rails + leaf, first_spine + top * rails + column]
    b = [
        first_leaf + host // hosts * rails + rail,
        first_spine + unit * rails + spine,
        first_core + column * group + core,
    ]
    count = [np.ones_like(host), np.full_like(unit, links), np.ones_like(top)]
    size = first_core + rails * group
    row = np.arange(size)
    rails_of = np.where((row >= first_leaf) & (row < first_spine), (row - first_leaf) % rails, -1)
    return merged(
        rows=row,
        is_switch=row >= n_hosts,
        accelerators=np.where(row < n_hosts, float(rails), 0.0),
        rail=rails_of,
        plane=np.full(size, -1),
        a=np.concatenate(a),
        b=np.concatenate(b),
        gbps=np.full(sum(map(len, a)), 400.0),
        count=np.concatenate(count),
    )


def random_graph(routers: int, network_ports: int, host_ports: int, seed: int = 1) -> Topology:
    values = {"routers": routers, "network_ports": network_ports, "host_ports": host_ports}
    return topology_of(generate("jellyfish", values, seed))


def plain(topology: Topology, demand: Demand) -> float:
    """Solve maximum concurrent flow as it is written down: every source on every arc, by HiGHS."""
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b]
    node = np.cumsum(topology.is_switch) - 1
    a, b, rate = node[topology.a[inner]], node[topology.b[inner]], topology.capacity_gbps[inner]
    tail, head, rate = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(rate, 2) / rate.mean()
    n, arcs = int(topology.is_switch.sum()), len(tail)
    between = np.zeros((n, n))
    between[np.ix_(node[demand.switches], node[demand.switches])] = demand.gbps
    np.fill_diagonal(between, 0.0)
    between /= between.max()
    source, arc = (x.ravel() for x in np.mgrid[:n, :arcs])
    flow = 1 + source * arcs + arc
    asks, to = np.nonzero(between)
    amount, t, one = between[asks, to], np.zeros(len(asks), int), np.ones(len(flow))
    rows = [source * n + tail[arc], source * n + head[arc], asks * n + to, asks * n + asks]
    values = np.concatenate([one, -one, amount, -amount])
    kept = csr_array(
        (values, (np.concatenate(rows), np.concatenate([flow, flow, t, t]))), (n * n, 1 + n * arcs)
    )
    within = csr_array((one, (arc, flow)), (arcs, 1 + n * arcs))
    cost = np.zeros(1 + n * arcs)
    cost[0] = -1.0
    result = linprog(cost, A_ub=within, b_ub=rate, A_eq=kept, b_eq=np.zeros(n * n), method="highs-ipm")
    mean = topology.capacity_gbps[inner].mean() / demand.gbps[~np.eye(len(demand.gbps), dtype=bool)].max()
    return float(result.x[0] * mean)


def main() -> None:
    print("16,384 GPUs, three tiers (64 units of 32 hosts x 8 rails), all-to-all")
    clos = three_tiers()
    demand, first = timed("  demand", lambda: all_to_all(clos))
    load, second = timed("  equal-split load", lambda: ecmp(clos, demand))
    print(f"  {'both':<60} {first + second:8.3f} s   target 0.6 s; throughput {load.throughput.value:.4f}")
    over, third = timed("  oversubscription", lambda: oversubscription_of(tiers_of(clos)))
    hops, fourth = timed("  hops between all hosts", lambda: hops_between(clos))
    total = first + second + third + fourth
    print(
        f"  {'with structure':<60} {total:8.3f} s   target 1 s; {over:g}:1, {hops.most} switches at the most"
    )
    print("98,304 GPUs (384 units)")
    large = three_tiers(384)
    demand, _ = timed("  demand", lambda: all_to_all(large), runs=1)
    timed("  equal-split load", lambda: ecmp(large, demand), runs=1)

    print("120 switches of degree 6 with 6 hosts, longest matching")
    graph = random_graph(120, 6, 6)
    demand = longest_matching(graph)
    best, seconds = timed("  linear programme", lambda: optimal(graph, demand), 5.0)
    print(f"  throughput {best.throughput.value:.6f}, gap {best.throughput.gap:.1e}")
    near, _ = timed("  approximation, gap 3 %", lambda: approximate(graph, demand, rounds=1000))
    print(f"  between {near.throughput.lower:.4f} and {near.throughput.upper:.4f}")
    if "--plain" in sys.argv:
        found, slow = timed(
            "  plain linear programme (HiGHS, interior point)", lambda: plain(graph, demand), runs=1
        )
        print(f"  throughput {found:.6f}; {slow / seconds:.1f} x the time")

    print("1,000 switches of degree 24 with 12 hosts")
    wide = random_graph(1000, 24, 12)
    bound, _ = timed("  TUB", lambda: tub(wide), 2.0)
    print(f"  {bound.upper:.4f}")
    demand = longest_matching(wide)
    timed("  equal split, shortest ways", lambda: ecmp(wide, demand))
    timed("  equal split, one more hop", lambda: one_more_hop(wide, demand))


if __name__ == "__main__":
    main()
