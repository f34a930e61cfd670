"""Ratings by amperes and volt-amperes against published capacities of feeds."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from core.engine.ratings import limits_w, rating_w, ratings_w, real_power_w
from core.model.types import DeviceType, PortGroup
from tests.engine.designs import TYPES, Design

CAPACITIES = [
    (208, 30, 0.8, 8.65), (208, 60, 0.8, 17.3), (415, 30, 0.8, 17.3), (415, 60, 0.8, 34.5),
    (415, 100, 0.8, 57.5), (480, 60, 0.8, 39.9), (400, 32, 1.0, 22.2), (400, 63, 1.0, 43.6),
]  # fmt: skip
"""Volts, breaker [A], continuous share (80 % in North America; by IEC with no derating all of it), kW."""


@pytest.mark.parametrize(("volts", "breaker_a", "share", "kw"), CAPACITIES)
def test_feeds_carry_what_the_capacity_table_says(
    volts: float, breaker_a: float, share: float, kw: float
) -> None:
    assert real_power_w(share * breaker_a, volts, 3) / 1000 == pytest.approx(kw, rel=0.005)


def panel(
    phases: int = 3, window: tuple[float | None, float | None] = (None, None), **fields: float
) -> DeviceType:
    inlet = PortGroup(name="in", layer="power", direction="in", connector="t", phases=phases,
                      voltage_low_v=window[0], voltage_high_v=window[1])  # fmt: skip
    outlet = PortGroup(name="out", layer="power", direction="out", connector="t", phases=phases)
    return DeviceType(id="panel-x", name="Panel X", kind="switchgear", ports=(inlet, outlet), **fields)  # type: ignore[arg-type]


def test_the_least_of_all_ratings_counts() -> None:
    assert rating_w(panel(rated_a=100), 400) == pytest.approx(3**0.5 * 400 * 100)
    assert rating_w(panel(rated_a=100, rated_w=50_000), 400) == 50_000
    # 1,200 kVA at 0.9 are 1,080 kW, less than its 1,100 kW.
    assert rating_w(panel(rated_va=1.2e6, power_factor=0.9, rated_w=1.1e6), 400) == pytest.approx(1.08e6)
    assert rating_w(panel(), 400) is None


def test_a_rated_current_is_taken_at_what_the_inlet_gets() -> None:
    # 415 V three-phase gives a single-phase inlet 240 V; 208 V suits it line to line.
    assert rating_w(panel(1, (200, 240), rated_a=16), 415) == pytest.approx(16 * 415 / 3**0.5, rel=1e-3)
    assert rating_w(panel(1, (200, 240), rated_a=16), 208) == pytest.approx(16 * 208)
    # A medium-voltage board is not on the voltage of the hall.
    assert rating_w(panel(3, (11_000, 11_000), rated_a=630), 415) == pytest.approx(3**0.5 * 11_000 * 630)
    # 12,500 A at 48 V carry 600 kW; power factor is none of direct current.
    assert rating_w(panel(0, (48, 48), rated_a=12_500, power_factor=0.9), 415) == pytest.approx(600_000)


def test_a_panel_rated_in_amperes_is_found_overloaded() -> None:
    server = next(t for t in TYPES if t.id == "server")
    design = Design([*TYPES, panel(rated_a=10)])
    design.sources("A", "B", capacity_w=20_000)
    design.require(voltage_v=400)
    design.device("hall", server.id, name="s")
    for source in "AB":
        design.device("hall", "panel-x", name=f"p{source}", feeds={"in": source})
        design.power(f"p{source}", "out", "s", "psu1" if source == "A" else "psu2")
    of = design.evaluate()
    rated = 3**0.5 * 400 * 10  # 6,928 W of the 10 kW that one of them carries with the other lost
    assert ratings_w(of.snapshot)[design.row("pA")] == pytest.approx(rated)
    (case,) = np.flatnonzero(of.outages.device == design.row("pA"))
    assert of.outages.worst_node[case] == design.row("pB")
    assert of.outages.worst_share[case] == pytest.approx(10_000 / rated)


def test_shelves_are_judged_by_their_busbar_and_sources_by_their_capacity() -> None:
    design = Design([msgspec.structs.replace(t) for t in TYPES])
    design.sources("A", capacity_w=5_000)
    design.rack("orv", "or3")
    design.device("orv", "shelf", 1, "sh", feeds={"ac": "A"})
    design.device("orv", "sled", 4, "t")
    design.place("orv", "r1")
    of = design.evaluate()
    limits = limits_w(of.snapshot, of.power.feeding)
    assert np.isnan(limits[:-1]).all()
    assert limits[-1] == 5_000
