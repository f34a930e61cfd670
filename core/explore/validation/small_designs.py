"""Designs of a few things, made from the inputs of a case and evaluated as any other."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from core.engine.evaluation import Evaluation, evaluate
from core.errors import CagenutError
from core.model.change import Edit
from core.model.project import Project
from core.model.records import (
    Block,
    Device,
    End,
    Instance,
    Link,
    PowerSource,
    Requirement,
    Setting,
    TypeRecord,
)
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


def standing_rack(mass_kg: float, width_mm: int, depth_mm: int) -> Evaluation:
    """Return an empty rack of a mass [kg] and a size [mm].

    Raises
    ------
    CagenutError
        If it covers no ground, or weighs nothing.
    """
    if not min(mass_kg, width_mm, depth_mm) > 0:
        raise CagenutError("the rack has no mass or no size")
    rack = msgspec.structs.replace(_RACK, mass_kg=mass_kg, width_mm=width_mm, depth_mm=depth_mm)
    return _evaluated([rack], [], 0)


def exchanger(supply_c: float, approach_k: float) -> Evaluation:
    """Return a CDU at an approach [K] with one tray on it, in a design of a supply [degC]."""
    cdu = DeviceType(
        id="cdu", name="CDU", kind="cdu", height_u=1, cooling_w=1e6, approach_k=approach_k,
        ports=(*_pair("primary-"), *_pair("", gives=True)),
    )  # fmt: skip
    tray = DeviceType(
        id="tray", name="Tray", kind="tray", height_u=1, power_max_w=1e4, liquid_fraction=0.8, ports=_pair("")
    )
    hoses = [
        Link(block="r", id="there", layer="coolant", a=End("d0", ("supply",)), b=End("d1", ("supply",))),
        Link(block="r", id="back", layer="coolant", a=End("d1", ("return",)), b=End("d0", ("return",))),
    ]
    return _evaluated([_RACK, cdu, tray], [("cdu", {}), ("tray", {})], 0, hoses, liquid_supply_c=supply_c)


def _pair(prefix: str, *, gives: bool = False) -> tuple[PortGroup, ...]:
    """A supply and a return of coolant; a device that gives coolant has its supply as outlet."""
    ways = ("out", "in") if gives else ("in", "out")
    return tuple(
        PortGroup(name=prefix + name, layer="coolant", direction=way, connector="flange", fluid="water,PG25")  # type: ignore[arg-type]
        for name, way in zip(("supply", "return"), ways, strict=True)
    )


def _checked(count: int) -> int:
    if not 1 <= count <= MOST:
        raise CagenutError(f"the inputs ask for {count:,} of a thing", cure=f"From 1 to {MOST} can be tried")
    return count


def _evaluated(
    types: Iterable[AnyType],
    devices: list[tuple[str, dict[str, str]]],
    sources: int,
    links: Iterable[Link] = (),
    **required: float,
) -> Evaluation:
    """Evaluate one rack of devices, one above the other, by these requirements."""
    project = Project("case")
    edit = Edit(project, "Draw the case")
    for spec in types:
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    for k in range(sources):
        edit.put("sources", PowerSource(id=f"s{k}", name=f"S{k}"))
    edit.put("blocks", Block(id="hall", name="Hall", kind="floor"))
    edit.put("blocks", Block(id="r", name="Rack", kind="rack", rack_type="rack"))
    edit.put("settings", Setting(id="top", value="hall"))
    for link in links:
        edit.put("links", link)
    for name, value in required.items():
        edit.put("requirements", Requirement(id=name, value=value))
    for k, (type_id, feeds) in enumerate(devices):
        edit.put("devices", Device(block="r", id=f"d{k}", type=type_id, half_u=2 * k, feeds=feeds))
    edit.put("instances", Instance(block="hall", id="r1", of="r"))
    project.apply(edit.change())
    return evaluate(project)
