"""Comparing what was computed with what was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from core.explore.validation.cases import Case, Tolerance

Verdict = Literal["pass", "fail", "not_covered", "disagrees"]
CaseVerdict = Literal["pass", "fail", "not_covered", "claim"]

ABOUT = Tolerance(rel=0.05)
"""What "about" allows."""
_ADMITS = re.compile(
    r"does not (equal|match|agree)|do not (equal|match|agree)|contradict|disagree|misprint|inconsistent", re.I
)


class Spread(float):
    """Mean of a figure over networks drawn at random, with the range it takes.

    A source that drew one network is compared with the range: its figure has to be in it, or no further
    outside than the tolerance.
    """

    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the mean and range of some values.

        Examples
        --------
        >>> spread = Spread.of([1.0, 2.0, 6.0])
        >>> float(spread), spread.low, spread.high
        (3.0, 1.0, 6.0)
        """
        made = cls(sum(values) / len(values))
        made.low, made.high = min(values), max(values)
        return made


@dataclass(frozen=True)
class KeyResult:
    """One figure of a case.

    Attributes
    ----------
    name : str
    expected, computed : object
        `computed` is None where nothing was.
    verdict : str
        `disagrees`: the source contradicts its own base quantities there, and its notes say so.
    derived : bool
        The figure follows from published ones; it is not printed in the source.
    remark : str
        Why it is not covered, or what to know.
    error : float or None
        Computed over expected less 1, for single numbers.
    """

    name: str
    expected: Any
    computed: Any
    verdict: Verdict
    derived: bool = False
    remark: str = ""
    error: float | None = None


@dataclass(frozen=True)
class CaseResult:
    """A case with its figures."""

    case: Case
    verdict: CaseVerdict
    keys: tuple[KeyResult, ...]
    remark: str = ""


def judge(case: Case, name: str, computed: Any, *, derived: bool = False, remark: str = "") -> KeyResult:
    """Compare one figure.

    `..._more_than`, `..._greater_than` and `..._below...` are bounds; `..._about` allows 5 %. Numbers without
    a tolerance are equal if they agree to the decimals printed. Parts of a list that were not computed (None)
    are left out, and the remark says so.
    """
    expected = (case.derived if derived else case.expected)[name]
    error = _error(expected, computed)
    remark = remark or _remark(computed)
    if not _misses(name, expected, computed, case.tolerance):
        return KeyResult(name, expected, computed, "pass", derived, remark, error)
    wrong = _misses(name, expected, computed, case.tolerance)
    if _admitted(case.notes, name, wrong):
        said = "; ".join(f"{miss.name} {_printed(miss.expected)}" for miss in wrong)
        return KeyResult(
            name, expected, computed, "disagrees", derived, f"the source contradicts itself: {said}", error
        )
    if isinstance(expected, dict | list):
        said = "; ".join(
            f"{miss.name} {_printed(miss.expected)}, computed {_printed(miss.computed)}" for miss in wrong[:5]
        )
        remark = "; ".join(part for part in (remark, said) if part)
    return KeyResult(name, expected, computed, "fail", derived, remark, error)


class _Miss(NamedTuple):
    """A published value that does not agree, with the name it has in its figure."""

    name: str
    expected: Any
    computed: Any


def _admitted(notes: str, name: str, wrong: list[_Miss]) -> bool:
    """Tell whether the notes of a case say that these published values contradict others of the source."""
    if not _ADMITS.search(notes):
        return False
    plain = notes.replace(",", "")
    said = (re.escape(_printed(miss.expected)) for miss in wrong)
    if all(re.search(rf"(?<![\d.]){value}(?!\d|\.\d)", plain) for value in said):
        return True
    word = re.escape(name.rstrip("s").replace("_", " "))
    return len(wrong) == 1 and len(name) > 2 and re.search(rf"\b{word}", plain, re.I) is not None


def _misses(name: str, expected: Any, computed: Any, tolerance: Tolerance) -> list[_Miss]:
    """The published values that do not agree."""
    if isinstance(expected, dict):
        if not isinstance(computed, dict):
            return [_Miss(name, expected, computed)]
        return [
            miss
            for key, value in expected.items()
            for miss in _misses(key, value, computed.get(key), tolerance)
        ]
    if isinstance(expected, list):
        if not isinstance(computed, list) or len(computed) != len(expected):
            return [_Miss(name, expected, computed)]
        both = enumerate(zip(expected, computed, strict=True), 1)
        return [
            miss
            for place, (value, got) in both
            if got is not None
            for miss in _misses(f"{name}[{place}]" if len(expected) > 1 else name, value, got, tolerance)
        ]
    return [] if _fits(name, expected, computed, tolerance) else [_Miss(name, expected, computed)]


def _fits(name: str, expected: Any, computed: Any, tolerance: Tolerance) -> bool:
    if isinstance(expected, bool) or isinstance(computed, bool):
        return expected is computed
    if not isinstance(expected, int | float):
        return isinstance(computed, str) and str(expected).strip().casefold() == computed.strip().casefold()
    if not isinstance(computed, int | float):
        return False
    if isinstance(computed, Spread):
        computed = min(max(expected, computed.low), computed.high)
    name = name.partition("[")[0]
    if name.endswith(("more_than", "greater_than")):
        return bool(computed > expected)
    if "below" in name.split("_"):
        return bool(computed < expected)
    if name.endswith("about"):
        tolerance = ABOUT
    if tolerance.rel or tolerance.abs:
        off = float(abs(computed - expected))
        return off <= tolerance.rel * abs(expected) + tolerance.abs + 1e-12
    off = float(abs(round(computed, decimals(expected)) - expected))
    return off <= 1e-9 * max(abs(expected), 1)


def decimals(value: float) -> int:
    """Return the decimals a number is printed with; whole numbers allow no rounding.

    Examples
    --------
    >>> decimals(3.093), decimals(12), decimals(24.0)
    (3, 9, 1)
    """
    if isinstance(value, int):
        return 9
    text = repr(value)
    return len(text.partition(".")[2]) if "e" not in text else 15


def _printed(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _remark(computed: Any) -> str:
    """What to know of a list of figures: how many were left out, over how many networks they are means."""
    if not isinstance(computed, list):
        return ""
    there = [part for part in computed if part is not None]
    said = [f"{len(there)} of {len(computed)} computed"] if len(there) < len(computed) else []
    if any(isinstance(part, Spread) and part.low < part.high for part in there):
        said.append("means of networks drawn at random")
    return "; ".join(said)


def _error(expected: Any, computed: Any) -> float | None:
    if type(expected) not in (int, float) or type(computed) not in (int, float) or not expected:
        return None
    return float(computed / expected - 1)
