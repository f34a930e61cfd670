"""Link by range or from a table: what would be wired is shown line by line before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QPlainTextEdit,
    QSizePolicy,
    QTabWidget,
    QWidget,
)

from core.editing.cabling import ranges
from core.editing.cabling.cable_table import CableTable, read_table
from core.editing.cabling.range_guess import fabric_role
from core.editing.cabling.wiring import Plan, Wire, connect_many
from core.editing.routes import counted
from core.errors import CagenutError
from core.model.records import Fabric, FabricRole
from desktop.dialogs.patience import Progress
from desktop.dialogs.range_page import RangePage
from desktop.dialogs.wire_list import WireList, lines_between
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from desktop.workspace import Workspace

WAIT_MS = 250
"""How long after a key the preview is made anew."""
RANGE, TABLE = 0, 1
MOST_BYTES = 20_000_000
"""Of a table that is pasted or opened."""
_FABRICS: dict[FabricRole, str] = {
    "compute": "Compute",
    "storage": "Storage",
    "in-band": "In-band",
    "out-of-band": "Out-of-band",
}
_HOW = (
    "One cable a line: from device, from port, to device, to port, then if you like cable name, length in "
    "metres, colour, fabric. Separated by tabs, semicolons or commas; a head line may name the columns."
)


class WiringDialog(QDialog):
    """Two ways to ask for many cables, one preview; what is done is one undo step."""

    def __init__(
        self, document: Document, workspace: Workspace | None, tab: int = RANGE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Link many")
        self.resize(1000, 680)
        self._document, self._workspace = document, workspace
        self._busy = False
        self._fabric_chosen = False
        self.plan = Plan()
        self.table: CableTable | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self.preview)
        self.tabs = QTabWidget()
        self.range = RangePage(document)
        self.range.edited.connect(self._later.start)
        self.tabs.addTab(self.range, "By range")
        self.tabs.addTab(self._table_page(), "From a table")
        self.tabs.setDocumentMode(True)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.fabric = QComboBox()
        self.fabric.setAccessibleName("Fabric")
        self.fabric.activated.connect(lambda _: setattr(self, "_fabric_chosen", True))
        self.words = label(wrap=True)
        self.wires = WireList()
        self.leave_out = QCheckBox()
        self.leave_out.toggled.connect(lambda _: self._update_button())
        self.go = button("Link", self.link, icon_name="link", primary=True)
        self.go.setDefault(True)
        let_ctrl_enter(self, self.go)
        self.setLayout(
            column(
                self.tabs,
                row(label("Fabric", "faint"), self.fabric, None),
                self.words,
                self.wires,
                row(self.leave_out, None, button("Cancel", self.reject), self.go),
                gap=10,
                margins=(16, 14, 16, 14),
            )
        )
        self.tabs.setCurrentIndex(tab)
        self.tabs.currentChanged.connect(lambda _: self.preview())
        if tab == TABLE:
            self._paste_clipboard()
            self.text.setFocus()
        self.preview()

    # The page of the table; that of the range is `desktop.dialogs.range_page`.

    def _table_page(self) -> QWidget:
        page = QWidget()
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Table")
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("leaf-1\tosfp17\tspine-1\tosfp1")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFixedHeight(110)
        self.text.textChanged.connect(self._later.start)
        choose = button("Open a File …", self._open_file)
        how = label(_HOW, "small", wrap=True)
        how.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        page.setLayout(column(row(how, choose), self.text, margins=(8, 8, 8, 8)))
        return page

    @property
    def is_table(self) -> bool:
        return self.tabs.currentIndex() == TABLE

    # The preview.

    def preview(self) -> None:
        """Work out what would be wired, and show it."""
        if self._busy:
            return
        self._later.stop()
        problem = self._work(self._make_plan)
        self._list_fabrics()
        notes: Sequence[tuple[str, str]] = ()
        if self.table is not None and self.is_table:
            notes = [(f"{line.number:,}", line.cure) for line in self.table.lines]
        self.wires.show_wires(self._document.project, self._document.top, self.plan.wires, notes)
        self._say(problem)
        wrong = len(self.plan.problems)
        self.leave_out.setVisible(wrong > 0 and bool(self.plan.good))
        self.leave_out.setChecked(False)
        self.leave_out.setText(f"Leave out the {wrong:,} that cannot be made")
        self._update_button()
        self._show_lines()

    def _make_plan(self, tick: Any) -> None:
        self.plan, self.table = Plan(), None
        document = self._document
        if self.is_table:
            if self.text.toPlainText().strip():
                self.table = read_table(document.project, document.top, self.text.toPlainText(), tick=tick)
                self.plan = self.table.plan
        elif self.range.is_filled:
            self.plan = ranges.plan(document.project, document.top, self.range.asked, tick)

    def _work(self, act: Any) -> str:
        """Do something that may take long, with progress and cancel; return what went wrong."""
        self._busy = True
        progress = Progress(self)
        try:
            act(progress.tick)
        except CagenutError as error:
            return sentence(str(error))
        finally:
            progress.close()
            self._busy = False
        return ""

    def _say(self, problem: str) -> None:
        plan = self.plan
        self.words.setProperty("role", "error" if problem else "")
        self.words.style().polish(self.words)
        if problem:
            self.words.setText(problem)
            return
        if not plan.wires:
            empty = "Paste a table above" if self.is_table else "Say which devices go to which"
            self.words.setText(f"{empty}; what would be wired is shown here first.")
            return
        good = plan.good
        devices = [len({wire.a_path for wire in good}), len({wire.b_path for wire in good})]
        parts = [f"{counted(len(good), 'cable')}, from {counted(devices[0], 'device')} to {devices[1]:,}"]
        if plan.problems:
            parts.append(f"{len(plan.problems):,} cannot be made")
        if plan.count("there"):
            parts.append(f"{plan.count('there'):,} are there already")
        if plan.count("same"):
            parts.append(
                f"{plan.count('same'):,} are the same cable, in a copy of the drawing or another line"
            )
        copies = self._copies()
        if copies > 1:
            parts.append(f"made in all {copies:,} copies of the drawing")
        if self.table is not None:
            parts += self.table.remarks
        self.words.setText("; ".join(parts) + ".")

    def _copies(self) -> int:
        """Return how often the drawing is built that the first cable goes into."""
        if not self.plan.good or self._document.only_this:
            return 1
        return self._document.copies(holder_of(self.plan.good[0]))

    def _list_fabrics(self) -> None:
        """List the fabrics; until one is chosen, that of the ports' role is taken."""
        project = self._document.project
        chosen = self.fabric.currentData() if self._fabric_chosen else None
        self.fabric.clear()
        self.fabric.addItem("None", "")
        for fabric in project.fabrics.values():
            self.fabric.addItem(fabric.name, fabric.id)
        role: FabricRole = "other"
        if not self.is_table and self.plan.wires:
            role = fabric_role(project, self._document.top, self.range.asked)
        fitting = next((f.id for f in project.fabrics.values() if f.role == role), "")
        if role in _FABRICS and not fitting:
            self.fabric.addItem(f"New: {_FABRICS[role]}", f"new {role}")
            fitting = f"new {role}"
        wanted = chosen if chosen is not None and self.fabric.findData(chosen) >= 0 else fitting
        self.fabric.setCurrentIndex(max(self.fabric.findData(wanted), 0))

    def _update_button(self) -> None:
        good, wrong = len(self.plan.good), len(self.plan.problems)
        self.go.setText(f"Link {good:,}" if good else "Link")
        blocked = wrong > 0 and not self.leave_out.isChecked()
        self.go.setEnabled(good > 0 and not blocked)
        self.go.setToolTip(
            "" if self.go.isEnabled() else "Mend the lines that cannot be made, or leave them out"
        )

    def _show_lines(self) -> None:
        """Draw the cables that would be made in the drawing behind."""
        if self._workspace is not None:
            view = self._workspace.view
            view.overlay.show_lines(lines_between(view, self.plan.good))

    # The end.

    def link(self) -> bool:
        """Make the cables that can be made, as one step, and close.

        If the fields have been edited since the preview, that is shown first.
        """
        if self._later.isActive():
            self.preview()
            return False
        if self._busy or not self.go.isEnabled():
            return False
        problem = self._work(self._commit)
        if problem:
            self._say(problem)
            return False
        self.accept()
        return True

    def _commit(self, tick: Any) -> None:
        document, good = self._document, self.plan.good
        what = "from a table" if self.is_table else str(self.range.asked)
        holders = dict.fromkeys(holder_of(wire) for wire in good)
        edit = document.edit(f"Link {counted(len(good), 'cable')}: {what}"[:120], *holders)
        given = str(self.fabric.currentData() or "")
        if given.startswith("new "):
            role: Any = given.removeprefix("new ")
            made = edit.put("fabrics", Fabric(id=edit.new_id(), name=_FABRICS[role], role=role))
            given = made.id
        connect_many(edit, document.top, good, tick=tick, fabric=given)
        edit.notes.append(f"{counted(len(good), 'cable')} made")
        document.commit_edit(edit)

    def done(self, result: int) -> None:
        self._later.stop()
        if self._workspace is not None:
            self._workspace.view.overlay.clear()
        super().done(result)

    def _paste_clipboard(self) -> None:
        """Take the clipboard over if it looks like a table."""
        data = QApplication.clipboard().mimeData()
        text = data.text() if data is not None and data.hasText() else ""
        if any(mark in text for mark in "\t;,") and len(text) < MOST_BYTES:
            self.text.setPlainText(text)

    def _open_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a table", "", "Tables (*.csv *.tsv *.txt);;All (*)")
        if not name:
            return
        path = Path(name)
        try:
            if path.stat().st_size > MOST_BYTES:
                self.words.setText(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB")
                return
            self.text.setPlainText(path.read_text("utf-8-sig", errors="replace"))
        except OSError as error:
            self.words.setText(f"{path.name} cannot be read: {error.strerror}")


def holder_of(wire: Wire) -> str:
    """Return the path of the instance in whose block a cable will be."""
    steps = []
    for one, other in zip(wire.a_path.split("/")[:-1], wire.b_path.split("/")[:-1], strict=False):
        if one != other:
            break
        steps.append(one)
    return "/".join(steps)
