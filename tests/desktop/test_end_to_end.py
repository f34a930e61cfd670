"""The whole program with a real pointer and keys: place, drag, link, save, kill, recover, export."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.program import Program, needs_a_screen, screen

SERVER, TEMPLATE = "nvidia-dgx-h100", "rack-dgx-h100-x4"
pytestmark = needs_a_screen


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen of its own."""
    with screen() as name:
        yield name


@pytest.fixture
def programs(display: str) -> Iterator[list[Program]]:
    started: list[Program] = []
    yield started
    for program in started:
        if program.process.poll() is None:
            program.kill()


def test_place_drag_link_undo_save_kill_recover_export(
    display: str, programs: list[Program], tmp_path: Path
) -> None:
    programs.append(program := Program(display))
    hall, racks = "window().workspace.hall", "window().workspace.racks"

    # Start on an empty hall and drag a template onto it.
    program.click(program.until("named('New project')"))
    program.until("window().document is not None")
    program.drag(program.until(f"entry('template', '{TEMPLATE}')"), program.ask(f"point({hall}, 0, 0)"))
    program.until("len(window().document.project.instances(window().document.top)) == 1")

    # A rack of its own, to drag things into.
    program.click(program.ask("centre(window().catalogue.search)"))
    program.write("vertiv vr3300")
    program.until("len(window().catalogue.model.items) < 5")
    program.drag(program.until("entry('type', 'vertiv-vr3300')"), program.ask(f"point({hall}, 3600, 600)"))
    program.until("len(window().document.project.instances(window().document.top)) == 2")

    # A server from the catalogue into the empty rack.
    program.keys("alt+2")
    program.until(f"len({racks}.standing) == 4")
    first, second = program.ask(f"list(dict.fromkeys(s.path for s in {racks}.standing))")
    program.click(program.ask("centre(window().catalogue.search)"), times=3)
    program.write("dgx h100")
    program.until(f"entry('type', '{SERVER}')")
    program.drag(program.ask(f"entry('type', '{SERVER}')"), program.ask(f"unit('{second}', 14)"))
    program.until(f"len(devices('{second}')) == 1")
    (dragged,) = program.ask(f"devices('{second}')")
    held = len(program.ask(f"devices('{first}')"))

    # And another one, which is then dragged within the rack, so that both can be linked.
    program.drag(program.ask(f"entry('type', '{SERVER}')"), program.ask(f"unit('{second}', 30)"))
    program.until(f"len(devices('{second}')) == 2")

    # The template's rack is full: make room by deleting its top server, then drag ours over.
    full = program.ask(f"devices('{first}')")
    victim = max((name for name, (kind, _) in full.items() if kind == SERVER), key=lambda name: full[name][1])
    low = full[victim][1] // 2 + 1
    program.click(program.ask(f"unit('{first}', {low + 2})"))
    program.until(f"window().document.selection.paths == ('{first}/{victim}',)")
    program.keys("Delete")
    program.until(f"len(devices('{first}')) == {held - 1}")
    from_unit = program.ask(f"devices('{second}')['{dragged}'][1]") // 2 + 1
    program.drag(
        program.ask(f"unit('{second}', {from_unit + 3})"), program.ask(f"unit('{first}', {low + 3})")
    )
    program.until(f"len(devices('{first}')) == {held} and len(devices('{second}')) == 1")

    # Link two ports of one kind, the one across racks.
    (other,) = program.ask(f"devices('{second}')")
    moved = program.ask(f"[d for d in devices('{first}') if d not in {list(full)}]")[0]
    ports = program.ask(
        f"[p.name for p in window().document.project.ports(window().document.project.resolve("
        f"window().document.top, '{second}/{other}')) if p.group.layer == 'data'"
        f" and p.name in {racks}.port_boxes('{second}/{other}')]"
    )
    cables = program.ask("links()")
    program.keys("ctrl+l")
    program.until(f"{racks}.tool.name == 'link'")
    program.click(program.ask(f"port('{first}/{moved}', '{ports[0]}')"))
    program.click(program.ask(f"port('{second}/{other}', '{ports[0]}')"))
    program.until(f"links() == {cables + 1}")
    program.keys("Escape")

    # Undo twice: the link, then the move; redo both.
    program.keys("ctrl+z", "ctrl+z")
    program.until(f"links() == {cables} and len(devices('{second}')) == 2")
    program.keys("ctrl+shift+z", "ctrl+shift+z")
    program.until(f"links() == {cables + 1} and len(devices('{second}')) == 1")

    # Save to a file, go on editing, and be killed.
    file = tmp_path / "mine.cage"
    program.keys("ctrl+s")
    program.click(program.until("dialog_line()"), times=3)
    program.write(str(file))
    program.hand("key", "Return")
    program.until("not window().document.is_dirty")
    saved = file.read_bytes()
    program.click(
        program.ask(f"unit('{second}', {program.ask(f'''devices('{second}')['{other}'][1]''') // 2 + 2})")
    )
    program.keys("Delete")
    program.until(f"len(devices('{second}')) == 0")
    program.kill()
    assert file.read_bytes() == saved

    # The next start offers what was not saved.
    programs.append(program := Program(display))
    program.click(program.until("named('Recover a copy')"))
    program.until("window().document is not None")
    assert program.ask(f"len(devices('{second}'))") == 0
    assert program.ask(f"len(devices('{first}'))") == held

    # And the specification set comes out of it.
    target = tmp_path / "set.pdf"
    program.keys("ctrl+e")
    program.click(program.until("dialog_line()"), times=3)
    program.write(str(target))
    program.click(program.until("named('Export')"))
    end = time.monotonic() + 60
    while not target.exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert target.read_bytes().startswith(b"%PDF")
