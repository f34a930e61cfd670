"""Components and switch hops, against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.engine.hops as hops_module
from core.engine.hops import Hops, components, hops_between


@st.composite
def networks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of links and which nodes are switches."""
    n = draw(st.integers(1, 14))
    is_switch = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    node = st.integers(0, n - 1)
    links = draw(st.lists(st.tuples(node, node).filter(lambda e: e[0] != e[1]), max_size=30))
    ends = np.array(links, dtype=np.intp).reshape(-1, 2)
    return ends[:, 0], ends[:, 1], is_switch


def slow_hops(a: np.ndarray, b: np.ndarray, is_switch: np.ndarray) -> tuple[int, float]:
    """Switches on the shortest way between hosts through switches alone, by networkx."""
    graph = nx.Graph(zip(a.tolist(), b.tolist(), strict=True))
    switches = [k for k in graph if is_switch[k]]
    inner = graph.subgraph(switches)
    distance = dict(nx.all_pairs_shortest_path_length(inner))
    leafs = {k: [s for s in graph[k] if is_switch[s]] for k in graph if not is_switch[k]}
    found = []
    for host, its in leafs.items():
        for other, others in leafs.items():
            ways = [distance[s][t] + 1 for s in its for t in others if t in distance[s]]
            if host != other and ways:
                found.append(min(ways))
    return max(found, default=0), float(np.mean(found)) if found else 0.0


@given(networks())
def test_hops_are_exact(network: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    result = hops_between(*network)
    most, mean = slow_hops(*network)
    assert result.exact
    assert result.most == most
    assert result.mean == pytest.approx(mean)


@given(networks())
def test_components_are_those_of_networkx(network: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    a, b, is_switch = network
    graph = nx.Graph(zip(a.tolist(), b.tolist(), strict=True))
    graph.add_nodes_from(range(len(is_switch)))
    assert components(a, b, len(is_switch)) == nx.number_connected_components(graph)


def test_a_long_chain_is_one_component() -> None:
    order = np.random.default_rng(1).permutation(500)
    assert components(order[:-1], order[1:], 500) == 1


def test_a_sample_never_overstates_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # A ring of 30 switches, one host each: 1 + 15 switches to the farthest.
    ring = np.arange(30)
    a, b = np.concatenate([ring, ring + 30]), np.concatenate([(ring + 1) % 30, ring])
    is_switch = np.arange(60) < 30
    assert hops_between(a, b, is_switch).most == 16
    monkeypatch.setattr(hops_module, "DENSE", 10)
    sampled = hops_between(a, b, is_switch)
    assert not sampled.exact
    assert sampled.most <= 16
    assert sampled.mean == pytest.approx(hops_mean_of_a_ring(30))  # every host sees the same


def hops_mean_of_a_ring(n: int) -> float:
    return float(np.mean([1 + min(k, n - k) for k in range(1, n)]))


def test_hosts_do_not_forward() -> None:
    # host 0 - switch 1 - host 2 - switch 3 - host 4: only neighbours reach each other
    result = hops_between(np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]), np.array([0, 1, 0, 1, 0], bool))
    assert result == Hops(1, 1.0, True)
