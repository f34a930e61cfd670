"""What attention looks back on: values kept in the cache, and operations on a prompt."""

from __future__ import annotations

import numpy as np

from core.engine.inference.traffic import Number
from core.engine.transformer import attention_flops, cache_values
from core.model.transformer import Transformer


def values_kept(model: Transformer, context: Number) -> Number:
    """Return the values in the cache of a sequence of so many tokens."""
    windowed = min(model.window_layers, model.layers)
    if not windowed:
        return context * cache_values(model)
    each = cache_values(model, 1.0) / model.layers
    return each * ((model.layers - windowed) * context + windowed * np.minimum(context, model.window))


def looked_at(model: Transformer, prompt: Number) -> Number:
    """Return the FLOPs of attention of one prompt token, on the mean over a causal prompt."""
    if not model.window_layers:
        return prompt * attention_flops(model, 1.0)
    per_layer = attention_flops(model, 2.0) / model.layers
    window = np.minimum(model.window, prompt)
    seen = window - window * window / (2 * np.maximum(prompt, 1.0))
    looked: Number = (model.layers - model.window_layers) * prompt / 2 + model.window_layers * seen
    return per_layer * looked
