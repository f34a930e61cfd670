"""The commands on what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.commands import editing
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of the Edit menu."""
    _register_history(window)
    _register_clipboard(window)
    _register_selection(window)
    window.workspace.properties_requested.connect(window.properties.begin)


def _act(window: MainWindow, command: Callable[..., object]) -> Callable[[], object]:
    """Return what does a command on the document that is then open."""
    return lambda: window.attempt(lambda: command(window.document))


def _register_history(window: MainWindow) -> None:
    add = window.actions_.add
    add(
        "edit.undo",
        "&Undo",
        _act(window, lambda d: d.undo()),
        menu="Edit|1",
        shortcut="Ctrl+Z",
        icon_name="undo",
        tip="Undo",
        why_not=lambda: no_project(window) or _nothing_to(window, "undo"),
    )
    add(
        "edit.redo",
        "&Redo",
        _act(window, lambda d: d.redo()),
        menu="Edit|1",
        shortcut=("Ctrl+Shift+Z", "Ctrl+Y"),
        icon_name="redo",
        tip="Redo",
        why_not=lambda: no_project(window) or _nothing_to(window, "redo"),
    )


def _register_clipboard(window: MainWindow) -> None:
    add, attempt = window.actions_.add, window.attempt
    add(
        "edit.cut",
        "Cu&t",
        lambda: attempt(lambda: _cut(window)),
        menu="Edit|2",
        shortcut="Ctrl+X",
        why_not=lambda: no_project(window),
    )
    add(
        "edit.copy",
        "&Copy",
        _act(window, editing.copy_selected),
        menu="Edit|2",
        shortcut="Ctrl+C",
        icon_name="copy",
        why_not=lambda: no_project(window),
    )
    add(
        "edit.paste",
        "&Paste",
        lambda: attempt(lambda: _paste(window)),
        menu="Edit|2",
        shortcut="Ctrl+V",
        icon_name="paste",
        why_not=lambda: (
            no_project(window) or ("" if editing.can_paste() else "the clipboard holds no parts of a design")
        ),
    )


def _register_selection(window: MainWindow) -> None:
    add = window.actions_.add
    selected = lambda: editing.why_no_selection(window.document)  # noqa: E731
    add(
        "edit.duplicate",
        "D&uplicate",
        _act(window, editing.duplicate_selected),
        menu="Edit|2",
        shortcut="Ctrl+D",
        why_not=selected,
    )
    add(
        "edit.delete",
        "&Delete",
        _act(window, editing.delete_selected),
        menu="Edit|2",
        shortcut=("Del", "Backspace"),
        icon_name="delete",
        tip="Delete with all that hangs on it",
        why_not=selected,
    )
    add(
        "edit.properties",
        "Edit Pr&operties",
        window.properties.begin,
        menu="Edit|5",
        shortcut="F2",
        tip="Type into the properties of what is selected, its name first",
        why_not=lambda: no_project(window),
    )
    add(
        "edit.select_all",
        "Select &All",
        _act(window, editing.select_siblings),
        menu="Edit|5",
        shortcut="Ctrl+A",
        tip="Select everything beside what is selected",
        why_not=lambda: no_project(window),
    )


def _nothing_to(window: MainWindow, what: str) -> str:
    assert window.document is not None
    history = window.document.history
    labels = history.undo_labels if what == "undo" else history.redo_labels
    action = window.actions_[f"edit.{what}"] if f"edit.{what}" in list(window.actions_) else None
    if action is not None:
        action.setText(f"&{what.capitalize()} {labels[0]}" if labels else f"&{what.capitalize()}")
    return "" if labels else f"there is nothing to {what}"


def _paste(window: MainWindow) -> None:
    """Paste, and bring into view what was pasted."""
    assert window.document is not None
    paths = editing.paste_parts(window.document)
    space = window.workspace
    if paths and any(space.view.shapes_of(paths)):
        space.view.show_paths(paths)
    elif paths:
        space.show_paths(paths)


def _cut(window: MainWindow) -> None:
    assert window.document is not None
    editing.copy_selected(window.document)
    editing.delete_selected(window.document)
