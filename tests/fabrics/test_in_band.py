"""In-band networks against the bill of cables of the H100 SuperPOD."""

import pytest

from core.fabrics.family import ParameterError
from core.fabrics.in_band import InBand, build, pairs_of, sizes

H100 = InBand(hosts=127, routers=2)


def test_cables_of_the_h100_superpod():
    """NVIDIA DGX SuperPOD H100 RA (RA-11333-001 V11), tables 7 and 8: eight switches; 254 node, 8
    management and 8 NFS cables, 24 from leafs to cores, 6 between leafs, 4 to the site: 304."""
    found = sizes(H100)
    assert found.devices["leaf"] + found.devices["core"] == 8
    assert found.links == {
        ("host", "leaf"): 254,
        ("manager", "leaf"): 8,
        ("storage", "leaf"): 8,
        ("leaf", "leaf"): 6,
        ("leaf", "core"): 24,
        ("core", "router"): 4,
    }
    assert sum(found.links.values()) == 304


def test_bonded_ports_are_on_both_switches_of_a_pair_at_the_same_port():
    graph = build(H100)
    for key, data in graph.nodes(data=True):
        if data["tier"] == 0:
            edges = sorted(
                (edge["a_slots"], edge["b"], edge["b_slots"]) for _, _, edge in graph.edges(key, data=True)
            )
            (one, leaf_1, slot_1), (two, leaf_2, slot_2) = edges
            assert (one, two) == ((0,), (1,))
            assert (leaf_1, leaf_2) == (f"{data['unit']}/leaf-1", f"{data['unit']}/leaf-2")
            assert slot_1 == slot_2


def test_a_pair_takes_what_uplinks_leave():
    """64 ports less four uplinks and two in the pair are 58 devices: 50 hosts, 4 servers and 4 stores."""
    assert pairs_of(InBand(hosts=50)) == 1
    assert pairs_of(InBand(hosts=51)) == 2


def test_impossible_parameters_name_the_nearest_that_work():
    with pytest.raises(ParameterError) as error:
        build(InBand(ports_per_host=3))
    assert (error.value.field, error.value.nearest) == ("ports_per_host", (2, 4))
    with pytest.raises(ParameterError) as error:
        build(InBand(hosts=5000))
    assert sizes(InBand(hosts=error.value.nearest[0])).devices["host"] == error.value.nearest[0]
