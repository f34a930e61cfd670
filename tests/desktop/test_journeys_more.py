"""Journeys a designer makes with real mouse and keys, part two: wire, search, list, look, bring one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from core.files.project_file import save
from core.model.project import Project
from tests.desktop.conftest import path_of
from tests.desktop.journey import Journey
from tests.desktop.program import needs_a_screen
from tests.desktop.test_linking import unit_of_31

pytestmark = needs_a_screen
Begin = Callable[..., Journey]
DIALOG = "QApplication.activeWindow() is not window() and QApplication.activeWindow().windowTitle() == "
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

    # A port in use is picked and its end dragged elsewhere.
    j.click(j.ask(f"port('{leaf(1)}', 'osfp1')"))
    j.until("window().properties.port_facts.isVisible()")
    j.until("len(window().properties.port_facts.breaks) == 2")
    j.step("what is on this port")
    j.press(j.ask(f"port('{leaf(1)}', 'osfp1')"), j.ask(f"port('{leaf(1)}', 'osfp9')"))
    j.step("end held")
    j.let_go()
    j.until("window().document.history.undo_labels[0].startswith('Re-route')")
    j.step("end re-routed")
    j.keys("ctrl+z")

    # Two cables from a table.
    table = "From device\tFrom port\tTo device\tTo port\n" + "".join(
        f"leaf-7\tosfp{n}/1\tleaf-8\tosfp{n}/1\n" for n in (31, 32)
    )
    j.ask(f"QApplication.clipboard().setText({table + chr(10)!r})")
    j.choose("Link", "Link from a Table")
    j.until(DIALOG + "'Link many'")
    j.step("table pasted")
    j.click(j.until("named('Link 2')"))
    j.until(f"{CABLES} == 4")

    # The rest by range.
    j.keys("ctrl+shift+l")
    j.until(DIALOG + "'Link many'")
    j.step("range guessed")
    j.fill("From devices", "r*/node-*")
    j.step("range typed")
    j.hand("key", "Return")
    j.until(f"{CABLES} > 200")
    j.step("range linked")
