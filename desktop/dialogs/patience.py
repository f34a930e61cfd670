"""Work in the window that is mostly done at once: what takes long shows progress and can be cancelled."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtWidgets import QApplication, QProgressDialog, QWidget

from core.errors import EditError

PATIENCE_S = 0.4
"""After which work shows how far it is."""


class Progress:
    """Shows how far work is once it takes long; raises if it is cancelled."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._begun = perf_counter()
        self._shown: QProgressDialog | None = None

    def tick(self, done: int, total: int) -> None:
        if self._shown is None and perf_counter() - self._begun > PATIENCE_S:
            self._shown = QProgressDialog("Wiring …", "Cancel", 0, total, self._parent)
            self._shown.setWindowTitle("Link many")
            self._shown.setModal(True)
            self._shown.setMinimumDuration(0)
            self._shown.show()
        if self._shown is not None:
            self._shown.setMaximum(total)
            self._shown.setValue(min(done, total))
            QApplication.processEvents()
            if self._shown.wasCanceled():
                raise EditError("cancelled; nothing was wired")

    def close(self) -> None:
        if self._shown is not None:
            self._shown.close()
            self._shown.deleteLater()
