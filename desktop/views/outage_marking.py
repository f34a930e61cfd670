"""What goes down with what is taken for failed, marked in the hall and in the racks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.canvas.outage_marks import OutageMark, OutageMarks
from desktop.outages import OutageTrial

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.explore.outage_cost import OutageCost
    from desktop.views.hall import HallView
    from desktop.views.racks import RackView
    from desktop.views.view import View

MOST_MARKS = 4000
"""Things that are marked in a drawing."""


class OutageMarking(QObject):
    """Keeps the marks of hall and racks as the trial says."""

    def __init__(self, trial: OutageTrial, hall: HallView, racks: RackView, parent: QObject) -> None:
        super().__init__(parent)
        self._trial, self._hall, self._racks = trial, hall, racks
        self._known: Evaluation | None = None
        self._rack_rows: dict[str, int] = {}
        self.of_hall, self.of_racks = OutageMarks(), OutageMarks()
        hall.scene().addItem(self.of_hall)
        racks.scene().addItem(self.of_racks)
        trial.changed.connect(self.refresh)
        hall.drawn_anew.connect(self.refresh)
        racks.drawn_anew.connect(self.refresh)

    def refresh(self) -> None:
        """Mark what is so now."""
        cost, evaluation = self._trial.cost, self._trial.evaluation
        if cost is None or evaluation is None:
            self.of_hall.show_marks([])
            self.of_racks.show_marks([])
            return
        if self._known is not evaluation:
            snap = evaluation.snapshot
            self._known = evaluation
            self._rack_rows = {snap.rack_path(row): row for row in range(snap.n_racks)}
        self.of_hall.show_marks(self._in_hall(cost, evaluation))
        self.of_racks.show_marks(self._in_racks(cost, evaluation))

    def _in_hall(self, cost: OutageCost, of: Evaluation) -> list[OutageMark]:
        """Return the marks of racks, with the accelerators each loses, and of what stands on the floor."""
        from core.explore.outage_cost import STATES

        snap, found = of.snapshot, []
        for path, row in self._rack_rows.items():
            state = int(cost.rack_state[row])
            if state >= 0 and len(found) < MOST_MARKS:
                lost = cost.rack_accelerators[row]
                words = f"−{lost:,.0f}" if lost else ""
                found += _marked(self._hall, path, STATES[state], words)
        for row, state_name in cost.device_states:
            if not 0 <= snap.device_rack[row] < snap.n_racks and len(found) < MOST_MARKS:
                found += _marked(self._hall, snap.device_path(row), state_name)
        return found

    def _in_racks(self, cost: OutageCost, of: Evaluation) -> list[OutageMark]:
        """Return the marks of the devices in the racks that are drawn."""
        shown = {self._rack_rows.get(standing.path, -1) for standing in self._racks.standing}
        snap, found = of.snapshot, []
        for row, state in cost.device_states:
            if int(snap.device_rack[row]) in shown and len(found) < MOST_MARKS:
                found += _marked(self._racks, snap.device_path(row), state)
        return found


def _marked(view: View, path: str, state: str, words: str = "") -> list[OutageMark]:
    shapes, _ = view.shapes_of([path])
    return [OutageMark(shape.boundingRect(), state, words) for shape in shapes]  # type: ignore[arg-type]
