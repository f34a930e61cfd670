"""Racks and devices from a table, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.exchange.placing_export import placing_rows
from desktop.dialogs.table_import import TableImportDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.conftest import RACK, SERVER


@pytest.fixture
def dialog(window: MainWindow, document: Document, qtbot: QtBot) -> TableImportDialog:
    window.actions_.run("file.table")
    (made,) = [
        w for w in QApplication.topLevelWidgets() if isinstance(w, TableImportDialog) and w.isVisible()
    ]
    qtbot.addWidget(made)
    return made


def test_a_table_is_shown_first_and_placed_in_one_step(
    dialog: TableImportDialog, document: Document, tmp_path: Path
) -> None:
    before = placing_rows(document.project)
    assert dialog.go.toolTip() == "Open a file first"
    text = f"Cabinet;Host;Model;U;x;y;Rack type\n;r4;;;6000;0;{RACK}\nr4;c;{SERVER};5;;;\nr1;a;;41;;;\n"
    (tmp_path / "racks.csv").write_text(text)
    dialog.open_file(tmp_path / "racks.csv")
    assert dialog.columns == {
        "rack": 0,
        "name": 1,
        "device_type": 2,
        "unit": 3,
        "x": 4,
        "y": 5,
        "rack_type": 6,
    }
    assert dialog.words.text() == "racks.csv: 2 placed, 1 changed."
    assert placing_rows(document.project) == before
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible()
    assert len(placing_rows(document.project)) == len(before) + 2
    document.undo()
    assert placing_rows(document.project) == before


def test_what_is_wrong_holds_all_back_until_it_is_left_out(
    dialog: TableImportDialog, document: Document, tmp_path: Path
) -> None:
    before = placing_rows(document.project)
    (tmp_path / "racks.csv").write_text(f"name,x,y,rack type\nr4,6000,0,{RACK}\nr5,7000,0,None such\n")
    dialog.open_file(tmp_path / "racks.csv")
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Mend the rows that cannot be read, or leave them out"
    assert not dialog.place()
    dialog.leave_out.setChecked(True)
    assert dialog.place()
    assert len(placing_rows(document.project)) == len(before) + 1


def test_columns_can_be_chosen_by_hand(dialog: TableImportDialog, tmp_path: Path) -> None:
    (tmp_path / "racks.csv").write_text("what,x\nr1,600\n")
    dialog.open_file(tmp_path / "racks.csv")
    assert (
        dialog.words.text() == "racks.csv: no column gives names. Choose the column in which the names stand"
    )
    box = dialog.boxes["name"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert dialog.words.text() == "racks.csv: 1 changed."
    assert dialog.rows.model.lines[0].words == "to x 600, y 0 mm, 0°"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_stands_is_saved_and_read_again_without_change(
    dialog: TableImportDialog, document: Document, tmp_path: Path, ending: str, qtbot: QtBot
) -> None:
    rows = placing_rows(document.project)
    dialog.write_table(tmp_path / f"racks.{ending}", rows)
    dialog.open_file(tmp_path / f"racks.{ending}")
    qtbot.waitUntil(lambda: dialog.placing is not None, timeout=30_000)
    assert dialog.words.text().endswith(f"{len(rows)} as they stand.")
    assert dialog.go.toolTip() == "All stands as the table says"


def test_a_template_is_an_empty_table(dialog: TableImportDialog, tmp_path: Path) -> None:
    dialog.write_table(tmp_path / "racks.csv", [])
    dialog.open_file(tmp_path / "racks.csv")
    assert len(dialog.columns) == 17
    assert dialog.words.text() == "racks.csv: no rows."
