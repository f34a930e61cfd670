"""A hand that works the window and counts what it does: a drag, a click, a key, or a field and Enter."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolButton, QWidget

from desktop.canvas.view import Canvas
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from tests.desktop import gestures
from tests.desktop.gestures import NONE, Point


class Hand:
    """Does gestures through the events a user would cause, and keeps a list of them."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.done: list[str] = []
        window.activateWindow()

    @property
    def count(self) -> int:
        return len(self.done)

    def key(self, keys: str) -> None:
        """Press one key, with its modifiers."""
        self.done.append(f"key {keys}")
        if QApplication.activeWindow() is None:  # a window manager does so when a dialog closes
            self.window.activateWindow()
            QApplication.processEvents()
        QTest.keySequence(self._target(), QKeySequence(keys))
        QApplication.processEvents()

    def field(self, text: str, field: QWidget | None = None) -> None:
        """Write into a field, the one with the focus if none is named, and press Enter."""
        self.done.append(f"field {text!r}")
        if field is not None:
            assert field.isVisible()
            assert field.isEnabled()
            field.setFocus(Qt.FocusReason.MouseFocusReason)
        target = field or self._target()
        QTest.keySequence(target, QKeySequence.StandardKey.SelectAll)
        QTest.keyClicks(target, text)
        QApplication.processEvents()
        QTest.keyClick(field or self._target(), Qt.Key.Key_Return)
        QApplication.processEvents()

    def press(self, button: QAbstractButton) -> None:
        """Click a button."""
        self.done.append(f"click {button.accessibleName() or button.text()}")
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def choose(self, button: QToolButton, letter: str) -> None:
        """Click a button that opens a menu, and press the letter of a line of it: two gestures."""
        self.done += [f"click {button.accessibleName() or button.text()}", f"key {letter}"]
        assert button.isVisible()
        assert button.isEnabled()
        # The menu has an event loop of its own until it is closed, so the key waits in line.
        QTimer.singleShot(50, lambda: QTest.keyClicks(QApplication.activePopupWidget(), letter))
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def click(self, canvas: Canvas, point: Point, keys: Qt.KeyboardModifier = NONE) -> None:
        """Click a point of a drawing."""
        self.done.append(f"click at {point}")
        gestures.click(canvas, point, keys)
        canvas.setFocus()

    def drag(self, canvas: Canvas, start: Point, end: Point, keys: Qt.KeyboardModifier = NONE) -> None:
        """Drag within a drawing."""
        self.done.append(f"drag {start} to {end}")
        gestures.drag(canvas, start, end, keys)

    def drop(self, canvas: Canvas, carried: Carried, point: Point) -> None:
        """Drag something from the catalogue into a drawing."""
        self.done.append(f"drag {carried.id} to {point}")
        gestures.drop(canvas, carried, point)

    def _target(self) -> QWidget:
        modal = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        focus = QApplication.focusWidget()
        if modal is not None and (focus is None or not modal.isAncestorOf(focus)):
            return modal.focusWidget() or modal
        return focus or self.window
