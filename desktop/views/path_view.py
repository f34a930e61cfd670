"""Paths through a fabric: where they begin and end, which are the shortest, and their hops in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from core.errors import EditError
from core.model.change import Change
from core.model.records import Device
from desktop.views.fabric_view import FabricView

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.drawing.fabric_graph import FabricGraph
    from core.engine.evaluation import Evaluation
    from desktop.document import Document
    from desktop.views.network_picture import End


class PathView(FabricView):
    """A fabric, and the shortest paths between two devices or two ports in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path_from: End | None = None
        """Where the next path begins, if that has been said."""
        self._evaluation: Evaluation | None = None

    def set_document(self, document: Document | None, library: Library) -> None:
        self._evaluation, self.path_from = None, None
        super().set_document(document, library)

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
        if not self.find_paths(ends):
            self.paths = None
            raise EditError(self._no_path(ends))

    def _fabric_of(self, ends: tuple[End, End]) -> str:
        """Return the fabric to look for a path in: that of the ports, else the one shown or one of both."""
        from core.editing.cabling.sockets import Ends

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
        elif not self.find_paths(two):
            self.paths = None
            raise EditError(self._no_path(two))

    def _graph_between(self, ends: tuple[End, ...]) -> FabricGraph:
        """Return the fabric as a path between two ends may use it."""
        from core.drawing.fabric_paths import at_ports

        assert self._graphs is not None
        graph, _ = self._graphs.of(self.fabric, self.role)
        return at_ports(graph, {graph.index_of(path): port for path, port in ends})

    def find_paths(self, ends: tuple[End, ...]) -> bool:
        """Find and show the shortest paths between two ends; tells whether there are any."""
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

    # In words.

    def path_words(self) -> tuple[str, list[str]]:
        """Return what is said of the highlighted path: in short, and hop by hop."""
        from core.drawing.fabric_paths import hops_of

        assert self.focus is not None
        assert self.paths is not None
        assert self.document is not None
        graph = self._graph_between(self.focus.ends)
        project, top = self.document.project, self.document.top
        lines = []
        for number, hop in enumerate(hops_of(graph, self._way()), 1):
            here, there = (project.names_along(top, path)[-1] for path in (hop.path, hop.to_path))
            rate = f"{hop.rate_gbps:g}G" if hop.rate_gbps is not None else "rate unknown"
            more = f", {hop.links} links" if hop.links > 1 else ""
            made = "".join(f", {word}" for word in self._made(graph, hop.cable))
            lines.append(f"{number}  {here} {hop.port} – {there} {hop.to_port}  {rate}{more}{made}")
        hops = self.paths.hops
        count = f"path {self.chosen + 1} of {self.paths.count:,}" if self.paths.count > 1 else "the only path"
        what = "no switch" if not hops else "1 switch" if hops == 1 else f"{hops} switches"
        return f"{what} on the way, {count}", lines

    def _made(self, graph: FabricGraph, cable: int) -> list[str]:
        """Return length and part of a cable as the engine has found them; nothing if it has not yet."""
        from core.drawing.fabric_paths import LinkPaths
        from core.explore.port_facts import cable_words

        if self._evaluation is None:
            return []
        return cable_words(self._evaluation, *LinkPaths(graph.snapshot).place_of(cable))
