"""Halls to measure the window with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

RACK, DEVICE = "vertiv-vr3300", "nvidia-sn2201"


def plain_hall(racks: int = 1152, rows: int = 36, devices: int = 36, *, distinct: bool = False) -> Any:
    """Return a project of a hall with so many racks of so many devices in rows.

    With `distinct` every rack is a drawing of its own, as after making all of them unique.
    """
    from core.catalogue.library import Library
    from core.editing.blocks import new_floor_block, new_rack_block, place_instance
    from core.editing.place import place_many
    from core.model.change import Edit
    from core.model.history import History
    from core.model.project import Project

    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    hall = new_floor_block(edit, "Hall")

    def rack_block() -> Any:
        rack = new_rack_block(edit, library, RACK, "Rack")
        place_many(edit, library, rack.id, DEVICE, count=devices)
        return rack

    shared = None if distinct else rack_block()
    across = racks // rows
    for i in range(racks):
        row, place = divmod(i, across)
        turn = 180 if row % 2 else 0
        x, y = 600 * place + (600 if turn else 0), 2400 * row + (1215 if turn else 0)
        name = f"r{row + 1:02}-{place + 1:02}"
        place_instance(edit, hall.id, (shared or rack_block()).id, x_mm=x, y_mm=y, rotation=turn, name=name)
    History(project).commit(edit.change())
    return project


def campus(halls: int = 12, pods: int = 18, units: int = 16, racks: int = 8, devices: int = 36) -> Any:
    """Return a project of nested blocks: by default 27,648 racks with 995,328 devices."""
    from core.catalogue.library import Library
    from core.editing.blocks import new_floor_block, new_rack_block, place_instance
    from core.editing.place import place_many
    from core.model.change import Edit
    from core.model.history import History
    from core.model.project import Project

    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build")
    top = new_floor_block(edit, "Campus")
    rack = new_rack_block(edit, library, RACK, "Rack")
    place_many(edit, library, rack.id, DEVICE, count=devices)
    inner, size = rack.id, (600, 2400)
    for name, count, across in (("su", racks, racks), ("pod", units, 4), ("hall", pods, 6), ("", halls, 4)):
        block = top if not name else new_floor_block(edit, name)
        for i in range(count):
            y, x = divmod(i, across)
            label = f"{name or 'hall'}-{i + 1:02}"
            place_instance(edit, block.id, inner, x_mm=x * size[0], y_mm=y * size[1], name=label)
        rows = -(-count // across)
        gap = 1200 if name == "su" else 3000
        size = (across * size[0] + gap, rows * size[1] + gap)
        inner = block.id
    History(project).commit(edit.change())
    return project
