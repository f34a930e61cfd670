"""Pods of racks against the published network of Llama 3."""

import pytest

from core.fabrics.family import ParameterError
from core.fabrics.pods import Pods, build, sizes


def test_the_published_cluster():
    """The Llama 3 Herd of Models, arXiv 2407.21783: racks of 16 GPUs with one ToR, 192 racks make a pod of
    3,072, 8 pods make 24K."""
    found = sizes(Pods())
    assert found.gpus == 24_576
    assert found.devices["leaf"] == 1_536
    graph = build(Pods())
    in_pod = [data for _, data in graph.nodes(data=True) if data["unit"].startswith("pod-3")]
    assert sum(data.get("gpus", 0) for data in in_pod) == 3_072
    assert sum(data["role"] == "leaf" for data in in_pod) == 192


def test_a_pod_has_full_bisection_and_pods_meet_at_seven_to_one():
    found = sizes(Pods())
    assert found.links["leaf", "spine"] == found.links["host", "leaf"] == 24_576
    ratio = found.links["leaf", "spine"] / found.links["spine", "core"]
    assert 6.9 < ratio <= 7


def test_pairs_of_switches_have_equally_many_links():
    graph = build(Pods(hosts=64, racks_per_pod=8))
    per_tier: dict[tuple[int, int], set[int]] = {}
    for a, b, count in graph.edges(data="count"):
        tiers = tuple(sorted((graph.nodes[a]["tier"], graph.nodes[b]["tier"])))
        per_tier.setdefault(tiers, set()).add(count)
    assert {tiers: len(counts) for tiers, counts in per_tier.items()} == {(0, 1): 1, (1, 2): 1, (2, 3): 1}


def test_all_nics_of_a_rack_are_on_its_switch():
    graph = build(Pods(hosts=8, racks_per_pod=2))
    for key, data in graph.nodes(data=True):
        if data["role"] == "host":
            (tor,) = graph[key]
            assert tor == f"{data['unit']}/tor"


def test_impossible_racks_name_the_largest():
    """A rack of n hosts has 8 n links down and as many up: 4 fill 64 ports."""
    with pytest.raises(ParameterError) as error:
        build(Pods(hosts_per_rack=6))
    assert (error.value.field, error.value.nearest) == ("hosts_per_rack", (4,))
