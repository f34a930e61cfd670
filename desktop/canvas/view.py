"""The canvas: the one place where events meet the current tool."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from core.errors import CagenutError
from core.model.change import Change
from desktop.canvas.items import Outlines, Overlay
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool
from desktop.canvas.zooming import ZoomView
from desktop.theme import theme

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class Canvas(ZoomView):
    """Shows one layer and hands gestures to a tool.

    Subclasses say what is drawn, what is under a point, and what a nudge does.
    """

    pointed = Signal(str)
    """What is under the pointer, in words."""
    failed = Signal(str)
    """Why a gesture came to nothing."""
    tool_changed = Signal()
    previewed = Signal(object)
    """Carries what the gesture would do (`core.engine.preview.Preview`); None once it has ended."""
    menu_requested = Signal(QPoint)
    """Carries the point of the screen where a menu of what can be done with the selection is wanted."""

    def __init__(self, thresholds: tuple[float, float, float], parent: QWidget | None = None) -> None:
        super().__init__(thresholds, parent)
        self.outlines, self.overlay = Outlines(), Overlay()
        for item in (self.outlines, self.overlay):
            self.scene().addItem(item)
        self._tool: Tool | None = None
        self._next: Callable[[], Tool] | None = None
        self._pan_from: QPoint | None = None
        self._space = False
        self.commit: Callable[[Change, list[str]], bool] = lambda change, notes: False
        """Where finished changes go; set by the window."""
        self.words_of: Callable[[object], str] = lambda preview: ""
        """Says what a preview does to the racks; set by the window."""
        self._previewed: tuple[object, str] = (None, "")
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme().changed.connect(self._recolour)
        self._recolour()

    # What subclasses answer.

    def default_tool(self) -> Tool:
        """Return the tool in force when no other is."""
        raise NotImplementedError

    def nudge(self, dx: int, dy: int, keys: Qt.KeyboardModifier) -> Change | None:
        """Return the change that moves what is selected by one step."""
        return None

    def describe(self, at: Pointer) -> str:
        """Return what is under a point, in words."""
        return ""

    def say_empty(self) -> str:
        """Return what to write on an empty canvas."""
        return ""

    # Tools.

    @property
    def tool(self) -> Tool:
        """The tool that gets the events."""
        if self._tool is None:
            self._tool = self.default_tool()
        return self._tool

    def use(self, tool: Tool | None) -> None:
        """Take another tool; None goes back to the default one."""
        if self._tool is not None:
            self._tool.cancel()
        self.preview(None)
        self._tool, self._next = tool, None
        self._show_cursor()
        self.tool_changed.emit()

    def feed(self, act: Callable[[], Change | None]) -> bool:
        """Let the tool act; commit what it returns, drop it if it fails. Tells if a change came of it."""
        tool = self.tool
        try:
            change = act()
            done = change is not None and self.commit(change, tool.notes)
        except CagenutError as error:
            self.use(None)
            self.failed.emit(str(error))
            return False
        except Exception:
            self.use(None)
            raise
        if (change is not None or tool.is_done) and self._tool is tool:
            following, self._next = self._next, None
            self.use(None if following is None else following())
        return done

    def preview(self, what: object) -> str:
        """Tell what the gesture would do if it ended now; return what to say of it beside the pointer."""
        if what != self._previewed[0]:
            self._previewed = (what, "")
            self.previewed.emit(what)
            self._previewed = (what, "" if what is None else self.words_of(what))
        return self._previewed[1]

    def use_later(self, make: Callable[[], Tool]) -> None:
        """Take another tool once the present one is finished and its change applied."""
        self._next = make

    def pointer(self, position: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        """Return a point of the viewport in the drawing's millimetres."""
        inverse, _ = self.viewportTransform().inverted()
        scene = inverse.map(position)
        return Pointer(scene.x(), -scene.y(), self.scale_now, keys)

    # Qt's events.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a pan or hand over to the tool."""
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._space
        ):
            self._pan_from = event.position().toPoint()
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            at = self.pointer(event.position(), event.modifiers())
            self.feed(lambda: self.tool.press(at))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan or hand over to the tool."""
        if self._pan_from is not None:
            now = event.position().toPoint()
            self.pan_by(now.x() - self._pan_from.x(), now.y() - self._pan_from.y())
            self._pan_from = now
            return
        at = self.pointer(event.position(), event.modifiers())
        self.feed(lambda: self.tool.move(at))
        self.pointed.emit(self.describe(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a pan or hand over to the tool."""
        if self._pan_from is not None and event.button() in (
            Qt.MouseButton.MiddleButton,
            Qt.MouseButton.LeftButton,
        ):
            self._pan_from = None
            self._show_cursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            at = self.pointer(event.position(), event.modifiers())
            self.feed(lambda: self.tool.release(at))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Hand over to the tool."""
        if event.button() == Qt.MouseButton.LeftButton:
            at = self.pointer(event.position(), event.modifiers())
            self.feed(lambda: self.tool.double(at))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Select what is under the pointer, unless it is selected already, and ask for a menu."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.take_for_menu(self.pointer(QPointF(event.pos()), event.modifiers()))
        self.menu_requested.emit(event.globalPos())
        event.accept()

    def take_for_menu(self, at: Pointer) -> None:
        """Select what a menu is asked for at a point."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape drops the tool; arrows nudge; Space pans; the rest is the tool's."""
        key = Qt.Key(event.key())
        keys = event.modifiers()
        if key == Qt.Key.Key_Escape:
            self.escape()
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self._show_cursor()
        elif key in _ARROWS:
            step = _ARROWS[key]
            self.feed(lambda: self.nudge(*step, keys))
        else:
            before = self.tool
            self.feed(lambda: before.key(key, keys))
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space ends the pan."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._pan_from = None
            self._show_cursor()

    def escape(self) -> None:
        """Drop the tool in use; with none in use, clear the selection."""
        busy = self._tool is not None and type(self._tool) is not type(self.default_tool())
        busy = busy or not self.overlay.is_empty
        self.use(None)
        if not busy:
            self.clear_selection()

    def clear_selection(self) -> None:
        """Select nothing."""

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        super().focusOutEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_cursor()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.outlines.hover(None)
        self.pointed.emit("")
        super().leaveEvent(event)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Write what an empty canvas is for."""
        text = self.say_empty()
        if text and self.overlay.is_empty:
            painter.resetTransform()
            painter.setPen(theme().colour("faint"))
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), text)

    def _show_cursor(self) -> None:
        if self._pan_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        else:
            shape = self.tool.cursor
        self.viewport().setCursor(shape)

    def _recolour(self) -> None:
        self.setBackgroundBrush(theme().colour("canvas"))
        self.viewport().update()
