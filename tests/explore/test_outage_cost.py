"""What failures cost together, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.explore.outage_cost import STATES, cost_of, cost_words, worst_of
from tests.drawing.halls import two_sided, wet
from tests.engine.test_outages import two_pdus


def test_a_lost_source_leaves_two_racks_on_three_of_four_supplies() -> None:
    """Two servers of 10 kW and 8 accelerators each, three of six supplies on either side, four needed."""
    design = two_sided()
    of = design.evaluate()
    cost = cost_of(of, [], ["A"])
    assert (cost.accelerators_lost, cost.accelerators) == (0, 16)
    assert {design_path(of, row) for row in cost.short} == {"r1/s", "r2/s"}
    assert {design_path(of, row) for row in cost.dead} == {"r1/pdu-a", "r2/pdu-a", "ups-a1", "ups-a2"}
    assert [STATES[k] for k in cost.rack_state] == ["short", "short"]
    words = cost_words(design.project, of, cost)
    assert words[:4] == [
        "all 16 accelerators run on",
        "2 racks short of power",
        "4 feeders dark",
        "2 devices on too few supplies",
    ]
    worst = worst_of(design.project, of, cost)
    assert worst is not None
    assert worst.words == "r1 / s: too few supplies live"


def design_path(of: object, row: int) -> str:
    return of.snapshot.device_path(int(row))  # type: ignore[attr-defined, no-any-return]


def test_both_sources_take_all_of_it() -> None:
    design = two_sided()
    of = design.evaluate()
    cost = cost_of(of, [], ["A", "B"])
    assert cost.accelerators_dead == cost.accelerators == 16
    assert cost.racks("dead").tolist() == [0, 1]
    assert cost.rack_accelerators.tolist() == [8, 8]
    assert cost.rack_dead.tolist() == [3, 3]
    words = cost_words(design.project, of, cost)
    assert words[0] == "16 of 16 accelerators lost (16 without power)"
    assert words[1:] == ["2 racks dead", "2 devices without power", "8 feeders dark"]
    worst = worst_of(design.project, of, cost)
    assert worst is not None
    assert worst == ("r1", "r1: 8 accelerators lost")


def test_a_failed_device_is_told_as_failed_and_what_takes_its_load_over_as_overloaded() -> None:
    """10 kW on the PDU of 8 kW that is left, and on its source of 9 kW: 125 % and 111 %."""
    design = two_pdus(rated_w=8_000)
    of = design.evaluate()
    cost = cost_of(of, [design.row("pA")], [])
    assert cost.failed.tolist() == [design.row("pA")]
    assert cost.dead.tolist() == []
    first, second = cost.overloads
    assert first.node == design.row("pB")
    assert (first.load_w, first.rated_w) == pytest.approx((10_000, 8_000))
    assert second.load_w / second.rated_w == pytest.approx(10 / 9)
    assert dict(cost.device_states) == {design.row("pA"): "failed", design.row("s"): "short"}
    assert "2 feeders overloaded (pB at 125%)" in cost_words(design.project, of, cost)
    worst = worst_of(design.project, of, cost)
    assert worst == ("pB", "pB: 10 kW of 8 kW")


def test_a_failed_cdu_leaves_its_racks_uncooled() -> None:
    design = wet()
    of = design.evaluate()
    cost = cost_of(of, [design.row("cdu-1")], [])
    assert cost.racks("uncooled").tolist() == [0, 1]
    assert len(cost.dead) == 0
    assert len(cost.uncooled) >= 4  # two trays in each of two racks
    assert "2 racks uncooled" in cost_words(design.project, of, cost)


def test_nothing_failed_costs_nothing() -> None:
    design = two_sided()
    of = design.evaluate()
    cost = cost_of(of, [], ["unknown"])
    assert worst_of(design.project, of, cost) is None
    assert cost_words(design.project, of, cost) == ["all 16 accelerators run on"]
    assert np.all(cost.rack_state == -1)
