"""Frames, neighbours and rebuild of the network view at 5,000 devices and 20,000 links, against targets.

usage: python benchmarks/bench_network.py
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench_window import SIZE, frames, report

FRAME_MS, NEIGHBOURS_MS, BLOCK_MS = 16.7, 100.0, 100.0
PODS, RACKS, HOSTS, PLANES = 32, 32, 4, 2
LEAFS, SPINES, CORES = 16, 8, 144
"""Leafs and spines of a pod; 32 x (128 + 16 + 8) + 144 = 5,008 devices."""
TO_CORE = 18
"""Links of a spine to the core: in all 8,192 + 8,192 + 4,608 = 20,992 links."""


def fabric_project() -> Any:
    """Return a fat tree with three tiers of switches: hosts on two planes, spine j of a pod to its cores."""
    from core.catalogue.library import Library
    from core.editing.blocks import new_floor_block, new_rack_block, place_instance
    from core.editing.place import place_many
    from core.model.change import Edit
    from core.model.history import History
    from core.model.project import Project
    from core.model.records import End, Fabric, Link

    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    edit.put("fabrics", Fabric(id="compute", name="Compute", role="compute"))
    hall, pod = new_floor_block(edit, "Hall"), new_floor_block(edit, "Pod")
    nodes = new_rack_block(edit, library, "vertiv-vr3300", "Node rack")
    hosts = place_many(edit, library, nodes.id, "nvidia-dgx-h100", count=HOSTS, name="node-01")
    host_ids = [d.id for d in hosts]
    net = new_rack_block(edit, library, "vertiv-vr3300", "Network rack")
    leafs = [d.id for d in place_many(edit, library, net.id, "nvidia-qm9700", count=LEAFS, name="leaf-01")]
    spines = [d.id for d in place_many(edit, library, net.id, "nvidia-qm9700", count=SPINES, name="spine-01")]
    racks = [
        place_instance(edit, pod.id, nodes.id, x_mm=600 * k, name=f"r{k + 1:02}").id for k in range(RACKS)
    ]
    network = place_instance(edit, pod.id, net.id, x_mm=600 * RACKS, name="net").id
    number = [0]

    def join(block: str, a: str, a_port: str, b: str, b_port: str) -> None:
        number[0] += 1
        ends = End(a, (a_port,)), End(b, (b_port,))
        edit.put("links", Link(block=block, id=f"l{number[0]:05}", a=ends[0], b=ends[1], fabric="compute"))

    sockets = [f"osfp{k // 2 + 1}/{k % 2 + 1}" for k in range(64)]
    down = RACKS * HOSTS * PLANES // LEAFS
    for r, rack in enumerate(racks):
        for h, host in enumerate(host_ids):
            group, port = divmod(r * HOSTS + h, down)
            for plane in range(PLANES):
                leaf = leafs[PLANES * group + plane]
                join(pod.id, f"{rack}/{host}", f"osfp{plane + 1}/1", f"{network}/{leaf}", sockets[port])
    for i, leaf_id in enumerate(leafs):
        for j, spine_id in enumerate(spines):
            for k in range(2):
                join(net.id, leaf_id, sockets[16 + 2 * j + k], spine_id, sockets[2 * i + k])
    pods = [
        place_instance(
            edit, hall.id, pod.id, x_mm=12000 * (p % 8), y_mm=3000 * (p // 8), name=f"pod-{p + 1:02}"
        ).id
        for p in range(PODS)
    ]
    core_rack = new_rack_block(edit, library, "vertiv-vr3300", "Core rack")
    cores = [d.id for d in place_many(edit, library, core_rack.id, "nvidia-qm9700", count=18, name="core-01")]
    core_racks = [
        place_instance(edit, hall.id, core_rack.id, x_mm=-1200, y_mm=1200 * k, name=f"core-{k + 1}").id
        for k in range(CORES // 18)
    ]
    for p, at in enumerate(pods):
        for j, spine_id in enumerate(spines):
            for k in range(TO_CORE):
                core = f"{core_racks[j]}/{cores[k]}"
                join(hall.id, f"{at}/{network}/{spine_id}", sockets[32 + k], core, sockets[p])
    History(project).commit(edit.change())
    return project


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds something takes, by clock and by processor."""
    begin, cpu = time.perf_counter(), time.thread_time()
    act()
    return (time.perf_counter() - begin) * 1e3, (time.thread_time() - cpu) * 1e3


def frame_figures(view: Any, what: str) -> bool:
    """Measure panning and zooming of the whole, at a middle scale, and close to."""
    view.fit()
    whole, near = view.scale_now, view.layer.thresholds[2] * 1.5
    pan = [lambda s=s: view.pan_by(s * 7, s * 3) for s in [1] * 40 + [-1] * 40]
    zoom = [lambda f=f: view.zoom(f) for f in [1.03] * 40 + [1 / 1.03] * 40]
    met = True
    for name, scale in (("overview", whole), ("middle", (whole * near) ** 0.5), ("close", near)):
        for move, moves in (("pan", pan), ("zoom", zoom)):
            view.fit()
            view.zoom(scale / view.scale_now)
            met &= report(f"{what}, {name}, {move}", frames(view, moves), FRAME_MS, "ms")
    view.fit()
    return met


def main() -> int:
    """Print all figures."""
    from PySide6.QtWidgets import QApplication

    from core.catalogue.library import Library
    from core.files.session import Session
    from core.model.change import Edit
    from desktop import app as application
    from desktop.document import Document
    from desktop.views.network import NetworkView

    gc.disable()  # as the program does, which collects when nothing else is to be done
    application.make_application()
    application.theme().apply("light")
    document = Document(Session.new(fabric_project()))
    view = NetworkView()
    view.resize(*SIZE)
    view.set_document(document, Library.builtin())

    # The window has loaded the engine by the time anybody comes to the network.
    import desktop.views.network_picture  # noqa: F401

    def show() -> None:
        view.show()
        QApplication.processEvents()

    met = report("drawn for the first time", [timed(show)], BLOCK_MS, "ms")
    assert view.picture is not None
    graph = view.picture.graph
    print(
        f"  {len(graph):,} devices, {int(graph.cables.sum()):,} links, {len(view.picture.map.nodes)} boxes, "
        f"{len(view.picture.map.bundles):,} bundles, lanes: {', '.join(view.picture.map.lanes) or 'none'}"
    )
    met &= frame_figures(view, "gathered")
    for tier in (0, 1, 2):
        nodes = [n for n in view.picture.map.nodes if n.tier == tier and n.is_gathered]
        for node in nodes[:3]:
            view._open(node)
    print(f"  opened: {len(view.picture.map.nodes)} boxes, {len(view.picture.map.bundles):,} bundles")
    met &= frame_figures(view, "nine opened")
    view.close_nodes()
    seeds = [graph.paths[i] for i in (5, len(graph) // 2, int(graph.tier.argmax()))]
    document.selection.set(seeds)
    spent = []
    for _ in range(20):
        spent.append(timed(lambda: (view.show_neighbours(), view.viewport().repaint())))
        view.show_all()
    met &= report("neighbours of 3 devices, drawn", spent, NEIGHBOURS_MS, "ms")
    spent = []
    links = list(document.project.links(document.top).values())[:20]
    for link in links:
        edit = Edit(document.project, "Remove a link")
        edit.remove("links", link.key)
        spent.append(timed(lambda edit=edit: (document.commit_edit(edit), view.viewport().repaint())))
    met &= report("a link removed, drawn anew", spent, BLOCK_MS, "ms")
    ends = [int(i) for i in (graph.tier == 0).nonzero()[0][[0, -1]]]
    document.selection.set([graph.paths[i] for i in ends])
    spent = []
    for _ in range(10):
        spent.append(timed(lambda: (view.show_path(), view.viewport().repaint())))
        view.show_all()
    met &= report("path between the farthest hosts, drawn", spent, NEIGHBOURS_MS, "ms")
    met &= loaded_figures(view, document)
    view.close()
    return 0 if met else 1


def loaded_figures(view: Any, document: Any) -> bool:
    """Measure frames with links by load, and how soon a failed switch is drawn and what it costs is known."""
    from PySide6.QtWidgets import QApplication

    def known() -> None:
        while view.what_if.is_working:
            QApplication.processEvents()
            time.sleep(0.002)

    spent = [timed(lambda: (view.colour_by("load"), known()))]
    report("load of all links, worked out beside the window", spent, BLOCK_MS * 20, "ms")
    met = frame_figures(view, "links by load")
    graph = view.picture.graph
    spines = [graph.paths[i] for i in (graph.tier == 2).nonzero()[0][:10].tolist()]
    drawn, costs = [], []
    for path in spines:
        drawn.append(timed(lambda path=path: (view.what_if.fail([path]), view.viewport().repaint())))
        costs.append(timed(known))
    met &= report("a switch failed, drawn", drawn, BLOCK_MS, "ms")
    report("until it is known what is left", costs, BLOCK_MS * 20, "ms")
    return met


if __name__ == "__main__":
    sys.exit(main())
