"""Explore: variants of the open design, those that nothing beats, and one of them as a project."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QProgressBar, QSplitter

from core.errors import CagenutError
from core.explore.sweeps.choices import choices
from core.explore.sweeps.drafts import draft_of
from core.explore.sweeps.running import Outcome, open_point, stored
from core.explore.sweeps.sampling import points
from core.explore.sweeps.spec import Spec, read_spec
from core.explore.sweeps.store import prune
from core.explore.sweeps.variants import Plan, Point, key_of, plan_from, plan_of
from core.files import writing
from core.files.state import sweeps_folder, types_folder
from core.model.project import Project
from core.units import show
from desktop.background import Background
from desktop.dialogs.exploring.asked import Asked
from desktop.dialogs.exploring.front import Front
from desktop.dialogs.exploring.searching import Running, Searching
from desktop.widgets import button, column, label, panel, row, sentence

if TYPE_CHECKING:
    from core.engine.quantities import Quantity
    from desktop.document import Document
    from desktop.main_window import MainWindow

MOST_KEPT = 30
"""Searches whose points are kept, the latest."""
MOST_LOOKED_UP = 20_000
"""Points of a search up to which those that are there already are looked up before it begins."""


class ExploreWindow(QDialog):
    """The form on the left; chart and table of the points on the right."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Explore")
        self.resize(1240, 820)
        self._window = window
        self._spec: Spec | None = None
        self._plan: Plan | None = None
        self._folder = Path()
        self._quantities: dict[str, Quantity] = {}
        self.outcome: Outcome | None = None
        self.asked = Asked()
        self.searching = Searching(self)
        self.searching.found.connect(self._found)
        self.searching.ended.connect(self._ended)
        self._base = label(role="faint", wrap=True)
        self._building = Background(self)
        self.front = Front()
        self.front.opened.connect(self.open_point)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Progress of the search")
        self.progress.setTextVisible(False)
        self._state = label(role="faint", wrap=True)
        self._problem = label(role="error", wrap=True)
        self.go = button("Run", self.run, primary=True)
        self.stop = button("Cancel", self.searching.cancel)
        self.front.said.connect(self._state.setText)
        self.front.failed.connect(self._problem.setText)
        self._lay_out()
        self.asked.changed.connect(self._count)
        window.evaluation.finished.connect(self._offer)
        self.begin()

    def _lay_out(self) -> None:
        files = row(
            button("Read …", self.ask_read, icon_name="open"),
            button("Write …", self.ask_write, icon_name="save"),
            button("Start from the open design", self.begin), None,
        )  # fmt: skip
        left = panel()
        left.setLayout(
            column(label("DESIGN", "section"), self._base, files, self.asked, margins=(12, 10, 12, 10))
        )
        left.setMinimumWidth(400)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(self.front)
        both.setSizes([420, 820])
        foot = row(self._state, self.progress, self.stop, self.go, button("Close", self.close))
        foot.setStretch(0, 1)
        whole = column(both, self._problem, foot, margins=(12, 12, 12, 12))
        whole.setStretchFactor(both, 1)
        self.setLayout(whole)
        self.asked.add.setFocus()
        self._show_busy()

    # The design that is varied.

    def begin(self) -> None:
        """Start from the design that is open."""
        document = self._window.document
        if document is None or self.searching.is_busy:
            return
        self._project: Project | None = document.project
        self._document: Document | None = document
        self._title = document.name
        self._read_base: tuple[Spec, Path] | None = None
        self._base.setText(f"{self._title}, as it is when the search begins")
        self._offer()

    def _offer(self, _: object = None) -> None:
        outcome = self._window.evaluation.outcome
        document = self._window.document
        if outcome is None or document is None or document.project is not self._project:
            return
        every = outcome.evaluation.quantities
        self._quantities = {name: one for name, one in every.items() if one.value is not None}
        self.asked.offer(choices(document.project, self._window.library), self._quantities, every.keys())
        self.front.offer(self._quantities, {one.id: one.name for one in self._window.library})
        self._count()

    def _read(self) -> tuple[Spec, Plan]:
        """Return what is asked for.

        Raises
        ------
        CagenutError
            If it cannot be run.
        """
        draft = self.asked.draft
        types = (str(types_folder()),)
        if self._read_base is not None:
            read, folder = self._read_base
            kind, value = read.base
            spec = replace(draft, base=(kind, str(value))).read()
            return spec, plan_of(spec, folder, types)
        spec = draft.read()
        if self._project is None:
            raise CagenutError("no design is open", cure="Open one, then start from it")
        return spec, plan_from(spec, self._project, types)

    def _count(self) -> None:
        """Say how many points are asked for, or what is wrong with what is asked."""
        if self.searching.is_busy:
            return
        self._problem.setText("")
        draft = self.asked.draft
        self.go.setEnabled(bool(draft.varied))
        if not draft.varied:
            self._state.setText("Add what is to be varied, then Run.")
            return
        try:
            spec = draft.read()
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            self.go.setEnabled(False)
            self._state.setText("")
            return
        self._state.setText(f"{_size(spec):,} points")
        self.go.setText("Run")

    # Running.

    def run(self) -> None:
        """Compute the points that are not there yet."""
        if self.searching.is_busy:
            return
        self._problem.setText("")
        try:
            spec, plan = self._read()
        except CagenutError as error:
            self._problem.setText(sentence(str(error)))
            return
        self._spec, self._plan = spec, plan
        self._folder = sweeps_folder() / plan.key[:20]
        self.front.aim(spec)
        self.searching.start(Running(spec, plan, self._folder), self._there(spec, plan), _size(spec))
        self._show_busy()

    def _there(self, spec: Spec, plan: Plan) -> list[Point]:
        """Return the points of a search that were computed before."""
        if spec.method == "evolutionary" or _size(spec) > MOST_LOOKED_UP:
            return []
        try:
            known = {point.key: point for point in stored(spec, plan, self._folder).points}
        except (CagenutError, OSError):
            return []
        asked = (key_of(plan, values) for values in points(spec))
        return [known[key] for key in asked if key in known]

    def _show_busy(self) -> None:
        busy = self.searching.is_busy
        self.stop.setVisible(busy)
        self.progress.setVisible(busy)
        self.go.setVisible(not busy)
        self.asked.setEnabled(not busy)

    def _found(self, outcome: Outcome) -> None:
        self.outcome = outcome
        running = self.searching.running
        if running is not None:
            self.progress.setMaximum(max(running.total, 1))
            self.progress.setValue(running.done)
            left = "" if running.left_s is None else f", about {show(running.left_s, 's', digits=2)} to go"
            self._state.setText(f"{running.done:,} of {running.total:,} points{left}")
        self.front.show_outcome(outcome)

    def _ended(self, problem: str) -> None:
        self._show_busy()
        outcome = self.outcome
        if outcome is not None:
            done = len(outcome.points)
            size = _size(outcome.spec)
            is_whole = done >= size or outcome.spec.method == "evolutionary"
            # Of a search that was given up the front is that of the part that was computed.
            head = f"{done:,} points" if is_whole else f"{done:,} of {size:,} points are there"
            self._state.setText(
                f"{head}: {len(outcome.front):,} on the front, {len(outcome.broken):,} beyond a limit, "
                f"{outcome.failed:,} not built"
            )
            self.go.setText("Run" if is_whole or problem else "Resume")
        prune(sweeps_folder(), MOST_KEPT)
        self._problem.setText(sentence(problem))

    # Going on with a point.

    def open_point(self, point: Point) -> None:
        """Open a point as a project of its own."""
        if self._plan is None:
            return
        if point.failure:
            self._problem.setText(f"Point {point.number} could not be built: {point.failure}")
            return
        self._state.setText(f"Building point {point.number} …")
        self._building.run(partial(open_point, self._plan, point), partial(self._built, point))

    def _built(self, point: Point, project: object, error: BaseException | None) -> None:
        self._state.setText("")
        if isinstance(error, CagenutError):
            self._problem.setText(sentence(str(error)))
        elif error is not None:
            raise error
        elif isinstance(project, Project):
            self._window.filing.open_made(project, f"{self._title} point {point.number}")

    # Files of searches.

    def ask_read(self) -> None:
        """Read a search from a file."""
        name, _ = QFileDialog.getOpenFileName(self, "Read a search", "", "Searches (*.toml)")
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Read a search as `cagenut sweep` has it, with the design it starts from."""
        try:
            spec = read_spec(path.read_text("utf-8"), path.name)
            draft = draft_of(spec)
            plan_of(spec, path.resolve().parent, (str(types_folder()),))
        except (CagenutError, OSError, UnicodeDecodeError) as error:
            self._problem.setText(str(error))
            return
        self._read_base = (spec, path.resolve().parent)
        self._title = spec.name
        self._base.setText(f"{spec.base[0].capitalize()} {spec.base[1]}, as {path.name} says")
        self.asked.show_draft(draft)

    def ask_write(self) -> None:
        """Write the search to a file."""
        name, _ = QFileDialog.getSaveFileName(self, "Write the search", "", "Searches (*.toml)")
        if name:
            self.write(Path(name).with_suffix(".toml"))

    def write(self, path: Path) -> None:
        """Write the search so that `cagenut sweep` runs it."""
        document = self._document
        if self._read_base is not None:
            kind, value = self._read_base[0].base
            base = (kind, str(self._read_base[1] / value) if kind == "file" else str(value))
        elif document is not None and document.path is not None and not document.is_dirty:
            base = ("file", str(document.path))
        else:
            self._problem.setText(
                "Save the design first: the search names its file, and is run on what it holds."
            )
            return
        try:
            draft = replace(self.asked.draft, base=base, name=self._title)
            draft.read()
            writing.write_safely(path, draft.text().encode())
        except (CagenutError, OSError) as error:
            self._problem.setText(sentence(str(error)))
            return
        self._state.setText(f"Wrote {path}")

    def done(self, result: int) -> None:
        """End the search; finished points are kept. Escape and closing come here."""
        self._window.evaluation.finished.disconnect(self._offer)
        self.searching.close()
        self._building.close()
        super().done(result)
        self.deleteLater()


def _size(spec: Spec) -> int:
    """Return how many points a search has at most."""
    if spec.method != "grid":
        return spec.points
    size = 1
    for one in spec.parameters:
        size *= len(one.values) or int(one.high - one.low) + 1
    return size
