"""What was never saved and can still be had: after a crash, and after closing without saving."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from core.editing.routes import counted
from core.files import recovery
from core.files.recovery import Offer
from desktop.dialogs.start import local_time
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

_COLUMNS = ("Project", "Last change", "Changes", "How it was left")


class RecoverDialog(QDialog):
    """Lists what can be recovered; a copy is opened, no file is touched."""

    chosen = Signal(object)
    """Carries the `Offer` to go on with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recover")
        self.resize(680, 380)
        self.offers: list[tuple[Offer, str]] = [
            *((offer, "crash") for offer in recovery.find_recoverable()),
            *((offer, "closed unsaved, put away or recovered") for offer in recovery.find_discarded()),
        ]
        self.table = self._table()
        self._about = label(role="faint", wrap=True)
        self._go = button("Recover a copy", self.accept, primary=True)
        let_ctrl_enter(self, self._go)
        words = f"Kept for {recovery.KEPT_DAYS} days. A copy is opened; no project file is touched."
        self.setLayout(
            column(
                label(words, "faint", wrap=True),
                self.table,
                self._about,
                row(None, button("Cancel", self.reject), self._go),
                margins=(16, 14, 16, 14),
                gap=10,
            )
        )
        self.table.itemSelectionChanged.connect(self._show)
        self.table.itemDoubleClicked.connect(lambda _: self.accept())
        if self.offers:
            self.table.selectRow(0)
        self._show()

    @property
    def offer(self) -> Offer | None:
        """The offer that is chosen."""
        at = self.table.currentRow()
        return self.offers[at][0] if 0 <= at < len(self.offers) else None

    def accept(self) -> None:
        """Go on with a copy of what is chosen."""
        offer = self.offer
        if offer is None or offer.problem:
            return
        super().accept()
        self.chosen.emit(offer)

    def _show(self) -> None:
        offer = self.offer
        words = "There is nothing to recover." if offer is None else sentence(offer.problem)
        if offer is not None and not words:
            words = str(offer.path) if offer.path is not None else "Never saved to a file"
        self._about.setText(words)
        self._go.setEnabled(offer is not None and not offer.problem)

    def _table(self) -> QTableWidget:
        table = QTableWidget(len(self.offers), len(_COLUMNS))
        table.setAccessibleName("What can be recovered")
        table.setHorizontalHeaderLabels(list(_COLUMNS))
        table.verticalHeader().hide()
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in range(1, len(_COLUMNS)):
            table.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        for line, (offer, by) in enumerate(self.offers):
            texts = (offer.name, local_time(offer.when), counted(offer.changes, "change"), sentence(by))
            for at, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                table.setItem(line, at, item)
        return table
