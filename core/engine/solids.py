"""Devices of a rack as boxes in its own space: what they take of it, and which are in each other's way.

The box of a rack is x 0 (left) to its width, y 0 (front) to its depth, z 0 (floor) to its height [mm].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from core.editing.space import SIXTHS, mounting_depth
from core.engine.columns import Floats
from core.engine.snapshot import FACES, MOST_PLACES, SIDES, Snapshot
from core.model.records import Device
from core.model.types import DeviceType, RackType

Point = tuple[float, float, float]

TOUCH_MM = 0.5
"""Sizes are rounded by those who publish them: touching within this is no clash."""
PANEL_MM = 20.0
"""Depth that anything mounted takes, whatever is known of it: its panel and what holds it."""
OPENING_MM = 450.0
"""Clear width between the rails where a rack type gives none (EIA-310)."""
BUSBAR_MM = 100.0
"""Width of a busbar with what plugs into it; a house value, no drawing was read."""


@dataclass(frozen=True)
class Solid:
    """The room one thing takes in a rack.

    Attributes
    ----------
    device : str
        Id of the device; empty for what the rack itself has.
    kind : str
        In units, in a zone beside them, a door on the rear, the busbar of the rack.
    low, high : (x, y, z)
        The most it may take [mm]: where a measure is not known, all that can be.
    sure_low, sure_high : (x, y, z)
        What it takes however that measure turns out [mm].
    unknown : tuple of str
        Measures of its type that are not known and matter: width, depth, height.
    """

    device: str
    kind: Literal["units", "zone", "door", "busbar"]
    low: Point
    high: Point
    sure_low: Point
    sure_high: Point
    unknown: tuple[str, ...] = ()

    @property
    def centre(self) -> Point:
        """Middle of the most it may take [mm]."""
        (x, y, z), (x2, y2, z2) = self.low, self.high
        return ((x + x2) / 2, (y + y2) / 2, (z + z2) / 2)


class Clash(NamedTuple):
    """Two solids in each other's way: overlap along x, y, z [mm]; not sure if a measure is wanting."""

    a: Solid
    b: Solid
    overlap: Point
    sure: bool

    @property
    def deep_mm(self) -> float:
        """The least way by which one has to move [mm]."""
        return min(self.overlap)


def opening_mm(rack: RackType) -> float:
    """Return the clear width between the rails of a rack [mm]."""
    return min(rack.opening_mm or OPENING_MM, rack.width_mm)


def rails_mm(rack: RackType) -> tuple[float, float]:
    """Return where devices of a rack may begin and end in depth [mm].

    Notes
    -----
    No rack type says where its rails are. In a rack whose rear holds a busbar or a manifold devices begin at
    the front; in others what the mounting depth leaves over is half in front, half behind.

    Examples
    --------
    >>> rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000,
    ...                 mounting_depth_mm=1000)
    >>> rails_mm(rack)
    (100.0, 1100.0)
    """
    deep = min(mounting_depth(rack), rack.depth_mm)
    front = 0.0 if rack.busbar or rack.manifold else (rack.depth_mm - deep) / 2
    return front, front + deep


def solids_of(rack: RackType, devices: Iterable[tuple[Device, DeviceType]]) -> tuple[Solid, ...]:
    """Return what the devices of a rack block take of it, and what the rack keeps for itself.

    Notes
    -----
    A device in units is as wide as the opening, its half or third of it; it begins at the rail it is mounted
    from and is as high as its units in its own pitch. A 0U unit stands at the side of its zone against the
    outside of the rack and in the middle of its height; places of one side follow each other from the face
    inwards, the zone listed last at the face. A door is outside, behind the rack. A device in a zone that
    the rack does not have is left out: that is another finding. Modules are inside their device.
    """
    zones = {zone.name: zone for zone in rack.zones}
    found: list[Solid] = []
    beside: dict[tuple[str, str], list[tuple[tuple[int, int], Device, DeviceType]]] = {}
    for device, spec in devices:
        zone = zones.get(device.zone)
        if spec.kind == "rear-door":
            found.append(_door(rack, device, spec))
        elif zone is not None:
            rank = (-rack.zones.index(zone), device.place)
            beside.setdefault((zone.side, zone.face), []).append((rank, device, spec))
        elif not device.zone and not spec.floor_standing and spec.height_u > 0:
            found.append(_in_units(rack, device, spec))
    for (side, face), there in beside.items():
        found.extend(_in_zones(rack, side, face, sorted(there, key=lambda one: (*one[0], one[1].id))))
    if rack.busbar and rack.mounting_depth_mm is not None:
        found.append(_busbar(rack))
    return tuple(found)


def clashes(solids: Sequence[Solid]) -> Iterator[Clash]:
    """Yield pairs that overlap by more than 0.5 mm along all three axes."""
    if len(solids) < 2:
        return
    low, high = np.array([s.low for s in solids]), np.array([s.high for s in solids])
    shared = np.minimum(high[:, None], high[None, :]) - np.maximum(low[:, None], low[None, :])
    met = np.triu((shared > TOUCH_MM).all(axis=2), k=1)
    for i, j in np.argwhere(met):
        a, b = solids[i], solids[j]
        sure = all(
            min(p, q) - max(r, s) > TOUCH_MM
            for p, q, r, s in zip(a.sure_high, b.sure_high, a.sure_low, b.sure_low, strict=True)
        )
        x, y, z = (float(v) for v in shared[i, j])
        yield Clash(a, b, (x, y, z), sure)


def pitch_mm(spec: DeviceType, rack: RackType) -> float:
    """Return the height of a unit of a device: the rack's, or its own if it was made for another [mm]."""
    own = 48.0 if spec.unit == "OU" else 44.45
    return rack.pitch_mm if abs(own - rack.pitch_mm) < 0.5 else own


def _in_units(rack: RackType, device: Device, spec: DeviceType) -> Solid:
    first, last = SIXTHS.get((spec.width, device.side), (0, 6))
    opening = opening_mm(rack)
    left = (rack.width_mm - opening) / 2 + device.x_mm
    x, x2 = left + opening * first / 6, left + opening * last / 6
    z = rack.base_mm + device.half_u * rack.pitch_mm / 2
    z2 = z + spec.height_u * pitch_mm(spec, rack)
    front, rear = rails_mm(rack)
    known = PANEL_MM if spec.depth_mm is None and spec.kind == "blank" else spec.depth_mm
    most, sure = (rear - front, PANEL_MM) if known is None else (known, known)
    if device.face == "front":
        y, y2, sure_y, sure_y2 = front, front + most, front, front + sure
    else:
        y, y2, sure_y, sure_y2 = rear - most, rear, rear - sure, rear
    unknown = ("depth",) if known is None else ()
    return Solid(device.id, "units", (x, y, z), (x2, y2, z2), (x, sure_y, z), (x2, sure_y2, z2), unknown)


def _in_zones(
    rack: RackType, side: str, face: str, there: list[tuple[tuple[int, int], Device, DeviceType]]
) -> Iterator[Solid]:
    """Yield 0U units of one side and face, from the face inwards."""
    strip = (rack.width_mm - opening_mm(rack)) / 2
    at = 0.0
    for _, device, spec in there:
        wide, deep, tall = spec.width_mm, spec.depth_mm, spec.height_mm
        unknown = tuple(
            name for name, value in (("width", wide), ("depth", deep), ("height", tall)) if value is None
        )
        x, x2 = _across(rack, side, strip if wide is None else wide)
        y, y2 = at, at + (strip if deep is None else deep)
        if face == "rear":
            y, y2 = rack.depth_mm - y2, rack.depth_mm - y
        z = max(rack.height_mm - (rack.height_mm if tall is None else tall), 0.0) / 2
        low, high = (x, y, z), (x2, y2, rack.height_mm - z)
        middle = ((x + x2) / 2, (y + y2) / 2, rack.height_mm / 2)
        sure_low, sure_high = (middle, middle) if unknown else (low, high)
        yield Solid(device.id, "zone", low, high, sure_low, sure_high, unknown)
        at += deep or 0.0


def _across(rack: RackType, side: str, wide: float) -> tuple[float, float]:
    if side == "left":
        return 0.0, wide
    if side == "right":
        return rack.width_mm - wide, float(rack.width_mm)
    return (rack.width_mm - wide) / 2, (rack.width_mm + wide) / 2


def _door(rack: RackType, device: Device, spec: DeviceType) -> Solid:
    low, high = (
        (0.0, float(rack.depth_mm), 0.0),
        (float(rack.width_mm), rack.depth_mm + (spec.depth_mm or PANEL_MM)),
    )
    one = Solid(device.id, "door", low, (*high, float(rack.height_mm)), low, (*high, float(rack.height_mm)))
    return one if spec.depth_mm is not None else replace(one, unknown=("depth",))


def _busbar(rack: RackType) -> Solid:
    x, x2 = (rack.width_mm - BUSBAR_MM) / 2, (rack.width_mm + BUSBAR_MM) / 2
    low, high = (x, rails_mm(rack)[1], 0.0), (x2, float(rack.depth_mm), float(rack.height_mm))
    return Solid("", "busbar", low, high, low, high)


def gear_mm(snap: Snapshot) -> Floats:
    """Return the middle of every device in its own rack, or in its own box on the floor.

    Returns
    -------
    ndarray, shape (n_devices, 3)
        From the left, from the front, from the floor of the rack [mm]; in the middle of the rack where a
        measure is not known. Several 0U units of one side are taken at the face of their zone.
    """
    specs, types = snap.specs, snap.specs.rack_types
    fields = ("width_mm", "depth_mm", "height_mm")
    floor = np.stack([specs.column(name).value for name in fields], axis=1)[snap.device_spec] / 2
    racked = np.flatnonzero((snap.device_rack >= 0) & (np.append(snap.rack_type, -1)[snap.device_rack] >= 0))
    if not len(racked):
        return floor
    facts = np.array(
        [
            (t.width_mm, t.depth_mm, t.height_mm, opening_mm(t), t.base_mm, t.pitch_mm, *rails_mm(t))
            for t in types
        ]
    )
    rack = facts[snap.rack_type[snap.device_rack[racked]]]
    width, depth, height, opening, base, pitch, front, rear = rack.T
    number = snap.device_spec[racked]
    device_types = [spec.type for spec in specs.specs]
    table = np.zeros((len(device_types), len(SIDES)))
    for k, spec in enumerate(device_types):
        for s, side in enumerate(SIDES):
            low, high = SIXTHS.get((spec.width, side), (0, 6))
            table[k, s] = (low + high) / 12
    deep = np.array([np.nan if t.depth_mm is None else t.depth_mm for t in device_types])[number]
    own = np.array([48.0 if t.unit == "OU" else 44.45 for t in device_types])[number]
    tall = specs.column("height_u").value[number] * np.where(np.abs(own - pitch) < 0.5, pitch, own)
    at_front = snap.device_face[racked] == FACES.index("front")
    middle = (front + rear) / 2
    x = (width - opening) / 2 + opening * table[number, snap.device_side[racked]]
    y = np.where(np.isnan(deep), middle, np.where(at_front, front + deep / 2, rear - deep / 2))
    z = base + snap.device_half_u[racked] * pitch / 2 + tall / 2
    zoned = snap.device_zoned[racked] > 0
    if zoned.any():
        _move_zoned(snap, racked[zoned], rack[zoned], x, y, z, zoned)
    doors = np.array([t.kind == "rear-door" for t in device_types])[number]
    x, z = np.where(doors, width / 2, x), np.where(doors, height / 2, z)
    y = np.where(doors, depth + np.nan_to_num(deep) / 2, y)
    found = floor.copy()
    found[racked] = np.stack([x, y, z], axis=1)
    return found


def _move_zoned(
    snap: Snapshot, rows: np.ndarray, rack: Floats, x: Floats, y: Floats, z: Floats, where: np.ndarray
) -> None:
    """Put 0U units at the side and face of their zone."""
    types, specs = snap.specs.rack_types, snap.specs
    most = max((len(t.zones) for t in types), default=0) or 1
    place = np.zeros((len(types), most, 2))
    for k, kind in enumerate(types):
        for n, zone in enumerate(kind.zones):
            place[k, n] = (("left", "centre", "right").index(zone.side), zone.face == "rear")
    zone = snap.device_place[rows] // MOST_PLACES
    side, behind = place[snap.rack_type[snap.device_rack[rows]], np.clip(zone, 0, most - 1)].T
    width, depth, height, opening = rack[:, :4].T
    strip = (width - opening) / 2
    number = snap.device_spec[rows]
    wide, deep = (specs.column(name) for name in ("width_mm", "depth_mm"))
    half_w = np.where(wide.known[number], wide.value[number], strip) / 2
    half_d = np.where(deep.known[number], deep.value[number], strip) / 2
    x[where] = np.choose(side.astype(int), [half_w, width / 2, width - half_w])
    y[where] = np.where(behind > 0, depth - half_d, half_d)
    z[where] = height / 2
