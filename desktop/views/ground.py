"""Areas and pathways on the plan: which is picked, its handles, its card, the tools that draw more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPolygonF

from core.editing.pathways import Table, drawn, set_level
from core.editing.remove import remove
from core.errors import CagenutError, EditError
from core.model.records import Area, Pathway
from desktop.canvas.ground_marks import GroundMarks, Handle, edges_of
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.area import DrawArea
from desktop.canvas.tools.bend_ground import BendGround
from desktop.canvas.tools.pathway import DrawPathway
from desktop.panels.form import Shift, WrongValueError
from desktop.views.ground_card import LEVEL, GroundCard

if TYPE_CHECKING:
    from desktop.views.hall import HallView

NEAR_PX = 5.0
HANDLE_PX = 7.0
SMALL_PX = 24.0
"""A thing that looks smaller than this is taken before a line that runs over it."""
_INSIDE = ("column", "keep-out", "containment", "door")
"""Areas that a click anywhere inside picks; others are picked by their outline."""
NEW_PATHWAY = {"kind": "tray", "carries": "", "width_mm": 300, "depth_mm": 100}
Z_MM = 2_700


class Ground(QObject):
    """What is drawn on the floor below and above the things that stand on it."""

    picked = Signal()
    """Another area or pathway is picked, or none."""

    def __init__(self, canvas: HallView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.table: Table = "areas"
        self.id = ""
        self.new: dict[str, Any] = dict(NEW_PATHWAY)
        """Fields of the next pathway."""
        self.z_mm = Z_MM
        self.marks = GroundMarks()
        canvas.scene().addItem(self.marks)
        self.card = GroundCard(canvas)
        self.card.edited.connect(self._edited)
        self.card.delete_requested.connect(lambda: canvas.feed(self.delete))
        self.card.cables_requested.connect(self.select_cables)
        canvas.tool_changed.connect(self.tell)

    # What is picked.

    @property
    def record(self) -> Area | Pathway | None:
        """What is picked, as it is now."""
        document = self._canvas.document
        if document is None or not self.id:
            return None
        return cast("Area | Pathway | None", document.project.get(self.table, (self._canvas.block, self.id)))

    def pick(self, table: Table, record_id: str) -> None:
        """Pick an area or a pathway; an empty id picks none."""
        document = self._canvas.document
        if record_id and document is not None and document.selection.paths:
            document.selection.clear()
        if (table, record_id) != (self.table, self.id):
            self.table, self.id = table, record_id
            self.refresh()
            self.picked.emit()

    def show(self, record: Area | Pathway) -> None:
        """Pick an area or a pathway of the floor that is drawn, and bring it into view."""
        self._canvas.ensure_drawn()
        self.pick("pathways" if isinstance(record, Pathway) else "areas", record.id)
        outline = QPolygonF([QPointF(point[0], -point[1]) for point in record.points]).boundingRect()
        self._canvas.show_whole(outline)

    def pick_later(self, table: Table, record_id: str) -> None:
        """Pick what the change in the making draws, once it is there."""
        self.table, self.id = table, record_id

    def refresh(self) -> None:
        """Show what is picked as it is now; what is gone is picked no more."""
        record = self.record
        if record is None:
            self.id = ""
        points = [] if record is None else [(p[0], p[1]) for p in record.points]
        self.marks.show_points(points, closed=self.table == "areas")
        self.tell()

    def tell(self) -> None:
        """Show the card of what is picked, or of the pathway in the making."""
        tool = self._canvas.tool
        if isinstance(tool, DrawPathway):
            self.new, self.z_mm = dict(tool.fields), tool.z_mm
            self.card.show_new(self.new, self.z_mm)
            return
        record = self.record
        if record is None:
            self.card.hide()
            return
        self.card.show_record(record, self._canvas.seeing.evaluation, self._path)

    @property
    def _path(self) -> str:
        return f"{self._canvas.entered}/{self.id}".lstrip("/")

    def at(self, at: Pointer) -> tuple[Table, str]:
        """Return the area or pathway at a point; an empty id if there is none."""
        document = self._canvas.document
        if document is None:
            return "areas", ""
        project, block = document.project, self._canvas.block
        best: tuple[float, Table, str] = (NEAR_PX, "areas", "")
        tables: tuple[Table, ...] = ("pathways", "areas")
        for table in tables:
            for record in project.rows(table, block).values():
                apart = _apart_px(at, record, closed=table == "areas")
                if apart < best[0]:
                    best = (apart, table, record.id)
        under = self._canvas.box_at(at)
        if under is not None and max(under.width(), under.height()) * at.scale < SMALL_PX:
            return "areas", ""
        if best[2] or under is not None:
            return best[1], best[2]
        for area in project.areas(block).values():
            outline = QPolygonF([QPointF(x, y) for x, y in area.points])
            if area.kind in _INSIDE and outline.containsPoint(QPointF(at.x, at.y), Qt.FillRule.OddEvenFill):
                return "areas", area.id
        return "areas", ""

    def handle_at(self, at: Pointer) -> Handle | None:
        """Return the handle of what is picked that is at a point."""
        near = [(math.dist((h.x, h.y), (at.x, at.y)) * at.scale, h) for h in self.marks.handles]
        apart, handle = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return handle if apart <= HANDLE_PX else None

    def grip_at(self, at: Pointer) -> BendGround | None:
        """Return the tool that drags what is under a press; it is picked. Elsewhere nothing is."""
        handle = self.handle_at(at)
        if handle is None:
            self.pick(*self.at(at))
        return BendGround(self._canvas, handle) if self.id else None

    # What can be done.

    def draw_pathway(self) -> None:
        """Take the tool that draws a pathway like the last one."""
        self._begin()
        self._canvas.use(DrawPathway(self._canvas, dict(self.new), self.z_mm))

    def draw_area(self, kind: str) -> None:
        """Take the tool that draws an area."""
        self._begin()
        self._canvas.use(DrawArea(self._canvas, kind))

    def _begin(self) -> None:
        self.pick("areas", "")
        if self._canvas.document is not None and self._canvas.document.selection.paths:
            self._canvas.document.selection.clear()

    def delete(self) -> None:
        """Delete what is picked."""
        document, record = self._canvas.document, self.record
        if document is None or record is None:
            return
        edit = document.edit(f"Delete {record.name or record.kind}", self._canvas.entered)
        remove(edit, self._canvas.block_in(edit), [record.id])
        document.commit_edit(edit)

    def select_cables(self) -> None:
        """Select the links of the block drawn whose cables lie in the pathway that is picked."""
        document, evaluation = self._canvas.document, self._canvas.seeing.evaluation
        if document is None or evaluation is None or evaluation.cabling.routes is None:
            return
        rows = evaluation.cabling.routes.cables_in(self._path)
        paths = dict.fromkeys(evaluation.snapshot.cable_path(int(row)).partition("#")[0] for row in rows)
        if not paths:
            self._canvas.failed.emit("no cable lies in it")
            return
        self.pick("areas", "")
        document.selection.set(list(paths))

    def _edited(self, name: str, value: Any) -> None:
        """Put one field of what is picked into one change; of a pathway in the making, change the tool."""
        tool = self._canvas.tool
        if isinstance(tool, DrawPathway):
            self._change_new(tool, name, value)
            return
        document, record = self._canvas.document, self.record
        if document is None or record is None:
            return
        try:
            edit = document.edit(f"Set {self.card.label_of(name).lower()}", self._canvas.entered)
            block = self._canvas.block_in(edit)
            now = record.points[0][2] if name == LEVEL else getattr(record, name)  # type: ignore[misc]
            value = value.of(self.card.field(name), now) if isinstance(value, Shift) else value
            if name == LEVEL:
                set_level(edit, block, record.id, value)
            else:
                edit.replace(self.table, drawn(edit, self.table, block, record.id).key, **{name: value})
            document.commit_edit(edit, group=f"{self.table} {record.id} {name}")
        except (CagenutError, WrongValueError) as error:
            problem = error if isinstance(error, CagenutError) else EditError(str(error))
            self._canvas.failed.emit(str(problem))
            self.card.refuse(name, problem.problem)

    def _change_new(self, tool: DrawPathway, name: str, value: Any) -> None:
        now = tool.z_mm if name == LEVEL else tool.fields[name]
        try:
            value = value.of(self.card.field(name), now) if isinstance(value, Shift) else value
        except WrongValueError as error:
            self.card.refuse(name, str(error))
            return
        if name == LEVEL:
            tool.z_mm = value
        else:
            tool.fields[name] = value
        self._canvas.setFocus()
        self._canvas.tool_changed.emit()


def _apart_px(at: Pointer, record: Area | Pathway, *, closed: bool) -> float:
    """Return how far a point is from the line of an area or a pathway, on screen."""
    points = [(p[0], p[1]) for p in record.points]
    best = math.inf
    for (ax, ay), (bx, by) in edges_of(points, closed=closed):
        dx, dy = bx - ax, by - ay
        span = dx * dx + dy * dy
        share = max(0.0, min(1.0, ((at.x - ax) * dx + (at.y - ay) * dy) / span)) if span else 0.0
        best = min(best, math.dist((at.x, at.y), (ax + share * dx, ay + share * dy)))
    return best * at.scale
