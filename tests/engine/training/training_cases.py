"""Models, clusters and round constants for tests of training."""

from __future__ import annotations

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.training.constants import (
    AcceleratorConstants,
    Constants,
    EraConstants,
    SharedConstants,
)
from core.engine.training.rates import Rates, rates_of
from core.model.transformer import Transformer

GPT3 = Transformer(
    id="g", name="GPT-3 175B", layers=96, hidden=12288, heads=96, kv_heads=96, ffn=49152, gated=False,
    vocab=51200, tied=True,
)  # fmt: skip
LLAMA_405B = Transformer(
    id="l", name="Llama 3 405B", layers=126, hidden=16384, heads=128, kv_heads=8, ffn=53248, vocab=128256
)
LLAMA_8B = Transformer(
    id="s", name="Llama 3 8B", layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=128256
)
DEEPSEEK = Transformer(
    id="d", name="DeepSeek-V3", layers=61, hidden=7168, heads=128, kv_heads=128, ffn=18432, vocab=129280,
    experts=256, experts_per_token=8, shared_experts=1, expert_ffn=2048, dense_layers=3, expert_groups=4,
    query_rank=1536, kv_rank=512, nope_dim=128, rope_dim=64, value_dim=128,
)  # fmt: skip

PLAIN = EraConstants(
    attention="plain", score_bytes=10.0, elementwise=0.0, layer_us=0.0, products=1.0, expert_us=0.0,
    expert_passes=0.0, gradient_bytes=4.0, logit_bytes=4.0, selective_kept=1.0, tensor_hidden=0.0,
    data_hidden=0.0, pipeline_hidden=0.0, expert_hidden=0.0, context_hidden=0.0,
)  # fmt: skip
CHIP = AcceleratorConstants(
    bf16_share=0.5, fp8_share=0.5, fp4_share=0.5, attention_share=0.25, portable_attention_share=0.2,
    half_width=0.0,
)  # fmt: skip
SHARED = SharedConstants(
    memory_share=1.0, cast_bytes=0.0, core_share=0.25, head_half=0.0, sharded_hidden=0.0, ring_share=1.0,
    nic_share=1.0, launch_us=0.0, stolen=0.0, step_s=0.0, jitter=0.0, power_exponent=0.0,
    usable_memory=1.0, reserve_gib=0.0, communicator_gib=0.0,
)  # fmt: skip
ROUND = Constants(SHARED, {"2021": PLAIN}, {"other": CHIP})
"""Rings and streams at full rate, nothing hidden, nothing lost."""


def cluster(count: int = 64, *, name: str = "Round", memory_gb: float = 80.0, domain: int = 8) -> Cluster:
    """Return accelerators of 400 TFLOPS, 2 TB/s, 100 GB/s up and 10 GB/s out."""
    return Cluster(
        name=name,
        count=count,
        node=8,
        hierarchy=Hierarchy(domain, 100.0, "NVLink 4", nic_gb_s=10.0),
        tflops={"bf16": 400.0, "fp8": 800.0},
        memory_gb=memory_gb,
        memory_tb_s=2.0,
        tdp_w=700.0,
    )


def h100s(count: int) -> Cluster:
    """Return H100 in hosts of eight with a port of 400 Gb/s each."""
    return Cluster(
        name="H100 SXM5",
        count=count,
        node=8,
        hierarchy=Hierarchy(8, 450.0, "NVLink 4", nic_gb_s=50.0),
        tflops={"bf16": 989.0, "fp8": 1979.0},
        memory_gb=80.0,
        memory_tb_s=3.35,
        tdp_w=700.0,
    )


def rates(count: int = 64, *, domain: int = 8, precision: str = "bf16") -> Rates:
    """Return what the round constants give on the round cluster."""
    return rates_of(cluster(count, domain=domain), precision, "2021", ROUND)
