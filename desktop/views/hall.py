"""The hall view: the plan of a floor block, to scale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QWidget

from core.drawing.plan import Footprints, footprints, plan
from core.editing.arrange import move_things
from core.model.change import Change
from core.model.records import Device, Instance
from core.model.types import DeviceType, RackType
from desktop.canvas.layer import Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import stacked
from desktop.canvas.tools.move_things import MoveThings
from desktop.canvas.tools.place_block import PlaceBlock
from desktop.canvas.tools.tool import Tool
from desktop.dragging import Carried
from desktop.views.view import View

THRESHOLDS = (0.012, 0.035, 0.1)
"""Scale [px/mm] from which names, marks and details are drawn."""
TEXT_SCALE = 90.0
"""Names come out as on a print at 1:90."""
_STRUCTURE = frozenset(
    ("blocks", "instances", "devices", "types", "settings", "overrides", "areas", "pathways", "notes")
)


class HallView(View):
    """The plan of the block that is built, or of the one that has been entered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.setAccessibleName("Hall plan")
        self.things: Footprints | None = None
        self._low: NDArray[np.float64] = np.zeros((0, 2))
        self._high: NDArray[np.float64] = np.zeros((0, 2))
        self._rows: dict[str, list[int]] = {}
        self._key: object = None
        self.shows_marks = True

    def show_marks(self, on: bool) -> None:
        """Show or hide grid, dimensions, datum and north."""
        self.shows_marks = on
        self.make_stale()

    @property
    def entered(self) -> str:
        """Path of the floor block that is drawn; of a rack that has been entered, the one that holds it."""
        if self.document is None:
            return ""
        path = self.document.selection.entered
        block = self.document.project.blocks.get(self.document.block_at(path))
        return path.rpartition("/")[0] if block is not None and block.kind == "rack" else path

    @property
    def block(self) -> str:
        """Id of the floor block that is drawn."""
        return "" if self.document is None else self.document.block_at(self.entered)

    # Drawing.

    def concerns(self, change: Change) -> bool:
        return any(delta.table in _STRUCTURE for delta in change.deltas)

    def rebuild(self) -> None:
        document = self.document
        assert document is not None
        project, block = document.project, self.block
        if block not in project.blocks:
            self.things, self._rows = None, {}
            self.layer.draw([])
            return
        below = sorted(project.descendants(block))
        tables = ("instances", "overrides", "areas", "pathways", "notes")
        floors = [b for b in below if project.blocks[b].kind == "floor"]
        key = (
            project.id,
            block,
            self.shows_marks,
            project.version("types"),
            project.version("blocks"),
            tuple(project.version(t, b) for b in below for t in tables),
            tuple(project.version("devices", b) for b in floors),
        )
        if key == self._key:
            return
        self._key = key
        self.things = things = footprints(project, block)
        self._low, self._high = things.corners.min(axis=1), things.corners.max(axis=1)
        if not len(things):
            self._low, self._high = np.zeros((0, 2)), np.zeros((0, 2))
        self._rows = {}
        for row, path in enumerate(things.paths):
            self._rows.setdefault(path.partition("/")[0], []).append(row)
        if not len(things) and not project.areas(block):
            self.layer.draw([])
            return
        drawn = plan(project, block, scale=TEXT_SCALE, marks=self.shows_marks, things=things)
        self.layer.draw([Stamp(stacked(drawn.layers))])

    def say_empty(self) -> str:
        if self.document is None or not self.block or (self.things is not None and len(self.things)):
            return ""
        if self.document.project.areas(self.block):
            return ""
        return "An empty floor\nDrag a rack or a template from the catalogue to here"

    # What is where.

    def path_at(self, at: Pointer) -> str:
        row = self._row_at(at)
        if row < 0 or self.things is None:
            return ""
        return self._full(self.things.paths[row].partition("/")[0])

    def _row_at(self, at: Pointer) -> int:
        hit = (
            (self._low[:, 0] <= at.x)
            & (at.x <= self._high[:, 0])
            & (self._low[:, 1] <= at.y)
            & (at.y <= self._high[:, 1])
        )
        found = np.flatnonzero(hit)
        return int(found[-1]) if len(found) else -1

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        left, right, front, back = box.left(), box.right(), -box.bottom(), -box.top()
        low, high = self._low, self._high
        if crossing:
            hit = (high[:, 0] >= left) & (low[:, 0] <= right) & (high[:, 1] >= front) & (low[:, 1] <= back)
        else:
            hit = (low[:, 0] >= left) & (high[:, 0] <= right) & (low[:, 1] >= front) & (high[:, 1] <= back)
        if self.things is None:
            return []
        first = [self.things.paths[row].partition("/")[0] for row in np.flatnonzero(hit).tolist()]
        found = list(dict.fromkeys(first))
        if not crossing:
            found = [name for name in found if hit[self._rows[name]].all()]
        return [self._full(name) for name in found]

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        shapes = []
        prefix = f"{self.entered}/" if self.entered else ""
        for path in paths:
            if self.things is None or not path.startswith(prefix):
                continue
            inside = path[len(prefix) :]
            rows = self._rows_below(inside)
            if rows:
                low, high = self._low[rows].min(axis=0), self._high[rows].max(axis=0)
                corners = ((low[0], high[1]), (high[0], high[1]), (high[0], low[1]), (low[0], low[1]))
                shapes.append(QPolygonF([QPointF(float(x), -float(y)) for x, y in corners]))
        return shapes, []

    def _rows_below(self, path: str) -> list[int]:
        """Return the footprints of a thing; of a device in a rack those of the rack."""
        assert self.things is not None
        rows = self._rows.get(path.partition("/")[0], [])
        if "/" not in path:
            return rows
        names = self.things.paths
        return [
            r
            for r in rows
            if names[r] == path or names[r].startswith(f"{path}/") or path.startswith(f"{names[r]}/")
        ]

    def _full(self, inside: str) -> str:
        return f"{self.entered}/{inside}".lstrip("/")

    def describe(self, at: Pointer) -> str:
        where = f"x {at.x:,.0f}  y {at.y:,.0f} mm"
        row = self._row_at(at)
        if row < 0 or self.things is None or self.document is None:
            return where
        spec = self.document.project.find_type(self.things.blocks[row])
        block = self.document.project.blocks.get(self.things.blocks[row])
        what = block.name if block is not None else getattr(spec, "name", "")
        return f"{self.things.tags[row]} · {what} · {where}"

    # Gestures.

    def drag_tool(self, start: Pointer) -> Tool | None:
        assert self.document is not None
        chosen = self.own_things(self.document.selection.paths)
        return MoveThings(self) if chosen else None

    def own_things(self, paths: Iterable[str]) -> list[str]:
        """Return the ids of the instances and floor devices among the paths that the drawn block holds."""
        assert self.document is not None
        found = []
        for path in paths:
            record = self.document.project.resolve(self.document.top, path)
            if isinstance(record, (Instance, Device)) and path.rpartition("/")[0] == self.entered:
                found.append(record.id)
        return found

    def landing_tool(self, carried: Carried) -> Tool | None:
        if self.document is None or not self.block:
            return None
        if carried.kind == "type":
            spec = self.document.project.find_type(carried.id) or self.library.find(carried.id)
            stands = isinstance(spec, RackType) or (isinstance(spec, DeviceType) and spec.floor_standing)
            return PlaceBlock(self, carried) if stands else None
        return PlaceBlock(self, carried)

    def why_not_land(self, carried: Carried) -> str:
        return "It is mounted in a rack: drop it in the racks view, Alt+2"

    def nudge(self, dx: int, dy: int, keys: Qt.KeyboardModifier) -> Change | None:
        assert self.document is not None
        chosen = self.own_things(self.document.selection.paths)
        if not chosen:
            return None
        edit = self.document.edit("Nudge", self.entered)
        block = self.block_in(edit)
        pitch = edit.blocks[block].grid_mm
        step = 10 if keys & Qt.KeyboardModifier.AltModifier else pitch
        move_things(edit, block, chosen, dx * step, dy * step)
        return edit.change()

    def block_in(self, edit: object) -> str:
        """Return the block drawn as an edit sees it, which may have made it unique."""
        from core.editing.routes import block_at

        assert self.document is not None
        return block_at(edit, self.document.top, self.entered)  # type: ignore[arg-type]
