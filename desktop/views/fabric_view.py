"""What the network view shows: which fabric, all of it or a part alone, and the paths between two devices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.errors import EditError
from core.model.change import Change
from core.model.records import Link
from desktop.canvas.layer import Stamp
from desktop.canvas.prepared import stacked
from desktop.views.view import View

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.drawing.fabric_graph import FabricGraph
    from core.drawing.fabric_load import LineLooks
    from core.drawing.fabric_map import FabricMap
    from core.drawing.fabric_paths import Paths
    from desktop.document import Document
    from desktop.views.network_picture import End, Focus, Graphs, Picture

THRESHOLDS = (0.8, 2.6, 5.0)
MOST_SEEDS = 1000
"""Things whose neighbours are shown at most."""
_STRUCTURE = frozenset(
    ("blocks", "instances", "devices", "links", "types", "settings", "overrides", "fabrics", "layouts")
)


class FabricView(View):
    """Draws one fabric of the project, or a part of it."""

    fabrics_changed = Signal()
    focus_changed = Signal()
    """The view shows a part of the fabric, or all of it again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.fabric = ""
        self.picture: Picture | None = None
        self.focus: Focus | None = None
        self.paths: Paths | None = None
        self.chosen = 0
        """Which of the shortest paths is highlighted."""
        self._graphs: Graphs | None = None
        self._opened: dict[str, set[str]] = {}
        self._aside: dict[tuple[str, Focus], dict[tuple[str, str], tuple[float, float]]] = {}

    @property
    def aside(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Places by hand in a part that is shown alone: kept while the project is open, and not in it."""
        return {} if self.focus is None else self._aside.setdefault((self.fabric, self.focus), {})

    def find_paths(self, ends: tuple[End, ...]) -> bool:
        """Find and show the shortest paths between two ends; tells whether there are any."""
        raise NotImplementedError

    def take_fabric(self) -> None:
        """Take note of the fabric that is about to be drawn."""

    def looks_of(self, found: FabricMap, graph: FabricGraph) -> LineLooks | None:
        """Return the looks of the lines; None: as is usual for the fabric."""
        return None

    def show_marks_on_top(self) -> None:
        """Draw what goes above the drawing: bundles that are fanned out, the highlighted path."""
        raise NotImplementedError

    # The project.

    def set_document(self, document: Document | None, library: Library) -> None:
        """Show another project."""
        self._graphs, self.focus, self.paths, self._opened = None, None, None, {}
        self._aside = {}
        self.picture = None
        super().set_document(document, library)
        self.focus_changed.emit()
        if document is None:
            self.layer.draw([])
            self.show_selection()

    def fabrics(self) -> list[tuple[str, str]]:
        """Return id and name of the fabrics there are; links of none come as the last."""
        if self.document is None:
            return []
        project = self.document.project
        found = [(fabric.id, fabric.name) for fabric in project.fabrics.values()]
        loose = any(not link.fabric and link.layer == "data" for link in project.every("links"))
        return [*found, ("", "Links of no fabric")] if loose or not found else found

    def show_fabric(self, fabric: str) -> None:
        """Draw another fabric."""
        if fabric != self.fabric:
            self.fabric = fabric
            self._show_alone(None)

    @property
    def role(self) -> str:
        """Role of the fabric that is drawn."""
        record = None if self.document is None else self.document.project.fabrics.get(self.fabric)
        return record.role if record is not None else "other"

    def _style(self) -> str:
        """Return the style of the fabric's links."""
        from core.drawing.styles import fabric_style

        record = None if self.document is None else self.document.project.fabrics.get(self.fabric)
        return fabric_style(self.role, record.colour if record is not None else "")

    def concerns(self, change: Change) -> bool:
        return any(delta.table in _STRUCTURE for delta in change.deltas)

    def rebuild(self) -> None:
        from core.editing.layouts import places_in
        from desktop.views.network_picture import Graphs, Picture

        document = self.document
        assert document is not None
        project = document.project
        known = self.fabrics()
        if self.fabric not in [fabric for fabric, _ in known]:
            self.fabric = known[0][0] if known else ""
        self.fabrics_changed.emit()
        if document.top not in project.blocks:
            self.picture = None
            self.layer.draw([])
            return
        if self._graphs is None:
            self._graphs = Graphs(project)
        self._graphs.refresh()
        graph, lanes = self._graphs.of(self.fabric, self.role)
        self.take_fabric()
        self._check_focus()
        self.picture = Picture.make(
            graph, lanes, self._graphs.placement(), style=self._style(), focus=self.focus,
            opened=self._opened.get(self.fabric, ()), places=places_in(project, document.top, self.fabric),
            aside=self.aside, looks_of=self.looks_of,
        )  # fmt: skip
        self.layer.draw([Stamp(stacked(self.picture.drawn.layers))] if self.picture.map.nodes else [])

    def say_empty(self) -> str:
        if self.document is None or (self.picture is not None and self.picture.map.nodes):
            return ""
        return "No data links in this fabric yet\nJoin ports in the rack view: Link > Link Ports"

    # A part of the fabric alone.

    def why_not_neighbours(self) -> str:
        """Return why the neighbours of the selection cannot be shown."""
        if self.document is None or not self.document.selection.paths:
            return "nothing is selected"
        self.ensure_drawn()
        if self._graphs is None or not self._seeds(1):
            return "nothing that is selected is in this fabric"
        return ""

    def show_neighbours(self, hops: int = 1) -> None:
        """Show what is selected and what is within so many links of it."""
        from desktop.views.network_picture import Focus

        reason = self.why_not_neighbours()
        if reason:
            raise EditError(reason)
        self._show_alone(Focus(tuple(self._seeds()), hops))

    def set_hops(self, hops: int) -> None:
        """Show more or less around what is in focus."""
        if self.focus is not None and not self.focus.way and hops >= 1:
            self._show_alone(replace(self.focus, hops=hops))

    def show_all(self) -> None:
        """Show the whole fabric again."""
        if self.focus is not None:
            self._show_alone(None)

    def _seeds(self, most: int = MOST_SEEDS) -> list[str]:
        """Return what is selected in this fabric, so many at most; of links their ends."""
        if self.document is None or self._graphs is None:
            return []
        graph, _ = self._graphs.of(self.fabric, self.role)
        project, top = self.document.project, self.document.top
        found: dict[str, None] = {}
        for path in self.document.selection.paths:
            record = project.resolve(top, path)
            ends = [record.a.path, record.b.path] if isinstance(record, Link) else []
            prefix = path.rpartition("/")[0]
            for at in [f"{prefix}/{end}".lstrip("/") for end in ends] or [path]:
                if len(found) < most and len(graph.inside(at)):
                    found[at] = None
            if len(found) >= most:
                break
        return list(found)

    def _show_alone(self, focus: Focus | None, paths: Paths | None = None) -> None:
        self.focus, self.paths, self.chosen = focus, paths, 0
        self.refit()
        self.make_stale()
        self.focus_changed.emit()

    def _check_focus(self) -> None:
        """Forget a focus that an edit has left without anything in it, and count the paths anew."""
        if self.focus is None or self._graphs is None:
            return
        graph, _ = self._graphs.of(self.fabric, self.role)
        if not self.focus.indices(graph):
            self.focus, self.paths = None, None
            self.focus_changed.emit()
        elif self.focus.way:
            self.find_paths(self.focus.ends)
