"""Cord selected racks: every supply with its outlet, and what it survives, before anything is laid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
)

from core.editing.cabling.patterns import standing_devices
from core.editing.laying.cord_laying import lay_cords
from core.editing.laying.cord_plan import ORIGINS, Choice, CordPlan, summary, verdicts
from core.editing.laying.cord_schemes import SCHEMES
from core.editing.routes import counted
from core.errors import CagenutError
from core.explore.cord_loads import CordLoads, cord_loads, snapshot_of
from core.model.change import Edit
from desktop.background import Background
from desktop.dialogs.cording_tables import CORD_COLUMNS, LOAD_COLUMNS, cord_lines, load_lines, table_of
from desktop.dialogs.cording_words import marked, other_copies, said_of_loads
from desktop.dialogs.patience import Progress
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MOST_SIDES = 10
"""Sides that can be chosen one by one; more are used all."""
MOST_WORDS = 5
"""Sentences of what survives; of more the first."""


class CordingDialog(QDialog):
    """How supplies are spread, what comes of it, and one button that lays it as one step."""

    def __init__(self, window: MainWindow, paths: Sequence[str]) -> None:
        super().__init__(window)
        self.setWindowTitle("Cord racks")
        self.resize(1120, 700)
        document = window.document
        assert document is not None
        self._document, self._library, self._paths = document, window.library, list(paths)
        self._busy = False
        self._names: dict[str, str] = {}
        self._background = Background(self)
        self._newest: list[CordPlan | None] = [None]
        """The plan that is to be weighed: the thread leaves older ones out."""
        self._before = snapshot_of(document.project)
        self._edit: Edit | None = None
        self._stamp = -1
        self.plan = CordPlan()
        self.last: CordPlan | None = None
        """The plan that was shown before the last choice."""
        self.loads: CordLoads | None = None
        self._sides: dict[str, QCheckBox] = {}
        self._chosen: tuple[str, ...] | None = None
        self._make()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.preview)
        self.preview()
        (self.go if self.go.isEnabled() else self.replace).setFocus()

    def _make(self) -> None:
        self.scheme, self.origin = QComboBox(), QComboBox()
        for box, name, words in (
            (self.scheme, "Spread supplies", SCHEMES),
            (self.origin, "Feed from", ORIGINS),
        ):
            box.setAccessibleName(name)
            for key, text in words.items():
                box.addItem(text, key)
            box.activated.connect(lambda _: self._choose())
        self.replace = QCheckBox("Replace the cords that are there")
        self.replace.toggled.connect(lambda _: self._choose())
        self._side_row = row(gap=12)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for line, (text, widget) in enumerate((("Spread supplies", self.scheme), ("Feed from", self.origin))):
            grid.addWidget(label(text, "faint"), line, 0)
            grid.addWidget(widget, line, 1)
        self._sources_name = label("Sources", "faint")
        grid.addWidget(self._sources_name, 0, 2)
        grid.addLayout(self._side_row, 0, 3)
        grid.addWidget(self.replace, 1, 3)
        grid.setColumnStretch(4, 1)
        self.words = label(wrap=True)
        self.said = QFrame()
        self._said = QVBoxLayout(self.said)
        self._said.setContentsMargins(0, 0, 0, 0)
        self._said.setSpacing(4)
        self.cords, self.cord_view = table_of(CORD_COLUMNS, "Cords", self)
        self.parts, self.load_view = table_of(LOAD_COLUMNS, "Loads", self)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.cord_view, "Cords")
        self.tabs.addTab(self.load_view, "Loads")
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.only_wrong = QCheckBox("Only what cannot be fed")
        self.only_wrong.toggled.connect(lambda _: self._fill())
        self.go = button("Cord", self.cord, icon_name="power", primary=True)
        self.go.setDefault(True)
        let_ctrl_enter(self, self.go)
        self.setLayout(
            column(
                grid,
                self.words,
                self.said,
                self.tabs,
                row(self.only_wrong, None, button("Cancel", self.reject), self.go),
                gap=10,
                margins=(16, 14, 16, 14),
            )
        )

    # What is asked for.

    @property
    def choice(self) -> Choice:
        """What the fields say."""
        return Choice(
            self._chosen, self.scheme.currentData(), self.replace.isChecked(), self.origin.currentData()
        )

    def choose_sides(self, keys: Sequence[str]) -> None:
        """Use some of the sources alone."""
        for key, box in self._sides.items():
            box.setChecked(key in keys)
        self._choose()

    def _choose(self) -> None:
        on = tuple(key for key, box in self._sides.items() if box.isChecked())
        # None ticked would feed nothing: then all are used, as the boxes say again.
        self._chosen = on if on and len(on) < len(self._sides) else None
        self._later.start(0)

    def _list_sides(self) -> None:
        """Show a box for each source that supplies can be spread over."""
        keys = [side.key for side in self.plan.offered]
        if keys != list(self._sides):
            while self._side_row.count():
                item = self._side_row.takeAt(0)
                widget = item.widget() if item is not None else None
                if widget is not None:
                    widget.deleteLater()
            self._sides = {}
            for side in self.plan.offered[:MOST_SIDES] if len(keys) <= MOST_SIDES else ():
                box = QCheckBox(side.name)
                box.setAccessibleName(f"Source {side.name}")
                box.setToolTip("" if side.sources else "No source is drawn behind it")
                self._sides[side.key] = box
                self._side_row.addWidget(box)
                box.setChecked(True)
                box.clicked.connect(lambda _: self._choose())
            if len(keys) > MOST_SIDES:
                self._side_row.addWidget(label(f"all {len(keys):,}"))
        for key, box in self._sides.items():
            box.blockSignals(True)
            box.setChecked(self._chosen is None or key in self._chosen)
            box.blockSignals(False)
        self._sources_name.setVisible(bool(keys))

    # The preview.

    def preview(self) -> None:
        """Work out what would be laid, and show it."""
        if self._busy:
            return
        problem = self._work(self._lay)
        self._list_sides()
        self.loads = None
        self.parts.show([])
        self._say(problem)
        self._fill()
        fresh = len(self.plan.of("new"))
        self.go.setText(f"Cord {fresh:,}" if fresh else "Cord")
        self.go.setEnabled(fresh > 0)
        self.go.setToolTip("" if fresh else problem or "Every supply that can be fed is fed already")
        if self._edit is not None and not problem:
            self._weigh(self._edit, self.plan)

    def _lay(self, tick: Any) -> None:
        document, before = self._document, self.plan
        self._edit, self.plan = None, CordPlan()
        edit = document.edit("Cord racks", *self._holders())
        plan = lay_cords(edit, self._library, document.top, self._paths, self.choice, tick=tick)
        self._stamp = document.project.stamp
        self._edit, self.plan = edit, plan
        self.last = before if before.cords else None

    def _holders(self) -> list[str]:
        """Return the racks that are altered, if they are to be made unique."""
        if not self._document.only_this:
            return []
        found = standing_devices(self._document.project, self._document.top, self._paths)
        return list(dict.fromkeys(at.path.rpartition("/")[0] for at in found))

    def _work(self, act: Any) -> str:
        """Do something that may take long, with progress and cancel; return what went wrong."""
        self._busy = True
        progress = Progress(self, "Cording …", "Cord racks", "nothing was corded")
        try:
            act(progress.tick)
        except CagenutError as error:
            return sentence(str(error))
        finally:
            progress.close()
            self._busy = False
        return ""

    def _weigh(self, edit: Edit, plan: CordPlan) -> None:
        """Let the engine say what the plan does to PDUs, banks and lines; it is shown when it is known."""
        before, after, newest = self._before, snapshot_of(edit), self._newest
        newest[0] = plan

        def work() -> CordLoads | None:
            return cord_loads(before, after, plan) if newest[0] is plan else None

        def done(found: Any, error: BaseException | None) -> None:
            if plan is not self.plan:
                return
            if error is not None:
                raise error
            self.loads = found
            self._say("")
            self._fill()

        self._background.run(work, done)

    # What is shown.

    def _say(self, problem: str) -> None:
        self.words.setProperty("role", "error" if problem else "strong")
        self.words.style().polish(self.words)
        self.words.setText(problem or f"{sentence('; '.join(self._parts()))}.")
        while self._said.count():
            item = self._said.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        if problem:
            return
        names = {source.id: source.name or source.id for source in self._document.project.sources.values()}
        lines: list[tuple[str, str]] = [*verdicts(self.plan, names)]
        if self.loads is not None:
            lines.append(
                said_of_loads(
                    self.loads, lambda path: f"Source {names[path]}" if path in names else self._name(path)
                )
            )
        lines += [("info", sentence(note)) for note in self.plan.notes]
        for mark, text in lines[:MOST_WORDS]:
            self._said.addWidget(marked(mark, text))
        if len(lines) > MOST_WORDS:
            self._said.addWidget(label(f"and {len(lines) - MOST_WORDS:,} more", "faint"))

    def _parts(self) -> list[str]:
        parts = [summary(self.plan)]
        if self.last is not None:
            moved = len(self.plan.moved(self.last))
            parts += [f"{moved:,} change their source by your choice"] if moved else []
        others = other_copies(self._document, self.plan)
        if others:
            parts.append(f"{counted(others, 'other rack')} of the same drawings get the same cords inside")
        return parts

    def _fill(self) -> None:
        lines = cord_lines(self.plan, self.last, self.loads, self._name)
        wrong = [line for line in lines if line.state == "error"]
        self.only_wrong.setVisible(bool(wrong))
        if not wrong and self.only_wrong.isChecked():
            self.only_wrong.setChecked(False)
        self.cords.show(wrong if self.only_wrong.isChecked() else lines)
        for place, title in enumerate(CORD_COLUMNS):
            if title in ("Phase", "Bank"):
                self.cord_view.setColumnHidden(place, self.cords.is_bare(place))
        if self.loads is not None:
            names = {source.id: source.name for source in self._document.project.sources.values()}
            self.parts.show(load_lines(self.loads, self._name, names))
        over = 0 if self.loads is None else len(self.loads.over)
        self.tabs.setTabText(1, f"Loads ({over:,} over)" if over else "Loads")

    def _name(self, path: str) -> str:
        if path not in self._names:
            project = self._document.project
            self._names[path] = " / ".join(project.names_along(self._document.top, path)[-2:])
        return self._names[path]

    # The end.

    def cord(self) -> bool:
        """Lay the cords as one step, and close; if the project has changed, show the preview again."""
        if self._later.isActive() or self._stamp != self._document.project.stamp:
            self._later.stop()
            self.preview()
            return False
        edit, fresh = self._edit, len(self.plan.of("new"))
        if self._busy or edit is None or not fresh:
            return False
        edit.label = f"Cord {fresh:,} {'supply' if fresh == 1 else 'supplies'}"
        edit.notes.append(summary(self.plan))
        problem = self._work(lambda _: self._document.commit_edit(edit))
        if problem:
            self._say(problem)
            return False
        self.accept()
        return True

    def done(self, result: int) -> None:
        self._later.stop()
        self._newest[0], self.plan = None, CordPlan()
        # What is under way is not waited for; the thread ends after it.
        self._background.run(_nothing, lambda *_: self._background.close())
        super().done(result)


def _nothing() -> None:
    """Stand last in the queue."""
