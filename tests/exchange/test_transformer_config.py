"""Shapes read from the config.json of published transformers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.transformers import presets
from core.engine.transformer import active_parameters, parameters
from core.errors import FileError
from core.exchange.transformer_config import MOST_CHARACTERS, read_config

LLAMA = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
    "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": False,
    "rope_scaling": {"factor": 8.0, "rope_type": "llama3"}, "torch_dtype": "bfloat16",
}  # fmt: skip
MIXTRAL = {
    "model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32,
    "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 32000, "num_local_experts": 8,
    "num_experts_per_tok": 2, "sliding_window": None, "max_position_embeddings": 32768,
}  # fmt: skip
QWEN_MOE = {
    "model_type": "qwen3_moe", "hidden_size": 2048, "intermediate_size": 6144, "moe_intermediate_size": 768,
    "num_attention_heads": 32, "head_dim": 128, "num_hidden_layers": 48, "num_key_value_heads": 4,
    "vocab_size": 151936, "num_experts": 128, "num_experts_per_tok": 8, "decoder_sparse_step": 1,
    "mlp_only_layers": [], "sliding_window": None, "use_sliding_window": False, "max_window_layers": 48,
    "max_position_embeddings": 40960, "tie_word_embeddings": False,
}  # fmt: skip
DEEPSEEK = {
    "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "num_attention_heads": 128, "num_key_value_heads": 128,
    "num_hidden_layers": 61, "vocab_size": 129280, "n_routed_experts": 256, "n_shared_experts": 1,
    "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "n_group": 8, "topk_group": 4,
    "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
    "v_head_dim": 128, "num_nextn_predict_layers": 1, "max_position_embeddings": 163840,
}  # fmt: skip
GPT_OSS = {
    "model_type": "gpt_oss", "hidden_size": 2880, "intermediate_size": 2880, "num_attention_heads": 64,
    "head_dim": 64, "num_hidden_layers": 36, "num_key_value_heads": 8, "vocab_size": 201088,
    "num_local_experts": 128, "num_experts_per_tok": 4, "sliding_window": 128, "hidden_act": "silu",
    "layer_types": ["sliding_attention", "full_attention"] * 18, "max_position_embeddings": 131072,
}  # fmt: skip
SHAPE = (
    "layers", "hidden", "heads", "kv_heads", "head_size", "ffn", "gated", "vocab", "tied", "context",
    "window", "window_layers", "experts", "experts_per_token", "shared_experts", "expert_ffn", "dense_layers",
    "expert_groups", "query_rank", "kv_rank", "nope_dim", "rope_dim", "value_dim", "draft_layers",
)  # fmt: skip


def read(config: dict[str, Any], name: str = "Mine") -> Any:
    return read_config(json.dumps(config), name)


def without(config: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in names}


@pytest.mark.parametrize(
    ("config", "preset"),
    [
        (LLAMA, "llama-3-8b"),
        (MIXTRAL, "mixtral-8x7b"),
        (QWEN_MOE, "qwen3-30b-a3b"),
        (DEEPSEEK, "deepseek-v3"),
        (GPT_OSS, "gpt-oss-120b"),
    ],
)
def test_a_published_file_gives_the_preset(config: dict[str, Any], preset: str) -> None:
    found, known = read(config), presets()[preset]
    assert {name: getattr(found, name) for name in SHAPE} == {name: getattr(known, name) for name in SHAPE}
    assert (parameters(found), active_parameters(found)) == (parameters(known), active_parameters(known))


def test_gpt_2_has_124_million_parameters() -> None:
    found = read({"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_inner": None,
                  "vocab_size": 50257, "n_positions": 1024})  # fmt: skip
    assert (found.ffn, found.gated, found.tied, found.positions) == (3072, False, True, 1024)
    assert parameters(found) == pytest.approx(124.4e6, rel=0.002)


def test_falcon_7b_has_one_head_of_keys() -> None:
    found = read({"model_type": "falcon", "num_hidden_layers": 32, "hidden_size": 4544, "multi_query": True,
                  "num_attention_heads": 71, "vocab_size": 65024})  # fmt: skip
    assert (found.kv_heads, found.ffn) == (1, 4 * 4544)
    assert parameters(found) == pytest.approx(6.92e9, rel=0.005)


def test_the_language_part_of_a_model_with_pictures() -> None:
    found = read({"model_type": "some_vl", "text_config": without(LLAMA, "tie_word_embeddings"),
                  "vision_config": {"hidden_size": 1280}, "tie_word_embeddings": True})  # fmt: skip
    assert (found.hidden, found.tied) == (4096, True)


def test_windows_of_mistral_and_gemma() -> None:
    assert read(LLAMA | {"model_type": "mistral", "sliding_window": 4096}).window_layers == 32
    gemma = LLAMA | {"model_type": "gemma3_text", "sliding_window": 1024, "sliding_window_pattern": 6}
    assert read(gemma).window_layers == 27
    assert read(LLAMA | {"sliding_window": 4096, "use_sliding_window": False}).window == 0


def test_every_number_that_was_read_is_cited() -> None:
    found = read(DEEPSEEK)
    assert {"layers", "kv_rank", "experts", "dense_layers"} <= set(found.sources[0].fields)
    assert found.sources[0].evidence == "user"


def test_names_become_records() -> None:
    found = read(LLAMA, "Meta Llama\x00/3\u202e")
    assert (found.id, found.name) == ("meta-llama-3", "Meta Llama /3")
    assert read(LLAMA, "模型").id == "model"


def test_missing_keys_are_named() -> None:
    with pytest.raises(FileError, match=r"lacks num_hidden_layers, vocab_size\. Add them"):
        read(without(LLAMA, "num_hidden_layers", "vocab_size"))
    with pytest.raises(FileError, match=r"lacks intermediate_size"):
        read(without(LLAMA, "intermediate_size"))
    with pytest.raises(FileError, match=r"lacks num_experts_per_tok"):
        read(without(MIXTRAL, "num_experts_per_tok"))
    with pytest.raises(FileError, match=r"lacks qk_rope_head_dim"):
        read(without(DEEPSEEK, "qk_rope_head_dim"))
    with pytest.raises(FileError, match=r"Choose the config\.json beside the weights"):
        read({"a": 1})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no config.json"),
        ("[1]", "no config.json"),
        ('{"hidden_size": NaN}', "no number"),
        ('{"hidden_size": 1, "hidden_size": 2}', "comes twice"),
        ("{" + '"a": {' * 200 + "}" * 201, "nested more than"),
        ('{"a": 1} 2', "something follows"),
        ('{"a": 1', "never closed"),
        ("{" + " " * MOST_CHARACTERS + "}", "larger than"),
        (json.dumps(LLAMA | {"hidden_size": "4096"}), "hidden_size is '4096', not a whole number"),
        (json.dumps(LLAMA | {"hidden_size": -1}), "not a whole number"),
        (json.dumps(LLAMA | {"hidden_size": 1e300}), "not a whole number"),
        (json.dumps(LLAMA | {"num_hidden_layers": True}), "not a whole number"),
        (json.dumps(LLAMA | {"num_hidden_layers": 99_999}), "num_hidden_layers is 99,999, more than 10,000"),
        (json.dumps(LLAMA | {"num_key_value_heads": 7}), "must be a multiple"),
        (json.dumps(LLAMA | {"num_key_value_heads": [8, 4]}), "differs from layer to layer"),
        (json.dumps(LLAMA | {"tie_word_embeddings": "no"}), "not true or false"),
        (json.dumps(LLAMA | {"is_encoder_decoder": True}), "encoder"),
        (json.dumps(LLAMA | {"layer_types": ["linear_attention"]}), "'linear_attention' are not modelled"),
        (json.dumps(LLAMA | {"layer_types": 7}), "layer_types is no list"),
        (json.dumps(MIXTRAL | {"num_experts_per_tok": 9}), "must be 1 to 8"),
        (json.dumps(MIXTRAL | {"mlp_only_layers": list(range(32))}), "no layer has experts"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read_config(text, "Mine")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**12) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(DEEPSEEK | GPT_OSS | QWEN_MOE)), VALUES), st.text(max_size=200))
def test_any_values_give_a_shape_or_a_file_error(changes: dict[str, Any], name: str) -> None:
    for base in (DEEPSEEK, GPT_OSS, QWEN_MOE):
        try:
            found = read_config(json.dumps(base | changes), name)
        except FileError:
            continue
        assert not found.fault()
        assert parameters(found) >= active_parameters(found) > 0


@given(st.text(max_size=300))
def test_any_text_is_a_file_error_or_a_shape(text: str) -> None:
    with pytest.raises(FileError):
        read_config(text, "Mine")
