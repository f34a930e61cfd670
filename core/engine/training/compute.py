"""Time that one layer, and the output product, keep an accelerator busy with one microbatch.

Notes
-----
Products take FLOPs over the rate that large ones reach, times r / (r + half) for their rows and for their
narrowest side, and root of squares with the traffic of their operands. Backward takes twice the forward;
gradients of weights are added up in 4 bytes. Fused attention takes 2.5 times its forward to go back.
"""

from __future__ import annotations

from typing import NamedTuple

from core.engine.training.arithmetic import Arithmetic, Value
from core.engine.training.memory import expert_split
from core.engine.training.plan import Plan
from core.engine.training.rates import Rates
from core.engine.training.shape import Shape

FUSED_BACKWARD = 2.5
"""FLOPs of fused attention backward over forward: it computes the scores again."""
SCORE_PASSES = 2.5
"""Traffic of scores forward and backward over forward."""
MERGE_BYTES = 24.0
"""Traffic of a partial result of attention: read and written forward, its gradient twice."""
ADAM_BYTES = 30.0
"""Traffic of a parameter in Adam: three states of 4 bytes read and written, gradient read, weight written."""
LOGIT_BYTES = 20.0
"""Traffic of a logit beyond its product: written, kept in 4 bytes, softmax, gradient."""


class LayerTime(NamedTuple):
    """Seconds of one layer and microbatch, forward and backward, on one accelerator."""

    products: Value
    attention: Value
    elementwise: Value
    host: Value


def tokens_of(shape: Shape, plan: Plan) -> Value:
    """Return the tokens of a microbatch on one context parallel rank."""
    return plan.microbatch * shape.sequence / plan.cp


def dense_layer(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates) -> LayerTime:
    """Return the time of a layer without experts."""
    x = tokens_of(shape, plan)
    passed = 3.0 + ops.where(plan.recompute == 2, 1.0, 0.0)
    width = shape.ffn / plan.tp
    rows = x * (2 * shape.hidden + shape.matrices * width)
    products = _attention_products(ops, shape, plan, rates, x, passed) + product_s(
        ops, x, shape.dense / plan.tp, rows, width, passed, rates
    )
    passes = _residual_values(ops, shape, plan) + shape.matrices * width
    elementwise = rates.elementwise * 2 * x * passes * passed / rates.memory
    return LayerTime(products, _attention(ops, shape, plan, rates, x), elementwise, rates.layer_s * passed)


def expert_layer(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, imbalance: Value) -> LayerTime:
    """Return the time of a layer with experts; `imbalance` is the load of the busiest over the mean."""
    x = tokens_of(shape, plan)
    passed = 3.0 + ops.where(plan.recompute == 2, 1.0, 0.0)
    matrices = ops.maximum(shape.hidden * shape.matrices, 1.0)
    shared = shape.shared / matrices / plan.tp
    products = _attention_products(ops, shape, plan, rates, x, passed) + product_s(
        ops, x, shape.shared / plan.tp, x * shape.matrices * shared, shared, passed, rates
    )
    split = expert_split(ops, plan)
    # A rank that holds all experts has all that its tokens are routed to, however uneven.
    uneven = ops.where(plan.ep > 1, imbalance, 1.0)
    routed = x / plan.tp * split * shape.experts_per_token * uneven
    width = shape.expert / matrices / split
    held = ops.maximum(shape.experts / plan.ep, 1.0)
    rows = routed * (2 * shape.hidden + shape.matrices * width)
    grouped = product_s(ops, routed, shape.expert / split, rows, width, passed, rates, held)
    passes = _residual_values(ops, shape, plan) + (
        shape.matrices * (shape.expert_ffn / plan.tp)
        + rates.expert_passes * shape.experts_per_token * shape.hidden / plan.tp
    )
    elementwise = rates.elementwise * 2 * x * passes * passed / rates.memory
    host = (rates.layer_s + rates.expert_s) * passed
    return LayerTime(products + grouped, _attention(ops, shape, plan, rates, x), elementwise, host)


def product_s(
    ops: Arithmetic,
    x: Value,
    weights: Value,
    values: Value,
    width: Value,
    passed: Value,
    rates: Rates,
    held: Value = 1.0,
) -> Value:
    """Return the time of products that each token meets, over all passes.

    Parameters
    ----------
    x : float
        Tokens; each of `held` products of a kind gets an equal part of them.
    weights : float
        Parameters a token meets.
    values : float
        Values read and written by all tokens.
    width : float
        Narrowest side of the matrices, on one accelerator.
    passed : float
        Passes of forward cost: 3, or 4 with full recompute.
    """
    rows = ops.maximum(x / held, 1.0)
    slowed = (1 + rates.half_width / rows) * (1 + rates.half_width / ops.maximum(width, 1.0))
    busy = passed * 2 * x * weights * slowed / rates.products
    traffic = (passed * rates.value_bytes * (values + held * weights) + 8 * held * weights) / rates.memory
    return ops.sqrt(busy * busy + traffic * traffic) + rates.cast_bytes * values * passed / rates.memory


def output_product(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates) -> Value:
    """Return the time of the product with the vocabulary and of the loss."""
    x, wide = tokens_of(shape, plan), shape.vocab / plan.tp
    flops = 3 * 2 * x * shape.hidden * wide
    return flops * (1 + rates.half_width / x) / rates.head + LOGIT_BYTES * x * wide / rates.memory


def optimizer(held: Value, ranks: Value, rates: Rates) -> Value:
    """Return the time of Adam over parameters held, shared by so many ranks."""
    return ADAM_BYTES * held / ranks / rates.memory


def _attention_products(
    ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, x: Value, passed: Value
) -> Value:
    """Products that make queries, keys and values, and that take the result back."""
    values = x * ((shape.attention_in + shape.attention_out - 2 * shape.hidden) / plan.tp + 2 * shape.hidden)
    weights = shape.attention_split / plan.tp + shape.attention_whole
    return product_s(ops, x, weights, values, shape.inner / plan.tp, passed, rates)


def _attention(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, x: Value) -> Value:
    """Scores and values; where they are not fused their traffic counts too."""
    flops = x * shape.core_flops / plan.tp
    again = ops.where(plan.recompute == 2, 1.0, 0.0)
    # Context parallel ranks add up partial results in 4 bytes, once for each part of the sequence.
    merged = ops.where(plan.cp > 1, plan.cp, 0.0) * MERGE_BYTES * x * shape.inner / plan.tp / rates.memory
    fits = shape.head_dim / (shape.head_dim + rates.head_half)
    fused = flops * shape.causal_share * (1 + FUSED_BACKWARD + again) / (rates.attention * fits)
    once_more = ops.where(plan.recompute >= 1, 1.0, 0.0)
    scores = x * shape.sequence * shape.heads / plan.tp
    plain = flops * (3 + once_more) / (rates.attention * fits)
    plain = plain + rates.score_bytes * scores * (SCORE_PASSES + once_more) / rates.memory
    return ops.where(rates.fused_attention > 0, fused, plain) + merged


def _residual_values(ops: Arithmetic, shape: Shape, plan: Plan) -> Value:
    """Values of a token that norms, residuals and rotary pass over, in passes of the hidden size."""
    split = ops.where(plan.sequence_parallel > 0, plan.tp, 1.0)
    return 8 * shape.hidden / split + 2 * shape.key_value / plan.tp
