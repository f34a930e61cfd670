"""What a file of the NetBox library may say that cannot be meant: left open with a doubt, or noted."""

from __future__ import annotations

import pytest

from core.exchange.netbox_types import Imported, read_netbox
from core.model.types import DeviceType, RackType

RACK = {
    "manufacturer": "A", "model": "R", "slug": "a-r", "form_factor": "4-post-cabinet", "width": "19",
    "u_height": "42", "starting_unit": "1",
}  # fmt: skip
INLET_3 = "power-ports: [{name: In, type: iec-60309-3p-n-e-6h}], "


def one(text: str) -> Imported:
    return read_netbox(f"{{manufacturer: A, model: B, slug: a-b, is_full_depth: true, {text}}}", "x.yaml")


def device(text: str) -> tuple[DeviceType, str]:
    found = one(text)
    assert isinstance(found.spec, DeviceType)
    assert set(found.doubts) <= set(found.notes)
    assert set(found.notes) <= set(found.spec.notes)
    return found.spec, " | ".join(found.doubts)


def rack(**said: str) -> tuple[RackType, str]:
    text = "".join(f"{key}: {value}\n" for key, value in {**RACK, **said}.items())
    found = read_netbox(text, "x.yaml", folder="rack")
    assert isinstance(found.spec, RackType)
    return found.spec, " | ".join(found.doubts)


def outlets(*legs: str) -> str:
    rows = ", ".join(f"{{name: O{n}, type: iec-60320-c19, feed_leg: {leg}}}" for n, leg in enumerate(legs, 1))
    return f"u_height: 0, {INLET_3}power-outlets: [{rows}]"


@pytest.mark.parametrize("weight", ["8.7", "0.29", "4.35"])
def test_hundredths_are_no_fault(weight: str) -> None:
    spec, doubts = device(f"u_height: 1, weight: {weight}, weight_unit: kg")
    assert (spec.mass_kg, doubts) == (float(weight), "")


def test_a_key_nobody_knows_is_told_and_the_file_kept() -> None:
    found = one(
        "u_height: 1, poe: true, power-ports: [{name: P, type: iec-60320-c14, maxium_draw: 90}], "
        "module-bays: [{name: S, position: '1', type: x}], device-bays: [{name: D, position: '1'}]"
    )
    for key in ("poe", "maxium_draw", "type", "position"):
        assert any(f"left out: '{key}' (line 1)" in note for note in found.notes), key
    assert isinstance(found.spec, DeviceType)
    assert (found.spec.power_max_w, found.doubts) == (None, ())


def test_modular_supplies_leave_the_power_open() -> None:
    spec, _ = device("u_height: 1, module-bays: [{name: PSU1, position: '1'}, {name: PSU2, position: '2'}]")
    assert (spec.power_max_w, spec.supplies_fitted) == (None, None)
    assert any("Its supplies are modules" in note for note in spec.notes)
    assert [(bay.name, bay.accepts) for bay in spec.bays] == [("PSU{1..2}", "supply")]


@pytest.mark.parametrize(
    ("draws", "most", "typical", "doubt"),
    [
        ("maximum_draw: 0", None, None, "zero"),
        ("maximum_draw: 400, allocated_draw: 500", 400, None, "allocates 500 W"),
        ("maximum_draw: 30001", None, None, "not believed"),
        ("maximum_draw: 500, allocated_draw: 400", 500, 400, ""),
        ("allocated_draw: 400", None, 400, ""),
    ],
)
def test_draws(draws: str, most: float | None, typical: float | None, doubt: str) -> None:
    spec, doubts = device(f"u_height: 1, power-ports: [{{name: P, type: iec-60320-c14, {draws}}}]")
    assert (spec.power_max_w, spec.power_typical_w) == (most, typical)
    assert doubt in doubts if doubt else not doubts


def test_supplies_of_a_pair_are_not_added() -> None:
    pair = ", ".join(f"{{name: P{n}, type: iec-60320-c14, maximum_draw: 750}}" for n in (1, 2))
    spec, _ = device(f"u_height: 1, power-ports: [{pair}]")
    assert (spec.power_max_w, spec.supplies_fitted) == (750, 2)


@pytest.mark.parametrize(
    ("said", "ours", "doubt", "note"),
    [
        ("airflow: front-to-rear", "front-to-rear", "", ""),
        ("airflow: left-to-right", "", "", "none of ours"),
        ("airflow: sideways", "", "'sideways' is no airflow", ""),
        ("u_height: 1", "", "", ""),
    ],
)
def test_airflow(said: str, ours: str, doubt: str, note: str) -> None:
    spec, doubts = device(said if said.startswith("u_height") else f"u_height: 1, {said}")
    assert spec.airflow == ours
    assert doubt in doubts if doubt else not doubts
    assert not note or any(note in words for words in spec.notes)


def test_legs_of_a_unit_whose_outlets_all_name_one() -> None:
    spec, doubts = device(outlets("A", "A", "A"))
    assert {group.legs for group in spec.ports} == {""}
    assert "on one leg of three" in doubts


def test_legs_are_conductors() -> None:
    spec, doubts = device(outlets("A", "B", "C"))
    assert [group.legs for group in spec.ports] == ["", "L1-N", "L2-N", "L3-N"]
    assert not doubts


def test_legs_without_a_neutral_are_pairs() -> None:
    spec, _ = device(outlets("A", "B", "C").replace("iec-60309-3p-n-e-6h", "nema-l15-30p"))
    assert [group.legs for group in spec.ports][1:] == ["L1-L2", "L2-L3", "L3-L1"]


def test_a_leg_that_is_none_and_a_unit_without_legs() -> None:
    spec, doubts = device(outlets("A", "D", "B"))
    assert [group.legs for group in spec.ports][1:] == ["L1-N", "", "L2-N"]
    assert "'D' is no leg" in doubts
    spec, doubts = device(outlets("''", "''"))
    assert not doubts
    assert any("does not say on which leg" in note for note in spec.notes)


def test_legs_b_of_a_single_phase_unit_may_be_banks() -> None:
    spec, doubts = device(outlets("A", "B").replace("iec-60309-3p-n-e-6h", "iec-60309-p-n-e-6h"))
    assert {group.legs for group in spec.ports} == {""}
    assert "may be banks" in doubts


def test_banks_are_read_from_the_names_of_outlets() -> None:
    rows = ", ".join(f"{{name: Bank {bank} C13 {n}, type: iec-60320-c13}}" for bank in (1, 2) for n in (1, 2))
    spec, _ = device(f"u_height: 0, {INLET_3}power-outlets: [{rows}]")
    assert [group.bank for group in spec.ports] == ["", "B1", "B2"]
    assert any("no rating of the banks' breakers" in note for note in spec.notes)


def test_a_strip_that_names_what_it_uses_itself() -> None:
    spec, doubts = device(
        "u_height: 1, power-ports: [{name: In, type: iec-60320-c20, maximum_draw: 14}], "
        "power-outlets: [{name: O, type: iec-60320-c13, power_port: Elsewhere}]"
    )
    assert (spec.kind, spec.rated_w, spec.power_max_w) == ("rack-pdu", None, None)
    assert "14 W is what it uses itself" in doubts
    assert "does not have: Elsewhere" in doubts


@pytest.mark.parametrize(
    ("said", "zero_u", "doubt"),
    [
        ("u_height: 0, weight: 48.8, weight_unit: kg", True, "weighs 48.8 kg"),
        ("u_height: 0", True, "is of full depth"),
        ("u_height: 0, subdevice_role: child", False, ""),
        ("u_height: 2, subdevice_role: child", False, "takes 2 units"),
        ("u_height: 1, subdevice_role: cousin", False, "'cousin' is no role"),
    ],
)
def test_what_has_no_height(said: str, zero_u: bool, doubt: str) -> None:
    spec, doubts = device(said)
    assert spec.zero_u == zero_u
    assert doubt in doubts if doubt else not doubts


def test_a_shallow_light_part_without_height_is_a_strip() -> None:
    found = read_netbox("{manufacturer: A, model: B, slug: a-b, u_height: 0, is_full_depth: false}", "x")
    assert isinstance(found.spec, DeviceType)
    assert found.spec.zero_u
    assert not found.doubts


@pytest.mark.parametrize(
    ("said", "mass", "doubt"),
    [
        ("u_height: 1, weight: 0, weight_unit: kg", None, "zero"),
        ("u_height: 1, weight: 60, weight_unit: kg", 60, ""),
        ("u_height: 1, weight: 61, weight_unit: kg", None, "61 kg in 1 units"),
        ("u_height: 0, subdevice_role: child, weight: 151, weight_unit: kg", None, "151 kg without height"),
        ("u_height: 1, weight: 32, weight_unit: oz", 0.907, ""),
        ("u_height: 1, weight: 10, weight_unit: lb", 4.536, ""),
    ],
)
def test_mass(said: str, mass: float | None, doubt: str) -> None:
    spec, doubts = device(said)
    assert spec.mass_kg == mass
    assert doubt in doubts if doubt else not doubts


def test_panel_ports_that_lead_nowhere() -> None:
    ports = (
        "front-ports: [{name: F1, type: lc, rear_port: R1}, {name: F2, type: lc, rear_port: R9}, "
        "{name: F3, type: lc, rear_port: R1, rear_port_position: 13}, {name: F4, type: lc}], "
        "rear-ports: [{name: R1, type: mpo, positions: 12}]"
    )
    spec, doubts = device(f"u_height: 1, {ports}")
    assert spec.kind == "patch-panel"
    assert "F2 leads to a rear port it does not have: R9" in doubts
    assert "F3 takes position 13 of R1, which has 12" in doubts
    assert "F1" not in doubts
    assert "F4" not in doubts


@pytest.mark.parametrize(
    ("said", "what", "value", "doubt"),
    [
        (
            {"outer_depth": "1070", "mounting_depth": "190"},
            "mounting_depth_mm",
            None,
            "of 190 mm is not",
        ),
        ({"outer_depth": "1070", "mounting_depth": "900"}, "mounting_depth_mm", 900, ""),
        ({"outer_width": "60"}, "width_mm", 600, "outer_width of 60 mm is not from 200"),
        ({"outer_height": "1500"}, "height_mm", 1967, "outer_height of 1500 mm is not from 1866"),
        ({"outer_depth": "0"}, "depth_mm", 1200, "outer_depth of 0 mm"),
        ({"max_weight": "99999", "weight_unit": "kg"}, "load_max_kg", None, "max_weight of 99999 kg"),
        ({"weight": "0.2", "weight_unit": "kg"}, "mass_kg", None, "weight of 0.2 kg"),
        ({"width": "21"}, "units", 42, "Rails 21 inches apart"),
    ],
)
def test_racks(said: dict[str, str], what: str, value: float | None, doubt: str) -> None:
    unit = {"outer_unit": "mm"} if any("outer" in key for key in said) else {}
    spec, doubts = rack(**said, **unit)
    assert getattr(spec, what) == value
    assert doubt in doubts if doubt else not doubts
