"""Cases of networks that operators have published."""

from __future__ import annotations

from math import ceil
from typing import Any

from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.networks import Built, build


def pods(case: Case) -> dict[str, Any]:
    """Racks with one switch each, in pods."""
    servers, gpus = case.integer("servers_per_rack"), case.integer("gpus_per_server")
    racks, count = case.integer("racks_per_pod"), case.integer("pods")
    gbps = case.number("nic_gbps")
    network = build(
        "pods",
        {
            "hosts": count * racks * servers, "hosts_per_rack": servers, "racks_per_pod": racks,
            "gpus_per_host": gpus, "nics_per_host": case.integer("nics_per_server", gpus), "nic_gbps": gbps,
            "port_gbps": gbps, "pod_oversubscription": case.number("agg_oversubscription"),
        },
    )  # fmt: skip
    total, tors = network.sizes.gpus, network.count("leaf")
    return {
        "gpus_per_rack": total // (count * racks),
        "gpus_per_pod": total // count,
        "tors_per_rack": tors // (count * racks),
        "gpus_nominal": f"{total // 1024}K",
        "pod_oversubscription": _ratio(network, "leaf"),
        "gpus_total": total,
        "tors": tors,
        "tors_per_pod": tors // count,
    }


def _gbps(network: Built, key: str, role: str) -> float:
    """Rate of a device's links with devices of a role."""
    data = network.graph.nodes
    edges = network.graph.edges(key, data=True)
    return float(sum(rate["gbps"] * rate["count"] for _, other, rate in edges if data[other]["role"] == role))


def _ratio(network: Built, role: str) -> float:
    """Largest ratio of the rates down and up at devices of a role."""
    data = network.graph.nodes
    ratios = []
    for key in data:
        if data[key]["role"] == role:
            rate = {True: 0.0, False: 0.0}
            for _, other, link in network.graph.edges(key, data=True):
                rate[data[other]["tier"] > data[key]["tier"]] += link["gbps"] * link["count"]
            ratios.append(rate[False] / rate[True] if rate[True] else float("inf"))
    return round(max(ratios), 9)


def layers(case: Case) -> dict[str, Any]:
    """Three layers of equal switches with split downlinks."""
    port = 400.0
    ports, nics = case.integer("switch_ports_400g"), case.integer("nics_per_server")
    gbps = case.number("nic_gbps")
    if case.integer("layers") != 3:
        raise MissingInputError("layers")
    # Two pods of the design, so that all three layers are there.
    network = build(
        "three-layer",
        {
            "hosts": 8 * ports,
            "nics_per_host": nics,
            "nic_gbps": gbps,
            "switch_ports": ports,
            "port_gbps": port,
        },
    )
    data = network.graph.nodes
    tor = next(key for key in data if data[key]["role"] == "leaf")
    host = next(key for key in data if data[key]["role"] == "host")
    down, up = _gbps(network, tor, "host"), _gbps(network, tor, "spine")
    links = network.degrees(tor)["host"]
    gpus = data[host]["gpus"]
    return {
        "downlinks_400g": round(down / port),
        "uplinks_400g": round(up / port),
        "oversubscription": max(_ratio(network, "leaf"), _ratio(network, "spine")),
        "nic_ports_per_400g_downlink": round(links * port / down),
        "servers_per_tor_set": links,
        "tors_per_server": len(network.graph.adj[host]),
        "gpus_per_tor_set": links * gpus,
        "tor_downlinks_200g": round(down / 200),
    }


def optical_cubes(case: Case) -> dict[str, Any]:
    """Cubes of accelerators and optical circuit switches."""
    sides, cubes = case.numbers("cube"), case.integer("cubes")
    edge = round(cubes ** (1 / 3))
    slices = f"{edge}x{edge}x{edge}" if edge**3 == cubes else f"1x1x{cubes}"
    values = {"cubes": cubes, "cube": "x".join(f"{int(s)}" for s in sides), "slices": slices}
    wired = build("optical-torus", {**values, "graph": "switches"})
    measured = build("optical-torus", {**values, "graph": "circuits"})
    chips = wired.count("chip")
    data = wired.graph.nodes
    fibres = wired.links("chip", "ocs")
    inside = wired.links("chip", "chip")
    found: dict[str, Any] = {
        "chips": chips,
        "optical_links_to_ocs": fibres,
        "ocs": wired.count("ocs"),
        "optical_links_per_cube": fibres // cubes,
        "links_per_cube_face": fibres // cubes // 6 if len(set(sides)) == 1 else None,
        "ocs_ports_used": max(sum(wired.degrees(key).values()) for key in data if data[key]["role"] == "ocs"),
        "circuits": measured.links("chip", "chip") - inside,
    }
    trays = {key.rpartition("-chip")[0] for key in data if data[key]["role"] == "chip"} - {""}
    if trays:
        found |= {"trays_per_cube": len(trays) // cubes, "chips_per_tray": chips // len(trays)}
    return found


def racks_in_arrays(case: Case) -> dict[str, Any]:
    """GPUs and rates that follow from servers, racks and arrays."""
    gpus, per_server = case.integer("gpus"), case.integer("gpus_per_server")
    per_rack = per_server * case.integer("servers_per_rack")
    per_array = per_rack * case.integer("racks_per_array")
    racks, arrays = ceil(gpus / max(per_rack, 1)), ceil(gpus / max(per_array, 1))
    return {
        "gpus_per_rack": per_rack,
        "gpus_per_array": per_array,
        "racks": racks,
        "racks_more_than": racks,
        "arrays": arrays,
        "arrays_about": arrays,
    }


def server_rate(case: Case) -> dict[str, Any]:
    """Network rate of a server."""
    return {"server_tbps": case.integer("nics_per_server") * case.number("nic_gbps") / 1000}


def racks_of_gpus(case: Case) -> dict[str, Any]:
    """GPUs of so many racks."""
    return {"gpus": case.integer("racks") * case.integer("gpus_per_rack")}


def block_paths(case: Case) -> dict[str, Any]:
    """Mean length of paths between blocks: direct, or by one block in between."""
    direct = case.expected.get("direct_path_traffic_percent")
    if not isinstance(direct, int | float):
        raise MissingInputError("direct_path_traffic_percent")
    return {"mean_block_path_length": direct / 100 + 2 * (1 - direct / 100)}


RULES = (pods, layers, optical_cubes, racks_in_arrays, server_rate, racks_of_gpus, block_paths)
