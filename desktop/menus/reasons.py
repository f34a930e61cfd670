"""Why a command cannot be done now: the reasons that several menus share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def no_project(window: MainWindow) -> str:
    """Say that no project is open, if so."""
    return "" if window.document is not None else "no project is open"


def not_in_network(window: MainWindow) -> str:
    """Return why a command on the network view cannot be used."""
    return no_project(window) or (
        "" if window.workspace.name == "network" else "it is for the network view, Alt+3"
    )
