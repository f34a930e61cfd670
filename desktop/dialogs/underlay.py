"""The underlays of a hall: brought in, placed, scaled, their layers shown, locked; each is one undo step."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from core.editing.underlay import add_underlay, move_underlay, pack, scale_underlay, unpack
from core.errors import CagenutError, EditError
from core.exchange.dxf_underlay import DxfPlan
from core.exchange.image_underlay import PlanPicture
from core.model.change import Change, Edit
from core.model.records import Underlay
from core.units import entered, entry, length, per
from desktop.canvas.tools.two_points import Point, TwoPoints
from desktop.dialogs.file_reading import FileReading
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

FILES = "Plans (*.dxf *.png *.jpg *.jpeg)"
MM_PER_PIXEL = 10.0
"""Size of a pixel until it is scaled."""
_ROW_PX = 26
_LOCKED = "It is locked: take the mark off first"
_BARE = "Below the hall lies no drawing yet. Bring in the architect's plan as DXF, PNG or JPEG."


class UnderlayDialog(QDialog):
    """Stands beside the plan, which can be used all the while."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        assert window.document is not None
        self.setWindowTitle("Underlay")
        self.resize(760, 470)
        self.window_, self.document = window, window.document
        self.block = window.workspace.hall.block
        self.reading = FileReading(self)
        self.reading.done.connect(self._read)
        self.list = QListWidget()
        self.list.setAccessibleName("Underlays")
        self.list.setFixedWidth(230)
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.words = label(wrap=True)
        self._make_fields()
        self.add = button("Bring In …", self.choose, icon_name="open", primary=True)
        self.add.setAutoDefault(False)  # Enter ends what is typed in a field
        self.delete = button("Remove", self._remove, icon_name="delete")
        left = column(self.list, row(self.add, self.delete), gap=8)
        body = row(gap=16)
        body.addLayout(left)
        body.addWidget(self.form, 1)
        close = button("Close", self.close)
        let_ctrl_enter(self, close)
        self.setLayout(column(body, self.words, row(None, close), gap=12, margins=(16, 16, 16, 14)))
        self.document.changed.connect(self._changed)
        self._fill()

    def _make_fields(self) -> None:
        self.form = QWidget()
        fields = QFormLayout(self.form)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name, self.x, self.y = QLineEdit(), QLineEdit(), QLineEdit()
        self.unit_size, self.turn = QLineEdit(), QLineEdit()
        self.locked = QCheckBox("Keeps its place, size and turn")
        self.locked.setAccessibleName("Locked")
        self.locked.clicked.connect(lambda on: self._put("Lock" if on else "Unlock", locked=on))
        self.moving = button("Move by Two Points …", self.begin_move)
        self.scaling = button("Scale by Two Points …", self.begin_scale)
        self.layers = QListWidget()
        self.layers.setAccessibleName("Layers")
        self.layers.itemChanged.connect(lambda _: self._show_layers())
        for text, widget in (
            ("Name", self.name),
            ("Locked", self.locked),
            (per("x", "mm"), self.x),
            (per("y", "mm"), self.y),
            ("Rotation °", self.turn),
            (per("1 unit or pixel is", "mm"), self.unit_size),
        ):
            if isinstance(widget, QLineEdit):
                widget.setAccessibleName(text)
                widget.editingFinished.connect(self._typed)
            fields.addRow(label(text, "faint"), widget)
        fields.addRow("", _holder(row(self.scaling, self.moving, None)))
        fields.addRow(label("Layers", "faint"), self.layers)

    # What is shown.

    @property
    def underlays(self) -> list[Underlay]:
        """The underlays of the floor, by name."""
        rows = self.document.project.rows("underlays", self.block).values()
        return sorted(rows, key=lambda each: (each.name.casefold(), each.id))

    @property
    def current(self) -> Underlay | None:
        """The one chosen in the list."""
        item = self.list.currentItem()
        found = self.document.project.get("underlays", item.data(Qt.ItemDataRole.UserRole)) if item else None
        return found if isinstance(found, Underlay) else None

    def _changed(self, change: Change) -> None:
        if any(delta.table == "underlays" for delta in change.deltas):
            self._fill()

    def _fill(self, chosen: tuple[str, str] | None = None) -> None:
        held = self.current
        wanted = chosen or (held.key if held is not None else None)
        self.list.blockSignals(True)
        self.list.clear()
        for underlay in self.underlays:
            item = QListWidgetItem(underlay.name or "Unnamed")
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setData(Qt.ItemDataRole.UserRole, underlay.key)
            self.list.addItem(item)
            if underlay.key == wanted:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self._show()

    def _show(self) -> None:
        underlay = self.current
        self.form.setEnabled(underlay is not None)
        self.delete.setEnabled(underlay is not None)
        if underlay is None:
            self.layers.clear()
            for line in (self.name, self.x, self.y, self.turn, self.unit_size):
                line.clear()
            self._say(_BARE)
            return
        self.name.setText(underlay.name)
        self.locked.setChecked(underlay.locked)
        self.x.setText(entry(underlay.x_mm, "mm"))
        self.y.setText(entry(underlay.y_mm, "mm"))
        self.turn.setText(f"{underlay.rotation_deg:.6g}")
        self.unit_size.setText(entry(float(f"{underlay.mm_per_unit:.7g}"), "mm"))
        for widget in (self.x, self.y, self.turn, self.unit_size, self.moving, self.scaling):
            widget.setEnabled(not underlay.locked)
            widget.setToolTip(_LOCKED if underlay.locked else "")
        self._list_layers(underlay)
        self._say(underlay.note or "Lengths may be typed with their unit, such as 7.2 m.")

    def _list_layers(self, underlay: Underlay) -> None:
        self.layers.blockSignals(True)
        self.layers.clear()
        self.layers.setEnabled(underlay.kind == "drawing")
        try:
            found = unpack(underlay.data) if underlay.kind == "drawing" else {}
        except CagenutError as error:
            found = {}
            self._say(str(error), wrong=True)
        for name, rows in found.items():
            item = QListWidgetItem(f"{name}  ({len(rows):,} lines)")
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = name not in underlay.hidden_layers
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.layers.addItem(item)
        self.layers.blockSignals(False)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.words.setText(sentence(text))
        self.words.setProperty("role", "error" if wrong else "faint")
        self.words.style().polish(self.words)

    # What is changed.

    def _put(self, label_: str, **fields: Any) -> None:
        underlay = self.current
        if underlay is None:
            return
        edit = Edit(self.document.project, f"{label_} underlay")
        edit.replace("underlays", underlay.key, **fields)
        if edit.change().deltas:
            self.document.commit_edit(edit)

    def _typed(self) -> None:
        """Take over the field that was typed in; the others stand as they were shown."""
        underlay, line = self.current, self.sender()
        if underlay is None or not isinstance(line, QLineEdit) or not line.isModified():
            return
        line.setModified(False)
        try:
            if line is self.name:
                self._put("Rename", name=line.text().strip())
            elif line is self.turn:
                self._put("Turn", rotation_deg=entered(line.text().replace("°", ""), "") % 360)
            elif line is self.unit_size:
                self._put("Scale", mm_per_unit=entered(line.text(), "mm"))
            else:
                field = "x_mm" if line is self.x else "y_mm"
                self._put("Move", **{field: round(entered(line.text(), "mm"))})
        except (CagenutError, ValueError) as error:
            self._show()
            self._say(str(error), wrong=True)

    def _show_layers(self) -> None:
        hidden = [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in (self.layers.item(at) for at in range(self.layers.count()))
            if item.checkState() == Qt.CheckState.Unchecked
        ]
        self._put("Show layers of", hidden_layers=tuple(hidden))

    def _remove(self) -> None:
        underlay = self.current
        if underlay is not None:
            edit = Edit(self.document.project, f"Remove underlay {underlay.name}")
            edit.remove("underlays", underlay.key)
            self.document.commit_edit(edit)

    # Clicks on the plan.

    def begin_move(self) -> None:
        """Let two clicks say from where to where."""
        underlay = self.current
        if underlay is not None:

            def move(one: Point, other: Point) -> Change:
                edit = Edit(self.document.project, "Move underlay")
                move_underlay(edit, underlay.key, other[0] - one[0], other[1] - one[1])
                return edit.change()

            self._use(TwoPoints(self._hall, "Click a point of the underlay", "Click where it goes", move))

    def begin_scale(self, *, locks: bool = False) -> None:
        """Let two clicks mark a distance that is known, then ask for it; `locks` it with that."""
        underlay = self.current
        if underlay is not None:

            def ask_distance(one: Point, other: Point) -> None:
                asked = DistanceDialog(self, underlay, one, other, locks=locks)
                asked.finished.connect(lambda _: self._back_to_hall())
                asked.open()

            first, second = "Click one end of a distance that you know", "Click its other end"
            self._use(TwoPoints(self._hall, first, second, ask_distance))

    @property
    def _hall(self) -> Any:
        return self.window_.workspace.hall

    def _back_to_hall(self) -> None:
        self.window_.activateWindow()
        self._hall.setFocus()

    def _use(self, tool: TwoPoints) -> None:
        self.window_.workspace.show_view("hall")
        self._hall.use(tool)
        self._hall.setFocus()

    # Bringing in.

    def choose(self) -> None:
        """Ask for a file and bring it in."""
        name, _ = QFileDialog.getOpenFileName(self, "Bring in an underlay", "", FILES)
        if name:
            self.bring_in(Path(name))

    def bring_in(self, path: Path) -> None:
        """Read a file beside the window, with progress and cancel; then it is laid below the hall."""
        self.reading.start("drawing" if path.suffix.lower() == ".dxf" else "picture", path)

    def _read(self, found: object, failure: str) -> None:
        if failure:
            self._say(failure, wrong=True)
            return
        try:
            self._lay(found, self.reading.path.name)
        except CagenutError as error:
            self._say(str(error), wrong=True)

    def _lay(self, found: object, name: str) -> None:
        edit = Edit(self.document.project, f"Bring in underlay {name}")
        if isinstance(found, DxfPlan):
            note, scaled = ". ".join(found.notes), found.is_scaled
            made = add_underlay(
                edit, self.block, "drawing", name, pack(found.layers, found.digits),
                mm_per_unit=found.mm_per_unit, hidden_layers=found.hidden, note=note,
                locked=scaled,
            )  # fmt: skip
        elif isinstance(found, PlanPicture):
            data = base64.b64encode(found.data).decode()
            note, scaled = "A picture has no scale of its own: scale it by two points", False
            made = add_underlay(
                edit, self.block, "image", name, data, mm_per_unit=MM_PER_PIXEL, note=note, locked=False
            )
        else:
            raise EditError("the file holds no plan", cure="Choose a DXF, PNG or JPEG file")
        if self.document.commit_edit(edit):
            self._fill(made.key)
            self._hall.fit()
            if not scaled:
                self.begin_scale(locks=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Stand to the right, where the plan is not covered in its middle."""
        super().showEvent(event)
        self.add.setFocus()

    def done(self, result: int) -> None:
        self.reading.stop()
        if isinstance(self._hall.tool, TwoPoints):
            self._hall.use(None)
        super().done(result)


class DistanceDialog(QDialog):
    """Asks how far two points are apart."""

    def __init__(
        self, owner: UnderlayDialog, underlay: Underlay, one: Point, other: Point, *, locks: bool = False
    ) -> None:
        super().__init__(owner.window_)
        self._locks = locks
        self.setWindowTitle("Scale by two points")
        self._document: Document = owner.document
        self._given = (underlay, one, other)
        drawn = ((other[0] - one[0]) ** 2 + (other[1] - one[1]) ** 2) ** 0.5
        self.distance = QLineEdit(entry(round(drawn), "mm"))
        self.distance.setAccessibleName(per("Distance", "mm"))
        self.distance.selectAll()
        self.distance.setFocus()
        self.words = label(f"As drawn now: {length(drawn)}. Type the true one: 7200, 7.2 m, 24 ft.", "faint")
        go = button("Scale", self.scale, primary=True)
        go.setDefault(True)
        let_ctrl_enter(self, go)
        self.setLayout(
            column(
                row(label(per("Distance", "mm"), "faint"), self.distance),
                self.words,
                row(None, button("Cancel", self.reject), go),
                gap=12,
                margins=(16, 16, 16, 14),
            )
        )

    def scale(self) -> None:
        """Scale, the first point stays."""
        underlay, one, other = self._given
        edit = Edit(self._document.project, "Scale underlay")
        try:
            scale_underlay(edit, underlay.key, one, other, entered(self.distance.text(), "mm"))
        except (CagenutError, ValueError) as error:
            self.words.setText(sentence(str(error)))
            self.words.setProperty("role", "error")
            self.words.style().polish(self.words)
            return
        if self._locks:
            edit.replace("underlays", underlay.key, locked=True)
        self._document.commit_edit(edit)
        self.accept()


def _holder(layout: Any) -> QWidget:
    made = QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    made.setLayout(layout)
    return made


def show_underlays(window: MainWindow) -> UnderlayDialog:
    """Show the underlays of the hall that is drawn."""
    window.workspace.show_view("hall")
    shown = window.findChild(UnderlayDialog)
    if shown is not None:
        shown.close()
        shown.setParent(None)
        shown.deleteLater()
    made = UnderlayDialog(window)
    window.document_changed.connect(made.close)
    window.workspace.hall.ensure_drawn()
    made.show()
    if not made.underlays:
        made.choose()
    return made
