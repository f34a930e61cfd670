"""The keys of a `config.json` and how their values are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.errors import FileError

KEYS = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden": ("hidden_size", "n_embd", "d_model", "n_embed", "dim"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num"),
    "head_dim": ("head_dim",),
    "ffn": ("intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim"),
    "vocab": ("vocab_size", "padded_vocab_size"),
    "context": ("max_position_embeddings", "n_positions", "max_seq_len", "seq_length"),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"),
    "experts_per_token": ("num_experts_per_tok", "experts_per_token", "num_experts_per_token", "moe_topk"),
    "shared_experts": ("n_shared_experts", "num_shared_experts"),
    "expert_ffn": ("moe_intermediate_size", "expert_ffn_hidden_size"),
    "dense_layers": ("first_k_dense_replace",),
    "expert_groups": ("topk_group",),
    "query_rank": ("q_lora_rank",),
    "kv_rank": ("kv_lora_rank",),
    "nope_dim": ("qk_nope_head_dim",),
    "rope_dim": ("qk_rope_head_dim",),
    "value_dim": ("v_head_dim",),
    "draft_layers": ("num_nextn_predict_layers",),
}
"""Keys by the field they give; the first that is there counts."""


@dataclass
class Config:
    """The object that describes the language model, and where each field came from."""

    values: dict[str, Any]
    where: str
    used: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        found = self.values.get("model_type", "")
        return found.lower() if isinstance(found, str) else ""

    def fail(self, problem: str, cure: str = "") -> FileError:
        return FileError(problem, where=self.where, cure=cure)

    def number(self, name: str) -> int:
        """Return the whole number a key holds; 0 where it is not there or null.

        Raises
        ------
        FileError
            If it is something else.
        """
        value = self.values.get(name)
        if value is None:
            return 0
        if isinstance(value, list):
            raise self.fail(
                f"{name} differs from layer to layer, which is not modelled",
                "Write the mean into it, or enter the shape by hand",
            )
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
            raise self.fail(f"{name} is {str(value)[:40]!r}, not a whole number of at least 0")
        return value

    def find(self, target: str) -> int:
        """Return the number of a field by whichever of its keys is there; 0 without."""
        for name in KEYS[target]:
            if self.values.get(name) is not None:
                self.used[target] = name
                return self.number(name)
        return 0

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fail(f"{name} is {str(value)[:40]!r}, not true or false")
        return value
