"""Disaggregated serving: one pool takes prompts in, another puts tokens out."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np

from core.errors import EngineError


@dataclass(frozen=True)
class PoolSplit:
    """How accelerators are shared between prefill and decoding.

    Attributes
    ----------
    prefill, decode : int
        Replicas of each pool.
    prefill_size, decode_size : int
        Accelerators of a replica.
    requests_s : float
        Rate of the slower pool.
    """

    prefill: int
    decode: int
    prefill_size: int
    decode_size: int
    requests_s: float

    @property
    def accelerators(self) -> int:
        """Accelerators of both pools."""
        return self.prefill * self.prefill_size + self.decode * self.decode_size


def split_pools(
    accelerators: int,
    prefill_requests_s: float,
    prefill_size: int,
    decode_requests_s: float,
    decode_size: int,
    prefill_share: float = 0.0,
) -> PoolSplit:
    """Return the split of a design between pools that serves most requests.

    Parameters
    ----------
    accelerators : int
    prefill_requests_s, decode_requests_s : float
        Highest rates of one replica of each pool.
    prefill_size, decode_size : int
        Accelerators of one replica.
    prefill_share : float, optional
        Share that prefills, where it is given; 0: the best is searched.

    Raises
    ------
    EngineError
        If not one replica of each fits.

    Notes
    -----
    min(n_p R_p, n_d R_d) over whole replicas with n_p a_p + n_d a_d <= n.

    Examples
    --------
    Prefill is three times as fast as decoding: a quarter of eight accelerators prefills.

    >>> split_pools(8, 3.0, 1, 1.0, 1)
    PoolSplit(prefill=2, decode=6, prefill_size=1, decode_size=1, requests_s=6.0)
    """
    if accelerators < prefill_size + decode_size:
        raise EngineError(
            f"{accelerators} accelerators do not hold a replica that prefills ({prefill_size}) "
            f"and one that decodes ({decode_size})",
            where="mode",
            cure="Take chunked prefill, or more accelerators",
        )

    most = (accelerators - decode_size) // prefill_size
    if prefill_share:
        tried = np.clip([floor(accelerators * prefill_share / prefill_size)], 1, most)
    else:
        tried = np.arange(1, most + 1)
    decode = (accelerators - tried * prefill_size) // decode_size
    rates = np.minimum(tried * prefill_requests_s, decode * decode_requests_s)
    best = int(np.argmax(rates))
    return PoolSplit(int(tried[best]), int(decode[best]), prefill_size, decode_size, float(rates[best]))
