"""Properties of what is selected: a form from the fields of its record; edits go through the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from core.editing.blocks import delivered_contents
from core.editing.move import move_devices
from core.editing.naming import rename
from core.editing.overrides import OVERRIDE_FIELDS, set_override
from core.editing.space import Spot
from core.errors import CagenutError, EditError
from core.model.change import Change, Edit
from core.model.fields import fields_of
from core.model.project import Reader
from core.model.records import Block, Device, Instance, Key, Link, Record
from core.model.types import AnyType, DeviceType, RackType, evidence_of
from core.units import show
from desktop.document import Document
from desktop.panels.computed import COMPUTED, computed_of
from desktop.panels.feeds import feed_rows
from desktop.panels.form import Form
from desktop.panels.units import common_rack, unit_field, unit_notation
from desktop.selection import records_of
from desktop.widgets import column, label

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

SHOWN: dict[type[Record], tuple[str, ...]] = {
    Device: ("name", "half_u", "face", "side", "x_mm", "y_mm", "rotation", "power_limit_w", "status", "phase",
             "scope", "asset_tag", "serial", "note"),
    Instance: ("name", "x_mm", "y_mm", "z_mm", "rotation", "mirrored", "status", "phase", "scope", "note"),
    Link: ("name", "fabric", "cable", "length_m", "colour", "status", "phase", "scope", "note"),
    Block: ("name", "power_limit_w", "mass_kg", "price_low_usd", "price_high_usd", "grid_mm", "north_deg",
            "note"),
}  # fmt: skip
_TABLES: dict[type[Record], str] = {Device: "devices", Instance: "instances", Link: "links", Block: "blocks"}
_NOUNS = {Device: "device", Instance: "placed block", Link: "link", Block: "drawing"}
_MOUNTING = frozenset(("half_u", "face", "side"))
_DELIVERED = ("mass_kg", "price_low_usd", "price_high_usd")
_FACTS = (
    "height_u", "mass_kg", "power_idle_w", "power_typical_w", "power_max_w", "power_peak_w",
    "supplies_fitted", "supplies_needed", "rated_w", "cooling_w", "liquid_fraction", "depth_mm", "units",
    "width_mm", "load_max_kg",
)  # fmt: skip


class PropertiesPanel(QWidget):
    """The form for the selection; with nothing selected, for the block that has been entered."""

    failed = Signal(str)
    type_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._key: object = None
        self._form = Form()
        self._kind: type[Record] = Block
        self._paths: list[str] = []
        self._records: list[Record] = []
        self._title = label(role="strong", wrap=True)
        self._subtitle = label(role="small", wrap=True)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._evaluation: Evaluation | None = None
        self._computed: dict[str, QLabel] = {}
        self.setLayout(column(self._scroll, gap=0))
        self.refresh()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show what the engine has found for the link that is selected."""
        self._evaluation = evaluation
        self._show_computed()

    def _show_computed(self) -> None:
        if self._computed and len(self._paths) == 1:
            for name, text in computed_of(self._evaluation, self._paths[0]).items():
                self._computed[name].setText(text)

    def set_document(self, document: Document | None) -> None:
        """Show the properties of another project."""
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

    def refresh(self) -> None:
        """Show what is selected now; the form is only made anew for another kind of thing."""
        document = self._document
        found: list[tuple[str, Record]] = []
        if document is not None:
            found = records_of(document.project, document.selection.paths)
            if not found:
                block = document.project.blocks.get(document.block_at(document.selection.entered))
                found = [("", block)] if block is not None else []
        kinds = {type(record) for _, record in found}
        paths, self._records = [path for path, _ in found], [record for _, record in found]
        if paths != self._paths:
            for editor in self._form.editors.values():
                editor.forget_refused()
        self._paths = paths
        if document is None or len(kinds) != 1:
            self._show_nothing(len(found))
            return
        self._kind = kinds.pop()
        single = found[0] if len(found) == 1 else None
        project = document.project
        spec = _type_of(project, single[1]) if single is not None else None
        lists = tuple(project.version(table) for table in ("phases", "fabrics", "sources"))
        own = (single[0], _shape(single[1])) if single is not None else None
        key = (self._kind, id(project), lists, own, id(spec), id(common_rack(project, self._records)))
        if key != self._key:
            self._key = key
            self._make(document, single[1] if single is not None else None, spec)
        self._show_values(document, found, spec)
        self._show_computed()

    def _show_values(
        self, document: Document, found: Sequence[tuple[str, Record]], spec: AnyType | None
    ) -> None:
        names = SHOWN.get(self._kind, ())
        values = {name: getattr(found[0][1], name) for name in names}
        mixed = frozenset(n for n in names if len({getattr(r, n) for _, r in found}) > 1)
        self._form.show_values(values, mixed)
        if len(found) == 1:
            path, record = found[0]
            self._title.setText(
                document.label_of(path).rpartition(" / ")[2] if path else getattr(record, "name", "")
            )
            self._subtitle.setText(_about(document.project, record, spec))
        else:
            self._title.setText(f"{len(found):,} {_NOUNS[self._kind]}s")
            self._subtitle.setText("An edit here is made in all of them")

    def _show_nothing(self, count: int) -> None:
        self._key = None
        self._computed = {}
        body = QWidget()
        words = "Nothing selected" if not count else f"{count:,} things of several kinds are selected"
        body.setLayout(column(label(words, "faint", wrap=True), None, margins=(12, 12, 12, 12)))
        self._scroll.setWidget(body)

    def _make(self, document: Document, record: Record | None, spec: AnyType | None) -> None:
        """Make the form for a kind of record."""
        self._form = form = Form()
        project = document.project
        fields = fields_of(self._kind)
        rack = common_rack(project, self._records)
        for name in _relevant(project, self._kind, record):
            if name == "half_u" and rack is not None:
                form.add(unit_field(fields[name], rack), notation=unit_notation(rack))
            elif name != "half_u":
                form.add(fields[name], _choices(project, name))
        form.edited.connect(self._edited)
        if isinstance(record, Device) and record is not None:
            for text, editor in feed_rows(project, record, self._fed):
                if not text:
                    form.add_heading("Fed from")
                else:
                    form.add_row(text, editor)
        self._computed = {}
        if isinstance(record, Link):
            form.add_heading("Computed")
            for text in COMPUTED:
                self._computed[text] = label(wrap=True)
                form.add_row(text, self._computed[text])
        if spec is not None:
            form.add_heading("From its type")
            for text, value in _facts(spec):
                form.add_row(text, label(value))
        self._title, self._subtitle = label(role="strong", wrap=True), label(role="small", wrap=True)
        body = QWidget()
        body.setLayout(column(self._title, self._subtitle, form, None, gap=4, margins=(12, 10, 12, 12)))
        self._scroll.setWidget(body)

    def _edited(self, name: str, value: Any) -> None:
        """Put one field of everything selected into one change; typing in one field is one undo step."""
        document = self._document
        if document is None:
            return
        label_text = fields_of(self._kind)[name].label
        try:
            edit = self._edit_for(document, name, f"Set {label_text.lower()}")
            self._fill(document, edit, name, value)
            document.commit_edit(edit, group=f"{name}:{','.join(self._paths)}")
        except CagenutError as error:
            self.failed.emit(str(error))
            if name in self._form.editors:
                self._form.editors[name].refuse(". ".join(filter(None, (error.problem, error.cure))))

    def _edit_for(self, document: Document, name: str, words: str) -> Edit:
        if name in OVERRIDE_FIELDS:
            return Edit(document.project, words)
        return document.edit(words, *(path.rpartition("/")[0] for path in self._paths))

    def _fill(self, document: Document, edit: Edit, name: str, value: Any) -> None:
        table = _TABLES[self._kind]
        if name == "name" and table != "links" and not value.strip():
            raise EditError("a name is needed", cure="Type one that nothing else here has")
        moves: dict[str, dict[str, Spot]] = {}
        for path, record in zip(self._paths, self._records, strict=True):
            holder = path.rpartition("/")[0]
            own = document.only_this and name in OVERRIDE_FIELDS and path and document.copies(holder) > 1
            if own:
                set_override(edit, document.top, path, **{name: value})
            elif name == "name" and table in ("devices", "instances", "links"):
                rename(edit, record.block, record.id, value)
            else:
                current = edit.resolve(document.top, path) if path else record
                key = current.key if current is not None else record.key
                if isinstance(current, Device) and name in _MOUNTING and _in_rack(edit, current):
                    spot = Spot.of(current)._replace(**{name: value})
                    moves.setdefault(current.block, {})[current.id] = spot
                    continue
                edit.replace(table, key, **{name: value})
                if table == "blocks" and name in _DELIVERED:
                    _restate(edit, key)
        for block, spots in moves.items():
            move_devices(edit, block, spots)

    def _fed(self, inlet: str, source: str) -> None:
        document = self._document
        if document is None or len(self._records) != 1 or not isinstance(self._records[0], Device):
            return
        try:
            edit = document.edit(f"Feed {inlet}", self._paths[0].rpartition("/")[0])
            device = edit.resolve(document.top, self._paths[0])
            assert isinstance(device, Device)
            feeds = {k: v for k, v in device.feeds.items() if k != inlet}
            edit.replace("devices", device.key, feeds={**feeds, inlet: source} if source else feeds)
            document.commit_edit(edit)
        except CagenutError as error:
            self.failed.emit(str(error))
            self.refresh()

    def _changed(self, change: Change) -> None:
        self.refresh()


def _in_rack(reader: Reader, device: Device) -> bool:
    holder = reader.blocks.get(device.block)
    return holder is not None and holder.kind == "rack"


def _restate(edit: Edit, key: Key) -> None:
    """Say what a stated mass or price includes: what the drawing holds now."""
    block = edit.blocks[key[1]]
    stated = any(getattr(block, name) is not None for name in _DELIVERED)
    edit.replace("blocks", key, delivered=delivered_contents(edit, block.id) if stated else ())


def _relevant(project: Reader, kind: type[Record], record: Record | None) -> list[str]:
    """Return the fields that mean something for a record: a rack has no grid."""
    names = list(SHOWN.get(kind, ()))
    if isinstance(record, Device):
        in_rack = _in_rack(project, record)
        spec = project.find_type(record.type)
        split = isinstance(spec, DeviceType) and spec.width != "full"
        away = {"x_mm", "y_mm", "rotation"} if in_rack else {"half_u", "face", "side"}
        away |= set() if split else {"side"}
        away |= {"half_u"} if record.zone else set()
        names = [name for name in names if name not in away]
    if isinstance(record, Block):
        away = {"grid_mm", "north_deg"} if record.kind == "rack" else {"power_limit_w", *_DELIVERED}
        names = [name for name in names if name not in away]
    return names


def _choices(project: Reader, name: str) -> list[tuple[str, Any]] | None:
    if name == "phase":
        return [("–", ""), *((p.name, p.id) for p in sorted(project.phases.values(), key=lambda p: p.order))]
    if name == "fabric":
        return [("–", ""), *((f.name, f.id) for f in project.fabrics.values())]
    if name == "cable":
        types = (t.spec for t in project.rows("types").values())
        return [("by length", ""), *((s.name, s.id) for s in types if type(s).__name__ == "CableType")]
    return None


def _type_of(project: Reader, record: Record) -> AnyType | None:
    if isinstance(record, Device):
        return project.find_type(record.type)
    if isinstance(record, Instance):
        block = project.blocks.get(record.of)
        return project.find_type(block.rack_type) if block is not None and block.rack_type else None
    if isinstance(record, Block) and record.rack_type:
        return project.find_type(record.rack_type)
    return None


def _about(project: Reader, record: Record, spec: AnyType | None) -> str:
    if isinstance(record, Link):
        ends = [" / ".join(project.names_along(record.block, end.path)) for end in (record.a, record.b)]
        cables = "1 cable" if record.count == 1 else f"{record.count:,} cables"
        return f"{record.layer.capitalize()}, {cables}: {ends[0]} – {ends[1]}"
    if isinstance(record, Instance):
        block = project.blocks.get(record.of)
        return f"Placed drawing: {block.name}" if block is not None else ""
    if isinstance(record, Block):
        times = project.placements().get(record.id, 0)
        return f"{record.kind.capitalize()} drawing, built {'once' if times == 1 else f'{times:,} times'}"
    return f"{spec.maker} {spec.name}".strip() if spec is not None else ""


def _facts(spec: AnyType) -> list[tuple[str, str]]:
    found = []
    fields = fields_of(type(spec))
    for name in _FACTS:
        value = getattr(spec, name, None)
        if value is not None and value != fields[name].default:
            unit = (
                spec.unit
                if name in ("height_u", "units") and isinstance(spec, DeviceType | RackType)
                else fields[name].unit
            )
            found.append((fields[name].label, f"{show(float(value), unit)}  ({evidence_of(spec, name)})"))
    return found


def _shape(record: Record | None) -> object:
    """Return what of a record decides which fields its form has."""
    if isinstance(record, Device):
        return (record.zone != "", tuple(sorted(record.modules.items())), tuple(sorted(record.feeds.items())))
    return getattr(record, "kind", None)
