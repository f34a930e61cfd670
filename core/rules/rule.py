"""The register of rules, and what a rule yields.

A rule is one function; its docstring is the help text and cites the source. What it looks at decides its
scope:

- ``rack``: a `RackView`, once for each distinct rack block; yields `Hit`
- ``floor``: a `FloorView`, once for each distinct floor block; yields `Hit`
- ``design``: a `Design`, once; yields `Marks`

All may yield `Missing` where a fact is wanting. The checker folds what they yield (`core.rules.folding`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.rules.finding import Severity

Scope = Literal["rack", "floor", "design"]
Kind = Literal["device", "rack", "cable"]
Sense = Literal["more", "less", "away"]
Row: TypeAlias = tuple[Kind, int]
MOST_EXAMPLES = 3
"""Places a finding can be followed to."""


@dataclass(frozen=True)
class Missing:
    """A fact without which the rule cannot judge some of the design."""

    what: str


@dataclass(frozen=True)
class Hit:
    """Found in one block: subjects are ids of its devices, or rows below it."""

    subjects: tuple[str | Row, ...]
    text: str
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True, eq=False)
class Marks:
    """Found on the expanded design: rows of one kind.

    Attributes
    ----------
    kind : str
    rows : ndarray of int, shape (n,)
        Empty with `whole` set: the design as one.
    text : callable
        Position in `rows` to the message after the names; called for the worst row of each finding only.
    value, limit : ndarray, shape (n,), or None
    group : ndarray of int, shape (n,), or None
        Rows of a block are one finding if their numbers here are equal; if left out devices by what they
        are, racks by their block, cables by what they can be made of.
    whole : bool
        Not about rows but about the design.
    at : tuple of str
        With `whole`: paths of what it is about all the same, to go there: devices, links, areas, pathways.
    """

    kind: Kind
    rows: NDArray[Any]
    text: Callable[[int], str]
    value: NDArray[Any] | None = None
    limit: NDArray[Any] | None = None
    group: NDArray[Any] | None = None
    whole: bool = False
    at: tuple[str, ...] = ()


def of_design(
    text: str, value: float | None = None, limit: float | None = None, *, at: Iterable[str] = ()
) -> Marks:
    """Return marks about the design as a whole; `at` are paths of what to look at."""
    return Marks(
        "device",
        np.zeros(1, np.int64),
        lambda _: text,
        None if value is None else np.array([value]),
        None if limit is None else np.array([limit]),
        whole=True,
        at=tuple(dict.fromkeys(at)),
    )


Yielded: TypeAlias = Hit | Marks | Missing


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes
    ----------
    id : str
        `family.name`; stable, for settings and waivers.
    severity : Severity
        Unless the project sets another.
    title : str
    scope : str
    reads : tuple of str
        Groups of the snapshot and results of the evaluation that decide a design rule's outcome.
    unit : str
        Base unit of value and limit.
    worse : str
        A value is worse if it is more, less, or farther away from the limit than the one waived.
    help : str
        What it checks, why, and the source.
    """

    id: str
    severity: Severity
    title: str
    scope: Scope
    reads: tuple[str, ...]
    unit: str
    worse: Sense
    help: str
    function: Callable[[Any], Iterator[Yielded]]

    @property
    def family(self) -> str:
        return self.id.partition(".")[0]


_rules: dict[str, Rule] = {}
RuleFunction: TypeAlias = Callable[[Any], Iterator[Yielded]]


def rule(
    rule_id: str,
    severity: Severity,
    title: str,
    *,
    scope: Scope = "design",
    reads: tuple[str, ...] = (),
    unit: str = "",
    worse: Sense = "more",
    help: str = "",
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a function as a rule.

    Raises
    ------
    ValueError
        If the id is taken, or there is no help text.
    """

    def register(function: RuleFunction) -> RuleFunction:
        text = help or inspect.getdoc(function) or ""
        if rule_id in _rules or not text:
            raise ValueError(f"rule '{rule_id}' is registered twice or has no help text")
        _rules[rule_id] = Rule(rule_id, severity, title, scope, reads, unit, worse, text, function)
        return function

    return register


def rules() -> Mapping[str, Rule]:
    """Return all rules by id, in order."""
    from core.rules import families

    families.load()
    return dict(sorted(_rules.items()))
