"""A fabric whose links are coloured by rate, medium or the load that some traffic puts on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.errors import EditError
from core.model.records import Link
from desktop.canvas.layer import Stamp
from desktop.canvas.prepared import stacked
from desktop.panels.legend import Legend
from desktop.views.path_view import PathView
from desktop.views.what_if import Cable, WhatIf

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.drawing.colour_schemes import Colouring
    from core.drawing.fabric_graph import FabricGraph, Rows
    from core.drawing.fabric_load import BundleLoad, LineLooks
    from core.drawing.fabric_map import Bundle, FabricMap
    from core.engine.evaluation import Evaluation
    from core.engine.link_classes import Classes
    from desktop.document import Document

_LINE = attrgetter("a", "b", "rate_gbps")
"""What a bundle still has after an edit elsewhere."""


class LoadView(PathView):
    """A fabric, the load of its links, and what is tried on both."""

    said = Signal(str)
    """Something to be told in the status bar."""
    coloured = Signal()
    """The links are coloured by something else, or the colours have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.what_if = WhatIf(self)
        self.scheme = "fabric"
        """What the links are coloured by: a name of `core.drawing.fabric_load.LINK_SCHEMES`."""
        self.colouring: Colouring | None = None
        self.loads: tuple[BundleLoad, ...] = ()
        """Of each bundle that is drawn; none while loads are not shown or not known."""
        self.are_loads_stale = False
        """Whether `loads` are those before, while new ones are being worked out."""
        self._loads_before: tuple[str, dict[object, BundleLoad]] = ("", {})
        """Fabric, and the loads last known of it."""
        self.legend = Legend(self)
        self._is_rebuilding = False
        self._lost: Rows = np.zeros(0, np.int64)
        self.what_if.changed.connect(self._tried)
        self.what_if.found.connect(self.redress)

    def show_broken(self) -> None:
        """Mark what failed, what is cut off and what is slower."""

    # The project.

    def set_document(self, document: Document | None, library: Library) -> None:
        self.what_if.forget()
        self.scheme, self.colouring, self.loads = "fabric", None, ()
        self._loads_before = ("", {})
        self.what_if.wants_load = False
        if document is None:
            self.what_if.close()
        super().set_document(document, library)
        self._show_colours()
        self.coloured.emit()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        super().show_evaluation(evaluation)
        if self.scheme == "medium":
            self.redress()

    def rebuild(self) -> None:
        self._is_rebuilding = True
        try:
            super().rebuild()
        finally:
            self._is_rebuilding = False
        self._show_colours()
        self.show_broken()

    def take_fabric(self) -> None:
        assert self._graphs is not None
        graphs, fabric = self._graphs, self.fabric

        def tags() -> Sequence[str]:
            placement = graphs.placement()
            graph, _ = graphs.of(fabric, self.role)
            found = (placement.device(path) for path in graph.paths)
            return [device.tag if device is not None else "" for device in found]

        self.what_if.look_at(graphs.snapshot, graphs.drawn(fabric), tags)

    def _tried(self) -> None:
        """Draw what fails at once; what comes of it follows, until then loads are those before."""
        self.ensure_drawn()
        held = self.what_if
        held.work_out()
        if held.is_broken or held.wants_load:  # else that was told, and drawn, by now
            self.redress()

    def redress(self) -> None:
        """Draw the lines and marks anew; everything stays where it is."""
        if self._is_rebuilding or self._is_stale or self.picture is None:
            return
        self.picture.dress(self.looks_of(self.picture.map, self.picture.graph))
        if self.picture.map.nodes:
            self.layer.draw([Stamp(stacked(self.picture.drawn.layers))])
        self._show_colours()
        self.show_broken()
        self.show_marks_on_top()

    # Colours.

    def colour_by(self, name: str) -> None:
        """Colour the links by fabric, rate, medium or load."""
        if name != self.scheme:
            self.scheme, self._loads_before = name, ("", {})
            self.what_if.want_load(name == "load")
            self.redress()
            self.coloured.emit()

    def looks_of(self, found: FabricMap, graph: FabricGraph) -> LineLooks | None:
        from core.drawing import fabric_load

        self._lost = self.what_if.lost_links(graph) if self.what_if.is_broken else np.zeros(0, np.int64)
        self.loads, self.colouring, self.are_loads_stale = (), None, False
        looks = None
        if self.scheme == "rate":
            looks, self.colouring = fabric_load.rate_looks(found)
        elif self.scheme == "medium":
            looks, self.colouring = fabric_load.medium_looks(found, graph, self._media())
        elif self.scheme == "load":
            looks, self.colouring = self._by_load(found, graph)
        if self._lost.any():
            looks = looks or fabric_load.plain_looks(found, self._style())
            keep = self.scheme == "load"
            looks, self.colouring = fabric_load.broken(
                looks, self.colouring, found.bundles, self._lost, keep_partly=keep
            )
        return looks

    def _by_load(self, found: FabricMap, graph: FabricGraph) -> tuple[LineLooks, Colouring]:
        from core.drawing import fabric_load

        trial, drawn = self.what_if.trial, self.what_if.drawn
        if trial is None or trial.load is None or drawn is None:
            return self._as_before(found)
        lost = self._lost if len(self._lost) else None
        loads = fabric_load.link_loads(graph, drawn, trial.load, trial.left, lost)
        self.loads = fabric_load.bundle_loads(found, graph, loads)
        known = self._loads_before[1] if self._loads_before[0] == self.fabric else {}
        now = zip(map(_LINE, found.bundles), self.loads, strict=True)
        self._loads_before = (self.fabric, {**known, **dict(now)})
        return fabric_load.load_looks(self.loads, found.bundles)

    def _as_before(self, found: FabricMap) -> tuple[LineLooks, Colouring]:
        """Keep the loads last known while new ones are being worked out; without them lines wait."""
        from core.drawing import fabric_load

        fabric, known = self._loads_before
        loads = [known.get(_LINE(bundle)) for bundle in found.bundles] if fabric == self.fabric else []
        if self.what_if.problem or not loads or not all(loads):
            return fabric_load.waiting(found)
        self.loads, self.are_loads_stale = tuple(load for load in loads if load is not None), True
        looks, colouring = fabric_load.load_looks(self.loads, found.bundles)
        return looks, replace(colouring, scheme=fabric_load.STALE, is_waiting=True)

    def _media(self) -> list[str]:
        """Return what each cable is made of, as the engine has found it; none if it has not yet."""
        if self._evaluation is None:
            return []
        cabling = self._evaluation.cabling
        names = [option.media for option in cabling.options]
        return [names[k] if k >= 0 else "" for k in cabling.cable_option.tolist()]

    def _show_colours(self) -> None:
        before = self.corner_px
        self.legend.show_colouring(self.colouring)
        if self.are_loads_stale:  # the legend has its usual size again in a moment
            self.corner_px = before
        if self._is_fitted and self.corner_px != before and not self._is_stale:
            self.fit()  # clear of the legend

    # Traffic.

    def place_job(self) -> None:
        """Let only the selected hosts send and receive."""
        devices, _ = self.picked()
        drawn = self.what_if.drawn
        hosts: list[str] = []
        if drawn is not None and self._graphs is not None:
            graph, _ = self._graphs.of(self.fabric, self.role)
            hosts = [path for path in devices if not drawn.topology.is_switch[graph.index_of(path)]]
        if len(hosts) < 2:
            self.failed.emit("select two hosts of this fabric or more, then choose them as the job")
            self.coloured.emit()
            return
        self.what_if.choose(self.what_if.choice, tuple(hosts))

    def read_traffic(self, path: Path) -> None:
        """Try the traffic of a CSV file: from, to, gbps by the names of hosts or switches, or a matrix."""
        from core.files.delimited import read_delimited

        table = read_delimited(path)
        choice = self.what_if.choice
        self.colour_by("load")
        self.what_if.choose(replace(choice, pattern="matrix", table=table), ())

    def loads_ranked(self, most: int) -> list[tuple[Bundle, BundleLoad]]:
        """Return the bundles between switches with the highest loads."""
        if self.picture is None or not self.loads:
            return []
        tier = {node.key: node.tier for node in self.picture.map.nodes}
        pairs = zip(self.picture.map.bundles, self.loads, strict=True)
        mine = [pair for pair in pairs if tier[pair[0].a] > 0 and tier[pair[0].b] > 0]
        return sorted(mine, key=lambda pair: -pair[1].share)[:most]

    def show_bundle(self, bundle: Bundle) -> None:
        """Select the links of a bundle and bring it into view."""
        if self.picture is None or self.document is None:
            return
        self.document.selection.set(self.picture.links_of(bundle))
        self.show_paths(self.document.selection.paths[:20])

    def show_busiest(self) -> None:
        """Go to the link between switches with the highest load."""
        ranked = self.loads_ranked(1)
        if not ranked or ranked[0][1].share <= 0:
            raise EditError("no link between switches carries anything")
        self.show_bundle(ranked[0][0])

    # What is meant.

    def picked(self) -> tuple[list[str], list[Cable]]:
        """Return the devices and cables of what is selected, in this fabric or, if none is, in another."""
        if self.document is None:
            return [], []
        self.ensure_drawn()
        return self.things_of(self.document.selection.paths)

    def things_of(self, paths: Iterable[str]) -> tuple[list[str], list[Cable]]:
        """Return the devices and cables that some paths stand for; of racks what this fabric has in them."""
        if self.document is None or self._graphs is None:
            return [], []
        project, top = self.document.project, self.document.top
        graph, _ = self._graphs.of(self.fabric, self.role)
        snap = self._graphs.snapshot
        devices: dict[str, None] = {}
        cables: dict[Cable, None] = {}
        for path in paths:
            record = project.resolve(top, path)
            if isinstance(record, Link):
                if record.layer == "data" and record.fabric == self.fabric:
                    cables.update(((path, k), None) for k in range(len(snap.flat.cable_rows(path))))
            elif record is not None:
                devices.update((graph.paths[i], None) for i in graph.inside(path).tolist())
        return list(devices), list(cables)

    def whole_graph(self) -> FabricGraph | None:
        """Return all of the fabric that is drawn."""
        self.ensure_drawn()
        return None if self._graphs is None else self._graphs.of(self.fabric, self.role)[0]

    def link_classes(self) -> Classes | None:
        """Return cages and rates of the cables."""
        self.ensure_drawn()
        return None if self._graphs is None else self._graphs.classes

    # In words.

    def bundle_facts(self, at: int, a: str, b: str) -> str:
        """Return the load of a bundle in words, and how many of its links failed; empty if neither."""
        from core.drawing.fabric_load import percent

        picture = self.picture
        assert picture is not None
        parts: list[str] = []
        bundle: Bundle = picture.map.bundles[at]
        if len(self._lost) and (gone := int(self._lost[list(bundle.trunks)].sum())):
            parts.append(f"{gone:,} of {bundle.cables:,} failed")
        if at < len(self.loads):
            load = self.loads[at]
            parts += ["load before, being worked out"] if self.are_loads_stale else []
            parts.append(
                f"{a} → {b} {load.a_to_b_gbps:,.0f} Gbit/s · back {load.b_to_a_gbps:,.0f} Gbit/s"
                f" · {load.capacity_gbps:,.0f} Gbit/s each way · {percent(load.share)}"
            )
        return " · ".join(parts)
