"""The evaluation: quantities, their limits, assumptions."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.engine.brief import ASSUMPTIONS
from core.engine.evaluation import STAGES, evaluate
from core.engine.summary import as_data
from core.errors import RecordError
from core.model.records import Area, Assumption
from core.model.requirements import REQUIREMENTS
from tests.engine.designs import Design, feeds

ROOT = Path(__file__).resolve().parents[2]


def small() -> Design:
    design = Design()
    design.sources("A", "B", capacity_w=12_500)
    design.rack("r")
    design.device("r", "server", 1, feeds=feeds(A="psu1 psu2 psu3", B="psu4 psu5 psu6"))
    design.place("r", "r1")
    return design


def test_a_quantity_is_held_against_what_the_brief_asks() -> None:
    design = small()
    assert design.evaluate().quantities["power_max_w"].state == "unknown"  # no limit is grey, not green
    for limit, state in ((9_000.0, "over"), (10_400.0, "near"), (20_000.0, "within")):
        design.require(facility_power_w=limit)
        found = design.evaluate().quantities["power_max_w"]
        assert (found.limit, found.state) == (limit, state)
        assert found.use == pytest.approx(10_000 / limit)


def test_a_target_must_be_reached() -> None:
    design = small()
    design.require(accelerators=16.0)
    found = design.evaluate().quantities["accelerators"]
    assert (found.value, found.sense, found.state) == (8, "least", "over")
    design.require(accelerators=8.0)
    assert design.evaluate().quantities["accelerators"].state == "within"


def test_the_binding_limit_is_the_one_used_most() -> None:
    design = small()
    design.require(facility_power_w=20_000.0, rack_mass_kg=250.0)
    binding = design.evaluate().binding
    assert binding is not None
    assert binding.name == "rack_mass_kg"  # 230 of 250 kg against 10 of 20 kW


def test_the_worst_source_is_the_survivor() -> None:
    found = small().evaluate().quantities["source_worst_use"]
    assert found.value is not None
    # 10 kW on 12.5 kW when the other is lost
    assert found.value * (100 if found.unit == "" else 1) == pytest.approx(80.0)


def test_every_limit_of_the_brief_names_a_quantity() -> None:
    names = small().evaluate().quantities
    for kind in REQUIREMENTS.values():
        assert not kind.quantity or kind.quantity in names


def test_quantities_say_how_they_are_made_and_how_well_they_are_known() -> None:
    for name, found in small().evaluate().quantities.items():
        assert found.name == name
        assert found.label
        assert found.formula.endswith(".")
        shares = [share for _, share in found.grounds.shares]
        assert sum(shares) == pytest.approx(1.0) or not shares


def test_a_brief_that_cannot_be_computed_with_is_refused_at_the_door() -> None:
    design = small()
    for asked in ({"air_rise_k": "much"}, {"air_rise_k": 0.0}, {"altitude_m": 20_000.0}, {"coolant": 7}):
        with pytest.raises(RecordError, match="must be"):
            design.require(**asked)
    with pytest.raises(RecordError, match="float"):
        design.put(("assumptions", Assumption(id="tray_height_m", value="high")))  # type: ignore[arg-type]


def test_an_unknown_coolant_leaves_the_flow_unknown_and_the_rest_known() -> None:
    design = small()
    design.require(coolant="dielectric")
    found = design.evaluate().quantities
    assert found["coolant_flow_lpm"].value is None
    assert found["power_max_w"].value
    assert found["heat_liquid_w"].value is not None


def test_rooms_have_the_area_of_their_outline() -> None:
    design = small()
    corner = ((0, 0), (4_000, 0), (4_000, 1_000), (1_000, 1_000), (1_000, 3_000), (0, 3_000))
    design.put(("areas", Area(block="hall", id="a", kind="room", points=corner)))
    # 4 x 1 + 1 x 2
    assert design.evaluator.snapshot().brief.room_m2 == pytest.approx(6.0)


def test_an_evaluation_is_plain_data() -> None:
    design = small()
    design.fabric("f")
    design.device("r", "switch", 30, "w")
    design.device("r", "switch", 31, "v")
    design.link("w", "osfp1/1", "v", "osfp1/1", "r", fabric="f")
    data = as_data(design.project, design.evaluate())
    (rack,) = data["racks"]
    assert (rack["path"], rack["type"], rack["power_max_w"]) == ("r1", "Rack", 14_000.0)
    assert [fabric["id"] for fabric in data["fabrics"]] == ["f"]
    assert data["quantities"]["devices"]["value"] == 3


def test_stages_are_live_and_named_once() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)
    assert all(stage.live for stage in STAGES)


def test_the_manual_names_every_assumption_with_its_value() -> None:
    text = (ROOT / "docs/engine.md").read_text(encoding="utf-8")
    for name, assumed in ASSUMPTIONS.items():
        assert f"| `{name}`: {assumed.label} | {assumed.value:g}" in text
    for name, kind in REQUIREMENTS.items():
        if kind.default not in (None, ""):
            value = kind.default if isinstance(kind.default, str) else f"{kind.default:g}"
            assert f"| `{name}`: {kind.label} | {value}" in text


def test_progress_counts_the_stages_and_what_it_raises_ends_the_evaluation() -> None:
    design = small()
    told: list[tuple[int, int, str]] = []
    found = evaluate(design.project, lambda *given: told.append(given))
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {total for _, total, _ in told} == {len(STAGES)}
    assert {"power", "hydraulics", "supply"} <= {name for _, _, name in told}
    assert found.quantities.keys() == evaluate(design.project).quantities.keys()

    def stop(done: int, total: int, name: str) -> None:
        raise RecordError(f"stopped before {name}")

    with pytest.raises(RecordError, match="stopped before space"):
        evaluate(design.project, stop)
