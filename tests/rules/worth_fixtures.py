"""Designs that depend on one supplier, come too late, or cannot do what is asked of them."""

from __future__ import annotations

from core.model.records import TransformerRecord, Workload
from core.model.transformer import Transformer
from core.model.types import AcceleratorType, Fit
from tests.rules.fixture import Fixtures
from tests.rules.plan import Plan

WORTH_FIXTURES = Fixtures()
fixture = WORTH_FIXTURES.of
SHAPE = Transformer(
    id="m", name="Model", layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=128256
)
GPU = AcceleratorType(
    id="gpu", name="H100", tflops_bf16_dense=989, tflops_fp8_dense=1979, memory_gb=80, memory_tb_s=3.35,
    scale_up_gb_s=900, scale_up="NVLink 4", tdp_w=100,
)  # fmt: skip


def priced(plan: Plan, **node: object) -> None:
    """Two nodes of 75 and two leafs of 25, of different makers and with an alternate each."""
    for type_id, usd, maker, other in (("node", 75.0, "Acme", "leaf"), ("leaf", 25.0, "Bolt", "node")):
        fields = {"maker": maker, "alternates": (other,), "price_low_usd": usd, "price_high_usd": usd}
        plan.retype(type_id, **(fields | (node if type_id == "node" else {})))


def working(plan: Plan, kind: str, *parameters: dict[str, object]) -> None:
    """Give the nodes eight accelerators each and the design workloads."""
    plan.use(GPU)
    plan.retype("node", accelerators=(Fit(type="gpu", count=8),))
    plan.change("fabrics", "", "f", role="compute")
    plan.put("models", TransformerRecord(id="m", spec=SHAPE))
    for number, given in enumerate(parameters):
        plan.put(
            "workloads",
            Workload(id=f"w{number}", name=f"Work {number}", kind=kind, model="m", parameters=given),  # type: ignore[arg-type]
        )


@fixture("supply.supplier_share", block="h", value=0.75, limit=0.6, count=1)
def supplier_share(plan: Plan) -> None:
    priced(plan)
    plan.ask("supplier_share", 0.6)


@fixture("supply.no_alternate", block="h", value=1, count=1)
def no_alternate(plan: Plan) -> None:
    plan.retype("node", maker="Acme")


@fixture("supply.late", block="h", value=20, limit=10, count=1)
def late(plan: Plan) -> None:
    plan.retype("node", lead_time_weeks=20)
    plan.ask("order_date", "2026-01-05")
    plan.ask("ready_date", "2026-03-16")


@fixture("supply.domestic", block="h", value=0.25, limit=0.5, count=1)
def domestic(plan: Plan) -> None:
    priced(plan, made_in=("Elsewhere",))
    plan.retype("leaf", made_in=("Home",))
    plan.ask("supplier_share", 1.0)
    plan.ask("home_countries", "Home, Next door")
    plan.ask("domestic_share", 0.5)


@fixture("workload.does_not_run", block="h", value=1, limit=0, count=1)
def does_not_run(plan: Plan) -> None:
    plan.put("workloads", Workload(id="w1", name="Train"))


@fixture("workload.tensor_parallel", block="h", value=16, limit=8, count=1)
def tensor_parallel(plan: Plan) -> None:
    working(plan, "training", {"tp": 16, "global_batch": 16})


@fixture("workload.shares", block="h", value=1.2, limit=1, count=1)
def shares(plan: Plan) -> None:
    working(plan, "inference", {"share": 0.6}, {"share": 0.6})
