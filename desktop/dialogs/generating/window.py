"""Generate a fabric: what is asked for at the left, candidates at the right, the one chosen below them."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QProgressBar,
    QScrollArea,
    QSplitter,
    QWidget,
)

from core.editing.laying.request import request_of
from core.errors import CagenutError
from core.explore.candidates import Candidate
from core.fabrics.family import END_ROLES, ParameterError
from core.model.project import Project
from desktop.dialogs.generating.asked import Asked, Chosen, Edited, Imported, edited, started
from desktop.dialogs.generating.candidates import CandidatesPane
from desktop.dialogs.generating.chosen import Outcome, Preview
from desktop.dialogs.generating.computing import Computing
from desktop.dialogs.generating.parameters import ParameterForm
from desktop.dialogs.generating.placed import PlacedWords
from desktop.dialogs.generating.requirement import RequirementPanel
from desktop.dialogs.generating.sparing import spared
from desktop.dialogs.generating.trial import Trial, copied, summary
from desktop.dialogs.generating.trying import Shown, Trying
from desktop.widgets import button, column, label, let_ctrl_enter, panel, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

WAIT_MS = 250
"""How long after an edit of the requirement the candidates are made anew."""
_LEFT_PX, _FORM_PX = 318, 310
_CHOSEN_ROLES = frozenset(("storage", "manager", "support"))
"""Ends of a network that are devices of the catalogue too."""


class GenerateDialog(QDialog):
    """Stands beside the main window: the design can be edited meanwhile; what is placed is one step."""

    def __init__(self, window: MainWindow, fabric: str = "") -> None:
        super().__init__(window)
        document = window.document
        assert document is not None
        self.window_, self.document, self.library = window, document, window.library
        self.setWindowTitle("Generate fabric")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(min(1400, window.width() - 40), min(860, window.height() - 40))
        self.trial: Trial | None = None
        self._asked: Asked | None = None
        self._shown: Candidate | None = None
        self._first: dict[str, Any] | None = None
        """Parameters of the fabric that is generated again, until they are shown."""
        self._copy: Project | None = None
        self._is_proposing = self._is_placing = self._is_over_soon = self._is_over = False
        self._sparing = ExitStack()
        self._sparing.enter_context(spared())
        self.computing, self.trying = Computing(self.library, self), Trying(self.library, self)
        self.requirement = RequirementPanel(document, self.library)
        self.candidates, self.form = CandidatesPane(self._read_file), ParameterForm(self.library)
        self.table = self.candidates.table
        self.preview, self.outcome = Preview(), Outcome()
        self.state = label(role="faint")
        self.bar = QProgressBar()
        self.stop = button("Stop", self._stop)
        self.place_button = button("Place", self.place, icon_name="network", primary=True)
        self.place_button.setAutoDefault(False)  # Enter ends what is typed into a field; Ctrl+Enter places
        let_ctrl_enter(self, self.place_button)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self.propose)
        self._lay_out()
        self._wire()
        if fabric:
            self._begin_again(fabric)
        self.propose()

    # Putting together.

    def _lay_out(self) -> None:
        self.bar.setFixedWidth(140)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far the candidates are computed")
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.candidates)
        right.addWidget(self._below())
        right.setStretchFactor(0, 2)
        right.setStretchFactor(1, 3)
        right.setChildrenCollapsible(False)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(_scrolled(self.requirement, _LEFT_PX))
        both.addWidget(right)
        both.setStretchFactor(1, 1)
        both.setChildrenCollapsible(False)
        foot = panel("bar")
        foot.setLayout(
            row(self.bar, self.stop, self.state, None, button("Close", self.reject), self.place_button,
                margins=(12, 8, 12, 8))
        )  # fmt: skip
        whole = column(both, foot, gap=0)
        whole.setStretchFactor(both, 1)
        self.setLayout(whole)
        self._show_progress(0, 0, "")

    def _below(self) -> QWidget:
        made = QSplitter(Qt.Orientation.Horizontal)
        made.addWidget(_scrolled(self.form, _FORM_PX))
        shown = panel()
        inside = column(self.preview, self.outcome, gap=8, margins=(10, 8, 10, 8))
        inside.setStretchFactor(self.preview, 1)
        shown.setLayout(inside)
        made.addWidget(shown)
        made.setStretchFactor(1, 1)
        made.setChildrenCollapsible(False)
        return made

    def _wire(self) -> None:
        self.requirement.changed.connect(self._requirement_changed)
        self.table.chosen.connect(self._choose)
        self.table.taken.connect(self.place)
        self.form.changed.connect(self._edit)
        self.form.family_chosen.connect(self._change_family)
        self.computing.proposed.connect(self._proposed)
        self.computing.imported.connect(self._imported)
        self.computing.all_priced.connect(self.candidates.rank)
        self.computing.row_done.connect(self._computed)
        self.computing.progressed.connect(self._show_progress)
        self.trying.shown.connect(self._tried)
        self.document.changed.connect(self._design_changed)
        self.window_.document_changed.connect(self.reject)

    def _begin_again(self, fabric: str) -> None:
        request = request_of(self.document.project, fabric)
        self.setWindowTitle("Generate fabric again")
        self.requirement.begin_again(fabric)
        if request is not None:
            self._first = {
                "family": request.family,
                "values": dict(request.parameters),
                "types": {role: t for role, t in request.switches.items() if role},
            }

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what comes of the requirement and the design as they are."""
        return not (self._later.isActive() or self._is_proposing or self.trying.is_busy)

    def _requirement_changed(self) -> None:
        self._is_placing = False
        self._later.start()

    # The candidates.

    def propose(self) -> None:
        """Read the requirement and list the candidates for it; if these stay, lay the one chosen anew."""
        self._later.stop()
        try:
            asked = self.requirement.asked()
        except CagenutError as error:
            self._asked, self._is_proposing = None, False
            self.computing.stop()
            self._empty(str(error))
            return
        same = self._asked is not None and asked.sought == self._asked.sought
        self._asked = asked
        if same and self.table.current is not None:
            self._try()
            return
        self._is_proposing = True
        self.trying.stop()
        self._say_trial(None, "Counting the candidates …")
        self.computing.propose(asked)

    def _proposed(self, found: list[Candidate], problem: str) -> None:
        asked, self._is_proposing = self._asked, False
        assert asked is not None
        if problem:
            self._empty(problem)
            return
        first = self._again(asked)
        rows = self.candidates.show_list(found, first)
        wanted = first if first is not None else self.candidates.alike(self._shown)
        if wanted is None and asked.role == "compute":
            wanted = self.candidates.usual()  # the cheapest may be no network anybody would order
        self._shown = None
        self.table.choose(wanted.key if wanted is not None else None)
        if self.table.current is not None and self._shown is None:
            self._choose(self.table.current)
        self.computing.begin(rows, self._shown.key if self._shown is not None else None)

    def _again(self, asked: Asked) -> Edited | None:
        """Return the fabric that is generated again as it was asked for last."""
        if self._first is None:
            return None
        first, self._first = self._first, None
        switch = next(iter(first["types"].values()), asked.switches[0])
        try:
            return edited(
                first["family"], first["values"], asked.need, switch, asked, self.library, first["types"]
            )
        except CagenutError:
            return None  # a family or a type that is no longer there

    def _computed(self, candidate: Candidate) -> None:
        self.candidates.update_row(candidate)
        if self._shown is not None and candidate.key == self._shown.key:
            self._shown = candidate
            if not candidate.is_possible:
                self._say_trial(None, candidate.reason, "error")

    def _read_file(self) -> None:
        from core.exchange.graph_files import FORMATS

        if self._asked is None:
            self.outcome.say("First say what is wired: the file does not", "error")
            return
        endings = " ".join(f"*{suffix}" for each in FORMATS for suffix in each.suffixes)
        name, _ = QFileDialog.getOpenFileName(self, "Open a graph", "", f"Graphs ({endings});;All (*)")
        if name:
            self.read(Path(name))

    def read(self, path: Path) -> None:
        """Take a network from a graph file as a candidate."""
        if self._asked is not None:
            self.computing.read(path, self._asked)

    def _imported(self, made: Imported | None, problem: str) -> None:
        if made is None:
            self._say_trial(None, f"The file was not taken: {problem}", "error")
            return
        self._put_first(made)

    def _put_first(self, made: Edited) -> None:
        """Take a candidate of one's own: it stands first and is the one chosen."""
        self.candidates.put_first(made)
        if self._shown is not made:
            self._choose(made)  # one like it was chosen already
        self.computing.add(made)

    def _show_progress(self, done: int, total: int, what: str) -> None:
        for widget in (self.bar, self.stop, self.state):
            widget.setVisible(total > 0)
        self.bar.setMaximum(max(total, 1))
        self.bar.setValue(done)
        self.state.setText(what)
        self.stop.setText("Stop")

    def _stop(self) -> None:
        """Leave what is not computed, or the placing that is waited for; or go on with it."""
        if self._is_placing:
            self._is_placing = False
            self.trying.stop()
            self._show_progress(0, 0, "")
            self._say_trial(None, "Stopped; nothing was placed")
        elif self.computing.is_paused:
            self.stop.setText("Stop")
            self.computing.resume()
        else:
            self.computing.pause()
            self.stop.setText("Go on")
            self.state.setText("Stopped: what is not computed is shown as …")

    # The one chosen.

    def _choose(self, candidate: Candidate) -> None:
        self._shown = candidate
        types = candidate.types if isinstance(candidate, Edited) else {}
        values = candidate.parameters
        if not values and self._asked is not None and not isinstance(candidate, Imported):
            values = started(candidate.family, self._asked, candidate.switch, self.library).parameters
        self.form.show_parameters(candidate.family, values, candidate.switch, types)
        self.form.show_roles(_roles(candidate))
        if candidate.is_possible:
            self.computing.ask(candidate)
            self._try()
            return
        self.trying.stop()
        self.preview.show_schematic(None)
        self._say_trial(None, f"Not possible: {candidate.reason}", "error")
        self._check()

    def _change_family(self, name: str) -> None:
        if self._asked is None or self._shown is None:
            return
        begun = started(name, self._asked, self._shown.switch, self.library)
        self.form.show_parameters(name, begun.parameters, begun.switch, {})
        self._edit()

    def _edit(self) -> None:
        """Take the parameters of the form for a candidate of their own, the first of the table."""
        made = self._check()
        if made is None:
            return
        self.form.show_roles(_roles(made))
        self._put_first(made)

    def _check(self) -> Edited | None:
        """Say beside its field what is wrong with the parameters; return what they make."""
        asked, shown, form = self._asked, self._shown, self.form
        if asked is None or shown is None:
            return None
        types = dict(form.types)
        if isinstance(shown, Imported) and not form.family:
            return replace(shown, types=types, bill=None)
        try:
            made = edited(form.family, form.values, shown.need, shown.switch, asked, self.library, types)
        except ParameterError as error:
            form.say(error)
            self.trying.stop()
            self.preview.show_schematic(None)
            self._say_trial(None, f"Not possible: {error.problem}", "error")
            return None
        except CagenutError as error:
            self._say_trial(None, str(error), "error")
            return None
        form.say(None)
        return made

    def _try(self) -> None:
        """Draw the candidate chosen and lay it on a copy of the design."""
        if self._asked is None or self._shown is None or not self._shown.is_possible:
            return
        project = self.document.project
        if self._copy is None or self._copy.stamp != project.stamp:
            self._copy = copied(project)
        self._say_trial(None, "Trying how it fits …")
        others = {role: t for role, t in self.form.types.items() if role in _CHOSEN_ROLES}
        self.trying.begin(self._copy, self._asked, Chosen(self._shown, others))

    def _tried(self, shown: Shown) -> None:
        if shown.drawn is not None:
            self.preview.show_schematic(shown.drawn)
        if shown.problem:
            self._is_placing = False
            self._say_trial(None, self._with_way_out(shown.problem), "error")
        elif shown.trial is not None:
            self._say_trial(shown.trial, "")
            if self._is_placing:
                self.place()

    def _with_way_out(self, problem: str) -> str:
        """Add to a problem that a fabric stands which could be replaced instead."""
        asked = self._asked
        if asked is None or asked.is_new or asked.fabric:
            return problem
        standing = [r.name for r in self.document.project.fabrics.values() if r.role == asked.role]
        if not standing:
            return problem
        return f"{problem}; or choose In place of {' or '.join(standing)} as the fabric"

    def _say_trial(self, trial: Trial | None, words: str, role: str = "faint") -> None:
        self.trial = trial
        if trial is not None:
            self.outcome.show_trial(trial)
        else:
            self.outcome.say(words, role)
        is_wrong = trial is None and role in ("error", "warning")
        self.place_button.setEnabled(not is_wrong and self._shown is not None)
        self.place_button.setToolTip(
            sentence(words) if is_wrong else "Ctrl+Enter; one step that undo takes back"
        )
        again = self._asked is not None and self._asked.fabric
        self.place_button.setText("Replace" if again else "Place")

    def _empty(self, problem: str) -> None:
        self._shown = None
        self.trying.stop()
        self._is_placing = False
        self.candidates.clear()
        self.preview.show_schematic(None)
        self._say_trial(None, problem, "error")
        self.place_button.setEnabled(False)

    # The end.

    def place(self) -> None:
        """Lay the candidate chosen, once it is known how; one step."""
        if not self.place_button.isEnabled() or self._shown is None:
            return
        if self._later.isActive():
            self.propose()
        trial = self.trial
        if trial is None or not self.is_settled or trial.stamp != self.document.project.stamp:
            self._is_placing = True
            self._show_progress(0, 0, "")
            self.bar.setMaximum(0)
            for widget in (self.bar, self.stop, self.state):
                widget.show()
            self.state.setText("Placing …")
            if self.is_settled:
                self._try()
            return
        self._is_placing = False
        self.window_.attempt(lambda: self._commit(trial))

    def _commit(self, trial: Trial) -> None:
        assert self._asked is not None
        name = self._asked.name
        self._is_over_soon = True
        placed = PlacedWords(self.window_.evaluation, self.window_)
        try:
            self.document.commit(trial.change, list(trial.notes))
        except BaseException:
            placed.drop()
            raise
        finally:
            self._is_over_soon = False
        self.accept()
        space = self.window_.workspace
        space.network.show_fabric(trial.laid.fabric)
        space.show_view("network")
        placed.follow(f"{name}: {summary(trial)}", self.document.project.stamp)

    def _design_changed(self, _change: object) -> None:
        if self.isVisible() and not self._is_over_soon:
            self.requirement.read_again()

    def done(self, result: int) -> None:
        self._later.stop()
        self.computing.close()
        self.trying.close()
        if not self._is_over:
            self._is_over = True
            self._sparing.close()
            self.window_.document_changed.disconnect(self.reject)
            self.document.changed.disconnect(self._design_changed)
        super().done(result)


def _roles(candidate: Candidate) -> list[str]:
    """Return the roles whose device types can be chosen."""
    devices = candidate.sizes.devices if candidate.sizes else {}
    return [role for role in devices if role not in END_ROLES or role in _CHOSEN_ROLES]


def _scrolled(widget: QWidget, width: int) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    widget.setContentsMargins(12, 8, 12, 8)
    area.setWidget(widget)
    area.setMinimumWidth(width)
    return area
