"""Failures: the worst single ones of the fabric shown, and what is left when some fail at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QProgressBar,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from core.drawing.fabric_load import percent
from core.errors import CagenutError
from desktop.background import Background
from desktop.jobs import CancelledError, Job
from desktop.panels.failure_rows import COLUMNS, TIPS, WIDTHS, Namer, noun_of, random_words, rows_of
from desktop.panels.rows import ROW, Rows, make_table
from desktop.views.failure_words import line_rate
from desktop.widgets import button, column, label, panel, row

if TYPE_CHECKING:
    from core.engine.failures.chance import Chance, RandomFailures
    from core.engine.failures.single import SingleFailures
    from desktop.views.network import NetworkView

KINDS = {
    "Every kind": ("switch", "link", "trunk", "plane", "optic"),
    "Switches": ("switch",),
    "Links": ("link",),
    "Trunks": ("trunk",),
    "Planes": ("plane",),
    "Optics": ("optic",),
}
CHANCES = {"links": "link", "switches": "switch", "optics": "optic"}
WATCH_MS = 80


class FailuresPanel(QWidget):
    """Single failures, worst first; a click breaks one in the network. Failures at random behind them."""

    def __init__(self, view: NetworkView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._background = Background(self)
        self._job: Job | None = None
        self._of: tuple[str, object] | None = None
        """Fabric and network that the lines are about."""
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_MS)
        self._watch.timeout.connect(self._advance)
        self.model = Rows(COLUMNS, 1, self, TIPS, ends_in_words=True)
        self.table = make_table("Worst single failures", self.model, WIDTHS, 0, WIDTHS[0])
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of failure")
        self.kind.addItems(list(KINDS))
        self.find_button = button("Find the worst", self.find_worst)
        self.find_button.setToolTip(
            "Let every switch, link, trunk, plane and optic of the fabric fail, one by one"
        )
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How far it is")
        self.progress.setMaximumWidth(140)
        self.cancel = button("Cancel", self._cancel)
        self.summary = label(role="faint")
        self.share, self.chance, self.trials, self.seed = _random_fields()
        self.attempt = button("Try", self.try_random)
        self.attempt.setToolTip(
            "Let that share fail at random in each trial: mean and 95 % confidence interval"
        )
        self.words = label("Choose what fails at random and how often it is tried, then Try", wrap=True)
        self.words.setAccessibleName("What is left after failures at random")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary.setSizePolicy(  # long words do not make the window wider
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self.tabs, self._pages = QTabBar(), QStackedWidget()
        self._lay_out()
        for signal in (view.fabrics_changed, view.what_if.found):
            signal.connect(self.refresh)
        self.table.clicked.connect(self._go)
        self.table.activated.connect(self._go)
        self.refresh()

    def _lay_out(self) -> None:
        self.tabs.setAccessibleName("Failures")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for text in ("Worst single", "At random"):
            self.tabs.addTab(text)
        top = panel("bar")
        head = row(self.tabs, self.summary, self.progress, self.cancel, self.kind, self.find_button)
        head.setStretch(1, 1)
        head.setContentsMargins(4, 0, 8, 0)
        top.setLayout(head)
        fields = (self.share, self.chance, self.trials, self.seed, self.attempt)
        by_chance = QWidget()
        by_chance.setLayout(column(row(*fields, None), self.words, None, gap=10, margins=(12, 10, 12, 8)))
        for page in (self.table, by_chance):
            self._pages.addWidget(page)
        self.setLayout(column(top, self._pages, gap=0))
        self.tabs.currentChanged.connect(self._turn)

    def _turn(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        for made in (self.summary, self.kind, self.find_button):
            made.setVisible(page == 0)

    # What is found.

    @property
    def is_working(self) -> bool:
        return self._job is not None

    def find_worst(self) -> None:
        """Find the worst single failures of the fabric shown."""
        self.tabs.setCurrentIndex(0)
        from core.engine.failures.cases import optics_in
        from core.engine.failures.outcome import Baseline
        from core.engine.failures.single import single_failures

        drawn, classes = self._view.what_if.drawn, self._view.link_classes()
        if drawn is None or classes is None:
            return
        kinds: Any = KINDS[self.kind.currentText()]
        of = (self._view.fabric, drawn.topology)

        def work(job: Job) -> SingleFailures:
            job(0, 1, "Whole network")
            optics = optics_in(drawn, classes)
            return single_failures(Baseline(drawn.topology), kinds, optics, progress=job)

        self._run(work, lambda found: self._show(of, found))

    def try_random(self) -> None:
        """Let a share of the fabric fail at random."""
        self.tabs.setCurrentIndex(1)
        from core.engine.failures.cases import optics_in
        from core.engine.failures.chance import random_failures
        from core.engine.failures.outcome import Baseline

        drawn, classes = self._view.what_if.drawn, self._view.link_classes()
        if drawn is None or classes is None:
            return
        kind: Chance = CHANCES[self.chance.currentText()]  # type: ignore[assignment]
        share, trials, seed = self.share.value() / 100.0, self.trials.value(), self.seed.value()

        def work(job: Job) -> RandomFailures:
            job(0, 1, "Whole network")
            optics = optics_in(drawn, classes) if kind == "optic" else None
            return random_failures(Baseline(drawn.topology), share, kind, trials, seed, optics, job)

        noun = noun_of(self._view)
        self._run(work, lambda found: self._say_random(random_words(found, noun)))

    def _run(self, work: Callable[[Job], Any], done: Callable[[Any], None]) -> None:
        self._cancel()
        job = self._job = Job()
        self._watch.start()
        self._background.run(lambda: work(job), lambda found, error: self._done(job, done, found, error))
        self.refresh()

    def _done(
        self, job: Job, done: Callable[[Any], None], found: object, error: BaseException | None
    ) -> None:
        if job is not self._job:
            return
        self._job = None
        self._watch.stop()
        if error is None:
            done(found)
        elif isinstance(error, CagenutError):
            self.summary.setText(f"Not worked out: {error}")
        elif not isinstance(error, CancelledError):
            raise error
        self._enable()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._watch.stop()
        self._enable()

    def close_work(self) -> None:
        """End the thread."""
        self._cancel()
        self._background.close()
        self._of = None
        self.model.show([])

    def _advance(self) -> None:
        if self._job is not None:
            self.progress.setRange(0, max(self._job.total, 1) if self._job.total > 1 else 0)
            self.progress.setValue(self._job.done)
            self.progress.setFormat(f"{self._job.text} %p %")

    # What is shown.

    def _say_random(self, words: str) -> None:
        self.words.setText(words)

    def _show(self, of: tuple[str, object], found: SingleFailures) -> None:
        self._of = of
        graph = self._view.whole_graph()
        if graph is None:
            return
        namer = Namer(self._view, graph)
        noun = noun_of(self._view)
        self.model.columns = tuple(name.replace("GPU", noun) for name in COLUMNS)
        self.model.show(rows_of(namer, found.worst()))
        how = (
            f"one case of each of {found.classes:,} classes of like ones"
            if found.is_by_class
            else "every case"
        )
        shown = min(len(self.model.rows), len(found.outcomes))
        whole = f"whole, hosts get {percent(line_rate(found.throughput))} of line rate"
        words = f"{shown} worst of {found.cases:,} single failures; {whole}; {how}; all-to-all, ECMP"
        self.summary.setText(words)
        self.summary.setToolTip(words)
        self.table.horizontalHeader().setSortIndicator(-1, self.table.horizontalHeader().sortIndicatorOrder())

    def refresh(self) -> None:
        """Say whether the lines are still those of the fabric shown."""
        drawn = self._view.what_if.drawn
        if self._of is not None and drawn is not None and self._of[1] is not drawn.topology:
            same = self._of[0] == self._view.fabric
            self._of = None
            self.model.show([])
            self.summary.setText("The fabric has changed: find the worst anew" if same else "")
        self._enable()

    def _enable(self) -> None:
        busy, can = self._job is not None, self._view.what_if.drawn is not None
        self.progress.setVisible(busy)
        self.cancel.setVisible(busy)
        for made in (self.find_button, self.attempt):
            made.setEnabled(can and not busy)
        if busy:
            self.progress.setRange(0, 0)

    def _go(self, index: QModelIndex) -> None:
        found = index.data(ROW)
        if found is not None:
            self._view.break_failure(found.about)
            self._view.said.emit(f"What if: {found.cells[0]} failed")


def _random_fields() -> tuple[QDoubleSpinBox, QComboBox, QSpinBox, QSpinBox]:
    share, chance, trials, seed = QDoubleSpinBox(), QComboBox(), QSpinBox(), QSpinBox()
    share.setRange(0.1, 100.0)
    share.setDecimals(1)
    share.setValue(2.0)
    share.setSuffix(" %")
    chance.addItems(list(CHANCES))
    trials.setRange(2, 10_000)
    trials.setValue(200)
    trials.setSuffix(" trials")
    seed.setRange(0, 9999)
    seed.setPrefix("seed ")
    for made, name in (
        (share, "Share that fails"),
        (chance, "What fails at random"),
        (trials, "Trials"),
        (seed, "Seed of the trials"),
    ):
        made.setAccessibleName(name)
    return share, chance, trials, seed
