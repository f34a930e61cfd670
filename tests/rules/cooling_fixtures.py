"""Plans with one fault of a coolant loop or of the air of a room."""

from __future__ import annotations

from typing import Any

from core.engine.coolants import airflow_m3h, coolant_flow_lpm
from core.engine.pipe_flow import velocity_m_s
from core.model.records import Device, Pathway
from core.model.types import DeviceType, PortGroup
from tests.rules.fixture import Fixtures
from tests.rules.plan import NODE, Plan

COOLING_FIXTURES = Fixtures()
fixture = COOLING_FIXTURES.of


def port(name: str, way: str, **fields: Any) -> PortGroup:
    return PortGroup(name=name, layer="coolant", direction=way, connector="UQD04", fluid="PG25", **fields)  # type: ignore[arg-type]


EXCHANGER = DeviceType(
    id="exchanger", name="Exchanger", kind="cdu", floor_standing=True, mass_kg=500, power_max_w=0,
    power_typical_w=0, cooling_w=9000, approach_k=4, cooling_flow_lpm=40,
    ports=(port("primary-supply", "in"), port("primary-return", "out"), port("supply", "out"),
           port("return", "in")),
)  # fmt: skip
HEADER = DeviceType(
    id="header", name="Header", kind="manifold", floor_standing=True, mass_kg=20,
    ports=(port("in{1..4}", "in"), port("back{1..4}", "out"), port("out{1..4}", "out"),
           port("home{1..4}", "in")),
)  # fmt: skip
FAN = DeviceType(
    id="fan", name="Fan wall", kind="air-handler", floor_standing=True, mass_kg=900, power_max_w=0,
    power_typical_w=0, cooling_w=9000, cooling_airflow_m3h=90_000,
)  # fmt: skip


def loop(plan: Plan, cdus: int = 2, cdu: dict[str, Any] | None = None, **node: Any) -> None:
    """Join the nodes of both racks (1 kW to liquid each) with CDUs over a header in the hall."""
    bore = node.pop("bore_mm", None)
    wet = (port("supply", "in", bore_mm=bore), port("return", "out"))
    plan.retype("node", liquid_fraction=0.5, ports=(*NODE.ports, *wet), **node)
    plan.use(EXCHANGER, **(cdu or {}))
    plan.use(HEADER)
    plan.put("devices", Device(block="h", id="m", type="header", x_mm=-4000, y_mm=4000))
    for k in range(1, cdus + 1):
        plan.put(
            "devices", Device(block="h", id=f"cdu{k}", type="exchanger", x_mm=-4000, y_mm=5000 + 2000 * k)
        )
        plan.link("h", f"a{k}", f"cdu{k}", "supply", "m", f"in{k}", layer="coolant")
        plan.link("h", f"b{k}", "m", f"back{k}", f"cdu{k}", "return", layer="coolant")
    for k in (1, 2):
        plan.link("h", f"s{k}", "m", f"out{k}", f"r{k}/n1", "supply", layer="coolant")
        plan.link("h", f"t{k}", f"r{k}/n1", "return", "m", f"home{k}", layer="coolant")


def fans(plan: Plan, count: int = 2, **fields: Any) -> None:
    plan.use(FAN, **fields)
    for k in range(1, count + 1):
        plan.put("devices", Device(block="h", id=f"fan{k}", type="fan", x_mm=-4000, y_mm=5000 + 2000 * k))


def chilled(plan: Plan, supply_c: float) -> None:
    """Two fan walls on the water of two chillers over a header."""
    wet = (port("supply", "in"), port("return", "out"))
    fans(plan, ports=wet)
    plan.use(HEADER)
    plan.put("devices", Device(block="h", id="m", type="header", x_mm=-4000, y_mm=4000))
    plan.use(
        DeviceType(id="chiller", name="Chiller", kind="heat-rejection", floor_standing=True, mass_kg=900,
                   power_max_w=0, power_typical_w=0, cooling_w=9000, supply_c=supply_c,
                   ports=(port("return", "in"), port("supply", "out")))
    )  # fmt: skip
    for k in (1, 2):
        plan.put("devices", Device(block="h", id=f"c{k}", type="chiller", x_mm=-4000, y_mm=-5000 - 2000 * k))
        plan.link("h", f"a{k}", f"c{k}", "supply", "m", f"in{k}", layer="coolant")
        plan.link("h", f"b{k}", "m", f"back{k}", f"c{k}", "return", layer="coolant")
        plan.link("h", f"s{k}", "m", f"out{k}", f"fan{k}", "supply", layer="coolant")
        plan.link("h", f"t{k}", f"fan{k}", "return", "m", f"home{k}", layer="coolant")


@fixture("cooling.loop_short", "cdu1", block="h", value=2000, limit=1800, count=1)
def loop_short(plan: Plan) -> None:
    loop(plan, cdu={"cooling_w": 900})


@fixture("cooling.loop_lost", "cdu1", block="h", value=2000, limit=1500, count=1)
def loop_lost(plan: Plan) -> None:
    loop(plan, cdu={"cooling_w": 1500})


@fixture("cooling.loop_single", "cdu1", block="h", value=2000, limit=0, count=1)
def loop_single(plan: Plan) -> None:
    loop(plan, cdus=1)


@fixture("cooling.approach", "cdu1", block="h", value=32, limit=31, count=1)
def approach(plan: Plan) -> None:
    loop(plan, cdus=1)
    plan.ask("facility_supply_c", 32)


@fixture("cooling.flow_short", "cdu1", block="h", value=2 * coolant_flow_lpm(1000, "PG25", 35, 10), limit=2,
         count=1)  # fmt: skip
def flow_short(plan: Plan) -> None:
    loop(plan, cdu={"cooling_flow_lpm": 1})


@fixture("cooling.head_short", "cdu1", block="h", value=5, limit=1, count=1)
def head_short(plan: Plan) -> None:
    loop(plan, cdu={"head_kpa": 1}, coolant_flow_lpm=3, coolant_drop_kpa=5)


@fixture("cooling.velocity", "s1", "s2", block="h", limit=3,
         value=velocity_m_s(coolant_flow_lpm(1000, "PG25", 35, 10), 3.0))  # fmt: skip
def velocity(plan: Plan) -> None:
    loop(plan, bore_mm=3)


@fixture("cooling.dew_point", block="h", value=20, limit=21, count=1)
def dew_point(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5)
    plan.ask("liquid_supply_c", 20)
    plan.ask("room_dew_point_c", 19)


@fixture("cooling.supply_too_cold", "n1", value=25, limit=30)
def supply_too_cold(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5, coolant_supply_min_c=30)
    plan.ask("liquid_supply_c", 25)


@fixture("cooling.return_too_warm", "n1", value=45, limit=40)
def return_too_warm(plan: Plan) -> None:
    plan.retype("node", liquid_fraction=0.5, coolant_return_max_c=40)


@fixture("cooling.pressure", "n1", value=600, limit=500)
def pressure(plan: Plan) -> None:
    loop(plan, cdu={"head_kpa": 600}, pressure_max_kpa=500)


@fixture("cooling.leak_above", "k1")
def leak_above(plan: Plan) -> None:
    plan.use(
        EXCHANGER,
        id="in-rack",
        floor_standing=False,
        height_u=4,
        depth_mm=800,
        ports=(port("supply", "out"),),
    )
    plan.put("devices", Device(block="r", id="k1", type="in-rack", half_u=40))


@fixture("cooling.pipe_above_power", block="h", value=1, limit=0, count=1)
def pipe_above_power(plan: Plan) -> None:
    """A pipe at 3 m crosses a busway at 2.5 m; another runs below it, a third beside it."""
    ways = {
        "busway": ("busway", ((-4000, 0, 2500), (4000, 0, 2500))),
        "across": ("pipe", ((0, -2000, 3000), (0, 2000, 3000))),
        "below": ("pipe", ((1000, -2000, 500), (1000, 2000, 500))),
        "beside": ("pipe", ((-4000, 1000, 3000), (-500, 1000, 3000))),
    }
    for name, (kind, points) in ways.items():
        plan.put("pathways", Pathway(block="h", id=name, name=name, kind=kind, points=points))  # type: ignore[arg-type]


@fixture("cooling.air_short", "fan1", block="h", value=4600, limit=3000, count=1)
def air_short(plan: Plan) -> None:
    fans(plan, cooling_w=1500)


@fixture("cooling.water_above_air", "fan1", "fan2", block="h", value=24, limit=24, count=2)
def water_above_air(plan: Plan) -> None:
    """Facility water as warm as the air that is asked for, to the coil of a fan wall."""
    plan.ask("air_supply_c", 24)
    chilled(plan, supply_c=24)


@fixture("cooling.air_lost", "fan1", block="h", value=4600, limit=3000, count=1)
def air_lost(plan: Plan) -> None:
    fans(plan, cooling_w=3000)


@fixture("cooling.airflow_short", "fan1", block="h", value=airflow_m3h(4600, 15), limit=200, count=1)
def airflow_short(plan: Plan) -> None:
    fans(plan, cooling_airflow_m3h=100)


@fixture("cooling.inlet_at_altitude", "n1", value=34, limit=32)
def inlet_at_altitude(plan: Plan) -> None:
    plan.ask("air_supply_c", 34)
    plan.ask("altitude_m", 1800)
