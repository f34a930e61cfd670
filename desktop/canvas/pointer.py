"""Where the pointer is, in the drawing's own millimetres."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt


class Pointer(NamedTuple):
    """A point of the drawing and what is held down there."""

    x: float
    """To the right [mm]."""
    y: float
    """Up [mm]."""
    scale: float
    """Size of a millimetre on screen [px]."""
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def scene(self) -> QPointF:
        """The same point in scene coordinates, y down."""
        return QPointF(self.x, -self.y)

    @property
    def adds(self) -> bool:
        """Whether a click adds to the selection."""
        return bool(self.keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))

    @property
    def copies(self) -> bool:
        """Whether a drag copies instead of moving."""
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)

    @property
    def is_shifted(self) -> bool:
        """Whether a drag swaps, or places as many as fit."""
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def is_free(self) -> bool:
        """Whether snapping is bypassed."""
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)

    def is_far_from(self, other: Pointer) -> bool:
        """Tell whether a drag has begun: some pixels from where the button went down."""
        return abs(self.x - other.x) * self.scale > 4 or abs(self.y - other.y) * self.scale > 4
