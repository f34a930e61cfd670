"""Times of what the design is worth: workloads, cost and supply after one edit of the hall of four units.

python benchmarks/bench_worth.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.catalogue.library import Library
from core.engine.economics import economics
from core.engine.evaluation import Evaluator
from core.engine.sensitivity import spreads, tornado
from core.engine.supply import supply
from core.engine.workloads import Workloads, workloads
from core.explore.part_swap import swapped
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History

HALL = Path(__file__).resolve().parents[1] / "resources/examples/hall.cage"


def timed(name: str, work: Callable[[], object], target_ms: float | None = None, runs: int = 5) -> float:
    """Print and return the shortest of some runs [ms]."""
    best = float("inf")
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    against = f"   target {target_ms:g} ms" if target_ms else ""
    print(f"{name:<66} {best * 1e3:9.2f} ms{against}", flush=True)
    return best * 1e3


def main() -> None:
    project = load(HALL)[0]
    evaluator, history = Evaluator(project), History(project)
    of = evaluator.evaluate()
    devices = sum(1 for row in of.snapshot.device_spec if row)
    print(
        f"hall: {devices:,} devices, {len(of.workloads.results)} workloads, {len(of.economics.inputs)} inputs"
    )

    def worth(before: Workloads | None) -> None:
        running = (
            workloads.function(of.snapshot, of.network, before=before)
            if before
            else workloads(of.snapshot, of.network)
        )
        given = [running if need is workloads else getattr(of, need.name) for need in economics.needs]
        economics(of.snapshot, *given)
        supply(of.snapshot, of.cost)

    timed("workloads, cost and supply, the accelerators the same", lambda: worth(of.workloads), 50)
    timed("workloads, cost and supply, accelerators changed: plans searched", lambda: worth(None), 50)
    timed("tornado of one figure", lambda: tornado(of.economics, "usd_per_gpu_hour"))
    timed("10,000 draws of all figures", lambda: spreads(of.economics))

    def edited() -> None:
        device = next(d for d in project.every("devices") if d.type == "nvidia-qm9700")
        edit = Edit(project, "Note")
        edit.replace("devices", device.key, power_limit_w=1500.0 if device.power_limit_w is None else None)
        history.commit(edit.change())
        evaluator.evaluate()

    timed("one edit, all stages that it touches", edited)
    library = Library.builtin()
    by = "nvidia-gb300-compute-tray"
    if library.find(by) is not None:
        timed(
            "576 trays swapped on a copy, everything evaluated",
            lambda: swapped(project, library, "nvidia-gb200-compute-tray", by, of),
            runs=2,
        )


if __name__ == "__main__":
    main()
