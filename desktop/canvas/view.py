"""The canvas: zoom, pan and the one place where events meet the current tool."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from core.errors import CagenutError
from core.model.change import Change
from desktop.canvas.items import Outlines, Overlay
from desktop.canvas.layer import Layer
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool
from desktop.theme import theme

ZOOM_STEP = 1.2
MARGIN_PX = 36
EMPTY_BOX = QRectF(-1500, -7500, 13500, 9000)
"""What an empty drawing shows: room for a first row [mm]."""
SCALE_RANGE = (0.0005, 12.0)
"""Zoom limits [px/mm]: a campus of a kilometre in a small window, a connector across the screen."""
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class Canvas(QGraphicsView):
    """Shows one layer and hands gestures to a tool.

    Subclasses say what is drawn, what is under a point, and what a nudge does.
    """

    scale_changed = Signal(float)
    pointed = Signal(str)
    """What is under the pointer, in words."""
    failed = Signal(str)
    """Why a gesture came to nothing."""
    tool_changed = Signal()

    def __init__(self, thresholds: tuple[float, float, float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(scene)
        self.layer, self.outlines, self.overlay = Layer(thresholds), Outlines(), Overlay()
        for item in (self.layer, self.outlines, self.overlay):
            scene.addItem(item)
        self._set_up()
        self._tool: Tool | None = None
        self._next: Callable[[], Tool] | None = None
        self._pan_from: QPoint | None = None
        self._space = False
        self._fit_pending = True
        self._is_fitted = False
        self.commit: Callable[[Change, list[str]], bool] = lambda change, notes: False
        """Where finished changes go; set by the window."""

    def _set_up(self) -> None:
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState, True)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing, True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setFrameShape(QFrame.Shape.NoFrame)
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
        self._tool, self._next = tool, None
        self._show_cursor()
        self.tool_changed.emit()

    def feed(self, act: Callable[[], Change | None]) -> bool:
        """Let the tool act; commit what it returns, drop it if it fails. Tells whether a change came of it."""
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

    def use_later(self, make: Callable[[], Tool]) -> None:
        """Take another tool once the present one is finished and its change applied."""
        self._next = make

    def pointer(self, position: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        """Return a point of the viewport in the drawing's millimetres."""
        inverse, _ = self.viewportTransform().inverted()
        scene = inverse.map(position)
        return Pointer(scene.x(), -scene.y(), self.scale_now, keys)

    # Zoom and pan.

    @property
    def scale_now(self) -> float:
        """Size of a millimetre on screen [px]."""
        return self.transform().m11()

    def show_box(self, box: QRectF, *, margin: float = MARGIN_PX) -> None:
        """Zoom so that a box of the scene fills the view."""
        if box.isEmpty() or self.viewport().width() < 2 * margin + 10:
            return
        width = max(self.viewport().width() - 2 * margin, 20)
        height = max(self.viewport().height() - 2 * margin, 20)
        scale = min(width / max(box.width(), 1e-6), height / max(box.height(), 1e-6))
        self._set_scale(scale)
        self.centerOn(box.center())
        self._is_fitted = False

    def fit(self) -> None:
        """Show the whole drawing."""
        self._fit_pending = not self.isVisible()
        content = self.layer.content
        self.show_box(EMPTY_BOX if content.isEmpty() else content)
        self._is_fitted = True

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the viewport, by default its middle."""
        middle = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        at = at or middle
        before = self.scale_now
        inverse, _ = self.viewportTransform().inverted()
        fixed, centre = inverse.map(at), inverse.map(middle)
        self._set_scale(before * factor)
        self._is_fitted = False
        self.centerOn(fixed + (centre - fixed) * (before / self.scale_now))

    def actual_size(self) -> None:
        """Show the drawing at a scale where ports can be read."""
        self.zoom(self.layer.thresholds[2] * 1.3 / self.scale_now)

    def drawing_changed(self) -> None:
        """Give the view room to scroll around the drawing; fit it the first time."""
        box = self.layer.content
        if box.isEmpty():
            self.setSceneRect(QRectF(-20000, -20000, 40000, 40000))
        else:
            reach = 2.0 * max(box.width(), box.height()) + 20000
            self.setSceneRect(box.adjusted(-reach, -reach, reach, reach))
        if self._fit_pending and self.isVisible():
            self.fit()
        self.viewport().update()

    def refit(self) -> None:
        """Fit the drawing when it is next shown."""
        self._fit_pending = True

    def _set_scale(self, scale: float) -> None:
        scale = min(max(scale, SCALE_RANGE[0]), SCALE_RANGE[1])
        self.setTransform(QTransform.fromScale(scale, scale))
        self.scale_changed.emit(scale)

    # Qt's events.

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom; a touchpad pans."""
        device = event.device()
        touch = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
        keys = event.modifiers()
        if touch and not keys & Qt.KeyboardModifier.ControlModifier:
            step = event.pixelDelta()
            self._pan_by(step.x(), step.y())
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self._pan_by(event.angleDelta().y() / 2 + event.angleDelta().x() / 2, 0)
        else:
            self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom on a pinch."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1.0 + event.value(), event.position())
                return True
        return super().viewportEvent(event)

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
            self._pan_by(now.x() - self._pan_from.x(), now.y() - self._pan_from.y())
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (self._fit_pending or self._is_fitted) and self.isVisible():
            self.fit()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if self._fit_pending:
            self.fit()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Write what an empty canvas is for."""
        text = self.say_empty()
        if text and self.overlay.is_empty:
            painter.resetTransform()
            painter.setPen(theme().colour("faint"))
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), text)

    def _pan_by(self, dx: float, dy: float) -> None:
        self._is_fitted = False
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(round(across.value() - dx))
        down.setValue(round(down.value() - dy))

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
