"""Wiring many cables at once: prints the time of each step against its target.

Run: python -m benchmarks.bench_linking
"""

from __future__ import annotations

from time import perf_counter

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.cable_table import read_table
from core.editing.cabling.patterns import standing_devices
from core.editing.cabling.range_guess import guess
from core.editing.cabling.ranges import plan
from core.editing.cabling.wiring import connect_many
from core.editing.place import place_device
from core.editing.space import Spot
from core.engine.evaluation import evaluate
from core.engine.loss import loss_of_device
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project


def hall(racks: int, networks: int) -> Project:
    """Return racks of four DGX H100, all of one drawing, and racks of eight leafs."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    floor = new_floor_block(edit, "Hall")
    nodes = new_rack_block(edit, library, "vertiv-vr3300", "Nodes")
    for k in range(4):
        place_device(edit, library, nodes.id, "nvidia-dgx-h100", Spot(half_u=16 * k), name=f"node-{k + 1}")
    net = new_rack_block(edit, library, "vertiv-vr3300", "Network")
    for k in range(8):
        place_device(edit, library, net.id, "nvidia-qm9700", Spot(half_u=4 * k), name=f"leaf-{k + 1}")
    for k in range(racks):
        place_instance(edit, floor.id, nodes.id, x_mm=600 * (k % 16), y_mm=3000 * (k // 16), name=f"r{k + 1}")
    for k in range(networks):
        place_instance(edit, floor.id, net.id, x_mm=600 * k, y_mm=30_000, name=f"net{k + 1}")
    History(project).commit(edit.change())
    return project


def run(racks: int, networks: int, target_s: float) -> None:
    """Wire a hall from nothing and print what it took."""
    project = hall(racks, networks)
    history = History(project)
    begun = perf_counter()
    asked = guess(project, project.top)
    assert asked is not None
    found = plan(project, project.top, asked)
    planned = perf_counter()
    edit = Edit(project, "Wire")
    connect_many(edit, project.top, found.good)
    history.commit(edit.change())
    done = perf_counter()
    print(
        f"{len(found.good):,} links: guess and preview {1e3 * (planned - begun):.0f} ms, "
        f"wiring {1e3 * (done - planned):.0f} ms, in all {1e3 * (done - begun):.0f} ms "
        f"(target {1e3 * target_s:.0f} ms)"
    )
    history.undo()
    tags = {at.path: at.tag for at in standing_devices(project, project.top)}
    lines = [f"{tags[w.a_path]}\t{w.a_port}\t{tags[w.b_path]}\t{w.b_port}" for w in found.good]
    begun = perf_counter()
    table = read_table(project, project.top, "\n".join(lines))
    print(
        f"{len(table.plan.good):,} lines of a table read and judged: {1e3 * (perf_counter() - begun):.0f} ms"
    )
    history.redo()
    evaluation = evaluate(project)
    leaf = next(path for path, tag in tags.items() if tag.endswith("leaf-3"))
    begun = perf_counter()
    loss = loss_of_device(evaluation, leaf)
    took = 1e3 * (perf_counter() - begun)
    print(f"loss of a leaf with {loss.cables} cables: {took:.1f} ms")


if __name__ == "__main__":
    run(8, 1, 0.3)
    run(64, 4, 3.0)
