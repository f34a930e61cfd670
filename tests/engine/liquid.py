"""Small plants with round numbers: trays, manifolds, CDUs, coolers and room units."""

from __future__ import annotations

from typing import Any

import msgspec

from core.model.types import CableType, DeviceType, FlowPoint, PortGroup, RackType
from tests.engine.designs import TYPES, Design


def pair(name: str, way: str, connector: str = "FD83", fluid: str = "water,PG25", **fields: Any) -> PortGroup:
    """Return ports in or out."""
    return PortGroup(name=name, layer="coolant", direction=way, connector=connector, fluid=fluid, **fields)  # type: ignore[arg-type]


WATER = {"connector": "flange", "fluid": "water"}
TRAY = DeviceType(
    id="wet",
    name="Wet tray",
    kind="tray",
    height_u=2,
    power_max_w=10_000,
    liquid_fraction=0.8,
    ports=(pair("supply", "in", "UQD"), pair("return", "out", "UQD")),
)
MANIFOLD = DeviceType(
    id="header",
    name="Header",
    kind="manifold",
    zero_u=True,
    ports=(
        pair("supply", "in"),
        pair("return", "out"),
        pair("node-supply{1..8}", "out", "UQD"),
        pair("node-return{1..8}", "in", "UQD"),
    ),
)
CDU = DeviceType(
    id="exchanger",
    name="Exchanger",
    kind="cdu",
    floor_standing=True,
    cooling_w=20_000,
    approach_k=4,
    cooling_flow_lpm=40,
    ports=(
        pair("primary-supply", "in", **WATER),
        pair("primary-return", "out", **WATER),
        pair("supply{1..4}", "out"),
        pair("return{1..4}", "in"),
    ),
)
COOLER = DeviceType(
    id="cooler",
    name="Cooler",
    kind="heat-rejection",
    floor_standing=True,
    cooling_w=30_000,
    ports=(pair("supply{1..4}", "out", **WATER), pair("return{1..4}", "in", **WATER)),
)
AIRED = DeviceType(
    id="sidecar",
    name="Sidecar",
    kind="cdu",
    floor_standing=True,
    cooling_w=20_000,
    ports=(pair("supply{1..4}", "out"), pair("return{1..4}", "in")),
)
ROOM_UNIT = DeviceType(
    id="fan-wall",
    name="Fan wall",
    kind="air-handler",
    floor_standing=True,
    cooling_w=5_000,
    cooling_airflow_m3h=1_500,
    ports=(pair("supply", "in", **WATER), pair("return", "out", **WATER)),
)
DOOR = DeviceType(
    id="reardoor",
    name="Door",
    kind="rear-door",
    zero_u=True,
    cooling_w=3_000,
    ports=(pair("supply", "in", **WATER), pair("return", "out", **WATER)),
)
PUMP = DeviceType(
    id="pump",
    name="Pump",
    kind="other",
    floor_standing=True,
    cooling_flow_lpm=30,
    ports=(pair("in", "in"), pair("out", "out"), pair("back-in", "in"), pair("back-out", "out")),
)
ROW = DeviceType(
    id="row",
    name="Row manifold",
    kind="manifold",
    floor_standing=True,
    ports=(
        pair("supply", "in"),
        pair("return", "out"),
        pair("supply{1..4}", "out"),
        pair("return{1..4}", "in"),
    ),
)
WET_RACK = RackType(
    id="mgx",
    name="Wet rack",
    units=42,
    width_mm=600,
    depth_mm=1200,
    height_mm=2000,
    manifold="UQD",
    zones=TYPES[1].zones if isinstance(TYPES[1], RackType) else (),
)
HOSE = CableType(
    id="hose",
    name="Hose",
    layer="coolant",
    media="hose",
    connector_a="FD83",
    connector_b="FD83",
    links=2,
    lengths_m=(1, 2, 5, 10),
    bore_mm=20,
)
PIPE = CableType(
    id="water-pipe",
    name="Pipe",
    layer="coolant",
    media="hose",
    connector_a="flange",
    connector_b="flange",
    links=2,
    lengths_m=(1, 2, 5, 10),
)
WET = [TRAY, MANIFOLD, CDU, COOLER, AIRED, ROOM_UNIT, DOOR, PUMP, ROW, WET_RACK, HOSE, PIPE]
TABLE = tuple(
    FlowPoint(supply_c=c, flow_lpm=lpm, drop_kpa=psi * 6.894757)
    for c, lpm, psi in ((25, 59, 2.3), (30, 71, 3.2), (35, 89, 4.9), (40, 119, 8.5), (45, 177, 18.4))
)
"""GB300 NVL72 by supply temperature, whole rack: Lenovo Press LP2357."""


def plant(**changes: dict[str, Any]) -> Design:
    """Return an empty design that knows the wet types, with some fields of theirs changed."""
    types = [msgspec.structs.replace(spec, **changes.get(spec.id.replace("-", "_"), {})) for spec in WET]
    return Design([*TYPES, *types])


def wet_racks(design: Design, *names: str, trays: int = 2) -> None:
    """Place racks of trays whose manifold they couple with by themselves."""
    design.rack("wet-rack", "mgx")
    for k in range(trays):
        design.device("wet-rack", "wet", 1 + 2 * k, f"tray{k}")
    design.device("wet-rack", "header", name="m", zone="left")
    for k, name in enumerate(names):
        design.place("wet-rack", name, x_mm=600 * k)


def hoses(design: Design, giver: str, taker: str, number: int, **fields: Any) -> None:
    """Join a CDU's pair with the manifold of a rack, or any device with supply and return."""
    design.link(giver, f"supply{number}", taker, "supply", layer="coolant", **fields)
    design.link(taker, "return", giver, f"return{number}", layer="coolant", **fields)


def pipes(design: Design, cooler: str, cdu: str, number: int) -> None:
    """Join a cooler with the primary side of a CDU."""
    design.link(cooler, f"supply{number}", cdu, "primary-supply", layer="coolant")
    design.link(cdu, "primary-return", cooler, f"return{number}", layer="coolant")
