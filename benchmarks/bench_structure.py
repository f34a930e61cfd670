"""Structure of networks: distances, hops, bisection, and the evaluation of drawn fabrics, beside targets.

usage: python benchmarks/bench_structure.py
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import networkx as nx
import numpy as np

from benchmarks.nvl72 import hall_96
from core.engine.bisection import bisection
from core.engine.diversity import path_diversity
from core.engine.evaluation import Evaluator
from core.engine.hops import hops_between, switch_distances
from core.engine.network import links_per_pair
from core.engine.topology import Topology, topology_of
from core.fabrics.families import generate
from core.model.change import Edit

RUNS = 5
BOTH, LARGE, RATIO = 32, 64, 100
"""Fat trees of so many ports: measured by both, and by ours alone; how many times faster it should be."""


def measured(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    """Return the median time of some runs without the collector, and the last result."""
    times, result = [], None
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            begin = time.perf_counter()
            result = work()
            times.append(time.perf_counter() - begin)
    finally:
        gc.enable()
    return statistics.median(times), result


def row(name: str, seconds: float, target_s: float | None = None) -> None:
    """Print one time beside its target."""
    target = "" if target_s is None else f"  target {target_s * 1e3:7,.0f} ms  "
    verdict = "" if target_s is None else "met" if seconds <= target_s else "NOT MET"
    print(f"{name:<66}{seconds * 1e3:10,.1f} ms{target}{verdict}")


def fat_tree(ports: int) -> Topology:
    """Return a fat tree of switches with so many ports, with its hosts."""
    return topology_of(generate("fat-tree", {"switch_ports": ports}))


def distances() -> None:
    """All pairs of switches: ours alone at 5,120, both ways at a size that networkx can do."""
    large = fat_tree(LARGE)
    seconds, _ = measured(lambda: switch_distances(large))
    row(
        f"all-pairs switch hops, {int(large.is_switch.sum()):,} switches (fat tree k = {LARGE})", seconds, 2.0
    )
    seconds, _ = measured(lambda: hops_between(large))
    row("hops between all its accelerators", seconds)
    net = fat_tree(BOTH)
    inner = net.is_switch[net.a] & net.is_switch[net.b]
    graph = nx.Graph(zip(net.a[inner].tolist(), net.b[inner].tolist(), strict=True))
    slow, plain = measured(lambda: dict(nx.all_pairs_shortest_path_length(graph)), 1)
    fast, ours = measured(lambda: switch_distances(net))
    number = np.cumsum(net.is_switch) - 1
    equal = all(ours[number[a], number[b]] == far for a, row in plain.items() for b, far in row.items())
    verdict = "met" if slow >= RATIO * fast and equal else "NOT MET"
    name = f"{len(graph):,} switches (k = {BOTH}): networkx {slow * 1e3:,.0f} ms, ours {fast * 1e3:,.1f} ms"
    print(f"{name:<66}{slow / fast:10,.0f} x   target {RATIO:7,} x   {verdict}; equal: {equal}")


def rails() -> None:
    """Structure and oversubscription of 16,384 accelerators in three tiers."""
    values = {"hosts": 2048, "hosts_per_unit": 32, "nics_per_host": 8, "tiers": 3}
    net = topology_of(generate("rail-optimised", values))

    def structure() -> None:
        fresh = Topology(
            net.rows, net.is_switch, net.accelerators, net.rail, net.plane, net.a, net.b, net.gbps, net.count
        )
        assert fresh.tier.max() > 0
        links_per_pair(fresh)
        hops_between(fresh)

    seconds, _ = measured(structure)
    row(
        f"structure of {int(net.accelerators.sum()):,} GPUs, {int(net.is_switch.sum()):,} switches",
        seconds,
        0.4,
    )
    seconds, found = measured(lambda: bisection(net), 1)
    row(
        f"bisection of it: {found.low_gbps / 1e6:.3f} to {found.high_gbps / 1e6:.3f} Pbit/s, {found.how}",
        seconds,
    )
    seconds, _ = measured(lambda: path_diversity(net), 1)
    row("ways between its leafs", seconds)


def hall() -> None:
    """96 NVL72 racks: everything live, from nothing and after one edit."""
    project = hall_96()

    def whole() -> Any:
        return Evaluator(project).evaluate()

    seconds, found = measured(whole)
    snap = found.snapshot
    row(f"96 NVL72 racks ({snap.n_devices:,} devices, {snap.n_cables:,} cables), all of it", seconds, 0.2)
    evaluator = Evaluator(project)
    evaluator.evaluate()
    kept = next(iter(project.links(project.top).values()))
    times = []
    for turn in range(2 * RUNS):
        edit = Edit(project, "Edit")
        if turn % 2:
            edit.put("links", kept)
        else:
            edit.remove("links", kept.key)
        project.apply(edit.change())
        begin = time.perf_counter()
        evaluator.evaluate()
        times.append(time.perf_counter() - begin)
    row("after a cable of it is taken out or put back", statistics.median(times), 0.02)


def main() -> int:
    """Print all figures."""
    distances()
    rails()
    hall()
    return 0


if __name__ == "__main__":
    sys.exit(main())
