"""How well a sum is known: the share of it that is verified, and what dominates the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.engine.specs import EVIDENCE, UNKNOWN, Column
from core.units import share


@dataclass(frozen=True)
class Contribution:
    """One input of a sum that is not verified, and its share of the sum."""

    name: str
    evidence: str
    share: float


@dataclass(frozen=True)
class Grounds:
    """What a value stands on.

    Attributes
    ----------
    shares : tuple of (str, float)
        Share of the value by evidence; sums to 1 (empty if the value is 0).
    unknown : tuple of str
        Inputs that nobody gives and that count as 0; the true value is higher.
    dominant : tuple of Contribution
        The three largest inputs that are not verified.
    """

    shares: tuple[tuple[str, float], ...] = ()
    unknown: tuple[str, ...] = ()
    dominant: tuple[Contribution, ...] = ()

    @property
    def verified(self) -> float:
        """Share that is verified, 0 to 1."""
        return dict(self.shares).get("verified", 0.0)

    @property
    def label(self) -> str:
        """One word or two for a table: the evidence if there is one kind, else the verified share."""
        if not self.shares:
            return "unknown" if self.unknown else ""
        if len(self.shares) == 1:
            return self.shares[0][0]
        return f"{share(self.verified)} verified"


VERIFIED = Grounds((("verified", 1.0),))
"""Grounds of a count: it follows from the drawing."""


def grounds(amounts: NDArray[np.float64], evidence: NDArray[np.int8], names: list[str]) -> Grounds:
    """Return the grounds of a sum.

    Parameters
    ----------
    amounts : ndarray, shape (n,)
        Contribution of each input, at least 0.
    evidence : ndarray of int8, shape (n,)
        Index into `EVIDENCE`, or `UNKNOWN`.
    names : list of str
        What each input is called.

    Examples
    --------
    >>> g = grounds(np.array([3.0, 1.0]), np.array([0, 1], np.int8), ["server", "switch"])
    >>> g.verified, g.dominant[0].name, g.dominant[0].share
    (0.75, 'switch', 0.25)
    """
    unknown = tuple(sorted({names[i] for i in np.flatnonzero(evidence == UNKNOWN)}))
    total = float(amounts.sum())
    if total <= 0:
        return Grounds((), unknown)
    by_code = np.bincount(evidence, weights=amounts, minlength=UNKNOWN + 1)
    shares = tuple(
        (EVIDENCE[code], float(by_code[code] / total)) for code in range(UNKNOWN) if by_code[code] > 0
    )
    weak = np.flatnonzero((evidence > 0) & (evidence != UNKNOWN) & (amounts > 0))
    order = weak[np.argsort(-amounts[weak], kind="stable")][:3]
    dominant = tuple(Contribution(names[i], EVIDENCE[evidence[i]], float(amounts[i] / total)) for i in order)
    return Grounds(shares, unknown, dominant)


def grounds_of(column: Column, counts: NDArray[np.float64], names: list[str], field: str) -> Grounds:
    """Return the grounds of `sum(counts * column)`, leaving out specs that do not occur."""
    used = np.flatnonzero(counts > 0)
    labels = [f"{names[i]}: {field}" for i in used]
    found = grounds(counts[used] * column.value[used], column.evidence[used], labels)
    lacking = {f"{module}: {field}" for i in used for module in (column.lacking[i] if column.lacking else ())}
    return replace(found, unknown=tuple(sorted({*found.unknown, *lacking}))) if lacking else found


def joined(*parts: tuple[float, Grounds]) -> Grounds:
    """Return the grounds of a sum of values with grounds of their own."""
    total = sum(value for value, _ in parts)
    unknown = tuple(sorted({name for _, g in parts for name in g.unknown}))
    if total <= 0:
        return Grounds((), unknown)
    shares: dict[str, float] = {}
    dominant = []
    for value, g in parts:
        for name, part in g.shares:
            shares[name] = shares.get(name, 0.0) + part * value / total
        dominant += [Contribution(c.name, c.evidence, c.share * value / total) for c in g.dominant]
    ordered = tuple((name, shares[name]) for name in EVIDENCE if shares.get(name, 0.0) > 0)
    return Grounds(ordered, unknown, tuple(sorted(dominant, key=lambda c: -c.share)[:3]))
