"""The commands on drawings and tools: name, menu, shortcut, and why they cannot be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop import commands
from desktop.theme import theme

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def no_project(window: MainWindow) -> str:
    """Say that no project is open, if so."""
    return "" if window.document is not None else "no project is open"


def view(window: MainWindow) -> None:
    """Register the commands of the View menu."""
    add, space = window.actions_.add, window.workspace
    need = lambda: no_project(window)  # noqa: E731
    for number, (name, text) in enumerate(
        (("hall", "&Hall"), ("racks", "&Racks"), ("network", "&Network")), 1
    ):
        add(
            f"view.{name}",
            text,
            lambda n=name: space.show_view(n),
            menu="View|1",
            shortcut=f"Alt+{number}",
            icon_name="rack" if name == "racks" else name,
            why_not=need,
        )
    add(
        "view.selected_racks",
        "Racks of the &Selection",
        space.show_racks_of_selection,
        menu="View|1",
        shortcut="Ctrl+Return",
        tip="Show the selected racks, front and rear",
        why_not=lambda: commands.why_no_selection(window.document),
    )
    add(
        "view.fit",
        "&Fit",
        lambda: space.view.fit(),
        menu="View|2",
        shortcut=("F", "Ctrl+1"),
        icon_name="fit",
        tip="Show everything",
        why_not=need,
    )
    add(
        "view.readable",
        "&Readable Size",
        lambda: space.view.actual_size(),
        menu="View|2",
        shortcut="Ctrl+0",
        why_not=need,
        tip="Zoom until ports can be read",
    )
    add(
        "view.zoom_in",
        "Zoom &In",
        lambda: space.view.zoom(1.25),
        menu="View|2",
        shortcut=("Ctrl++", "Ctrl+="),
        icon_name="zoom-in",
        tip="Zoom in",
        why_not=need,
    )
    add(
        "view.zoom_out",
        "Zoom &Out",
        lambda: space.view.zoom(0.8),
        menu="View|2",
        shortcut="Ctrl+-",
        icon_name="zoom-out",
        tip="Zoom out",
        why_not=need,
    )
    add(
        "view.show_selected",
        "Zoom to S&election",
        lambda: _zoom_to_selection(window),
        menu="View|2",
        shortcut="Shift+F",
        why_not=lambda: commands.why_no_selection(window.document),
    )
    add(
        "view.leave",
        "Go &Up",
        lambda: _leave(window),
        menu="View|3",
        shortcut="Alt+Up",
        icon_name="up",
        tip="Leave the block that was entered",
        why_not=lambda: no_project(window) or _is_outermost(window),
    )
    marks = add(
        "view.marks",
        "&Grid and Dimensions",
        lambda: space.hall.show_marks(window.actions_["view.marks"].isChecked()),
        menu="View|4",
        shortcut="G",
        checkable=True,
        tip="Show grid and dimensions of the hall",
        why_not=need,
    )
    marks.setChecked(True)
    for choice, text in (
        ("system", "Colours of the System"),
        ("light", "Light Colours"),
        ("dark", "Dark Colours"),
    ):
        action = add(
            f"view.theme_{choice}", text, lambda c=choice: theme().apply(c), menu="View|5", group="theme"
        )
        action.setChecked(theme().choice == choice)


def tools(window: MainWindow) -> None:
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
        menu="Tools|1",
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
        shortcut=("Ctrl+K", "Ctrl+F"),
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
        why_not=lambda: commands.why_no_selection(window.document),
    )
    add(
        "tool.new_type",
        "New &Type …",
        lambda: window.dialogs.edit_type(""),
        menu="Tools|3",
        tip="Add a type of your own",
    )


def help_(window: MainWindow) -> None:
    """Register the help."""
    window.actions_.add(
        "help.keys",
        "&Keys and Gestures",
        lambda: window.dialogs.show_keys(),
        menu="Help|1",
        shortcut=("F1", "?"),
    )
    window.actions_.add("help.about", "&About Cagenut", lambda: window.dialogs.show_about(), menu="Help|1")


def _zoom_to_selection(window: MainWindow) -> None:
    assert window.document is not None
    view = window.workspace.view
    shapes, _ = view.shapes_of(window.document.selection.paths)
    if shapes:
        box = shapes[0].boundingRect()
        for shape in shapes[1:]:
            box = box.united(shape.boundingRect())
        view.show_box(box, margin=90)


def _leave(window: MainWindow) -> None:
    """Go one block up."""
    assert window.document is not None
    window.document.selection.leave()
    window.workspace.hall.fit()


def _is_outermost(window: MainWindow) -> str:
    assert window.document is not None
    return "" if window.document.selection.entered else "this is the outermost block"


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
