"""A list of things of the design: its columns, made when first asked for; which rows, in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.report.csv_text import csv_bytes
from core.report.lists.cells import Cells, Rows, in_units, sorted_rows
from core.report.lists.placed import Placed
from core.units import symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

DRAWN = "It follows from the drawing: move or replace the thing there"
COMPUTED = "Computed from the design"
OF_TYPE = "It is said by the type: edit the type, or replace the device"


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes
    ----------
    name : str
        Stable name; for a column that can be edited that of the field.
    unit : str
        Printed beside the title.
    fixed : str
        Why it cannot be edited; empty if it can.
    shown : bool
        Whether it is shown unless the user chooses otherwise.
    also : tuple of str
        Further words by which a filter may call it.
    """

    name: str
    title: str
    make: Callable[[Source], Cells]
    unit: str = ""
    fixed: str = COMPUTED
    shown: bool = True
    also: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """Title with its unit, as printed above the column."""
        return f"{self.title} [{symbol(self.unit)}]" if self.unit else self.title


@dataclass(frozen=True)
class Source:
    """What the columns of all lists are made from."""

    evaluation: Evaluation
    placed: Placed


@dataclass(frozen=True)
class Kind:
    """What a list is of.

    Attributes
    ----------
    rows : callable
        Returns the rows to list.
    thing : str
        Kind of the snapshot's rows (device, rack, cable), or port or part.
    """

    name: str
    title: str
    noun: str
    thing: str
    columns: tuple[Column, ...]
    rows: Callable[[Source], Rows]

    def find(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


class Listing:
    """One list of one state of the design."""

    def __init__(self, kind: Kind, source: Source) -> None:
        self.kind = kind
        self.source = source
        self.rows: Rows = kind.rows(source)
        """All rows, in the order of the design."""
        self._cells: dict[str, Cells] = {}

    def cells(self, name: str) -> Cells:
        """Return the cells of a column."""
        found = self._cells.get(name)
        if found is None:
            column = self.kind.find(name)
            found = self._cells[name] = in_units(column.make(self.source), column.unit)
        return found

    def sorted(self, rows: Rows, name: str, *, descending: bool = False) -> Rows:
        """Return rows in the order of a column."""
        return sorted_rows(rows, self.cells(name).rank, descending=descending)

    def counts(self, name: str, rows: Rows) -> list[tuple[str, int]]:
        """Return the texts of a column in some rows with the number of rows of each."""
        texts, number = self.cells(name).groups(rows)
        times = np.bincount(number, minlength=len(texts)).tolist()
        return list(zip(texts, times, strict=True))

    def lines(self, rows: Rows, columns: Sequence[str]) -> list[list[str]]:
        """Return rows as plain text, as a spreadsheet reads them."""
        cells = [self.cells(name) for name in columns]
        return [[c.plain(row) for c in cells] for row in rows.tolist()]

    def headings(self, columns: Sequence[str]) -> list[str]:
        """Return what stands above some columns."""
        return [self.kind.find(name).heading for name in columns]

    def as_text(self, rows: Rows, columns: Sequence[str]) -> str:
        """Return rows under their headings, tabs between the cells."""
        lines = [self.headings(columns), *self.lines(rows, columns)]
        return "".join("\t".join(" ".join(cell.split()) for cell in line) + "\n" for line in lines)

    def as_csv(self, rows: Rows, columns: Sequence[str]) -> bytes:
        """Return rows as CSV under their headings, the path first where rows are things of the drawing."""
        paths = ["path"] if any(c.name == "path" for c in self.kind.columns) else []
        wanted = [*paths, *(name for name in columns if name != "path")]
        return csv_bytes(self.headings(wanted), self.lines(rows, wanted))
