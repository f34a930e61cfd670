"""What a trial user stumbled over, one test for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.editing.cabling.connect import connect, first_compatible
from core.editing.footprint import box_of
from core.editing.grouping import group
from core.editing.issuing import issue
from core.editing.space import unit_span
from core.model.change import Edit
from core.model.records import Device, Fabric, Instance, Link
from core.model.types import RackType
from desktop.canvas.items import note_box
from desktop.dialogs import export
from desktop.dialogs.export import ExportDialog
from desktop.dialogs.recover import RecoverDialog
from desktop.dialogs.type_editor import STARTS, TypeEditor
from desktop.document import Document
from desktop.dragging import Carried
from desktop.main_window import MainWindow
from desktop.panels.catalogue_list import BADGE_HEIGHT, EntryList, _badge, hot_spot
from desktop.panels.form import FieldEditor
from desktop.panels.units import unit_notation
from desktop.templates import templates
from desktop.views.racking import used_ports
from tests.desktop.conftest import RACK, SERVER
from tests.desktop.gestures import click, drag_in, drop, send
from tests.desktop.test_racks import racks_token

Paths = Callable[..., str]


def instance(document: Document, path: str) -> Instance:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Instance)
    return found


def test_export_asks_before_it_replaces_a_file(
    window: MainWindow, document: Document, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(parent: object, title: str, text: str, *rest: object, **options: object) -> int:
        asked.append(text)
        return 1

    monkeypatch.setattr(export, "ask", ask)
    (tmp_path / "set.pdf").write_text("mine")
    dialog = ExportDialog(document, window)
    qtbot.addWidget(dialog)
    dialog.file.setText(str(tmp_path / "set.pdf"))
    dialog.start()
    assert dialog.go.isEnabled()
    assert asked == ["set.pdf is there already"]
    assert (tmp_path / "set.pdf").read_text() == "mine"


def test_export_is_called_after_project_and_revision(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    def name() -> str:
        dialog = ExportDialog(document, window)
        qtbot.addWidget(dialog)
        return Path(dialog.file.text()).name

    assert name() == "Small-draft.pdf"
    edit = Edit(document.project, "Issue")
    issue(edit, number="P01", date="2026-01-01", author="A", checker="B", approver="C", purpose="for review",
          description="First")  # fmt: skip
    document.commit_edit(edit)
    assert name() == "Small-rev-P01.pdf"


def test_the_label_of_a_drag_never_covers_what_is_said_about_the_landing(
    window: MainWindow, document: Document, qtbot: QtBot
) -> None:
    assert isinstance(window.catalogue.list, EntryList)
    entry = window.catalogue.model.items[0]
    badge = _badge(entry)
    size, hot = badge.deviceIndependentSize(), hot_spot(badge)
    assert size.height() == BADGE_HEIGHT
    canvas = QWidget()
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    for x in range(0, 901, 60):
        for y in range(0, 601, 20):
            at = QPointF(x, y)
            seen = QRectF(at - QPointF(hot), size)
            for lines in (1, 3):
                note = note_box(at, 420, lines * 18 + 10, canvas)
                assert not note.intersects(seen), (x, y)


def test_only_this_one_and_an_edit_of_nothing_leave_the_drawing_shared(document: Document, at: Paths) -> None:
    document.set_only_this(True)
    record = document.project.resolve(document.top, at("r1", "a"))
    assert record is not None
    edit = document.edit("Nothing", at("r1"))
    edit.replace("devices", edit.resolve(document.top, at("r1", "a")).key, half_u=0)  # type: ignore[union-attr]
    assert not document.commit_edit(edit)
    assert document.block_at(at("r1")) == document.block_at(at("r2"))
    assert document.history.undo_labels == []


def test_the_frame_under_the_pointer_goes_with_a_change(
    window: MainWindow, document: Document, at: Paths
) -> None:
    from PySide6.QtCore import QEvent

    hall = window.workspace.hall
    send(hall, QEvent.Type.MouseMove, (1500, 500), held=False)
    assert hall.outlines._hover is not None
    document.selection.set([at("r3")])
    window.actions_.run("edit.rotate")
    assert hall.outlines._hover is None


def test_turning_stays_on_the_grid_and_four_turns_move_nothing(
    window: MainWindow, document: Document, at: Paths
) -> None:
    path = at("r2")
    document.selection.set([path])
    begun = instance(document, path)
    for action in ["edit.rotate"] * 4 + ["edit.rotate_right"] * 4:
        window.actions_.run(action)
        box = box_of(document.project, instance(document, path))
        assert (box.left % 600, box.front % 600) == (0, 0)
    now = instance(document, path)
    assert (now.x_mm, now.y_mm, now.rotation) == (begun.x_mm, begun.y_mm, 0)


@pytest.mark.parametrize("what", ["rack", "template", "block"])
def test_a_rack_dragged_over_the_racks_is_refused_in_words(
    window: MainWindow, document: Document, at: Paths, what: str
) -> None:
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    carried = {
        "rack": Carried("type", RACK),
        "template": Carried("template", next(iter(templates())).name),
        "block": Carried("block", document.block_at(at("r1"))),
    }[what]
    drag_in(racks, carried, (100, -100))
    assert "placed in the hall: Alt+1" in racks.overlay.note
    before = document.project.stamp
    drop(racks, carried, (100, -100))
    assert "placed in the hall: Alt+1" in window.statusBar().currentMessage()
    assert (document.project.stamp, racks.tool.name, racks.overlay.is_empty) == (before, "select", True)


def test_a_server_dragged_over_the_hall_is_refused_in_words(window: MainWindow, document: Document) -> None:
    drag_in(window.workspace.hall, Carried("type", SERVER), (3000, 3000))
    assert "Alt+2" in window.workspace.hall.overlay.note


def type_into(window: MainWindow, name: str, text: str) -> FieldEditor:
    editor = window.properties._form.editors[name]
    line = editor.findChild(QLineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClick(line, Qt.Key.Key_Return)
    return editor


def typed(editor: FieldEditor) -> str:
    return str(editor.findChild(QLineEdit).text())


def device(document: Document, path: str) -> Device:
    found = document.project.resolve(document.top, path)
    assert isinstance(found, Device)
    return found


def test_a_position_is_typed_as_printed_on_the_rack(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "b")])
    assert typed(window.properties._form.editors["half_u"]) == "U11"
    for text, half_u in (("U20", 38), ("7.5", 13), ("u 7", 12)):
        type_into(window, "half_u", text)
        assert device(document, at("r1", "b")).half_u == half_u
    editor = type_into(window, "half_u", "U99")
    assert (typed(editor), device(document, at("r1", "b")).half_u) == ("U99", 12)
    assert "U1 to U" in editor.problem


def test_units_of_a_rack_numbered_from_the_top() -> None:
    rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000, numbering="down")
    notation = unit_notation(rack)
    assert [notation.show(half_u) for half_u in (0, 1, 82)] == ["U42", "U41.5", "U1"]
    assert all(notation.parse(notation.show(half_u)) == half_u for half_u in range(84))


def test_units_of_a_rack_that_begins_at_another_number() -> None:
    rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000, first_unit=101)
    notation = unit_notation(rack)
    assert [notation.show(half_u) for half_u in (0, 1, 82)] == ["U101", "U101.5", "U142"]
    assert all(notation.parse(notation.show(half_u)) == half_u for half_u in range(84))
    assert unit_span(rack, 22, 38) == "U112-U119"
    assert unit_span(structs.replace(rack, numbering="down"), 22, 38) == "U131-U124"


def test_what_is_refused_stays_typed_with_the_reason_beside_it(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "b")])
    before = document.project.stamp
    for name, text, reason in (
        ("half_u", "U1", "hold"),
        ("name", "a", "'a' is taken"),
        ("power_limit_w", "-5", "At least 0"),
        ("power_limit_w", "abc", "A number is needed"),
    ):
        editor = type_into(window, name, text)
        assert reason in editor.problem
        assert typed(editor) == text
        assert editor._problem.isVisibleTo(window.properties)
    window.properties.refresh()
    assert "taken" in window.properties._form.editors["name"].problem
    assert document.project.stamp == before
    editor = type_into(window, "name", "free")
    assert (editor.problem, device(document, at("r1", "free")).name) == ("", "free")
    document.selection.set([at("r1", "a")])
    assert {e.problem for e in window.properties._form.editors.values()} == {""}


def test_a_name_cannot_be_cleared(window: MainWindow, document: Document, at: Paths) -> None:
    for names in (("r1", "a"), ("r1",)):
        document.selection.set([at(*names)])
        editor = type_into(window, "name", "")
        assert editor.problem.startswith("A name is needed")
        assert document.label_of(at(*names)).endswith(names[-1])


def test_undo_in_a_field_without_own_steps_undoes_the_project(
    window: MainWindow, document: Document, at: Paths
) -> None:
    document.selection.set([at("r1", "a")])
    window.activateWindow()
    line = window.properties._form.editors["asset_tag"].findChild(QLineEdit)
    type_into(window, "note", "one")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert device(document, at("r1", "a")).note == ""
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(line, Qt.Key.Key_Z, both)
    assert device(document, at("r1", "a")).note == "one"
    QTest.keyClicks(line, "x")
    QTest.keyClick(line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (line.text(), device(document, at("r1", "a")).note) == ("", "one")


def test_a_stated_mass_says_what_it_includes(window: MainWindow, document: Document, at: Paths) -> None:
    block = document.block_at(at("r1"))
    window.workspace.open_path(at("r1"))
    document.selection.clear()
    document.selection.enter(at("r1"))
    type_into(window, "mass_kg", "900")
    record = document.project.blocks[block]
    assert (record.mass_kg, [(fit.type, fit.count) for fit in record.delivered]) == (900, [(SERVER, 2)])
    type_into(window, "mass_kg", "")
    assert document.project.blocks[block].delivered == ()


def linked(document: Document, a: str, b: str) -> tuple[str, str, Link]:
    """Join two devices by their first ports that fit; return these and the link."""
    edit = document.edit("Link")
    pair = first_compatible(edit, document.top, a, b)
    link = connect(edit, document.top, a, pair.a_ports, b, pair.b_ports)
    document.commit_edit(edit)
    return pair.a_ports[0], pair.b_ports[0], link


@pytest.mark.parametrize("action", ["edit.delete", "edit.cut"])
def test_what_an_undo_brings_back_is_selected(
    window: MainWindow, document: Document, at: Paths, action: str
) -> None:
    paths = (at("r1", "a"), at("r1", "b"))
    document.selection.set(paths)
    window.actions_.run(action)
    assert document.selection.paths == ()
    window.actions_.run("edit.undo")
    assert document.selection.paths == paths


def test_what_is_pasted_is_seen_and_said(window: MainWindow, document: Document, at: Paths) -> None:
    document.selection.set([at("r1", "a")])
    window.actions_.run("edit.copy")
    window.workspace.show_view("racks")
    document.selection.set([at("r3")])
    racks = window.workspace.racks
    racks.show_box(QRectF(9000, 9000, 100, 100))
    window.actions_.run("edit.paste")
    assert window.statusBar().currentMessage().startswith("Pasted a into r3")
    shapes, _ = racks.shapes_of(document.selection.paths)
    seen = racks.mapToScene(racks.viewport().rect()).boundingRect()
    assert seen.contains(shapes[0].boundingRect())


def test_nothing_to_copy_says_why(window: MainWindow, document: Document, at: Paths) -> None:
    for action in ("edit.copy", "edit.cut"):
        document.selection.clear()
        window.actions_.run(action)
        assert "nothing is selected" in window.statusBar().currentMessage()
    *_, link = linked(document, at("r3", "s"), at("r3", "t"))
    document.selection.set([f"{at('r3')}/{link.id}"])
    window.actions_.run("edit.cut")
    assert "only cables" in window.statusBar().currentMessage()
    assert document.project.links(link.block)


def test_a_link_without_a_name_is_called_by_its_ends(
    window: MainWindow, document: Document, at: Paths
) -> None:
    a, b, link = linked(document, at("r1", "a"), at("r3", "s"))
    document.selection.set([link.id])
    assert window.properties._title.text() == f"a {a} – s {b}"
    assert link.id not in document.label_of(link.id)


def test_link_properties_show_what_the_engine_found(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot
) -> None:
    *_, inner = linked(document, at("r3", "s"), at("r3", "t"))
    *_, outer = linked(document, at("r1", "a"), at("r3", "s"))
    qtbot.waitUntil(lambda: window.evaluation.is_current)
    assert window.evaluation.outcome is not None
    cabling = window.evaluation.outcome.evaluation.cabling
    snapshot = window.evaluation.outcome.evaluation.snapshot
    for path in (f"{at('r3')}/{inner.id}", outer.id):
        document.selection.set([path])
        (row,) = [i for i in range(snapshot.n_cables) if snapshot.cable_path(i) == path]
        shown = {name: text.text() for name, text in window.properties._computed.items()}
        assert shown["Way"] == f"{round(float(cabling.cable_route_m[row]), 2):g} m"
        option = int(cabling.cable_option[row])
        wanted = cabling.options[option].name if option >= 0 else "no part reaches"
        assert shown["Part"] == wanted
    document.selection.set([at("r1", "a")])
    assert window.properties._computed == {}


def test_a_new_link_takes_the_fabric_of_its_neighbours_else_the_one_shown(
    window: MainWindow, document: Document, at: Paths
) -> None:
    edit = document.edit("Fabrics")
    for name in ("one", "two"):
        edit.put("fabrics", Fabric(id=name, name=name))
    document.commit_edit(edit)
    window.workspace.network.fabric = "two"
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    s, t = at("r3", "s"), at("r3", "t")
    table = document.project.ports(device(document, s))
    names = [p.name for p in table if p.group.layer == "data" and p.name in racks.port_boxes(s)]
    role = table.by_name[names[0]].group.role
    names = [name for name in names if table.by_name[name].group.role == role]

    def join(name: str) -> str:
        window.actions_.run("tool.link")
        for path in (s, t):
            centre = racks.port_boxes(path)[name].center()
            click(racks, (centre.x(), -centre.y()))
        token = racks_token(document, s, name)
        (made,) = [link for link in document.project.every("links") if token in link.a.ports]
        return str(made.fabric)

    assert join(names[0]) == "two"
    (link,) = document.project.every("links")
    edit = document.edit("Other fabric")
    edit.replace("links", link.key, fabric="one")
    document.commit_edit(edit)
    assert join(names[1]) == "one"


def test_ports_used_by_links_of_any_block_above_are_marked(
    window: MainWindow, document: Document, at: Paths
) -> None:
    a, b, _ = linked(document, at("r1", "a"), at("r3", "s"))
    edit = document.edit("Group")
    pod = group(edit, document.top, [at("r1"), at("r3")], "Pod")
    document.commit_edit(edit)
    r2 = at("r2")
    inner = {i.name: f"{pod.id}/{i.id}" for i in document.project.instances(pod.of).values()}
    devices = document.project.devices(document.block_at(inner["r3"]))
    t = next(f"{inner['r3']}/{d.id}" for d in devices.values() if d.name == "t")
    b_of_r2 = next(
        f"{r2}/{d.id}" for d in document.project.devices(document.block_at(r2)).values() if d.name == "b"
    )
    c, d, _ = linked(document, b_of_r2, t)
    used = used_ports(document.project)
    nodes, network = document.block_at(r2), document.block_at(inner["r3"])
    by_name = {
        record.name: used.get(record.key, set())
        for block in (nodes, network)
        for record in document.project.devices(block).values()
    }
    assert by_name == {"a": {a}, "b": {c}, "s": {b}, "t": {d}}


@pytest.mark.parametrize("start", list(STARTS))
def test_a_new_type_can_be_saved_after_name_and_source(
    window: MainWindow, document: Document, qtbot: QtBot, start: str
) -> None:
    editor = TypeEditor(window.library, "", window)
    qtbot.addWidget(editor)
    editor.saved.connect(window.dialogs.type_saved)
    editor.start.kind.setCurrentText(start)
    editor.start.start_empty()
    assert editor.is_sound
    editor.form.typed("name", "Acme 7 (new)")
    editor.source.setText("Data sheet 1")
    window.catalogue.search.setText("h200")
    editor.accept()
    assert window.library.is_user("acme-7-new")
    spec = window.library.get("acme-7-new")
    assert {c.title for c in spec.sources} <= {"Data sheet 1"}
    assert window.catalogue.search.text() == ""
    assert window.catalogue.current is not None
    assert window.catalogue.current.carried == Carried("type", "acme-7-new")


def test_what_was_not_saved_is_listed_and_recovered(
    window: MainWindow, document: Document, at: Paths, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document.selection.set([at("r1", "a")])
    type_into(window, "note", "survivor")
    monkeypatch.setattr(window.filing, "may_leave", lambda: True)
    window.filing.go_to_start()
    dialog = RecoverDialog(window)
    qtbot.addWidget(dialog)
    assert [dialog.table.item(0, at).text() for at in (2, 3)] == [
        "1 change",
        "Closed unsaved, put away or recovered",
    ]
    dialog.chosen.connect(window.filing.recover)
    dialog.accept()
    assert window.document is not None
    assert "survivor" in {d.note for d in window.document.project.every("devices")}
    assert "1 change." in window.statusBar().currentMessage()


def test_recent_files_are_in_the_menu(
    window: MainWindow, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(document.saved, timeout=10_000):
        document.save(tmp_path / "small.cage")
    (tmp_path / "gone.cage").touch()
    window.settings.remember(tmp_path / "gone.cage")
    (tmp_path / "gone.cage").unlink()
    window.recent_menu.aboutToShow.emit()
    (action,) = window.recent_menu.actions()
    assert action.text() == "small.cage"
    action.trigger()
    assert window.document is not document
    assert window.recent_menu.menuAction() in window.menus["File"].actions()


def test_ports_taken_while_the_link_tool_is_in_use_are_not_offered(
    window: MainWindow, document: Document, at: Paths
) -> None:
    window.workspace.show_view("racks")
    racks = window.workspace.racks
    window.actions_.run("tool.link")
    table = document.project.ports(device(document, at("r3", "s")))
    free = [p.name for p in table if racks.tool._free_token(at("r3", "s"), p.name)]  # type: ignore[attr-defined]
    a, _, _ = linked(document, at("r3", "s"), at("r1", "a"))
    assert a in free
    assert racks.tool._free_token(at("r3", "s"), a) == ""  # type: ignore[attr-defined]
