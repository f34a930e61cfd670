"""Components, distances of switches and hops between hosts, against networkx."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.engine.hops as hops_module
from core.engine.hops import Hops, components, hops_between, switch_distances
from core.engine.topology import Topology, merged, topology_of
from core.fabrics.families import generate


def topology(
    a: np.ndarray, b: np.ndarray, is_switch: np.ndarray, accelerators: np.ndarray | None = None
) -> Topology:
    n, m = len(is_switch), len(a)
    none = np.full(n, -1)
    own = np.zeros(n) if accelerators is None else accelerators
    return merged(rows=np.arange(n), is_switch=np.asarray(is_switch, bool), accelerators=own, rail=none,
                  plane=none, a=a, b=b, gbps=np.full(m, 400.0), count=np.ones(m, np.int64))  # fmt: skip


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
    result = hops_between(topology(*network))
    most, mean = slow_hops(*network)
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


@given(networks(), st.sampled_from([1, 3, 1024]))
def test_distances_of_switches_are_those_of_networkx(
    network: tuple[np.ndarray, np.ndarray, np.ndarray], sources: int
) -> None:
    a, b, is_switch = network
    graph = nx.Graph(zip(a.tolist(), b.tolist(), strict=True))
    switches = np.flatnonzero(is_switch).tolist()
    graph.add_nodes_from(switches)
    plain = dict(nx.all_pairs_shortest_path_length(graph.subgraph(switches)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hops_module, "SOURCES", sources)
        far = switch_distances(topology(a, b, is_switch))
    assert far.tolist() == [[plain[s].get(t, -1) for t in switches] for s in switches]


@given(networks(), st.data())
def test_pairs_of_accelerators_are_counted_by_hops(
    network: tuple[np.ndarray, np.ndarray, np.ndarray], data: st.DataObject
) -> None:
    a, b, is_switch = network
    sizes = st.lists(st.integers(1, 8), min_size=len(is_switch), max_size=len(is_switch))
    own = np.where(is_switch, 0, data.draw(sizes))
    pairs = hops_between(topology(a, b, is_switch, own.astype(float))).pairs
    expected: dict[int, int] = {}
    for one, other in combinations(np.flatnonzero(~is_switch).tolist(), 2):
        keep = np.isin(a, [one, other]) | np.isin(b, [one, other]) | (is_switch[a] & is_switch[b])
        hops = slow_hops(a[keep], b[keep], is_switch)[0]
        if hops:
            expected[hops] = expected.get(hops, 0) + int(own[one] * own[other])
    assert {k: count for k, count in enumerate(pairs) if k and count} == expected
    assert sum(pairs[:1]) == sum(size * (size - 1) // 2 for size in own.tolist())


def test_a_ring_of_thirty() -> None:
    # One host each: 1 + 15 switches to the farthest.
    ring = np.arange(30)
    a, b = np.concatenate([ring, ring + 30]), np.concatenate([(ring + 1) % 30, ring])
    result = hops_between(topology(a, b, np.arange(60) < 30))
    assert result.most == 16
    assert result.mean == pytest.approx(np.mean([1 + min(k, 30 - k) for k in range(1, 30)]))


def test_a_long_chain_has_all_its_distances() -> None:
    n = 300
    far = switch_distances(topology(np.arange(n - 1), np.arange(1, n), np.ones(n, bool)))
    assert (far == abs(np.arange(n)[:, None] - np.arange(n))).all()


@pytest.mark.parametrize("k", [4, 8])
def test_a_fat_tree(k: int) -> None:
    """Hosts k^3/4; one switch to the k/2 hosts of an edge switch, three in the pod, five to other pods."""
    result = hops_between(topology_of(generate("fat-tree", {"switch_ports": k})))
    hosts, edge, pod = k**3 // 4, k // 2, k * k // 4
    assert result.pairs == (
        0,
        hosts * (edge - 1) // 2,
        0,
        hosts * (pod - edge) // 2,
        0,
        hosts * (hosts - pod) // 2,
    )
    assert result.most == 5


def test_a_torus_of_four_cubed() -> None:
    """A ring of four has 0, 1, 1, 2 links: three rings have a mean of 3, 64/63 of it without oneself."""
    net = topology_of(generate("torus", {"shape": "4x4x4"}))
    far = switch_distances(net)
    assert far.max() == 6
    assert far[0].mean() == pytest.approx(3)
    assert hops_between(net).mean == pytest.approx(1 + 3 * 64 / 63)


def test_a_dragonfly_is_three_links_wide() -> None:
    net = topology_of(generate("dragonfly", {"host_ports": 2, "routers_per_group": 4, "global_ports": 2}))
    assert switch_distances(net).max() == 3


def test_nothing_in_nothing_out() -> None:
    none = np.zeros(0, np.int64)
    assert switch_distances(topology(none, none, none)).shape == (0, 0)
    assert hops_between(topology(none, none, none)) == Hops(0, 0.0)


def test_hosts_do_not_forward() -> None:
    # host 0 - switch 1 - host 2 - switch 3 - host 4: only neighbours reach each other
    a, b, is_switch = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]), np.array([0, 1, 0, 1, 0], bool)
    assert hops_between(topology(a, b, is_switch)) == Hops(1, 1.0, (0, 2))


def test_accelerators_that_forward_themselves_are_as_far_apart_as_their_links() -> None:
    """A torus of 8 x 8 x 8 chips: 12 links across, and a mean of 3 x 2 over all 512, or 511 others."""
    graph = generate("optical-torus", {"cubes": 8, "slices": "2x2x2", "graph": "circuits"})
    hops = hops_between(topology_of(graph))
    assert hops.most == 12
    assert hops.accelerator_mean == pytest.approx(6 * 512 / 511)
    assert sum(hops.pairs) == 512 * 511 / 2
