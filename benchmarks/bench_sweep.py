"""A sweep of one unit: 1,000 designs by one process and by two, against 120 s and a scaling of 1.7."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from core.explore.sweeps.executors import Processes
from core.explore.sweeps.running import run
from core.explore.sweeps.spec import read_spec
from core.explore.sweeps.variants import plan_of

SPEC = Path(__file__).parents[1] / "resources" / "sweeps" / "unit-of-h100.toml"
MOST_S, LEAST_SCALING = 120.0, 1.7


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    spec = replace(read_spec(SPEC.read_text(), SPEC.name), points=count)
    plan = plan_of(spec, SPEC.parent)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    taken = {}
    for workers in (1, 2):
        executor = Processes(workers)
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            outcome = run(spec, plan, Path(folder), executor)
            taken[workers] = time.perf_counter() - start
        executor.close()
        print(f"{workers} process(es): {len(outcome.points)} points in {taken[workers]:.1f} s")
    print(f"1,000 designs on two: {taken[2] * 1000 / count:.1f} s (<= {MOST_S:g} s)")
    print(f"scaling from one to two: {taken[1] / taken[2]:.2f} (>= {LEAST_SCALING})")


if __name__ == "__main__":
    main()
