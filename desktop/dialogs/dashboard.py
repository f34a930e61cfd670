"""What the design is worth at a glance: ten figures and the charts behind them, after every edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QScrollArea, QWidget

from core.drawing.charts import Chart
from core.units import show
from desktop.background import Background
from desktop.chart import ChartView
from desktop.evaluation import LiveEvaluation
from desktop.panels.tiles import FigureTile
from desktop.widgets import button, column, label, panel, row

if TYPE_CHECKING:
    from core.engine.economics import Economics
    from core.engine.evaluation import Evaluation
    from core.engine.key_figures import KeyFigure
    from core.engine.sensitivity import Spread

ACROSS = 5
FIGURES = 10
SIDE_PX, MOST_PX = 20, 1200
"""Room for the scroll bar beside the tiles; the least width of the window is at most this."""
Make = Callable[[float], Chart]


class DashboardDialog(QDialog):
    """Ten tiles over charts; it stays open beside the drawing and follows it."""

    explained = Signal(str, QRect)
    """Carries the name of the quantity whose making is asked for, and where on the screen."""
    workloads_wanted = Signal()
    suppliers_wanted = Signal()

    def __init__(self, live: LiveEvaluation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Dashboard")
        self.resize(1180, 820)
        self._live = live
        self._background = Background(self)
        self._of: Evaluation | None = None
        self._spreads: dict[str, Spread] = {}
        self._spread_of: Economics | None = None
        self.tiles = [FigureTile() for _ in range(FIGURES)]
        grid = QGridLayout()
        grid.setSpacing(8)
        for at, tile in enumerate(self.tiles):
            grid.addWidget(tile, at // ACROSS, at % ACROSS)
            grid.setColumnStretch(at % ACROSS, 1)
            tile.chosen.connect(self.explained)
            tile.workloads_wanted.connect(self.workloads_wanted)
        self._state = label(role="faint")
        self.moved = QComboBox()
        self.moved.setAccessibleName("Figure whose inputs are shown")
        self.moved.activated.connect(lambda _: self._show_moved())
        self.charts: dict[str, ChartView] = {}
        self._cards = QGridLayout()
        self._cards.setSpacing(8)
        self._cards.setColumnStretch(0, 1)
        self._cards.setColumnStretch(1, 1)
        body = self._body = QWidget()
        body.setLayout(column(grid, self._cards, None, gap=8, margins=(12, 12, 12, 12)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        end = row(self._state, None, button("Close", self.close), margins=(12, 6, 12, 10))
        self.setLayout(column(scroll, end, gap=0))
        live.started.connect(self._stale)
        live.finished.connect(self._show)
        self._show()

    @property
    def state(self) -> str:
        """Whether what is shown is that of the newest edit."""
        return self._state.text()

    def _stale(self) -> None:
        self._state.setText("Evaluating …")

    def _show(self, _: object = None) -> None:
        outcome = self._live.outcome
        if outcome is None:
            self._state.setText("Waiting for the results of this design …")
            return
        self._of = outcome.evaluation
        self._state.setText("Up to date" if self._live.is_current else "Evaluating …")
        self._ask_spreads(self._of.economics)
        self._show_tiles()
        self._list_moved(self._of.economics)
        self._show_charts(self._of)

    # Figures.

    def _ask_spreads(self, of: Economics) -> None:
        """Work out the ranges by chance on the thread; they take longer than an edit may."""
        if of is self._spread_of or not of.figures:
            return
        self._spread_of, self._spreads = of, {}

        def work() -> tuple[Economics, dict[str, Spread]]:
            from core.engine.sensitivity import spreads

            return of, spreads(of)

        self._background.run(work, self._spread)

    def _spread(self, made: tuple[Economics, dict[str, Spread]] | None, error: BaseException | None) -> None:
        if error is not None:
            raise error
        if made is not None and made[0] is self._spread_of:
            self._spreads = made[1]
            self._show_tiles()

    def _show_tiles(self) -> None:
        from core.engine.key_figures import key_figures

        if self._of is None:
            return
        figures: tuple[KeyFigure, ...] = key_figures(self._of)
        for tile, figure in zip(self.tiles, figures, strict=True):
            name = figure.quantity.name if figure.quantity is not None else ""
            tile.show_figure(figure, self._spreads.get(name), not self._spreads)
        # Nothing leads to what is cut off at the side.
        self.setMinimumWidth(min(self._body.minimumSizeHint().width() + SIDE_PX, MOST_PX))

    # Charts.

    def _list_moved(self, of: Economics) -> None:
        from core.drawing.worth_charts import MOVED

        names = [name for name in of.labels if name in of.figures]
        if names != [self.moved.itemData(at) for at in range(self.moved.count())]:
            chosen = self.moved.currentData() or MOVED
            self.moved.clear()
            for name in names:
                self.moved.addItem(of.labels[name].label, name)
            self.moved.setCurrentIndex(max(self.moved.findData(chosen), 0))

    def _show_charts(self, of: Evaluation) -> None:
        from core.drawing import worth_charts as data
        from core.drawing.charts import bar_chart, share_chart

        makes: dict[str, Make] = {}
        for result in of.workloads.results:
            bars, title = data.time_split(result), data.time_title(result)
            if bars:
                makes[f"time:{result.workload.id}"] = lambda w, b=bars, t=title: share_chart(b, w, title=t)
        capital, year = data.capital_split(of.economics), data.year_split(of.economics)
        suppliers, chain = data.supplier_split(of.supply.suppliers), data.power_chain(of.energy, of.economics)
        if capital:
            makes["capital"] = lambda w: share_chart(capital, w, title="Capital by domain")
        if year:
            makes["year"] = lambda w: share_chart(year, w, title="Cost of a year")
        if suppliers:
            makes["suppliers"] = lambda w: share_chart(suppliers, w, title="Known spend by supplier")
        if chain:
            makes["power"] = lambda w: bar_chart(chain, w, title="Mean power of a year, from site to IT")
        if capital and self.moved.currentData():
            makes["tornado"] = self._tornado(of.economics)
        self._lay(makes)

    def _tornado(self, of: Economics) -> Make:
        from core.drawing.charts import tornado_chart
        from core.drawing.worth_charts import tornado_rows

        name = self.moved.currentData()
        rows, likely = tornado_rows(of, name), of.figures[name]
        text = show(likely, of.labels[name].unit)
        return lambda width: tornado_chart(rows, likely, text, width)

    def _show_moved(self) -> None:
        if self._of is not None and "tornado" in self.charts and self.moved.currentData():
            self.charts["tornado"].show_chart(self._tornado(self._of.economics))

    def _lay(self, makes: dict[str, Make]) -> None:
        """Show charts; cards are made anew only where other ones are needed."""
        if list(makes) == list(self.charts):
            for name, make in makes.items():
                self.charts[name].show_chart(make)
            return
        while (item := self._cards.takeAt(0)) is not None:
            card = item.widget()
            if card is not None:
                self.moved.setParent(self)
                card.deleteLater()
        self.moved.setVisible(False)
        self.charts = {}
        for at, (name, make) in enumerate(makes.items()):
            view = ChartView(make)
            view.opened.connect(lambda key, n=name: self._open(n, key))
            view.setAccessibleName(view.chart.words)
            self.charts[name] = view
            card = panel()
            if name == "tornado":
                self.moved.setVisible(True)
                head = row(label("What moves", "strong"), self.moved, None)
                card.setLayout(column(head, view, None, margins=(12, 10, 12, 10)))
            else:
                card.setLayout(column(view, None, margins=(12, 10, 12, 10)))
            self._cards.addWidget(card, at // 2, at % 2)

    def _open(self, chart: str, key: str) -> None:
        """Go on from a mark: to the suppliers, the workloads, or the making of the number."""
        if chart == "suppliers":
            self.suppliers_wanted.emit()
        elif chart.startswith("time:"):
            self.workloads_wanted.emit()
        else:
            name = {"capital": "capex_usd", "year": "tco_year_usd", "power": "energy_year_mwh"}.get(chart, "")
            if chart == "tornado":
                name = self.moved.currentData()
            if self._of is not None and name in self._of.quantities:
                view = self.charts[chart]
                self.explained.emit(name, QRect(view.mapToGlobal(view.rect().topLeft()), view.size()))

    def done(self, result: int) -> None:
        """End the thread; Escape and closing come here."""
        self._live.started.disconnect(self._stale)
        self._live.finished.disconnect(self._show)
        self._background.close()
        super().done(result)
        self.deleteLater()
