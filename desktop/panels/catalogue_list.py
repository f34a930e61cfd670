"""The list of the catalogue: its entries, how they look, and how they are dragged away."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QWidget,
)

from core.catalogue.library import rates_of
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType
from core.units import length, measure, show, span
from desktop.dragging import Carried, packed
from desktop.icons import paint_icon
from desktop.list_rows import ITEM, RowDelegate, RowModel, write
from desktop.theme import font, theme

_ICONS = {
    "switch-tray": "switch", "tray": "server", "management": "server", "power-shelf": "power",
    "rack-pdu": "power", "busway": "power", "ups": "power", "floor-pdu": "power", "battery": "power",
    "generator": "power", "transformer": "power", "cdu": "cooling", "manifold": "cooling",
    "rear-door": "cooling", "air-handler": "cooling", "heat-rejection": "cooling", "blank": "other",
}  # fmt: skip
_OWN_ICONS = frozenset(("rack", "server", "switch", "storage", "module", "accelerator", "cable", "optic"))


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    carried: Carried
    title: str
    detail: str
    icon: str
    kind: str
    places: bool
    """Whether it can be placed in a drawing."""


def icon_of(kind: str) -> str:
    """Return the icon of a kind of type."""
    return kind if kind in _OWN_ICONS else _ICONS.get(kind, "other")


def detail_of(spec: AnyType) -> str:
    """Return what tells a type from its neighbours, in one line."""
    words: list[str] = [spec.maker]
    match spec:
        case DeviceType():
            words.append(f"{spec.height_u:g}{spec.unit}" if spec.height_u else "0U" if spec.zero_u else "")
            words.append("" if spec.power_max_w is None else show(spec.power_max_w, "W", digits=3))
            words.append("" if spec.rated_w is None else show(spec.rated_w, "W", digits=3))
            words.append(" + ".join(f"{fit.count}× {fit.type}" for fit in spec.accelerators))
            fastest = max(rates_of(spec), default=0)
            words.append(f"{fastest:g}G" if fastest and not spec.accelerators else "")
        case RackType():
            plan = f"{measure(spec.width_mm)} × {length(spec.depth_mm)}"
            words += [f"{spec.units}{spec.unit}", plan, spec.standard]
        case CableType():
            words += [spec.media, "" if spec.rate_gbps is None else f"{spec.rate_gbps:g}G", spec.connector_a]
        case OpticType():
            words += [f"{spec.rate_gbps:g}G", spec.connector, f"{span(spec.reach_m)} {spec.fibre}"]
        case AcceleratorType():
            words += ["" if spec.memory_gb is None else f"{spec.memory_gb:g} GB {spec.memory_kind}"]
    return " · ".join(word for word in words if word)


class Entries(RowModel):
    """The entries that pass search and filter."""

    def title(self, item: Entry) -> str:
        return item.title

    def spoken(self, item: Entry) -> str:
        return f"{item.title}, {item.kind}, {item.detail}"

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        draggable = index.isValid() and self.items[index.row()].places
        return flags | Qt.ItemFlag.ItemIsDragEnabled if draggable else flags


class EntryDelegate(RowDelegate):
    """Paints an entry: icon, name, and below it what tells it from its neighbours."""

    def paint_row(self, painter: QPainter, box: QRect, item: Entry) -> None:
        where = QRectF(box.left() + 12, box.top() + 12, 16, 16)
        paint_icon(painter, item.icon, where, theme().colour("faint"))
        left, width = box.left() + 38, box.width() - 46
        role = "text" if item.places else "faint"
        write(painter, QRect(left, box.top() + 4, width, 17), item.title, font("body"), role)
        write(painter, QRect(left, box.top() + 20, width, 17), item.detail, font("small"), "faint")


class EntryList(QListView):
    """The list; drags leave it by `QDrag.exec`, which lets other threads run."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Catalogue entries")
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self._choose(index))

    def startDrag(self, actions: Qt.DropAction) -> None:
        entry = self.currentIndex().data(ITEM)
        if entry is None or not entry.places:
            return
        drag = QDrag(self)
        drag.setMimeData(packed(entry.carried))
        badge = _badge(entry)
        drag.setPixmap(badge)
        drag.setHotSpot(hot_spot(badge))
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(ITEM) if index.isValid() else None
        if entry is not None:
            self.chosen.emit(entry.carried)


BADGE_GAP = (12, 8)
"""How far left of the pointer, and above it, the label of a drag ends [px]."""
BADGE_HEIGHT = 28


def hot_spot(badge: QPixmap) -> QPoint:
    """Return where the pointer is in a drag's label: the label stays above and to the left of it.

    What the drawing says about the landing comes below, or to the right and higher up than the label.
    """
    size = badge.deviceIndependentSize()
    return QPoint(round(size.width()) + BADGE_GAP[0], round(size.height()) + BADGE_GAP[1])


def _badge(entry: Entry) -> QPixmap:
    """Return what is seen beside the pointer during a drag."""
    metrics = QFontMetrics(font("body"))
    width = min(metrics.horizontalAdvance(entry.title), 260) + 44
    made = QPixmap(width * 2, 56)
    made.setDevicePixelRatio(2.0)
    made.fill(theme().colour("raised"))
    painter = QPainter(made)
    painter.setPen(theme().colour("accent"))
    painter.drawRect(QRectF(0.5, 0.5, width - 1, 27))
    paint_icon(painter, entry.icon, QRectF(8, 6, 16, 16), theme().colour("text"))
    painter.setFont(font("body"))
    painter.setPen(theme().colour("text"))
    text = metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, 260)
    painter.drawText(QRectF(32, 0, width - 34, 28), int(Qt.AlignmentFlag.AlignVCenter), text)
    painter.end()
    return made
