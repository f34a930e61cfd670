"""The little window below a heading: which values of a column are let through, each with its count."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from desktop.widgets import button, column, label, row

MOST = 1000
"""Values listed at once; typing narrows them down."""
_TEXT = Qt.ItemDataRole.UserRole


class ValuesPopup(QFrame):
    """A list of values to tick."""

    chosen = Signal(object)
    """Carries the set of texts let through; None for all."""

    def __init__(
        self, title: str, counts: list[tuple[str, int]], present: set[str] | None, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setMinimumWidth(260)
        self._counts = counts
        every = {text for text, _ in counts}
        self._on = set(every if present is None else present & every)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search values")
        self.search.setAccessibleName("Search values")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(f"Values of {title}")
        self.list.setMinimumHeight(180)
        self._words = label(role="small")
        self.setLayout(
            column(
                label(title, "strong"),
                self.search,
                self.list,
                self._words,
                row(
                    button("All", lambda: self._set_all(True)),
                    button("None", lambda: self._set_all(False)),
                    None,
                    button("Filter", self._take, primary=True),
                    gap=6,
                ),
                margins=(10, 8, 10, 10),
                gap=6,
            )
        )
        self.search.textChanged.connect(lambda _: self._fill())
        self.search.returnPressed.connect(self._take_found)
        self.list.itemChanged.connect(self._ticked)
        self._fill()
        self.search.setFocus()

    def _fill(self) -> None:
        wanted = self.search.text().casefold()
        found = [(text, count) for text, count in self._counts if wanted in text.casefold()]
        self.list.blockSignals(True)
        self.list.clear()
        for text, count in found[:MOST]:
            item = QListWidgetItem(f"{text or '(empty)'}   {count:,}")
            item.setData(_TEXT, text)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = Qt.CheckState.Checked if text in self._on else Qt.CheckState.Unchecked
            item.setCheckState(on)
            self.list.addItem(item)
        self.list.blockSignals(False)
        more = len(found) - MOST
        self._words.setText(
            f"{len(found):,} values" + (f", {MOST:,} listed: type to narrow" if more > 0 else "")
        )

    def _ticked(self, item: QListWidgetItem) -> None:
        text = item.data(_TEXT)
        if item.checkState() == Qt.CheckState.Checked:
            self._on.add(text)
        else:
            self._on.discard(text)

    def _set_all(self, on: bool) -> None:
        wanted = self.search.text().casefold()
        found = {text for text, _ in self._counts if wanted in text.casefold()}
        self._on = self._on | found if on else self._on - found
        self._fill()

    def _take_found(self) -> None:
        """Enter after a search lets just what was found through."""
        wanted = self.search.text().casefold()
        if wanted:
            self._on = {text for text, _ in self._counts if wanted in text.casefold()}
        self._take()

    def _take(self) -> None:
        every = {text for text, _ in self._counts}
        self.chosen.emit(None if self._on == every else set(self._on))
        self.close()
