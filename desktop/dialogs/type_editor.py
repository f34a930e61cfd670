"""Types of one's own: by form or as TOML, checked while typing, kept in the user's folder."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabWidget,
    QWidget,
)

from core.catalogue.library import Library
from core.catalogue.type_check import check_type, numbers_of
from core.catalogue.type_file import read_type, write_type
from core.errors import CagenutError
from core.files.state import types_folder
from core.files.writing import make_folder, write_safely
from core.model.fields import fields_of
from core.model.types import (
    AcceleratorType,
    AnyType,
    CableType,
    Citation,
    DeviceType,
    OpticType,
    PortGroup,
    RackType,
)
from desktop.panels.form import Form, base_type
from desktop.theme import font
from desktop.widgets import button, column, label, row

STARTS: dict[str, AnyType] = {
    "Device in a rack": DeviceType(id="my-server", name="My server", kind="server", height_u=2, ports=(
        PortGroup(name="psu{1..2}", layer="power", direction="in", connector="C20", face="rear"),)),
    "Device on the floor": DeviceType(id="my-cdu", name="My CDU", kind="cdu", floor_standing=True),
    "Rack": RackType(id="my-rack", name="My rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000),
    "Cable": CableType(id="my-cable", name="My cable", media="DAC"),
    "Optic": OpticType(id="my-optic", name="My optic", connector="OSFP-finned", rate_gbps=800, fibre="SMF",
                       reach_m=500),
    "Accelerator": AcceleratorType(id="my-accelerator", name="My accelerator"),
}  # fmt: skip
_LABELS = {"width": "Share of the rack's width", "height_u": "Height in units"}
"""Labels of fields that are called as another field of the same form."""
_SKIPPED = frozenset(("version", "sources", "notes", "suppliers"))


class TypeEditor(QDialog):
    """Form and text of one type; both show the same, the one last edited wins."""

    saved = Signal(str)
    """Carries the id of the type that was saved."""

    def __init__(self, library: Library, type_id: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        known = library.find(type_id)
        self._library = library
        self._is_new = known is None
        self.spec: AnyType = known if known is not None else _begun(next(iter(STARTS)))
        self._sound = True
        self.setWindowTitle("New type" if self._is_new else f"Type: {self.spec.name}")
        self.resize(680, 680)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Type as TOML")
        self.text.setFont(font("body", mono=True))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.source = QLineEdit()
        self.source.setAccessibleName("Source of the numbers")
        self.source.setPlaceholderText(
            "Where the numbers you typed come from: data sheet, quotation, measurement"
        )
        self.source.editingFinished.connect(self._cite)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._scroll, "Form")
        self.tabs.addTab(self.text, "TOML")
        self._problems = label(wrap=True)
        self._problems.setMinimumHeight(34)
        self._kind = QComboBox()
        self._kind.setAccessibleName("Kind of type")
        self._kind.addItems(list(STARTS))
        self._kind.activated.connect(self._start_over)
        head = row(label("Start from", "faint"), self._kind, None, margins=(14, 10, 14, 0))
        self.save_button = button("Save to my types", self.accept, primary=True)
        foot = column(
            row(label("Source", "faint"), self.source),
            self._problems,
            row(None, button("Cancel", self.reject), self.save_button),
            margins=(14, 8, 14, 12),
        )
        self.setLayout(column(*([head] if self._is_new else []), self.tabs, foot, gap=6))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(250)
        self._later.timeout.connect(self._read_text)
        self.text.textChanged.connect(self._later.start)
        self._show_all()

    def accept(self) -> None:
        """Save the type as a file of the user's."""
        self._cite()
        if not self._sound:
            return
        spec = self.spec
        try:
            folder = types_folder()
            make_folder(folder)
            path = self._library.file_of(spec.id) or folder / f"{spec.id}.toml"
            text = write_type(spec)
            read_type(text, path.name)
            write_safely(path, text.encode())
        except (CagenutError, OSError) as error:
            self._say(str(error), wrong=True)
            return
        self.saved.emit(spec.id)
        super().accept()

    def _start_over(self) -> None:
        self.spec = _begun(self._kind.currentText())
        self._show_all()
        self._cite()

    def _show_all(self) -> None:
        self._make_form()
        self._show_text()
        self._judge()

    def _make_form(self) -> None:
        self._form = Form("not known")
        values = {}
        for name, field in fields_of(type(self.spec)).items():
            if name not in _SKIPPED and base_type(field.type) in (bool, int, float, str):
                self._form.add(replace(field, label=_LABELS.get(name, field.label)))
                values[name] = getattr(self.spec, name)
        self._form.show_values(values)
        self._form.edited.connect(self._set_field)
        body = QWidget()
        body.setLayout(column(self._form, None, margins=(14, 12, 14, 12)))
        self._scroll.setWidget(body)

    def _show_text(self) -> None:
        self.text.blockSignals(True)
        self.text.setPlainText(write_type(self.spec))
        self.text.blockSignals(False)
        self._later.stop()

    def _set_field(self, name: str, value: object) -> None:
        fields = {name: value}
        if name == "name" and self._is_new and self.spec.id in {start.id for start in STARTS.values()}:
            fields["id"] = id_from(str(value)) or self.spec.id
        try:
            spec = msgspec.structs.replace(self.spec, **fields)
            self.spec = msgspec.convert(
                msgspec.to_builtins(cited(spec, name, self.source.text())), type(self.spec)
            )
        except (msgspec.ValidationError, CagenutError) as error:
            self._say(str(error), wrong=True)
            return
        if "id" in fields:
            self._form.editors["id"].show_value(self.spec.id)
        self._show_text()
        self._judge()

    def _cite(self) -> None:
        """Put the source that is typed into the type."""
        self._read_text()
        if self._sound and self.source.text().strip():
            self.spec = cited(self.spec, "", self.source.text())
            self._show_text()
            self._judge()

    def _read_text(self) -> None:
        self._later.stop()
        try:
            spec = read_type(self.text.toPlainText(), "TOML")
        except CagenutError as error:
            self._sound = False
            self._say(str(error), wrong=True)
            return
        if spec != self.spec:
            self.spec = spec
            self._make_form()
        self._judge()

    def _judge(self) -> None:
        """Say what is wrong with the type, or what looks wrong."""
        problems = check_type(self.spec)
        if not re.fullmatch(r"[A-Za-z0-9._+-]+", self.spec.id):
            problems.insert(0, "the id may hold letters, digits, dot, dash, plus and underscore")
        self._sound = True
        try:
            read_type(write_type(self.spec), "TOML")
        except CagenutError as error:
            self._sound = False
            self._say(str(error), wrong=True)
            return
        replaces = self.spec.id in self._library and not self._library.is_user(self.spec.id)
        notes = ["Your type will stand in for the built-in one of that id"] if replaces else []
        if self._is_new and self._library.is_user(self.spec.id):
            notes.append("It will replace your type of that id")
        self._say("; ".join([*problems, *notes]) or "Ready to be saved", wrong=False)

    def _say(self, words: str, *, wrong: bool) -> None:
        self._problems.setText(words[:1].upper() + words[1:])
        self._problems.setProperty("role", "error" if wrong else "faint")
        self._problems.style().polish(self._problems)
        self.save_button.setEnabled(not wrong)
        self.save_button.setToolTip(words if wrong else "")


def _begun(start: str) -> AnyType:
    """Return a type to start from: its numbers have the user as their source, so that it can be saved."""
    return cited(STARTS[start], "", "")


def id_from(name: str) -> str:
    """Return the id that a name suggests.

    Examples
    --------
    >>> id_from("Acme One (8 GPU)")
    'acme-one-8-gpu'
    """
    return re.sub(r"[^a-z0-9._+]+", "-", name.lower()).strip("-")[:64]


def cited(spec: AnyType, field: str, title: str) -> AnyType:
    """Return a type whose user citation covers a number that was typed in, and covers nothing untyped."""
    mine = next((c for c in spec.sources if c.evidence == "user"), None)
    others = []
    for citation in spec.sources:
        left = tuple(name for name in citation.fields if name != field)
        if citation is not mine and left:
            others.append(msgspec.structs.replace(citation, fields=left))
    covered = {name for citation in others for name in citation.fields}
    wanted = tuple(name for name in numbers_of(spec) if name not in covered)
    if not wanted:
        return msgspec.structs.replace(spec, sources=tuple(others))
    words = title.strip() or (mine.title if mine is not None else "Typed in by the user")
    own = Citation(fields=wanted, title=words, evidence="user")
    return msgspec.structs.replace(spec, sources=(*others, own))
