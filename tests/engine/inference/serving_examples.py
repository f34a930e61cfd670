"""A model, an engine and accelerators of round figures, so that times can be computed by hand."""

from __future__ import annotations

from typing import Any

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.inference.constants import Constants, Engine, Kernels, Power, Precision
from core.model.transformer import Transformer

KERNELS = Kernels(
    memory_share=0.5, cache_share=0.5, latent_share=0.5, expert_share=0.25,
    product_share_bf16=0.5, product_share_fp8=0.5, product_share_fp4=0.5, attention_share=0.25,
    roofline=1.0, layer_us=100.0, sequence_us=10.0, prefill_us=1000.0,
)  # fmt: skip
ENGINE = Engine(
    version="1", date="2025", memory_used=1.0, reserve_gb=0.0, most_sequences=1000, most_tokens=4096,
    held_output=1.0, families={"round": KERNELS},
)  # fmt: skip
CONSTANTS = Constants(
    families={"round": ("Round",)},
    precisions={
        "bf16": Precision(
            weight_bytes=2.0, expert_bytes=2.0, head_bytes=2.0, products="bf16", expert_products="bf16"
        )
    },
    engines={"vllm": ENGINE},
    power={"round": Power(base=0.5, memory=0.25, product=0.25, host=0.5)},
    sources=(),
)


def dense(**changes: Any) -> Transformer:
    """A dense model of ten layers: 1.2e7 weights in each, 1e6 in the head."""
    shape: dict[str, Any] = {
        "layers": 10, "hidden": 1000, "heads": 10, "kv_heads": 5, "ffn": 3000, "vocab": 1000,
    }  # fmt: skip
    return Transformer(id="m", name="Round", **(shape | changes))


def mixture(**changes: Any) -> Transformer:
    """The same with eight experts, two of them for each token."""
    experts: dict[str, Any] = {"ffn": 0, "experts": 8, "experts_per_token": 2, "expert_ffn": 1000}
    return dense(**(experts | changes))


def cluster(count: int = 8, **changes: Any) -> Cluster:
    """Accelerators of 100 TFLOPS, 1 TB/s, 10 GB, eight in a domain."""
    shape: dict[str, Any] = {
        "name": "Round", "node": 8, "hierarchy": Hierarchy(8, 450.0, "NVLink 4", 50.0),
        "tflops": {"bf16": 100.0}, "memory_gb": 10.0, "memory_tb_s": 1.0, "tdp_w": 400.0, "host_w": 200.0,
    }  # fmt: skip
    return Cluster(count=count, **(shape | changes))
