"""Another person's changes to this design taken in: from what both started, what comes, what conflicts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QTabWidget, QTreeWidgetItem, QWidget

from core.editing.issuing import project_of
from core.errors import CagenutError
from core.explore.merging import Conflict, Merge, Side, Where, common_issues, merge
from core.files.project_file import load
from core.model.project import Project
from desktop.background import Background
from desktop.document import Document
from desktop.filing import FILTER
from desktop.trees import ROW, head, line, tree
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from core.engine.record_changes import ChangeRow

SIDES: dict[Side, str] = {"ours": "Mine", "theirs": "Theirs"}
TAKE = 5
"""Column of the side that is taken."""


class MergeDialog(QDialog):
    """Reads the other design, asks for every conflict, and takes the changes in as one step."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Merge")
        self.resize(980, 640)
        self._document = document
        self._background = Background(self)
        self._theirs: Project | None = None
        self._base: Project | None = None
        self._name = ""
        self.choices: dict[Where, Side] = {}
        self.found: Merge | None = None
        self._file = label("No file yet", "faint")
        self.base = QComboBox()
        self.base.setAccessibleName("What both started from")
        self.base.setMinimumContentsLength(24)
        self.base.activated.connect(lambda _: self._take_base())
        self._about = label(role="faint", wrap=True)
        self._problem = label(role="error", wrap=True)
        self.coming, self.conflicts = tree("What comes in"), tree("Conflicts")
        self.broken = tree("References that lead nowhere")
        self.conflicts.itemActivated.connect(lambda item, _: self._turn(item))
        self.conflicts.itemClicked.connect(lambda item, at: self._turn(item) if at == TAKE else None)
        self.tabs = QTabWidget()
        for shown in (self.conflicts, self.coming, self.broken):
            self.tabs.addTab(shown, shown.accessibleName())
        self.go = button("Merge", self.accept, primary=True)
        let_ctrl_enter(self, self.go)
        top = row(
            button("Their file …", self.ask_theirs, icon_name="open"), self._file,
            label("Both started from"), self.base, None,
        )  # fmt: skip
        sides = row(
            button("All mine", lambda: self.take_all("ours")),
            button("All theirs", lambda: self.take_all("theirs")),
            label("A click on Take, or Enter, takes the other side.", "faint"), None,
        )  # fmt: skip
        end = row(self._problem, button("Cancel", self.reject), self.go)
        end.setStretch(0, 1)
        self.setLayout(column(top, self._about, self.tabs, sides, end, margins=(16, 14, 16, 14), gap=10))
        self._fill_base()
        self._show()

    @property
    def problem(self) -> str:
        """Why something was not read or merged."""
        return self._problem.text()

    # What is merged.

    def ask_theirs(self) -> None:
        """Choose the other design."""
        path, _ = QFileDialog.getOpenFileName(self, "Merge changes from", "", FILTER)
        if path:
            self.read(Path(path))

    def read(self, path: Path) -> None:
        """Read the other design beside the window."""
        self._problem.setText("")
        self._about.setText(f"Reading {path.name} …")
        self._background.run(lambda: load(path)[0], partial(self._read, path))

    def _read(self, path: Path, found: Project | None, error: BaseException | None) -> None:
        if isinstance(error, CagenutError | OSError):
            self._problem.setText(str(error))
            self._about.setText("")
            return
        if error is not None:
            raise error
        self._theirs, self._name = found, path.stem
        self._file.setText(path.name)
        self._fill_base()

    def _fill_base(self) -> None:
        """List the issues that both designs have, the latest first, and a file."""
        self.base.clear()
        if self._theirs is not None:
            for one in common_issues(self._document.project, self._theirs):
                self.base.addItem(f"Revision {one.number}, {one.date}", one.id)
        self.base.addItem("Another file …", "")
        self.base.setEnabled(self._theirs is not None)
        self._base = None
        if self._theirs is not None and self.base.count() > 1:
            self._take_base()
        else:
            self._merge()

    def _take_base(self) -> None:
        chosen = self._document.project.revisions.get(self.base.currentData() or "")
        self._base = None
        if chosen is not None:
            try:
                self._base = project_of(chosen)
            except CagenutError as error:
                self._problem.setText(sentence(str(error)))
            self._merge()
            return
        path, _ = QFileDialog.getOpenFileName(self, "What both started from", "", FILTER)
        if path:
            self.read_base(Path(path))

    def read_base(self, path: Path) -> None:
        """Take the design of a file as what both started from."""
        try:
            self._base = load(path)[0]
        except (CagenutError, OSError) as error:
            self._problem.setText(str(error))
            return
        self.base.setItemText(self.base.count() - 1, path.name)
        self.base.setCurrentIndex(self.base.count() - 1)
        self._merge()

    def _merge(self) -> None:
        """Merge as chosen so far; the window waits for it, as nothing else can be edited meanwhile."""
        self.found = None
        if self._theirs is not None and self._base is not None:
            self._problem.setText("")
            try:
                self.found = merge(self._base, self._document.project, self._theirs, self.choices)
            except CagenutError as error:
                self._problem.setText(sentence(str(error)))
        self._show()

    # What is shown.

    def _show(self) -> None:
        at = self.conflicts.indexOfTopLevelItem(self.conflicts.currentItem())
        for shown in (self.conflicts, self.coming, self.broken):
            shown.clear()
        head(self.conflicts, "What", "Name", "Field", "Mine", "Theirs", "Take", left=range(1, 6), wide=1)
        head(self.coming, "Change", "What", left=(1,), wide=1)
        head(self.broken, "Reference", wide=0)
        found = self.found
        if found is not None:
            for one in found.conflicts:
                self.conflicts.addTopLevelItem(self._conflict(one))
            for change in self._changes(found):
                self.coming.addTopLevelItem(line(sentence(change.kind), change.words, left=(1,)))
            for words in found.problems:
                self.broken.addTopLevelItem(line(words))
            if 0 <= at < self.conflicts.topLevelItemCount():
                self.conflicts.setCurrentItem(self.conflicts.topLevelItem(at))
        self._say()

    def _changes(self, found: Merge) -> tuple[ChangeRow, ...]:
        from core.engine.comparison import changes_between, fold

        return fold(changes_between(self._document.project, found.project))

    def _conflict(self, one: Conflict) -> QTreeWidgetItem:
        from core.engine.record_changes import NOUNS

        side = self.choices.get(one.where)
        field = one.field.replace("_", " ") or "all of it"
        return line(
            NOUNS.get(one.table, one.table), one.name, field, one.ours, one.theirs,
            SIDES[side] if side else "choose", left=range(1, 6), of=one,
        )  # fmt: skip

    def _say(self) -> None:
        found = self.found
        counts = (
            self.conflicts.topLevelItemCount(), self.coming.topLevelItemCount(),
            self.broken.topLevelItemCount(),
        )  # fmt: skip
        for at, (shown, count) in enumerate(
            zip((self.conflicts, self.coming, self.broken), counts, strict=True)
        ):
            self.tabs.setTabText(at, f"{shown.accessibleName()} ({count})")
        self.go.setEnabled(found is not None and found.is_done and bool(counts[1]))
        if self._theirs is None:
            words = "Choose the file of the other person; both designs must come from the same one."
        elif self._base is None:
            words = "No issue is in both designs. Choose the file that both started from."
        elif found is None:
            words = ""
        elif found.open:
            words = f"{len(found.open)} to decide: choose a side for each."
        elif found.problems:
            words = "What one removed the other uses: take the other side of the conflicts, or mend it first."
        elif not counts[1]:
            words = "Nothing of theirs is new here."
        else:
            words = f"{found.taken} records come from {self._name}. One undo takes all of it back."
            if found.left:
                words += f" Revision {', '.join(found.left)} stays in their file: it issued another state."
        self._about.setText(words)

    # Sides.

    def _turn(self, item: QTreeWidgetItem) -> None:
        """Take the other side of a conflict; of one that is not decided, theirs."""
        one = item.data(0, ROW)
        if isinstance(one, Conflict):
            self.choices[one.where] = "ours" if self.choices.get(one.where) == "theirs" else "theirs"
            self._merge()

    def take_all(self, side: Side) -> None:
        """Take one side of every conflict."""
        if self.found is not None:
            self.choices.update((one.where, side) for one in self.found.conflicts)
            self._merge()

    def accept(self) -> None:
        """Take the changes in as one step."""
        found = self.found
        if found is None or not found.is_done:
            return
        edit = self._document.edit(f"Merge {self._name}")
        try:
            found.fill(edit)
            self._document.commit_edit(edit)
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return
        super().accept()

    def done(self, result: int) -> None:
        """End the thread; Escape, Cancel and Merge come here."""
        self._background.close()
        super().done(result)
        self.deleteLater()
