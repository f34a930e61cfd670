"""Signs above a drawing that keep their size on the screen, one for each of some boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget


class Boxed(Protocol):
    """What is marked: a box in scene coordinates."""

    @property
    def box(self) -> QRectF: ...


M = TypeVar("M", bound=Boxed)


class BoxMarks(QGraphicsItem, Generic[M]):
    """Paints each mark that is in view, in pixels."""

    def __init__(self, above: float) -> None:
        super().__init__()
        self.setZValue(above)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._marks: list[M] = []

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    @property
    def marks(self) -> list[M]:
        """What is marked."""
        return list(self._marks)

    def show_marks(self, marks: Sequence[M]) -> None:
        """Show these and no others."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self._marks:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        window = QRectF(painter.viewport())
        for mark in self._marks:
            box = transform.mapRect(mark.box)
            if box.intersects(window):
                self.paint_mark(painter, mark, box)
        painter.restore()

    def paint_mark(self, painter: QPainter, mark: M, box: QRectF) -> None:
        """Paint one; `box` is in pixels."""
        raise NotImplementedError
