"""Work in the window that is mostly done at once: what takes long shows progress and can be cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from types import TracebackType
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QProgressDialog, QWidget

from core.errors import EditError

T = TypeVar("T")
PATIENCE_S = 0.4
"""After which work shows how far it is."""
PITCH_S = 0.05
"""Time from one look at the window to the next."""


class Progress:
    """Shows how far work is once it takes long; raises if it is cancelled.

    Parameters
    ----------
    parent : QWidget
    words : str
        What is being done.
    title : str
        Name of the command.
    kept : str
        What is said if it is cancelled.
    """

    def __init__(
        self,
        parent: QWidget,
        words: str = "Wiring …",
        title: str = "Link many",
        kept: str = "nothing was wired",
    ) -> None:
        self._parent = parent
        self._words, self._title, self._kept = words, title, kept
        self._begun = self._looked = perf_counter()
        self._shown: QProgressDialog | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def each(self, items: Iterable[T], total: int) -> Iterator[T]:
        """Yield the items, showing how many have been."""
        for done, item in enumerate(items):
            if not done % 16:
                self.tick(done, total)
            yield item

    def tick(self, done: int, total: int) -> None:
        """Say how far it is.

        Raises
        ------
        EditError
            If it has been cancelled.
        """
        now = perf_counter()
        if self._shown is None and now - self._begun > PATIENCE_S:
            self._shown = QProgressDialog(self._words, "Cancel", 0, total, self._parent)
            self._shown.setWindowTitle(self._title)
            self._shown.setModal(True)
            self._shown.setMinimumDuration(0)
            self._shown.setAutoClose(False)
            self._shown.setAutoReset(False)
            self._shown.show()
        elif self._shown is None or now - self._looked < PITCH_S:
            return
        self._looked = now
        self._shown.setMaximum(total)
        self._shown.setValue(min(done, total))
        QApplication.processEvents()
        if self._shown.wasCanceled():
            raise EditError(f"cancelled; {self._kept}")

    def close(self) -> None:
        """Take it away."""
        if self._shown is not None:
            self._shown.close()
            self._shown.deleteLater()
            self._shown = None
