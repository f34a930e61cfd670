"""PDUs whose banks and phases carry the wrong loads."""

from __future__ import annotations

import msgspec

from core.model.records import Device
from core.model.types import Bank
from tests.rules.fixture import Fixtures
from tests.rules.plan import PDU, Plan

PHASE_FIXTURES = Fixtures()
fixture = PHASE_FIXTURES.of
CURRENT_A = 2000 / (415 / 3**0.5)
"""Of the node alone on a leg to neutral."""


def legged(plan: Plan, **fields: object) -> None:
    inlet, c19, c13 = PDU.ports
    plan.pdu(ports=(inlet, msgspec.structs.replace(c19, bank="B1", legs="L1-N"), c13), **fields)


@fixture("power.bank_overload", "p1", value=CURRENT_A, limit=8)
def bank_overload(plan: Plan) -> None:
    legged(plan, banks=(Bank(name="B1", rated_a=8),))


@fixture("power.phase_imbalance", "p1", value=2, limit=0.2)
def phase_imbalance(plan: Plan) -> None:
    legged(plan, rated_w=5000)


@fixture("power.loss_bank", "p1", "p2", value=CURRENT_A, limit=8, count=4)
def loss_bank(plan: Plan) -> None:
    """Two PDUs of one source share a node of 8.3 A; neither has a bank for all of it."""
    legged(plan, banks=(Bank(name="B1", rated_a=8),))
    plan.put("devices", Device(block="r", id="p2", name="pdu-2", type="pdu", zone="left", place=1,
                               feeds={"inlet": "A"}))  # fmt: skip
    plan.retype("node", supplies_fitted=1)
    plan.change("devices", "r", "n1", feeds={})
    plan.link("r", "c2", "p2", "c19-1", "n1", "psu2", layer="power")
