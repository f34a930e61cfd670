"""Small designs with round numbers, so that results can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from core.catalogue.library import Library
from core.engine.evaluation import Evaluation, Evaluator
from core.model.change import Edit
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import (
    Block,
    Device,
    End,
    Fabric,
    Instance,
    Link,
    Override,
    PowerSource,
    Record,
    Requirement,
    Setting,
    TypeRecord,
)
from core.model.types import (
    AcceleratorType,
    AnyType,
    Bay,
    CableType,
    Citation,
    DeviceType,
    Fit,
    OpticType,
    PortGroup,
    RackType,
    Zone,
)


def seen(*fields: str, evidence: str = "verified") -> tuple[Citation, ...]:
    return (Citation(fields=fields, title="Data sheet", evidence=evidence),)  # type: ignore[arg-type]


def psus(number: int) -> PortGroup:
    return PortGroup(
        name=f"psu{{1..{number}}}", layer="power", direction="in", connector="C20", face="rear", phases=1
    )


TYPES: list[AnyType] = [
    AcceleratorType(
        id="gpu", name="GPU", tflops_bf16_dense=1000, memory_gb=100,
        sources=seen("tflops_bf16_dense", "memory_gb"),
    ),
    # 42 U of 44.45 mm are 1,866.9 mm; in 2,000 mm unit 1 begins (2000 - 1866.9) / 2 = 66.55 mm up.
    RackType(
        id="rack", name="Rack", units=42, width_mm=600, depth_mm=1200, height_mm=2000, mass_kg=100,
        price_low_usd=1000, price_high_usd=2000, zones=(Zone(name="left"),), suppliers=("Frames",),
        sources=seen("mass_kg", "units", "price_low_usd"),
    ),
    RackType(
        id="or3", name="Open rack", standard="ORv3", unit="OU", units=44, pitch_mm=48, width_mm=600,
        depth_mm=1068, height_mm=2286, busbar="busbar", scale_up="scale-up",
    ),
    DeviceType(
        id="server", name="Server", maker="Maker", kind="server", height_u=8, mass_kg=130, power_max_w=10_000,
        power_typical_w=7_000, power_peak_w=12_000, liquid_fraction=0.0, supplies_fitted=6, supplies_needed=4,
        accelerators=(Fit(type="gpu", count=8),), bays=(Bay(name="nic{1..2}", accepts="nic"),),
        price_low_usd=100_000, price_high_usd=300_000,
        ports=(
            PortGroup(name="osfp{1..4}", layer="data", connector="flat", face="rear", rate_gbps=800,
                      lanes=(2,), whole=False, role="scale-out"),
            PortGroup(name="bmc", layer="data", connector="RJ45", rate_gbps=1, role="out-of-band"),
            psus(6),
        ),
        sources=seen("mass_kg", "power_max_w", "power_typical_w", "accelerators"),
    ),
    DeviceType(
        id="switch", name="Switch", maker="Fabrics", kind="switch", height_u=1, mass_kg=20, power_max_w=2_000,
        price_low_usd=30_000, price_high_usd=30_000, supplies_fitted=2, supplies_needed=1,
        ports=(
            PortGroup(name="osfp{1..32}", layer="data", connector="finned", rate_gbps=800, lanes=(2,),
                      whole=False),
            PortGroup(name="mgmt", layer="data", connector="RJ45", rate_gbps=1, role="out-of-band"),
            psus(2),
        ),
        sources=seen("mass_kg", "power_max_w", "price_low_usd", evidence="estimate"),
    ),
    DeviceType(
        id="rj-switch", name="Management switch", kind="switch", height_u=1, power_max_w=100,
        ports=(
            PortGroup(name="rj{1..48}", layer="data", connector="RJ45", rate_gbps=1),
            PortGroup(name="up{1..4}", layer="data", connector="QSFP28", rate_gbps=100),
        ),
    ),
    DeviceType(id="half", name="Half server", kind="server", height_u=1, width="half", power_max_w=500),
    DeviceType(id="panel", name="Panel", kind="other", height_u=0.5, mass_kg=1, power_max_w=0),
    DeviceType(id="sled", name="Sled", kind="tray", height_u=2, unit="OU", mass_kg=40, power_max_w=6_000,
               liquid_fraction=0.9, accelerators=(Fit(type="gpu", count=4),),
               ports=(PortGroup(name="bus", layer="power", direction="in", connector="busbar", phases=0),
                      PortGroup(name="nvl{1..72}", layer="data", connector="cartridge", role="scale-up",
                                rate_gbps=400))),
    DeviceType(id="nvs", name="Scale-up switch", kind="switch-tray", height_u=1, unit="OU",
               ports=(PortGroup(name="nvl{1..144}", layer="data", connector="cartridge", role="scale-up",
                                rate_gbps=400),)),
    DeviceType(id="shelf", name="Shelf", kind="power-shelf", height_u=1, unit="OU", rated_w=33_000,
               efficiency=0.975, supplies_fitted=6, supplies_needed=6,
               ports=(PortGroup(name="ac", layer="power", direction="in", connector="IEC", phases=3),
                      PortGroup(name="dc", layer="power", direction="out", connector="busbar", phases=0)),
               sources=seen("efficiency", "rated_w")),
    DeviceType(id="battery", name="Battery shelf", kind="battery", height_u=1, unit="OU", rated_w=15_000,
               ports=(PortGroup(name="dc", layer="power", direction="out", connector="busbar", phases=0),)),
    DeviceType(id="pdu", name="PDU", kind="rack-pdu", zero_u=True, rated_w=34_500,
               ports=(PortGroup(name="in", layer="power", direction="in", connector="IEC", phases=3),
                      PortGroup(name="out{1..24}", layer="power", direction="out", connector="C19"))),
    DeviceType(id="ups", name="UPS", kind="ups", floor_standing=True, width_mm=1000, depth_mm=1000,
               height_mm=2000, mass_kg=500, efficiency=0.95, rated_w=1e6,
               ports=(PortGroup(name="in{1..2}", layer="power", direction="in", connector="t", phases=3),
                      PortGroup(name="out{1..4}", layer="power", direction="out", connector="t", phases=3))),
    DeviceType(id="generator", name="Generator", kind="generator", floor_standing=True,
               ports=(PortGroup(name="out{1..4}", layer="power", direction="out", connector="t", phases=3),)),
    DeviceType(id="cdu", name="CDU", kind="cdu", floor_standing=True, width_mm=900, depth_mm=1200,
               height_mm=2000, cooling_w=1_000_000, power_max_w=5_000,
               ports=(PortGroup(name="supply{1..2}", layer="coolant", direction="out", connector="FD83"),
                      PortGroup(name="return{1..2}", layer="coolant", direction="in", connector="FD83"))),
    DeviceType(id="door", name="Manifold", kind="manifold", zero_u=True,
               ports=(PortGroup(name="supply", layer="coolant", direction="in", connector="FD83"),
                      PortGroup(name="return", layer="coolant", direction="out", connector="FD83"))),
    DeviceType(id="nic", name="NIC", kind="module", mass_kg=0.5, power_max_w=30, price_low_usd=1_000,
               ports=(PortGroup(name="p1", layer="data", connector="flat", rate_gbps=400),)),
    DeviceType(id="dark-nic", name="Dark NIC", kind="module"),
    CableType(id="dac", name="Twin DAC", media="DAC", connector_a="finned", connector_b="finned", links=2,
              rate_gbps=800, reach_max_m=2, lengths_m=(0.5, 1, 1.5, 2), price_low_usd=100,
              price_high_usd=200, price_per_m_usd=50, sources=seen("price_low_usd")),
    CableType(id="splitter", name="Split DAC", media="DAC", connector_a="finned", connector_b="flat", links=2,
              split=2, rate_gbps=800, reach_max_m=3, lengths_m=(1, 2, 3), price_low_usd=300),
    CableType(id="mmf", name="Fibre", media="MMF", connector_a="MPO", connector_b="MPO",
              lengths_m=(3, 5, 10, 20, 30, 50, 100), price_low_usd=40),
    CableType(id="cat6", name="Cat 6A", media="UTP", connector_a="RJ45", connector_b="RJ45", rate_gbps=10,
              reach_max_m=100, lengths_m=(1, 2, 3, 5, 10, 20, 50)),
    CableType(id="hoses", name="Hose pair", layer="coolant", media="hose", connector_a="FD83",
              connector_b="FD83", links=2, lengths_m=(1, 2, 5, 10)),
    OpticType(id="sr8", name="Twin SR4", connector="finned", rate_gbps=800, links=2, fibre="MMF",
              fibre_connector="MPO", reach_m=50, price_low_usd=1_000),
    OpticType(id="sr8-flat", name="Twin SR4, flat", connector="flat", rate_gbps=800, links=2, fibre="MMF",
              fibre_connector="MPO", reach_m=50, price_low_usd=1_100),
]  # fmt: skip


class Design:
    """A project filled by short calls; rack blocks and floor blocks by name."""

    def __init__(self, types: Iterable[AnyType] = TYPES, top: str = "hall") -> None:
        self.project = Project("design")
        self._numbers = count(1)
        self.put(*(("types", TypeRecord(id=spec.id, spec=spec)) for spec in types))
        self.put(
            ("blocks", Block(id=top, name=top.title(), kind="floor")),
            ("settings", Setting(id="top", value=top)),
        )
        self.evaluator = Evaluator(self.project)

    def put(self, *records: tuple[str, Record]) -> None:
        edit = Edit(self.project, "Put")
        for table, record in records:
            edit.put(table, record)
        self.project.apply(edit.change())

    def remove(self, table: str, block: str, record_id: str) -> None:
        edit = Edit(self.project, "Remove")
        edit.remove(table, (block, record_id))
        self.project.apply(edit.change())

    def change(self, table: str, block: str, record_id: str, **fields: Any) -> None:
        edit = Edit(self.project, "Change")
        edit.replace(table, (block, record_id), **fields)
        self.project.apply(edit.change())

    def floor(self, name: str) -> str:
        self.put(("blocks", Block(id=name, name=name, kind="floor")))
        return name

    def rack(self, name: str, rack_type: str = "rack", **fields: Any) -> str:
        self.put(("blocks", Block(id=name, name=name, kind="rack", rack_type=rack_type, **fields)))
        return name

    def device(self, block: str, type_id: str, unit: float = 1, name: str = "", **fields: Any) -> str:
        device_id = name or f"{type_id}-{next(self._numbers)}"
        half_u = round(2 * (unit - 1))
        self.put(("devices", Device(block=block, id=device_id, type=type_id, half_u=half_u, **fields)))
        return device_id

    def place(self, of: str, name: str, block: str = "hall", **fields: Any) -> str:
        self.put(("instances", Instance(block=block, id=name, of=of, **fields)))
        return name

    def link(
        self, a: str, a_ports: Iterable[str] | str, b: str, b_ports: Iterable[str] | str,
        block: str = "hall", **fields: Any,
    ) -> str:  # fmt: skip
        ends = [
            End(path, tuple(ports.split()) if isinstance(ports, str) else tuple(ports))
            for path, ports in ((a, a_ports), (b, b_ports))
        ]
        link_id = fields.pop("name", "") or f"link-{next(self._numbers)}"
        self.put(("links", Link(block=block, id=link_id, a=ends[0], b=ends[1], **fields)))
        return link_id

    def power(self, feeder: str, out: str, consumer: str, inlet: str, block: str = "hall") -> str:
        return self.link(feeder, out, consumer, inlet, block, layer="power")

    def sources(self, *names: str, capacity_w: float | None = None) -> None:
        self.put(*(("sources", PowerSource(id=n, name=n, capacity_w=capacity_w)) for n in names))

    def fabric(self, name: str) -> str:
        self.put(("fabrics", Fabric(id=name, name=name)))
        return name

    def require(self, **values: Any) -> None:
        self.put(*(("requirements", Requirement(id=name, value=value)) for name, value in values.items()))

    def override(self, path: str, block: str = "hall", cable: int | None = None, **fields: Any) -> str:
        override_id = f"o{next(self._numbers)}"
        self.put(("overrides", Override(block=block, id=override_id, path=path, cable=cable, **fields)))
        return override_id

    def evaluate(self) -> Evaluation:
        assert [str(p) for p in problems(self.project)] == []
        return self.evaluator.evaluate()

    def row(self, path: str) -> int:
        """Row of a device in the latest snapshot."""
        row = self.evaluator.snapshot().flat.device_row(path)
        assert row >= 0
        return row


def feeds(**inlets_by_source: str) -> dict[str, str]:
    """Return feeds of inlets: `feeds(A="psu1 psu2", B="psu3")`."""
    return {inlet: source for source, inlets in inlets_by_source.items() for inlet in inlets.split()}


def servers_and_leafs(servers: int, leafs: int) -> Design:
    """Return a row of servers n0 … and a row of switches l0 …, and a fabric "f" without a link yet."""
    design = Design()
    design.fabric("f")
    for k in range(servers):
        design.device("hall", "server", name=f"n{k}", x_mm=1_000 * k)
    for k in range(leafs):
        design.device("hall", "switch", name=f"l{k}", x_mm=1_000 * k, y_mm=5_000)
    return design


def shipped() -> Design:
    """Return an empty design with all types of the catalogue."""
    return Design(list(Library.builtin()))
