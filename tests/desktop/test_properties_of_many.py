"""Properties of several things at once: kinds, common fields, relative numbers, own values."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox

from core.editing.fields import own_fields
from core.editing.overrides import set_override
from desktop.document import Document
from desktop.main_window import MainWindow
from tests.desktop.test_panels import device, type_into

Paths = Callable[..., str]


def test_each_kind_has_a_chip_that_narrows_the_selection(
    window: MainWindow, document: Document, at: Paths
) -> None:
    racks, devices = [at("r1"), at("r2")], [at("r3", "s")]
    document.selection.set([*racks, *devices])
    panel = window.properties
    assert {kind: chip.text() for kind, chip in panel.chips.items()} == {
        "rack": "2 racks",
        "device": "1 device",
    }
    panel.chips["rack"].click()
    assert document.selection.paths == tuple(racks)
    assert panel.chips == {}


def test_common_fields_are_set_in_one_step(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1"), at("r3", "s")])
    panel = window.properties
    assert list(panel._form.editors) == ["status", "phase", "scope", "asset_tag", "serial", "note"]
    box = panel._form.editors["status"].findChild(QComboBox)
    box.setCurrentIndex(box.findData("ordered"))
    box.activated.emit(box.currentIndex())
    assert document.project.resolve(document.top, at("r1")).status == "ordered"
    assert device(document, at("r3", "s")).status == "ordered"
    assert document.history.undo_labels == ["Set status"]


def test_numbers_are_altered_relative_to_what_each_has(
    window: MainWindow, document: Document, at: Paths
) -> None:
    racks = [at("r1"), at("r2"), at("r3")]
    document.selection.set(racks)
    type_into(window.properties, "x_mm", "+100")
    places = [document.project.resolve(document.top, path).x_mm for path in racks]
    assert places == [100, 700, 1300]
    type_into(window.properties, "x_mm", "*2")
    places = [document.project.resolve(document.top, path).x_mm for path in racks]
    assert places == [200, 1400, 2600]


def test_units_are_counted_as_on_the_rack(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a"), at("r1", "b")])
    type_into(window.properties, "half_u", "+2")
    assert [device(document, at("r1", n)).half_u for n in "ab"] == [4, 24]
    type_into(window.properties, "half_u", "*1000")
    assert "The rack has" in window.properties._form.editors["half_u"].problem
    assert [device(document, at("r1", n)).half_u for n in "ab"] == [4, 24]


def test_names_from_a_pattern(window: MainWindow, document: Document, at: Paths) -> None:
    paths = [at("r2"), at("r1")]
    document.selection.set(paths)
    type_into(window.properties, "name", "row-{n:02}")
    assert [document.project.resolve(document.top, p).name for p in paths] == ["row-01", "row-02"]


def test_a_rack_has_asset_tag_and_serial(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([path := at("r2")])
    type_into(window.properties, "asset_tag", "T-7")
    assert own_fields(document.project, path) == {"asset_tag": "T-7"}
    assert own_fields(document.project, at("r1")) == {}


def test_an_own_value_is_marked_and_taken_back(window: MainWindow, document: Document, at: Paths) -> None:
    path = at("r1", "a")
    edit = document.edit("Own")
    set_override(edit, document.top, path, note="mine")
    document.commit_edit(edit)
    document.selection.set([path])
    editor = window.properties._form.editors["note"]
    assert editor.own == "Own value; the drawing says nothing"
    document.selection.set([at("r2", "a")])
    assert window.properties._form.editors["note"].own == ""
    document.selection.set([path, at("r1", "b")])
    assert window.properties._form.editors["note"].own == "1 of 2 things with an own value"
    window.properties._form.editors["note"]._own.click()
    assert own_fields(document.project, path) == {}


def test_what_is_shown_is_what_is_in_force(window: MainWindow, document: Document, at: Paths) -> None:
    path = at("r1", "a")
    document.set_only_this(True)
    document.selection.set([path])
    type_into(window.properties, "note", "mine")
    document.set_only_this(False)
    assert window.properties._selected.values("note") == ["mine"]
    type_into(window.properties, "note", "again")
    assert own_fields(document.project, path) == {"note": "again"}
    assert device(document, path).note == ""
