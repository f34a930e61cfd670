"""The cells of one column: texts by code or numbers, compared and sorted without making text of each row."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.drawing.cables import natural
from core.units import UNKNOWN, converted, number_text

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Cells(ABC):
    """One value for each row."""

    is_number = False

    @abstractmethod
    def text(self, row: int) -> str:
        """Return a cell as shown."""

    @abstractmethod
    def plain(self, row: int) -> str:
        """Return a cell as a spreadsheet reads it: no grouping, empty where there is nothing."""

    @property
    @abstractmethod
    def rank(self) -> NDArray[Any]:
        """For each row a number by which rows are sorted; what is not known comes last."""

    @abstractmethod
    def holding(self, test: Callable[[str], bool]) -> Mask:
        """Tell for each row whether its text passes a test."""

    @abstractmethod
    def groups(self, rows: Rows) -> tuple[list[str], Rows]:
        """Return the texts in some rows, in order, and for each of these rows its text's number."""


class Texts(Cells):
    """Texts by code; code -1 is an empty cell.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
    values : sequence of str
        Text of each code; a text may stand under several codes.
    order : ndarray, optional
        For each code a number by which it is sorted; natural order of the texts if not given.
    """

    def __init__(self, codes: NDArray[Any], values: Sequence[str], order: NDArray[Any] | None = None) -> None:
        self.codes = codes
        self.values = values
        self._order = order

    def text(self, row: int) -> str:
        code = self.codes[row]
        return self.values[code] if code >= 0 else ""

    plain = text

    @cached_property
    def rank(self) -> NDArray[Any]:
        order = np.asarray(ranked(self.values) if self._order is None else self._order)
        last = int(order.max(initial=0)) + 1
        empty = np.array([not text for text in self.values], bool)
        order = np.append(np.where(empty, last, order), last)
        rank: NDArray[Any] = order[self.codes]
        return rank

    def holding(self, test: Callable[[str], bool]) -> Mask:
        passing = np.fromiter((test(v) for v in self.values), bool, len(self.values))
        found: Mask = np.append(passing, test(""))[self.codes]
        return found

    def groups(self, rows: Rows) -> tuple[list[str], Rows]:
        present, number = np.unique(self.codes[rows], return_inverse=True)
        texts = [self.values[code] if code >= 0 else "" for code in present.tolist()]
        names = sorted(set(texts), key=natural)
        at = {name: i for i, name in enumerate(names)}
        return names, np.array([at[text] for text in texts], np.int64)[number.reshape(-1)]


class Numbers(Cells):
    """Numbers; NaN prints as `missing`.

    Parameters
    ----------
    values : ndarray of float, shape (n_rows,)
    digits : int
        Significant digits printed; whole numbers keep all theirs.
    places : int, optional
        Decimal places, where the sheets print a fixed number of them.
    least : ndarray of bool, optional
        Rows whose value is a lower bound, because parts of it are not known.
    """

    is_number = True

    def __init__(
        self,
        values: NDArray[Any],
        *,
        digits: int = 4,
        places: int | None = None,
        missing: str = UNKNOWN,
        least: Mask | None = None,
    ) -> None:
        self.values = np.asarray(values, np.float64)
        self._digits, self._places, self._missing, self._least = digits, places, missing, least

    def scaled(self, factor: float, offset: float = 0.0, *, places: int | None = None) -> Numbers:
        """Return the same numbers in another unit."""
        values = self.values * factor + offset
        digits = self._digits if self._digits <= 4 else 7  # what is edited must not lose anything by it
        return Numbers(values, digits=digits, places=places, missing=self._missing, least=self._least)

    def text(self, row: int) -> str:
        value = float(self.values[row])
        if math.isnan(value):
            return self._missing
        shown = (
            number_text(value, digits=self._digits) if self._places is None else f"{value:.{self._places}f}"
        )
        return f"≥ {shown}" if self._least is not None and self._least[row] else shown

    def plain(self, row: int) -> str:
        value = float(self.values[row])
        return "" if math.isnan(value) else f"{round(value, 6):.15g}"

    @property
    def rank(self) -> NDArray[Any]:
        return self.values

    def holding(self, test: Callable[[str], bool]) -> Mask:
        values, number = np.unique(self.values, return_inverse=True)
        first = np.full(len(values), -1, np.int64)
        first[number.reshape(-1)] = np.arange(len(self.values))
        passing = np.fromiter((test(self.text(row)) for row in first.tolist()), bool, len(values))
        found: Mask = passing[number.reshape(-1)]
        return found

    def groups(self, rows: Rows) -> tuple[list[str], Rows]:
        _, index, number = np.unique(self.values[rows], return_index=True, return_inverse=True)
        texts = [self.text(row) for row in rows[index].tolist()]
        names = list(dict.fromkeys(texts))
        at = {name: i for i, name in enumerate(names)}
        return names, np.array([at[text] for text in texts], np.int64)[number.reshape(-1)]


def in_units(cells: Cells, unit: str) -> Cells:
    """Return the cells of a column of a base unit as people read them."""
    if not isinstance(cells, Numbers) or converted(1.0, unit)[1] == unit:
        return cells
    zero, one = converted(0.0, unit)[0], converted(1.0, unit)[0]
    return cells.scaled(one - zero, zero, places=1 if unit == "mm" else None)


def ranked(values: Iterable[str]) -> NDArray[np.int64]:
    """Return for each text its place in natural order; equal texts have the same place.

    Examples
    --------
    >>> ranked(["r10", "r9", "r10"]).tolist()
    [1, 0, 1]
    """
    listed = list(values)
    place = {text: at for at, text in enumerate(sorted(set(listed), key=natural))}
    return np.array([place[text] for text in listed], np.int64)


def coded(values: Iterable[object]) -> Texts:
    """Return texts, one for each row."""
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(str(value), len(codes)) for value in values]
    return Texts(np.array(numbers, np.int32), list(codes))


def sorted_rows(rows: Rows, rank: NDArray[Any], *, descending: bool = False) -> Rows:
    """Return rows in the order of their rank; rows of one rank stay as they are, unknown ones last.

    Examples
    --------
    >>> sorted_rows(np.array([0, 1, 2, 3]), np.array([2.0, np.nan, 1.0, 2.0])).tolist()
    [2, 0, 3, 1]
    """
    key = rank[rows]
    if key.dtype.kind != "f":
        key = key.astype(np.int64)
        low, high = (int(key.min()), int(key.max())) if len(key) else (0, 0)
        key = (high - key) if descending else (key - low)
        if high - low < 2**16:  # sorted by radix, in linear time
            return rows[np.argsort(key.astype(np.uint16), kind="stable")]
        if (high - low + 1) * max(len(rows), 1) < 2**62:
            # Sorting packed integers is several times as fast as a stable sort of their places.
            packed = np.sort(key * len(rows) + np.arange(len(rows)))
            return rows[packed % max(len(rows), 1)]
    elif descending:
        key = -key
    return rows[np.argsort(key, kind="stable")]
