"""Out-of-band networks against the bill of cables of the H100 SuperPOD."""

import pytest

from core.fabrics.family import ParameterError
from core.fabrics.out_of_band import OutOfBand, build, sizes

H100 = OutOfBand(hosts=127)


def test_cables_of_the_h100_superpod():
    """NVIDIA DGX SuperPOD H100 RA (RA-11333-001 V11), tables 7 and 8: eight switches; 127 node, 64
    InfiniBand switch, 8 management and UFM, 8 in-band switch and 108 PDU cables, 2 between UFM appliances,
    16 uplinks: 333."""
    found = sizes(H100)
    assert found.devices["leaf"] == 8
    assert found.links == {
        ("host", "leaf"): 127,
        ("manager", "leaf"): 8,
        ("fabric-switch", "leaf"): 64,
        ("in-band-switch", "leaf"): 8,
        ("pdu", "leaf"): 108,
        ("manager", "manager"): 2,
        ("leaf", "core"): 16,
    }
    assert sum(found.links.values()) == 333


def test_uplinks_of_a_switch_go_to_different_ones():
    graph = build(H100)
    for key, role in graph.nodes(data="role"):
        if role == "leaf":
            up = [edge for _, _, edge in graph.edges(key, data=True) if edge["gbps"] == 100]
            assert {edge["b"] for edge in up} == {"uplink-1", "uplink-2"}
            assert sorted(edge["a_slots"] for edge in up) == [(48,), (148,)]


def test_fast_uplinks_are_beside_the_ports_of_devices():
    graph = build(H100)
    slots = [
        slot
        for _, _, edge in graph.edges(data=True)
        if edge["gbps"] == 1 and graph.nodes[edge["b"]]["role"] == "leaf"
        for slot in edge["b_slots"]
    ]
    assert len(slots) > 48
    assert max(slots) < 48


def test_too_few_switches_name_how_many_are_needed():
    """323 ports; shared out evenly on seven switches one would have 49."""
    with pytest.raises(ParameterError, match="too few") as error:
        build(OutOfBand(hosts=127, switches=7))
    assert (error.value.field, error.value.nearest) == ("switches", (8, 0))
