"""The candidates: the table with its filter, how many would do, and the one made by hand above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core.explore.candidates import Candidate, Lengths, rank
from core.fabrics.families import FAMILIES
from desktop.dialogs.generating.asked import Edited
from desktop.dialogs.generating.table import CandidateTable
from desktop.widgets import button, column, label, row, sentence


class CandidatesPane(QWidget):
    """Candidates in the order of their cost; the one whose parameters were edited stands first."""

    def __init__(self, read_file: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.table = CandidateTable()
        self.own: Edited | None = None
        """The candidate whose parameters were edited, or that was read from a file."""
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter: rail, dragonfly, qm9700 …")
        self.search.setAccessibleName("Filter the candidates")
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(260)
        self.search.textChanged.connect(self.table.candidates.filter)
        self.words = label(role="faint")
        read = button("From a File …", read_file)
        read.setToolTip("Take a network from GraphML, GML, node-link JSON or DOT")
        head: QHBoxLayout = row(
            label("CANDIDATES", "section"), self.words, None, self.search, read, margins=(10, 8, 10, 0)
        )
        self.setLayout(column(head, self.table, gap=6))

    def show_list(self, found: Iterable[Candidate], own: Edited | None = None) -> list[Candidate]:
        """Show other candidates, ranked, and return them as they stand."""
        self.own = own
        rows: list[Candidate] = [own] if own is not None else []
        rows += rank(found)
        self.table.candidates.show_candidates(rows)
        self._tell()
        return rows

    def clear(self) -> None:
        """Show none."""
        self.show_list([])
        self.words.clear()

    def rank(self) -> None:
        """Arrange the rows by cost anew."""
        self.show_list(self._others(), self.own)

    def put_first(self, made: Edited) -> None:
        """Put a candidate of one's own at the top, in place of the one before, and go to it."""
        rows = self._others()
        self.own = made
        self.search.clear()  # else it might not be shown
        self.table.candidates.show_candidates([made, *rows])
        self.table.choose(made.key)
        self._tell()

    def update_row(self, candidate: Candidate) -> None:
        """Take over what was computed of a candidate."""
        if self.own is not None and candidate.key == self.own.key and isinstance(candidate, Edited):
            self.own = candidate
        self.table.candidates.update(candidate)
        self._tell()

    def alike(self, before: Candidate | None) -> Candidate | None:
        """Return the first that would do and is of the family and switch type of another."""
        if before is None:
            return None
        wanted = before.family, before.switch
        rows = self.table.candidates.rows
        return next((c for c in rows if c.is_possible and (c.family, c.switch) == wanted), None)

    def usual(self) -> Candidate | None:
        """Return the first that would do of the family that people ask for first."""
        order = list(FAMILIES)
        possible = [c for c in self.table.candidates.rows if c.is_possible and c.family in FAMILIES]
        return min(possible, key=lambda c: order.index(c.family), default=None)

    def _others(self) -> list[Candidate]:
        return [c for c in self.table.candidates.all if self.own is None or c.key != self.own.key]

    def _tell(self) -> None:
        rows = self.table.candidates.all
        good = sum(c.is_possible for c in rows)
        out = f", {len(rows) - good:,} not possible" if good < len(rows) else ""
        lengths = "; cable lengths are assumed" if good else ""
        self.words.setText(f"{good:,} would do{out}{lengths}")
        self.words.setToolTip(sentence(Lengths().words) if good else "")
