"""What the drawings of a project share: they follow its changes, show its selection and commit to it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from core.catalogue.library import Library
from core.drawing.batch import Level
from core.model.change import Change
from desktop.canvas.corner_marks import CornerMarks
from desktop.canvas.items import MOST_OUTLINES
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.refuse import Refuse
from desktop.canvas.tools.select import SelectTool
from desktop.canvas.tools.tool import Tool
from desktop.canvas.view import Canvas
from desktop.document import Document
from desktop.dragging import Carried, carried_in

MOST_MARKED = 2000
"""Things of which is shown that they differ from their drawing."""


class View(Canvas):
    """A drawing of the open project."""

    opened = Signal(str)
    """A path was opened by a double click."""
    drawn_anew = Signal()
    """The drawing has been made anew: what is laid over it follows."""
    search_requested = Signal()
    """A double click was on empty ground: what is to be placed there?"""

    def __init__(self, thresholds: tuple[float, float, float], parent: QWidget | None = None) -> None:
        super().__init__(thresholds, parent)
        self.document: Document | None = None
        self.library = Library({})
        self._is_stale = True
        self._is_behind = False
        """Whether something else was selected since the view was last shown."""
        self._selected_next: list[str] = []
        self.corners = CornerMarks()
        self.scene().addItem(self.corners)

    # What subclasses draw and find.

    def rebuild(self) -> None:
        """Draw the project anew; parts that are as they were are reused."""
        raise NotImplementedError

    def concerns(self, change: Change) -> bool:
        """Tell whether a change can alter the drawing."""
        return True

    def path_at(self, at: Pointer) -> str:
        """Return the path of what is under a point; empty if nothing is."""
        return ""

    @property
    def shows_ports(self) -> bool:
        """Whether ports are drawn at the present zoom."""
        return self.layer.level(self.scale_now) >= Level.NEAR

    def port_at(self, at: Pointer) -> tuple[str, str]:
        """Return the path of the device and the name of the port at a point; empty where there is none."""
        return "", ""

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        """Return the paths of what lies in a box of the scene, or with `crossing` also meets it."""
        return []

    def paths_between(self, one: str, other: str) -> list[str]:
        """Return what lies from one thing to another, both included; none if they have no order."""
        return []

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        """Return the outlines of selected things in scene coordinates."""
        return [], []

    def boxes_of(self, paths: Iterable[str]) -> NDArray[np.float64]:
        """Return the boxes of many things: x, y, width, height in scene coordinates, shape (n, 4)."""
        boxes = [shape.boundingRect().getRect() for shape in self.shapes_of(paths)[0]]
        return np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def drag_tool(self, start: Pointer) -> Tool | None:
        """Return the tool that drags what is selected."""
        return None

    def grip_at(self, at: Pointer) -> Tool | None:
        """Return the tool of a handle that is under a point; it is used before anything is selected there."""
        return None

    def landing_tool(self, carried: Carried) -> Tool | None:
        """Return the tool that places what is dragged in from the catalogue."""
        return None

    def why_not_land(self, carried: Carried) -> str:
        """Return why there is no landing tool for something of the catalogue."""
        return "Nothing is placed in this drawing: racks go to the hall, Alt+1, devices to the racks, Alt+2"

    # The project.

    def set_document(self, document: Document | None, library: Library) -> None:
        """Show another project."""
        if self.document is not None:
            self.document.changed.disconnect(self._on_change)
            self.document.selection.changed.disconnect(self._on_selection)
            self.document.selection.entered_changed.disconnect(self._on_entered)
        self.use(None)
        self.document, self.library = document, library
        if document is not None:
            document.changed.connect(self._on_change)
            document.selection.changed.connect(self._on_selection)
            document.selection.entered_changed.connect(self._on_entered)
            self.commit = self._commit
        self.refit()
        self.make_stale()

    def make_stale(self) -> None:
        """Draw anew, at once or when the view is next shown."""
        self._is_stale = True
        if self.isVisible():
            self.ensure_drawn()

    def ensure_drawn(self) -> None:
        """Draw what has changed since the last time."""
        if self._is_stale and self.document is not None:
            self._is_stale = False
            self.rebuild()
            self.drawing_changed()
            self.show_selection()
            self._mark_corners()
            self.drawn_anew.emit()

    def fit(self) -> None:
        self.ensure_drawn()
        super().fit()

    def showEvent(self, event: object) -> None:
        self.ensure_drawn()
        if self._is_behind:
            self._is_behind = False
            self.show_selection()
        super().showEvent(event)  # type: ignore[arg-type]

    def show_selection(self) -> None:
        """Outline what is selected."""
        if self.document is not None and not self._is_stale:
            paths = self.document.selection.paths
            if len(paths) > MOST_OUTLINES:
                self.outlines.outline_boxes(self.boxes_of(paths))
            else:
                self.outlines.outline(*self.shapes_of(paths))

    def show_paths(self, paths: Iterable[str]) -> None:
        """Bring things into view, zooming only if they cannot be seen as it is."""
        self.ensure_drawn()
        shapes, lines = self.shapes_of(paths)
        whole = QRectF()
        for shape in shapes:
            whole = whole.united(shape.boundingRect())
        for line in lines:
            whole = whole.united(QRectF(line.p1(), line.p2()).normalized())
        if not whole.isEmpty():
            self.show_whole(whole)

    def show_whole(self, whole: QRectF) -> None:
        """Bring a part of the scene into view, zooming only if it cannot be seen as it is."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        big_enough = max(whole.width(), whole.height()) * self.scale_now > 40
        if not (seen.contains(whole) and big_enough):
            reach = max(whole.width(), whole.height())
            self._fit_pending = False
            self.show_box(whole.adjusted(-reach, -reach, reach, reach))

    def default_tool(self) -> Tool:
        return SelectTool(self)

    def absent_boxes(self) -> list[QRectF]:
        """Return the boxes, in scene coordinates, of things that are absent from where they are drawn."""
        return []

    def _mark_corners(self) -> None:
        """Mark what is built differently from its drawing."""
        assert self.document is not None
        different, gone = [], []
        for path, own in self.document.differences().items():
            (gone if "absent" in own else different).append(path)
        boxes = [shape.boundingRect() for shape in self.shapes_of(different[:MOST_MARKED])[0]]
        # What an outer block leaves out is still part of the drawing that was entered.
        drawn = [shape.boundingRect() for shape in self.shapes_of(gone[:MOST_MARKED])[0]]
        every = [*self.absent_boxes(), *drawn]
        absent = {tuple(round(value, 2) for value in box.getRect()): box for box in every}
        self.corners.show_boxes(boxes, list(absent.values()))

    def take_for_menu(self, at: Pointer) -> None:
        if self.document is None:
            return
        path = self.path_at(at)
        if path not in self.document.selection.paths:
            self.document.selection.set([path])

    def clear_selection(self) -> None:
        if self.document is not None:
            if self.document.selection.paths:
                self.document.selection.clear()
            else:
                self.document.selection.leave()

    def _on_change(self, change: Change) -> None:
        self.outlines.hover(None)  # what was under the pointer may be elsewhere now
        if self.concerns(change):
            self.make_stale()
        else:
            self._on_selection()

    def _on_selection(self) -> None:
        """Show what is selected, at once or when the view is next shown."""
        if self.isVisible():
            self.show_selection()
        else:
            self._is_behind = True

    def _on_entered(self) -> None:
        self.outlines.hover(None)
        self.make_stale()

    def select_after(self, paths: Iterable[str]) -> None:
        """Select what the change in the making brings, once it has been applied."""
        self._selected_next = list(paths)

    def _commit(self, change: Change, notes: list[str]) -> bool:
        assert self.document is not None
        paths, self._selected_next = self._selected_next, []
        done = self.document.commit(change, notes)
        if done and paths:
            self.document.selection.set(paths)
        return done

    # Dragging in from the catalogue: the landing tool gets the drag's events as its own.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what the catalogue offers, or say why this drawing has no place for such a thing."""
        carried = carried_in(event.mimeData())
        if carried is None or self.document is None:
            event.ignore()
            return
        self.use(self.landing_tool(carried) or Refuse(self, self.why_not_land(carried)))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would land."""
        at = self.pointer(event.position(), event.modifiers())
        self.feed(lambda: self.tool.move(at))
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget it; nothing has happened."""
        self.use(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Let it land."""
        at = self.pointer(event.position(), event.modifiers())
        self.feed(lambda: self.tool.press(at))
        self.use(None)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.setFocus(Qt.FocusReason.MouseFocusReason)


def box_shape(x: float, y: float, width: float, height: float) -> QPolygonF:
    """Return a rectangle of the drawing (y up) as a shape of the scene (y down)."""
    return QPolygonF(
        [QPointF(x, -y - height), QPointF(x + width, -y - height), QPointF(x + width, -y), QPointF(x, -y)]
    )
