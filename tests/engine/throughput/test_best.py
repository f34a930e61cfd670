"""Bounds, the linear programme and the approximation: hand values, and one held against the other."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.engine.throughput.linear as linear
from core.engine.throughput.approximation import approximate
from core.engine.throughput.limited import best_within
from core.engine.throughput.linear import optimal
from core.engine.throughput.load import Load
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all, longest_matching, permutation
from core.engine.throughput.tub import distance_bound, tub
from core.engine.topology import Topology
from core.errors import EngineError
from tests.engine.throughput.networks import (
    connected,
    fat_tree,
    leaf_spine,
    network,
    of_graph,
    slow_optimum,
)

SLACK = 1 + 1e-6


@pytest.mark.parametrize("dimensions", [2, 3, 4, 5])
def test_tub_of_a_cube_is_one(dimensions: int) -> None:
    found = tub(of_graph(nx.hypercube_graph(dimensions), 1))
    assert found.upper == pytest.approx(1.0)
    assert found.kind == "upper bound"


@pytest.mark.parametrize("n", [2, 5, 9])
def test_tub_of_a_complete_graph_is_one(n: int) -> None:
    assert tub(of_graph(nx.complete_graph(n), n - 1)).upper == pytest.approx(1.0)


@given(st.integers(0, 20))
def test_bound_of_all_to_all_is_links_over_mean_distance(seed: int) -> None:
    graph = nx.random_regular_graph(3, 12, seed)
    if not nx.is_connected(graph):
        return
    n = len(graph)
    topology = of_graph(graph, 1)
    demand = all_to_all(topology)
    each = distance_bound(topology, demand).upper * demand.gbps[0, 1]
    links, mean = graph.number_of_edges(), nx.average_shortest_path_length(graph)
    assert each == pytest.approx(2 * links / (n * (n - 1) * mean))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_fat_tree_carries_every_permutation(seed: int) -> None:
    topology = fat_tree(4)
    demand = permutation(topology, seed)
    # As long as all hosts of some edge switch send away from it.
    assert (np.diagonal(demand.gbps) == 0).any()
    found = optimal(topology, demand)
    assert found.throughput.value == pytest.approx(1.0)
    assert found.throughput.kind == "exact"


def test_a_fat_tree_carries_the_longest_matching() -> None:
    topology = fat_tree(6)
    assert tub(topology).upper == pytest.approx(1.0)
    assert optimal(topology, longest_matching(topology)).throughput.value == pytest.approx(1.0)


@pytest.mark.parametrize("over", [2, 3])
def test_oversubscription_divides_the_optimum(over: int) -> None:
    topology = leaf_spine(4, 2, hosts=2 * over)
    assert optimal(topology, longest_matching(topology)).throughput.value == pytest.approx(1 / over)


def test_a_ring_uses_both_sides() -> None:
    # Four switches in a ring, opposite ones send: one way each at t = 1, and both ways round at the best.
    topology = network([1, 0, 1, 0], [(0, 1), (1, 2), (2, 3), (3, 0)])
    demand = longest_matching(topology)
    assert optimal(topology, demand).throughput.value == pytest.approx(2.0)
    # Neighbours: the direct link, and three around.
    near = network([1, 1, 0, 0], [(0, 1), (1, 2), (2, 3), (3, 0)])
    demand = longest_matching(near)
    assert best_within(near, demand, 0).throughput.value == pytest.approx(1.0)
    assert best_within(near, demand, 1).throughput.value == pytest.approx(1.0)
    assert best_within(near, demand, 2).throughput.value == pytest.approx(2.0)
    assert optimal(near, demand).throughput.value == pytest.approx(2.0)


@settings(max_examples=25)
@given(connected(), st.sampled_from([all_to_all, longest_matching, permutation]))
def test_the_optimum_is_that_of_the_plain_programme(topology: Topology, pattern: object) -> None:
    demand = pattern(topology)  # type: ignore[operator]
    if demand.between_switches_gbps == 0:
        return
    plain = slow_optimum(topology, demand)
    found = optimal(topology, demand)
    assert found.throughput.kind == "exact"
    assert found.throughput.value == pytest.approx(plain, rel=1e-5)
    # The flows reach it: the fullest trunk is full at just that throughput.
    full = found.utilisation[found.between_switches].max() * found.throughput.value
    assert full == pytest.approx(1.0, rel=1e-4)


@settings(max_examples=25)
@given(connected())
def test_each_stays_within_the_others(topology: Topology) -> None:
    demand = longest_matching(topology)
    best = optimal(topology, demand).throughput
    assert best.value <= tub(topology).upper * SLACK
    assert ecmp(topology, demand).throughput.value <= best.upper * SLACK
    before = ecmp(topology, demand).throughput.value
    for longer in (0, 1, 2):
        within = best_within(topology, demand, longer).throughput
        assert before <= within.upper * SLACK
        before = within.value
    assert before <= best.upper * SLACK
    near = approximate(topology, demand, gap=0.05).throughput
    assert near.lower <= best.upper * SLACK
    assert near.upper >= best.lower / SLACK


def test_the_approximation_comes_near() -> None:
    topology = of_graph(nx.random_regular_graph(5, 40, 1), 6)
    demand = all_to_all(topology)
    best = optimal(topology, demand).throughput.value
    found = approximate(topology, demand, gap=0.02)
    assert found.throughput.kind == "interval"
    assert found.throughput.gap <= 0.02
    assert found.throughput.lower <= best <= found.throughput.upper
    assert found.utilisation[found.between_switches].max() == pytest.approx(1 / found.throughput.lower)


def test_nothing_joined_is_zero_and_nothing_sent_is_endless() -> None:
    apart = network([1, 1, 1], [(0, 1)])
    lonely = network([2], [])
    for measure in (optimal, approximate, best_within):
        assert measure(apart, all_to_all(apart)).throughput.value == 0
        assert measure(lonely, all_to_all(lonely)).throughput.value == np.inf
    assert distance_bound(apart, all_to_all(apart)).upper == 0


@pytest.mark.parametrize("measure", [ecmp, optimal, approximate, best_within])
def test_the_weaker_of_two_planes_decides(measure: Callable[..., Load]) -> None:
    # Three leafs in each plane, each with a port of every host of its place: one link to the spine or two.
    homes = [[0, 4], [1, 5], [2, 6], [0, 4], [1, 5], [2, 6]]
    links = [(leaf, 3, 1, 1.0) for leaf in range(3)] + [(leaf, 7, 2, 1.0) for leaf in (4, 5, 6)]
    topology = network([0] * 8, links, homes=homes)
    found = measure(topology, longest_matching(topology))
    assert found.throughput.value == pytest.approx(0.5)
    assert tub(topology).upper == pytest.approx(0.5)
    inner = found.between_switches
    assert found.utilisation[inner & (topology.a < 3)] == pytest.approx(2.0)
    other = found.utilisation[inner & (topology.a >= 4) & (topology.a < 7)]
    # The approximation ends when the weaker one is proved; a little still takes needless turns in the other.
    assert other == pytest.approx(1.0, abs=0.1 if measure is approximate else 1e-6)


def test_too_large_a_programme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "MOST", 10)
    topology = fat_tree(4)
    with pytest.raises(EngineError, match="Take the approximation"):
        optimal(topology, longest_matching(topology))


def test_progress_can_end_the_work() -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int, text: str) -> None:
        assert 0 <= done < total
        assert text
        raise EnoughError

    topology = fat_tree(4)
    demand = longest_matching(topology)
    for measure in (ecmp, optimal, approximate):
        with pytest.raises(EnoughError):
            measure(topology, demand, progress=stop)
