"""Energy of a year and design PUE, by hand on small plants."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.energy import rejection_at
from core.model.types import DeviceType, EfficiencyPoint, PortGroup, RejectionPoint
from tests.engine.designs import TYPES, Design
from tests.engine.liquid import COOLER, ROOM_UNIT, hoses, pipes, plant, wet_racks

CLIMATE = "0:4380 20:2190 40:2190"
"""Half of the year at 0, a quarter at 20 and a quarter at 40 degC."""


def whole(**changes: object) -> Design:
    """One rack of two trays (10 kW each, 0.8 to liquid) on a CDU and a cooler, a room unit, a UPS on A."""
    design = plant(
        exchanger={"power_max_w": 1_000.0},
        fan_wall={"power_max_w": 800.0},
        cooler={"power_max_w": 10_000.0, **changes},
    )
    wet_racks(design, "r1")
    for name, kind in (("cdu", "exchanger"), ("out", "cooler"), ("walls", "fan-wall")):
        design.device("hall", kind, name=name, x_mm=-3000)
    hoses(design, "cdu", "r1/m", 1)
    pipes(design, "out", "cdu", 1)
    return design


def test_a_plant_by_hand() -> None:
    design = whole()
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.sources("A")
    design.put(("assumptions", _assumption("fan_speed_least", 0.5)))
    design.require(facility_supply_c=30.0, climate=CLIMATE, liquid_supply_c=35.0)
    year = design.evaluate().energy
    # IT 20 kW, 16 kW of it to liquid. The UPS feeds nothing. No typical value: all at maximum.
    assert year.it_w == pytest.approx(20_000)
    cooling = dict(year.cooling_w)
    # CDU: 16 of 20 kW is 0.8; 1 kW x 0.8^3. Fan wall: with 4 kW of the trays, the CDU's 1 kW and its own 0.8
    # in the air (the cooler stands outdoors) it has more than its 5 kW, so it runs at full speed.
    assert cooling["CDUs"] == pytest.approx(512)
    assert cooling["room units and doors"] == pytest.approx(800)
    # Cooler: COP 3, a compressor; 30 degC is reached without it up to 22 degC outdoors (approach 8 K):
    # three quarters of the year, at 0.15 of its power. Load 16 of 30 kW.
    assert year.free_hours == pytest.approx(6570)
    assert cooling["heat rejection"] == pytest.approx(10_000 * 16 / 30 * (0.25 + 0.75 * 0.15))


def test_parts_make_the_whole_and_the_pue() -> None:
    design = whole()
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.sources("A")
    design.require(facility_supply_c=30.0, climate=CLIMATE)
    year = design.evaluate().energy
    parts = [year.it_w, *(w for _, w in year.losses_w), *(w for _, w in year.cooling_w)]
    assert year.total_w == pytest.approx(sum(parts))
    assert year.pue == pytest.approx(sum(parts) / year.it_w)
    assert 1 < year.cooling_ppue <= year.pue
    assert year.year_mwh == pytest.approx(sum(parts) * 8760 / 1e6)


def test_what_is_by_others_leaves_no_pue() -> None:
    design = Design()
    design.device("hall", "server", name="s")
    year = design.evaluate().energy
    assert year.it_w == 7_000  # typical
    assert math.isnan(year.pue)
    assert math.isnan(year.cooling_ppue)
    assert math.isnan(year.wue_l_kwh)
    assert len(year.power_by_others) == 1
    assert len(year.cooling_by_others) == 2
    quantity = design.evaluate().quantities["pue"]
    assert quantity.value is None
    assert year.power_by_others[0] in quantity.grounds.unknown


def test_a_cooler_without_a_compressor_runs_as_fans_and_tells_the_warm_hours() -> None:
    design = whole(power_max_w=600.0)
    design.require(facility_supply_c=30.0, climate=CLIMATE)
    year = design.evaluate().energy
    assert dict(year.cooling_w)["heat rejection"] == pytest.approx(600 * (16 / 30) ** 3)
    assert year.free_hours == pytest.approx(8760)
    assert year.warm_hours == pytest.approx(2190)


def test_a_table_by_outdoor_temperature_gives_power_and_water() -> None:
    points = tuple(
        RejectionPoint(outdoor_c=c, power_share=p, water_l_kwh=w)
        for c, p, w in ((0, 0.02, 0.0), (40, 0.1, 1.0))
    )
    design = whole(rejection_points=points)
    design.require(facility_supply_c=30.0, climate=CLIMATE)
    year = design.evaluate().energy
    # 0.02, 0.06 and 0.10 of 16 kW; 0, 0.5 and 1 L/kWh.
    assert dict(year.cooling_w)["heat rejection"] == pytest.approx(16_000 * (0.5 * 0.02 + 0.25 * 0.16))
    assert year.water_l_h == pytest.approx(16 * 0.25 * 1.5)
    assert year.wue_l_kwh == pytest.approx(6 / 20)


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=9), st.floats(0, 1.2))
def test_a_table_is_never_extrapolated(outdoor: list[float], load: float) -> None:
    points = (
        RejectionPoint(outdoor_c=10, load=0.5, power_share=0.1),
        RejectionPoint(outdoor_c=30, load=0.5, power_share=0.2),
        RejectionPoint(outdoor_c=30, load=1.0, power_share=0.4),
    )
    watts, _ = rejection_at(points, np.array(outdoor), load)
    assert ((watts >= 0.1) & (watts <= 0.4)).all()


def test_without_a_climate_compressors_run_all_the_year_and_it_says_so() -> None:
    year = whole().evaluate().energy
    assert dict(year.cooling_w)["heat rejection"] == pytest.approx(10_000 * 16 / 30)
    assert "no climate is named: compressors are taken to run all the year" in year.unknown


def test_a_climate_nobody_knows_is_said_and_stops_nothing() -> None:
    design = whole()
    design.require(climate="Atlantis")
    year = design.evaluate().energy
    assert year.climate is None
    assert "climate: there is no climate 'Atlantis'" in year.unknown


def test_an_efficiency_curve_counts_at_its_load() -> None:
    curve = (EfficiencyPoint(load=0.0, efficiency=0.8), EfficiencyPoint(load=1.0, efficiency=1.0))
    ups = DeviceType(
        id="curved", name="UPS", kind="ups", floor_standing=True, rated_w=20_000, efficiencies=curve,
        ports=(PortGroup(name="in", layer="power", direction="in", connector="t", phases=3),
               PortGroup(name="out", layer="power", direction="out", connector="t", phases=3)),
    )  # fmt: skip
    (server,) = (t for t in TYPES if t.id == "server")
    one = msgspec.structs.replace(
        server, id="one", ports=(PortGroup(name="in", layer="power", direction="in", connector="t"),)
    )
    design = Design([*TYPES, ups, one])
    design.sources("A")
    design.device("hall", "curved", name="u", feeds={"in": "A"})
    design.device("hall", "one", name="s")
    design.power("u", "out", "s", "in")
    year = design.evaluate().energy
    # 7 kW is 0.35 of the rating: efficiency 0.87.
    assert dict(year.losses_w)["UPS"] == pytest.approx(7_000 * (1 / 0.87 - 1))


def _assumption(name: str, value: float):  # type: ignore[no-untyped-def]
    from core.model.records import Assumption

    return Assumption(id=name, value=value)


def test_types_used_here_are_what_they_are_taken_for() -> None:
    assert COOLER.cooling_w == 30_000
    assert ROOM_UNIT.cooling_w == 5_000
