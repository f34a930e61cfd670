"""Mouse gestures on a canvas, in the millimetres of its drawing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from desktop.canvas.view import Canvas
from desktop.dragging import Carried, packed

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
Point = tuple[float, float]


def pixel(canvas: Canvas, point: Point) -> QPointF:
    """Return where a point of the drawing is in the viewport."""
    return canvas.viewportTransform().map(QPointF(point[0], -point[1]))


def send(
    canvas: Canvas, kind: QEvent.Type, point: Point, keys: Qt.KeyboardModifier = NONE, *, held: bool = True
) -> None:
    """Send one mouse event."""
    where = pixel(canvas, point)
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    held_buttons = LEFT if held and kind != QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    event = QMouseEvent(kind, where, canvas.viewport().mapToGlobal(where), button, held_buttons, keys)
    QApplication.sendEvent(canvas.viewport(), event)


def click(canvas: Canvas, point: Point, keys: Qt.KeyboardModifier = NONE) -> None:
    send(canvas, QEvent.Type.MouseButtonPress, point, keys)
    send(canvas, QEvent.Type.MouseButtonRelease, point, keys)


def double_click(canvas: Canvas, point: Point) -> None:
    click(canvas, point)
    send(canvas, QEvent.Type.MouseButtonDblClick, point)
    send(canvas, QEvent.Type.MouseButtonRelease, point)


def hold(canvas: Canvas, start: Point, end: Point, keys: Qt.KeyboardModifier = NONE) -> None:
    """Press, and drag in some steps, without letting go."""
    send(canvas, QEvent.Type.MouseButtonPress, start, NONE)
    for step in (0.1, 0.5, 0.9, 1.0):
        between = (start[0] + step * (end[0] - start[0]), start[1] + step * (end[1] - start[1]))
        send(canvas, QEvent.Type.MouseMove, between, keys)


def drag(canvas: Canvas, start: Point, end: Point, keys: Qt.KeyboardModifier = NONE) -> None:
    hold(canvas, start, end, keys)
    send(canvas, QEvent.Type.MouseButtonRelease, end, keys)


def press_key(canvas: Canvas, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    from PySide6.QtGui import QKeyEvent

    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, key, keys))
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, key, keys))


def drag_in(canvas: Canvas, carried: Carried, point: Point) -> QMimeData:
    """Drag something from the catalogue over a point, without dropping it."""
    data = packed(carried)
    where = pixel(canvas, point)
    copy = Qt.DropAction.CopyAction
    QApplication.sendEvent(canvas.viewport(), QDragEnterEvent(where.toPoint(), copy, data, LEFT, NONE))
    QApplication.sendEvent(canvas.viewport(), QDragMoveEvent(where.toPoint(), copy, data, LEFT, NONE))
    return data


def drop(canvas: Canvas, carried: Carried, point: Point) -> None:
    """Drag something from the catalogue to a point and drop it."""
    data = drag_in(canvas, carried, point)
    event = QDropEvent(pixel(canvas, point), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(canvas.viewport(), event)


def drag_out(canvas: Canvas) -> None:
    """Take the drag off the canvas again."""
    QApplication.sendEvent(canvas.viewport(), QDragLeaveEvent())
