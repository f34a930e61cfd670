"""The table of candidates: sorted, filtered, and filled in while they are priced and measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from core.explore.candidates import Candidate
from core.units import show
from desktop.dialogs.generating.asked import words_of
from desktop.dialogs.generating.trial import counts_of
from desktop.theme import font, theme

ROW_PX = 26
WAITING = "…"
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Column:
    """One column: what it sorts by, what it shows, and what is said of a cell."""

    name: str
    heading: str
    help: str
    value: Callable[[Candidate], Any]
    """None: not known (yet); such rows stand last."""
    text: Callable[[Candidate], str]
    width: int
    is_number: bool = True


def _count(of: Callable[[Candidate], int | None]) -> Callable[[Candidate], str]:
    def text(candidate: Candidate) -> str:
        value = of(candidate)
        return WAITING if value is None else f"{value:,}"

    return text


def _switches(c: Candidate) -> int | None:
    return sum(c.switch_counts.values()) if c.sizes else None


def _cables(c: Candidate) -> int | None:
    return c.bill.cables if c.bill else None


def _optics(c: Candidate) -> int | None:
    return c.bill.optics if c.bill else None


def _links(c: Candidate) -> int | None:
    return sum(c.sizes.links.values()) if c.sizes else None


def _hops(c: Candidate) -> int | None:
    return c.measures.most_hops if c.measures else None


def _power(c: Candidate) -> str:
    return show(c.power.value, "W", digits=3) if c.power else WAITING


def _cost_text(c: Candidate) -> str:
    if c.bill is None:
        return WAITING
    more = "+" if c.bill.cost.unpriced or c.bill.left_out else ""
    return f"{show(c.cost_usd, 'USD', digits=3)}{more}"


def _per_gpu(c: Candidate) -> str:
    return WAITING if c.cost_per_gpu_usd is None else f"{c.cost_per_gpu_usd:,.0f}"


def _ratio(c: Candidate) -> str:
    if c.measures is None:
        return WAITING
    return "–" if c.measures.oversubscription is None else f"{c.measures.oversubscription:.3g} : 1"


def _throughput(c: Candidate) -> float | None:
    return c.measures.throughput.value if c.measures else None


def _throughput_text(c: Candidate) -> str:
    if c.measures is None:
        return WAITING
    if isinf(c.measures.throughput.value):
        return "full"
    mark = {"upper bound": "≤ ", "lower bound": "≥ ", "interval": "≥ "}.get(c.measures.throughput.kind, "")
    return f"{mark}{100 * c.measures.throughput.value:.0f} %"


def _left(c: Candidate) -> float | None:
    return c.measures.failure.bandwidth_left if c.measures and c.measures.failure else None


def _left_text(c: Candidate) -> str:
    left = _left(c)
    if left is None:
        is_dear = c.measures is not None and c.measures.is_failure_dear
        return "when chosen" if is_dear else WAITING
    return f"{100 * left:.1f} %"


COLUMNS: tuple[Column, ...] = (
    Column("family", "Family", "", lambda c: c.label, lambda c: c.label, 150, is_number=False),
    Column("words", "Parameters", "What sets it apart", words_of, words_of, 150, is_number=False),
    Column("switches", "Switches", "Devices that forward", _switches, _count(_switches), 72),
    Column("links", "Links", "Connections of two ports", _links, _count(_links), 64),
    Column("cables", "Cables", "Pieces: a twin-port cable is one", _cables, _count(_cables), 64),
    Column("optics", "Optics", "One in each occupied cage that takes one", _optics, _count(_optics), 64),
    Column("power", "Power", "Maximum sustained, of the switches",
           lambda c: c.power and c.power.value, _power, 76),
    Column("cost", "Cost", "Switches, cables and optics; + : some have no price", lambda c: c.cost_usd,
           _cost_text, 92),
    Column("per_gpu", "USD/GPU", "Cost for each accelerator asked for",
           lambda c: c.cost_per_gpu_usd, _per_gpu, 66),
    Column("hops", "Hops", "Switches on the longest of the shortest ways", _hops, _count(_hops), 48),
    Column("ratio", "Oversub.", "Down over up, product over the tiers",
           lambda c: c.measures and c.measures.oversubscription, _ratio, 70),
    Column("throughput", "All-to-all", "Of the full rate of the hosts, split over the shortest ways",
           _throughput, _throughput_text, 76),
    Column("left", "Switch fails", "Bandwidth left after the worst failure of one switch",
           _left, _left_text, 92),
)  # fmt: skip


class CandidateModel(QAbstractTableModel):
    """Candidates, a row each; those not possible stand last, whatever the order."""

    became_impossible = Signal()
    """What was computed of a row shows that there is no such network."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.all: list[Candidate] = []
        self.rows: list[Candidate] = []
        self._filter = ""
        self._sorted: tuple[int, bool] | None = None
        self.show_types = False
        """Whether switch types tell the rows apart."""

    def show_candidates(self, found: Sequence[Candidate]) -> None:
        """Show other candidates."""
        self.all = list(found)
        self.show_types = len({c.switch for c in found}) > 1
        self._arrange()

    def update(self, candidate: Candidate) -> None:
        """Take over what was computed of one of them; its row stays where it is."""
        for many in (self.all, self.rows):
            for row, known in enumerate(many):
                if known.key == candidate.key:
                    many[row] = candidate
                    if many is self.rows and known.is_possible and not candidate.is_possible:
                        self.became_impossible.emit()
                    if many is self.rows:
                        self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
                    break

    def filter(self, words: str) -> None:
        """Show the rows that have all words."""
        self._filter = words
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()

    def row_of(self, key: tuple[Any, ...] | None) -> int:
        """Return the row of a candidate, -1 if it is not shown."""
        return next((row for row, c in enumerate(self.rows) if c.key == key), -1)

    def _arrange(self) -> None:
        self.beginResetModel()
        words = self._filter.casefold().split()
        rows = [c for c in self.all if all(word in self._searched(c) for word in words)]
        if self._sorted is not None:
            column, falling = self._sorted
            value = COLUMNS[column].value
            known = [c for c in rows if value(c) is not None]
            known.sort(key=value, reverse=falling)
            rows = known + [c for c in rows if value(c) is None]
        self.rows = [c for c in rows if c.is_possible] + [c for c in rows if not c.is_possible]
        self.endResetModel()

    def _searched(self, c: Candidate) -> str:
        return " ".join(
            (c.label, c.family, c.switch, words_of(c), counts_of(c.switch_counts), c.reason)
        ).casefold()

    # Qt's side.

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        return column.help if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        c, column = self.rows[index.row()], COLUMNS[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(c, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole and not c.is_possible:
            return theme().colour("disabled" if column.name == "family" else "faint")
        if role == Qt.ItemDataRole.FontRole and column.is_number:
            return font("body", mono=True)
        return self._tip(c, column) if role == Qt.ItemDataRole.ToolTipRole else None

    def _text(self, c: Candidate, column: Column) -> str:
        if column.name == "words":
            if not c.is_possible:
                return f"Not possible: {c.reason}"
            words = [
                c.switch if self.show_types else "",
                words_of(c) or ("" if self.show_types else "as asked"),
            ]
            return " · ".join(word for word in words if word)
        if column.name != "family" and not c.is_possible and column.text(c) == WAITING:
            return "–"
        return column.text(c)

    def _tip(self, c: Candidate, column: Column) -> str:
        if not c.is_possible:
            return f"{c.label} on {c.switch}\nNot possible: {c.reason}"
        if column.name == "words":
            return f"{c.label} on {c.switch}\n{words_of(c)}".strip()
        if column.name == "switches":
            return counts_of(c.switch_counts)
        if column.name in ("cost", "per_gpu", "cables", "optics") and c.bill:
            low, high = c.bill.cost.low_usd, c.bill.cost.high_usd
            facts = [f"{show(low, 'USD')} to {show(high, 'USD')}; lengths are assumed"]
            unpriced = c.bill.cost.unpriced
            facts += [f"{unpriced:,} pieces without a price"] if unpriced else []
            return "\n".join([*facts, *(f"Left out: {words}" for words in c.bill.left_out)])
        if column.name == "left" and c.measures and c.measures.failure:
            failed = c.measures.failure
            return (
                f"{failed.kind.capitalize()} {failed.name}: {failed.accelerators_cut_off:,.0f} GPUs cut off\n"
                f"Worst of {failed.cases:,} failures of one switch"
            )
        if column.name == "throughput" and c.measures:
            bound = c.measures.bound
            more = (
                f"\nNo routing carries more than {100 * bound.upper:.0f} % of the worst traffic"
                if bound
                else ""
            )
            return f"{column.help} ({c.measures.throughput.kind}){more}"
        return column.help or f"{c.label} on {c.switch}"


class CandidateTable(QTableView):
    """The table; the row with the keyboard is the candidate chosen."""

    chosen = Signal(object)
    """Carries the `Candidate` of the current row."""
    taken = Signal()
    """Enter, or a double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.candidates = CandidateModel(self)
        self.setModel(self.candidates)
        self.setAccessibleName("Candidates")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setMinimumSectionSize(36)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, column.width)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.doubleClicked.connect(lambda _: self.taken.emit())
        self.activated.connect(lambda _: self.taken.emit())
        self.candidates.modelAboutToBeReset.connect(self._remember)
        self.candidates.modelReset.connect(self._return)
        self.candidates.modelReset.connect(self._span)
        self.candidates.became_impossible.connect(self._span)
        self._key: tuple[Any, ...] | None = None
        self._is_resetting = False

    @property
    def current(self) -> Candidate | None:
        """The candidate chosen."""
        row = self.currentIndex().row()
        return self.candidates.rows[row] if 0 <= row < len(self.candidates.rows) else None

    def choose(self, key: tuple[Any, ...] | None) -> None:
        """Go to a candidate; to the first if it is not there."""
        row = max(self.candidates.row_of(key), 0)
        if self.candidates.rows:
            self.setCurrentIndex(self.candidates.index(row, 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)  # type: ignore[arg-type]
        now = self.current
        if now is not None and not self._is_resetting and now.key != self._key:
            self._key = now.key
            self.chosen.emit(now)

    def _remember(self) -> None:
        self._is_resetting = True

    def _span(self) -> None:
        """Let the reason of what is not possible take the whole row."""
        self.clearSpans()
        for number, candidate in enumerate(self.candidates.rows):
            if not candidate.is_possible:
                self.setSpan(number, 1, 1, len(COLUMNS) - 1)

    def _return(self) -> None:
        """Stay on the candidate chosen when the rows are arranged anew."""
        row = self.candidates.row_of(self._key)
        if row >= 0:
            self.setCurrentIndex(self.candidates.index(row, 0))
        self._is_resetting = False
