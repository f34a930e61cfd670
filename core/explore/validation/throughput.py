"""Cases of throughput: random graphs solved for the same traffic, and the bound TUB against its formula."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from core.engine.throughput.approximation import approximate
from core.engine.throughput.arcs import arcs_of
from core.engine.throughput.demand import Demand
from core.engine.throughput.limited import best_within
from core.engine.throughput.linear import optimal
from core.engine.throughput.traffic import all_to_all, longest_matching
from core.engine.throughput.tub import tub
from core.engine.topology import Topology, topology_of
from core.errors import EngineError
from core.explore.validation.cases import Case, MissingInputError
from core.explore.validation.formulas import evaluate
from core.explore.validation.networks import build
from core.explore.validation.verdicts import Spread

if TYPE_CHECKING:
    from core.engine.columns import Floats
    from core.fabrics.family import Graph

SEEDS = {True: 1, False: 3}
"""Networks drawn for a figure: one where many switches send, as those figures hardly differ (1 %)."""
MANY = 0.45
"""Share of switches above which a figure counts as one of many senders."""
EXACT = 30_000
"""Flows (senders x directed links) up to which the optimum is found by linear programming."""
GAP = 0.03
LARGE = 150
"""Switches above which one network is drawn."""
MOST_SWITCHES = 600
_HOPS_LONGER = {"slack0_shortest_paths_only": 0, "slack1": 1}
_UNLIMITED = "slack2"
"""With two more hops than the shortest way every way that helps is there."""
_FAMILIES = {"random regular": "jellyfish", "xpander": "xpander"}


def worst_pairs(case: Case) -> dict[str, Any]:
    """Throughput of random graphs for pairs of switches far apart, for several fractions of the switches."""
    if case.text("traffic").casefold() != "maximum weight pairs":
        raise MissingInputError("traffic")
    fractions = case.numbers("fractions") if "fractions" in case else [case.number("fraction")]
    per_switch = case.integer("servers_per_switch")
    known = case.expected.keys()
    whole = known & {"throughput_per_server", "throughput_per_switch", _UNLIMITED}
    if not whole | (known & _HOPS_LONGER.keys()):
        raise MissingInputError("fractions")
    found: dict[str, Any] = {
        key: Spread.of([value * per_switch for value in _within(case, fractions[0], longer)])
        for key, longer in _HOPS_LONGER.items()
        if key in known
    }
    if whole:
        share = [_spread(case, fraction) for fraction in fractions]
        found["throughput_per_server"] = [Spread.of(values) for values in share]
        found["throughput_per_switch"] = [Spread.of([v * per_switch for v in values]) for values in share]
        found[_UNLIMITED] = share[0][0] * per_switch
    return found


def _within(case: Case, fraction: float, longer: int) -> list[float]:
    """Throughput over ways up to so many hops longer than the shortest, of each of the networks drawn."""
    if not 0 < fraction <= 1:
        raise MissingInputError("fraction")
    # Over shortest ways alone one pair may decide, so draws differ much; with a hop more they hardly do.
    drawn = [_network(case, seed) for seed in range(1, 2 if longer else 6)]
    return [best_within(net, pairs(net, fraction), longer).throughput.value for net in drawn]


def _spread(case: Case, fraction: float) -> list[float]:
    """Throughput of each of the networks drawn."""
    if not 0 < fraction <= 1:
        raise MissingInputError("fraction")
    seeds = 1 if case.integer("switches") > LARGE else SEEDS[fraction > MANY]
    drawn = (_network(case, seed) for seed in range(1, seeds + 1))
    return [_best(topology, pairs(topology, fraction)) for topology in drawn]


def _network(case: Case, seed: int) -> Topology:
    name = _FAMILIES.get(case.text("topology").casefold())
    if name is None:
        raise MissingInputError("topology")
    switches = case.integer("switches")
    if switches > MOST_SWITCHES:
        raise EngineError(f"throughput of {switches:,} switches takes too long for a case")
    return _drawn(name, switches, case.integer("network_ports"), case.integer("servers_per_switch"), seed)


@lru_cache(maxsize=max(SEEDS.values()))
def _drawn(name: str, switches: int, network_ports: int, host_ports: int, seed: int) -> Topology:
    values = {"routers": switches, "network_ports": network_ports, "host_ports": host_ports}
    return topology_of(build(name, values, seed).graph)


def pairs(topology: Topology, fraction: float) -> Demand:
    """Return the demand of a fraction of the switches that send to each other in pairs, the farthest apart.

    Pairs are those of a maximum-weight matching of the switches by hops, both ways; the heaviest are taken.
    """
    every, matched = _matched(topology)
    rate: Floats = every.gbps.sum(axis=1)
    gbps = np.zeros_like(every.gbps)
    for a, b in matched[: max(round(fraction * len(rate) / 2), 1)]:
        gbps[a, b], gbps[b, a] = rate[a], rate[b]
    return Demand("pairs farthest apart", every.switches, gbps)


@lru_cache(maxsize=max(SEEDS.values()))
def _matched(topology: Topology) -> tuple[Demand, list[tuple[int, int]]]:
    """All pairs, the farthest first, as places in the switches of the demand beside."""
    import networkx as nx

    every = longest_matching(topology)
    hops = arcs_of(topology, every.switches).distances(every.switches)
    n = len(every.switches)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from((i, j, int(hops[i, j])) for i in range(n) for j in range(i))
    found = [(min(pair), max(pair)) for pair in nx.max_weight_matching(graph, maxcardinality=True)]
    return every, sorted(found, key=lambda pair: (-hops[pair], pair))


def _best(topology: Topology, demand: Demand) -> float:
    """Throughput of the best routing; the middle of the bounds where they are not brought together."""
    senders = int((demand.gbps.sum(axis=1) > 0).sum())
    if senders * len(arcs_of(topology, demand.switches)) <= EXACT * (2 if senders < LARGE else 1):
        return optimal(topology, demand).throughput.value
    found = approximate(topology, demand, GAP).throughput
    return (found.lower + found.upper) / 2


def all_pairs(case: Case) -> dict[str, Any]:
    """Flow between each ordered pair of switches where all servers send to all; links have rate 1.

    Which servers take part in a smaller fraction is the choice of the tool: only fraction 1 is computed.
    """
    if not case.text("traffic").casefold().startswith("all to all"):
        raise MissingInputError("traffic")
    fractions = case.numbers("fractions")
    topology = _network(case, 1)
    demand = all_to_all(topology)
    found = approximate(topology, demand, GAP).throughput
    off = ~np.eye(len(demand.switches), dtype=bool)
    link = float(topology.gbps[0])
    flow = (found.lower + found.upper) / 2 * float(demand.gbps[off].mean()) / link
    return {"flow_per_ordered_switch_pair": [flow if fraction == 1 else None for fraction in fractions]}


_PAIRS = re.compile(r"(.+?)\s*/\s*sum over matched pairs of\s*(.+)")


def bound(case: Case) -> dict[str, Any]:
    """The bound TUB as printed, held against the program's on cubes, complete and random graphs."""
    text = case.expected.get("tub")
    if not case.text("graph").startswith("uni-regular") or not isinstance(text, str):
        raise MissingInputError("graph")
    printed = _PAIRS.fullmatch(text.replace("shortest path length", "length"))
    if printed is None:
        raise EngineError(f"'{text}' is no quotient over a sum over matched pairs")
    graphs = [
        (build("hyperx", {"shape": "2x2x2x2", "host_ports": 1}).graph, 1),
        (build("hyperx", {"shape": "6", "host_ports": 5}).graph, 5),
        (build("jellyfish", {"routers": 30, "network_ports": 5, "host_ports": 4}, 1).graph, 4),
    ]
    holds = all(
        abs(tub(topology_of(graph)).upper / _as_printed(graph, hosts, printed[1], printed[2]) - 1) < 1e-9
        for graph, hosts in graphs
    )
    return {"tub": text if holds else "does not hold"}


def _as_printed(graph: Graph, hosts: int, over: str, each: str) -> float:
    """Return one formula over the sum of another for the pairs of switches matched for the most hops."""
    import networkx as nx
    from scipy.optimize import linear_sum_assignment

    routers = [key for key, data in graph.nodes(data=True) if data["tier"] > 0]
    inner = graph.subgraph(routers)
    hops = dict(nx.all_pairs_shortest_path_length(inner))
    length = np.array([[hops[a][b] for b in routers] for a in routers])
    pairs = zip(*linear_sum_assignment(length, maximize=True), strict=True)
    links = sum(count for *_, count in inner.edges(data="count"))
    named = {"H_u": hosts, "H_v": hosts, "H": hosts, "E": links}
    total = sum(evaluate(each, {**named, "length": int(length[a, b])}) for a, b in pairs)
    return evaluate(over, named) / total if total else float("inf")


RULES = (worst_pairs, all_pairs, bound)
