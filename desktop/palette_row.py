"""The lines of the search: icon, name, where it is; at the right its shortcut and its kind."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.choices import Choice
from desktop.icons import paint_icon
from desktop.theme import font, theme

ROW_HEIGHT = 40
CHOICE = Qt.ItemDataRole.UserRole
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


class ChoiceModel(QAbstractListModel):
    """The choices that match."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.choices: list[Choice] = []

    def show(self, choices: list[Choice]) -> None:
        self.beginResetModel()
        self.choices = choices
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.choices)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return spoken(choice)
        return choice if role == CHOICE else None


class ChoiceDelegate(QStyledItemDelegate):
    """Paints one choice."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice: Choice = index.data(CHOICE)
        colour = theme().colour
        state: Any = option.state  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, colour("accent_soft" if selected else "hover"))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colour("accent"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = colour("disabled" if choice.reason else "faint")
        paint_icon(painter, choice.icon, QRectF(box.left() + 14, box.top() + 12, 16, 16), tint)
        right = self._pill(painter, box, box.right() - 11, choice.chip, font("small"))
        if choice.keys:
            right = self._pill(painter, box, right - 8, choice.keys, font("small", mono=True))
        left = box.left() + 42
        width = right - left - 12
        detail = f"Not now: {choice.reason} · {choice.where}" if choice.reason else choice.where
        lines = [
            (choice.title, "body", 4, "faint" if choice.reason else "text"),
            (detail, "small", 21, "faint"),
        ]
        if not detail:
            lines = [(choice.title, "body", 12, lines[0][3])]
        for text, size, top, role in lines:
            painter.setFont(font(size))
            painter.setPen(colour(role))
            shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(left, box.top() + top, width, 16), _MIDDLE, shown)

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
