"""Networks as arrays: trunks of links, and a drawn fabric against the cables it was drawn with."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.drawn import topology_in
from core.engine.link_classes import link_classes
from core.engine.network import oversubscription_of, tiers_of
from core.engine.topology import merged, topology_of
from core.fabrics.families import generate
from core.fabrics.weave import Weave
from tests.engine.designs import Design
from tests.engine.test_network import leaf_spine

LINKS = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 6), st.sampled_from([100.0, 400.0]), st.integers(1, 4)
    ).filter(lambda link: link[0] != link[1]),
    max_size=30,
)


@given(LINKS)
def test_links_of_two_devices_at_one_rate_are_one_trunk(links: list[tuple[int, int, float, int]]) -> None:
    a, b, gbps, count = (
        np.array([link[k] for link in links], kind) for k, kind in enumerate((int, int, float, int))
    )
    none, all_of_them = np.full(7, -1), np.ones(7, bool)
    net = merged(rows=np.arange(7), is_switch=all_of_them, accelerators=np.zeros(7), rail=none, plane=none,
                 a=a, b=b, gbps=gbps, count=count)  # fmt: skip
    expected: Counter[tuple[int, int, float]] = Counter()
    for one, other, rate, number in links:
        expected[min(one, other), max(one, other), rate] += number
    found = zip(net.a.tolist(), net.b.tolist(), net.gbps.tolist(), net.count.tolist(), strict=True)
    assert {(a, b, rate): number for a, b, rate, number in found} == dict(expected)
    assert len(net.a) == len(expected)


def test_tiers_are_distances_from_the_hosts() -> None:
    net = topology_of(generate("fat-tree", {"switch_ports": 4}))
    assert np.bincount(net.tier).tolist() == [16, 8, 8, 4]


def test_a_switch_that_reaches_no_host_has_no_tier() -> None:
    weave = Weave("odd")
    weave.add("", "a", "leaf", 1, slots=1, slot_gbps=400)
    weave.add("", "b", "leaf", 1, slots=1, slot_gbps=400)
    weave.join("a", [0], "b", [0], 400)
    assert replace(topology_of(weave.graph()), stated_tier=None).tier.tolist() == [0, 0]


@pytest.mark.parametrize("hosts", [64, 72, 96])
def test_leafs_without_hosts_are_leafs_in_a_drawing_too(hosts: int) -> None:
    """72 hosts in units of 32: six leafs of the last unit have none."""
    graph = generate("leaf-spine", {"hosts": hosts, "tiers": 2})
    net = topology_of(graph)
    assert replace(net, stated_tier=None).tier.tolist() == net.tier.tolist()
    assert oversubscription_of(tiers_of(net)) == 1.0


def test_the_drawn_fabric_and_the_trunk_of_each_cable() -> None:
    design = leaf_spine(2)
    design.device("hall", "switch", name="x", y_mm=20_000)
    design.link("x", "osfp1/1", "s0", "osfp32/2")
    snap = design.evaluate().snapshot
    net, trunk = topology_in(snap, "f", link_classes(snap))
    assert (len(net), int(net.is_switch.sum()), net.accelerators.sum()) == (14, 12, 16)
    assert (trunk >= 0).sum() == net.count.sum() == 16 + 8 * 32
    assert np.bincount(trunk[trunk >= 0]).tolist() == net.count.tolist()
    for cable in np.flatnonzero(trunk >= 0).tolist():
        ends = {int(snap.cable_a[cable]), int(snap.cable_b[cable])}
        assert ends == {int(net.rows[net.a[trunk[cable]]]), int(net.rows[net.b[trunk[cable]]])}
    loose, its = topology_in(snap, "", link_classes(snap))
    assert (len(loose), loose.count.tolist(), int((its >= 0).sum())) == (2, [1], 1)
    assert len(topology_in(snap, "unknown", link_classes(snap))[0]) == 0


def test_rails_of_the_drawn_fabric() -> None:
    design = leaf_spine(4)
    snap = design.evaluate().snapshot
    net, _ = topology_in(snap, "f", link_classes(snap))
    rail = {snap.device_path(int(row)): int(r) for row, r in zip(net.rows, net.rail, strict=True)}
    assert rail == {f"l{k}": k for k in range(8)} | {f"{c}{k}": -1 for c in "ns" for k in range(4)}
    assert set(net.plane.tolist()) == {-1}


def test_nothing_drawn() -> None:
    snap = Design().evaluate().snapshot
    net, trunk = topology_in(snap, "", link_classes(snap))
    assert (len(net), len(trunk), net.tier.tolist()) == (0, 0, [])
