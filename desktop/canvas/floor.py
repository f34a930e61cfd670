"""What is in the way on a floor, looked up once for a gesture and then asked with every move of the mouse."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from core.editing.footprint import Box, box_of
from core.model.project import Reader

BARRED = {"keep-out": "keep-out area", "column": "column", "wall": "wall"}
NEAR_MM = 3000
"""How far away things still attract what is dragged."""


class Floor:
    """What stands on a floor block, but for some things, and where nothing may stand.

    Parameters
    ----------
    reader : Reader
    block : str
        Id of a floor block.
    without : collection of str
        Ids of things that are not in the way, for they are being dragged.
    """

    def __init__(self, reader: Reader, block: str, without: Collection[str] = ()) -> None:
        left_out = set(without)
        things = [
            thing
            for thing in (*reader.instances(block).values(), *reader.devices(block).values())
            if thing.id not in left_out
        ]
        self._names = [thing.name or thing.id for thing in things]
        self._boxes = _columns([box_of(reader, thing) for thing in things])
        self._barred = [
            (QPolygonF([QPointF(x, y) for x, y in area.points]), f"{BARRED[area.kind]} {area.name}".rstrip())
            for area in reader.areas(block).values()
            if area.kind in BARRED and area.points
        ]

    def near(self, box: Box, reach: int = NEAR_MM) -> list[Box]:
        """Return the boxes of what stands near a box."""
        wider = np.array([[box.left - reach, box.front - reach, box.right + reach, box.back + reach]])
        rows = np.flatnonzero(_overlaps(wider, self._boxes)[0])
        return [Box(*row) for row in self._boxes[rows].tolist()]

    def obstacle(self, parts: Sequence[Box], more: Sequence[tuple[str, Box]] = ()) -> str:
        """Return what the parts of something would stand in, in words; empty if the floor is free.

        `more` is what else is in the way, by name.
        """
        if not parts:
            return ""
        rects, own = _columns(parts), _columns([box for _, box in more])
        for names, boxes in ((self._names, self._boxes), ([name for name, _ in more], own)):
            met = np.flatnonzero(_overlaps(rects, boxes).any(axis=0))
            if len(met):
                return f"Stands in the way: {names[int(met[0])]}"
        for shape, words in self._barred:
            around = shape.boundingRect()
            for part in parts:
                inner = QRectF(
                    part.left + 1, part.front + 1, part.right - part.left - 2, part.back - part.front - 2
                )
                if around.intersects(inner) and shape.intersects(QPolygonF(inner)):
                    return f"In the {words}"
        return ""


def _columns(boxes: Sequence[Box]) -> NDArray[np.int64]:
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def _overlaps(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which boxes of one list share floor with which of the other; touching is no clash."""
    found: NDArray[np.bool_] = (
        (one[:, None, 0] < other[:, 2])
        & (other[:, 0] < one[:, None, 2])
        & (one[:, None, 1] < other[:, 3])
        & (other[:, 1] < one[:, None, 3])
    )
    return found
