"""Room on a floor: what stands in the way of something that is to be put there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from core.editing.footprint import Box, box_of, meets
from core.errors import EditError
from core.model.project import Reader
from core.model.records import Device, Instance

BARRED = {"keep-out": "keep-out area", "column": "column", "wall": "wall"}
"""Kinds of areas on which nothing stands, and what they are called."""


class FloorRoom:
    """What is taken on one floor block.

    Parameters
    ----------
    reader : Reader
    block : str
    without : collection of str, optional
        Ids of instances and devices taken as not there (those being moved).
    """

    def __init__(self, reader: Reader, block: str, without: Collection[str] = ()) -> None:
        there: list[Device | Instance] = []
        there += (i for i in reader.instances(block).values() if i.id not in without)
        there += (d for d in reader.devices(block).values() if d.id not in without)
        self._names = [thing.name or thing.id for thing in there]
        self._boxes = np.array([box_of(reader, thing) for thing in there], np.int64).reshape(-1, 4)
        self._areas = [
            (f"In the {BARRED[area.kind]} {area.name}".rstrip(), area.points)
            for area in reader.areas(block).values()
            if area.kind in BARRED and len(area.points) > 2
        ]

    def obstacle(self, box: Box) -> str:
        """Return what a box would stand in, in words; empty if the floor is free. Touching is no clash."""
        hit = np.flatnonzero(_overlapping(self._boxes, box))
        if len(hit):
            return f"Stands in the way: {self._names[hit[0]]}"
        return next((words for words, points in self._areas if meets(box, points)), "")

    def obstacles(self, boxes: Sequence[Box]) -> list[str]:
        """Return for each of some boxes what it would stand in, those before it included."""
        found = []
        own = np.array(boxes, np.int64).reshape(-1, 4)
        for row, box in enumerate(boxes):
            reason = self.obstacle(box)
            if not reason and _overlapping(own[:row], box).any():
                reason = "They would stand in each other"
            found.append(reason)
        return found

    def ensure(self, boxes: Sequence[Box]) -> None:
        """Raise if one of some boxes cannot stand where it is.

        Raises
        ------
        EditError
            With the first reason, and how many cannot.
        """
        reasons = [reason for reason in self.obstacles(boxes) if reason]
        if reasons:
            more = f" (and {len(reasons) - 1:,} more)" if len(reasons) > 1 else ""
            raise EditError(f"{reasons[0]}{more}", cure="Choose another place, or clear this one")


def _overlapping(boxes: np.ndarray, box: Box) -> np.ndarray:
    found: np.ndarray = (
        (boxes[:, 0] < box.right)
        & (box.left < boxes[:, 2])
        & (boxes[:, 1] < box.back)
        & (box.front < boxes[:, 3])
    )
    return found
