"""Export of the specification set by a process of its own; the window shows progress and can cancel."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimerEvent, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QLineEdit, QProgressBar, QWidget

from core.errors import CagenutError
from core.files.project_file import encode
from core.files.writing import write_safely
from core.model.project import Reader
from desktop.document import Document
from desktop.sheets.export_work import PAPERS, work
from desktop.widgets import ask, button, column, label, let_ctrl_enter, row, sentence

POLL_MS = 60


class Exporter:
    """One export on its way, in a process of its own; no QObject takes part in it."""

    def __init__(self, data: bytes, paper: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(data, paper, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def messages(self) -> list[tuple[Any, ...]]:
        """Return what the process has said since the last time."""
        found: list[tuple[Any, ...]] = []
        try:
            while self._ours.poll():
                found.append(self._ours.recv())
        except (EOFError, OSError):
            if not found:
                found.append(("failed", "the export ended without a result"))
        return found

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.is_alive():
            self._process.terminate()
        self._process.join(5)
        self._ours.close()


class ExportDialog(QDialog):
    """Asks for paper and file, then shows how far it is."""

    exported = Signal(object)
    """Carries the path of the file written."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export specification set")
        self.setMinimumWidth(520)
        self._document = document
        self._exporter: Exporter | None = None
        self._timer = 0
        self._agreed = ""
        near = document.path
        folder = near.parent if near is not None else Path.home()
        stem = near.stem if near is not None else document.name
        self.file = QLineEdit(str(folder / f"{stem}-{standing_of(document.project)}.pdf"))
        self.file.setAccessibleName("File")
        self.paper = QComboBox()
        self.paper.setAccessibleName("Paper")
        for name in PAPERS:
            self.paper.addItem(name, name)
        self.progress = QProgressBar()
        self.progress.setVisible(False)
        self.words = label(
            "One PDF with all sheets; the project's data are attached to it.", "faint", wrap=True
        )
        self._choose = button("Choose …", self._choose_file)
        self.go = button("Export", self.start, icon_name="export", primary=True)
        let_ctrl_enter(self, self.go)
        self._cancel = button("Cancel", self.reject)
        self.setLayout(
            column(
                row(label("File", "faint"), self.file, self._choose),
                row(label("Paper", "faint"), self.paper, None),
                self.progress,
                self.words,
                row(None, self._cancel, self.go),
                gap=12,
                margins=(16, 16, 16, 14),
            )
        )

    def start(self) -> None:
        """Begin."""
        if self._exporter is not None or not self._may_write():
            return
        self._set_busy(True)
        self._exporter = Exporter(encode(self._document.project), self.paper.currentData())
        self._timer = self.startTimer(POLL_MS)

    def _may_write(self) -> bool:
        """Ask before a file that is there is replaced, unless the system's file dialog has asked."""
        path = Path(self.file.text()).expanduser()
        if not path.exists() or self.file.text() == self._agreed:
            return True
        words = "It is replaced once the export is complete."
        return (
            ask(self, "Replace", f"{path.name} is there already", words, "Replace", "Cancel", warning=True)
            == 0
        )

    def timerEvent(self, event: QTimerEvent) -> None:
        """Take over what the process says."""
        for kind, *rest in self._exporter.messages() if self._exporter is not None else []:
            if kind == "progress":
                done, total, words = rest
                self.progress.setRange(0, max(total, 1))
                self.progress.setValue(done)
                self.words.setText(words)
            elif kind == "done":
                self._finish(rest[0])
                return
            else:
                self._end()
                self._fail(rest[0])
                return

    def reject(self) -> None:
        """Cancel: the process ends, no file is written."""
        if self._exporter is not None:
            self._end()
            self.words.setText("Cancelled; no file was written.")
            return
        super().reject()

    def done(self, result: int) -> None:
        self._end()
        super().done(result)

    def _finish(self, data: bytes) -> None:
        self._end()
        path = Path(self.file.text()).expanduser()
        try:
            write_safely(path, data)
        except (CagenutError, OSError) as error:
            self._fail(str(error))
            return
        self.exported.emit(path)
        self.accept()

    def _fail(self, reason: str) -> None:
        self.words.setText(f"Not exported: {sentence(reason)}")
        self.words.setProperty("role", "error")
        self.words.style().polish(self.words)

    def _end(self) -> None:
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        if self._exporter is not None:
            self._exporter.stop()
            self._exporter = None
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        for widget in (self.file, self.paper, self._choose, self.go):
            widget.setEnabled(not busy)
        self.progress.setVisible(busy)
        if busy:
            self.progress.setRange(0, 0)
            self.words.setText("Preparing …")
            self.words.setProperty("role", "faint")
            self.words.style().polish(self.words)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.file.text(), "PDF (*.pdf)")
        if name:
            given = name if name.lower().endswith(".pdf") else f"{name}.pdf"
            self.file.setText(given)
            self._agreed = given if given == name else ""


def standing_of(project: Reader) -> str:
    """Return what the file of an export is called after: the revision that the design is, or "draft"."""
    from core.editing.issuing import is_as_issued

    revisions = sorted(project.revisions.values(), key=lambda r: (r.date, r.number))
    if not revisions or not is_as_issued(project, revisions[-1]):
        return "draft"
    return "rev-" + "".join(c if c.isalnum() or c in "._-" else "-" for c in revisions[-1].number)
