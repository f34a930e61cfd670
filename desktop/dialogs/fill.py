"""Fill a range of racks with devices of one type, bottom up, seen in the first of them while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox

from core.editing.fill import Capacity, capacity, fill
from core.editing.place import fillable_spots
from core.editing.routes import block_at
from core.editing.space import Occupancy, unit_span
from core.editing.types import rack_type_of
from core.errors import EditError
from core.model.change import Edit
from core.model.types import DeviceType
from core.units import show
from desktop.commands.arranging import chosen_racks
from desktop.dialogs.arranging import ArrangeDialog
from desktop.panels.form import WrongValueError
from desktop.panels.units import parsed_range
from desktop.views.unit_range import chosen_span

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MOST = 200


class FillDialog(ArrangeDialog):
    """Type, how many, where and how far apart."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Fill rack", "Fill")
        self.racks = chosen_racks(self.document)
        self.block = self.document.block_at(self.racks[0])
        rack = rack_type_of(self.document.project, self.block)
        assert rack is not None
        self.rack = rack
        self.type, self.count = QComboBox(), QSpinBox()
        for spec in self._types():
            self.type.addItem(spec.name, spec.id)
        if not self.type.count():
            raise EditError(
                "nothing is chosen in the catalogue that fits into a rack",
                cure="Choose a device there, then fill",
            )
        self.type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.count.setRange(1, MOST)
        chosen = chosen_span(window.workspace.racks.units, self.racks[0], rack)
        self.units = QLineEdit(chosen or unit_span(rack, 0, 2 * rack.units))
        self.gap = QDoubleSpinBox()
        self.gap.setRange(0, 40)
        self.gap.setDecimals(1)
        self.gap.setSuffix(f" {rack.unit}")
        self.way = QComboBox()
        for text, from_top in (("From below", False), ("From the top", True)):
            self.way.addItem(text, from_top)
        for name, widget in (
            ("How many", self.count),
            ("Type", self.type),
            ("Units", self.units),
            ("Gap between them", self.gap),
            ("Begin", self.way),
        ):
            self.field(name, widget)
        self._typed = False
        self._propose()
        self.count.valueChanged.connect(self._count_typed)
        self.type.currentIndexChanged.connect(self._propose)
        self.units.textChanged.connect(self._propose)
        self.gap.valueChanged.connect(self._propose)
        self.way.currentIndexChanged.connect(self.look_soon)
        self.count.selectAll()
        self.count.setFocus()
        self.show_rack(self.racks[0])

    def _types(self) -> list[DeviceType]:
        """Return what the catalogue shows as chosen, then the types that are in the rack already."""
        project, library = self.document.project, self.window_.library
        entry = self.window_.catalogue.current
        ids = [entry.carried.id] if entry is not None and entry.carried.kind == "type" else []
        ids += [device.type for device in project.devices(self.block).values()]
        found = [project.find_type(i) or library.find(i) for i in dict.fromkeys(ids)]
        room = Occupancy(project, self.block, project.devices(self.block).keys())
        types = [spec for spec in found if isinstance(spec, DeviceType) and not spec.zero_u]
        return [spec for spec in types if room.first_fit(spec) is not None]

    @property
    def spec(self) -> DeviceType:
        """The type that is chosen."""
        type_id = self.type.currentData()
        spec = self.document.project.find_type(type_id) or self.window_.library.get(type_id)
        assert isinstance(spec, DeviceType)
        return spec

    def _range(self) -> tuple[int, int]:
        try:
            return parsed_range(self.rack, self.units.text())
        except WrongValueError as error:
            raise EditError(str(error)) from None

    def _gap(self) -> int:
        return round(2 * self.gap.value())

    def _capacity(self) -> Capacity:
        low, high = self._range()
        return capacity(self.document.project, self.block, self.spec, low=low, high=high, gap=self._gap())

    def _count_typed(self) -> None:
        self._typed = True
        self.look_soon()

    def _propose(self) -> None:
        """Ask for as many as there is space and power for, until a number has been typed."""
        if not self._typed:
            try:
                fits = self._capacity().fits
            except EditError:
                fits = 1
            self.count.blockSignals(True)
            self.count.setValue(max(fits, 1))
            self.count.blockSignals(False)
        self.look_soon()

    def look(self) -> str:
        low, high = self._range()
        spec, wanted, room = self.spec, self.count.value(), self._capacity()
        spots = fillable_spots(
            self.document.project,
            self.block,
            spec,
            count=wanted,
            low=low,
            high=high,
            gap=self._gap(),
            from_top=bool(self.way.currentData()),
        )
        fits = len(spots) == wanted
        self.show_spots(self.racks[0], [(spec, spot) for spot in spots], [""] * len(spots))
        if not fits:
            raise EditError(f"there is space for {room.by_space} of {wanted}", cure="Ask for fewer")
        where = ", ".join(dict.fromkeys(self._span(spec, spot.half_u) for spot in spots[:4]))
        more = " …" if len(spots) > 4 else ""
        racks = f" in each of {len(self.racks)} racks" if len(self.racks) > 1 else ""
        words = f"{wanted} × {spec.name}{racks}: {where}{more}. Space for {room.by_space}"
        if room.by_power is None or room.limit_w is None:
            return words
        over = "; this is more" if wanted > room.by_power else ""
        return f"{words}, power for {room.by_power} of {show(room.limit_w, 'W')}{over}"

    def _span(self, spec: DeviceType, half_u: int) -> str:
        return unit_span(self.rack, half_u, half_u + round(2 * spec.height_u))

    def act(self) -> None:
        wanted, spec = self.count.value(), self.spec
        edit: Edit = self.document.edit(f"Fill with {wanted} × {spec.name}", *self.racks)
        low, high = self._range()
        paths: list[str] = []
        done: dict[str, list[str]] = {}
        for rack in self.racks:
            block = block_at(edit, self.document.top, rack)
            if block not in done:
                made = fill(
                    edit,
                    self.window_.library,
                    block,
                    spec.id,
                    count=wanted,
                    low=low,
                    high=high,
                    gap=self._gap(),
                    from_top=bool(self.way.currentData()),
                )
                done[block] = [device.id for device in made]
            paths += [f"{rack}/{device_id}".lstrip("/") for device_id in done[block]]
        if self.document.commit_edit(edit):
            self.document.selection.set(paths)
