"""What is computed beside the window: the candidates one after the other, and the one chosen before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.catalogue.library import Library
from core.errors import CagenutError
from core.explore.candidates import Candidate, priced
from core.model.project import Project
from desktop.background import Background
from desktop.dialogs.generating.asked import Asked, Chosen, imported, proposed
from desktop.dialogs.generating.table import is_dear
from desktop.dialogs.generating.trial import Trial, tried

if TYPE_CHECKING:
    from core.drawing.schematic import Schematic


_ASPECT = 0.42
"""Height of the drawing for a width of 1: it stands above what comes of the candidate."""
STEPS = ("Prices", "Throughput", "Failures")


class CancelledError(Exception):
    """The work is no longer wanted."""


class Turn:
    """One round of work; what began in an earlier one is not wanted any more. Read by the other thread."""

    def __init__(self) -> None:
        self.number = 0
        self.done, self.total, self.what = 0, 0, ""

    def next(self) -> None:
        self.number += 1
        self.done = self.total = 0

    def progress(self) -> Callable[..., None]:
        """Return a progress of the present round that ends the work once another has begun."""
        mine = self.number

        def tick(done: int = 0, total: int = 0, what: str = "", *_: object) -> None:
            if self.number != mine:
                raise CancelledError
            self.done, self.total, self.what = done, total, what

        return tick


@dataclass(frozen=True, eq=False)
class Shown:
    """The candidate chosen as it was computed: some of it is None if it is not possible."""

    candidate: Candidate
    drawn: Schematic | None = None
    trial: Trial | None = None
    problem: str = ""
    """Why it cannot be laid."""


class Computing(QObject):
    """Prices and measures a list of candidates; a row each time, the cheap things of all first."""

    row_done = Signal(object)
    """Carries a `Candidate` of which more is known."""
    proposed = Signal(object, str)
    """Carries the candidates for what was asked for last, and why there are none."""
    all_priced = Signal()
    """All candidates of the list have their price."""
    imported = Signal(object, str)
    """Carries the candidate of a file, and why there is none."""
    progressed = Signal(int, int, str)
    """Carries how many steps are done, of how many, and what is computed."""

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._background = Background(self)
        self._is_closing = self.is_paused = False
        self.turn = Turn()
        self._steps: list[tuple[str, int]] = []
        self._rows: list[Candidate] = []
        self._listed = 0
        """Rows of the list; those after them were added."""
        self._are_priced = False
        self._done = 0

    @property
    def is_busy(self) -> bool:
        return bool(self._steps)

    def propose(self, asked: Asked) -> None:
        """Count the candidates for a requirement; those under way are dropped."""
        self.stop()
        number, library = self.turn.number, self._library
        self.progressed.emit(0, 1, "Candidates")

        def ended(made: Any, error: BaseException | None) -> None:
            if self._is_stale(number):
                return
            self.progressed.emit(0, 0, "")
            if error is not None and not isinstance(error, CagenutError):
                raise error
            self.proposed.emit(made or [], str(error) if error else "")

        self._background.run(lambda: proposed(asked, library), ended)

    def read(self, path: Path, asked: Asked) -> None:
        """Read a graph file as a candidate."""
        library, number = self._library, self.turn.number
        self.progressed.emit(0, 1, f"Reading {path.name}")

        def ended(made: Any, error: BaseException | None) -> None:
            if self._is_stale(number):
                return
            self.progressed.emit(0, 0, "")
            if error is not None and not isinstance(error, CagenutError):
                raise error
            self.imported.emit(made, str(error) if error else "")

        self._background.run(lambda: imported(path, asked, library), ended)

    def _step_of(self, at: int) -> str:
        return self._steps[at][0] if at < len(self._steps) else ""

    def add(self, candidate: Candidate) -> None:
        """Compute one more, before the others."""
        row = len(self._rows)
        # Of the one it takes the place of nothing more is wanted.
        self._steps[1:] = [step for step in self._steps[1:] if step[1] < self._listed]
        self._rows.append(candidate)
        self._insert([(what, row) for what in STEPS])

    def _insert(self, steps: list[tuple[str, int]]) -> None:
        """Do some steps next."""
        is_idle = not self._steps
        at = 0 if is_idle else 1  # what is under way stands first and is taken away when it ends
        self._steps[at:at] = steps
        if is_idle:
            self._done, self.is_paused = 0, False
            self._next()

    def begin(self, rows: list[Candidate]) -> None:
        """Price and measure candidates; those under way are dropped."""
        self.stop()
        self._rows, self._listed = list(rows), len(rows)
        possible = [k for k, c in enumerate(rows) if c.is_possible]
        self._steps = [
            (what, k) for what in STEPS for k in possible if what != "Failures" or not is_dear(rows[k])
        ]
        self._done, self._are_priced = 0, False
        self._next()

    def ask(self, candidate: Candidate) -> None:
        """Compute the worst failure of a candidate next, if it was left out as too dear."""
        row = next((k for k, c in enumerate(self._rows) if c.key == candidate.key), -1)
        if row < 0 or not is_dear(candidate) or ("Failures", row) in self._steps:
            return
        if candidate.measures is None or candidate.measures.failure is None:
            self._insert([("Failures", row)])

    def pause(self) -> None:
        """Drop what is under way, to begin it anew with `resume`."""
        self.turn.next()
        self.is_paused = True

    def resume(self) -> None:
        """Go on after a pause."""
        self.is_paused = False
        self._next()

    def stop(self) -> None:
        """Leave what is not computed yet."""
        self.is_paused = False
        self.turn.next()
        self._steps = []
        self.progressed.emit(0, 0, "")

    def close(self) -> None:
        """Stop, and end the thread once what it does has noticed."""
        self.stop()
        self._is_closing = True
        self._is_stale(-1)

    def _is_stale(self, number: int) -> bool:
        """Whether work of a round is not wanted any more."""
        if self._is_closing and not self._background.is_busy:
            self._background.close()
        return number != self.turn.number

    def _next(self) -> None:
        if not self._steps:
            self.progressed.emit(0, 0, "")
            return
        what, row = self._steps[0]
        candidate, library, tick = self._rows[row], self._library, self.turn.progress()
        self.progressed.emit(self._done, self._done + len(self._steps), f"{what}: {candidate.label}")
        number = self.turn.number
        self._background.run(
            lambda: _step(what, candidate, library, tick),
            lambda made, error: self._ended(number, row, made, error),
        )

    def _ended(self, number: int, row: int, made: Any, error: BaseException | None) -> None:
        if self._is_stale(number):
            return
        if error is not None and not isinstance(error, (CagenutError, CancelledError)):
            raise error
        self._steps.pop(0)
        self._done += 1
        if made is not None:
            self._rows[row] = made
            self.row_done.emit(made)
        if self._step_of(0) == "Throughput" and not self._are_priced:
            self._are_priced = True
            self.all_priced.emit()
        self._next()


def _step(what: str, candidate: Candidate, library: Library, tick: Callable[..., None]) -> Candidate:
    from core.explore.candidate_measures import measured

    tick()
    if what == "Prices":
        return candidate if candidate.bill else priced(candidate, library)
    return measured(candidate, failures=what == "Failures", progress=tick)


class Trying(QObject):
    """Draws the candidate chosen and lays it on a copy of the design; the newest request wins."""

    shown = Signal(object)
    """Carries a `Shown`: first with the drawing, then with the trial."""

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._background = Background(self)
        self._is_closing = False
        self.turn = Turn()
        self.is_busy = False

    def begin(self, project: Project, asked: Asked, chosen: Chosen) -> None:
        """Try a candidate on a copy of a project."""
        self.turn.next()
        self.is_busy = True
        tick, number, library = self.turn.progress(), self.turn.number, self._library
        box: dict[str, Any] = {}
        self._background.run(
            lambda: _drawn(chosen.candidate, asked.role, tick, box),
            lambda made, error: self._ended(number, chosen, made, error, False),
        )
        self._background.run(
            lambda: tried(project, library, asked, chosen, box["graph"], tick) if "graph" in box else None,
            lambda made, error: self._ended(number, chosen, made, error, True),
        )

    def stop(self) -> None:
        """Leave what is under way."""
        self.turn.next()
        self.is_busy = False

    def close(self) -> None:
        """Stop, and end the thread once what it does has noticed."""
        self.stop()
        self._is_closing = True
        self._is_stale(-1)

    def _is_stale(self, number: int) -> bool:
        """Whether work of a round is not wanted any more."""
        if self._is_closing and not self._background.is_busy:
            self._background.close()
        return number != self.turn.number

    def _ended(
        self, number: int, chosen: Chosen, made: Any, error: BaseException | None, is_trial: bool
    ) -> None:
        if self._is_stale(number) or isinstance(error, CancelledError):
            return
        if error is not None and not isinstance(error, CagenutError):
            raise error
        if is_trial:
            self.is_busy = False
            if made is None and error is None:
                return  # said already: it has no graph
            self.shown.emit(Shown(chosen.candidate, None, made, str(error) if error else ""))
        else:
            self.shown.emit(Shown(chosen.candidate, made, None, str(error) if error else ""))


def _drawn(candidate: Candidate, role: str, tick: Callable[..., None], box: dict[str, Any]) -> Schematic:
    from core.drawing.generated import generated_map
    from core.drawing.schematic import natural_size, schematic
    from core.drawing.styles import fabric_style

    tick(0, 0, "Making the network")
    box["graph"] = graph = candidate.graph()
    tick(0, 0, "Drawing")
    found = generated_map(graph)
    width, _ = natural_size(found)
    return schematic(found, style=fabric_style(role), size=(width, _ASPECT * width))
