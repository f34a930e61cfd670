"""Three equal layers against what is published of MegaScale."""

import pytest

from core.fabrics.family import ParameterError
from core.fabrics.three_layer import ThreeLayer, build, sizes


def test_the_published_set_of_tors():
    """Jiang et al., MegaScale, NSDI 2024: 32 of 64 ports down, split into 64 of 200G: 64 servers on 8
    ToRs."""
    found = ThreeLayer()
    assert (found.half, found.hosts_per_set) == (32, 64)
    graph = build(ThreeLayer(hosts=64))
    tors = [key for key, role in graph.nodes(data="role") if role == "leaf"]
    assert len(tors) == 8
    for tor in tors:
        hosts = [edge for _, _, edge in graph.edges(tor, data=True) if edge["gbps"] == 200]
        assert len(hosts) == 64
        assert sorted(edge["b_slots"][0] for edge in hosts) == list(range(64))


def test_twelve_thousand_gpus_without_oversubscription():
    """12,288 GPUs are 1,536 servers: 24 sets, 192 ToRs with 32 links up; every layer has as many links."""
    found = sizes(ThreeLayer())
    assert found.gpus == 12_288
    assert found.devices["leaf"] == 192
    assert found.links["host", "leaf"] * 200 == found.links["leaf", "spine"] * 400
    assert found.links["leaf", "spine"] == found.links["spine", "core"] == 6_144


def test_the_nics_of_a_server_are_on_as_many_tors():
    graph = build(ThreeLayer(hosts=130, sets_per_pod=2))
    for key, data in graph.nodes(data=True):
        if data["role"] == "host":
            rails = {
                edge["a_slots"][0]: graph.nodes[edge["b"]]["rail"]
                for _, _, edge in graph.edges(key, data=True)
            }
            assert rails == {rail: rail for rail in range(8)}


def test_three_layers_reach_64_pods():
    """64 pods of 2,048 GPUs: with one link of each aggregation switch to each of 32 cores of its group."""
    assert sizes(ThreeLayer(hosts=64 * 256)).gpus == 131_072
    with pytest.raises(ParameterError, match="join 65 pods") as error:
        build(ThreeLayer(hosts=64 * 256 + 1))
    assert (error.value.field, error.value.nearest) == ("hosts", (16_384,))
