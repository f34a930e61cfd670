"""A DGX H100 SuperPOD scalable unit: 31 systems and UFM, as wired in the reference architecture."""

from __future__ import annotations

from core.editing.blocks import make_unique, new_floor_block, place_instance
from core.editing.remove import remove
from core.model.project import Project
from core.model.records import Block
from core.model.types import CableType, Citation
from resources.designs.dgx_racks import LEAFS, h100_network_rack, h100_rack, management_rack
from resources.designs.draft import Draft

RACKS, IN_RACK, NODES = 8, 4, 31
SOUTH, NORTH = 1200, 2400
"""Back edge of the southern row and front edge of the northern row: a cold aisle of 1.2 m between them."""


def fabrics(draft: Draft) -> None:
    """Declare the three fabrics of the unit."""
    draft.fabric(
        "compute", "Compute InfiniBand", "compute", "#2f6fb0",
        "252 compute and UFM cables, 256 leaf-spine cables (RA-11333-001, table 4).",
        family="rail-optimised", switch="nvidia-qm9700",
        hosts=NODES + 1, hosts_per_unit=NODES + 1, manager_ports=4,
    )  # fmt: skip
    draft.fabric("inband", "In-band Ethernet", "in-band", "#3f8f5f", "Two ports of each node, bonded.")
    draft.fabric("oob", "Out-of-band Ethernet", "out-of-band", "#8a6d3b", "One BMC cable for each node.")


def scalable_unit(draft: Draft) -> Block:
    """Draw the unit: ten racks in two rows that face each other, and its cables."""
    edit = draft.edit
    su = new_floor_block(
        edit,
        "DGX H100 scalable unit",
        template="su-dgx-h100",
        note="31 of 32 nodes: one is left out so that four leaf ports can serve UFM. The storage fabric and "
        "the uplinks to the site network are not drawn.",
    )
    rack, fabric, management = h100_rack(draft), h100_network_rack(draft), management_rack(draft)
    order: list[tuple[str, str]] = [(rack.id, f"r{n:02}") for n in range(1, RACKS + 1)]
    rows = [
        [*order[:2], (fabric.id, "net-1"), *order[2:4]],
        [*order[4:6], (management.id, "mgmt-1"), *order[6:]],
    ]
    paths = {}
    for row, racks in enumerate(rows):
        for column, (of, name) in enumerate(racks):
            x = 600 * column
            placed = (
                place_instance(edit, su.id, of, x_mm=x + 600, y_mm=SOUTH, rotation=180, name=name)
                if row == 0
                else place_instance(edit, su.id, of, x_mm=x, y_mm=NORTH, name=name)
            )
            paths[name] = placed.id
    short = make_unique(edit, su.id, paths["r08"])
    remove(edit, short, [d.id for d in edit.devices(short).values() if d.name == f"dgx-{IN_RACK:02}"])
    edit.replace("blocks", ("", short), name="DGX H100 rack of three", template="")
    _compute(draft, su.id, paths)
    _ethernet(draft, su.id, paths)
    _in_band_parts(draft, su.id)
    return edit.blocks[su.id]


def nodes_of(draft: Draft, su: str, paths: dict[str, str]) -> list[str]:
    """Return the paths of the nodes in order: r01/dgx-01, r01/dgx-02 ..."""
    found: list[str] = []
    for number in range(1, RACKS + 1):
        instance = paths[f"r{number:02}"]
        of = draft.edit.instances(su)[instance].of
        nodes = [d for d in draft.edit.devices(of).values() if d.name.startswith("dgx")]
        found.extend(f"{instance}/{node.id}" for node in sorted(nodes, key=lambda d: d.name))
    return found


def named(draft: Draft, su: str, instance: str, prefix: str) -> list[str]:
    """Return the paths of the devices of a placed rack whose name begins with a prefix, by name."""
    of = draft.edit.instances(su)[instance].of
    found = [d for d in draft.edit.devices(of).values() if d.name.startswith(prefix)]
    return [f"{instance}/{d.id}" for d in sorted(found, key=lambda d: d.name)]


def down_port(n: int) -> str:
    """Return the leaf port of node n: two nodes share a cage."""
    return f"osfp{n // 2 + 1}/{n % 2 + 1}"


def _compute(draft: Draft, su: str, paths: dict[str, str]) -> None:
    """NIC r of node n to port n of leaf r; UFM to the ports of the node left out, on four leafs."""
    leafs = named(draft, su, paths["net-1"], "leaf")
    nodes = nodes_of(draft, su, paths)
    for n, node in enumerate(nodes):
        for r in range(LEAFS):
            nic = f"osfp{r // 2 + 1}/{r % 2 + 1}"
            draft.cable(su, node, [nic], leafs[r], [down_port(n)], "compute")
    for k, ufm in enumerate(named(draft, su, paths["mgmt-1"], "ufm")):
        for p in (1, 2):
            draft.cable(su, ufm, [f"qsfp112-{p}"], leafs[2 * k + p - 1], [down_port(len(nodes))], "compute")


def _ethernet(draft: Draft, su: str, paths: dict[str, str]) -> None:
    """One BMC and two in-band cables for each node, one management cable for each InfiniBand switch."""
    oob = named(draft, su, paths["mgmt-1"], "oob")
    inband = named(draft, su, paths["mgmt-1"], "inband")
    for n, node in enumerate(nodes_of(draft, su, paths), 1):
        draft.cable(su, node, ["bmc"], oob[0], [f"rj45-{n}"], "oob")
        for k, switch in enumerate(inband, 1):
            draft.cable(su, node, [f"inband{k}"], switch, [f"qsfp28-{n}"], "inband")
    switches = [*named(draft, su, paths["net-1"], "leaf"), *named(draft, su, paths["net-1"], "spine")]
    for port, switch in enumerate(switches, 1):
        draft.cable(su, switch, ["mgmt"], oob[1], [f"rj45-{port}"], "oob")


def _in_band_parts(draft: Draft, su: str) -> None:
    """Name the cable of the in-band ports and accept that they run below the rate of the adapters."""
    draft.own_type(
        CableType(
            id="inband-aoc-100",
            maker="Generic",
            name="AOC, 100G, QSFP112 cage to QSFP28 cage",
            status="class",
            media="AOC",
            rate_gbps=100.0,
            connector_a="QSFP112",
            connector_b="QSFP28",
            reach_max_m=30.0,
            lengths_m=(3.0, 5.0, 10.0, 15.0, 20.0, 30.0),
            sources=(
                Citation(
                    fields=("rate_gbps", "reach_max_m", "lengths_m"),
                    title="DGX SuperPOD RA-11333-001 V11, table 8: one 200G AOC for each in-band port",
                    evidence="assumed",
                    note="Taken to run at the 100G of the switch; reach and lengths as NVIDIA lists for AOC.",
                ),
            ),
            notes=("Part number on hold: the reference architecture names a 200G AOC without one.",),
        )
    )
    links = [
        link.id
        for link in draft.edit.links(su).values()
        if link.fabric == "inband" and link.a.ports[0].startswith("inband")
    ]
    reason = (
        "As in the reference architecture: the node's in-band ports could run faster than the 100G switch "
        "they are cabled to."
    )
    draft.accept(su, "cabling.rate_mismatch", links, 400.0, reason)


def example() -> Project:
    """Return the example: one scalable unit in a hall."""
    draft = Draft("superpod-h100-su")
    draft.title("DGX H100 SuperPOD, one scalable unit", "EX-A")
    edit = draft.edit
    hall = new_floor_block(edit, "Hall 1", note="Columns, room and site values are an example, not a survey.")
    draft.sources("ABC", 250_000.0, "Example value: the unit must run on any two sources.")
    fabrics(draft)
    draft.naming(
        instance="su-{n}", instance__rack="r{n:02}", device__server="dgx-{n:02}", device__switch="sw-{n:02}"
    )
    su = scalable_unit(draft)
    place_instance(edit, hall.id, su.id, name="su-1")
    draft.area(hall.id, "room", "Hall 1", (-2400, -2400, 5400, 6000), 4000)
    draft.area(hall.id, "containment", "Cold aisle 1", (0, SOUTH, 3000, NORTH), 2400)
    for name, x, y in (("C1", -1500, 1600), ("C2", 4200, 1600)):
        draft.area(hall.id, "column", name, (x, y, x + 400, y + 400), 4000)
    draft.area(hall.id, "door", "Door 1", (-2400, 4200, -2300, 5700), 2400)
    draft.datum(hall.id, -2400, -2400)
    draft.require(
        "Example brief.",
        facility_power_w=500_000.0,
        accelerators=248,
        rack_power_w=45_000.0,
        rack_mass_kg=1_200.0,
        budget_usd=12_000_000.0,
        oversubscription=1.0,
        altitude_m=150.0,
        voltage_v=415.0,
        heat_air_w=500_000.0,
        air_supply_c=24.0,
        air_rise_k=15.0,
        continuous_share=0.8,
        redundancy="N+1",
        floor_load_kg_m2=1_000.0,
    )
    draft.workload(
        "Train 8B", "training", "llama-3-8b", tokens=5e12, sequence=8192, global_batch=480, accelerators=240,
        spare_nodes=1,
    )  # fmt: skip
    draft.workload("Serve chat", "inference", "llama-3-70b", input_tokens=1024.0, output_tokens=256.0)
    return draft.finish()
