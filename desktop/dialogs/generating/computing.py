"""The candidates computed beside the window, one after the other: prices of all, then the best rows first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.catalogue.library import Library
from core.errors import CagenutError
from core.explore.candidates import Candidate, priced, rank
from desktop.dialogs.generating.asked import Asked, imported, proposed
from desktop.dialogs.generating.sparing import keep_from_collector, let_go
from desktop.dialogs.generating.turns import Worker

if TYPE_CHECKING:
    from core.fabrics.family import Graph

PRICES, THROUGHPUT, FAILURES, ASKED = "Prices", "Throughput", "Failures", "All failures"
"""What is computed; the last are failures of a candidate that was chosen, whatever they take."""
MEASURED = (THROUGHPUT, FAILURES)
BEST = 5
"""Rows that are computed whole before the others."""
MOST_WORK, LITTLE_WORK = 1e8, 1e7
"""What failures may take unasked (`failure_work`; some 3 s and 0.3 s), the latter of what is far too dear."""
FAR = 2.0
"""Times the cost of the cheapest from which a candidate is unlikely to be chosen."""


@dataclass(frozen=True)
class Step:
    """One thing to compute of one row."""

    what: str
    row: int


class Computing(Worker):
    """Prices and measures a list of candidates, in the order in which they stand once prices are known."""

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
        self.is_paused = False
        self._steps: list[Step] = []
        self._rows: list[Candidate] = []
        self._listed = 0
        """Rows of the list; those after them were added."""
        self._chosen: tuple[Any, ...] | None = None
        self._are_priced = False
        self._done = 0
        self._graphs: dict[tuple[Any, ...], Graph] = {}
        """The network computed last, by the key of its candidate: its next step needs it too."""

    @property
    def is_busy(self) -> bool:
        return bool(self._steps)

    def propose(self, asked: Asked) -> None:
        """Count the candidates for a requirement; those under way are dropped."""
        self.stop()
        self._hand_over("Candidates", lambda: proposed(asked, self._library), self.proposed, [])

    def read(self, path: Path, asked: Asked) -> None:
        """Read a graph file as a candidate."""
        self._hand_over(
            f"Reading {path.name}", lambda: imported(path, asked, self._library), self.imported, None
        )

    def _hand_over(self, what: str, work: Callable[[], Any], signal: Any, nothing: Any) -> None:
        """Do one piece of work and emit what it makes, or why it makes nothing."""
        number = self.turn.number
        self.progressed.emit(0, 1, what)

        def ended(made: Any, error: BaseException | None) -> None:
            if self._is_stale(number):
                return
            self.progressed.emit(0, 0, "")
            if error is not None and not isinstance(error, CagenutError):
                raise error
            signal.emit(nothing if error else made, str(error) if error else "")

        self._background.run(work, ended)

    def begin(self, rows: list[Candidate], chosen: tuple[Any, ...] | None = None) -> None:
        """Price and measure candidates, all of the one chosen (by its key); those under way are dropped."""
        self.stop()
        self._rows, self._listed, self._chosen = list(rows), len(rows), chosen
        possible = [k for k, c in enumerate(rows) if c.is_possible]
        self._steps = [Step(what, k) for what in (PRICES, *MEASURED) for k in possible]
        self._done, self._are_priced = 0, False
        self._next()

    def add(self, candidate: Candidate) -> None:
        """Compute one more, before the others."""
        row, self._chosen = len(self._rows), candidate.key
        # Of the one it takes the place of nothing more is wanted.
        self._steps[1:] = [step for step in self._steps[1:] if step.row < self._listed]
        self._rows.append(candidate)
        self._insert([Step(what, row) for what in (PRICES, THROUGHPUT, ASKED)])

    def ask(self, candidate: Candidate) -> None:
        """Compute what is lacking of a candidate next, the failures whatever they take."""
        row = next((k for k, c in enumerate(self._rows) if c.key == candidate.key), -1)
        if row < 0 or Step(ASKED, row) in self._steps:
            return
        self._chosen = candidate.key
        known = self._rows[row].measures
        if not self._are_priced or (known is not None and known.failure is not None):
            return
        under_way, waiting = self._steps[:1], self._steps[1:]
        self._steps = under_way + [step for step in waiting if step.row != row]
        self._insert([Step(THROUGHPUT, row), Step(ASKED, row)])

    def _insert(self, steps: list[Step]) -> None:
        """Do some steps next."""
        is_idle = not self._steps
        at = 0 if is_idle else 1  # what is under way stands first and is taken away when it ends
        self._steps[at:at] = steps
        if is_idle:
            self._done, self.is_paused = 0, False
            self._next()

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
        super().stop()
        self.is_paused = False
        self._steps = []
        self.progressed.emit(0, 0, "")

    def _next(self) -> None:
        if not self._steps:
            self.progressed.emit(0, 0, "")
            return
        step = self._steps[0]
        candidate, library, graphs = self._rows[step.row], self._library, self._graphs
        tick, number, most = self.turn.progress(), self.turn.number, self._most_work(step)
        self.progressed.emit(self._done, self._done + len(self._steps), f"{step.what}: {candidate.label}")
        self._background.run(
            lambda: _computed(step.what, candidate, library, graphs, most, tick),
            lambda made, error: self._ended(number, step.row, made, error),
        )

    def _ended(self, number: int, row: int, made: Any, error: BaseException | None) -> None:
        if self._is_stale(number):
            return
        if error is not None and not isinstance(error, CagenutError):
            raise error
        self._steps.pop(0)
        self._done += 1
        if made is not None:
            self._rows[row] = made
            self.row_done.emit(made)
        if not self._are_priced and not any(step.what == PRICES for step in self._steps):
            self._are_priced = True
            self._steps = self._by_rank()
            self.all_priced.emit()
        self._next()

    def _by_rank(self) -> list[Step]:
        """Return what is to be measured: the best rows whole, then what is cheap of all others."""
        last = len(self._rows) - 1  # of those added only the last is still shown
        at = {
            c.key: row
            for row, c in enumerate(self._rows)
            if c.is_possible and (row < self._listed or row == last)
        }
        order = [at[c.key] for c in rank(self._rows[row] for row in at.values())]
        chosen = at.get(self._chosen) if self._chosen is not None else None
        best, others = order[:BEST], order[BEST:]
        steps = [Step(what, row) for row in best for what in MEASURED]
        steps += [Step(what, row) for what in MEASURED for row in others]
        return [*steps, Step(ASKED, chosen)] if chosen is not None else steps

    def _most_work(self, step: Step) -> float:
        """Return what the failures of a row may take."""
        if step.what == ASKED:
            return inf
        costs = [c.cost_per_gpu_usd for c in self._rows if c.is_possible]
        least = min((cost for cost in costs if cost), default=inf)
        cost = self._rows[step.row].cost_per_gpu_usd
        return LITTLE_WORK if cost is not None and cost > FAR * least else MOST_WORK


def _computed(
    what: str,
    candidate: Candidate,
    library: Library,
    graphs: dict[tuple[Any, ...], Graph],
    most_work: float,
    tick: Callable[..., None],
) -> Candidate:
    from core.explore.candidate_measures import measured

    tick()
    known = candidate.measures
    is_done = known is not None and (what == THROUGHPUT or known.failure is not None)
    if not candidate.is_possible or (candidate.bill is not None if what == PRICES else is_done):
        return candidate
    graph = graphs.get(candidate.key)
    if graph is None:
        let_go(graphs)
        try:
            graph = graphs[candidate.key] = candidate.graph()
            keep_from_collector()
        except CagenutError:
            graph = None  # `priced` and `measured` say of the candidate why
    if what == PRICES:
        return priced(candidate, library, graph=graph)
    return measured(
        candidate,
        failures=what != THROUGHPUT,
        graph=graph,
        progress=tick,
        most_work=most_work,
    )
