"""Mass of racks and floor."""

from __future__ import annotations

import pytest

from core.model.records import Area
from core.model.types import Fit
from tests.engine.designs import Design, seen


def two_racks() -> Design:
    design = Design()
    design.rack("r")
    design.device("r", "server", 1)
    design.device("r", "switch", 10)
    design.place("r", "r1")
    design.place("r", "r2", x_mm=600)
    return design


def test_frame_devices_and_modules_add_up() -> None:
    design = two_racks()
    design.device("r", "server", 20, modules={"nic1": "nic", "nic2": "nic"})
    mass = design.evaluate().mass
    # 100 frame + 130 + 20 + (130 + 2 x 0.5)
    assert mass.rack_kg.tolist() == [381.0, 381.0]
    assert mass.rack_load_kg.tolist() == [281.0, 281.0]
    assert mass.total_kg == 762
    assert mass.rack_unknown.tolist() == [0, 0]


def test_the_mass_stated_for_a_rack_replaces_its_parts() -> None:
    design = two_racks()
    design.change("blocks", "", "r", mass_kg=1360.0, sources=seen("mass_kg"))
    mass = design.evaluate().mass
    assert mass.rack_kg.tolist() == [1360, 1360]
    assert mass.rack_load_kg.tolist() == [1260, 1260]  # less the frame of 100
    assert mass.grounds.verified == 1.0


def test_what_is_added_to_a_delivered_rack_counts_on_top() -> None:
    design = two_racks()
    contents = (Fit(type="server", count=1), Fit(type="switch", count=1))
    design.change("blocks", "", "r", mass_kg=1360.0, delivered=contents, sources=seen("mass_kg"))
    assert design.evaluate().mass.rack_kg.tolist() == [1360, 1360]
    design.device("r", "server", 20)
    mass = design.evaluate().mass
    assert mass.rack_kg.tolist() == [1490, 1490]  # 1360 + 130
    assert mass.rack_load_kg.tolist() == [1390, 1390]
    design.device("r", "half", 30)  # of unknown mass
    assert design.evaluate().mass.rack_unknown.tolist() == [1, 1]


def test_what_is_not_known_is_named_and_counted() -> None:
    design = two_racks()
    design.device("r", "half", 30)
    design.device("r", "server", 20, modules={"nic1": "dark-nic"})
    mass = design.evaluate().mass
    assert mass.grounds.unknown == ("Dark NIC: mass", "Half server: mass")
    assert mass.rack_unknown.tolist() == [2, 2]
    assert mass.rack_kg.tolist() == [380, 380]  # 100 + 130 + 20 + 130
    assert sum(share for _, share in mass.grounds.shares) == pytest.approx(1)


def test_a_frame_without_mass_is_an_unknown_of_its_rack() -> None:
    design = Design()
    design.rack("o", "or3")
    design.place("o", "o1")
    mass = design.evaluate().mass
    assert mass.rack_unknown.tolist() == [1]
    assert mass.grounds.label == "unknown"


def test_floor_load_is_all_mass_over_the_rooms() -> None:
    design = two_racks()
    assert design.evaluate().mass.floor_load_kg_m2 is None
    room = ((0, 0), (10_000, 0), (10_000, 5_000), (0, 5_000))
    design.put(("areas", Area(block="hall", id="a", kind="room", points=room)))
    design.device("hall", "ups")
    # 2 x 250 + 500 on 50 m2
    assert design.evaluate().mass.floor_load_kg_m2 == pytest.approx(20.0)
    design.change("blocks", "", "r", mass_kg=1360.0, sources=seen("mass_kg"))
    mass = design.evaluate().mass  # stated masses count: 2 x 1360 + 500
    assert mass.floor_load_kg_m2 == pytest.approx(mass.total_kg / 50) == pytest.approx(64.4)


def test_rows_are_racks_on_one_front_line() -> None:
    design = two_racks()
    design.place("r", "r3", y_mm=2400, rotation=180)
    assert design.evaluate().mass.row_kg == {(0, 0): 500.0, (180, 2400): 250.0}


def test_absent_things_weigh_nothing() -> None:
    design = two_racks()
    design.override("r2", absent=True)
    assert design.evaluate().mass.rack_kg.tolist() == [250, 0]


def test_evidence_follows_the_kilograms() -> None:
    # 200 frame verified (no: two frames of 100), 2 x 130 verified, 2 x 20 estimate of 500
    grounds = two_racks().evaluate().mass.grounds
    assert dict(grounds.shares) == {"verified": pytest.approx(0.92), "estimate": pytest.approx(0.08)}
    assert grounds.dominant[0].name == "Switch: mass"
