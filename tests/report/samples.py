"""Designs to draw and print: a unit of eight liquid-cooled racks and a hall of such units."""

from __future__ import annotations

from typing import Any

from core.model.change import Edit
from core.model.project import Project
from core.model.records import (
    Area,
    Block,
    Device,
    End,
    Fabric,
    Instance,
    Link,
    Override,
    Pathway,
    PowerSource,
    Requirement,
    Revision,
    Setting,
    TypeRecord,
    Waiver,
)
from core.model.types import AnyType, Bay, CableType, DeviceType, PortGroup, RackType, Zone

_RJ45 = PortGroup(name="bmc", layer="data", connector="RJ45", role="out-of-band", rate_gbps=1, face="front")


def types() -> list[AnyType]:
    """Return the types the samples use."""
    osfp = {"layer": "data", "connector": "OSFP-finned", "rate_gbps": 800.0, "lanes": (2,)}
    return [
        RackType(
            id="mgx", name="MGX rack 48U", standard="MGX", units=48, width_mm=600, depth_mm=1068,
            height_mm=2236, mass_kg=180, busbar="busbar-50V", load_max_kg=1600,
            zones=(Zone(name="rear-left", side="left"), Zone(name="rear-right", side="right")),
        ),
        RackType(
            id="eia", name="Cabinet 48U 800", units=48, width_mm=800, depth_mm=1200, height_mm=2300,
            mass_kg=150, zones=(Zone(name="rear-left", side="left"), Zone(name="rear-right", side="right")),
        ),
        DeviceType(
            id="tray", name="Compute tray 4 GPU", maker="Example", kind="tray", height_u=1, mass_kg=29,
            airflow="front-to-rear", power_max_w=6000, part_number="CT-4G",
            ports=(
                PortGroup(name="nic{1..4}", layer="data", connector="OSFP-flat", rate_gbps=400,
                          role="scale-out"),
                PortGroup(name="dpu{1..2}", layer="data", connector="QSFP112", rate_gbps=400, role="storage"),
                _RJ45,
                PortGroup(name="dc", layer="power", connector="busbar-50V", direction="in", face="rear"),
                PortGroup(name="in", layer="coolant", connector="UQD04", direction="in", face="rear"),
                PortGroup(name="out", layer="coolant", connector="UQD04", direction="out", face="rear"),
            ),
            bays=(Bay(name="slot{1..2}", accepts="nic"),),
        ),
        DeviceType(
            id="nvs", name="Scale-up switch tray", maker="Example", kind="switch-tray", height_u=1,
            mass_kg=15, airflow="front-to-rear", power_max_w=900, ports=(_RJ45,),
        ),
        DeviceType(
            id="shelf", name="Power shelf 33 kW", maker="Example", kind="power-shelf", height_u=1, mass_kg=32,
            rated_w=33000,
            ports=(
                PortGroup(name="ac", layer="power", connector="IEC60309-63A-5P", direction="in", face="rear"),
                PortGroup(name="dc", layer="power", connector="busbar-50V", direction="out", face="rear"),
                _RJ45,
            ),
        ),
        DeviceType(
            id="sw64", name="Switch 64 x 800G", maker="Example", kind="switch", height_u=2, mass_kg=25,
            airflow="front-to-rear", power_max_w=2100, part_number="SW-64",
            ports=(
                PortGroup(name="osfp{1..64}", whole=True, **osfp),
                PortGroup(name="mgmt", layer="data", connector="RJ45", rate_gbps=1, role="out-of-band"),
                PortGroup(name="psu{1..2}", layer="power", connector="C20", direction="in", face="rear"),
            ),
        ),
        DeviceType(
            id="oob48", name="Switch 48 x 1G", maker="Example", kind="switch", height_u=1, mass_kg=5,
            airflow="rear-to-front", power_max_w=150,
            ports=(
                PortGroup(name="ge{1..48}", layer="data", connector="RJ45", rate_gbps=1),
                PortGroup(name="up{1..4}", layer="data", connector="SFP28", rate_gbps=25),
                PortGroup(name="psu{1..2}", layer="power", connector="C14", direction="in", face="rear"),
            ),
        ),
        DeviceType(
            id="pdu", name="Rack PDU 17 kW", maker="Example", kind="rack-pdu", zero_u=True, width_mm=56,
            height_mm=1750, mass_kg=9,
            ports=(
                PortGroup(name="out{1..24}", layer="power", connector="C19", direction="out", face="rear"),
                PortGroup(name="feed", layer="power", connector="IEC60309-32A-5P", direction="in",
                          face="rear"),
            ),
        ),
        DeviceType(id="blank1", name="Blank 1U", kind="blank", height_u=1),
        DeviceType(
            id="half", name="Controller, half width", kind="server", height_u=1, width="half", mass_kg=6,
            airflow="front-to-rear", ports=(_RJ45,),
        ),
        DeviceType(
            id="cdu", name="CDU 1.3 MW", kind="cdu", floor_standing=True, width_mm=1200, depth_mm=1200,
            height_mm=2200, mass_kg=1800,
        ),
        CableType(id="aoc", name="AOC 400G", media="AOC", rate_gbps=400, lengths_m=(3, 5, 10, 15, 20, 30)),
    ]  # fmt: skip


class _Maker:
    def __init__(self) -> None:
        self.project = Project("sample")
        self.edit = Edit(self.project, "sample")
        for spec in types():
            self.put("types", TypeRecord(id=spec.id, spec=spec))

    def put(self, table: str, record: Any) -> None:
        self.edit.put(table, record)

    def done(self, top: str) -> Project:
        self.put("settings", Setting(id="top", value=top))
        self.project.apply(self.edit.change())
        return self.project

    def device(self, block: str, rid: str, spec: str, name: str, u: float, **more: Any) -> None:
        self.put(
            "devices", Device(block=block, id=rid, type=spec, name=name, half_u=round(2 * (u - 1)), **more)
        )


def _racks(m: _Maker) -> None:
    m.put("blocks", Block(id="nvl", name="Compute rack", kind="rack", rack_type="mgx", power_limit_w=140_000))
    feeds = {0: "A", 1: "B"}
    for i in range(8):
        u = (1 + i) if i < 4 else (44 + i - 4)
        m.device("nvl", f"ps{i}", "shelf", f"PS-{i + 1}", u, feeds={"ac": feeds[i % 2]})
    for i in range(18):
        u = 6 + i if i < 8 else 23 + i - 8
        m.device("nvl", f"ct{i}", "tray", f"CT-{i + 1:02d}", u)
    for i in range(9):
        m.device("nvl", f"ns{i}", "nvs", f"NS-{i + 1}", 14 + i)
    m.device("nvl", "bl", "blank1", "", 5)
    m.put("blocks", Block(id="net", name="Network rack", kind="rack", rack_type="eia"))
    for i in range(9):
        m.device("net", f"leaf{i}", "sw64", f"LEAF-{i + 1}", 1 + 2 * i)
    for i in range(8):
        m.device("net", f"spine{i}", "sw64", f"SPINE-{i + 1}", 21 + 2 * i)
    for i in range(7):
        m.device("net", f"oob{i}", "oob48", f"OOB-{i + 1}", 40 + i)
    m.device("net", "c1", "half", "CTL-A", 48, side="left")
    m.device("net", "c2", "half", "CTL-B", 48, side="right")
    m.device("net", "pl", "pdu", "PDU-A", 1, zone="rear-left", feeds={"feed": "A"})
    m.device("net", "pr", "pdu", "PDU-B", 1, zone="rear-right", feeds={"feed": "B"})


def _links(m: _Maker, racks: int) -> None:
    nic = 0
    for r in range(racks):
        for t in range(18):
            groups: dict[int, list[tuple[str, str]]] = {}
            for n in range(4):
                leaf, port = divmod(nic, 64)
                groups.setdefault(leaf, []).append((f"nic{n + 1}", f"osfp{port // 2 + 1}/{port % 2 + 1}"))
                nic += 1
            for leaf, pairs in groups.items():
                m.put("links", Link(
                    block="su", id=f"h{r}-{t}-{leaf}", fabric="compute",
                    a=End(f"r{r}/ct{t}", tuple(p[0] for p in pairs)),
                    b=End(f"n0/leaf{leaf}", tuple(p[1] for p in pairs)),
                ))  # fmt: skip
    leaves = (nic + 63) // 64
    for leaf in range(leaves):
        for spine in range(8):
            m.put("links", Link(
                block="net", id=f"u{leaf}-{spine}", fabric="compute",
                a=End(f"leaf{leaf}", tuple(f"osfp{33 + 4 * spine + k // 2}/{k % 2 + 1}" for k in range(8))),
                b=End(f"spine{spine}", tuple(f"osfp{4 * leaf + k // 2 + 1}/{k % 2 + 1}" for k in range(8))),
            ))  # fmt: skip
    port = 0
    for r in range(racks):
        names = [f"ct{i}" for i in range(18)] + [f"ns{i}" for i in range(9)] + [f"ps{i}" for i in range(8)]
        for name in names:
            switch, at = divmod(port, 48)
            m.put("links", Link(
                block="su", id=f"o{r}-{name}", fabric="oob", a=End(f"r{r}/{name}", ("bmc",)),
                b=End(f"n0/oob{switch}", (f"ge{at + 1}",)),
            ))  # fmt: skip
            port += 1
    for i in range(9):
        m.put("links", Link(
            block="net", id=f"pw{i}", layer="power", a=End("pl", (f"out{i + 1}",)),
            b=End(f"leaf{i}", ("psu1",)),
        ))  # fmt: skip


def _brief(m: _Maker) -> None:
    for name in ("A", "B"):
        m.put("sources", PowerSource(id=name, name=f"Source {name}", capacity_w=2_000_000, voltage_v=240))
    m.put("fabrics", Fabric(id="compute", name="Compute", role="compute", family="rail"))
    m.put("fabrics", Fabric(id="oob", name="Management", role="out-of-band"))
    m.put("requirements", Requirement(id="facility_power_w", value=2_000_000.0))
    m.put("requirements", Requirement(id="accelerators", value=576))
    m.put("requirements", Requirement(id="redundancy", value="N+1 shelves, two sources"))


def unit(racks: int = 8) -> Project:
    """Return a unit of compute racks with a network rack and a CDU (the figure's example b)."""
    m = _Maker()
    _racks(m)
    _brief(m)
    _unit(m, racks)
    return m.done("su")


def _unit(m: _Maker, racks: int) -> None:
    m.put("blocks", Block(id="su", name="Scalable unit", kind="floor"))
    for r in range(racks):
        m.put("instances", Instance(block="su", id=f"r{r}", of="nvl", name=f"R{r + 1:02d}", x_mm=600 * r))
    m.put("instances", Instance(block="su", id="n0", of="net", name="N01", x_mm=600 * racks))
    m.put("devices", Device(block="su", id="cdu", type="cdu", name="CDU-1", x_mm=600 * racks + 800))
    _links(m, racks)


def hall(units: int = 4, racks: int = 8) -> Project:
    """Return a hall of such units, in facing rows (the figure's example c)."""
    m = _Maker()
    _racks(m)
    _brief(m)
    _unit(m, racks)
    m.put("blocks", Block(id="hall", name="Data hall 1", kind="floor", north_deg=30.0))
    for i in range(units):
        row, column = divmod(i, 2)
        turned = row % 2 == 1
        x = 2400 + 8400 * column + (6800 if turned else 0)
        y = 2400 + row * 2400 + (1200 if turned else 0)
        m.put("instances", Instance(
            block="hall", id=f"su{i}", of="su", name=f"SU-{i + 1}", x_mm=x, y_mm=y,
            rotation=180 if turned else 0,
        ))  # fmt: skip
    _room(m)
    m.put("settings", Setting(id="project_name", value="Cedar Point AI Hall"))
    m.put("settings", Setting(id="client", value="Northlight Compute"))
    m.put("settings", Setting(id="site", value="Cedar Point Campus, Building 2"))
    m.put("overrides", Override(block="hall", id="ov1", path="su1/r2", name="R03-SPECIAL"))
    m.put("overrides", Override(block="hall", id="ov2", path="su1/r3/ct4", absent=True))
    m.put("waivers", Waiver(
        block="hall", id="w1", rule="space.aisle", subjects=("su0",), value=1100.0, author="M. Ortiz",
        date="2026-02-10", reason="Agreed with the landlord",
    ))  # fmt: skip
    return m.done("hall")


def _room(m: _Maker) -> None:
    def area(rid: str, kind: Any, name: str, *points: tuple[int, int]) -> None:
        m.put("areas", Area(block="hall", id=rid, kind=kind, name=name, points=points))

    area("room", "room", "Data hall 1", (0, 0), (21600, 0), (21600, 8400), (0, 8400))
    area("datum", "datum", "Datum", (0, 0))
    for i in range(3):
        x = 5400 * (i + 1)
        area(f"col{i}", "column", f"C{i + 1}", (x, 7200), (x + 450, 7200), (x + 450, 7650), (x, 7650))
    area("keep", "keep-out", "Fire panel", (20400, 6600), (21600, 6600), (21600, 8400), (20400, 8400))
    area("door", "door", "D1", (0, 600), (0, 1800))
    area("cont", "containment", "Hot aisle", (2400, 3468), (10000, 3468), (10000, 4900), (2400, 4900))
    m.put("pathways", Pathway(block="hall", id="tray", kind="tray", name="CT-1", width_mm=450,
                              points=((2400, 3000, 2700), (18000, 3000, 2700))))  # fmt: skip


def issued(project: Project) -> Project:
    """Return the project with a revision that has a purpose and an approver."""
    edit = Edit(project, "issue")
    edit.put("revisions", Revision(
        id="r1", number="P1", date="2026-02-14", author="J. Vale", checker="K. Ito", approver="L. Haas",
        purpose="Issued for construction", description="First issue",
    ))  # fmt: skip
    project.apply(edit.change())
    return project
