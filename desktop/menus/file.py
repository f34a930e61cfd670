"""The commands on files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of the File menu."""
    add, filing = window.actions_.add, window.filing
    need = lambda: no_project(window)  # noqa: E731
    add("file.new", "&New", filing.new, menu="File|1", shortcut="Ctrl+N", icon_name="new", tip="New project")
    add(
        "file.open",
        "&Open …",
        filing.ask_open,
        menu="File|1",
        shortcut="Ctrl+O",
        icon_name="open",
        tip="Open a project",
    )
    add(
        "file.recover",
        "&Recover …",
        window.dialogs.recover,
        menu="File|1",
        tip="Copies of what was not saved, for 30 days",
    )
    add(
        "file.start",
        "S&tart Page",
        filing.go_to_start,
        menu="File|1",
        why_not=need,
        tip="Examples and recent projects",
    )
    add(
        "file.save",
        "&Save",
        filing.save,
        menu="File|2",
        shortcut="Ctrl+S",
        icon_name="save",
        tip="Save",
        why_not=lambda: no_project(window) or window.filing.why_not_save(),
    )
    add("file.save_as", "Save &As …", filing.save_as, menu="File|2", shortcut="Ctrl+Shift+S", why_not=need)
    add(
        "file.brief",
        "Site and &Brief …",
        lambda: window.dialogs.edit_brief(""),
        menu="File|3",
        shortcut="Ctrl+B",
        why_not=need,
        tip="What results are held against",
    )
    add(
        "file.issue",
        "Document &Control and Issue …",
        window.dialogs.issue,
        menu="File|3",
        shortcut="Ctrl+I",
        why_not=need,
        tip="Title block, revisions, and a new issue",
    )
    add(
        "file.export",
        "&Export PDF …",
        window.dialogs.export,
        menu="File|4",
        shortcut="Ctrl+E",
        icon_name="export",
        tip="Export the specification set",
        why_not=lambda: no_project(window) or window.dialogs.why_not_export(),
    )
    add("file.quit", "&Quit", window.close, menu="File|5", shortcut="Ctrl+Q")
