"""A GB200 SuperPOD scalable unit of 8 NVL72 racks, and a hall of four."""

from __future__ import annotations

from core.editing.arrange import spot_at
from core.editing.arrays import array
from core.editing.blocks import new_floor_block, place_instance
from core.editing.footprint import box_of
from core.model.project import Project
from core.model.records import Block, Instance, Value
from resources.designs.draft import Draft
from resources.designs.nvl72_racks import (
    CORES,
    DOWN,
    SPINES,
    core_rack,
    ethernet_rack,
    gb200_rack,
    port,
    rail_rack,
)

RAILS = 4
SOUTH, NORTH = 1800, 3000
"""Front edges of the two rows of a unit: a cold aisle of 1.2 m between them."""
BACK_TO_BACK = 6000
"""Where the mirrored row of units begins: a hot aisle of 1.8 m behind the first."""
CDU_MM = 900
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
}
"""Site conditions of both examples."""


def fabrics(draft: Draft) -> None:
    """Declare the fabrics."""
    draft.fabric(
        "compute", "Compute InfiniBand", "compute", "#2f6fb0",
        "One spine-leaf group for each rail: 576 node and 576 leaf-spine cables in a unit.",
    )  # fmt: skip
    note = "One BMC cable for each tray; storage and in-band fabrics are not drawn."
    draft.fabric("oob", "Out-of-band Ethernet", "out-of-band", "#8a6d3b", note)


class Unit:
    """A scalable unit being drawn, with the paths of what its cables end at."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        note = (
            "8 NVL72 racks, 576 accelerators, 32 leafs and 24 spines; two coolant units of four racks each. "
            "Facility water by others. The storage and in-band fabrics and UFM are not drawn."
        )
        self.block = new_floor_block(draft.edit, "GB200 scalable unit", template="su-gb200", note=note)
        nvl72, rail, ethernet = gb200_rack(draft), rail_rack(draft), ethernet_rack(draft)
        self.racks = [self._south(nvl72, CDU_MM + 600 * k, f"r{k + 1:02}") for k in range(8)]
        self.rails = [self._north(rail, 1800 + 600 * k, f"rail-{k + 1}") for k in range(RAILS)]
        self.ethernet = self._north(ethernet, 1800 + 600 * RAILS, "eth-1")
        self.cdus = [self._cdu(0, "cdu-1"), self._cdu(CDU_MM + 600 * 8, "cdu-2")]

    def _south(self, of: Block, x: int, name: str) -> Instance:
        return place_instance(
            self.draft.edit, self.block.id, of.id, x_mm=x + 600, y_mm=SOUTH, rotation=180, name=name
        )

    def _north(self, of: Block, x: int, name: str) -> Instance:
        return place_instance(self.draft.edit, self.block.id, of.id, x_mm=x, y_mm=NORTH, name=name)

    def _cdu(self, x: int, name: str) -> str:
        feeds = {"power1": "A", "power2": "B"}
        spot = spot_at(x + CDU_MM, SOUTH, 180)
        return self.draft.device(self.block.id, "vertiv-xdu1350", spot, name, feeds).id

    def path(self, instance: Instance, name: str) -> str:
        """Return the path of a device of a placed rack by its name."""
        devices = self.draft.edit.devices(instance.of).values()
        return f"{instance.id}/{next(d.id for d in devices if d.name == name)}"

    def wire(self) -> Block:
        """Draw the cables between the racks of the unit and return its block."""
        for r, rack in enumerate(self.racks):
            for tray in range(DOWN):
                node = self.path(rack, f"ct-{tray + 1:02}")
                for rail, group in enumerate(self.rails):
                    leaf = self.path(group, f"leaf-{r + 1:02}")
                    self._cable(node, [f"osfp{rail + 1}"], leaf, [port(tray)], "compute")
            cdu, place = self.cdus[r // 4], r % 4 + 1
            hoses = [f"supply{place}", f"return{place}"]
            self._cable(cdu, hoses, self.path(rack, "manifold"), ["supply", "return"])
        switches = [self.path(rack, f"oob-{k}") for rack in self.racks for k in (1, 2)]
        switches += [self.path(group, "oob-1") for group in self.rails]
        for number, switch in enumerate(switches, 1):
            for k in (1, 2):
                aggregate = self.path(self.ethernet, f"agg-{k}")
                self._cable(switch, [f"qsfp28-{k}"], aggregate, [f"qsfp28-{number}"], "oob")
        return self.draft.edit.blocks[self.block.id]

    def _cable(self, a: str, a_ports: list[str], b: str, b_ports: list[str], fabric: str = "") -> None:
        self.draft.cable(self.block.id, a, a_ports, b, b_ports, fabric)


def _names(draft: Draft) -> None:
    draft.naming(
        instance="su-{n}", instance__rack="r{n:02}", device__tray="ct-{n:02}", device__power_shelf="ps-{n:02}"
    )


def example() -> Project:
    """Return the example of one scalable unit."""
    draft = Draft("superpod-gb200-su")
    draft.title("GB200 SuperPOD, one scalable unit", "EX-B")
    hall = new_floor_block(draft.edit, "Hall 1", note="Room and site values are an example, not a survey.")
    draft.sources("AB", 1_600_000.0, "Example value: the unit must run on either source.")
    fabrics(draft)
    _names(draft)
    unit = Unit(draft)
    unit.wire()
    place_instance(draft.edit, hall.id, unit.block.id, name="su-1")
    draft.area(hall.id, "room", "Hall 1", (-1800, -1800, 8400, 6600), 4500)
    draft.area(hall.id, "containment", "Cold aisle 1", (CDU_MM, SOUTH, CDU_MM + 4800, NORTH), 2600)
    draft.area(hall.id, "door", "Door 1", (-1800, 4800, -1700, 6300), 2500)
    draft.datum(hall.id, -1800, -1800)
    draft.require(
        "Example brief; 1.2 MW for a unit is the reference architecture's.",
        facility_power_w=1_200_000.0,
        accelerators=576,
        rack_power_w=132_000.0,
        rack_mass_kg=1_600.0,
        heat_liquid_w=1_200_000.0,
        heat_air_w=300_000.0,
        floor_load_kg_m2=1_500.0,
        oversubscription=1.0,
        **CONDITIONS,
    )
    return draft.finish()


def hall_example() -> Project:
    """Return the example of four units in a hall with their core, 36 switches in six groups."""
    draft = Draft("hall")
    draft.title("Hall of four GB200 scalable units", "EX-C")
    edit = draft.edit
    hall = new_floor_block(edit, "Hall 1", note="Room, columns and site values are an example, not a survey.")
    draft.sources("AB", 6_500_000.0, "Example value: the hall must run on either source.")
    fabrics(draft)
    _names(draft)
    unit = Unit(draft)
    unit.wire()
    first = place_instance(edit, hall.id, unit.block.id, name="su-1")
    pitch = BACK_TO_BACK - box_of(edit, first).front
    units = array(
        edit, hall.id, [first.id], columns=2, rows=2, pitch_x_mm=8400, pitch_y_mm=pitch, second="mirrored"
    )
    rack = core_rack(draft)
    cores = [
        place_instance(edit, hall.id, rack.id, x_mm=16_200 + 600 * k, y_mm=NORTH, name=f"core-{k + 1}")
        for k in range(3)
    ]
    _core(draft, hall.id, unit, units, cores)
    _rooms(draft, hall.id)
    draft.require(
        "Example brief.",
        facility_power_w=5_000_000.0,
        accelerators=2304,
        rack_power_w=132_000.0,
        rack_mass_kg=1_600.0,
        heat_liquid_w=5_000_000.0,
        heat_air_w=1_200_000.0,
        floor_load_kg_m2=1_500.0,
        oversubscription=1.0,
        **CONDITIONS,
    )
    return draft.finish()


def _rooms(draft: Draft, hall: str) -> None:
    draft.area(hall, "room", "Hall 1", (-2400, -2400, 20_400, 12_000), 4500)
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
