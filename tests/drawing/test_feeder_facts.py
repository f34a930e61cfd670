"""What is said of feeders beside their cards and in the properties, worked out by hand."""

from __future__ import annotations

import math

import msgspec

from core.drawing.chain_names import Names
from core.drawing.feeder_facts import feeder_facts
from core.drawing.one_line import one_line
from core.engine.evaluation import Evaluation
from core.model.types import Bank, DeviceType, PortGroup
from tests.drawing.halls import two_sided
from tests.engine.designs import TYPES, Design


def told(design: Design, path: str, *, losses: bool = True) -> dict[str, str]:
    of: Evaluation = design.evaluate()
    if losses:
        assert len(of.node_headroom.left_w)
        assert of.phase_outages is not None
    return feeder_facts(of, Names(design.project, of.snapshot), design.row(path))


def test_a_pdu_keeps_room_for_its_other_side() -> None:
    """10 kW on two sides; a source of 40 kW carries 2 x 10 / 0.95 kW when the other is lost."""
    facts = told(two_sided(), "r1/pdu-a")
    # ups-b1, pdu-b of the rack and the whole source are equally bad; the source is not called an element.
    assert facts["Load"].startswith("5 kW; worst 10 kW (")
    assert facts["Left"].startswith("24.5 kW of 34.5 kW (")
    # 40 - 21.05 kW are left in the source, 95 % of which arrive.
    assert facts["Can be added"] == "18 kW; then source A is full"
    assert facts["Stranded"] == "6.5 kW"


def test_without_a_capacity_what_can_be_added_is_a_bound() -> None:
    facts = told(two_sided(capacity_w=None), "r1/pdu-a")
    assert facts["Can be added"] == "at most 24.5 kW"
    assert "Stranded" not in facts


def test_what_takes_every_loss_is_said_to_come() -> None:
    facts = told(two_sided(), "r1/pdu-a", losses=False)
    assert facts == {"Load": "5 kW", "Left": "being worked out"}


def test_phases_and_banks_of_a_pdu() -> None:
    """2 kW on L1 alone at 400 V: 8.66 A there and in the neutral, in a bank of 10 A."""
    inlet = PortGroup(name="in", layer="power", direction="in", connector="IEC", phases=3)
    outlets = PortGroup(name="o{1..12}", layer="power", direction="out", connector="C19", phases=1,
                        legs="L1-N", bank="B1")  # fmt: skip
    pdu = DeviceType(id="legged", name="PDU", kind="rack-pdu", zero_u=True, rated_a=16,
                     ports=(inlet, outlets), banks=(Bank(name="B1", rated_a=10),))  # fmt: skip
    server = next(t for t in TYPES if t.id == "server")
    design = Design([*TYPES, pdu, msgspec.structs.replace(server, id="one", power_max_w=2_000)])
    design.sources("A")
    design.require(voltage_v=400)
    design.device("hall", "legged", name="p", feeds={"in": "A"})
    design.device("hall", "one", name="s")
    design.power("p", "o1", "s", "psu1")
    facts = told(design, "p")
    amperes = 2_000 / (400 / math.sqrt(3))
    assert facts["Phases"] == f"L1 {amperes:.2f}, L2 0, L3 0, N {amperes:.2f} A; 200 % unequal"
    assert facts["Worst phases"].endswith(f"; {100 * amperes / 16:.0f} % of 16 A")
    assert facts["Fullest bank"] == f"B1: {amperes:.2f} A of 10 A"


def test_the_worst_is_that_of_a_single_element_where_no_source_is_as_bad() -> None:
    """Both PDUs of a rack on one source: only the loss of a PDU or its UPS shifts the load."""
    design = two_sided(racks=1)
    design.change("devices", "hall", "ups-b1", feeds={"in1": "A"})
    of = design.evaluate()
    drawing = one_line(design.project, of, apart=["r1/pdu-a"])
    (card,) = [card for card in drawing.cards if card.title == "r1 / pdu-a"]
    assert card.lines[-1] == "worst 10 kW (r1 / pdu-b lost)"
    assert card.more[0] == "Left: 24.5 kW of 34.5 kW (r1 / pdu-b lost)"
    assert drawing.notes[0].startswith(
        "Maximum sustained load; worst: the largest of normal operation and each"
    )
    plain = one_line(design.project, of, apart=["r1/pdu-a"], has_losses=False)
    (card,) = [card for card in plain.cards if card.title == "r1 / pdu-a"]
    assert card.lines[-1] == "load 5 kW"
