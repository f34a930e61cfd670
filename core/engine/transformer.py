"""Parameters, FLOPs and cache of a transformer, counted from its shape.

Notes
-----
Counts follow the matrix products; norms, biases and rotary are left out of FLOPs (below 0.1 %). Parameters
include norm gains but no biases. Sources: Narayanan et al. 2021 (arXiv 2104.04473, appendix) for the dense
count, DeepSeek-V2 (arXiv 2405.04434) for latent attention.
"""

from __future__ import annotations

from typing import NamedTuple

from core.model.transformer import Transformer


class LayerWeights(NamedTuple):
    """Matrix parameters of one layer.

    Attributes
    ----------
    attention : int
    dense : int
        Feed-forward network of a dense layer; 0 where the model has none.
    expert : int
        One expert.
    shared : int
        Experts that every token takes, together.
    router : int
    """

    attention: int
    dense: int
    expert: int
    shared: int
    router: int


def layer_weights(model: Transformer) -> LayerWeights:
    """Return the matrix parameters of a layer.

    Examples
    --------
    >>> llama = Transformer(
    ...     id="l", name="Llama 3 8B", layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=128256
    ... )
    >>> layer_weights(llama)
    LayerWeights(attention=41943040, dense=176160768, expert=0, shared=0, router=0)
    """
    h, a, m = model.hidden, model.heads, 3 if model.gated else 2
    if model.is_latent:
        query = model.nope_dim + model.rope_dim
        attention = h * model.query_rank + model.query_rank * a * query if model.query_rank else h * a * query
        attention += h * (model.kv_rank + model.rope_dim)
        attention += model.kv_rank * a * (model.nope_dim + model.value_dim) + a * model.value_dim * h
    else:
        attention = h * model.head_size * (a + 2 * model.kv_heads) + a * model.head_size * h
    expert = m * h * model.expert_ffn if model.experts else 0
    return LayerWeights(
        attention, m * h * model.ffn, expert, model.shared_experts * expert, h * model.experts
    )


def parameters(model: Transformer) -> int:
    """Return all parameters, embeddings included.

    Examples
    --------
    >>> llama = Transformer(
    ...     id="l", name="Llama 3 8B", layers=32, hidden=4096, heads=32, kv_heads=8, ffn=14336, vocab=128256
    ... )
    >>> parameters(llama)
    8030261248
    """
    w, with_experts = layer_weights(model), model.expert_layers
    total = model.layers * w.attention + (model.layers - with_experts) * w.dense
    total += with_experts * (model.experts * w.expert + w.shared + w.router)
    return total + _embeddings(model) + _norms(model)


def active_parameters(model: Transformer) -> int:
    """Return the parameters that one token passes, embeddings included."""
    w, with_experts = layer_weights(model), model.expert_layers
    total = model.layers * w.attention + (model.layers - with_experts) * w.dense
    total += with_experts * (model.experts_per_token * w.expert + w.shared + w.router)
    return total + _embeddings(model) + _norms(model)


def matmul_parameters(model: Transformer) -> int:
    """Return the parameters of the products that one token takes part in: active ones and the output head."""
    w, with_experts = layer_weights(model), model.expert_layers
    total = model.layers * w.attention + (model.layers - with_experts) * w.dense
    total += with_experts * (model.experts_per_token * w.expert + w.shared + w.router)
    return total + model.hidden * model.vocab


def attention_flops(model: Transformer, context: float, *, causal: bool = True) -> float:
    """Return the FLOPs of attention scores and values of one token, forward, mean over a sequence.

    Parameters
    ----------
    context : float
        Tokens of the sequence.
    causal : bool, optional
        Count only what a causal kernel computes: half of the square; else all of it, as most formulas of
        MFU do.

    Notes
    -----
    2 a (d_qk + d_v) s z per layer, with z 1/2 or 1. A layer with a window of w < s tokens computes
    w - w^2 / 2s instead of s / 2.
    """
    latent = model.nope_dim + model.rope_dim + model.value_dim
    size = latent if model.is_latent else 2 * model.head_size
    full = context / 2 if causal else context
    window = min(model.window or context, context)
    seen = window - window * window / (2 * context) if causal and context else window
    looked = (model.layers - model.window_layers) * full + model.window_layers * seen
    return 2.0 * model.heads * size * looked


def forward_flops(model: Transformer, context: float, *, causal: bool = True) -> float:
    """Return the FLOPs of one token, forward: 2 for each parameter it meets, and attention.

    Examples
    --------
    GPT-3 175B by the formula of Narayanan et al. 2021, 24 B s L h^2 (1 + s/6h + V/12Lh) a token:

    >>> gpt3 = Transformer(
    ...     id="g", name="GPT-3", layers=96, hidden=12288, heads=96, kv_heads=96, ffn=49152, gated=False,
    ...     vocab=51200,
    ... )
    >>> s, l, h, v = 2048, 96, 12288, 51200
    >>> published = 24 * l * h * h * (1 + s / (6 * h) + v / (12 * l * h))
    >>> round(forward_flops(gpt3, s, causal=False) / published, 9)
    1.0
    """
    return 2.0 * matmul_parameters(model) + attention_flops(model, context, causal=causal)


def cache_values(model: Transformer, tokens: float = 1.0) -> float:
    """Return the values that the cache of keys and values holds for a sequence of so many tokens.

    2 g d_h per layer and token, of latent attention the rank and the part with position; layers with a window
    keep that many tokens at most.
    """
    each = model.kv_rank + model.rope_dim if model.is_latent else 2 * model.kv_heads * model.head_size
    windowed = min(tokens, model.window) if model.window_layers else 0.0
    return each * ((model.layers - model.window_layers) * tokens + model.window_layers * windowed)


def _embeddings(model: Transformer) -> int:
    table = model.vocab * model.hidden
    return table * (1 if model.tied else 2) + model.positions * model.hidden


def _norms(model: Transformer) -> int:
    return (2 * model.layers + 1) * model.hidden
