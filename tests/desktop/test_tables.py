"""Tables below the drawings: what they list, edits of many rows, paste, selection, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from core.editing.fields import own_fields
from core.errors import EditError
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.tables.headings import ask_values
from desktop.tables.panel import TablePanel

Paths = Callable[..., str]
CONTROL = Qt.KeyboardModifier.ControlModifier


def section(table: TablePanel, name: str) -> int:
    return [column.name for column in table.model.columns].index(name)


def texts(table: TablePanel, name: str) -> list[str]:
    at = section(table, name)
    return [table.model.index(row, at).data() for row in range(table.model.rowCount())]


def select(table: TablePanel, name: str, first: int, last: int, *, to: str = "") -> None:
    """Select cells as a drag of the mouse does."""
    model = table.view.selectionModel()
    start = table.model.index(first, section(table, name))
    end = table.model.index(last, section(table, to or name))
    model.select(QItemSelection(start, end), model.SelectionFlag.ClearAndSelect)
    model.setCurrentIndex(start, model.SelectionFlag.NoUpdate)
    QApplication.processEvents()


def settle() -> None:
    """Let the table follow what was edited: a few turns of the event loop."""
    for _ in range(5):
        QApplication.processEvents()


def type_into_cell(table: TablePanel, text: str) -> None:
    """Edit the current cell with F2 and Enter."""
    table.view.setFocus()
    QTest.keyClick(table.view, Qt.Key.Key_F2)
    (line,) = (line for line in table.view.findChildren(QLineEdit) if line.isVisible())
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle()


def test_a_table_lists_what_is_drawn_and_follows_edits(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    table = window.tables.show("devices")
    assert table.count_text == "6 devices"
    assert sorted(texts(table, "name")) == ["a", "a", "b", "b", "s", "t"]
    document.selection.set([at("r3", "t")])
    window.actions_.run("edit.delete")
    qtbot.waitUntil(lambda: table.count_text == "5 devices")
    document.undo()
    qtbot.waitUntil(lambda: table.count_text == "6 devices")


def test_tables_are_made_when_they_are_first_seen(window: MainWindow, document: Document) -> None:
    assert window.tables.panels == {}
    window.tables.show("racks")
    assert list(window.tables.panels) == ["racks"]


def test_one_edit_sets_all_marked_rows_in_one_step(window: MainWindow, document: Document, at: Paths) -> None:
    table = window.tables.show("racks")
    select(table, "asset_tag", 0, 1)
    assert document.selection.paths == (at("r1"), at("r2"))
    type_into_cell(table, "T-9")
    assert [own_fields(document.project, at(r)).get("asset_tag") for r in ("r1", "r2", "r3")] == [
        "T-9",
        "T-9",
        None,
    ]
    assert texts(table, "asset_tag") == ["T-9", "T-9", ""]
    assert window.workspace.name == "hall"  # Enter in a cell does not jump
    assert document.history.undo_labels == ["Set asset tag of 2 racks"]
    document.undo()
    settle()
    assert texts(table, "asset_tag") == ["", "", ""]


def test_choices_are_chosen(window: MainWindow, document: Document) -> None:
    table = window.tables.show("racks")
    select(table, "status", 1, 1)
    table.view.edit(table.view.currentIndex())
    box = table.view.findChild(QComboBox)
    assert [box.itemText(k) for k in range(3)] == ["–", "existing", "planned"]
    box.setCurrentIndex(2)
    box.activated.emit(2)
    settle()
    assert texts(table, "status") == ["", "planned", ""]


def test_all_copies_or_only_this_one(window: MainWindow, document: Document, at: Paths) -> None:
    table = window.tables.show("devices")
    row = texts(table, "name").index("a")
    select(table, "note", row, row)
    type_into_cell(table, "all")
    assert texts(table, "note").count("all") == 2
    document.set_only_this(True)
    select(table, "note", row, row)
    type_into_cell(table, "mine")
    assert sorted(filter(None, texts(table, "note"))) == ["all", "mine"]


def test_a_refused_edit_names_the_row_and_changes_nothing(window: MainWindow, document: Document) -> None:
    table = window.tables.show("devices")
    select(table, "name", 0, 0)
    before = document.project.stamp
    QApplication.clipboard().setText("x\nx\n")
    with pytest.raises(EditError) as found:
        window.tables.paste(table)
    assert "row 2 of 2" in str(found.value)
    assert document.project.stamp == before


def test_a_rectangle_is_pasted_whole_or_not_at_all(window: MainWindow, document: Document) -> None:
    table = window.tables.show("racks")
    select(table, "asset_tag", 0, 0)
    QApplication.clipboard().setText("Asset tag\tSerial number\nT-1\tS-1\nT-2\tS-2\n")
    QTest.keyClick(table.view, Qt.Key.Key_V, CONTROL)
    settle()
    assert texts(table, "asset_tag") == ["T-1", "T-2", ""]
    assert texts(table, "serial") == ["S-1", "S-2", ""]
    assert len(document.history.undo_labels) == 1
    select(table, "asset_tag", 1, 1)
    QApplication.clipboard().setText("1\n2\n3\n")
    with pytest.raises(EditError, match="3 rows do not fit: 2 are listed"):
        window.tables.paste(table)
    select(table, "drawing", 0, 0)
    with pytest.raises(EditError, match="'Drawing' cannot be edited"):
        window.tables.paste(table)
    assert len(document.history.undo_labels) == 1


def test_one_copied_cell_fills_all_selected_ones_and_delete_empties_them(
    window: MainWindow, document: Document
) -> None:
    table = window.tables.show("racks")
    QApplication.clipboard().setText("same")
    select(table, "note", 0, 2)
    QTest.keyClick(table.view, Qt.Key.Key_V, CONTROL)
    settle()
    assert texts(table, "note") == ["same"] * 3
    select(table, "note", 1, 2)
    QTest.keyClick(table.view, Qt.Key.Key_Delete)
    settle()
    assert texts(table, "note") == ["same", "", ""]
    assert len(document.project.instances(document.top)) == 3


def test_copied_text_is_what_is_seen(window: MainWindow, document: Document) -> None:
    table = window.tables.show("racks")
    table.view.sortByColumn(section(table, "name"), Qt.SortOrder.DescendingOrder)
    assert table.model.headerData(section(table, "name"), Qt.Orientation.Horizontal) == "Name ▼"
    select(table, "name", 0, 1, to="drawing")
    QTest.keyClick(table.view, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "Name\tWithin\tDrawing\nr3\t\tNetwork rack\nr2\t\tNode rack\n"
    select(table, "name", 0, 0)
    QTest.keyClick(table.view, Qt.Key.Key_C, CONTROL)
    assert QApplication.clipboard().text() == "r3"


def test_filter_sort_and_values(window: MainWindow, document: Document) -> None:
    table = window.tables.show("devices")
    table.filter.setText("rack:r3 -name:t")
    table.refilter()
    assert (texts(table, "name"), table.count_text) == (["s"], "1 of 6 devices")
    table.filter.setText("nothing:x")
    table.refilter()
    assert table.problem.startswith("There is no column 'nothing'. Columns: Name, Rack")
    assert texts(table, "name") == ["s"]
    table.show_all()
    popup = ask_values(table, section(table, "type.kind"), table.mapToGlobal(table.rect().topLeft()))
    assert popup is not None
    assert [popup.list.item(k).text() for k in range(2)] == ["management   4", "switch   2"]
    popup.search.setText("swi")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert sorted(texts(table, "name")) == ["s", "t"]
    assert "(filtered)" in table.model.headerData(section(table, "type.kind"), Qt.Orientation.Horizontal)
    table.show_all()
    assert table.count_text == "6 devices"


def test_the_selection_is_the_same_in_drawings_and_tables(
    window: MainWindow, document: Document, at: Paths
) -> None:
    table = window.tables.show("devices")
    document.selection.set([at("r2", "b")])
    marked = [table.listing.cells("path").text(int(row)) for row in table.model.marked()]
    assert marked == ["r2 / b"]
    table.only_selection.setChecked(True)
    assert (texts(table, "name"), texts(table, "holder")) == (["b"], ["r2"])
    table.only_selection.setChecked(False)
    row = texts(table, "name").index("s")
    select(table, "name", row, row)
    assert document.selection.paths == (at("r3", "s"),)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert window.workspace.name == "racks"


def test_a_port_is_picked_out(window: MainWindow, document: Document, at: Paths) -> None:
    table = window.tables.show("ports")
    names = list(zip(texts(table, "device"), texts(table, "port"), strict=True))
    row = next(i for i, (device, _) in enumerate(names) if device == "r3 / t")
    select(table, "port", row, row)
    assert document.selection.port == (at("r3", "t"), names[row][1])


def test_a_part_of_the_bill_of_materials_leads_to_its_devices(
    window: MainWindow, document: Document, at: Paths
) -> None:
    table = window.tables.show("materials")
    row = next(i for i, part in enumerate(texts(table, "part")) if "R760" in part)
    assert texts(table, "count")[row] == "4"
    select(table, "part", row, row)
    window.tables.jump(table)
    assert set(document.selection.paths) == {at(r, n) for r in ("r1", "r2") for n in "ab"}


def test_columns_are_chosen_and_remembered(window: MainWindow, document: Document) -> None:
    table = window.tables.show("racks")
    table.choose_columns(["name", "mass"])
    table.view.horizontalHeader().moveSection(0, 1)
    assert table.shown_columns() == ["mass", "name"]
    assert window.settings.values["tables"]["racks"]["columns"] == ["mass", "name"]
    assert TablePanel(table.kind, window.settings.values["tables"]["racks"]).shown_columns() == [
        "mass",
        "name",
    ]


def test_a_cancelled_import_changes_nothing(window: MainWindow, document: Document, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("name,note\nr1,x\nnobody,y\n")
    stamp = document.project.stamp
    dialog = window.tables.import_fields(file)
    assert dialog is not None
    assert dialog.plan.summary == "1 new, 1 unmatched"
    assert (
        dialog.model.index(0, 3).data()
        == "unmatched: nothing here is called 'nobody'; see the names in the tables"
    )
    dialog.reject()
    assert document.project.stamp == stamp


def test_an_exported_table_is_imported_without_a_change(
    window: MainWindow, document: Document, tmp_path: Path
) -> None:
    for name in ("devices", "racks"):
        table = window.tables.show(name)
        window.tables.export(table, tmp_path / "t.csv")
        dialog = window.tables.import_fields(tmp_path / "t.csv")
        assert dialog is not None
        assert dialog.plan.count("unchanged") == len(table.model.rows)
        assert not dialog.apply.isEnabled()
        dialog.reject()


def test_all_columns_can_be_read_while_the_design_is_ahead_of_the_results(
    window: MainWindow, document: Document, at: Paths
) -> None:
    for name in ("devices", "racks", "cables", "ports"):
        window.tables.show(name)
    document.selection.set([at("r3"), at("r1", "a")])
    window.actions_.run("edit.delete")
    for name in ("devices", "racks", "cables", "ports"):
        listing = window.tables.panel(name).listing
        for column in listing.kind.columns:
            cells = listing.cells(column.name)
            assert all(isinstance(cells.text(int(row)), str) for row in listing.rows[:5])


def test_a_field_of_the_drawing_makes_only_this_one_unique(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    table = window.tables.show("devices")
    document.set_only_this(True)
    row = next(i for i, path in enumerate(texts(table, "holder")) if path == "r2")
    table.choose_columns(["name", "holder", "scope"])
    select(table, "scope", row, row)
    table.model.setData(table.model.index(row, section(table, "scope")), "OFCI")
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    settle()
    assert sorted(zip(texts(table, "holder"), texts(table, "scope"), strict=True)).count(("r2", "OFCI")) == 1
    assert texts(table, "scope").count("OFCI") == 1
    assert document.block_at(at("r1")) != document.block_at(at("r2"))
    assert len(document.history.undo_labels) == 1


def test_a_number_is_altered_relative_to_what_each_row_has(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    table = window.tables.show("racks")
    select(table, "x_mm", 0, 2)
    table.model.setData(table.model.index(0, section(table, "x_mm")), "+50")
    # Places on the plan come with the results.
    qtbot.waitUntil(lambda: texts(table, "x_mm") == ["50", "650", "1,250"])
