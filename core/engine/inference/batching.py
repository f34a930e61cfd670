"""How many sequences fit: memory of a replica by part, and what limits the batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.inference.constants import Engine, Precision
from core.engine.inference.lookback import values_kept
from core.engine.inference.shape import Shape
from core.engine.inference.traffic import Number

ACTIVATION_ROWS = 4.0
"""Activations alive at once, in rows of the hidden size, beside the widest inside of a layer."""


@dataclass(frozen=True)
class ServingMemory:
    """Memory of the fullest accelerator of a replica, in bytes.

    Attributes
    ----------
    weights, cache, activations, reserve : float
    free : float
        What is left of what the engine uses; negative: so much is missing.
    """

    weights: float
    cache: float
    activations: float
    reserve: float
    free: float

    @property
    def used(self) -> float:
        """All parts."""
        return self.weights + self.cache + self.activations + self.reserve


def weights_held(shape: Shape, kept: Precision, tp: Number, ep: Number) -> Number:
    """Return the bytes of weights on one accelerator: experts over the replica, all else over `tp`."""
    replica = np.maximum(tp, ep)
    common = shape.body * kept.weight_bytes + (shape.head + shape.table) * kept.head_bytes
    return common / tp + shape.expert * shape.experts * kept.expert_bytes / replica


def activations_held(shape: Shape, engine: Engine, tp: Number) -> Number:
    """Return the bytes of activations of the largest iteration: they live for one layer only."""
    model = shape.model
    widest = max(model.ffn, model.expert_ffn * max(model.experts_per_token, 1), model.hidden)
    return engine.most_tokens * 2.0 * (ACTIVATION_ROWS * model.hidden + 2 * widest / tp)


def cache_of_sequence(shape: Shape, tokens: Number, cache_bytes: float, tp: Number) -> Number:
    """Return the bytes a sequence of so many tokens keeps on one accelerator."""
    return cache_bytes * values_kept(shape.model, tokens) / np.minimum(tp, shape.cache_rows)


def room_for_cache(
    shape: Shape, kept: Precision, engine: Engine, memory_gb: float, tp: Number, ep: Number
) -> Number:
    """Return the bytes of one accelerator that are left for the cache; negative where weights do not fit."""
    usable = memory_gb * 1e9 * engine.memory_used - engine.reserve_gb * 1e9
    return usable - weights_held(shape, kept, tp, ep) - activations_held(shape, engine, tp)


def most_sequences(
    shape: Shape,
    kept: Precision,
    engine: Engine,
    memory_gb: float,
    *,
    tp: Number,
    ep: Number,
    input_tokens: float,
    output_tokens: float,
    cache_bytes: float,
) -> Number:
    """Return how many sequences of a service a replica can run: 0 where weights leave no room.

    Notes
    -----
    B <= ranks (memory x used - reserve - weights - activations) / (kv (P + held O)), ranks those of data
    parallel attention.
    """
    room = room_for_cache(shape, kept, engine, memory_gb, tp, ep)
    each = cache_of_sequence(shape, input_tokens + engine.held_output * output_tokens, cache_bytes, tp)
    ranks = np.maximum(tp, ep) / tp
    return np.floor(np.maximum(np.minimum(room / each, engine.most_sequences), 0.0)) * ranks


def memory_of(
    shape: Shape,
    kept: Precision,
    engine: Engine,
    memory_gb: float,
    *,
    tp: float,
    ep: float,
    batch: float,
    tokens: float,
    cache_bytes: float,
) -> ServingMemory:
    """Return the memory of a replica with so many sequences of so many tokens."""
    ranks = max(tp, ep) / tp
    weights = float(weights_held(shape, kept, tp, ep))
    cache = float(np.ceil(batch / ranks) * cache_of_sequence(shape, tokens, cache_bytes, tp))
    activations = float(activations_held(shape, engine, tp))
    reserve = engine.reserve_gb * 1e9
    used = weights + cache + activations + reserve
    return ServingMemory(weights, cache, activations, reserve, memory_gb * 1e9 * engine.memory_used - used)
