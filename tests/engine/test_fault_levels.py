"""Fault levels down a chain, by hand."""

from __future__ import annotations

import math

import pytest

from core.model.records import PowerSource
from core.model.types import Bank, DeviceType, PortGroup
from tests.engine.designs import TYPES, Design


def three(name: str, way: str) -> PortGroup:
    return PortGroup(name=name, layer="power", direction=way, connector="t", phases=3)  # type: ignore[arg-type]


TRANSFORMER = DeviceType(
    id="tx", name="Transformer", kind="transformer", floor_standing=True, rated_va=2e6, impedance=0.06,
    ports=(three("in", "in"), three("out{1..2}", "out")),
)  # fmt: skip
BOARD = DeviceType(
    id="board", name="Board", kind="switchgear", floor_standing=True, withstand_ka=50,
    banks=(Bank(name="B", rated_a=63, breaking_ka=36),), ports=(three("in", "in"), three("out{1..4}", "out")),
)  # fmt: skip


def chain(**transformer: object) -> Design:
    """Source A of 20 kA at 11 kV, a transformer, a board, a PDU and a rack of a shelf and a sled."""
    import msgspec

    design = Design([*TYPES, msgspec.structs.replace(TRANSFORMER, **transformer), BOARD])
    design.put(("sources", PowerSource(id="A", name="A", fault_ka=20, voltage_v=11_000)))
    design.require(voltage_v=415.0)
    design.device("hall", "tx", name="tx", feeds={"in": "A"})
    design.device("hall", "board", name="b")
    design.device("hall", "pdu", name="p")
    design.device("hall", "server", name="s")
    design.power("tx", "out1", "b", "in")
    design.power("b", "out1", "p", "in")
    design.power("p", "out1", "s", "psu1")
    return design


def test_the_level_behind_a_transformer_holds_to_the_end_of_the_chain() -> None:
    design = chain()
    found = design.evaluate().fault_levels
    supply = math.sqrt(3) * 11_000 * 20_000  # 381 MVA
    behind = 1 / (1 / supply + 0.06 / 2e6)  # 30.65 MVA
    ka = behind / (math.sqrt(3) * 415) / 1000  # 42.64 kA
    assert ka == pytest.approx(42.64, abs=0.01)
    for name in ("tx", "b", "p", "s"):
        assert found.device_ka[design.row(name)] == pytest.approx(ka)
    assert found.device_withstand_ka[design.row("b")] == 36
    assert math.isnan(found.device_withstand_ka[design.row("p")])


def test_a_transformer_that_does_not_tell_leaves_all_behind_it_unknown() -> None:
    design = chain(impedance=None)
    found = design.evaluate().fault_levels
    assert all(math.isnan(found.device_ka[design.row(name)]) for name in ("tx", "b", "p", "s"))


def test_the_highest_feeder_counts_and_shelves_end_the_network() -> None:
    design = Design()
    design.put(
        ("sources", PowerSource(id="A", name="A", fault_ka=10, voltage_v=400)),
        ("sources", PowerSource(id="B", name="B", fault_ka=25, voltage_v=400)),
    )
    design.rack("orv", "or3")
    design.device("orv", "shelf", 1, "s0", feeds={"ac": "A"})
    design.device("orv", "sled", 4, "t0")
    design.place("orv", "r1")
    design.device("hall", "ups", name="u", feeds={"in1": "A", "in2": "B"})
    found = design.evaluate().fault_levels
    assert found.device_ka[design.row("u")] == pytest.approx(25)
    assert found.device_ka[design.row("r1/s0")] == pytest.approx(10)
    assert math.isnan(found.device_ka[design.row("r1/t0")])
