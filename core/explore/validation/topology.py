"""Cases of topology papers: built by the families, counted and measured on the graph."""

from __future__ import annotations

from itertools import product
from math import ceil
from typing import TYPE_CHECKING, Any

from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.formulas import evaluate
from core.explore.validation.networks import Built, build
from core.fabrics.family import ParameterError
from core.fabrics.finite_field import prime_power
from core.fabrics.slim_fly import router_links

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_POLAR_FLY = frozenset(("quadric_vertices", "radix"))


def fat_tree(case: Case) -> dict[str, Any]:
    """Hosts, switches, links and equal ways between pods of a k-ary fat tree."""
    network = build("fat-tree", {"switch_ports": case.integer("k")})
    found: dict[str, Any] = {
        "hosts": network.count("host"),
        "switches": network.switches,
        "edge": network.count("edge"),
        "aggregation": network.count("aggregation"),
        "core": network.count("core"),
        "edge_agg_links": network.links("edge", "aggregation"),
        "agg_core_links": network.links("aggregation", "core"),
        "host_links": network.links("host", "edge"),
    }
    data = network.graph.nodes
    edges = [key for key in data if data[key]["role"] == "edge"]
    far = [key for key in edges if data[key]["unit"] != data[edges[0]]["unit"]]
    if far:
        found["equal_cost_paths_interpod"] = network.shortest_ways(edges[0])[1][far[-1]]
    price = case.derived.get("cost_per_switch_usd")
    if isinstance(price, int | float):
        found["fat_tree_cost_musd"] = network.switches * price / 1e6
    return found


def two_tiers(case: Case) -> dict[str, Any]:
    """Formulas of the largest two-tier network, held against networks of several radices."""
    letter = case.text("radix")
    formulas = {key: text for key, text in case.expected.items() if isinstance(text, str)}
    holds = dict.fromkeys(formulas, True)
    for radix in (4, 16, 64):
        values = {
            "hosts": radix * radix // 2, "hosts_per_unit": radix // 2, "nics_per_host": 1, "gpus_per_host": 1,
            "leaf_ports": radix, "spine_ports": radix, "tiers": 2,
        }  # fmt: skip
        network = build("leaf-spine", values)
        measured = {
            "max_endpoints": network.count("host"),
            "leafs": network.count("leaf"),
            "spines": network.count("spine"),
            "leaf_spine_links": network.links("leaf", "spine"),
        }
        for key, text in formulas.items():
            if key in measured:
                holds[key] &= evaluate(text, {letter: radix}) == measured[key]
            else:
                holds.pop(key, None)
    return {key: formulas[key] if held else "does not hold" for key, held in holds.items()}


def slim_fly(case: Case) -> dict[str, Any]:
    """Routers, links and diameter of a Slim Fly."""
    if _POLAR_FLY & (case.expected.keys() | case.derived.keys()):
        raise MissingInputError("p")
    q = case.integer("q")
    values = {"q": q, **({"host_ports": case.integer("p")} if "p" in case else {})}
    if not prime_power(q):
        return _slim_fly_by_formula(case, q)
    hosts = build("slim-fly", values).count("host")
    network = _slim_fly_of_sets(case, q) if "X" in case or "Xp" in case else build("slim-fly", values)
    return {
        "routers": network.count("router"),
        "nodes": hosts,
        "endpoints": hosts,
        "network_degree": _one_degree(network),
        "router_links": network.links("router", "router"),
        "diameter": network.diameter(),
    }


def _slim_fly_of_sets(case: Case, q: int) -> Built:
    """Build the routers with the published differences X and Xp of routers that are joined in one half.

    Raises
    ------
    ParameterError
        If they are no such sets.
    """
    if any(q % divisor == 0 for divisor in range(2, q)):
        raise ParameterError(f"X and Xp are read as remainders, which are no field of {q}")
    sets = []
    for name in ("X", "Xp"):
        differences = set(case.numbers(name)) if name in case else set()
        if not differences or not differences <= set(range(1, q)):
            raise ParameterError(f"{name} is not a set of whole numbers from 1 to {q - 1}")
        one_way = sorted(int(d) for d in differences if q - d not in differences)
        if one_way:
            raise ParameterError(
                f"{name} has the difference {one_way[0]} and not {q - one_way[0]}, its negative"
            )
        sets.append(sorted(map(int, differences)))
    import networkx as nx

    graph: Graph = nx.MultiGraph()
    for half, column, row in product((0, 1), range(q), range(q)):
        graph.add_node(f"{half}.{column}.{row}", role="router", tier=1, unit="")
    for half, steps in enumerate(sets):
        for column, row, d in product(range(q), range(q), steps):
            if row < (row + d) % q:
                graph.add_edge(f"{half}.{column}.{row}", f"{half}.{column}.{(row + d) % q}", count=1)
    for x, m, c in product(range(q), repeat=3):
        graph.add_edge(f"0.{x}.{(m * x + c) % q}", f"1.{m}.{c}", count=1)
    return Built(graph)


def _slim_fly_by_formula(case: Case, q: int) -> dict[str, Any]:
    """Papers list sizes that no graph has: what the formulas would give."""
    if q < 3 or q % 4 == 2:
        return {"routers": 2 * q * q}
    degree = router_links(q)
    hosts = case.integer("p", ceil(degree / 2))
    routers = 2 * q * q
    return {
        "routers": routers,
        "network_degree": degree,
        "router_links": routers * degree // 2,
        "nodes": routers * hosts,
        "endpoints": routers * hosts,
    }


def polar_fly(case: Case) -> dict[str, Any]:
    """Routers, links, self-orthogonal points and diameter of a PolarFly."""
    if "p" in case or not _POLAR_FLY & (case.expected.keys() | case.derived.keys()):
        raise MissingInputError("q")
    q = case.integer("q")
    network = build("polar-fly", {"q": q})
    degrees = [network.degrees(key).get("router", 0) for key in network.forwarding()]
    return {
        "routers": network.count("router"),
        "radix": max(degrees),
        "quadric_vertices": degrees.count(max(degrees) - 1),
        "router_links": network.links("router", "router"),
        "diameter": network.diameter(),
    }


def dragonfly(case: Case) -> dict[str, Any]:
    """Groups, links and diameter of the largest dragonfly."""
    p, a, h = case.integer("p"), case.integer("a"), case.integer("h")
    groups = case.integer("groups", case.integer("g", a * h + 1))
    try:
        network = build(
            "dragonfly", {"host_ports": p, "routers_per_group": a, "global_ports": h, "groups": groups}
        )
    except ParameterError:
        # Papers list groups that cannot share their ports equally: counts that do not hang on the links.
        return {
            "groups": groups,
            "routers": a * groups,
            "terminals": p * a * groups,
            "router_radix": p + a - 1 + h,
            "local_links": groups * a * (a - 1) // 2,
        }
    return {**_grouped(network, "router", "router"), "router_radix": _radix(network)}


def dragonfly_plus(case: Case) -> dict[str, Any]:
    """Groups and links of the largest dragonfly+ of a radix."""
    half = case.integer("radix") // 2
    case.text("variant")
    network = build(
        "dragonfly-plus",
        {
            "leafs_per_group": half, "spines_per_group": half, "host_ports": half, "global_ports": half,
            "groups": half * half + 1,
        },
    )  # fmt: skip
    data = network.graph.nodes
    groups = {data[key]["unit"] for key in network.forwarding()}
    spine = next(key for key in network.forwarding() if data[key]["role"] == "spine")
    leaf = next(key for key in network.forwarding() if data[key]["role"] == "leaf")
    return {
        "p": network.degrees(leaf)["host"],
        "leafs_per_group": network.count("leaf") // len(groups),
        "spines_per_group": network.count("spine") // len(groups),
        "globals_per_spine": network.degrees(spine).get("spine", 0),
        "endpoints_per_group": network.count("host") // len(groups),
        "groups": len(groups),
        "endpoints": network.count("host"),
        "switches": network.switches,
        "local_links": network.links("leaf", "spine"),
        "global_links": network.links("spine", "spine"),
    }


def hyperx(case: Case) -> dict[str, Any]:
    """Routers, links and diameter of a HyperX."""
    shape, widths = case.numbers("S"), case.numbers("K")
    network = build(
        "hyperx",
        {
            "shape": "x".join(f"{int(s)}" for s in shape),
            "links": "x".join(f"{int(k)}" for k in widths),
            "host_ports": case.integer("T"),
        },
    )
    return {
        "routers": network.count("router"),
        "terminals": network.count("host"),
        "router_radix": _radix(network),
        "links": network.links("router", "router"),
        "diameter": network.diameter(),
    }


def _grouped(network: Built, one: str, other: str) -> dict[str, Any]:
    data = network.graph.nodes
    groups = {data[key]["unit"] for key in network.forwarding()}
    local = sum(
        count
        for a, b, count in network.graph.edges(data="count")
        if data[a]["tier"] and data[b]["tier"] and data[a]["unit"] == data[b]["unit"]
    )
    return {
        "groups": len(groups),
        "terminals": network.count("host"),
        "routers": network.count(one),
        "local_links": local,
        "global_links": network.links(one, other) - local,
        "router_diameter": network.diameter(),
    }


def _radix(network: Built) -> int:
    """Largest number of links at a router."""
    return max(sum(network.degrees(key).values()) for key in network.forwarding())


def _one_degree(network: Built) -> int:
    """Links between routers at each; 0 if they differ."""
    degrees = {network.degrees(key).get("router", 0) for key in network.forwarding()}
    return degrees.pop() if len(degrees) == 1 else 0


RULES = (fat_tree, two_tiers, slim_fly, polar_fly, dragonfly, dragonfly_plus, hyperx)
