"""Rack blocks around the NVL72: the rack itself, one rail of its fabric, its Ethernet, the core."""

from __future__ import annotations

from core.editing.blocks import new_rack_block
from core.editing.space import Face
from core.model.records import Block
from core.model.types import Citation
from resources.designs.dgx_racks import cord_pair, paired_pdus
from resources.designs.draft import Draft, unit

READ = "2026-11-22"
LEAFS, SPINES, CORES = 8, 6, 12
DOWN, UP, PER_PAIR = 18, 18, 3
SHELF_UNITS = (1, 2, 3, 4, 32, 33, 34, 35)
TRAY_UNITS = (*range(5, 13), *range(22, 32))
SWITCH_UNITS = range(13, 22)


def port(index: int) -> str:
    """Return the port of a QM9700 by its index from 0: two in each cage."""
    return f"osfp{index // 2 + 1}/{index % 2 + 1}"


def nvl72_rack(draft: Draft, tray: str, name: str, template: str) -> Block:
    """18 compute trays, 9 switch trays, 8 power shelves, 2 out-of-band switches and the manifold."""
    note = (
        "From the bottom: 4 power shelves, 8 compute trays, 9 switch trays, 10 compute trays, 4 power "
        "shelves, 2 out-of-band switches; exact units differ by maker. Shelves 1-4 on A, 5-8 on B. "
        "The out-of-band switches need AC: no source says how they are fed, two small PDUs are assumed."
    )
    block = new_rack_block(
        draft.edit, draft.library, "nvidia-mgx-nvl72", name, template=template, note=note
    ).id
    for number, low in enumerate(SHELF_UNITS, 1):
        source = "A" if number <= 4 else "B"
        draft.device(block, "nvidia-power-shelf-33kw", unit(low), f"ps-{number:02}", {"ac": source})
    trays = [
        draft.device(block, tray, unit(low), f"ct-{number:02}").id for number, low in enumerate(TRAY_UNITS, 1)
    ]
    switches = [
        draft.device(block, "nvidia-nvlink5-switch-tray", unit(low), f"nvs-{number}").id
        for number, low in enumerate(SWITCH_UNITS, 1)
    ]
    draft.device(block, "mgx-nvl72-manifold", None, "manifold")
    pair = paired_pdus(draft, block)[0]
    oob = [draft.device(block, "nvidia-sn2201", unit(35 + k), f"oob-{k}").id for k in (1, 2)]
    for switch in oob:
        cord_pair(draft, block, pair, switch)
    for number, device in enumerate([*trays, *switches], 1):
        draft.cable(block, device, ["bmc"], oob[0], [f"rj45-{number}"], "oob")
    for number, device in enumerate(switches):
        ports = [f"rj45-{2 * number + 1}", f"rj45-{2 * number + 2}"]
        draft.cable(block, device, ["mgmt1", "mgmt2"], oob[1], ports, "oob")
    return draft.edit.blocks[block]


def gb200_rack(draft: Draft) -> Block:
    """The GB200 NVL72 rack, with the mass and price of the whole: those of its trays are not published."""
    block = nvl72_rack(draft, "nvidia-gb200-compute-tray", "GB200 NVL72 rack", "rack-nvl72-gb200")
    mass = Citation(
        fields=("mass_kg",),
        title="Public data-centre model quoting Sunbird and NVIDIA",
        evidence="verified",
        url="https://www.sunbirddcim.com/blog/your-data-center-ready-nvidia-gb200-nvl72",
        read=READ,
        note="NVIDIA's partition guide gives about 1,315 kg.",
    )
    price = Citation(
        fields=("price_low_usd", "price_high_usd"),
        title="AIDC Studio, an open browser planner: base catalogue",
        evidence="estimate",
        read=READ,
    )
    return draft.state(
        block, mass_kg=1360.0, price_low_usd=2.0e6, price_high_usd=3.1e6, sources=(mass, price)
    )


def gb300_rack(draft: Draft) -> Block:
    """The GB300 NVL72 rack, with the mass and price of the whole."""
    block = nvl72_rack(draft, "nvidia-gb300-compute-tray", "GB300 NVL72 rack", "rack-nvl72-gb300")
    mass = Citation(
        fields=("mass_kg",),
        title="Introl, GB300 NVL72",
        evidence="estimate",
        url="https://introl.com/blog/why-nvidia-gb300-nvl72-blackwell-ultra-matters",
        read=READ,
        note="The GB200 figure carried over; another planner takes 1,500 kg.",
    )
    price = Citation(
        fields=("price_low_usd", "price_high_usd"),
        title="Awesome Agents, GB300 NVL72",
        evidence="estimate",
        url="https://awesomeagents.ai/hardware/nvidia-gb300-nvl72",
        read=READ,
    )
    return draft.state(
        block, mass_kg=1360.0, price_low_usd=3.0e6, price_high_usd=4.0e6, sources=(mass, price)
    )


def _switch_rack(
    draft: Draft, name: str, template: str, names: list[str], note: str
) -> tuple[str, list[str]]:
    """A rack of QM9700 with an out-of-band switch for their management ports; ids in the order of names."""
    block = new_rack_block(draft.edit, draft.library, "apc-ar3300", name, template=template, note=note).id
    pairs = paired_pdus(draft, block, 2)
    switches = []
    for place, label in enumerate(names):
        switch = draft.device(block, "nvidia-qm9700", unit(6 + 2 * place, "rear"), label)
        cord_pair(draft, block, pairs[place % 2], switch.id)
        switches.append(switch.id)
    oob = draft.device(block, "nvidia-sn2201", unit(38, "rear"), "oob-1")
    cord_pair(draft, block, pairs[0], oob.id)
    for number, switch_id in enumerate(switches, 1):
        draft.cable(block, switch_id, ["mgmt"], oob.id, [f"rj45-{number}"], "oob")
    return block, switches


def rail_rack(draft: Draft) -> Block:
    """One spine-leaf group: the 8 leafs (one for each NVL72 rack) and 6 spines of one rail."""
    note = (
        "One rail of a scalable unit: uplink u of leaf l to spine u // 3, port 3 l + u % 3. Spine ports "
        "24-47 are for the core. Ports face the hot aisle: the switch blows from its supplies to its ports."
    )
    names = [f"leaf-{n:02}" for n in range(1, LEAFS + 1)] + [f"spine-{n}" for n in range(1, SPINES + 1)]
    block, ids = _switch_rack(draft, "Rail rack", "rack-gb200-rail", names, note)
    for index, leaf in enumerate(ids[:LEAFS]):
        for s, spine in enumerate(ids[LEAFS:]):
            up = [port(DOWN + PER_PAIR * s + i) for i in range(PER_PAIR)]
            down = [port(PER_PAIR * index + i) for i in range(PER_PAIR)]
            draft.cable(block, leaf, up, spine, down, "compute")
    return draft.edit.blocks[block]


def core_rack(draft: Draft) -> Block:
    """Twelve core switches: two core groups."""
    names = [f"core-{n:02}" for n in range(1, CORES + 1)]
    block, _ = _switch_rack(draft, "Core rack", "rack-gb200-core", names, "Two core groups of six switches.")
    return draft.edit.blocks[block]


def ethernet_rack(draft: Draft) -> Block:
    """The two switches that gather the out-of-band switches of a scalable unit, and one for themselves."""
    note = "Gathers the out-of-band switches of a scalable unit. Uplinks to the site network are by others."
    block = new_rack_block(
        draft.edit, draft.library, "apc-ar3300", "Ethernet rack", template="rack-gb200-ethernet", note=note
    ).id
    pair = paired_pdus(draft, block)[0]
    plan: list[tuple[str, float, Face, str]] = [
        ("nvidia-sn2201", 30, "rear", "oob-1"),
        ("nvidia-sn4600c", 33, "rear", "agg-1"),
        ("nvidia-sn4600c", 36, "rear", "agg-2"),
    ]
    ids = {}
    for type_id, low, face, name in plan:
        ids[name] = draft.device(block, type_id, unit(low, face), name).id
        cord_pair(draft, block, pair, ids[name])
    for k in (1, 2):
        draft.cable(block, ids["oob-1"], [f"qsfp28-{k}"], ids[f"agg-{k}"], ["qsfp28-64"], "oob")
        draft.cable(block, ids[f"agg-{k}"], ["mgmt"], ids["oob-1"], [f"rj45-{k}"], "oob")
    return draft.edit.blocks[block]
