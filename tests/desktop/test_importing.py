"""Types of a NetBox library, in the window: seen first, settled, then imported at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressDialog
from pytestqt.qtbot import QtBot

from core.catalogue.library import Library
from core.files.state import types_folder
from core.model.types import DeviceType
from desktop.dialogs.importing.window import SETTING, TypeImportDialog
from desktop.main_window import MainWindow

DEVICE = "manufacturer: Acme\nmodel: {0}\nslug: acme-{0}\nu_height: {1}\nis_full_depth: true\n"
PORTS = "interfaces:\n- {name: p1, type: warp-core}\n"
FILES = {
    "device-types/Acme/a.yaml": DEVICE.format("a", 1) + PORTS,
    "device-types/Acme/b.yaml": DEVICE.format("b", 2) + "weight: 0\nweight_unit: kg\n",
    "device-types/Acme/c.yaml": DEVICE.format("c", "1.3"),
    "module-types/Acme/m.yaml": "manufacturer: Acme\nmodel: m\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "library" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "library" / name).write_text(text, "utf-8")
    return tmp_path / "library"


def opened(window: MainWindow, qtbot: QtBot) -> TypeImportDialog:
    window.actions_.run("file.types")
    (made,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, TypeImportDialog) and w.isVisible()]
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(window: MainWindow, source: Path, qtbot: QtBot) -> TypeImportDialog:
    made = opened(window, qtbot)
    read(made, source, qtbot)
    return made


def read(dialog: TypeImportDialog, source: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.reading.done, timeout=30_000):
        dialog.open_library(source)


def shown(dialog: TypeImportDialog) -> list[tuple[str, str]]:
    model = dialog.types.model
    return [(row.file.rpartition("/")[2], model.words(row, 0)) for row in dialog.types.shown]


def test_nothing_to_import_before_a_library_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Choose a folder or an archive first"
    assert dialog.focusWidget() is dialog.choose_folder


def test_every_file_is_shown_with_its_verdict_first(dialog: TypeImportDialog) -> None:
    assert dialog.words.text() == (
        "4 files: 3 can be imported, 1 of them with something that is doubted; 1 is refused."
    )
    assert shown(dialog) == [
        ("a.yaml", "Imported"),
        ("b.yaml", "Look at it"),
        ("c.yaml", "Refused"),
        ("m.yaml", "Imported"),
    ]
    assert not list(types_folder().glob("*"))
    dialog.types.verdict.setCurrentIndex(dialog.types.verdict.findData("refused"))
    assert shown(dialog) == [("c.yaml", "Refused")]
    dialog.types.view.selectRow(0)
    assert "a height of 1.3 units is not possible" in dialog.types.said.toPlainText()
    assert not dialog.types.set_kind.isEnabled()


def test_imported_types_are_in_the_catalogue_at_once(dialog: TypeImportDialog, window: MainWindow) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible()
    assert window.statusBar().currentMessage() == "3 types of NetBox imported: 3 new; 1 refused"
    assert "acme-a" in window.library
    assert "acme-m" in Library.load(types_folder())


def test_search_and_only_what_is_shown(dialog: TypeImportDialog, window: MainWindow) -> None:
    assert not dialog.only_shown.isVisible()
    dialog.types.search.setText("ACME-b")
    assert [name for name, _ in shown(dialog)] == ["b.yaml"]
    dialog.only_shown.setChecked(True)
    assert dialog.go.text() == "Import 1 Type"
    dialog.import_types()
    assert ("acme-b" in window.library, "acme-a" in window.library) == (True, False)


def test_what_is_settled_is_read_with_and_kept(
    dialog: TypeImportDialog, window: MainWindow, source: Path, qtbot: QtBot
) -> None:
    dialog.tabs.setCurrentWidget(dialog.mapping)
    table = dialog.mapping.connectors
    assert [table.data(table.index(0, place)) for place in range(3)] == ["warp-core", "1", "not known"]
    table.setData(table.index(0, 2), "QSFP28")
    box = dialog.mapping.boxes["nothing"]
    box.setCurrentText("storage")
    box.activated.emit(box.currentIndex())
    with qtbot.waitSignal(dialog.reading.done, timeout=30_000):
        dialog.tabs.setCurrentWidget(dialog.types)
    dialog.types.select("device-types/Acme/b.yaml")
    dialog.types.new_kind.setCurrentText("server")
    dialog.types.set_kind.click()
    with qtbot.waitSignal(dialog.finished, timeout=30_000):
        dialog.import_types()
    a, b = window.library.get("acme-a"), window.library.get("acme-b")
    assert isinstance(a, DeviceType)
    assert (a.kind, a.ports[0].connector) == ("storage", "QSFP28")
    assert getattr(b, "kind", "") == "server"
    assert window.settings.values[SETTING]["connectors"] == {"warp-core": "QSFP28"}
    again = opened(window, qtbot)
    assert again.choices.kinds == {"nothing": "storage"}
    again.mapping.usual.click()
    assert again.choices.kinds == {}


def test_cancelled_nothing_is_imported(window: MainWindow, source: Path, qtbot: QtBot) -> None:
    dialog = opened(window, qtbot)
    dialog.open_library(source)
    (progress,) = dialog.findChildren(QProgressDialog)
    with qtbot.waitSignal(dialog.reading.done, timeout=30_000):
        progress.cancel()
    assert not dialog.reading.is_busy
    assert dialog.words.text() == "library was not read: cancelled"
    assert dialog.read is None
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert not list(types_folder().glob("*"))


def test_what_is_no_library_is_said(dialog: TypeImportDialog, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "torn.tar.xz").write_bytes(b"no archive")
    read(dialog, tmp_path / "torn.tar.xz", qtbot)
    assert "no archive that can be read" in dialog.words.text()
    assert dialog.words.property("role") == "error"


def test_the_report_is_that_of_the_command_line(dialog: TypeImportDialog, tmp_path: Path) -> None:
    dialog.write_report(tmp_path / "report.json")
    data = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert data["counts"]["refused"] == 1
    assert [entry["file"] for entry in data["refused"]] == ["device-types/Acme/c.yaml"]
    dialog.write_report(tmp_path / "absent" / "report.json")
    assert dialog.words.property("role") == "error"
