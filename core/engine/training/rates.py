"""What accelerators, links and software of a time reach: peaks of the design times constants of the model."""

from __future__ import annotations

from typing import NamedTuple

from core.engine.cluster import Cluster
from core.engine.training.arithmetic import Value
from core.engine.training.constants import Constants
from core.errors import EngineError

VALUE_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5}
NEAREST_PRECISION = {"fp4": "fp8", "fp8": "bf16"}
"""What an accelerator without a rate for one precision computes in."""


class Rates(NamedTuple):
    """Rates and constants that a step meets; floats, or columns with a row for each case.

    Attributes
    ----------
    products, head, attention : float
        Products in the precision of the job, in BF16, attention [FLOP/s].
    memory : float
        Streams to and from memory [byte/s].
    capacity : float
        Memory [byte].
    scale_up, network : float
        Rings over scale-up links and the network, one way, for each accelerator [byte/s].
    domain : float
        Accelerators in one scale-up domain.
    value_bytes : float
        A value of a product's operand [byte].
    """

    products: Value
    head: Value
    attention: Value
    memory: Value
    capacity: Value
    scale_up: Value
    network: Value
    domain: Value
    value_bytes: Value
    fused_attention: Value
    score_bytes: Value
    elementwise: Value
    layer_s: Value
    gradient_bytes: Value
    logit_bytes: Value
    selective_kept: Value
    tensor_hidden: Value
    data_hidden: Value
    pipeline_hidden: Value
    expert_hidden: Value
    expert_once: Value
    context_hidden: Value
    sharded_hidden: Value
    half_width: Value
    cast_bytes: Value
    expert_s: Value
    expert_passes: Value
    head_half: Value
    launch_s: Value
    stolen: Value
    step_s: Value
    jitter: Value
    reserve: Value
    communicator: Value
    peak: Value


def rates_of(cluster: Cluster, precision: str, era: str, constants: Constants) -> Rates:
    """Return what a job meets on a cluster.

    Raises
    ------
    EngineError
        If the accelerators have no peak in any precision that would do.

    Notes
    -----
    Stacks of memory are sold in binary gigabytes: an 80 GB part shows 79.6 GiB. Below its rated power a part
    runs at lower clocks: peaks scale by (power / rated power) to an exponent, power by FLOP of the peak.
    """
    _, chip = constants.accelerator(cluster.name)
    soft, shared = constants.era(era), constants.shared
    used, peak = _peak(cluster, precision)
    clock = 1.0
    if chip.rated_w and cluster.tdp_w:
        # Parts of less power are sold with lower peaks: what counts is the power for each FLOP of the peak.
        same = chip.rated_tflops / cluster.tflops.get("bf16", peak) if chip.rated_tflops else 1.0
        clock = min(1.0, (cluster.tdp_w / chip.rated_w * same) ** shared.power_exponent)
    bf16 = cluster.tflops.get("bf16", peak) * 1e12 * clock
    share = {"bf16": chip.bf16_share, "fp8": chip.fp8_share, "fp4": chip.fp4_share}[used]
    ring = shared.ring_share
    attention = {
        "plain": shared.core_share,
        "portable": chip.portable_attention_share,
        "native": chip.attention_share,
    }
    hierarchy = cluster.hierarchy
    return Rates(
        products=peak * 1e12 * clock * share * soft.products,
        head=bf16 * chip.bf16_share,
        attention=bf16 * attention[soft.attention],
        memory=cluster.memory_tb_s * 1e12 * shared.memory_share,
        capacity=cluster.memory_gb * 2**30 * shared.usable_memory,
        scale_up=max(hierarchy.up_gb_s * 1e9 * ring, 1.0),
        network=max(cluster.nic_gb_s * 1e9 * shared.nic_share, 1.0),
        domain=float(max(hierarchy.domain, 1)),
        value_bytes=VALUE_BYTES[used],
        fused_attention=0.0 if soft.attention == "plain" else 1.0,
        score_bytes=soft.score_bytes,
        elementwise=soft.elementwise,
        layer_s=soft.layer_us * 1e-6,
        gradient_bytes=soft.gradient_bytes,
        logit_bytes=soft.logit_bytes,
        selective_kept=soft.selective_kept,
        tensor_hidden=soft.tensor_hidden,
        data_hidden=soft.data_hidden,
        pipeline_hidden=soft.pipeline_hidden,
        expert_hidden=soft.expert_hidden,
        expert_once=soft.expert_once,
        context_hidden=soft.context_hidden,
        sharded_hidden=shared.sharded_hidden,
        half_width=chip.half_width * peak * 1e12 * clock / bf16,
        cast_bytes=0.0 if used == "bf16" else shared.cast_bytes,
        expert_s=soft.expert_us * 1e-6,
        expert_passes=soft.expert_passes,
        head_half=shared.head_half,
        launch_s=shared.launch_us * 1e-6,
        stolen=shared.stolen,
        step_s=shared.step_s,
        jitter=shared.jitter,
        reserve=shared.reserve_gib * 2**30,
        communicator=shared.communicator_gib * 2**30,
        peak=peak * 1e12,
    )


def _peak(cluster: Cluster, precision: str) -> tuple[str, float]:
    used = precision
    while used not in cluster.tflops:
        if used not in NEAREST_PRECISION:
            raise EngineError(
                f"{cluster.name} has no known peak in {precision} or wider",
                where="training",
                cure="Write the dense peak into its type, or choose another precision",
            )
        used = NEAREST_PRECISION[used]
    return used, cluster.tflops[used]
