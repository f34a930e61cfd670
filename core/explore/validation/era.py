"""Cases of NVIDIA enterprise reference architectures (C-G-N-B) with collapsed cores: counts and port maps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from core.errors import EngineError
from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.formulas import evaluate
from core.explore.validation.networks import Built, build
from core.fabrics.collapsed_cages import CollapsedCore, most_units
from core.fabrics.collapsed_core import sizes as sizes_of_design
from core.fabrics.enterprise import DESIGNS, architecture

_FORMULA_KEYS = re.compile(r"(gpu|cpu)_(switch|cage|subport)\Z")


class Port(NamedTuple):
    """One link of a host: host j, its NIC or port k (both from 1), and where it ends."""

    j: int
    k: int
    switch: int
    cage: int
    subport: int


def tiers(case: Case) -> dict[str, Any]:
    """How many switches each number of units takes, up to the largest that one pair of cores carries."""
    design = _design(case.text("arch"))
    per_unit = case.integer("nodes_per_su")
    if not per_unit:
        raise MissingInputError("nodes_per_su")
    design = msgspec.structs.replace(design, hosts_per_unit=per_unit, hosts=per_unit, design_hosts=0)
    most = most_units(design)
    counts = []
    for units in range(1, most + 1):
        devices = sizes_of_design(msgspec.structs.replace(design, hosts=units * per_unit)).devices
        counts.append((units, (devices["core"], devices.get("oob", 0))))
    steps = []
    for (cores, oob), same in groupby(counts, key=lambda row: row[1]):
        units_here = [units for units, _ in same]
        steps.append(
            {"min_su": units_here[0], "max_su": units_here[-1], "core_or_csl": cores, "oob_switches": oob}
        )
    return {"single_tier_max_su": most, "tiers": steps}


def _design(name: str) -> CollapsedCore:
    if name not in DESIGNS:
        raise EngineError(f"the design '{name[:40]}' is not known")
    return DESIGNS[name]


def naming(case: Case) -> dict[str, Any]:
    """What a name says of a node."""
    case.text("pattern")
    read = architecture(case.text("example"))
    return {
        "cpu_sockets": read.cpu_sockets,
        "gpus": read.gpus,
        "nics": read.nics,
        "average_east_west_gbps_per_gpu": round(read.gbps_per_gpu),
    }


def port_map(case: Case) -> dict[str, Any]:
    """Counts, cages and published formulas, held against every link of the network."""
    nodes, nics = case.integer("nodes"), case.integer("gpu_nics_per_node")
    case.integer("core_switches")
    design = next((d for d in DESIGNS.values() if d.nics_per_host == nics), CollapsedCore(nics_per_host=nics))
    values = msgspec.structs.asdict(msgspec.structs.replace(design, hosts=nodes, design_hosts=0))
    network = build("collapsed-core", values)
    ports = {"gpu": _ports(network, 0, nics), "cpu": _ports(network, nics, nics + design.cpu_ports)}
    between, cages = _between(network)
    units = max(nodes // design.hosts_per_unit, 1)
    found: dict[str, Any] = {
        "gpu_links_total": len(ports["gpu"]),
        "gpu_links_per_core": sum(port.switch == 1 for port in ports["gpu"]),
        "cpu_links_per_core": sum(port.switch == 1 for port in ports["cpu"]),
        "isl_links_total": between,
        "isl_links_per_su": between // units,
        "gpu_cages": _span([port.cage for port in ports["gpu"]]),
        "cpu_cages": _span([port.cage for port in ports["cpu"]]),
        "isl_cages": _span(cages),
    }
    for key, text in case.expected.items():
        named = _FORMULA_KEYS.match(key)
        if named and isinstance(text, str):
            found[key] = _held(text, ports[named[1]], named[2])
    return found


def _span(cages: list[int]) -> list[int]:
    return [min(cages), max(cages)] if cages else []


def _in_cage(network: Built) -> int:
    core = next(data for _, data in network.graph.nodes(data=True) if data["role"] == "core")
    ports: int = network.graph.graph["parameters"]["switch_ports"]
    return int(core["slots"]) // ports


def _ports(network: Built, first: int, end: int) -> list[Port]:
    """Links of the hosts' ports from `first` to `end` with the core switches."""
    data, in_cage = network.graph.nodes, _in_cage(network)
    hosts = {key: j for j, key in enumerate((k for k in data if data[k]["role"] == "host"), 1)}
    cores = {key: n for n, key in enumerate((k for k in data if data[k]["role"] == "core"), 1)}
    found = []
    for *_, trunk in network.graph.edges(data=True):
        ends = [(trunk["a"], trunk["a_slots"]), (trunk["b"], trunk["b_slots"])]
        (host, mine), (core, theirs) = ends if ends[0][0] in hosts else ends[::-1]
        if host not in hosts or core not in cores:
            continue
        width = max(round(trunk["gbps"] / data[core]["slot_gbps"]), 1)
        for slot, far in zip(mine, theirs, strict=True):
            if first <= slot < end:
                place = far % in_cage // width
                found.append(Port(hosts[host], slot - first + 1, cores[core], far // in_cage + 1, place))
    return found


def _between(network: Built) -> tuple[int, list[int]]:
    """Links between the cores and the cages they take; the same cage at both ends, else none is told."""
    data, in_cage = network.graph.nodes, _in_cage(network)
    count, cages = 0, []
    for *_, trunk in network.graph.edges(data=True):
        if data[trunk["a"]]["role"] == data[trunk["b"]]["role"] == "core":
            count += trunk["count"]
            pairs = zip(trunk["a_slots"], trunk["b_slots"], strict=True)
            cages += [a // in_cage + 1 for a, b in pairs if a // in_cage == b // in_cage]
    return count, cages


def _held(text: str, ports: list[Port], what: str) -> str:
    """Return a formula if it holds for every link, else the first link where it does not."""
    for port in ports:
        names: Mapping[str, float] = {"j": port.j, "k": port.k, "P": port.k}
        if evaluate(_plain(text), names) != getattr(port, what):
            return f"{getattr(port, what)} at j={port.j}, k={port.k}"
    return text


def _plain(text: str) -> str:
    """Return a formula of switches as one of their numbers, from 1.

    Examples
    --------
    >>> _plain("core-01 if k odd else core-02"), _plain("core-0P for port P")
    ('1 if k odd else 2', 'P')
    """
    return re.sub(r"\bcore-0*(\w+)", r"\1", re.sub(r" for port \w+\Z", "", text))


def units_of_design(case: Case) -> dict[str, Any]:
    """Devices and links of some units of the design, with everything that is installed from the start."""
    if "nodes" in case or ("arch" in case and case.text("arch") not in DESIGNS):
        raise MissingInputError("su_count")
    design = _design(case.text("arch")) if "arch" in case else CollapsedCore()
    hosts = case.integer("su_count") * design.hosts_per_unit
    # Links between the cores and out-of-band switches are those of the largest design.
    planned = max(hosts, most_units(design) * design.hosts_per_unit)
    values = msgspec.structs.asdict(msgspec.structs.replace(design, hosts=hosts, design_hosts=planned))
    network = build("collapsed-core", values)
    return {
        "gpu_nodes": network.count("host"),
        "core": network.count("core"),
        "oob_switches": network.count("oob"),
        "core_to_gpu_links": network.links("host", "core"),
        "core_to_core_links": network.links("core", "core"),
    }


RULES = (tiers, naming, port_map, units_of_design)
