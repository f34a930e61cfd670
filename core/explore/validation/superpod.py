"""Cases of NVIDIA DGX SuperPOD: built by the rail-optimised and scale-up families, then counted."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import Any

from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.networks import Built, build
from core.fabrics.families import family
from core.fabrics.family import ParameterError


def compute_fabric(case: Case) -> dict[str, Any]:
    """Nodes, switches and cables of the compute fabric."""
    units, per_unit = case.integer("su_count"), case.integer("nodes_per_su")
    ufm = case.integer("ufm_links", 0)
    gbps = case.number("port_gbps")
    network = build(
        "rail-optimised",
        {
            "hosts": units * per_unit,
            "hosts_per_unit": per_unit,
            "gpus_per_host": case.integer("gpus_per_node"),
            "nics_per_host": case.integer("rails"),
            "nic_gbps": gbps,
            "port_gbps": gbps,
            "leaf_ports": case.integer("leaf_ports"),
            "spine_ports": case.integer("spine_ports"),
            "core_ports": case.integer("core_ports", case.integer("spine_ports")),
            "planes": case.integer("planes", 1),
            "manager_ports": ufm,
        },
    )
    to_hosts = network.cables("host", "leaf", gbps)
    return {
        "nodes": network.count("host"),
        "gpus": network.sizes.gpus,
        "leaf_switches": network.count("leaf"),
        "spine_switches": network.count("spine"),
        "core_switches": network.count("core"),
        "total_switches": network.switches,
        "cables_node_leaf": to_hosts,
        "cables_leaf_spine": network.cables("leaf", "spine", gbps),
        "cables_spine_core": network.cables("spine", "core", gbps),
        "cables_compute_and_ufm": to_hosts + network.links("manager", "leaf"),
    }


def rail_rule(case: Case) -> dict[str, Any]:
    """What lies between nodes of one unit, on one rail and across."""
    nodes, rails = case.integer("nodes_per_su"), case.integer("rails")
    case.integer("gpus_per_node")
    values = {
        "hosts": 2 * nodes, "hosts_per_unit": nodes, "nics_per_host": rails,
        "gpus_per_host": case.integer("gpus_per_node"), "leaf_ports": 2 * nodes, "spine_ports": 2 * nodes,
    }  # fmt: skip
    network = build("rail-optimised", values)
    data = network.graph.nodes
    leafs = [key for key in data if data[key]["role"] == "leaf"]
    first = [key for key in leafs if data[key]["unit"] == data[leafs[0]]["unit"]]
    on_leaf = [k for k in network.graph.adj[first[0]] if data[k]["role"] == "host"]
    distance, _ = network.shortest_ways(first[0])
    other = next((key for key in first if data[key].get("rail") != data[first[0]].get("rail")), None)
    if other is None:
        raise MissingInputError("rails")
    between = [k for k in network.graph.adj[other] if distance[k] == distance[other] - 1]
    roles = {data[k]["role"] for k in between if data[k]["tier"] > 0}
    return {
        "leafs_per_su": len(first),
        "same_rail_nodes_one_hop": len(on_leaf) - 1,
        "cross_rail_via": roles.pop() if len(roles) == 1 else "several",
    }


def groups_of_units(case: Case) -> dict[str, Any]:
    """Three tiers with a stated number of nodes in each group."""
    nodes, per_group, ports = (
        case.integer("nodes"),
        case.integer("nodes_per_group"),
        case.integer("leaf_ports"),
    )
    rails = case.integer("rails", 8)
    per_unit = ports // 2
    values = {
        "hosts_per_unit": per_unit, "nics_per_host": rails,
        "gpus_per_host": case.integer("gpus_per_node", rails), "leaf_ports": ports,
        "spine_ports": ports, "core_ports": ports,
    }  # fmt: skip
    network = build(
        "rail-optimised",
        {**values, "hosts": nodes, "tiers": 3, "leafs_per_group": ceil(per_group / per_unit)},
    )
    groups = ceil(nodes / per_group)
    blocks = network.groups("leaf", "spine")
    shape = Counter(blocks).most_common(1)[0][0]
    return {
        "groups": groups,
        "rail_groups_per_group": len(blocks) // groups,
        "leafs_per_rail_group": shape[0],
        "spines_per_rail_group": shape[1],
        "leaf_per_group": network.count("leaf") // groups,
        "spine_per_group": network.count("spine") // groups,
        "core_per_group": network.count("core") // groups,
        "total_switches": network.switches,
        "max_two_tier_nodes": _most_two_tier(values, per_unit),
        "parallel_links_per_leaf_spine_pair": network.trunk("leaf", "spine"),
    }


def _most_two_tier(values: dict[str, Any], per_unit: int) -> int:
    """Largest number of whole units for which the generator finds a network of two tiers."""
    rails = family("rail-optimised")
    units = 0
    for more in range(1, 4097):
        try:
            rails.sizes(rails.read({**values, "hosts": more * per_unit, "tiers": 2}))
        except ParameterError:
            break
        units = more
    return units * per_unit


def racks_as_units(case: Case) -> dict[str, Any]:
    """Racks of trays: a leaf for each rack and rail, groups of one rail, core groups across units."""
    racks, trays = case.integer("racks_per_su"), case.integer("compute_trays_per_rack")
    gpus, rails = case.integer("gpus_per_tray"), case.integer("rails")
    units, gbps = case.integer("max_su", 1), case.number("port_gbps")
    ports = case.integer("leaf_ports")
    per_unit = racks * trays
    network = build(
        "rail-optimised",
        {
            "hosts": units * per_unit, "hosts_per_unit": per_unit, "hosts_per_leaf": trays,
            "gpus_per_host": gpus, "nics_per_host": rails, "nic_gbps": gbps, "port_gbps": gbps,
            "leaf_ports": ports, "spine_ports": ports, "core_ports": ports,
            "tiers": 3, "leafs_per_group": racks,
        },
    )  # fmt: skip
    blocks = network.groups("leaf", "spine")
    leafs, spines = Counter(blocks).most_common(1)[0][0]
    return {
        "slg_per_su": len(blocks) // units,
        "leafs_per_slg": leafs,
        "spines_per_slg": spines,
        "core_groups": len(network.groups("spine", "core")),
        "gpus_per_su": network.sizes.gpus // units,
        "leafs_per_su": network.count("leaf") // units,
        "spines_per_su": network.count("spine") // units,
        "links_leaf_spine_per_su": network.links("leaf", "spine") // units,
        "links_per_leaf_spine_pair": network.trunk("leaf", "spine"),
    }


def units_of_nodes(case: Case) -> dict[str, Any]:
    """Nodes and GPUs where a source says no more of the network than its units."""
    units, per_unit = case.integer("su_count"), case.integer("nodes_per_su")
    gbps = case.number("link_gbps")
    gpus = case.integer("gpus_per_node")
    network = build(
        "rail-optimised",
        {
            "hosts": units * per_unit, "hosts_per_unit": per_unit, "gpus_per_host": gpus,
            "nics_per_host": case.integer("rails", gpus), "nic_gbps": gbps, "port_gbps": gbps,
        },
    )  # fmt: skip
    return {"nodes": network.count("host"), "gpus": network.sizes.gpus}


def scale_up_domain(case: Case) -> dict[str, Any]:
    """GPUs and switch chips of one scale-up domain, every GPU with links to every chip."""
    gpus, links = case.integer("gpus"), case.integer("links_per_gpu")
    chips = case.integer("switch_trays") * case.integer("chips_per_tray")
    values: dict[str, Any] = {"gpus": gpus, "chips": chips, "links_per_gpu": links}
    if "link_gbps" in case:
        values["link_gbps"] = case.number("link_gbps")
    network = build("scale-up", values)
    return _scale_up_counts(network)


def _scale_up_counts(network: Built) -> dict[str, Any]:
    chips = network.forwarding()
    total = sum(network.sizes.links.values())
    rate = sum(data["gbps"] * data["count"] for *_, data in network.graph.edges(data=True))
    gpus = network.sizes.gpus
    pairs = {data["count"] for *_, data in network.graph.edges(data=True)}
    return {
        "switch_chips": len(chips),
        "links_per_gpu_per_chip": pairs.pop() if len(pairs) == 1 else 0,
        # Rates of links are one way; a GPU's scale-up rate is quoted both ways.
        "gpu_tb_per_s": round(2 * rate / gpus / 8e3, 9),
        "nvlink_links": total,
        "ports_per_chip": total // len(chips),
        "rack_tb_per_s": round(2 * rate / 8e3, 9),
    }


RULES = (compute_fabric, groups_of_units, racks_as_units, scale_up_domain, rail_rule, units_of_nodes)
