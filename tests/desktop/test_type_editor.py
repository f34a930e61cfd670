"""The form of a type: live drawing, sources asked for, TOML and back, a NetBox file as a start."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.catalogue.citing import UNNAMED
from core.catalogue.library import Library
from core.catalogue.type_file import read_type
from core.drawing.faceplate import faceplate
from core.drawing.specimen import face_size
from core.files import state
from core.model.ports import expand
from core.model.types import AnyType, CableType, DeviceType, PortGroup, RackType, evidence_of
from desktop.dialogs import type_editor
from desktop.dialogs.type_draft import Draft
from desktop.dialogs.type_editor import STARTS, TypeEditor
from desktop.dialogs.type_lists import free_pattern
from desktop.dialogs.type_preview import goes_with
from desktop.dialogs.type_start import copy_of
from desktop.main_window import MainWindow

DGX = "nvidia-dgx-h100"
YAML = """
manufacturer: Acme
model: S4
slug: acme-s4
u_height: 1
weight: 10
weight_unit: kg
interfaces:
  - {name: Eth1/1, type: 800gbase-x-osfp}
  - {name: Eth1/2, type: 800gbase-x-osfp}
  - {name: Eth1/3, type: strange}
"""


@pytest.fixture
def library() -> Library:
    return Library.builtin()


def editor(qtbot: QtBot, library: Library, type_id: str = "") -> TypeEditor:
    made = TypeEditor(library, type_id)
    qtbot.addWidget(made, before_close_func=lambda dialog: dialog._draft.begin(dialog.spec))
    made.show()
    return made


def line(made: TypeEditor, name: str) -> QLineEdit:
    found = made.form.editors[name].focusProxy()
    assert isinstance(found, QLineEdit)
    return found


def type_into(field: QLineEdit, text: str) -> None:
    """Type over what stands in a field, key by key; the field keeps the focus."""
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def device(made: TypeEditor) -> DeviceType:
    assert isinstance(made.spec, DeviceType)
    return made.spec


def test_every_keystroke_draws(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    drawings = []
    made.preview.drawn.connect(lambda: drawings.append(made.preview.faces.batch))
    type_into(line(made, "height_u"), "3.5")
    assert device(made).height_u == 3.5
    heights = [batch.rects[:, 3].max() for batch in drawings if batch is not None]
    assert heights[0] == pytest.approx(3 * 44.45)
    assert heights[-1] == pytest.approx(3.5 * 44.45, abs=0.01)
    assert made.preview.rack.batch is not None


def test_what_is_wrong_is_marked_and_the_last_drawing_stays(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library, DGX)
    before = made.preview.faces.batch
    type_into(line(made, "height_u"), "eight")
    assert made.preview.faces.batch is before
    assert "number" in made.form.editors["height_u"].problem
    assert not made.save_button.isEnabled()
    assert device(made).height_u == 8
    assert line(made, "height_u").text() == "eight"
    type_into(line(made, "height_u"), "6")
    assert made.form.editors["height_u"].problem == ""
    assert made.save_button.isEnabled()
    assert device(made).height_u == 6


def test_a_value_can_be_altered_by_an_amount(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library, DGX)
    type_into(line(made, "height_u"), "+2")
    assert device(made).height_u == 8
    QTest.keyClick(line(made, "height_u"), Qt.Key.Key_Return)
    assert device(made).height_u == 10
    assert made.isVisible()
    assert line(made, "height_u").text() == "10"


def test_ports_are_drawn_while_the_pattern_is_typed(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    ports = made.form.lists["ports"]
    ports.add()
    (inlets, group) = device(made).ports
    assert (inlets.name, group.name) == ("psu{1..2}", "psu{3..4}")
    name = ports.detail.editors["name"].focusProxy()
    assert isinstance(name, QLineEdit)
    type_into(name, "osfp{1..64")
    assert "pattern" in ports.detail.editors["name"].problem
    assert not made.save_button.isEnabled()
    QTest.keyClicks(name, "}")
    assert made.save_button.isEnabled()
    assert expand(device(made).ports[1].name)[63] == "osfp64"
    ports.detail.editors["layer"].edited.emit("layer", "data")
    ports.detail.editors["face"].edited.emit("face", "front")
    assert device(made).ports[1].direction == "both"
    plate = faceplate(device(made), "front", *face_size(device(made)))
    assert len(plate.ports) == 64
    assert ports.table.item(1, 1).text() == "64"


def test_rows_are_duplicated_moved_and_removed(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    ports = made.form.lists["ports"]
    ports.choose(0)
    ports.duplicate()
    assert [g.name for g in device(made).ports] == ["psu{1..2}", "psu{3..4}"]
    assert ports.current == 1
    ports.move(-1)
    assert [g.name for g in device(made).ports] == ["psu{3..4}", "psu{1..2}"]
    assert not ports.up_button.isEnabled()
    ports.table.setFocus()
    QTest.keyClick(ports.table, Qt.Key.Key_Delete)
    assert [g.name for g in device(made).ports] == ["psu{1..2}"]


def test_two_groups_cannot_share_a_name(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    ports = made.form.lists["ports"]
    ports.duplicate()
    name = ports.detail.editors["name"].focusProxy()
    assert isinstance(name, QLineEdit)
    type_into(name, "psu{2..3}")
    assert "twice" in ports.detail.editors["name"].problem
    assert [g.name for g in device(made).ports] == ["psu{1..2}", "psu"]
    assert not made.save_button.isEnabled()


def test_typed_values_lose_the_source_of_the_value_before(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library, DGX)
    assert evidence_of(made.spec, "mass_kg") == "verified"
    type_into(line(made, "mass_kg"), "140")
    assert evidence_of(made.spec, "mass_kg") == "assumed"
    assert made.form._chips["mass_kg"].text().startswith("assumed")
    made.source.setText("Weighed")
    made.source_line.evidence.setCurrentText("verified")
    type_into(line(made, "mass_kg"), "141")
    (mine,) = [c for c in made.spec.sources if c.title == "Weighed"]
    assert (mine.fields, mine.evidence) == (("mass_kg",), "verified")


def test_saving_without_a_source_asks_once(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    type_into(line(made, "name"), "Acme Q9")
    type_into(line(made, "mass_kg"), "30")
    made.accept()
    assert made.isVisible()
    assert "Where do these come from" in made._problems.text()
    assert made.save_button.text() == "Save as Assumed"
    with qtbot.waitSignal(made.saved) as told:
        made.accept()
    assert told.args == ["acme-q9"]
    saved = read_type((state.types_folder() / "acme-q9.toml").read_text("utf-8"), "acme-q9.toml")
    assert evidence_of(saved, "mass_kg") == "assumed"
    assert [c.title for c in saved.sources] == [UNNAMED]


def test_a_source_named_is_not_asked_for(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    type_into(line(made, "name"), "Acme Q8")
    type_into(made.source, "Data sheet 7")
    with qtbot.waitSignal(made.saved):
        made.accept()
    saved = read_type((state.types_folder() / "acme-q8.toml").read_text("utf-8"), "acme-q8.toml")
    assert {(c.title, c.evidence) for c in saved.sources} == {("Data sheet 7", "user")}


def test_the_text_and_the_form_are_one(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library, DGX)
    type_into(line(made, "height_u"), "7")
    assert "height_u = 7\n" in made.text.toPlainText()
    made.tabs.setCurrentWidget(made.text)
    made.text.setPlainText(made.text.toPlainText().replace("height_u = 7\n", "height_u = 6\n"))
    made.tabs.setCurrentIndex(0)
    assert line(made, "height_u").text() == "6"
    assert device(made).height_u == 6


def test_text_that_is_no_type_is_kept_and_named_by_line(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library, DGX)
    before = made.spec
    wrong = made.text.toPlainText().replace("height_u = 8\n", "heigth_u = 8\n")
    made.tabs.setCurrentWidget(made.text)
    made.text.setPlainText(wrong)
    made.tabs.setCurrentIndex(0)
    at = wrong.split("\n").index("heigth_u = 8") + 1
    assert f"line {at}:" in made._problems.text()
    assert "Did you mean height_u" in made._problems.text()
    assert made.spec is before
    assert not made.form.isEnabled()
    assert not made.save_button.isEnabled()
    assert made.text.toPlainText() == wrong
    made.text.setPlainText(wrong.replace("heigth_u", "height_u"))
    made._read_text()
    assert made.form.isEnabled()
    assert made.spec == before


def test_text_may_turn_a_device_into_a_rack(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    made.tabs.setCurrentWidget(made.text)
    made.text.setPlainText('type = "rack"\nid = "r"\nname = "R"\nunits = 42\nwidth_mm = 600\n'
                           "depth_mm = 1200\nheight_mm = 2000\n")  # fmt: skip
    made.tabs.setCurrentIndex(0)
    assert isinstance(made.spec, RackType)
    assert "zones" in made.form.lists
    made.form.lists["zones"].add()
    assert isinstance(made.spec, RackType)
    assert [zone.name for zone in made.spec.zones] == ["zero-u-left"]


def test_sources_can_be_edited(qtbot: QtBot, library: Library) -> None:
    made = editor(qtbot, library)
    made.sources.add()
    fields = made.sources.detail.editors["fields"].focusProxy()
    assert isinstance(fields, QLineEdit)
    type_into(fields, "height_u, prots")
    assert "prots" in made.sources.detail.editors["fields"].problem
    type_into(fields, "height_u, ports")
    assert evidence_of(made.spec, "ports") == "verified"
    assert made.tabs.tabText(1) == "Sources (1)"
    assert made.form._chips["ports"].text().startswith("verified")


@pytest.mark.parametrize("start", list(STARTS))
def test_the_form_shows_what_applies(qtbot: QtBot, library: Library, start: str) -> None:
    made = editor(qtbot, library)
    made.begin(STARTS[start])
    shown = {name for name, each in made.form.editors.items() if each.isVisible()}
    assert "name" in shown
    assert ("height_u" in shown) == (start == "Device in a rack")
    assert ("units" in shown) == (start == "Rack")
    assert ("media" in shown) == (start == "Cable")
    labels = [each.field.label for each in made.form.editors.values()]
    assert len(labels) == len(set(labels))
    for each in made.form.editors.values():
        assert each.focusProxy().accessibleName()


def test_a_netbox_file_is_a_start(qtbot: QtBot, library: Library, tmp_path: Path) -> None:
    path = tmp_path / "s4.yaml"
    path.write_text(YAML, encoding="utf-8")
    made = editor(qtbot, library)
    made.import_file(str(path))
    assert (made.spec.id, made.spec.name) == ("acme-s4", "S4")
    assert [g.name for g in device(made).ports] == ["Eth1-{1..2}", "Eth1-3"]
    assert "strange" in made.notes.toPlainText()
    assert made.tabs.indexOf(made.notes) >= 0
    assert evidence_of(made.spec, "mass_kg") == "recalled"
    type_into(line(made, "name"), "S4 mine")
    assert made.spec.id == "acme-s4"
    with qtbot.waitSignal(made.saved):
        made.accept()


def test_a_bad_netbox_file_changes_nothing(qtbot: QtBot, library: Library, tmp_path: Path) -> None:
    made = editor(qtbot, library)
    before = made.spec
    made.import_text("manufacturer: A\nmodel: B\nslug: a\n", "pasted")
    assert "pasted, line 1: the height is missing" in made._problems.text()
    made.import_file(str(tmp_path / "none.yaml"))
    assert "No such file" in made._problems.text()
    assert made.spec is before


def test_a_pasted_netbox_text_is_a_start(qtbot: QtBot, library: Library) -> None:
    board = QGuiApplication.clipboard()
    board.setText(YAML)
    made = editor(qtbot, library)
    made.start._from_clipboard()
    assert made.spec.id == "acme-s4"


def test_a_copy_has_an_id_of_its_own_and_keeps_its_sources(library: Library) -> None:
    spec = library.get(DGX)
    copy = copy_of(spec, library)
    assert copy.id == "nvidia-dgx-h100-copy"
    assert copy.sources == spec.sources
    again = copy_of(spec, Library({**{s.id: s for s in library}, copy.id: copy}))
    assert again.id == "nvidia-dgx-h100-copy-2"


def test_leaving_asks_only_if_something_is_lost(
    qtbot: QtBot, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(type_editor, "ask", lambda *a, **k: asked.append(a[2]) or 1)
    made = editor(qtbot, library, DGX)
    made.reject()
    assert not made.isVisible()
    assert not asked
    made = editor(qtbot, library, DGX)
    type_into(line(made, "height_u"), "x")
    made.reject()
    assert asked
    assert made.isVisible()


def test_another_start_asks_before_it_replaces(
    qtbot: QtBot, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [1, 0]
    monkeypatch.setattr(type_editor, "ask", lambda *a, **k: answers.pop(0))
    made = editor(qtbot, library)
    made.start.kind.setCurrentText("Rack")
    made.start.start_empty()
    assert isinstance(made.spec, RackType)
    type_into(line(made, "name"), "Mine")
    made.start._copied(next(iter(made.start._names)))
    assert made.spec.name == "Mine"
    made.start.start_empty()
    assert made.spec.name == "My rack"


def test_what_a_cable_goes_with(library: Library) -> None:
    cable = CableType(id="c", name="C", media="DAC", connector_a="UQD99", connector_b="UQD99")
    assert goes_with(cable, library) == ["Nothing yet."]
    optic = next(spec for spec in library if spec.id and type(spec).__name__ == "OpticType")
    assert goes_with(optic, library)[0].startswith("• ")


@given(
    pattern=st.from_regex(r"[a-z]{1,3}(\{[0-9]\.\.[1-9][0-9]\})?", fullmatch=True),
    others=st.lists(st.from_regex(r"[a-z]{1,3}[0-9]{0,2}", fullmatch=True), max_size=4),
)
def test_a_free_pattern_is_free(pattern: str, others: list[str]) -> None:
    taken = [pattern, *others]
    found = free_pattern(pattern, taken)
    used = {name for other in taken for name in expand(other)}
    assert not used & set(expand(found))
    assert len(expand(found)) == len(expand(pattern))


@given(st.sampled_from(sorted(spec.id for spec in Library.builtin())))
def test_a_draft_takes_every_catalogue_type_as_it_is(type_id: str) -> None:
    spec: AnyType = Library.builtin().get(type_id)
    draft = Draft(spec)
    for info in msgspec.structs.fields(type(spec)):
        assert draft.put(info.name, getattr(spec, info.name)) == ""
    assert draft.spec is spec
    assert not draft.is_altered


def test_a_draft_refuses_and_keeps_the_last_sound_state() -> None:
    draft = Draft(DeviceType(id="a", name="A", kind="switch", height_u=1))
    assert "pattern" in draft.put("ports", (PortGroup(name="x{", layer="data"),))
    assert draft.put("id", "a b") != ""
    assert draft.put("power_max_w", float("nan")) != ""
    assert draft.put("height_u", 90.0) != ""
    assert draft.spec == DeviceType(id="a", name="A", kind="switch", height_u=1)
    assert set(draft.refused) == {"ports", "id", "power_max_w", "height_u"}
    assert draft.put("height_u", 2.0) == ""
    assert set(draft.refused) == {"ports", "id", "power_max_w"}


def test_a_device_type_dropped_on_the_window_is_a_start(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "s4.yaml"
    path.write_text(YAML, encoding="utf-8")
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    window.dropEvent(drop)
    (made,) = window.findChildren(TypeEditor)
    assert made.isVisible()
    assert made.spec.id == "acme-s4"
    made._draft.begin(made.spec)
    made.reject()
