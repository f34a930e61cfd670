"""What if a supplier, a country or a part is lost: lines that stop, what may take their place, the swap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSpinBox, QSplitter, QWidget

from core.errors import CagenutError
from core.explore.supplier_loss import Loss, Stopped, loss_of, words_of
from core.units import share
from desktop.dialogs.part_swap import SwapPanel
from desktop.trees import ROW, head, line, tree
from desktop.widgets import column, label, row, sentence

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from desktop.main_window import MainWindow

KINDS = {"supplier": "Supplier", "country": "Country", "part": "Part"}
MOST_WEEKS = 260


class LossPanel(QWidget):
    """Who or what is lost, for how long, and what comes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._of: Evaluation | None = None
        self.found: Loss | None = None
        self.kind, self.which = QComboBox(), QComboBox()
        self.kind.setAccessibleName("What is lost")
        for name, words in KINDS.items():
            self.kind.addItem(words, name)
        self.kind.activated.connect(lambda _: self._list())
        self.which.setAccessibleName("Which one is lost")
        self.which.setMinimumContentsLength(28)
        self.which.activated.connect(lambda _: self._ask())
        self.weeks = QSpinBox()
        self.weeks.setAccessibleName("Weeks it is lost for")
        self.weeks.setRange(0, MOST_WEEKS)
        self.weeks.setSpecialValueText("for good")
        self.weeks.setSuffix(" weeks")
        self.weeks.valueChanged.connect(lambda _: self._ask())
        self.verdict = label(role="strong", wrap=True)
        self.stopped = tree("Lines that stop")
        self.stopped.currentItemChanged.connect(lambda *_: self._try())
        self.swaps = SwapPanel(window)
        top = row(label("Lose"), self.kind, self.which, self.weeks, None)
        upper = QWidget()
        upper.setLayout(column(top, self.verdict, self.stopped, margins=(4, 10, 4, 4)))
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(upper)
        both.addWidget(self.swaps)
        both.setSizes([270, 450])
        self.setLayout(column(both))

    def show_evaluation(self, of: Evaluation) -> None:
        """Ask the same of another state of the design."""
        self._of = of
        self.swaps.show_evaluation(of)
        self._list(self.which.currentData())

    def ask(self, kind: str, which: str) -> None:
        """Ask what stops without a supplier, a country or a part."""
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self._list(which)

    def close_down(self) -> None:
        """End the thread."""
        self.swaps.close_down()

    def _list(self, which: str | None = None) -> None:
        if self._of is None:
            return
        of, kind = self._of.supply, self.kind.currentData()
        lines = [one for one in of.lines if not one.included]
        if kind == "part":
            found = [(one.type.name, one.type.id) for one in lines]
        else:
            # In the order of their spend: who matters most comes first.
            names = (one.suppliers if kind == "supplier" else one.countries for one in lines)
            found = [(name, name) for name in dict.fromkeys(name for some in names for name in some)]
        self.which.clear()
        for text, name in found:
            self.which.addItem(text, name)
        self.which.setCurrentIndex(max(self.which.findData(which), 0) if found else -1)
        self._ask()

    def _ask(self) -> None:
        """Find what stops; the line that was looked at stays the one that is."""
        if self._of is None:
            return
        before = self.chosen
        kind, which = self.kind.currentData(), self.which.currentData()
        self.found = None
        self.stopped.clear()
        head(
            self.stopped,
            "Line that stops",
            "Quantity",
            "Racks that wait",
            "Wait, weeks",
            "Instead",
            left=(4,),
            wide=4,
        )
        if which is None:
            self.verdict.setText(
                f"No {KINDS[kind].lower()} is known of any line. Name it in the types of the catalogue."
            )
            self._try()
            return
        try:
            found = loss_of(
                self._of, self._window.library, **{kind: which}, weeks=float(self.weeks.value())
            )  # fmt: skip
        except CagenutError as error:
            self.verdict.setText(sentence(str(error)))
            self._try()
            return
        self.found = found
        racks = f"{found.racks:,} rack{'s wait' if found.racks != 1 else ' waits'}"
        self.verdict.setText(f"Without {found.what}: {share(found.share)} of the known spend stops, {racks}.")
        self.stopped.blockSignals(True)
        for one in found.stopped:
            weeks = "unknown" if one.weeks is None else f"{one.weeks:g}"
            item = line(
                one.line.type.name, f"{one.line.count:,}", f"{one.racks:,}", weeks, words_of(one),
                left=(4,), of=one,
            )  # fmt: skip
            self.stopped.addTopLevelItem(item)
            if before is not None and before.line.type.id == one.line.type.id:
                self.stopped.setCurrentItem(item)
        if self.stopped.currentItem() is None and found.stopped:
            self.stopped.setCurrentItem(self.stopped.topLevelItem(0))
        self.stopped.blockSignals(False)
        self._try()

    @property
    def chosen(self) -> Stopped | None:
        """The line whose replacement is looked for."""
        item = self.stopped.currentItem()
        return None if item is None else item.data(0, ROW)

    def _try(self) -> None:
        self.swaps.show_line(self.chosen)
