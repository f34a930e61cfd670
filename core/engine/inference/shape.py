"""What a model asks of each iteration, counted from its shape once."""

from __future__ import annotations

from dataclasses import dataclass

from core.engine.transformer import layer_weights
from core.model.transformer import Transformer


@dataclass(frozen=True)
class Shape:
    """Weights that every token reads, experts, and what attention looks at.

    Attributes
    ----------
    body : float
        Weights of all layers that every token passes: attention, dense networks, shared experts, routers.
    head : float
        Weights of the output head; the table of the input is only looked up in.
    expert : float
        Weights of one expert, over all layers with experts.
    experts, taken : float
        Experts of a layer, and those of a token; 1 and 0 without.
    layers, expert_layers, hidden : float
    cache_rows : float
        By how many ranks the cache can be split: heads of keys and values; 1 with latent attention.
    """

    model: Transformer
    body: float
    head: float
    table: float
    expert: float
    experts: float
    taken: float
    layers: float
    expert_layers: float
    hidden: float
    cache_rows: float


def shape_of(model: Transformer) -> Shape:
    """Return the counts of a model.

    Examples
    --------
    >>> llama = Transformer(
    ...     id="l", name="Llama 3 8B", layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=128256
    ... )
    >>> round(shape_of(llama).body / 1e9, 2), round(shape_of(llama).head / 1e9, 2)
    (6.98, 0.53)
    """
    weights, with_experts = layer_weights(model), model.expert_layers
    body = model.layers * weights.attention + (model.layers - with_experts) * weights.dense
    body += with_experts * (weights.shared + weights.router)
    table = float(model.vocab * model.hidden)
    return Shape(
        model=model,
        body=float(body),
        head=table,
        table=0.0 if model.tied else table,
        expert=float(with_experts * weights.expert),
        experts=float(max(model.experts, 1)),
        taken=float(model.experts_per_token if with_experts else 0),
        layers=float(model.layers),
        expert_layers=float(with_experts),
        hidden=float(model.hidden),
        cache_rows=1.0 if model.is_latent else float(model.kv_heads),
    )
