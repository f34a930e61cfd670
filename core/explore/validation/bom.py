"""Cases of bills of material: switches, cables, optics and racks counted on the networks that are built."""

from __future__ import annotations

from math import ceil
from typing import Any

from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.networks import Built, build

UFM_PORTS = 4
"""Leaf ports that fabric managers take where nodes are left out for them."""
PORTS_PER_CAGE = 2
"""Links of a twin-port cage, its optics and its cable."""


def _compute(case: Case) -> Built:
    """The compute fabric; nodes that are missing from the last unit made room for fabric managers."""
    units = case.integer("su_count")
    nodes = case.integer("nodes", units * 32)
    per_unit = case.integer("nodes_per_su", ceil(nodes / max(units, 1)))
    missing = units * per_unit - nodes
    gpus = case.integer("gpus_per_node", 8)
    values = {"hosts_per_unit": per_unit, "gpus_per_host": gpus, "nics_per_host": case.integer("rails", gpus)}
    if missing == 1:
        network = build("rail-optimised", {**values, "hosts": units * per_unit, "manager_ports": UFM_PORTS})
        if network.count("host") == nodes:
            return network
    return build("rail-optimised", {**values, "hosts": nodes})


def compute_switches(case: Case) -> dict[str, Any]:
    """Switches and nodes of the compute fabric."""
    network = _compute(case)
    return {
        "dgx_nodes": network.count("host") if "nodes" in case else None,
        "compute_leaf": network.count("leaf"),
        "compute_spine": network.count("spine"),
        "compute_qm9700": network.switches,
    }


def compute_cables(case: Case) -> dict[str, Any]:
    """Cables and optics of the compute fabric. All cages of a switch hold optics, used or not."""
    leafs, spines = case.integer("leaf"), case.integer("spine")
    network = _compute(case)
    if (network.count("leaf"), network.count("spine")) != (leafs, spines):
        raise MissingInputError("leaf")
    managers = network.links("manager", "leaf")
    return {
        "ndr_cables_400g": network.links("host", "leaf") + network.links("leaf", "spine"),
        "switch_osfp_transceivers": network.switches * case.integer("cages_per_switch"),
        "system_osfp_transceivers": network.count("host") * case.integer("node_osfp_cages"),
        "ufm_transceivers": managers,
        "ufm_ndr200_cables": managers // PORTS_PER_CAGE,  # one splitter for two managers' ports
    }


def racks(case: Case) -> dict[str, Any]:
    """Racks of nodes; what follows from the published racks and PDUs."""
    compute = ceil(case.integer("nodes") / max(case.integer("nodes_per_rack"), 1))
    found: dict[str, Any] = {"compute_racks": compute}
    total = case.expected.get("racks")
    ours, others = case.expected.get("rack_pdus_type_a"), case.expected.get("rack_pdus_type_b")
    if isinstance(total, int) and total > compute:
        found["management_racks"] = total - compute
        if isinstance(ours, int) and isinstance(others, int):
            found["pdus_per_compute_rack"] = ours / compute
            found["pdus_per_management_rack"] = others / (total - compute)
    return found


def management_switches(case: Case) -> dict[str, Any]:
    """Switches of the management networks, sized for the nodes and for the rest of the published bill."""
    nodes = case.integer("nodes")
    names = (
        "compute_qm9700", "storage_qm9700", "inband_sn4600c", "ufm_appliances", "management_servers",
        "rack_pdus_type_a", "rack_pdus_type_b",
    )  # fmt: skip
    bill = [count for name in names if isinstance(count := case.expected.get(name), int)]
    if len(bill) < len(names):
        raise MissingInputError("inband_sn4600c")
    compute, storage, in_band, managers, servers, *pdus = bill
    out = build(
        "out-of-band",
        {
            "hosts": nodes, "fabric_switches": compute + storage, "inband_switches": in_band,
            "fabric_managers": managers, "management_servers": servers, "pdus": sum(pdus),
        },
    )  # fmt: skip
    inner = build("in-band", {"hosts": nodes, "management_servers": servers})
    return {"oob_sn2201": out.count("leaf"), "inband_sn4600c": inner.count("leaf", "core")}


def in_band_cables(case: Case) -> dict[str, Any]:
    """Cables of the in-band network; links to the site are taken from the bill."""
    site = case.expected.get("uplink_to_core_dc")
    network = build(
        "in-band", {"hosts": case.integer("nodes"), "ports_per_host": case.integer("inband_ports_per_node")}
    )
    total = sum(network.sizes.links.values()) + site if isinstance(site, int) else None
    return {
        "dgx_200g_aoc": network.links("host", "leaf"),
        "management_100g": network.links("manager", "leaf"),
        "nfs_storage_100g": network.links("storage", "leaf"),
        "isl_100g": network.links("leaf", "leaf"),
        "leaf_core_100g": network.links("leaf", "core"),
        "total": total,
    }


def out_of_band_cables(case: Case) -> dict[str, Any]:
    """Cables of the out-of-band network."""
    network = build(
        "out-of-band",
        {
            "hosts": case.integer("nodes"),
            "fabric_switches": case.integer("ib_switches"),
            "switches": case.integer("oob_switches"),
            "pdus": case.integer("pdus"),
        },
    )
    return {
        "dgx_1g": network.links("host", "leaf"),
        "ib_switches_1g": network.links("fabric-switch", "leaf"),
        "management_and_ufm_1g": network.links("manager", "leaf"),
        "inband_switches_1g": network.links("in-band-switch", "leaf"),
        "ufm_back_to_back": network.links("manager", "manager"),
        "pdu_1g": network.links("pdu", "leaf"),
        "oob_uplinks_100g": network.links("leaf", "core"),
        "total": sum(network.sizes.links.values()),
    }


def two_switches(case: Case) -> dict[str, Any]:
    """Two switches that share the NICs of all nodes, joined by as many links as one has to nodes."""
    if "su_count" in case or "nodes_per_rack" in case:
        raise MissingInputError("nodes")
    nodes, gpus = case.integer("nodes"), case.integer("gpus_per_node")
    network = build(
        "collapsed-core",
        {
            "hosts": nodes, "design_hosts": nodes, "gpus_per_host": gpus, "nics_per_host": gpus,
            "cpu_ports": 0, "switch_ports": 32, "free_after": 0, "oob_ports_per_host": 0,
        },
    )  # fmt: skip
    links = network.links("host", "core")
    in_band = build("in-band", {"hosts": nodes})
    return {
        "qm9700": network.count("core"),
        "ndr_fibres": links // PORTS_PER_CAGE,
        "dgx_osfp_transceivers": links // PORTS_PER_CAGE,
        "switch_osfp_transceivers": links // PORTS_PER_CAGE,
        "isl_dac": network.links("core", "core") // PORTS_PER_CAGE,
        "aoc_100g_dgx_to_inband": in_band.links("host", "leaf"),
    }


RULES = (
    compute_cables,
    compute_switches,
    racks,
    management_switches,
    in_band_cables,
    out_of_band_cables,
    two_switches,
)
