"""Draw on the plan corner by corner: what all tools that click points share."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt

from core.model.change import Change
from core.units import length
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.snapping import Snapping
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.hall import HallView


class DrawLine(Tool):
    """Collects points: a click adds one, Backspace takes the last back, Enter or a double click ends it."""

    name = "draw"
    hint = (
        "Click the corners; Shift: straight; Alt: no snapping; Backspace takes one back; Enter ends; Escape"
    )
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: HallView) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self.points: list[tuple[int, int]] = []
        self._snapping = Snapping(canvas)
        self._last: Pointer | None = None

    def end(self) -> Change | None:
        """Return the change that draws what was clicked; subclasses say what it is."""
        raise NotImplementedError

    def words(self) -> str:
        """Return what is being drawn, for the words beside the pointer."""
        return ""

    @property
    def is_closed(self) -> bool:
        """Whether the last point is joined to the first one."""
        return False

    def press(self, at: Pointer) -> Change | None:
        point = self._point(at)
        if self.is_closed and len(self.points) > 2 and point == self.points[0]:
            return self.end()
        if not self.points or point != self.points[-1]:
            self.points.append(point)
        return self.move(at)

    def double(self, at: Pointer) -> Change | None:
        return self.end() if len(self.points) > 1 else None

    def move(self, at: Pointer) -> Change | None:
        self._last = at
        here = self._point(at)
        line = [*self.points, here]
        if self.is_closed and len(self.points) > 1:
            line.append(self.points[0])
        drawn = [QLineF(a[0], -a[1], b[0], -b[1]) for a, b in pairwise(line)]
        cross = 6 / at.scale
        drawn.append(QLineF(here[0] - cross, -here[1], here[0] + cross, -here[1]))
        drawn.append(QLineF(here[0], -here[1] - cross, here[0], -here[1] + cross))
        self.canvas.overlay.show_lines(drawn)
        words = f"x {length(here[0])}, y {length(here[1])}"
        if self.points:
            words = f"{length(math.dist(self.points[-1], here))} · {words}"
        self.canvas.overlay.say(f"{self.words()}\n{words}".strip(), at.scene)
        return None

    def key(self, key: int, keys: Qt.KeyboardModifier) -> Change | None:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.end()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            if self.points:
                self.points.pop()
            if self._last is not None:
                self.move(self._last)
        return None

    def _point(self, at: Pointer) -> tuple[int, int]:
        return self._snapping.at(at, self.points[-1] if self.points else None)
