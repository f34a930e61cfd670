"""Equal-split routing, by hand and against one destination at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.throughput.load import Load
from core.engine.throughput.routing import ecmp, one_more_hop
from core.engine.throughput.traffic import all_to_all, longest_matching, permutation, ring
from core.engine.topology import Topology
from tests.engine.throughput.networks import connected, fat_tree, leaf_spine, network, slow_shares


def between(topology: Topology, load: Load) -> dict[tuple[int, int], float]:
    """Flow from switch to switch, over all trunks that join them."""
    flow: dict[tuple[int, int], float] = {}
    for k in np.flatnonzero(load.between_switches).tolist():
        a, b = int(topology.a[k]), int(topology.b[k])
        for ends, amount in (((a, b), load.forward_gbps[k]), ((b, a), load.backward_gbps[k])):
            if amount > 1e-12:
                flow[ends] = flow.get(ends, 0.0) + float(amount)
    return flow


@pytest.mark.parametrize(("hosts", "links", "expected"), [(2, 1, 0.5), (4, 4, 1.0), (3, 6, 2.0)])
def test_two_switches(hosts: int, links: int, expected: float) -> None:
    topology = network([hosts, hosts], [(0, 1, links, 1.0)])
    load = ecmp(topology, longest_matching(topology))
    assert load.throughput.value == pytest.approx(expected)
    assert load.throughput.kind == "exact"
    trunk = load.busiest
    assert load.forward_gbps[trunk] == load.backward_gbps[trunk] == hosts
    assert load.utilisation[trunk] == pytest.approx(hosts / links)
    assert load.utilisation[~load.between_switches] == pytest.approx(1.0)


def test_all_to_all_of_a_fat_tree_is_even() -> None:
    topology = fat_tree(4)
    load = ecmp(topology, all_to_all(topology))
    # 14 of the 15 others are on other edge switches, 12 in other pods: 2 ports up share 2 hosts.
    edge_up = load.utilisation[load.between_switches & (topology.b < 16)]
    core_up = load.utilisation[load.between_switches & (topology.b >= 16)]
    assert edge_up == pytest.approx(14 / 15)
    assert core_up == pytest.approx(12 / 15)
    assert load.throughput.value == pytest.approx(15 / 14)


def test_oversubscription_divides_the_throughput() -> None:
    # 6 hosts on 2 links up: 3:1.
    topology = leaf_spine(4, 2, hosts=6)
    assert ecmp(topology, longest_matching(topology)).throughput.value == pytest.approx(1 / 3)


def test_links_share_equally_whatever_their_rate() -> None:
    # Two links of 1 and one of 4 beside them: each gets a third of 3.
    topology = network([3, 3], [(0, 1, 2, 1.0), (0, 1, 1, 4.0)])
    load = ecmp(topology, longest_matching(topology))
    inner = load.between_switches
    assert sorted(load.forward_gbps[inner].tolist()) == pytest.approx([1.0, 2.0])
    assert sorted(load.utilisation[inner].tolist()) == pytest.approx([0.25, 1.0])


@given(connected(), st.sampled_from([all_to_all, ring, longest_matching]))
def test_flows_are_those_of_one_destination_at_a_time(topology: Topology, pattern: object) -> None:
    demand = pattern(topology)  # type: ignore[operator]
    assert between(topology, ecmp(topology, demand)) == pytest.approx(
        {ends: flow for ends, flow in slow_shares(topology, demand).items() if flow > 1e-12}
    )


@given(connected(with_idle=False), st.integers(0, 3))
def test_no_routing_loses_anything(topology: Topology, seed: int) -> None:
    demand = permutation(topology, seed)
    balance = demand.gbps.sum(axis=1) - demand.gbps.sum(axis=0)
    for routing in (ecmp, one_more_hop):
        load = routing(topology, demand)
        for switch, expected in zip(demand.switches.tolist(), balance.tolist(), strict=True):
            out = sum(flow for (a, _), flow in between(topology, load).items() if a == switch)
            into = sum(flow for (_, b), flow in between(topology, load).items() if b == switch)
            assert out - into == pytest.approx(expected)


def test_one_more_hop_takes_the_other_side_of_a_triangle() -> None:
    topology = network([1, 1, 0], [(0, 1), (1, 2), (0, 2)])
    demand = longest_matching(topology)
    # Equal split over the direct link and over the third switch.
    assert ecmp(topology, demand).throughput.value == pytest.approx(1.0)
    load = one_more_hop(topology, demand)
    assert load.throughput.value == pytest.approx(2.0)
    assert load.utilisation[load.between_switches] == pytest.approx(0.5)


def test_one_more_hop_changes_nothing_in_a_clos_network() -> None:
    topology = fat_tree(4)
    demand = permutation(topology, 3)
    assert one_more_hop(topology, demand).utilisation == pytest.approx(ecmp(topology, demand).utilisation)


def test_what_cannot_be_reached_is_said() -> None:
    topology = network([1, 1, 1], [(0, 1)])
    load = ecmp(topology, all_to_all(topology))
    assert load.throughput.value == 0
    assert "no way" in load.throughput.note
    assert load.unreachable_gbps == 1
    # A demand of the network whole, on one that has lost a trunk.
    whole = network([1, 1, 1], [(0, 1), (1, 2)])
    assert ecmp(topology, ring(whole)).unreachable_gbps == 2


def test_a_single_switch_is_limited_by_nothing() -> None:
    topology = network([3], [])
    load = ecmp(topology, ring(topology))
    assert math.isinf(load.throughput.value)
    assert load.busiest == -1
    assert load.utilisation.tolist() == [1, 1, 1]
