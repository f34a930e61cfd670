"""Storage networks: devices by capacity and bandwidth, and the published counts of switches."""

import pytest
from msgspec.structs import replace

from core.fabrics.family import ParameterError
from core.fabrics.storage import Storage, build, devices_for, sizes


def test_switches_of_the_b200_superpod():
    """NVIDIA DGX SuperPOD B200 RA, figure 3.2 (four units): 8 storage leafs and 4 spines. With 16 storage
    nodes of two ports: 32 host ports, 4 storage ports and 28 uplinks fill the 64 ports of a leaf."""
    found = sizes(Storage(hosts=127, usable_pb=16 * 0.0605))
    assert found.devices == {"host": 127, "storage": 16, "leaf": 8, "spine": 4}
    assert found.links == {("host", "leaf"): 254, ("storage", "leaf"): 32, ("leaf", "spine"): 8 * 28}


@pytest.mark.parametrize(
    ("changes", "reason", "number"),
    [
        ({"usable_pb": 2.0}, "capacity", 34),
        ({"read_gb_s": 2.0}, "read", 29),
        ({"write_gb_s": 1.0}, "write", 32),
    ],
)
def test_the_largest_of_capacity_read_and_write_counts(changes, reason, number):
    """128 hosts of 8 GPUs: 2 / 0.0605 = 33.1; 1,024 * 2 / 71 = 28.8; 1,024 * 1 / 32 = 32."""
    asked = devices_for(Storage(**changes))
    assert asked[reason] == max(asked.values()) == number
    assert sizes(Storage(**changes)).devices["storage"] == number


def test_capacity_of_a_published_store():
    """Llama 3 (arXiv 2407.21783): 240 PB on 7,500 servers, 2 TB/s sustained: 32 TB and 0.27 GB/s each."""
    store = Storage(hosts=3072, usable_pb=240.0, read_gb_s=2000 / 24_576, write_gb_s=0.0)
    asked = devices_for(replace(store, device_pb=0.032, device_read_gb_s=2000 / 7500))
    assert (asked["capacity"], asked["read"]) == (7500, 7500)


def test_ports_of_hosts_and_devices_are_on_different_leafs():
    graph = build(Storage(hosts=70))
    for key, data in graph.nodes(data=True):
        if data["tier"] == 0:
            assert len(graph[key]) == 2
            assert all(edge["count"] == 1 for _, _, edge in graph.edges(key, data=True))


def test_uplinks_carry_storage_one_to_one_and_hosts_four_to_three():
    graph = build(Storage())
    leafs = [key for key, role in graph.nodes(data="role") if role == "leaf"]
    assert len(leafs) >= 2
    for leaf in leafs:
        links = {"host": 0, "storage": 0, "spine": 0}
        for other, edges in graph[leaf].items():
            links[graph.nodes[other]["role"]] += sum(edge["count"] for edge in edges.values())
        assert links["spine"] >= links["storage"] + links["host"] * 3 / 4


def test_too_many_hosts_for_two_tiers():
    with pytest.raises(ParameterError, match="do not join 5000 hosts") as error:
        build(Storage(hosts=5000))
    assert error.value.field == "switch_ports"
    assert sizes(Storage(hosts=5000, switch_ports=error.value.nearest[0])).devices["host"] == 5000


def test_too_many_devices_are_cured_by_switches_that_exist():
    """100 PB of 0.0605 PB each are 1,653 devices; no switch has the 86 ports that would be just enough."""
    asked = Storage(usable_pb=100.0, read_gb_s=1.0)
    with pytest.raises(ParameterError, match="1653 devices, which the capacity asks for") as error:
        sizes(asked)
    assert (error.value.field, error.value.nearest) == ("switch_ports", (128, 144, 256))
    assert sizes(replace(asked, switch_ports=128)).devices["storage"] == 1653


def test_devices_that_no_switches_join_are_told_to_be_larger():
    asked = Storage(hosts=512, usable_pb=80_000.0, switch_ports=576)
    with pytest.raises(ParameterError, match="which the capacity asks for") as error:
        sizes(asked)
    assert error.value.field == "device_pb"
    assert error.value.nearest
    for larger in error.value.nearest:
        devices = sizes(replace(asked, device_pb=larger)).devices["storage"]
        assert devices >= -(-80_000.0 // larger)  # capacity, or the rate if that asks for more


@pytest.mark.parametrize(
    ("values", "field"),
    [({"hosts": 64, "usable_pb": 50_000.0}, "usable_pb"), ({"hosts": 100_000}, "hosts")],
)
def test_what_is_named_where_no_switch_and_no_device_would_do_makes_a_network(values, field):
    asked = Storage(**values)
    with pytest.raises(ParameterError) as error:
        sizes(asked)
    assert error.value.field == field
    assert error.value.nearest
    for value in error.value.nearest:
        assert sizes(replace(asked, **{field: value})).devices["leaf"] >= 2
