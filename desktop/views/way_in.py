"""The way by which the selected rack comes to its place, drawn over the hall on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.drawing.colour_values import rack_rows
from desktop.background import Background
from desktop.canvas.prepared import prepare, raised
from desktop.views.floor_drawing import OVER_RANK, TEXT_SCALE

if TYPE_CHECKING:
    from core.drawing.way_in import Corner
    from desktop.views.hall import HallView


class WayIn(QObject):
    """One way; it is found beside the window, and again for every newer evaluation."""

    said = Signal(str)
    """What was found, for the status bar."""
    changed = Signal()
    """It is shown or hidden."""

    def __init__(self, hall: HallView) -> None:
        super().__init__(hall)
        self._hall = hall
        self._background = Background(self)
        self._asked: object = None
        self.path = ""
        """The rack whose way is shown; empty for none."""
        self.corners: tuple[Corner, ...] = ()
        """In coordinates of the block that is built [mm]; none while it is not known."""

    def show(self, path: str) -> None:
        """Show the way of another rack; with an empty path none."""
        if path == self.path:
            return
        self.path, self.corners, self._asked = path, (), None
        if not path:
            self._background.close()
        self._lay()
        self.follow()
        self.changed.emit()

    def follow(self) -> None:
        """Find the way in the newest evaluation."""
        evaluation = self._hall.seeing.evaluation
        if not self.path or evaluation is None or self._asked is evaluation:
            self._lay()
            return
        snap, self._asked = evaluation.snapshot, evaluation
        row = int(rack_rows(snap.flat, [self.path])[0][0])
        if row < 0 or snap.rack_type[row] < 0:
            self.show("")
            return
        said = bool(self.corners)

        def work() -> tuple[Corner, ...]:
            from core.engine.path_in import way_in

            return way_in(snap, row)

        self._background.run(work, lambda found, error: self._found(evaluation, found, error, said))

    def _found(
        self, asked: object, found: tuple[Corner, ...], error: BaseException | None, said: bool
    ) -> None:
        if error is not None:
            raise error
        if asked is not self._asked:
            return
        self.corners = found
        self._lay()
        if not said:
            self.said.emit(self.words)

    @property
    def words(self) -> str:
        """What is known of the way, in words."""
        from core.drawing.way_in import way_words

        document, evaluation = self._hall.document, self._hall.seeing.evaluation
        if document is None or evaluation is None or not self.path:
            return ""
        name = document.label_of(self.path)
        if self.corners:
            return f"{name}: {way_words(self.corners)}, upright"
        row = int(rack_rows(evaluation.snapshot.flat, [self.path])[0][0])
        ways = evaluation.ways_in
        if row < 0 or not ways.rack_judged[row]:
            return f"{name}: no door is drawn on its level"
        if not ways.rack_through[row]:
            return f"{name}: no door is high and wide enough for it"
        return f"{name}: no way from a door is wide enough for it, all other racks standing"

    def _lay(self) -> None:
        """Draw what is known; only the floor that is built is in the coordinates of the way."""
        from core.drawing.way_in import draw_way

        lay = self._hall.layer.lay
        if len(self.corners) < 2 or self._hall.entered:
            lay("way", None)
            return
        lay("way", raised(prepare(draw_way(self.corners, TEXT_SCALE)), OVER_RANK))
