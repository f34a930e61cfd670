"""Join ports: click or drag from one to the other; valid targets are ringed, others crossed out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLineF, QRectF, Qt

from core.editing.cabling.connect import connect, first_compatible
from core.editing.cabling.sockets import Usage, compatible
from core.errors import EditError
from core.model.change import Change
from core.model.ports import whole_or_lanes
from desktop.canvas.items import Mark
from desktop.canvas.pointer import Pointer
from desktop.canvas.tools.fabric_choice import fabric_for
from desktop.canvas.tools.tool import Tool

if TYPE_CHECKING:
    from desktop.views.racks import RackView

MOST_MARKED = 60
"""Devices whose ports are marked at a time, of those in view."""


class Plug(NamedTuple):
    """One end of the link: a device and, if a port was hit, its free socket."""

    path: str
    port: str
    token: str
    box: QRectF


def ports_in_view(canvas: RackView) -> Iterator[tuple[str, str, QRectF]]:
    """Yield the ports in view with their boxes, of at most so many devices as can be marked at once."""
    view = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    marked = 0
    for path in canvas.shown_devices():
        shapes, _ = canvas.shapes_of([path])
        if not any(shape.boundingRect().intersects(view) for shape in shapes):
            continue
        marked += 1
        if marked > MOST_MARKED:
            return
        for name, box in canvas.port_boxes(path).items():
            if view.intersects(box):
                yield path, name, box


class LinkPorts(Tool):
    """Links two ports, or two devices by their first ports that fit."""

    name = "link"
    hint = "Click a port, then the other one; on a device: its first free port that fits; Escape when done"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: RackView, *, stays: bool = True) -> None:
        super().__init__(canvas)
        self.canvas: RackView = canvas
        self._stays = stays
        self._first: Plug | None = None
        self._pressed_at: Pointer | None = None
        self._usages: dict[str, Usage] = {}
        self._stamp = -1

    def press(self, at: Pointer) -> Change | None:
        if self._first is not None:
            return self._join(at)
        plug = self._plug_at(at)
        if plug is None:
            raise EditError("there is no device here", cure="Click a port, or a device")
        if plug.port and not plug.token:
            raise EditError(self._why_taken(plug), cure="Choose a free port")
        self._first, self._pressed_at = plug, at
        self._mark_targets()
        return self.move(at)

    def move(self, at: Pointer) -> Change | None:
        overlay = self.canvas.overlay
        if self._first is None:
            plug = self._plug_at(at)
            if plug is None:
                overlay.clear()
            else:
                words = (
                    f"{self._name(plug)}: start here"
                    if plug.token or not plug.port
                    else self._why_taken(plug)
                )
                overlay.show_marks([Mark(plug.box, bool(plug.token) or not plug.port)])
                overlay.say(words, at.scene, fits=bool(plug.token) or not plug.port)
            return None
        overlay.show_lines([QLineF(self._first.box.center(), at.scene)])
        plug = self._plug_at(at)
        if plug is None or plug.path == self._first.path:
            overlay.say(f"{self._name(self._first)} → choose the other end", at.scene)
        else:
            reason = self._why_not(self._first, plug)
            words = reason or f"{self._name(self._first)} → {self._name(plug)}"
            overlay.say(words, at.scene, fits=not reason)
        return None

    def release(self, at: Pointer) -> Change | None:
        if self._first is not None and self._pressed_at is not None and at.is_far_from(self._pressed_at):
            return self._join(at)
        self._pressed_at = None
        return None

    def _join(self, at: Pointer) -> Change | None:
        document, first, second = self.canvas.document, self._first, self._plug_at(at)
        assert document is not None
        assert first is not None
        if second is None:
            raise EditError("there is no device here", cure="End on a port, or on a device")
        reason = self._why_not(first, second)
        if reason:
            raise EditError(reason, cure="Choose one of the ringed ports")
        holders = {path.rpartition("/")[0] for path in (first.path, second.path)}
        edit = document.edit(f"Link {self._name(first)} to {self._name(second)}", *holders)
        a, b = self._tokens(first, second)
        ends = ((first.path, a), (second.path, b))
        fabric = fabric_for(edit, document.top, ends, self.canvas.shown_fabric())
        link = connect(edit, document.top, first.path, [a], second.path, [b], fabric=fabric)
        self.canvas.overlay.clear()
        if self._stays:
            self.canvas.use_later(lambda: LinkPorts(self.canvas))
        change = self.finish(edit)
        self.canvas.select_after([path_of_link(first.path, second.path, link.id)])
        return change

    def _tokens(self, first: Plug, second: Plug) -> tuple[str, str]:
        """Return the sockets to join; where a device was hit, its first free one that fits."""
        document = self.canvas.document
        assert document is not None
        if first.token and second.token:
            return first.token, second.token
        if not first.token and not second.token:
            pair = first_compatible(document.project, document.top, first.path, second.path)
            return pair.a_ports[0], pair.b_ports[0]
        fixed, other = (first, second) if first.token else (second, first)
        for token in self._usage(other.path).free():
            if not self._mismatch(fixed, other.path, token):
                return (first.token, token) if fixed is first else (token, second.token)
        raise EditError(f"{self._name(other)} has no free port that fits {self._name(fixed)}")

    def _why_not(self, first: Plug, second: Plug) -> str:
        if second.port and not second.token:
            return self._why_taken(second)
        if first.path == second.path and first.port == second.port:
            return "A port is not linked to itself"
        if first.token and second.token:
            return self._mismatch(first, second.path, second.token)
        try:
            self._tokens(first, second)
        except EditError as error:
            return error.problem
        return ""

    def _mismatch(self, plug: Plug, path: str, token: str) -> str:
        one, other = self._usage(plug.path).table.find(plug.token), self._usage(path).table.find(token)
        return "the port is gone" if one is None or other is None else compatible(one, other)

    def _why_taken(self, plug: Plug) -> str:
        port = self._usage(plug.path).table.by_name.get(plug.port)
        tokens = [plug.port] if port is None else whole_or_lanes(port)
        return self._usage(plug.path).obstacle(tokens[0])

    def _plug_at(self, at: Pointer) -> Plug | None:
        path, name = self.canvas.port_at(at)
        if not path:
            return None
        if not name:
            shapes, _ = self.canvas.shapes_of([path])
            return Plug(path, "", "", shapes[0].boundingRect()) if shapes else None
        box = self.canvas.port_boxes(path).get(name, QRectF(at.scene, at.scene))
        return Plug(path, name, self._free_token(path, name), box)

    def _free_token(self, path: str, name: str) -> str:
        usage = self._usage(path)
        port = usage.table.by_name.get(name)
        return "" if port is None else next((t for t in whole_or_lanes(port) if not usage.obstacle(t)), "")

    def _mark_targets(self) -> None:
        """Mark the ports in view that the first end can and cannot be joined with."""
        assert self._first is not None
        marks = []
        for path, name, box in ports_in_view(self.canvas):
            if (path, name) != (self._first.path, self._first.port):
                plug = Plug(path, name, self._free_token(path, name), box)
                marks.append(Mark(box, bool(plug.token) and not self._why_not(self._first, plug)))
        self.canvas.overlay.show_marks(marks)

    def _usage(self, path: str) -> Usage:
        document = self.canvas.document
        assert document is not None
        if document.project.stamp != self._stamp:  # an undo, or an edit in a panel
            self._usages, self._stamp = {}, document.project.stamp
        if path not in self._usages:
            self._usages[path] = Usage(document.project, document.top, path)
        return self._usages[path]

    def _name(self, plug: Plug) -> str:
        document = self.canvas.document
        assert document is not None
        return f"{document.project.names_along(document.top, plug.path)[-1]} {plug.port}".rstrip()


def path_of_link(a: str, b: str, link_id: str) -> str:
    """Return the path of a link between two devices: it lies in the lowest block that contains both."""
    steps = []
    for one, other in zip(a.split("/")[:-1], b.split("/")[:-1], strict=False):
        if one != other:
            break
        steps.append(one)
    return "/".join([*steps, link_id])
