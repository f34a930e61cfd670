"""Dragonfly+. Counts: A. Shpiner et al., HiPINEB 2017: p = l = s = h = k/2, s h + 1 groups."""

from itertools import combinations

import pytest

from core.fabrics.dragonfly_plus import DragonflyPlus, build, proposals, sizes
from core.fabrics.family import Need, ParameterError
from tests.fabrics.graphs import diameter, links_between


def test_largest_of_eight_port_switches():
    given = DragonflyPlus()
    counted = sizes(given)
    assert counted.devices == {"leaf": 68, "spine": 68, "host": 272}
    assert counted.switches == 136
    assert counted.links == {("host", "leaf"): 272, ("leaf", "spine"): 272, ("spine", "spine"): 136}
    graph = build(given)
    assert {graph.degree(key) for key, tier in graph.nodes(data="tier") if tier} == {8}
    units = {unit for _, unit in graph.nodes(data="unit")}
    assert links_between(graph) == {frozenset(pair): 1 for pair in combinations(units, 2)}


def test_hosts_on_leafs_and_global_links_on_spines():
    graph = build(DragonflyPlus(groups=5))
    for a, b in graph.edges():
        one, other = graph.nodes[a], graph.nodes[b]
        roles = {one["role"], other["role"]}
        if one["unit"] == other["unit"]:
            assert roles in ({"host", "leaf"}, {"leaf", "spine"})
        else:
            assert roles == {"spine"}
    assert set(links_between(graph).values()) == {4}


def test_diameter():
    """A link of every spine to every group: leaf, spine, spine, leaf. One link only: two hops more between
    spines that do not have it."""
    assert diameter(build(DragonflyPlus(groups=5))) == 3
    assert diameter(build(DragonflyPlus())) == 5


def test_unequal_leafs_and_spines():
    """3 leafs and 2 spines a group, 2 spines x 3 ports over 3 others: 2 links for each of 6 pairs."""
    given = DragonflyPlus(leafs_per_group=3, spines_per_group=2, global_ports=3, groups=4, host_ports=2)
    assert sizes(given).devices == {"leaf": 12, "spine": 8, "host": 24}
    assert sizes(given).links == {("host", "leaf"): 24, ("leaf", "spine"): 24, ("spine", "spine"): 12}
    assert set(links_between(build(given)).values()) == {2}


def test_groups_that_leave_ports_over():
    with pytest.raises(ParameterError, match="16 global ports") as caught:
        sizes(DragonflyPlus(groups=8))
    assert caught.value.nearest == (9, 5, 3)


def test_proposal_takes_the_fewest_switches():
    """Two groups for 128 hosts of 8 ports: half^2 >= 512 seats a group, so 23 of each."""
    given = next(iter(proposals(Need(hosts=128))))
    assert (given.leafs_per_group, given.groups) == (23, 2)
