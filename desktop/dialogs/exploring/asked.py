"""The form of a search: what is varied, how it is searched, what is sought and what must hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.explore.sweeps.choices import GROUPS, Choice
from core.explore.sweeps.drafts import Draft, Varied, unused
from core.explore.sweeps.spec import COUNTS, METHODS, RESERVED
from desktop.trees import ROW
from desktop.widgets import button, column, label, row

if TYPE_CHECKING:
    from core.engine.quantities import Quantity

SENSES = ("", "least", "most")
MOST_GOALS = 3
NO_ERRORS = "errors <= 0"
"""The brief is held by rules: without this the front is of points that nobody may build."""
USUAL = (("least", "capex_usd"), ("most", "tflops_bf16_dense"))
WORDS = {"grid": "Every combination", "random": "At random", "evolutionary": "Evolution"}
FINDINGS = (("errors", "Errors of the rules"), ("warnings", "Warnings of the rules"))


class Asked(QWidget):
    """Gives a `Draft`; what is wrong with it is told by reading it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: list[Choice] = []
        self._quantities: dict[str, Quantity] = {}
        self._taken: set[str] = set()
        self.varied = QTreeWidget()
        self.varied.setAccessibleName("What is varied")
        self.varied.setHeaderLabels(["What is varied", "Values"])
        self.varied.setRootIsDecorated(False)
        self.varied.setAlternatingRowColors(True)
        self.varied.header().setStretchLastSection(True)
        self.varied.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.varied.setColumnWidth(0, 190)
        self.varied.itemChanged.connect(lambda *_: self.changed.emit())
        self.add = QPushButton("Add …")
        self.add.setAutoDefault(False)
        self._menu = QMenu(self)
        self.add.setMenu(self._menu)
        self.method = QComboBox()
        self.method.setAccessibleName("Search")
        for name in METHODS:
            self.method.addItem(WORDS[name], name)
        self.method.activated.connect(lambda _: self._method_changed())
        self.points = QSpinBox()
        self.points.setAccessibleName("Points")
        self.points.setRange(1, 100_000)
        self.points.setValue(200)
        self.points.setSuffix(" points")
        self.points.valueChanged.connect(lambda _: self.changed.emit())
        self.goals = [self._goal(number) for number in range(MOST_GOALS)]
        self.limits = QLineEdit()
        self.limits.setAccessibleName("Limits")
        self.limits.setPlaceholderText("power_max_w <= 500e3; errors <= 0")
        self.limits.editingFinished.connect(self.changed.emit)
        self.limit = QComboBox()
        self.limit.setAccessibleName("Quantity to limit")
        self.limit.activated.connect(lambda _: self._add_limit())
        goals = [row(sense, name) for sense, name in self.goals]
        for line in goals:
            line.setStretch(1, 1)
        search = row(self.method, self.points, None)
        self.setLayout(
            column(
                label("VARY", "section"),
                self.varied,
                row(self.add, button("Remove", self.remove, icon_name="delete"), None),
                label("SEARCH", "section"), search,
                label("SEEK", "section"), *goals,
                label("WITHIN", "section"), self.limits, self.limit,
                margins=(0, 8, 0, 0),
            )
        )  # fmt: skip
        self._method_changed()

    def _goal(self, number: int) -> tuple[QComboBox, QComboBox]:
        sense, name = QComboBox(), QComboBox()
        sense.setAccessibleName(f"Sense of goal {number + 1}")
        name.setAccessibleName(f"Goal {number + 1}")
        sense.addItems(["–", *SENSES[1:]])
        for one in (sense, name):
            one.activated.connect(lambda _: self.changed.emit())
        return sense, name

    # What there is to choose from.

    def offer(
        self, found: Sequence[Choice], quantities: dict[str, Quantity], columns: Collection[str] = ()
    ) -> None:
        """Offer what a design has; what is chosen stays. Nothing that is varied gets a name of `columns`."""
        self._choices, self._quantities = list(found), dict(quantities)
        self._taken = {*RESERVED, *COUNTS, *columns}
        self._menu.clear()
        for group in GROUPS:
            some = [one for one in found if one.group == group]
            if not some:
                continue
            menu = self._menu.addMenu(group)
            for one in some:
                action = menu.addAction(one.label.replace("&", "&&"))
                action.triggered.connect(lambda _=False, c=one: self.vary(c))
        labels = [(name, one.label) for name, one in quantities.items()]
        is_first = not self.goals[0][1].count()
        for _, box in self.goals:
            self._fill(box, labels)
        if is_first:
            self._seek_usual()
        self._fill(self.limit, [("", "Add a limit on …"), *labels, *FINDINGS])

    def _seek_usual(self) -> None:
        """Begin with what most ask for: the most compute for the least capital, without errors."""
        self.limits.setText(NO_ERRORS)
        for (sense, box), (word, name) in zip(self.goals, USUAL, strict=False):
            at = box.findData(name)
            if at >= 0:
                sense.setCurrentIndex(SENSES.index(word))
                box.setCurrentIndex(at)

    @staticmethod
    def _fill(box: QComboBox, labels: list[tuple[str, str]]) -> None:
        chosen = box.currentData()
        box.clear()
        for name, text in labels:
            box.addItem(text, name)
        box.setCurrentIndex(max(box.findData(chosen), 0))

    def vary(self, choice: Choice) -> None:
        """Vary something, from the values that are near."""
        if any(one.target == choice.target for one in self.draft.varied):
            return
        # An assumption often has the name of the quantity it becomes; the tables have a column for each.
        name = choice.target if choice.name in self._taken else choice.name
        self._put(Varied(unused(name, self._names()), choice.target, choice.values), choice.label)
        self.changed.emit()

    def _names(self) -> tuple[str, ...]:
        items = (self.varied.topLevelItem(at) for at in range(self.varied.topLevelItemCount()))
        return tuple(item.data(0, ROW).name for item in items)

    def _put(self, one: Varied, words: str) -> None:
        item = QTreeWidgetItem([words, one.values])
        item.setData(0, ROW, one)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setToolTip(0, f"{words}\n{one.target}")
        item.setToolTip(1, "A list: 1, 2, 4. A range: 0.8 … 1.2, of whole numbers: 4 … 8 whole")
        self.varied.blockSignals(True)
        self.varied.addTopLevelItem(item)
        self.varied.setCurrentItem(item, 1)
        self.varied.blockSignals(False)

    def remove(self) -> None:
        """Leave out what is current."""
        at = self.varied.indexOfTopLevelItem(self.varied.currentItem())
        if at >= 0:
            self.varied.takeTopLevelItem(at)
            self.changed.emit()

    def _method_changed(self) -> None:
        self.points.setEnabled(self.method.currentData() != "grid")
        self.changed.emit()

    def _add_limit(self) -> None:
        """Write the present value of a quantity as its limit, to be altered."""
        name = self.limit.currentData()
        self.limit.setCurrentIndex(0)
        if not name:
            return
        quantity = self._quantities.get(name)
        value = 0.0 if quantity is None or quantity.value is None else quantity.value
        before = self.limits.text().strip().rstrip(";")
        self.limits.setText(f"{before}; {name} <= {value:.6g}" if before else f"{name} <= {value:.6g}")
        self.limits.setFocus()
        self.changed.emit()

    # The draft.

    @property
    def draft(self) -> Draft:
        """What is asked for."""
        varied = []
        for at in range(self.varied.topLevelItemCount()):
            item = self.varied.topLevelItem(at)
            one: Varied = item.data(0, ROW)
            varied.append(Varied(one.name, one.target, item.text(1)))
        return Draft(
            tuple(varied),
            self.method.currentData(),
            self.points.value(),
            objectives=tuple(
                f"{sense.currentText()} {name.currentData()}"
                for sense, name in self.goals
                if sense.currentIndex() > 0 and name.currentData()
            ),
            limits=tuple(text.strip() for text in self.limits.text().split(";") if text.strip()),
        )

    def show_draft(self, draft: Draft) -> None:
        """Show a search that was read."""
        self.blockSignals(True)
        self.varied.clear()
        known = {one.target: one.label for one in self._choices}
        for one in draft.varied:
            self._put(one, known.get(one.target, one.target))
        self.method.setCurrentIndex(self.method.findData(draft.method))
        self.points.setValue(draft.points)
        self.limits.setText("; ".join(draft.limits))
        for at, (sense, name) in enumerate(self.goals):
            words = draft.objectives[at].partition(" ") if at < len(draft.objectives) else ("", "", "")
            sense.setCurrentIndex(SENSES.index(words[0]))
            if words[2] and name.findData(words[2]) < 0:
                name.addItem(words[2], words[2])
            name.setCurrentIndex(max(name.findData(words[2]), 0))
        self._method_changed()
        self.blockSignals(False)
        self.changed.emit()
