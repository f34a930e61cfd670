"""What one accelerator holds while it trains, by part."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.training.arithmetic import Arithmetic, Value
from core.engine.training.plan import Plan
from core.engine.training.rates import Rates
from core.engine.training.shape import Shape

ADAM_STATES = 12.0
"""Master weight and two moments of 4 bytes."""


class Memory(NamedTuple):
    """Bytes on the fullest accelerator."""

    weights: Value
    gradients: Value
    optimizer: Value
    activations: Value
    logits: Value
    reserve: Value

    @property
    def total(self) -> Value:
        """All of it."""
        return self.weights + self.gradients + self.optimizer + self.activations + self.logits + self.reserve


class Held(NamedTuple):
    """Parameters on one accelerator of the fullest stage."""

    dense: Value
    experts: Value


def expert_split(ops: Arithmetic, plan: Plan) -> Value:
    """Return over how many tensor parallel ranks an expert is split: those that expert parallelism leaves."""
    ranks = plan.tp * plan.cp * plan.dp
    return ops.maximum(ops.minimum(plan.tp, ranks / plan.ep), 1.0)


def expert_states(ops: Arithmetic, plan: Plan) -> Value:
    """Return over how many ranks the states of an expert can be shared: those that hold the same one."""
    return ops.maximum(plan.dp * plan.cp * plan.tp / (plan.ep * expert_split(ops, plan)), 1.0)


def stage_layers(ops: Arithmetic, shape: Shape, plan: Plan) -> Value:
    """Return the layers of the fullest stage: its chunks have as many as the fullest chunk."""
    return ops.ceil(shape.layers / (plan.pp * plan.interleave)) * plan.interleave


def held_of(ops: Arithmetic, shape: Shape, plan: Plan) -> Held:
    """Return the parameters one accelerator holds, embedding included, without sharding over data ranks."""
    layers = stage_layers(ops, shape, plan)
    share = shape.expert_layers / shape.layers
    split = (
        (shape.attention_split + share * shape.shared + (1 - share) * shape.dense) / plan.tp
        + shape.attention_whole
        + share * shape.router
    )
    table = shape.embedding / plan.tp * ops.where(plan.pp > 1, 1.0, 2.0 - shape.tied)
    # With layers to spare the first and the last stage, which hold the tables, have one less.
    spare = layers * plan.pp - shape.layers
    tables = ops.where(spare >= 2, ops.maximum(table - split, 0.0), table)
    return Held(
        layers * split + tables,
        layers * share * shape.experts * shape.expert / (plan.ep * expert_split(ops, plan)),
    )


def memory_of(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, microbatches: Value) -> Memory:
    """Return what the fullest accelerator holds.

    Notes
    -----
    Weights in 2 bytes, gradients in as many as they travel in; Adam 12 bytes a parameter over the ranks that
    share it. Activations of a layer by Korthikanti et al. 2022: s b h (10 + 24/t + 5 a s/(h t)), or all of it
    over t with sequence parallelism, without the scores where attention is fused or computed again.
    """
    held = held_of(ops, shape, plan)
    ranks = ops.where(plan.shard_ranks > 0, plan.shard_ranks, plan.dp * plan.cp)
    of_experts = expert_states(ops, plan)
    full = plan.sharding == 2
    states = ops.where(
        plan.sharding >= 1, held.dense / ranks + held.experts / of_experts, held.dense + held.experts
    )
    kept = ops.where(full, states, held.dense + held.experts)
    gathered = ops.where(full, 2 * 2 * (held.dense + held.experts) * plan.pp / shape.layers, 0.0)
    activations, logits = _activations(ops, shape, plan, rates, microbatches)
    groups = sum(ops.where(n > 1, 1.0, 0.0) for n in (plan.tp, plan.pp, plan.dp, plan.cp, plan.ep))
    return Memory(
        weights=2 * kept + gathered,
        gradients=rates.gradient_bytes * kept,
        optimizer=ADAM_STATES * states,
        activations=activations,
        logits=logits,
        reserve=rates.reserve + rates.communicator * groups,
    )


def layer_activations(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates) -> Value:
    """Return the bytes of activations that one layer keeps of one microbatch."""
    x = plan.microbatch * shape.sequence / plan.cp
    t = plan.tp
    whole = ops.where(plan.sequence_parallel > 0, t, 1.0)
    share = shape.expert_layers / shape.layers
    # Inputs of norms in 2 bytes, of products in those of the job; masks of dropout until attention was fused.
    masks = 2 * ops.where(rates.fused_attention > 0, 0.0, 1.0)
    one = rates.value_bytes
    attention = 2 * (shape.query + shape.key_value) + one * shape.inner
    dense = (2 * (shape.matrices - 1) + one) * shape.ffn
    routed = (2 + one) * shape.experts_per_token * shape.hidden
    routed = routed + (2 * (shape.matrices - 1) + one) * shape.expert_ffn
    inner = (1 - share) * dense + share * routed
    scores = ops.where(rates.fused_attention + plan.recompute > 0, 0.0, 5 * shape.heads * shape.sequence / t)
    kept = x * ((4 + 2 * one + masks) * shape.hidden / whole + (attention + inner) / t + scores)
    kept = kept * ops.where(plan.recompute == 1, rates.selective_kept, 1.0)
    return ops.where(plan.recompute == 2, 2 * x * shape.hidden / whole, kept)


def _activations(
    ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, microbatches: Value
) -> tuple[Value, Value]:
    """Activations of the first stage, which holds most microbatches at once, and logits of the last."""
    layers = stage_layers(ops, shape, plan)
    more = ops.where(plan.interleave > 1, 1 + (plan.pp - 1) / (plan.pp * plan.interleave), 1.0)
    at_once = ops.minimum(plan.pp * more, microbatches)
    each = layer_activations(ops, shape, plan, rates)
    x = plan.microbatch * shape.sequence / plan.cp
    # Full recompute holds one layer open while it goes back.
    open_layer = ops.where(
        plan.recompute == 2,
        layer_activations(ops, shape, plan._replace(recompute=plan.recompute * 0), rates),
        0.0,
    )
    logits = ops.where(plan.pp > 1, 0.0, 1.0) * rates.logit_bytes * x * shape.vocab / plan.tp
    return layers * at_once * each + open_layer, logits
