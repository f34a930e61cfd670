"""Dragonfly. Counts: J. Kim et al., ISCA 2008: N = 4 h^4 + 2 h^2 terminals in 2 h^2 + 1 groups."""

from itertools import combinations

import pytest

from core.fabrics.dragonfly import Dragonfly, build, feasible_groups, global_links, proposals, sizes
from core.fabrics.family import Need, ParameterError
from tests.fabrics.graphs import degrees, diameter, links_between


def balanced(h: int, groups: int = 0) -> Dragonfly:
    return Dragonfly(routers_per_group=2 * h, host_ports=h, global_ports=h, groups=groups or 2 * h * h + 1)


@pytest.mark.parametrize(
    ("h", "groups", "terminals", "radix", "routers", "local", "between"),
    [(2, 9, 72, 7, 36, 54, 36), (4, 33, 1056, 15, 264, 924, 528)],
)
def test_published_counts(h, groups, terminals, radix, routers, local, between):
    given = balanced(h)
    counted = sizes(given)
    assert given.groups == groups
    assert counted.devices == {"router": routers, "host": terminals}
    assert counted.links["router", "router"] == local + between
    graph = build(given)
    assert {graph.degree(key) for key, role in graph.nodes(data="role") if role == "router"} == {radix}
    assert sum(links_between(graph).values()) == between
    assert diameter(graph) == 3


@pytest.mark.parametrize("h", [1, 2, 3, 4])
def test_one_global_link_for_each_pair_of_groups(h):
    graph = build(balanced(h))
    units = {unit for _, unit in graph.nodes(data="unit")}
    assert links_between(graph) == {frozenset(pair): 1 for pair in combinations(units, 2)}


def test_palm_tree_rule():
    """Group g, router r, global port j with d = r h + j + 1: to group g - d, router (a h - d) // h."""
    a, h, groups = 4, 2, 9
    joined = set()
    for g in range(groups):
        for r in range(a):
            for j in range(h):
                d = r * h + j + 1
                other = ((g - d) % groups, (a * h - d) // h, (a * h - d) % h)
                joined.add(frozenset(((g, r, j), other)))
    made = {
        frozenset(((g, k // h, k % h), (other, far // h, far % h)))
        for g, k, other, far in global_links(a * h, groups)
    }
    assert made == joined


@pytest.mark.parametrize("groups", [2, 3, 5, 9])
def test_fewer_groups_keep_all_global_ports(groups):
    """Eight global ports of a group over the others: 8, 4, 2 and 1 links to each."""
    graph = build(balanced(2, groups))
    assert degrees(graph) == {5: 4 * groups}
    assert set(links_between(graph).values()) == {8 // (groups - 1)}
    ends = [(g, k) for link in global_links(8, groups) for g, k in (link[:2], link[2:])]
    assert sorted(ends) == [(g, k) for g in range(groups) for k in range(8)]


def test_parallel_links_are_spread_over_routers():
    """With three groups a router's two global ports lead to both others."""
    graph = build(balanced(2, 3))
    for router in ("group-01/router-01", "group-02/router-03"):
        assert len({graph.nodes[peer]["unit"] for peer in graph[router]}) == 3


@pytest.mark.parametrize(("groups", "near"), [(4, (3, 5, 2)), (8, (9, 5, 3)), (20, (9, 5, 3))])
def test_groups_that_leave_ports_over(groups, near):
    assert feasible_groups(8) == [2, 3, 5, 9]
    with pytest.raises(ParameterError, match="8 global ports") as caught:
        sizes(balanced(2, groups))
    assert caught.value.nearest == near
    assert caught.value.field == "groups"


def test_proposal_takes_the_fewest_routers():
    """h = 16 has radix 63, 32 routers a group with 512 seats, 64 hosts of 8 ports: two groups for 128."""
    given = next(iter(proposals(Need(hosts=128))))
    assert (given.routers_per_group, given.host_ports, given.groups) == (32, 16, 2)
    assert sizes(given).devices["host"] == 128
