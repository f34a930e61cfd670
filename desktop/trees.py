"""Read-only tables of the dialogs: a line each, values to the right, names whole."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

ROW = Qt.ItemDataRole.UserRole
"""Role of what a line is of."""


def tree(name: str) -> QTreeWidget:
    """Return an empty table."""
    made = QTreeWidget()
    made.setAccessibleName(name)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setAlternatingRowColors(True)
    return made


def head(shown: QTreeWidget, *names: str, left: Collection[int] = (), wide: int = -1) -> None:
    """Name the columns; they are as wide as what is in them, and `wide` takes the room that is left."""
    shown.setColumnCount(len(names))
    shown.setHeaderLabels(list(names))
    header = shown.header()
    header.setStretchLastSection(False)
    for at in range(len(names)):
        shown.headerItem().setTextAlignment(at, _side(at, left))
        stretch = QHeaderView.ResizeMode.Stretch if at == wide else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(at, stretch)


def line(*values: str, left: Collection[int] = (), of: object = None) -> QTreeWidgetItem:
    """Return a line; its first value and those in `left` stand to the left, the others to the right."""
    made = QTreeWidgetItem(list(values))
    made.setData(0, ROW, of)
    for at, value in enumerate(values):
        made.setToolTip(at, value)
        made.setTextAlignment(at, _side(at, left))
    return made


def _side(at: int, left: Collection[int]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if at == 0 or at in left else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
