"""A transformer by its shape: what the workload models read, what forms ask for, what presets hold."""

from __future__ import annotations

from typing import Annotated

import msgspec

from core.model.fields import Id, Name, Text, described, quantity
from core.model.types import Citation

Count = Annotated[int, quantity("", "Count", low=0, high=10_000_000)]


class Transformer(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A decoder-only transformer.

    Attention is multi-head, grouped (`kv_heads` below `heads`), or latent (MLA: `kv_rank` above 0). A layer
    has one feed-forward network, or `experts` of width `expert_ffn` of which each token takes
    `experts_per_token`, beside `shared_experts` that all tokens take; the first `dense_layers` have none.
    """

    id: Id
    name: Annotated[Name, described("Name")]
    maker: Annotated[Name, described("Maker")] = ""
    layers: Annotated[int, quantity("", "Layers", low=1, high=10_000)]
    hidden: Annotated[int, quantity("", "Hidden size", low=1, high=1_000_000)]
    heads: Annotated[int, quantity("", "Query heads", low=1, high=100_000)]
    kv_heads: Annotated[int, quantity("", "Key and value heads", low=1, high=100_000)]
    head_dim: Annotated[int, quantity("", "Size of a head", low=0, high=100_000)] = 0
    """0: hidden size over query heads."""
    ffn: Annotated[int, quantity("", "Feed-forward width", low=0, high=10_000_000)] = 0
    """Of dense layers; 0 where every layer has experts."""
    gated: Annotated[bool, described("Gated feed-forward", help="three matrices instead of two")] = True
    vocab: Annotated[int, quantity("", "Vocabulary", low=1, high=10_000_000)]
    tied: Annotated[bool, described("Embedding shared with the output")] = False
    positions: Annotated[int, quantity("", "Learned positions", low=0, high=10_000_000)] = 0
    """Rows of a learned table of positions; 0 with rotary and the like."""
    context: Annotated[int, quantity("tokens", "Longest context", low=0, high=100_000_000)] = 0
    window: Annotated[int, quantity("tokens", "Sliding window", low=0, high=100_000_000)] = 0
    """Tokens that windowed layers look back on; 0 without."""
    window_layers: Annotated[int, quantity("", "Layers with a window", low=0, high=10_000)] = 0
    experts: Annotated[int, quantity("", "Experts", low=0, high=100_000)] = 0
    experts_per_token: Annotated[int, quantity("", "Experts of a token", low=0, high=100_000)] = 0
    shared_experts: Annotated[int, quantity("", "Shared experts", low=0, high=1_000)] = 0
    expert_ffn: Annotated[int, quantity("", "Width of an expert", low=0, high=10_000_000)] = 0
    dense_layers: Annotated[int, quantity("", "Layers without experts", low=0, high=10_000)] = 0
    """Of a model with experts: the first so many."""
    expert_groups: Annotated[
        int, quantity("", "Nodes a token's experts lie on, at most", low=0, high=1_000)
    ] = 0
    """Routing limited to so many nodes; 0 without a limit."""
    query_rank: Annotated[int, quantity("", "Query rank (MLA)", low=0, high=1_000_000)] = 0
    kv_rank: Annotated[int, quantity("", "Key and value rank (MLA)", low=0, high=1_000_000)] = 0
    nope_dim: Annotated[int, quantity("", "Part of a head without position (MLA)", low=0, high=100_000)] = 0
    rope_dim: Annotated[int, quantity("", "Part of a head with position (MLA)", low=0, high=100_000)] = 0
    value_dim: Annotated[int, quantity("", "Value part of a head (MLA)", low=0, high=100_000)] = 0
    draft_layers: Annotated[int, quantity("", "Layers that draft further tokens", low=0, high=1_000)] = 0
    """Multi-token prediction."""
    sources: tuple[Citation, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def head_size(self) -> int:
        """Size of a head, as given or by the hidden size."""
        return self.head_dim or self.hidden // self.heads

    @property
    def is_latent(self) -> bool:
        """Whether attention keeps a low-rank latent instead of keys and values (MLA)."""
        return self.kv_rank > 0

    @property
    def expert_layers(self) -> int:
        """Layers with experts."""
        return self.layers - self.dense_layers if self.experts else 0

    def fault(self) -> str:
        """Return what is wrong with the shape; empty if nothing is.

        Examples
        --------
        >>> Transformer(id="m", name="m", layers=2, hidden=8, heads=3, kv_heads=2, ffn=32, vocab=9).fault()
        'Query heads (3) must be a multiple of key and value heads (2)'
        """
        if not self.is_latent and self.heads % self.kv_heads:
            return f"Query heads ({self.heads}) must be a multiple of key and value heads ({self.kv_heads})"
        if not self.head_dim and not self.is_latent and self.hidden % self.heads:
            return (
                f"Hidden size ({self.hidden}) must be a multiple of query heads ({self.heads}), "
                "or name the size of a head"
            )
        if self.is_latent and not (self.nope_dim + self.rope_dim and self.value_dim):
            return "Latent attention (MLA) needs the parts of a head: without position, with position, value"
        if self.experts and not 0 < self.experts_per_token <= self.experts:
            return f"Experts of a token ({self.experts_per_token}) must be 1 to {self.experts}"
        if self.experts and not self.expert_ffn:
            return "A model with experts needs the width of an expert"
        if self.dense_layers > self.layers or self.window_layers > self.layers:
            return "There are fewer layers than layers without experts, or with a window"
        if self.expert_layers < self.layers and not self.ffn:
            return "Layers without experts need a feed-forward width"
        if self.window_layers and not self.window:
            return "Layers with a window need its length"
        return ""
