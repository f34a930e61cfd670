"""Bill of materials and money."""

from __future__ import annotations

import pytest

from core.engine.cost import Cost
from core.model.types import Fit
from tests.engine.designs import Design, seen


def of(design: Design) -> Cost:
    return design.evaluate().cost


def two_racks() -> Design:
    design = Design()
    design.rack("r")
    design.device("r", "server", 1, modules={"nic1": "nic"})
    design.device("r", "switch", 20)
    design.place("r", "r1")
    design.place("r", "r2", x_mm=600)
    return design


def test_rows_and_bounds() -> None:
    cost = of(two_racks())
    rows = {(row.section, row.type.id): (row.count, row.low_usd, row.high_usd) for row in cost.rows}
    assert rows == {
        ("devices", "server"): (2, 200_000, 600_000),
        ("devices", "switch"): (2, 60_000, 60_000),
        ("modules", "nic"): (2, 2_000, 2_000),  # one bound given: it is both
        ("racks", "rack"): (2, 2_000, 4_000),
    }
    assert (cost.low_usd, cost.high_usd) == (264_000, 666_000)


def test_evidence_follows_the_money() -> None:
    shares = dict(of(two_racks()).grounds.shares)
    assert shares == {
        "verified": pytest.approx(3 / 465),
        "estimate": pytest.approx(60 / 465),
        "assumed": pytest.approx(402 / 465),  # no citation names the price
    }


def test_what_has_no_price_counts_nothing_and_is_named() -> None:
    design = two_racks()
    design.device("r", "half", 30)
    cost = of(design)
    assert cost.low_usd == 264_000
    assert cost.unpriced == 2
    assert cost.grounds.unknown == ("Half server: price",)


def test_a_priced_rack_includes_its_contents() -> None:
    design = two_racks()
    design.rack("p", price_low_usd=2e6, price_high_usd=3e6, sources=seen("price_low_usd"))
    design.device("p", "server", 1)
    design.place("p", "p1", x_mm=1_200)
    cost = of(design)
    assert (cost.low_usd, cost.high_usd) == (264_000 + 2e6, 666_000 + 3e6)
    included = [(row.type.id, row.count, row.low_usd) for row in cost.rows if row.included]
    assert included == [("server", 1, None)]
    assert cost.unpriced == 0
    delivered = next(row for row in cost.rows if row.type.id == "p")
    assert (delivered.type.name, delivered.count, delivered.evidence) == ("p, as delivered", 1, "verified")
    assert sum(share for _, share in cost.grounds.shares) == pytest.approx(1)


def test_what_is_added_to_a_priced_rack_is_priced() -> None:
    design = two_racks()
    contents = (Fit(type="server", count=1),)
    design.rack("p", price_low_usd=2e6, price_high_usd=3e6, delivered=contents, sources=seen("price_low_usd"))
    design.device("p", "server", 1)
    design.place("p", "p1", x_mm=1_200)
    before = of(design).low_usd
    design.device("p", "server", 20)
    cost = of(design)
    assert cost.low_usd - before == 100_000
    assert [(row.count, row.included) for row in cost.rows if row.type.id == "server"] == [
        (3, False), (1, True),
    ]  # fmt: skip


def test_cables_cost_by_piece_and_metre() -> None:
    design = two_racks()
    design.device("r", "switch", 22, "a")
    design.device("r", "switch", 23, "b")
    design.link("a", "osfp1/1 osfp1/2", "b", "osfp1/1 osfp1/2", "r")
    row = next(row for row in of(design).rows if row.type.id == "dac")
    # 0.044 + 1.4 m: 1.5 m; 100 + 1.5 x 50 to 200 + 1.5 x 50 for each of the two racks
    assert (row.length_m, row.count, row.low_usd, row.high_usd) == (1.5, 2, 350, 550)


def test_absent_things_cost_nothing() -> None:
    design = two_racks()
    design.override("r2", absent=True)
    assert of(design).low_usd == 132_000


def test_dollars_for_each_teraflop() -> None:
    # 465,000 USD for 16 x 1,000 dense TFLOPS
    value = two_racks().evaluate().quantities["usd_per_tflop_bf16"].value
    assert value == pytest.approx(465_000 / 16_000)
