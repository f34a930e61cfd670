"""What the network view shows: which fabric, all of it or a part alone, and the paths between two devices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.errors import EditError
from core.model.change import Change
from core.model.records import Device, Link
from desktop.canvas.layer import Stamp
from desktop.canvas.prepared import stacked
from desktop.views.view import View

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.drawing.fabric_graph import FabricGraph
    from core.drawing.fabric_paths import Paths
    from core.engine.evaluation import Evaluation
    from desktop.document import Document
    from desktop.views.network_picture import Focus, Graphs, Picture

End = tuple[str, str]
"""Path of a device and the port of it where a path ends; any port if that is empty."""
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
        self.path_from: End | None = None
        """Where the next path begins, if that has been said."""
        self._evaluation: Evaluation | None = None
        self._graphs: Graphs | None = None
        self._opened: dict[str, set[str]] = {}
        self._aside: dict[tuple[str, Focus], dict[tuple[str, str], tuple[float, float]]] = {}

    @property
    def aside(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Places by hand in a part that is shown alone: kept while the project is open, and not in it."""
        return {} if self.focus is None else self._aside.setdefault((self.fabric, self.focus), {})

    def show_marks_on_top(self) -> None:
        """Draw what goes above the drawing: bundles that are fanned out, the highlighted path."""
        raise NotImplementedError

    # The project.

    def set_document(self, document: Document | None, library: Library) -> None:
        """Show another project."""
        self._graphs, self.focus, self.paths, self._opened = None, None, None, {}
        self._evaluation, self._aside = None, {}
        self.path_from = None
        self.picture = None
        super().set_document(document, library)
        self.focus_changed.emit()
        if document is None:
            self.layer.draw([])
            self.show_selection()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Say of the cables of a path what the engine has found; the drawing itself needs no results."""
        self._evaluation = evaluation
        if self.paths is not None and self.isVisible() and not self._is_stale:
            self.show_marks_on_top()

    def _on_change(self, change: Change) -> None:
        if self.concerns(change):
            self._evaluation = None  # its rows are no longer those of the drawing
            self._forget_missing()
        super()._on_change(change)

    def _forget_missing(self) -> None:
        """Forget where a path was to begin if an edit has taken it away."""
        if self.path_from is not None and self.document is not None:
            path, port = self.path_from
            device = self.document.project.resolve(self.document.top, path)
            known = isinstance(device, Device) and (
                not port or port in self.document.project.ports(device).by_name
            )
            if not known:
                self.begin_path(None)

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
        self._check_focus()
        self.picture = Picture.make(
            graph, lanes, self._graphs.placement(), style=self._style(), focus=self.focus,
            opened=self._opened.get(self.fabric, ()), places=places_in(project, document.top, self.fabric),
            aside=self.aside,
        )  # fmt: skip
        self.layer.draw([Stamp(stacked(self.picture.drawn.layers))] if self.picture.map.nodes else [])

    def say_empty(self) -> str:
        if self.document is None or (self.picture is not None and self.picture.map.nodes):
            return ""
        return "No data links in this fabric yet\nJoin ports in the rack view: Tools > Link Ports"

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
            self._find_paths(self.focus.ends)

    # The way between two devices, or two ports of them.

    def picked_end(self) -> End | None:
        """Return the device, or the port of it, that is selected; None if it is not one."""
        if self.document is None:
            return None
        selection = self.document.selection
        if selection.port is not None:
            return selection.port
        if len(selection.paths) != 1:
            return None
        device = self.document.project.resolve(self.document.top, selection.paths[0])
        return (selection.paths[0], "") if isinstance(device, Device) else None

    def end_words(self, end: End) -> str:
        """Return how people call the end of a path."""
        assert self.document is not None
        name = self.document.project.names_along(self.document.top, end[0])[-1]
        return f"{name} {end[1]}".strip()

    def begin_path(self, end: End | None) -> None:
        """Remember where the next path begins; None forgets it."""
        self.path_from = end
        self.focus_changed.emit()

    def why_no_begin(self) -> str:
        """Return why no path can begin at what is selected."""
        if self.document is None:
            return "no project is open"
        return "" if self.picked_end() is not None else "select a device, or a port of one"

    def why_no_end(self) -> str:
        """Return why no path can be shown to what is selected."""
        reason = self.why_no_begin()
        if reason:
            return reason
        if self.path_from is None:
            return "say first where it begins: Path from Here"
        end = self.picked_end()
        return "" if end is not None and end[0] != self.path_from[0] else "both ends are on one device"

    def show_path_to(self) -> None:
        """Show the paths from where one was to begin to the port or device that is selected."""
        reason = self.why_no_end()
        end = self.picked_end()
        if reason or end is None or self.path_from is None:
            raise EditError(reason)
        ends = (self.path_from, end)
        fabric = self._fabric_of(ends)
        if fabric != self.fabric:
            self.show_fabric(fabric)
        self.ensure_drawn()
        if not self._find_paths(ends):
            self.paths = None
            raise EditError(self._no_path(ends))

    def _fabric_of(self, ends: tuple[End, End]) -> str:
        """Return the fabric to look for a path in: that of the ports, else the one shown or one of both."""
        from core.editing.sockets import Ends

        assert self.document is not None
        project, top = self.document.project, self.document.top
        known = Ends(project)
        found: list[set[str]] = []
        for path, port in ends:
            plugs = [at for at in known.plugged(top, path) if at.link.layer == "data"]
            mine = {at.link.fabric for at in plugs if not port or at.token.partition("/")[0] == port}
            if not mine:
                what = "is not linked to anything" if plugs or not port else "has no data links"
                raise EditError(f"{self.end_words((path, port))} {what}")
            found.append(mine)
        both = found[0] & found[1]
        if not both:
            one, other = (self.end_words(end) for end in ends)
            raise EditError(f"{one} and {other} are in different fabrics")
        return self.fabric if self.fabric in both else min(both)

    def _no_path(self, ends: tuple[End, ...]) -> str:
        one, other = (self.end_words(end) for end in ends)
        return f"no links of this fabric join {one} and {other}"

    def _two(self) -> tuple[End, ...]:
        """Return the two devices whose paths are asked for; empty if it is not two."""
        if self.document is None or self._graphs is None:
            return ()
        project, top = self.document.project, self.document.top
        seeds = [path for path in self._seeds(3) if isinstance(project.resolve(top, path), Device)]
        return tuple((path, "") for path in seeds) if len(seeds) == 2 else ()

    def why_no_path(self) -> str:
        """Return why there is no path to show."""
        if self.document is None:
            return "no project is open"
        if self.path_from is not None and not self.why_no_end():
            return ""
        self.ensure_drawn()
        if len(self._two()) != 2:
            return "select two devices of this fabric"
        return ""

    def show_path(self) -> None:
        """Show all shortest paths between the two selected devices, or from where one was to begin."""
        reason = self.why_no_path()
        if reason:
            raise EditError(reason)
        two = self._two()
        if not two:
            self.show_path_to()
        elif not self._find_paths(two):
            self.paths = None
            raise EditError(self._no_path(two))

    def _graph_between(self, ends: tuple[End, ...]) -> FabricGraph:
        """Return the fabric as a path between two ends may use it."""
        from core.drawing.fabric_paths import at_ports

        assert self._graphs is not None
        graph, _ = self._graphs.of(self.fabric, self.role)
        return at_ports(graph, {graph.index_of(path): port for path, port in ends})

    def _find_paths(self, ends: tuple[End, ...]) -> bool:
        from core.drawing.fabric_paths import shortest_paths
        from desktop.views.network_picture import Focus

        graph = self._graph_between(ends)
        at = [graph.index_of(path) for path, _ in ends]
        found = shortest_paths(graph, *at) if min(at) >= 0 else None
        if found is None or not found.ways:
            self.focus, self.paths = None, None
            self.focus_changed.emit()
            return False
        way = tuple(graph.paths[i] for i in dict.fromkeys(i for one in found.ways for i in one))
        focus = Focus(tuple(path for path, _ in ends), way=way, ports=tuple(port for _, port in ends))
        if focus != self.focus:
            self._show_alone(focus, found)
        else:
            self.paths, self.chosen = found, min(self.chosen, len(found.ways) - 1)
        return True

    def next_path(self, step: int = 1) -> None:
        """Highlight another of the shortest paths."""
        if self.paths is not None:
            self.chosen = (self.chosen + step) % len(self.paths.ways)
            self.show_marks_on_top()

    def _way(self) -> tuple[int, ...]:
        """Return the devices of the highlighted path by their index in the whole fabric."""
        return self.paths.ways[self.chosen] if self.paths is not None else ()
