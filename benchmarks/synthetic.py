"""A hall of 1,152 NVL72 racks to measure with: 82,944 accelerators, some 43,000 devices and 207,000 links.

No published design: 144 scalable units of 8 GB300 racks, four rails on 144-port switches. A rail of a unit
has 2 leafs (72 down, 60 to the unit's spine) and 1 spine (120 down, 24 to the core); each rail has 24 cores
with one link to every unit. All but 13,824 links lie inside the unit and are stored once.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.editing.arrays import array
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import place_many
from core.model.project import Project
from core.model.records import Block, End, Instance, Link
from resources.designs.draft import Draft, unit

RACKS, TRAYS, SWITCH_TRAYS, SHELVES = 8, 18, 9, 8
RAILS, PORTS, DOWN, TO_SPINE, TO_CORE = 4, 144, 72, 60, 24
UNITS_ACROSS = 12
OOB_PORTS = 48


def port(index: int) -> str:
    """Return the port of a Q3400 by its index from 0: two in each cage."""
    return f"osfp{index // 2 + 1}/{index % 2 + 1}"


def hall_1152() -> Project:
    """Return the hall; the same records every time."""
    draft = Draft("hall-1152")
    edit = draft.edit
    hall = new_floor_block(edit, "Hall").id
    draft.sources("AB")
    draft.fabric("compute", "Compute", "compute", "#2f6fb0")
    draft.fabric("oob", "Out-of-band", "out-of-band", "#8a6d3b")
    su = _unit(draft)
    first = place_instance(edit, hall, su.id, name="su-001")
    units = array(
        edit, hall, [first.id], columns=UNITS_ACROSS, rows=UNITS_ACROSS, pitch_x_mm=7800, pitch_y_mm=4800,
        second="mirrored",
    )  # fmt: skip
    core = _switches(draft, "Core rack", "core", 12)
    cores = [
        place_instance(edit, hall, core.id, x_mm=-3000, y_mm=1200 * k, rotation=90, name=f"core-{k + 1}")
        for k in range(RAILS * TO_CORE // 12)
    ]
    _core(draft, hall, su, units, cores)
    return draft.finish()


def _unit(draft: Draft) -> Block:
    edit = draft.edit
    su = new_floor_block(edit, "Scalable unit")
    rack, network, oob = _nvl72(draft), _switches(draft, "Network rack", "sw", 12), _oob(draft)
    racks = [place_instance(edit, su.id, rack.id, x_mm=600 * k, name=f"r{k + 1:02}") for k in range(RACKS)]
    net = place_instance(edit, su.id, network.id, y_mm=2400, name="net-1")
    management = place_instance(edit, su.id, oob.id, x_mm=1200, y_mm=2400, name="oob-1")
    for rail in range(RAILS):
        leafs = [_path(draft, net, f"sw-{3 * rail + k:02}") for k in (1, 2)]
        spine = _path(draft, net, f"sw-{3 * rail + 3:02}")
        for k, leaf in enumerate(leafs):
            up = [port(DOWN + i) for i in range(TO_SPINE)]
            draft.cable(su.id, leaf, up, spine, [port(TO_SPINE * k + i) for i in range(TO_SPINE)], "compute")
        for r, instance in enumerate(racks):
            for tray in range(TRAYS):
                leaf, place = leafs[r // 4], TRAYS * (r % 4) + tray
                node = _path(draft, instance, f"ct-{tray + 1:02}")
                draft.cable(su.id, node, [f"osfp{rail + 1}"], leaf, [port(place)], "compute")
    ends = [(r, f"ct-{t + 1:02}", "bmc") for r in racks for t in range(TRAYS)]
    ends += [(r, f"nvs-{t + 1}", p) for r in racks for t in range(SWITCH_TRAYS) for p in ("bmc", "mgmt1")]
    for number, (instance, name, token) in enumerate(ends):
        switch = _path(draft, management, f"oob-{number // OOB_PORTS + 1}")
        jack = f"rj45-{number % OOB_PORTS + 1}"
        draft.cable(su.id, _path(draft, instance, name), [token], switch, [jack], "oob")
    return edit.blocks[su.id]


def _nvl72(draft: Draft) -> Block:
    block = new_rack_block(draft.edit, draft.library, "nvidia-mgx-nvl72", "GB300 NVL72")
    for type_id, name, number in (
        ("nvidia-power-shelf-33kw", "ps-1", SHELVES),
        ("nvidia-gb300-compute-tray", "ct-01", TRAYS),
        ("nvidia-nvlink5-switch-tray", "nvs-1", SWITCH_TRAYS),
    ):
        place_many(draft.edit, draft.library, block.id, type_id, count=number, name=name)
    for device in list(draft.edit.devices(block.id).values()):
        if device.name.startswith("ps-"):
            feed = "A" if device.name < "ps-5" else "B"
            draft.edit.replace("devices", device.key, feeds={"ac": feed})
    return block


def _switches(draft: Draft, name: str, prefix: str, number: int) -> Block:
    block = new_rack_block(draft.edit, draft.library, "apc-ar3357", name)
    place_many(draft.edit, draft.library, block.id, "nvidia-q3400-ra", count=number, name=f"{prefix}-01")
    return block


def _oob(draft: Draft) -> Block:
    block = new_rack_block(draft.edit, draft.library, "apc-ar3300", "Out-of-band rack")
    for k in range(6):
        draft.device(block.id, "nvidia-sn2201", unit(20 + k), f"oob-{k + 1}")
    return block


def _path(draft: Draft, instance: Instance, name: str) -> str:
    devices = draft.edit.devices(instance.of).values()
    return f"{instance.id}/{next(d.id for d in devices if d.name == name)}"


def _core(draft: Draft, hall: str, su: Block, units: list[Instance], cores: list[Instance]) -> None:
    """One link from the spine of every rail of every unit to each core of that rail, put in bulk."""
    net = next(i for i in draft.edit.instances(su.id).values() if i.name == "net-1")
    for rail in range(RAILS):
        spine = _path(draft, net, f"sw-{3 * rail + 3:02}")
        for c in range(TO_CORE):
            number = TO_CORE * rail + c
            core = _path(draft, cores[number // 12], f"core-{number % 12 + 1:02}")
            for s, instance in enumerate(units):
                link = Link(
                    block=hall,
                    id=f"c{number:02}-{s:03}",
                    a=End(f"{instance.id}/{spine}", (port(2 * TO_SPINE + c),)),
                    b=End(core, (port(s),)),
                    fabric="compute",
                )
                draft.edit.put("links", link)


if __name__ == "__main__":
    built = hall_1152()
    placed = built.placements()
    devices = sum(placed.get(d.block, 0) for d in built.every("devices"))
    links = sum(link.count * placed.get(link.block, 0) for link in built.every("links"))
    print(f"{built.count():,} records, {devices:,} devices, {links:,} links")
