"""Cables in drawn pathways: their ways, what is full, what is pinned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from random import Random
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.evaluation import Evaluation
from core.engine.expansion import Expansion
from core.engine.pathway_network import reaches_again, reaches_of, segments_of
from core.engine.pathway_routing import Pieces, laid_again, lay
from core.engine.pathway_ways import NO_REACH, NO_WAY, OVERFULL, ROUTED, Bundles
from core.engine.pathways import Pathways, Routes
from core.engine.placed_plan import PlacedPathway
from core.engine.routes import LEGS, legs_m
from core.explore.port_facts import length_words
from core.model.records import Area, Assumption, Pathway
from tests.engine.designs import Design

PORT_M = 0.933325
"""Middle of a switch in unit 20: 66.55 + 19.5 x 44.45 mm."""


def hall(gap_mm: int = 6_000) -> Design:
    """Two racks with a switch each, their fronts at y = 0, joined by one link; fronts' middles at x + 300."""
    design = Design()
    design.fabric("f")
    design.rack("r")
    design.device("r", "switch", 20, "w")
    design.place("r", "r1")
    design.place("r", "r2", x_mm=gap_mm)
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k", fabric="f")
    return design


def draw(
    design: Design, name: str, *points: tuple[int, int, int], block: str = "hall", **fields: Any
) -> None:
    design.put(("pathways", Pathway(block=block, id=name, kind="tray", points=points, **fields)))


def routes_of(evaluation: Evaluation) -> tuple[Routes, dict[str, int]]:
    assert evaluation.cabling.routes is not None
    snap = evaluation.snapshot
    return evaluation.cabling.routes, {snap.cable_path(k): k for k in range(snap.n_cables)}


def filled(evaluation: Evaluation) -> Pathways:
    assert evaluation.cabling.pathways is not None
    return evaluation.cabling.pathways


def legs_of(evaluation: Evaluation, row: int) -> dict[str, float]:
    links, one = evaluation.cabling.classes, np.array([row])
    legs = legs_m(
        evaluation.snapshot, one, links.behind_a[one], links.behind_b[one], links.same_rack[one],
        evaluation.cabling.routes,
    )  # fmt: skip
    return {name: float(leg) for name, leg in zip(LEGS, legs[:, 0], strict=True) if leg}


def test_a_cable_lies_in_the_tray_above_its_racks() -> None:
    design = hall()
    draw(design, "t", (-1_000, 500, 3_000), (9_000, 500, 3_000))
    evaluation = design.evaluate()
    routes, rows = routes_of(evaluation)
    assert routes.pathways_of(rows["k"]) == ("t",)
    # 0.5 m from each front to the tray, 3.0 m high, 6 m along it with a tenth more
    assert legs_of(evaluation, rows["k"]) == pytest.approx(
        {
            "along the trays": 6.6, "up to the trays": 3.0 - PORT_M, "down from the trays": 3.0 - PORT_M,
            "to the side channels": 0.8, "slack": 2.0, "across to the pathways": 1.0,
        }
    )  # fmt: skip
    assert evaluation.cabling.cable_route_m[rows["k"]] == pytest.approx(6.6 + 2 * (3 - PORT_M) + 3.8)


def test_it_follows_corners_and_drops() -> None:
    design = hall()
    draw(design, "t", (300, 0, 3_000), (300, 5_000, 3_000), (300, 5_000, 4_000), (6_300, 5_000, 4_000))
    draw(design, "u", (6_300, 5_000, 4_000), (6_300, 0, 4_000))
    evaluation = design.evaluate()
    routes, rows = routes_of(evaluation)
    legs = legs_of(evaluation, rows["k"])
    assert routes.pathways_of(rows["k"]) == ("t", "u")
    assert legs["along the trays"] == pytest.approx(1.1 * (5 + 1 + 6 + 5))
    assert (legs["up to the trays"], legs["down from the trays"]) == pytest.approx((3 - PORT_M, 4 - PORT_M))


@pytest.mark.parametrize(("height", "state"), [(3_000, ROUTED), (3_100, ROUTED), (3_200, NO_WAY)])
def test_trays_that_cross_join_at_one_height(height: int, state: int) -> None:
    design = hall()
    design.put(("assumptions", Assumption(id="pathway_reach_m", value=2.5)))
    draw(design, "t", (300, -1_000, 3_000), (300, 4_000, 3_000))
    draw(design, "u", (0, 3_000, height), (9_000, 3_000, height))
    draw(design, "v", (6_300, 0, height), (6_300, 3_000, height))
    routes, rows = routes_of(design.evaluate())
    assert routes.cable_state[rows["k"]] == state


def test_what_reaches_no_pathway_goes_along_the_racks_as_before() -> None:
    design = hall()
    without = float(design.evaluate().cabling.cable_route_m[0])
    draw(design, "far", (0, 9_000, 3_000), (9_000, 9_000, 3_000))
    evaluation = design.evaluate()
    routes, rows = routes_of(evaluation)
    assert routes.cable_state[rows["k"]] == NO_REACH
    assert evaluation.cabling.cable_route_m[rows["k"]] == without
    assert "across to the pathways" not in legs_of(evaluation, rows["k"])


def test_fibre_copper_and_power_are_kept_apart() -> None:
    design = hall()
    draw(design, "c", (0, 0, 3_000), (9_000, 0, 3_000), carries="copper")
    draw(design, "p", (0, 0, 3_000), (9_000, 0, 3_000), carries="power")
    routes, rows = routes_of(design.evaluate())
    assert routes.cable_state[rows["k"]] == NO_REACH  # fibre at that length
    draw(design, "f", (0, 2_000, 3_000), (9_000, 2_000, 3_000), carries="fibre")
    routes, rows = routes_of(design.evaluate())
    assert routes.pathways_of(rows["k"]) == ("f",)


def test_pipes_and_busways_take_no_cables() -> None:
    design = hall()
    design.put(
        ("pathways", Pathway(block="hall", id="p", kind="pipe", points=((0, 0, 3000), (9000, 0, 3000))))
    )
    routes, rows = routes_of(design.evaluate())
    assert routes.cable_state[rows["k"]] == NO_REACH


def test_fill_mass_and_fabric_of_a_segment() -> None:
    design = hall()
    for k in range(2, 12):
        design.link("r1/w", f"osfp{k}/1", "r2/w", f"osfp{k}/1", fabric="f")
    design.put(("assumptions", Assumption(id="diameter_fibre_mm", value=4.0)))
    draw(design, "t", (-1_000, 0, 3_000), (9_000, 0, 3_000), width_mm=100, depth_mm=50)
    found = filled(design.evaluate())
    # 11 cables of 4 mm in 100 x 50 mm; pi / 4 x 16 mm2 x 1400 kg/m3 each
    assert found.segment_cables.tolist() == [11]
    assert found.segment_fill[0] == pytest.approx(11 * np.pi * 4 / 5_000)
    assert found.segment_kg_m[0] == pytest.approx(11 * np.pi * 4e-6 * 1_400)
    assert found.segment_fabric.tolist() == [[11], [0]]
    assert (found.assumed_diameter, found.assumed_mass) == (11, 11)


def test_where_cables_part_only_the_fullest_place_counts() -> None:
    design = hall()
    design.place("r", "r3", x_mm=3_000)
    design.link("r1/w", "osfp2/1", "r3/w", "osfp2/1")
    design.link("r3/w", "osfp3/1", "r2/w", "osfp3/1")
    draw(design, "t", (-1_000, 0, 3_000), (9_000, 0, 3_000))
    # one cable all the way, one in each half: two everywhere between, never three
    assert filled(design.evaluate()).segment_cables.tolist() == [2]


def test_what_has_no_room_goes_the_next_way() -> None:
    design = hall()
    design.link("r1/w", "osfp3/1", "r2/w", "osfp3/1", name="m")
    design.place("r", "r3", y_mm=-4_000, x_mm=0)
    design.link("r3/w", "osfp4/1", "r2/w", "osfp4/1", name="n")
    points = (300, -4_000, 3_000), (300, 0, 3_000), (6_300, 0, 3_000)
    room = {"width_mm": 10, "depth_mm": 3, "fill_max": 0.5}  # two of pi / 4 x 9 mm2, not three
    draw(design, "t", *points, **room)
    draw(design, "around", (300, 0, 3_000), (300, 2_000, 3_000), (6_300, 2_000, 3_000), (6_300, 0, 3_000))
    routes, rows = routes_of(design.evaluate())
    ways = {name: routes.pathways_of(rows[name]) for name in ("k", "m", "n")}
    assert ways == {"k": ("t",), "m": ("t",), "n": ("t", "around")}
    assert filled(design.evaluate()).segment_fill.max() <= 0.5


def test_where_no_way_has_room_it_is_said() -> None:
    design = hall()
    draw(design, "t", (0, 0, 3_000), (9_000, 0, 3_000), width_mm=3, depth_mm=3)
    evaluation = design.evaluate()
    routes, rows = routes_of(evaluation)
    assert routes.cable_state[rows["k"]] == OVERFULL
    assert routes.pathways_of(rows["k"]) == ("t",)
    assert filled(evaluation).segment_fill[0] == pytest.approx(np.pi / 4)


def test_a_pinned_route_is_kept_or_said_to_be_gone() -> None:
    design = hall()
    draw(design, "short", (0, 0, 3_000), (9_000, 0, 3_000))
    draw(design, "long", (300, 0, 3_000), (300, 2_000, 3_000), (6_300, 2_000, 3_000), (6_300, 0, 3_000))
    draw(design, "stub", (20_000, 0, 3_000), (21_000, 0, 3_000))
    routes, rows = routes_of(design.evaluate())
    assert routes.pathways_of(rows["k"]) == ("short",)
    design.change("links", "hall", "k", via=("long",))
    routes, rows = routes_of(design.evaluate())
    assert routes.pathways_of(rows["k"]) == ("long",)
    design.change("links", "hall", "k", via=("stub",))
    routes, rows = routes_of(design.evaluate())
    assert (routes.pathways_of(rows["k"]), routes.off_pin, routes.gone) == (("short",), ("k",), ())
    design.remove("pathways", "hall", "stub")
    routes, rows = routes_of(design.evaluate())
    assert (routes.pathways_of(rows["k"]), routes.off_pin, routes.gone) == (("short",), (), (("k", "stub"),))


def two_units(**place: Any) -> Design:
    """Two units of two racks with a tray each; the second placed as asked."""
    design = Design(top="unit")
    design.floor("hall")
    design.change("settings", "", "top", value="hall")
    design.rack("r")
    design.device("r", "switch", 20, "w")
    design.place("r", "r1", "unit")
    design.place("r", "r2", "unit", x_mm=6_000)
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", "unit", name="k")
    design.put(("areas", Area(block="unit", id="z", kind="zone", points=((0, 0), (600, 0), (600, 1_200)))))
    draw(
        design,
        "t",
        (300, 0, 3_000),
        (300, 2_000, 3_000),
        (6_300, 2_000, 3_000),
        (6_300, 0, 3_000),
        block="unit",
    )
    design.place("unit", "u1")
    design.place("unit", "u2", **place)
    return design


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_pathways_turn_with_the_block_they_are_in(rotation: int, mirrored: bool) -> None:
    design = two_units(x_mm=40_000, y_mm=30_000, z_mm=5_000, rotation=rotation, mirrored=mirrored)
    evaluation = design.evaluate()
    routes, rows = routes_of(evaluation)
    assert [routes.pathways_of(rows[k]) for k in ("u1/k", "u2/k")] == [("u1/t",), ("u2/t",)]
    first, second = evaluation.cabling.cable_route_m[[rows["u1/k"], rows["u2/k"]]]
    assert first == pytest.approx(second)
    area = {area.path: area for area in evaluation.snapshot.areas}["u2/z"]
    x, y = area.points[1]
    along = {0: (600, 0), 90: (0, 600), 180: (-600, 0), 270: (0, -600)}[rotation]
    sign = -1 if mirrored else 1
    assert (x, y, area.z_mm) == (40_000 + sign * along[0], 30_000 + sign * along[1], 5_000)


def test_the_plan_keeps_its_identity_until_it_changes() -> None:
    design = two_units(x_mm=9_000)
    expansion = Expansion(design.project)
    first = expansion.snapshot()
    design.change("devices", "r", "w", half_u=2)
    second = expansion.snapshot()
    assert all(second.group(g) is first.group(g) for g in ("areas", "pathways", "pins"))
    design.change("areas", "unit", "z", name="Cage")
    third = expansion.snapshot()
    assert third.group("areas") is not second.group("areas")
    assert third.group("pathways") is second.group("pathways")
    design.override("u2", absent=True)
    assert [way.path for way in expansion.snapshot().pathways] == ["u1/t"]


def test_an_edit_gives_what_a_fresh_evaluation_gives() -> None:
    design = hall()
    draw(design, "t", (-1_000, 0, 3_000), (9_000, 0, 3_000))
    design.evaluate()
    for edit in (
        ("devices", "r", "w", {"half_u": 4}), ("pathways", "hall", "t", {"width_mm": 1}),
        ("links", "hall", "k", {"via": ("t",)}), ("instances", "hall", "r2", {"y_mm": 2_000}),
    ):  # fmt: skip
        design.change(*edit[:3], **edit[3])
        kept = design.evaluate().cabling
        design.evaluator = type(design.evaluator)(design.project)
        fresh = design.evaluate().cabling
        assert kept.cable_route_m.tolist() == fresh.cable_route_m.tolist()
        assert kept.routes is not None
        assert fresh.routes is not None
        assert kept.routes.cable_state.tolist() == fresh.routes.cable_state.tolist()


def grid(random: Random, size: int) -> tuple[list[PlacedPathway], nx.Graph]:
    """Draw random runs on a grid of 1 m, and the same as a plain graph of points."""
    graph = nx.Graph()
    ways = []
    for k in range(random.randrange(1, 2 * size)):
        here = (random.randrange(size), random.randrange(size))
        points = [here]
        for _ in range(random.randrange(1, 4)):
            there = random.choice([(random.randrange(size), here[1]), (here[0], random.randrange(size))])
            if there == here:
                continue
            step = (np.sign(there[0] - here[0]), np.sign(there[1] - here[1]))
            while here != there:
                after = (int(here[0] + step[0]), int(here[1] + step[1]))
                graph.add_edge(here, after)
                here = after
            points.append(here)
        if len(points) > 1:
            line = tuple((1000 * x, 1000 * y, 1000) for x, y in points)
            record = Pathway(id=f"p{k}", kind="tray", points=line, width_mm=100, depth_mm=100)
            ways.append(PlacedPathway(f"p{k}", "hall", record, line))
    return ways, graph


def bundles_between(pairs: Sequence[tuple[int, int]], areas: Sequence[float]) -> Bundles:
    a, b = (np.array(side, np.intp) for side in zip(*pairs, strict=True))
    return Bundles(a, b, np.zeros(len(pairs), np.intp), np.array(areas))


@given(st.integers(0, 2**32 - 1).map(Random))
def test_ways_are_as_short_as_those_of_a_plain_graph(random: Random) -> None:
    ways, graph = grid(random, 6)
    segments = segments_of(ways, 10.0)
    nodes = [(random.randrange(6), random.randrange(6)) for _ in range(8)]
    ends = np.array([(1000 * x, 1000 * y, 0) for x, y in nodes], float)
    pairs = [(i, j) for i in range(8) for j in range(i + 1, 8)]
    reaches = reaches_of(segments, ends, 1.0)
    laid = lay(segments, reaches, bundles_between(pairs, [1.0] * len(pairs)), np.full(len(segments), np.inf))
    for k, (i, j) in enumerate(pairs):
        a, b = nodes[i], nodes[j]
        if a not in graph or b not in graph:
            assert laid.state[k] == NO_REACH
        elif not nx.has_path(graph, a, b):
            assert laid.state[k] == NO_WAY
        else:
            assert laid.state[k] == ROUTED
            assert laid.run_mm[k] == 1000 * nx.shortest_path_length(graph, a, b)
            part = slice(laid.offsets[k], laid.offsets[k + 1])
            assert (laid.high_mm[part] - laid.low_mm[part]).sum() == laid.run_mm[k]


@given(st.integers(0, 2**32 - 1).map(Random), st.sampled_from([np.inf, 12.0]))
def test_what_is_laid_again_lies_as_if_laid_anew(random: Random, room_mm2: float) -> None:
    """Some ends move, and some cross-sections change; the rest is kept."""
    ways, _graph = grid(random, 6)
    segments = segments_of(ways, 10.0)
    room = np.full(len(segments), room_mm2)
    ends = np.array([(1000 * random.randrange(6), 1000 * random.randrange(6), 0) for _ in range(8)], float)
    pairs = [(i, j) for i in range(8) for j in range(i + 1, 8)]
    areas = [float(random.randrange(3)) for _ in pairs]
    reaches = reaches_of(segments, ends, 1_100.0)
    before = lay(segments, reaches, bundles_between(pairs, areas), room)
    moved = np.array(sorted(random.sample(range(8), random.randrange(3))), np.intp)
    ends[moved, :2] += np.array([(random.choice((-1000, 0, 500)), 1000) for _ in moved]).reshape(-1, 2)
    wider = random.randrange(len(pairs))
    areas[wider] += 1
    again = reaches_again(segments, ends, 1_100.0, reaches, moved)
    reaches = reaches_of(segments, ends, 1_100.0)
    for field in fields(reaches):
        assert getattr(again, field.name).tolist() == getattr(reaches, field.name).tolist()
    bundles = bundles_between(pairs, areas)
    other = np.isin(bundles.a, moved) | np.isin(bundles.b, moved)
    other[wider] = True
    kept = laid_again(segments, reaches, bundles, room, before, np.flatnonzero(other))
    fresh = lay(segments, reaches, bundles, room)
    assert (kept is not None) == (before.shortest and fresh.shortest)
    if kept is not None:
        for field in fields(kept):
            np.testing.assert_array_equal(getattr(kept, field.name), getattr(fresh, field.name))


@given(st.integers(0, 2**32 - 1).map(Random))
def test_nothing_is_overfull_but_what_is_said_to_be(random: Random) -> None:
    ways, _graph = grid(random, 5)
    segments = segments_of(ways, 10.0)
    ends = np.array([(1000 * x, 1000 * y, 0) for x in range(5) for y in range(5)], float)
    pairs = [tuple(sorted(random.sample(range(25), 2))) for _ in range(30)]
    areas = [float(random.randrange(1, 5)) for _ in pairs]
    room = np.full(len(segments), 10.0)
    reaches = reaches_of(segments, ends, 1.0)
    laid = lay(segments, reaches, bundles_between(pairs, areas), room)  # type: ignore[arg-type]
    pieces = Pieces.of(segments, reaches)
    load = [0.0] * len(pieces)
    for k, area in enumerate(areas):
        if laid.state[k] != ROUTED:
            continue
        for at in range(laid.offsets[k], laid.offsets[k + 1]):
            for piece in np.flatnonzero(pieces.segment == laid.segments[at]):
                if laid.low_mm[at] <= pieces.low_mm[piece] < laid.high_mm[at]:
                    load[int(piece)] += area
    assert max(load, default=0.0) <= 10.0
    alone = lay(segments, reaches, bundles_between(pairs, [0.0] * 30), room)  # type: ignore[arg-type]
    assert ((alone.state == ROUTED) == (laid.state <= OVERFULL)).all()


def test_how_a_length_is_made_names_the_pathways() -> None:
    design = hall()
    without = length_words(design.evaluate(), 0)
    assert "pathways" not in without
    draw(design, "t", (-1_000, 500, 3_000), (9_000, 500, 3_000))
    design.change("pathways", "hall", "t", name="CT-7")
    words = length_words(design.evaluate(), 0)
    assert "6.6 m along the trays" in words or "6.6 along the trays" in words
    assert "1 across to the pathways" in words
    assert words.count("Over the pathways: CT-7.") == 1
