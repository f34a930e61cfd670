"""The project as a tree: blocks as they are placed, filled when opened."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from core.model.change import Change
from core.model.linked import links_of
from core.model.records import Instance
from core.model.types import DeviceType
from desktop.document import Document
from desktop.icons import icon
from desktop.panels.catalogue_list import icon_of
from desktop.theme import theme
from desktop.widgets import column

PATH = Qt.ItemDataRole.UserRole
_TABLES = frozenset(("linked", "blocks", "instances", "devices", "overrides", "settings"))


class ProjectTree(QWidget):
    """What is built, from the outermost block inwards."""

    opened = Signal(str)
    """Carries a path that was double-clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self.model = QStandardItemModel(self)
        self.tree = QTreeView()
        self.tree.setAccessibleName("Project tree")
        self.tree.setModel(self.model)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.expanded.connect(self._fill)
        self.tree.doubleClicked.connect(lambda index: self.opened.emit(index.data(PATH) or ""))
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._push_selection())
        self.setLayout(column(self.tree, gap=0))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(120)
        self._later.timeout.connect(self.rebuild)
        self._pulling = False
        theme().changed.connect(self.rebuild)

    def set_document(self, document: Document | None) -> None:
        """Show another project."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.selection.changed.disconnect(self._pull_selection)
        self._document = document
        if document is not None:
            document.changed.connect(self._changed)
            document.selection.changed.connect(self._pull_selection)
        self.rebuild()

    def rebuild(self) -> None:
        """Fill the tree anew and open what was open."""
        self._later.stop()
        open_paths = set(self._open_paths())
        self._pulling = True
        self.model.clear()
        document = self._document
        if document is not None and document.top:
            root = self._item("", document.label_of(""), "hall", holds=True)
            self.model.appendRow(root)
            self.tree.expand(root.index())
            self._reopen(root, open_paths)
        self._pulling = False
        self._pull_selection()

    def _reopen(self, item: QStandardItem, paths: set[str]) -> None:
        for i in range(item.rowCount()):
            child = item.child(i)
            if child.data(PATH) in paths:
                self.tree.expand(child.index())
                self._reopen(child, paths)

    def _open_paths(self) -> list[str]:
        found: list[str] = []
        waiting = [self.model.item(i) for i in range(self.model.rowCount())]
        while waiting:
            item = waiting.pop()
            if item is not None and self.tree.isExpanded(item.index()):
                found.append(item.data(PATH))
                waiting.extend(item.child(i) for i in range(item.rowCount()))
        return found

    def _fill(self, index: QModelIndex) -> None:
        """Fill a branch when it is first opened."""
        item, document = self.model.itemFromIndex(index), self._document
        if document is None or item is None or item.rowCount() != 1 or item.child(0).data(PATH) is not None:
            return
        item.removeRow(0)
        path = item.data(PATH)
        project, block = document.project, document.block_at(path)
        prefix = f"{path}/" if path else ""
        rows = []
        for instance in project.instances(block).values():
            of = project.blocks.get(instance.of)
            name = project.names_along(document.top, prefix + instance.id)[-1]
            kind = "rack" if of is not None and of.kind == "rack" else "block"
            rows.append((kind == "rack", name, self._item(prefix + instance.id, name, kind, holds=True)))
        devices = sorted(project.devices(block).values(), key=lambda d: (d.zone, -d.half_u, d.name))
        for device in devices:
            spec = project.find_type(device.type)
            kind = spec.kind if isinstance(spec, DeviceType) else "other"
            name = project.names_along(document.top, prefix + device.id)[-1]
            rows.append((True, "", self._item(prefix + device.id, name, icon_of(kind), holds=False)))
        for _, _, child in sorted(rows, key=lambda entry: entry[:2]):
            item.appendRow(child)

    def _item(self, path: str, name: str, icon_name: str, *, holds: bool) -> QStandardItem:
        made = QStandardItem(icon(icon_name, "faint"), name)
        made.setData(path, PATH)
        own = self._document.differences().get(path, ()) if self._document is not None else ()
        if "absent" in own:
            struck = made.font()
            struck.setStrikeOut(True)
            made.setFont(struck)
            made.setToolTip("Absent: not part of the design")
        elif link := self._link_of(path) if holds else "":
            made.setText(f"{name}  ⇠")
            made.setToolTip(link)
        elif own:
            made.setToolTip(f"Differs from its drawing: {', '.join(sorted(own))}")
        if holds:
            made.appendRow(QStandardItem())
        return made

    def _link_of(self, path: str) -> str:
        """Return where the drawing placed at a path is linked from; empty if it is this project's own."""
        document = self._document
        if document is None or not document.project.rows("linked"):
            return ""
        link = links_of(document.project).get(document.block_at(path))
        return "" if link is None else f"Linked from {link.file}, {link.version}"

    def _changed(self, change: Change) -> None:
        if any(delta.table in _TABLES and _shows(delta) for delta in change.deltas):
            self._later.start()

    def _push_selection(self) -> None:
        if self._document is not None and not self._pulling:
            indexes = self.tree.selectionModel().selectedIndexes()
            self._pulling = True
            self._document.selection.set(path for i in indexes if (path := i.data(PATH)))
            self._pulling = False

    def _pull_selection(self) -> None:
        """Select in the tree what is selected in the document, as far as the branches are open."""
        if self._document is None or self._pulling:
            return
        self._pulling = True
        model = self.tree.selectionModel()
        model.clearSelection()
        known: dict[str, dict[str, QStandardItem]] = {}
        for path in self._document.selection.paths[:50]:
            item = self._find(path, known)
            if item is not None:
                flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
                model.select(item.index(), flags)
                self.tree.scrollTo(item.index())
        self._pulling = False

    def _find(self, path: str, known: dict[str, dict[str, QStandardItem]]) -> QStandardItem | None:
        """Return the item of a path; `known` keeps the children of each item looked at, by path."""
        item, at = self.model.item(0), ""
        steps = path.split("/")
        for depth in range(1, len(steps) + 1):
            if item is None:
                return None
            if at not in known:
                known[at] = {(child := item.child(i)).data(PATH): child for i in range(item.rowCount())}
            item, at = known[at].get(wanted := "/".join(steps[:depth])), wanted
        return item


def _shows(delta: object) -> bool:
    """Tell whether a delta alters what the tree shows: what there is, its name, its order."""
    before, after = delta.before, delta.after  # type: ignore[attr-defined]
    if before is None or after is None:
        return True
    fields = ("name", "of", "type", "half_u") if not isinstance(after, Instance) else ("name", "of")
    return any(getattr(before, f, None) != getattr(after, f, None) for f in fields)
