"""Every command: name, menu, shortcut, and why it cannot be done now. One module for each family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus import (
    arrange,
    blocks,
    edit,
    file,
    help,
    link,
    naming,
    network,
    numbers,
    search,
    seeing,
    tables,
    tools,
    view,
)

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

FAMILIES = (
    file,
    edit,
    arrange,
    naming,
    blocks,
    view,
    seeing,
    numbers,
    network,
    search,
    tools,
    link,
    tables,
    help,
)
"""Modules that register commands; within a section of a menu they stand in this order."""
CONTEXT = (
    "view.selected_racks", "view.show_selected", "", "edit.cut", "edit.copy", "edit.paste", "edit.duplicate",
    "edit.delete", "", "edit.rotate", "edit.rotate_right", "edit.mirror", "arrange.flip", "arrange.move_to",
    "arrange.array", "arrange.fill", "arrange.swap", "arrange.replace_type", "arrange.replace_block",
    "arrange.reserve", "", "blocks.enter", "edit.unique",
    "blocks.group", "blocks.ungroup", "blocks.select_copies", "", "blocks.absent", "blocks.present",
    "blocks.clear", "blocks.apply", "", "link.far_ends", "link.select", "link.disconnect", "link.open_trunk",
    "link.bundle",
)  # fmt: skip
"""Names of the actions of the menu that a right click opens; an empty one is a line between groups."""


def register(window: MainWindow) -> None:
    """Fill the registry of a window."""
    for family in FAMILIES:
        family.register(window)
