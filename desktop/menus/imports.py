"""The commands that bring in what others have drawn or listed: plans below the hall, tables of racks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands."""
    window.actions_.add(
        "file.underlay",
        "Hall &Underlay …",
        lambda: window.attempt(lambda: _underlays(window)),
        menu="File|4",
        tip="A plan of the building (DXF, PNG, JPEG) below the hall, to draw on",
        why_not=lambda: no_project(window) or _no_floor(window),
    )
    window.actions_.add(
        "file.table",
        "Racks and Devices from a &Table …",
        lambda: window.attempt(lambda: _table(window)),
        menu="File|4",
        tip="Place or change racks and devices by a CSV or XLSX file, with a preview",
        why_not=lambda: no_project(window) or _no_floor(window),
    )

    window.actions_.add(
        "file.types",
        "Types of a &NetBox Library …",
        lambda: window.attempt(lambda: _types(window)),
        menu="File|4",
        tip="Device, module and rack types of the NetBox device type library, with a preview",
    )


def _no_floor(window: MainWindow) -> str:
    return "" if window.workspace.hall.block else "there is no hall"


def _underlays(window: MainWindow) -> None:
    from desktop.dialogs.underlay import show_underlays

    show_underlays(window)


def _types(window: MainWindow) -> None:
    from desktop.dialogs.importing.window import TypeImportDialog

    TypeImportDialog(window).open()


def _table(window: MainWindow) -> None:
    from desktop.dialogs.table_import import TableImportDialog

    if window.document is not None:
        TableImportDialog(window.document, window.library, window).open()
