"""Dual-ToR rails against the published pod, and the rules of their wiring."""

from collections import defaultdict

import networkx as nx
import numpy as np
import pytest

from core.engine.throughput.demand import ports_of
from core.engine.topology import topology_of
from core.fabrics.dual_tor import FAMILY, DualTor, build, sizes
from core.fabrics.family import ParameterError
from core.fabrics.weave import sizes_of

SMALL = DualTor(hosts=5, hosts_per_segment=2, backup_hosts=1, segments_per_pod=2, uplinks=4, core_uplinks=2)


def test_the_published_pod():
    """K. Qian et al., "Alibaba HPN", SIGCOMM 2024: 15 segments of 1,024 GPUs make a pod of 15,360; 60
    aggregation switches in each of two planes, each with 120 links down and 8 up (15 : 1)."""
    found = sizes(DualTor(hosts=1920, backup_hosts=0))
    assert found.gpus == 15_360
    assert (found.devices["leaf"], found.devices["spine"]) == (15 * 8 * 2, 120)
    assert found.links["leaf", "spine"] == 120 * 120
    assert found.links["spine", "core"] == 120 * 8


def test_backup_hosts_are_wired_to_ports_above_the_others():
    found = sizes(DualTor(hosts=128))
    assert found.devices["host"] == 136
    graph = build(SMALL)
    backup = [key for key, spare in graph.nodes(data="backup") if spare]
    assert len(backup) == 3
    slots = {edge["b_slots"] for _, _, edge in graph.edges(backup, data=True)}
    assert slots == {(2,)}


def test_gpus_of_backup_hosts_do_not_count_and_send_nothing():
    """HPN: 128 active hosts and 8 backup hosts in a segment; 512 hosts in four of them are 4,096 GPUs."""
    found = sizes(DualTor())
    assert (found.devices["host"], found.gpus) == (512 + 4 * 8, 4096)
    graph = build(SMALL)
    assert sizes_of(graph) == sizes(SMALL)
    net = topology_of(graph)
    spare = np.array([data.get("backup", False) for data in graph.nodes.values()])
    assert spare.sum() == 3
    assert not set(np.flatnonzero(spare)) & set(ports_of(net).host.tolist())
    assert len(set(ports_of(net).host.tolist())) == 5


def test_both_ports_of_a_nic_are_on_different_switches_of_its_rail():
    graph = build(SMALL)
    for host in (key for key, role in graph.nodes(data="role") if role == "host"):
        ports = {}
        for _, _, edge in graph.edges(host, data=True):
            ports[edge["a_slots"][0]] = graph.nodes[edge["b"]]
        assert sorted(ports) == list(range(16))
        for slot, tor in ports.items():
            assert (tor["rail"], tor["plane"]) == divmod(slot, 2)
        assert len({tor["name"] for tor in ports.values()}) == 16


def test_planes_share_no_switch():
    graph = build(SMALL)
    switches = graph.subgraph([key for key, tier in graph.nodes(data="tier") if tier])
    pieces = [{graph.nodes[key]["plane"] for key in piece} for piece in nx.connected_components(switches)]
    assert sorted(pieces, key=sorted) == [{0}, {1}]


def test_every_host_lives_on_when_a_plane_is_lost():
    graph = build(SMALL)
    left = graph.subgraph([key for key, plane in graph.nodes(data="plane") if plane != 1])
    assert nx.is_connected(left)
    assert {count for host, count in left.degree() if graph.nodes[host]["role"] == "host"} == {8}


def test_a_tor_has_one_link_to_every_aggregation_switch_of_its_plane_and_pod():
    graph = build(SMALL)
    spines = defaultdict(set)
    for key, data in graph.nodes(data=True):
        if data["role"] == "spine":
            spines[data["unit"], data["plane"]].add(key)
    for key, data in graph.nodes(data=True):
        if data["role"] == "leaf":
            above = [other for other in graph[key] if graph.nodes[other]["role"] == "spine"]
            assert set(above) == spines[data["unit"].split("/")[0], data["plane"]] != set()
            assert all(graph.number_of_edges(key, other) == 1 for other in above)


@pytest.mark.parametrize(
    ("wanted", "field", "nearest"),
    [
        (DualTor(uplinks=62), "hosts_per_segment", 124),
        (DualTor(segments_per_pod=16), "segments_per_pod", 15),
        (DualTor(nic_gbps=300.0), "nic_gbps", 200.0),
        (DualTor(hosts=4000, core_uplinks=0), "core_uplinks", 1),
    ],
)
def test_impossible_parameters_name_the_nearest_that_work(wanted, field, nearest):
    with pytest.raises(ParameterError) as error:
        build(wanted)
    assert error.value.field == field
    assert error.value.nearest[0] == nearest
    FAMILY.sizes(FAMILY.read(FAMILY.plain(wanted) | {field: nearest}))
