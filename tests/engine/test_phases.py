"""Phases and banks: published values and PDUs by hand."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.engine.phases import LEGS, conductor_currents
from core.model.types import Bank, DeviceType, PortGroup
from tests.engine.designs import TYPES, Design

FEEDS = [
    (208, 24, 8.65), (208, 48, 17.3), (415, 24, 17.3), (415, 48, 34.5), (415, 80, 57.5), (480, 48, 39.9),
    (400, 32, 22.2), (400, 63, 43.6),
]  # fmt: skip
"""Volts, continuous amperes, kW: three-phase capacity at power factor 1."""


@pytest.mark.parametrize(("volts", "ampere", "kw"), FEEDS)
def test_a_three_phase_feed_carries_the_published_power(volts: float, ampere: float, kw: float) -> None:
    found = conductor_currents({"L1-L2-L3": kw * 1000}, volts)
    assert found[:3] == pytest.approx([ampere] * 3, rel=0.005)
    assert found[3] == pytest.approx(0, abs=1e-9)


def test_single_phase_loads_return_by_the_neutral() -> None:
    one = conductor_currents({"L1-N": 2400}, 415)
    assert one == pytest.approx([2400 / (415 / math.sqrt(3)), 0, 0, 2400 / (415 / math.sqrt(3))])
    even = conductor_currents(dict.fromkeys(LEGS[:3], 2400), 415)
    assert even[3] == pytest.approx(0, abs=1e-9)


def test_the_power_factor_raises_the_current() -> None:
    assert conductor_currents({"L1-L2": 1000}, 200, 0.8)[0] == pytest.approx(6.25)


def test_there_is_no_fourth_line() -> None:
    with pytest.raises(ValueError, match="no leg 'L4-N'"):
        conductor_currents({"L4-N": 1.0}, 400)


@given(st.lists(st.floats(0, 1e4), min_size=3, max_size=3), st.floats(100, 500))
def test_line_currents_follow_the_published_formula(watts: list[float], volts: float) -> None:
    found = conductor_currents(dict(zip(LEGS[3:6], watts, strict=True)), volts)
    ab, bc, ca = (w / volts for w in watts)
    by_formula = [math.sqrt(x * x + y * y + x * y) for x, y in ((ab, ca), (bc, ab), (ca, bc))]
    assert found[:3] == pytest.approx(by_formula, abs=1e-9)


def test_the_banks_of_an_ap8868_carry_9984_w_and_not_14_4_kw() -> None:
    spec = Library.builtin().get("apc-ap8868")
    assert isinstance(spec, DeviceType)
    assert [bank.rated_a for bank in spec.banks] == [20, 20, 20]
    assert spec.continuous  # 9,984 W are 16 A of 20 A already: no 80 % on top
    assert sum(0.8 * bank.rated_a * 208 for bank in spec.banks) == pytest.approx(9_984)


@pytest.mark.parametrize(
    ("pdu", "volts", "kinds"),
    [("apc-ap8888", 400, (("c13", 30), ("c19", 12))), ("raritan-px3-5702jv", 208, (("c13", 36),))],
)
def test_outlets_of_a_shipped_pdu_load_its_phases_evenly(
    pdu: str, volts: float, kinds: tuple[tuple[str, int], ...]
) -> None:
    """Fourteen outlets on each phase of the one, twelve on each pair of the other."""
    spec = Library.builtin().get(pdu)
    assert isinstance(spec, DeviceType)
    load = DeviceType(id="load", name="Load", kind="other", height_u=1, power_max_w=100, ports=(
        PortGroup(name="in", layer="power", direction="in", connector="t", phases=1),))  # fmt: skip
    design = Design([*TYPES, spec, load])
    design.sources("A")
    design.require(voltage_v=volts)
    design.device("hall", pdu, name="p", feeds={"inlet": "A"})
    for kind, number in kinds:
        for k in range(number):
            design.device("hall", "load", name=f"{kind}-{k}")
            design.power("p", f"{kind}-{k + 1}", f"{kind}-{k}", "in")
    found = design.evaluate().phases
    total_w = 100 * sum(number for _, number in kinds)
    assert found.normal_a[0, :3] == pytest.approx([total_w / (math.sqrt(3) * volts)] * 3)
    assert found.normal_a[0, 3] == pytest.approx(0, abs=1e-9)


def legged(voltage: float = 400) -> Design:
    """A PDU with two banks of two outlets, L1-N and L2-N, and servers of 2 kW with one inlet."""
    outlet = {"layer": "power", "direction": "out", "connector": "C19", "phases": 1}
    pdu = DeviceType(
        id="legged", name="Legged", kind="rack-pdu", zero_u=True, rated_w=20_000, rated_a=32,
        banks=(Bank(name="B1", rated_a=16), Bank(name="B2", rated_a=16)),
        ports=(PortGroup(name="in", layer="power", direction="in", connector="IEC", phases=3),
               PortGroup(name="a{1..2}", bank="B1", legs="L1-N", **outlet),
               PortGroup(name="b{1..2}", bank="B2", legs="L2-N", **outlet),
               PortGroup(name="c{1..3}", legs="L1-N,L2-N,L3-N", **outlet),
               PortGroup(name="d1", **outlet)),
    )  # fmt: skip
    server = next(t for t in TYPES if t.id == "server")
    inlet = PortGroup(name="in{1..2}", layer="power", direction="in", connector="C20", phases=1)
    one = msgspec.structs.replace(server, id="one", power_max_w=2_000, ports=(inlet,), supplies_needed=1)
    design = Design([*TYPES, pdu, one])
    design.sources("A", "B")
    design.require(voltage_v=voltage)
    for source in "AB":
        design.device("hall", "legged", name=f"p{source}", feeds={"in": source})
    return design


def test_currents_of_lines_and_banks_normally_and_with_a_source_lost() -> None:
    design = legged()
    design.device("hall", "one", name="s")
    design.power("pA", "a1", "s", "in1")
    design.power("pB", "b1", "s", "in2")
    found = design.evaluate().phases
    full = 2_000 / (400 / math.sqrt(3))
    assert found.device.tolist() == [design.row("pA"), design.row("pB")]
    assert found.normal_a[0] == pytest.approx([full / 2, 0, 0, full / 2])
    assert found.worst_a[1] == pytest.approx([0, full, 0, full])
    assert found.imbalance[0] == pytest.approx(2)
    assert found.rated_a.tolist() == [32, 32]
    by_bank = dict(
        zip(zip(found.bank_device.tolist(), found.bank_name, strict=True), found.bank_worst_a, strict=True)
    )
    assert by_bank[design.row("pA"), "B1"] == pytest.approx(full)
    assert by_bank[design.row("pA"), "B2"] == 0


def test_outlets_that_take_their_legs_in_turn_are_even() -> None:
    design = legged()
    for k in range(3):
        design.device("hall", "one", name=f"s{k}")
        design.power("pA", f"c{k + 1}", f"s{k}", "in1")
    found = design.evaluate().phases
    assert found.imbalance.tolist() == pytest.approx([0])
    assert np.ptp(found.normal_a[0, :3]) == pytest.approx(0)


def test_a_pdu_with_an_outlet_that_does_not_tell_is_not_judged_and_named() -> None:
    design = legged()
    for k, outlet in enumerate(("a1", "d1")):
        design.device("hall", "one", name=f"s{k}")
        design.power("pA", outlet, f"s{k}", "in1")
    found = design.evaluate().phases
    assert len(found.device) == 0
    assert found.unknown == ("Legged",)


def two_pdus_on_one_source() -> Design:
    """A server of 2 kW on bank B1 of two PDUs of source A, and one on the first of them alone."""
    design = legged()
    design.device("hall", "legged", name="qA", feeds={"in": "A"})
    for name, inlets in (("s", "12"), ("alone", "1")):
        design.device("hall", "one", name=name)
        for pdu, number in zip(("pA", "qA"), inlets, strict=False):
            design.power(pdu, "a1" if name == "s" else "a2", name, f"in{number}")
    return design


def test_a_bank_takes_over_from_another_pdu_of_its_source() -> None:
    design = two_pdus_on_one_source()
    of = design.evaluate()
    found, worst = of.phases, of.phase_outages
    full = 2_000 / (400 / math.sqrt(3))
    at = {
        (device, name): k
        for k, (device, name) in enumerate(zip(found.bank_device.tolist(), found.bank_name, strict=True))
    }
    first, second = at[design.row("pA"), "B1"], at[design.row("qA"), "B1"]
    # Both PDUs die with their source, so that its loss loads none; a lost PDU loads the other one.
    assert found.bank_worst_a[[first, second]] == pytest.approx([1.5 * full, 0.5 * full])
    assert worst.bank_worst_a[[first, second]] == pytest.approx([2 * full, full])
    (lost,) = np.flatnonzero(of.outages.device == design.row("pA"))
    assert worst.bank_case[second] == lost
    row = found.device.tolist().index(design.row("pA"))
    assert worst.worst_a[row] == pytest.approx([2 * full, 0, 0, 2 * full])
    assert worst.bank_case[at[design.row("pA"), "B2"]] == -1


def test_a_pdu_under_another_one_carries_what_its_own_load_becomes() -> None:
    """The lower PDU takes over 1 kW; what the upper one carries for it follows."""
    design = legged()
    design.device("hall", "legged", name="low")
    design.power("pA", "a1", "low", "in")
    design.device("hall", "one", name="s")
    design.power("low", "b1", "s", "in1")
    design.power("pB", "b1", "s", "in2")
    of = design.evaluate()
    found, worst = of.phases, of.phase_outages
    full = 2_000 / (400 / math.sqrt(3))
    rows = [found.device.tolist().index(design.row(name)) for name in ("pA", "low")]
    assert found.normal_a[rows, :2] == pytest.approx(np.array([[full / 2, 0], [0, full / 2]]))
    assert worst.worst_a[rows, :2] == pytest.approx(np.array([[full, 0], [0, full]]))
