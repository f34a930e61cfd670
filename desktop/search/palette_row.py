"""The lines of the search: icon, name, where it is; at the right its shortcut and its kind."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from desktop.icons import paint_icon
from desktop.list_rows import RowDelegate, RowModel, write
from desktop.search.choices import Choice
from desktop.theme import font, theme


class ChoiceModel(RowModel):
    """The choices that match."""

    def title(self, item: Choice) -> str:
        return item.title

    def spoken(self, item: Choice) -> str:
        return spoken(item)

    def tip(self, item: Choice) -> str | None:
        return spoken(item)


class ChoiceDelegate(RowDelegate):
    """Paints one choice."""

    def paint_row(self, painter: QPainter, box: QRect, item: Choice) -> None:
        tint = theme().colour("disabled" if item.reason else "faint")
        paint_icon(painter, item.icon, QRectF(box.left() + 14, box.top() + 12, 16, 16), tint)
        right = self._pill(painter, box, box.right() - 11, item.chip, font("small"))
        if item.keys:
            right = self._pill(painter, box, right - 8, item.keys, font("small", mono=True))
        left = box.left() + 42
        width = right - left - 12
        detail = f"Not now: {item.reason} · {item.where}" if item.reason else item.where
        role = "faint" if item.reason else "text"
        write(
            painter, QRect(left, box.top() + (4 if detail else 12), width, 16), item.title, font("body"), role
        )
        write(painter, QRect(left, box.top() + 21, width, 16), detail, font("small"), "faint")

    def _pill(self, painter: QPainter, box: QRect, right: int, text: str, face: QFont) -> int:
        """Paint a short text in a frame that ends at `right`; return where it begins."""
        width = QFontMetrics(face).horizontalAdvance(text) + 14
        frame = QRectF(right - width + 0.5, box.top() + 10.5, width, 19)
        painter.setPen(QPen(theme().colour("line"), 1))
        painter.setBrush(theme().colour("field"))
        painter.drawRoundedRect(frame, 4, 4)
        painter.setFont(face)
        painter.setPen(theme().colour("faint"))
        painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), text)
        return right - width


def spoken(choice: Choice) -> str:
    """Return a choice as a screen reader says it."""
    words = [choice.title, choice.chip, choice.where, choice.keys]
    words.append(f"not now: {choice.reason}" if choice.reason else "")
    return ", ".join(word for word in words if word)
