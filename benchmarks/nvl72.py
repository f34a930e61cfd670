"""A hall of 96 NVL72 racks to measure with: 6,912 accelerators, 144-port switches, 20,736 cables.

Twelve scalable units of 8 GB300 racks. Compute: four rails, two leafs for each rail of a unit (72 down, 72
up), 72 spines with one link to each of the 96 leafs. Storage and in-band: one port of each tray to a switch
of the unit. Out-of-band: 36 ports of each rack.
"""

from __future__ import annotations

from benchmarks.synthetic import _nvl72, _oob, _path, _switches, port
from core.editing.arrays import array
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import place_many
from core.model.project import Project
from core.model.records import End, Link
from resources.designs.draft import Draft

UNITS, RACKS, TRAYS, RAILS, SPINES = 12, 8, 18, 4, 72
LEAFS = 2 * RAILS
ACROSS = 4


def hall_96() -> Project:
    """Return the hall; the same records every time."""
    draft = Draft("hall-96")
    edit = draft.edit
    hall, su = new_floor_block(edit, "Hall").id, new_floor_block(edit, "Scalable unit").id
    draft.sources("AB")
    for name, role in (("compute", "compute"), ("storage", "storage"), ("in-band", "in-band")):
        draft.fabric(name, name.capitalize(), role, "#2f6fb0")  # type: ignore[arg-type]
    draft.fabric("oob", "Out-of-band", "out-of-band", "#8a6d3b")
    rack, net_rack, oob_rack = _nvl72(draft), _switches(draft, "Network rack", "sw", LEAFS), _oob(draft)
    ethernet = new_rack_block(edit, draft.library, "apc-ar3300", "Ethernet rack")
    place_many(edit, draft.library, ethernet.id, "nvidia-sn5600", count=4, name="eth-1")
    racks = [place_instance(edit, su, rack.id, x_mm=600 * k, name=f"r{k + 1:02}") for k in range(RACKS)]
    net = place_instance(edit, su, net_rack.id, y_mm=2400, name="net-1")
    eth = place_instance(edit, su, ethernet.id, x_mm=2400, y_mm=2400, name="eth-1")
    oob = place_instance(edit, su, oob_rack.id, x_mm=1200, y_mm=2400, name="oob-1")
    leafs = [_path(draft, net, f"sw-{k + 1:02}") for k in range(LEAFS)]
    for r, instance in enumerate(racks):
        for tray in range(TRAYS):
            node = _path(draft, instance, f"ct-{tray + 1:02}")
            for rail in range(RAILS):
                leaf, place = leafs[2 * rail + r // 4], TRAYS * (r % 4) + tray
                draft.cable(su, node, [f"osfp{rail + 1}"], leaf, [port(place)], "compute")
            number = TRAYS * r + tray
            for k, (name, fabric) in enumerate((("storage1", "storage"), ("inband1", "in-band"))):
                switch = _path(draft, eth, f"eth-{2 * k + number // 72 + 1}")
                socket = f"osfp{number % 72 // 2 + 1}/{number % 2 + 1}"
                draft.edit.put(
                    "links",
                    Link(
                        block=su,
                        id=f"{name}-{number:03}",
                        a=End(node, (name,)),
                        b=End(switch, (socket,)),
                        fabric=fabric,
                    ),
                )
    ends = [(r, f"ct-{t + 1:02}", "bmc") for r in racks for t in range(TRAYS)]
    ends += [(r, f"nvs-{t + 1}", p) for r in racks for t in range(9) for p in ("bmc", "mgmt1")]
    for number, (instance, name, token) in enumerate(ends):
        switch = _path(draft, oob, f"oob-{number // 48 + 1}")
        draft.cable(su, _path(draft, instance, name), [token], switch, [f"rj45-{number % 48 + 1}"], "oob")
    first = place_instance(edit, hall, su, name="su-01")
    units = array(
        edit, hall, [first.id], columns=ACROSS, rows=UNITS // ACROSS, pitch_x_mm=7800, pitch_y_mm=4800
    )
    spine_rack = _switches(draft, "Spine rack", "spine", 9)
    spines = [
        place_instance(edit, hall, spine_rack.id, x_mm=-3000, y_mm=1200 * k, rotation=90, name=f"sp-{k + 1}")
        for k in range(SPINES // 9)
    ]
    for s, instance in enumerate(units):
        for n, leaf in enumerate(leafs):
            for k in range(SPINES):
                spine = _path(draft, spines[k // 9], f"spine-{k % 9 + 1:02}")
                edit.put(
                    "links",
                    Link(
                        block=hall,
                        id=f"u{s:02}-{n}-{k:02}",
                        a=End(f"{instance.id}/{leaf}", (port(72 + k),)),
                        b=End(spine, (port(LEAFS * s + n),)),
                        fabric="compute",
                    ),
                )
    return draft.finish()
