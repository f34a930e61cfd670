"""Rails and planes found in the wiring are those that the generators say they made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.engine.rails import HostEnds, Wiring, wiring_of
from core.engine.topology import Topology, topology_of
from core.fabrics.families import generate


def wired(net: Topology, graph: Any) -> Wiring:
    """The wiring of a generated graph: the first slot of a link at its host is the host's port."""
    number = {key: row for row, key in enumerate(graph.nodes)}
    rows = [
        (number[leaf], number[host], slot)
        for _, _, edge in graph.edges(data=True)
        for leaf, host, slots in (
            (edge["b"], edge["a"], edge["a_slots"]),
            (edge["a"], edge["b"], edge["b_slots"]),
        )
        if graph.nodes[host]["role"] == "host" and graph.nodes[leaf]["tier"] == 1
        for slot in slots
    ]
    leaf, host, slot = np.array(rows, np.int64).reshape(-1, 3).T
    port = np.unique(slot, return_inverse=True)[1].reshape(-1)
    return wiring_of(net.tier, net.a, net.b, net.count, HostEnds(leaf, host, port, np.arange(len(leaf))))


def assert_same_parts(found: np.ndarray, said: np.ndarray) -> None:
    """Both number the same devices, and equal numbers here are equal numbers there."""
    assert ((found >= 0) == (said >= 0)).all()
    pairs = set(zip(found[found >= 0].tolist(), said[said >= 0].tolist(), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


@pytest.mark.parametrize(
    ("family", "values", "rails", "planes"),
    [
        ("rail-optimised", {"hosts": 127}, 8, 0),
        ("rail-optimised", {"hosts": 64, "planes": 2, "nic_gbps": 800.0, "port_gbps": 800.0}, 8, 2),
        ("rail-optimised", {"hosts": 64, "planes": 8, "plane_by": "nic"}, 8, 8),
        ("rail-optimised", {"hosts": 512, "tiers": 3}, 8, 0),
        ("dual-tor", {}, 8, 2),
        ("leaf-spine", {"hosts": 64}, 0, 0),
        ("collapsed-core", {}, 0, 0),
        ("fat-tree", {"switch_ports": 8}, 0, 0),
    ],
)
def test_rails_and_planes_of_a_family(family: str, values: dict[str, Any], rails: int, planes: int) -> None:
    graph = generate(family, values)
    net = topology_of(graph)
    found = wired(net, graph)
    assert (found.rails, found.planes) == (rails, planes)
    if rails:
        leafs = net.tier == 1
        assert_same_parts(found.rail[leafs], net.rail[leafs])
    if planes:
        assert_same_parts(found.plane[net.is_switch], net.plane[net.is_switch])


def test_rails_without_anything_above_are_networks_of_their_own() -> None:
    graph = generate("rail-only", {})
    found = wired(topology_of(graph), graph)
    assert (found.rails, found.planes) == (8, 8)
