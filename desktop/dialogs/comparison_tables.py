"""The tables of a comparison: names at the left, a column for each design."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem


def new_table(name: str) -> QTreeWidget:
    """Return an empty table."""
    made = QTreeWidget()
    made.setAccessibleName(name)
    made.setRootIsDecorated(name == "Changes")
    made.setUniformRowHeights(True)
    made.setAlternatingRowColors(True)
    return made


def name_columns(tree: QTreeWidget, *names: str) -> None:
    """Name the columns."""
    tree.setColumnCount(len(names))
    tree.setHeaderLabels(list(names))
    # Names stay whole however many designs there are; what does not fit beside them is scrolled to.
    wide = 1 if names[0] == "Change" else len(names)
    header = tree.header()
    header.setStretchLastSection(False)
    for at in range(len(names)):
        stretch = QHeaderView.ResizeMode.Stretch if at == wide else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(at, stretch)


def spread_names(tree: QTreeWidget) -> None:
    """Let the names take the room that the columns leave, if they leave any."""
    header = tree.header()
    needed = sum(
        max(tree.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in range(tree.columnCount())
    )
    if needed < tree.width() - 2 * tree.verticalScrollBar().sizeHint().width():
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)


def new_line(name: str, *values: str) -> QTreeWidgetItem:
    """Return a line with its numbers at the right."""
    made = QTreeWidgetItem([name, *values])
    for at in range(1, len(values) + 1):
        made.setTextAlignment(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made
