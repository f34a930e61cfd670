"""Valid records and a small project that fills every table, each with one call."""

from __future__ import annotations

from typing import Any

from core.model.change import Edit
from core.model.history import History, Journal
from core.model.project import Project
from core.model.records import (
    Alternate,
    Area,
    Assumption,
    Block,
    Device,
    End,
    Fabric,
    Instance,
    Layout,
    Link,
    LinkedBlock,
    NamingTemplate,
    Note,
    Override,
    Pathway,
    Phase,
    PowerSource,
    Requirement,
    Revision,
    Setting,
    TransformerRecord,
    TypeRecord,
    Underlay,
    Waiver,
    Workload,
)
from core.model.transformer import Transformer
from core.model.types import (
    AcceleratorType,
    AnyType,
    Bay,
    CableType,
    Citation,
    DeviceType,
    Fit,
    FlowPoint,
    OpticType,
    PortGroup,
    RackType,
    Zone,
)


def rack_type(**fields: Any) -> RackType:
    """A rack of 42 units with two 0U sides."""
    zones = (Zone(name="left"), Zone(name="right", side="right", places=2))
    given = {"id": "rack42", "name": "Rack 42U", "units": 42, "width_mm": 600, "depth_mm": 1200}
    return RackType(**{**given, "height_mm": 2000, "zones": zones, **fields})


def server_type(**fields: Any) -> DeviceType:
    """A liquid-cooled server: 8 NIC ports, a BMC port, two inlets, coolant in and out, two bays."""
    given: dict[str, Any] = {
        "id": "server8",
        "name": "Server of 8",
        "kind": "server",
        "height_u": 4.0,
        "power_max_w": 12_000.0,
        "mass_kg": 90.0,
        "accelerators": (Fit(type="acc", count=8),),
        "coolant_flows": (FlowPoint(supply_c=30.0, flow_lpm=12.5),),
        "bays": (Bay(name="slot{1..2}", accepts="nic"),),
        "sources": (Citation(fields=("mass_kg",), title="Data sheet", evidence="verified"),),
        "ports": (
            PortGroup(
                name="nic{1..8}", layer="data", role="scale-out", connector="OSFP-flat", rate_gbps=800.0
            ),
            PortGroup(name="bmc", layer="data", role="out-of-band", connector="RJ45", rate_gbps=1.0),
            PortGroup(name="psu{1..2}", layer="power", direction="in", connector="C20", face="rear"),
            PortGroup(name="cool-in", layer="coolant", direction="in", connector="UQD04", face="rear"),
            PortGroup(name="cool-out", layer="coolant", direction="out", connector="UQD04", face="rear"),
        ),
    }
    return DeviceType(**{**given, **fields})


def switch_type(**fields: Any) -> DeviceType:
    """A switch of 64 cages that can be split by two or four."""
    osfp = PortGroup(name="osfp{1..64}", layer="data", connector="OSFP-finned", rate_gbps=800.0, lanes=(2, 4))
    inlet = PortGroup(name="psu{1..2}", layer="power", direction="in", connector="C20", face="rear")
    given: dict[str, Any] = {"id": "switch64", "name": "Switch 64", "kind": "switch", "height_u": 2.0}
    return DeviceType(**{**given, "power_max_w": 2100.0, "ports": (osfp, inlet), **fields})


def pdu_type(**fields: Any) -> DeviceType:
    """A 0U strip with 24 outlets."""
    inlet = PortGroup(name="in", layer="power", direction="in", connector="IEC60309-63A-5P", phases=3)
    outlets = PortGroup(name="out{1..24}", layer="power", direction="out", connector="C19")
    given: dict[str, Any] = {"id": "pdu24", "name": "PDU 24", "kind": "rack-pdu", "zero_u": True}
    return DeviceType(**{**given, "rated_w": 22_000.0, "ports": (inlet, outlets), **fields})


def cdu_type(**fields: Any) -> DeviceType:
    """A floor-standing coolant distribution unit with 16 pairs of hoses."""
    out = PortGroup(name="supply{1..16}", layer="coolant", direction="out", connector="UQD04")
    back = PortGroup(name="return{1..16}", layer="coolant", direction="in", connector="UQD04")
    given: dict[str, Any] = {"id": "cdu16", "name": "CDU 16", "kind": "cdu", "floor_standing": True}
    return DeviceType(**{**given, "cooling_w": 800_000.0, "ports": (out, back), **fields})


def module_type(**fields: Any) -> DeviceType:
    """A NIC for a server's bay, with two ports."""
    ports = (PortGroup(name="p{1..2}", layer="data", connector="QSFP112", rate_gbps=400.0),)
    return DeviceType(**{"id": "nic2", "name": "NIC 2", "kind": "module", "ports": ports, **fields})


def every_type() -> list[AnyType]:
    """One type of each kind, and those the small project uses."""
    return [
        rack_type(),
        server_type(),
        switch_type(),
        pdu_type(),
        cdu_type(),
        module_type(),
        CableType(id="dac", name="DAC", media="DAC", rate_gbps=800.0, lengths_m=(0.5, 1.0), reach_max_m=2.0),
        OpticType(id="dr8", name="DR8", connector="OSFP-finned", rate_gbps=800.0, fibre="SMF", reach_m=500.0),
        AcceleratorType(id="acc", name="Accelerator", tflops_bf16_dense=2500.0, tdp_w=1000.0),
    ]


def device(block: str = "rack", id: str = "d1", type: str = "switch64", **fields: Any) -> Device:
    return Device(block=block, id=id, type=type, **fields)


def end(path: str, *ports: str) -> End:
    return End(path, ports)


def link(block: str, id: str, a: End, b: End, **fields: Any) -> Link:
    return Link(block=block, id=id, a=a, b=b, **fields)


def fill(edit: Edit) -> None:
    """Put the small project: a hall with a pair of equal racks, wired, cooled, noted."""
    for spec in every_type():
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    _tables_of_the_project(edit)
    edit.put("blocks", Block(id="rack", name="Training rack", kind="rack", rack_type="rack42"))
    edit.put("blocks", Block(id="hall", name="Halle Köln", kind="floor", grid_mm=500))
    edit.put(
        "devices",
        device(id="srv", type="server8", half_u=10, modules={"slot2": "nic2", "slot1": "nic2"}, phase="day1"),
    )
    edit.put("devices", device(id="leaf", name="leaf", half_u=80, face="rear", feeds={"psu1": "A"}))
    edit.put("devices", device(id="pdu", type="pdu24", zone="left", feeds={"in": "B"}))
    edit.put("devices", device("hall", "cdu", "cdu16", x_mm=-5000, power_limit_w=9000.0, scope="OFCI"))
    edit.put("instances", Instance(block="hall", id="r1", of="rack", name="R1"))
    edit.put(
        "instances",
        Instance(block="hall", id="r2", of="rack", name="R2", x_mm=600, rotation=180, mirrored=True),
    )
    links = [
        link("rack", "d1", end("srv", "nic1", "slot1-p1"), end("leaf", "osfp1", "osfp2/2"), fabric="be"),
        link("rack", "p1", end("pdu", "out1"), end("srv", "psu1"), layer="power"),
        link(
            "hall", "t1", end("r1/leaf", "osfp33", "osfp34"), end("r2/leaf", "osfp33", "osfp34"), fabric="be"
        ),
        link("hall", "c1", end("cdu", "supply1"), end("r1/srv", "cool-in"), layer="coolant", length_m=3.5),
    ]
    for each in links:
        edit.put("links", each)
    edit.put("overrides", Override(block="hall", id="o1", path="r1/srv", serial="SN-1", absent=False))
    edit.put("overrides", Override(block="hall", id="o2", path="t1", cable=1, length_m=7.0))
    edit.put("areas", Area(block="hall", id="a1", kind="room", points=((0, 0), (9000, 0), (9000, 6000))))
    edit.put("pathways", Pathway(block="hall", id="w1", kind="tray", points=((0, 0, 2500), (9000, 0, 2500))))
    edit.put("underlays", Underlay(block="hall", id="u1", kind="image", data="iVBORw0K", mm_per_unit=12.5))
    edit.put("naming", NamingTemplate(block="hall", id="instance", template="R{n:02}", start=5))
    edit.put("waivers", Waiver(block="hall", id="w", rule="power.x", author="Ada", reason="Tested\non site"))
    edit.put("layouts", Layout(block="hall", id="one-line", positions={"r1": (0.5, 1.0), "cdu": (2.0, -1.5)}))
    edit.put("notes", Note(block="hall", id="n1", text='Mind the "step"\nhere', x_mm=100))


def _tables_of_the_project(edit: Edit) -> None:
    edit.put("settings", Setting(id="top", value="hall"))
    edit.put("settings", Setting(id="units", value="metric"))
    edit.put("requirements", Requirement(id="facility_power_w", value=2_000_000.0, note="Utility letter"))
    edit.put("sources", PowerSource(id="A", name="A", capacity_w=1e6, voltage_v=230.0))
    edit.put("sources", PowerSource(id="B", name="B"))
    edit.put("phases", Phase(id="day1", name="Day 1"))
    edit.put(
        "fabrics", Fabric(id="be", name="Back end", parameters={"radix": 64, "rails": True, "over": 1.5})
    )
    shape = Transformer(id="m1", name="Small", layers=2, hidden=64, heads=4, kv_heads=2, ffn=256, vocab=1000)
    edit.put("models", TransformerRecord(id="m1", spec=shape))
    edit.put("workloads", Workload(id="w1", name="Dense", model="m1", parameters={"tokens": 1.5e13}))
    edit.put("linked", LinkedBlock(id="lb1", file="units/su.cage", of="su", revision="B", date="2026-11-01"))
    edit.put("alternates", Alternate(id="a1", of="srv", by="leaf", note="Never"))
    edit.put("assumptions", Assumption(id="pue", value=1.2, source="House"))
    edit.put("revisions", Revision(id="r1", number="P1", date="2026-01-15", author="Ada", state="eJw="))


def small(project_id: str = "small") -> Project:
    """A project with records in every table."""
    project = Project(project_id)
    edit = Edit(project, "Start")
    fill(edit)
    History(project).commit(edit.change())
    return project


def started(journal: Journal | None = None, project: Project | None = None) -> History:
    """A history over the small project; it starts empty."""
    return History(project or small(), journal)


def moved(project: Project, x_mm: int, *, label: str = "Move rack") -> Any:
    """The change that moves rack 1."""
    edit = Edit(project, label)
    edit.replace("instances", ("hall", "r1"), x_mm=x_mm)
    return edit.change()
