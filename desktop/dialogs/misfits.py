"""What did not fit a replacement: a list that stays in sight and can be copied as text."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QListWidget, QListWidgetItem, QWidget

from core.editing.refit import Refit
from core.editing.retype import Misfit
from core.model.project import Reader
from desktop.icons import icon
from desktop.widgets import button, column, label, row

MOST_SHOWN = 2000


def lines_of(refit: Refit, reader: Reader) -> list[tuple[str, str]]:
    """Return what did not fit in words, each with the icon that says how grave it is.

    What is the same in several copies of a drawing is one line with their number.
    """
    lines = [("error", _line(misfit, reader)) for misfit in refit.left]
    lines += [("warning", _line(misfit, reader)) for misfit in refit.misfits]
    times = Counter(lines)
    return [(sign, words if n == 1 else f"{words} × {n:,}") for (sign, words), n in times.items()]


def fill_list(shown: QListWidget, refit: Refit, reader: Reader) -> None:
    """Show what did not fit, devices that stayed as they were first."""
    lines = lines_of(refit, reader)
    shown.clear()
    for sign, words in lines[:MOST_SHOWN]:
        item = QListWidgetItem(icon(sign, sign), words)
        item.setToolTip(words)
        shown.addItem(item)
    if len(lines) > MOST_SHOWN:
        shown.addItem(f"… and {len(lines) - MOST_SHOWN:,} more")
    if not lines:
        shown.addItem(QListWidgetItem(icon("ok", "ok"), "Everything fits"))


def _line(misfit: Misfit, reader: Reader) -> str:
    block = reader.blocks.get(misfit.block)
    where = f"{block.name} / " if block is not None else ""
    return f"{where}{misfit.device} {misfit.port}: {misfit.reason}".replace(" :", ":")


class MisfitsDialog(QDialog):
    """The list after the fact; it does not stop the work."""

    def __init__(self, parent: QWidget, title: str, summary: str, refit: Refit, reader: Reader) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 360)
        self._text = "\n".join(words for _, words in lines_of(refit, reader))
        self.list = QListWidget()
        self.list.setAccessibleName("What did not fit")
        fill_list(self.list, refit, reader)
        foot = row(
            button("Copy as text", self.copy, icon_name="copy"),
            None,
            button("Close", self.close, primary=True),
        )
        words = label(f"{summary}. Undo takes all of it back.", wrap=True)
        self.setLayout(column(words, self.list, foot, gap=12, margins=(16, 16, 16, 14)))

    def copy(self) -> None:
        """Put the list into the clipboard, one line each."""
        QApplication.clipboard().setText(self._text)
