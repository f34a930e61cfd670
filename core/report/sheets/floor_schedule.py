"""What the floor carries as tables: racks by kind, floor equipment, rows, zones, ways in."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.report.context import Context
from core.report.flow import Piece
from core.report.sheets.power_schedule import HOLD
from core.report.tables import Column, Table
from core.report.values import at_least, count, mass
from core.units import converted, measure, number_text, per, share, show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


class Way(NamedTuple):
    """The way in of one rack: what it is, its row, and corners of the way [mm]; empty if none was found."""

    what: str
    rack: int
    points: tuple[tuple[float, float], ...]


def floor_pieces(context: Context, of: Evaluation, ways: tuple[Way, ...]) -> list[Piece]:
    """Return the tables that have rows."""
    pieces = [_masses(context, of), _feet(context, of), _floor_devices(context, of)]
    pieces += [_rows(context, of), _zones(of), _ways(context, of, ways)]
    return [piece for piece in pieces if piece.table.rows]


def _groups(of: Evaluation) -> list[list[int]]:
    """Return racks of a block that weigh the same on the same floor together, the heaviest foot first."""
    snap, load = of.snapshot, of.floor_load
    groups: dict[tuple[object, ...], list[int]] = {}
    worst = load.rack_worst_foot_kg
    for k in np.flatnonzero(snap.rack_type >= 0).tolist():
        key = (
            int(snap.rack_block[k]), round(float(load.rack_operating_kg[k])), round(float(worst[k])),
            _known(load.rack_point_limit_kg[k]), _known(load.rack_rolling_limit_kg[k]), _reached(of, k),
        )  # fmt: skip
        groups.setdefault(key, []).append(k)
    return sorted(groups.values(), key=lambda rows: -float(worst[rows[0]]))


def _masses(context: Context, of: Evaluation) -> Piece:
    load, rows = of.floor_load, []
    for alike in _groups(of):
        k = alike[0]
        x, y, z = load.rack_centre_mm[k].tolist()
        rows.append((
            _block(context, of, k), context.rack_name(k), count(len(alike)),
            at_least(mass(float(of.mass.rack_kg[k])), of.mass.rack_unknown[k]),
            at_least(mass(float(load.rack_coolant_kg[k])), load.rack_coolant_unknown[k]),
            mass(float(load.rack_cable_kg[k])), mass(float(load.rack_operating_kg[k])),
            f"{measure(x)} / {measure(y)} / {measure(z)}", share(float(load.rack_placed[k])),
        ))  # fmt: skip
    columns = (
        Column("Rack", least=30, wide=0.6), Column("For example", least=20, wide=1.0),
        Column("Alike", "right", least=9), Column(per("Installed", "kg"), "right", least=15, most=15),
        Column(per("Coolant", "kg"), "right", least=13, most=14),
        Column(per("Cables", "kg"), "right", least=12, most=14),
        Column(per("Operating", "kg"), "right", least=17, most=17),
        Column(per("Centre of gravity x / y / z", "mm"), "right", least=30, most=30),
        Column("known of", "right", least=12, most=12),
    )  # fmt: skip
    words = (
        "Centre of gravity from the left, the front and the floor of the rack; known of: share of the mass "
        "whose place in the rack is known, the rest is taken in the middle.",
    )
    return Piece(Table(columns, rows, "Masses of racks"), words)


def _feet(context: Context, of: Evaluation) -> Piece:
    load, rows = of.floor_load, []
    for alike in _groups(of):
        k = alike[0]
        worst, limit = float(load.rack_worst_foot_kg[k]), _known(load.rack_point_limit_kg[k])
        rows.append((
            _block(context, of, k), context.rack_name(k), count(len(alike)),
            mass(worst) + ("" if load.rack_feet_given[k] else " *"),
            HOLD if limit is None else mass(limit), _use(worst, limit),
            _hold(_known(load.rack_rolling_limit_kg[k])), _pressure(float(load.rack_footprint_kg_m2[k])),
            _reached(of, k),
        ))  # fmt: skip
    columns = (
        Column("Rack", least=30, wide=0.6), Column("For example", least=20, wide=1.0),
        Column("Alike", "right", least=9), Column(per("Worst foot", "kg"), "right", least=15, most=15),
        Column(per("Floor takes", "kg"), "right", least=15, most=15), Column("Use", "right", least=14),
        Column(per("Floor takes rolling", "kg"), "right", least=15, most=15),
        Column(per("Footprint", "kg/m2"), "right", least=17, most=17), Column("Way in", least=14),
    )  # fmt: skip
    words = (
        "Feet: a rigid body on four equal springs; *: the type does not give its feet, taken near the "
        "corners (G-004). Levelling and anchors are not in it.",
        f"'{HOLD}': no rating is given for the floor there. The mass over the footprint is for information: "
        "it is never to be held against a uniform rating.",
    )
    return Piece(Table(columns, rows, "Feet of racks"), words)


def _block(context: Context, of: Evaluation, rack: int) -> str:
    return context.project.blocks[of.snapshot.rack_blocks[of.snapshot.rack_block[rack]]].name


def _floor_devices(context: Context, of: Evaluation) -> Piece:
    snap = of.snapshot
    kg = snap.specs.column("mass_kg", with_modules=True)
    litres = snap.specs.column("coolant_volume_l", with_modules=True)
    sizes = [snap.specs.column(name) for name in ("width_mm", "depth_mm")]
    floor = np.flatnonzero((snap.device_rack < 0) & (snap.device_spec > 0))
    rows = []
    for spec, number in zip(*np.unique(snap.device_spec[floor], return_counts=True), strict=True):
        known, each = bool(kg.known[spec]), float(kg.value[spec])
        water = float(litres.value[spec])
        ground = float(sizes[0].value[spec] * sizes[1].value[spec]) / 1e6
        first = int(floor[np.flatnonzero(snap.device_spec[floor] == spec)[0]])
        rows.append((
            snap.specs.specs[int(spec)].type.name, context.device_name(first), count(int(number)),
            mass(each) if known else HOLD, mass(water) if litres.known[spec] else HOLD,
            mass((each + water) * int(number)) if known else HOLD,
            _pressure((each + water) / ground) if known and ground > 0 else HOLD, HOLD,
        ))  # fmt: skip
    rows.sort(key=lambda row: (row[3] == HOLD, row[0]))
    columns = (
        Column("Floor equipment", least=30, wide=0.6), Column("For example", least=20, wide=1.0),
        Column("Pieces", "right"), Column(per("Each", "kg"), "right", least=14, most=14),
        Column(per("Coolant", "kg"), "right", least=12, most=14),
        Column(per("All", "kg"), "right", least=14, most=16),
        Column(per("Footprint", "kg/m2"), "right", least=14, most=16), Column("Feet", "right", least=10),
    )  # fmt: skip
    words = ("Feet and anchors of floor equipment: its maker.",)
    return Piece(Table(columns, rows, "Floor equipment"), words)


def _rows(context: Context, of: Evaluation) -> Piece:
    rows = []
    for number, (row, ends) in enumerate(zip(of.floor_load.rows, of.aisles.rows, strict=True), start=1):
        first, last = context.rack_name(row.racks[0]), context.rack_name(row.racks[-1])
        rows.append((
            str(number), f"{first} to {last}" if len(row.racks) > 1 else first, count(len(row.racks)),
            measure(row.length_mm), measure(ends.z_mm), mass(row.mass_kg),
            number_text(converted(row.kg_m, "kg/m")[0]),
        ))  # fmt: skip
    columns = (
        Column("Row", "right"), Column("Racks", least=40, wide=1.0), Column("Pieces", "right"),
        Column(per("Length", "mm"), "right", least=16), Column(per("Level", "mm"), "right", least=12),
        Column(per("Operating", "kg"), "right", least=16), Column(per("Spread", "kg/m"), "right", least=16),
    )  # fmt: skip
    return Piece(Table(columns, rows, "Rows of racks"))


def _zones(of: Evaluation) -> Piece:
    rated = {zone.path: zone for zone in of.floor_load.zones}
    rows = []
    for area in of.snapshot.areas:
        if area.kind not in ("room", "zone"):
            continue
        record, zone = area.record, rated.get(area.path)
        head = (record.name or record.kind, record.floor or HOLD)
        tail = (_hold(record.point_load_kg), _hold(record.rolling_load_kg))
        if zone is None:
            rows.append((*head, "", "", "", HOLD, "", *tail))
            continue
        rows.append((
            *head, show(zone.area_m2, "m2"), mass(zone.mass_kg), _pressure(zone.load_kg_m2),
            _pressure(zone.limit_kg_m2), _use(zone.load_kg_m2, zone.limit_kg_m2), *tail,
        ))  # fmt: skip
    columns = (
        Column("Room or zone", least=30, wide=1.0), Column("Floor", least=12),
        Column("Area", "right", least=16), Column(per("Stands in it", "kg"), "right", least=16),
        Column(per("Spread", "kg/m2"), "right", least=14), Column(per("Rating", "kg/m2"), "right", least=14),
        Column("Use", "right", least=12), Column(per("One foot", "kg"), "right", least=12),
        Column(per("Rolling", "kg"), "right", least=12),
    )  # fmt: skip
    words = (
        "Racks and floor equipment count where their middle is. A zone below its rating can be overloaded in "
        f"a part of it. '{HOLD}': no rating is given.",
    )
    return Piece(Table(columns, rows, "Rooms and zones"), words)


def _ways(context: Context, of: Evaluation, ways: tuple[Way, ...]) -> Piece:
    load, rows = of.floor_load, []
    for way in ways:
        k = way.rack
        steps = [math.dist(a, b) for a, b in pairwise(way.points)]
        rows.append((
            way.what, context.rack_name(k), mass(float(load.rack_operating_kg[k])),
            measure(float(of.ways_in.rack_height_mm[k])), measure(float(of.ways_in.rack_narrow_mm[k])),
            show(sum(steps) / 1000, "m") if steps else "no way found",
            count(max(len(steps) - 1, 0)) if steps else "",
        ))  # fmt: skip
    columns = (
        Column("Way in of the", least=30), Column("Rack", least=30, wide=1.0),
        Column(per("Operating", "kg"), "right", least=16), Column(per("Height", "mm"), "right", least=12),
        Column(per("Narrow side", "mm"), "right", least=12), Column("From the door", "right", least=18),
        Column("Turns", "right", least=10),
    )  # fmt: skip
    doors = "; ".join(
        f"{door.name} {measure(door.width_mm)} × {measure(door.height_mm) if door.height_mm else HOLD}"
        for door in of.ways_in.doors
    )
    words = (
        f"Doors, {per('clear width × height', 'mm')}: {doors}. Upright on casters, all other racks standing; "
        "margins as in G-004. Delivered without coolant and outside cables.",
    )
    return Piece(Table(columns, rows, "Way in"), words)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _hold(kg: float | None) -> str:
    return HOLD if kg is None else mass(kg)


def _pressure(kg_m2: float) -> str:
    return number_text(converted(kg_m2, "kg/m2")[0])


def _use(value: float, limit: float | None) -> str:
    return HOLD if not limit else share(value / limit) + (", over" if value > limit + 1e-6 else "")


def _reached(of: Evaluation, rack: int) -> str:
    ways = of.ways_in
    if not ways.rack_judged[rack]:
        return HOLD
    return "yes" if ways.rack_reached[rack] else "none" if ways.rack_through[rack] else "no door fits"
