"""Replace the type of devices: what keeps, what does not fit, and how the sums change, before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QRadioButton,
)

from core.catalogue.library import kind_of
from core.editing.refit import Refit, retype_all
from core.editing.routes import counted
from core.errors import CagenutError
from core.explore.replacing import Sums, sums
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Device, Key
from core.model.types import DeviceType
from core.units import show
from desktop.commands.arranging import selected_devices
from desktop.dialogs.misfits import MisfitsDialog, fill_list
from desktop.dialogs.patience import Progress
from desktop.dragging import Carried
from desktop.list_rows import ITEM
from desktop.panels.catalogue_list import Entries, Entry, EntryDelegate, detail_of, icon_of
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

WAIT_MS = 120
"""How long after a key the replacement is tried."""


class ReplaceTypeDialog(QDialog):
    """Choose a type; Enter replaces in one step."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        document = window.document
        assert document is not None
        self.document = document
        self.setWindowTitle("Replace type")
        self.resize(760, 620)
        self._devices = selected_devices(document)
        self._alike = self._all_alike()
        self._refit: Refit | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search: b200, 10u, 800g …")
        self.search.setAccessibleName("Search the types")
        self.search.setClearButtonEnabled(True)
        self.list = QListView()
        self.list.setAccessibleName("Types that can take their place")
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.model = Entries(self.list)
        self.list.setModel(self.model)
        self.chosen, self.every = QRadioButton(), QRadioButton()
        self._scope = QButtonGroup(self)
        self._scope.addButton(self.chosen)
        self._scope.addButton(self.every)
        self._name_scopes()
        self.moving = QCheckBox("Move up in the rack where the new type is taller")
        self.moving.setChecked(True)
        self._verdict, self._sums = label(wrap=True), label(role="faint", wrap=True)
        self._verdict.setMinimumHeight(34)
        self.misfits = QListWidget()
        self.misfits.setAccessibleName("What does not fit")
        self.misfits.setAlternatingRowColors(True)
        self.go = button("Replace", self.accept, primary=True)
        self.go.setDefault(True)
        let_ctrl_enter(self, self.go)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._try)
        self.search.textChanged.connect(lambda _: self._list())
        self.list.selectionModel().currentChanged.connect(lambda *_: self._timer.start())
        self.chosen.toggled.connect(lambda _: self._timer.start())
        self.moving.toggled.connect(lambda _: self._timer.start())
        document.changed.connect(self.reject)
        self._list()
        self.search.setFocus()

    def _lay_out(self) -> None:
        left = column(
            label("NEW TYPE", "section"), self.search, self.list, label("REPLACE", "section"),
            self.chosen, self.every, self.moving,
        )  # fmt: skip
        right = column(
            label("WHAT COMES OF IT", "section"), self._verdict, self._sums,
            label("DOES NOT FIT", "section"), self.misfits,
        )  # fmt: skip
        both = row(gap=20)
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        foot = row(None, button("Cancel", self.reject), self.go)
        self.setLayout(column(both, foot, gap=14, margins=(16, 14, 16, 14)))

    # What is replaced, by what.

    def _all_alike(self) -> list[Device]:
        """Return the devices of the whole design that are of a type selected."""
        types = {device.type for device in self._devices}
        return [device for device in self.document.project.every("devices") if device.type in types]

    def _name_scopes(self) -> None:
        names = [self._name_of(t) for t in dict.fromkeys(device.type for device in self._devices)]
        what = names[0] if len(names) == 1 else f"{len(names)} types"
        self.chosen.setText(f"What is selected: {self._built(self._devices)}")
        self.every.setText(f"All {what} of the design: {self._built(self._alike)}")
        self.every.setVisible(self._built(self._alike) != self._built(self._devices))
        self.chosen.setChecked(True)
        holders = {path.rpartition("/")[0] for path in self.document.selection.paths}
        if self.document.only_this:
            self.every.setToolTip("Alters the drawings themselves, and so all their copies")
        self._holders = [holder for holder in holders if holder]

    def _name_of(self, type_id: str) -> str:
        spec = self.document.project.find_type(type_id)
        return spec.name if spec is not None else type_id

    def _built(self, devices: list[Device]) -> str:
        """Return how many devices are meant, and how many are built if their drawings are placed often."""
        placements = self.document.project.placements()
        built = sum(placements.get(device.block, 0) for device in devices)
        words = counted(len(devices), "device")
        return words if built == len(devices) else f"{words}, built {built:,} times"

    def _list(self) -> None:
        """Show the types of the kinds selected; other kinds only if nothing of them is found."""
        types = {device.type for device in self._devices}
        specs = [self.document.project.find_type(t) for t in types]
        kinds = {spec.kind for spec in specs if isinstance(spec, DeviceType)}
        found = [
            spec
            for spec in self.window_.library.search(self.search.text())
            if isinstance(spec, DeviceType) and spec.kind != "module" and spec.id not in types
        ]
        alike = [spec for spec in found if spec.kind in kinds] or found
        current = self.list.currentIndex().data(ITEM)
        self.model.show([
            Entry(Carried("type", s.id), s.name, detail_of(s), icon_of(kind_of(s)), kind_of(s), True)
            for s in alike
        ])  # fmt: skip
        ids = [entry.carried.id for entry in self.model.items]
        kept = ids.index(current.carried.id) if current is not None and current.carried.id in ids else 0
        if ids:
            self.list.setCurrentIndex(self.model.index(kept if not self.search.text() else 0))
        self._timer.start()

    @property
    def type_id(self) -> str:
        """The type that is chosen."""
        entry = self.list.currentIndex().data(ITEM)
        return entry.carried.id if isinstance(entry, Entry) else ""

    def _keys(self) -> list[Key]:
        return [device.key for device in (self._alike if self.every.isChecked() else self._devices)]

    # Trying and doing.

    def _try(self) -> None:
        """Replace in an edit that is thrown away, and say what comes of it."""
        self._timer.stop()
        self._refit = None
        self.misfits.clear()
        self._sums.setText("")
        if not self.type_id:
            self._say("No type matches", fits=False)
            return
        project, keys = self.document.project, self._keys()
        dry = Edit(project, "preview")
        try:
            with Progress(self, "Trying …", "Replace type", "nothing was tried") as progress:
                refit = self._retyped(dry, keys, progress)
        except CagenutError as error:
            self._say(str(error), fits=False)
            return
        self._refit = refit
        fill_list(self.misfits, refit, project)
        self._say(_summary(refit, self.document.project), fits=bool(refit.changed))
        self._sums.setText(_compared(sums(project, project, keys), sums(project, dry, keys)))

    def _retyped(self, edit: Edit, keys: list[Key], progress: Progress) -> Refit:
        moving = self.moving.isChecked()
        return retype_all(edit, self.window_.library, keys, self.type_id, moving=moving, watch=progress.each)

    def _say(self, words: str, *, fits: bool) -> None:
        self._verdict.setText(sentence(words))
        self.go.setEnabled(fits)
        self.go.setToolTip("" if fits else sentence(words))

    def accept(self) -> None:
        """Replace; what does not fit is listed in a window that stays."""
        self._try()
        if not self.go.isEnabled():
            return
        name = self._name_of(self.type_id)
        spec = self.window_.library.find(self.type_id)
        name = spec.name if spec is not None else name
        self.document.changed.disconnect(self.reject)
        holders = () if self.every.isChecked() else self._holders
        edit = self.document.edit(f"Replace by {name}", *holders)
        keys = self._keys() if self.every.isChecked() else self._keys_in(edit)
        try:
            with Progress(self, "Replacing …", "Replace type", "nothing was replaced") as progress:
                refit = self._retyped(edit, keys, progress)
        except CagenutError as error:
            self.document.changed.connect(self.reject)
            self._say(str(error), fits=False)
            return
        super().accept()
        project = self.document.project
        report = MisfitsDialog(
            self.window_, f"Replaced by {name}", _summary(refit, self.document.project), refit, project
        )
        if self.document.commit(edit.change()):
            self.document.noted.emit(sentence(_summary(refit, self.document.project)))
            if refit.misfits or refit.left:
                report.show()

    def _keys_in(self, edit: Edit) -> list[Key]:
        """Return the selected devices as the edit sees them, which may have made their racks unique."""
        found: dict[Key, None] = {}
        for path in self.document.selection.paths:
            record = edit.resolve(self.document.top, path)
            if isinstance(record, Device):
                found[record.key] = None
        return list(found)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self._try()

    def labels(self) -> tuple[QLabel, QLabel]:
        """Return the lines that say what comes of it."""
        return self._verdict, self._sums


def _summary(refit: Refit, project: Project) -> str:
    """Return what a replacement did, in devices as often as they are built."""
    placements = project.placements()

    def built(blocks: Iterable[str]) -> int:
        return sum(placements.get(block, 0) for block in blocks)

    words = [f"{counted(built(block for block, _ in refit.changed), 'device')} replaced"]
    if refit.moved:
        words.append(f"{built(block for block, _ in refit.moved):,} moved within the rack")
    if refit.left:
        words.append(f"{built(misfit.block for misfit in refit.left):,} left as before: no room")
    cables = len(refit.misfits)
    words.append(f"{counted(cables, 'connection')} removed" if cables else "all cables and cords stay")
    return ", ".join(words)


def _compared(before: Sums, after: Sums) -> str:
    """Return the sums before and after, as often as the devices are built."""
    lines = []
    for title, unit, old, new in (
        ("Power, maximum", "W", before.power_w, after.power_w),
        ("Mass", "kg", before.mass_kg, after.mass_kg),
        ("BF16 dense", "TFLOPS", before.tflops, after.tflops),
        ("Price, low", "USD", before.low_usd or None, after.low_usd or None),
        ("Price, high", "USD", before.high_usd or None, after.high_usd or None),
    ):
        change = ""
        if old is not None and new is not None:
            sign = "+" if new >= old else "−"
            change = f"  ({sign}{show(abs(new - old), unit)})"
        if old or new:
            lines.append(f"{title}: {show(old, unit)} → {show(new, unit)}{change}")
    return "\n".join(lines)
