"""Properties of what is selected: a form from the fields of its record; edits go through the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.editing.blocks import delivered_contents
from core.editing.fields import Stated, Thing, clear_fields, relative, set_fields, value_of
from core.editing.naming import render
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import counted
from core.errors import CagenutError, EditError
from core.model.change import Change, Edit
from core.model.records import Block, Device, Instance, Link, Record
from core.model.types import AnyType
from core.units import system
from desktop.document import Document
from desktop.panels.computed import COMPUTED, computed_of
from desktop.panels.feeder import FEEDER_FACTS, feeder_told, knows_losses, passes_power
from desktop.panels.feeds import feed_rows
from desktop.panels.form import Form, Shift, WrongValueError
from desktop.panels.port_facts import PortFactsPanel
from desktop.panels.rack_load import RACK_LOAD, rack_load_of
from desktop.panels.selected import Selected
from desktop.panels.shown_fields import (
    DELIVERED,
    about,
    choices,
    common_fields,
    facts,
    field_of,
    in_rack,
    relevant,
    shape,
    type_of,
)
from desktop.panels.units import common_rack, unit_field, unit_notation
from desktop.widgets import column, label

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from desktop.views.ground_card import GroundCard

CHIPS_ACROSS = 3
_MOST_IN_GROUP = 50


class PropertiesPanel(QWidget):
    """The form for the selection; with nothing selected, for the block that has been entered."""

    failed = Signal(str)
    type_requested = Signal(str)
    losses_wanted = Signal()
    """What is shown needs to know what the loss of each element does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._key: object = None
        self._form = Form()
        self._selected: Selected | None = None
        self._title = label(role="strong", wrap=True)
        self._subtitle = label(role="small", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Properties")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._evaluation: Evaluation | None = None
        self._computed: dict[str, QLabel] = {}
        self.chips: dict[str, QPushButton] = {}
        """One for each kind of thing, if there are several."""
        self.port_facts = PortFactsPanel(instead_of=self._scroll)
        self._body = QWidget()
        self._body.setLayout(column(self.port_facts, self._scroll, gap=0))
        self.setLayout(column(self._body, gap=0))
        self.refresh()

    def hold(self, card: GroundCard) -> None:
        """Show a card in the place of the form while it has something to show."""
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        card.dock(box, self._body)

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show what the engine has found for the link or rack that is selected."""
        self._evaluation = evaluation
        self.port_facts.show_evaluation(evaluation)
        self._show_computed()

    def _show_computed(self) -> None:
        if self._computed and self._selected is not None and len(self._selected) == 1:
            path, record = self._selected.paths[0], self._selected.records[0]
            if isinstance(record, Device):
                self._show_feeder(path)
                return
            find = computed_of if isinstance(record, Link) else rack_load_of
            for name, text in find(self._evaluation, path).items():
                self._computed[name].setText(text)

    def _show_feeder(self, path: str) -> None:
        """Show what a device that passes power on has left; only the rows that say something are there."""
        assert self._document is not None
        told = feeder_told(self._document.project, self._evaluation, path)
        for name, value in self._computed.items():
            value.setText(told.get(name, ""))
            self._form.show_row(value, name in told)
        if self._evaluation is not None and not knows_losses(self._evaluation):
            self.losses_wanted.emit()

    def set_document(self, document: Document | None) -> None:
        """Show the properties of another project."""
        self.port_facts.set_document(document)
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.selection.changed.disconnect(self.refresh)
            self._document.selection.entered_changed.disconnect(self.refresh)
        self._document = document
        if document is not None:
            document.changed.connect(self._changed)
            document.selection.changed.connect(self.refresh)
            document.selection.entered_changed.connect(self.refresh)
        self.refresh()

    # What is shown.

    def begin(self) -> None:
        """Put the cursor into the first field: the name, where there is one."""
        for line in self._form.findChildren(QLineEdit):
            if line.isVisible() and line.isEnabled() and not line.isReadOnly():
                line.setFocus(Qt.FocusReason.ShortcutFocusReason)
                line.selectAll()
                return

    def refresh(self) -> None:
        """Show what is selected now; the form is only made anew for another kind of thing."""
        document = self._document
        if document is None:
            self._show_nothing()
            return
        project = document.project
        selected = Selected.at(project, document.selection.paths)
        if not len(selected):
            block = project.blocks.get(document.block_at(document.selection.entered))
            selected = Selected(project, [("", block)] if block is not None else [])
        if self._selected is None or selected.paths != self._selected.paths:
            for editor in self._form.editors.values():
                editor.forget_refused()
        self._selected = selected
        if not len(selected):
            self._show_nothing()
            return
        single = selected.records[0] if len(selected) == 1 else None
        spec = type_of(project, single) if single is not None else None
        lists = tuple(project.version(table) for table in ("phases", "fabrics", "sources"))
        own = (selected.paths[0], shape(single)) if single is not None else None
        names = tuple(self._names(selected))
        kinds = (frozenset(selected.types), tuple(selected.counts) if len(selected.counts) > 1 else ())
        rack = common_rack(project, _one_of_each(selected))
        key = (kinds, names, id(project), lists, own, id(spec), id(rack), system())
        if key != self._key:
            self._key = key
            self._make(document, selected, names, spec)
        self._show_values(document, selected, spec)
        self._show_computed()

    def _names(self, selected: Selected) -> list[str]:
        if len(selected) == 1:
            return relevant(selected.reader, type(selected.records[0]), selected.records[0])
        return common_fields(selected.reader, selected.distinct)

    def _show_values(self, document: Document, selected: Selected, spec: AnyType | None) -> None:
        found = {name: selected.values(name) for name in self._form.editors}
        values = {name: several[0] for name, several in found.items() if several}
        mixed = frozenset(name for name, several in found.items() if len(several) > 1)
        self._form.show_values(values, mixed)
        for name, editor in self._form.editors.items():
            editor.show_own(selected.own_words(name) if name in OVERRIDE_FIELDS else "")
        if len(selected) == 1:
            path, record = selected.paths[0], selected.records[0]
            self._title.setText(
                document.label_of(path).rpartition(" / ")[2] if path else getattr(record, "name", "")
            )
            self._subtitle.setText(about(document.project, record, spec))
            return
        counts = selected.counts
        for kind, chip in self.chips.items():
            chip.setText(counted(counts[kind], kind))
            chip.setAccessibleName(f"Select only the {counted(counts[kind], kind)}")
        noun = next(iter(counts)) if len(counts) == 1 else "thing"
        self._title.setText(counted(len(selected), noun))
        many = f"Of {len(counts)} kinds: click one to select it alone. " if len(counts) > 1 else ""
        self._subtitle.setText(f"{many}An edit here is made in all of them; +100 and *2 alter each number")

    def _show_nothing(self) -> None:
        self._key = None
        self._selected = None
        self._form = Form()
        self._computed, self.chips = {}, {}
        body = QWidget()
        body.setLayout(column(label("Nothing selected", "faint", wrap=True), None, margins=(12, 12, 12, 12)))
        self._scroll.setWidget(body)

    def _make(
        self, document: Document, selected: Selected, names: tuple[str, ...], spec: AnyType | None
    ) -> None:
        """Make the form for what is selected."""
        self._form = form = Form()
        project = document.project
        record = selected.records[0] if len(selected) == 1 else None
        rack = common_rack(project, _one_of_each(selected))
        kind = type(selected.distinct[0])
        for name in names:
            field = field_of(kind, name)
            if name == "half_u" and rack is not None:
                form.add(unit_field(field, rack), notation=unit_notation(rack))
            elif name != "half_u":
                form.add(field, choices(project, name))
        form.edited.connect(self._edited)
        form.reset.connect(self._reset)
        if isinstance(record, Device):
            for text, editor in feed_rows(project, record, self._fed):
                if not text:
                    form.add_heading("Fed from")
                else:
                    form.add_row(text, editor)
        self._computed = {}
        placed_rack = isinstance(record, Instance) and project.blocks[record.of].kind == "rack"
        feeds = isinstance(record, Device) and passes_power(spec)
        if isinstance(record, Link) or placed_rack or feeds:
            form.add_heading("Computed")
            for text in RACK_LOAD if placed_rack else FEEDER_FACTS if feeds else COMPUTED:
                self._computed[text] = label(wrap=True)
                form.add_row(text, self._computed[text])
        if spec is not None:
            form.add_heading("From its type")
            for text, value in facts(spec):
                form.add_row(text, label(value, wrap=True))
        self._title, self._subtitle = label(role="strong", wrap=True), label(role="small", wrap=True)
        body = QWidget()
        chips = self._make_chips(selected)
        body.setLayout(
            column(self._title, self._subtitle, chips, form, None, gap=4, margins=(12, 10, 12, 12))
        )
        self._scroll.setWidget(body)

    def _make_chips(self, selected: Selected) -> QWidget:
        """Return a button for each kind of thing that is selected, if there are several."""
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 4, 0, 6)
        grid.setSpacing(6)
        self.chips = {}
        if len(selected.counts) < 2:
            box.hide()
            return box
        for at, kind in enumerate(selected.counts):
            chip = QPushButton()
            chip.setToolTip(f"Select only the {kind}s")
            chip.clicked.connect(lambda *_, k=kind: self._narrow(k))
            self.chips[kind] = chip
            grid.addWidget(chip, at // CHIPS_ACROSS, at % CHIPS_ACROSS)
        grid.setColumnStretch(CHIPS_ACROSS, 1)
        return box

    def _narrow(self, kind: str) -> None:
        """Select only the things of one kind."""
        if self._document is not None and self._selected is not None:
            self._document.selection.set(self._selected.of_kind(kind))

    # Editing.

    def _edited(self, name: str, value: Any) -> None:
        """Put one field of everything selected into one change; typing in one field is one undo step."""
        document, selected = self._document, self._selected
        if document is None or selected is None:
            return
        label_text = field_of(type(selected.distinct[0]), name).label
        try:
            edit = self._edit_for(document, selected, name, f"Set {label_text.lower()}")
            self._fill(document, edit, selected, name, value)
            document.commit_edit(edit, group=_group(name, selected))
        except (CagenutError, WrongValueError) as error:
            problem = error if isinstance(error, CagenutError) else EditError(str(error))
            self.failed.emit(str(problem))
            if name in self._form.editors:
                self._form.editors[name].refuse(". ".join(filter(None, (problem.problem, problem.cure))))
        else:
            if isinstance(value, Shift):
                self.refresh()

    def _edit_for(self, document: Document, selected: Selected, name: str, words: str) -> Edit:
        if name in OVERRIDE_FIELDS or not document.only_this:
            return Edit(document.project, words)
        return document.edit(words, *(path.rpartition("/")[0] for path in selected.paths))

    def _fill(self, document: Document, edit: Edit, selected: Selected, name: str, value: Any) -> None:
        if selected.types == {Block}:
            self._fill_block(edit, selected.records[0], name, value)
            return
        several = len(selected) > 1
        numbered = name == "name" and several and isinstance(value, str) and "{" in value
        wanted: list[tuple[Thing, dict[str, Any]]] = []
        stated = Stated(edit)
        for at, (path, record) in enumerate(zip(selected.paths, selected.records, strict=True), 1):
            mine = value
            if isinstance(value, Shift):
                now = value_of(edit, document.top, Thing(path), record, name, stated)
                mine = self._shifted(record, name, now, value)
            elif numbered:
                mine = render(value, n=at)
            wanted.append((Thing(path), {name: mine}))
        set_fields(edit, document.top, wanted, only_this=document.only_this)

    def _shifted(self, record: Record, name: str, now: Any, value: Shift) -> Any:
        """Return the new value of one thing; units are counted as they are numbered on the rack."""
        rack = common_rack(self._selected.reader, [record]) if self._selected and name == "half_u" else None
        if rack is None or not isinstance(now, int):
            return value.of(field_of(type(record), name), now)
        notation, act = unit_notation(rack), relative(value.text)
        number = float(notation.show(now).removeprefix(rack.unit))
        return notation.parse(f"{number if act is None else act(number):g}")

    def _fill_block(self, edit: Edit, record: Record, name: str, value: Any) -> None:
        if name == "name" and not value.strip():
            raise EditError("a name is needed", cure="Type one that nothing else here has")
        edit.replace("blocks", record.key, **{name: value})
        if name in DELIVERED:
            block = edit.blocks[record.id]
            is_stated = any(getattr(block, field) is not None for field in DELIVERED)
            delivered = delivered_contents(edit, block.id) if is_stated else ()
            edit.replace("blocks", record.key, delivered=delivered)

    def _reset(self, name: str) -> None:
        """Take own values back to what the drawing says."""
        document, selected = self._document, self._selected
        if document is None or selected is None:
            return
        edit = Edit(document.project, f"Reset {field_of(type(selected.distinct[0]), name).label.lower()}")
        try:
            clear_fields(edit, document.top, (Thing(path) for path in selected.paths), name)
            document.commit_edit(edit)
        except CagenutError as error:
            self.failed.emit(str(error))

    def _fed(self, inlet: str, source: str) -> None:
        document, selected = self._document, self._selected
        if document is None or selected is None or not isinstance(selected.records[0], Device):
            return
        try:
            path = selected.paths[0]
            edit = document.edit(f"Feed {inlet}", path.rpartition("/")[0])
            device = edit.resolve(document.top, path)
            assert isinstance(device, Device)
            feeds = {k: v for k, v in device.feeds.items() if k != inlet}
            edit.replace("devices", device.key, feeds={**feeds, inlet: source} if source else feeds)
            document.commit_edit(edit)
        except CagenutError as error:
            self.failed.emit(str(error))
            self.refresh()

    def _changed(self, change: Change) -> None:
        self.refresh()


def _one_of_each(selected: Selected) -> list[Record]:
    """Return one device of each rack drawing: as many as it takes to know the racks."""
    found = {r.block: r for r in selected.distinct if isinstance(r, Device)}
    return [record for record in found.values() if in_rack(selected.reader, record)]


def _group(name: str, selected: Selected) -> str:
    """Return what makes edits of one field of the same things one undo step."""
    few = selected.paths[:_MOST_IN_GROUP]
    return f"{name}:{len(selected)}:{hash(selected.paths)}:{','.join(few)}"
