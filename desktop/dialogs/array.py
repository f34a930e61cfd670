"""Array copy: rows and columns on a floor, or upwards in a rack, seen in the drawing while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QSpinBox

from core.editing.arrays import (
    Grid,
    Second,
    array,
    array_boxes,
    array_names,
    array_up,
    default_pitch,
    spots_up,
)
from core.editing.floor_room import FloorRoom
from core.editing.footprint import box_of
from core.editing.routes import block_at
from core.editing.space import Occupancy
from core.editing.types import device_type_of
from core.errors import EditError
from desktop.commands.picked import picked
from desktop.dialogs.arranging import ArrangeDialog, dialog_for
from desktop.views.view import View

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

SECONDS: tuple[tuple[str, Second], ...] = (
    ("Mirrored: rows face each other", "mirrored"),
    ("Turned by 180°", "turned"),
    ("As the first", ""),
)


def array_dialog(window: MainWindow) -> ArrangeDialog:
    """Return the dialog for what is selected.

    Raises
    ------
    EditError
        If the selection is not of one floor or rack.
    """
    return dialog_for(window, FloorArray, RackArray)


class FloorArray(ArrangeDialog):
    """Copies of things on a floor."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Array copy", "Copy")
        ((self.holder, self.ids),) = picked(self.document).floor.items()
        project, self.block = self.document.project, self.document.block_at(self.holder)
        x, y = default_pitch(project, self.block, self.ids)
        self.columns, self.rows = _count(2), _count(1)
        self.pitch_x, self.pitch_y = _pitch(x), _pitch(y)
        self.second = QComboBox()
        for text, value in SECONDS:
            self.second.addItem(text, value)
        self.field("Along the row", self.columns)
        self.field("Rows", self.rows)
        self.field("Pitch along the row", self.pitch_x)
        self.field("Pitch of the rows", self.pitch_y, "Below zero: to the left, or to the front.")
        self.field("Every second row", self.second)
        for spin in (self.columns, self.rows, self.pitch_x, self.pitch_y):
            spin.valueChanged.connect(self.look_soon)
        self.second.currentIndexChanged.connect(self.look_soon)
        rows = {**project.instances(self.block), **project.devices(self.block)}
        self._boxes = [box_of(project, rows[i]) for i in self.ids]
        self._room = FloorRoom(project, self.block)
        self.columns.selectAll()
        if window.workspace.hall.entered == self.holder:
            window.workspace.show_view("hall")

    @property
    def view(self) -> View:
        return self.window_.workspace.hall

    @property
    def grid(self) -> Grid:
        """What the fields say."""
        return Grid(
            self.columns.value(),
            self.rows.value(),
            self.pitch_x.value(),
            self.pitch_y.value(),
            cast("Second", self.second.currentData()),
        )

    def look(self) -> str:
        grid = self.grid
        self.second.setEnabled(grid.rows > 1)
        self.pitch_y.setEnabled(grid.rows > 1)
        if not grid.copies:
            self.view.overlay.clear()
            raise EditError("one is there already", cure="Ask for two or more")
        boxes = array_boxes(self._boxes, grid)
        reasons = self._room.obstacles(boxes)
        self.show_boxes(boxes, reasons)
        blocked = [reason for reason in reasons if reason]
        if blocked:
            problem = f"{len(blocked):,} of {_copies(len(boxes))} cannot stand: {blocked[0]}"
            raise EditError(problem, cure="Change pitch or count")
        names = array_names(self.document.project, self.block, self.ids, grid.copies)
        return f"{_copies(len(boxes))}: {_range(names)}"

    def act(self) -> None:
        grid = self.grid
        edit = self.document.edit(f"Array of {grid.columns} × {grid.rows}", self.holder)
        made = array(
            edit,
            block_at(edit, self.document.top, self.holder),
            self.ids,
            columns=grid.columns,
            rows=grid.rows,
            pitch_x_mm=grid.pitch_x_mm,
            pitch_y_mm=grid.pitch_y_mm,
            second=grid.second,
        )
        if self.document.commit_edit(edit):
            self.document.selection.set(f"{self.holder}/{thing.id}".lstrip("/") for thing in made)


class RackArray(ArrangeDialog):
    """Copies of devices upwards in a rack."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Array copy upwards", "Copy")
        ((self.holder, self.ids),) = picked(self.document).racked.items()
        self.block = self.document.block_at(self.holder)
        self.count = _count(2)
        self.gap = QDoubleSpinBox()
        self.gap.setRange(0, 40)
        self.gap.setSingleStep(1)
        self.gap.setDecimals(1)
        self.gap.setSuffix(" U")
        self.field("How many", self.count)
        self.field("Gap between them", self.gap)
        self.count.valueChanged.connect(self.look_soon)
        self.gap.valueChanged.connect(self.look_soon)
        self.count.selectAll()
        self.show_rack(self.holder)

    def look(self) -> str:
        project = self.document.project
        spots = spots_up(project, self.block, self.ids, count=self.count.value(), gap=self._gap())
        if not spots:
            self.view.overlay.clear()
            raise EditError("one is there already", cure="Ask for two or more")
        room = Occupancy(project, self.block)
        shown, reasons = [], []
        for each in spots:
            for device_id, spot in each.items():
                device = project.devices(self.block)[device_id]
                spec = device_type_of(project, device.type)
                reasons.append(room.obstacle(spec, spot))
                room.add(spec, spot, "another copy")
                shown.append((spec, spot))
        self.show_spots(self.holder, shown, reasons)
        blocked = [reason for reason in reasons if reason]
        if blocked:
            raise EditError(
                f"{len(blocked)} of {_copies(len(shown))} do not fit: {blocked[0]}", cure="Ask for fewer"
            )
        names = array_names(project, self.block, self.ids, self.count.value() - 1)
        return f"{_copies(len(shown))}: {_range(names)}"

    def act(self) -> None:
        edit = self.document.edit(f"Array of {self.count.value()}", self.holder)
        block = block_at(edit, self.document.top, self.holder)
        made = array_up(edit, block, self.ids, count=self.count.value(), gap=self._gap())
        if self.document.commit_edit(edit):
            self.document.selection.set(f"{self.holder}/{device.id}".lstrip("/") for device in made)

    def _gap(self) -> int:
        return round(2 * self.gap.value())


def _count(value: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(1, 999)
    made.setValue(value)
    return made


def _pitch(value: int) -> QSpinBox:
    made = QSpinBox()
    made.setRange(-1_000_000, 1_000_000)
    made.setSingleStep(100)
    made.setGroupSeparatorShown(True)
    made.setSuffix(" mm")
    made.setValue(value)
    return made


def _copies(number: int) -> str:
    return "1 copy" if number == 1 else f"{number:,} copies"


def _range(names: list[str]) -> str:
    """Return names as people write them: the first and the last."""
    shown = [name for name in names if name]
    if not shown:
        return "without names"
    return shown[0] if len(shown) == 1 else f"{shown[0]} … {shown[-1]}"
