"""What is otherwise than in another design, marked in the drawings while the two are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QRectF, Signal

from core.model.project import Project
from core.model.records import Device
from core.model.types import DeviceType
from desktop.canvas.change_marks import ChangeMark, ChangeMarks
from desktop.views.network_changes import network_marks
from desktop.views.schematic_changes import schematic_marks

if TYPE_CHECKING:
    from core.engine.comparison import Named
    from core.engine.record_changes import Changed, ChangeRow
    from core.explore.placed_changes import Box, DeviceChange
    from desktop.views.card_view import CardView
    from desktop.views.hall import HallView
    from desktop.views.network import NetworkView
    from desktop.views.racking import Standing
    from desktop.views.racks import RackView

MOST_MARKS = 4000
"""Things that are marked in a drawing."""
APART_MM = 0.5


class ChangeMarking(QObject):
    """Keeps the marks of the drawings, and which change is looked at."""

    changed = Signal()
    """Other marks, another design, or another change that is looked at."""
    went = Signal(object)
    """Carries the row of changes that is to be shown."""

    def __init__(
        self,
        hall: HallView,
        racks: RackView,
        network: NetworkView,
        schematics: Sequence[CardView],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._hall, self._racks, self._network = hall, racks, network
        self.before: Named | None = None
        """The design that counts as before; None while nothing is compared."""
        self.rows: tuple[ChangeRow, ...] = ()
        self.at = -1
        """Which row is looked at."""
        self.is_shown = True
        self.of_hall, self.of_racks, self.of_network = ChangeMarks(), ChangeMarks(), ChangeMarks()
        self.marks = {"hall": self.of_hall, "racks": self.of_racks, "network": self.of_network}
        self._known: tuple[object, tuple[Changed, ...], dict[str, set[str]]] | None = None
        self._schematics = {view.layer_name: view for view in schematics}
        self.marks |= {name: ChangeMarks() for name in self._schematics}
        views = {"hall": hall, "racks": racks, "network": network, **self._schematics}
        for name, marks in self.marks.items():
            views[name].scene().addItem(marks)
            views[name].drawn_anew.connect(self.refresh)

    def show_against(self, before: Named | None, rows: Sequence[ChangeRow] = ()) -> None:
        """Mark what the open design has otherwise than another one of the same project."""
        if before is not self.before or tuple(rows) != self.rows:
            self.at = -1
        self.before, self.rows = before, tuple(rows)
        self._known = None
        self.refresh()

    def show_marks(self, on: bool) -> None:
        """Show or hide the marks."""
        self.is_shown = on
        self.refresh()

    def go(self, step: int) -> None:
        """Look at the next change, or the one before; after the last comes the first."""
        if self.rows:
            start = -1 if self.at < 0 and step > 0 else max(self.at, 0)
            self.look_at((start + step) % len(self.rows))

    def look_at(self, at: int) -> None:
        """Look at a change, by its place among the rows."""
        self.at = at
        self.went.emit(self.rows[at])
        self.changed.emit()

    def why_not_go(self) -> str:
        """Return why there is no change to go to."""
        if self.before is None:
            return "compare the design with another one first: Worth > Compare with"
        return "" if self.rows else "nothing was added, removed, moved or changed"

    def counts(self, view: str) -> Counter[str]:
        """Return how many things of each kind are marked in a drawing; front and rear of one count once."""
        marks = self.marks[view].marks if view in self.marks else []
        things = {(mark.state, mark.path or str(n)) for n, mark in enumerate(marks) if mark.state != "was"}
        return Counter(state for state, _ in things)

    def refresh(self) -> None:
        """Mark what is so now."""
        after = None if self._hall.document is None else self._hall.document.project
        if self.before is None or after is None or not self.is_shown:
            for marks in self.marks.values():
                marks.show_marks([])
        else:
            before = self.before.project
            changes, cabled = self._changes(before, after)
            self.of_hall.show_marks(self._in_hall(before, after, cabled)[:MOST_MARKS])
            self.of_racks.show_marks(self._in_racks(before, after, cabled)[:MOST_MARKS])
            self.of_network.show_marks(self._in_network(cabled)[:MOST_MARKS])
            for name, view in self._schematics.items():
                # What is not seen is marked when it is next shown.
                found = schematic_marks(view, before, cabled, changes) if view.isVisible() else []
                self.marks[name].show_marks(found[:MOST_MARKS])
        self.changed.emit()

    def _changes(self, before: Project, after: Project) -> tuple[tuple[Changed, ...], dict[str, set[str]]]:
        """Return what is otherwise, and the devices whose cables are; kept until an edit."""
        from core.engine.record_changes import changes_between
        from core.explore.placed_changes import cabled_otherwise

        key = (id(before), after.stamp)
        if self._known is None or self._known[0] != key:
            changes = changes_between(before, after)
            self._known = (key, changes, cabled_otherwise(before, after, changes))
        return self._known[1:]

    # The drawings.

    def _in_hall(self, before: Project, after: Project, cabled: dict[str, set[str]]) -> list[ChangeMark]:
        from core.explore.placed_changes import floor_changes, ground_changes

        if self._hall.drawn is None:
            return []
        found = []
        entered = self._hall.entered
        for one in floor_changes(before, after, entered, cabled):
            box, path = _scene(one.box), f"{entered}/{one.path}".lstrip("/")
            words = str(one.inside) if one.inside else one.name if one.state == "removed" else ""
            if one.was is None:
                found.append(ChangeMark(one.state, box, words, path=path))
            else:
                was = _scene(one.was)
                found.append(ChangeMark("was", was, path=path))
                way = QLineF(was.center(), box.center())
                found.append(ChangeMark("moved", box, words, way, path))
        for one in ground_changes(before, after, entered):
            path = f"{entered}/{one.path}".lstrip("/")
            found.append(ChangeMark(one.state, _scene(one.box), one.name, path=path))
        return found

    def _in_racks(self, before: Project, after: Project, cabled: dict[str, set[str]]) -> list[ChangeMark]:
        from core.explore.placed_changes import block_along, device_changes

        found: list[ChangeMark] = []
        known: dict[str, dict[str, DeviceChange]] = {}
        for face in self._racks.standing:
            if face.path and not block_along(before, face.path):
                box = (face.x, face.y, face.drawn.width, face.drawn.height)
                found.append(ChangeMark("added", _scene(box), path=face.path))
                continue
            if face.path not in known:
                known[face.path] = device_changes(before, after, face.path)
            found += self._on_face(before, face, known[face.path])
            for owner in face.drawn.owners:
                path, place = f"{face.path}/{owner}".lstrip("/"), face.box_of(owner)
                if path in cabled and owner not in known[face.path] and place is not None:
                    found.append(ChangeMark("cabled", _scene(place), str(len(cabled[path])), path=path))
        return found

    def _on_face(
        self, before: Project, face: Standing, devices: dict[str, DeviceChange]
    ) -> Iterable[ChangeMark]:
        for record_id, one in devices.items():
            path = f"{face.path}/{record_id}".lstrip("/")
            was = None if one.was is None else _place_before(before, face, one.was)
            if one.now is None:
                if was is not None and one.was is not None:
                    yield ChangeMark("removed", _scene(was), one.was.name, path=path)
                continue
            place = face.box_of(record_id)
            if place is None:
                continue
            box, way = _scene(place), None
            if was is not None and (abs(was[0] - place[0]) > APART_MM or abs(was[1] - place[1]) > APART_MM):
                yield ChangeMark("was", _scene(was), path=path)
                way = QLineF(_scene(was).center(), box.center()) if one.state == "moved" else None
            yield ChangeMark(one.state, box, "", way, path)

    def _in_network(self, cabled: dict[str, set[str]]) -> list[ChangeMark]:
        assert self.before is not None
        if not self._network.isVisible():
            return []  # it is marked when it is next shown
        return network_marks(self._network, self.before, cabled)


def _place_before(before: Project, face: Standing, device: Device) -> Box | None:
    """Return where a device of the other design would be on a face that is drawn; None if it hides it."""
    from core.drawing.rack_geometry import device_box

    spec = before.find_type(device.type)
    if not isinstance(spec, DeviceType):
        return None
    zones = {zone.name: zone.face for zone in face.rack.zones}
    if device.zone and zones.get(device.zone) != face.face:
        return None
    x, y, width, height = device_box(device, spec, face.rack, face.face)
    return face.x + x, face.y + y, width, height


def _scene(box: Box) -> QRectF:
    x, y, width, height = box
    return QRectF(x, -y - height, width, height)
