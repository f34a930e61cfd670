"""Rounds of work beside the window: what began in an earlier one is not wanted any more."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.background import Background


class CancelledError(Exception):
    """The work is no longer wanted."""


class Turn:
    """One round of work, counted. Read by the other thread."""

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


class Worker(QObject):
    """Has work done in rounds; a new one drops what is left of the one before."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._is_closing = False
        self.turn = Turn()

    def stop(self) -> None:
        """Leave what is not done yet."""
        self.turn.next()

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
