"""Examples: a GB200 SuperPOD scalable unit, and a hall of four with their core, each with its plant."""

from __future__ import annotations

from typing import Any

from core.editing.arrays import array
from core.editing.blocks import new_floor_block, place_instance
from core.editing.footprint import box_of
from core.model.project import Project
from core.model.records import Instance, Phase, Value
from core.model.types import DeviceType
from resources.designs.draft import Draft
from resources.designs.nvl72_racks import CORES, SPINES, core_rack, port
from resources.designs.nvl72_unit import CDU_MM, NORTH, RAILS, SOUTH, Unit, fabrics
from resources.designs.plant import SET_WALL_MM, Plant

CORE_GROUPS, CORES_IN_GROUP, CORE_LINKS = SPINES, 6, 4

CONDITIONS: dict[str, Value] = {
    "altitude_m": 150.0,
    "voltage_v": 415.0,
    "coolant": "PG25",
    "liquid_supply_c": 35.0,
    "liquid_rise_k": 10.0,
    "air_supply_c": 24.0,
    "air_rise_k": 15.0,
    "continuous_share": 0.8,
    "redundancy": "2N",
    "facility_supply_c": 30.0,
    "facility_rise_k": 8.0,
    "climate": "frankfurt",
}
"""Site conditions of both examples."""

SLAB: dict[str, Any] = {"floor": "slab", "load_kg_m2": 1_500.0, "rolling_load_kg": 2_000.0}
"""Example values of the halls' floor."""
BACK_TO_BACK = 6000
"""Where the mirrored row of units begins: a hot aisle of 1.8 m behind the first."""


def _names(draft: Draft) -> None:
    draft.naming(
        instance="su-{n}", instance__rack="r{n:02}", device__tray="ct-{n:02}", device__power_shelf="ps-{n:02}"
    )


def example() -> Project:
    """Return the example of one scalable unit."""
    draft = Draft("superpod-gb200-su")
    draft.title("GB200 SuperPOD, one scalable unit", "EX-B")
    hall = new_floor_block(draft.edit, "Hall 1", note="Room and site values are an example, not a survey.")
    _utility(draft, 2_500_000.0)
    fabrics(draft)
    _names(draft)
    unit = Unit(draft)
    unit.wire()
    plant = Plant(draft, hall.id, unit)
    plant.draw_unit()
    placed = place_instance(draft.edit, hall.id, unit.block.id, name="su-1")
    plant.draw_rooms(-1800, 8400, -1800, 6600)
    plant.draw_set(placed, 1, -1200)
    plant.accept_pairs({"cooler": 462_300.0, "chiller": 143_000.0})
    draft.area(hall.id, "room", "Hall 1", (-1800, -1800, 8400, 6600), 4500, **SLAB)
    draft.area(hall.id, "containment", "Cold aisle 1", (CDU_MM, SOUTH, CDU_MM + 4800, NORTH), 2600)
    draft.area(hall.id, "door", "Door 1", (-1800, 4800, -1700, 6300), 2500)
    draft.datum(hall.id, -1800, -1800)
    draft.require(
        "Example brief; 1.2 MW for a unit is the reference architecture's, the rest is its plant's.",
        facility_power_w=2_200_000.0,
        accelerators=576,
        rack_power_w=132_000.0,
        rack_mass_kg=1_600.0,
        heat_liquid_w=1_200_000.0,
        heat_air_w=400_000.0,
        floor_load_kg_m2=1_500.0,
        oversubscription=1.0,
        **CONDITIONS,
    )
    draft.workload(
        "Train 70B", "training", "llama-3-70b", tokens=5e12, sequence=8192, global_batch=576, precision="fp8"
    )
    draft.workload("Serve reasoning", "inference", "deepseek-v3", input_tokens=2048.0, output_tokens=2048.0)
    return draft.finish()


def hall_example() -> Project:
    """Return the example of four units in a hall with their core, 36 switches in six groups."""
    draft = Draft("hall")
    draft.title("Hall of four GB200 scalable units", "EX-C")
    edit = draft.edit
    hall = new_floor_block(edit, "Hall 1", note="Room, columns and site values are an example, not a survey.")
    _utility(draft, 10_000_000.0)
    fabrics(draft)
    _names(draft)
    unit = Unit(draft)
    unit.wire()
    plant = Plant(draft, hall.id, unit)
    plant.draw_unit()
    first = place_instance(edit, hall.id, unit.block.id, name="su-1")
    pitch = BACK_TO_BACK - box_of(edit, first).front
    copies = array(
        edit, hall.id, [first.id], columns=2, rows=2, pitch_x_mm=8400, pitch_y_mm=pitch, second="mirrored"
    )
    units = [copy for copy in copies if isinstance(copy, Instance)]
    rack = core_rack(draft)
    cores = [
        place_instance(edit, hall.id, rack.id, x_mm=16_200 + 600 * k, y_mm=NORTH, name=f"core-{k + 1}")
        for k in range(3)
    ]
    _core(draft, hall.id, unit, units, cores)
    plant.draw_rooms(-2400, 20_400, -2400, 12_000)
    boards = [plant.draw_set(su, k + 1, -1950 + SET_WALL_MM * k) for k, su in enumerate(units)]
    plant.draw_core(boards[0], cores, -1950)
    _phases(draft, units)
    _scopes(draft, hall.id, unit.block.id, [*units, *cores])
    plant.join_trays(BACK_TO_BACK + 200, 18_000)
    plant.accept_pairs({"cooler": 462_300.0, "chiller": 150_800.0})
    _rooms(draft, hall.id)
    draft.require(
        "Example brief; site power is that of four units, their core and the plant of both.",
        facility_power_w=8_500_000.0,
        accelerators=2304,
        rack_power_w=132_000.0,
        rack_mass_kg=1_600.0,
        heat_liquid_w=5_000_000.0,
        heat_air_w=1_600_000.0,
        floor_load_kg_m2=1_500.0,
        oversubscription=1.0,
        **CONDITIONS,
    )
    draft.workload(
        "Train 405B", "training", "llama-3-405b", tokens=15.6e12, sequence=8192, global_batch=2304,
        precision="fp8",
    )  # fmt: skip
    draft.workload("Serve reasoning", "inference", "deepseek-v3", input_tokens=2048.0, output_tokens=2048.0)
    return draft.finish()


def _utility(draft: Draft, capacity_w: float) -> None:
    """Two feeders at medium voltage."""
    note = "Example value: all must run on either feeder."
    draft.sources("AB", capacity_w, note, voltage_v=11_000.0, kind="utility", fault_ka=20.0)


def _phases(draft: Draft, units: list[Instance]) -> None:
    """Two units on day one, two in a second wave; the plant is built at once."""
    for order, (phase, name) in enumerate((("day-1", "Day 1"), ("wave-2", "Wave 2")), 1):
        draft.edit.put("phases", Phase(id=phase, name=name, order=order))
        for unit in units[2 * order - 2 : 2 * order]:
            draft.edit.replace("instances", unit.key, phase=phase)


FURNISHED = dict.fromkeys(("ups", "generator", "cdu", "air-handler", "heat-rejection"), "OFCI")
"""What the owner orders early and the contractor installs; of the other plant both are the contractor's."""


def _scopes(draft: Draft, hall: str, unit: str, placed: list[Instance]) -> None:
    """The owner furnishes and installs racks, networks and what is in them; the contractor installs plant."""
    edit = draft.edit
    for instance in placed:
        edit.replace("instances", instance.key, scope="OFOI")
    for block in (hall, unit):
        for device in list(edit.devices(block).values()):
            kind = draft.library.get(device.type)
            assert isinstance(kind, DeviceType)
            edit.replace("devices", device.key, scope=FURNISHED.get(kind.kind, "CFCI"))
        for link in list(edit.links(block).values()):
            edit.replace("links", link.key, scope="OFOI" if link.layer == "data" else "CFCI")


def _rooms(draft: Draft, hall: str) -> None:
    draft.area(hall, "room", "Hall 1", (-2400, -2400, 20_400, 12_000), 4500, **SLAB)
    for row, (low, high) in enumerate(((SOUTH, NORTH), (7200, 8400))):
        for column in range(2):
            left = CDU_MM + 8400 * column
            name = f"Cold aisle {2 * row + column + 1}"
            draft.area(hall, "containment", name, (left, low, left + 4800, high), 2600)
    for number, (x, y) in enumerate(((7200, -1800), (7200, 4800), (7200, 10_800), (18_600, 4800)), 1):
        draft.area(hall, "column", f"C{number}", (x, y, x + 600, y + 600), 4500)
    draft.area(hall, "door", "Door 1", (-2400, 4600, -2300, 6400), 2800)
    draft.area(hall, "keep-out", "Access way", (-2400, 4600, -600, 6400), 0, "Way in for racks on castors.")
    draft.datum(hall, -2400, -2400)


def _core(draft: Draft, hall: str, unit: Unit, units: list[Instance], cores: list[Instance]) -> None:
    """Spine i of every group to the six cores of core group i, four cables each."""
    for s, su in enumerate(units):
        for rail, group in enumerate(unit.rails):
            place = RAILS * s + rail
            for i in range(CORE_GROUPS):
                spine = f"{su.id}/{unit.path(group, f'spine-{i + 1}')}"
                for c in range(CORES_IN_GROUP):
                    core = CORES_IN_GROUP * i + c
                    up = [port(24 + CORE_LINKS * c + k) for k in range(CORE_LINKS)]
                    down = [port(CORE_LINKS * place + k) for k in range(CORE_LINKS)]
                    path = unit.path(cores[core // CORES], f"core-{core % CORES + 1:02}")
                    draft.cable(hall, spine, up, path, down, "compute")
    for number, rack in enumerate(cores, 1):
        for k in (1, 2):
            aggregate = f"{units[k - 1].id}/{unit.path(unit.ethernet, 'agg-1')}"
            draft.cable(
                hall, unit.path(rack, "oob-1"), [f"qsfp28-{k}"], aggregate, [f"qsfp28-{40 + number}"], "oob"
            )
