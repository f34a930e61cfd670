"""Racks of servers with PDUs, tap-offs and sources, nothing corded yet."""

from __future__ import annotations

from collections.abc import Sequence

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.place import Spot, place_device
from core.editing.types import use_type
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Device, PowerSource

LIBRARY = Library.builtin()
NODE = "nvidia-dgx-h100"
"""Six C20 inlets, four supplies needed, 10.2 kW."""
PDU = "generic-pdu-415v-60a"
"""18 C19 and 6 C13 outlets, 34.5 kW."""
TAP = "generic-tap-off-4x60a"


def hall(
    sources: Sequence[str] = ("A", "B", "C"),
    pdus: int = 3,
    nodes: int = 4,
    copies: int = 1,
    pdu: str = PDU,
    node: str = NODE,
    taps: Sequence[str] = (),
) -> Project:
    """Return a hall with racks of one drawing side by side; `taps` names the source of each tap-off."""
    project = Project()
    edit = Edit(project, "Build")
    for name in sources:
        edit.put("sources", PowerSource(id=name, name=name, capacity_w=1e6, voltage_v=415))
    floor = new_floor_block(edit, "Hall 1")
    rack = new_rack_block(edit, LIBRARY, "apc-ar3357", "Node rack")
    for k in range(nodes):
        place_device(edit, LIBRARY, rack.id, node, Spot(half_u=20 * k), name=f"node-{k + 1}")
    if pdus:
        use_type(edit, LIBRARY, pdu)
    for k in range(pdus):
        edit.put(
            "devices",
            Device(
                block=rack.id, id=f"p{k}", type=pdu, name=f"pdu-{'abcdefgh'[k]}",
                zone="rear-left" if k % 2 else "rear-right", place=k // 2,
            ),
        )  # fmt: skip
    for k in range(copies):
        place_instance(edit, floor.id, rack.id, x_mm=800 * k, name=f"r{k + 1}")
    if taps:
        use_type(edit, LIBRARY, TAP)
    for k, source in enumerate(taps):
        tap = Device(block=floor.id, id=f"t{k}", type=TAP, name=f"tap-{k + 1}", x_mm=800 * k, y_mm=-400,
                     feeds={"tap": source})  # fmt: skip
        edit.put("devices", tap)
    History(project).commit(edit.change())
    return project


def racks(project: Project) -> list[str]:
    """Return the paths of the racks, by name."""
    return [i.id for i in sorted(project.instances(project.top).values(), key=lambda i: i.name)]
