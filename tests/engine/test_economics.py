"""Cost of a design: every formula by hand, sums that must agree, ranges and chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.brief import ASSUMPTIONS
from core.engine.capex import DOMAINS, PriceInput, domain_of, prices_of
from core.engine.cash_flow import cash_flow
from core.engine.depreciation import annuity, yearly_of
from core.engine.economics import NAMES, Economics, Ranged, evaluate
from core.engine.evaluation import Evaluation, Evaluator
from core.engine.inputs import inputs_of
from core.engine.output import Output
from core.engine.sensitivity import draw, influences, spreads, tornado
from core.engine.unit_costs import HOURS, Facts, figures_of
from core.engine.worth import yearly_grounds
from core.errors import EngineError, RecordError
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Assumption, Requirement, TypeRecord
from core.model.types import CableType, Citation, DeviceType, PortGroup, RackType

ROOT = Path(__file__).parents[2]
SERVER = DeviceType(id="server", name="Server", kind="server")
SWITCH = DeviceType(id="switch", name="Switch", kind="switch")
PRICES = (
    PriceInput(SERVER, "servers", 10, 900_000.0, 1_100_000.0, True, "estimate"),
    PriceInput(SWITCH, "network", 2, 100_000.0, 100_000.0, False, "verified"),
)
TRAINING = Output("w1", "Train", "training", 80.0, 40e15, tokens_in_s=1e5, run_hours=1000.0)
SERVING = Output("w2", "Serve", "inference", 40.0, 1e15, tokens_in_s=3000.0, tokens_out_s=1000.0)
FACTS = Facts(
    accelerators=80.0, tflops_bf16=80_000.0, tflops_fp8=160_000.0, it_w=90_000.0, facility_w=120_000.0,
    critical_w=100_000.0,
    power_by_others=False, cooling_by_others=False, water_l_h=50.0, room_m2=100.0,
    outputs=(TRAINING, SERVING),
)  # fmt: skip
PLAIN = dict.fromkeys(NAMES, 0.0) | {
    "accelerator_share": 0.6, "life_it_years": 5.0, "life_network_years": 5.0, "life_plant_years": 10.0,
    "life_shell_years": 20.0, "availability": 1.0, "utilisation": 0.5, "goodput": 0.8, "pue": 1.5,
    "price:server": 1_000_000.0, "price:switch": 100_000.0,
}  # fmt: skip


def figures(facts: Facts = FACTS, **changed: float) -> Mapping[str, Any]:
    return evaluate(PLAIN | changed, PRICES, facts)


def example(name: str = "superpod-h100-su", **assumed: float) -> Evaluation:
    project = load(ROOT / f"resources/examples/{name}.cage")[0]
    edit = Edit(project, "Assume")
    for key, value in assumed.items():
        edit.put("assumptions", Assumption(id=key, value=value))
    History(project).commit(edit.change())
    return Evaluator(project).evaluate()


def test_capital_by_domain() -> None:
    """60 % of servers are accelerators; the building 100 kW x 2 USD/W."""
    found = figures(shell_usd_w=2.0)
    assert found["capex_accelerators_usd"] == 600_000
    assert found["capex_servers_usd"] == 400_000
    assert found["capex_network_usd"] == 100_000
    assert found["capex_shell_usd"] == 200_000
    assert found["capex_usd"] == 1_300_000


def test_spares_freight_and_tax_come_with_what_is_delivered() -> None:
    """2 % of 1.1 M USD of devices are spares; 3 % and 7 % of devices and spares; none of the building."""
    found = figures(spare_devices_share=0.02, freight_share=0.03, tax_share=0.07, shell_usd_w=2.0)
    assert found["capex_spares_usd"] == pytest.approx(22_000)
    assert found["capex_freight and tax_usd"] == pytest.approx(0.1 * 1_122_000)
    assert found["capex_usd"] == pytest.approx(1_300_000 + 22_000 + 112_200)
    # Over 5 years, without interest; nothing of it is maintained.
    assert found["year_spares_usd"] == pytest.approx(4_400)
    assert found["year_freight and tax_usd"] == pytest.approx(22_440)
    kept = figures(spare_devices_share=0.02, freight_share=0.03, maintenance_it=0.1)
    assert kept["opex_maintenance_usd"] == pytest.approx(0.1 * 1_100_000)


def test_accelerators_with_prices_of_their_own_take_no_assumed_share() -> None:
    """75 % instead of 60."""
    known = (replace(PRICES[0], share=0.75), PRICES[1])
    found = evaluate(PLAIN, known, FACTS)
    assert (found["capex_accelerators_usd"], found["capex_servers_usd"]) == (750_000, 250_000)


def test_the_price_of_a_chip_is_taken_from_its_type() -> None:
    """8 x 18,000 USD in each server; without it the share is assumed."""
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    (before, *_) = Evaluator(project).evaluate().economics.prices
    assert before.accelerators
    assert before.share is None
    edit = Edit(project, "Price")
    chip = project.find_type("nvidia-h100-sxm5")
    priced = msgspec.structs.replace(chip, price_low_usd=16_000.0, price_high_usd=20_000.0)
    edit.put("types", TypeRecord(id=priced.id, spec=priced))
    History(project).commit(edit.change())
    found = Evaluator(project).evaluate().economics
    assert found.figures["capex_accelerators_usd"] == pytest.approx(248 * 18_000)
    assert found.prices[0].share == pytest.approx(248 * 18_000 / before.likely_usd)


def test_carbon_by_hand() -> None:
    """120 kW x 8,766 h x 0.4 kg."""
    assert figures(grid_kg_kwh=0.4)["carbon_t"] == pytest.approx(420.768)


def test_what_is_by_others_is_taken_by_the_watt() -> None:
    alone = figures(power_plant_usd_w=4.0, cooling_plant_usd_w=2.0)
    assert alone["capex_power_usd"] == alone["capex_cooling_usd"] == 0
    others = replace(FACTS, power_by_others=True)
    found = figures(others, power_plant_usd_w=4.0, cooling_plant_usd_w=2.0, energy_usd_kwh=0.1)
    assert (found["capex_power_usd"], found["capex_cooling_usd"]) == (400_000, 0)
    # PUE instead of the power that is drawn: 90 kW x 1.5 x 8,766 h x 0.1.
    assert found["opex_energy_usd"] == pytest.approx(118_341)
    assert figures(energy_usd_kwh=0.1)["opex_energy_usd"] == pytest.approx(105_192)


def test_an_annuity_by_hand() -> None:
    """8 % over 5 years: 0.08 x 1.08^5 / (1.08^5 - 1)."""
    assert annuity(0.08, 5.0) == pytest.approx(0.08 * 1.4693280768 / 0.4693280768)
    assert yearly_of(1000.0, 5.0, 0.08, 0.0, "annuity") == pytest.approx(250.456, abs=1e-3)
    # A resale of 100 after 5 years is worth 68.06 today.
    assert yearly_of(1000.0, 5.0, 0.08, 0.1, "annuity") == pytest.approx(
        (1000 - 100 / 1.4693280768) * 0.2504565
    )
    assert annuity(np.array([0.0, 0.08]), np.array([4.0, 5.0])) == pytest.approx([0.25, 0.2504565])


def test_a_straight_line_by_hand() -> None:
    """1,000 less a resale of 100, over 5 years, whatever the interest."""
    for rate in (0.0, 0.08):
        assert yearly_of(1000.0, 5.0, rate, 0.1, "straight line") == pytest.approx(180.0)
    lives = np.array([4.0, 5.0])
    assert yearly_of(1000.0, lives, 0.08, 0.2, "straight line") == pytest.approx([200.0, 160.0])


def test_a_year_by_hand() -> None:
    """No interest: 1,100,000 / 5, maintenance 1 %, 1 person-megawatt, software, rent, water."""
    found = figures(
        maintenance_it=0.01, staff_usd_mw=200_000.0, software_usd_accelerator=100.0, space_usd_m2=50.0,
        water_usd_m3=2.0,
    )  # fmt: skip
    assert found["capex_year_usd"] == pytest.approx(220_000)
    assert found["opex_maintenance_usd"] == pytest.approx(11_000)
    assert found["opex_staff_usd"] == pytest.approx(20_000)
    assert found["opex_software_usd"] == 8_000
    assert found["opex_space_usd"] == 5_000
    assert found["opex_water_usd"] == pytest.approx(50 * HOURS / 1000 * 2)
    year = 220_000 + 11_000 + 20_000 + 8_000 + 5_000 + 876.6
    assert found["tco_year_usd"] == pytest.approx(year)
    assert found["tco_life_usd"] == pytest.approx(5 * year)
    assert found["usd_per_gpu_hour"] == pytest.approx(year / HOURS / 80)


def test_unit_costs_by_hand() -> None:
    """A year of 220,000 over 80 accelerators: 0.31371 USD an hour."""
    found, hour = figures(), 220_000 / HOURS / 80
    assert found["usd_per_accelerator"] == 1_100_000 / 80
    assert found["usd_per_tflop_bf16_all"] == 13.75
    assert found["usd_per_tflop_fp8_all"] == 6.875
    assert found["usd_per_mw"] == 11_000_000
    # 40 PFLOP/s on all of them: 80 x 24 hours for 40 PFLOP-days.
    assert found["usd_per_pflop_day:w1"] == pytest.approx(hour * 80 * 24 / 40)
    assert found["usd_per_run:w1"] == pytest.approx(hour * 80 * 1000)
    # 40 of them write 1,000 tokens a second and read 3,000.
    assert found["usd_per_m_tokens_out:w2"] == pytest.approx(hour * 40 / 3600 * 1000)
    assert found["usd_per_m_tokens_in:w2"] == pytest.approx(hour * 40 / 3600 * 1e6 / 3000)
    assert found["usd_per_m_tokens:w2"] == pytest.approx(hour * 40 / 3600 * 250)
    assert "usd_per_pflop_day" not in found


def test_without_a_workload_the_utilisation_is_assumed() -> None:
    """80 PFLOPS at 50 % for 80 % of the time: 32 PFLOP-days a day."""
    found = figures(replace(FACTS, outputs=()))
    assert found["usd_per_pflop_day"] == pytest.approx(220_000 / (32 * HOURS / 24))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"life_it_years": 0.0}, "above 0 years"),
        ({"discount_rate": -0.01}, "cannot be negative"),
        ({"price:server": -1.0}, "cannot be negative"),
        ({"availability": 0.0}, "above 0"),
        ({"resale_it": 1.2}, "at most 1"),
    ],
)
def test_impossible_inputs_are_told(changed: dict[str, float], said: str) -> None:
    with pytest.raises(EngineError, match=said):
        figures(**changed)


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"value": -1.0}, "cannot be negative"), ({"value": 1.0, "low": 2.0}, "lie in its range")],
)
def test_impossible_assumptions_do_not_enter(fields: dict[str, float], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        Edit(Project("p"), "Assume").put("assumptions", Assumption(id="pue", **fields))


def test_a_life_of_0_is_said_and_nothing_else_is_lost() -> None:
    of = example(life_it_years=0.0)
    assert "above 0 years" in of.economics.problem
    assert of.economics.figures == {}
    assert of.cost.low_usd > 0


@pytest.mark.parametrize("name", ["hall", "superpod-gb200-su", "superpod-h100-su"])
def test_domains_add_up_to_the_bill_and_what_is_assumed(name: str) -> None:
    of = example(name)
    found, facts = of.economics.figures, of.economics.facts
    domains = sum(found[f"capex_{domain}_usd"] for domain in DOMAINS)
    assert domains == pytest.approx(found["capex_usd"])
    bill = (of.cost.low_usd + of.cost.high_usd) / 2
    by_watt = ASSUMPTIONS["shell_usd_w"].value
    by_watt += ASSUMPTIONS["power_plant_usd_w"].value if facts.power_by_others else 0.0
    by_watt += ASSUMPTIONS["cooling_plant_usd_w"].value if facts.cooling_by_others else 0.0
    devices = sum(found[f"capex_{domain}_usd"] for domain in ("accelerators", "servers", "network"))
    spares = ASSUMPTIONS["spare_devices_share"].value * devices
    assert found["capex_spares_usd"] == pytest.approx(spares)
    delivered = (bill + spares) * (1 + ASSUMPTIONS["freight_share"].value + ASSUMPTIONS["tax_share"].value)
    assert domains == pytest.approx(delivered + by_watt * facts.critical_w)
    assert facts.critical_w >= facts.it_w > 0
    assert {f.name for f in figures_of(facts.outputs)} >= set(of.economics.labels)


def test_a_range_that_reaches_the_impossible_is_said_too() -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    edit = Edit(project, "Assume")
    edit.put("assumptions", Assumption(id="life_it_years", value=5.0, low=0.0, high=6.0))
    History(project).commit(edit.change())
    assert "above 0 years" in Evaluator(project).evaluate().economics.problem


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"price_low_usd": -1.0}, "price_low_usd"),
        ({"price_low_usd": 3.0, "price_high_usd": 2.0}, "lowest price is above the highest"),
    ],
)
def test_impossible_prices_do_not_enter(fields: dict[str, float], said: str) -> None:
    spec = DeviceType(id="s", name="S", kind="server", **fields)
    with pytest.raises(RecordError, match=said):
        Edit(Project("p"), "Price").put("types", TypeRecord(id="s", spec=spec))


def test_one_estimated_figure_is_no_certain_price() -> None:
    """A chassis of 100 USD, estimated: 70 to 130; verified: certain."""
    for evidence, ends in (("estimate", (0.7, 1.3)), ("verified", (1.0, 1.0))):
        project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
        spec = project.find_type("nvidia-qm9700")
        cited = Citation(fields=("price_low_usd", "price_high_usd"), title="A shop", evidence=evidence)
        edit = Edit(project, "Price")
        priced = msgspec.structs.replace(spec, price_low_usd=100.0, price_high_usd=100.0, sources=(cited,))
        edit.put("types", TypeRecord(id=spec.id, spec=priced))
        History(project).commit(edit.change())
        inputs = Evaluator(project).evaluate().economics.inputs
        (one,) = [one for one in inputs if one.name == "price:nvidia-qm9700"]
        assert (one.low / one.likely, one.high / one.likely) == pytest.approx(ends)


def test_the_project_replaces_assumptions() -> None:
    cheap = example(energy_usd_kwh=0.0)
    (energy,) = [one for one in cheap.economics.inputs if one.name == "energy_usd_kwh"]
    assert (energy.low, energy.likely, energy.high, energy.evidence) == (0.0, 0.0, 0.0, "user")
    assert cheap.economics.figures["opex_energy_usd"] == 0.0


def test_straight_line_is_a_choice() -> None:
    project = load(ROOT / "resources/examples/superpod-h100-su.cage")[0]
    annual = Evaluator(project).evaluate().economics.figures["capex_year_usd"]
    edit = Edit(project, "Choose")
    edit.put("requirements", Requirement(id="depreciation", value="Straight line"))
    History(project).commit(edit.change())
    assert Evaluator(project).evaluate().economics.figures["capex_year_usd"] < annual


def test_another_depreciation_does_not_enter() -> None:
    with pytest.raises(RecordError, match="must be one of: annuity, straight line"):
        Edit(Project("p"), "Choose").put(
            "requirements", Requirement(id="depreciation", value="sum of digits")
        )


def test_domains_of_types() -> None:
    nic = PortGroup(name="p1", layer="data")
    inlet = PortGroup(name="in", layer="power", direction="in")
    assert domain_of(DeviceType(id="n", name="NIC", kind="module", ports=(nic,))) == "network"
    assert domain_of(DeviceType(id="s", name="Supply", kind="module", ports=(inlet,))) == "power"
    assert domain_of(DeviceType(id="c", name="CDU", kind="cdu")) == "cooling"
    assert domain_of(RackType(id="r", name="R", units=1, width_mm=1, depth_mm=1, height_mm=1)) == "racks"
    assert domain_of(CableType(id="d", name="DAC", media="DAC")) == "optics and cables"


def test_lengths_of_a_cable_are_one_price() -> None:
    rows = example().cost.rows
    priced = prices_of(rows, {})
    assert len({price.type.id for price in priced}) == len(priced)
    assert sum(p.low_usd for p in priced) == pytest.approx(sum(r.low_usd or 0.0 for r in rows))


def test_paid_year_by_year_by_hand() -> None:
    """2.5 years: 1,100,000 before, energy of 105,192 a year, half of it in the third; a tenth back."""
    values = {"life_it_years": 2.5, "energy_usd_kwh": 0.1, "resale_it": 0.1, "discount_rate": 0.1}
    inputs = tuple(Ranged(n, n, "", v, v, v, "assumed", "") for n, v in (PLAIN | values).items())
    found = {name: float(value) for name, value in figures(**values).items()}
    before, first, second, third = cash_flow(Economics(PRICES, inputs, FACTS, found, 0))
    assert (before.capital_usd, before.total_usd, before.present_usd) == (1_100_000,) * 3
    assert (first.operating_usd, second.operating_usd) == (pytest.approx(105_192),) * 2
    assert (third.operating_usd, third.resale_usd) == (pytest.approx(52_596), pytest.approx(100_000))
    assert third.total_usd == pytest.approx(1_100_000 + 2.5 * 105_192 - 100_000)
    last = (52_596 - 100_000) / 1.1**2.5
    assert third.present_usd == pytest.approx(1_100_000 + 105_192 / 1.1 + 105_192 / 1.21 + last)
    assert cash_flow(Economics(PRICES, inputs, FACTS, {}, 0)) == ()


# Sensitivity and chance.


def small(**ranges: tuple[float, float]) -> Economics:
    inputs = tuple(
        Ranged(name, name, "", *(ranges[name][0], value, ranges[name][1]), "assumed", "")
        if name in ranges
        else Ranged(name, name, "", value, value, value, "assumed", "")
        for name, value in PLAIN.items()
    )
    found = {name: float(value) for name, value in figures().items()}
    return Economics(PRICES, inputs, FACTS, found, 0)


@pytest.mark.parametrize("name", ["hall", "superpod-h100-su"])
def test_evidence_of_the_year_covers_all_that_it_costs(name: str) -> None:
    """A part weighs what it is of the year: so the parts add up to it, with plant drawn and by others."""
    of = example(name).economics
    parts = {one.name: one.share for one in yearly_grounds(of).dominant}
    share = of.figures["opex_energy_usd"] / of.figures["tco_year_usd"]
    assert parts["Price of electricity"] == pytest.approx(share, rel=1e-6)


def test_a_tornado_by_hand() -> None:
    of = small(**{"price:server": (900_000.0, 1_300_000.0), "price:switch": (50_000.0, 150_000.0)})
    swings = tornado(of, "capex_usd")
    assert [(s.input.name, s.at_low, s.at_high) for s in swings] == [
        ("price:server", 1_000_000, 1_400_000),
        ("price:switch", 1_050_000, 1_150_000),
    ]
    assert tornado(of, "carbon_t") == ()
    assert len(tornado(of, "capex_usd", most=1)) == 1


def test_influences_by_hand() -> None:
    """A tenth of 1,000,000 of servers and of 100,000 of switches in 1,100,000."""
    (first, second) = influences(small(), "capex_usd")
    assert (first[0].name, first[1]) == ("price:server", pytest.approx(1 / 11))
    assert (second[0].name, second[1]) == ("price:switch", pytest.approx(0.1 / 11))


def test_what_explains_a_cost() -> None:
    of = example()
    (first, *_), _ = inputs_of(of, "usd_per_accelerator")
    assert first.name.startswith("Price of 31 x DGX H100")
    assert (first.evidence, first.amount) == ("estimate", f"10 % of it moves it {first.weight:.1%}")
    names = {one.name for one in inputs_of(of, "tco_year_usd", 100)[0]}
    assert ASSUMPTIONS["discount_rate"].label in names


def test_draws_lie_in_their_range_and_around_what_is_likely() -> None:
    one = Ranged("a", "a", "", 10.0, 20.0, 60.0, "assumed", "")
    drawn = draw((one,), 20_000, 3)["a"]
    assert drawn.min() >= 10
    assert drawn.max() <= 60
    # Mean of PERT: (a + 4 m + b) / 6.
    assert drawn.mean() == pytest.approx((10 + 80 + 60) / 6, rel=0.01)
    assert (draw((one,), 100, 3)["a"] == draw((one,), 100, 3)["a"]).all()


def test_spreads_lie_between_the_bounds() -> None:
    of = small(**{"price:server": (900_000.0, 1_300_000.0), "life_it_years": (4.0, 6.0)})
    found = spreads(of, draws=2_000)["capex_year_usd"]
    # Server of 900,000 over 6 years and of 1,300,000 over 4, switches over 5 in both.
    assert found.low_bound == pytest.approx(900_000 / 6 + 20_000)
    assert found.high_bound == pytest.approx(1_300_000 / 4 + 20_000)
    assert found.low_bound < found.p10 < found.p50 < found.p90 < found.high_bound
    certain = spreads(small(), draws=100)["capex_usd"]
    assert certain.p10 == certain.p90 == certain.low_bound == certain.high_bound == 1_100_000


COSTS = ("capex_usd", "tco_year_usd", "usd_per_gpu_hour", "usd_per_run:w1", "usd_per_m_tokens_out:w2")


@given(
    server=st.floats(1e3, 1e8), switch=st.floats(1e3, 1e7), more=st.floats(1.0, 3.0), rate=st.floats(0, 0.3)
)
def test_a_higher_price_never_lowers_a_cost(server: float, switch: float, more: float, rate: float) -> None:
    given_ = {"price:server": server, "price:switch": switch, "discount_rate": rate}
    before, after = figures(**given_), figures(**(given_ | {"price:server": server * more}))
    assert all(after[name] >= before[name] * (1 - 1e-12) for name in COSTS)


@given(rate=st.floats(0, 0.4), years=st.floats(1, 40))
def test_an_annuity_pays_back_what_was_lent(rate: float, years: float) -> None:
    paid = annuity(rate, years)
    worth = paid * years if rate == 0 else paid * (1 - (1 + rate) ** -years) / rate
    assert worth == pytest.approx(1, rel=1e-6) or rate < 1e-9


def test_columns_and_single_values_agree() -> None:
    of = example().economics
    drawn = draw(of.inputs, 5, 1)
    columns = evaluate(drawn, of.prices, of.facts)
    for row in range(5):
        single = evaluate({name: float(column[row]) for name, column in drawn.items()}, of.prices, of.facts)
        assert all(
            np.broadcast_to(columns[name], (5,))[row] == pytest.approx(value)
            for name, value in single.items()
        )
