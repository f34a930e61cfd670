"""Time of the traffic between accelerators, each axis on the link that it really uses.

Notes
-----
Ranks are placed tensor parallel first, then context, data, pipeline, as Megatron does; experts spread over
consecutive ranks. An axis whose groups fit one scale-up domain runs inside it; a ring that leaves it enters
each domain through all its network ports, so that each carries one part in as many as the group has there.
"""

from __future__ import annotations

from core.engine.training.arithmetic import Arithmetic, Value
from core.engine.training.compute import tokens_of
from core.engine.training.memory import expert_split
from core.engine.training.plan import Plan
from core.engine.training.rates import Rates
from core.engine.training.shape import Shape

EXPERT_BYTES = 4.0
"""A value on its way to an expert and back, in BF16."""


def ring_s(ops: Arithmetic, volume: Value, ranks: Value, stride: Value, rates: Rates) -> Value:
    """Return the time of a ring that moves (n-1)/n of a volume through each of n ranks.

    Parameters
    ----------
    volume : float
        Bytes; twice the buffer for an all-reduce.
    ranks, stride : float
        Ranks of the group, and how far apart they are placed.
    """
    sent = volume * (ranks - 1) / ranks
    inside = ops.minimum(ranks, ops.maximum(ops.floor(rates.domain / stride), 1.0))
    up = sent / rates.scale_up * ops.where(inside > 1, 1.0, 0.0)
    out = sent / inside / rates.network * ops.where(ranks > inside, 1.0, 0.0)
    return ops.maximum(up, out) + ops.where(ranks > 1, rates.launch_s, 0.0)


def tensor_s(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, joints: Value) -> Value:
    """Return the time of all-reduces (or pairs) of one layer; `joints` of them each way."""
    again = ops.where(plan.recompute == 2, 1.0, 0.0)
    times = joints * (2 + again)
    volume = 2 * 2 * tokens_of(shape, plan) * shape.hidden
    return times * ring_s(ops, volume, plan.tp, 1.0, rates)


def context_s(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates) -> Value:
    """Return the time of the ring of keys and values of one layer, forward and twice that backward."""
    again = ops.where(plan.recompute == 2, 1.0, 0.0)
    volume = plan.microbatch * shape.sequence * shape.key_value / plan.tp * 2
    sent = volume * (plan.cp - 1) / plan.cp
    rate = ops.where(plan.tp * plan.cp <= rates.domain, rates.scale_up, rates.network)
    return sent * (3 + again) / rate


def expert_s(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates, imbalance: Value) -> Value:
    """Return the time of sending tokens to experts and back in one layer, both ways."""
    again = ops.where(plan.recompute == 2, 1.0, 0.0)
    routed = tokens_of(shape, plan) / plan.tp * shape.hidden * EXPERT_BYTES * imbalance
    k = shape.experts_per_token
    nodes = ops.ceil(plan.ep / rates.domain)
    inside = ops.minimum(plan.ep, rates.domain)
    limit = ops.where(shape.node_limit > 0, ops.minimum(k, shape.node_limit), k)
    # A token goes once to each node, and on from there to its experts; plain all-to-all sends a copy to each.
    reached = rates.expert_once * ops.minimum(limit, nodes) + (1 - rates.expert_once) * k
    far = routed * reached * (nodes - 1) / nodes
    near = routed * k * (inside - 1) / inside
    each = ops.maximum(far / rates.network, near / rates.scale_up)
    return ops.where(plan.ep > 1, (2 + again) * each + 4 * rates.launch_s, 0.0)


def sharded_s(ops: Arithmetic, held: Value, ranks: Value, plan: Plan, rates: Rates) -> Value:
    """Return the time of full sharding for one layer and microbatch.

    Parameters are gathered forward and backward, gradients reduced: 3 passes over `held` parameters.
    """
    return 3 * ring_s(ops, 2 * held, ranks, plan.tp, rates)


def pipeline_s(ops: Arithmetic, shape: Shape, plan: Plan, rates: Rates) -> Value:
    """Return the time of one microbatch's activations and gradients across one boundary."""
    split = plan.tp
    sent = 2 * tokens_of(shape, plan) * shape.hidden / split
    rate = ops.where(plan.ranks <= rates.domain, rates.scale_up, rates.network)
    return ops.where(plan.pp > 1, 2 * plan.interleave * (sent / rate + rates.launch_s), 0.0)


def data_s(ops: Arithmetic, dense: Value, experts: Value, plan: Plan, rates: Rates) -> Value:
    """Return the time of gradients reduced and parameters gathered once a step."""
    ranks = plan.dp * plan.cp
    each = rates.gradient_bytes + 2
    of_experts = ops.maximum(ranks * plan.tp / (plan.ep * expert_split(ops, plan)), 1.0)
    stride = ops.minimum(plan.ep, rates.domain)
    return ring_s(ops, each * dense, ranks, plan.tp, rates) + ops.where(
        experts > 0, ring_s(ops, each * experts, of_experts, stride, rates), 0.0
    )
