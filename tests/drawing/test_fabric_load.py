"""Looks of the links of a network: by load, rate and medium, and of those that failed."""

from __future__ import annotations

import numpy as np
import pytest

from core.drawing.fabric_lanes import lanes_of
from core.drawing.fabric_load import (
    FAILED,
    PARTLY,
    broken,
    bundle_loads,
    link_loads,
    load_looks,
    medium_looks,
    plain_looks,
    rate_looks,
    trunks_of_graph,
)
from core.drawing.fabric_map import fabric_map
from core.drawing.placed import Placement
from core.drawing.schematic import schematic
from core.drawing.styles import STYLE_NAMES
from core.engine.expansion import Expansion
from core.engine.link_classes import link_classes
from core.engine.network import network
from core.engine.stage import Results
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all
from core.model.project import Project
from tests.drawing.fabrics import graph_of, rails


def drawn_of(project: Project):  # type: ignore[no-untyped-def]
    snapshot, results = Expansion(project).snapshot(), Results()
    results.of(link_classes, snapshot)
    found = results.of(network, snapshot).find("compute")
    assert found is not None
    return found.drawn


def test_loads_of_bundles_are_those_of_their_trunks() -> None:
    project = rails(hosts=8, rails=2)
    graph, drawn = graph_of(project), drawn_of(project)
    found = fabric_map(graph, Placement(project, "hall"), lanes_of(graph))
    trunk = trunks_of_graph(graph, drawn)
    assert np.array_equal(drawn.topology.count[trunk], graph.cables)
    load = ecmp(drawn.topology, all_to_all(drawn.topology))
    loads = bundle_loads(found, graph, link_loads(graph, drawn, load))
    tier = {node.key: node.tier for node in found.nodes}
    for bundle, its in zip(found.bundles, loads, strict=True):
        expected = 800.0 if tier[bundle.a] == 1 else 400.0
        assert (its.a_to_b_gbps, its.b_to_a_gbps) == pytest.approx((expected, expected))
        assert (its.capacity_gbps, its.share) == pytest.approx((expected, 1.0))


def test_both_directions_are_told_apart() -> None:
    project = rails(hosts=8, rails=2)
    graph, drawn = graph_of(project), drawn_of(project)
    found = fabric_map(graph, Placement(project, "hall"), lanes_of(graph))
    load = ecmp(drawn.topology, all_to_all(drawn.topology))
    # Nothing but what the first trunk carries from its lower device to its upper one.
    load.forward_gbps[:], load.backward_gbps[:] = 0.0, 0.0
    net, spine = drawn.topology, int(np.flatnonzero(drawn.topology.tier == 2)[0])
    at = int(np.flatnonzero((net.a == spine) | (net.b == spine))[0])
    (load.forward_gbps if net.b[at] == spine else load.backward_gbps)[at] = 200.0
    loads = bundle_loads(found, graph, link_loads(graph, drawn, load))
    tier = {node.key: node.tier for node in found.nodes}
    (mine,) = [(b, its) for b, its in zip(found.bundles, loads, strict=True) if its.share > 0]
    up = mine[1].a_to_b_gbps if tier[mine[0].b] == 2 else mine[1].b_to_a_gbps
    assert up == 200.0
    assert mine[1].a_to_b_gbps + mine[1].b_to_a_gbps == 200.0
    assert mine[1].share == 0.25


def test_lines_are_drawn_in_the_look_of_their_step() -> None:
    project = rails(hosts=2, rails=2)
    graph, drawn = graph_of(project), drawn_of(project)
    found = fabric_map(graph, Placement(project, "hall"), lanes_of(graph))
    load = ecmp(drawn.topology, all_to_all(drawn.topology))
    looks, colouring = load_looks(bundle_loads(found, graph, link_loads(graph, drawn, load)), found.bundles)
    # Hosts are full; 2 x 200 Gbit/s between the leafs over 1,600 is a quarter.
    assert {entry.name: entry.number for entry in colouring.entries if entry.number} == {
        "up to 25 %": 8,
        "75 to 100 %": 4,
    }
    lines = schematic(found, looks=looks).layers[1]
    assert {STYLE_NAMES[style] for style in lines.line_style.tolist()} == {"flow.1", "flow.4"}


def test_failed_links_are_dashed_and_leave_the_scale() -> None:
    project = rails(hosts=2, rails=2)
    graph, drawn = graph_of(project), drawn_of(project)
    found = fabric_map(graph, Placement(project, "hall"), lanes_of(graph))
    between = [k for k in range(len(graph.a)) if graph.tier[graph.a[k]] == 1]
    lost = np.zeros(len(graph.a), np.int64)
    lost[between[0]], lost[between[1]] = 2, 1
    plain, none = broken(plain_looks(found, "link.compute"), None, found.bundles, lost, keep_partly=False)
    assert none is None
    assert sorted(style for style in plain.styles if style != "link.compute") == [FAILED, PARTLY]
    assert "1 of 2 failed" in plain.texts
    load = ecmp(drawn.topology, all_to_all(drawn.topology))
    looks, colouring = load_looks(bundle_loads(found, graph, link_loads(graph, drawn, load)), found.bundles)
    looks, legend = broken(looks, colouring, found.bundles, lost, keep_partly=True)
    assert legend is not None
    assert {entry.name: entry.number for entry in legend.entries if entry.number} == {
        "up to 25 %": 5,
        "75 to 100 %": 4,
        "failed": 3,
    }


def test_classes_count_cables() -> None:
    project = rails(hosts=2, rails=2)
    graph = graph_of(project)
    found = fabric_map(graph, Placement(project, "hall"), lanes_of(graph))
    _, rates = rate_looks(found)
    assert [(entry.name, entry.number) for entry in rates.entries] == [("400G", 12)]
    media = ["" for _ in range(graph.snapshot.n_cables)]
    for row in graph.cable_rows[:3].tolist():
        media[row] = "DAC"
    looks, legend = medium_looks(found, graph, media)
    assert sum(entry.number for entry in legend.entries) + legend.missing == 12
    assert len(set(looks.styles)) == 2
    assert medium_looks(found, graph, [])[1].is_waiting
