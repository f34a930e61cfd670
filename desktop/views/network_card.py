"""The card in the corner of the network view: the cables of a bundle, or the hops of a path, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.theme import font
from desktop.widgets import label

MARGIN = 12


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
        self.hide()

    def say(self, title: str, lines: list[str], clear_of: Sequence[QRectF] = ()) -> None:
        """Show a title and lines, if possible clear of some boxes; without a title the card goes away."""
        self.title.setText(title)
        self.lines.setText("\n".join(lines))
        self.lines.setVisible(bool(lines))
        self.setVisible(bool(title))
        self.setAccessibleDescription("\n".join([title, *lines]))
        self._clear_of = list(clear_of)
        if title:
            self.settle()

    def settle(self) -> None:
        """Go to the corner where least is covered of what the card is about."""
        self.adjustSize()
        holder = self.parentWidget()
        if holder is None:
            return
        right = max(holder.width() - self.width() - MARGIN, MARGIN)
        low = max(holder.height() - self.height() - MARGIN, MARGIN)
        corners = [QPointF(x, y) for y in (MARGIN, low) for x in (right, MARGIN)]
        self.move(min(corners, key=self._covered).toPoint())
        self.raise_()

    def _covered(self, corner: QPointF) -> float:
        card = QRectF(corner, self.size().toSizeF())
        met = [card.intersected(box) for box in self._clear_of if card.intersects(box)]
        return sum(box.width() * box.height() for box in met)
