"""Two clicks on the plan: what they are for is said by whoever asks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, Qt

from core.drawing.underlays import underlay_lines
from core.model.change import Change
from core.units import length
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.hall import HallView

Point = tuple[float, float]
CATCH_PX = 10.0
"""How near to an end of a line of an underlay a click takes it."""


class TwoPoints(Tool):
    """Picks two points, on the ends of lines of underlays where one is near; Alt bypasses that.

    Parameters
    ----------
    canvas : HallView
    first, second : str
        What is asked for, as in "Click the first end of a known distance".
    then : callable
        Gets both points [mm]; returns the change, or None if it asks for more first.
    """

    name = "two points"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, canvas: HallView, first: str, second: str, then: Callable[[Point, Point], Change | None]
    ) -> None:
        super().__init__(canvas)
        self.canvas: HallView = canvas
        self._words = (first, second)
        self._then = then
        self._one: Point | None = None
        self._ends: NDArray[np.float64] | None = None

    @property
    def hint(self) -> str:  # type: ignore[override]
        """What to click next."""
        return f"{self._words[self._one is not None]}; Alt: not on the ends of lines; Escape leaves it"

    def press(self, at: Pointer) -> Change | None:
        point = self._caught(at)
        if self._one is None:
            self._one = point
            self.canvas.tool_changed.emit()
            self._show(at, point)
            return None
        if math.dist(self._one, point) * at.scale < 2:
            return None  # the second press of a double click
        one, self.is_done = self._one, True
        self.canvas.overlay.clear()
        return self._then(one, point)

    def double(self, at: Pointer) -> Change | None:
        return self.press(at)

    def move(self, at: Pointer) -> Change | None:
        self._show(at, self._caught(at))
        return None

    def _show(self, at: Pointer, point: Point) -> None:
        x, y = point
        across = 6 / at.scale
        lines = [QLineF(x - across, -y, x + across, -y), QLineF(x, -y - across, x, -y + across)]
        words = self._words[self._one is not None]
        if self._one is not None:
            lines.append(QLineF(self._one[0], -self._one[1], x, -y))
            words = f"{words}\n{length(math.dist(self._one, point))} as drawn now"
        self.canvas.overlay.show_lines(lines)
        self.canvas.overlay.say(words, at.scene)

    def _caught(self, at: Pointer) -> Point:
        if self._ends is None:
            document = self.canvas.document
            assert document is not None
            self._ends = underlay_lines(document.project, self.canvas.block).lines.reshape(-1, 2)
        if at.is_free or not len(self._ends):
            return at.x, at.y
        apart = np.hypot(self._ends[:, 0] - at.x, self._ends[:, 1] - at.y)
        nearest = int(apart.argmin())
        if apart[nearest] * at.scale > CATCH_PX:
            return at.x, at.y
        x, y = self._ends[nearest].tolist()
        return x, y
