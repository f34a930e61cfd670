"""PDUs whose banks and phases carry the wrong loads."""

from __future__ import annotations

import msgspec

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
