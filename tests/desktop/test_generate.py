"""Generating a fabric in the window: candidates, parameters and what is wrong with them, placing, again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.exchange.graph_files import write_graph
from core.explore.candidate_measures import measured
from core.fabrics.families import generate
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.types import DeviceType
from desktop.dialogs.generating.columns import COLUMNS
from desktop.dialogs.generating.window import GenerateDialog
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.pinning import pin_offer
from desktop.templates import examples
from tests.desktop.journey import SETTLED, Journey
from tests.desktop.program import needs_a_screen

Open = Callable[..., GenerateDialog]
LONG = 60_000
SHOWN = (
    "next((w for w in QApplication.topLevelWidgets() "
    "if type(w).__name__ == 'GenerateDialog' and w.isVisible()), None)"
)
TYPES = "[t.spec for t in window().document.project.rows('types').values() if hasattr(t.spec, 'kind')]"
COLUMN = {column.name: number for number, column in enumerate(COLUMNS)}


@pytest.fixture
def hall(window: MainWindow) -> Document:
    """An empty hall, open in the window."""
    window.filing.new()
    assert window.document is not None
    return window.document


@pytest.fixture
def generate_window(window: MainWindow, qtbot: QtBot) -> Open:
    """Open the window on what is open in the main window."""

    def make(fabric: str = "", *, gpus: int = 0, switch: str = "") -> GenerateDialog:
        made = GenerateDialog(window, fabric)
        qtbot.addWidget(made)
        made.show()
        if gpus:
            enter(made, "GPUs", str(gpus))
        if switch:
            made.requirement.switches.choose(switch)
        settle(qtbot, made)
        return made

    return make


def enter(dialog: GenerateDialog, name: str, text: str) -> None:
    """Type into a field as a user does."""
    (line,) = [each for each in dialog.findChildren(QLineEdit) if each.accessibleName() == name]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def settle(qtbot: QtBot, dialog: GenerateDialog) -> None:
    """Wait until the candidates are listed and the one chosen is tried."""
    qtbot.waitUntil(lambda: dialog.is_settled, timeout=LONG)


def pick(qtbot: QtBot, dialog: GenerateDialog, family: str) -> None:
    """Choose the first candidate of a family."""
    found = next(c for c in dialog.table.candidates.rows if c.family == family)
    dialog.table.choose(found.key)
    settle(qtbot, dialog)


def said(dialog: GenerateDialog) -> str:
    return dialog.outcome.words.text()


def switches_in(project: Project) -> int:
    """Number of switches that are built."""
    placed = project.placements()
    found = 0
    for block, count in placed.items():
        for device in project.devices(block).values():
            spec = project.find_type(device.type)
            found += count * (isinstance(spec, DeviceType) and spec.kind == "switch")
    return found


def test_a_hall_from_nothing_is_one_step(
    window: MainWindow, hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    dialog = generate_window(gpus=1024, switch="nvidia-qm9700")
    assert dialog.requirement.facts.text() == "128 hosts with 1,024 GPUs in 4 units"
    pick(qtbot, dialog, "rail-optimised")
    # RA-11333-001, table 4: 32 leafs, 16 spines; a link for each GPU and as many between leafs and spines.
    assert said(dialog) == "It fits: 48 switches, 2,048 links; 4,096 ports in 2,048 cages"
    dialog.place()
    assert not dialog.isVisible()
    (record,) = hall.project.fabrics.values()
    assert (record.family, record.role, record.name) == ("rail-optimised", "compute", "Compute")
    assert switches_in(hall.project) == 48
    assert window.statusBar().currentMessage() == (
        "Compute: 48 switches, 2,048 links; 4,096 ports in 2,048 cages"
    )
    assert (window.workspace.name, window.workspace.network.fabric) == ("network", record.id)
    assert hall.history.undo_labels == ["Generate Compute"]
    qtbot.waitUntil(lambda: "cable pieces in all; " in window.statusBar().currentMessage(), timeout=LONG)
    assert "new finding" in window.statusBar().currentMessage()
    hall.undo()
    assert not list(hall.project.every("devices"))
    assert not hall.project.fabrics


def test_what_cannot_be_is_said_beside_its_field_with_what_can(
    hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    dialog = generate_window(gpus=64, switch="nvidia-qm9700")
    pick(qtbot, dialog, "jellyfish")
    routers = dialog.form.values["routers"]
    assert isinstance(routers, int)
    enter(dialog, "Routers", "21")
    enter(dialog, "Router links of a router", "5")
    remedy = dialog.form.remedy
    # 21 x 5 ends are an odd number: one router less or one more pairs them up.
    assert remedy.words.text() == "21 routers with 5 router links each have an odd number of ends"
    assert remedy.parent() is dialog.form.form.editors["routers"]
    assert [chip.text() for chip in remedy.chips] == ["20", "22"]
    assert not dialog.place_button.isEnabled()
    assert "odd number of ends" in dialog.place_button.toolTip()
    remedy.chips[1].click()
    settle(qtbot, dialog)
    assert not remedy.isVisible()
    first = dialog.table.candidates.rows[0]
    assert (first.parameters["routers"], first.switch_counts) == (22, {"router": 22})
    assert sum(first.sizes.links.values()) == 22 * 5 // 2 + 22 * dialog.form.values["host_ports"]


def test_what_is_no_number_stays_to_be_put_right(hall: Document, generate_window: Open, qtbot: QtBot) -> None:
    dialog = generate_window(gpus=64)
    before = dialog.requirement.asked()
    for text, reason in (
        ("many", "A whole number is needed"),
        ("0", "At least 1"),
        ("nan", "A whole number"),
    ):
        enter(dialog, "GPUs", text)
        assert dialog.requirement.form.editors["gpus"].problem.startswith(reason)
        assert dialog.requirement.asked() == before
    settle(qtbot, dialog)
    assert dialog.isVisible()  # Enter in a field has placed nothing
    assert not hall.history.undo_labels


def test_those_not_possible_stand_last_with_the_reason(
    hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    dialog = generate_window(gpus=64, switch="nvidia-qm9700")
    qtbot.waitUntil(lambda: not dialog.computing.is_busy, timeout=LONG)
    model = dialog.table.candidates
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(COLUMN["cost"], order)
        possible = [c.is_possible for c in model.rows]
        assert possible == sorted(possible, reverse=True)
        costs = [c.cost_usd for c in model.rows if c.is_possible]
        assert costs == sorted(costs, reverse=order == Qt.SortOrder.DescendingOrder)
    impossible = next(c for c in model.rows if not c.is_possible)
    row = model.row_of(impossible.key)
    assert model.index(row, COLUMN["words"]).data() == f"Not possible: {impossible.reason}"
    assert all(c.measures is not None and c.measures.failure is not None for c in model.rows if c.is_possible)
    dialog.candidates.search.setText("rail-opt")
    assert {c.family for c in model.rows} == {"rail-optimised"}
    dialog.table.choose(None)
    dialog.candidates.search.setText("")
    assert dialog.table.current is not None
    assert dialog.table.current.family == "rail-optimised"


def placed(dialog: GenerateDialog, qtbot: QtBot, family: str, document: Document) -> str:
    """Place a candidate and return the id of its fabric."""
    before = set(document.project.fabrics)
    pick(qtbot, dialog, family)
    dialog.place()
    assert not dialog.isVisible(), said(dialog)
    return next(iter(set(document.project.fabrics) - before), "")


def test_again_opens_with_its_parameters_and_keeps_pins(
    window: MainWindow, hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    fabric = placed(generate_window(gpus=128, switch="nvidia-qm9700"), qtbot, "leaf-spine", hall)
    project = hall.project
    assert switches_in(project) == 6  # 128 links on leafs of 32 down and 32 up: 4 leafs, 2 spines
    window.workspace.network.show_fabric(fabric)
    edges = project.graph(project.top, expand=True)
    spines = [path for path in edges if project.resolve(project.top, path).name.startswith("spine")]
    hall.selection.set(spines[:1])
    window.actions_.run("fabrics.pin")
    assert project.fabrics[fabric].pins == (spines[0],)
    assert window.actions_.entry("fabrics.unpin").reason == ""
    dialog = generate_window(fabric)
    first = dialog.table.current
    assert first is not None
    assert (first.family, dict(first.parameters)["oversubscription"]) == ("leaf-spine", 1.0)
    assert dialog.place_button.text() == "Replace"
    enter(dialog, "Oversubscription of leafs, down : up", "3")
    settle(qtbot, dialog)
    trial = dialog.trial
    assert trial is not None
    # 48 down and 16 up: 3 leafs with 43 hosts' ports at most, one spine, which is the one pinned.
    assert (len(trial.before.switches), trial.before.pinned) == (6, 1)
    assert spines[0] in trial.after.switches
    then = len(trial.after.switches)
    assert then < 6
    dialog.place()
    assert switches_in(project) == then
    assert project.fabrics[fabric].parameters["oversubscription"] == 3.0
    assert project.fabrics[fabric].pins == (spines[0],)
    hall.undo()
    assert switches_in(project) == 6


def test_an_edit_meanwhile_is_taken_into_account(hall: Document, generate_window: Open, qtbot: QtBot) -> None:
    placed(generate_window(gpus=64, switch="nvidia-qm9700"), qtbot, "rail-only", hall)
    dialog = generate_window()
    assert dialog.requirement.facts.text() == "8 hosts with 64 GPUs in 1 unit"
    fabrics = dialog.requirement.fabric
    fabrics.setCurrentIndex(1)
    fabrics.activated.emit(1)
    settle(qtbot, dialog)
    edit = Edit(hall.project, "Name")
    edit.replace("blocks", ("", hall.top), name="Other")
    hall.commit_edit(edit)
    qtbot.waitUntil(
        lambda: dialog.trial is not None and dialog.trial.stamp == hall.project.stamp, timeout=LONG
    )
    dialog.place()
    assert not dialog.isVisible()
    assert hall.project.blocks[hall.top].name == "Other"


def test_another_fabric_is_a_new_one_unless_one_is_to_be_replaced(
    hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    fabric = placed(generate_window(gpus=64, switch="nvidia-qm9700"), qtbot, "rail-only", hall)
    dialog = generate_window()
    requirement = dialog.requirement
    assert (requirement.fabric.currentData(), requirement.name.text()) == ("", "Compute 2")
    assert requirement.asked().fabric == ""
    assert said(dialog).endswith("or choose In place of Compute as the fabric")
    assert not dialog.place_button.isEnabled()
    dialog.reject()
    again = generate_window(fabric)
    assert (again.requirement.asked().fabric, again.requirement.name.text()) == (fabric, "Compute")
    assert again.place_button.isEnabled()


def test_what_can_fail_is_what_the_command_line_tries(
    hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    dialog = generate_window(gpus=64, switch="nvidia-qm9700")
    qtbot.waitUntil(lambda: not dialog.computing.is_busy, timeout=LONG)
    model = dialog.table.candidates
    shown = next(c for c in model.rows if c.family == "hyperx" and c.is_possible)
    alone = measured(replace(shown, measures=None), failures=True)
    assert shown.measures is not None
    assert alone.measures is not None
    assert shown.measures.failure == alone.measures.failure
    cell = model.index(model.row_of(shown.key), COLUMN["left"])
    assert cell.data().split()[0] == alone.measures.failure.kind
    cost = model.index(model.row_of(shown.key), COLUMN["cost"])
    tip = cost.data(Qt.ItemDataRole.ToolTipRole)
    assert "cable lengths are assumed: hosts 10 m, leafs 20 m, above 40 m" in tip


def test_a_graph_of_ones_own_is_a_candidate(
    hall: Document, generate_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "own.graphml"
    file.write_bytes(write_graph(generate("leaf-spine", {"hosts": 8, "hosts_per_unit": 8}), file.name))
    dialog = generate_window(gpus=64, switch="nvidia-qm9700")
    dialog.read(file)
    qtbot.waitUntil(lambda: dialog.table.candidates.rows[0].family == "custom", timeout=LONG)
    settle(qtbot, dialog)
    assert dialog.table.current is dialog.table.candidates.rows[0]
    assert said(dialog).startswith("It fits: 3 switches, 128 links")  # 64 ports: 2 leafs of 32, 1 spine
    (tmp_path / "bad.graphml").write_text("<graphml>")
    dialog.read(tmp_path / "bad.graphml")
    qtbot.waitUntil(lambda: "bad.graphml, line 1" in said(dialog), timeout=LONG)


def test_hosts_that_lack_are_said(
    window: MainWindow, document: Document, generate_window: Open, qtbot: QtBot
) -> None:
    dialog = generate_window()
    assert "has ports of a compute network" in dialog.requirement.problem.text()
    assert not dialog.place_button.isEnabled()
    assert "has ports of a compute network" in dialog.place_button.toolTip()
    new = dialog.requirement.hosts.findData("new")
    assert "something stands on the floor already" in dialog.requirement.hosts.itemText(new)


def test_the_commands_say_why_not(window: MainWindow, hall: Document) -> None:
    assert window.actions_.entry("fabrics.generate").reason == ""
    assert window.actions_.entry("fabrics.again").reason == "the design has no fabric yet"
    assert window.actions_.entry("fabrics.pin").reason == "no fabric of the design was generated"
    window.actions_.run("fabrics.generate")
    window.actions_.run("fabrics.generate")
    shown = [dialog for dialog in window.findChildren(GenerateDialog) if dialog.isVisible()]
    assert len(shown) == 1
    shown[0].reject()


def test_racks_of_trays_come_in_units_of_eight(hall: Document, generate_window: Open, qtbot: QtBot) -> None:
    dialog = generate_window()
    hosts = dialog.requirement.host
    hosts.setCurrentIndex(hosts.findText("Rack: GB200 NVL72 rack"))
    enter(dialog, "GPUs", "16")
    hosts.activated.emit(hosts.currentIndex())
    enter(dialog, "GPUs", "72")
    enter(dialog, "GPUs", "1152")
    settle(qtbot, dialog)
    asked = dialog.requirement.asked()
    # 18 trays with 4 GPUs each in a rack, 8 racks in a unit.
    assert (asked.host, asked.need.hosts, asked.need.hosts_per_unit) == (
        "nvidia-gb200-compute-tray",
        288,
        144,
    )
    assert dialog.requirement.facts.text() == "288 hosts with 1,152 GPUs in 2 units"
    pick(qtbot, dialog, "rail-optimised")
    dialog.place()
    assert not dialog.isVisible(), said(dialog)
    racks = sum(n for block, n in hall.project.placements().items() if trays(hall.project, block) == 18)
    assert racks == 16


def trays(project: Project, block: str) -> int:
    return sum(device.type == "nvidia-gb200-compute-tray" for device in project.devices(block).values())


@needs_a_screen
def test_a_designer_generates_a_hall_and_takes_it_back(journey: Callable[..., Journey]) -> None:
    j = journey()
    j.new_project()
    j.until(SETTLED)
    j.keys("ctrl+shift+n")
    j.until(f"{SHOWN} is not None and {SHOWN}.is_settled")
    j.step("the window")
    switch = f"{SHOWN}.requirement.switches"
    j.click(j.ask("field('Search the switch types')"))
    j.write("qm9700")
    row = j.ask(f"next(k for k, i in enumerate({switch}._items()) if i.data(256) == 'nvidia-qm9700')")
    j.click(box_of(j, row))
    j.until(f"'nvidia-qm9700' in {switch}.chosen")
    j.click(box_of(j, 0 if row else 1))
    j.until(f"{switch}.chosen == ('nvidia-qm9700',)")
    j.until(f"{SHOWN}.is_settled and not {SHOWN}.computing.is_busy", 120)
    j.step("candidates")
    j.click(j.ask(f"line({SHOWN}.table, 0, 0)"))
    j.until(f"{SHOWN}.is_settled and {SHOWN}.trial is not None")
    words = j.ask(f"{SHOWN}.outcome.words.text()")
    assert words.startswith("It fits: ")
    j.click(j.until("named('Place')"))
    j.until(f"{SHOWN} is None", 30)
    j.until(SETTLED, 60)
    j.step("placed")
    assert words.removeprefix("It fits: ") in j.ask("window().statusBar().currentMessage()")
    assert j.ask("window().workspace.name") == "network"
    hosts = f"sum(p.kind == 'server' for p in {TYPES})"
    assert j.ask(hosts) > 0
    j.keys("ctrl+z")
    j.until(f"not list({j.project}.every('devices'))")
    j.step("taken back")


def box_of(j: Journey, row: int) -> list[int]:
    """Return where the check box of a switch type is."""
    at: list[int] = j.ask(
        f"(lambda l: (l.scrollToItem(l.item({row})), list(l.viewport().mapToGlobal("
        f"l.visualItemRect(l.item({row})).topLeft()).toTuple()))[1])({SHOWN}.requirement.switches.list)"
    )
    return [at[0] + 10, at[1] + 9]


def test_a_copy_of_a_project_is_the_same(document: Document) -> None:
    from desktop.dialogs.generating.trial import copied

    copy = copied(document.project)
    assert copy.same_records(document.project)
    assert copy.stamp == document.project.stamp
    edit = Edit(copy, "Name")
    edit.replace("blocks", ("", document.top), name="Other")
    History(copy).commit(edit.change())
    assert document.project.blocks[document.top].name == "Hall 1"


def test_pins_are_marked_and_what_is_moved_is_offered_one(
    window: MainWindow, hall: Document, generate_window: Open, qtbot: QtBot
) -> None:
    fabric = placed(generate_window(gpus=128, switch="nvidia-qm9700"), qtbot, "leaf-spine", hall)
    project, workspace = hall.project, window.workspace
    edges = project.graph(project.top, expand=True)
    spines = [path for path in edges if project.resolve(project.top, path).name.startswith("spine")]
    offer = pin_offer(project, spines[:1])
    assert offer == [
        "Link > Pin Switches to Their Place keeps it there when "
        f"{project.fabrics[fabric].name} is generated again"
    ]
    assert pin_offer(project, spines)[0].startswith("Link > Pin Switches to Their Place keeps them there")
    hosts = [path for path in edges if path not in spines and "dgx" in project.resolve(hall.top, path).type]
    assert hosts
    assert pin_offer(project, hosts) == []
    hall.selection.set(spines[:1])
    window.actions_.run("fabrics.pin")
    assert pin_offer(project, spines[:1]) == []
    network = workspace.network
    network.show_fabric(fabric)
    workspace.show_view("network")
    network.ensure_drawn()
    assert [mark.pinned for mark in network.pins.marks] == [1]
    assert network.picture is not None
    (node,) = network.picture.nodes_of(spines[0])
    assert network.node_facts(node.key).endswith("pinned")
    workspace.open_path(spines[0])
    workspace.racks.ensure_drawn()
    drawn = workspace.racks.pins.marks
    assert drawn
    window.actions_.run("fabrics.unpin")
    workspace.racks.ensure_drawn()
    assert workspace.racks.pins.marks == []
    network.ensure_drawn()
    assert network.pins.marks == []


def test_what_loses_its_links_is_named_before_it_is_replaced(
    window: MainWindow, generate_window: Open, qtbot: QtBot
) -> None:
    """The fabric managers of the example, unless ports are kept for them."""
    window.filing.open_example(next(example for example in examples() if example.name == "superpod-h100-su"))
    dialog = generate_window("compute")
    assert dialog.trial is not None
    assert {delta.table for delta in dialog.trial.change.deltas} <= {"fabrics"}  # the same cables
    assert "any more" not in dialog.outcome.notes.text()
    enter(dialog, "Ports for fabric managers", "0")
    settle(qtbot, dialog)
    assert "no link of this network goes to ufm-01, ufm-02 any more" in dialog.outcome.notes.text().lower()
