"""The rack view: front and rear side by side, several racks at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt, Signal
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QWidget

from core.drawing.batch import Level, Sketch
from core.drawing.colour_schemes import Colouring
from core.drawing.colouring import colour_devices, colour_floor
from core.drawing.faceplate import Face
from core.drawing.placed import PlacedBlock
from core.editing.space import unit_span
from core.model.change import Change
from core.model.records import Device, Link
from core.model.types import DeviceType, RackType
from desktop.canvas.layer import Stamp
from desktop.canvas.pin_marks import PinMarks
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import prepare, raised
from desktop.canvas.tools.move_devices import MoveDevices, nudge_devices
from desktop.canvas.tools.place_device import PlaceDevice
from desktop.canvas.tools.refuse import Refuse
from desktop.canvas.tools.reroute import EndHandles, grip_at, port_drag
from desktop.canvas.tools.select_units import SelectUnits
from desktop.canvas.tools.tool import Tool
from desktop.dragging import Carried
from desktop.panels.legend import Legend
from desktop.pinning import all_pinned
from desktop.seeing import Seeing
from desktop.selection import devices_of
from desktop.views.rack_drawing import (
    OVER_RANK,
    Elevations,
    Shown,
    air,
    cables,
    far_head,
    head,
    rack_values,
    whole_box,
)
from desktop.views.rack_marks import AbsentDevice, absent_devices, pin_marks, reserved_in, reserved_marks
from desktop.views.racking import FACE_GAP, Standing, Which, arranged, racks_of, used_ports, with_ends
from desktop.views.unit_range import UnitBand, UnitRange, band_boxes, column_at, devices_within, unit_at
from desktop.views.view import View, box_shape

THRESHOLDS = (0.19, 0.36, 1.3)
"""Scale [px/mm] from which names and unit numbers, ports, and port numbers are drawn."""
MARKS_RANK = 15
"""Where marks of what is reserved are painted: above devices, below air and cables."""
_STRUCTURE = frozenset(
    ("blocks", "instances", "devices", "links", "types", "settings", "overrides", "phases", "fabrics")
)


class RackView(View):
    """Elevations of the racks of the project."""

    counted = Signal(int, int)
    """How many racks are drawn, and how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.setAccessibleName("Rack elevations, front and rear")
        self.which: Which = "kinds"
        self._kept: list[str] = []
        """Racks of the selection that are drawn and stay."""
        self.standing: list[Standing] = []
        self._by_path: dict[str, list[Standing]] = {}
        self._elevations = Elevations()
        self._placed: list[tuple[PlacedBlock, RackType, float, float]] = []
        self._starts: dict[str, int] = {}
        self.colouring: Colouring | None = None
        self._shown: Shown | None = None
        self._racks = 0
        self._absent: list[AbsentDevice] = []
        self.units: UnitRange | None = None
        """Units chosen beside a rack, as long as the selection is what came of it."""
        self._units_chose: tuple[str, ...] = ()
        self._band = UnitBand()
        self.scene().addItem(self._band)
        self._handles = EndHandles()
        self.scene().addItem(self._handles)
        self.pins = PinMarks(inside=False)
        self.scene().addItem(self.pins)
        self.shown_fabric: Callable[[], str] = lambda: ""
        """Tells which fabric the network view shows; set by the workspace."""
        self.see(Seeing(self))
        self.legend = Legend(self)

    # Drawing.

    def show_which(self, which: Which) -> None:
        """Choose the racks that are drawn."""
        if which != self.which:
            self.which = which
            self.refit()
            self.make_stale()

    def refit(self) -> None:
        self._kept = []
        super().refit()

    def make_stale(self) -> None:
        if not self.isVisible():
            self._kept = []  # while one works in the racks of a selection, edits take none of them away
        super().make_stale()

    def see(self, seeing: Seeing) -> None:
        """Follow another choice of what is shown."""
        self.seeing = seeing
        seeing.changed.connect(self._seen)
        self.make_stale()

    def concerns(self, change: Change) -> bool:
        return any(delta.table in _STRUCTURE for delta in change.deltas)

    def rebuild(self) -> None:
        document = self.document
        assert document is not None
        project = document.project
        selection = document.selection
        chosen = [*self._kept, *with_ends(project, selection.paths)] if self.which == "selected" else []
        found, total = racks_of(project, self.which, chosen, selection.entered)
        place = {path: number for number, path in enumerate(self._kept)}
        found.sort(key=lambda at: place.get(at.path, len(place)))  # more racks come after those there are
        self._kept = [at.path for at in found] if self.which == "selected" else []
        racks = [
            (at, rack) for at in found if isinstance(rack := project.find_type(at.block.rack_type), RackType)
        ]
        used, copies, seeing = used_ports(project), project.placements(), self.seeing
        self.standing, self._placed, self._starts = [], list(arranged(racks)), {}
        stamps: list[Stamp] = []
        heads, far_heads = Sketch(), Sketch()
        count = 0
        for at, rack, x, y in self._placed:
            self._starts[at.path] = count
            index = {d: i for i, d in enumerate(project.devices(at.block.id))}
            count += len(index)
            for face, left in _faces(x, rack):
                drawn, ready = self._elevations.get(project, at, face, used, port_names=seeing.port_names)
                rows = np.array([index[d] for d in drawn.owners], dtype=np.intp)
                self.standing.append(Standing(at.path, at.block.id, rack, face, left, y, drawn, rows))
                stamps.append(Stamp(ready, left, -y))
            head(heads, at, rack, x, y, copies.get(at.block.id, 1))
            far_head(far_heads, at, rack, x, y)
        stamps.append(Stamp(replace(prepare(heads.freeze()), box=whole_box(self._placed))))
        stamps.append(Stamp(prepare(far_heads.freeze(), Level.FAR)))
        self._by_path = {}
        for standing in self.standing:
            self._by_path.setdefault(standing.path, []).append(standing)
        blocks = {at.path: at for at, *_ in self._placed}
        self._absent = [
            place for face in self.standing for place in absent_devices(project, blocks[face.path], face)
        ]
        marks = reserved_marks(project, self._placed, self.standing)
        self.layer.lay("reserved", None if marks is None else raised(marks, MARKS_RANK))
        self.pins.show_marks(pin_marks(project, self.standing))
        self._shown = Shown.on(self.standing, self._starts)
        self.layer.draw(stamps)
        self._racks = total
        self._show_seen()
        self.counted.emit(len(racks), total)

    # What is shown beside the devices themselves.

    def _seen(self, what: str) -> None:
        if what == "port_names" or not self.isVisible():
            self.make_stale()
        elif not self._is_stale and (what != "evaluation" or self.seeing.scheme or self.seeing.cables):
            self._show_seen()

    def _show_seen(self) -> None:
        """Lay colours, air and cables over the racks."""
        document, seeing, lay = self.document, self.seeing, self.layer.lay
        self.colouring = None
        painted = values = None
        if document is not None and seeing.scheme is not None and self._placed:
            project, scheme = document.project, seeing.scheme
            if scheme.is_long:
                seeing.want_losses()
            blocks = [at for at, *_ in self._placed]
            whole = colour_floor(project, scheme, [at.path for at in blocks], seeing.evaluation)
            of_racks = scheme.name == "free"
            values = rack_values(self._placed, whole, swatches=of_racks)
            if not of_racks:
                painted = colour_devices(project, scheme, blocks, seeing.evaluation)
            self.colouring = whole if painted is None else painted
        shown = self._shown
        lay("colours", None if painted is None or shown is None else shown.coloured(painted))
        lay("names", None if shown is None else shown.named(painted, names=seeing.names))
        lay("values", values)
        air_drawn = air(document.project, self.standing) if document is not None and seeing.airflow else None
        lay("air", air_drawn)
        self._lay_cables()
        self.legend.show_colouring(self.colouring)
        self.viewport().update()

    def _lay_cables(self) -> None:
        document, evaluation = self.document, self.seeing.evaluation
        if not self.seeing.cables or document is None or evaluation is None or not self.standing:
            self.layer.lay("cables", None)
            return
        drawn = cables(document.project, evaluation, self.standing, document.selection.paths)
        self.layer.lay("cables", raised(drawn, OVER_RANK))

    def show_selection(self) -> None:
        super().show_selection()
        if self.document is None or self.document.selection.paths != self._units_chose:
            self.units = None
        self.show_units(self.units)
        self._handles.show_of(self, is_drawn=not self._is_stale)
        if self.seeing.cables and not self._is_stale:
            self._lay_cables()

    def show_units(self, units: UnitRange | None) -> None:
        """Shade a range of units."""
        self._band.show_boxes([] if units is None else band_boxes(self.standing, units))

    def choose_units(self, units: UnitRange) -> None:
        """Select what is in a range of units, or the rack if they are empty, and remember the range."""
        assert self.document is not None
        rack = units.rack
        block = self._by_path[rack][0].block
        ids = devices_within(self.document.project, block, units.low, units.high)
        self.document.selection.set([f"{rack}/{i}".lstrip("/") for i in ids] or [rack])
        self.units, self._units_chose = units, self.document.selection.paths
        self.show_units(units)

    def say_empty(self) -> str:
        if self.document is None or self.standing:
            return ""
        if self._racks and self.which == "selected":
            return "Select racks in the hall or the project tree to see them here"
        return "No racks yet\nPlace a rack or a template in the hall view"

    # What is where.

    def standing_at(self, at: Pointer) -> Standing | None:
        """Return the rack face at a point."""
        return next((s for s in self.standing if s.holds(at.x, at.y)), None)

    def path_at(self, at: Pointer) -> str:
        standing = self.standing_at(at)
        if standing is None:
            return ""
        device = standing.device_at(at.x, at.y)
        if not device:
            return self._absent_at(at) or standing.path
        return f"{standing.path}/{device}".lstrip("/")

    def _absent_at(self, at: Pointer) -> str:
        """Return the path of the absent device whose place is under a point."""
        return next((place.path for place in self._absent if place.box.contains(at.scene)), "")

    def absent_boxes(self) -> list[QRectF]:
        return [place.box for place in self._absent]

    def port_at(self, at: Pointer) -> tuple[str, str]:
        """Return the path of the device and the name of the port at a point; empty where there is none."""
        assert self.document is not None
        standing = self.standing_at(at)
        found = standing.device_at(at.x, at.y) if standing is not None else ""
        if standing is None or not found:
            return "", ""
        device = self.document.project.devices(standing.block)[found]
        shown = standing.plate_of(self.document.project, device)
        path = f"{standing.path}/{found}".lstrip("/")
        if shown is None:
            return path, ""
        plate, x, y = shown
        for name, row in plate.ports.items():
            px, py, width, height = plate.port_rects[row].tolist()
            if px <= at.x - x <= px + width and py <= at.y - y <= py + height:
                return path, name
        return path, ""

    def port_boxes(self, path: str) -> dict[str, QRectF]:
        """Return the boxes of a device's ports in scene coordinates, on whichever face shows them."""
        assert self.document is not None
        rack, _, device_id = path.rpartition("/")
        boxes: dict[str, QRectF] = {}
        for standing in self._by_path.get(rack, []):
            device = self.document.project.devices(standing.block).get(device_id)
            shown = None if device is None else standing.plate_of(self.document.project, device)
            if shown is not None:
                plate, x, y = shown
                for name, row in plate.ports.items():
                    px, py, width, height = plate.port_rects[row].tolist()
                    boxes[name] = QRectF(x + px, -(y + py) - height, width, height)
        return boxes

    def shown_devices(self) -> list[str]:
        """Return the paths of the devices that are drawn."""
        assert self.document is not None
        return [
            f"{path}/{device}".lstrip("/")
            for path, faces in self._by_path.items()
            for device in self.document.project.devices(faces[0].block)
        ]

    def paths_in(self, box: QRectF, *, crossing: bool) -> list[str]:
        found: dict[str, None] = {}
        for gone in self._absent:
            if box.contains(gone.box) or (crossing and box.intersects(gone.box)):
                found[gone.path] = None
        for standing in self.standing:
            outside = QRectF(
                standing.x, -standing.y - standing.drawn.height, standing.drawn.width, standing.drawn.height
            )
            if not outside.intersects(box):
                continue
            for owner in standing.drawn.owners:
                place = standing.box_of(owner)
                if place is None:
                    continue
                x, y, width, height = place
                shape = QRectF(x, -y - height, width, height)
                if box.contains(shape) or (crossing and box.intersects(shape)):
                    found[f"{standing.path}/{owner}".lstrip("/")] = None
        return list(found)

    def paths_between(self, one: str, other: str) -> list[str]:
        """Return the devices of a rack from one to another, gaps and all that lies between included."""
        assert self.document is not None
        rack = one.rpartition("/")[0]
        if one == other or rack != other.rpartition("/")[0] or rack not in self._by_path:
            return []
        rows = self.document.project.devices(self._by_path[rack][0].block)
        ends = [rows.get(path.rpartition("/")[2]) for path in (one, other)]
        if any(end is None or end.zone for end in ends):
            return []
        low, high = sorted(end.half_u for end in ends if end is not None)
        found = [d for d in rows.values() if not d.zone and low <= d.half_u <= high]
        found.sort(key=lambda d: (d.half_u, d.side), reverse=ends[0] is not None and ends[0].half_u == high)
        return [f"{rack}/{device.id}".lstrip("/") for device in found]

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        shapes: list[QPolygonF] = []
        lines: list[QLineF] = []
        for path in paths:
            for standing in self._by_path.get(path, []):
                shapes.append(box_shape(standing.x, standing.y, standing.drawn.width, standing.drawn.height))
            rack, _, device = path.rpartition("/")
            boxes = [s.box_of(device) for s in self._by_path.get(rack, [])]
            found = [box_shape(*box) for box in boxes if box is not None]
            found = found or [QPolygonF(place.box) for place in self._absent if place.path == path]
            shapes.extend(found)
            if not found and path not in self._by_path:
                lines.extend(self._link_lines(path))
        return shapes, lines

    def boxes_of(self, paths: Iterable[str]) -> NDArray[np.float64]:
        by_rack: dict[str, list[str]] = {}
        for path in paths:
            rack, _, device = path.rpartition("/")
            by_rack.setdefault(rack, []).append(device)
            if path in self._by_path:
                by_rack.setdefault(path, []).append("")
        found = [
            standing.boxes_of(devices)
            for rack, devices in by_rack.items()
            for standing in self._by_path.get(rack, ())
        ]
        return np.concatenate(found) if found else np.zeros((0, 4))

    def _link_lines(self, path: str) -> list[QLineF]:
        assert self.document is not None
        project = self.document.project
        link = project.resolve(self.document.top, path)
        if not isinstance(link, Link):
            return []
        prefix = path.rpartition("/")[0]
        ends = []
        for end in (link.a, link.b):
            boxes = self.port_boxes(f"{prefix}/{end.path}".lstrip("/"))
            ends.append([boxes.get(token.partition("/")[0]) for token in end.ports])
        return [
            QLineF(a.center(), b.center())
            for a, b in zip(*ends, strict=True)
            if a is not None and b is not None
        ]

    def describe(self, at: Pointer) -> str:
        if self.document is None:
            return ""
        standing = self.standing_at(at)
        if standing is None:
            face = column_at(self.standing, at)
            if face is None:
                return ""
            unit = 2 * unit_at(face, at.y)
            return f"{unit_span(face.rack, unit, unit + 2)} · drag along the numbers to select units"
        half = int((at.y - standing.y - standing.drawn.base) / (standing.drawn.pitch / 2))
        inside = 0 <= half < 2 * standing.rack.units
        unit = unit_span(standing.rack, half - half % 2, half - half % 2 + 2) if inside else ""
        path, port = self.port_at(at)
        words = [self.document.label_of(path or standing.path), port, f"{unit} {standing.face}".strip()]
        if path:
            device = self.document.project.resolve(self.document.top, path)
            spec = self.document.project.find_type(device.type) if isinstance(device, Device) else None
            if isinstance(spec, DeviceType):
                words.insert(1, spec.name)
            words.append(self._state_words(path))
        elif gone := self._absent_at(at):
            words = [self.document.label_of(gone), words[-1], "absent here: Blocks > Make Present"]
        return " · ".join(word for word in words if word)

    def _state_words(self, path: str) -> str:
        """Return what is to be said of the state of a device of one rack."""
        rack, _, last = path.rpartition("/")
        at = next((at for at, *_ in self._placed if at.path == rack), None)
        assert self.document is not None
        project = self.document.project
        if at is None:
            return ""
        parts = (
            "reserved" if last in reserved_in(project, at) else "",
            "pinned" if (at.block.id, last) in all_pinned(project) else "",
        )
        return ", ".join(part for part in parts if part)

    # Gestures.

    def drag_tool(self, start: Pointer) -> Tool | None:
        assert self.document is not None
        standing = self.standing_at(start)
        if standing is not None and not standing.device_at(start.x, start.y) and self._absent_at(start):
            return Refuse(self, "It is absent here: Blocks > Make Present brings it back")
        chosen = devices_of(self.document.project, self.document.selection.paths)
        return port_drag(self, start) or (MoveDevices(self) if chosen else None)

    def grip_at(self, at: Pointer) -> Tool | None:
        face = column_at(self.standing, at) if self.document is not None else None
        return grip_at(self, at) or (None if face is None else SelectUnits(self, face))

    def landing_tool(self, carried: Carried) -> Tool | None:
        if self.document is None or carried.kind != "type":
            return None
        spec = self.document.project.find_type(carried.id) or self.library.find(carried.id)
        return PlaceDevice(self, spec) if isinstance(spec, DeviceType) else None

    def why_not_land(self, carried: Carried) -> str:
        assert self.document is not None
        if carried.kind == "type":
            return "Racks are placed in the hall: Alt+1"
        block = self.document.project.blocks.get(carried.id) if carried.kind == "block" else None
        what = "Racks" if block is not None and block.kind == "rack" else "Drawings and templates"
        return f"{what} are placed in the hall: Alt+1"

    def nudge(self, dx: int, dy: int, keys: Qt.KeyboardModifier) -> Change | None:
        return nudge_devices(self, dy, keys) if dy else None


def _faces(x: float, rack: RackType) -> tuple[tuple[Face, float], tuple[Face, float]]:
    """Return the two faces of a rack with their left edges."""
    return ("front", x), ("rear", x + rack.width_mm + FACE_GAP)
