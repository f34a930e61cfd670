"""The line above the network that chooses the traffic whose load is shown, and says what fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QToolButton

from desktop.views.failure_words import line_rate
from desktop.views.network_banner import Line, NetworkBanner, lay_across
from desktop.widgets import button, column, panel, row

if TYPE_CHECKING:
    from core.engine.throughput.load import Load
    from core.explore.loading import Choice
    from desktop.views.network import NetworkView

MEANING = "100 % is the line rate of a link, one way, with every host port at full rate"
ALL, SELECTED = "all", "selected"


class LoadBar(NetworkBanner):
    """Pattern, hosts and routing; seen while the links are coloured by load.

    In a low window only what comes of it is seen, until the traffic is asked for.
    """

    table_requested = Signal()
    """Traffic is to be read from a file."""
    busiest_requested = Signal()
    """Go to the link with the highest load."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setAccessibleName("Load")
        self._view = view
        self.pattern = _box("Traffic pattern", "Who sends to whom, each at the full rate of its ports")
        self.hosts = _box("Hosts that take part", "All hosts, or a job placed on those that are selected")
        self.routing = _box("Routing", "Equal split over the shortest ways, or over ways one hop longer too")
        self.seed = QSpinBox()
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The same seed draws the same permutation")
        self.seed.setRange(0, 9999)
        self.seed.setPrefix("seed ")
        self.words = Line()
        self.busiest = button("Busiest link", self.busiest_requested.emit)
        self.busiest.setToolTip("Go to the link between switches with the highest load (Shift+L)")
        self.more = QToolButton()
        self.more.setText("Traffic")
        self.more.setCheckable(True)
        self.more.setAccessibleName("Choose the traffic")
        self.more.setToolTip("Choose who sends to whom, and over which ways")
        self.controls = panel("")
        self.controls.setLayout(row(self.pattern, self.seed, self.hosts, self.routing))
        told = row(self.words, self.more, self.busiest)
        told.setStretchFactor(self.words, 1)
        across = row(self.controls, None)
        self._box = column(across, told)
        self.setLayout(self._box)
        self.more.toggled.connect(lambda _: self._unfold())
        self.arrange()
        self._fill()
        self.pattern.activated.connect(lambda _: self._chosen())
        self.routing.activated.connect(lambda _: self._chosen())
        self.hosts.activated.connect(lambda _: self._place())
        self.seed.valueChanged.connect(lambda _: self._chosen())
        for signal in (view.coloured, view.what_if.changed, view.what_if.found):
            signal.connect(self.refresh)
        self.hide()

    def arrange(self) -> None:
        """In one line if it is wide; in a low window the traffic has to be asked for."""
        lay_across(self._box, self.is_wide)
        self._box.setSpacing(12 if self.is_wide else 4)
        self._box.setStretch(1, 1 if self.is_wide else 0)
        folds = self.is_low and not self.is_wide
        self.more.setVisible(folds)
        self.controls.setVisible(not folds or self.more.isChecked())
        self._box.setContentsMargins(8, *((2, 8, 2) if self.is_low else (4, 8, 5)))

    def _unfold(self) -> None:
        self.arrange()
        self.refresh()

    def _fill(self) -> None:
        from core.explore.loading import PATTERNS, ROUTINGS

        for name, text in PATTERNS.items():
            self.pattern.addItem(f"{text} …" if name == "matrix" else text, name)
        for routing, text in ROUTINGS.items():
            self.routing.addItem(text, routing)
        self.hosts.addItem("All hosts", ALL)
        self.hosts.addItem("The selected hosts", SELECTED)

    def _chosen(self) -> None:
        pattern = self.pattern.currentData()
        held = self._view.what_if
        if pattern == "matrix":
            self.table_requested.emit()
            self.refresh()
            return
        held.choose(
            replace(
                held.choice,
                pattern=pattern,
                routing=self.routing.currentData(),
                seed=self.seed.value(),
                table=None,
            )
        )

    def _place(self) -> None:
        """Let the selected hosts take part alone, or all again."""
        if self.hosts.currentData() == ALL:
            self._view.what_if.choose(self._view.what_if.choice, ())
        else:
            self._view.place_job()

    def refresh(self) -> None:
        """Show the choice that is tried, and what comes of it."""
        held = self._view.what_if
        self.setVisible(self._view.scheme == "load" and self._view.isVisible())
        choice: Choice = held.choice
        self.pattern.setCurrentIndex(self.pattern.findData(choice.pattern))
        self.routing.setCurrentIndex(self.routing.findData(choice.routing))
        self.hosts.setCurrentIndex(1 if held.hosts else 0)
        self.hosts.setItemText(1, f"{len(held.hosts):,} selected" if held.hosts else "The selected hosts")
        self.hosts.setEnabled(choice.pattern != "matrix")
        self.seed.setVisible(choice.pattern == "permutation")
        self.seed.blockSignals(True)
        self.seed.setValue(choice.seed)
        self.seed.blockSignals(False)
        load = held.trial.load if held.trial is not None else None
        if held.problem:
            said = f"Not worked out: {held.problem}"
        elif load is None:
            said = (
                "Being worked out; until then as before"
                if self._view.are_loads_stale
                else "Working out the load …"
            )
        else:
            said = load_words(load)
        folded = "" if self.controls.isVisibleTo(self) else f"{choice.words} · "
        self.words.setText(f"{folded}{said}")
        self.words.setToolTip(f"{choice.words}\n{said}\n\n{MEANING}")
        self.busiest.setEnabled(load is not None and load.busiest >= 0)


def load_words(load: Load) -> str:
    """Return what fits, and what it is worth.

    Examples
    --------
    >>> import numpy as np
    >>> from core.engine.throughput.load import Load, Throughput
    >>> none = np.zeros(0)
    >>> load_words(Load(Throughput("ECMP", 0.5, 0.5), none, none, none, 0.0, none.astype(bool)))
    'Hosts get 50 % of line rate · throughput 0.5 (exact)'
    """
    from core.drawing.fabric_load import percent

    found = load.throughput
    if load.unreachable_gbps > 0:
        return f"{load.unreachable_gbps:,.0f} Gbit/s are sent to hosts that nothing joins; the rest is shown"
    if not found.value < float("inf"):
        return "No traffic between switches: hosts get 100 % of line rate"
    rate = line_rate(found.value)
    return f"Hosts get {percent(rate)} of line rate · throughput {found.value:.3g} ({found.kind})"


def _box(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made
