"""A search beside the window: points come in as they are finished, and it can be given up and taken up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import CagenutError
from core.explore.sweeps.executors import Executor, Here, Processes, Task
from core.explore.sweeps.running import Outcome, judged, run
from core.explore.sweeps.spec import Spec
from core.explore.sweeps.variants import Plan, Point
from desktop.background import Background

LOOK_MS = 250
FEW = 8
"""Points up to which processes of their own are not worth their start."""


class GivenUpError(Exception):
    """The search was cancelled; finished points are kept."""


@dataclass
class Running:
    """What the thread and the window share: plain values, written by one and read by the other."""

    spec: Spec
    plan: Plan
    folder: Path
    stop: Event = field(default_factory=Event)
    points: list[Point] = field(default_factory=list)
    done: int = 0
    total: int = 0
    began: float = field(default_factory=monotonic)
    computed: int = 0
    """Points computed since it began; those that were there are not among them."""

    def told(self, done: int, total: int, _: str) -> None:
        """Take note of how far it is.

        Raises
        ------
        GivenUpError
            If it has been cancelled.
        """
        self.done, self.total = done, total
        if self.stop.is_set():
            raise GivenUpError

    @property
    def left_s(self) -> float | None:
        """Seconds until it is done, once some points are."""
        if self.computed < 3:
            return None
        return (monotonic() - self.began) / self.computed * (self.total - self.done)


class _Watched(Executor):
    """Hands points on to the window as they are finished."""

    def __init__(self, inner: Executor, running: Running) -> None:
        self._inner, self._running = inner, running
        self.workers = inner.workers

    def run(self, plan: Plan, chunks: Sequence[Task]) -> Iterator[list[Point]]:
        results = self._inner.run(plan, chunks)
        try:
            for chunk in results:
                self._running.computed += len(chunk)
                self._running.points.extend(chunk)
                yield chunk
        finally:
            close = getattr(results, "close", None)
            if close is not None:
                close()

    def close(self) -> None:
        self._inner.close()


def _search(running: Running, workers: int) -> Outcome | None:
    """Run a search on the thread; None if it was given up."""
    executor = _Watched(Processes(workers) if workers > 1 else Here(), running)
    try:
        return run(running.spec, running.plan, running.folder, executor, resume=True, progress=running.told)
    except GivenUpError:
        return None
    finally:
        executor.close()


class Searching(QObject):
    """Runs one search at a time."""

    found = Signal(object)
    """Carries the `Outcome` of the points there are so far."""
    ended = Signal(str)
    """Carries what went wrong; empty if nothing did."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._seen = -1
        self.running: Running | None = None

    @property
    def is_busy(self) -> bool:
        return self.running is not None

    def start(self, running: Running, kept: Sequence[Point], size: int) -> None:
        """Begin a search; `kept` are the points that are there already, `size` how many it may have."""
        self.running, self._seen = running, -1
        running.points.extend(kept)
        workers = 1 if size - len(kept) <= FEW else max(os.cpu_count() or 1, 1)
        self._background.run(partial(_search, running, workers), self._done)
        self._timer.start()

    def cancel(self) -> None:
        """Give up what is not begun; finished points are kept."""
        if self.running is not None:
            self.running.stop.set()

    def close(self) -> None:
        """End the thread."""
        self.cancel()
        self._timer.stop()
        self._background.close()

    def _look(self) -> None:
        if self.running is not None and len(self.running.points) != self._seen:
            self._seen = len(self.running.points)
            self.found.emit(judged(self.running.spec, list(self.running.points)))

    def _done(self, outcome: Outcome | None, error: BaseException | None) -> None:
        self._timer.stop()
        running, self.running = self.running, None
        if running is None:
            return
        self.found.emit(outcome or judged(running.spec, list(running.points)))
        self.ended.emit("" if error is None else str(error))
        if error is not None and not isinstance(error, CagenutError | OSError):
            raise error
