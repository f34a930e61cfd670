"""Network diagrams."""

import networkx as nx
import pytest

from core.drawing.fabric_map import graph_map, tiers_of
from core.drawing.schematic import FRAME, schematic
from core.drawing.styles import STYLE_INDEX
from core.engine.evaluation import evaluate
from tests.drawing.fabrics import map_of, rails
from tests.report.samples import hall, unit


def _leaf_spine(leaves, spines):
    graph = nx.MultiGraph()
    for i in range(leaves):
        graph.add_node(f"l{i}", kind="switch", role="leaf", name=f"LEAF-{i + 1}")
        graph.add_node(f"h{i}", kind="server", name=f"H{i + 1}")
        graph.add_edge(f"h{i}", f"l{i}", count=8, rate_gbps=400.0)
    for j in range(spines):
        graph.add_node(f"s{j}", kind="switch", role="spine", name=f"SPINE-{j + 1}")
        for i in range(leaves):
            graph.add_edge(f"l{i}", f"s{j}", count=2, rate_gbps=800.0)
    return graph


@pytest.mark.parametrize(("leaves", "spines"), [(8, 4), (32, 24)])
def test_boxes_keep_apart_and_inside(leaves, spines):
    drawn = schematic(graph_map(_leaf_spine(leaves, spines)), style="link.compute", size=(380.0, 200.0))
    boxes = list(drawn.boxes.values())
    assert len(boxes) == 2 * leaves + spines
    for i, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= 380.01
        assert y + h <= 200.01
        for x2, y2, w2, h2 in boxes[i + 1 :]:
            assert not (x < x2 + w2 and x2 < x + w and y < y2 + h2 and y2 < y + h)
    assert len(drawn.batch.lines) == leaves * spines + leaves
    assert drawn.notes[-1] == f"Leaf to Spine: {2 * leaves * spines} links of 800G in " \
                              f"{leaves * spines} lines, 2 each"  # fmt: skip


def test_lanes_stand_one_above_the_other():
    boxes = schematic(graph_map(_leaf_spine(4, 2))).boxes
    assert boxes["h0"][1] < boxes["l0"][1] < boxes["s0"][1]


def test_cables_of_a_fabric_are_all_there():
    drawn = map_of(hall(units=2), "compute")
    # Two units of 576 + 576; one tray with four cables is absent.
    assert drawn.cables == 2 * (576 + 576) - 4
    assert [sum(node.count for node in tier) for tier in drawn.tiers] == [2 * 144 - 1, 18, 16]
    assert [len(tier) for tier in drawn.tiers] == [16, 18, 16]
    assert sum(b.cables for b in drawn.bundles) == drawn.cables


def test_a_switch_with_one_cable_is_a_host_here():
    kinds = {"a": "switch", "b": "switch", "c": "server", "d": "server"}
    edges = {("a", "b"): 1, ("b", "c"): 1, ("b", "d"): 1}
    assert tiers_of(kinds, edges) == {"a": 0, "b": 1, "c": 0, "d": 0}


def test_a_few_hosts_on_a_spine_leave_it_a_spine():
    graph = _leaf_spine(8, 4)
    graph.add_edge("h0", "s0", count=1, rate_gbps=400.0)
    edges = {}
    for a, b, data in graph.edges(data=True):
        edges[a, b] = edges.get((a, b), 0) + data["count"]
    kinds = {n: d["kind"] for n, d in graph.nodes(data=True)}
    assert tiers_of(kinds, edges)["s0"] == 2


def test_places_by_hand_win_and_stretch_with_the_sheet():
    drawn = map_of(unit(racks=2), "compute")
    places = {("", "n0/leaf0"): (50.0, 60.0)}
    x, y, w, h = schematic(drawn, size=FRAME, places=places).boxes["n0/leaf0"]
    assert (x + w / 2, y + h / 2) == pytest.approx((50.0, 60.0))
    x, y, w, h = schematic(drawn, size=(FRAME[0] / 2, 2 * FRAME[1]), places=places).boxes["n0/leaf0"]
    assert (x + w / 2, y + h / 2) == pytest.approx((25.0, 120.0))


def test_labels_break_their_lines_where_numbers_differ():
    graph = _leaf_spine(2, 1)
    graph.add_edge("l0", "s0", count=1, rate_gbps=800.0)
    drawn = schematic(graph_map(graph))
    assert {"3 × 800G", "2 × 800G"} <= set(drawn.batch.texts)


def test_empty_fabric():
    drawn = map_of(unit(racks=1), "nothing")
    assert drawn.cables == 0
    assert schematic(drawn).batch.bounds is None


@pytest.mark.parametrize("fabric", ["compute", "oob"])
def test_lanes_are_the_tiers_of_the_engine(fabric):
    project = hall(units=1)
    result = evaluate(project).network.find(fabric)
    drawn = map_of(project, fabric)
    counted = {tier.number: tier.switches for tier in result.tiers}
    assert {t: sum(n.count for n in drawn.tiers[t]) for t in counted} == counted
    assert drawn.cables == result.links


def test_each_bundle_has_its_line():
    drawn = map_of(unit(racks=2), "compute")
    picture = schematic(drawn)
    assert len(picture.lines) == len(drawn.bundles)
    low = picture.boxes[drawn.bundles[0].a]
    x1, y1, _, _ = picture.lines[0]
    assert (x1, y1) == pytest.approx((low[0] + low[2] / 2, low[1] + low[3]))


def test_names_of_rails_stand_on_plates_inside_their_bands():
    picture = schematic(map_of(rails(hosts=6, rails=3), "compute"))
    names = {"Rail 1", "Rail 2", "Rail 3"}
    batch = picture.batch
    plates = batch.rects[batch.rect_style == STYLE_INDEX["node.label"]]
    bands = batch.rects[batch.rect_style == STYLE_INDEX["node.band"]]
    assert names <= set(batch.texts)
    assert len(plates) == len(bands) == 3
    for plate, band in zip(plates, bands, strict=True):
        assert band[0] <= plate[0]
        assert plate[0] + plate[2] <= band[0] + band[2] + 1e-9
