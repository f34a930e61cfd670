"""The names of the open project, ready to be searched; made anew beside the window after edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop.background import Background

if TYPE_CHECKING:
    from core.explore.search import Index, Names, Reading
    from desktop.document import Document


class LiveNames(QObject):
    """Keeps an index of a document. An older one serves until the next is there."""

    ready = Signal()
    """There is a newer index."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._document: Document | None = None
        self._names: Names | None = None
        self._reading: Reading | None = None
        self._is_running = False
        self.index: Index | None = None

    def watch(self, document: Document | None) -> None:
        """Serve another document from now on."""
        if document is not self._document:
            self._document, self._names, self._reading, self.index = document, None, None, None

    @property
    def is_current(self) -> bool:
        """Whether the index is that of the present state."""
        document = self._document
        return document is None or (self.index is not None and self.index.stamp == document.project.stamp)

    def refresh(self) -> None:
        """Make a newer index if there was an edit; `ready` tells when it is there."""
        document = self._document
        if document is None or self.is_current or self._is_running:
            return
        from core.explore.search import Index, Names, read

        if self._names is None:
            self._names = Names()
        names = self._names
        self._reading = reading = read(document.project, self._reading)
        self._is_running = True
        self._background.run(
            lambda: Index(names.updated(reading)), lambda index, error: self._done(names, index, error)
        )

    def close(self) -> None:
        """End the thread."""
        self.watch(None)
        self._background.close()

    def _done(self, names: Names, index: Any, error: BaseException | None) -> None:
        self._is_running = False
        if names is self._names:
            if error is not None:
                raise error
            self.index = index
            self.ready.emit()
        self.refresh()
