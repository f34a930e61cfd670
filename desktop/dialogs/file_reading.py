"""Reading a file of others by a process of its own while the window shows how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimerEvent, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from core.exchange.bounded_reading import BoundedReading, Kind

POLL_MS = 40
PATIENCE_MS = 400


class FileReading(QObject):
    """One file at a time; `done` carries what it held, or why it could not be read."""

    done = Signal(object, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.path = Path()
        self._reading: BoundedReading | None = None
        self._shown: QProgressDialog | None = None
        self._timer = 0

    @property
    def is_busy(self) -> bool:
        return self._reading is not None

    def start(self, kind: Kind, path: Path, option: Any = "") -> None:
        """Begin, with what is settled beforehand (a sheet, choices); what was being read is dropped."""
        self.stop()
        self.path = path
        self._reading = BoundedReading(kind, path, option)
        self._shown = QProgressDialog(f"Reading {path.name} …", "Cancel", 0, 0, self._parent)
        self._shown.setWindowTitle("Reading")
        self._shown.setModal(True)
        self._shown.setMinimumDuration(PATIENCE_MS)
        self._shown.setAutoClose(False)
        self._shown.setAutoReset(False)
        self._timer = self.startTimer(POLL_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Take over what the process says."""
        if self._reading is None or self._shown is None:
            return
        if self._shown.wasCanceled():
            self._end(None, f"{self.path.name} was not read: cancelled")
            return
        messages = self._reading.messages()
        if not messages:
            self._shown.setValue(self._shown.value())  # shows it once it takes long
        for kind, *rest in messages:
            if kind == "progress":
                self._shown.setMaximum(max(rest[1], 1))
                self._shown.setValue(rest[0])
                self._shown.setLabelText(rest[2])
            else:
                self._end(rest[0] if kind == "done" else None, "" if kind == "done" else str(rest[0]))
                return

    def _end(self, found: object, failure: str) -> None:
        self.stop()
        self.done.emit(found, failure)

    def stop(self) -> None:
        """End it, if anything is being read; nothing is said."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        if self._reading is not None:
            self._reading.stop()
            self._reading = None
        if self._shown is not None:
            self._shown.close()
            self._shown.deleteLater()
            self._shown = None
