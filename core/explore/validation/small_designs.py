"""Designs of a few things, made from the inputs of a case and evaluated as any other."""

from __future__ import annotations

from collections.abc import Iterable

from core.engine.evaluation import Evaluation, evaluate
from core.errors import CagenutError
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Block, Device, Instance, PowerSource, Setting, TypeRecord
from core.model.types import AnyType, DeviceType, PortGroup, RackType

MOST = 48
_RACK = RackType(id="rack", name="Rack", units=50, width_mm=600, depth_mm=1200, height_mm=2400)


def rack_of_nodes(count: int, node_w: float) -> Evaluation:
    """Return a rack of so many nodes of a maximum each [W].

    Raises
    ------
    CagenutError
        If there are none, or more than `MOST`.
    """
    node = DeviceType(id="node", name="Node", kind="server", height_u=1, power_max_w=node_w)
    return _evaluated([_RACK, node], [("node", {}) for _ in range(_checked(count))], 0)


def corded_device(fitted: int, needed: int, sources: int, max_w: float) -> Evaluation:
    """Return a device with an inlet for each supply, dealt out to the sources in turn; raises as above."""
    inlets = PortGroup(name=f"psu{{1..{_checked(fitted)}}}", layer="power", direction="in", connector="C20")
    device = DeviceType(
        id="device", name="Device", kind="server", height_u=8, power_max_w=max_w, supplies_fitted=fitted,
        supplies_needed=needed, ports=(inlets,),
    )  # fmt: skip
    feeds = {f"psu{k + 1}": f"s{k % _checked(sources)}" for k in range(fitted)}
    return _evaluated([_RACK, device], [("device", feeds)], sources)


def busbar_rack(count: int, shelf_w: float, rack_w: float) -> Evaluation:
    """Return a rack of a maximum [W] on a busbar with so many shelves, half on each of two sources."""
    bar = {"layer": "power", "connector": "busbar", "phases": 0}
    shelf = DeviceType(
        id="shelf", name="Shelf", kind="power-shelf", height_u=1, rated_w=shelf_w, efficiency=1.0,
        ports=(PortGroup(name="ac", layer="power", direction="in", connector="AC", phases=3),
               PortGroup(name="dc", direction="out", **bar)),  # type: ignore[arg-type]
    )  # fmt: skip
    load = DeviceType(
        id="load", name="Load", kind="tray", height_u=1, power_max_w=rack_w,
        ports=(PortGroup(name="dc", direction="in", **bar),),  # type: ignore[arg-type]
    )  # fmt: skip
    rack = RackType(
        id="rack", name="Rack", units=60, width_mm=600, depth_mm=1200, height_mm=3000, busbar="busbar"
    )
    shelves = [("shelf", {"ac": f"s{k % 2}"}) for k in range(_checked(count))]
    return _evaluated([rack, shelf, load], [*shelves, ("load", {})], 2)


def _checked(count: int) -> int:
    if not 1 <= count <= MOST:
        raise CagenutError(f"the inputs ask for {count:,} of a thing", cure=f"From 1 to {MOST} can be tried")
    return count


def _evaluated(
    types: Iterable[AnyType], devices: list[tuple[str, dict[str, str]]], sources: int
) -> Evaluation:
    """Evaluate one rack of devices, one above the other."""
    project = Project("case")
    edit = Edit(project, "Draw the case")
    for spec in types:
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    for k in range(sources):
        edit.put("sources", PowerSource(id=f"s{k}", name=f"S{k}"))
    edit.put("blocks", Block(id="hall", name="Hall", kind="floor"))
    edit.put("blocks", Block(id="r", name="Rack", kind="rack", rack_type="rack"))
    edit.put("settings", Setting(id="top", value="hall"))
    for k, (type_id, feeds) in enumerate(devices):
        edit.put("devices", Device(block="r", id=f"d{k}", type=type_id, half_u=2 * k, feeds=feeds))
    edit.put("instances", Instance(block="hall", id="r1", of="r"))
    project.apply(edit.change())
    return evaluate(project)
