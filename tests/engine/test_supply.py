"""Where a design comes from: shares and concentration by hand, what is not known, and lead times."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.cost import bom_row
from core.engine.evaluation import Evaluation, Evaluator
from core.engine.supply import shares_of
from core.engine.supply_lines import UNKNOWN, function_of, lines_of
from core.files.project_file import load
from core.model.records import Alternate, Block, Device, Instance
from core.model.types import AcceleratorType, CableType, DeviceType, Fit, OpticType, PriceBreak, RackType
from tests.rules.plan import BOTH, CDU, Plan

ROOT = Path(__file__).parents[2]


def device(type_id: str, kind: str = "server", **fields: Any) -> DeviceType:
    return DeviceType(id=type_id, name=type_id.title(), kind=kind, **fields)  # type: ignore[arg-type]


@cache
def example(name: str) -> Evaluation:
    return Evaluator(load(ROOT / f"resources/examples/{name}.cage")[0]).evaluate()


def test_a_bill_of_three_suppliers_by_hand() -> None:
    """60, 30 and 10 of 100: 0.36 + 0.09 + 0.01."""
    found = shares_of([("A", 40.0), ("B", 30.0), ("C", 10.0), ("A", 20.0)])
    assert [(part.name, part.usd, part.share) for part in found.parts] == [
        ("A", 60.0, 0.6), ("B", 30.0, 0.3), ("C", 10.0, 0.1),
    ]  # fmt: skip
    assert found.concentration == pytest.approx(0.46)
    assert found.largest is not None
    assert (found.largest.name, found.unknown, found.of("D")) == ("A", 0.0, 0.0)
    assert shares_of([]).parts == ()


def test_what_is_unknown_is_a_part_and_not_a_supplier() -> None:
    found = shares_of([(UNKNOWN, 80.0), ("A", 20.0)])
    assert found.largest is not None
    assert found.largest.name == "A"
    assert (found.unknown, found.concentration) == (0.8, pytest.approx(0.04))


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.floats(0.01, 1e9)), min_size=1, max_size=30))
def test_shares_sum_to_one(spend: list[tuple[str, float]]) -> None:
    found = shares_of(spend)
    assert sum(part.share for part in found.parts) == pytest.approx(1)
    assert 1 / len(found.parts) - 1e-9 <= found.concentration <= 1 + 1e-9
    assert list(found.parts) == sorted(found.parts, key=lambda part: (-part.usd, part.name))


def test_price_breaks_hold_from_their_quantity() -> None:
    breaks = (
        PriceBreak(quantity=100, low_usd=7, high_usd=9),
        PriceBreak(quantity=10, low_usd=8, high_usd=10),
    )
    spec = device("d", price_low_usd=10, price_high_usd=12, price_breaks=breaks)
    assert [bom_row("devices", spec, n).low_usd for n in (9, 10, 99, 100)] == [90, 80, 792, 700]


def test_lines_of_a_bill() -> None:
    """Lengths of a cable are one line; a supplier comes before the maker; generic makers are nobody."""
    cable = CableType(
        id="c", name="C", media="DAC", maker="Acme", price_low_usd=1, price_high_usd=3, price_per_m_usd=1
    )
    node = device("n", maker="Acme", suppliers=("Dist", "Other"), lead_time_weeks=12, alternates=("m",))
    rows = [bom_row("cables", cable, 2, 1.0), bom_row("cables", cable, 3, 2.0), bom_row("devices", node, 1),
            bom_row("devices", device("g", "rack-pdu", maker="Generic"), 1)]  # fmt: skip
    found = {line.type.id: line for line in lines_of(rows, frozenset(), (Alternate(id="a", of="c", by="d"),))}
    # 2 x (2 + 1) + 3 x (2 + 2)
    assert (found["c"].count, found["c"].usd, found["c"].alternates) == (5, 18.0, ("d",))
    assert (found["n"].suppliers, found["n"].usd, found["n"].lead_weeks) == (("Dist", "Other"), None, 12)
    assert found["g"].supplier == UNKNOWN
    assert [line.is_single for line in found.values()] == [False, False, False]
    assert not found["g"].is_single


def test_functions_of_types() -> None:
    nic = CableType(id="c", name="C", media="cord", layer="power")
    assert function_of(device("s", accelerators=(Fit(type="gpu", count=8),))) == "accelerator"
    assert function_of(device("t", "switch-tray")) == "scale-up"
    assert function_of(device("t", "switch")) == "switch"
    assert function_of(device("u", "ups")) == "power"
    assert function_of(device("c", "cdu")) == "cooling"
    assert function_of(nic) == "power"
    assert (
        function_of(OpticType(id="o", name="O", connector="x", rate_gbps=1, fibre="MMF", reach_m=1))
        == "optics"
    )
    assert function_of(RackType(id="r", name="R", units=1, width_mm=1, depth_mm=1, height_mm=1)) == "rack"
    assert function_of(AcceleratorType(id="a", name="A")) == "accelerator"


def test_the_hall_comes_mostly_from_one_supplier() -> None:
    """32 racks at 2 to 3.1 million each, switches and optics are of one maker: over three quarters of it."""
    supply = example("hall").supply
    assert supply.suppliers.largest is not None
    assert supply.suppliers.largest.name == "NVIDIA"
    racks = 32 * (2e6 + 3.1e6) / 2
    assert supply.functions.of("accelerator") == pytest.approx(
        racks / sum(p.usd for p in supply.functions.parts)
    )
    assert supply.suppliers.largest.share > 0.75
    assert supply.countries.unknown == 1.0
    assert supply.domestic is None


@pytest.mark.parametrize("name", ["hall", "superpod-h100-su"])
def test_the_three_ways_to_sum_agree_with_the_bill(name: str) -> None:
    of = example(name)
    bill = (of.cost.low_usd + of.cost.high_usd) / 2
    for shares in (of.supply.suppliers, of.supply.countries, of.supply.functions):
        assert sum(part.usd for part in shares.parts) == pytest.approx(bill)
    inside = [sum(part.usd for part in shares.parts) for shares in of.supply.by_function.values()]
    assert sum(inside) == pytest.approx(bill)


def test_lead_times_of_racks() -> None:
    """Racks with a node wait 10 weeks, the one with a leaf alone 4; the CDU on the floor comes in 30."""
    plan = Plan()
    plan.retype("node", lead_time_weeks=10)
    plan.retype("leaf", lead_time_weeks=4)
    plan.retype("rack", lead_time_weeks=2)
    plan.use(CDU, lead_time_weeks=30)
    plan.put("devices", Device(block="h", id="cdu", type="cdu", x_mm=-4000, y_mm=8000))
    plan.put("blocks", Block(id="q", name="Network rack", kind="rack", rack_type="rack"))
    plan.put("devices", Device(block="q", id="s2", name="leaf-2", type="leaf", half_u=20, feeds=BOTH))
    plan.put("instances", Instance(block="h", id="q1", name="Q1", of="q", x_mm=3000, y_mm=2000))
    supply = Evaluator(plan.project()).evaluate().supply
    assert (supply.plant.weeks, supply.plant.line) == (30, "CDU")
    assert (supply.first_rack.weeks, supply.first_rack.line) == (4, "Leaf")
    assert (supply.last_rack.weeks, supply.last_rack.line) == (10, "Node")
    assert supply.last_rack.unknown == 0


def test_domestic_share_counts_what_is_known() -> None:
    """Two nodes of 60 are made at home, two leafs of 40 partly elsewhere."""
    plan = Plan()
    plan.retype("node", price_low_usd=60, price_high_usd=60, made_in=("Home",))
    plan.retype("leaf", price_low_usd=40, price_high_usd=40, made_in=("home",), assembled_in=("Away",))
    assert Evaluator(plan.project()).evaluate().supply.domestic is None
    plan.ask("home_countries", "home, Elsewhere")
    found = Evaluator(plan.project()).evaluate().supply
    assert found.domestic == pytest.approx(0.6)
    assert found.countries.of("Home") == pytest.approx(0.6)
