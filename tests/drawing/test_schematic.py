"""Network diagrams."""

import networkx as nx
import pytest

from core.drawing.fabric_map import engine_tiers, fabric_map, graph_map, tiers_of
from core.drawing.placed import Placement
from core.drawing.schematic import schematic
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
    drawn = schematic(graph_map(_leaf_spine(leaves, spines)), role="compute", size=(380.0, 200.0))
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
    project = hall(units=2)
    drawn = fabric_map(Placement(project, "hall"), "compute")
    # Two units of 576 + 576; one tray with four cables is absent.
    assert drawn.cables == 2 * (576 + 576) - 4
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


def test_positions_by_hand_win():
    drawn = fabric_map(Placement(unit(racks=2), "su"), "compute")
    boxes = schematic(drawn, positions={"n0/leaf0": (50.0, 60.0)}).boxes
    x, y, w, h = boxes["n0/leaf0"]
    assert (x + w / 2, y + h / 2) == pytest.approx((50.0, 60.0))


def test_labels_break_their_lines_where_numbers_differ():
    graph = _leaf_spine(2, 1)
    graph.add_edge("l0", "s0", count=1, rate_gbps=800.0)
    drawn = schematic(graph_map(graph))
    assert {"3 × 800G", "2 × 800G"} <= set(drawn.batch.texts)


def test_empty_fabric():
    drawn = fabric_map(Placement(unit(racks=1), "su"), "nothing")
    assert drawn.cables == 0
    assert schematic(drawn).batch.bounds is None


def test_the_engine_and_the_picture_count_the_same_switches():
    from core.engine.evaluation import evaluate

    project = hall(units=1)
    placement = Placement(project, "hall")
    found = evaluate(project)
    for fabric in ("compute", "oob"):
        result = found.network.find(fabric)
        drawn = fabric_map(placement, fabric)
        switches = sum(node.count for node in drawn.nodes if node.tier > 0)
        assert (switches, drawn.cables) == (result.switches, result.links)


def test_lanes_are_the_tiers_of_the_engine_where_it_knows_the_fabric():
    from core.engine.evaluation import evaluate

    project = hall(units=1)
    found = evaluate(project)
    drawn = fabric_map(Placement(project, "hall"), "compute", engine_tiers(found, "compute"))
    counted = {tier.number: tier.switches for tier in found.network.find("compute").tiers}
    assert {t: sum(n.count for n in drawn.tiers[t]) for t in counted} == counted
    assert engine_tiers(found, "nothing") is None
    assert engine_tiers(None, "compute") is None


def test_tiers_given_win():
    placement = Placement(unit(racks=1), "su")
    tiers = {f"n0/spine{i}": 3 for i in range(8)}
    drawn = fabric_map(placement, "compute", tiers)
    assert {n.tier for n in drawn.nodes if n.label.startswith("SPINE")} == {3}
