"""Journeys a designer makes with real mouse and keys, part two: wire, search, list, look, bring one's own."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from core.files.project_file import load, save
from core.model.project import Project
from tests.desktop.conftest import path_of
from tests.desktop.journey import Journey
from tests.desktop.program import ROOT, needs_a_screen
from tests.desktop.test_linking import unit_of_31

pytestmark = needs_a_screen
Begin = Callable[..., Journey]
EXAMPLE = ROOT / "resources" / "examples" / "superpod-h100-su.cage"
MODAL = "QApplication.activeModalWidget()"
FRONT = f"type({MODAL}).__name__"
SHEETS = "next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == 'SheetsWindow')"
CABLES = "sum(link.count for link in window().document.project.every('links'))"


def opened(begin: Begin, project: Project, folder: Path) -> tuple[Journey, Callable[..., str]]:
    """Start with a project; return the journey and what tells the path of something by its names."""
    file = folder / "unit.cage"
    save(project, file, None)
    made = begin(str(file))
    made.until("window().document is not None and window().evaluation.is_current")
    document = SimpleNamespace(project=project, top=project.top)
    return made, lambda *names: path_of(document, *names)  # type: ignore[arg-type]


def test_6_link_by_hand_by_range_and_by_table(journey: Begin, tmp_path: Path) -> None:
    j, at = opened(journey, unit_of_31(), tmp_path)
    node, leaf = (lambda n: at("r1", f"node-{n}")), (lambda n: at("r9", f"leaf-{n}"))
    j.click(j.until("middle('r1')"))
    j.click(j.ask("middle('r9')"), hold=["ctrl"])
    j.until(f"len({j.selection}.paths) == 2")
    j.step("two racks selected")
    j.keys("ctrl+Return")
    j.until(f"len({j.racks}.standing) == 4")

    # Port to port, then device to device.
    j.keys("ctrl+l")
    j.until(f"{j.racks}.tool.name == 'link'")
    j.click(j.ask(f"port('{node(1)}', 'osfp1')"))
    j.point(j.ask(f"port('{leaf(1)}', 'osfp1')"))
    j.step("port held")
    j.click(j.ask(f"port('{leaf(1)}', 'osfp1')"))
    j.until("links() == 1")
    j.press(j.ask(f"unit('{at('r1')}', 12)"), j.ask(f"unit('{at('r9')}', 3)"))
    j.step("device held")
    j.let_go()
    j.until("links() == 2")
    j.keys("Escape")
    j.step("two links")

    # From near by, a port in use is picked and its end dragged elsewhere.
    j.click(j.ask(f"unit('{at('r9')}', 1)"))
    j.until(f"{j.selection}.paths == ('{leaf(1)}',)")
    j.keys("shift+f")
    j.until(f"{j.racks}.shows_ports")
    j.step("near by")
    j.click(j.ask(f"port('{leaf(1)}', 'osfp1')"))
    j.until("window().properties.port_facts.isVisible()")
    j.until("len(window().properties.port_facts.breaks) == 2")
    j.step("what is on this port")
    j.choose("Link", "Select Links of the Selection")
    j.until(f"{j.racks}._handles.isVisible()")
    j.press(j.ask(f"port('{leaf(1)}', 'osfp1')"), j.ask(f"port('{leaf(1)}', 'osfp9')"))
    j.step("end held")
    j.let_go()
    j.until("window().document.history.undo_labels[0].startswith('Re-route')")
    j.step("end re-routed")

    # Onto the lane of a used cage both of whose lanes are taken, it would swap; here undo brings it back.
    j.keys("ctrl+z")
    j.until("window().document.history.redo_labels[0].startswith('Re-route')")

    # Two cables from a table.
    table = "From device\tFrom port\tTo device\tTo port\n" + "".join(
        f"leaf-7\tosfp{n}/1\tleaf-8\tosfp{n}/1\n" for n in (31, 32)
    )
    j.ask(f"QApplication.clipboard().setText({table + chr(10)!r})")
    j.choose("Link", "Link from a Table")
    j.until(FRONT + " == 'WiringDialog'")
    j.step("table pasted")
    j.click(j.until("named('Link 2')"))
    j.until(f"{CABLES} == 4")

    # The rest by range.
    j.keys("ctrl+shift+l")
    j.until(FRONT + " == 'WiringDialog'")
    j.step("range guessed")
    j.fill("From devices", "r*/node-*")
    j.until(f"not {MODAL}._later.isActive()")  # Enter shows first what was typed
    j.step("range typed")
    j.hand("key", "Return")
    j.until(f"{CABLES} > 200")
    j.step("range linked")

    # A trunk of two, opened into its cables; then both ends of what is on a port of it.
    j.click(j.ask(f"port('{leaf(7)}', 'osfp31')"))
    j.until("window().properties.port_facts.isVisible()")
    j.choose("Link", "Select Links of the Selection")
    j.until(f"len({j.selection}.paths) == 1")
    before = j.ask("links()")
    if j.ask("window().actions_['link.open_trunk'].isEnabled()"):
        j.choose("Link", "Open Trunk into Cables")
        j.until(f"links() == {before + 1}")
    j.step("trunk opened")
    j.keys("ctrl+shift+e")
    j.until(f"{leaf(8)!r} in {j.selection}.paths")
    j.step("far end")


def named_from(j: Journey, start: str) -> list[int]:
    """Return where what has a name that begins so is."""
    found = "w.isVisible() and w.accessibleName().startswith"
    return j.until(f"centre(next(w for w in QApplication.allWidgets() if {found}({start!r})))")  # type: ignore[no-any-return]


def palette(j: Journey, text: str, title: str) -> None:
    """Ask the search for something and wait until it is offered first."""
    j.keys("ctrl+k")
    j.until("window().search.isVisible()")
    j.write(text)
    j.until(f"window().search.model.items and window().search.model.items[0].title.startswith({title!r})")


def test_7_search_keys_and_sheets(journey: Begin) -> None:
    j = journey()
    j.click(named_from(j, "SuperPOD H100"))
    j.until("window().document is not None and window().evaluation.is_current", 30)
    j.keys("ctrl+k")
    j.until("window().search.isVisible()")
    j.step("search opened")
    j.write("nothing like this")
    j.until("not window().search.model.items")
    j.step("nothing found")
    j.keys("Escape")

    # A port; an action that cannot be done, with its reason; a type to place.
    palette(j, "leaf-1-03 17", "leaf-1-03")
    j.step("port found")
    j.hand("key", "Return")
    j.until(f"{j.selection}.port is not None and not window().search.isVisible()")
    j.step("port shown")
    palette(j, ">redo", "Redo")
    j.step("action with a reason")
    j.hand("key", "Return")
    assert j.ask("window().search.isVisible()")
    j.step("why not")
    j.hand("key", "Escape")
    palette(j, "+qm9700", "")
    j.step("type to place")
    j.hand("key", "Return")
    j.until(f"{j.racks}.tool.name == 'place'")
    j.point(j.ask(f"centre({j.racks})"))
    j.step("type at the pointer")
    j.keys("Escape")

    # The keys.
    j.hand("key", "question")
    j.until(FRONT + " == 'KeysDialog'")
    j.step("keys")
    j.write("undo")
    j.step("keys filtered")
    j.hand("key", "Escape")
    j.until(FRONT + " == 'NoneType'")

    # The sheets, and from a sheet back to what it shows.
    j.keys("F9")
    j.until(f"{SHEETS}.isVisible()", 30)
    j.until(f"{SHEETS}.list.count() > 5", 60)
    j.until(f"not {SHEETS}.picture.pixmap().isNull()", 60)
    j.step("sheets")
    rows = j.ask(f"[{SHEETS}.list.item(i).text() for i in range({SHEETS}.list.count())]")
    elevation = next(row for row, text in enumerate(rows) if text.startswith("R-2"))
    j.click(j.ask(f"line({SHEETS}.list, {elevation})"))
    j.until(f"{SHEETS}._shown.startswith('R-2')", 60)
    j.step("sheet chosen")
    j.click(j.until("named('Show in the design')"))
    j.until(f"len({j.selection}.paths) > 0 and window().workspace.hall.isVisible()")
    j.step("back in the design")
    j.keys("shift+F9")
    j.until(f"{SHEETS}._shown.startswith('R-2')", 60)
    j.hand("key", "Escape")
    j.keys("ctrl+k")
    j.write("#plan")
    j.until("window().search.model.items", 30)
    j.step("sheets found by search")
    j.keys("Escape")


def example(begin: Begin, folder: Path) -> tuple[Journey, Callable[..., str]]:
    """Start with the example of a scalable unit."""
    shipped, _ = load(EXAMPLE)
    return opened(begin, shipped, folder)


TABLE = "window().tables.current"
HEADS = f"{TABLE}.view.horizontalHeader()"


def column_of(j: Journey, name: str) -> int:
    """Return the section of a column."""
    return int(j.ask(f"[c.name for c in {TABLE}.model.columns].index({name!r})"))


def cell(j: Journey, row: int, name: str) -> list[int]:
    """Return where a cell of the table in front is."""
    return list(j.ask(f"line({TABLE}.view, {row}, {column_of(j, name)})"))


def filtered(j: Journey, words: str, count: int) -> None:
    """Filter the table in front until so many rows are left."""
    j.click(j.ask(f"centre({TABLE}.filter)"), times=3)
    j.write(words)
    j.until(f"len({TABLE}.model.rows) == {count}")


def test_8_tables_and_colours(journey: Begin, tmp_path: Path) -> None:
    j, _ = example(journey, tmp_path)
    j.keys("ctrl+shift+t")
    j.until(f"{TABLE} is not None and len({TABLE}.model.rows) > 50")
    j.step("table of devices")
    filtered(j, "leaf-1", 8)
    at = f"{HEADS}.sectionViewportPosition({column_of(j, 'name')}) + 20, 10"
    j.click(j.ask(f"{HEADS}.viewport().mapToGlobal(QPointF({at})).toTuple()"))
    time.sleep(0.6)  # no double click
    j.click(j.ask(f"{HEADS}.viewport().mapToGlobal(QPointF({at})).toTuple()"))
    j.until(f"{TABLE}.model.data({TABLE}.model.index(0, {column_of(j, 'name')})) == 'leaf-1-08'")
    j.step("filtered and sorted")

    # One state for all eight, as one undo step.
    j.click(cell(j, 0, "status"))
    j.click(cell(j, 7, "status"), hold=["shift"])
    j.hand("key", "F2")
    j.until("QApplication.activePopupWidget() is not None")
    j.step("states to choose from")
    j.hand("key", "o")
    j.hand("key", "Return")
    j.until("len([d for d in window().document.project.every('devices') if d.status == 'ordered']) == 8")
    j.step("states set")
    j.keys("ctrl+c")
    assert j.ask("QApplication.clipboard().text()").split() == ["Status", *["ordered"] * 8]

    # Asset tags from a file, seen before they are set.
    tags = tmp_path / "tags.csv"
    tags.write_text("name,asset_tag\n" + "".join(f"leaf-1-{n:02},AT-{n:04}\n" for n in range(1, 10)))
    j.keys("ctrl+shift+i")
    j.click(j.until("dialog_line()"), times=3)
    j.step("file of tags")
    j.write(str(tags))
    j.hand("key", "Return")
    j.until(FRONT + " == 'ImportFieldsDialog'")
    j.step("what would change")
    j.hand("key", "Return")
    j.until(
        "len([d for d in window().document.project.every('devices') if d.asset_tag.startswith('AT-')]) == 8"
    )
    j.step("tags set")

    # To the drawing and back.
    j.click(cell(j, 3, "name"))
    j.hand("key", "Return")
    j.until("window().workspace.name == 'racks'")
    path = j.ask(f"{j.selection}.paths[0]")
    j.step("jumped to the drawing")
    j.click(j.ask(f"unit('{path.rpartition('/')[0]}', 16)"))
    j.until(f"{j.selection}.paths != ('{path}',)")
    j.step("picked in the drawing")
    assert j.ask(f"len({TABLE}.model.marked())") == 1

    # What is drawn: power, then status, cables and air.
    j.choose("View", "Colour by", "Colour by Power")
    j.until(f"{j.racks}.legend.isVisible()")
    j.step("racks by power")
    j.keys("alt+1")
    j.click(j.ask("tab(window().below_tabs, 'Findings')"))
    j.keys("f")
    j.until(f"{j.hall}.legend.isVisible()")
    j.step("hall by power")
    j.choose("View", "Colour by", "Colour by Status")
    j.step("hall by status")
    j.choose("View", "Colour by", "Colour by Kind")
    j.keys("a", "c")
    j.until("window().workspace.seeing.airflow and window().workspace.seeing.cables")
    j.step("cables and air")
    j.keys("alt+2")
    j.step("cables and air in racks")


BOX = "[{net}.picture.drawn.boxes[n.key] for n in {net}.picture.map.nodes if n.label == {label!r}][0]"


def box(j: Journey, label: str) -> list[int]:
    """Return where a box of the network diagram is."""
    x, y, width, height = j.until(BOX.format(net=j.network, label=label))
    return list(j.ask(f"point({j.network}, {x + width / 2}, {y + height / 2})"))


def test_9_the_network(journey: Begin, tmp_path: Path) -> None:
    j, _ = example(journey, tmp_path)
    j.keys("alt+3")
    j.until(f"{j.network}.picture is not None")
    j.step("network")
    leaf, spine = box(j, "leaf-1-03"), box(j, "spine-1-02")
    j.point([round(leaf[0] + 0.4 * (spine[0] - leaf[0])), round(leaf[1] + 0.4 * (spine[1] - leaf[1]))])
    j.until(f"{j.network}.fan.bundles")
    j.step("bundle fanned out")
    j.click([round(leaf[0] + 0.4 * (spine[0] - leaf[0])), round(leaf[1] + 0.4 * (spine[1] - leaf[1]))])
    j.until(f"{j.network}.card.isVisible()")
    j.step("bundle selected")

    # Neighbours of a leaf, one hop more, and back.
    j.click(leaf)
    j.keys("n")
    j.until(f"{j.network}.focus is not None and not {j.network}._is_stale")
    j.step("neighbours only")
    j.keys("Escape", "Escape")
    j.until(f"{j.network}.focus is None")

    # The paths between two.
    j.click(box(j, "leaf-1-03"))
    j.click(box(j, "leaf-1-06"), hold=["ctrl"])
    j.until(f"len({j.selection}.paths) == 2")
    j.keys("p")
    j.until(f"{j.network}.paths is not None")
    j.step("path")
    j.keys("Escape", "Escape")
    j.until(f"{j.network}.focus is None")

    # A box of one's own place.
    start = box(j, "spine-1-02")
    j.press(start, [start[0] + 60, start[1] - 40])
    j.step("box held")
    j.let_go()
    j.until("len(list(window().document.project.every('layouts'))) > 0")
    j.step("box moved")
    j.click(box(j, "leaf-1-03"))
    j.keys("ctrl+Return")
    j.until("window().workspace.name == 'racks'")
    j.step("its rack")


YAML = """
manufacturer: Acme
model: S4
slug: acme-s4
u_height: 1
is_full_depth: true
weight: 10
weight_unit: kg
interfaces:
  - {name: Eth1/1, type: 800gbase-x-osfp}
  - {name: Eth1/2, type: 800gbase-x-osfp}
  - {name: Eth1/3, type: strange}
  - {name: mgmt0, type: 1000base-t, mgmt_only: true}
power-ports:
  - {name: PSU1, type: iec-60320-c14, maximum_draw: 900}
  - {name: PSU2, type: iec-60320-c14, maximum_draw: 900}
"""


def test_10_a_type_of_ones_own_to_a_set(journey: Begin, tmp_path: Path) -> None:
    (tmp_path / "s4.yaml").write_text(YAML, encoding="utf-8")
    j = journey()
    j.new_project()
    j.choose("Tools", "New Type")
    j.until(FRONT + " == 'TypeEditor'")
    j.step("new type")
    j.click(j.until("named('Import NetBox YAML …')"))
    j.click(j.until("menu_item('From a File')"))
    j.until(FRONT + " == 'QFileDialog'")
    j.click(j.until("dialog_line()"), times=3)
    j.write(str(tmp_path / "s4.yaml"))
    j.hand("key", "Return")
    j.until(FRONT + f" == 'TypeEditor' and {MODAL}.spec.id == 'acme-s4'")
    j.step("imported")
    tabs = f"{MODAL}.tabs"
    for title in j.ask(f"[{tabs}.tabText(at) for at in range(1, {tabs}.count())]"):
        j.click(j.ask(f"tab({tabs}, {title!r})"))
        j.step(f"its {title.split()[0].lower()}")
    j.hand("key", "ctrl+Return")
    j.until(FRONT + f" == 'NoneType' or 'Assumed' in {MODAL}.save_button.text()")
    if j.ask(FRONT) == "TypeEditor":
        j.step("source asked for")
        j.write("Acme S4 data sheet, page 2")
        j.hand("key", "ctrl+Return")
    j.until(FRONT + " == 'NoneType'")
    j.step("type saved")

    # Four of them in a rack.
    j.bring("vertiv vr3300", "type", "vertiv-vr3300", j.ask(f"point({j.hall}, 0, 0)"))
    j.until("len(things()) == 1")
    j.keys("alt+2")
    j.until(f"len({j.racks}.standing) == 2")
    rack = j.ask(f"{j.racks}.standing[0].path")
    j.find("acme", "type", "acme-s4")
    j.hand("key", "Return")
    j.until(f"{j.racks}.tool.name == 'place'")
    j.point(j.ask(f"unit('{rack}', 10)"))
    j.hand("key", "4")
    j.step("four held")
    j.click(j.ask(f"unit('{rack}', 10)"))
    j.until(f"len(devices('{rack}')) == 4")
    j.keys("Escape")
    j.step("four placed")
    j.keys("ctrl+l")
    for number in (10, 11):
        j.click(j.ask(f"unit('{rack}', {number})"))
    j.until("links() == 1")
    j.keys("Escape")

    # Another type in their stead; the cable does not fit the first choice.
    j.click(j.ask(f"unit('{rack}', 10)"))
    j.click(j.ask(f"unit('{rack}', 13)"), hold=["shift"])
    j.until(f"len({j.selection}.paths) == 4")
    j.keys("ctrl+h")
    j.until(FRONT + " == 'ReplaceTypeDialog'")
    j.write("dgx h100")
    j.until(f"{MODAL}.model.rowCount() > 0 and {MODAL}._refit is not None")
    j.until(f"{MODAL}.misfits.count() > 0")
    j.step("what would not fit")
    j.click(j.ask(f"centre({MODAL}.search)"), times=3)
    j.write("qm9700")
    j.until(f"{MODAL}.model.rowCount() == 1 and {MODAL}.go.isEnabled()")
    j.step("replacement")
    j.hand("key", "Return")
    j.until(f"[kind for kind, _ in devices('{rack}').values()] == ['nvidia-qm9700'] * 4")
    j.step("replaced")

    # Names.
    j.choose("Arrange", "Naming Templates")
    j.until(FRONT + " == 'NamingDialog'")
    j.step("naming")
    j.fill("Devices: switch: template", "ib{n:03}")
    tick = j.until("field('Devices: switch: name anew')")
    wide = j.ask("named_all('Devices: switch: name anew')[0].width()")
    j.click([tick[0] - wide // 2 + 8, tick[1]])
    j.until(f"{MODAL}._chosen()")
    j.step("names to come")
    j.hand("key", "ctrl+Return")
    names = "sorted(d.name for d in window().document.project.every('devices'))"
    j.until(f"{names} == ['ib001', 'ib002', 'ib003', 'ib004']")
    j.step("named anew")
    j.choose("View", "US Units")
    j.until(f"{j.project}.setting('units') == 'us'")
    j.step("us units")

    # Out of the house, and verified.
    target = tmp_path / "set.pdf"
    j.keys("ctrl+e")
    j.click(j.until("dialog_line()"), times=3)
    j.write(str(target))
    j.step("export")
    j.click(j.until("named('Export')"))
    end = time.monotonic() + 60
    while not target.exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    command = [sys.executable, "-m", "core", "verify", str(target)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
