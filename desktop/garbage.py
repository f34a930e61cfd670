"""Collects cyclic garbage on the thread of the windows only.

The collector runs on whatever thread allocates. On a worker thread it could destroy widgets there, which
Qt answers with a crash; so it is switched off and asked from a timer while no worker needs to know.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimerEvent

PERIOD_MS = 2000
THRESHOLDS = (2000, 20, 50)
"""Allocations, young and middle collections after which a generation is collected."""


class Collector(QObject):
    """Takes over the garbage collector until it is closed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = self.startTimer(PERIOD_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Collect the oldest generation that is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > THRESHOLDS[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Give the collector back."""
        self.killTimer(self._timer)
        if self._was_enabled:
            gc.enable()
