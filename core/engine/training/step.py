"""Time of one training step, split into what it is spent on."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.training.arithmetic import Arithmetic, Value
from core.engine.training.compute import LayerTime, dense_layer, expert_layer, optimizer, output_product
from core.engine.training.memory import Held, expert_split, expert_states, held_of, stage_layers
from core.engine.training.plan import Plan
from core.engine.training.rates import Rates
from core.engine.training.shape import Shape
from core.engine.training.traffic import (
    context_s,
    data_s,
    expert_s,
    pipeline_s,
    sharded_s,
    tensor_s,
)

PARTS = ("compute", "attention", "tp", "cp", "ep", "pp", "dp", "bubble", "optimizer", "host")


class Split(NamedTuple):
    """Seconds of a step by what they are spent on; the sum is the step.

    Attributes
    ----------
    compute : float
        Products, norms and the like, the output product.
    attention : float
        Scores and values.
    tp, cp, ep, pp, dp : float
        Traffic of each axis that is not hidden behind compute; `dp` includes full sharding.
    bubble : float
        Stages waiting for the first and after the last microbatch, and for the slowest stage.
    optimizer : float
    host : float
        Launching kernels, loading, logging, and waiting for the slowest accelerator.
    """

    compute: Value
    attention: Value
    tp: Value
    cp: Value
    ep: Value
    pp: Value
    dp: Value
    bubble: Value
    optimizer: Value
    host: Value

    @property
    def total(self) -> Value:
        """The step [s]."""
        return sum(self)


class _Layer(NamedTuple):
    """Seconds of one layer and microbatch by part."""

    compute: Value
    attention: Value
    tp: Value
    cp: Value
    ep: Value
    dp: Value
    host: Value


def split_step(
    ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, batch: Value, imbalance: Value
) -> Split:
    """Return the time of a step by part.

    Parameters
    ----------
    ops : Arithmetic
        `SINGLE` with floats, `COLUMNS` with columns.
    shape, plan, rates
        What is trained, how and on what.
    batch : float
        Sequences of a step.
    imbalance : float
        Load of the busiest expert over the mean, at least 1.

    Notes
    -----
    T = m T_slowest + (sum of stages - T_slowest) / v + what comes once a step, with m microbatches and v
    chunks of a stage; for p equal stages that is (m + (p - 1) / v) T_stage. The last stage has the output
    product too; where layers do not divide, the first and last have fewer.
    """
    held = held_of(ops, shape, plan)
    layer = _mean_layer(ops, shape, plan, rates, held, imbalance)
    each: Value = sum(layer)
    most = stage_layers(ops, shape, plan)
    spare = most * plan.pp - shape.layers
    last = most - ops.minimum(spare, 1.0)
    head = output_product(ops, shape, plan, rates)
    slowest = ops.maximum(most * each, last * each + head)
    microbatches = batch / (plan.dp * plan.microbatch)
    whole = shape.layers * each + head
    # What each stage is busy with on the mean; the rest of the slowest stage's time is waiting.
    busy = whole / plan.pp
    pipe = microbatches * slowest + (whole - slowest) / plan.interleave
    boundary = pipeline_s(ops, shape, plan, rates) * (1 - rates.pipeline_hidden)
    pp = boundary * (microbatches + (plan.pp - 1) / plan.interleave)
    held_layers = shape.layers / plan.pp * microbatches
    # Chunks finish one after the other, each while the pipeline is busy with the next.
    chunks = 1 / plan.interleave
    window = busy * (chunks + ops.minimum(plan.pp, microbatches) * (1 - chunks))
    dp = data_s(ops, held.dense, held.experts, plan, rates)
    exposed = ops.where(plan.sharding == 2, 0.0, ops.maximum(dp - window, (1 - rates.data_hidden) * dp))
    states = ops.where(plan.shard_ranks > 0, plan.shard_ranks, plan.dp * plan.cp)
    update = optimizer(held.dense, ops.where(plan.sharding >= 1, states, 1.0), rates)
    update = update + optimizer(
        held.experts, ops.where(plan.sharding >= 1, expert_states(ops, plan), 1.0), rates
    )
    waiting = rates.jitter * ops.maximum(ops.log2(plan.ranks / 8), 0.0) * pipe
    return Split(
        compute=layer.compute * held_layers + head / plan.pp * microbatches,
        attention=layer.attention * held_layers,
        tp=layer.tp * held_layers,
        cp=layer.cp * held_layers,
        ep=layer.ep * held_layers,
        pp=pp,
        dp=layer.dp * held_layers + exposed,
        bubble=pipe - busy * microbatches,
        optimizer=update,
        host=layer.host * held_layers + waiting + rates.step_s,
    )


def _mean_layer(
    ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, held: Held, imbalance: Value
) -> _Layer:
    """The mean over layers with and without experts."""
    share = shape.expert_layers / shape.layers
    dense = dense_layer(ops, shape, plan, rates)
    routed = expert_layer(ops, shape, plan, rates, imbalance)
    mean = LayerTime(*(a * (1 - share) + b * share for a, b in zip(dense, routed, strict=True)))
    joints = 2 - share * ops.where(expert_split(ops, plan) > 1, 0.0, 1.0)
    # Pieces of a product overlap with traffic inside a scale-up domain only.
    hidden = rates.tensor_hidden * plan.tp_overlap * ops.where(plan.tp <= rates.domain, 1.0, 0.0)
    tp = tensor_s(ops, shape, plan, rates, joints) * (1 - hidden)
    cp = ops.maximum(context_s(ops, shape, plan, rates) - rates.context_hidden * mean.attention, 0.0)
    ep = expert_s(ops, shape, plan, rates, imbalance) * share * (1 - rates.expert_hidden)
    compute = mean.products + mean.elementwise
    busy = compute + mean.attention
    # Kernels wait for the host where they are short.
    host = ops.sqrt(ops.sqrt(busy**4 + mean.host**4)) - busy
    sharded, slowed = _sharded(ops, shape, plan, rates, held, busy)
    return _Layer(compute + slowed, mean.attention, tp, cp, ep, sharded, host)


def _sharded(
    ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, held: Held, busy: Value
) -> tuple[Value, Value]:
    """Traffic of full sharding left over in a layer, and what compute loses beside the rest of it."""
    full = plan.sharding == 2
    ranks = ops.where(plan.shard_ranks > 0, plan.shard_ranks, plan.dp * plan.cp)
    each = plan.pp / shape.layers
    gathered = sharded_s(ops, held.dense * each, ranks, plan, rates)
    experts = sharded_s(ops, held.experts * each, expert_states(ops, plan), plan, rates)
    gathered = gathered + ops.where(held.experts > 0, experts, 0.0)
    traffic = ops.where(full, gathered, 0.0)
    exposed = ops.maximum(traffic - busy, (1 - rates.sharded_hidden) * traffic)
    return exposed, rates.stolen * (traffic - exposed)
