"""Bisection against closed forms, against trying all halves, and its bounds against both."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.engine.bisection as bisection_module
from core.engine.bisection import CLOSED_FORMS, Bisection, bisection, bisection_of
from core.engine.topology import Topology, topology_of
from core.fabrics.families import generate
from tests.engine.test_hops import topology


def made(family: str, **values: object) -> Topology:
    return topology_of(generate(family, values))


@st.composite
def networks(draw: st.DrawFn) -> Topology:
    """Up to five switches and six hosts, some on several switches."""
    s, h = draw(st.integers(1, 5)), draw(st.integers(2, 6))
    switch, host = st.integers(0, s - 1), st.integers(s, s + h - 1)
    links = draw(st.lists(st.tuples(switch, switch).filter(lambda e: e[0] != e[1]), max_size=10))
    links += [(k, draw(switch)) for k in range(s, s + h)]
    links += draw(st.lists(st.tuples(host, switch), max_size=5))
    ends = np.array(links).reshape(-1, 2)
    return topology(ends[:, 0], ends[:, 1], np.arange(s + h) < s)


def by_trying(net: Topology) -> float:
    """Least rate across over all halves of the hosts and all sides of the switches."""
    hosts, switches = np.flatnonzero(~net.is_switch), np.flatnonzero(net.is_switch)
    best = np.inf
    for there in combinations(hosts.tolist(), len(hosts) // 2):
        for code in range(1 << len(switches)):
            side = np.zeros(len(net), bool)
            side[list(there)] = True
            side[switches] = (code >> np.arange(len(switches))) & 1
            best = min(best, float(net.capacity_gbps[side[net.a] != side[net.b]].sum()))
    return best


@settings(max_examples=60)
@given(networks())
def test_small_networks_are_exact_and_bounds_hold(net: Topology) -> None:
    least = by_trying(net)
    found = bisection(net)
    assert found.exact
    assert found.low_gbps == found.high_gbps == pytest.approx(least)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bisection_module, "MOST_TRIED", 0)
        bounds = bisection(net)
    assert bounds.low_gbps <= least * (1 + 1e-6) + 1e-6
    assert bounds.high_gbps >= least * (1 - 1e-6)
    if bounds.exact:
        assert bounds.high_gbps == pytest.approx(least)


@pytest.mark.parametrize("k", [4, 6, 8])
def test_a_fat_tree_has_the_full_bisection(k: int) -> None:
    """k^3/4 hosts of 400G: k^3/8 links."""
    found = bisection(made("fat-tree", switch_ports=k))
    assert found.exact
    assert found.high_gbps == pytest.approx(k**3 / 8 * 400)
    assert found.share == pytest.approx(1.0)
    assert found.how == ("all cuts" if k == 4 else "bounds meet")


@pytest.mark.parametrize(("ratio", "share"), [(1.0, 1.0), (2.0, 0.5)])
def test_leafs_two_to_one_have_half_of_it(ratio: float, share: float) -> None:
    """Leafs of 64 ports 32:32, and of 48 ports 32:16."""
    ports = 64 if ratio == 1.0 else 48
    net = made("leaf-spine", hosts=64, nics_per_host=8, leaf_ports=ports, oversubscription=ratio)
    found = bisection(net)
    assert found.exact
    assert found.share == pytest.approx(share)


@pytest.mark.parametrize("shape", ["4x4", "4x4x4", "6x4"])
def test_a_torus_is_cut_across_its_longest_side(shape: str) -> None:
    """Two cuts across rings of the longest side X: 2 Y Z links (fabrics.md 9). Above 20 routers bounds."""
    sides = [int(side) for side in shape.split("x")]
    found = bisection(made("torus", shape=shape, host_ports=8, nics_per_host=1))
    expected = 2 * np.prod(sides) / max(sides) * 400
    assert found.high_gbps == pytest.approx(expected)
    assert found.low_gbps <= expected * (1 + 1e-9)
    assert found.exact == (np.prod(sides) <= 20)


@pytest.mark.parametrize("shape", ["4x4", "6x3", "4x2x2", "2x2x2x2", "3x2x2"])
@pytest.mark.parametrize("host_ports", [1, 2, 4])
def test_the_closed_form_of_a_torus_is_what_trying_all_cuts_finds(shape: str, host_ports: int) -> None:
    graph = generate("torus", {"shape": shape, "host_ports": host_ports})
    tried = bisection(topology_of(graph))
    known = CLOSED_FORMS["torus"](graph.graph["parameters"])
    assert tried.how == "all cuts"
    if known is None:
        assert shape == "3x2x2"
    else:
        assert min(known, tried.full_gbps) == pytest.approx(tried.high_gbps)


def test_a_large_torus_has_its_closed_form() -> None:
    graph = generate("torus", {"shape": "6x4x4", "host_ports": 2})
    assert bisection(topology_of(graph)).how == "bounds"
    assert bisection_of(graph) == Bisection(12_800.0, 12_800.0, "closed form", 96 * 400.0)


def test_a_cube_meets_the_spectral_bound() -> None:
    """Five dimensions of two routers, a pair of links each: lambda_2 / 4 n = 2 x 2 x 32 / 4 links."""
    found = bisection(made("hyperx", shape="2x2x2x2x2", host_ports=64, nics_per_host=1))
    assert found.high_gbps == pytest.approx(16 * 400)
    assert found.low_gbps <= found.high_gbps * (1 + 1e-9)


def test_switches_are_halved_where_there_are_no_hosts() -> None:
    """A ring of eight switches: two links."""
    ring = np.arange(8)
    found = bisection(topology(ring, (ring + 1) % 8, np.ones(8, bool)))
    assert found == Bisection(800.0, 800.0, "all cuts", 0.0)
    assert found.share is None


@pytest.mark.parametrize("ports", [4, 6])
def test_it_tells_how_far_it_is_and_can_be_stopped(ports: int) -> None:
    net = made("fat-tree", switch_ports=ports)
    heard: list[tuple[int, int, str]] = []
    bisection(net, lambda done, total, text: heard.append((done, total, text)))
    assert heard
    assert all(0 <= done < total for done, total, _ in heard)

    def stop(done: int, total: int, text: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        bisection(net, stop)


def test_nothing_to_halve() -> None:
    none = np.zeros(0, np.int64)
    assert bisection(topology(none, none, none)).high_gbps == 0.0


def test_slices_of_all_cubes_are_tori() -> None:
    """Eight cubes of 4 x 4 x 4 as 8 x 8 x 8: two cuts through 64 rings, 128 links. Two slices are none."""
    values = {"cubes": 8, "slices": "2×2 x2"}
    found = bisection_of(generate("optical-torus", values))
    assert (found.high_gbps, found.how) == (128 * 400, "closed form")
    form = CLOSED_FORMS["optical-torus"]
    assert form({"cubes": 8, "slices": "1x2x2,1x2x2", "link_gbps": 400.0}) is None
    assert form({"cubes": 9, "slices": "2x2x2", "link_gbps": 400.0}) is None


def test_pods_are_halved_between_pods() -> None:
    """Four pods of 16 racks with 2 uplinks of 400G: 32 links down and, 4 : 1, 8 up. Two pods against two:
    16 links, a quarter of what half of the hosts send."""
    values = {
        "hosts": 64, "hosts_per_rack": 1, "racks_per_pod": 16, "nics_per_host": 2,
        "pod_oversubscription": 4.0,
    }  # fmt: skip
    found = bisection_of(generate("pods", values))
    assert found.low_gbps == found.high_gbps == 16 * 400
    assert found.share == pytest.approx(1 / 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bisection_module, "CLOSED_FORMS", {})
        bounds = bisection_of(generate("pods", values))
    assert bounds.low_gbps <= 16 * 400 * (1 + 1e-9) <= bounds.high_gbps * (1 + 2e-9)
    assert CLOSED_FORMS["pods"]({**values, "hosts": 48}) is None
    assert CLOSED_FORMS["pods"]({**values, "hosts": 60}) is None
