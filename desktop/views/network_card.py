"""The card in the corner of the network view: the cables of a bundle, or the hops of a path, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.theme import font
from desktop.widgets import label

MARGIN = 12
_STEPS = 12
"""Places at a side that are tried."""


class Card(QFrame):
    """A title and lines of text over the drawing; the text can be selected and copied."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Cables or hops")
        self.title: QLabel = label(role="strong")
        self.lines: QLabel = label()
        self.lines.setFont(font("small", mono=True))
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(4)
        box.addWidget(self.title)
        box.addWidget(self.lines)
        self._clear_of: list[QRectF] = []
        self._rather: list[QRectF] = []
        self.hide()

    def say(
        self, title: str, lines: list[str], clear_of: Sequence[QRectF] = (), rather: Sequence[QRectF] = ()
    ) -> None:
        """Show a title and lines; without a title the card goes away.

        If possible it is clear of the boxes it is about, and rather of others than not.
        """
        self.title.setText(title)
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines))
        self.setVisible(bool(title))
        self.setAccessibleDescription("\n".join([title, *lines]))
        self._clear_of, self._rather = list(clear_of), list(rather)
        if title:
            self.settle()

    def settle(self) -> None:
        """Go to where least is covered at the sides, a corner if that is no worse."""
        self.adjustSize()
        holder = self.parentWidget()
        if holder is None:
            return
        right = max(holder.width() - self.width() - MARGIN, MARGIN)
        low = max(holder.height() - self.height() - MARGIN, MARGIN)
        between = [MARGIN + (low - MARGIN) * step / _STEPS for step in range(1, _STEPS)]
        corners = [QPointF(x, y) for y in (MARGIN, low, *between) for x in (right, MARGIN)]
        self.move(min(corners, key=self._covered).toPoint())
        self.raise_()

    def _covered(self, corner: QPointF) -> tuple[float, float]:
        card = QRectF(corner, self.size().toSizeF())
        return _common(card, self._clear_of), _common(card, self._rather)


def _common(card: QRectF, boxes: Sequence[QRectF]) -> float:
    """Return how much of some boxes a card covers [px²]."""
    met = [card.intersected(box) for box in boxes]
    return sum(box.width() * box.height() for box in met)
