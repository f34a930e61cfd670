"""Power and cooling of the hall of 1,152 racks: every element lost, an edit, the rules."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.physical_hall import physical_hall
from core.engine.evaluation import Evaluation, Evaluator
from core.engine.outages import single_outages
from core.model.change import Edit
from core.model.project import Project
from core.rules.checking import Checker

RUNS = 5


def seconds(work: Callable[[], Any]) -> float:
    """Return the median time of some runs."""
    found = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def line(what: str, taken: float, target: float) -> None:
    """Print a figure, its target and their ratio."""
    print(f"{what:<66}{taken * 1000:9.1f} ms   target {target * 1000:6.0f} ms   {taken / target:5.2f}")


def capped(project: Project) -> Callable[[], None]:
    """Return an edit that gives the trays of a rack another power limit each time."""
    rack = next(b for b in project.every("blocks") if "NVL72" in b.name)
    tray = next(d for d in project.devices(rack.id).values() if "compute-tray" in d.type)
    limits = iter(range(4000, 5000))

    def edit() -> None:
        change = Edit(project, "Cap")
        change.replace("devices", tray.key, power_limit_w=float(next(limits)))
        project.apply(change.change())

    return edit


def moved(project: Project) -> Callable[[], None]:
    """Return an edit that moves a rack of the network by a tile each time: its cables are routed anew."""
    rack = next(i for i in project.every("instances") if "etwork" in project.blocks[i.of].name)
    steps = iter(range(1, 100))

    def edit() -> None:
        change = Edit(project, "Move")
        change.replace("instances", rack.key, y_mm=rack.y_mm + 600 * next(steps))
        project.apply(change.change())

    return edit


def after(edit: Callable[[], None], evaluator: Evaluator, checker: Checker) -> float:
    """Return the median time of evaluation and rules after each of some edits."""
    taken = []
    for _ in range(RUNS):
        edit()
        start = time.perf_counter()
        checker.check(evaluator.evaluate(), is_thorough=False)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    project = physical_hall()
    evaluator, checker = Evaluator(project), Checker(project)
    start = time.perf_counter()
    of: Evaluation = evaluator.evaluate()
    print(f"full evaluation, cold: {time.perf_counter() - start:.2f} s")
    single_outages(of)  # loads what is loaded late
    print(
        f"{len(of.outages):,} elements of {of.snapshot.n_devices:,} devices, {of.snapshot.n_cables:,} links"
    )
    line("every element of power and cooling lost", seconds(lambda: single_outages(of)), 2.0)
    line("all rules, cold", seconds(lambda: Checker(project).check(of, is_thorough=False)), 0.3)
    checker.check(of, is_thorough=False)
    line("after a cap on the trays of 1,152 racks: everything, and the rules",
         after(capped(project), evaluator, checker), 0.1)  # fmt: skip
    line("after a network rack moved: the same, its cables routed anew",
         after(moved(project), evaluator, checker), 0.1)  # fmt: skip


if __name__ == "__main__":
    main()
