"""Jellyfish: random regular graphs."""

from random import Random

import networkx as nx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.fabrics.families import FAMILIES
from core.fabrics.family import Need, ParameterError
from core.fabrics.random_regular import (
    Jellyfish,
    build,
    connected,
    full_rate,
    proposals,
    regular_pairs,
    sizes,
)
from tests.fabrics.graphs import degrees, port_map, routers_of


def test_counts():
    """TopoBench: 120 switches with 6 links and 6 servers."""
    given = Jellyfish(routers=120, network_ports=6, host_ports=6)
    assert sizes(given).devices == {"router": 120, "host": 720}
    assert sizes(given).links == {("host", "router"): 720, ("router", "router"): 360}
    assert degrees(build(given, 1)) == {6: 120}


@given(st.integers(4, 40), st.integers(1, 39), st.integers(0, 99))
def test_graphs_are_regular_and_simple(n, degree, seed):
    if degree >= n or n * degree % 2:
        return
    pairs = regular_pairs(n, degree, Random(seed))
    assert all(a < b for a, b in pairs)
    graph = nx.Graph(pairs)
    assert set(dict(graph.degree()).values()) == {degree}
    assert len(graph) == n


def test_all_graphs_are_about_equally_likely():
    """Of the 70 cubic graphs on six labelled nodes 10 have no triangle (K3,3), 60 are prisms."""
    random = Random(0)
    drawn = [frozenset(regular_pairs(6, 3, random)) for _ in range(7000)]
    assert len(set(drawn)) == 70
    without = sum(not any(nx.triangles(nx.Graph(list(pairs))).values()) for pairs in drawn)
    assert without / 7000 == pytest.approx(1 / 7, abs=0.02)


def test_graphs_that_are_not_connected_are_drawn_again():
    two = {(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)}
    ring = {(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)}
    draws = iter([two, two, ring])
    assert connected(lambda random: next(draws), 6, 0) == ring
    with pytest.raises(ParameterError, match="is connected"):
        connected(lambda random: two, 6, 0)


def test_the_seed_makes_the_graph():
    given = Jellyfish(routers=40, network_ports=5)
    assert port_map(build(given, 7)) == port_map(build(given, 7))
    assert port_map(build(given, 7)) != port_map(build(given, 8))
    assert build(given, 7).graph["seed"] == 7


def test_mean_distance_of_ninety_switches():
    """TopoBench notes: 2 E / (n (n - 1) mean distance) of two such graphs was 0.0189 and 0.0190."""
    for seed in range(3):
        routers = routers_of(build(Jellyfish(routers=90, network_ports=5, host_ports=1), seed))
        bound = 450 / (90 * 89 * nx.average_shortest_path_length(routers))
        assert bound == pytest.approx(0.019, rel=0.02)


@pytest.mark.parametrize(
    ("routers", "links", "field", "near"),
    [(9, 3, "routers", (8, 10)), (5, 5, "network_ports", (4,)), (4, 12, "network_ports", (3,))],
)
def test_graphs_that_there_are_none_of(routers, links, field, near):
    with pytest.raises(ParameterError) as caught:
        sizes(Jellyfish(routers=routers, network_ports=links))
    assert caught.value.field == field
    assert caught.value.nearest == near


def test_a_host_needs_as_many_ports_on_its_router():
    with pytest.raises(ParameterError, match="6 host ports and a host takes 8") as caught:
        sizes(Jellyfish(host_ports=6, nics_per_host=8))
    assert caught.value.nearest == (8,)


@given(st.integers(4, 60), st.integers(3, 20), st.integers(0, 9))
def test_no_graph_is_better_than_the_bound(n, degree, seed):
    assume(degree < n and n * degree % 2 == 0)
    graph = nx.Graph(regular_pairs(n, degree, Random(seed)))
    assume(nx.is_connected(graph))
    assert degree / nx.average_shortest_path_length(graph) <= full_rate(n, degree, 1) + 1e-9


def test_proposal_leaves_no_less_than_the_bound_asks_for():
    """33 routers all joined (32 links) with 32 host ports each carry 132 hosts of 8 at full rate; with 40
    host ports 27 routers would do, but they can have only 24 links, less than their hosts send."""
    given = next(iter(proposals(Need(hosts=128))))
    assert (given.routers, given.network_ports, given.host_ports) == (33, 32, 32)
    assert full_rate(33, 32, 32) == 1
    assert full_rate(27, 24, 40) < 1


def test_few_hosts_leave_ports_of_switches_free():
    """16 GPUs: the 8 ports of a host need 8 links to 8 other routers, so 9 of 64 ports with 16 in use. Of 512
    GPUs three hosts (24 ports) to a router need 24 links, so 25 routers; two to a router would be 32 routers,
    four 33."""
    few, more = (next(iter(proposals(Need(hosts=hosts)))) for hosts in (2, 64))
    assert (few.routers, few.network_ports, few.host_ports) == (9, 8, 8)
    assert sizes(few).links["router", "router"] == 36
    assert (more.routers, more.network_ports, more.host_ports) == (25, 24, 24)
    assert build(more, 1).number_of_edges() == 25 * 3 + 25 * 24 // 2


def test_oversubscription_needs_fewer_links():
    """Two to one: four links for the 8 ports of a host, so 5 routers."""
    given = next(iter(proposals(Need(hosts=2, oversubscription=2.0))))
    assert (given.routers, given.network_ports) == (5, 4)


@given(st.integers(1, 60), st.integers(1, 4), st.sampled_from((8, 16, 24)), st.sampled_from((1.0, 2.0)))
def test_no_smaller_graph_would_do(hosts, nics, ports, oversubscription):
    need = Need(
        hosts=hosts,
        gpus_per_host=nics,
        nics_per_host=nics,
        switch_ports=ports,
        oversubscription=oversubscription,
    )
    whole = {
        "jellyfish": lambda n, links: n * links % 2 == 0,
        "xpander": lambda n, links: n % (links + 1) == 0,
    }
    for name, fits in whole.items():
        given = next(iter(FAMILIES[name].proposals(need)), None)
        for n in range(4, min(given.routers if given else 100, 100)):
            taken = -(-hosts // n) * nics
            possible = [links for links in range(3, min(n - 1, ports - taken) + 1) if fits(n, links)]
            assert all(full_rate(n, links, taken) * oversubscription < 1 for links in possible), (n, possible)
