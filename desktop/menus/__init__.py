"""Every command: name, menu, shortcut, and why it cannot be done now. One module for each family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus import edit, file, help, tools, view

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

FAMILIES = (file, edit, view, tools, help)
"""Modules that register commands; within a section of a menu they stand in this order."""
CONTEXT = (
    "view.selected_racks", "view.show_selected", "", "edit.cut", "edit.copy", "edit.paste", "edit.duplicate",
    "edit.delete", "", "edit.rotate", "edit.rotate_right", "edit.mirror", "", "edit.unique",
)  # fmt: skip
"""Names of the actions of the menu that a right click opens; an empty one is a line between groups."""


def register(window: MainWindow) -> None:
    """Fill the registry of a window."""
    for family in FAMILIES:
        family.register(window)
