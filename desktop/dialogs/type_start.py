"""What a new type starts from: nothing, a type of the catalogue, or a file of the NetBox library."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from core.catalogue.library import Library
from core.model.types import (
    AcceleratorType,
    AnyType,
    CableType,
    DeviceType,
    OpticType,
    PortGroup,
    RackType,
)
from desktop.dialogs.type_fields import suggest
from desktop.widgets import label, row

STARTS: dict[str, AnyType] = {
    "Device in a rack": DeviceType(id="my-server", name="My server", kind="server", height_u=2, ports=(
        PortGroup(name="psu{1..2}", layer="power", direction="in", connector="C20", face="rear"),)),
    "Device on the floor": DeviceType(id="my-cdu", name="My CDU", kind="cdu", floor_standing=True),
    "Module": DeviceType(id="my-module", name="My module", kind="module", ports=(
        PortGroup(name="p{1..2}", layer="data", connector="QSFP112", rate_gbps=400, face="rear"),)),
    "Rack": RackType(id="my-rack", name="My rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000),
    "Cable": CableType(id="my-cable", name="My cable", media="DAC"),
    "Optic": OpticType(id="my-optic", name="My optic", connector="OSFP-finned", rate_gbps=800, fibre="SMF",
                       reach_m=500),
    "Accelerator": AcceleratorType(id="my-accelerator", name="My accelerator"),
}  # fmt: skip
YAML_FILTER = "NetBox device type (*.yaml *.yml)"


class StartBar(QFrame):
    """The line at the head of a new type."""

    chosen = Signal(object)
    """Carries the type to start from."""
    imported = Signal(str)
    """Carries the path of a YAML file."""
    pasted = Signal(str)
    """Carries the text of one."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._library = library
        self.kind = QComboBox()
        self.kind.setAccessibleName("Start from an empty type")
        self.kind.addItems(list(STARTS))
        self.kind.activated.connect(self.start_empty)
        self.copy = QLineEdit()
        self.copy.setAccessibleName("Start from a copy of a catalogue type")
        self.copy.setPlaceholderText("a copy of … (type to search the catalogue)")
        self._names = {f"{spec.maker} {spec.name}".strip() + f"  ·  {spec.id}": spec.id for spec in library}
        self._copied_last = ""
        completer = suggest(self.copy, list(self._names))
        completer.activated[str].connect(self._copied)
        self.copy.returnPressed.connect(lambda: self._copied(completer.currentCompletion()))
        self.yaml = QPushButton("Import NetBox YAML …")
        self.yaml.setAutoDefault(False)
        menu = QMenu(self.yaml)
        menu.addAction("From a File …", self.ask_file)
        self._paste = menu.addAction("From the Clipboard", self._from_clipboard)
        menu.aboutToShow.connect(lambda: self._paste.setEnabled(bool(_clipboard().strip())))
        self.yaml.setMenu(menu)
        box = row(label("Start from", "faint"), self.kind, self.copy, self.yaml, margins=(14, 8, 14, 8))
        box.setStretchFactor(self.copy, 1)
        self.setLayout(box)

    def start_empty(self) -> None:
        """Start from the empty type that is chosen."""
        self._copied_last = ""
        self.copy.clear()
        self.chosen.emit(STARTS[self.kind.currentText()])

    def ask_file(self) -> None:
        """Ask for a YAML file."""
        path, _ = QFileDialog.getOpenFileName(self, "Import a NetBox device type", "", YAML_FILTER)
        if path:
            self.imported.emit(path)

    def _copied(self, text: str) -> None:
        type_id = self._names.get(text)
        if type_id is not None and text != self._copied_last:
            self._copied_last = text
            self.chosen.emit(copy_of(self._library.get(type_id), self._library))

    def _from_clipboard(self) -> None:
        self.pasted.emit(_clipboard())


def copy_of(spec: AnyType, library: Library) -> AnyType:
    """Return a type like another one under an id and a name of its own."""
    copy, number = f"{spec.id[:55]}-copy", 1
    while copy in library:
        number += 1
        copy = f"{spec.id[:55]}-copy-{number}"
    return msgspec.structs.replace(spec, id=copy, name=f"{spec.name[:120]} (copy)", version=1)


def _clipboard() -> str:
    board = QGuiApplication.clipboard()
    return board.text() if board is not None else ""
