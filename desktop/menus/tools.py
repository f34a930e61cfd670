"""The tools, and what the catalogue offers to place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.commands import editing
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the tools."""
    add, space = window.actions_.add, window.workspace
    need = lambda: no_project(window)  # noqa: E731
    select = add(
        "tool.select",
        "&Select and Move",
        lambda: space.view.use(None),
        menu="Tools|1",
        shortcut="V",
        icon_name="select",
        group="tool",
        why_not=need,
    )
    select.setChecked(True)
    add(
        "tool.link",
        "&Link Ports",
        space.link,
        menu="Link|1",
        shortcut="Ctrl+L",
        icon_name="link",
        group="tool",
        why_not=need,
        tip="Join ports in the racks view",
    )
    add(
        "tool.find",
        "&Find in the Catalogue",
        lambda: _find(window),
        menu="Tools|2",
        shortcut="Ctrl+F",
        icon_name="search",
        why_not=need,
    )
    add(
        "tool.place",
        "&Place from the Catalogue",
        lambda: _place(window),
        menu="Tools|2",
        shortcut="Ctrl+P",
        why_not=need,
        tip="Place the catalogue's entry click by click",
    )
    add(
        "tool.place_first",
        "Place in First Free &Units",
        lambda: window.attempt(lambda: _place_first(window)),
        menu="Tools|2",
        shortcut="Ctrl+Shift+P",
        tip="Put the catalogue's entry into the lowest free units of the selected rack",
        why_not=lambda: editing.why_no_selection(window.document),
    )
    add(
        "tool.new_type",
        "New &Type …",
        lambda: window.dialogs.edit_type(""),
        menu="Tools|3",
        tip="Add a type of your own",
    )


def _find(window: MainWindow) -> None:
    window.left_tabs.setCurrentWidget(window.catalogue)
    window.catalogue.search.setFocus()
    window.catalogue.search.selectAll()


def _place(window: MainWindow) -> None:
    entry = window.catalogue.current
    reason = "nothing is chosen in the catalogue" if entry is None else window.workspace.place(entry.carried)
    if reason:
        window.complain(reason)


def _place_first(window: MainWindow) -> None:
    from core.editing.place import place_device
    from core.editing.routes import block_at
    from core.errors import EditError
    from core.model.records import Instance

    document, entry = window.document, window.catalogue.current
    assert document is not None
    if entry is None or entry.carried.kind != "type":
        raise EditError("choose a device in the catalogue first")
    path = document.selection.paths[0]
    record = document.project.resolve(document.top, path)
    holder = path if isinstance(record, Instance) else path.rpartition("/")[0]
    edit = document.edit(f"Place {entry.title}", holder)
    device = place_device(edit, window.library, block_at(edit, document.top, holder), entry.carried.id)
    if document.commit_edit(edit):
        document.selection.set([f"{holder}/{device.id}".lstrip("/")])
