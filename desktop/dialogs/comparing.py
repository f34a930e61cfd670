"""The open design beside others: figures, pieces, and what was added, removed, moved and changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QProgressBar,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.editing.issuing import project_of
from core.errors import CagenutError
from core.files.project_file import load
from core.model.project import Project
from desktop.background import Background
from desktop.dialogs.comparison_tables import name_columns, new_line, new_table, spread_names
from desktop.document import Document
from desktop.evaluation import LiveEvaluation
from desktop.filing import FILTER
from desktop.jobs import CancelledError, Job
from desktop.views.change_marking import ChangeMarking
from desktop.views.change_places import Place, place_of
from desktop.widgets import button, column, label, row, sentence

if TYPE_CHECKING:
    from core.engine.comparison import Comparison, Named
    from core.engine.record_changes import ChangeRow

_ROW = Qt.ItemDataRole.UserRole
LOOK_MS = 80
"""Time from one look at the work to the next."""
THIS = "This design"


class ComparingDialog(QDialog):
    """Holds the open design against files and revisions; the first that is added is what counts as before.

    It stays open beside the drawings, which mark what differs: what is double-clicked is shown there.
    """

    shown = Signal(object)
    """Carries the `Place` that was shown in the drawings."""

    def __init__(
        self,
        document: Document,
        live: LiveEvaluation,
        marking: ChangeMarking,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare")
        self.resize(900, 620)
        self._document, self._live = document, live
        self._marking = marking
        self._background = Background(self)
        self._job: Job | None = None
        self._watch = QTimer(self)
        self._watch.setInterval(LOOK_MS)
        self._watch.timeout.connect(self._advance)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("How far the evaluation is")
        self.progress.setFixedWidth(240)
        self.cancel = button("Cancel", self.cancel_work)
        self.others: list[Named] = []
        self.found: Comparison | None = None
        self.revision = QComboBox()
        self.revision.setAccessibleName("Revision to compare with")
        for one in sorted(document.project.revisions.values(), key=lambda r: (r.date, r.number)):
            self.revision.addItem(f"Revision {one.number}, {one.date}", one.id)
        self._take = button("Add revision", self.add_revision)
        for widget in (self.revision, self._take):
            widget.setVisible(self.revision.count() > 0)
        self.everything = QCheckBox("Show what is the same")
        self.everything.toggled.connect(lambda _: self._show())
        self._about = label(role="faint", wrap=True)
        self._problem = label(role="error", wrap=True)
        self.figures, self.pieces = new_table("Figures"), new_table("Pieces")
        self.changes = new_table("Changes")
        self.changes.itemActivated.connect(lambda item, _: self._go(item))
        self.tabs = QTabWidget()
        for tree in (self.figures, self.pieces, self.changes):
            self.tabs.addTab(tree, tree.accessibleName())
        head = row(
            button("Add file …", self.ask_file, icon_name="open"),
            self.revision, self._take, button("Clear", self.clear), None, self.everything,
        )  # fmt: skip
        self.marks = QCheckBox("Mark in the drawings")
        self.marks.setChecked(marking.is_shown)
        self.marks.toggled.connect(marking.show_marks)
        self.back = button("Previous", lambda: marking.go(-1))
        self.back.setToolTip("Show the change before in the drawing (Shift+F4)")
        self.next = button("Next", lambda: marking.go(1))
        self.next.setToolTip("Show the next change in the drawing (F4)")
        for key, step in (("F4", self.next), ("Shift+F4", self.back)):
            QShortcut(QKeySequence(key), self, step.click)
        about = row(self._about, self.progress, self.cancel)
        about.setStretch(0, 1)
        end = row(
            self.marks, self.back, self.next, self._problem, None, button("Close", self.close)
        )  # fmt: skip
        self.setLayout(column(head, about, self.tabs, end, margins=(16, 14, 16, 14), gap=10))
        live.finished.connect(self._compare)
        marking.changed.connect(self._follow)
        marking.went.connect(self._went)
        self._show_work()
        self._compare()

    @property
    def problem(self) -> str:
        """Why something was not added or is not shown."""
        return self._problem.text()

    # What is compared.

    def ask_file(self) -> None:
        """Add a file that is chosen."""
        path, _ = QFileDialog.getOpenFileName(self, "Compare with", "", FILTER)
        if path:
            self.add_file(Path(path))

    def add_file(self, path: Path) -> None:
        """Add the design of a file; it is read and evaluated beside the window."""
        self._add(path.stem, lambda: load(path)[0])

    def add_revision(self) -> None:
        """Add the design as the revision that is chosen issued it."""
        chosen = self._document.project.revisions.get(self.revision.currentData())
        if chosen is not None:
            self._add(f"Revision {chosen.number}", lambda: project_of(chosen))

    def clear(self) -> None:
        """Compare with nothing."""
        self.cancel_work()
        self.others.clear()
        self._compare()

    def _add(self, name: str, read: Callable[[], Project]) -> None:
        self.cancel_work()
        job = self._job = Job()

        def work() -> Named:
            from core.engine.comparison import Named
            from core.engine.evaluation import evaluate

            job(0, 1, f"Reading {name}")
            project = read()
            return Named(name, project, evaluate(project, job))

        self._problem.setText("")
        self._about.setText(f"Evaluating {name} …")
        self._watch.start()
        self._background.run(work, lambda made, error: self._added(job, made, error))
        self._show_work()

    def _added(self, job: Job, made: Named | None, error: BaseException | None) -> None:
        if job is not self._job:
            return  # it was cancelled
        self._job = None
        self._show_work()
        if isinstance(error, CagenutError | OSError):
            self._problem.setText(str(error))
        elif error is not None and not isinstance(error, CancelledError):
            raise error
        elif made is not None:
            self.others.append(made)
        self._compare()

    def cancel_work(self) -> None:
        """Give up what is being evaluated; what is compared stays."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._show_work()
            self._compare()

    @property
    def is_working(self) -> bool:
        return self._job is not None

    def _show_work(self) -> None:
        for made in (self.progress, self.cancel):
            made.setVisible(self.is_working)
        if not self.is_working:
            self._watch.stop()

    def _advance(self) -> None:
        if self._job is not None:
            self.progress.setMaximum(max(self._job.total, 1))
            self.progress.setValue(self._job.done)
            self.progress.setFormat(f"{self._job.text}  %p %")

    def _compare(self, _: object = None) -> None:
        """Compare again: with another design, or after an edit of this one."""
        from core.engine.comparison import Named, compare

        outcome = self._live.outcome
        self.found = None
        if not self.others:
            self._about.setText("Add a file or a revision; the first one counts as before.")
        elif outcome is None or not self._live.is_current:
            self._about.setText("Waiting for the results of this design …")
        else:
            this = Named(THIS, self._document.project, outcome.evaluation)
            self.found = compare([*self.others, this])
            self._about.setText(f"Against {self.others[0].name}. Double-click a change to go there.")
        if self.found is not None and self.found.related[-1]:
            self._marking.show_against(self.others[0], self.found.changes[-1])
        elif not self.others:
            self._marking.show_against(None)
        self._show()
        self._follow()

    def _follow(self) -> None:
        """Show what the marking shows."""
        self.marks.setChecked(self._marking.is_shown)
        reason = self._marking.why_not_go()
        for made in (self.marks, self.back, self.next):
            made.setEnabled(not reason)

    # What is shown.

    def _show(self) -> None:
        for tree in (self.figures, self.pieces, self.changes):
            tree.clear()
            tree.setHeaderHidden(self.found is None)
        found = self.found
        if found is None:
            return
        first, *others = found.names
        name_columns(
            self.figures, "Figure", *found.names, *(f"{n}: {w}" for n in others for w in ("more", "times"))
        )
        for one in found.figures:
            if one.is_same and not self.everything.isChecked():
                continue
            more = []
            for at in range(1, len(found.names)):
                more += [one.difference_text(at), one.ratio_text(at)]
            values = (text or "unknown" for text in one.texts)
            item = new_line(one.label, *values, *more)
            for at in range(1, len(found.names)):
                if not one.is_sure(at):
                    for column in (len(found.names) + 2 * at - 1, len(found.names) + 2 * at):
                        item.setToolTip(column, "~: of what is known. The two lack different inputs.")
            self.figures.addTopLevelItem(item)
        name_columns(self.pieces, "Type", *found.names)
        for piece in found.bill:
            self.pieces.addTopLevelItem(new_line(piece.name, *(f"{count:,}" for count in piece.counts)))
        for tree in (self.figures, self.pieces):
            spread_names(tree)
        self._show_changes(found, first)
        for at, tree in enumerate((self.figures, self.pieces, self.changes)):
            self.tabs.setTabText(at, f"{tree.accessibleName()} ({self._number(tree)})")

    def _number(self, tree: QTreeWidget) -> int:
        tops = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
        return sum(top.childCount() for top in tops) if tree is self.changes else len(tops)

    def _show_changes(self, found: Comparison, first: str) -> None:
        name_columns(self.changes, "Change", "What")
        for name, rows, related in zip(found.names[1:], found.changes, found.related, strict=True):
            why = "" if related else "not of the same project: compared by figures and pieces alone"
            top = QTreeWidgetItem([f"{name} against {first}", why if why or rows else "nothing"])
            for one in rows:
                item = QTreeWidgetItem([sentence(one.kind), one.words])
                item.setToolTip(1, one.words)
                if name == THIS:
                    item.setData(0, _ROW, one)
                top.addChild(item)
            self.changes.addTopLevelItem(top)
            top.setExpanded(True)

    def _go(self, item: QTreeWidgetItem) -> None:
        """Show what changed in the drawing; of what is gone the place where it stood."""
        one = item.data(0, _ROW)
        if one is not None and one in self._marking.rows:
            self._marking.look_at(self._marking.rows.index(one))

    def _went(self, one: ChangeRow) -> None:
        """Follow to the change that is looked at, and say if it is in no drawing."""
        for at in range(self.changes.topLevelItemCount()):
            top = self.changes.topLevelItem(at)
            for k in range(top.childCount()):
                if top.child(k).data(0, _ROW) is one:
                    self.changes.setCurrentItem(top.child(k))
        place = self.place(one)
        self._problem.setText("" if place.shown else "It has no place in the drawings")
        self.shown.emit(place)

    def place(self, one: ChangeRow) -> Place:
        """Return where a change is to be seen."""
        return place_of(one, self.others[0].project, self._document.project)

    def done(self, result: int) -> None:
        """End the thread; Escape and closing come here."""
        self._live.finished.disconnect(self._compare)
        self._marking.changed.disconnect(self._follow)
        self._marking.went.disconnect(self._went)
        self._marking.show_against(None)
        if self._job is not None:
            self._job.cancel()
        self._background.close()
        super().done(result)
        self.deleteLater()
