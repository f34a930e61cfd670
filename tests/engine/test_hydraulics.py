"""Flow, velocity and pressure along coolant links."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.coolants import properties
from core.engine.pipe_flow import drop_kpa, velocity_m_s
from tests.engine.designs import Design
from tests.engine.liquid import TABLE, hoses, plant, wet_racks


def one_rack(**changes: dict[str, object]) -> Design:
    """A rack of two trays (16 kW, 23.95 L/min of PG25 at 10 K) on one CDU, hoses of 20 mm bore and 5 m."""
    design = plant(**changes)
    wet_racks(design, "r1")
    design.device("hall", "exchanger", name="cdu", x_mm=4_000, y_mm=4_000)
    hoses(design, "cdu", "r1/m", 1, length_m=5.0)
    return design


def test_a_hose_of_known_bore_has_a_velocity_and_a_drop() -> None:
    of = one_rack().evaluate()
    found = of.hydraulics
    flow = 16 / 40.08 * 60
    assert found.flow_lpm.tolist() == pytest.approx([flow, flow], rel=1e-3)
    # 0.3992 L/s through 3.142 cm2: 1.27 m/s
    assert found.velocity_m_s.tolist() == pytest.approx([1.271, 1.271], abs=0.001)
    # Re = 1022.5 x 1.271 x 0.02 / 1.58e-3 = 16,450; f = 0.0273; f x 250 x 1022.5 x 1.271^2 / 2 = 5.6 kPa
    assert found.drop_kpa.tolist() == pytest.approx([5.63, 5.63], abs=0.05)
    loop = of.loops.unit_loop[0]
    assert found.loop_velocity_m_s[loop] == pytest.approx(1.271, abs=0.001)
    assert found.loop_drop_kpa[loop] == pytest.approx(2 * 5.63, abs=0.1)
    assert not found.loop_drop_known[loop]  # the trays tell nothing


def test_laminar_flow_drops_by_hagen_and_poiseuille() -> None:
    """dp = 128 mu L Q / (pi D^4), exact where Re is below 2,300."""
    water = properties("water", 25.0)
    by_hand = 128 * 0.890e-3 * 10 * (1 / 60_000) / (np.pi * 0.02**4) / 1000
    assert drop_kpa(1.0, 20.0, 10.0, water) == pytest.approx(by_hand, rel=1e-9)


@given(st.floats(0.1, 500), st.floats(5, 200), st.floats(0.1, 100))
def test_more_flow_drops_more(flow: float, bore: float, length: float) -> None:
    water = properties("water", 40.0)
    assert drop_kpa(2 * flow, bore, length, water) > drop_kpa(flow, bore, length, water) > 0
    assert drop_kpa(flow, bore, 2 * length, water) == pytest.approx(2 * drop_kpa(flow, bore, length, water))


def test_header_velocity() -> None:
    """GB200 NVL72 takes up to 130 L/min; a bore of 1 inch runs above 3 m/s, 1.5 inch does not."""
    assert velocity_m_s(130.0, 25.4) == pytest.approx(4.276, abs=0.001)
    assert velocity_m_s(130.0, 38.1) == pytest.approx(1.900, abs=0.001)


def test_head_left_is_head_less_all_drops_of_the_worst_way() -> None:
    design = one_rack(
        exchanger={"head_kpa": 100.0}, wet={"coolant_flow_lpm": 12.0, "coolant_drop_kpa": 30.0},
        header={"coolant_flow_lpm": 24.0, "coolant_drop_kpa": 4.0},
    )  # fmt: skip
    # a manifold with a flow stands for its rack: its drop counts, those of its trays do not
    of = design.evaluate()
    loop = of.loops.unit_loop[0]
    assert of.loops.loop_flow_lpm[loop] == pytest.approx(24.0)
    assert of.hydraulics.loop_drop_kpa[loop] == pytest.approx(4.0 + 2 * 5.65, abs=0.1)
    assert of.hydraulics.loop_drop_known[loop]
    assert of.hydraulics.loop_head_left_kpa[loop] == pytest.approx(100 - 15.3, abs=0.1)


def test_a_rack_table_gives_the_drop_at_its_supply() -> None:
    design = one_rack(
        header={"coolant_flows": TABLE}, exchanger={"head_kpa": 100.0, "cooling_flow_lpm": 200.0}
    )
    design.require(liquid_supply_c=40.0)
    of = design.evaluate()
    loop = of.loops.unit_loop[0]
    hose = of.hydraulics.drop_kpa.sum()
    assert of.hydraulics.loop_drop_kpa[loop] == pytest.approx(8.5 * 6.894757 + hose, abs=0.01)
    assert of.hydraulics.flow_lpm.tolist() == pytest.approx([119, 119])


def test_head_is_unknown_beyond_the_flow_it_is_rated_for() -> None:
    of = one_rack(exchanger={"head_kpa": 100.0, "cooling_flow_lpm": 20.0}).evaluate()
    assert np.isnan(of.hydraulics.loop_head_kpa[of.loops.unit_loop[0]])


def test_two_cdus_share_the_flow_of_a_rack() -> None:
    design = one_rack()
    design.device("hall", "exchanger", name="second", x_mm=8_000, y_mm=4_000)
    hoses(design, "second", "r1/m", 1)
    found = design.evaluate().hydraulics
    assert found.flow_lpm.tolist() == pytest.approx([16 / 40.08 * 30] * 4, rel=1e-3)


def test_flow_adds_up_at_a_row_manifold() -> None:
    """Two racks behind one row manifold: each hose the flow of its rack, the common one both."""
    design = plant(exchanger={"cooling_w": 1e6})
    wet_racks(design, "r1", "r2")
    design.device("hall", "exchanger", name="cdu", y_mm=4_000)
    design.device("hall", "row", name="row", y_mm=2_000)
    hoses(design, "cdu", "row", 1)
    for k in (1, 2):
        hoses(design, "row", f"r{k}/m", k)
    of = design.evaluate()
    each = 16 / 40.08 * 60
    assert of.loops.loop_flow_lpm.tolist() == pytest.approx([2 * each], rel=1e-3)
    assert sorted(of.hydraulics.flow_lpm.tolist()) == pytest.approx([each] * 4 + [2 * each] * 2, rel=1e-3)


def test_volume_and_time_to_the_limit() -> None:
    """40 L in devices and 3.1 L of hose warm by 10 K under 16 kW: 43.1 x 4.008 x 10 / 16 = 108 s."""
    design = one_rack(
        wet={"coolant_volume_l": 5.0, "coolant_supply_max_c": 45.0}, header={"coolant_volume_l": 10.0},
        exchanger={"coolant_volume_l": 20.0},
    )  # fmt: skip
    of = design.evaluate()
    loop = of.loops.unit_loop[0]
    litres = 2 * 5 + 10 + 20 + 2 * np.pi / 4 * 0.2**2 * 50
    assert of.hydraulics.loop_volume_l[loop] == pytest.approx(litres)
    assert of.hydraulics.loop_volume_known[loop]
    assert of.hydraulics.loop_hold_s[loop] == pytest.approx(litres * 4.008 * 10 / 16, rel=1e-3)


def test_nothing_is_said_without_volume_or_limit() -> None:
    of = one_rack().evaluate()
    loop = of.loops.unit_loop[0]
    assert not of.hydraulics.loop_volume_known[loop]
    assert np.isnan(of.hydraulics.loop_hold_s[loop])


def test_links_of_a_loop_without_units_have_no_flow() -> None:
    design = plant()
    wet_racks(design, "r1", "r2")
    design.link("r1/m", "return", "r2/m", "supply", layer="coolant")
    assert np.isnan(design.evaluate().hydraulics.flow_lpm).all()
