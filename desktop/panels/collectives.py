"""Collectives on the fabric shown: time, bandwidth and what limits them, by message and accelerators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHeaderView, QScrollArea, QWidget

from core.errors import CagenutError
from desktop.background import Background
from desktop.panels.rows import Row, Rows, make_table
from desktop.widgets import column, label, panel, row, sentence

if TYPE_CHECKING:
    from core.engine.collective_table import CollectiveTable, TableRow
    from core.engine.evaluation import Evaluation
    from desktop.document import Document

COLUMNS = ("Operation", "GPUs", "Message", "Algorithm", "Time", "Bus GB/s", "Limited by", "Basis")
WIDTHS = (98, 90, 60, 98, 64, 70, 84, 150)
GPUS, MESSAGE, LIMIT, NUMBERS = 1, 2, 6, (4, 5)
FOOT_PX = 52
HEAD_PX = 14
"""Room beside the words of a heading."""
FIRST_SIZE, FIRST_SCOPE = "1 GiB", "fabric"
SCOPES = {"": "One domain and all", "domain": "One domain", "fabric": "All of the fabric"}


class CollectivesPage(QWidget):
    """A table of operations; a choice of message and accelerators; what it stands on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._asked: tuple[object, str] | None = None
        self._found: CollectiveTable | None = None
        self._is_working = False
        self.size, self.scope = QComboBox(), QComboBox()
        self.size.setAccessibleName("Message")
        self.size.setToolTip("The whole buffer of a GPU, as nccl-tests counts")
        self.scope.setAccessibleName("GPUs that take part")
        self.scope.setToolTip("One scale-up domain, or all GPUs that the fabric joins")
        self.scope.setMinimumContentsLength(18)
        for scope, text in SCOPES.items():
            self.scope.addItem(text, scope)
        self.scope.setCurrentIndex(self.scope.findData(FIRST_SCOPE))
        self.about = label(wrap=True)
        self.about.setAccessibleName("What collectives run over")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = label("Working them out anew …", role="strong")
        """Says that the times are those before an edit; seen only then."""
        self.state.setAccessibleName("State of the collectives")
        self.state.hide()
        self.notes = label(role="faint", wrap=True)
        self.notes.setAccessibleName("What the times stand on")
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.setMargin(8)
        self.model = _Lines(COLUMNS, len(COLUMNS), self)
        self.table = make_table("Collectives", self.model, WIDTHS, len(COLUMNS) - 1)
        # Words at the end, and why something is not computed, are read in full, if need be by scrolling.
        self.table.horizontalHeader().setSectionResizeMode(
            len(COLUMNS) - 1, QHeaderView.ResizeMode.ResizeToContents
        )
        for box in (self.size, self.scope):
            box.currentIndexChanged.connect(lambda _: self._show())
        self.choice = QWidget()
        """Message and GPUs; stands beside the name of the page."""
        self.choice.setLayout(row(label("Message"), self.size, label("GPUs"), self.scope, gap=6))
        head = panel("bar")
        head.setLayout(row(self.state, self.about, gap=12, margins=(8, 5, 8, 5)))
        head.layout().setStretch(1, 1)
        self.foot = QScrollArea()
        self.foot.setAccessibleName("Notes on the collectives")
        self.foot.setWidgetResizable(True)
        self.foot.setWidget(self.notes)
        self.foot.setFixedHeight(FOOT_PX)
        self.foot.hide()
        self.setLayout(column(head, self.table, self.foot, gap=0))

    def show_stale(self) -> None:
        """Say that what is shown is of the design before an edit, until it is worked out anew."""
        self.state.setVisible(self._found is not None)

    def ask(self, document: Document | None, evaluation: Evaluation | None, fabric: str) -> None:
        """Show the collectives of a fabric; worked out beside the window, the old ones stay until then."""
        if document is None or evaluation is None:
            self._asked = self._found = None
            self._say("" if document is None else "Not evaluated yet")
            return
        self._fill()
        if self._asked is not None and self._asked[0] is evaluation and self._asked[1] == fabric:
            self.state.setVisible(self._found is not None and self._is_working)
            return
        self.show_stale()
        if self._asked is not None and self._asked[1] != fabric:
            self._say("…")
        asked = self._asked = (evaluation, fabric)
        self._is_working = True
        fabrics = dict(document.project.fabrics)

        def work() -> CollectiveTable:
            from core.engine.collective_table import collective_table

            return collective_table(fabrics, evaluation, fabric)

        self._background.run(work, lambda found, error: self._done(asked, found, error))

    def _done(
        self, asked: tuple[object, str], found: CollectiveTable | None, error: BaseException | None
    ) -> None:
        if asked is not self._asked:
            return
        self._found, self._is_working = found, False
        self.state.hide()
        if isinstance(error, CagenutError):
            self._say(f"Collectives are not computed: {error}.".replace("..", "."))
        elif error is not None:
            raise error
        else:
            self._show()

    def close_work(self) -> None:
        """End the thread."""
        self._background.close()
        self._asked = self._found = None
        self._is_working = False
        self._say("")

    def _say(self, words: str) -> None:
        """Show words instead of lines."""
        self._found = None
        self.state.hide()
        self.foot.hide()
        self.choice.setEnabled(False)
        self.about.setText(words)
        self.about.setToolTip("")
        self._hide_chosen()
        self.model.show([])

    def _show(self) -> None:
        from core.engine.collective_table import NOTES

        found = self._found
        if found is None:
            return
        for scope, count in (("domain", found.hierarchy.domain), ("fabric", found.gpus)):
            at = self.scope.findData(scope)
            self.scope.setItemText(at, f"{SCOPES[scope]}, {count:,}")
        self.choice.setEnabled(True)
        size, scope = self.size.currentData(), self.scope.currentData()
        shown = found.shown(size, scope) or found.shown(size)
        self.about.setText(sentence(found.about))
        self.notes.setText("\n".join(reversed(NOTES)))  # what it stands on before what words mean
        self.foot.show()
        self.about.setAccessibleDescription(" ".join(NOTES))
        self.table.setAccessibleDescription(f"{found.about}. {' '.join(NOTES)}")
        self._hide_chosen()
        self.model.show([_line(at, one) for at, one in enumerate(shown)])
        head = self.table.horizontalHeader()
        for at in range(len(COLUMNS) - 1):
            words = head.fontMetrics().horizontalAdvance(COLUMNS[at]) + HEAD_PX
            wanted = max(self.table.sizeHintForColumn(at), words)
            if head.sectionSize(at) < wanted and not head.isSectionHidden(at):
                head.resizeSection(at, wanted)
        head.setSortIndicator(-1, head.sortIndicatorOrder())

    def _hide_chosen(self) -> None:
        """Hide the columns that would say the same in each line."""
        self.table.setColumnHidden(GPUS, self.scope.currentData() != "")
        self.table.setColumnHidden(MESSAGE, self.size.currentData() != "")

    def _fill(self) -> None:
        """List the sizes once they are known; the engine is not loaded before the first frame."""
        from core.engine.collective_table import SIZES

        if self.size.count():
            return
        self.size.blockSignals(True)
        self.size.addItem("All sizes", "")
        for name in SIZES:
            self.size.addItem(name, name)
        self.size.setCurrentIndex(self.size.findData(FIRST_SIZE))
        self.size.blockSignals(False)


class _Lines(Rows):
    """Lines whose time and bandwidth stand to the right, though words follow them."""

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def _line(at: int, one: TableRow) -> Row:
    run = one.run
    seconds, bus = (run.seconds, run.bus_gb_s) if run is not None else (0.0, 0.0)
    cells = one.cells
    keys = (at, one.ranks, at, cells[3], seconds, bus, cells[LIMIT], cells[7])
    return Row(cells, keys, one, one.reason)
