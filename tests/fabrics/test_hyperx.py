"""HyperX. Counts: J. Ahn et al., SC09: prod(S) routers of T + sum(K (S - 1)) ports."""

import networkx as nx
import pytest

from core.fabrics.family import Need, ParameterError
from core.fabrics.hyperx import HyperX, build, proposals, sizes
from tests.fabrics.graphs import degrees, diameter, routers_of


def test_regular_four_by_four():
    given = HyperX(shape="4x4", links="1", host_ports=4)
    counted = sizes(given)
    assert counted.devices == {"router": 16, "host": 64}
    assert counted.links["router", "router"] == 48
    graph = build(given)
    assert {graph.degree(key) for key, tier in graph.nodes(data="tier") if tier} == {10}
    assert diameter(graph) == 2


def test_it_is_the_product_of_complete_graphs():
    routers = routers_of(build(HyperX(shape="2x3x4")))
    wanted = nx.cartesian_product(
        nx.cartesian_product(nx.complete_graph(2), nx.complete_graph(3)), nx.complete_graph(4)
    )
    assert nx.is_isomorphic(routers, wanted)
    assert nx.diameter(routers) == 3


def test_a_hypercube_is_one():
    assert nx.is_isomorphic(routers_of(build(HyperX(shape="2x2x2x2"))), nx.hypercube_graph(4))


def test_parallel_links():
    """3 x 2 routers, two links to each of 2 others along the first dimension, five to 1 along the second."""
    given = HyperX(shape="3x2", links="2x5", host_ports=1)
    graph = build(given)
    assert degrees(graph) == {9: 6}
    assert sizes(given).links["router", "router"] == 27
    assert graph["row-1/router-01"]["row-1/router-02"][0]["count"] == 5
    assert graph["row-1/router-01"]["row-2/router-01"][0]["count"] == 2


@pytest.mark.parametrize(
    ("values", "field", "near"),
    [
        ({"shape": "4x1"}, "shape", "4x2"),
        ({"shape": "4,4,300"}, "shape", "4x4x256"),
        ({"shape": "four"}, "shape", "4"),
        ({"shape": "4xx5"}, "shape", "4x5"),
        ({"shape": "4x4", "links": "1x2x3"}, "links", "1x2"),
        ({"shape": "4x4x4", "links": "3x2"}, "links", "3x2x1"),
        ({"links": "0"}, "links", "1"),
    ],
)
def test_shapes_that_are_none(values, field, near):
    with pytest.raises(ParameterError) as caught:
        sizes(HyperX(**values))
    assert caught.value.field == field
    assert caught.value.nearest == (near,)


def test_proposal_carries_full_bandwidth():
    """K S / 2 T = 1 at least: 12 x 12 routers with two links have 2 x 12 / 2 = 12 host ports, 8 for one
    host; 2 x 2 x 11 + 12 = 56 ports of 64. Twofold oversubscription: 32 routers in a line, 32 host ports."""
    given = next(iter(proposals(Need(hosts=128))))
    assert (given.shape, given.links, given.host_ports) == ("12x12", "2", 8)
    given = next(iter(proposals(Need(hosts=128, oversubscription=2.0))))
    assert (given.shape, given.links, given.host_ports) == ("32", "1", 32)
