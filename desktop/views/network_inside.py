"""What gathered nodes hold, written into their boxes once one is near enough to read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.drawing.batch import Anchor, Batch, Sketch, concatenate
from core.drawing.cables import natural
from core.drawing.dimensions import TEXT
from desktop.canvas.prepared import Prepared, stacked

if TYPE_CHECKING:
    from core.drawing.fabric_map import Node
    from core.drawing.placed import Placement
    from core.drawing.schematic_layout import Box
    from desktop.views.network_picture import Picture

LEAST_PX = (40.0, 12.0)
"""Width and height from which a cell is worth drawing."""
MOST_CELLS, MOST_IN_FRAME = 96, 400
"""Cells of a node, and of all nodes in a frame: the nodes in the middle come first."""
_EDGE, _HEAD = 0.4, 2.6
_ASPECT = 4.0
"""Width of a cell for a height of 1, if it can be chosen."""
_STYLES = ("node.host", "node.leaf", "node.spine", "node.core")


class Inside:
    """The devices of the gathered nodes of a picture as cells of their boxes."""

    def __init__(self, picture: Picture, placement: Placement) -> None:
        self._picture, self._placement = picture, placement
        self._cells: dict[str, list[tuple[Box, int, str]]] = {}
        self._batches: dict[str, Batch] = {}
        self._drawn: tuple[frozenset[str], Prepared | None] = (frozenset(), None)
        self._gathered = [n for n in picture.map.nodes if n.is_gathered and 1 < n.count <= MOST_CELLS]
        boxes = np.array([picture.box(node) for node in self._gathered]).reshape(-1, 4)
        self._low, self._high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        self._least = np.array([self._least_scale(node) for node in self._gathered])

    def is_shown(self, node: Node) -> bool:
        """Tell whether what a node holds is drawn now."""
        return node.key in self._drawn[0]

    def device_at(self, node: Node, x: float, y: float) -> int:
        """Return the device whose cell is under a point, -1 if none is."""
        for (left, low, width, height), device, _ in self._cells_of(node):
            if left <= x <= left + width and low <= y <= low + height:
                return device
        return -1

    def cell(self, node: Node, device: int) -> Box | None:
        """Return the cell of a device."""
        return next((box for box, at, _ in self._cells_of(node) if at == device), None)

    def drawing(self, window: tuple[float, float, float, float], scale: float) -> Prepared | None:
        """Return the cells that can be read in a window (scene coordinates) at a scale."""
        x0, y0, x1, y1 = window
        low, high = self._low, self._high
        met = (self._least <= scale) & (low[:, 0] <= x1) & (high[:, 0] >= x0)
        rows = np.flatnonzero(met & (-low[:, 1] >= y0) & (-high[:, 1] <= y1))
        seen, room = [], MOST_IN_FRAME
        for row in rows[np.argsort(np.abs(low[rows, 0] - (x0 + x1) / 2), kind="stable")].tolist():
            node = self._gathered[row]
            if node.count <= room:
                seen.append(node)
                room -= node.count
        keys = frozenset(node.key for node in seen)
        if keys != self._drawn[0]:
            self._drawn = (keys, self._prepared(seen) if seen else None)
        return self._drawn[1]

    def _prepared(self, nodes: list[Node]) -> Prepared:
        """Return the cells of some nodes, above the layers of the drawing."""
        for node in nodes:
            if node.key not in self._batches:
                self._batches[node.key] = self._batch(node)
        below = [Sketch().freeze()] * len(self._picture.drawn.layers)
        return stacked([*below, concatenate([self._batches[node.key] for node in nodes])])

    def _batch(self, node: Node) -> Batch:
        sketch = Sketch()
        style = _STYLES[min(node.tier, 3)]
        x, y, width, height = self._picture.box(node)
        sketch.rect(x, y, width, height, style)
        sketch.text(x + width / 2, y + height - _HEAD / 2, node.label, 0.8 * TEXT, "text.bold",
                    anchor=Anchor.CENTRE, width=width - 1.0)  # fmt: skip
        for (left, low, wide, high), _, name in self._cells_of(node):
            sketch.rect(left, low, wide, high, style, owner=0)
            sketch.text(left + wide / 2, low + high / 2, name, min(TEXT, 0.55 * high),
                        anchor=Anchor.CENTRE, width=wide - 0.3)  # fmt: skip
        return sketch.freeze()

    def _grid(self, node: Node) -> tuple[int, int]:
        """Return columns and rows of the cells of a node."""
        _, _, width, height = self._picture.box(node)
        wide, high = width - 2 * _EDGE, height - _HEAD - _EDGE
        columns = min(max(round(math.sqrt(node.count * wide / (high * _ASPECT))), 1), node.count)
        return columns, math.ceil(node.count / columns)

    def _least_scale(self, node: Node) -> float:
        """Return the scale from which the cells of a node can be read [px/mm]."""
        columns, rows = self._grid(node)
        _, _, width, height = self._picture.box(node)
        wide, high = (width - 2 * _EDGE) / columns, (height - _HEAD - _EDGE) / rows
        return max(LEAST_PX[0] / wide, LEAST_PX[1] / high)

    def _cells_of(self, node: Node) -> list[tuple[Box, int, str]]:
        """Return box, device and name of each cell, row by row from the upper left."""
        if node.key not in self._cells:
            named = sorted(((self._name(i), i) for i in node.members), key=lambda at: natural(at[0]))
            columns, rows = self._grid(node)
            x, y, width, height = self._picture.box(node)
            wide, high = (width - 2 * _EDGE) / columns, (height - _HEAD - _EDGE) / rows
            top = y + height - _HEAD
            self._cells[node.key] = [
                ((x + _EDGE + (k % columns) * wide, top - (k // columns + 1) * high, wide, high), i, name)
                for k, (name, i) in enumerate(named)
            ]
        return self._cells[node.key]

    def _name(self, device: int) -> str:
        path = self._picture.graph.paths[device]
        found = self._placement.device(path)
        return found.name if found is not None else path
