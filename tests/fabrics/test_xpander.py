"""Xpander: random lifts of the complete graph."""

from collections import Counter
from itertools import combinations
from random import Random

import networkx as nx
import pytest

from core.fabrics.family import Need, ParameterError
from core.fabrics.xpander import Xpander, build, lifted_pairs, proposals, sizes
from tests.fabrics.graphs import degrees, links_between, port_map, routers_of


@pytest.mark.parametrize(("routers", "links"), [(231, 10), (90, 5)])
def test_published_sizes(routers, links):
    """TopoBench: 231 switches of degree 10 and 90 of degree 5: 11 meta-nodes of 21, 6 of 15."""
    given = Xpander(routers=routers, network_ports=links, host_ports=2)
    graph = build(given, 1)
    assert sizes(given).links["router", "router"] == routers * links / 2
    assert degrees(graph) == {links: routers}
    units = {unit for _, unit in graph.nodes(data="unit")}
    wanted = {frozenset(pair): routers // (links + 1) for pair in combinations(units, 2)}
    assert links_between(graph) == wanted
    assert nx.is_connected(routers_of(graph))


def test_each_pair_of_meta_nodes_is_matched():
    pairs = lifted_pairs(4, 6, Random(3))
    for a, b in combinations(range(4), 2):
        own = [(x, y) for x, y in pairs if (x // 6, y // 6) == (a, b)]
        assert Counter(x for x, _ in own) == Counter(range(6 * a, 6 * a + 6))
        assert Counter(y for _, y in own) == Counter(range(6 * b, 6 * b + 6))


def test_without_copies_it_is_the_complete_graph():
    assert nx.is_isomorphic(routers_of(build(Xpander(routers=6, network_ports=5))), nx.complete_graph(6))


def test_mean_distance_is_that_of_a_random_graph():
    """TopoBench: flow of a pair 0.01839 at 90 switches of degree 5, below the bound by the mean distance."""
    routers = routers_of(build(Xpander(routers=90, network_ports=5, host_ports=1), 2))
    bound = 450 / (90 * 89 * nx.average_shortest_path_length(routers))
    assert 0.01839 <= bound == pytest.approx(0.019, rel=0.02)


def test_the_seed_makes_the_graph():
    assert port_map(build(Xpander(), 3)) == port_map(build(Xpander(), 3))
    assert port_map(build(Xpander(), 3)) != port_map(build(Xpander(), 4))


@pytest.mark.parametrize(
    ("routers", "links", "near"), [(230, 10, (231, 220)), (5, 7, (8,)), (100, 5, (102, 96))]
)
def test_routers_that_make_no_equal_meta_nodes(routers, links, near):
    with pytest.raises(ParameterError, match="equal meta-nodes") as caught:
        sizes(Xpander(routers=routers, network_ports=links))
    assert caught.value.nearest == near


def test_proposal():
    """Two hosts on each of 256 routers: of the numbers of links that make whole meta-nodes (31, 15 ...) 31 is
    the most, and enough: 31 routers are one hop away and 224 two, 31 * 255 links over 16 * 479 hops."""
    given = next(iter(proposals(Need(hosts=512))))
    assert (given.routers, given.network_ports, given.host_ports) == (256, 31, 16)


def test_few_hosts_make_few_meta_nodes():
    """Two hosts of 8 ports: 8 links, so 9 meta-nodes of one router."""
    given = next(iter(proposals(Need(hosts=2))))
    assert (given.routers, given.network_ports, given.host_ports) == (9, 8, 8)
