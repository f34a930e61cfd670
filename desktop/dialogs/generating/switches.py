"""Switch types to try: a list with check boxes, searched by words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from core.engine.prices import bounds
from core.model.types import DeviceType
from desktop.widgets import column

_LIST_PX, _ROW_PX = 160, 24
_ID = Qt.ItemDataRole.UserRole


class SwitchChoice(QWidget):
    """One or more switch types of the catalogue."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search: 800g, nvidia …")
        self.search.setAccessibleName("Search the switch types")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName("Switch types to try")
        self.list.setFixedHeight(_LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.search.textChanged.connect(lambda _: self._show_found())
        self.list.itemChanged.connect(lambda _: self.changed.emit())
        self.setLayout(column(self.search, self.list, gap=6))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the types that are checked."""
        return tuple(str(item.data(_ID)) for item in self._items() if _is_checked(item))

    def choose(self, *types: str) -> None:
        """Check these types and no others."""
        for item in self._items():
            on = item.data(_ID) in types
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        first = next((item for item in self._items() if _is_checked(item)), None)
        if first is not None:
            self.list.scrollToItem(first)

    def offer(self, found: Sequence[tuple[DeviceType, int]], gbps: float, wanted: Collection[str]) -> None:
        """List types with their number of ports at a rate; those wanted, else the cheapest, are checked."""
        checked = {spec.id for spec, _ in found} & set(wanted) or _cheapest(found)
        self.list.blockSignals(True)
        self.list.clear()
        for spec, ports in sorted(found, key=lambda each: each[0].id not in checked):
            item = QListWidgetItem(f"{ports:,} × {gbps:g}G  {spec.maker} {spec.name}")
            item.setData(_ID, spec.id)
            item.setToolTip(item.text())
            item.setSizeHint(QSize(0, _ROW_PX))  # a check box is higher than the text
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if spec.id in checked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._show_found()
        self.list.scrollToTop()  # where those checked stand

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _show_found(self) -> None:
        """Hide the types that do not have all words; those checked stay."""
        words = self.search.text().casefold().split()
        for item in self._items():
            text = f"{item.text()} {item.data(_ID)}".casefold()
            item.setHidden(not _is_checked(item) and not all(word in text for word in words))


def _is_checked(item: QListWidgetItem) -> bool:
    return item.checkState() == Qt.CheckState.Checked


def _cheapest(found: Sequence[tuple[DeviceType, int]]) -> set[str]:
    """Return the type that costs least for each port, if any has a price; else the first."""
    priced = [(sum(bounds(spec)) / ports, spec.id) for spec, ports in found if sum(bounds(spec))]
    if priced:
        return {min(priced)[1]}
    return {found[0][0].id} if found else set()
