"""The catalogue: search, filter, and the facts of what is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.catalogue.library import Library, kind_of
from core.model.project import Reader
from core.model.types import AnyType, DeviceType, RackType
from desktop.dragging import Carried
from desktop.icons import icon
from desktop.list_rows import ITEM
from desktop.panels.catalogue_list import Entries, Entry, EntryDelegate, EntryList, detail_of, icon_of
from desktop.templates import templates
from desktop.widgets import column, label, panel, row, tool_button


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
        foot.setLayout(
            column(row(self._count, None, new, self._edit, gap=2), self._facts, gap=2, margins=(12, 4, 6, 8))
        )
        head = panel()
        head.setLayout(column(self.search, row(self.kind, self.maker), margins=(8, 8, 8, 8)))
        self.setLayout(column(head, self.list, foot, gap=0))
        self.search.textChanged.connect(lambda _: self._search())
        self.search.returnPressed.connect(self._choose_current)
        self.kind.currentIndexChanged.connect(lambda _: self.refresh())
        self.maker.currentIndexChanged.connect(lambda _: self.refresh())
        self.list.chosen.connect(self.chosen)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_facts())

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
        wanted = words.casefold().strip()
        found.sort(key=lambda e: _strangeness(e.title.casefold(), wanted))
        current = self.current
        self.model.show(found)
        self._count.setText(f"{len(found):,} of {len(self._library) + len(self._drawings()):,}")
        rows = [
            i for i, entry in enumerate(found) if current is not None and entry.carried == current.carried
        ]
        if found:
            self.list.setCurrentIndex(self.model.index(rows[0] if rows else 0))
        self._show_facts()

    @property
    def current(self) -> Entry | None:
        """The entry that is chosen."""
        found = self.list.currentIndex().data(ITEM)
        return found if isinstance(found, Entry) else None

    def reveal(self, carried: Carried) -> bool:
        """Choose an entry, dropping search and filters that hide it."""
        for box in (self.kind, self.maker):
            box.setCurrentIndex(0)
        self.search.clear()
        return self.choose(carried)

    def choose(self, carried: Carried) -> bool:
        """Choose an entry; tells whether it is in the list."""
        for i, entry in enumerate(self.model.items):
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
                    times = counts.get(block.id, 0)
                    built = "once" if times == 1 else f"{times:,} times"
                    detail = f"Drawing of this project · built {built}"
                    found.append(
                        Entry(Carried("block", block.id), block.name, detail, "block", "block", True)
                    )
        return found

    def _entry(self, spec: AnyType) -> Entry:
        kind = kind_of(spec)
        places = isinstance(spec, RackType) or (isinstance(spec, DeviceType) and spec.kind != "module")
        own = " · yours" if self._library.is_user(spec.id) else ""
        return Entry(Carried("type", spec.id), spec.name, detail_of(spec) + own, icon_of(kind), kind, places)

    def _show_facts(self) -> None:
        entry = self.current
        spec = (
            self._library.find(entry.carried.id)
            if entry is not None and entry.carried.kind == "type"
            else None
        )
        self._edit.setEnabled(spec is not None)
        if entry is None:
            self._facts.setText("Nothing matches. Try fewer words or another kind.")
        elif spec is None:
            self._facts.setText(entry.detail)
        else:
            known = sorted({c.evidence for c in spec.sources})
            ways = "Drag it into a drawing, or press Enter to place it." if entry.places else ""
            lines = [
                f"{spec.status or kind_of(spec)} · evidence: {', '.join(known) or 'none'}",
                *spec.notes[:1],
                ways,
            ]
            self._facts.setText("\n".join(_short(line) for line in lines if line))

    def _search(self) -> None:
        """Show what matches and choose the best of it."""
        self.refresh()
        if self.model.items:
            self.list.setCurrentIndex(self.model.index(0))

    def _choose_current(self) -> None:
        """Enter in the search places what it found first."""
        if self.current is not None:
            self.chosen.emit(self.current.carried)

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


def _strangeness(title: str, wanted: str) -> int:
    """Return 0 for what is called so, 1 for what has the words in its name, 2 for what only mentions them."""
    if title == wanted:
        return 0
    return 1 if all(word in title for word in wanted.split()) else 2


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:118].rstrip() + " …"
