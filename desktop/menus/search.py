"""Search for anything, the sheets it leads to, and what undo altered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.commands import editing
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the search, the preview of sheets, and the way to what was undone."""
    window.actions_.add(
        "search.anything",
        "Search for An&ything …",
        lambda: window.search.ask(),
        menu="Tools|2",
        shortcut="Ctrl+K",
        icon_name="search",
        tip="Find an action, a device, a port, a rack, a sheet or a type by name, and do it or go there",
    )
    window.actions_.add(
        "file.sheets",
        "Pre&view Sheets …",
        lambda: window.dialogs.preview_sheets(),
        menu="File|4",
        shortcut="F9",
        icon_name="sheet",
        tip="Look at the sheets of the specification set as the design is now",
        why_not=lambda: no_project(window) or _nothing_built(window),
    )
    window.actions_.add(
        "view.sheet",
        "Sheet of the Selection …",
        lambda: _show_sheet(window),
        menu="View|1",
        shortcut="Shift+F9",
        icon_name="sheet",
        tip="Show the sheet that the selected thing is drawn on",
        why_not=lambda: editing.why_no_selection(window.document),
    )
    window.actions_.add(
        "edit.show_altered",
        "Show What Was Un&done",
        lambda: window.undo_notice.show(),
        menu="Edit|1",
        shortcut="Ctrl+Alt+Z",
        tip="Bring what undo or redo altered last into view",
        why_not=lambda: no_project(window) or window.undo_notice.why_not_show,
    )


def _show_sheet(window: MainWindow) -> None:
    assert window.document is not None
    window.dialogs.preview_sheets(of=window.document.selection.paths[0])


def _nothing_built(window: MainWindow) -> str:
    assert window.document is not None
    project = window.document.project
    return "" if project.top in project.blocks else "nothing is drawn yet"
