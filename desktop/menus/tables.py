"""The commands of the tables below the drawings, and the import of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

TABLES = (
    ("devices", "&Devices", "Ctrl+Shift+T"),
    ("racks", "Rac&ks", ""),
    ("cables", "&Cables", ""),
    ("ports", "&Ports", ""),
    ("materials", "&Bill of Materials", ""),
)


def register(window: MainWindow) -> None:
    """Register the commands of the tables."""
    add = window.actions_.add
    need = lambda: no_project(window)  # noqa: E731
    for name, text, shortcut in TABLES:
        add(
            f"table.{name}",
            f"Table of {text}",
            lambda n=name: window.tables.show(n),
            menu="View|8",
            shortcut=shortcut,
            tip=f"List {text.replace('&', '').lower()}: filter, sort, edit many at once",
            why_not=need,
        )
    add(
        "table.export",
        "E&xport Table as CSV …",
        lambda: window.tables.ask_export(),
        menu="File|3",
        tip="Write the table in front, as filtered and sorted, to a CSV file",
        why_not=lambda: no_project(window) or _no_table(window),
    )
    add(
        "table.import",
        "&Import Fields from CSV …",
        lambda: window.tables.ask_import(),
        menu="Tools|4",
        shortcut="Ctrl+Shift+I",
        tip="Give racks, devices and cables their asset tags, serial numbers, states and notes",
        why_not=need,
    )


def _no_table(window: MainWindow) -> str:
    return "" if window.tables.current is not None else "no table is in front: choose one below the drawings"
