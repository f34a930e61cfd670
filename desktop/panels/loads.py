"""Loads: the links of the fabric shown that carry the most; a click goes to one in the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.drawing.fabric_load import percent
from desktop.panels.rows import ROW, Row, Rows, make_table
from desktop.widgets import button, column, label, panel, row

if TYPE_CHECKING:
    from desktop.views.network import NetworkView

COLUMNS = ("Links", "Number and rate", "There, Gbit/s", "Back, Gbit/s", "Capacity, Gbit/s", "Load")
MOST = 200


class LoadsPanel(QWidget):
    """The bundles between switches, the fullest first."""

    def __init__(self, view: NetworkView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.model = Rows(COLUMNS, 2, self)
        self.table = make_table("Loads", self.model, (260, 130, 110, 110, 120, 80))
        self.summary = label(role="faint")
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.show_loads = button("Show loads", lambda: view.colour_by("load"))
        self.show_loads.setToolTip("Colour the links of the network by the load they carry (L)")
        top = panel("bar")
        top.setLayout(row(label("Loads"), self.summary, self.show_loads, margins=(12, 4, 8, 4)))
        top.setMinimumHeight(33)
        self.setLayout(column(top, self.table, gap=0))
        for signal in (view.what_if.found, view.what_if.changed, view.coloured, view.focus_changed):
            signal.connect(self.refresh)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.refresh()

    def refresh(self) -> None:
        """List what carries the most now."""
        from core.drawing.schematic_words import bundle_text

        view = self._view
        self.show_loads.setVisible(view.scheme != "load")
        ranked = view.loads_ranked(MOST)
        if not ranked and not self.model.rows:
            self.summary.setText(self._why_empty())
            return
        labels = {} if view.picture is None else {n.key: n.label for n in view.picture.map.nodes}
        rows = []
        for bundle, load in ranked:
            keys = (
                f"{labels[bundle.a]} – {labels[bundle.b]}", bundle.cables, load.a_to_b_gbps,
                load.b_to_a_gbps, load.capacity_gbps, load.share,
            )  # fmt: skip
            cells = (
                keys[0], bundle_text(bundle.cables, bundle.rate_gbps), f"{load.a_to_b_gbps:,.0f}",
                f"{load.b_to_a_gbps:,.0f}", f"{load.capacity_gbps:,.0f}", percent(load.share),
            )  # fmt: skip
            rows.append(Row(cells, keys, bundle))
        self.model.show(rows)
        self.summary.setText(self._summary(len(rows)))

    def _summary(self, shown: int) -> str:
        if not shown:
            return self._why_empty()
        words = self._view.what_if.choice.words
        if self._view.are_loads_stale:
            return f"Being worked out; until then those before: {words}"
        return f"The {shown:,} fullest bundles between switches: {words}"

    def _why_empty(self) -> str:
        if self._view.scheme != "load":
            return "Colour the links by load first"
        return "Working it out …" if self._view.what_if.is_working else "No links between switches"

    def _go(self, index: QModelIndex) -> None:
        found = index.data(ROW)
        if found is not None:
            self._view.show_bundle(found.about)
