"""What a user types to filter a list: words, `column:text`, `column=text`, `column>10`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import CagenutError
from core.report.lists.cells import Mask, Numbers, Rows, Texts
from core.report.lists.listing import Column, Kind, Listing
from core.units import with_points

_TOKEN = re.compile(r'(-?)(?:("[^"]*"?)|([^\s"]+?)(:|>=|<=|!=|=|>|<)("[^"]*"?|[^\s"]*)|(\S+))(?=\s|$)')
_NAME = re.compile(r"[A-Za-z][A-Za-z_. -]*$")
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
}
HELP = "Words, column:text, column=text, column>10; -word leaves out; quotes keep blanks together"


class FilterError(CagenutError):
    """A filter that means nothing; says why and what would."""


@dataclass(frozen=True)
class Term:
    """One condition; `column` is empty for a word that any shown column may hold."""

    column: str
    sign: str
    value: str
    negated: bool = False


def parse(kind: Kind, text: str) -> list[Term]:
    """Return the conditions that a filter consists of; all of them must hold.

    Raises
    ------
    FilterError
        If a column is not there or a comparison lacks its number.

    Examples
    --------
    >>> from core.report.lists.devices import DEVICES
    >>> parse(DEVICES, 'leaf status:plan kw>=10')[1:]
    [Term(column='status', sign=':', value='plan', negated=False), \
Term(column='power', sign='>=', value='10', negated=False)]
    """
    terms = []
    for match in _TOKEN.finditer(text):
        negated, quoted, name, sign, value, word = match.groups()
        if quoted or word or not name or not _NAME.match(name):
            whole = (quoted or word or f"{name}{sign}{value}").strip('"')
            if not whole:
                continue
            terms.append(Term("", ":", whole, bool(negated)))
            continue
        column = _column(kind, name)
        value = value.strip('"')
        if sign in (">", "<", ">=", "<=") and not value:
            raise FilterError(f"'{name}{sign}' lacks its number", cure=f"Write for example {name}{sign}10")
        terms.append(Term(column.name, sign, value, bool(negated)))
    return terms


def _column(kind: Kind, name: str) -> Column:
    wanted = _plain(name)
    for exact in (True, False):
        found = [
            column
            for column in kind.columns
            for called in (column.name, column.title, *column.also)
            if (_plain(called) == wanted if exact else _plain(called).startswith(wanted))
        ]
        distinct = {column.name: column for column in found}
        if len(distinct) == 1 or (exact and distinct):
            return next(iter(distinct.values()))
        if distinct:
            names = ", ".join(column.title for column in distinct.values())
            raise FilterError(f"'{name}' may be {names}", cure="Write more of the name")
    shown = ", ".join(column.title for column in kind.columns)
    raise FilterError(f"there is no column '{name}'", cure=f"Columns: {shown}")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def matching(
    listing: Listing, terms: Sequence[Term], shown: Sequence[str], chosen: dict[str, set[str]] | None = None
) -> Rows:
    """Return the rows of a list that fulfil all conditions.

    Parameters
    ----------
    shown : sequence of str
        Columns in which plain words are looked for.
    chosen : dict, optional
        By column the texts that are let through.

    Raises
    ------
    FilterError
        If a number is compared with something that is none.
    """
    rows = listing.rows
    mask: Mask | None = None
    for term in terms:
        found = _any_column(listing, term, shown) if not term.column else _one_column(listing, term)
        found = ~found if term.negated else found
        mask = found if mask is None else mask & found
    for name, texts in (chosen or {}).items():
        found = listing.cells(name).holding(lambda text, texts=texts: text in texts)  # type: ignore[misc]
        mask = found if mask is None else mask & found
    return rows if mask is None else rows[mask[rows]]


def _any_column(listing: Listing, term: Term, shown: Sequence[str]) -> Mask:
    wanted = term.value.casefold()
    mask: Mask | None = None
    for name in shown:
        cells = listing.cells(name)
        if isinstance(cells, Texts):
            found = cells.holding(lambda text: wanted in text.casefold())
            mask = found if mask is None else mask | found
    return np.zeros(int(listing.rows.max(initial=-1)) + 1, bool) if mask is None else mask


def _one_column(listing: Listing, term: Term) -> Mask:
    cells, wanted = listing.cells(term.column), term.value.casefold()
    title = listing.kind.find(term.column).title
    if isinstance(cells, Numbers) and term.sign != ":" and term.value:
        limit = _number(term.value, title)
        with np.errstate(invalid="ignore"):
            found: Mask = _COMPARISONS[term.sign](np.round(cells.values, 9), limit)
        return found
    if term.sign == ":":
        return cells.holding(lambda text: wanted in text.casefold())
    if term.sign in ("=", "!="):
        equal = cells.holding(lambda text: text.casefold() == wanted)
        return equal if term.sign == "=" else ~equal
    if isinstance(cells, Texts):
        limit = _number(term.value, title)
        compare = _COMPARISONS[term.sign]
        return cells.holding(lambda text: (n := _number_in(text)) is not None and bool(compare(n, limit)))
    raise FilterError(f"'{title}' cannot be compared", cure=HELP)  # pragma: no cover


def _number(text: str, title: str) -> float:
    try:
        return float(with_points(text))
    except ValueError:
        raise FilterError(
            f"'{text}' is no number", cure=f"Compare {title} with a number such as 10"
        ) from None


def _number_in(text: str) -> float | None:
    """Return the number a short text ends with, such as that of a unit."""
    match = re.fullmatch(r"[A-Za-z ]*(-?\d+(?:\.\d+)?)", text)
    return float(match[1]) if match else None
