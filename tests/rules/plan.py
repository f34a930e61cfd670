"""A small sound design to spoil: two racks in a room, each with a server and a leaf, fed by A and B."""

from __future__ import annotations

from typing import Any

import msgspec

from core.model.integrity import problems
from core.model.project import Project
from core.model.records import (
    TABLES,
    Area,
    Block,
    Device,
    End,
    Fabric,
    Instance,
    Link,
    PowerSource,
    Record,
    Requirement,
    Setting,
    TypeRecord,
)
from core.model.types import AnyType, CableType, Citation, DeviceType, PortGroup, RackType, Zone

SEEN = (
    Citation(
        fields=(
            "power_max_w",
            "power_typical_w",
            "mass_kg",
            "price_low_usd",
            "price_high_usd",
            "liquid_fraction",
        ),
        title="Data sheet",
        evidence="verified",
    ),
)


def psu(count: int, connector: str, high_v: float = 240) -> PortGroup:
    return PortGroup(
        name=f"psu{{1..{count}}}", layer="power", direction="in", connector=connector, phases=1,
        voltage_low_v=200, voltage_high_v=high_v,
    )  # fmt: skip


def cage(name: str, rate_gbps: float = 400, **fields: Any) -> PortGroup:
    return PortGroup(name=name, layer="data", connector="OSFP-flat", rate_gbps=rate_gbps, **fields)


RACK = RackType(
    id="rack", name="Rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mounting_depth_mm=1000,
    mass_kg=100, load_max_kg=1000, zones=(Zone(name="left", places=4),), sources=SEEN,
)  # fmt: skip
NODE = DeviceType(
    id="node", name="Node", kind="server", height_u=4, depth_mm=800, mass_kg=50, airflow="front-to-rear",
    power_max_w=2000, power_typical_w=1500, supplies_fitted=2, supplies_needed=1, supply_w=2400,
    liquid_fraction=0, inlet_min_c=5, inlet_max_c=35, ports=(cage("osfp{1..2}"), psu(2, "C20")), sources=SEEN,
)  # fmt: skip
LEAF = DeviceType(
    id="leaf", name="Leaf", kind="switch", height_u=1, depth_mm=600, mass_kg=10, airflow="front-to-rear",
    power_max_w=300, power_typical_w=200, supplies_fitted=2, supplies_needed=1, supply_w=400,
    liquid_fraction=0, inlet_min_c=5, inlet_max_c=45,
    ports=(cage("osfp{1..4}", lanes=(2,)), psu(2, "C14", 300)), sources=SEEN,
)  # fmt: skip
PDU = DeviceType(
    id="pdu", name="PDU", kind="rack-pdu", zero_u=True, height_mm=1800, mass_kg=5, power_max_w=0,
    power_typical_w=0, rated_w=30_000, sources=SEEN,
    ports=(
        PortGroup(name="inlet", layer="power", direction="in", connector="C20", phases=3,
                  voltage_low_v=380, voltage_high_v=415),
        PortGroup(name="c19-{1..4}", layer="power", direction="out", connector="C19", phases=1,
                  voltage_low_v=220, voltage_high_v=240),
        PortGroup(name="c13-{1..4}", layer="power", direction="out", connector="C13", phases=1,
                  voltage_low_v=220, voltage_high_v=240),
    ),
)  # fmt: skip
CDU = DeviceType(
    id="cdu", name="CDU", kind="cdu", floor_standing=True, width_mm=800, depth_mm=1000, height_mm=2000,
    mass_kg=500, power_max_w=0, power_typical_w=0, cooling_w=1500, clearance_front_mm=0,
    clearance_rear_mm=0, sources=SEEN,
)  # fmt: skip
DAC = CableType(id="dac", name="Copper", media="DAC", rate_gbps=400, connector_a="OSFP-flat",
                connector_b="OSFP-flat", reach_max_m=3, lengths_m=(1, 2, 3))  # fmt: skip
AOC = CableType(id="aoc", name="Active optical", media="AOC", rate_gbps=400, connector_a="OSFP-flat",
                connector_b="OSFP-flat", reach_max_m=30, lengths_m=(5, 10, 20, 30))  # fmt: skip
BOTH = {"psu1": "A", "psu2": "B"}
LIQUID = PortGroup(name="supply", layer="coolant", direction="in", connector="UQD04", fluid="PG25")


class Plan:
    """Records by table and key, changed freely, then made a project."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, str], Record]] = {table: {} for table in TABLES}
        self.put("settings", Setting(id="top", value="h"))
        for name in "AB":
            self.put("sources", PowerSource(id=name, name=name, voltage_v=415, capacity_w=100_000))
        self.put("fabrics", Fabric(id="f", name="Compute"))
        for spec in (RACK, NODE, LEAF, DAC, AOC):
            self.use(spec)
        self.put("blocks", Block(id="h", name="Hall", kind="floor"))
        self.put("blocks", Block(id="r", name="Rack", kind="rack", rack_type="rack"))
        self.room(-5000, -5000, 5000, 15_000)
        for k in (1, 2):
            self.put("instances", Instance(block="h", id=f"r{k}", name=f"R{k}", of="r", x_mm=600 * k - 600,
                                           y_mm=2000))  # fmt: skip
        self.put("devices", Device(block="r", id="n1", name="node-1", type="node", feeds=BOTH))
        self.put("devices", Device(block="r", id="s1", name="leaf-1", type="leaf", half_u=20, feeds=BOTH))
        self.link("r", "l1", "n1", "osfp1", "s1", "osfp1")
        self.link("h", "x1", "r1/s1", "osfp3", "r2/s1", "osfp3")

    def put(self, table: str, record: Record) -> None:
        """Put a record; a new device without a name gets its id for one."""
        if isinstance(record, Device) and not record.name and record.key not in self.tables[table]:
            record = msgspec.structs.replace(record, name=record.id)
        self.tables[table][record.key] = record

    def drop(self, table: str, block: str, record_id: str) -> None:
        del self.tables[table][block, record_id]

    def change(self, table: str, block: str, record_id: str, **fields: Any) -> None:
        record = self.tables[table][block, record_id]
        self.put(table, msgspec.structs.replace(record, **fields))

    def use(self, spec: AnyType, **fields: Any) -> None:
        spec = msgspec.structs.replace(spec, **fields)
        self.put("types", TypeRecord(id=spec.id, spec=spec))

    def retype(self, type_id: str, **fields: Any) -> None:
        """Change fields of a type of the plan."""
        record = self.tables["types"]["", type_id]
        assert isinstance(record, TypeRecord)
        self.use(record.spec, **fields)

    def ask(self, name: str, value: object) -> None:
        self.put("requirements", Requirement(id=name, value=value))  # type: ignore[arg-type]

    def room(self, left: int, front: int, right: int, back: int) -> None:
        points = ((left, front), (right, front), (right, back), (left, back))
        self.put("areas", Area(block="h", id="room", kind="room", points=points))

    def link(self, block: str, link_id: str, a: str, a_port: str, b: str, b_port: str, **fields: Any) -> None:
        fields = {"fabric": "f"} | fields
        if fields.get("layer", "data") != "data":
            fields["fabric"] = ""
        link = Link(block=block, id=link_id, a=End(a, tuple(a_port.split())), b=End(b, tuple(b_port.split())),
                    **fields)  # fmt: skip
        self.put("links", link)

    def pdu(self, **fields: Any) -> None:
        """Put a PDU into the rack, fed by A, that feeds the node's first inlet."""
        self.use(PDU, **fields)
        self.put("devices", Device(block="r", id="p1", name="pdu-1", type="pdu", zone="left",
                                   feeds={"inlet": "A"}))  # fmt: skip
        self.change("devices", "r", "n1", feeds={"psu2": "B"})
        self.link("r", "c1", "p1", "c19-1", "n1", "psu1", layer="power")

    def cdus(self, count: int, **fields: Any) -> None:
        self.use(CDU, **fields)
        for k in range(count):
            self.put("devices", Device(block="h", id=f"cdu{k}", name=f"CDU {k}", type="cdu", x_mm=-4000,
                                       y_mm=6000 + 2000 * k))  # fmt: skip

    def spines(self, *names: str) -> None:
        """Put a rack of spines beside the others and take the leafs' own link away."""
        self.put("blocks", Block(id="sp", name="Spine rack", kind="rack", rack_type="rack"))
        self.put("instances", Instance(block="h", id="sp1", name="SP", of="sp", x_mm=1200, y_mm=2000))
        for k, name in enumerate(names):
            self.put("devices", Device(block="sp", id=name, name=name, type="leaf", half_u=2 * k, feeds=BOTH))
        self.drop("links", "h", "x1")

    def project(self) -> Project:
        project = Project("test")
        for table, records in self.tables.items():
            project.load(table, list(records.values()))
        assert [str(problem) for problem in problems(project)] == []
        return project
