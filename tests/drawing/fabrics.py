"""Small fabrics to draw, and the drawings' way to them."""

from __future__ import annotations

from core.drawing.fabric_graph import FabricGraph, fabric_graph
from core.drawing.fabric_lanes import lanes_of
from core.drawing.fabric_map import FabricMap, fabric_map
from core.drawing.placed import Placement
from core.engine.expansion import Expansion
from core.engine.link_classes import link_classes
from core.engine.network import network
from core.engine.stage import Results
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Block, Device, End, Fabric, Instance, Link, Setting, TypeRecord
from tests.report.samples import types


def graph_of(project: Project, fabric: str = "compute") -> FabricGraph:
    """Return a fabric of the built block as the engine sees it."""
    snapshot, results = Expansion(project).snapshot(), Results()
    measured, classes = results.of(network, snapshot), results.of(link_classes, snapshot)
    return fabric_graph(snapshot, measured, classes, fabric)


def map_of(project: Project, fabric: str = "compute", **more: object) -> FabricMap:
    """Return the map of a fabric with its rails and planes."""
    graph = graph_of(project, fabric)
    record = project.fabrics.get(fabric)
    lanes = lanes_of(graph, record.role if record is not None else "other")
    return fabric_map(graph, Placement(project, project.top), lanes, **more)  # type: ignore[arg-type]


class Builder:
    """Builds a floor of racks and devices, and cables between them."""

    def __init__(self) -> None:
        self.project = Project("fabric")
        self.edit = Edit(self.project, "Build")
        for spec in types():
            self.edit.put("types", TypeRecord(id=spec.id, spec=spec))
        self.edit.put("blocks", Block(id="hall", name="Hall", kind="floor"))
        self.edit.put("settings", Setting(id="top", value="hall"))
        self.fabric("compute", "compute")
        self._cables = 0

    def fabric(self, name: str, role: str) -> None:
        self.edit.put("fabrics", Fabric(id=name, name=name, role=role))  # type: ignore[arg-type]

    def rack(self, name: str, devices: dict[str, str]) -> None:
        """Add a rack with devices, name to type."""
        self.edit.put("blocks", Block(id=f"b-{name}", name=name, kind="rack", rack_type="eia"))
        self.edit.put("instances", Instance(block="hall", id=name, of=f"b-{name}", name=name))
        for at, (device, spec) in enumerate(devices.items()):
            self.edit.put(
                "devices", Device(block=f"b-{name}", id=device, type=spec, name=device, half_u=4 * at)
            )

    def join(self, a: str, a_port: str, b: str, b_port: str, fabric: str = "compute") -> str:
        """Add a cable between devices of different racks; returns its path."""
        self._cables += 1
        name = f"c{self._cables:04}"
        ends = End(a, (a_port,)), End(b, (b_port,))
        self.edit.put("links", Link(block="hall", id=name, a=ends[0], b=ends[1], fabric=fabric))
        return name

    def done(self) -> Project:
        self.project.apply(self.edit.change())
        return self.project


def rails(
    hosts: int = 6, rails: int = 4, spines: int = 2, *, racks: int = 1, role: str = "compute"
) -> Project:
    """Return hosts whose NIC r goes to leaf r; every leaf has two links to every spine."""
    b = Builder()
    b.fabric("compute", role)
    for k in range(racks):
        b.rack(f"n{k}", {f"h{i}": "tray" for i in range(hosts)})
    b.rack("leafs", {f"leaf{r}": "sw64" for r in range(rails)})
    b.rack("spines", {f"spine{s}": "sw64" for s in range(spines)})
    for k in range(racks):
        for i in range(hosts):
            for r in range(rails):
                b.join(f"n{k}/h{i}", f"nic{r + 1}", f"leafs/leaf{r}", _port(k * hosts + i))
    for r in range(rails):
        for s in range(spines):
            for c in range(2):
                b.join(f"leafs/leaf{r}", _port(100 + 2 * s + c), f"spines/spine{s}", _port(2 * r + c))
    return b.done()


def _port(number: int) -> str:
    return f"osfp{number // 2 + 1}/{number % 2 + 1}"
