"""The help."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the help."""
    window.actions_.add(
        "help.keys",
        "&Keys and Gestures",
        lambda: window.dialogs.show_keys(),
        menu="Help|1",
        shortcut=("F1", "?"),
    )
    window.actions_.add("help.about", "&About Cagenut", lambda: window.dialogs.show_about(), menu="Help|1")
