"""PolarFly. Counts: K. Lakhotia et al., SC22, and the README of the published artefact (q = 23)."""

from itertools import combinations

import numpy as np
import pytest

from core.fabrics.family import Need, ParameterError
from core.fabrics.finite_field import field
from core.fabrics.polar_fly import PolarFly, build, neighbours, proposals, sizes
from tests.fabrics.graphs import degrees, diameter, insides


def test_published_counts():
    counted = sizes(PolarFly(q=23))
    assert counted.devices["router"] == 553
    assert counted.links["router", "router"] == 6624
    graph = build(PolarFly(q=23, host_ports=1))
    assert degrees(graph) == {23: 24, 24: 529}
    assert diameter(graph) == 2


@pytest.mark.parametrize("q", [2, 3, 4, 5, 7, 8, 9])
def test_degrees_and_diameter(q):
    """q^2 + q + 1 routers of degree q + 1, the q + 1 quadrics of degree q; one port of those is free."""
    graph = build(PolarFly(q=q))
    assert degrees(graph) == {q: q + 1, q + 1: q * q}
    assert diameter(graph) == 2
    free = [
        key
        for key, data in graph.nodes(data=True)
        if data["role"] == "router" and graph.degree(key) == data["slots"] - 1
    ]
    assert len(free) == q + 1


@pytest.mark.parametrize("q", [3, 4, 8, 9])
def test_two_points_have_one_common_neighbour(q):
    """Two lines of a projective plane meet in one point."""
    near = neighbours(field(q))
    reach = np.zeros((len(near), len(near)), int)
    for point, others in enumerate(near):
        reach[point, others] = 1
    both = reach @ reach
    assert (both[~np.eye(len(near), dtype=bool)] == 1).all()
    assert (np.diagonal(both) == q + 1).all()


def test_odd_clusters_are_fans_beside_the_quadrics():
    """q = 5: five clusters of a middle, two triangles; six quadrics that are not joined."""
    inside = insides(build(PolarFly(q=5, host_ports=1)))
    assert sorted(inside) == [*(f"cluster-{n:02}" for n in range(1, 6)), "quadrics"]
    ends = [
        {item[0][0], item[1][0]}
        for item in inside["cluster-01"]
        if isinstance(item[0], tuple) and "host" not in item[0][0] + item[1][0]
    ]
    triangles = [("router-01", "router-02", "router-03"), ("router-01", "router-04", "router-05")]
    assert sorted(map(sorted, ends)) == sorted(
        list(pair) for triangle in triangles for pair in combinations(triangle, 2)
    )


def test_even_clusters_are_stars_and_meet_the_nucleus():
    graph = build(PolarFly(q=4, host_ports=1))
    middles = {peer for peer in graph["nucleus/router-01"] if "host" not in peer}
    assert middles == {f"cluster-0{n}/router-01" for n in range(1, 6)}
    assert all(graph.nodes[peer]["role"] == "router" for peer in middles)


def test_no_prime_power():
    with pytest.raises(ParameterError, match="only for prime powers") as caught:
        sizes(PolarFly(q=10))
    assert caught.value.nearest == (9, 11, 8)


def test_proposal():
    """q = 11: 6 host ports; a cluster of 11 takes 6 hosts and 18 / 8 = 2, the 12 quadrics 6 and 24 / 8 = 3:
    97 hosts. q = 13: 7 host ports, 13 x (7 + 4) + 7 + 5 = 155 hosts."""
    assert sizes(PolarFly(q=11, nics_per_host=8)).devices["host"] == 97
    given = next(iter(proposals(Need(hosts=128))))
    assert given.q == 13
    assert sizes(given).devices["host"] == 155
