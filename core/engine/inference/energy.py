"""Power of accelerators by what they do, and energy of a token."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.engine.cluster import Cluster
from core.engine.inference.constants import Power
from core.engine.inference.steady import Steady
from core.engine.inference.traffic import Number
from core.errors import EngineError

CLOCK_EXPONENT = 1 / 3
"""Power of a chip goes with clock x voltage squared, and voltage with clock."""


def accelerator_power_w(
    power: Power, cluster: Cluster, *, read_bytes: Number, flops: Number, seconds: Number
) -> Number:
    """Return the mean power of one accelerator, at most its design power [W].

    Parameters
    ----------
    read_bytes, flops : float or ndarray
        Bytes read and operations of `seconds`, operations in those of the 16-bit peak.

    Notes
    -----
    TDP (p0 + p1 u_mem + p2 u_flop), u achieved over peak; constants by family of accelerators.

    Examples
    --------
    >>> from core.engine.collectives import Hierarchy
    >>> h100 = Cluster("H100", 8, 8, Hierarchy(8, 450.0, "NVLink 4"), {"bf16": 989.0}, 80.0, 3.35, 700.0)
    >>> power = Power(base=0.5, memory=0.2, product=1.0)
    >>> round(accelerator_power_w(power, h100, read_bytes=3.35e12, flops=98.9e12, seconds=1.0))
    560
    """
    busy_memory = read_bytes / (seconds * cluster.memory_tb_s * 1e12)
    busy_products = flops / (seconds * cluster.tflops["bf16"] * 1e12)
    share = power.base + power.memory * busy_memory + power.product * busy_products
    return cluster.tdp_w * np.minimum(share, 1.0)


def steady_power_w(power: Power, cluster: Cluster, state: Steady) -> Number:
    """Return the mean power of one accelerator of a replica in steady state [W]."""
    share, decode, prompt = state.prompt_share, state.decode, state.mixed

    def mean(one: Number, other: Number) -> Number:
        return (1 - share) * one + share * other

    return accelerator_power_w(
        power,
        cluster,
        read_bytes=mean(decode.read_bytes, prompt.read_bytes),
        flops=mean(decode.flops, prompt.flops),
        seconds=state.mean_s,
    )


def at_power_limit(cluster: Cluster, limit_w: float) -> Cluster:
    """Return a cluster whose accelerators are held to a power: their peaks go with its cube root.

    Raises
    ------
    EngineError
        If the limit is not positive.

    Examples
    --------
    >>> from core.engine.collectives import Hierarchy
    >>> h100 = Cluster("H100", 8, 8, Hierarchy(8, 450.0, "NVLink 4"), {"bf16": 1000.0}, 80.0, 3.35, 700.0)
    >>> round(at_power_limit(h100, 350.0).tflops["bf16"])
    794
    """
    if not limit_w > 0:
        raise EngineError("a power limit has to be above 0 W", where="limit")
    scale = (limit_w / cluster.tdp_w) ** CLOCK_EXPONENT
    return replace(
        cluster, tflops={name: peak * scale for name, peak in cluster.tflops.items()}, tdp_w=limit_w
    )
