"""Exchange of tokens with experts: the all-to-all of mixture-of-experts models, bytes by routing."""

from __future__ import annotations

from dataclasses import dataclass

from core.engine.collective_constants import Constants, shipped_constants
from core.engine.collectives import Hierarchy
from core.errors import EngineError


@dataclass(frozen=True)
class Exchange:
    """Dispatch of tokens to experts, or combination of what they return.

    Attributes
    ----------
    seconds : float
    rate_gb_s : float
        Bytes over time, on the link that limits [GB/s].
    over : str
        `scale-up` or `network`.
    is_direct : bool
        Every rank writes to every other, whatever its rail; else tokens go by rail and are passed on inside
        the domain.
    """

    seconds: float
    rate_gb_s: float
    over: str
    is_direct: bool


def expert_exchange(
    ranks: int,
    tokens: int,
    hidden: int,
    top_k: int,
    hierarchy: Hierarchy,
    *,
    combine: bool = False,
    constants: Constants | None = None,
) -> Exchange:
    """Return the time in which each rank's tokens reach their experts.

    Parameters
    ----------
    ranks, tokens, hidden, top_k : int
        Ranks; tokens of each; values of a token; experts of a token.
    hierarchy : Hierarchy
        With a network: small exchanges go over it even inside a domain.
    combine : bool
        The way back, in more bytes a value.

    Raises
    ------
    EngineError
        If an argument is not positive, or there is no network.

    Notes
    -----
    Bytes = tokens x top_k x hidden x bytes per value. Up to `low_latency_most_tokens` ranks write directly:
    across domains that crosses rails, which reaches less of a port's rate. Larger ones go by rail, the
    network or, inside a domain, scale-up being the limit [1]_.

    References
    ----------
    .. [1] DeepEP, README: normal and low-latency kernels.

    Examples
    --------
    >>> h800 = Hierarchy(8, 200.0, "NVLink 4", 50.0)
    >>> run = expert_exchange(64, 128, 7168, 8, h800)
    >>> round(run.seconds * 1e6), run.is_direct
    (191, True)
    """
    if min(ranks - 1, tokens, hidden, top_k) < 1:
        raise EngineError("an exchange needs two ranks, tokens, values and experts")
    if not hierarchy.nic_gb_s > 0:
        raise EngineError("an exchange with experts needs a network rate", where="nic_gb_s")
    chosen = constants or shipped_constants()
    fabric, link = chosen.fabric, chosen.link(hierarchy.link)
    is_direct = tokens <= fabric.low_latency_most_tokens
    is_inside = ranks <= hierarchy.domain
    port_gb_s = hierarchy.nic_gb_s / hierarchy.oversubscription
    if is_direct:
        share = fabric.nic_share if is_inside else fabric.nic_cross_rail_share
        rate, over = share * port_gb_s, "network"
    elif is_inside:
        rate, over = link.direct_share * hierarchy.up_gb_s, "scale-up"
    else:
        rate, over = fabric.nic_share * port_gb_s, "network"
    per_value = fabric.combine_bytes_per_value if combine else fabric.dispatch_bytes_per_value
    size = tokens * top_k * hidden * per_value
    steps_us = fabric.nic_low_latency_us if is_direct else link.exchange_us
    seconds = steps_us * 1e-6 + size / (rate * 1e9)
    return Exchange(seconds, size / seconds / 1e9, over, is_direct)
