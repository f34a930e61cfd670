"""Routes, media and pieces of cables."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.engine.cabling import Cabling, cabling
from core.engine.link_classes import link_classes
from core.model.records import Assumption
from tests.engine.designs import TYPES, Design
from tests.engine.expansion import random_design


def cabled(design: Design) -> tuple[Cabling, dict[str, int]]:
    evaluation = design.evaluate()
    rows = {evaluation.snapshot.cable_path(k): k for k in range(evaluation.snapshot.n_cables)}
    return evaluation.cabling, rows


def pieces(design: Design) -> dict[tuple[str, float | None], int]:
    rows = design.evaluate().cost.rows
    return {(r.type.id, r.length_m): r.count for r in rows if r.section in ("cables", "optics")}


def two_racks(**place: Any) -> Design:
    design = Design()
    design.rack("r")
    design.device("r", "server", 1, "s")
    design.device("r", "switch", 20, "w")
    design.place("r", "r1")
    design.place("r", "r2", **{"x_mm": 600, **place})
    return design


def test_a_route_in_one_rack() -> None:
    design = two_racks()
    design.link("s", "osfp1/1", "w", "osfp1/1", "r", name="k")
    found, rows = cabled(design)
    # Middles: 4 U and 19.5 U up, 15.5 x 44.45 = 688.975 mm apart; the server's port is at the rear:
    # 0.688975 + 1.2 depth + 2 x 0.4 to the side channel + 2 x 0.3 slack
    assert found.cable_route_m[rows["r1/k"]] == pytest.approx(3.288975)
    assert found.cable_same_rack[rows["r1/k"]]


def test_a_route_between_racks() -> None:
    design = two_racks()
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k")
    design.link("r1/s", "osfp1/1", "r2/w", "osfp2/1", name="m")
    found, rows = cabled(design)
    # Unit 1 is (2000 - 42 x 44.45) / 2 = 66.55 mm up, the switch's middle 66.55 + 19.5 x 44.45 = 933.325 mm.
    # 2 x (2.7 - 0.933325) up and down + 0.6 x 1.1 along the tray + 2 x 0.4 + 2 x 1.0 slack
    assert found.cable_route_m[rows["k"]] == pytest.approx(6.99335)
    # Server: 66.55 + 4 x 44.45 = 244.35 mm up, at the rear: 0.6 + 1.2 on the plan.
    # (2.7 - 0.24435) + (2.7 - 0.933325) + 1.8 x 1.1 + 0.8 + 2.0
    assert found.cable_route_m[rows["m"]] == pytest.approx(9.002325)


def test_a_device_mounted_from_the_rear_has_its_front_ports_there() -> None:
    design = two_racks()
    design.device("r", "switch", 30, "v", face="rear")
    design.link("w", "osfp1/1", "v", "osfp1/1", "r", name="k")
    found, rows = cabled(design)
    # 10 U + depth + 0.8 + 0.6
    assert found.cable_route_m[rows["r1/k"]] == pytest.approx(0.4445 + 1.2 + 1.4)


def test_a_floor_device_is_reached_from_its_top() -> None:
    design = two_racks()
    design.device("hall", "cdu", name="c", x_mm=3_000)
    design.device("r", "door", name="d", zone="left")
    design.link("c", "supply1", "r1/d", "supply", layer="coolant", name="k")
    found, rows = cabled(design)
    # Manifold in the middle of its rack at 1.0 m, x 0.3; CDU 2.0 m high, x 3.0 + 0.45:
    # 1.7 + 0.7 + 3.15 x 1.1 + 0.8 + 2.0
    assert found.cable_route_m[rows["k"]] == pytest.approx(8.665)


def test_another_floor_has_its_own_trays() -> None:
    design = two_racks(z_mm=5_000)
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k")
    found, rows = cabled(design)
    assert found.cable_route_m[rows["k"]] == pytest.approx(6.99335 + 5.0)


def test_the_terms_are_assumptions_of_the_project() -> None:
    design = two_racks()
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k")
    for name, value in {"tray_height_m": 3.0, "slack_hall_m": 0.5, "tray_allowance": 0.0}.items():
        design.put(("assumptions", Assumption(id=name, value=value)))
    found, rows = cabled(design)
    assert found.cable_route_m[rows["k"]] == pytest.approx(2 * (3 - 0.933325) + 0.6 + 0.8 + 1.0)


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.booleans(),
    st.integers(-20_000, 20_000),
    st.integers(-20_000, 20_000),
)
def test_routes_are_the_same_wherever_a_unit_stands(rotation: Any, mirrored: bool, x: int, y: int) -> None:
    design = two_racks(y_mm=2_400, rotation=180)
    design.floor("su")
    for k, turn in enumerate((0, 90, 180)):
        design.place("r", f"n{k}", "su", x_mm=700 * k, y_mm=-300 * k, rotation=turn, mirrored=k == 1)
    design.device("su", "ups", name="u", x_mm=4_000, rotation=90)
    design.link("n0/s", "osfp1/1", "n1/w", "osfp1/1", "su", name="k")
    design.link("n2/s", "osfp1/1", "n1/w", "osfp1/2", "su", name="m")
    design.link("n2/w", "osfp9/1", "n0/w", "osfp9/2", "su", name="o")
    design.power("u", "out1", "n1/s", "psu1", "su")
    design.place("su", "plain")
    design.place("su", "turned", x_mm=x, y_mm=y, rotation=rotation, mirrored=mirrored)
    found, rows = cabled(design)
    for path, row in rows.items():
        if path.startswith("turned/"):
            plain = rows["plain/" + path.removeprefix("turned/")]
            assert found.cable_route_m[row] == pytest.approx(found.cable_route_m[plain])
            assert found.cable_ordered_m[row] == pytest.approx(found.cable_ordered_m[plain], nan_ok=True)


@given(st.integers(0, 2**32 - 1).map(Random))
def test_measuring_each_kind_of_cable_once_gives_the_same(random: Random) -> None:
    """Copies of a block share routes and parts; measured one by one they must come out alike."""
    design = random_design(random)
    snap = design.evaluator.snapshot()
    alone = copy(snap)
    alone.flat = replace(snap.flat, first_copy=np.arange(snap.n_cables, dtype=np.int32))
    classes = link_classes(snap)
    once, each = cabling(snap, classes), cabling(alone, classes)
    assert once.cable_route_m == pytest.approx(each.cable_route_m, nan_ok=True)
    assert once.cable_ordered_m == pytest.approx(each.cable_ordered_m, nan_ok=True)
    for a, b in zip(once.cable_option.tolist(), each.cable_option.tolist(), strict=True):
        assert (a < 0) == (b < 0)
        assert a < 0 or once.options[a] == each.options[b]


def test_a_length_is_rounded_up_to_stock_before_it_is_held_against_reach() -> None:
    """Two switches 12 U apart in one rack: 0.5334 + 1.4 = 1.93 m, a twin DAC of 2 m; 15 U: 2.07 m, fibre."""
    design = Design()
    design.rack("r")
    for name, unit in (("a", 1), ("b", 13), ("c", 28)):
        design.device("r", "switch", unit, name)
    design.place("r", "r1")
    design.link("a", "osfp1/1 osfp1/2", "b", "osfp1/1 osfp1/2", "r", name="near")
    design.link("b", "osfp2/1 osfp2/2", "c", "osfp2/1 osfp2/2", "r", name="far")
    found, rows = cabled(design)
    media = {p: found.options[found.cable_option[k]].media for p, k in rows.items()}
    assert media == {"r1/near#0": "DAC", "r1/near#1": "DAC", "r1/far#0": "MMF", "r1/far#1": "MMF"}
    assert found.cable_ordered_m[rows["r1/near#0"]] == 2.0
    assert found.cable_ordered_m[rows["r1/far#0"]] == 3.0
    # one twin piece; two fibres with a twin optic in each of the two cages
    assert pieces(design) == {("dac", 2.0): 1, ("mmf", 3.0): 2, ("sr8", None): 2}


def test_half_a_twin_port_is_no_copper() -> None:
    """One link of two 800G cages cannot be a cable with two links in each plug."""
    design = Design()
    design.rack("r")
    design.device("r", "switch", 1, "a")
    design.device("r", "switch", 3, "b")
    design.place("r", "r1")
    design.link("a", "osfp1/1", "b", "osfp1/1", "r")
    assert pieces(design) == {("mmf", 3.0): 1, ("sr8", None): 2}


def test_a_split_cable_is_one_piece_as_long_as_its_longest_leg() -> None:
    """One cage of a switch to the whole cages of two NICs at different heights."""
    design = Design()
    design.rack("r")
    design.device("r", "switch", 20, "w")
    for name, unit in (("s", 1), ("t", 10)):
        design.device("r", "server", unit, name, modules={"nic1": "nic"})
    design.place("r", "r1")
    design.place("r", "r2", x_mm=600)
    design.link("w", "osfp1/1", "s", "nic1-p1", "r", name="s-leg")
    design.link("w", "osfp1/2", "t", "nic1-p1", "r", name="t-leg")
    found, rows = cabled(design)
    # s: 15.5 U + 1.4 = 2.09 m; t: 6.5 U + 1.4 = 1.69 m: both legs of a 3 m piece
    assert found.cable_route_m[rows["r1/s-leg"]] == pytest.approx(15.5 * 0.04445 + 1.4)
    assert found.cable_ordered_m[[rows["r1/s-leg"], rows["r1/t-leg"]]].tolist() == [3.0, 3.0]
    assert pieces(design) == {("splitter", 3.0): 2}
    design.remove("links", "r", "t-leg")  # half used, the piece is the same
    assert pieces(design) == {("splitter", 3.0): 2}


def test_a_pair_of_hoses_is_one_piece() -> None:
    design = two_racks()
    design.device("hall", "cdu", name="c", x_mm=3_000)
    design.device("r", "door", name="d", zone="left")
    design.link("c", "supply1", "r1/d", "supply", layer="coolant")
    design.link("r1/d", "return", "c", "return1", layer="coolant")
    assert pieces(design) == {("hoses", 10.0): 1}


def test_pinned_lengths_and_types_are_obeyed() -> None:
    design = two_racks()
    ports = ("osfp1/1 osfp1/2", "r2/w", "osfp1/1 osfp1/2")
    design.link("r1/w", *ports, name="k", length_m=1.5)
    found, rows = cabled(design)
    assert found.options[found.cable_option[rows["k#0"]]].media == "DAC"  # at 1.5 m a DAC reaches
    design.change("links", "hall", "k", cable="mmf")
    found, rows = cabled(design)
    assert found.options[found.cable_option[rows["k#0"]]].media == "MMF"
    assert found.cable_ordered_m[rows["k#0"]] == 1.5
    design.override("k", cable=1, length_m=7.0)
    found, rows = cabled(design)
    assert found.cable_ordered_m[[rows["k#0"], rows["k#1"]]].tolist() == [1.5, 7.0]


def test_what_nothing_reaches_has_no_part_and_no_length() -> None:
    design = two_racks(x_mm=90_000)
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k")
    found, rows = cabled(design)
    assert found.cable_option[rows["k"]] == -1  # 105 m: beyond 50 m of SR4
    assert np.isnan(found.cable_ordered_m[rows["k"]])
    assert design.evaluate().quantities["cables"].value == 1  # still a cable to buy


def test_a_cable_of_an_absent_device_is_absent() -> None:
    design = two_racks()
    design.link("r1/w", "osfp1/1", "r2/w", "osfp1/1", name="k")
    design.override("r2/w", absent=True)
    found, rows = cabled(design)
    assert np.isnan(found.cable_route_m[rows["k"]])
    assert pieces(design) == {}
    assert design.evaluate().quantities["links"].value == 0


def test_a_twisted_pair_serves_slower_links() -> None:
    design = two_racks()
    design.device("r", "rj-switch", 40, "m")
    design.link("s", "bmc", "m", "rj1", "r", name="k")
    found, rows = cabled(design)
    # 40.5 - 1 + 0.5 - 4 = 35.5 U; both in front: 1.578 + 1.4 m
    assert found.cable_route_m[rows["r1/k"]] == pytest.approx(35.5 * 0.04445 + 1.4)
    assert found.cable_ordered_m[rows["r1/k"]] == 3.0


def test_a_tap_off_plugs_onto_its_busway_and_is_no_cable() -> None:
    library = Library.builtin()
    design = Design([*TYPES, library.get("generic-busway-1600a"), library.get("generic-tap-off-4x60a")])
    design.device("hall", "generic-busway-1600a", name="busway")
    design.device("hall", "generic-tap-off-4x60a", name="tap", x_mm=2_000)
    design.power("busway", "tap1", "tap", "tap")
    found, rows = cabled(design)
    (row,) = rows.values()
    assert found.plugs_on[row]
    assert np.isnan(found.cable_route_m[row])
    assert found.cable_option[row] == -1
    assert pieces(design) == {}
