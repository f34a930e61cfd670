"""What is in the way on a floor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from core.editing.footprint import Box, box_of
from core.model.project import Reader

BARRED = {"keep-out": "keep-out area", "column": "column", "wall": "wall"}


def other_boxes(reader: Reader, block: str, without: Collection[str]) -> list[tuple[str, Box]]:
    """Return what stands on a floor block, by name, but for some ids."""
    things = [*reader.instances(block).values(), *reader.devices(block).values()]
    return [(thing.name or thing.id, box_of(reader, thing)) for thing in things if thing.id not in without]


def obstacle_at(
    reader: Reader, block: str, whole: Box, others: Iterable[tuple[str, Box]], parts: Sequence[Box]
) -> str:
    """Return what the parts of something would stand in, in words; empty if the floor is free."""
    near = [(name, box) for name, box in others if overlaps(box, whole)]
    for part in parts:
        for name, box in near:
            if overlaps(box, part):
                return f"Stands in the way: {name}"
    for area in reader.areas(block).values():
        if area.kind in BARRED and area.points:
            shape = QPolygonF([QPointF(x, y) for x, y in area.points])
            for part in parts:
                inner = QRectF(
                    part.left + 1, part.front + 1, part.right - part.left - 2, part.back - part.front - 2
                )
                if shape.intersects(QPolygonF(inner)):
                    return f"In the {BARRED[area.kind]} {area.name}".rstrip()
    return ""


def overlaps(one: Box, other: Box) -> bool:
    """Tell whether two boxes share floor; touching is no clash."""
    return (
        one.left < other.right
        and other.left < one.right
        and one.front < other.back
        and other.front < one.back
    )
