"""Every command of the program: name, menu, shortcut, and why it cannot be done now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop import commands
from desktop.theme import theme

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Fill the registry of a window."""
    _file(window)
    _edit(window)
    _view(window)
    _tools(window)
    _help(window)


def _no_project(window: MainWindow) -> str:
    return "" if window.document is not None else "no project is open"


def _file(window: MainWindow) -> None:
    add, filing = window.actions_.add, window.filing
    need = lambda: _no_project(window)  # noqa: E731
    add("file.new", "&New", filing.new, menu="File|1", shortcut="Ctrl+N", icon_name="new", tip="New project")
    add("file.open", "&Open …", filing.ask_open, menu="File|1", shortcut="Ctrl+O", icon_name="open", tip="Open a project")
    add("file.start", "S&tart Page", filing.go_to_start, menu="File|1", why_not=need, tip="Examples and recent projects")
    add("file.save", "&Save", filing.save, menu="File|2", shortcut="Ctrl+S", icon_name="save", tip="Save",
        why_not=lambda: _no_project(window) or window.filing.why_not_save())  # fmt: skip
    add("file.save_as", "Save &As …", filing.save_as, menu="File|2", shortcut="Ctrl+Shift+S", why_not=need)
    add("file.brief", "Site and &Brief …", lambda: filing.edit_brief(""), menu="File|3", shortcut="Ctrl+B", why_not=need,
        tip="What results are held against")  # fmt: skip
    add("file.export", "&Export PDF …", filing.export, menu="File|4", shortcut="Ctrl+E", icon_name="export",
        tip="Export the specification set", why_not=lambda: _no_project(window) or filing.why_not_export())  # fmt: skip
    add("file.quit", "&Quit", window.close, menu="File|5", shortcut="Ctrl+Q")


def _edit(window: MainWindow) -> None:
    add, attempt = window.actions_.add, window.attempt

    def selected() -> str:
        return commands.why_no_selection(window.document)

    def on_floor() -> str:
        return commands.why_not_on_floor(window.document)

    def act(command: object, *args: object) -> object:
        return lambda: attempt(lambda: command(window.document, *args))  # type: ignore[operator]

    add("edit.undo", "&Undo", act(lambda d: d.undo()), menu="Edit|1", shortcut="Ctrl+Z", icon_name="undo",
        tip="Undo", why_not=lambda: _no_project(window) or _nothing_to(window, "undo"))  # type: ignore[arg-type]  # fmt: skip
    add("edit.redo", "&Redo", act(lambda d: d.redo()), menu="Edit|1", shortcut=("Ctrl+Shift+Z", "Ctrl+Y"), icon_name="redo",
        tip="Redo", why_not=lambda: _no_project(window) or _nothing_to(window, "redo"))  # type: ignore[arg-type]  # fmt: skip
    add("edit.cut", "Cu&t", lambda: attempt(lambda: _cut(window)), menu="Edit|2", shortcut="Ctrl+X", why_not=selected)
    add("edit.copy", "&Copy", act(commands.copy_selected), menu="Edit|2", shortcut="Ctrl+C", icon_name="copy", why_not=selected)  # type: ignore[arg-type]
    add("edit.paste", "&Paste", act(commands.paste_parts), menu="Edit|2", shortcut="Ctrl+V", icon_name="paste",
        why_not=lambda: _no_project(window) or ("" if commands.can_paste() else "the clipboard holds no parts of a design"))  # type: ignore[arg-type]  # fmt: skip
    add("edit.duplicate", "D&uplicate", act(commands.duplicate_selected), menu="Edit|2", shortcut="Ctrl+D", why_not=selected)  # type: ignore[arg-type]
    add("edit.delete", "&Delete", act(commands.delete_selected), menu="Edit|2", shortcut=("Del", "Backspace"),
        icon_name="delete", tip="Delete with all that hangs on it", why_not=selected)  # type: ignore[arg-type]  # fmt: skip
    add("edit.rotate", "Rotate &Left", act(commands.rotate_selected, 1), menu="Edit|3", shortcut="Ctrl+R", icon_name="rotate",
        tip="Rotate by a quarter", why_not=on_floor)  # type: ignore[arg-type]  # fmt: skip
    add("edit.rotate_right", "Rotate Ri&ght", act(commands.rotate_selected, -1), menu="Edit|3", shortcut="Ctrl+Shift+R", why_not=on_floor)  # type: ignore[arg-type]
    add("edit.mirror", "&Mirror", act(commands.mirror_selected), menu="Edit|3", why_not=on_floor)  # type: ignore[arg-type]
    add("edit.unique", "Make U&nique", act(commands.make_unique_selected), menu="Edit|4",
        tip="Give this copy a drawing of its own", why_not=lambda: commands.why_not_unique(window.document))  # type: ignore[arg-type]  # fmt: skip
    add("edit.select_all", "Select &All", act(commands.select_siblings), menu="Edit|5", shortcut="Ctrl+A",
        tip="Select everything beside what is selected", why_not=lambda: _no_project(window))  # type: ignore[arg-type]  # fmt: skip


def _view(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    need = lambda: _no_project(window)  # noqa: E731
    for number, (name, text) in enumerate((("hall", "&Hall"), ("racks", "&Racks"), ("network", "&Network")), 1):
        add(f"view.{name}", text, lambda n=name: space.show_view(n), menu="View|1", shortcut=f"Alt+{number}",
            icon_name="rack" if name == "racks" else name, why_not=need)  # fmt: skip
    add("view.selected_racks", "Racks of the &Selection", space.show_racks_of_selection, menu="View|1", shortcut="Ctrl+Return",
        tip="Show the selected racks, front and rear", why_not=lambda: commands.why_no_selection(window.document))  # fmt: skip
    add("view.fit", "&Fit", lambda: space.view.fit(), menu="View|2", shortcut=("F", "Ctrl+1"), icon_name="fit", tip="Show everything", why_not=need)
    add("view.readable", "&Readable Size", lambda: space.view.actual_size(), menu="View|2", shortcut="Ctrl+0", why_not=need,
        tip="Zoom until ports can be read")  # fmt: skip
    add("view.zoom_in", "Zoom &In", lambda: space.view.zoom(1.25), menu="View|2", shortcut=("Ctrl++", "Ctrl+="), icon_name="zoom-in", tip="Zoom in", why_not=need)
    add("view.zoom_out", "Zoom &Out", lambda: space.view.zoom(0.8), menu="View|2", shortcut="Ctrl+-", icon_name="zoom-out", tip="Zoom out", why_not=need)
    add("view.show_selected", "Zoom to S&election", lambda: _zoom_to_selection(window), menu="View|2", shortcut="Shift+F",
        why_not=lambda: commands.why_no_selection(window.document))  # fmt: skip
    add("view.leave", "Go &Up", lambda: attempt_leave(window), menu="View|3", shortcut="Alt+Up", icon_name="up",
        tip="Leave the block that was entered", why_not=lambda: _no_project(window) or _is_outermost(window))  # fmt: skip
    marks = add("view.marks", "&Grid and Dimensions", lambda: space.hall.show_marks(window.actions_["view.marks"].isChecked()),
                menu="View|4", shortcut="G", checkable=True, tip="Show grid and dimensions of the hall", why_not=need)  # fmt: skip
    marks.setChecked(True)
    for choice, text in (("system", "Colours of the System"), ("light", "Light Colours"), ("dark", "Dark Colours")):
        action = add(f"view.theme_{choice}", text, lambda c=choice: theme().apply(c), menu="View|5", group="theme")
        action.setChecked(theme().choice == choice)


def _tools(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    need = lambda: _no_project(window)  # noqa: E731
    select = add("tool.select", "&Select and Move", lambda: space.view.use(None), menu="Tools|1", shortcut="V", icon_name="select", group="tool", why_not=need)
    select.setChecked(True)
    add("tool.link", "&Link Ports", space.link, menu="Tools|1", shortcut="Ctrl+L", icon_name="link", group="tool", why_not=need,
        tip="Join ports in the racks view")  # fmt: skip
    add("tool.find", "&Find in the Catalogue", lambda: _find(window), menu="Tools|2", shortcut=("Ctrl+K", "Ctrl+F"), icon_name="search", why_not=need)
    add("tool.place", "&Place from the Catalogue", lambda: _place(window), menu="Tools|2", shortcut="Ctrl+P", why_not=need,
        tip="Place the catalogue's entry click by click")  # fmt: skip
    add("tool.place_first", "Place in First Free &Units", lambda: window.attempt(lambda: _place_first(window)), menu="Tools|2", shortcut="Ctrl+Shift+P",
        tip="Put the catalogue's entry into the lowest free units of the selected rack", why_not=lambda: commands.why_no_selection(window.document))  # fmt: skip
    add("tool.new_type", "New &Type …", lambda: window.filing.edit_type(""), menu="Tools|3", tip="Add a type of your own")


def _help(window: MainWindow) -> None:
    window.actions_.add("help.keys", "&Keys and Gestures", lambda: window.filing.show_keys(), menu="Help|1", shortcut=("F1", "?"))
    window.actions_.add("help.about", "&About Cagenut", lambda: window.filing.show_about(), menu="Help|1")


def _nothing_to(window: MainWindow, what: str) -> str:
    assert window.document is not None
    history = window.document.history
    labels = history.undo_labels if what == "undo" else history.redo_labels
    action = window.actions_[f"edit.{what}"] if f"edit.{what}" in list(window.actions_) else None
    if action is not None:
        action.setText(f"&{what.capitalize()} {labels[0]}" if labels else f"&{what.capitalize()}")
    return "" if labels else f"there is nothing to {what}"


def _cut(window: MainWindow) -> None:
    assert window.document is not None
    commands.copy_selected(window.document)
    commands.delete_selected(window.document)


def _zoom_to_selection(window: MainWindow) -> None:
    assert window.document is not None
    view = window.workspace.view
    shapes, _ = view.shapes_of(window.document.selection.paths)
    if shapes:
        box = shapes[0].boundingRect()
        for shape in shapes[1:]:
            box = box.united(shape.boundingRect())
        view.show_box(box, margin=90)


def attempt_leave(window: MainWindow) -> None:
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
