"""The commands that go with the selection to another drawing, to its line in a table, or to its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.model.records import Device, Instance, Link
from desktop.commands import editing
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.document import Document
    from desktop.main_window import MainWindow
    from desktop.workspace import Workspace


def register(window: MainWindow) -> None:
    """Register the commands of View > Show Selection."""
    for name, text, key, run in (
        ("hall", "In the &Hall", "Shift+Alt+1", show_in_hall),
        ("racks", "In the &Racks", "Shift+Alt+2", show_in_racks),
        ("network", "In the &Network", "Shift+Alt+3", show_in_network),
        ("table", "In its &Table", "Shift+Alt+4", show_in_table),
        ("power", "In the &Power", "", lambda window: show_in_schematic(window, "power")),
        ("cooling", "In the &Cooling", "", lambda window: show_in_schematic(window, "cooling")),
    ):
        window.actions_.add(
            f"go.{name}",
            text,
            lambda run=run: run(window),
            menu="View|1|S&how Selection",
            shortcut=key,
            tip=f"Show what is selected {text[0].lower()}{text[1:].replace('&', '')}",
            why_not=lambda: editing.why_no_selection(window.document),
        )

    window.actions_.add(
        "go.way_in",
        "The &Way In",
        lambda: show_way_in(window),
        menu="View|1|S&how Selection",
        tip="Draw how the selected rack comes from a door to its place; again to hide it",
        why_not=lambda: _why_no_way(window),
    )
    window.workspace.hall.way.said.connect(window.say)
    window.document_changed.connect(lambda: window.workspace.hall.way.show(""))


def _rack_selected(window: MainWindow) -> str:
    """Return the path of the one rack that is selected; empty if there is none."""
    document = window.document
    if document is None or len(document.selection.paths) != 1:
        return ""
    path = document.selection.paths[0]
    record = document.project.resolve(document.top, path)
    block = document.project.blocks.get(record.of) if isinstance(record, Instance) else None
    return path if block is not None and block.kind == "rack" else ""


def _why_no_way(window: MainWindow) -> str:
    if window.workspace.hall.way.path:
        return ""
    return no_project(window) or ("" if _rack_selected(window) else "select one rack")


def show_way_in(window: MainWindow) -> None:
    """Draw the way in of the selected rack over the hall; of the same one, or with none selected, hide it."""
    document, space = _open(window)
    path = _rack_selected(window)
    if not path or path == space.hall.way.path:
        space.hall.way.show("")
        window.say("The way in is hidden")
        return
    space.hall.way.show(path)
    document.selection.enter("")
    space.show_view("hall")
    space.hall.show_paths([path])


def show_in_hall(window: MainWindow) -> None:
    """Go to the plan; a block that does not hold the selection is left."""
    document, space = _open(window)
    chosen = document.selection.paths
    space.show_view("hall")
    if not any(space.hall.shapes_of(chosen)):
        document.selection.enter("")
    space.hall.show_paths(chosen)
    space.hall.setFocus()


def show_in_racks(window: MainWindow) -> None:
    """Go to the elevations; racks that are not drawn are drawn then."""
    document, space = _open(window)
    chosen = document.selection.paths
    space.show_view("racks")
    if not any(space.racks.shapes_of(chosen)):
        space.show_racks_of_selection()
    space.racks.show_paths(chosen)
    space.racks.setFocus()


def show_in_network(window: MainWindow) -> None:
    """Go to the diagram, of another fabric if the selection is in none of the present one."""
    from desktop.commands.linking import links_at

    document, space = _open(window)
    chosen, view = document.selection.paths, space.network
    space.show_view("network")
    if not any(view.shapes_of(chosen)):
        fabrics = {found.link.fabric for found in links_at(document, chosen) if found.link.layer == "data"}
        for fabric in sorted(fabrics):
            view.show_fabric(fabric)
            if any(view.shapes_of(chosen)):
                break
        else:
            window.complain("nothing selected is linked in any fabric")
            return
    view.show_paths(chosen)
    view.setFocus()


def show_in_schematic(window: MainWindow, name: Literal["power", "cooling"]) -> None:
    """Go to the card that stands for the selection."""
    document, space = _open(window)
    chosen = document.selection.paths
    space.show_view(name)
    view = space.view
    if not any(view.shapes_of(chosen)):
        window.complain(f"nothing selected is in the {name} diagram")
        return
    view.show_paths(chosen)
    view.setFocus()


def show_in_table(window: MainWindow) -> None:
    """Go to the line of what is selected in the table of its kind."""
    document, _ = _open(window)
    record = document.project.resolve(document.top, document.selection.paths[0])
    names = {Device: "devices", Instance: "racks", Link: "cables"}
    window.tables.show(names.get(type(record), "devices"))  # type: ignore[arg-type]


def _open(window: MainWindow) -> tuple[Document, Workspace]:
    assert window.document is not None
    return window.document, window.workspace
