"""Small networks for measuring throughput, by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import hypothesis.strategies as st
import networkx as nx
import numpy as np
from scipy.optimize import linprog

from core.engine.throughput.demand import Demand
from core.engine.topology import Topology, merged

Link = tuple[int, int, int, float]
"""Switch, switch, number of links, rate of one."""


def network(
    hosts: Sequence[int],
    links: Iterable[tuple[int, int] | Link],
    *,
    gbps: float = 1.0,
    rail: Sequence[int] | None = None,
    homes: Sequence[Sequence[int]] | None = None,
    gpus: int = 1,
) -> Topology:
    """Return switches 0, 1, ... with so many hosts of one port each, then the hosts in their order.

    `homes` instead says for each host which switches it has a port on: for an accelerator each if there are
    that many `gpus`, else a bonded pair.
    """
    n = len(hosts)
    if homes is None:
        homes = [[switch] for switch, count in enumerate(hosts) for _ in range(count)]
    ends = [(*link, 1, 1.0)[:4] if len(link) == 2 else link for link in links]
    ends += [(n + k, switch, 1, gbps) for k, its in enumerate(homes) for switch in its]
    a, b, count, rate = (np.array([end[k] for end in ends]) for k in range(4))
    size = n + len(homes)
    is_switch = np.arange(size) < n
    rails = np.full(size, -1)
    if rail is not None:
        rails[:n] = rail
    return merged(
        rows=np.arange(size),
        is_switch=is_switch,
        accelerators=np.where(is_switch, 0.0, float(gpus)),
        rail=rails,
        plane=np.full(size, -1),
        a=a.astype(np.int64),
        b=b.astype(np.int64),
        gbps=rate.astype(np.float64),
        count=count.astype(np.int64),
    )


def of_graph(graph: nx.Graph, hosts: int) -> Topology:
    """Return a graph of switches with hosts on each, all links of rate 1."""
    number = {key: k for k, key in enumerate(graph)}
    return network([hosts] * len(graph), [(number[a], number[b]) for a, b in graph.edges])


def leaf_spine(leafs: int, spines: int, hosts: int, links: int = 1) -> Topology:
    """Return leafs first, then spines; `links` from each leaf to each spine."""
    pairs = [(leaf, leafs + spine, links, 1.0) for leaf in range(leafs) for spine in range(spines)]
    return network([hosts] * leafs + [0] * spines, pairs)


def fat_tree(k: int) -> Topology:
    """Return the k-ary fat tree: edge switches first."""
    half = k // 2
    edge = {(p, e): p * half + e for p in range(k) for e in range(half)}
    lower = len(edge)
    upper = {(p, j): lower + p * half + j for p in range(k) for j in range(half)}
    core = {(i, j): 2 * lower + i * half + j for i in range(half) for j in range(half)}
    links = [(edge[p, e], upper[p, j]) for p in range(k) for e in range(half) for j in range(half)]
    links += [(upper[p, i], core[i, j]) for p in range(k) for i in range(half) for j in range(half)]
    return network([half] * lower + [0] * (lower + half * half), links)


@st.composite
def connected(draw: st.DrawFn, with_idle: bool = True) -> Topology:
    """A connected network of up to nine switches with trunks of several links and rates."""
    n = draw(st.integers(2, 9))
    links: dict[tuple[int, int], Link] = {}
    for b in range(1, n):
        a = draw(st.integers(0, b - 1))
        links[a, b] = (a, b, draw(st.integers(1, 3)), draw(st.sampled_from([1.0, 2.0])))
    for a, b in draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=14)):
        if a < b:
            links[a, b] = (a, b, draw(st.integers(1, 3)), draw(st.sampled_from([1.0, 2.0])))
    hosts = draw(st.lists(st.integers(0 if with_idle else 1, 2), min_size=n, max_size=n))
    if sum(count > 0 for count in hosts) < 2:
        hosts[0], hosts[-1] = 1, 1
    return network(hosts, links.values())


def slow_optimum(topology: Topology, demand: Demand) -> float:
    """Maximum concurrent flow by one plain linear programme over all arcs and sources."""
    inner = topology.is_switch[topology.a] & topology.is_switch[topology.b]
    a, b, rate = topology.a[inner], topology.b[inner], topology.capacity_gbps[inner]
    tail, head, rate = np.concatenate([a, b]), np.concatenate([b, a]), np.tile(rate, 2)
    n, arcs = int(topology.is_switch.sum()), len(tail)
    between = np.zeros((n, n))
    between[np.ix_(demand.switches, demand.switches)] = demand.gbps
    np.fill_diagonal(between, 0.0)
    size = 1 + n * arcs
    kept, used = np.zeros((n * n, size)), np.zeros((arcs, size))
    for source in range(n):
        for arc in range(arcs):
            at = 1 + source * arcs + arc
            kept[source * n + tail[arc], at] += 1
            kept[source * n + head[arc], at] -= 1
            used[arc, at] = 1
        for target in range(n):
            kept[source * n + target, 0] += between[source, target]
            kept[source * n + source, 0] -= between[source, target]
    cost = np.zeros(size)
    cost[0] = -1
    result = linprog(cost, A_ub=used, b_ub=rate, A_eq=kept, b_eq=np.zeros(n * n), method="highs")
    return float(result.x[0])


def slow_shares(topology: Topology, demand: Demand) -> dict[tuple[int, int], float]:
    """Flow between switches by equal split over the links that lead nearer, one destination at a time."""
    graph: nx.MultiGraph = nx.MultiGraph()
    graph.add_nodes_from(np.flatnonzero(topology.is_switch).tolist())
    for a, b, count in zip(topology.a.tolist(), topology.b.tolist(), topology.count.tolist(), strict=True):
        if topology.is_switch[a] and topology.is_switch[b]:
            graph.add_edges_from([(a, b)] * count)
    flow: dict[tuple[int, int], float] = {}
    for column, target in enumerate(demand.switches.tolist()):
        hops = nx.single_source_shortest_path_length(graph, target)
        amount = dict.fromkeys(graph, 0.0)
        for row, source in enumerate(demand.switches.tolist()):
            if source != target:
                amount[source] += demand.gbps[row, column]
        for switch in sorted(hops, key=lambda k: -hops[k]):
            nearer = [b for _, b in graph.edges(switch) if hops[b] == hops[switch] - 1]
            for other in nearer:
                flow[switch, other] = flow.get((switch, other), 0.0) + amount[switch] / len(nearer)
                amount[other] += amount[switch] / len(nearer)
    return flow
