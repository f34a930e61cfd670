"""What the floor carries: operating mass of racks, their centre of gravity, each foot, zones and rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.aisles import Aisles, Row, aisles, inside
from core.engine.cabling import Cabling, cabling
from core.engine.columns import Flags, Floats, Ints, sum_by, turned
from core.engine.mass import Mass, mass
from core.engine.pathways import mass_kg_m
from core.engine.placed_plan import PlacedArea
from core.engine.snapshot import Snapshot
from core.engine.solids import gear_mm
from core.engine.stage import stage
from core.model.types import RackType

FLOORS = ("", "slab", "raised")
COOLANT_KG_L = 1.0
"""Density of coolant: water 1.0, glycol mixtures 1 to 4 % more (derived)."""
FEET = 4
_CORNERS = ((-1, -1), (1, -1), (-1, 1), (1, 1))


@dataclass(frozen=True)
class ZoneLoad:
    """All that stands in a room or zone whose floor has a rating, spread over it.

    Attributes
    ----------
    path, name, floor : str
        Of the area; floor is slab, raised, or empty.
    area_m2, mass_kg : float
        Of the polygon [m2]; racks and floor devices whose middle is in it [kg].
    limit_kg_m2 : float
        Uniform rating [kg/m2].
    """

    path: str
    name: str
    floor: str
    area_m2: float
    mass_kg: float
    limit_kg_m2: float

    @property
    def load_kg_m2(self) -> float:
        """Mean load; says nothing of what one foot does."""
        return self.mass_kg / self.area_m2 if self.area_m2 else 0.0


@dataclass(frozen=True)
class RowLoad:
    """One row of racks: rows of the snapshot, length [mm], mass [kg]."""

    racks: tuple[int, ...]
    length_mm: float
    mass_kg: float

    @property
    def kg_m(self) -> float:
        """Mass for each metre of the row."""
        return self.mass_kg / self.length_mm * 1000 if self.length_mm else 0.0


@dataclass(frozen=True)
class FloorLoad:
    """What the floor carries.

    Attributes
    ----------
    rack_coolant_kg, rack_cable_kg : ndarray, shape (n_racks,)
        Coolant in devices (1 kg/L); cables inside the rack [kg].
    rack_coolant_unknown : ndarray of int64, shape (n_racks,)
        Number of devices in each rack that give heat to liquid and hold an unknown volume of it.
    rack_operating_kg : ndarray, shape (n_racks,)
        Mass of the rack with both [kg].
    rack_centre_mm : ndarray, shape (n_racks, 3)
        Centre of gravity from the left, the front and the floor of the rack [mm].
    rack_placed : ndarray, shape (n_racks,)
        Share of the mass whose place in the rack is known; the rest is taken in the middle of the rest.
    rack_foot_kg : ndarray, shape (n_racks, 4)
        Load of the feet: front left, front right, rear left, rear right as seen from the front [kg].
    rack_feet_given : ndarray of bool, shape (n_racks,)
        The rack type gives its feet; else four, in from the corners by the house value.
    rack_footprint_kg_m2 : ndarray, shape (n_racks,)
        Mass over the ground the rack covers [kg/m2]. For information: never to be held against a rating.
    rack_point_limit_kg, rack_rolling_limit_kg : ndarray, shape (n_racks,)
        Rating of the floor below for one foot, and for one wheel [kg]; NaN where none is given.
    rack_floor : ndarray of int32, shape (n_racks,)
        Index into `FLOORS`.
    zones : tuple of ZoneLoad
    rows : tuple of RowLoad
    """

    rack_coolant_kg: Floats
    rack_cable_kg: Floats
    rack_coolant_unknown: NDArray[np.int64]
    rack_operating_kg: Floats
    rack_centre_mm: Floats
    rack_placed: Floats
    rack_foot_kg: Floats
    rack_feet_given: Flags
    rack_footprint_kg_m2: Floats
    rack_point_limit_kg: Floats
    rack_rolling_limit_kg: Floats
    rack_floor: Ints
    zones: tuple[ZoneLoad, ...]
    rows: tuple[RowLoad, ...]

    @property
    def rack_worst_foot_kg(self) -> Floats:
        """Load of the foot that carries most, shape (n_racks,) [kg]."""
        worst: Floats = self.rack_foot_kg.max(axis=1, initial=0.0)
        return worst


@stage(
    reads=("devices", "mounting", "standing", "racks", "rack records", "placement", "areas", "brief"),
    needs=(mass, cabling, aisles),
)
def floor_load(snap: Snapshot, masses: Mass, cables: Cabling, found: Aisles) -> FloorLoad:
    """Sum what stands on the floor in operation, and find what each foot carries.

    Notes
    -----
    The load of a foot is that of a rigid body on equal springs at the corners: with centre of gravity
    (ex, ey) off the middle of feet a and b apart,

        N = m / 4 (1 +- 2 ex / a +- 2 ey / b)

    and 0 for a foot that would lift, its share on the others. Feet that stand unevenly, levelling and
    seismic anchors are not in it: a structural engineer confirms. A frame, and what a stated mass holds
    beyond its known parts, is taken in the middle of the rack.

    Racks and floor devices count for the zones that hold their middle. Cables count in the rack from
    their port to its top; those of no known mass by their diameter and the density assumed.
    """
    n = snap.n_racks
    racked = snap.device_rack >= 0
    volume, liquid = (
        snap.specs.column("coolant_volume_l", with_modules=True),
        snap.specs.column("liquid_fraction"),
    )
    litres = volume.value[snap.device_spec]
    dark = (~volume.known & (liquid.value > 0))[snap.device_spec]
    coolant = sum_by(snap.device_rack[racked], litres[racked], n) * COOLANT_KG_L
    at = gear_mm(snap)
    cable = _cable_kg(snap, cables, at[:, 2] / 1000)
    operating = masses.rack_kg + coolant + cable
    centre, placed = _centres(snap, masses, litres * COOLANT_KG_L, at)
    sizes, feet, given = _frames(snap)
    middle = _middles(snap, sizes)
    where = [(area, inside(area.points, middle)) for area in snap.areas if len(area.points) > 2]
    ground = sizes[:, 0] * sizes[:, 1] / 1e6
    return FloorLoad(
        rack_coolant_kg=coolant,
        rack_cable_kg=cable,
        rack_coolant_unknown=sum_by(snap.device_rack[racked], dark[racked], n).astype(np.int64),
        rack_operating_kg=operating,
        rack_centre_mm=centre,
        rack_placed=placed,
        rack_foot_kg=foot_loads(operating, centre[:, :2] - sizes[:, :2] / 2, feet),
        rack_feet_given=given,
        rack_footprint_kg_m2=np.divide(operating, ground, out=np.zeros(n), where=ground > 0),
        rack_point_limit_kg=_lowest(where, "point_load_kg", n),
        rack_rolling_limit_kg=_lowest(where, "rolling_load_kg", n),
        rack_floor=_floors(where, n),
        zones=_zones(snap, where, operating, litres * COOLANT_KG_L),
        rows=tuple(_row_load(row, operating) for row in found.rows),
    )


def foot_loads(mass_kg: Floats, off_mm: Floats, span_mm: Floats) -> Floats:
    """Return the load of four feet, shape (n, 4) [kg].

    Parameters
    ----------
    mass_kg : ndarray, shape (n,)
    off_mm : ndarray, shape (n, 2)
        Centre of gravity from the middle of the feet, to the right and to the rear [mm].
    span_mm : ndarray, shape (n, 2)
        Distance of the feet across and in depth [mm]; 0: a rack without size.

    Examples
    --------
    1,360 kg, 50 mm to the rear of the middle of feet 500 x 1,000 mm apart: 340 kg less and more 10 %.

    >>> foot_loads(np.array([1360.0]), np.array([[0.0, 50.0]]), np.array([[500.0, 1000.0]])).round(3)
    array([[306., 306., 374., 374.]])
    """
    lever = np.divide(2 * off_mm, span_mm, out=np.zeros_like(off_mm), where=span_mm > 0)
    signs = np.array(_CORNERS, np.float64)
    share = np.maximum((1 + lever @ signs.T) / FEET, 0.0)
    total = share.sum(axis=1, keepdims=True)
    loads: Floats = mass_kg[:, None] * share / np.where(total > 0, total, 1.0)
    return loads


def _frames(snap: Snapshot) -> tuple[Floats, Floats, Flags]:
    """Return size [mm], distance of the feet [mm] of each rack, and whether its type gives them."""
    house = snap.brief.assume("foot_inset_mm")
    types = snap.specs.rack_types
    sizes = np.array([(t.width_mm, t.depth_mm, t.height_mm) for t in types] + [(0, 0, 0)], np.float64)
    inset = np.array([house if t.foot_inset_mm is None else t.foot_inset_mm for t in types] + [0.0])
    given = np.array([_gives_feet(t) for t in types] + [False])
    feet = np.maximum(sizes[:, :2] - 2 * inset[:, None], 0.0)
    return sizes[snap.rack_type], feet[snap.rack_type], given[snap.rack_type]


def _gives_feet(rack: RackType) -> bool:
    return rack.foot_inset_mm is not None and rack.feet in (None, FEET)


def _centres(snap: Snapshot, masses: Mass, coolant_kg: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Return the centre of gravity of each rack, shape (n, 3) [mm], and the share of mass it is known of."""
    n, racked = snap.n_racks, snap.device_rack >= 0
    column = snap.specs.column("mass_kg", with_modules=True)
    kg = (column.value[snap.device_spec] + coolant_kg)[racked]
    rack = snap.device_rack[racked]
    at = places[racked]
    gear = sum_by(rack, kg, n)
    moment = np.stack([sum_by(rack, kg * at[:, k], n) for k in range(3)], axis=1)
    types = snap.specs.rack_types
    sizes = np.array([(t.width_mm, t.depth_mm, t.height_mm) for t in types] + [(0, 0, 0)], np.float64)
    half = sizes[snap.rack_type] / 2
    total = np.maximum(masses.rack_kg + sum_by(rack, coolant_kg[racked], n), gear)
    rest = total - gear
    heavy = np.where(total > 0, total, 1.0)
    centre = np.where((total > 0)[:, None], (moment + rest[:, None] * half) / heavy[:, None], half)
    frame = np.append(snap.specs.rack_column("mass_kg").value, 0.0)[snap.rack_type]
    placed = np.where(total > 0, np.minimum((gear + np.minimum(frame, rest)) / heavy, 1.0), 0.0)
    return centre, placed


def _cable_kg(snap: Snapshot, cables: Cabling, height_m: Floats) -> Floats:
    """Return the mass of cables inside each rack: all of those within it, of others up to its top [kg]."""
    n = snap.n_racks
    if not snap.n_cables or not cables.options:
        return np.zeros(n)
    each = np.append([mass_kg_m(snap, option)[0] / option.links for option in cables.options], 0.0)
    kg_m = each[cables.cable_option]
    ordered = np.where(np.isnan(cables.cable_ordered_m), 0.0, cables.cable_ordered_m)
    same = cables.cable_same_rack
    brief = snap.brief
    tops = np.array([t.height_mm for t in snap.specs.rack_types] + [0]) / 1000
    top = np.append(tops[snap.rack_type], 0.0)
    found = np.zeros(n + 1)
    for devices in (snap.cable_a, snap.cable_b):
        rack = snap.device_rack[devices]
        rise = np.abs(top[rack] - height_m[devices]) + brief.assume("side_run_m")
        metres = np.where(same, ordered / 2, np.minimum(rise, ordered / 2))
        found += sum_by(np.where(rack < 0, n, rack), metres * kg_m, n + 1)
    return found[:n]


def _middles(snap: Snapshot, sizes: Floats) -> Floats:
    """Return the middle of each rack, then of each device standing on the floor, shape (n, 2) [mm]."""
    floor = np.flatnonzero(snap.device_rack < 0)
    box = np.stack([snap.specs.column(f).value for f in ("width_mm", "depth_mm")], axis=1)
    half = np.concatenate([sizes[:, :2], box[snap.device_spec[floor]]]) / 2
    turn = np.concatenate([snap.rack_turn, snap.device_turn[floor]])
    x = np.concatenate([snap.rack_x, snap.device_x[floor]])
    y = np.concatenate([snap.rack_y, snap.device_y[floor]])
    dx, dy = turned(half[:, 0], half[:, 1], turn)
    return np.stack([x + dx, y + dy], axis=1).astype(np.float64)


def _lowest(where: list[tuple[PlacedArea, Flags]], field: str, n: int) -> Floats:
    """Return the lowest rating of the areas below each rack; NaN where none has one."""
    limit = np.full(n, np.nan)
    for area, held in where:
        rating = getattr(area.record, field)
        if rating is not None:
            here = held[:n]
            limit[here] = np.fmin(limit[here], rating)
    return limit


def _floors(where: list[tuple[PlacedArea, Flags]], n: int) -> Ints:
    """Return the floor below each rack: that of the smallest area around it that says."""
    found = np.zeros(n, np.int32)
    for area, held in sorted(where, key=lambda one: -_area_m2(one[0])):
        if area.record.floor:
            found[held[:n]] = FLOORS.index(area.record.floor)
    return found


def _zones(
    snap: Snapshot, where: list[tuple[PlacedArea, Flags]], operating: Floats, coolant_kg: Floats
) -> tuple[ZoneLoad, ...]:
    column = snap.specs.column("mass_kg", with_modules=True)
    floor = np.flatnonzero(snap.device_rack < 0)
    kg = np.concatenate([operating, column.value[snap.device_spec[floor]] + coolant_kg[floor]])
    return tuple(
        ZoneLoad(
            area.path,
            area.record.name or area.record.id,
            area.record.floor,
            _area_m2(area),
            float(kg[held].sum()),
            area.record.load_kg_m2,
        )
        for area, held in where
        if area.record.load_kg_m2 is not None
    )


def _area_m2(area: PlacedArea) -> float:
    points = np.array(area.points, np.float64)
    x, y = points.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2e6)


def _row_load(row: Row, operating: NDArray[np.float64]) -> RowLoad:
    return RowLoad(row.racks, row.length_mm, float(operating[list(row.racks)].sum()))
