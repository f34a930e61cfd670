"""The twelve numbers, worked out by hand."""

from __future__ import annotations

import pytest

from core.engine.headline import Counts, Headline, headline_of
from core.engine.inputs import inputs_of
from core.engine.twelve import headlines
from core.model.records import Area
from core.units import use
from tests.engine.designs import Design

NAMES = [
    "findings", "accelerators", "compute", "power", "binding", "worst_rack", "source", "liquid", "air",
    "heaviest", "network", "capex",
]  # fmt: skip


def two_racks(**limits: float) -> Design:
    """Two racks with a server of 10 kW and 8 accelerators each, and one with a switch of 2 kW."""
    design = Design()
    design.rack("node")
    design.device("node", "server", 1)
    design.rack("net")
    design.device("net", "switch", 1)
    for k, block in enumerate(("node", "node", "net")):
        design.place(block, f"r{k + 1}", x_mm=600 * k)
    design.require(**limits)
    return design


def twelve(design: Design, counts: Counts | None = None) -> dict[str, Headline]:
    return {h.name: h for h in headlines(design.evaluate(), counts)}


def test_there_are_twelve_in_their_order() -> None:
    assert [h.name for h in headlines(two_racks().evaluate())] == NAMES


@pytest.mark.parametrize(
    ("counts", "value", "detail", "state"),
    [
        (Counts(2, 1, 0, 0), "2 errors", "1 warning, 0 unchecked", "over"),
        (Counts(0, 3, 0, 0), "0 errors", "3 warnings, 0 unchecked", "near"),
        (Counts(0, 0, 5, 4), "0 errors", "0 warnings, 4 unchecked", "unknown"),
        (Counts(0, 0, 5, 0), "0 errors", "0 warnings, 0 unchecked", "within"),
        (None, "not checked", "", "unknown"),
    ],
)
def test_findings(counts: Counts | None, value: str, detail: str, state: str) -> None:
    found = twelve(two_racks(), counts)["findings"]
    assert (found.value, found.detail, found.state) == (value, detail, state)


def test_values_against_limits() -> None:
    found = twelve(two_racks(accelerators=16, facility_power_w=40_000, rack_power_w=10_200))
    assert (found["accelerators"].value, found["accelerators"].detail) == ("16", "of 16")
    assert (found["compute"].label, found["compute"].value) == ("BF16 dense", "16 PFLOPS")
    assert (found["power"].value, found["power"].detail) == ("22 kW", "of 40 kW")
    assert found["power"].use == pytest.approx(0.55)
    assert found["worst_rack"].value == "10 kW"
    assert found["worst_rack"].detail == "peak 12, of 10.2 kW"
    assert found["worst_rack"].state == "near"  # 98 %
    assert [s.path for s in found["worst_rack"].subjects] == ["r1", "r2", "r3"]
    assert found["heaviest"].value == "230 kg"  # frame 100, server 130


def test_a_missing_limit_is_unknown_never_within() -> None:
    for name, headline in twelve(two_racks()).items():
        if name not in ("findings", "network"):
            assert headline.state == "unknown", name
    found = twelve(two_racks())
    assert found["power"].detail == "no limit"
    assert found["binding"].value == "none known"
    assert found["source"].detail == "no source drawn"


def test_the_least_number_of_racks_that_fit_names_the_binding_limit() -> None:
    """22 kW drawn: 18 kW left of 40 kW is one more rack of 10 kW; 28 kW of heat left are two."""
    found = twelve(two_racks(facility_power_w=40_000, heat_air_w=50_000))["binding"]
    assert (found.value, found.detail) == ("Site power", "1 rack still fits")
    assert "Site power: (40 kW - 22 kW) / 10 kW → 1" in found.formula
    assert "Room cooling: (50 kW - 22 kW) / 10 kW → 2" in found.formula
    assert found.subjects[0].path == "r1"
    assert found.requirement == "facility_power_w"


def test_a_broken_requirement_binds_before_all_others() -> None:
    found = twelve(two_racks(facility_power_w=20_000, heat_air_w=50_000))["binding"]
    assert (found.value, found.state, found.detail) == ("Site power", "over", "broken, no rack fits")


def test_the_floor_is_a_limit_where_a_room_is_drawn() -> None:
    """A rack takes 0.6 m x (1.2 + 1.2) m = 1.44 m²; three are 4.32 m², 6 m² have room for one more."""
    design = two_racks()
    square = ((0, 0), (3000, 0), (3000, 2000), (0, 2000))
    design.put(("areas", Area(block="hall", id="room", kind="room", points=square)))
    found = twelve(design)["binding"]
    assert (found.value, found.detail) == ("Floor area", "1 rack still fits")


def test_the_worst_source_after_losing_one_and_the_racks_it_still_carries() -> None:
    """A server takes 10 kW from two sources; without A all of it is on B: 20 of 50 kW."""
    design = two_racks()
    design.sources("A", "B", capacity_w=50_000)
    for device in list(design.project.devices("node").values()):
        feeds = {f"psu{k}": "A" if k < 4 else "B" for k in range(1, 7)}
        design.change("devices", "node", device.id, feeds=feeds)
    found = twelve(design)
    assert found["source"].value == "40 %"
    assert found["source"].detail in ("B without A", "A without B")
    assert (found["binding"].value, found["binding"].detail) == ("Source B without A", "3 racks still fit")


def test_a_source_without_capacity_says_so() -> None:
    design = two_racks()
    design.sources("A", "B")
    assert twelve(design)["source"].detail == "no capacity given"


def test_us_units_are_in_the_same_numbers() -> None:
    design = two_racks(rack_mass_kg=250)
    with use("us"):
        found = twelve(design)
    assert (found["heaviest"].value, found["heaviest"].detail) == ("507.1 lb", "of 551.2 lb")
    assert "75.2→102.2 °F" in found["air"].detail


def test_inputs_name_value_evidence_and_source() -> None:
    evaluation = two_racks().evaluate()
    found, left_out = inputs_of(evaluation, "power_max_w")
    assert left_out == 0
    server = next(one for one in found if one.name == "Server")
    assert server.what == "2 x 10 kW, power, maximum sustained"
    assert (server.amount, server.evidence, server.source) == ("20 kW", "verified", "Data sheet")
    assert [one.amount for one in inputs_of(evaluation, "rack_mass_kg")[0]] == ["130 kg", "100 kg"]


@pytest.mark.parametrize("most", [1, 3])
def test_inputs_add_up_to_the_quantity(most: int) -> None:
    evaluation = two_racks().evaluate()
    for name in ("power_max_w", "mass_kg", "heat_air_w", "accelerators"):
        whole = inputs_of(evaluation, name, 99)[0]
        assert sum(one.weight for one in whole) == pytest.approx(evaluation.quantities[name].value)
        some, left_out = inputs_of(evaluation, name, most)
        assert len([one for one in some if one.amount]) + left_out == len([o for o in whole if o.amount])


def test_every_quantity_can_be_explained() -> None:
    evaluation = two_racks(facility_power_w=40_000).evaluate()
    for quantity in evaluation.quantities.values():
        headline = headline_of(evaluation, quantity)
        assert headline.value == quantity.text
        assert headline.state == quantity.state
        assert headline.formula


def test_what_draws_nothing_and_says_so_is_an_input_of_every_kind_of_power() -> None:
    """A panel gives 0 W as its maximum and neither typical nor peak."""
    design = two_racks()
    design.device(design.project.instances("hall")["r1"].of, "panel", 40)
    evaluation = design.evaluate()
    for name in ("power_typical_w", "power_max_w", "power_peak_w"):
        panel = next(one for one in inputs_of(evaluation, name)[0] if one.name == "Panel")
        assert (panel.what, panel.amount) == ("2 x 0 W, power, maximum sustained", "0 W")
