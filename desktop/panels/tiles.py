"""The ten figures as tiles: value, range and evidence, or what is lacking and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from core.units import show
from desktop.theme import font
from desktop.widgets import button, column, label

if TYPE_CHECKING:
    from core.engine.key_figures import KeyFigure
    from core.engine.sensitivity import Spread

ASK = {"training": "Workloads …", "service": "Workloads …", "prices": "", "accelerators": "", "drawn": ""}
VALUE_PX = 22


class FigureTile(QFrame):
    """One figure; a click or Enter asks how it is made."""

    chosen = Signal(str, QRect)
    """Carries the name of the quantity and where the tile is on the screen."""
    workloads_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "tile")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.figure: KeyFigure | None = None
        self._label, self._value = label(role="small", wrap=True), label()
        big = font("title", bold=True, mono=True)
        big.setPixelSize(VALUE_PX)
        self._value.setFont(big)
        self._range, self._known = label(role="faint", wrap=True), label(role="small", wrap=True)
        self._why = label(role="faint", wrap=True)
        self._ask = button("Workloads …", self.workloads_wanted.emit)
        self.setLayout(
            column(
                self._label, self._value, self._range, self._why, self._ask, None, self._known,
                gap=3, margins=(12, 10, 12, 10),
            )
        )  # fmt: skip

    def show_figure(self, figure: KeyFigure, spread: Spread | None, is_waiting: bool) -> None:
        """Show a figure with its range by chance; `is_waiting`: the range is being worked out."""
        self.figure = figure
        quantity = figure.quantity
        self._label.setText(f"{figure.label}, {figure.about}" if figure.about else figure.label)
        self._value.setVisible(quantity is not None)
        self._why.setVisible(quantity is None)
        self._ask.setVisible(bool(ASK.get(figure.lack)))
        self._ask.setAccessibleName(f"Workloads, for {figure.label}")
        self._why.setText(figure.why)
        words, known = "", ""
        if quantity is not None:
            self._value.setText(quantity.text)
            if spread is not None:
                words = f"P10 {show(spread.p10, quantity.unit)}, P90 {show(spread.p90, quantity.unit)}"
            elif is_waiting and quantity.unit == "USD":
                words = "P10 …, P90 …"
            elif quantity.limit is not None:
                words = f"limit {quantity.limit_text}"
            elif figure.error:
                words = f"{figure.error} on published cases"
            known = f"Evidence: {quantity.grounds.label}" if quantity.grounds.label else ""
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()
        self._range.setText(words)
        self._range.setVisible(bool(words))
        self._known.setText(known)
        self._known.setVisible(bool(known))
        said = quantity.text if quantity is not None else figure.why
        self.setAccessibleName(", ".join(part for part in (self._label.text(), said, words, known) if part))
        self.setToolTip("" if quantity is None else f"{quantity.formula}\nClick or Enter: how it is made")

    @property
    def text(self) -> str:
        """All that it says, in one line."""
        return self.accessibleName()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        if self.figure is not None and self.figure.quantity is not None:
            at = QRect(self.mapToGlobal(self.rect().topLeft()), self.size())
            self.chosen.emit(self.figure.quantity.name, at)
