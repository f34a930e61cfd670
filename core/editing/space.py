"""Room in a rack: half units by face, width, depth and zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, NamedTuple

from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.project import Reader
from core.model.records import Device, Rotation
from core.model.types import DeviceType, RackType

Face = Literal["front", "rear"]
Side = Literal["", "left", "centre", "right"]

SIXTHS: dict[tuple[str, str], tuple[int, int]] = {
    ("full", ""): (0, 6),
    ("half", "left"): (0, 3),
    ("half", "right"): (3, 6),
    ("third", "left"): (0, 2),
    ("third", "centre"): (2, 4),
    ("third", "right"): (4, 6),
}
"""Part of the width, in sixths from the left, by width of the type and side of the device."""
SIDES: dict[str, tuple[Side, ...]] = {
    "full": ("",),
    "half": ("left", "right"),
    "third": ("left", "centre", "right"),
}


class Spot(NamedTuple):
    """Where a device goes: units or a zone of a rack block, or a point of a floor block."""

    half_u: int = 0
    face: Face = "front"
    side: Side = ""
    zone: str = ""
    place: int = 0
    x_mm: int = 0
    y_mm: int = 0
    z_mm: int = 0
    rotation: Rotation = 0

    @classmethod
    def of(cls, device: Device) -> Spot:
        """Return where a device is."""
        return cls(*_spot_of(device))


_spot_of = attrgetter(*Spot._fields)


def unit(number: float, face: Face = "front", side: Side = "") -> Spot:
    """Return the spot whose bottom is at a unit counted from 1 upwards.

    Examples
    --------
    >>> unit(12).half_u
    22
    """
    return Spot(half_u=round(2 * (number - 1)), face=face, side=side)


def half_units(spec: DeviceType) -> int:
    """Return the height of a device in half units."""
    return round(2 * spec.height_u)


def fitting_side(spec: DeviceType, side: Side) -> Side:
    """Return the side that a device of a type takes where another one had a side."""
    if spec.width == "full" or spec.zero_u:
        return ""
    if spec.width == "half" and side == "centre":
        return "left"
    return side or "left"


def obstacles(reader: Reader, block: str, spec: DeviceType, spot: Spot, ignore: Collection[str] = ()) -> str:
    """Return why a device does not fit at a spot of a rack block, in words; empty if it fits.

    Parameters
    ----------
    reader : Reader
    block : str
        Id of the rack block.
    spec : DeviceType
    spot : Spot
    ignore : collection of str, optional
        Ids of devices taken as not there (those being moved).

    Raises
    ------
    EditError
        If the block is no rack block.
    """
    return Occupancy(reader, block, ignore).obstacle(spec, spot)


def first_fit(
    reader: Reader,
    block: str,
    spec: DeviceType,
    *,
    from_top: bool = False,
    face: Face = "front",
    low: int = 0,
    high: int | None = None,
) -> Spot | None:
    """Return the first free spot of a rack block between two half units, or None."""
    return Occupancy(reader, block).first_fit(spec, from_top=from_top, face=face, low=low, high=high)


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    low: int
    high: int
    sixths: tuple[int, int]
    face: str
    depth_mm: float | None
    """None: the whole depth."""
    is_reserved: bool = False


class Room(NamedTuple):
    """Half units of a rack: all, with anything in them, and of the others those kept free for something."""

    total: int
    used: int
    reserved: int

    @property
    def free(self) -> int:
        """Half units with nothing in them that are not reserved."""
        return self.total - self.used - self.reserved


class Occupancy:
    """What is taken in one rack block.

    Parameters
    ----------
    reader : Reader
    block : str
        Id of the rack block.
    ignore : collection of str, optional
        Ids of devices taken as not there.

    Raises
    ------
    EditError
        If the block is no rack block.
    """

    def __init__(self, reader: Reader, block: str, ignore: Collection[str] = ()) -> None:
        rack = rack_type_of(reader, block)
        if rack is None:
            raise EditError("a floor block has no units", cure="Choose a rack")
        self.rack = rack
        self._slots: list[_Slot] = []
        self._zones: dict[tuple[str, int], str] = {}
        for device in reader.devices(block).values():
            spec = reader.find_type(device.type)
            if device.id not in ignore and isinstance(spec, DeviceType):
                self.add(spec, Spot.of(device), device.name or spec.name)
        for kept in reader.blocks[block].reserved:
            high = kept.half_u + kept.half_units
            face, depth = ("front", None) if kept.face == "both" else (kept.face, 0.0)
            self._slots.append(_Slot(kept.note, kept.half_u, high, (0, 6), face, depth, True))

    def add(self, spec: DeviceType, spot: Spot, name: str) -> None:
        """Take the room of a device."""
        if spot.zone:
            self._zones[spot.zone, spot.place] = name
            return
        sixths = SIXTHS.get((spec.width, spot.side), (0, 6))
        high = spot.half_u + half_units(spec)
        self._slots.append(_Slot(name, spot.half_u, high, sixths, spot.face, spec.depth_mm))

    def obstacle(self, spec: DeviceType, spot: Spot) -> str:
        """Return why a device does not fit at a spot; empty if it does."""
        reason = _misfit(spec, self.rack)
        if reason:
            return reason
        if spec.zero_u or spot.zone:
            return self._zone_obstacle(spec, spot)
        sixths = SIXTHS.get((spec.width, spot.side))
        if sixths is None:
            if spec.width == "full":
                return "takes the full width"
            return f"takes a {spec.width} of the width: {' or '.join(SIDES[spec.width])}"
        high = spot.half_u + half_units(spec)
        if high > 2 * self.rack.units:
            return f"needs {spec.height_u:g}{spec.unit}, rack ends at {spec.unit}{self.rack.units}"
        for slot in self._slots:
            if slot.low < high and spot.half_u < slot.high and self._meets(slot, spec, spot.face, sixths):
                return _held(unit_span(self.rack, slot.low, slot.high), slot)
        return ""

    def room(self) -> Room:
        """Return how many half units are used, reserved and free; front and rear of one count once."""
        used, kept = self._rows(reserved=False), self._rows(reserved=True)
        return Room(2 * self.rack.units, len(used), len(kept - used))

    def free_runs(self) -> list[tuple[int, int]]:
        """Return the stretches of half units with nothing in them and not reserved, from below."""
        taken = self._rows(reserved=False) | self._rows(reserved=True)
        runs: list[tuple[int, int]] = []
        for row in range(2 * self.rack.units):
            if row in taken:
                continue
            if runs and runs[-1][1] == row:
                runs[-1] = (runs[-1][0], row + 1)
            else:
                runs.append((row, row + 1))
        return runs

    def _rows(self, *, reserved: bool) -> set[int]:
        slots = (slot for slot in self._slots if slot.is_reserved == reserved)
        rows = {row for slot in slots for row in range(slot.low, slot.high)}
        return {row for row in rows if 0 <= row < 2 * self.rack.units}

    def first_fit(
        self,
        spec: DeviceType,
        *,
        from_top: bool = False,
        face: Face = "front",
        low: int = 0,
        high: int | None = None,
    ) -> Spot | None:
        """Return the first free spot between two half units, or None."""
        if _misfit(spec, self.rack):
            return None
        taken: dict[Side, int] = {}
        for spot in self.spots(spec, from_top=from_top, face=face, low=low, high=high):
            if not self._is_taken(spec, spot, taken):
                return spot
        return None

    def _is_taken(self, spec: DeviceType, spot: Spot, taken: dict[Side, int]) -> bool:
        """Tell whether there is an obstacle to a type that fits the rack.

        `taken` keeps what is found of the half units in the way, by side: bit n is half unit n.
        """
        if spec.zero_u or spot.zone:
            return bool(self._zone_obstacle(spec, spot))
        height, sixths = half_units(spec), SIXTHS.get((spec.width, spot.side))
        if sixths is None or spot.half_u + height > 2 * self.rack.units:
            return True
        if spot.side not in taken:
            bits = 0
            for slot in self._slots:
                if self._meets(slot, spec, spot.face, sixths):
                    bits |= (1 << max(slot.high, 0)) - (1 << max(slot.low, 0))
            taken[spot.side] = bits
        return bool(taken[spot.side] >> spot.half_u & (1 << height) - 1)

    def spots(
        self,
        spec: DeviceType,
        *,
        from_top: bool = False,
        face: Face = "front",
        low: int = 0,
        high: int | None = None,
    ) -> Iterator[Spot]:
        """Yield the spots of a type between two half units in the order in which they are filled."""
        if spec.zero_u:
            for zone in self.rack.zones:
                if zone.name.startswith("manifold") and spec.kind != "manifold":
                    continue  # manifold space is given to others only by hand
                for place in range(zone.places):
                    yield Spot(zone=zone.name, place=place, face=zone.face)
            return
        height = half_units(spec)
        last = (2 * self.rack.units if high is None else high) - height
        step = 1 if height % 2 else 2  # whole units stay on the unit grid
        starts = range(low, last + 1, step)
        for half_u in reversed(starts) if from_top else starts:
            for side in SIDES[spec.width]:
                yield Spot(half_u=half_u, face=face, side=side)

    def _zone_obstacle(self, spec: DeviceType, spot: Spot) -> str:
        if not spec.zero_u:
            return "mounts in units, not in a zone"
        zone = next((z for z in self.rack.zones if z.name == spot.zone), None)
        if zone is None:
            names = ", ".join(z.name for z in self.rack.zones)
            return f"mounts in a zone of the rack: {names}" if names else "rack has no zero-U places"
        if spot.place >= zone.places:
            return f"{zone.name} has places 1 to {zone.places}"
        holder = self._zones.get((spot.zone, spot.place))
        return f"{zone.name} place {spot.place + 1} holds {holder}" if holder else ""

    def _meets(self, slot: _Slot, spec: DeviceType, face: str, sixths: tuple[int, int]) -> bool:
        if sixths[1] <= slot.sixths[0] or slot.sixths[1] <= sixths[0]:
            return False
        if face == slot.face or spec.depth_mm is None or slot.depth_mm is None:
            return True  # a depth that is not known counts as the whole depth
        return spec.depth_mm + slot.depth_mm > mounting_depth(self.rack)


def _held(span: str, slot: _Slot) -> str:
    many = "-" in span
    if slot.is_reserved:
        words = f"{span} {'are' if many else 'is'} reserved"
        return f"{words}: {slot.name}" if slot.name else words
    return f"{span} {'hold' if many else 'holds'} {slot.name}"


def unit_span(rack: RackType, low: int, high: int) -> str:
    """Return the units that half units low to high touch, as numbered on the rack.

    Examples
    --------
    >>> rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000)
    >>> unit_span(rack, 22, 38), unit_span(rack, 0, 2)
    ('U12-U19', 'U1')
    """
    top = max(high, low + 1) - 1
    first, last = (round(rack.unit_number(half_u - half_u % 2)) for half_u in (low, top))
    return f"{rack.unit}{first}" if first == last else f"{rack.unit}{first}-{rack.unit}{last}"


def _misfit(spec: DeviceType, rack: RackType) -> str:
    """Return why a type never fits a rack type, wherever it is put."""
    if spec.kind == "module":
        return "goes into a bay of a device"
    if spec.floor_standing:
        return "stands on the floor"
    if spec.zero_u:
        tall = spec.height_mm is not None and spec.height_mm > rack.height_mm
        return f"{spec.height_mm:.0f} mm tall, rack is {rack.height_mm} mm" if tall else ""
    if half_units(spec) < 1:
        return "has no height in units"
    if spec.unit != rack.unit:
        return f"made for {spec.unit}, rack has {rack.unit}"
    if spec.depth_mm is not None and spec.depth_mm > mounting_depth(rack):
        return f"{spec.depth_mm:.0f} mm deep, rack takes {mounting_depth(rack):.0f} mm"
    return ""


def mounting_depth(rack: RackType) -> float:
    """Return how deep a device of a rack may be [mm]; the depth of the rack where nobody says."""
    return rack.depth_mm if rack.mounting_depth_mm is None else rack.mounting_depth_mm
