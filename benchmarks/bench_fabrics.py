"""Networks generated, wired, placed and evaluated: seconds of the processor against what they should be.

python benchmarks/bench_fabrics.py
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.catalogue.library import Library
from core.editing.laying.hall import Hall, draw_hall
from core.editing.starting import new_project, read_template
from core.editing.templates import adopt
from core.engine.evaluation import evaluate
from core.fabrics.families import generate
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project

RUNS = 3
H100 = {"host": "nvidia-dgx-h100", "switch": "nvidia-qm9700"}
GB300 = {
    "hosts": 174 * 144,
    "hosts_per_unit": 144,
    "gpus_per_host": 4,
    "nics_per_host": 4,
    "nic_gbps": 800.0,
    "port_gbps": 800.0,
    "leaf_ports": 144,
    "spine_ports": 144,
    "core_ports": 144,
}
"""174 units of 8 NVL72 racks: 100,224 accelerators, 144-port switches in three tiers."""


def report(name: str, value: float, target: float, unit: str = "s") -> bool:
    """Print a figure beside its target and return whether it is met."""
    met = value <= target
    print(f"  {name:<58} {value:8.2f} {unit:<3} of {target:g} {'' if met else '  MISSED'}")
    return met


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds something takes with the collector at rest, and its result.

    Seconds of the processor: of work on one thread they are those of the clock, unless others use it too.
    """
    gc.collect()
    gc.disable()
    try:
        begin = time.thread_time()
        result = work()
        return time.thread_time() - begin, result
    finally:
        gc.enable()


def build(values: dict[str, Any], template: str = "", **hall: Any) -> tuple[Project, dict[str, float]]:
    """Return a hall generated, wired, placed and committed, and the seconds of each step."""
    library, project = Library.builtin(), new_project()
    spent: dict[str, float] = {}
    spent["generate"], graph = timed(lambda: generate("rail-optimised", values))
    edit = Edit(project, "Draw")
    if template:
        hall["host_rack"] = adopt(edit, read_template(template), project.top)
    spent["place and wire"], laid = timed(lambda: draw_hall(edit, library, graph, Hall(**hall), project.top))
    spent["commit"], _ = timed(lambda: History(project).commit(edit.change()))
    print(
        f"  {len(graph):,} devices in {graph.number_of_edges():,} trunks, {laid.ports.links:,} links; "
        f"{project.count():,} records"
    )
    return project, spent


def measured(what: str, target_s: float, values: dict[str, Any], **hall: Any) -> tuple[bool, Project]:
    """Build a hall some times and print the fastest, step by step."""
    print(f"{what} (load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors)")
    runs = [build(values, **hall) for _ in range(RUNS)]
    project, spent = min(runs, key=lambda run: sum(run[1].values()))
    for step, seconds in spent.items():
        print(f"    {step:<56} {seconds:8.2f} s")
    return report("generate + wire + place", sum(spent.values()), target_s), project


def laying() -> bool:
    """Measure what it takes to put the two large networks onto an empty floor."""
    read_template("rack-nvl72-gb300")
    met, project = measured("16,384 GPUs, three tiers", 3.0, {"hosts": 2048}, types=H100)
    met &= report("full evaluation", min(timed(lambda: evaluate(project))[0] for _ in range(RUNS)), 2.0)
    del project
    done, project = measured(
        "100,224 GPUs, 174 units of 8 NVL72 racks",
        10.0,
        GB300,
        types={"switch": "nvidia-q3400-ra"},
        template="rack-nvl72-gb300",
        network_rack="apc-ar3357",
    )
    met &= done
    met &= report("full evaluation", min(timed(lambda: evaluate(project))[0] for _ in range(RUNS)), 2.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return report("memory of this process at its highest", peak, 2.0, "GB") and met


SECTIONS: tuple[Callable[[], bool], ...] = (laying,)


def main() -> int:
    """Print all figures."""
    met = [section() for section in SECTIONS]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
