"""The catalogue: search, filter, drag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.catalogue.library import Library, kind_of, rates_of
from core.model.project import Reader
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType
from core.units import show
from desktop.dragging import Carried, packed
from desktop.icons import icon, paint_icon
from desktop.templates import templates
from desktop.theme import font, theme
from desktop.widgets import column, label, panel, row, tool_button

ROW_HEIGHT = 40
ENTRY = Qt.ItemDataRole.UserRole
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
            words += [f"{spec.units}{spec.unit}", f"{spec.width_mm} × {spec.depth_mm} mm", spec.standard]
        case CableType():
            words += [spec.media, "" if spec.rate_gbps is None else f"{spec.rate_gbps:g}G", spec.connector_a]
        case OpticType():
            words += [f"{spec.rate_gbps:g}G", spec.connector, f"{spec.reach_m:g} m {spec.fibre}"]
        case AcceleratorType():
            words += ["" if spec.memory_gb is None else f"{spec.memory_gb:g} GB {spec.memory_kind}"]
    return " · ".join(word for word in words if word)


class Entries(QAbstractListModel):
    """The entries that pass search and filter."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}, {entry.kind}, {entry.detail}"
        return entry if role == ENTRY else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        draggable = index.isValid() and self.entries[index.row()].places
        return flags | Qt.ItemFlag.ItemIsDragEnabled if draggable else flags


class EntryDelegate(QStyledItemDelegate):
    """Paints an entry: icon, name, and below it what tells it from its neighbours."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        entry: Entry = index.data(ENTRY)
        colour = theme().colour
        state: Any = option.state  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(box, colour("accent_soft" if selected else "hover"))
        if selected:
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), colour("accent"))
        paint_icon(painter, entry.icon, QRectF(box.left() + 12, box.top() + 12, 16, 16), colour("faint"))
        left, width = box.left() + 38, box.width() - 46
        for text, size, top, role in ((entry.title, "body", 4, "text"), (entry.detail, "small", 20, "faint")):
            painter.setFont(font(size))
            painter.setPen(colour(role if entry.places or role == "faint" else "faint"))
            shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(left, box.top() + top, width, 17), int(Qt.AlignmentFlag.AlignVCenter), shown)


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
        entry = self.currentIndex().data(ENTRY)
        if entry is None or not entry.places:
            return
        drag = QDrag(self)
        drag.setMimeData(packed(entry.carried))
        drag.setPixmap(_badge(entry))
        drag.setHotSpot(QPoint(-12, -8))
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY) if index.isValid() else None
        if entry is not None:
            self.chosen.emit(entry.carried)


class CataloguePanel(QWidget):
    """Search box, kind filter, list, and the facts of what is chosen."""

    chosen = Signal(object)
    """Carries what a double click or Enter chose, to be placed."""
    edit_requested = Signal(str)
    """Carries the id of a type to be edited; empty for a new one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = Library({})
        self._project: Reader | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search: h200, 8u, 800g, 33kw …")
        self.search.setAccessibleName("Search the catalogue")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of type")
        self.maker = QComboBox()
        self.maker.setAccessibleName("Maker")
        self.list = EntryList()
        self.model = Entries(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self._count = label(role="small")
        self._facts = label(role="small", wrap=True)
        self._facts.setMinimumHeight(54)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        new = tool_button("New type", "add", lambda: self.edit_requested.emit(""), "New type of your own")
        self._edit = tool_button("Edit type", "edit", self._edit_current, "Show or edit this type")
        foot = panel()
        foot.setLayout(column(row(self._count, None, new, self._edit, gap=2), self._facts, gap=2, margins=(12, 4, 6, 8)))
        head = panel()
        head.setLayout(column(self.search, row(self.kind, self.maker), margins=(8, 8, 8, 8)))
        self.setLayout(column(head, self.list, foot, gap=0))
        self.search.textChanged.connect(lambda _: self.refresh())
        self.kind.currentIndexChanged.connect(lambda _: self.refresh())
        self.maker.currentIndexChanged.connect(lambda _: self.refresh())
        self.list.chosen.connect(self.chosen)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_facts())
        theme().changed.connect(self.list.viewport().update)

    def set_sources(self, library: Library, project: Reader | None) -> None:
        """Show another library, and the blocks of another project."""
        if library is not self._library:
            self._library = library
            self._fill(self.kind, "All kinds", ["template", "block", *library.kinds()])
            self._fill(self.maker, "All makers", list(library.makers()))
        self._project = project
        self.refresh()

    def refresh(self) -> None:
        """Search anew."""
        kind, maker = self.kind.currentData() or "", self.maker.currentData() or ""
        words = self.search.text()
        found: list[Entry] = []
        if not maker:
            found += [e for e in self._drawings() if kind in ("", e.kind) and _matches(e, words)]
        if kind not in ("template", "block"):
            found += [self._entry(spec) for spec in self._library.search(words, kind=kind, maker=maker)]
        current = self.current
        self.model.show(found)
        self._count.setText(f"{len(found):,} of {len(self._library) + len(self._drawings()):,}")
        rows = [i for i, entry in enumerate(found) if current is not None and entry.carried == current.carried]
        if found:
            self.list.setCurrentIndex(self.model.index(rows[0] if rows else 0))
        self._show_facts()

    @property
    def current(self) -> Entry | None:
        """The entry that is chosen."""
        found = self.list.currentIndex().data(ENTRY)
        return found if isinstance(found, Entry) else None

    def choose(self, carried: Carried) -> bool:
        """Choose an entry; tells whether it is in the list."""
        for i, entry in enumerate(self.model.entries):
            if entry.carried == carried:
                self.list.setCurrentIndex(self.model.index(i))
                self.list.scrollTo(self.model.index(i))
                return True
        return False

    def _drawings(self) -> list[Entry]:
        found = [
            Entry(Carried("template", t.name), t.title, t.note or "Template", "block", "template", True)
            for t in templates()
        ]
        if self._project is not None:
            counts = self._project.placements()
            for block in self._project.blocks.values():
                if block.id != self._project.top:
                    detail = f"Drawing of this project · placed {counts.get(block.id, 0):,} times"
                    found.append(Entry(Carried("block", block.id), block.name, detail, "block", "block", True))
        return found

    def _entry(self, spec: AnyType) -> Entry:
        kind = kind_of(spec)
        places = isinstance(spec, RackType) or (isinstance(spec, DeviceType) and spec.kind != "module")
        own = " · yours" if self._library.is_user(spec.id) else ""
        return Entry(Carried("type", spec.id), spec.name, detail_of(spec) + own, icon_of(kind), kind, places)

    def _show_facts(self) -> None:
        entry = self.current
        spec = self._library.find(entry.carried.id) if entry is not None and entry.carried.kind == "type" else None
        self._edit.setEnabled(spec is not None)
        if entry is None:
            self._facts.setText("Nothing matches. Try fewer words or another kind.")
        elif spec is None:
            self._facts.setText(entry.detail)
        else:
            known = sorted({c.evidence for c in spec.sources})
            ways = "Drag it into a drawing, or press Enter to place it." if entry.places else ""
            lines = [f"{spec.status or kind_of(spec)} · evidence: {', '.join(known) or 'none'}", *spec.notes[:1], ways]
            self._facts.setText("\n".join(_short(line) for line in lines if line))

    def _edit_current(self) -> None:
        entry = self.current
        if entry is not None and entry.carried.kind == "type":
            self.edit_requested.emit(entry.carried.id)

    @staticmethod
    def _fill(box: QComboBox, every: str, names: list[str]) -> None:
        box.blockSignals(True)
        box.clear()
        box.addItem(every, "")
        for name in names:
            box.addItem(name.replace("-", " ").capitalize() if name.islower() else name, name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        box.blockSignals(False)


def _matches(entry: Entry, words: str) -> bool:
    text = f"{entry.title} {entry.detail} {entry.kind}".casefold()
    return all(word in text for word in words.casefold().split())


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:118].rstrip() + " …"


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
