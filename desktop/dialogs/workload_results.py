"""What comes of a workload: figures, memory, the ways it could run, and why others are not possible."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QScrollArea, QTabWidget, QWidget

from core.engine.training.result import StepResult
from core.engine.workload_plans import Alternatives, names_any, parameters_of
from core.engine.workload_words import workload_rows
from core.engine.workloads import WorkloadResult
from desktop.dialogs.memory_bar import MemoryBar
from desktop.dialogs.plan_table import show_rejected, show_ways
from desktop.trees import ROW, tree
from desktop.widgets import button, column, label, panel, row

PATIENCE_MS = 500
"""After which it is said that work is under way, with a button to end it."""


class WorkloadResults(QWidget):
    """Figures at the top, plans below; `plan_asked` carries the parameters that fix one, or free it."""

    plan_asked = Signal(object)

    def __init__(self, cancel: Callable[[], None], again: Callable[[], None]) -> None:
        super().__init__()
        self._of: Alternatives | None = None
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(12)
        self._rows.setVerticalSpacing(3)
        self._rows.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        self.memory = MemoryBar()
        self._held = label(role="faint", wrap=True)
        self.state = label(role="faint")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedSize(90, 6)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Computing")
        self.cancel, self.again = button("Cancel", cancel), button("Compute", again)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(lambda: self._show_state("Computing …", busy=True))
        figures = panel()
        top = row(label("WHAT COMES OF IT", "section"), None, self.state, self.busy, self.cancel, self.again)
        figures.setLayout(column(top, self._rows_widget(), self._held, self.memory, margins=(16, 10, 16, 12)))
        self.ways, self.rejected = tree("Plans"), tree("Not possible")
        self.ways.currentItemChanged.connect(lambda *_: self._show_buttons())
        self.ways.itemActivated.connect(lambda *_: self.use())
        self.rejected.setRootIsDecorated(True)
        self.rejected.setWordWrap(True)
        self._said = label(role="faint", wrap=True)
        self.take = button("Use this plan", self.use)
        self.free = button("Best", self.free_plan)
        end = row(self._said, self.take, self.free)
        end.setStretch(0, 1)
        plans = QWidget()
        plans.setLayout(column(self.ways, end, margins=(0, 6, 0, 0)))
        self.tabs = QTabWidget()
        self.tabs.addTab(plans, "Plans")
        self.tabs.addTab(self.rejected, "Not possible")
        lower = QWidget()
        lower.setLayout(column(self.tabs, margins=(16, 8, 16, 8)))
        self.tabs.setMinimumHeight(190)
        body = QWidget()
        box = column(figures, lower, gap=0)
        box.setStretch(1, 1)
        body.setLayout(box)
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self.setMinimumWidth(430)
        self.setLayout(column(scroll, gap=0))
        self.show_idle()

    def _rows_widget(self) -> QWidget:
        made = QWidget()
        self._rows.setContentsMargins(0, 0, 0, 0)
        made.setLayout(self._rows)
        return made

    # How far it is.

    def show_busy(self) -> None:
        """Say that work is under way, once it has taken a while."""
        if not self._patience.isActive() and not self.busy.isVisible():
            self._patience.start()

    def show_idle(self) -> None:
        """Say nothing: what stands here is what comes of the workload."""
        self._patience.stop()
        self._show_state("")

    def show_cancelled(self) -> None:
        """Say that what stands here is of before."""
        self._patience.stop()
        self._show_state("Cancelled: this is of before")
        self.again.show()

    def _show_state(self, words: str, busy: bool = False) -> None:
        self.state.setText(words)
        self.busy.setVisible(busy)
        self.cancel.setVisible(busy)
        self.again.hide()

    # What is shown.

    def told(self) -> dict[str, str]:
        """Return the figures that are shown, by their labels."""
        return {name.text(): value.text() for name, value in self._lines if name.text()}

    def show_result(self, found: WorkloadResult) -> None:
        """Show figures and memory."""
        rows = workload_rows(found)[1:]
        while len(self._lines) < len(rows):
            self._add_line()
        for at, (name_label, value_label) in enumerate(self._lines):
            is_there = at < len(rows)
            name, value = rows[at] if is_there else ("", "")
            for shown, text, role in ((name_label, name, "faint"), (value_label, value, "")):
                shown.setText(text)
                shown.setVisible(is_there)
                shown.setProperty("role", "error" if name == "Does not run" else role)
                shown.style().polish(shown)
        self.memory.show_memory(*_memory_of(found))
        self._held.hide()

    def _add_line(self) -> None:
        at = len(self._lines)
        pair = label(role="faint"), label(wrap=True)
        self._rows.addWidget(pair[0], at, 0, Qt.AlignmentFlag.AlignTop)
        self._rows.addWidget(pair[1], at, 1)
        self._lines.append(pair)

    def show_alternatives(self, of: Alternatives) -> None:
        """Show what comes of a workload, with the ways it could run."""
        self._of = of
        self.show_result(of.result)
        if of.nearest is not None:
            self._held.setText(f"The plan that misses the memory by least: {of.nearest.plan.words()}")
            self._held.show()
            self.memory.show_memory(*_held_by(of.nearest))
        self._said.setText(show_ways(self.ways, of))
        show_rejected(self.rejected, of)
        search = of.plans or of.services
        count = sum(search.counts.values()) if search is not None else 0
        self.tabs.setTabText(1, f"Not possible ({count:,})" if count else "Not possible")
        self._show_buttons()

    def forget(self) -> None:
        """Show no ways: they were those of another workload."""
        self._of = None
        self.ways.clear()
        self.rejected.clear()
        self._said.setText("")
        self._show_buttons()

    def _show_buttons(self) -> None:
        item, of = self.ways.currentItem(), self._of
        in_use = of is not None and of.is_fixed and item is not None and "in use" in item.text(0)
        if item is None or of is None:
            why = "No plan is chosen in the table"
        else:
            why = "The workload keeps this plan already" if in_use else ""
        self.take.setEnabled(not why)
        self.take.setToolTip(why or "Keep this plan, whatever else is found later")
        can_free = of is not None and names_any(of.result.workload.job)
        self.free.setEnabled(can_free)
        self.free.setToolTip(
            "Leave all degrees to the search" if can_free else "All degrees are left to the search already"
        )

    # What is asked.

    def use(self) -> None:
        """Ask to keep the plan that is chosen in the table."""
        item, of = self.ways.currentItem(), self._of
        if item is not None and of is not None and of.result.model is not None and self.take.isEnabled():
            self.plan_asked.emit(parameters_of(item.data(0, ROW), of.result.model))

    def free_plan(self) -> None:
        """Ask to leave the plan to the search."""
        freed: dict[str, Any] = {}
        self.plan_asked.emit(freed)


def _held_by(step: StepResult) -> tuple[Mapping[str, float], float]:
    return {name: float(value) for name, value in step.memory._asdict().items()}, step.capacity_bytes


def _memory_of(found: WorkloadResult) -> tuple[Mapping[str, float], float]:
    """Return the parts of the memory of the fullest accelerator, and what there is."""
    if found.training is not None:
        return _held_by(found.training.step)
    if found.serving is not None and found.serving.memory is not None and found.cluster is not None:
        kept = found.serving.memory
        parts = {name: float(getattr(kept, name)) for name in ("weights", "cache", "activations", "reserve")}
        return parts, found.cluster.memory_gb * 1e9
    return {}, 0.0
