"""One minimal design for each rule of pathways, demanding exactly its finding."""

from __future__ import annotations

from math import pi
from typing import Any

from msgspec.structs import replace

from core.model.records import Device, Pathway
from core.model.types import CableType, OpticType, PortGroup
from tests.rules.fixture import Fixtures
from tests.rules.network_fixtures import ENDS_M
from tests.rules.plan import AOC, LEAF, Plan

WAY_M = ENDS_M + 1.1 * 0.6
"""Between the two racks, along them."""

PATHWAY_FIXTURES = Fixtures()
fixture = PATHWAY_FIXTURES.of


def tray(plan: Plan, name: str, *points: tuple[int, int, int], **fields: Any) -> None:
    plan.put("pathways", Pathway(block="h", id=name, kind="tray", name=name.title(), points=points, **fields))


def above(plan: Plan, name: str = "tray", y: int = 2_000, z: int = 2_700, **fields: Any) -> None:
    """Draw a tray over the fronts of both racks."""
    tray(plan, name, (0, y, z), (1_200, y, z), **fields)


@fixture("pathways.fill", block="h", value=pi * 1.5**2 / 10, limit=0.5, count=1)
def fill(plan: Plan) -> None:
    above(plan, width_mm=5, depth_mm=2, load_kg_m=10)


@fixture("pathways.load", block="h", value=pi / 4 * 3e-3**2 * 1400, limit=0.001, count=1)
def load(plan: Plan) -> None:
    above(plan, load_kg_m=0.001)


@fixture("pathways.bend", "x1", block="h", value=120, limit=100, count=1)
def bend(plan: Plan) -> None:
    plan.use(AOC, bend_radius_mm=120)
    tray(plan, "tray", (300, 2_000, 2_700), (300, 2_300, 2_700), (900, 2_300, 2_700), width_mm=100)
    tray(plan, "end", (900, 2_300, 2_700), (900, 2_000, 2_700), width_mm=100)


@fixture("pathways.separation", "x1", block="h", value=10, limit=30, count=1)
def separation(plan: Plan) -> None:
    plan.retype("dac", reach_max_m=30, lengths_m=(1, 2, 3, 10))
    plan.put("devices", Device(block="h", id="b2", type="leaf2", x_mm=-4_000, y_mm=2_000))
    power = (
        PortGroup(name="in", layer="power", direction="in", connector="t", phases=3),
        PortGroup(name="out", layer="power", direction="out", connector="t", phases=3),
    )
    plan.use(LEAF, id="leaf2", name="Panel", kind="switchgear", height_u=0, floor_standing=True, width_mm=600,
             depth_mm=600, height_mm=2_000, ports=power, power_max_w=0, power_typical_w=0, airflow="none",
             supplies_fitted=None, supplies_needed=None, supply_w=None)  # fmt: skip
    plan.put("devices", Device(block="h", id="b3", type="leaf2", x_mm=4_000, y_mm=2_000))
    plan.link("h", "p", "b2", "out", "b3", "in", layer="power")
    above(plan, "data", carries="copper", load_kg_m=10)
    tray(plan, "power", (-4_000, 2_310, 2_700), (4_500, 2_310, 2_700), carries="power", load_kg_m=10)


@fixture("pathways.medium", "x1", block="h", count=1)
def medium(plan: Plan) -> None:
    # 6 m along the racks is copper, 20 m around is not
    plan.retype("dac", reach_max_m=10, lengths_m=(1, 2, 3, 10))
    tray(plan, "tray", (300, 2_000, 2_700), (300, 10_000, 2_700), (900, 10_000, 2_700), (900, 2_000, 2_700),
         carries="copper", load_kg_m=10)  # fmt: skip


@fixture("pathways.pin_gone", "x1", block="h", count=1)
def pin_gone(plan: Plan) -> None:
    plan.change("links", "h", "x1", via=("tray",))


@fixture("pathways.pin_off", "x1", block="h", count=1)
def pin_off(plan: Plan) -> None:
    above(plan)
    tray(plan, "far", (-4_000, 14_000, 2_700), (4_000, 14_000, 2_700))
    plan.change("links", "h", "x1", via=("far",))


@fixture("pathways.none", block="h", value=1, limit=0, count=1)
def none(plan: Plan) -> None:
    above(plan, y=14_000)


@fixture("cabling.margin", "x1", block="h", value=WAY_M, limit=8, count=1)
def margin(plan: Plan) -> None:
    plan.retype("aoc", reach_max_m=8, lengths_m=(8,))


@fixture("cabling.too_long", "x1", block="h", value=30, limit=WAY_M, count=1)
def too_long(plan: Plan) -> None:
    plan.change("links", "h", "x1", length_m=30.0)


PANEL = replace(
    LEAF, id="panel", name="Panel", kind="patch-panel", power_max_w=0, supplies_fitted=None,
    supplies_needed=None, supply_w=None, airflow="none", insertion_loss_db=0.5,
    ports=tuple(
        PortGroup(name=f"{face}{{1..2}}", layer="data", role="patch", connector="MPO-12/APC", face=face)  # type: ignore[arg-type]
        for face in ("front", "rear")
    ),
)  # fmt: skip
OPTIC = OpticType(
    id="dr4", name="DR4", connector="OSFP-flat", rate_gbps=400, fibre="SMF", fibre_connector="MPO-12/APC",
    reach_m=100, budget_db=3.0,
)  # fmt: skip
FIBRE = CableType(
    id="smf", name="Fibre", media="SMF", connector_a="MPO-12/APC", connector_b="MPO-12/APC", loss_db_km=0.4,
    lengths_m=(2, 10, 20),
)  # fmt: skip


def patched(plan: Plan, *, rear: bool = True, fibre: CableType = FIBRE, **optic: object) -> None:
    """Put a panel into each rack; the link between the leafs goes through both of them."""
    plan.use(PANEL)
    plan.use(OPTIC, **optic)
    plan.use(fibre)
    plan.put("devices", Device(block="r", id="p1", name="panel-1", type="panel", half_u=30))
    plan.link("r", "j1", "s1", "osfp3" if rear else "osfp4", "p1", "front1")
    if rear:
        plan.drop("links", "h", "x1")
        plan.link("h", "x1", "r1/p1", "rear1", "r2/p1", "rear1")


# Within a rack 5 U, 0.8 m to the side channels and 0.6 m of slack: 2 m; between the racks 10 m.
@fixture("fibre.loss", "r1/j1", block="h", value=2 * 0.5 + (2 * 2 + 10) * 0.4e-3, limit=0.9, count=1)
def loss(plan: Plan) -> None:
    patched(plan, budget_db=0.9)


@fixture("fibre.reach", "r1/j1", block="h", value=14, limit=12, count=1)
def reach(plan: Plan) -> None:
    patched(plan, reach_m=12)


@fixture("fibre.open", "j1", count=2)
def open_channel(plan: Plan) -> None:
    patched(plan, rear=False)


@fixture("fibre.polarity", "r1/j1", block="h", count=1)
def polarity(plan: Plan) -> None:
    """Three straight cables."""
    patched(plan, fibre=replace(FIBRE, polarity="straight"))


@fixture("fibre.pins", "r1/j1", block="h", count=1)
def pins(plan: Plan) -> None:
    """The optics have pins, and nothing else: trunk and cords do not align in the panels."""
    patched(plan, fibre=replace(FIBRE, pins="none"))
