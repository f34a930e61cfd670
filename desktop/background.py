"""Work beside the windows: one plain thread without a QObject, results fetched by a timer of the window."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimerEvent

POLL_MS = 15
Work = Callable[[], Any]
Done = Callable[[Any, BaseException | None], None]


class Background(QObject):
    """Runs one piece of work after the other on a thread of its own.

    The thread sees plain functions and values. What comes back is handed over by a timer, so that every
    QObject is made, told and destroyed where the windows live.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: queue.SimpleQueue[tuple[int, Work] | None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
        self._callbacks: dict[int, Done] = {}
        self._number = 0
        self._timer = 0
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        return bool(self._callbacks)

    def run(self, work: Work, done: Done) -> None:
        """Do `work` on the thread, then call `done(result, error)` on this one."""
        if self._thread is None:
            args = (self._waiting, self._finished)
            self._thread = threading.Thread(target=_loop, args=args, name="cagenut-work", daemon=True)
            self._thread.start()
        self._number += 1
        self._callbacks[self._number] = done
        # What is printed on the thread is printed in the units in force here.
        self._waiting.put((self._number, partial(copy_context().run, work)))
        if not self._timer:
            self._timer = self.startTimer(POLL_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Hand over what is finished."""
        self.deliver()

    def deliver(self) -> None:
        """Hand over what is finished, without waiting."""
        while True:
            try:
                number, result, error = self._finished.get_nowait()
            except queue.Empty:
                break
            self._callbacks.pop(number)(result, error)
        if not self._callbacks and self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def close(self) -> None:
        """End the thread after the work it has begun; nothing is handed over any more."""
        self._callbacks.clear()
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(10)
            self._thread = None


def _loop(
    waiting: queue.SimpleQueue[tuple[int, Work] | None],
    finished: queue.SimpleQueue[tuple[int, Any, BaseException | None]],
) -> None:
    while (item := waiting.get()) is not None:
        number, work = item
        try:
            finished.put((number, work(), None))
        except BaseException as error:
            finished.put((number, None, error))
