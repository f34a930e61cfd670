"""A transformer as the sums that training needs: parameters and widths of its two kinds of layers."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.training.arithmetic import Value
from core.engine.transformer import attention_flops, layer_weights, matmul_parameters, parameters
from core.model.transformer import Transformer


class Shape(NamedTuple):
    """Sums over the matrix products of a model; floats, or columns with a row for each model.

    Attributes
    ----------
    layers, expert_layers, hidden, heads, vocab, sequence : float
    attention_split, attention_whole : float
        Parameters of a layer's attention that tensor parallel ranks share, and that each rank holds whole
        (low-rank parts of latent attention).
    dense, shared, router, expert : float
        Parameters of the feed-forward network of a dense layer; of the experts all tokens take; of the
        router; of one expert.
    experts, experts_per_token, node_limit : float
        Experts of a layer, those of a token, and nodes a token's experts lie on at most (0: no limit).
    attention_in, attention_out : float
        Values a token brings into the split products of attention, and takes out of them.
    query, key_value, inner : float
        Queries, keys and values, and weighted values of a token in one layer.
    ffn, expert_ffn : float
        Width of feed-forward network and of all experts a token takes.
    matrices : float
        Matrices of a feed-forward network, 3 if gated.
    head_dim : float
    core_flops : float
        FLOPs of scores and values of one token in one layer, forward, over the whole square.
    causal_share : float
        Share of them that a causal kernel computes.
    embedding : float
        Values of the embedding table.
    tied : float
        1 if the output product uses the same table.
    model_flops, causal_flops : float
        FLOPs of a token forward by both conventions.
    total : float
        All parameters.
    """

    layers: Value
    expert_layers: Value
    hidden: Value
    heads: Value
    vocab: Value
    sequence: Value
    attention_split: Value
    attention_whole: Value
    dense: Value
    shared: Value
    router: Value
    expert: Value
    experts: Value
    experts_per_token: Value
    node_limit: Value
    attention_in: Value
    attention_out: Value
    query: Value
    key_value: Value
    inner: Value
    ffn: Value
    expert_ffn: Value
    matrices: Value
    head_dim: Value
    core_flops: Value
    causal_share: Value
    embedding: Value
    tied: Value
    model_flops: Value
    causal_flops: Value
    total: Value


def shape_of(model: Transformer, sequence: float) -> Shape:
    """Return the sums of a model at a length of sequences.

    Examples
    --------
    >>> gpt = Transformer(
    ...     id="g", name="GPT-3", layers=96, hidden=12288, heads=96, kv_heads=96, ffn=49152, gated=False,
    ...     vocab=51200,
    ... )
    >>> s = shape_of(gpt, 2048)
    >>> s.attention_split / 12288**2, s.dense / 12288**2, s.core_flops == 4 * 12288 * 2048
    (4.0, 8.0, True)
    """
    w, h, a = layer_weights(model), model.hidden, model.heads
    whole = 0
    if model.is_latent:
        down = model.query_rank + model.kv_rank + model.rope_dim
        whole = h * down
        query = a * (model.nope_dim + model.rope_dim)
        wide = a * (model.nope_dim + model.value_dim)
        inner = a * model.value_dim
        entering = h + model.query_rank + model.kv_rank + inner
        leaving = down + query + wide + h
        key_value = a * (model.nope_dim + model.rope_dim + model.value_dim)
    else:
        query = inner = a * model.head_size
        key_value = 2 * model.kv_heads * model.head_size
        entering, leaving = h + inner, inner + key_value + h
    square = attention_flops(model, sequence, causal=False) / model.layers
    causal = attention_flops(model, sequence, causal=True) / model.layers
    products = 2.0 * matmul_parameters(model)
    return Shape(
        layers=float(model.layers),
        expert_layers=float(model.expert_layers),
        hidden=float(h),
        heads=float(a),
        vocab=float(model.vocab),
        sequence=float(sequence),
        attention_split=float(w.attention - whole),
        attention_whole=float(whole),
        dense=float(w.dense),
        shared=float(w.shared if model.experts else 0),
        router=float(w.router),
        expert=float(w.expert),
        experts=float(model.experts),
        experts_per_token=float(model.experts_per_token if model.experts else 0),
        node_limit=float(model.expert_groups),
        attention_in=float(entering),
        attention_out=float(leaving),
        query=float(query),
        key_value=float(key_value),
        inner=float(inner),
        ffn=float(model.ffn),
        expert_ffn=float(model.expert_ffn * (model.experts_per_token + model.shared_experts)),
        matrices=3.0 if model.gated else 2.0,
        head_dim=float(model.nope_dim + model.rope_dim if model.is_latent else model.head_size),
        core_flops=square,
        causal_share=causal / square,
        embedding=float(model.vocab * h),
        tied=1.0 if model.tied else 0.0,
        model_flops=products + square * model.layers,
        causal_flops=products + causal * model.layers,
        total=float(parameters(model)),
    )
