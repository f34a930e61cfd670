"""Ways between leafs: closed forms and networkx."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.diversity import path_diversity
from core.engine.topology import merged, topology_of
from core.fabrics.families import generate


@pytest.mark.parametrize("k", [4, 6, 8])
def test_a_fat_tree_has_a_quarter_k_squared_ways_between_pods(k: int) -> None:
    """k/2 ways inside a pod, (k/2)^2 between pods, and k/2 that share no link anywhere (fabrics.md 10)."""
    near, far = path_diversity(topology_of(generate("fat-tree", {"switch_ports": k})))
    half, edges = k // 2, k * k // 2
    assert (near.links_apart, near.pairs) == (2, k * half * (half - 1) // 2)
    assert (near.least, near.most, near.mean) == (half, half, half)
    assert (far.links_apart, far.pairs) == (4, edges * (edges - 1) // 2 - near.pairs)
    assert (far.least, far.most, far.mean) == (half**2, half**2, half**2)
    assert (far.disjoint_least, far.disjoint_mean) == (half, half)
    assert far.exact == (far.pairs <= 32)


def test_parallel_links_are_ways_of_their_own() -> None:
    """Rails of 32 nodes on 8 leafs and 4 spines: 8 links of each leaf to each spine."""
    net = topology_of(generate("rail-optimised", {"hosts": 32}))
    (only,) = path_diversity(net)
    each = int(net.count[net.is_switch[net.a] & net.is_switch[net.b]][0])
    spines = int((net.tier == 2).sum())
    assert (only.least, only.most) == (spines * each**2, spines * each**2)
    assert only.disjoint_least == spines * each == 32


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    n = draw(st.integers(2, 8))
    node = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(node, node).filter(lambda e: e[0] < e[1]), unique=True, max_size=16))
    return n, links


@given(graphs(), st.data())
def test_ways_are_those_of_networkx(made: tuple[int, list[tuple[int, int]]], data: st.DataObject) -> None:
    n, links = made
    count = data.draw(st.lists(st.integers(1, 3), min_size=len(links), max_size=len(links)))
    ends = np.array(links, np.int64).reshape(-1, 2)
    none, all_of_them = np.full(n, -1), np.ones(n, bool)
    net = merged(rows=np.arange(n), is_switch=all_of_them, accelerators=np.zeros(n), rail=none, plane=none,
                 a=ends[:, 0], b=ends[:, 1], gbps=np.full(len(links), 400.0),
                 count=np.array(count, np.int64))  # fmt: skip
    multi: nx.MultiGraph[int] = nx.MultiGraph()
    multi.add_nodes_from(range(n))
    for (a, b), number in zip(links, count, strict=True):
        multi.add_edges_from([(a, b)] * number)
    simple = nx.Graph(multi)
    nx.set_edge_attributes(simple, dict(zip(links, count, strict=True)), "capacity")
    ways: dict[int, list[int]] = {}
    disjoint: dict[int, list[int]] = {}
    for a, b in combinations(range(n), 2):
        if nx.has_path(simple, a, b):
            far = nx.shortest_path_length(simple, a, b)
            paths = nx.all_shortest_paths(simple, a, b)
            product = [int(np.prod([simple[u][v]["capacity"] for u, v in pairwise(p)])) for p in paths]
            ways.setdefault(far, []).append(sum(product))
            disjoint.setdefault(far, []).append(nx.maximum_flow_value(simple, a, b))
    found = path_diversity(net)
    assert Counter({pair.links_apart: pair.pairs for pair in found}) == Counter(
        {k: len(v) for k, v in ways.items()}
    )
    for pair in found:
        its = ways[pair.links_apart]
        assert (pair.least, pair.most) == (min(its), max(its))
        assert pair.mean == pytest.approx(np.mean(its))
        assert pair.exact
        assert pair.disjoint_least == min(disjoint[pair.links_apart])
        assert pair.disjoint_mean == pytest.approx(np.mean(disjoint[pair.links_apart]))


def test_it_can_be_stopped() -> None:
    net = topology_of(generate("fat-tree", {"switch_ports": 4}))
    texts: list[str] = []

    def stop_at_the_second(done: int, total: int, text: str) -> None:
        assert 0 <= done < total
        texts.append(text)
        if text == "Counting ways that share no link":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        path_diversity(net, stop_at_the_second)
    assert texts == ["Counting shortest ways", "Counting ways that share no link"]
