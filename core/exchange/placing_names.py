"""What stands in a hall by the names people write, and types by theirs."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from core.catalogue.library import Library
from core.drawing.placed import Overrides, PlacedBlock, devices_in, walk
from core.editing.routes import counted
from core.errors import EditError
from core.model.project import Reader
from core.model.records import Device, Instance
from core.model.types import AnyType, DeviceType, RackType

T = TypeVar("T", RackType, DeviceType)
OWN_FIELDS = ("serial", "asset_tag", "status")


class Standing(NamedTuple):
    """A rack, or a device on a floor or in a rack, where it is built."""

    path: str
    tag: str
    name: str
    is_rack: bool
    type_id: str
    holder: str
    """Block that holds its record."""
    x: int
    """Of its own origin in the hall [mm]; of a device in a rack 0."""
    y: int
    rotation: int
    own: dict[str, str]
    """Serial, asset tag and status in force."""
    over: frozenset[str]
    """Those of them that an override says."""


class StandingNames:
    """Racks and devices of a floor block, by every tail of their tags."""

    def __init__(self, reader: Reader, top: str) -> None:
        self.racks: list[tuple[Standing, PlacedBlock]] = []
        self.on_floor: list[Standing] = []
        self._tails: dict[str, list[Standing]] = {}
        self._inside: dict[str, dict[str, list[Standing]]] = {}
        self._reader = reader
        self._at: dict[str, PlacedBlock] = {}
        floors: dict[str, PlacedBlock] = {}
        for at in walk(reader, top):
            if at.block.kind == "rack":
                assert at.instance is not None
                stands = _rack(at, floors[at.path.rpartition("/")[0]].overrides)
                self.racks.append((stands, at))
                self._at[at.path] = at
                self._note(stands)
                continue
            floors[at.path] = at
            for device, name in devices_in(reader, at):
                stands = _device(at, device, name)
                self.on_floor.append(stands)
                self._note(stands)

    def _note(self, stands: Standing) -> None:
        steps = stands.tag.split("/")
        for length in range(1, len(steps) + 1):
            self._tails.setdefault(spaced("/".join(steps[-length:])), []).append(stands)

    def find(self, name: str) -> Standing | None:
        """Return the one rack, or device on the floor, of a name.

        Raises
        ------
        EditError
            If there are several.
        """
        return _only(self._tails.get(spaced(name), []), name)

    def device(self, rack: str, name: str) -> Standing | None:
        """Return the one device of a name in the rack at a path.

        Raises
        ------
        EditError
            If there are several.
        """
        if rack not in self._inside:
            found: dict[str, list[Standing]] = {}
            for stands in self.devices(rack):
                found.setdefault(spaced(stands.name), []).append(stands)
            self._inside[rack] = found
        return _only(self._inside[rack].get(spaced(name), []), name)

    def devices(self, rack: str) -> list[Standing]:
        """Return the devices in the rack at a path."""
        at = self._at[rack]
        return [_device(at, device, name) for device, name in devices_in(self._reader, at)]


def spaced(text: str) -> str:
    """Return a name as names are compared: spreadsheets lose count of blanks."""
    return " ".join(text.split())


def _only(found: list[Standing], name: str) -> Standing | None:
    if not found:
        return None
    exact = [stands for stands in found if spaced(stands.tag) == spaced(name)]
    some = exact or found
    if len(some) > 1:
        cure = f"Write more of the name, such as {some[0].tag}" if not exact else "Rename all but one"
        raise EditError(f"{counted(len(some), 'thing')} are called '{name}'", cure=cure)
    return some[0]


def _rack(at: PlacedBlock, outer: Overrides) -> Standing:
    assert at.instance is not None
    t = at.transform
    turn = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}.get((t.d, -t.b), 0)
    own, over = _own(outer, at.instance)
    tag_of = (at.path, at.tag, at.name, True, at.block.rack_type, at.instance.block)
    return Standing(*tag_of, t.x, t.y, turn, own, over)


def _device(at: PlacedBlock, device: Device, name: str) -> Standing:
    own, over = _own(at.overrides, device)
    path, tag = at.prefix() + device.id, at.tag_of(name)
    if at.block.kind == "rack":
        return Standing(path, tag, name, False, device.type, at.block.id, 0, 0, 0, own, over)
    t = at.transform.placed(device.x_mm, device.y_mm, device.rotation)
    turn = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}.get((t.d, -t.b), 0)
    return Standing(path, tag, name, False, device.type, at.block.id, t.x, t.y, turn, own, over)


def _own(overrides: Overrides, record: Instance | Device) -> tuple[dict[str, str], frozenset[str]]:
    own: dict[str, str] = {field: getattr(record, field, "") for field in OWN_FIELDS}
    over = set()
    for override in reversed(overrides.find(record.id)):
        for field in OWN_FIELDS:
            value: Any = getattr(override, field)
            if value is not None:
                own[field] = value
                over.add(field)
    return own, frozenset(over)


class TypeNames:
    """Types of project and catalogue by id, name, and maker with name."""

    def __init__(self, reader: Reader, library: Library) -> None:
        self._found: dict[str, dict[str, AnyType]] = {}
        specs: dict[str, AnyType] = {spec.id: spec for spec in library}
        specs.update({record.id: record.spec for record in reader.every("types")})
        for spec in specs.values():
            for text in {spec.id, spec.name, f"{spec.maker} {spec.name}"}:
                self._found.setdefault(" ".join(text.casefold().split()), {})[spec.id] = spec

    def find(self, text: str, kind: type[T]) -> T:
        """Return the one type of a kind that a text names.

        Raises
        ------
        EditError
            If there is none, or several.
        """
        found = self._found.get(" ".join(text.casefold().split()), {}).values()
        some = [spec for spec in found if isinstance(spec, kind)]
        what = "rack" if kind is RackType else "device"
        if not some:
            cure = "Write its name as in the catalogue, or add a type of your own"
            raise EditError(f"no {what} of the catalogue is called '{text[:60]}'", cure=cure)
        exact = [spec for spec in some if spec.id == text]
        if len(some) > 1 and not exact:
            makers = ", ".join(sorted({spec.maker for spec in some}))
            raise EditError(f"several are called '{text[:60]}'", cure=f"Write the maker before it: {makers}")
        return (exact or some)[0]
