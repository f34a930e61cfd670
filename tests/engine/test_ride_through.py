"""Hold times, steps and busbar currents, by hand."""

from __future__ import annotations

import math

import msgspec
import pytest

from core.engine.busbar_current import dc_current_a
from core.engine.ride_through import hold_s
from core.model.types import DeviceType
from tests.engine.designs import TYPES, Design


def changed(**fields: dict[str, object]) -> list[object]:
    return [msgspec.structs.replace(t, **fields.get(t.id, {})) for t in TYPES]


@pytest.mark.parametrize(
    ("power_w", "voltage_v", "ampere"),
    [
        (132_000, 50, 2_640),
        (100_000, 48, 2_083.33),
        (100_000, 400, 250),
        (600_000, 48, 12_500),
        (600_000, 800, 750),
    ],
)
def test_published_dc_currents(power_w: float, voltage_v: float, ampere: float) -> None:
    assert dc_current_a(power_w, voltage_v) == pytest.approx(ampere, rel=1e-5)


def busbar_rack(**fields: dict[str, object]) -> Design:
    """A rack of two sleds of 6 kW on two shelves of 33 kW and a battery shelf of 15 kW."""
    shelf = next(t for t in TYPES if t.id == "shelf")
    assert isinstance(shelf, DeviceType)
    ports = tuple(
        msgspec.structs.replace(g, voltage_low_v=48.0, voltage_high_v=52.0) if g.name == "dc" else g
        for g in shelf.ports
    )
    design = Design(changed(shelf={"ports": ports}, **fields))  # type: ignore[arg-type]
    design.sources("A", "B")
    design.rack("orv", "or3")
    for k, source in enumerate("AB"):
        design.device("orv", "shelf", 1 + k, f"s{k}", feeds={"ac": source})
    for k in range(2):
        design.device("orv", "sled", 4 + 2 * k, f"t{k}")
    design.device("orv", "battery", 10, "b")
    design.place("orv", "r1")
    return design


def test_the_current_of_a_busbar_is_at_its_lowest_voltage() -> None:
    currents = busbar_rack().evaluate().busbar_currents
    assert currents.rack_low_v.tolist() == [48.0]
    assert currents.rack_high_v.tolist() == [52.0]
    assert currents.rack_normal_a.tolist() == [250.0]  # 12 kW at 48 V
    assert currents.rack_worst_a.tolist() == [250.0]


def test_a_rack_without_a_busbar_has_no_current() -> None:
    design = Design()
    design.rack("plain")
    design.place("plain", "r1")
    assert math.isnan(design.evaluate().busbar_currents.rack_normal_a[0])


def test_a_battery_holds_what_its_busbar_asks() -> None:
    found = busbar_rack(battery={"hold_s": 90.0}).evaluate().ride_through
    assert found.kind == ("battery",)
    assert found.load_w.tolist() == [12_000.0]
    assert found.hold_s.tolist() == [90.0 * 15 / 12]


def test_hold_time_has_its_ends() -> None:
    assert hold_s(10.0, 60.0, 10.0) == 60.0
    assert hold_s(10.0, 60.0, 11.0) == 0.0
    assert math.isinf(hold_s(10.0, 60.0, 0.0))
    assert math.isnan(hold_s(10.0, math.nan, 5.0))


def test_a_ups_sees_the_step_from_typical_to_peak() -> None:
    fields = {"ups": {"step_share": 0.5, "hold_s": 300.0}, "server": {"power_peak_s": 0.05}}
    design = Design(changed(**fields))  # type: ignore[arg-type]
    design.sources("A")
    design.device("hall", "ups", name="u", feeds={"in1": "A"})
    design.device("hall", "pdu", name="p")
    design.device("hall", "server", name="s")
    design.power("u", "out1", "p", "in")
    design.power("p", "out1", "s", "psu1")
    found = design.evaluate().ride_through
    # The server asks 7 kW typically, 12 kW at peak; what is between it and the UPS loses nothing.
    assert found.step_w.tolist() == [5_000.0]
    assert found.step_limit_w.tolist() == [500_000.0]
    assert found.load_w.tolist() == [10_000.0]
    assert found.hold_s.tolist() == [30_000.0]
    assert found.peak_s == 0.05
