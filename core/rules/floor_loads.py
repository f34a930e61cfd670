"""What racks weigh in operation against casters, feet and floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, of_design, rule
from core.rules.views import Design
from core.units import show

SLACK_KG = 1e-6


@rule("mass.rolling_load", Severity.WARNING, "Rack delivered heavier than its casters carry",
      reads=("mass", "racks", "rack records"), unit="kg")  # fmt: skip
def rolling_load(design: Design) -> Iterator[Yielded]:
    """A rack that comes with its contents holds more than its type may when rolled.

    Judged are racks with a stated mass as delivered; others can be filled where they stand. A crate,
    a tugger or skates may carry more: the maker says.

    Source: rolling ratings of the rack types. That rolling (dynamic) ratings are usually below the
    static ones is recalled.
    """
    snap, load = design.snap, design.of.mass.rack_load_kg
    column = design.specs.rack_column("rolling_max_kg")
    limit = np.append(np.where(column.known, column.value, np.nan), np.nan)[snap.rack_type]
    stated = np.array([record is not None and record.mass_kg is not None for record in snap.rack_records])
    delivered = np.append(stated, False)[snap.rack_block] & (snap.rack_type >= 0)
    for number in np.unique(snap.rack_type[delivered & np.isnan(limit)]):
        yield Missing(f"rolling load of {design.specs.rack_types[int(number)].name}")
    rows = np.flatnonzero(delivered & (load > limit + SLACK_KG))
    yield Marks(
        "rack",
        rows,
        lambda k: (
            f"{show(float(load[rows[k]]), 'kg')} in a rack rolled with {show(float(limit[rows[k]]), 'kg')}; "
            "deliver it in parts or ask its maker how it is moved"
        ),
        load[rows],
        limit[rows],
    )


@rule("mass.point_load", Severity.ERROR, "Foot heavier than the floor carries",
      reads=("floor_load", "racks"), unit="kg")  # fmt: skip
def point_load(design: Design) -> Iterator[Yielded]:
    """The worst foot of a rack carries more than the floor below it is rated for at one point.

    The load of the feet follows from the centre of gravity of the rack in operation, with cables and
    coolant; a quarter of the mass is not the worst foot. Where the rack type does not give its feet they are
    taken 50 mm in from the corners (a setting). The mass over the footprint is never held against a
    rating. A structural engineer confirms.

    Source: UN ICT guide, page 37 (point, static and rolling load); feet as a rigid body on equal springs,
    derived.
    """
    snap, load = design.snap, design.of.floor_load
    worst, limit = load.rack_worst_foot_kg, load.rack_point_limit_kg
    rated = (snap.rack_type >= 0) & ~np.isnan(limit)
    for number in np.unique(snap.rack_type[rated & ~load.rack_feet_given]):
        yield Missing(f"feet of {design.specs.rack_types[int(number)].name}, taken as four near the corners")
    rows = np.flatnonzero(rated & (worst > limit + SLACK_KG))
    yield Marks(
        "rack",
        rows,
        lambda k: (
            f"{show(float(worst[rows[k]]), 'kg')} on one foot, the floor takes "
            f"{show(float(limit[rows[k]]), 'kg')}; spread the load with plates or move it to stronger floor"
        ),
        worst[rows],
        limit[rows],
    )


@rule("mass.floor_rolling", Severity.WARNING, "Rack too heavy to roll over the floor",
      reads=("floor_load", "racks", "rack records"), unit="kg")  # fmt: skip
def floor_rolling(design: Design) -> Iterator[Yielded]:
    """A wheel of a rack that comes with its contents carries more than the floor at its place takes rolling.

    Wheels are taken where the feet are. Only the floor at the place is judged, not all of the way in.

    Source: UN ICT guide, page 37 (rolling load along the route in); the rating of the area.
    """
    snap, load = design.snap, design.of.floor_load
    worst, limit = load.rack_worst_foot_kg, load.rack_rolling_limit_kg
    stated = np.array([record is not None and record.mass_kg is not None for record in snap.rack_records])
    delivered = np.append(stated, False)[snap.rack_block] & (snap.rack_type >= 0)
    rows = np.flatnonzero(delivered & (worst > limit + SLACK_KG))
    yield Marks(
        "rack",
        rows,
        lambda k: (
            f"{show(float(worst[rows[k]]), 'kg')} on one wheel, the floor takes "
            f"{show(float(limit[rows[k]]), 'kg')} rolling; lay plates or deliver it in parts"
        ),
        worst[rows],
        limit[rows],
    )


@rule("mass.zone_load", Severity.ERROR, "Zone of the floor overloaded", reads=("floor_load",), unit="kg/m2")
def zone_load(design: Design) -> Iterator[Yielded]:
    """All that stands in a room or zone is more than its uniform rating times its area.

    Racks and floor devices count where their middle is, in operation. A zone below its rating can be
    overloaded in a part of it: draw a zone around what stands close. A structural engineer confirms.

    Source: UN ICT guide, page 37; the rating of the area.
    """
    for zone in design.of.floor_load.zones:
        if zone.load_kg_m2 > zone.limit_kg_m2 + SLACK_KG:
            text = (
                f"{zone.name}: {show(zone.mass_kg, 'kg')} are {show(zone.load_kg_m2, 'kg/m2')} of "
                f"{show(zone.limit_kg_m2, 'kg/m2')}; spread the racks or strengthen the floor"
            )
            yield of_design(text, zone.load_kg_m2, zone.limit_kg_m2, at=(zone.path,))
