"""The hall view: the plan of a floor block, to scale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from core.drawing.colour_schemes import Colouring, shown_texts
from core.drawing.colouring import colour_floor
from core.drawing.plan import Footprints
from core.editing.arrange import move_things, rotate
from core.model.change import Change
from core.model.records import Device, Instance
from core.model.types import DeviceType, RackType
from core.units import length, measure
from desktop.canvas.layer import Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import Prepared
from desktop.canvas.tools.move_things import MoveThings
from desktop.canvas.tools.place_block import PlaceBlock
from desktop.canvas.tools.select import SelectTool
from desktop.canvas.tools.tool import Tool
from desktop.dragging import Carried
from desktop.panels.legend import Legend
from desktop.pinning import pin_offer
from desktop.seeing import Seeing
from desktop.views.floor_drawing import FloorDrawing
from desktop.views.ground import Ground
from desktop.views.view import View
from desktop.views.way_in import WayIn

THRESHOLDS = (0.014, 0.035, 0.14)
"""Scale [px/mm] from which names, marks and the contents of racks are drawn."""
_STRUCTURE = frozenset(
    (
        "blocks",
        "instances",
        "devices",
        "types",
        "settings",
        "overrides",
        "areas",
        "pathways",
        "underlays",
        "notes",
        "phases",
    )
)


class HallView(View):
    """The plan of the block that is built, or of the one that has been entered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.setAccessibleName("Hall plan")
        self.drawn: FloorDrawing | None = None
        self.colouring: Colouring | None = None
        self._texts: tuple[str, ...] = ()
        """What stands on each thing beside its name."""
        self._key: object = None
        self.shows_marks = True
        self.see(Seeing(self))
        self.legend = Legend(self)
        self.layer.closer = self._close
        self.ground = Ground(self)
        self.way = WayIn(self)

    def show_marks(self, on: bool) -> None:
        """Show or hide grid, dimensions, datum and north."""
        self.shows_marks = on
        self.make_stale()

    def see(self, seeing: Seeing) -> None:
        """Follow another choice of what is shown."""
        self.seeing = seeing
        seeing.changed.connect(self._seen)
        self.make_stale()

    @property
    def things(self) -> Footprints | None:
        """What stands on the floor that is drawn."""
        return None if self.drawn is None else self.drawn.things

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
            self.drawn, self._key = None, None
            self.layer.draw([])
            self._show_seen()
            self.ground.refresh()
            return
        below = sorted(project.descendants(block))
        tables = ("instances", "overrides", "areas", "pathways", "underlays", "notes")
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
        if key != self._key:
            self._key = key
            self.drawn = drawn = FloorDrawing(project, block, marks=self.shows_marks)
            self.layer.draw([] if drawn.is_empty else [Stamp(drawn.base)], drawn.pictures)
        self._show_seen()
        self.ground.refresh()

    # What is shown beside the things themselves.

    def _seen(self, what: str) -> None:
        if not self.isVisible():
            self.make_stale()
        elif not self._is_stale and (what != "evaluation" or self.seeing.scheme or self.seeing.cables):
            self._show_seen()
        elif what == "evaluation" and self.drawn is not None:
            self.drawn.say(self._words, neutral=self.seeing.scheme is not None)
            self.layer.refresh()
        if what == "evaluation":
            self.way.follow()
            self.ground.tell()

    def _show_seen(self) -> None:
        """Lay colours, names, air and cables over the plan."""
        drawn, seeing, document = self.drawn, self.seeing, self.document
        self.colouring = None
        if drawn is None or drawn.is_empty or document is None:
            for name in ("colours", "pathways", "far", "names", "air", "cables"):
                self.layer.lay(name, None)
            self.legend.show_colouring(None)
            return
        if seeing.scheme is not None:
            if seeing.scheme.is_long:
                seeing.want_losses()
            paths = [self._full(path) for path in drawn.things.paths]
            self.colouring = colour_floor(document.project, seeing.scheme, paths, seeing.evaluation)
        colouring = self.colouring
        self.layer.lay("colours", drawn.masses() if colouring is None else drawn.coloured(colouring))
        self.layer.lay("pathways", drawn.pathways)
        self._texts = () if colouring is None else shown_texts(colouring, unit=True)
        self.layer.lay("far", drawn.far(colouring) if seeing.names else None)
        self.layer.lay("names", drawn.names(self._texts or None) if seeing.names else None)
        drawn.say(self._words, neutral=colouring is not None)
        self.layer.refresh()
        self.layer.lay("air", drawn.air() if seeing.airflow else None)
        self._lay_cables()
        self.way.follow()
        self.legend.show_colouring(colouring)
        self.viewport().update()

    def _lay_cables(self) -> None:
        drawn, seeing, document = self.drawn, self.seeing, self.document
        if not seeing.cables or drawn is None or document is None or seeing.evaluation is None:
            self.layer.lay("cables", None)
            return
        prefix = f"{self.entered}/" if self.entered else ""
        paths = document.selection.paths
        self.layer.lay("cables", drawn.cables(document.project, seeing.evaluation, prefix, paths))

    def show_selection(self) -> None:
        super().show_selection()
        if self.document is not None and self.document.selection.paths:
            self.ground.pick("areas", "")
        if self.seeing.cables and not self._is_stale:
            self._lay_cables()

    def _close(self, window: tuple[float, float, float, float], scale: float) -> Prepared | None:
        if self.drawn is None or not self.seeing.names:
            return None
        return self.drawn.close(window, scale, THRESHOLDS[2])

    def _words(self, row: int) -> list[str]:
        """Return what is written on a rack from near by."""
        assert self.drawn is not None
        words = [self.drawn.things.names[row]]
        colouring, evaluation = self.colouring, self.seeing.evaluation
        if colouring is not None:
            text, code = self._texts[row], int(colouring.codes[row])
            name = colouring.entries[code].name if code >= 0 and not colouring.scheme.is_scale else ""
            words.append(f"{text} {name}".rstrip())
        path = self._full(self.drawn.things.paths[row])
        return [*words, *self.drawn.summary(row, path, evaluation)]

    def say_empty(self) -> str:
        if self.document is None or not self.block or (self.drawn is not None and not self.drawn.is_empty):
            return ""
        return "An empty floor\nDrag a rack or a template from the catalogue to here"

    # What is where.

    def path_at(self, at: Pointer) -> str:
        row = self._row_at(at)
        if row < 0 or self.things is None:
            return self._absent_at(at)
        return self._full(self.things.paths[row].partition("/")[0])

    def _absent_at(self, at: Pointer) -> str:
        """Return the path of what is absent from a point."""
        places = {} if self.drawn is None else self.drawn.absent
        return next((self._full(path) for path, box in places.items() if box.contains(at.scene)), "")

    def absent_boxes(self) -> list[QRectF]:
        return [] if self.drawn is None else list(self.drawn.absent.values())

    def box_at(self, at: Pointer) -> QRectF | None:
        """Return the footprint of what stands at a point, in millimetres; None if nothing does."""
        row = self._row_at(at)
        if self.drawn is None or row < 0:
            return None
        (left, front), (right, back) = self.drawn.low[row], self.drawn.high[row]
        return QRectF(left, front, right - left, back - front)

    def _row_at(self, at: Pointer) -> int:
        if self.drawn is None:
            return -1
        low, high = self.drawn.low, self.drawn.high
        hit = (low[:, 0] <= at.x) & (at.x <= high[:, 0]) & (low[:, 1] <= at.y) & (at.y <= high[:, 1])
        found = np.flatnonzero(hit)
        return int(found[-1]) if len(found) else -1

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        left, right, front, back = box.left(), box.right(), -box.bottom(), -box.top()
        if self.drawn is None:
            return []
        low, high = self.drawn.low, self.drawn.high
        if crossing:
            hit = (high[:, 0] >= left) & (low[:, 0] <= right) & (high[:, 1] >= front) & (low[:, 1] <= back)
        else:
            hit = (low[:, 0] >= left) & (high[:, 0] <= right) & (low[:, 1] >= front) & (high[:, 1] <= back)
        paths = self.drawn.things.paths
        found = list(dict.fromkeys(paths[row].partition("/")[0] for row in np.flatnonzero(hit).tolist()))
        if not crossing:
            found = [name for name in found if hit[self.drawn.first[name]].all()]
        found += [
            path
            for path, place in self.drawn.absent.items()
            if box.contains(place) or (crossing and box.intersects(place))
        ]
        return [self._full(name) for name in found]

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        boxes = self.boxes_of(paths)
        return [QPolygonF(QRectF(*box)) for box in boxes.tolist()], []

    def boxes_of(self, paths: Iterable[str]) -> NDArray[np.float64]:
        if self.drawn is None:
            return np.zeros((0, 4))
        prefix = f"{self.entered}/" if self.entered else ""
        inside = [path[len(prefix) :] for path in paths if path.startswith(prefix)]
        boxes, absent = self.drawn.boxes_of(inside), self.drawn.absent
        gone = [absent[path].getRect() for path in inside if path in absent] if absent else []
        return np.vstack([boxes, np.array(gone, dtype=np.float64)]) if gone else boxes

    def _full(self, inside: str) -> str:
        return f"{self.entered}/{inside}".lstrip("/")

    def describe(self, at: Pointer) -> str:
        where = f"x {measure(at.x)}  y {length(at.y)}"
        row = self._row_at(at)
        if row < 0 or self.things is None or self.document is None:
            gone = self._absent_at(at)
            if gone and self.document is not None:
                words = "absent here: Blocks > Make Present"
                return f"{self.document.label_of(gone)} · {words} · {where}"
            return where
        spec = self.document.project.find_type(self.things.blocks[row])
        block = self.document.project.blocks.get(self.things.blocks[row])
        what = block.name if block is not None else getattr(spec, "name", "")
        return f"{self.things.tags[row]} · {what} · {where}"

    # Gestures.

    def grip_at(self, at: Pointer) -> Tool | None:
        return self.ground.grip_at(at)

    def clear_selection(self) -> None:
        if self.ground.id:
            self.ground.pick("areas", "")
        else:
            super().clear_selection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes away the area or pathway that is picked."""
        deletes = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if deletes and self.ground.id and isinstance(self.tool, SelectTool):
            self.feed(self.ground.delete)
            event.accept()
            return
        super().keyPressEvent(event)

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
        turns = keys & Qt.KeyboardModifier.ShiftModifier
        edit = self.document.edit("Rotate" if turns else "Nudge", self.entered)
        block = self.block_in(edit)
        pitch = edit.blocks[block].grid_mm
        if turns:
            rotate(edit, block, chosen, 1 if dx < 0 or dy > 0 else -1)
            return edit.change()
        far = bool(keys & Qt.KeyboardModifier.ControlModifier)
        step = 10 if keys & Qt.KeyboardModifier.AltModifier else 10 * pitch if far else pitch
        move_things(edit, block, chosen, dx * step, dy * step)
        edit.notes += pin_offer(edit, [f"{self.entered}/{i}".lstrip("/") for i in chosen])
        return self.tool.finish(edit)

    def block_in(self, edit: object) -> str:
        """Return the block drawn as an edit sees it, which may have made it unique."""
        from core.editing.routes import block_at

        assert self.document is not None
        return block_at(edit, self.document.top, self.entered)  # type: ignore[arg-type]
