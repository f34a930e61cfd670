"""Drag one end of a cable: to a free port it is re-routed, to a used one the two cables swap ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.editing.cabling.reroute import CableEnd, ends_at, reroute, socket_of, swap_ends, why_not_here
from core.editing.cabling.sockets import Usage
from core.errors import EditError
from core.model.change import Change
from core.model.ports import whole_or_lanes
from core.model.records import Link
from desktop.canvas.items import Mark
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.link import LinkPorts, ports_in_view
from desktop.canvas.tools.tool import Tool
from desktop.theme import theme

if TYPE_CHECKING:
    from desktop.views.racks import RackView

GRIP_PX = 9.0
"""How near to a handle a press takes it."""
MOST_HANDLES = 64
"""Handles that a trunk shows; of more cables it is opened first, or a port is picked."""


class Target(NamedTuple):
    """Where the end would be plugged in, or why it cannot be."""

    path: str
    token: str
    other: CableEnd | None
    """The cable that takes the old place in turn; None where the port is free."""
    reason: str
    box: QRectF


class EndHandles(QGraphicsItem):
    """Round handles at the ends of the link that is selected, a frame around the port that is picked out."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(12)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.points: list[QPointF] = []
        self.port: QRectF | None = None

    def boundingRect(self) -> QRectF:
        return QRectF(-5e8, -5e8, 1e9, 1e9)

    def show_of(self, canvas: RackView, *, is_drawn: bool) -> None:
        """Show the handles and the port of what is selected in a view."""
        points = [point for _, point in link_ends(canvas)] if is_drawn else []
        port = picked_box(canvas) if is_drawn else None
        if (points, port) != (self.points, self.port):
            self.points, self.port = points, port
            self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if not self.points and self.port is None:
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme().colour("selection"), 2.5))
        if self.port is not None:
            painter.drawRect(transform.mapRect(self.port).adjusted(-3, -3, 3, 3))
        painter.setBrush(theme().colour("paper"))
        for point in self.points:
            painter.drawEllipse(transform.map(point), 5.0, 5.0)
        painter.restore()


def picked_box(canvas: RackView) -> QRectF | None:
    """Return the box of the port that is picked out, in scene coordinates, if it is drawn."""
    picked = canvas.document.selection.port if canvas.document is not None else None
    return None if picked is None else canvas.port_boxes(picked[0]).get(picked[1])


def link_ends(canvas: RackView) -> list[tuple[CableEnd, QPointF]]:
    """Return the ends of the one link selected that are drawn, with their places in the scene."""
    document = canvas.document
    if document is None or len(document.selection.paths) != 1:
        return []
    path = document.selection.paths[0]
    link = document.project.resolve(document.top, path)
    if not isinstance(link, Link) or 2 * link.count > MOST_HANDLES:
        return []
    prefix = path.rpartition("/")[0]
    found = []
    for name in ("a", "b"):
        end = getattr(link, name)
        boxes = canvas.port_boxes(f"{prefix}/{end.path}".lstrip("/"))
        for k, token in enumerate(end.ports):
            box = boxes.get(token.partition("/")[0])
            if box is not None:
                found.append((CableEnd(path, name, k), box.center()))
    return found


def grip_at(canvas: RackView, at: Pointer) -> Tool | None:
    """Return the tool of the handle under the pointer."""
    near = [(QLineF(point, at.scene).length() * at.scale, end) for end, point in link_ends(canvas)]
    distance, end = min(near, key=lambda pair: pair[0], default=(GRIP_PX + 1, None))
    return RerouteEnd(canvas, end) if end is not None and distance <= GRIP_PX else None


def port_drag(canvas: RackView, start: Pointer) -> Tool | None:
    """Return the tool of a drag from the port that is picked out: link it if it is free, else re-route.

    A drag from a port that is not picked out moves the device: ports cover most of a switch's face.
    """
    document = canvas.document
    picked = document.selection.port if document is not None else None
    if document is None or picked is None or canvas.port_at(start) != picked:
        return None
    usage = Usage(document.project, document.top, picked[0])
    port = usage.table.by_name.get(picked[1])
    if port is not None and any(not usage.obstacle(token) for token in whole_or_lanes(port)):
        return LinkPorts(canvas, stays=False)
    ends = ends_at(document.project, document.top, *picked)
    return RerouteEnd(canvas, ends[0]) if ends else None


class RerouteEnd(Tool):
    """Plugs one end of a cable in elsewhere."""

    name = "reroute"
    hint = "Drop on a free port to re-route the cable, on a used one to swap; Escape leaves it as it is"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: RackView, which: CableEnd) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self._which = which
        self._usages: dict[str, Usage] = {}
        self._moved = False
        self._pressed_at: Pointer | None = None

    def press(self, at: Pointer) -> Change | None:
        self._pressed_at = at
        self._mark_targets()
        return None

    def move(self, at: Pointer) -> Change | None:
        if self._pressed_at is None:
            return None
        self._moved = self._moved or at.is_far_from(self._pressed_at)
        far = self._far_point()
        self.canvas.overlay.show_lines([QLineF(at.scene if far is None else far, at.scene)])
        target = self._target_at(at)
        if target is None:
            words, fits = f"{self._name()}: choose a port", True
        else:
            words, fits = target.reason or self._words(target), not target.reason
        self.canvas.overlay.say(words, at.scene, fits=fits)
        return None

    def release(self, at: Pointer) -> Change | None:
        document, target = self.canvas.document, self._target_at(at)
        self.canvas.overlay.clear()
        self.is_done = True
        if document is None or not self._moved or target is None:
            return None
        top, which = document.top, self._which
        if (target.path, target.token) == socket_of(document.project, top, which):
            return None
        if target.reason:
            raise EditError(target.reason, cure="Choose one of the ringed ports")
        paths = [which.link, target.path, *([target.other.link] if target.other is not None else [])]
        label = f"Swap ends of {self._name()}" if target.other is not None else f"Re-route {self._name()}"
        edit = document.edit(label, *(path.rpartition("/")[0] for path in paths))
        if target.other is not None:
            path, _ = swap_ends(edit, top, which, target.other)
        else:
            path = reroute(edit, top, which, target.path, target.token)
        change = self.finish(edit)
        self.canvas.select_after([path])
        return change

    def _target_at(self, at: Pointer) -> Target | None:
        path, name = self.canvas.port_at(at)
        if not path or not name:
            return None
        return self._target(path, name, self.canvas.port_boxes(path).get(name, QRectF(at.scene, at.scene)))

    def _target(self, path: str, name: str, box: QRectF) -> Target:
        """Return what a drop on a port would do: a free lane of it is taken before one in use."""
        document = self.canvas.document
        assert document is not None
        reader, top, which = document.project, document.top, self._which
        here = socket_of(reader, top, which)
        usage = self._usage(path)
        port = usage.table.by_name.get(name)
        if (path, name) == (here[0], here[1].partition("/")[0]):
            return Target(path, here[1], None, "", box)
        tokens = whole_or_lanes(port) if port is not None else []
        free = next((token for token in tokens if not usage.obstacle(token)), "")
        if free:
            return Target(path, free, None, why_not_here(reader, top, which, path, free), box)
        reason = usage.obstacle(tokens[0]) if tokens else f"there is no port {name}"
        for other in ends_at(reader, top, path, name):
            if other.link == which.link and other.end != which.end:
                continue
            token = socket_of(reader, top, other)[1]
            reason = why_not_here(reader, top, which, path, token) or why_not_here(reader, top, other, *here)
            if not reason:
                return Target(path, token, other, "", box)
        return Target(path, name, None, reason, box)

    def _words(self, target: Target) -> str:
        document = self.canvas.document
        assert document is not None
        where = f"{document.project.names_along(document.top, target.path)[-1]} {target.token}"
        if target.other is None:
            return f"{self._name()} → {where}"
        path, token = socket_of(document.project, document.top, self._which)
        name = document.project.names_along(document.top, path)[-1]
        return f"{self._name()} → {where}\nits cable → {name} {token} (swap)"

    def _name(self) -> str:
        """Return what people read for the far end, which stays."""
        document = self.canvas.document
        assert document is not None
        far = self._which._replace(end="b" if self._which.end == "a" else "a")
        path, token = socket_of(document.project, document.top, far)
        return f"{document.project.names_along(document.top, path)[-1]} {token}"

    def _far_point(self) -> QPointF | None:
        document = self.canvas.document
        assert document is not None
        far = self._which._replace(end="b" if self._which.end == "a" else "a")
        path, token = socket_of(document.project, document.top, far)
        box = self.canvas.port_boxes(path).get(token.partition("/")[0])
        if box is None and self._pressed_at is not None:
            return self._pressed_at.scene  # the far end is in a rack that is not drawn
        return None if box is None else box.center()

    def _mark_targets(self) -> None:
        marks: list[Mark] = []
        for path, name, box in ports_in_view(self.canvas):
            target = self._target(path, name, box)
            if target is not None and (target.reason or target.other is None):
                marks.append(Mark(box, not target.reason))
        self.canvas.overlay.show_marks(marks)

    def _usage(self, path: str) -> Usage:
        document = self.canvas.document
        assert document is not None
        if path not in self._usages:
            self._usages[path] = Usage(document.project, document.top, path)
        return self._usages[path]
