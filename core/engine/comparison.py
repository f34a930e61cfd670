"""Designs side by side: their figures, their bills, and what was added, removed, moved and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine.evaluation import Evaluation
from core.engine.quantities import Quantity
from core.engine.record_changes import (
    KINDS,
    NOUNS,
    UNSEEN,
    Changed,
    ChangeRow,
    FieldChange,
    changes_between,
    fold,
    name_of,
)
from core.model.project import Project
from core.units import number_text, show

__all__ = [
    "KINDS",
    "NOUNS",
    "UNSEEN",
    "BillRow",
    "ChangeRow",
    "Changed",
    "Comparison",
    "FieldChange",
    "FigureRow",
    "Named",
    "changes_between",
    "compare",
    "fold",
    "is_related",
    "name_of",
]


UNSURE = "~ "
"""Before a difference of two sums that lack different inputs: it is one of what is known."""


@dataclass(frozen=True)
class Named:
    """A design to compare: what people call it, its records, and its results."""

    name: str
    project: Project
    of: Evaluation


@dataclass(frozen=True)
class FigureRow:
    """One quantity of all designs, in their order; None where a design does not have it."""

    name: str
    label: str
    unit: str
    quantities: tuple[Quantity | None, ...]

    @property
    def values(self) -> tuple[float | None, ...]:
        return tuple(None if q is None else q.value for q in self.quantities)

    @property
    def is_same(self) -> bool:
        """Whether all designs have the same value."""
        first = self.values[0]
        return all(_same(first, value) for value in self.values[1:])

    def difference(self, at: int) -> float | None:
        """Return what a design has more than the first; None where one of them is not known."""
        first, value = self.values[0], self.values[at]
        return None if first is None or value is None else value - first

    def ratio(self, at: int) -> float | None:
        """Return what a design has over the first; None where one is not known or the first has none."""
        first, value = self.values[0], self.values[at]
        return None if not first or value is None else value / first

    def is_sure(self, at: int) -> bool:
        """Tell whether a difference is one of the designs, not of what is known of them."""
        first, other = self.quantities[0], self.quantities[at]
        return first is not None and other is not None and first.is_comparable(other)

    def difference_text(self, at: int) -> str:
        """Return a difference as printed, with its sign; of percentages in points; empty if not known."""
        more = self.difference(at)
        if more is None:
            return ""
        sign = "" if self.is_sure(at) else UNSURE
        return f"{sign}{'+' if more > 0 else ''}{show(more, 'points' if self.unit == '%' else self.unit)}"

    def ratio_text(self, at: int) -> str:
        """Return a ratio as printed; empty if it is not known."""
        ratio = self.ratio(at)
        return "" if ratio is None else f"{'' if self.is_sure(at) else UNSURE}x {number_text(ratio)}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Values as printed, lower bounds with their sign; empty where one is not known."""
        return tuple("" if q is None or q.value is None else q.text for q in self.quantities)


@dataclass(frozen=True)
class BillRow:
    """Pieces of one type in all designs, in their order."""

    type: str
    name: str
    section: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Comparison:
    """Designs side by side; the first is what the others are held against.

    Attributes
    ----------
    names : tuple of str
    figures : tuple of FigureRow
        All quantities that one of them has.
    bill : tuple of BillRow
        Types whose counts differ.
    changes : tuple of tuple of ChangeRow
        For each design but the first what it has otherwise; empty where it is not of the same project, since
        nothing says which thing is which.
    related : tuple of bool
        For each design but the first whether it is of the same project.
    """

    names: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    bill: tuple[BillRow, ...]
    changes: tuple[tuple[ChangeRow, ...], ...]
    related: tuple[bool, ...]


def compare(designs: Sequence[Named]) -> Comparison:
    """Compare designs with the first of them.

    Parameters
    ----------
    designs : sequence of Named
        Two or more: projects, or revisions of one.
    """
    first, *others = designs
    related = tuple(is_related(first.project, other.project) for other in others)
    return Comparison(
        tuple(design.name for design in designs),
        _figures(designs),
        _bill(designs),
        tuple(
            fold(changes_between(first.project, other.project)) if known else ()
            for other, known in zip(others, related, strict=True)
        ),
        related,
    )


def is_related(one: Project, other: Project) -> bool:
    """Tell whether two designs come from one another: most drawings of the smaller one are in both."""
    blocks = set(one.blocks), set(other.blocks)
    least = min(len(blocks[0]), len(blocks[1]))
    return bool(least) and 2 * len(blocks[0] & blocks[1]) >= least


def _figures(designs: Sequence[Named]) -> tuple[FigureRow, ...]:
    names = dict.fromkeys(name for design in designs for name in design.of.quantities)
    rows = []
    for name in names:
        found = tuple(design.of.quantities.get(name) for design in designs)
        first = next(q for q in found if q is not None)
        rows.append(FigureRow(name, first.label, first.unit, found))
    return tuple(rows)


def _bill(designs: Sequence[Named]) -> tuple[BillRow, ...]:
    counts: dict[str, list[int]] = {}
    said: dict[str, tuple[str, str]] = {}
    for at, design in enumerate(designs):
        for row in design.of.cost.rows:
            counts.setdefault(row.type.id, [0] * len(designs))[at] += row.count
            said[row.type.id] = (row.type.name, row.section)
    return tuple(
        BillRow(key, *said[key], tuple(numbers))
        for key, numbers in sorted(counts.items(), key=lambda item: (said[item[0]][1], said[item[0]][0]))
        if len(set(numbers)) > 1
    )


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-12 * max(abs(one), abs(other))
