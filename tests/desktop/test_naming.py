"""Naming templates with a live preview; naming anew as one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.model.change import Edit
from core.model.records import NamingTemplate, Revision
from desktop.dialogs.naming import NamingDialog
from desktop.document import Document
from desktop.main_window import MainWindow

Paths = Callable[..., str]


@pytest.fixture
def dialog(window: MainWindow, document: Document, qtbot: QtBot) -> NamingDialog:
    made = NamingDialog(document, window)
    qtbot.addWidget(made)
    made.show()
    return made


def rack_names(document: Document) -> list[str]:
    racks = document.project.instances(document.top).values()
    return [rack.name for rack in sorted(racks, key=lambda rack: rack.x_mm)]


def issue(document: Document) -> None:
    edit = document.edit("Issue")
    edit.put("revisions", Revision(id="rev", number="A", date="2026-11-22"))
    document.commit_edit(edit)


def test_there_is_a_line_for_each_level(dialog: NamingDialog) -> None:
    assert list(dialog.lines) == ["instance.rack", "device.management", "device.switch", "device.server"]
    line = dialog.lines["instance.rack"]
    assert line.text.text() == ""
    assert line.text.placeholderText() == "r{n:02}"
    for each in dialog.lines.values():
        assert each.text.accessibleName()
        assert each.anew.accessibleName()
        assert each.first.accessibleName()


def test_the_preview_follows_what_is_typed(dialog: NamingDialog) -> None:
    line = dialog.lines["instance.rack"]
    line.text.setText("{row}{place:02}")
    line.anew.setChecked(True)
    dialog.look()
    assert line.change.text() == "3 of 3: r1 → A01"
    assert dialog._changes.toPlainText().split("\n") == ["r1 → A01", "r2 → A02", "r3 → A03"]
    assert dialog.apply_button.text() == "Apply and Name 3 Anew"
    line.text.setText("rack-{n}")
    line.first.set_value(7)
    line.step.set_value(1)
    QTest.keyClick(line.step, Qt.Key.Key_Up)
    dialog.look()
    assert dialog._changes.toPlainText().split("\n") == ["r1 → rack-7", "r2 → rack-9", "r3 → rack-11"]
    assert line.next.text() == "rack-7, rack-9, rack-11"


def test_templates_and_names_are_one_step(dialog: NamingDialog, document: Document) -> None:
    line = dialog.lines["instance.rack"]
    line.text.setText("{row}{n:02}")
    line.anew.setChecked(True)
    before = len(document.history.undo_labels)
    dialog.accept()
    assert rack_names(document) == ["A01", "A02", "A03"]
    assert document.project.rows("naming", "")["instance.rack"].template == "{row}{n:02}"
    assert len(document.history.undo_labels) == before + 1
    document.undo()
    assert rack_names(document) == ["r1", "r2", "r3"]
    assert not document.project.rows("naming", "")


def test_templates_alone_change_no_name(dialog: NamingDialog, document: Document) -> None:
    dialog.lines["device.switch"].text.setText("leaf-{n}")
    dialog.accept()
    assert rack_names(document) == ["r1", "r2", "r3"]
    assert document.project.rows("naming", "")["device.switch"].template == "leaf-{n}"


def test_a_template_can_hold_in_one_drawing_and_be_taken_back(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    edit = document.edit("Name")
    edit.put("naming", NamingTemplate(block=document.top, id="instance.rack", template="own{n}"))
    document.commit_edit(edit)
    made = NamingDialog(document, window)
    qtbot.addWidget(made)
    made.scope.setCurrentIndex(made.scope.findData(document.top))
    assert list(made.lines) == ["instance.rack"]
    assert made.lines["instance.rack"].text.text() == "own{n}"
    made.lines["instance.rack"].text.clear()
    made.accept()
    assert not document.project.rows("naming", document.top)


def test_what_cannot_be_read_is_marked_and_not_applied(dialog: NamingDialog, document: Document) -> None:
    line = dialog.lines["instance.rack"]
    line.text.setText("{u}")
    dialog.accept()
    assert dialog.isVisible()
    assert line.text.property("wrong") == "true"
    assert "Racks:" in dialog._problem.text()
    assert not dialog.apply_button.isEnabled()
    line.text.setText("r{n}")
    dialog.look()
    assert not line.text.property("wrong")
    assert dialog.apply_button.isEnabled()


def test_issued_names_stay_but_templates_can_change(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    issue(document)
    made = NamingDialog(document, window)
    qtbot.addWidget(made)
    assert "revision A was issued" in made._banner.accessibleName()
    line = made.lines["instance.rack"]
    assert not line.anew.isEnabled()
    assert "revision A" in line.anew.toolTip()
    line.text.setText("x{n}")
    made.accept()
    assert rack_names(document) == ["r1", "r2", "r3"]
    assert document.project.rows("naming", "")["instance.rack"].template == "x{n}"


def test_the_selection_is_renumbered(window: MainWindow, document: Document, at: Paths) -> None:
    actions = window.actions_
    actions.refresh()
    assert not actions["naming.renumber"].isEnabled()
    assert "select what is to be named anew" in actions["naming.renumber"].toolTip()
    document.selection.set([at("r3"), at("r2")])
    actions.run("naming.renumber")
    assert rack_names(document) == ["r1", "r01", "r02"]
    document.undo()
    assert rack_names(document) == ["r1", "r2", "r3"]
    issue(document)
    actions.refresh()
    assert "frozen since revision A" in actions["naming.renumber"].toolTip()


def test_the_command_opens_the_dialog(window: MainWindow, document: Document) -> None:
    window.actions_.run("naming.templates")
    (made,) = window.findChildren(NamingDialog)
    assert made.isVisible()
    made.reject()
    assert not document.history.undo_labels


def test_a_preview_is_no_edit(dialog: NamingDialog, document: Document) -> None:
    stamp = Edit(document.project, "x").rows("naming", "")
    dialog.lines["instance.rack"].text.setText("z{n}")
    dialog.lines["instance.rack"].anew.setChecked(True)
    dialog.look()
    assert document.project.rows("naming", "") == stamp
    assert rack_names(document) == ["r1", "r2", "r3"]
