"""Cubes and optical circuit switches. Counts: TPU v4 (N. Jouppi et al., ISCA 2023)."""

from collections import Counter

import networkx as nx
import pytest

from core.fabrics.family import ParameterError
from core.fabrics.optical_torus import OpticalTorus, build, sizes
from tests.fabrics.graphs import insides, links_between


def circuits_of(graph: nx.MultiGraph) -> Counter[frozenset[str]]:
    """Return the pairs of accelerators that the optical switches of a graph join."""
    found: Counter[frozenset[str]] = Counter()
    for ocs, data in graph.nodes(data=True):
        if data["role"] == "ocs":
            at = {
                edge["b_slots" if edge["b"] == ocs else "a_slots"][0]: peer
                for _, peer, edge in graph.edges(ocs, data=True)
            }
            found.update(frozenset((at[one], at[other])) for one, other in data["circuits"])
    return found


def test_published_pod():
    given = OpticalTorus(graph="switches")
    counted = sizes(given)
    assert counted.gpus == 4096
    assert counted.devices == {"chip": 4096, "ocs": 48}
    assert counted.links["chip", "ocs"] == 6144
    graph = build(given)
    fibres = links_between(graph)
    assert len(fibres) == 64
    assert set(fibres.values()) == {96}
    assert {graph.degree(key) for key, role in graph.nodes(data="role") if role == "ocs"} == {128}
    trays = Counter(key.rsplit("-chip-", 1)[0] for key in graph if "chip" in key)
    assert len(trays) == 64 * 16
    assert set(trays.values()) == {4}
    assert sum(circuits_of(graph).values()) == 3072


def test_all_cubes_in_one_slice_are_the_torus_of_sixteen():
    graph = build(OpticalTorus())
    assert sizes(OpticalTorus()).links == {("chip", "chip"): 3 * 4096}
    assert {degree for _, degree in graph.degree()} == {6}
    distance = Counter(nx.single_source_shortest_path_length(nx.Graph(graph), next(iter(graph))).values())
    ring = [1, *[2] * 7, 1]
    wanted: Counter[int] = Counter()
    for i, a in enumerate(ring):
        for j, b in enumerate(ring):
            for k, c in enumerate(ring):
                wanted[i + j + k] += a * b * c
    assert distance == wanted


@pytest.mark.parametrize(
    ("cube", "slices", "sides"),
    [("2x2x2", "2x2x2", [4, 4, 4]), ("3x3x3", "1x1x2", [3, 3, 6]), ("2x3x4", "3x1x1", [6, 3, 4])],
)
def test_a_slice_is_a_torus(cube, slices, sides):
    graph = build(OpticalTorus(cubes=8, cube=cube, tray="1x1x1", slices=slices))
    found = max(nx.connected_components(graph), key=len)
    assert nx.is_isomorphic(nx.Graph(graph.subgraph(found)), nx.grid_graph(sides, periodic=True))


def test_slices_are_apart_and_cubes_left_over_are_alone():
    """Of eight cubes of 8 four make a slice, two another, two are left."""
    graph = build(OpticalTorus(cubes=8, cube="2x2x2", tray="2x1x1", slices="2x2x1, 1x1x2"))
    assert sorted(map(len, nx.connected_components(graph))) == [8, 8, 16, 32]


@pytest.mark.parametrize("slices", ["2x2x2", "2x2x1, 1x1x3", "1x1x1", "1x8x1"])
def test_circuits_of_the_switches_are_the_links_that_are_measured(slices):
    values = {"cubes": 8, "cube": "2x2x3", "tray": "1x1x3", "slices": slices}
    wired, measured = build(OpticalTorus(graph="switches", **values)), build(OpticalTorus(**values))
    inside = Counter(frozenset(edge[:2]) for edge in wired.edges() if not any("ocs" in key for key in edge))
    direct = Counter(frozenset(edge[:2]) for edge in measured.edges())
    assert direct - inside == circuits_of(wired)
    assert len(set(insides(wired).values())) == 1


def test_a_slice_is_a_permutation_on_every_switch():
    graph = build(OpticalTorus(cubes=12, cube="2x2x2", tray="2x2x1", slices="2x2x2, 1x1x3", graph="switches"))
    switches = {ocs: circuits for ocs, circuits in graph.nodes(data="circuits") if circuits is not None}
    assert set(switches) == {key for key, role in graph.nodes(data="role") if role == "ocs"}
    assert len(switches) == 12  # 2 x 2 links through each of three pairs of faces
    for circuits in switches.values():
        assert sorted(one for one, _ in circuits) == list(range(0, 22, 2))
        assert sorted(other for _, other in circuits) == list(range(1, 23, 2))


@pytest.mark.parametrize(
    ("values", "field", "near"),
    [
        ({"slices": "4x4x5"}, "switch_ports", 160),
        ({"slices": "4x4x4", "cubes": 63}, "cubes", 64),
        ({"cubes": 70}, "switch_ports", 140),
        ({"slices": "100x100x100"}, "slices", "1x1x64"),
        ({"tray": "3x2x1"}, "tray", "2x2x1"),
        ({"cube": "4x4"}, "cube", "4x4x4"),
        ({"slices": "4x4x4,"}, "slices", "4x4x4"),
    ],
)
def test_parameters_that_have_no_network(values, field, near):
    with pytest.raises(ParameterError) as caught:
        sizes(OpticalTorus(**values))
    assert caught.value.field == field
    assert caught.value.nearest == (near,)
