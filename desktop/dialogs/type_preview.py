"""What a type looks like while it is being written: its faces, and its place in a rack."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QWidget

from core.catalogue.library import Library, rates_of
from core.drawing.batch import Batch
from core.drawing.specimen import faces, in_rack, racks_for
from core.editing.cabling.sockets import family
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType
from desktop.canvas.layer import Stamp
from desktop.canvas.prepared import prepare
from desktop.canvas.zooming import ZoomView
from desktop.theme import theme
from desktop.widgets import column, label, panel, row

_THRESHOLDS = (0.05, 0.1, 0.9)
_MOST_NAMED = 8
_MARGIN_PX = 14.0
_WIDTH_OF_HEIGHT = 0.8
"""Width of a letter as a share of the height of capitals."""


class Drawing(ZoomView):
    """One drawing that keeps its zoom while it changes, unless it changes its size."""

    def __init__(self, name: str) -> None:
        super().__init__(_THRESHOLDS)
        self.setAccessibleName(name)
        self.setMinimumSize(160, 90)
        self._size = QRectF()
        self.batch: Batch | None = None
        theme().changed.connect(self._recolour)
        self._recolour()

    def show_batch(self, batch: Batch) -> None:
        """Replace the drawing."""
        self.batch = batch
        self.layer.draw([Stamp(prepare(batch))])
        self.drawing_changed()
        if self.layer.content != self._size:
            self._size = self.layer.content
            if self.isVisible() and not self._size.isEmpty():
                self.fit()
            else:
                self.refit()

    def fit(self) -> None:
        """Show the whole drawing, close to the edges: there is little room."""
        super().fit()
        self.show_box(self.layer.content.united(_texts_of(self.batch)), margin=_MARGIN_PX)
        self._is_fitted = True

    def _recolour(self) -> None:
        self.setBackgroundBrush(theme().colour("canvas"))
        self.viewport().update()


def _texts_of(batch: Batch | None) -> QRectF:
    """Return about what the texts of a drawing cover: its box is that of the shapes alone."""
    if batch is None or not len(batch.texts):
        return QRectF()
    half = np.array([len(text) for text in batch.texts]) * batch.text_size * _WIDTH_OF_HEIGHT / 2
    shift = np.choose(batch.text_anchor, (half, np.zeros(len(half)), -half))
    x, y = batch.text_at[:, 0] + shift, -batch.text_at[:, 1]
    left, right = float((x - half).min()), float((x + half).max())
    top, bottom = float((y - batch.text_size).min()), float((y + batch.text_size).max())
    return QRectF(left, top, right - left, bottom - top)


class TypePreview(QWidget):
    """Faces above, rack below; for what is neither, what of the catalogue it goes with."""

    drawn = Signal()

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._spec: AnyType | None = None
        self._racks: list[RackType] = []
        self.faces = Drawing("Front and rear of the type")
        self.rack = Drawing("The type in a rack")
        self.choice = QComboBox()
        self.choice.setAccessibleName("Rack to show it in")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(14)
        self.choice.activated.connect(lambda _: self._draw_rack())
        self.words = label(wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._why = label("", "faint", wrap=True)
        self._head = label("FRONT AND REAR", "section")
        self._in = label("IN A RACK", "section")
        upper, lower = panel(), panel()
        upper.setLayout(column(row(self._head, margins=(10, 8, 10, 0)), self.faces, gap=6))
        standing = QWidget()
        standing.setLayout(column(row(self._in, None, self.choice, margins=(10, 6, 10, 0)), self.rack, gap=6))
        facts = QWidget()
        facts.setLayout(column(self._why, self.words, None, margins=(12, 10, 12, 10)))
        self._below = QStackedWidget()
        self._below.addWidget(standing)
        self._below.addWidget(facts)
        lower.setLayout(column(self._below))
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(upper)
        self._split.addWidget(lower)
        self._split.setStretchFactor(0, 2)
        self._split.setStretchFactor(1, 3)
        self._upper = upper
        self.setLayout(column(self._split))

    def show_type(self, spec: AnyType) -> None:
        """Draw a type; nothing is drawn anew for the same one."""
        if spec is self._spec:
            return
        self._spec = spec
        self._upper.setVisible(not isinstance(spec, (RackType, AcceleratorType)))
        self._head.setText("FRONT AND REAR" if isinstance(spec, DeviceType) else "ENDS")
        self.faces.show_batch(faces(spec))
        racks = racks_for(spec, self._library)
        self._below.setCurrentIndex(0 if racks else 1)
        if racks:
            self._offer(racks)
            self._draw_rack()
        else:
            self._why.setText(_why_no_rack(spec))
            on_floor = isinstance(spec, DeviceType) and spec.kind != "module"
            self.words.setText("" if on_floor else "\n".join(goes_with(spec, self._library)))
        self.drawn.emit()

    def _offer(self, racks: list[RackType]) -> None:
        self._in.setText("FRONT AND REAR" if isinstance(self._spec, RackType) else "IN A RACK")
        self.choice.setVisible(len(racks) > 1)
        if [rack.id for rack in racks] != [rack.id for rack in self._racks]:
            chosen = self.choice.currentData()
            self.choice.clear()
            for rack in racks:
                self.choice.addItem(rack.name, rack.id)
            self.choice.setCurrentIndex(max(self.choice.findData(chosen), 0))
        self._racks = racks

    def _draw_rack(self) -> None:
        at = self.choice.currentIndex()
        if self._spec is not None and 0 <= at < len(self._racks):
            self.rack.show_batch(in_rack(self._spec, self._racks[at]))


def _why_no_rack(spec: AnyType) -> str:
    if not isinstance(spec, DeviceType):
        return "Goes with, in the catalogue:"
    if spec.floor_standing:
        return "It stands on the floor, in no rack."
    if spec.kind == "module":
        return "It sits in a bay of another device. Fitted by the catalogue in:"
    return "No rack of the catalogue takes it: too high, or no zone for zero-U parts."


def goes_with(spec: AnyType, library: Library) -> list[str]:
    """Return what of the catalogue a cable, an optic, an accelerator or a module goes with, by name."""
    devices = [other for other in library if isinstance(other, DeviceType) and other.id != spec.id]
    match spec:
        case OpticType():
            fitting = [
                d for d in devices if _has(d, "data", spec.connector) and spec.rate_gbps in rates_of(d)
            ]
        case CableType():
            ends = {spec.connector_a, spec.connector_b} - {""}
            fitting = [d for d in devices if any(_has(d, spec.layer, end) for end in ends)]
        case AcceleratorType():
            fitting = [d for d in devices if any(fit.type == spec.id for fit in d.accelerators)]
        case _:
            fitting = [d for d in devices if any(bay.fitted == spec.id for bay in d.bays)]
    names = [f"• {device.maker} {device.name}".replace("•  ", "• ") for device in fitting]
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"and {len(names) - _MOST_NAMED} more"]
    return names or ["Nothing yet."]


def _has(device: DeviceType, layer: str, connector: str) -> bool:
    return any(
        group.layer == layer
        and group.connector
        and (
            group.connector == connector
            if layer != "data"
            else family(group.connector) == family(connector) and group.connector[:8] == connector[:8]
        )
        for group in device.ports
    )
