"""Every command: name, menu, shortcut, and why it cannot be done now. One module for each family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.actions import Choice
from desktop.menus import (
    arrange,
    blocks,
    draw,
    edit,
    fabrics,
    file,
    findings,
    going,
    help,
    imports,
    link,
    naming,
    network,
    network_load,
    numbers,
    outages,
    schematics,
    search,
    seeing,
    tables,
    tools,
    view,
    worth,
)

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

FAMILIES = (
    file,
    imports,
    edit,
    draw,
    arrange,
    naming,
    blocks,
    view,
    going,
    seeing,
    numbers,
    network,
    network_load,
    schematics,
    outages,
    search,
    tools,
    link,
    fabrics,
    findings,
    tables,
    worth,
    help,
)
"""Modules that register commands; within a section of a menu they stand in this order."""
CONTEXT: tuple[Choice, ...] = (
    ("Show", ("go.hall", "go.racks", "go.network", "go.power", "go.cooling", "go.table", "go.way_in",
              "view.sheet", "view.show_selected")),
    "blocks.enter", "",
    "edit.cut", "edit.copy", "edit.paste", "edit.duplicate", "edit.delete", "",
    "arrange.replace_type", "arrange.replace_block", "arrange.move_to",
    ("Arrange", ("edit.rotate", "edit.rotate_right", "edit.mirror", "arrange.flip", "arrange.array",
                 "arrange.fill", "arrange.swap", "arrange.reserve")),
    ("Block", ("edit.unique", "blocks.group", "blocks.ungroup", "blocks.select_copies", "blocks.absent",
               "blocks.present", "blocks.clear", "blocks.apply")),
    ("Break", ("network.fail", "network.fail_cable", "network.fail_lane", "network.restore_all",
               "schematic.restore_all")),
    ("Link", ("network.path_from", "network.path_to", "link.far_ends", "link.select", "link.cord",
              "link.disconnect", "link.open_trunk", "link.bundle")),
    ("Fabric", ("fabrics.generate", "fabrics.again", "fabrics.pin", "fabrics.unpin")),
)  # fmt: skip
"""What a right click offers; an empty name is a line between groups."""


def register(window: MainWindow) -> None:
    """Fill the registry of a window."""
    for family in FAMILIES:
        family.register(window)
