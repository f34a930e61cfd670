"""Cables laid in drawn pathways: 20,000 over 500 segments, full trays or not, and the hall of 1,152 racks.

Prints figures against the target of one second.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.physical_hall import physical_hall
from core.engine.cabling import cabling
from core.engine.evaluation import Evaluator
from core.engine.link_classes import link_classes
from core.engine.pathway_network import reaches_of, segments_of
from core.engine.pathway_routing import lay, rooms_mm2
from core.engine.pathway_ways import Bundles
from core.engine.placed_plan import PlacedPathway
from core.model.records import Pathway

TARGET_S = 1.0
ROWS, CROSSINGS, PITCH_MM = 14, 17, 3_000
CABLES, ENDS, RUNS = 20_000, 1_152, 5


def grid() -> list[PlacedPathway]:
    """Trays along rows and across them: 14 x 18 + 17 x 15 segments less those outside."""
    long, deep = CROSSINGS * PITCH_MM, ROWS * PITCH_MM
    lines = [((0, PITCH_MM * k, 2700), (long, PITCH_MM * k, 2700)) for k in range(ROWS)]
    lines += [((PITCH_MM * k, 0, 2700), (PITCH_MM * k, deep - PITCH_MM, 2700)) for k in range(CROSSINGS + 1)]
    ways = []
    for k, points in enumerate(lines):
        record = Pathway(id=f"t{k}", kind="tray", points=points, width_mm=300)
        ways.append(PlacedPathway(record.id, "hall", record, points))
    return ways


def figures(area_mm2: float, words: str) -> None:
    """Lay 20,000 single cables, each a bundle of its own, and print how long it takes."""
    random = Random(1)
    ends = [(random.uniform(0, 51_000), random.uniform(0, 39_000), 0.0) for _ in range(ENDS)]
    pairs = [random.sample(range(ENDS), 2) for _ in range(CABLES)]
    a, b = np.array(pairs, np.intp).T
    bundles = Bundles(a, b, np.zeros(CABLES, np.intp), np.full(CABLES, area_mm2))
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        segments = segments_of(grid(), 150.0)
        reaches = reaches_of(segments, np.array(ends), 6_000.0)
        laid = lay(segments, reaches, bundles, rooms_mm2(segments, 0.5))
        times.append(perf_counter() - start)
    counts = np.bincount(laid.state, minlength=4).tolist()
    print(
        f"{words}: {len(segments)} segments, {CABLES:,} single cables: {median(times):.3f} s of {TARGET_S} s"
    )
    print(f"  laid {counts[0]:,}, overfull {counts[1]:,}, out of reach {counts[2]:,}, no way {counts[3]:,}")


def hall() -> None:
    """Lay the cables of the hall of 1,152 racks, from nothing and after an edit."""
    evaluator = Evaluator(physical_hall())
    snap = evaluator.snapshot()
    sorted_links = link_classes(snap)
    start = perf_counter()
    found = cabling(snap, sorted_links)
    first = perf_counter() - start
    start = perf_counter()
    assert found.pathways is not None
    loads = perf_counter() - start
    assert found.routes is not None
    n = int(found.routes.cable_routed.sum())
    print(f"hall: {snap.n_cables:,} cables, {len(found.routes.segments):,} segments, "
          f"{len(found.routes.bundles):,} bundles; {n:,} laid; "
          f"all of cabling {first:.3f} s, fill and mass {loads:.3f} s")  # fmt: skip


if __name__ == "__main__":
    figures(0.7, "room for all")
    figures(60.0, "too many for the trays")
    hall()
