"""A fault level that is too high."""

from __future__ import annotations

from tests.rules.fixture import Fixtures
from tests.rules.plan import Plan

FAULT_LEVEL_FIXTURES = Fixtures()


@FAULT_LEVEL_FIXTURES.of("power.fault_level", "p1", value=16, limit=10)
def fault_level(plan: Plan) -> None:
    """A PDU rated for 10 kA on a source of 16 kA."""
    plan.pdu(withstand_ka=10)
    plan.change("sources", "", "A", fault_ka=16)
