"""Lists whose rows are painted: a model of plain values, and what all painters of rows share."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme import theme

ITEM = Qt.ItemDataRole.UserRole
_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


class RowModel(QAbstractListModel):
    """Values, a row each; a subclass says how each is called."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: list[Any] = []

    def title(self, item: Any) -> str:
        """Return the name by which typing in the list finds a row."""
        raise NotImplementedError

    def spoken(self, item: Any) -> str:
        """Return a row as a screen reader says it."""
        raise NotImplementedError

    def tip(self, item: Any) -> str | None:
        """Return what is shown when the pointer rests on a row."""
        return None

    def show(self, items: list[Any]) -> None:
        """Show other values."""
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(item)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(item)
        return item if role == ITEM else None


class RowDelegate(QStyledItemDelegate):
    """Paints rows of one height: the ground here, what stands on it in a subclass."""

    height: ClassVar[int] = 40
    role: ClassVar[int] = ITEM

    def is_current(self, item: Any, is_selected: bool) -> bool:
        """Tell whether a row is the one that counts."""
        return is_selected

    def paint_row(self, painter: QPainter, box: QRect, item: Any) -> None:
        """Paint what a row says."""
        raise NotImplementedError

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, self.height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item = index.data(self.role)
        state: Any = option.state  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if self.is_current(item, is_selected):
            painter.fillRect(box, theme().colour("accent_soft"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme().colour("accent"))
        elif is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, theme().colour("hover"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_row(painter, box, item)


def write(painter: QPainter, box: QRect, text: str, face: QFont, role: str) -> None:
    """Write a text into a box, from the left and in its middle, shortened to fit."""
    painter.setFont(face)
    painter.setPen(theme().colour(role))
    shown = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _MIDDLE, shown)
