"""Failures of networks: every case, by class, any set at once and at random, against what they should take.

python benchmarks/bench_failures.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_fabrics import report, timed

from core.engine.failures.cases import KINDS, optics_of
from core.engine.failures.chance import random_failures
from core.engine.failures.outcome import Baseline, Split, failure_of
from core.engine.failures.single import SingleFailures, single_failures
from core.engine.topology import Topology, topology_of
from core.fabrics.families import generate

SU4 = {"hosts": 127, "manager_ports": 2}
"""4 units of an H100 SuperPOD: 127 hosts, 32 leafs, 16 spines."""
LARGE = {"hosts": 2048}
"""64 units, 16,384 GPUs in three tiers."""
CAGES = dict.fromkeys(("host", "leaf", "spine", "core"), 800.0)
TRIALS = 100


def ready(topology: Topology, split: Split) -> Baseline:
    """Return a network whose whole has been measured."""
    baseline = Baseline(topology, split=split)
    assert baseline.throughput > 0
    return baseline


def show(found: SingleFailures, most: int = 5) -> None:
    """Print the worst of them."""
    print(f"    {found.cases:,} failures in {found.classes} classes, {len(found.outcomes):,} measured")
    for outcome in found.worst(most):
        print(
            f"      {outcome.failure.kind:<7} x {outcome.alike:<6} {outcome.accelerators_cut_off:4.0f} "
            f"cut off, {outcome.bandwidth_left:.4f} left, worst host {outcome.worst_left:.4f}"
        )


def four_units(split: Split) -> bool:
    """Measure the 4-unit design and tell whether everything was met."""
    graph = generate("rail-optimised", SU4)
    topology = topology_of(graph)
    baseline = ready(topology, split)
    print(f"4 units, {split} split: {topology.is_switch.sum()} switches, {len(topology.a):,} trunks")
    spent, found = timed(lambda: single_failures(baseline, ("switch", "trunk"), by_class=False))
    met = report("every switch and trunk, each case", spent, 2.0)
    spent, found = timed(lambda: single_failures(baseline, ("switch", "trunk"), by_class=True))
    met &= report("every switch and trunk, by class", spent, 2.0)
    show(found)
    optics = optics_of(graph, CAGES)
    spent, found = timed(lambda: single_failures(baseline, (*KINDS, "optic"), optics))
    met &= report("with links and optics, by class", spent, 2.0)
    show(found, 8)
    switch = int(topology.is_switch.argmax())
    spent, _ = timed(lambda: failure_of(baseline, rows=[switch], trunks=[len(topology.a) - 1]))
    met &= report("a leaf and a trunk at once", 1000 * spent, 100.0, "ms")
    spent, random = timed(lambda: random_failures(baseline, 0.01, "link", TRIALS))
    left = random.bandwidth_left
    met &= report(f"1 % of links at random, {TRIALS} trials", spent, 2.0)
    print(
        f"    {left.mean:.4f} left, 95 % interval {left.low:.4f} to {left.high:.4f}, least {left.least:.4f}"
    )
    return met


def large(split: Split) -> bool:
    """Measure 16,384 GPUs and tell whether everything was met."""
    topology = topology_of(generate("rail-optimised", LARGE))
    print(f"16,384 GPUs, {split} split: {topology.is_switch.sum():,} switches, {len(topology.a):,} trunks")
    spent, baseline = timed(lambda: ready(topology, split))
    report("the whole", spent, 1.0)
    switch = int(topology.is_switch.argmax())
    spent, _ = timed(lambda: failure_of(baseline, rows=[switch], trunks=[len(topology.a) - 1]))
    met = report("a leaf and a trunk at once", spent, 0.5)
    spent, found = timed(lambda: single_failures(baseline, ("switch", "link", "trunk")))
    met &= report("every switch, link and trunk, by class", spent, 10.0)
    show(found)
    return met


if __name__ == "__main__":
    splits: tuple[Split, ...] = ("equal", "weighted")
    results = [measure(split) for measure in (four_units, large) for split in splits]
    sys.exit(0 if all(results) else 1)
