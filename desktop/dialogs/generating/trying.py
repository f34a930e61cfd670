"""The candidate chosen, computed beside the window: its drawing, then how it lies on a copy of the design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from core.catalogue.library import Library
from core.errors import CagenutError
from core.explore.candidates import Candidate
from core.model.project import Project
from desktop.dialogs.generating.asked import Asked, Chosen
from desktop.dialogs.generating.sparing import keep_from_collector, let_go
from desktop.dialogs.generating.trial import Trial, tried
from desktop.dialogs.generating.turns import CancelledError, Worker

if TYPE_CHECKING:
    from core.drawing.schematic import Schematic
    from core.fabrics.family import Graph

_ASPECT = 0.42
"""Height of the drawing for a width of 1: it stands above what comes of the candidate."""


@dataclass(frozen=True, eq=False)
class Shown:
    """The candidate chosen as it was computed: some of it is None if it is not possible."""

    candidate: Candidate
    drawn: Schematic | None = None
    trial: Trial | None = None
    problem: str = ""
    """Why it cannot be laid."""


class Trying(Worker):
    """Draws the candidate chosen and lays it on a copy of the design; the newest request wins."""

    shown = Signal(object)
    """Carries a `Shown`: first with the drawing, then with the trial."""

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self.is_busy = False

    def begin(self, project: Project, asked: Asked, chosen: Chosen) -> None:
        """Try a candidate on a copy of a project."""
        self.turn.next()
        self.is_busy = True
        tick, number, library = self.turn.progress(), self.turn.number, self._library
        box: dict[str, Any] = {}
        self._background.run(
            lambda: _drawn(chosen.candidate, asked.role, tick, box),
            lambda made, error: self._ended(number, chosen, made, error, False),
        )
        self._background.run(
            lambda: _tried(project, library, asked, chosen, box, tick),
            lambda made, error: self._ended(number, chosen, made, error, True),
        )

    def stop(self) -> None:
        """Leave what is under way."""
        super().stop()
        self.is_busy = False

    def _ended(
        self, number: int, chosen: Chosen, made: Any, error: BaseException | None, is_trial: bool
    ) -> None:
        if self._is_stale(number) or isinstance(error, CancelledError):
            return
        if error is not None and not isinstance(error, CagenutError):
            raise error
        if is_trial:
            self.is_busy = False
            if made is None and error is None:
                return  # said already: it has no graph
            self.shown.emit(Shown(chosen.candidate, None, made, str(error) if error else ""))
        else:
            self.shown.emit(Shown(chosen.candidate, made, None, str(error) if error else ""))


def _tried(
    project: Project,
    library: Library,
    asked: Asked,
    chosen: Chosen,
    box: dict[str, Graph],
    tick: Callable[..., None],
) -> Trial | None:
    if "graph" not in box:
        return None
    try:
        return tried(project, library, asked, chosen, box["graph"], tick)
    finally:
        let_go(box)


def _drawn(candidate: Candidate, role: str, tick: Callable[..., None], box: dict[str, Any]) -> Schematic:
    from core.drawing.generated import generated_map
    from core.drawing.schematic import natural_size, schematic
    from core.drawing.styles import fabric_style

    tick(0, 0, "Making the network")
    box["graph"] = graph = candidate.graph()
    keep_from_collector()
    tick(0, 0, "Drawing")
    found = generated_map(graph)
    width, _ = natural_size(found)
    return schematic(found, style=fabric_style(role), size=(width, _ASPECT * width))
