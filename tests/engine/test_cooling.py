"""Heat to air and liquid, and the flows that carry it off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.coolants import (
    airflow_m3h,
    coolant_flow_lpm,
    heat_capacity_kj_l_k,
    pressure_ratio,
    properties,
    rise_or_unknown_k,
)
from core.engine.water_classes import water_class
from core.errors import EngineError
from tests.engine.designs import Design


def test_airflow_of_a_hall() -> None:
    """600 kW at 12 K is 41.5 m3/s (facility file of an open planner)."""
    assert airflow_m3h(600e3, 12.0) / 3600 == pytest.approx(41.5, abs=0.05)


def test_airflow_of_a_dgx_b300() -> None:
    """14.5 kW at 20.6 K: 2,101 m3/h, 1,237 CFM (temperature rise: NVIDIA best practices with DGX B300)."""
    assert airflow_m3h(14_500, 20.6) == pytest.approx(2_101, abs=0.5)
    assert airflow_m3h(14_500, 20.6) / 1.699 == pytest.approx(1_237, abs=1)


def test_the_rule_in_american_units() -> None:
    """CFM = 3.16 x W / dF with 1.08; here 1.2 kg/m3 and 1,005 J/kg K give 3.145 to 3.16."""
    cfm = airflow_m3h(1_000, 20 / 1.8) / 1.699
    assert 3.145 * 1_000 / 20 <= cfm <= 3.17 * 1_000 / 20


@pytest.mark.parametrize(("feet", "ratio"), [(2_000, 0.93), (4_000, 0.86), (6_000, 0.80), (8_000, 0.74)])
def test_air_is_thinner_higher_up(feet: float, ratio: float) -> None:
    """Published altitude ratios (Innovative Research, air handling sheet)."""
    assert pressure_ratio(feet * 0.3048) == pytest.approx(ratio, abs=0.006)
    assert airflow_m3h(1, 1, feet * 0.3048) == pytest.approx(airflow_m3h(1, 1) / ratio, rel=0.01)


@pytest.mark.parametrize(
    ("coolant", "flow_lpm", "rise_k"),
    [
        ("water", 1.0, 14.4), ("water", 1.2, 12.0), ("water", 1.5, 9.6), ("water", 2.0, 7.2),
        ("PG25", 1.0, 15.0), ("PG25", 1.2, 12.5), ("PG25", 1.5, 10.0), ("PG25", 2.0, 7.5),
    ],
)  # fmt: skip
def test_rise_at_a_flow_for_each_kilowatt(coolant: str, flow_lpm: float, rise_k: float) -> None:
    """dT = 60 / (rho c_p L/min per kW); water 4.17, PG25 4.0 kJ/L K (Dow, DOWFROST LC)."""
    assert coolant_flow_lpm(1_000, coolant, 30.0, rise_k) == pytest.approx(flow_lpm, rel=0.01)


@pytest.mark.parametrize(("celsius", "density", "heat"), [(25.0, 1030.3, 3.88), (40.0, 1022.5, 3.92)])
def test_pg25_as_its_maker_prints_it(celsius: float, density: float, heat: float) -> None:
    assert heat_capacity_kj_l_k("PG25", celsius) == pytest.approx(density * heat / 1000)


@pytest.mark.parametrize(
    ("supply_c", "flow_lpm"), [(25.0, 59.0), (30.0, 71.0), (35.0, 89.0), (40.0, 119.0), (45.0, 177.0)]
)
def test_gb300_nvl72_is_specified_by_its_return_temperature(supply_c: float, flow_lpm: float) -> None:
    """Lenovo Press LP2357: with 121.5 kW to water every row of the table returns at 54.8 to 55.0 degC."""
    litres_s = flow_lpm / 60
    rise_k = 121.5 / (litres_s * heat_capacity_kj_l_k("water", (supply_c + 54.9) / 2))
    assert supply_c + rise_k == pytest.approx(54.87, abs=0.12)


def test_what_is_outside_the_method_is_refused() -> None:
    with pytest.raises(EngineError, match="above 0 K"):
        airflow_m3h(1, 0)
    with pytest.raises(EngineError, match="above 0 K"):
        coolant_flow_lpm(1, "water", 30, -1)
    with pytest.raises(EngineError, match="oil"):
        coolant_flow_lpm(1, "oil", 30, 5)
    with pytest.raises(EngineError, match="altitude"):
        pressure_ratio(12_000)


@pytest.mark.parametrize(
    ("celsius", "density", "heat", "viscosity"),
    [(25.0, 1030.3, 3.88, 2.39), (40.0, 1022.5, 3.92, 1.58), (50.0, 1017.3, 3.94, 1.3)],
)
def test_pg25_is_not_as_good_as_water(celsius: float, density: float, heat: float, viscosity: float) -> None:
    """Dow, DOWFROST LC 25; 4.12 kJ/kg K, a value in circulation, would promise 5 percent too much cooling."""
    found = properties("PG25", celsius)
    assert found.density_kg_m3 == pytest.approx(density)
    assert found.heat_kj_kg_k == pytest.approx(heat)
    assert found.viscosity_mpa_s == pytest.approx(viscosity)
    assert found.heat_kj_kg_k < 4.12 * 0.97


def test_glycol_shares_lie_in_order() -> None:
    """More glycol: less heat for each litre and more viscous (Melinder 2010)."""
    shares = [properties(f"PG{share}", 40.0) for share in (20, 30, 35, 40, 50)]
    heats = [p.heat_capacity_kj_l_k for p in shares]
    assert heats == sorted(heats, reverse=True)
    viscous = [p.viscosity_mpa_s for p in shares]
    assert viscous == sorted(viscous)
    # 25 percent by volume of the plain mixture, 25.7 by mass: 1010.4 kg/m3 x 3.961 kJ/kg K
    assert properties("PG25", 40.0).heat_capacity_kj_l_k == pytest.approx(4.002, rel=0.002)


@pytest.mark.parametrize(
    ("coolant", "celsius"),
    [("PG25", 9.9), ("PG25", 60.1), ("water", 5.0), ("PG30", 65.0), ("PG15", 30.0), ("PG60", 30.0)],
)
def test_properties_are_not_extrapolated(coolant: str, celsius: float) -> None:
    with pytest.raises(EngineError):
        properties(coolant, celsius)


@given(
    st.floats(1.0, 1e6),
    st.floats(1.0, 20.0),
    st.floats(15.0, 35.0),
    st.sampled_from(["water", "PG25", "PG30"]),
)
def test_flow_and_rise_undo_each_other(watts: float, rise: float, supply: float, coolant: str) -> None:
    flow = coolant_flow_lpm(watts, coolant, supply, rise)
    assert rise_or_unknown_k(watts, flow, coolant, supply) == pytest.approx(rise, rel=1e-5)


def tray_and_switch() -> Design:
    design = Design()
    design.rack("o", "or3")
    design.device("o", "sled", 1)
    design.device("o", "sled", 3)
    design.place("o", "o1")
    design.device("hall", "switch")
    return design


def test_heat_is_split_by_the_liquid_fraction() -> None:
    cooled = tray_and_switch().evaluate().cooling
    # 2 x 6 kW at 0.9, 2 kW of the switch to air
    assert cooled.rack_liquid_w.tolist() == pytest.approx([10_800])
    assert cooled.rack_air_w.tolist() == pytest.approx([1_200])
    assert (cooled.liquid_w, cooled.air_w) == pytest.approx((10_800, 3_200))
    # 10.8 kW at 10 K of PG25 at a mean of 40 degC, 4.008 kJ/L K: 10.8 / 40.08 x 60
    assert cooled.flow_lpm == pytest.approx(16.17, abs=0.01)
    # 3.2 kW at 15 K: 3200 / (1.2 x 1005 x 15) x 3600
    assert cooled.airflow_m3h == pytest.approx(636.8, abs=0.1)


def test_the_site_sets_the_conditions() -> None:
    design = tray_and_switch()
    design.require(coolant="water", liquid_rise_k=5.0, air_rise_k=10.0, altitude_m=2438.4)
    cooled = design.evaluate().cooling
    assert (cooled.coolant, cooled.rise_k, cooled.air_rise_k) == ("water", 5.0, 10.0)
    assert cooled.airflow_m3h == pytest.approx(airflow_m3h(3_200, 10.0) / 0.74, rel=0.005)
    assert cooled.flow_lpm == pytest.approx(coolant_flow_lpm(10_800, "water", 35.0, 5.0))


def test_the_shares_of_a_heat_sum_to_one() -> None:
    cooled = tray_and_switch().evaluate().cooling
    for grounds in (cooled.air_grounds, cooled.liquid_grounds):
        assert sum(share for _, share in grounds.shares) == pytest.approx(1)


def test_cdus_are_rated_together_and_the_largest_may_fail() -> None:
    design = tray_and_switch()
    design.device("hall", "cdu", x_mm=2_000)
    design.device("hall", "cdu", x_mm=4_000)
    cooled = design.evaluate().cooling
    assert (cooled.cdu_w, cooled.cdu_largest_w) == (2e6, 1e6)


@pytest.mark.parametrize(
    ("needed_c", "name"),
    [(16.9, ""), (17, "W17"), (31, "W27"), (32, "W32"), (41, "W40"), (44.9, "W40"), (45, "W45"), (60, "W45")],
)
def test_the_warmest_class_of_facility_water_that_will_do(needed_c: float, name: str) -> None:
    """ASHRAE TC 9.9 (2021): W17, W27, W32, W40, W45 by the highest supply."""
    assert water_class(needed_c) == name
