"""The map of a generated network: every link is in one bundle, boxes can be read, rails are lanes."""

from __future__ import annotations

import pytest

from core.drawing.fabric_map import MOST_HOSTS, MOST_IN_LANE, MOST_LINES
from core.drawing.generated import generated_map
from core.fabrics.families import FAMILIES, generate


def test_rails_of_a_unit() -> None:
    found = generated_map(generate("rail-optimised", {"hosts": 32}))
    hosts, leafs, spines = found.tiers
    # 8 leafs of 32 down and 32 up with 4 spines, 8 links for each pair.
    assert (len(hosts), len(leafs), len(spines)) == (32, 8, 4)
    assert found.lanes == tuple(f"Rail {k}" for k in range(1, 9))
    assert [node.lane for node in leafs] == list(range(8))
    assert {node.lane for node in spines} == {-1}
    assert found.cables == 2 * 256
    up = [b for b in found.bundles if b.b.startswith("spine") or b.a.startswith("spine")]
    assert {(b.cables, b.rate_gbps) for b in up} == {(8, 400.0)}


def test_large_tiers_show_units() -> None:
    found = generated_map(generate("rail-optimised", {"hosts": 128}))
    hosts, leafs, spines = found.tiers
    assert [(node.label, node.count) for node in hosts] == [(f"su-{k}", 32) for k in range(1, 5)]
    assert (len(leafs), len(spines)) == (32, 16)
    assert found.cables == 2048


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_family_can_be_drawn(name: str) -> None:
    graph = generate(name, {})
    found = generated_map(graph)
    keys = {node.key for node in found.nodes}
    assert len(keys) == len(found.nodes)
    assert sum(node.count for node in found.nodes) == len(graph)
    inside = sum(count for *_, count in graph.edges(data="count")) - found.cables
    assert inside >= 0
    assert all({bundle.a, bundle.b} <= keys for bundle in found.bundles)
    assert len(found.bundles) <= 2 * MOST_LINES
    for tier, nodes in enumerate(found.tiers):
        assert len(nodes) <= (MOST_IN_LANE if tier else MOST_HOSTS)
