"""What cases of measured serving say, and what they leave out, as the model of inference takes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from core.engine.cluster import Cluster
from core.engine.collective_constants import Accelerator
from core.engine.collective_constants import shipped_constants as shipped_collectives
from core.engine.collectives import Hierarchy
from core.engine.inference.energy import at_power_limit
from core.errors import EngineError
from core.model.transformer import Transformer

Case = Mapping[str, Any]
PEAKS = ("bf16", "fp8", "fp4")
PRECISIONS = {"bfloat16": "bf16", "fp16": "bf16", "float16": "bf16", "nvfp4": "fp4"}
LATENT = ("q_lora", "kv_lora", "rope", "nope", "v")
NODE = 8
"""Accelerators of a host, where a case does not say."""
NIC_GB_S = 50.0
"""Network rate of an accelerator, where a case does not say."""


@cache
def inputs() -> dict[str, Any]:
    """Return the inputs that sources leave out, each with where it is from."""
    path = files("resources").joinpath("reference", "inference-inputs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def assumed(name: str) -> float:
    """Return a value that stands for what cases leave out."""
    return float(inputs()["assumed"][name]["value"])


def part(case: Case, name: str) -> Mapping[str, Any]:
    """Return a mapping of a case, empty if it has none."""
    found = case.get(name)
    return found if isinstance(found, Mapping) else {}


def number(values: Mapping[str, Any], name: str, default: float | None = None) -> float:
    """Return a positive number of a case.

    Raises
    ------
    EngineError
        If it is not there, or not a number above 0.
    """
    value = values.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e15:
        raise EngineError(f"{name} of the case is not given" if value is None else f"{name} is not usable")
    return float(value)


def count(values: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """Return a whole number above 0 of a case; raises as `number` does."""
    found = number(values, name, default)
    if found != int(found):
        raise EngineError(f"{name} of the case is not a whole number")
    return int(found)


def engine_of(case: Case) -> tuple[str, float]:
    """Return the engine that ran a case, and its bytes of a cached value.

    Raises
    ------
    EngineError
        If the source names no engine that is known.
    """
    named = part(case, "workload").get("engine")
    source = str(case.get("source", ""))
    for entry in inputs()["engines"]:
        if (named == entry["engine"]) if named else entry["words"] in source:
            return entry["engine"], entry["cache_bytes"]
    raise EngineError("the case names no serving engine that is known", cure="Give 'engine:' in its workload")


def precision_of(case: Case) -> str:
    """Return the precision of a case as the constants name it; 16 bits where it gives none."""
    named = str(case.get("precision", "bf16")).lower()
    return PRECISIONS.get(named, named)


def model_of(case: Case) -> Transformer:
    """Return the shape of the model of a case.

    Raises
    ------
    EngineError
        If the case does not give it.
    """
    given = part(case, "model")
    if "layers" not in given or "hidden" not in given:
        raise EngineError("the case gives no shape of its model: layers, hidden, heads, vocab")
    experts = part(given, "moe")
    dense = count(given, "dense_layers", 0) if experts and given.get("dense_layers") else 0
    architecture = str(given.get("arch", ""))
    is_plain = architecture == "gpt"
    windowed = architecture == "gpt-oss"
    latent = _latent(str(given.get("attn", "")))
    return Transformer(
        id="case",
        name=architecture or "model",
        layers=count(given, "layers"),
        hidden=count(given, "hidden"),
        heads=count(given, "heads"),
        kv_heads=count(given, "kv_heads", count(given, "heads")),
        head_dim=int(given.get("head_dim", 0)),
        ffn=count(given, "ffn") if not experts or dense else 0,
        vocab=count(given, "vocab"),
        gated=not is_plain,
        tied=is_plain,
        experts=count(experts, "experts") if experts else 0,
        experts_per_token=count(experts, "top_k") if experts else 0,
        shared_experts=int(experts.get("shared", 0)),
        expert_ffn=count(experts, "moe_ffn", given.get("ffn")) if experts else 0,
        dense_layers=dense,
        # gpt-oss: every other layer looks back on 128 tokens only (its model card).
        window=128 if windowed else 0,
        window_layers=count(given, "layers") // 2 if windowed else 0,
        query_rank=latent.get("q_lora", 0),
        kv_rank=latent.get("kv_lora", 0),
        rope_dim=latent.get("rope", 0),
        nope_dim=latent.get("nope", 0),
        value_dim=latent.get("v", 0),
    )


def _latent(words: str) -> dict[str, int]:
    """Return the ranks of latent attention, from words such as `MLA q_lora 1536 kv_lora 512 rope 64`."""
    if "MLA" not in words:
        return {}
    found = {name: int(value) for name, value in re.findall(r"(\w+) (\d{1,6})\b", words)}
    missing = [name for name in LATENT if name not in found]
    if missing:
        raise EngineError(f"latent attention of the case lacks {', '.join(missing)}")
    return found


def cluster_of(case: Case) -> Cluster:
    """Return what a case ran on.

    Raises
    ------
    EngineError
        If its accelerator is not known.
    """
    hardware = part(case, "hardware")
    name = str(hardware.get("accelerator", ""))
    fitting = [key for key in inputs()["accelerators"] if name.startswith(key)]
    if not fitting:
        raise EngineError(f"peak and memory of the accelerator '{name[:40]}' are not known")
    known = inputs()["accelerators"][max(fitting, key=len)]
    link = _link(name)
    nic = hardware.get("nic_gbps_per_gpu")
    cluster = Cluster(
        name=name,
        count=count(hardware, "count"),
        node=count(hardware, "gpus_per_node", NODE),
        hierarchy=Hierarchy(
            domain=count(hardware, "gpus_per_node", NODE),
            up_gb_s=link.up_gb_s,
            link=link.link,
            nic_gb_s=number(hardware, "nic_gbps_per_gpu") / 8 if nic else NIC_GB_S,
        ),
        tflops={peak: float(known[peak]) for peak in PEAKS if peak in known},
        memory_gb=known["memory_gb"],
        memory_tb_s=known["memory_tb_s"],
        tdp_w=known["tdp_w"],
        host_w=known["host_w"],
    )
    return _at_power(case, name, cluster)


def _link(name: str) -> Accelerator:
    known = shipped_collectives()
    found = known.accelerator(name) or known.accelerator(f"{name}-SXM")
    return found or known.accelerators["H100-SXM"]


def _at_power(case: Case, name: str, cluster: Cluster) -> Cluster:
    """Return a cluster at the power its name (`-1000W`) or that of the system (`MaxQ`) tells."""
    watts = re.search(r"-(\d{3,4})W\Z", name)
    if watts:
        return at_power_limit(cluster, float(watts[1]))
    if "MaxQ" in str(case.get("url", "")):
        return at_power_limit(cluster, assumed("low_power_w"))
    return cluster
