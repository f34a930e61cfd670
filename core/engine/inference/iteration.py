"""One iteration of a serving engine: every running sequence a token further, some prompt tokens beside."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from core.engine.cluster import Cluster
from core.engine.collectives import Hierarchy
from core.engine.inference.constants import Constants, Kernels, Precision, shipped_constants
from core.engine.inference.lookback import looked_at, values_kept
from core.engine.inference.shape import Shape, shape_of
from core.engine.inference.traffic import VALUE_BYTES, Number, exchange_s, reduce_s
from core.errors import EngineError
from core.model.transformer import Transformer


@dataclass(frozen=True)
class Iteration:
    """Times of one iteration on the busiest accelerator; they add up.

    Attributes
    ----------
    weights_s, experts_s : float or ndarray
        Reading weights all tokens pass, and the experts that some token takes.
    cache_s : float or ndarray
        Reading keys and values of the running sequences.
    products_s, attention_s : float or ndarray
        Products of all tokens; attention inside prompts.
    reduce_s, exchange_s : float or ndarray
        All-reduces of tensor parallel ranks; tokens sent to experts and back, as far as nothing hides it.
    scaling_s : float or ndarray
        Scaling activations to 8 or 4 bits, and what kernels on these take more.
    host_s : float or ndarray
        Launches, scheduling, sampling.
    read_bytes, flops : float or ndarray
        Of one accelerator, for its power.
    """

    weights_s: Number
    experts_s: Number
    cache_s: Number
    products_s: Number
    attention_s: Number
    reduce_s: Number
    exchange_s: Number
    scaling_s: Number
    host_s: Number
    read_bytes: Number
    flops: Number

    @property
    def seconds(self) -> Number:
        """All of it."""
        return sum(self.split().values(), 0.0)

    def split(self) -> dict[str, Number]:
        """Return the parts by name, in seconds."""
        return {f.name[:-2]: getattr(self, f.name) for f in fields(self) if f.name.endswith("_s")}


@dataclass(frozen=True)
class Machine:
    """What an iteration runs on: rates of one accelerator, shares reached, times of collectives.

    Attributes
    ----------
    memory : float
        [B/s].
    peaks : dict of str to float
        Dense [FLOP/s].
    """

    shape: Shape
    memory: float
    peaks: dict[str, float]
    hierarchy: Hierarchy
    kernels: Kernels
    precision: Precision
    overlap: float
    unknown: tuple[str, ...]

    def rate(self, products: str) -> tuple[float, float]:
        """Return rate reached and peak of products [FLOP/s].

        Where an accelerator has no units for a precision, operands are widened to the next it has.
        """
        for name in ("fp4", "fp8", "bf16")[("fp4", "fp8", "bf16").index(products) :]:
            if name in self.peaks:
                share = getattr(self.kernels, f"product_share_{name}")
                return share * self.peaks[name], self.peaks[name]
        raise EngineError(f"the accelerator has no known peak for {products} or wider", where="precision")


def machine_of(
    model: Transformer,
    cluster: Cluster,
    precision: str,
    engine: str,
    constants: Constants | None = None,
) -> Machine:
    """Return what an iteration of a model runs on.

    Raises
    ------
    EngineError
        If the engine or the precision is not known, or the shape of the model is wrong.
    """
    chosen = constants or shipped_constants()
    fault = model.fault()
    if fault:
        raise EngineError(fault, where=model.name or "model")
    kernels, said = chosen.kernels(engine, cluster.name)
    return Machine(
        shape=shape_of(model),
        memory=cluster.memory_tb_s * 1e12,
        peaks={name: value * 1e12 for name, value in cluster.tflops.items()},
        hierarchy=cluster.hierarchy,
        kernels=kernels,
        precision=chosen.precision(precision),
        overlap=chosen.engine(engine).overlap,
        unknown=(said,) if said else (),
    )


def iteration(
    model: Transformer,
    cluster: Cluster,
    *,
    tp: Number,
    ep: Number = 1.0,
    batch: Number,
    context: Number,
    prefill_tokens: Number = 0.0,
    prefill_context: Number = 0.0,
    precision: str = "bf16",
    cache_bytes: float = 2.0,
    imbalance: float = 1.0,
    each: float = 1.0,
    engine: str = "vllm",
    constants: Constants | None = None,
) -> Iteration:
    """Return the time of one iteration and what it is spent on.

    Parameters
    ----------
    tp, ep : float or ndarray
        Ranks that share attention and dense networks; ranks the experts lie on. The larger is the number of
        accelerators of a replica: beyond `tp` attention is data parallel.
    batch, context : float or ndarray
        Running sequences of the replica, each getting a token; tokens they look back on, on the mean.
    prefill_tokens, prefill_context : float or ndarray
        Prompt tokens beside them, and the length of their prompts.
    precision, engine : str
        Names in the constants.
    cache_bytes : float
        Of a value in the cache.
    imbalance : float
        Load of the busiest rank of experts over the mean.
    each : float
        Tokens of a running sequence that pass, more than 1 when drafted ones are verified.

    Raises
    ------
    EngineError
        If something is not known, or ranks do not fit the cluster's hierarchy.

    Notes
    -----
    T = W/(t m eta_w) + W_e/(n m eta_e) + B kv/(t m eta_k) + 2 N (B + q)/(t F eta_f) + attention(q)
    + T_tp + T_ep + L tau_L + B tau_s + tau_p [q > 0]: added, not the largest of them, since kernels of a
    layer follow each other. Of E experts a batch of x tokens touches E (1 - (1 - k/E)^x).

    Examples
    --------
    See tests/engine/inference/test_iteration.py for one computed by hand.
    """
    machine = machine_of(model, cluster, precision, engine, constants)
    return run(
        machine,
        tp=tp,
        ep=ep,
        batch=batch,
        context=context,
        prefill_tokens=prefill_tokens,
        prefill_context=prefill_context,
        cache_bytes=cache_bytes,
        imbalance=imbalance,
        each=each,
    )


def run(
    machine: Machine,
    *,
    tp: Number,
    ep: Number,
    batch: Number,
    context: Number,
    prefill_tokens: Number,
    prefill_context: Number,
    cache_bytes: float,
    imbalance: float,
    each: float = 1.0,
) -> Iteration:
    """Return the time of an iteration on a machine; see `iteration`."""
    shape, kernels, kept = machine.shape, machine.kernels, machine.precision
    replica = np.maximum(tp, ep)
    ranks = replica / tp
    running, prompted = batch / ranks, prefill_tokens / ranks
    tokens = running * each + prompted
    together = batch * each + prefill_tokens
    uneven = np.where(np.asarray(ep) > 1, imbalance, 1.0) if shape.taken else 1.0

    weight_bytes = (shape.body * kept.weight_bytes + shape.head * kept.head_bytes) / tp
    touched = 1 - (1 - shape.taken / shape.experts) ** together
    expert_bytes = shape.expert * shape.experts * touched * kept.expert_bytes / replica
    split = np.minimum(tp, shape.cache_rows)
    cache_share = kernels.latent_share if shape.model.is_latent else kernels.cache_share
    cache_read = running * cache_bytes * values_kept(shape.model, context) / split

    size = shape.hidden * VALUE_BYTES
    rate, peak = machine.rate(kept.products)
    grouped, grouped_peak = machine.rate(kept.expert_products)
    body_flops = 2 * (shape.body * tokens + shape.head * running * each) / tp
    rows = shape.taken * together + kernels.expert_rows * shape.experts * touched
    taken_flops = 2 * shape.expert * rows / replica
    prompt_flops = prompted * looked_at(shape.model, prefill_context) / tp
    read, multiplied = _joined(
        weight_bytes / (machine.memory * kernels.memory_share), body_flops / rate, kernels.roofline
    )
    experts_read, experts_multiplied = _joined(
        uneven * expert_bytes / (machine.memory * kernels.expert_share),
        uneven * taken_flops / (grouped * kernels.expert_product_factor),
        kernels.roofline,
    )
    return Iteration(
        weights_s=read,
        experts_s=experts_read,
        cache_s=cache_read / (machine.memory * cache_share),
        products_s=multiplied + experts_multiplied,
        attention_s=prompt_flops / (machine.peaks["bf16"] * kernels.attention_share),
        reduce_s=2 * shape.layers * reduce_s(machine.hierarchy, tp, size * tokens, kernels.reduce_us * 1e-6),
        # Only where attention is data parallel: tensor parallel ranks all have the tokens and add up after.
        exchange_s=shape.expert_layers
        * (1 - machine.overlap)
        * exchange_s(
            machine.hierarchy,
            np.where(ranks > 1, ep, 1.0),
            together,
            shape.hidden,
            shape.taken,
            shape.model.expert_groups,
        ),
        scaling_s=_scaling_s(machine),
        host_s=_host_s(machine, running, prompted),
        read_bytes=weight_bytes + expert_bytes + cache_read,
        # In peaks of the widest products, so that power has one measure of how busy they are.
        flops=(body_flops / peak + taken_flops / grouped_peak) * machine.peaks["bf16"] + prompt_flops,
    )


def _joined(reading: Number, multiplying: Number, power: float) -> tuple[Number, Number]:
    """Return the parts of two times that overlap, by their shares: (a^p + b^p)^(1/p) together."""
    added = reading + multiplying
    largest = np.maximum(np.maximum(reading, multiplying), 1e-30)
    joined = largest * ((reading / largest) ** power + (multiplying / largest) ** power) ** (1 / power)
    scale = joined / np.maximum(added, 1e-30)
    return reading * scale, multiplying * scale


def _host_s(machine: Machine, running: Number, prompted: Number) -> Number:
    kernels, shape = machine.kernels, machine.shape
    steady = kernels.iteration_us + kernels.layer_us * shape.layers
    steady += kernels.expert_layer_us * shape.expert_layers
    first = kernels.prefill_us + kernels.expert_prefill_us * shape.expert_layers
    late = np.where(np.asarray(prompted) > 0, first, 0.0)
    host: Number = (steady + kernels.sequence_us * running + late) * 1e-6
    return host


def _scaling_s(machine: Machine) -> float:
    kernels, shape, kept = machine.kernels, machine.shape, machine.precision
    body = kernels.scaling_us * shape.layers if kept.products != "bf16" else 0.0
    experts = kernels.expert_scaling_us * shape.expert_layers if kept.expert_products != "bf16" else 0.0
    return (body + experts) * 1e-6
