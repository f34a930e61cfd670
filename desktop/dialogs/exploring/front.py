"""The points of a search: a chart over two quantities, and the table under it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QSplitter,
    QTableView,
    QWidget,
)

from core.drawing.charts import Chart
from core.drawing.charts.scatter import MOST_MARKED, Axis, Spot, scatter_chart
from core.errors import CagenutError
from core.explore.sweeps.running import Outcome
from core.explore.sweeps.spec import Spec
from core.explore.sweeps.store import write_tables
from core.explore.sweeps.variants import Point
from desktop.chart import PX_MM, ChartView
from desktop.dialogs.exploring.points import KEPT, Column, Points
from desktop.widgets import button, column, label, panel, row, sentence

if TYPE_CHECKING:
    from core.engine.quantities import Quantity

FIRST_AXES = ("capex_usd", "tflops_bf16_dense")
LEAST_PX, ROUND_PX = 240, 80
"""Height of the chart at least, and what stands around it."""


class Front(QSplitter):
    """Shows an `Outcome`; a point chosen in one is chosen in the other."""

    opened = Signal(object)
    """Carries the `Point` to open as a project."""
    said = Signal(str)
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.outcome: Outcome | None = None
        self._spec: Spec | None = None
        self._quantities: dict[str, Quantity] = {}
        self._names: Mapping[str, str] = {}
        self.model = Points(self)
        self.table = self._make_table()
        self.x, self.y = self._axis("Across"), self._axis("Up")
        self.chart = ChartView(self._draw)
        self.chart.chosen.connect(self.select)
        self.chart.opened.connect(self.open_key)
        self.kept = QComboBox()
        self.kept.setAccessibleName("Points that are shown")
        self.kept.addItems(list(KEPT))
        self.kept.activated.connect(self.model.keep)
        self.take = button("Open as project", self.open_chosen, icon_name="open")
        self.export = button("Export …", self.ask_export, icon_name="export")
        axes = row(label("Across"), self.x, label("Up"), self.y, None)
        card = panel()
        card.setLayout(column(axes, self.chart, None, margins=(12, 10, 12, 10)))
        below = QWidget()
        below.setLayout(column(row(self.kept, None, self.export, self.take), self.table))
        self.setChildrenCollapsible(False)
        self.addWidget(card)
        self.addWidget(below)
        self.setSizes([460, 300])
        self._card = card
        self.splitterMoved.connect(lambda *_: self.chart.show_chart(self._draw))
        self._chosen_changed()

    def _axis(self, words: str) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(f"{words}: quantity of the axis")
        made.activated.connect(lambda _: self.refresh())
        return made

    def _make_table(self) -> QTableView:
        made = QTableView()
        made.setAccessibleName("Points")
        made.setModel(self.model)
        made.setSortingEnabled(True)
        made.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setAlternatingRowColors(True)
        made.setShowGrid(False)
        made.setTabKeyNavigation(False)
        made.verticalHeader().hide()
        made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        made.horizontalHeader().setStretchLastSection(True)
        made.activated.connect(lambda _: self.open_chosen())
        made.selectionModel().currentChanged.connect(lambda *_: self._chosen_changed())
        return made

    def offer(self, quantities: dict[str, Quantity], names: Mapping[str, str]) -> None:
        """Offer quantities for the axes; those that are chosen stay. `names` is what people call types."""
        self._quantities, self._names = quantities, names
        for box, first in zip((self.x, self.y), FIRST_AXES, strict=True):
            chosen = box.currentData() or first
            box.clear()
            for name, one in quantities.items():
                box.addItem(one.label, name)
            box.setCurrentIndex(max(box.findData(chosen), 0))

    def aim(self, spec: Spec) -> None:
        """Show another search: its first two goals are the axes."""
        self._spec, self.outcome = spec, None
        goals = [goal.quantity for goal in spec.objectives]
        for box, name in zip((self.x, self.y), goals, strict=False):
            if box.findData(name) >= 0:
                box.setCurrentIndex(box.findData(name))
        self.refresh()

    def show_outcome(self, outcome: Outcome) -> None:
        """Show the points there are; the one that is chosen stays."""
        self.outcome = outcome
        self.refresh()

    def _columns(self) -> list[Column]:
        spec = self._spec
        if spec is None:
            return []
        names = dict.fromkeys(
            (
                *(goal.quantity for goal in spec.objectives), *(limit.quantity for limit in spec.limits),
                self.x.currentData(), self.y.currentData(),
            )
        )  # fmt: skip
        found = [Column(one.name, one.name, names=self._names) for one in spec.parameters]
        for name in names:
            if name is None:
                continue
            known = self._quantities.get(name)
            title = known.label if known is not None else name.capitalize()
            found.append(Column(title, name, known.unit if known is not None else "", is_quantity=True))
        return found

    def refresh(self) -> None:
        """Show the points over the axes as they are."""
        before = self.chosen
        self.model.show(self.outcome, self._columns())
        if before is not None:
            self.select(before.key)
        self._chosen_changed()

    def _draw(self, width: float) -> Chart:
        x, y = self.x.currentData(), self.y.currentData()
        height = (
            max((self.chart.parentWidget().height() if self.chart.parentWidget() else 420) - 80, 240) / PX_MM
        )
        of = self.outcome
        if of is None or x is None or y is None:
            return scatter_chart((), Axis(""), Axis(""), width, height)
        axes = [Axis(self._quantities[name].label, self._quantities[name].unit) for name in (x, y)]
        chosen = self.chosen
        spots = []
        for point in of.points:
            at = point.quantities.get(x), point.quantities.get(y)
            if point.failure or at[0] is None or at[1] is None:
                continue
            is_front = of.ranks.get(point.key) == 0
            standing = "broken" if point.key in of.broken else "front" if is_front else "held"
            called = {name: self._names.get(str(value), value) for name, value in point.values.items()}
            note = ", ".join(f"{name} {value}" for name, value in called.items())
            broken = f"; beyond {of.broken[point.key]}" if point.key in of.broken else ""
            spots.append(
                Spot(
                    at[0], at[1], f"Point {point.number}", point.key, note + broken,
                    standing, chosen is not None and chosen.key == point.key,  # type: ignore[arg-type]
                )
            )  # fmt: skip
        # The front is drawn whole; of the others as many as can be pointed at.
        spots.sort(key=lambda spot: spot.standing != "front")
        return scatter_chart(spots[:MOST_MARKED], axes[0], axes[1], width, height)

    @property
    def chosen(self) -> Point | None:
        """The point that is current in the table."""
        at: QModelIndex = self.table.currentIndex()
        return self.model.rows[at.row()] if at.isValid() and at.row() < len(self.model.rows) else None

    def select(self, key: str) -> None:
        """Choose a point by its key."""
        at = self.model.row_of(key)
        if at < 0 and self.kept.currentIndex():
            self.kept.setCurrentIndex(0)
            self.model.keep(0)
            at = self.model.row_of(key)
        if at >= 0:
            index = self.model.index(at, 0)
            self.table.setCurrentIndex(index)
            self.table.scrollTo(index)

    def _chosen_changed(self) -> None:
        point = self.chosen
        self.take.setEnabled(point is not None and not point.failure)
        self.export.setEnabled(self.outcome is not None)
        self.chart.show_chart(self._draw)

    # Going on.

    def open_chosen(self) -> None:
        """Open the point that is chosen."""
        if self.chosen is not None:
            self.opened.emit(self.chosen)

    def open_key(self, key: str) -> None:
        """Open a point by its key."""
        self.select(key)
        self.open_chosen()

    def ask_export(self) -> None:
        """Write the points as CSV, and as Parquet where that can be."""
        folder = QFileDialog.getExistingDirectory(self, "Folder of the tables")
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write the points into a folder."""
        if self.outcome is None:
            return
        try:
            files = write_tables(folder, self.outcome.rows)
        except (CagenutError, OSError) as error:
            self.failed.emit(sentence(str(error)))
            return
        self.said.emit(f"Wrote {', '.join(file.name for file in files)} to {folder}")
