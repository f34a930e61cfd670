"""What the fixtures of the rules are: a spoilt plan, and the one finding that has to come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.model.types import DeviceType
from tests.rules.plan import Plan

Spoil = Callable[[Plan], None]


@dataclass(frozen=True)
class Fixture:
    """How to spoil the plan, and the finding that has to come of it."""

    rule: str
    spoil: Spoil
    block: str = "r"
    subjects: tuple[str, ...] = ()
    value: float | None = None
    limit: float | None = None
    count: int = 2
    newer: tuple[DeviceType, ...] = ()
    """Types of the catalogue the checker knows."""


class Fixtures(dict[str, Fixture]):
    """Fixtures by the name of their rule."""

    def of(
        self,
        rule: str,
        *subjects: str,
        block: str = "r",
        value: float | None = None,
        limit: float | None = None,
        count: int = 2,
        newer: tuple[DeviceType, ...] = (),
    ) -> Callable[[Spoil], Spoil]:
        """Return a decorator that keeps what spoils the plan as the one fixture of a rule."""

        def keep(spoil: Spoil) -> Spoil:
            assert rule not in self, f"{rule} has a fixture already"
            self[rule] = Fixture(rule, spoil, block, subjects, value, limit, count, newer)
            return spoil

        return keep
