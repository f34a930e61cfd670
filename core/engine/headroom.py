"""How many more racks of the kind most placed fit under each limit; the least of them binds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.engine.columns import Floats
from core.engine.prices import rack_prices

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

MOST_RACKS = 1_000_000


@dataclass(frozen=True)
class Room:
    """What is left under one limit.

    Attributes
    ----------
    name : str
        Id of the requirement, or `source`, `cdu`, `floor_area`.
    label : str
        As printed.
    used, limit, each : float
        Of the design, allowed, and of one more rack, all in `unit`.
    measure : str
        What its racks are ranked by: a key of `Evaluation.rack_measures`.
    """

    name: str
    label: str
    used: float
    limit: float
    each: float
    unit: str
    measure: str

    @property
    def racks(self) -> int:
        """Racks that still fit, 0 if the limit is reached.

        Examples
        --------
        >>> Room("facility_power_w", "Site power", 40e3, 100e3, 25e3, "W", "power").racks
        2
        """
        return max(0, min(math.floor((self.limit - self.used) / self.each + 1e-9), MOST_RACKS))

    @property
    def use(self) -> float:
        """Share of the limit that is used."""
        return self.used / self.limit if self.limit > 0 else float("inf")


@dataclass(frozen=True)
class Headroom:
    """Room for more racks of one drawing.

    Attributes
    ----------
    block : str
        The rack block with accelerators that is placed most often; empty if there is none.
    row : int
        A rack of it, -1 if there is none.
    placed : int
    rooms : tuple of Room
        Least racks first; of equal ones the limit that is used most.
    """

    block: str
    row: int
    placed: int
    rooms: tuple[Room, ...]

    @property
    def least(self) -> Room | None:
        return self.rooms[0] if self.rooms else None


def rack_measures_of(of: Evaluation) -> dict[str, tuple[Floats, str]]:
    """Return what racks can be ranked by: a value for each rack, and its unit."""
    snap = of.snapshot
    sizes = np.array([(t.width_mm, t.depth_mm) for t in snap.specs.rack_types] + [(0, 0)], np.float64)
    aisle_mm = 1000 * snap.brief.assume("aisle_m")
    area = sizes[:, 0] * (sizes[:, 1] + aisle_mm * (sizes[:, 0] > 0)) / 1e6
    return {
        "power": (of.power.rack_max_w, "W"),
        "air": (of.cooling.rack_air_w, "W"),
        "liquid": (of.cooling.rack_liquid_w, "W"),
        "mass": (of.mass.rack_kg, "kg"),
        "area": (area[snap.rack_type], "m2"),
        "price": (rack_prices(snap)[1], "USD"),
        "accelerators": (of.compute.rack_accelerators, ""),
    }


def headroom_of(of: Evaluation) -> Headroom:
    """Return the room under every limit that counts for a whole design.

    Notes
    -----
    One more rack takes what the most demanding placement of the same drawing takes now, and loads the
    sources as those do. On the floor it takes its width times its depth and one aisle (`aisle_m`). Prices
    are those of the rack without the cables to it. Limits of a single rack are not in it.
    """
    snap = of.snapshot
    carries = (snap.rack_type >= 0) & (of.compute.rack_accelerators > 0)
    if not carries.any():
        return Headroom("", -1, 0, ())
    blocks, counts = np.unique(snap.rack_block[carries], return_counts=True)
    number = int(blocks[counts.argmax()])
    rows = np.flatnonzero(carries & (snap.rack_block == number))
    measures = of.rack_measures
    each = {name: float(values[rows].max()) for name, (values, _) in measures.items()}
    rooms = [*_required(of, each), *_drawn(of, each, rows), *_sources(of, rows)]
    rooms = [room for room in rooms if room.each > 1e-9]
    return Headroom(
        snap.rack_blocks[number],
        int(rows[0]),
        len(rows),
        tuple(sorted(rooms, key=lambda room: (room.racks, -room.use))),
    )


def _required(of: Evaluation, each: dict[str, float]) -> list[Room]:
    brief, area = of.snapshot.brief, of.snapshot.brief.room_m2
    kinds = [
        ("facility_power_w", "Site power", of.power.total_max_w, each["power"], "W", "power"),
        ("heat_liquid_w", "Liquid cooling", of.cooling.liquid_w, each["liquid"], "W", "liquid"),
        ("heat_air_w", "Room cooling", of.cooling.air_w, each["air"], "W", "air"),
        ("budget_usd", "Budget", of.cost.high_usd, each["price"], "USD", "price"),
    ]
    if area:
        load = ("floor_load_kg_m2", "Floor rating", of.mass.total_kg / area, each["mass"] / area, "kg/m2")
        kinds.append((*load, "mass"))
    return [
        Room(name, label, used, limit, one, unit, measure)
        for name, label, used, one, unit, measure in kinds
        if (limit := brief.number(name)) is not None
    ]


def _drawn(
    of: Evaluation, each: dict[str, float], rows: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> list[Room]:
    """Limits that are drawn: the rooms' area, the CDUs."""
    snap, cooled = of.snapshot, of.cooling
    rooms = []
    if snap.brief.room_m2:
        specs = snap.specs
        stands = specs.column("width_mm").value * specs.column("depth_mm").value / 1e6
        floor = float(stands[snap.device_spec[snap.device_rack < 0]].sum())
        used = float(of.rack_measures["area"][0].sum()) + floor
        rooms.append(Room("floor_area", "Floor area", used, snap.brief.room_m2, each["area"], "m2", "area"))
    if cooled.cdu_w > 0:
        cdu = snap.specs.column("cooling_w").value * np.array(
            [s.type.kind == "cdu" for s in snap.specs.specs]
        )
        own = float(cdu[snap.device_spec[snap.device_rack == rows[0]]].sum())
        one = each["liquid"] - own
        rooms.append(Room("cdu", "CDUs drawn", cooled.liquid_w, cooled.cdu_w, one, "W", "liquid"))
    return rooms


def _sources(of: Evaluation, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> list[Room]:
    """The scarcest source, normally and with each other one lost."""
    snap, drawn = of.snapshot, of.power
    sources = snap.brief.sources
    if not any(s.capacity_w for s in sources):
        return []
    of_kind = np.zeros(snap.n_racks + 1, bool)
    of_kind[rows] = True
    own_w = np.where(of_kind[snap.device_rack], drawn.device_max_w, 0.0)
    found = []
    for case, flow in enumerate(drawn.maximum):
        one = drawn.feeding.flow(own_w, case - 1).source_w / len(rows)
        for k, source in enumerate(sources):
            if source.capacity_w:
                label = f"Source {source.name}" + (f" without {sources[case - 1].name}" if case else "")
                found.append(
                    Room(
                        "source",
                        label,
                        float(flow.source_w[k]),
                        source.capacity_w,
                        float(one[k]),
                        "W",
                        "power",
                    )
                )
    found = [room for room in found if room.each > 1e-9]
    return sorted(found, key=lambda room: (room.racks, -room.use))[:1]
