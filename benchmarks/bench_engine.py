"""Times of evaluating designs, from nothing and after one edit, beside what they should be.

Medians of quiet runs: those in which the process had a processor to itself.

python benchmarks/bench_engine.py [--stages]
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.synthetic import hall_1152
from core.engine.evaluation import STAGES, Evaluator
from core.engine.stage import Results
from core.files.project_file import load, save
from core.model.change import Edit
from core.model.project import Project

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
EXAMPLES = ("superpod-h100-su", "superpod-gb200-su", "hall")
ORDER = ("link_classes", *(stage.name for stage in STAGES))


def timed(work: Callable[[], Any]) -> tuple[float, Any, bool]:
    """Return the time of one run without the collector, its result, and whether the machine was quiet."""
    gc.collect()
    gc.disable()
    try:
        begin, busy = time.perf_counter(), time.process_time()
        result = work()
        seconds, own = time.perf_counter() - begin, time.process_time() - busy
        return seconds, result, seconds < 1.1 * own + 0.0005
    finally:
        gc.enable()


def quiet_times(work: Callable[[int], Any], prepare: Callable[[int], Any] = lambda k: k) -> list[float]:
    """Return the times of some quiet runs, or of all if the machine is never quiet."""
    quiet: list[float] = []
    every: list[float] = []
    while len(quiet) < RUNS and len(every) < 6 * RUNS:
        made = prepare(len(every))
        seconds, _, was_quiet = timed(lambda made=made: work(made))
        every.append(seconds)
        if was_quiet:
            quiet.append(seconds)
    return quiet if len(quiet) >= 3 else every


def row(name: str, times: list[float], target_s: float | None) -> None:
    """Print one line: what, the median, the range and the share of the target."""
    middle = statistics.median(times)
    share = "" if target_s is None else f"{target_s * 1e3:8.0f} ms  x{middle / target_s:.2f}"
    spread = f"{min(times) * 1e3:.1f}-{max(times) * 1e3:.1f}"
    print(f"  {name:44} {middle * 1e3:8.1f} ms  {share:18} {spread}")


def bench(path: Path, open_s: float | None, nothing_s: float, edit_s: float) -> None:
    """Open, evaluate from nothing and after single edits."""
    project, _ = load(path)
    evaluator = Evaluator(project)
    evaluation = evaluator.evaluate()
    snap = evaluation.snapshot
    accelerators = int(evaluation.compute.accelerators)
    print(
        f"{path.stem}: {snap.n_racks:,} racks, {snap.n_devices:,} devices, {snap.n_cables:,} cables, "
        f"{accelerators:,} accelerators"
    )
    row("open", quiet_times(lambda _: load(path)), open_s)
    row(
        "evaluate from nothing",
        quiet_times(Evaluator.evaluate, lambda _: Evaluator(load(path)[0])),
        nothing_s,
    )
    for name, (target, change) in edits(project, edit_s).items():

        def apply(k: int, name: str = name, change: Callable[[Edit, int], Any] = change) -> None:
            edit = Edit(project, name)
            change(edit, k)
            project.apply(edit.change())

        times = quiet_times(lambda _: evaluator.evaluate(), apply)
        ran = ", ".join(s for s in ORDER if s in evaluator.computed)
        row(name, times, target)
        print(f"      runs {ran or 'nothing'}")


def edits(project: Project, edit_s: float) -> dict[str, tuple[float | None, Callable[[Edit, int], Any]]]:
    """Single edits by name, with their target; `k` makes every run a real change."""
    placed = project.placements()
    device = max(
        (d for d in project.every("devices") if project.blocks[d.block].kind == "rack"),
        key=lambda d: (placed.get(d.block, 0), d.half_u),
    )
    instance = next(iter(project.instances(project.top).values()))
    link = max(project.every("links"), key=lambda link: placed.get(link.block, 0))
    return {
        "move one device (in all its racks)": (
            edit_s,
            lambda e, k: e.replace("devices", device.key, half_u=device.half_u + 1 + k % 2),
        ),
        "move one placed block": (
            edit_s,
            lambda e, k: e.replace("instances", instance.key, x_mm=instance.x_mm + 100 * (k + 1)),
        ),
        "rename one device": (
            edit_s,
            lambda e, k: e.replace("devices", device.key, name=f"{device.name}-{k}"),
        ),
        "cap one device": (
            edit_s,
            lambda e, k: e.replace("devices", device.key, power_limit_w=1000.0 + k),
        ),
        "pin the length of one link": (
            edit_s,
            lambda e, k: e.replace("links", link.key, length_m=20.0 + k),
        ),
        "remove one link or put it back": (
            None,
            lambda e, k: e.put("links", link) if k % 2 else e.remove("links", link.key),
        ),
    }


def stages(path: Path) -> None:
    """Print what each stage takes of an evaluation from nothing."""
    snapshot = Evaluator(load(path)[0]).snapshot()
    results, seen = Results(), 0.0
    for stage in sorted(STAGES, key=lambda s: ORDER.index(s.name)):
        for part in (*stage.needs, stage):
            before = len(results.computed)
            seconds, _, _ = timed(lambda part=part: results.of(part, snapshot))
            if len(results.computed) > before:
                row(part.name, [seconds], None)
                seen += seconds
    row("all stages", [seen], None)


def main() -> None:
    for name in EXAMPLES:
        bench(ROOT / f"resources/examples/{name}.cage", None, 0.050, 0.010)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall-1152.cage"
        save(hall_1152(), path, None)
        bench(path, 0.5, 0.5, 0.050)
        if "--stages" in sys.argv:
            stages(path)


if __name__ == "__main__":
    main()
