"""Slim Fly. Counts: M. Besta, T. Hoefler, SC14, and the generators of the CODES network model."""

import networkx as nx
import pytest

from core.fabrics.family import Need, ParameterError
from core.fabrics.finite_field import field
from core.fabrics.slim_fly import SlimFly, build, generators, proposals, sizes
from tests.fabrics.graphs import degrees, diameter, links_between, routers_of


@pytest.mark.parametrize(
    ("q", "ports", "hosts", "routers", "degree", "links"),
    [(5, 3, 150, 50, 7, 175), (13, 10, 3380, 338, 19, 3211), (19, 15, 10_830, 722, 29, 10_469)],
)
def test_published_counts(q, ports, hosts, routers, degree, links):
    """Five: CODES, with fewer hosts than the paper's half of the router links, rounded up."""
    counted = sizes(SlimFly(q=q, host_ports=3 if q == 5 else 0))
    assert counted.devices["host"] == ports * routers
    assert counted.devices == {"router": routers, "host": hosts}
    assert counted.links["router", "router"] == links == routers * degree / 2


@pytest.mark.parametrize(
    ("q", "x", "other"),
    [
        (5, {1, 4}, {2, 3}),
        (13, {1, 10, 9, 12, 3, 4}, {6, 8, 2, 7, 5, 11}),
        (
            29,
            {1, 6, 7, 13, 20, 4, 24, 28, 23, 22, 16, 9, 25, 5},
            {8, 19, 27, 17, 15, 3, 18, 21, 10, 2, 12, 14, 26, 11},
        ),
    ],
)
def test_published_generators(q, x, other):
    assert tuple(map(set, generators(field(q)))) == (x, other)


@pytest.mark.parametrize("q", [3, 4, 5, 7, 8, 9, 11, 13, 16, 19])
def test_diameter_is_two_and_the_graph_is_regular(q):
    """Also for prime powers: the degree is (3 q - delta) / 2 for q = 4 w + delta."""
    graph = build(SlimFly(q=q, host_ports=1))
    delta = {0: 0, 1: 1, 3: -1}[q % 4]
    assert degrees(graph) == {(3 * q - delta) // 2: 2 * q * q}
    assert diameter(graph) == 2


def test_for_five_it_is_the_graph_of_hoffman_and_singleton():
    """The only graph of degree 7 and 50 nodes in which two nodes are at most two hops apart (Moore bound)."""
    routers = routers_of(build(SlimFly(q=5)))
    assert nx.girth(routers) == 5
    assert nx.is_isomorphic(routers, nx.hoffman_singleton_graph())


@pytest.mark.parametrize("q", [5, 7, 8])
def test_two_groups_are_joined_by_two_q_links(q):
    assert set(links_between(build(SlimFly(q=q))).values()) == {2 * q}


@pytest.mark.parametrize(("q", "near"), [(6, (5, 7, 4)), (18, (17, 19, 16)), (63, (64, 61, 59))])
def test_no_prime_power(q, near):
    with pytest.raises(ParameterError, match="only for prime powers") as caught:
        sizes(SlimFly(q=q))
    assert caught.value.nearest == near
    assert caught.value.field == "q"


def test_proposal():
    """q = 8: 12 links and 6 host ports, 16 x 6 / 8 = 12 hosts in each of 8 groups; q = 9: 18 x 7 seats make
    2 x 7 hosts and 14 / 8 = 1 more in each of 9 groups, 135."""
    given = next(iter(proposals(Need(hosts=128))))
    assert given.q == 9
    assert sizes(given).devices["host"] == 135
    assert sizes(SlimFly(q=8, nics_per_host=8)).devices["host"] == 96
