"""Swaps of a part tried one after the other beside the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import CagenutError
from core.explore.part_swap import LAST, Swap, checked, swapped
from core.model.phasing import built_up_to
from desktop.background import Background

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.engine.evaluation import Evaluation
    from core.model.project import Project
    from core.rules.finding import Report


@dataclass
class _Base:
    """A state of the design that swaps are held against; plain values, for the thread."""

    of: Evaluation
    copy: Project
    library: Library
    report: Report | None = None


def _tried(base: _Base, dropped: Event, of: str, by: str) -> Swap | str | None:
    """Try one swap on the thread; None if it is no longer asked for."""
    if dropped.is_set():
        return None
    if base.report is None:
        base.report = checked(base.copy, base.of)
    try:
        return swapped(base.copy, base.library, of, by, base.of, base.report)
    except CagenutError as error:
        return str(error)


class SwapTrials:
    """What comes of candidates for the place of one part; `changed` is called after each of them."""

    def __init__(self, parent: QObject, changed: Callable[[], None]) -> None:
        self._background = Background(parent)
        self._changed = changed
        self._base: _Base | None = None
        self._dropped = Event()
        self.tried: dict[str, Swap | str] = {}
        """What came of each candidate, or why it cannot be."""
        self.waiting: list[str] = []

    def forget(self) -> None:
        """Start from another state of the design."""
        self._base, self.tried = None, {}
        self.cancel()

    def start(self, project: Project, of: Evaluation, library: Library, part: str, names: list[str]) -> None:
        """Try those of the candidates that have not been; what was under way for others is dropped."""
        self.cancel()
        self.waiting = [name for name in names if name not in self.tried]
        if not self.waiting:
            return
        if self._base is None:
            self._base = _Base(of, built_up_to(project, LAST), library)
        for name in self.waiting:
            work = partial(_tried, self._base, self._dropped, part, name)
            self._background.run(work, partial(self._done, self._dropped, name))

    def cancel(self) -> None:
        """Try no more; what was tried stays."""
        self._dropped.set()
        self._dropped = Event()
        self.waiting = []

    def close(self) -> None:
        """End the thread."""
        self._dropped.set()
        self._background.close()

    def _done(self, dropped: Event, name: str, made: Swap | str | None, error: BaseException | None) -> None:
        if error is not None:
            self.cancel()
            self._changed()
            raise error
        if not dropped.is_set() and made is not None:
            self.tried[name] = made
            self.waiting.remove(name)
            self._changed()
