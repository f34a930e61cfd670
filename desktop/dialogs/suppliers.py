"""Who the design depends on: shares of the spend, lines of the bill, and what happens if somebody is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QMenu, QScrollArea, QTabWidget, QWidget

from core.drawing.charts import share_chart
from core.drawing.worth_charts import supplier_split
from core.engine.supply import Shares, Supply, Wait
from core.engine.supply_lines import UNKNOWN, Line
from core.units import share, show
from desktop.chart import ChartView
from desktop.dialogs.supplier_loss import LossPanel
from desktop.trees import ROW, head, line, tree
from desktop.widgets import button, column, label, let_undo, panel, row

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MOST_SHOWN = 500
"""Things of a line that are selected in the drawing at once."""
SPLITS = (("suppliers", "Supplier"), ("functions", "Function"), ("countries", "Country"))
NOBODY = {"countries": "No country named"}
FILTERS = ("All lines", "One source, no alternate", "No supplier named", "No price", "No lead time")


class SuppliersDialog(QDialog):
    """Shares, lines and losses; it stays open beside the drawing and follows every edit."""

    shown = Signal(object)
    """Carries the paths to show in the drawing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Suppliers")
        self.resize(1100, 840)
        self._live = window.evaluation
        self._supply: Supply | None = None
        self.loss = LossPanel(window)
        self.lines = tree("Lines of the bill")
        self.lines.itemActivated.connect(lambda *_: self.show_line())
        self.lines.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.lines.customContextMenuRequested.connect(self._menu)
        self.filter = QComboBox()
        self.filter.setAccessibleName("Lines that are shown")
        self.filter.addItems(list(FILTERS))
        self.filter.activated.connect(lambda _: self._show_lines())
        self._said = label(role="faint", wrap=True)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._make_shares(), "Shares")
        self.tabs.addTab(self._make_lines(), "Lines")
        self.tabs.addTab(self.loss, "What if")
        self._state = label(role="faint")
        end = row(self._state, None, button("Close", self.close))
        self.setLayout(column(self.tabs, end, margins=(16, 14, 16, 14), gap=10))
        run = window.actions_.run
        let_undo(self, lambda: run("edit.undo"), lambda: run("edit.redo"))
        self._live.started.connect(self._stale)
        self._live.finished.connect(self._show)
        self._show()

    def _make_shares(self) -> QWidget:
        body = QWidget()
        self._facts = {name: label(wrap=True) for name in ("Concentration", "Sources", "Home", "Lead time")}
        self.charts: dict[str, ChartView] = {}
        cards = []
        for name, _ in SPLITS:
            view = self.charts[name] = ChartView(lambda width: share_chart((), width))
            view.chosen.connect(lambda key, n=name: self._lose(n, key))
            view.setToolTip("Click: what stops without it" if name != "functions" else "")
            card = panel()
            card.setLayout(column(view, margins=(12, 10, 12, 10)))
            cards.append(card)
        facts = panel()
        facts.setLayout(
            column(
                *(self._fact_row(name, value) for name, value in self._facts.items()),
                margins=(12, 10, 12, 10), gap=6,
            )
        )  # fmt: skip
        body.setLayout(column(facts, *cards, None, margins=(4, 10, 10, 4), gap=8))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        return scroll

    @staticmethod
    def _fact_row(name: str, value: QWidget) -> QWidget:
        made = QWidget()
        title = label(name, "small")
        title.setFixedWidth(110)
        box = row(title, value, gap=10)
        box.setStretch(1, 1)
        made.setLayout(box)
        return made

    def _make_lines(self) -> QWidget:
        made = QWidget()
        top = row(
            self.filter, None,
            button("Show in drawing", self.show_line, icon_name="hall"),
            button("What if it is lost?", self.lose_line),
        )  # fmt: skip
        made.setLayout(column(top, self.lines, self._said, margins=(4, 10, 4, 4)))
        return made

    # Following the design.

    def _stale(self) -> None:
        self._state.setText("Evaluating …")

    def _show(self, _: object = None) -> None:
        outcome = self._live.outcome
        if outcome is None:
            self._state.setText("Waiting for the results of this design …")
            return
        self._state.setText("Up to date" if self._live.is_current else "Evaluating …")
        self._supply = outcome.evaluation.supply
        self._show_shares(self._supply, outcome.evaluation.snapshot.brief.number("domestic_share"))
        self._show_lines()
        self.loss.show_evaluation(outcome.evaluation)

    def _show_shares(self, of: Supply, asked: float | None) -> None:
        for name, title in SPLITS:
            shares: Shares = getattr(of, name)
            bars = supplier_split(shares, NOBODY.get(name, "Nobody named"))
            words = f"Known spend by {title.lower()}"
            self.charts[name].show_chart(lambda width, b=bars, w=words: share_chart(b, width, title=w))
        largest = of.suppliers.largest
        of_one = f"; {largest.name} has {share(largest.share)}" if largest else ""
        self._facts["Concentration"].setText(
            f"{of.suppliers.concentration_text} of 1 by supplier{of_one}; "
            f"{share(of.suppliers.unknown)} of the spend has no supplier named"
            if of.suppliers.parts
            else "No type that is drawn has a price. Give the types prices in the catalogue."
        )
        single, lines = len(of.single_sourced), sum(not one.included for one in of.lines)
        self._facts["Sources"].setText(
            f"{single} of {lines} lines have one source and no alternate; "
            f"{of.unpriced:,} pieces have no price"
        )
        if of.domestic is None:
            home = "No country is named as home. Name it under File > Site and Brief."
        else:
            target = f", {share(asked)} is asked for" if asked is not None else ""
            home = f"{share(of.domestic)} of the known spend is made and put together at home{target}"
        self._facts["Home"].setText(home)
        waits = (("first rack", of.first_rack), ("last rack", of.last_rack), ("plant", of.plant))
        self._facts["Lead time"].setText("; ".join(f"{name} {_wait(wait)}" for name, wait in waits))

    def _show_lines(self) -> None:
        self.lines.clear()
        of = self._supply
        if of is None:
            return
        head(
            self.lines, "Part", "Function", "Quantity", "Spend", "Share", "Suppliers", "Countries", "Weeks",
            "Alternates", left=(1, 5, 6), wide=0,
        )  # fmt: skip
        total = sum(one.usd or 0.0 for one in of.lines)
        kept = [one for one in of.lines if not one.included and self._is_kept(one)]
        for one in kept:
            item = line(
                one.type.name, one.function, f"{one.count:,}",
                "unknown" if one.usd is None else show(one.usd, "USD"),
                share(one.usd / total) if one.usd is not None and total else "",
                ", ".join(one.suppliers) or UNKNOWN, ", ".join(one.countries) or UNKNOWN,
                "unknown" if one.lead_weeks is None else f"{one.lead_weeks:g}",
                str(len(one.alternates)) if one.alternates else "none", left=(1, 5, 6), of=one,
            )  # fmt: skip
            self.lines.addTopLevelItem(item)
        self._said.setText(
            f"{len(kept)} lines. Enter or a double-click shows where a part stands."
            if kept
            else "No line is like that."
        )

    def _is_kept(self, one: Line) -> bool:
        return (
            True, one.is_single, not one.suppliers, one.usd is None, one.lead_weeks is None
        )[self.filter.currentIndex()]  # fmt: skip

    # Going on.

    @property
    def chosen(self) -> Line | None:
        """The line that is current in the list."""
        item = self.lines.currentItem()
        return None if item is None else item.data(0, ROW)

    def show_line(self) -> None:
        """Select in the drawing what the current line is of."""
        one, outcome = self.chosen, self._live.outcome
        if one is None or outcome is None:
            self._said.setText("Choose a line first.")
            return
        from core.explore.supplier_loss import places_of

        paths = places_of(outcome.evaluation, one.type.id, MOST_SHOWN)
        if paths:
            self.shown.emit(paths)
        else:
            self._said.setText(f"{one.type.name} does not stand in the drawing by itself: it is in the bill.")

    def lose_line(self) -> None:
        """Ask what happens without the part of the current line."""
        if self.chosen is None:
            self._said.setText("Choose a line first.")
        else:
            self.loss.ask("part", self.chosen.type.id)
            self.tabs.setCurrentWidget(self.loss)

    def _lose(self, split: str, key: str) -> None:
        kind = {"suppliers": "supplier", "countries": "country"}.get(split, "")
        if kind and key:
            self.loss.ask(kind, key)
            self.tabs.setCurrentWidget(self.loss)

    def _menu(self, at: QPoint) -> None:
        if self.lines.itemAt(at) is None:
            return
        menu = QMenu(self)
        menu.addAction("Show in drawing", self.show_line)
        menu.addAction("What if it is lost?", self.lose_line)
        menu.exec(self.lines.viewport().mapToGlobal(at))

    def done(self, result: int) -> None:
        """End the thread; Escape and closing come here."""
        self._live.started.disconnect(self._stale)
        self._live.finished.disconnect(self._show)
        self.loss.close_down()
        super().done(result)
        self.deleteLater()


def _wait(wait: Wait) -> str:
    lacking = f" ({wait.unknown} types without a lead time)" if wait.unknown else ""
    if wait.weeks is None:
        return f"unknown{lacking}"
    return f"{wait.weeks:g} weeks for {wait.line}{lacking}"
