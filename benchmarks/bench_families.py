"""Making the graphs of large research networks, against targets.

usage: python benchmarks/bench_families.py
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_window import report

RUNS = 3
TARGET_S = 10.0
"""For networks of up to some 100,000 devices."""
NETWORKS: list[tuple[str, dict[str, Any], float]] = [
    ("fat-tree", {"switch_ports": 48}, 2.5),
    ("fat-tree", {"switch_ports": 64}, 6.0),
    ("dragonfly", {"routers_per_group": 32, "host_ports": 16, "global_ports": 16, "groups": 129}, TARGET_S),
    ("dragonfly-plus", {f"{role}_per_group": 16 for role in ("leafs", "spines")}
     | {"host_ports": 16, "global_ports": 16, "groups": 257}, TARGET_S),
    ("slim-fly", {"q": 37}, TARGET_S),
    ("polar-fly", {"q": 53}, TARGET_S),
    ("hyperx", {"shape": "16x16x16", "host_ports": 8}, TARGET_S),
    ("torus", {"shape": "32x32x32"}, TARGET_S),
    ("optical-torus", {}, TARGET_S),
    ("jellyfish", {"routers": 2000, "network_ports": 32, "host_ports": 16}, TARGET_S),
    ("xpander", {"routers": 1980, "network_ports": 32, "host_ports": 16}, TARGET_S),
]  # fmt: skip


def main() -> int:
    from core.fabrics.families import generate

    generate("fat-tree", {"switch_ports": 4})  # imports
    met = True
    for name, values, target in NETWORKS:
        spent = []
        for seed in range(RUNS):
            gc.collect()
            clock, processor = time.perf_counter(), time.process_time()
            graph = generate(name, values, seed)
            spent.append((time.perf_counter() - clock, time.process_time() - processor))
        title = f"{name}: {len(graph):,} devices, {graph.number_of_edges():,}"
        met &= report(title, spent, target, "s")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
