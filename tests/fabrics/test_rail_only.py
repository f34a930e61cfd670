"""Rail-only networks: no link between rails, and no more switches than each rail needs."""

import networkx as nx
import pytest

from core.fabrics.family import ParameterError
from core.fabrics.rail_only import RailOnly, build, sizes


def test_rails_are_joined_by_hosts_alone():
    """Wang et al., arXiv 2307.12169: only GPUs of the same rank are connected."""
    graph = build(RailOnly(hosts=100))
    switches = graph.subgraph([key for key, tier in graph.nodes(data="tier") if tier])
    rails = [{graph.nodes[key]["rail"] for key in piece} for piece in nx.connected_components(switches)]
    assert sorted(rails, key=sorted) == [{rail} for rail in range(8)]
    for a, b, edge in graph.edges(data=True):
        if graph.nodes[edge["a"]]["role"] == "host":
            assert graph.nodes[edge["b"]]["rail"] == edge["a_slots"][0], (a, b)


def test_one_switch_for_a_rail_that_fits_on_it():
    found = sizes(RailOnly(hosts=64))
    assert found.devices == {"host": 64, "leaf": 8}
    assert found.links == {("host", "leaf"): 512}


def test_two_tiers_beyond_one_switch():
    """65 hosts: 32 to a leaf makes 3 leafs with 32 uplinks; two spines would do with 48 links each."""
    found = sizes(RailOnly(hosts=65))
    assert found.devices == {"host": 65, "leaf": 24, "spine": 16}
    assert found.links["leaf", "spine"] == 8 * 3 * 32


def test_oversubscribed_leafs_take_more_hosts():
    """3 : 1 on 64 ports: 48 down and 16 up; 480 hosts are 10 leafs of a rail, 160 links, 4 spines of 40
    links."""
    found = sizes(RailOnly(hosts=480, oversubscription=3.0))
    assert found.devices == {"host": 480, "leaf": 80, "spine": 32}


def test_two_tiers_reach_half_the_square_of_the_ports():
    assert sizes(RailOnly(hosts=2048)).devices["spine"] == 8 * 32
    with pytest.raises(ParameterError, match="do not join") as error:
        build(RailOnly(hosts=2049))
    assert (error.value.field, error.value.nearest) == ("hosts", (2048,))
