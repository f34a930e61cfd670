"""The sheets of the open project: listed and drawn by a process of its own, as the design is now."""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimerEvent, Signal
from PySide6.QtGui import QImage

from core.explore.search import Terms
from core.files.project_file import encode
from desktop.document import Document
from desktop.sheets.sheet_work import work

POLL_MS = 60
PAPER = "A3"


class ListedSheet(NamedTuple):
    """One sheet of the set."""

    id: str
    title: str
    subtitle: str
    group: str
    about: tuple[str, ...]
    """Paths of what it shows."""


class SheetList(QObject):
    """Lists the sheets of a document and draws them. An older list serves until the next is there."""

    listed = Signal()
    """There is a newer list."""
    drawn = Signal(str, QImage)
    """Carries a sheet and its picture."""
    progressed = Signal(int, int, str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._process: Any = None
        self._ours: Any = None
        self._timer = 0
        self._begun = -1
        self._wanted: tuple[str, int] | None = None
        self._terms = Terms([], [])
        self.stamp = -1
        """State of the project that the list is of."""
        self.sheets: list[ListedSheet] = []
        self.problem = ""
        """Why there is no newer list; empty if nothing went wrong."""
        self.keeps = False
        """Whether the process stays to draw sheets once it has listed them."""

    def watch(self, document: Document | None) -> None:
        """List the sheets of another project from now on."""
        self._end()
        self._document, self.stamp, self._begun = document, -1, -1
        self._take([])

    @property
    def is_current(self) -> bool:
        """Whether the list is of the present state."""
        return self._document is not None and self.stamp == self._document.project.stamp

    @property
    def is_busy(self) -> bool:
        """Whether sheets are being planned or drawn."""
        return self._process is not None and (self.stamp != self._begun or self._wanted is not None)

    def refresh_once(self) -> None:
        """List the sheets if that was never done for this project."""
        if self.stamp < 0:
            self.refresh()

    def refresh(self) -> None:
        """List the sheets of the present state; `listed` tells when that is done."""
        document = self._document
        if document is None or document.top not in document.project.blocks:
            return
        now = document.project.stamp
        if self._begun == now and (self._process is not None or self.stamp == now or self.problem):
            return
        self._start(document)

    def draw(self, sheet: str, width: int) -> None:
        """Draw a sheet as the design is now; `drawn` brings its picture."""
        document = self._document
        if document is None:
            return
        self._wanted = (sheet, width)
        if self._process is None or self._begun != document.project.stamp:
            self._start(document)
        elif self.is_current:
            self._ours.send(self._wanted)

    def search(self, query: str, limit: int) -> list[tuple[int, ListedSheet]]:
        """Return (score, sheet) of those that match; of all in their order if nothing is asked."""
        if not query:
            return [(0, sheet) for sheet in self.sheets[:limit]]
        return [(score, self.sheets[number]) for score, number in self._terms.search(query, limit)]

    def sheet_of(self, path: str) -> str:
        """Return the sheet that shows a thing best: its own, else that of what it stands in; "" if none."""
        while True:
            for sheet in self.sheets:
                if path in sheet.about:
                    return sheet.id
            if not path:
                return ""
            path = path.rpartition("/")[0]

    def close(self) -> None:
        """End the process."""
        self.watch(None)

    def rest(self) -> None:
        """End the process unless it is listing; the list stays."""
        self.keeps, self._wanted = False, None
        if self.stamp == self._begun:
            self._end()

    def timerEvent(self, event: QTimerEvent) -> None:
        """Take over what the process says."""
        try:
            while self._ours is not None and self._ours.poll():
                self._hear(self._ours.recv())
        except (EOFError, OSError):
            self._fail("the sheets ended without a result")

    def _start(self, document: Document) -> None:
        import multiprocessing

        self._end()
        self.problem, self._begun = "", document.project.stamp
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        args = (encode(document.project), PAPER, theirs)
        process = context.Process(target=work, args=args, daemon=True)
        process.start()
        self._process = process
        theirs.close()
        self._timer = self.startTimer(POLL_MS)

    def _hear(self, message: tuple[Any, ...]) -> None:
        kind, *rest = message
        if kind == "progress":
            self.progressed.emit(*rest)
        elif kind == "sheets":
            self.stamp = self._begun
            self._take([ListedSheet(*each) for each in rest[0]])
            if self._wanted is not None:
                self._ours.send(self._wanted)
            elif not self.keeps:
                self._end()
            self.listed.emit()
        elif kind == "picture":
            sheet, width, height, pixels = rest
            if self._wanted is not None and self._wanted[0] == sheet:
                self._wanted = None
            picture = QImage(pixels, width, height, 3 * width, QImage.Format.Format_BGR888).copy()
            self.drawn.emit(sheet, picture)
        else:
            self._fail(rest[0])

    def _take(self, sheets: list[ListedSheet]) -> None:
        self.sheets = sheets
        titles = [f"{sheet.id} {sheet.title}" for sheet in sheets]
        self._terms = Terms(titles, [f"{s.group} {s.subtitle} sheet" for s in sheets])

    def _fail(self, reason: str) -> None:
        self.problem = f"the sheets cannot be drawn: {reason}"
        self._wanted = None
        self._end()
        self.failed.emit(self.problem)
        self.listed.emit()

    def _end(self) -> None:
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        if self._process is not None:
            if self._process.is_alive():
                self._process.terminate()
            self._process.join(5)
            self._ours.close()
            self._process = self._ours = None
