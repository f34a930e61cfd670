"""The middle of the window: the drawings, the line above them, the banner."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QWidget

from core.catalogue.library import Library
from core.editing.routes import counted
from core.model.records import Device, Instance, Link
from core.model.types import DeviceType
from desktop.canvas.tools.link import LinkPorts
from desktop.canvas.tools.place_block import PlaceBlock
from desktop.canvas.tools.place_device import PlaceDevice
from desktop.document import Document
from desktop.dragging import Carried
from desktop.outages import Outages, OutageTrial
from desktop.panels.context_bar import ContextBar
from desktop.seeing import Seeing
from desktop.views.change_bar import ChangeBar
from desktop.views.change_marking import ChangeMarking
from desktop.views.colour_box import ColourBox
from desktop.views.cooling_view import CoolingView
from desktop.views.hall import HallView
from desktop.views.network import NetworkView
from desktop.views.network_bar import NetworkBar
from desktop.views.network_break_bar import BreakBar
from desktop.views.network_load_bar import LoadBar
from desktop.views.outage_bar import OutageBar
from desktop.views.outage_marking import OutageMarking
from desktop.views.power_view import PowerView
from desktop.views.racks import RackView
from desktop.views.view import View
from desktop.widgets import Banner, column, label, panel

Name = Literal["hall", "racks", "network", "power", "cooling"]
NAMES: tuple[Name, ...] = ("hall", "racks", "network", "power", "cooling")


class Workspace(QWidget):
    """Hall, racks, network, power and cooling of one project, with one selection."""

    switched = Signal()

    properties_requested = Signal()
    """A double click was on something that holds nothing to enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hall, self.racks, self.network = HallView(), RackView(), NetworkView()
        self.seeing = Seeing(self)
        self.hall.see(self.seeing)
        self.racks.see(self.seeing)
        self.colour = ColourBox(self.seeing)
        self.power, self.cooling, self.outages = PowerView(), CoolingView(), Outages(self)
        self.power.see(self.seeing, self.outages)
        self.cooling.see(self.seeing, self.outages)
        self.trial = OutageTrial(self.outages, self.seeing, self)
        self.outage_bar = OutageBar(self.trial)
        self.marking = OutageMarking(self.trial, self.hall, self.racks, self)
        schematics = (self.power, self.cooling)
        self.changes = ChangeMarking(self.hall, self.racks, self.network, schematics, self)
        self.change_bar = ChangeBar(self.changes)
        self.views: dict[Name, View] = {
            "hall": self.hall,
            "racks": self.racks,
            "network": self.network,
            "power": self.power,
            "cooling": self.cooling,
        }
        self.document: Document | None = None
        self.context = ContextBar()
        self.banner = Banner()
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Drawings")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)  # the boxes beside them give way first
        for text in ("Hall", "Racks", "Network", "Power", "Cooling"):
            self.tabs.addTab(text)
        self.stack = QStackedWidget()
        self.which = self._which_box()
        self.fabric = QComboBox()
        self.fabric.setAccessibleName("Fabric")
        self.fabric.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.fabric.setMinimumContentsLength(10)
        self.fabric.setMaximumWidth(200)
        self.what_if = QToolButton()
        self.what_if.setText("What if ▾")
        self.what_if.setProperty("role", "menu")
        self.what_if.setAccessibleName("What if something of power and cooling failed")
        self.what_if.setToolTip("Fail a source, see what that costs; the design is not edited (Ctrl+Alt+X)")
        self.what_if.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._shown = label(role="small")
        self._shown.setMinimumWidth(60)  # in a narrow window the end of a long count gives way
        bar = panel("bar")
        box = QHBoxLayout(bar)
        box.setContentsMargins(4, 0, 12, 0)
        box.addWidget(self.tabs)
        box.addStretch(1)
        self.network_bar = NetworkBar(self.network)
        for widget in (self.what_if, self.colour, self._shown, self.which, self.network_bar, self.fabric):
            box.addWidget(widget, 20 if widget is self.fabric else 0)
        self.break_bar, self.load_bar = BreakBar(self.network), LoadBar(self.network)
        self.setLayout(
            column(
                self.banner,
                bar,
                self.context,
                self.outage_bar,
                self.change_bar,
                self.load_bar,
                self.break_bar,
                self.stack,
                gap=0,
            )
        )
        for view in self.views.values():
            self.stack.addWidget(view)
            view.opened.connect(self.open_path)
        self.tabs.currentChanged.connect(lambda index: self.show_view(NAMES[index]))
        self.context.entered.connect(self._enter)
        self.racks.counted.connect(self._counted)
        self.racks.shown_fabric = lambda: self.network.fabric
        self.network.fabrics_changed.connect(self._list_fabrics)
        self.fabric.activated.connect(lambda _: self.network.show_fabric(self.fabric.currentData()))
        self._bar = box
        self.changes.went.connect(self._show_change)
        self.switched.connect(self._mark_changes)
        self._update_bar()

    def _which_box(self) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName("Which racks")
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(13)
        for text, which in (
            ("One of each drawing", "kinds"),
            ("What is selected", "selected"),
            ("All racks", "all"),
        ):
            made.addItem(text, which)
        made.activated.connect(lambda _: self.racks.show_which(made.currentData()))
        return made

    @property
    def name(self) -> Name:
        """Name of the drawing that is shown."""
        return NAMES[self.stack.currentIndex()]

    @property
    def view(self) -> View:
        """The drawing that is shown."""
        return self.views[self.name]

    def set_document(self, document: Document | None, library: Library) -> None:
        """Show another project."""
        if self.document is not None:
            self.document.selection.changed.disconnect(self._selected)
            self.document.changed.disconnect(self._forget_failed)
        self.document = document
        self.context.set_document(document)
        self.outages.restore_all()
        self.changes.show_against(None)
        self.outage_bar.set_document(document)
        for view in self.views.values():
            view.set_document(document, library)
        if document is not None:
            document.selection.changed.connect(self._selected)
            document.changed.connect(self._forget_failed)

    def set_library(self, library: Library) -> None:
        """Take types from another library."""
        for view in self.views.values():
            view.library = library

    def show_view(self, name: Name) -> None:
        """Switch to a drawing; the tool in use is dropped."""
        if name != self.name:
            self.view.use(None)
        self.stack.setCurrentIndex(NAMES.index(name))
        if self.tabs.currentIndex() != NAMES.index(name):
            self.tabs.setCurrentIndex(NAMES.index(name))
        self._update_bar()
        self.switched.emit()

    def open_path(self, path: str) -> None:
        """Enter what a double click was on: a rack in the racks view, a block in the hall."""
        document = self.document
        if document is None:
            return
        record = document.project.resolve(document.top, path)
        if not path:
            self._enter("")
        elif isinstance(record, Instance):
            block = document.project.blocks[record.of]
            if block.kind == "rack":
                document.selection.set([path])
                self.show_racks_of_selection()
            else:
                document.selection.enter(path)
                document.selection.clear()
                self.hall.refit()
                self.show_view("hall")
                self.hall.fit()
        elif isinstance(record, Device) and "/" in path and self.name != "racks":
            self.show_paths([path])
        elif isinstance(record, Device):
            document.selection.set([path])
            self.properties_requested.emit()

    def show_racks_of_selection(self) -> None:
        """Show the racks that are or hold what is selected."""
        self.set_which("selected")
        self.racks.refit()
        self.racks.make_stale()
        self.show_view("racks")
        self.racks.fit()

    def set_which(self, which: Literal["kinds", "selected", "all"]) -> None:
        """Choose the racks that the racks view shows."""
        self.which.setCurrentIndex(self.which.findData(which))
        self.racks.show_which(which)

    def show_paths(self, paths: list[str] | tuple[str, ...]) -> None:
        """Select things and bring them into view, in the drawing where they can be seen best."""
        document = self.document
        if document is None:
            return
        found = [path for path in paths if document.project.resolve(document.top, path) is not None]
        if not found:
            self._show_ground(paths)
            return
        records = [document.project.resolve(document.top, path) for path in found]
        if document.selection.entered and not all(
            p.startswith(f"{document.selection.entered}/") for p in found
        ):
            document.selection.enter("")
        document.selection.set(found)
        in_rack = all(self._is_in_rack(record) for record in records)
        if in_rack or any(isinstance(record, Link) for record in records):
            if not self.racks.shapes_of(found)[0] and not self.racks.shapes_of(found)[1]:
                self.set_which("selected" if in_rack else "all")
                self.racks.make_stale()
            self.show_view("racks")
            self.racks.show_paths(found)
        else:
            self.show_view("hall")
            self.hall.show_paths(found)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mark_changes(self) -> None:
        """Mark what is compared in the drawing that is shown now."""
        self.change_bar.view = self.name
        if self.changes.before is not None:
            self.changes.refresh()

    def _show_change(self, row: object) -> None:
        """Show a change where it is to be seen."""
        from desktop.views.change_places import place_of

        if self.document is not None and self.changes.before is not None:
            place_of(row, self.changes.before.project, self.document.project).show(self)  # type: ignore[arg-type]

    def _show_ground(self, paths: list[str] | tuple[str, ...]) -> None:
        """Pick the first area or pathway that the paths lead to, in the hall."""
        document = self.document
        assert document is not None
        for path in paths:
            record = document.ground_at(path)
            if record is not None:
                document.selection.clear()
                document.selection.enter(path.rpartition("/")[0])
                self.show_view("hall")
                self.hall.ground.show(record)
                self.hall.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def place(self, carried: Carried) -> str:
        """Take the tool that places something click by click; returns why that cannot be."""
        document = self.document
        if document is None:
            return "no project is open"
        spec = None
        if carried.kind == "type":
            spec = document.project.find_type(carried.id) or self.racks.library.find(carried.id)
        if isinstance(spec, DeviceType) and not spec.floor_standing:
            if spec.kind == "module":
                return f"'{spec.name}' goes into a bay of a device"
            self.show_view("racks")
            self.racks.use(PlaceDevice(self.racks, spec, stays=True))
        else:
            probe = self.hall.landing_tool(carried)
            if probe is None:
                return "it is chosen by cable length or fitted to a device, not placed"
            self.show_view("hall")
            self.hall.use(PlaceBlock(self.hall, carried, stays=True))
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return ""

    def link(self) -> None:
        """Take the tool that joins ports."""
        self.show_view("racks")
        self.racks.use(LinkPorts(self.racks))
        self.racks.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self, path: str) -> None:
        document = self.document
        if document is None:
            return
        document.selection.clear()
        document.selection.enter(path)
        self.hall.refit()
        if self.hall.isVisible():
            self.hall.fit()

    def _is_in_rack(self, record: object) -> bool:
        assert self.document is not None
        block = self.document.project.blocks.get(getattr(record, "block", ""))
        return block is not None and block.kind == "rack"

    def _selected(self) -> None:
        """Draw the racks of the selection if that was asked for, but not while one works in them."""
        if self.racks.which == "selected" and not self.racks.isVisible():
            self.racks.make_stale()

    def _forget_failed(self, change: object) -> None:
        """What is gone can no longer be taken for failed."""
        if self.document is not None and not self.outages.is_nothing:
            self.outages.forget_missing(self.document.project)

    def _counted(self, shown: int, total: int) -> None:
        self._shown.setText(f"{shown:,} of {counted(total, 'rack')}")

    def _list_fabrics(self) -> None:
        found = self.network.fabrics()
        self.fabric.clear()
        for fabric, name in found:
            self.fabric.addItem(name, fabric)
        self.fabric.setCurrentIndex(max(self.fabric.findData(self.network.fabric), 0))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.stack.minimumWidth():
            self.stack.setMinimumWidth(self._widest())
            self._update_bar()

    def _widest(self) -> int:
        """Return how wide the bar is at least for any drawing, so that panels keep their width."""
        found = 0
        for name in NAMES:
            self._show_parts(name)
            self._bar.invalidate()
            found = max(found, self._bar.minimumSize().width())
        return found

    def _show_parts(self, name: Name) -> None:
        """Show what the bar has for a drawing; what it has not goes first, else the panels must make room."""
        parts = {
            self.colour: name in ("hall", "racks"),
            self.what_if: name != "network",
            self.which: name == "racks",
            self._shown: name == "racks",
            self.fabric: name == "network",
            self.network_bar: name == "network",
        }
        for part, is_wanted in sorted(parts.items(), key=lambda pair: pair[1]):
            part.setVisible(is_wanted)

    def _update_bar(self) -> None:
        self._show_parts(self.name)
        self.break_bar.refresh()
        self.load_bar.refresh()
