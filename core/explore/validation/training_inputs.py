"""What published cases of training state, as the model reads it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.training.plan import RECOMPUTE, SHARDING, Plan
from core.engine.training.shape import shape_of
from core.errors import EngineError
from core.model.transformer import Transformer

PRECISIONS = {
    "fp16": "bf16",
    "bf16": "bf16",
    "fp8": "fp8",
    "fp8-tensorwise": "fp8",
    "mxfp8": "fp8",
    "nvfp4": "fp4",
}


@dataclass(frozen=True)
class TrainingCase:
    """A published case as the model reads it.

    Attributes
    ----------
    id, group : str
    sort : str
        `dense`, `moe` or `fsdp`: what errors are told apart by.
    measured_s : float
        Step time; 0 where the case states none.
    """

    id: str
    group: str
    sort: str
    model: Transformer
    sequence: float
    plan: Plan
    cluster: Cluster
    precision: str
    era: str
    batch: float
    imbalance: float
    measured_s: float
    is_fitted: bool = True
    """Whether constants are fitted to it; it counts in the errors either way."""


@cache
def unsaid() -> dict[str, Any]:
    """Return what the cases leave unsaid."""
    path = files("resources").joinpath("reference", "training-inputs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def read_case(case: dict[str, Any]) -> TrainingCase:
    """Return a published case as the model reads it.

    Raises
    ------
    EngineError
        If an input is missing, or the case is of a kind that is not modelled.
    """
    where = str(case.get("id", "case"))
    group = str(case.get("group", ""))
    said = unsaid()["groups"].get(group, {})
    stated = dict(case.get("parallelism") or {})
    layout = {**said.get("plan", {}), **said.get("cases", {}).get(where, {}), **stated}
    model, sequence = model_of(case, where)
    count = _count(case, layout, where)
    plan, batch = _plan(layout, count, model, sequence, where)
    precision = str(case.get("precision", "bf16"))
    if precision not in PRECISIONS:
        raise EngineError(f"the precision '{precision}' is not modelled", where=where)
    sort = "moe" if model.experts else "fsdp" if plan.sharding == 2 else "dense"
    return TrainingCase(
        id=where,
        group=group,
        sort=sort,
        model=model,
        sequence=sequence,
        plan=plan,
        cluster=cluster_of(case, count, where),
        precision=PRECISIONS[precision],
        era=str(layout.get("era", said.get("era", "2024"))),
        batch=batch,
        imbalance=1.0,
        measured_s=_measured(case, count, batch, sequence, model),
        is_fitted=bool(layout.get("fitted", True)),
    )


def _number(source: dict[str, Any], key: str, where: str) -> float:
    value = source.get(key)
    if not isinstance(value, int | float):
        raise EngineError(f"the case does not state {key}", where=where)
    return float(value)


def model_of(case: dict[str, Any], where: str) -> tuple[Transformer, float]:
    """Return the model of a case, and its sequence length; raises as `read_case`."""
    stated = case.get("model") or {}
    for key in ("layers", "hidden", "heads", "vocab", "seq"):
        if key not in stated and not (key == "vocab" and "grok" in where):
            raise EngineError(f"the case does not state {key}", where=where)
    arch = str(stated.get("arch", "gpt"))
    moe = stated.get("moe") or {}
    latent = [int(n) for n in re.findall(r"\d+", str(stated.get("attn", "")))]
    ranks = dict(zip(("query_rank", "kv_rank", "rope_dim", "nope_dim", "value_dim"), latent, strict=False))
    width = int(stated.get("ffn", 0) or 0)
    gated = not arch.startswith(("gpt", "mpt", "nemotron")) or arch == "gpt-oss"
    if not moe and not width:
        raise EngineError("the case does not state ffn", where=where)
    model = Transformer(
        id="case",
        name=where,
        layers=int(stated["layers"]),
        hidden=int(stated["hidden"]),
        heads=int(stated["heads"]),
        kv_heads=int(stated.get("kv_heads", stated["heads"])),
        head_dim=int(stated.get("head_dim", 0)),
        ffn=width,
        gated=gated,
        vocab=int(stated.get("vocab", 131072)),
        tied=arch == "gpt" or arch.startswith("mpt"),
        experts=int(moe.get("experts", 0)),
        experts_per_token=int(moe.get("top_k", 0)),
        shared_experts=int(moe.get("shared", 0)),
        expert_ffn=int(moe.get("moe_ffn", width)) if moe else 0,
        dense_layers=int(stated.get("dense_layers", 0)),
        expert_groups=4 if arch.startswith("deepseek") else 0,
        window=128 if arch == "gpt-oss" else 0,
        window_layers=int(stated["layers"]) // 2 if arch == "gpt-oss" else 0,
        query_rank=ranks.get("query_rank", 0),
        kv_rank=ranks.get("kv_rank", 0),
        rope_dim=ranks.get("rope_dim", 0),
        nope_dim=ranks.get("nope_dim", 0),
        value_dim=ranks.get("value_dim", 0),
    )
    if fault := model.fault():
        raise EngineError(fault, where=where)
    return model, float(stated["seq"])


def _count(case: dict[str, Any], layout: dict[str, Any], where: str) -> int:
    return int(_number(case.get("hardware") or {}, "count", where))


def cluster_of(case: dict[str, Any], count: int, where: str) -> Cluster:
    """Return the accelerators of a case; raises as `read_case`."""
    stated = case.get("hardware") or {}
    name = str(stated.get("accelerator", ""))
    known = unsaid()["accelerators"]
    fitting = [key for key in known if name == key or name.startswith(key + "-")]
    if not fitting:
        raise EngineError(f"the accelerator '{name}' is not modelled", where=where)
    chip = known[max(fitting, key=len)]
    node = int(stated.get("gpus_per_node", min(chip["domain"], 8)))
    measured = unsaid()["groups"].get(case.get("group"), {}).get("nic_gbps_per_gpu")
    nic = (
        measured or stated.get("nic_gbps_per_gpu") or (stated.get("node_gbps", 0) / node) or chip["nic_gbps"]
    )
    domain = max(min(chip["domain"], count), 1)
    if chip["domain"] > 8:
        # Jobs are cut into equal parts of a rack.
        domain = count if count <= chip["domain"] else 64
    return Cluster(
        name=name,
        count=count,
        node=node,
        hierarchy=Hierarchy(domain=domain, up_gb_s=chip["up_gb_s"], link="NVLink 4", nic_gb_s=nic / 8),
        tflops={key: float(chip[key]) for key in ("bf16", "fp8", "fp4") if key in chip},
        memory_gb=chip["memory_gb"],
        memory_tb_s=float(stated.get("hbm_tb_s", chip["memory_tb_s"])),
        tdp_w=chip["tdp_w"],
    )


def _plan(
    layout: dict[str, Any], count: int, model: Transformer, sequence: float, where: str
) -> tuple[Plan, float]:
    scheme = str(layout.get("scheme", ""))
    sharded = (
        scheme in ("FULL_SHARD", "FSDP", "FSDP+DP") or "fsdp" in layout or layout.get("sharding") == "full"
    )
    tp, pp, cp = (float(layout.get(key, 1)) for key in ("tp", "pp", "cp"))
    product = tp * pp * cp
    dp = count / product
    if dp < 1:
        raise EngineError(f"tp, pp and cp need {product:.0f} accelerators of {count}", where=where)
    microbatch = layout.get("microbatch")
    batch = layout.get("global_batch")
    if batch is None and "global_batch_tokens_m" in layout:
        batch = layout["global_batch_tokens_m"] * 2**20 / sequence
    if batch is None and "grad_accum" in layout and microbatch:
        batch = microbatch * dp * layout["grad_accum"]
    if batch is None and layout.get("local_batch"):
        batch, microbatch = layout["local_batch"] * dp, 1
    if batch is None and microbatch:
        batch = microbatch * dp
    if batch is None:
        raise EngineError("the case does not state the batch", where=where)
    if microbatch is None:
        microbatch = max(batch / dp, 1) if sharded else 1
    ranks = layout.get("zero1_group", 0)
    ranks = 0 if ranks == "all" else ranks
    if sharded:
        ranks = float(layout.get("fsdp", 0)) * cp
    recompute = str(layout.get("recompute", "none")).partition("-")[0]
    return Plan(
        tp=tp, pp=pp, dp=dp, cp=cp, ep=float(layout.get("ep", 1)), microbatch=float(microbatch),
        interleave=float(layout.get("interleave", 1)),
        recompute=float(RECOMPUTE.index(recompute)) if recompute in RECOMPUTE else 0.0,
        sharding=2.0 if sharded else float(SHARDING.index(str(layout.get("sharding", "optimizer")))),
        sequence_parallel=1.0 if layout.get("sequence_parallel", True) else 0.0,
        shard_ranks=float(ranks), tp_overlap=1.0 if layout.get("async_tp", True) else 0.0,
    ), float(batch)  # fmt: skip


def _measured(case: dict[str, Any], count: int, batch: float, sequence: float, model: Transformer) -> float:
    """Return the measured step time, by definition of what is stated; 0 without."""
    measured = {**(case.get("derived") or {}), **(case.get("measured") or {})}
    tokens = batch * sequence
    if "step_s" in measured:
        return float(measured["step_s"])
    if "tokens_per_s" in measured:
        return tokens / float(measured["tokens_per_s"])
    if "tokens_per_s_per_gpu" in measured:
        return tokens / float(measured["tokens_per_s_per_gpu"]) / count
    if "mfu" in measured and str(case["hardware"].get("accelerator", "")).startswith(("H100", "A100")):
        peak = 312e12 if case["hardware"]["accelerator"].startswith("A100") else 989e12
        flops = 3 * shape_of(model, sequence).model_flops
        return float(flops * tokens / (measured["mfu"] * peak * count))
    return 0.0
