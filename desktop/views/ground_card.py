"""The card with the properties of an area or a pathway, and what lies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from core.model.fields import Field, fields_of
from core.model.records import Area, Pathway
from desktop.panels.form import Form
from desktop.widgets import button, label, row

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.pathways import Pathways

LEVEL = "level"
"""Name of the field that holds the height of a pathway."""
_PATHWAY = ("name", "kind", "carries", "width_mm", "depth_mm", LEVEL, "fill_max", "load_kg_m", "note")
_NEW = ("kind", "carries", "width_mm", "depth_mm", LEVEL)
_AREA = ("name", "kind", "height_mm", "note")
_FLOOR = ("name", "kind", "height_mm", "floor", "load_kg_m2", "point_load_kg", "rolling_load_kg", "note")
_HEIGHT = Field(
    name=LEVEL, label="Height above the floor", unit="mm", help="Of its first point; drops keep their length",
    type=int, default=2700, low=-20_000, high=100_000, choices=(),
)  # fmt: skip


class GroundCard(QFrame):
    """Stands in the panel of the properties while an area or a pathway is picked."""

    edited = Signal(str, object)
    delete_requested = Signal()
    cables_requested = Signal()

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.setProperty("role", "card")
        self.setAccessibleName("Area or pathway")
        self._key: tuple[str, ...] = ()
        self._form = Form()
        self.title = label(role="strong", wrap=True)
        self.figures: QLabel = label(role="small", wrap=True)
        self._cables = button("Select Cables", self.cables_requested.emit)
        self._delete = button("Delete", self.delete_requested.emit, icon_name="delete")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(12, 10, 12, 10)
        self._box.setSpacing(6)
        for widget in (self.title, self._form, self.figures):
            self._box.addWidget(widget)
        self._box.addLayout(row(self._cables, None, self._delete))
        self._instead_of: QWidget | None = None
        self.hide()

    def dock(self, layout: QVBoxLayout, instead_of: QWidget) -> None:
        """Stand in a panel, in the place of what it shows otherwise."""
        self._instead_of = instead_of
        self.setProperty("role", "panel")
        self.setMinimumWidth(0)
        self.setMaximumWidth(16_777_215)
        self._box.addStretch(1)
        layout.insertWidget(0, self)
        self.hide()

    @property
    def form(self) -> Form:
        """The fields shown now."""
        return self._form

    def field(self, name: str) -> Field:
        """Return what is known about a field of the card."""
        return self._form.editors[name].field

    def label_of(self, name: str) -> str:
        """Return the label of a field of the card."""
        return self.field(name).label

    def refuse(self, name: str, reason: str) -> None:
        """Say at a field why its value was not taken."""
        if name in self._form.editors:
            self._form.editors[name].refuse(reason)

    def show_new(self, fields: dict[str, Any], z_mm: int) -> None:
        """Show the fields of a pathway in the making."""
        self._make(Pathway, _NEW)
        self.title.setText("New pathway")
        self._form.show_values({**fields, LEVEL: z_mm})
        self._say("", buttons=False)

    def show_record(self, record: Area | Pathway, evaluation: Evaluation | None, path: str) -> None:
        """Show an area or a pathway, and of a pathway what lies in it."""
        if isinstance(record, Pathway):
            self._make(Pathway, _PATHWAY)
            level = {LEVEL: record.points[0][2] if record.points else 0}
        else:
            self._make(Area, _FLOOR if record.kind in ("room", "zone") else _AREA)
            level = {}
        self.title.setText(record.name or record.kind.capitalize())
        names = [name for name in self._form.editors if name != LEVEL]
        self._form.show_values({name: getattr(record, name) for name in names} | level)
        words = pathway_words(evaluation, path) if isinstance(record, Pathway) else ""
        self._cables.setVisible(isinstance(record, Pathway))
        self._say(words, buttons=True)

    def _make(self, kind: type[Area | Pathway], names: tuple[str, ...]) -> None:
        key = (kind.__name__, *names)
        if key == self._key:
            return
        self._key = key
        old, self._form = self._form, Form()
        known = fields_of(kind)
        for name in names:
            choices = None
            if name == "carries":
                choices = [(c.capitalize() or "All data cables", c) for c in known[name].choices]
            elif name == "kind":
                choices = [(c.capitalize(), c) for c in known[name].choices if c != "datum"]
            elif name == "floor":
                choices = [(c.capitalize() or "Not known", c) for c in known[name].choices]
            self._form.add(_HEIGHT if name == LEVEL else known[name], choices)
        self._form.edited.connect(self.edited)
        self._box.replaceWidget(old, self._form)
        old.deleteLater()

    def _say(self, words: str, *, buttons: bool) -> None:
        self.figures.setText(words)
        self.figures.setVisible(bool(words))
        self._delete.setVisible(buttons)
        self._cables.setVisible(buttons and self._cables.isVisibleTo(self))
        self.show()

    def setVisible(self, visible: bool) -> None:
        """Show or hide it; what it stands for is the other way round."""
        if self._instead_of is not None and visible != self.isVisibleTo(self.parentWidget()):
            self._instead_of.setVisible(not visible)
        super().setVisible(visible)


def pathway_words(evaluation: Evaluation | None, path: str) -> str:
    """Return what lies in a pathway, in words."""
    found = None if evaluation is None else evaluation.cabling.pathways
    at = -1 if found is None else found.segments.pathway_rows.get(path, -1)
    if found is None or at < 0:
        return "Cables are not laid in it, or not evaluated yet"
    segments = found.segments.pathway == at
    worst = int(found.segment_area_mm2[segments].argmax())
    cables, most = found.segment_cables[segments][worst], found.segment_fill_max[segments][worst]
    fill, mass = found.segment_fill[segments][worst], found.segment_kg_m[segments][worst]
    if not cables:
        return "No cable lies in it"
    lines = [f"{cables:,.0f} cables at its fullest place, {mass:.2g} kg for each metre"]
    if fill == fill:
        first = found.routes.of.brief.assume("tray_fill_first")
        lines.append(f"{fill:.0%} full, {most:.0%} allowed, {first:.0%} planned for the first day")
    lines += _fabric_lines(found, segments)
    if found.assumed_diameter:
        lines.append("Diameters that types do not give are assumed by medium")
    return "\n".join(lines)


def _fabric_lines(found: Pathways, segments: Any) -> list[str]:
    snap = found.routes.of
    names = [
        *(next((f.name for f in snap.brief.fabrics if f.id == key), key) for key in snap.fabrics),
        "Others",
    ]
    most = found.segment_fabric[:, segments].max(axis=1)
    return [f"{name}: {count:,} links" for name, count in zip(names, most.tolist(), strict=True) if count]
