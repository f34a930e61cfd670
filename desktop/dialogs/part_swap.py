"""What may take the place of a part: whether it fits, what it does to every figure, and the swap itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QTabWidget, QTreeWidgetItem, QWidget

from core.errors import CagenutError
from core.explore.part_swap import ASPECTS, Swap, swap
from core.model.change import Edit
from core.model.records import Alternate
from core.model.types import DeviceType
from core.units import number_text, show
from desktop.dialogs.misfits import MisfitsDialog
from desktop.dialogs.patience import Progress
from desktop.swap_trials import SwapTrials
from desktop.trees import ROW, head, line, tree
from desktop.widgets import button, column, label, row, sentence

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.explore.supplier_loss import Stopped
    from desktop.main_window import MainWindow

LEFT = range(1, 4 + len(ASPECTS))
"""Columns of words."""
NAMED, OFFERED, TRIED = "named", "of the catalogue", "chosen here"


class SwapPanel(QWidget):
    """Candidates for the place of one part, each tried by the engine beside the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._trials = SwapTrials(self, self._show)
        self._of: Evaluation | None = None
        self._line: Stopped | None = None
        self._extra: dict[str, list[str]] = {}
        """Types that were chosen here, by the part whose place they may take."""
        self._head = label(role="section")
        self.other = QComboBox()
        self.other.setAccessibleName("Another type to try")
        self.other.setEditable(True)
        self.other.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.other.setMinimumContentsLength(26)
        self.other.activated.connect(lambda _: self.add_other())
        self.candidates = tree("What may take its place")
        self.candidates.currentItemChanged.connect(lambda *_: self._show_chosen())
        self.figures, self.obstacles = tree("Figures that change"), tree("What speaks against it")
        self.tabs = QTabWidget()
        self.tabs.addTab(self.figures, "Figures")
        self.tabs.addTab(self.obstacles, "What speaks against it")
        self._state = label(role="faint", wrap=True)
        self._cancel = button("Cancel", self.cancel)
        self.name_it = button("Name as alternate", self.name_alternate)
        self.go = button("Swap in the design", self.swap, primary=True)
        top = row(self._head, None, label("Try another"), self.other)
        end = row(self._state, self._cancel, None, self.name_it, self.go)
        end.setStretch(0, 1)
        self.setLayout(column(top, self.candidates, self.tabs, end, margins=(4, 6, 4, 4)))

    # What is tried.

    def show_evaluation(self, of: Evaluation) -> None:
        """Take another state of the design as the one before the swap."""
        self._of = of
        self._trials.forget()

    def show_line(self, stopped: Stopped | None) -> None:
        """Look for what may take the place of a part."""
        is_same = self._line is not None and stopped is not None and _id(self._line) == _id(stopped)
        if not is_same:
            self._trials.forget()
        self._line = stopped
        self._fill_other()
        self._head.setText(
            "IN ITS PLACE" if stopped is None else f"IN PLACE OF {stopped.line.type.name.upper()}"
        )
        self._start()
        self._show()

    @property
    def tried(self) -> dict[str, Swap | str]:
        """What came of each candidate that was tried, or why it cannot be."""
        return self._trials.tried

    def _names(self) -> list[str]:
        if self._line is None:
            return []
        extra = self._extra.get(_id(self._line), [])
        return list(dict.fromkeys((*self._line.line.alternates, *extra, *self._line.offered)))

    def add_other(self) -> None:
        """Try the type that was chosen or typed in full."""
        name = self.other.currentData()
        if (
            self._line is None
            or name is None
            or self.other.currentText() != self.other.itemText(self.other.currentIndex())
        ):
            return
        known = self._extra.setdefault(_id(self._line), [])
        if name not in self._names():
            known.append(name)
        self._start()
        self._show(name)

    def _start(self) -> None:
        document = self._window.document
        if self._of is None or self._line is None or document is None:
            self._trials.cancel()
        elif isinstance(self._line.line.type, DeviceType):
            self._trials.start(
                document.project, self._of, self._window.library, _id(self._line), self._names()
            )

    def cancel(self) -> None:
        """Try no more; what was tried stays."""
        self._trials.cancel()
        self._show()

    def close_down(self) -> None:
        """End the thread."""
        self._trials.close()

    # What is shown.

    def _fill_other(self) -> None:
        self.other.clear()
        if self._line is None:
            return
        mine = self._line.line.type
        alike = [one for one in self._window.library if type(one) is type(mine) and one.id != mine.id]
        if isinstance(mine, DeviceType):
            alike.sort(key=lambda one: (getattr(one, "kind", "") != mine.kind, one.name))
        for one in alike:
            if getattr(one, "kind", "") != "module" or getattr(mine, "kind", "") == "module":
                self.other.addItem(one.name, one.id)
        self.other.setCurrentIndex(-1)
        edit = self.other.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("Type of the catalogue")

    def _show(self, current: str = "") -> None:
        wanted = current or self.chosen
        self.candidates.blockSignals(True)
        self.candidates.clear()
        names = ("Candidate", "Maker", "How known", *ASPECTS, "Brief", "Weeks", "Power", "Capital")
        head(self.candidates, *names, left=LEFT, wide=0)
        for name in self._names():
            item = self._candidate(name)
            self.candidates.addTopLevelItem(item)
            if name == wanted:
                self.candidates.setCurrentItem(item)
        if self.candidates.currentItem() is None:
            self.candidates.setCurrentItem(self.candidates.topLevelItem(0))
        self.candidates.blockSignals(False)
        self._cancel.setVisible(bool(self._trials.waiting))
        self._show_chosen()

    def _candidate(self, name: str) -> QTreeWidgetItem:
        spec, made = self._window.library.find(name), self._trials.tried.get(name)
        assert self._line is not None
        how = OFFERED if name in self._line.offered else TRIED
        if name in self._line.line.alternates:
            how = NAMED
        fits = [""] * (len(ASPECTS) + 1)
        power = capital = ""
        if isinstance(made, Swap):
            fits = [made.verdict(aspect) or "fits" for aspect in ASPECTS]
            fits.append("beyond" if made.over else "within")
            power, capital = _moved(made, "power_max_w"), "no price"
            if spec is not None and spec.price_low_usd is not None:
                capital = _moved(made, "capex_usd")
        elif isinstance(made, str):
            fits[0] = "not tried"
        elif name in self._trials.waiting:
            fits[0] = "…"
        weeks = "unknown" if spec is None or spec.lead_time_weeks is None else f"{spec.lead_time_weeks:g}"
        return line(
            spec.name if spec is not None else name, spec.maker if spec is not None else "", how, *fits,
            weeks, power, capital, left=LEFT, of=name,
        )  # fmt: skip

    @property
    def chosen(self) -> str:
        """Id of the candidate that is current."""
        item = self.candidates.currentItem()
        return "" if item is None else item.data(0, ROW)

    def _show_chosen(self) -> None:
        made = self._trials.tried.get(self.chosen)
        self.figures.clear()
        self.obstacles.clear()
        head(self.figures, "Figure", "Now", "After", "Times", wide=0)
        head(self.obstacles, "Aspect", "Why", left=(1,), wide=1)
        if isinstance(made, Swap):
            for one in made.differences:
                times = "" if one.ratio is None else f"x {number_text(one.ratio)}"
                self.figures.addTopLevelItem(line(one.before.label, one.before.text, one.after.text, times))
            for aspect, reasons in (*made.obstacles.items(), ("Brief", made.over)):
                for why in reasons:
                    words = why if aspect != "Brief" else f"{why} is beyond the brief"
                    self.obstacles.addTopLevelItem(line(aspect, words, left=(1,)))
            for aspect, facts in made.unknown.items():
                for what in facts:
                    self.obstacles.addTopLevelItem(line(aspect, f"Not known: {what}", left=(1,)))
        elif isinstance(made, str):
            self.obstacles.addTopLevelItem(line("Swap", sentence(made), left=(1,)))
        self.tabs.setTabText(0, f"Figures ({self.figures.topLevelItemCount()})")
        self.tabs.setTabText(1, f"What speaks against it ({self.obstacles.topLevelItemCount()})")
        self._say(made)

    def _say(self, made: Swap | str | None) -> None:
        names, is_named = self._names(), self._own() is not None
        self.go.setEnabled(isinstance(made, Swap) and bool(made.refit.changed))
        self.name_it.setEnabled(bool(self.chosen) and (is_named or not self._is_of_type()))
        self.name_it.setText("Remove alternate" if is_named else "Name as alternate")
        if self._trials.waiting:
            done = len(names) - len(self._trials.waiting)
            self._state.setText(f"Trying {done + 1} of {len(names)} …")
        elif self._line is None:
            self._state.setText("Choose a line that stops.")
        elif not names:
            self._state.setText("Nothing of the catalogue does the same. Try another type above.")
        elif not isinstance(self._line.line.type, DeviceType):
            self._state.setText(
                "Only devices are tried and swapped here; any type can be named as alternate."
            )
        elif isinstance(made, Swap):
            kept = made.refit
            self._state.setText(
                f"{len(kept.changed):,} drawn devices change, {len(kept.moved):,} move, "
                f"{len(kept.left):,} stay, {len(kept.misfits):,} connections are lost."
            )
        else:
            self._state.setText(sentence(made) if made else "Not tried.")

    # Edits.

    def _own(self) -> Alternate | None:
        """Return the record by which the project names the candidate."""
        document = self._window.document
        if document is None or self._line is None:
            return None
        records = document.project.rows("alternates").values()
        return next((one for one in records if (one.of, one.by) == (_id(self._line), self.chosen)), None)

    def _is_of_type(self) -> bool:
        return self._line is not None and self.chosen in self._line.line.type.alternates

    def name_alternate(self) -> None:
        """Name the candidate as an alternate in this project, or take its name away."""
        document, own = self._window.document, self._own()
        if document is None or self._line is None or not self.chosen:
            return
        edit = Edit(document.project, "Name an alternate" if own is None else "Remove an alternate")
        if own is not None:
            edit.remove("alternates", own.key)
        else:
            edit.put("alternates", Alternate(id=edit.new_id(""), of=_id(self._line), by=self.chosen))
        self._window.attempt(lambda: document.commit_edit(edit))

    def swap(self) -> None:
        """Put the candidate in the place of the part, everywhere, in one step."""
        document, made = self._window.document, self._trials.tried.get(self.chosen)
        if document is None or not isinstance(made, Swap):
            return
        spec = self._window.library.find(made.by)
        edit = document.edit(f"Swap for {spec.name if spec is not None else made.by}")
        try:
            with Progress(self, "Swapping …", "Swap", "nothing was swapped") as progress:
                refit = swap(edit, self._window.library, made.of, made.by, progress.each)
            words = (
                f"{len(refit.changed):,} drawn devices swapped, {len(refit.misfits):,} connections removed"
            )
            report = MisfitsDialog(self._window, edit.label, words, refit, document.project)
            done = document.commit(edit.change())
        except CagenutError as error:
            self._state.setText(sentence(str(error)))
            return
        if done and (refit.misfits or refit.left):
            report.show()


def _id(stopped: Stopped) -> str:
    return stopped.line.type.id


def _moved(made: Swap, name: str) -> str:
    """Return by how much a figure changes, with its sign."""
    one = next((one for one in made.differences if one.before.name == name), None)
    if one is None:
        return "same"
    if one.before.value is None or one.after.value is None or not one.before.is_comparable(one.after):
        return "unknown"
    more = one.after.value - one.before.value
    return f"{'+' if more > 0 else ''}{show(more, one.after.unit)}"
