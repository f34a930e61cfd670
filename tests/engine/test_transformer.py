"""Counts of a transformer: published totals, hand-made shapes, and the door they come in by."""

from __future__ import annotations

import pytest

from core.engine.transformer import (
    active_parameters,
    attention_flops,
    cache_values,
    forward_flops,
    layer_weights,
    matmul_parameters,
    parameters,
)
from core.errors import RecordError
from core.model.change import Edit
from core.model.project import Project
from core.model.records import TransformerRecord, Workload
from core.model.transformer import Transformer

LLAMA_405B = Transformer(
    id="l", name="Llama 3.1 405B", layers=126, hidden=16384, heads=128, kv_heads=8, head_dim=128, ffn=53248,
    vocab=128256,
)  # fmt: skip
DEEPSEEK_V3 = Transformer(
    id="d", name="DeepSeek-V3", layers=61, hidden=7168, heads=128, kv_heads=128, ffn=18432, vocab=129280,
    experts=256, experts_per_token=8, shared_experts=1, expert_ffn=2048, dense_layers=3, query_rank=1536,
    kv_rank=512, nope_dim=128, rope_dim=64, value_dim=128,
)  # fmt: skip
MIXTRAL = Transformer(
    id="m", name="Mixtral 8x7B", layers=32, hidden=4096, heads=32, kv_heads=8, vocab=32000, experts=8,
    experts_per_token=2, expert_ffn=14336,
)  # fmt: skip
SMALL = Transformer(
    id="s", name="Small", layers=2, hidden=8, heads=2, kv_heads=1, ffn=16, gated=False, vocab=10
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "total_b", "active_b"),
    [(LLAMA_405B, 405.85, 405.85), (DEEPSEEK_V3, 671, 37), (MIXTRAL, 46.7, 12.9)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_published_totals(model: Transformer, total_b: float, active_b: float) -> None:
    """The workload cases give 405.85 and 671 / 37 billion; Mixtral's card 46.7 and 12.9."""
    assert parameters(model) / 1e9 == pytest.approx(total_b, rel=1e-3)
    assert active_parameters(model) / 1e9 == pytest.approx(active_b, rel=0.016)


def test_a_small_model_by_hand() -> None:
    """Attention 8 x 4 x (2 + 2) + 8 x 8 = 192 values; feed-forward 2 x 8 x 16 = 256."""
    assert layer_weights(SMALL) == (192, 256, 0, 0, 0)
    assert matmul_parameters(SMALL) == 2 * 448 + 80
    assert parameters(SMALL) == 2 * 448 + 2 * 80 + 5 * 8
    # 2 FLOPs a parameter; each of 2 layers: 2 x 2 heads x (4 + 4) x 6 tokens, of 12 the mean looked back on.
    assert attention_flops(SMALL, 12) == 2 * 2 * 2 * 8 * 6
    assert forward_flops(SMALL, 12) == 2 * 976 + 384
    assert forward_flops(SMALL, 12, causal=False) == 2 * 976 + 768
    assert cache_values(SMALL, 100) == 2 * 2 * 4 * 100


def test_a_window_bounds_attention_and_cache() -> None:
    model = Transformer(
        id="w", name="W", layers=2, hidden=8, heads=2, kv_heads=1, ffn=16, vocab=10, window=4, window_layers=1
    )
    # Of 12 tokens the last 8 see 4, the first see 0 to 4: (8 x 4 + 4 x 2) / 12 = 40 / 12.
    assert attention_flops(model, 12) == pytest.approx(2 * 2 * 8 * (6 + 40 / 12))
    assert cache_values(model, 100) == 2 * 4 * (100 + 4)
    assert attention_flops(model, 3) == pytest.approx(2 * 2 * 8 * 3)


def test_latent_attention_keeps_ranks() -> None:
    """DeepSeek-V3: 61 layers x (512 + 64) values, 70 KB a token in BF16."""
    assert cache_values(DEEPSEEK_V3) == 61 * 576


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"heads": 3, "kv_heads": 2}, "multiple of key and value heads"),
        ({"hidden": 9}, "multiple of query heads"),
        ({"ffn": 0}, "feed-forward width"),
        ({"experts": 4, "experts_per_token": 5, "expert_ffn": 8}, "Experts of a token"),
        ({"experts": 4, "experts_per_token": 2}, "width of an expert"),
        ({"kv_rank": 4}, "Latent attention"),
        ({"window_layers": 1}, "need its length"),
        ({"dense_layers": 3}, "fewer layers"),
    ],
)
def test_shapes_that_cannot_be_are_told_at_the_door(fields: dict[str, int], said: str) -> None:
    shape = {"layers": 2, "hidden": 8, "heads": 2, "kv_heads": 1, "ffn": 16, "vocab": 10, **fields}
    edit = Edit(Project("p"), "Add model")
    with pytest.raises(RecordError, match=said):
        edit.put("models", TransformerRecord(id="m", spec=Transformer(id="m", name="M", **shape)))


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("training", {"tokens": -1}, "tokens"),
        ("training", {"input_tokens": 5}, "unknown field `input_tokens` of a training workload"),
        ("inference", {"load": 2.0}, "load"),
        ("inference", {"mode": "fast"}, "Invalid enum value 'fast'"),
    ],
)
def test_jobs_are_checked_at_the_door(kind: str, given: dict[str, object], said: str) -> None:
    edit = Edit(Project("p"), "Add workload")
    with pytest.raises(RecordError, match=said):
        edit.put("workloads", Workload(id="w", name="W", kind=kind, parameters=given))  # type: ignore[arg-type]


def test_a_workload_gives_its_job_with_defaults() -> None:
    job = Workload(id="w", name="W", parameters={"tp": 8}).job
    assert (job.tp, job.precision) == (8, "bf16")
    assert Workload(id="w", name="W", kind="inference").job.output_tokens == 512.0
