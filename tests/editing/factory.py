"""A small catalogue and a small hall to edit."""

from __future__ import annotations

from itertools import count

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.cabling.connect import connect
from core.editing.place import place_device
from core.editing.space import unit
from core.model.change import Edit
from core.model.history import History
from core.model.integrity import problems
from core.model.project import Project, Reader
from core.model.records import PowerSource
from core.model.types import AcceleratorType, AnyType, Bay, DeviceType, Fit, PortGroup, RackType, Zone


def osfp(name: str, count: int, **fields: object) -> PortGroup:
    return PortGroup(
        name=f"{name}{{1..{count}}}",
        layer="data",
        connector="OSFP-finned",
        rate_gbps=800,
        lanes=(2,),
        **fields,
    )


def psu(count: int, connector: str = "C14") -> PortGroup:
    return PortGroup(
        name=f"psu{{1..{count}}}", layer="power", direction="in", connector=connector, phases=1,
        voltage_low_v=200, voltage_high_v=240,
    )  # fmt: skip


TYPES: list[AnyType] = [
    AcceleratorType(id="gpu", name="GPU"),
    RackType(
        id="rack", name="Rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mounting_depth_mm=900,
        zones=(Zone(name="left", side="left", places=2), Zone(name="right", side="right")),
    ),
    RackType(id="or3", name="Open rack", standard="ORv3", unit="OU", units=44, pitch_mm=48, width_mm=600,
             depth_mm=1068, height_mm=2286),
    DeviceType(
        id="node", name="Node", kind="server", height_u=8, depth_mm=880, mass_kg=130,
        accelerators=(Fit(type="gpu", count=8),),
        ports=(osfp("osfp", 4, role="scale-out", whole=False), psu(6, "C20"),
               PortGroup(name="bmc", layer="data", connector="RJ45", rate_gbps=1, role="out-of-band")),
    ),
    DeviceType(
        id="leaf", name="Leaf", kind="switch", height_u=1, depth_mm=660,
        ports=(osfp("osfp", 32, whole=False), psu(2),
               PortGroup(name="mgmt", layer="data", connector="RJ45", rate_gbps=1, role="out-of-band")),
    ),
    DeviceType(id="leaf-small", name="Small leaf", kind="switch", height_u=1, depth_mm=600,
               ports=(osfp("cage", 16, whole=False), psu(1))),
    DeviceType(id="patch", name="Patch panel", kind="other", height_u=1, depth_mm=200),
    DeviceType(id="halfling", name="Half node", kind="server", height_u=2, width="half", depth_mm=800,
               bays=(Bay(name="nic{1..2}", accepts="nic", fitted="nic"),), ports=(psu(1),)),
    DeviceType(id="thirdling", name="Third node", kind="server", height_u=0.5, width="third", depth_mm=800),
    DeviceType(id="deep", name="Deep node", kind="server", height_u=2, depth_mm=950),
    DeviceType(id="unknown", name="No depth", kind="server", height_u=1),
    DeviceType(id="sled", name="Sled", kind="tray", height_u=2, unit="OU", depth_mm=800),
    DeviceType(id="nic", name="NIC", kind="module",
               ports=(PortGroup(name="p{1..2}", layer="data", connector="QSFP112", rate_gbps=200),)),
    DeviceType(
        id="pdu", name="PDU", kind="rack-pdu", zero_u=True, height_mm=1800,
        ports=(
            PortGroup(name="inlet", layer="power", direction="in", connector="IEC60309-60A-5P", phases=3),
            PortGroup(name="c13-{1..12}", layer="power", direction="out", connector="C13", phases=1,
                      voltage_low_v=220, voltage_high_v=240),
            PortGroup(name="c19-{1..12}", layer="power", direction="out", connector="C19", phases=1,
                      voltage_low_v=220, voltage_high_v=240),
        ),
    ),
    DeviceType(
        id="cdu", name="CDU", kind="cdu", floor_standing=True, width_mm=900, depth_mm=1200,
        ports=(
            PortGroup(name="supply{1..4}", layer="coolant", direction="out", connector="FD83", fluid="PG25"),
            PortGroup(name="return{1..4}", layer="coolant", direction="in", connector="FD83", fluid="PG25"),
        ),
    ),
    DeviceType(
        id="manifold", name="Manifold", kind="manifold", zero_u=True,
        ports=(
            PortGroup(name="supply", layer="coolant", direction="in", connector="FD83", fluid="water,PG25"),
            PortGroup(name="return", layer="coolant", direction="out", connector="FD83", fluid="water,PG25"),
        ),
    ),
]  # fmt: skip

LIBRARY = Library({spec.id: spec for spec in TYPES})


class Bench:
    """A project with its history, edited by plain functions with readable ids."""

    def __init__(self) -> None:
        self.project = Project("test")
        self.history = History(self.project)
        numbers = count(1)
        self._ids = lambda: f"x{next(numbers)}"

    def edit(self, label: str = "Edit") -> Edit:
        return Edit(self.project, label, ids=self._ids)

    def commit(self, edit: Edit) -> None:
        self.history.commit(edit.change())
        assert_sound(self.project)


def assert_sound(reader: Reader) -> None:
    """No dangling reference, and no two devices of a rack in one place."""
    assert [str(problem) for problem in problems(reader)] == []
    for block in reader.blocks.values():
        if block.kind == "rack":
            taken: dict[tuple[object, ...], str] = {}
            for device in reader.devices(block.id).values():
                for cell in cells(reader, device):
                    assert cell not in taken, f"{device.name} and {taken[cell]} share {cell}"
                    taken[cell] = device.name


def cells(reader: Reader, device: object) -> set[tuple[object, ...]]:
    """Half units by sixths of the width, or the place in a zone: a second opinion on space."""
    spec = reader.find_type(device.type)
    if device.zone:
        return {(device.zone, device.place)}
    wide = {"": range(6), "left": range(0, 3), "right": range(3, 6), "centre": range(2, 4)}[device.side]
    if spec.width == "third":
        start = ("left", "centre", "right").index(device.side) * 2
        wide = range(start, start + 2)
    shallow = spec.depth_mm is not None and spec.depth_mm <= 200
    depths = [device.face] if shallow else ["front", "rear"]
    rows = range(device.half_u, device.half_u + round(2 * spec.height_u))
    return {(row, column, depth) for row in rows for column in wide for depth in depths}


def small_hall(bench: Bench) -> dict[str, str]:
    """Two units of two racks and a spine rack, cabled over three levels; returns ids by name.

    hall: su-1, su-2 (block su), spine rack r-s. su: ra (nodes), rb (leafs).
    """
    edit = bench.edit("Hall")
    edit.put("sources", PowerSource(id="A", name="A"))
    hall = new_floor_block(edit, "Hall").id
    su = new_floor_block(edit, "Unit").id
    nodes = new_rack_block(edit, LIBRARY, "rack", "Node rack").id
    leafs = new_rack_block(edit, LIBRARY, "rack", "Leaf rack").id
    spines = new_rack_block(edit, LIBRARY, "rack", "Spine rack").id
    node = place_device(edit, LIBRARY, nodes, "node", unit(1), name="node-1").id
    place_device(edit, LIBRARY, nodes, "node", unit(9), name="node-2")
    pdu = place_device(edit, LIBRARY, nodes, "pdu", feeds={"inlet": "A"}).id
    leaf = place_device(edit, LIBRARY, leafs, "leaf", unit(40), name="leaf-1").id
    spine = place_device(edit, LIBRARY, spines, "leaf", unit(40), name="spine-1").id
    ra = place_instance(edit, su, nodes, name="ra").id
    rb = place_instance(edit, su, leafs, name="rb", x_mm=600).id
    su1 = place_instance(edit, hall, su, name="su-1").id
    su2 = place_instance(edit, hall, su, name="su-2", y_mm=3000).id
    rs = place_instance(edit, hall, spines, name="rs", x_mm=6000).id
    connect(edit, nodes, pdu, ["c19-1", "c19-2"], node, ["psu1", "psu2"])
    connect(edit, su, f"{ra}/{node}", ["osfp1/1", "osfp1/2"], f"{rb}/{leaf}", ["osfp1/1", "osfp1/2"])
    connect(edit, hall, f"{su1}/{rb}/{leaf}", ["osfp17/1"], f"{rs}/{spine}", ["osfp1/1"])
    connect(edit, hall, f"{su2}/{rb}/{leaf}", ["osfp17/1"], f"{rs}/{spine}", ["osfp2/1"])
    bench.commit(edit)
    return {
        "hall": hall, "su": su, "nodes": nodes, "leafs": leafs, "spines": spines, "node": node, "pdu": pdu,
        "leaf": leaf, "spine": spine, "ra": ra, "rb": rb, "su1": su1, "su2": su2, "rs": rs,
    }  # fmt: skip
