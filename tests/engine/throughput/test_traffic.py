"""Patterns of traffic on small networks, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.throughput.demand import Demand, parts_of_switches
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import (
    PATTERNS,
    all_to_all,
    heaviest,
    longest_matching,
    permutation,
    rail_ring,
    ring,
)
from core.engine.topology import Topology
from tests.engine.throughput.networks import connected, leaf_spine, network

FULL = (all_to_all, ring, rail_ring, permutation)


def two_rails(hosts: int) -> Topology:
    """Two units of hosts with one port on each of two rail leafs; a spine joins all four leafs."""
    homes = [[2 * (host // (hosts // 2)), 2 * (host // (hosts // 2)) + 1] for host in range(hosts)]
    links = [(leaf, 4, 2, 1.0) for leaf in range(4)]
    return network([0] * 5, links, rail=[0, 1, 0, 1, -1], homes=homes)


def test_all_to_all_of_two_leafs() -> None:
    demand = all_to_all(leaf_spine(2, 1, hosts=2))
    # Of three others one is on the same leaf, two on the other one.
    assert demand.switches.tolist() == [0, 1]
    assert demand.gbps == pytest.approx(np.array([[2 / 3, 4 / 3], [4 / 3, 2 / 3]]))
    assert demand.sent_gbps == pytest.approx(1.0)
    assert demand.received_gbps == pytest.approx(1.0)


def test_all_to_all_sends_nothing_to_other_ports_of_the_same_host() -> None:
    topology = network([0] * 2, [(0, 1)], homes=[[0, 1], [0, 1]], gpus=2)
    # A port sends half to each of the other host's, and so half of all crosses.
    assert all_to_all(topology).gbps == pytest.approx(np.full((2, 2), 1.0))


@pytest.mark.parametrize("pattern", [*FULL, longest_matching])
def test_bonded_hosts_on_two_linked_leafs_have_nothing_to_send_between_them(pattern: object) -> None:
    topology = network([0] * 2, [(0, 1)], homes=[[0, 1]] * 3)
    demand: Demand = pattern(topology)  # type: ignore[operator]
    assert demand.gbps == pytest.approx(np.diag([3.0, 3.0]))
    assert demand.received_gbps == pytest.approx(1.0)


def test_bonded_hosts_on_two_pairs_of_leafs_send_half_of_what_goes_over_the_spine() -> None:
    homes = [[0, 1]] * 2 + [[2, 3]] * 2
    demand = all_to_all(network([0] * 5, [(leaf, 4) for leaf in range(4)], homes=homes))
    # Of the three others one is on the same pair (1/3 stays), two on the other pair, at either of its leafs.
    stays, goes = np.diag([2 / 3, 2 / 3]), np.full((2, 2), 2 / 3)
    assert demand.gbps == pytest.approx(np.block([[stays, goes], [goes, stays]]))


def test_hosts_on_rails_are_never_a_bonded_pair() -> None:
    homes = [[0, 1]] * 2
    demand = all_to_all(network([0] * 2, [(0, 1)], rail=[0, 1], homes=homes))
    assert demand.gbps == pytest.approx(np.full((2, 2), 1.0))


@given(connected(), st.sampled_from(FULL))
def test_every_port_sends_and_gets_its_full_rate(topology: Topology, pattern: object) -> None:
    demand: Demand = pattern(topology)  # type: ignore[operator]
    ports = demand.ports
    assert ports is not None
    rate = np.bincount(ports.switch, ports.gbps, len(topology))[demand.switches]
    assert demand.gbps.sum(axis=1) == pytest.approx(rate)
    assert demand.gbps.sum(axis=0) == pytest.approx(rate)
    assert demand.sent_gbps == pytest.approx(ports.gbps)
    assert demand.received_gbps == pytest.approx(ports.gbps)
    assert demand.cut_gbps == 0


def test_ring_leaves_a_leaf_once_and_comes_back_once() -> None:
    demand = ring(leaf_spine(3, 1, hosts=4))
    assert demand.gbps.tolist() == [[3, 1, 0], [0, 3, 1], [1, 0, 3]]


def test_ring_spreads_over_the_rails_and_rail_ring_does_not() -> None:
    topology = two_rails(4)
    # Hosts 0 and 1 on leafs 0 and 1, hosts 2 and 3 on leafs 2 and 3.
    assert rail_ring(topology).gbps.tolist() == [[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    assert ring(topology).gbps == pytest.approx(np.full((4, 4), 0.5))


def test_planes_keep_their_traffic() -> None:
    # Two hosts with a port on each of two planes of two leafs.
    topology = network([0] * 4, [(0, 1), (2, 3)], homes=[[0, 2], [1, 3]])
    for pattern in FULL:
        demand = pattern(topology)
        assert demand.gbps.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], pattern
        assert demand.cut_gbps == 0


def test_a_port_alone_in_its_part_is_cut() -> None:
    # The third switch is joined with nothing; host 1 is on it alone.
    topology = network([0] * 3, [(0, 1)], homes=[[0], [2], [1]])
    for pattern in FULL:
        assert pattern(topology).cut_gbps == 1


@given(st.integers(2, 12), st.integers(0, 5))
def test_a_permutation_has_no_host_that_sends_to_itself(hosts: int, seed: int) -> None:
    chain = network([1] * hosts, [(k, k + 1) for k in range(hosts - 1)])
    demand = permutation(chain, seed)
    assert not np.trace(demand.gbps)
    assert (np.sort(demand.gbps, axis=1) == [0] * (hosts - 1) + [1]).all()
    assert (demand.gbps == permutation(chain, seed).gbps).all()


def test_rates_that_differ() -> None:
    # Hosts of rate 3 and 1 on the first switch, of 2 on the other: all-to-all goes by rate.
    links = [(0, 1, 1, 1.0), (2, 0, 3, 1.0), (3, 0, 1, 1.0), (4, 1, 1, 2.0)]
    demand = all_to_all(network([0, 0], links, homes=[[], [], []]))
    first, second = 3 * 1 / 3 + 1 * 3 / 5, 3 * 2 / 3 + 1 * 2 / 5
    assert demand.gbps == pytest.approx(np.array([[first, second], [2 * 4 / 4, 0]]))
    assert demand.sent_gbps.tolist() == [3, 1, 2]
    assert demand.received_gbps.sum() == pytest.approx(6)


def test_nodes_that_forward_are_hosts_on_themselves() -> None:
    # A ring of four accelerators with two links each: the opposite one is two hops away, 4 x 2 of 8 links.
    ring_of_four = network([0] * 4, [(0, 1), (1, 2), (2, 3), (3, 0)], homes=[])
    nodes = replace(ring_of_four, accelerators=np.ones(4))
    demand = longest_matching(nodes)
    assert demand.sent_gbps.tolist() == [2, 2, 2, 2]
    assert ecmp(nodes, demand).throughput.value == pytest.approx(0.5)


def test_patterns_are_all_of_the_same_make() -> None:
    topology = leaf_spine(2, 1, hosts=2)
    for name, pattern in PATTERNS.items():
        assert pattern(topology, None).pattern.startswith(name)
        assert pattern(topology, np.array([3, 5])).gbps.tolist() == [[0, 1], [1, 0]]


def test_a_job_is_only_its_hosts() -> None:
    topology = leaf_spine(2, 1, hosts=2)  # hosts are devices 3 to 6
    demand = all_to_all(topology, np.array([3, 5]))
    assert demand.gbps.tolist() == [[0, 1], [1, 0]]


def test_longest_matching_of_a_path_crosses_it() -> None:
    # 0 - 1 - 2 - 3: 0 with 3 and 1 with 2 are 8 hops both ways, 0 with 2 and 1 with 3 as well.
    topology = network([1] * 4, [(0, 1), (1, 2), (2, 3)])
    demand = longest_matching(topology)
    hops = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    assert (demand.gbps * hops).sum() == 8
    assert demand.gbps.sum(axis=1).tolist() == [1, 1, 1, 1]


def test_the_heaviest_half_keeps_the_longest_pairs() -> None:
    topology = network([1] * 5, [(k, k + 1) for k in range(4)])
    half = heaviest(topology, longest_matching(topology), 0.5)
    hops = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    every = np.sort((longest_matching(topology).gbps * hops).ravel())[::-1]
    assert (half.gbps * hops).sum() == every[: np.count_nonzero(half.gbps)].sum()
    assert half.sent_gbps.sum() == half.gbps.sum()


def test_what_turns_round_at_its_own_leaf_is_not_between_switches() -> None:
    # Four hosts of rate 1: of the three others of each, two are on the other leaf.
    demand = all_to_all(leaf_spine(2, 2, hosts=2))
    assert demand.gbps.sum() == pytest.approx(4.0)
    assert demand.between_switches_gbps == pytest.approx(4 * 2 / 3)


def test_a_trunk_that_lost_all_its_links_joins_no_parts() -> None:
    net = leaf_spine(2, 1, hosts=1)
    assert len(set(parts_of_switches(net)[:3].tolist())) == 1
    between = net.is_switch[net.a] & net.is_switch[net.b]
    cut = replace(net, count=np.where(between, 0, net.count))
    assert len(set(parts_of_switches(cut)[:3].tolist())) == 3
