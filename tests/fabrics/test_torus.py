"""The torus."""

import networkx as nx
import pytest

from core.fabrics.family import Need, ParameterError
from core.fabrics.torus import Torus, build, proposals, sizes
from tests.fabrics.graphs import degrees, diameter, links_between, routers_of


def test_counts():
    """Three links for each router."""
    counted = sizes(Torus(shape="4x5x6"))
    assert counted.devices == {"router": 120, "host": 120}
    assert counted.links == {("host", "router"): 120, ("router", "router"): 360}


@pytest.mark.parametrize("sides", [(5, 4), (4, 4, 4), (3, 5, 7), (6,), (3, 3, 3, 3)])
def test_it_is_the_grid_closed_to_rings(sides):
    graph = build(Torus(shape="x".join(map(str, sides))))
    routers = routers_of(graph)
    assert degrees(graph) == {2 * len(sides): routers.number_of_nodes()}
    assert nx.is_isomorphic(routers, nx.grid_graph(list(sides), periodic=True))
    assert diameter(graph) == sum(side // 2 for side in sides)


def test_girth():
    assert nx.girth(routers_of(build(Torus(shape="5x6")))) == 4
    assert nx.girth(routers_of(build(Torus(shape="3x6")))) == 3


def test_mean_hops():
    """In a ring of 4 the others are 1, 1 and 2 hops away: 4 in all. In 4 x 4 x 4: 3 x 16 x 4 over 63."""
    routers = routers_of(build(Torus(shape="4x4x4")))
    assert nx.average_shortest_path_length(routers) == pytest.approx(192 / 63)


def test_two_routers_along_a_dimension_have_two_links():
    graph = build(Torus(shape="2x4"))
    assert degrees(graph) == {4: 8}
    assert links_between(graph) == {frozenset(("row-1", "row-2")): 8}


def test_cut_across_the_first_dimension():
    """X x Y x Z cut in the middle of X: 2 Y Z links."""
    graph = build(Torus(shape="6x3x4"))
    low = {key for key, unit in graph.nodes(data="unit") if unit[:5] in ("row-1", "row-2", "row-3")}
    assert sum((a in low) != (b in low) for a, b in graph.edges()) == 2 * 3 * 4


def test_ports_lead_forward_and_back():
    """After the host port: port 1 forward along the first dimension, 2 back; then the second."""
    graph = build(Torus(shape="3x3"))
    ahead = graph["row-1/router-01"]["row-2/router-01"][0]
    assert (ahead["a"], ahead["a_slots"], ahead["b_slots"]) == ("row-1/router-01", (1,), (2,))
    behind = graph["row-1/router-01"]["row-1/router-03"][0]
    assert (behind["a"], behind["a_slots"], behind["b_slots"]) == ("row-1/router-03", (3,), (4,))


@pytest.mark.parametrize(
    ("text", "near"), [("4x1x4", "4x2x4"), ("4x2000", "4x1024"), ("", "4"), ("2x2x2x2x2x2x2", "2x2x2x2x2x2")]
)
def test_shapes_that_are_none(text, near):
    with pytest.raises(ParameterError) as caught:
        sizes(Torus(shape=text))
    assert caught.value.nearest == (near,)


@pytest.mark.parametrize(("hosts", "text"), [(8, "2x2x2"), (9, "2x2x3"), (128, "5x5x6"), (512, "8x8x8")])
def test_proposal_is_nearly_a_cube(hosts, text):
    given = next(iter(proposals(Need(hosts=hosts))))
    assert (given.shape, given.host_ports) == (text, 8)


def test_switches_too_small_for_the_host_and_six_directions():
    assert not list(proposals(Need(hosts=8, switch_ports=13)))
