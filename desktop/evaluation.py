"""Live results: the newest state of the design is evaluated beside the window, older requests are dropped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.catalogue.library import Library
from core.errors import CagenutError
from core.model.change import Change
from desktop.background import Background

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation, Evaluator
    from core.engine.headline import Headline
    from core.rules.checking import Checker
    from core.rules.finding import Report
    from desktop.document import Document

log = logging.getLogger("cagenut")
FIRST_MS = 40
"""How long the first evaluation lets the first frame go before."""
LIVE_TABLES_OFF = frozenset(("layouts", "notes", "revisions", "naming"))
"""Tables the engine and the rules read nothing from."""


@dataclass(frozen=True)
class Outcome:
    """Results and findings for one state of the project."""

    stamp: int
    evaluation: Evaluation
    report: Report | None
    problem: str = ""
    """Why there are no findings: a rule that fails does not take the results with it."""
    headlines: tuple[Headline, ...] = ()
    """The twelve numbers always in sight."""


class LiveEvaluation(QObject):
    """Evaluates a document after every edit; at most one request runs and one waits."""

    started = Signal()
    finished = Signal(object)
    """Carries the `Outcome` of the newest edit."""
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._document: Document | None = None
        self._library = Library({})
        self._makers: tuple[Evaluator, Checker] | None = None
        self._running = False
        self._again = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._start)
        self.outcome: Outcome | None = None

    @property
    def is_current(self) -> bool:
        """Whether the results are those of the present state."""
        document, outcome = self._document, self.outcome
        return document is not None and outcome is not None and outcome.stamp == document.project.stamp

    def watch(self, document: Document | None, library: Library) -> None:
        """Evaluate another document, or the same one against another catalogue, from now on."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
        self._document, self._library, self._makers, self.outcome = document, library, None, None
        if document is not None:
            document.changed.connect(self._changed)
            self._next.start(FIRST_MS)

    def request(self) -> None:
        """Evaluate what the project is now."""
        if self._running:
            self._again = True
        elif self._document is not None:
            self._next.start(0)

    def close(self) -> None:
        """End the thread."""
        self.watch(None, Library({}))
        self._next.stop()
        self._background.close()

    def _changed(self, change: Change) -> None:
        if not all(delta.table in LIVE_TABLES_OFF for delta in change.deltas):
            self.request()
        elif self._running:
            # What is under way carries an older stamp; only another run can be current again.
            self._again = True
        elif self.outcome is not None and self._document is not None:
            self.outcome = replace(self.outcome, stamp=self._document.project.stamp)

    def _start(self) -> None:
        document = self._document
        if document is None or not document.top:
            return
        self._again = False
        self.started.emit()
        try:
            if self._makers is None:
                from core.engine.evaluation import Evaluator
                from core.rules.checking import Checker

                self._makers = Evaluator(document.project), Checker(document.project, self._library)
            makers = self._makers
            work = work_of(*makers, document.project.stamp)
        except CagenutError as error:
            self.failed.emit(str(error))
            return
        self._running = True
        self._background.run(work, lambda result, error: self._done(makers, result, error))

    def _done(self, makers: object, result: Any, error: BaseException | None) -> None:
        self._running = False
        is_ours = makers is self._makers
        if self._again or not is_ours:
            self._next.start(0)
        if not is_ours:
            return
        if error is not None:
            if not isinstance(error, CagenutError):
                raise error
            self.failed.emit(str(error))
            return
        if not self._again:
            self.outcome = result
            self.finished.emit(result)


def work_of(evaluator: Evaluator, checker: Checker, stamp: int) -> Callable[[], Outcome]:
    """Return the work to do on the thread; all that it reads of the project is read here, before."""
    from core.engine.headline import Counts
    from core.engine.twelve import headlines

    snapshot, reading = evaluator.snapshot(), checker.prepare()

    def work() -> Outcome:
        evaluation = evaluator.evaluate(snapshot)
        try:
            report = checker.check(evaluation, reading, is_thorough=False)
        except Exception as error:
            log.exception("checking failed")
            return Outcome(stamp, evaluation, None, f"{type(error).__name__}: {error}", headlines(evaluation))
        counts = Counts(report.errors, report.warnings, report.infos, len(report.unchecked))
        return Outcome(stamp, evaluation, report, headlines=headlines(evaluation, counts))

    return work
