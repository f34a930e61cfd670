"""The rack view: front and rear side by side, several racks at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QWidget

from core.drawing.batch import Anchor, Level, Sketch
from core.drawing.elevation import Elevation, elevation
from core.drawing.faceplate import Face
from core.drawing.placed import PlacedBlock
from core.editing.space import unit_span
from core.model.change import Change
from core.model.records import Device, Link
from core.model.types import DeviceType, RackType
from desktop.canvas.layer import Stamp
from desktop.canvas.pointer import Pointer
from desktop.canvas.prepared import Prepared, prepare
from desktop.canvas.tools.move_devices import MoveDevices, nudge_devices
from desktop.canvas.tools.place_device import PlaceDevice
from desktop.canvas.tools.tool import Tool
from desktop.dragging import Carried
from desktop.selection import devices_of
from desktop.views.racking import FACE_GAP, Standing, Which, arranged, racks_of, used_ports
from desktop.views.view import View, box_shape

THRESHOLDS = (0.12, 0.32, 1.3)
"""Scale [px/mm] from which names and unit numbers, ports, and port numbers are drawn."""
_STRUCTURE = frozenset(("blocks", "instances", "devices", "links", "types", "settings", "overrides"))


class RackView(View):
    """Elevations of the racks of the project."""

    counted = Signal(int, int)
    """How many racks are drawn, and how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(THRESHOLDS, parent)
        self.setAccessibleName("Rack elevations, front and rear")
        self.which: Which = "kinds"
        self.standing: list[Standing] = []
        self._by_path: dict[str, list[Standing]] = {}
        self._drawings: dict[tuple[str, Face], tuple[object, Elevation, Prepared]] = {}
        self._racks = 0
        self.shown_fabric: Callable[[], str] = lambda: ""
        """Tells which fabric the network view shows; set by the workspace."""

    # Drawing.

    def show_which(self, which: Which) -> None:
        """Choose the racks that are drawn."""
        if which != self.which:
            self.which = which
            self.refit()
            self.make_stale()

    def concerns(self, change: Change) -> bool:
        return any(delta.table in _STRUCTURE for delta in change.deltas)

    def rebuild(self) -> None:
        document = self.document
        assert document is not None
        project = document.project
        selection = document.selection
        found, total = racks_of(project, self.which, selection.paths, selection.entered)
        racks = [
            (at, rack) for at in found if isinstance(rack := project.find_type(at.block.rack_type), RackType)
        ]
        used = used_ports(project)
        copies = project.placements()
        self.standing = []
        stamps: list[Stamp] = []
        heads = Sketch()
        for at, rack, x, y in arranged(racks):
            for face, left in (("front", x), ("rear", x + rack.width_mm + FACE_GAP)):
                drawn, ready = self._drawing(at, face, used)  # type: ignore[arg-type]
                self.standing.append(Standing(at.path, at.block.id, rack, face, left, y, drawn))  # type: ignore[arg-type]
                stamps.append(Stamp(ready, left, -y))
            _head(heads, at, rack, x, y, copies.get(at.block.id, 1))
        stamps.append(Stamp(prepare(heads.freeze())))
        self._by_path = {}
        for standing in self.standing:
            self._by_path.setdefault(standing.path, []).append(standing)
        self.layer.draw(stamps)
        self._racks = total
        self.counted.emit(len(racks), total)

    def _drawing(
        self, at: PlacedBlock, face: Face, used: dict[tuple[str, str], set[str]]
    ) -> tuple[Elevation, Prepared]:
        assert self.document is not None
        project, block = self.document.project, at.block.id
        ports = {d: names for d in project.devices(block) if (names := used.get((block, d)))}
        names = {d.id: at.overrides.name(d.id, d.name) for d in project.devices(block).values()}
        absent = {d for d in project.devices(block) if at.overrides.is_absent(d)}
        own = {d: n for d, n in names.items() if n != (project.devices(block)[d].name or d)}
        key = (
            project.version("devices", block),
            project.version("types"),
            project.version("blocks"),
            {d: frozenset(n) for d, n in ports.items()},
            own,
            absent,
        )
        place = (at.path if own or absent else block, face)
        kept = self._drawings.get(place)
        if kept is None or kept[0] != key:
            made = elevation(project, block, face, used=ports, labels=own, absent=absent)
            kept = self._drawings[place] = (key, made, prepare(made.batch))
        return kept[1], kept[2]

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
        return f"{standing.path}/{device}".lstrip("/") if device else standing.path

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

    def shapes_of(self, paths: Iterable[str]) -> tuple[list[QPolygonF], list[QLineF]]:
        shapes: list[QPolygonF] = []
        lines: list[QLineF] = []
        for path in paths:
            for standing in self._by_path.get(path, []):
                shapes.append(box_shape(standing.x, standing.y, standing.drawn.width, standing.drawn.height))
            rack, _, device = path.rpartition("/")
            boxes = [s.box_of(device) for s in self._by_path.get(rack, [])]
            found = [box_shape(*box) for box in boxes if box is not None]
            shapes.extend(found)
            if not found and path not in self._by_path:
                lines.extend(self._link_lines(path))
        return shapes, lines

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
            return ""
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
        return " · ".join(word for word in words if word)

    # Gestures.

    def drag_tool(self, start: Pointer) -> Tool | None:
        assert self.document is not None
        chosen = devices_of(self.document.project, self.document.selection.paths)
        return MoveDevices(self) if chosen else None

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


def _head(sketch: Sketch, at: PlacedBlock, rack: RackType, x: float, y: float, copies: int) -> None:
    """Write a rack's name above it and which face is which."""
    top = y + rack.height_mm
    wide = 2 * rack.width_mm + FACE_GAP
    name = at.tag or at.block.name
    sketch.text(x, top + 155, name, 46, "text.bold", width=wide * 0.62, level=Level.FAR)
    about = f"{at.block.name} × {copies:,}" if copies > 1 else f"{rack.units} {rack.unit}"
    sketch.text(
        x + wide,
        top + 155,
        about,
        30,
        "text.faint",
        anchor=Anchor.RIGHT,
        width=wide * 0.36,
        level=Level.MIDDLE,
    )
    for words, left in (("FRONT", x), ("REAR", x + rack.width_mm + FACE_GAP)):
        middle = left + rack.width_mm / 2
        sketch.text(middle, top + 55, words, 26, "text.faint", anchor=Anchor.CENTRE, level=Level.MIDDLE)


def scene_box(x: float, y: float, width: float, height: float) -> QRectF:
    """Return a rectangle of the drawing (y up) in scene coordinates (y down)."""
    return QRectF(QPointF(x, -y - height), QPointF(x + width, -y))
