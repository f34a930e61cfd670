"""Journeys a designer makes with real mouse and keys, part one: from an empty hall to an issued set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.desktop.journey import Journey
from tests.desktop.program import needs_a_screen

pytestmark = needs_a_screen
Begin = Callable[..., Journey]
DGX, UNIT = "rack-dgx-h100-x4", "su-dgx-h100"


def save(j: Journey, file: Path) -> None:
    j.keys("ctrl+s")
    j.click(j.until("dialog_line()"), times=3)
    j.step("save as")
    j.write(str(file))
    j.hand("key", "Return")
    j.until("not window().document.is_dirty")


def test_1_empty_hall_to_two_rows(journey: Begin, tmp_path: Path) -> None:
    j = journey()
    j.step("start page")
    j.new_project()
    j.step("empty hall")
    j.press(j.find("dgx", "template", DGX), j.ask(f"point({j.hall}, 0, 0)"))
    j.step("template held")
    j.let_go()
    j.until("len(things()) == 1")
    j.step("template placed")

    # Four racks along the row, two rows, face to face.
    j.keys("ctrl+shift+d")
    j.until("dialog() == 'Array copy'")
    j.step("array copy")
    j.hand("type", "--delay", 8, "4\t2")
    j.step("array of two rows")
    j.hand("key", "Return")
    j.until("len(things()) == 8")
    j.until(f"{j.hall}.overlay.is_empty")
    j.step("two rows")
    placed = j.ask("things()")
    assert sorted(placed) == [f"r{n:02}" for n in range(1, 9)]
    rows = sorted({y for _, _, y, _ in placed.values()})
    assert [[x for _, x, y, _ in placed.values() if y == row] for row in rows] == [[0, 600, 1200, 1800]] * 2

    # Names: each row its letter, counted on.
    for letter, first, last in (("A", "r01", "r04"), ("B", "r05", "r08")):
        j.drag(_beside(j.ask(f"middle({first!r})"), -1), _beside(j.ask(f"middle({last!r})"), 1))
        j.until("len(window().document.selection.paths) == 4")
        j.fill("Name", f"{letter}{{n:02}}")
        j.until(f"'{letter}04' in things()")
        j.step(f"row {letter} named")
    assert sorted(j.ask("things()")) == [f"{letter}{n:02}" for letter in "AB" for n in range(1, 5)]

    save(j, file := tmp_path / "two rows.cage")
    j.step("saved")
    assert j.ask("window().windowTitle()") == "two rows.cage – Cagenut"
    assert file.read_text().count('"B0') == 4


def _beside(at: list[int], way: int) -> list[int]:
    """Return a point outside a rack on the plan as it is first shown: lower left of it, or upper right."""
    return [at[0] + 26 * way, at[1] - 46 * way]


def test_2_fill_a_rack_move_swap_and_step_back(journey: Begin) -> None:
    j = journey()
    j.new_project()
    for x in (0, 1200):
        j.bring("vertiv vr3300", "type", "vertiv-vr3300", j.ask(f"point({j.hall}, {x}, 0)"))
    j.until("len(things()) == 2")
    j.keys("alt+2")
    j.until(f"len({j.racks}.standing) == 4")
    first, second = j.ask(f"list(dict.fromkeys(s.path for s in {j.racks}.standing))")
    j.step("two empty racks")

    # Enter in the search takes the type to the pointer; 4 puts four above each other.
    j.find("dgx h100", "type", "nvidia-dgx-h100")
    j.hand("key", "Return")
    j.until(f"{j.racks}.tool.name == 'place'")
    j.point(j.ask(f"unit('{first}', 3)"))
    j.hand("key", "4")
    j.step("four held")
    j.click(j.ask(f"unit('{first}', 3)"))
    j.until(f"len(devices('{first}')) == 4")
    j.keys("Escape")
    j.step("four placed")
    assert sorted(half_u for _, half_u in j.ask(f"devices('{first}')").values()) == [0, 16, 32, 48]

    # The switch beside them, by Fill Rack in the other one.
    j.find("qm9700", "type", "nvidia-qm9700")
    j.click(j.ask("entry('type', 'nvidia-qm9700')"))
    j.click(j.ask(f"unit('{second}', 30)"))
    j.keys("ctrl+shift+f")
    j.until("dialog() == 'Fill rack'")
    j.hand("type", "2")
    j.step("fill rack")
    j.hand("key", "Return")
    j.until(f"len(devices('{second}')) == 2")

    # A server to the other rack.
    j.press(j.ask(f"unit('{first}', 28)"), j.ask(f"unit('{second}', 20)"))
    j.step("server dragged")
    j.let_go()
    j.until(f"len(devices('{first}')) == 3 and len(devices('{second}')) == 3")
    j.step("server moved")
    moved = j.ask(f"devices('{second}')")

    # Swapped with one of the first rack.
    j.press(j.ask(f"unit('{second}', 21)"), j.ask(f"unit('{first}', 4)"), hold=["shift"])
    j.step("swap held")
    j.let_go(hold=["shift"])
    j.until(f"set(devices('{second}')) != set({list(moved)!r})")
    j.step("swapped")
    after = [j.ask(f"devices('{rack}')") for rack in (first, second)]

    # The undo list: back to the second rack's filling, and forth.
    j.click(j.ask("tab(window().left_tabs, 'History')"))
    j.until("window().history.isVisible()")
    j.step("undo list")
    steps = j.ask("[line.step.label for line in window().history.model.items]")
    j.click(j.ask(f"line(window().history.list, {len(steps) - 3})"))
    j.until(f"len(devices('{first}')) == 4 and len(devices('{second}')) == 2")
    j.step("stepped back")
    j.click(j.ask(f"line(window().history.list, {len(steps) - 1})"))
    j.until(f"len(devices('{first}')) == 3")
    assert [j.ask(f"devices('{rack}')") for rack in (first, second)] == after
    j.step("stepped forth")


def test_3_edit_all_or_one(journey: Begin) -> None:
    j = journey()
    j.new_project()
    j.bring("scalable", "template", UNIT, j.ask(f"point({j.hall}, 0, 0)"))
    j.until("len(things()) == 1")
    j.keys("f", "ctrl+shift+d")
    j.until("dialog() == 'Array copy'")
    j.hand("key", "Return")
    j.until("len(things()) == 2")
    j.keys("f")
    j.step("two units")
    one, two = sorted(j.ask("things()"))
    copies = [j.ask(f"things()[{name!r}][0]") for name in (one, two)]
    j.click(j.ask(f"middle({one!r})"), times=2)
    j.until(f"{j.selection}.entered == '{copies[0]}'")
    j.step("unit entered")

    # All copies: a name in the drawing.
    racks = list(j.ask("things()"))
    j.click(j.ask(f"middle({racks[0]!r})"))
    j.until(f"len({j.selection}.paths) == 1")
    j.fill("Name", "first")
    j.until("'first' in things()")
    j.step("renamed in all")

    # Only this one: a note, which is its own without another drawing.
    j.click(j.ask("named('only this one')"))
    j.until("window().document.only_this")
    j.fill("Note", "On loan")
    j.until("len(window().document.differences()) == 1")
    j.step("noted in one")
    j.click(j.ask("named('all of them')"))

    # Absent, by the menu under the right button.
    j.click(j.ask(f"middle({racks[1]!r})"))
    j.click(j.ask(f"middle({racks[1]!r})"), button=3)
    j.click(j.until("menu_item('Block')"))
    j.until("menu_item('Make Absent')")
    j.step("right click")
    j.click(j.ask("menu_item('Make Absent')"))
    j.until("len(window().document.differences()) == 2")
    j.step("absent")

    # What differs, and back to the drawing.
    j.keys("Escape")
    j.click(j.until("named('1 of 2 differs')"))
    j.until(f"{j.selection}.paths == ('{copies[0]}',)")
    j.step("what differs")
    j.choose("Blocks", "Clear Overrides")
    j.until("not window().document.differences()")
    j.click(j.ask("named('Go to Hall 1')"))
    j.until(f"{j.selection}.entered == ''")
    j.step("back in the hall")


def test_4_drag_align_turn_and_measure(journey: Begin) -> None:
    j = journey()
    j.new_project()
    for x, y in ((0, 0), (1800, 0), (4200, 600)):
        j.bring("dgx", "template", DGX, j.ask(f"point({j.hall}, {x}, {y})"))
    j.until("len(things()) == 3")
    j.keys("Escape", "f")
    j.step("three racks")
    before = j.ask("things()")

    # Onto another: refused, nothing moves.
    j.press(j.ask("middle('r02')"), j.ask("middle('r01')"))
    j.step("collision")
    j.let_go()
    assert j.ask("things()") == before

    # With Alt, without the grid.
    start = j.ask("middle('r02')")
    j.press(start, [start[0] + 37, start[1] + 23], hold=["alt"])
    j.step("without snapping")
    j.let_go(hold=["alt"])
    j.until(f"things() != {before!r}")
    assert j.ask("things()['r02'][1] % 600") != 0

    # Fronts on a line, equal gaps.
    j.keys("ctrl+a")
    j.choose("Arrange", "Align", "Fronts")
    j.until("len({y for _, _, y, _ in things().values()}) == 1")
    j.choose("Arrange", "Space Evenly")
    j.step("space evenly")
    j.click(j.until("menu_item('Equal Gaps Across')"))
    j.until("(lambda x: x[1] - x[0] == x[2] - x[1])(sorted(x for _, x, _, _ in things().values()))")
    j.step("aligned and spaced")

    # Turned, and put in numbers.
    j.click(j.ask("middle('r03')"))
    j.until(f"len({j.selection}.paths) == 1")
    j.keys("ctrl+r")
    j.until("things()['r03'][3] == 90")
    j.step("turned")
    j.click(j.ask("middle('r03')"), button=3)
    j.step("right click")
    j.click(j.until("menu_item('Move To')"))
    j.until("dialog() == 'Move to'")
    j.hand("type", "--delay", 8, "6000\t+1200")
    j.step("move to")
    j.hand("key", "Return")
    j.until("not dialog()")
    assert j.ask("things()['r03']")[1:] == [7200, 600, 90]
    j.step("moved")
    j.keys("g")
    j.step("without dimensions")


def test_5_empty_to_issued_set(journey: Begin, tmp_path: Path) -> None:
    j = journey()
    j.new_project()
    j.bring("scalable", "template", UNIT, j.ask(f"point({j.hall}, 0, 0)"))
    j.until("len(things()) == 1")
    j.keys("f", "ctrl+b")
    j.until("dialog() == 'Site and brief'")
    j.step("brief")
    for name, value in (
        ("Accelerators", "256"),
        ("Site power", "300"),
        ("Floor rating, uniform", "1200"),
    ):
        j.fill(name, value)
    j.step("brief filled")
    j.hand("key", "Return")
    j.until("not dialog() and len(window().document.project.requirements) == 3")
    j.until("window().evaluation.is_current and window().findings.current is None")
    j.step("limits")

    # The worst finding: a click goes there.
    j.until("window().findings.model.lines[0].severity == 'error'")
    message = j.ask("window().findings.model.lines[0].message")
    j.click(j.ask("line(window().findings.table, 0, 1)"))
    j.until("'about the whole design' in window().statusBar().currentMessage()")
    assert j.ask("window().findings.current.message") == message
    j.step("finding followed")
    j.click(j.ask("named('Waive …')"))
    j.until("dialog() == 'Waive a finding'")
    j.fill("Author", "A. Designer")
    j.write("Shared with the hall next door until the second feed is built")
    j.step("waiver")
    j.click(j.ask("named('Waive')"))
    j.until("not dialog()")
    j.until(f"{message!r} in [l.message for l in window().findings.model.lines if l.severity == 'waived']")
    j.step("waived")

    # Title block and revision A.
    j.keys("ctrl+i")
    j.until("dialog() == 'Document control and issue'")
    for name, value in (("Project", "Two rows"), ("Drawn", "AD"), ("Checked", "BE"), ("Approved", "CF")):
        j.fill(name, value)
    j.fill("Description", "First issue")
    j.step("issue")
    j.click(j.ask("named('Issue')"))
    j.until("not dialog() and len(window().document.project.revisions) == 1")
    j.step("issued")

    # The set, and the sheets.
    j.keys("ctrl+e")
    j.until("dialog() == 'Export specification set'")
    assert j.ask("QApplication.activeModalWidget().file.text()").endswith("-rev-A.pdf")
    j.fill("File", str(target := tmp_path / "set-rev-A.pdf"))
    j.step("export")
    j.click(j.ask("named('Export')"))
    j.step("exporting")
    j.until("not dialog()", 60)
    assert target.read_bytes().startswith(b"%PDF")
    j.step("exported")
    j.keys("F9")
    j.until("sheets() is not None and sheets().list.count() > 5", 60)
    j.until("not sheets().picture.pixmap().isNull()", 60)
    j.step("sheet preview")
