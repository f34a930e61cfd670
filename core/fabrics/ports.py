"""Ports of a switch as slots: how a port is split into links, and how many slots a link takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from core.fabrics.faults import Fault

SPLITS = (1, 2, 4, 8)
"""Links that one port gives: breakouts share out its lanes."""


def split(port_gbps: float, rate_gbps: float) -> int:
    """Return how many links of a rate one port gives; 0 if there is no such breakout.

    Examples
    --------
    >>> split(800, 400), split(800, 300)
    (2, 0)
    """
    return next((n for n in SPLITS if abs(n * rate_gbps - port_gbps) < 1e-6 * port_gbps), 0)


@dataclass(frozen=True)
class Split:
    """Ports of a switch as slots: the rates it is used at, and how many slots a link of each takes."""

    slots: int
    slot_gbps: float
    widths: tuple[int, ...]


def split_ports(ports: int, port_gbps: float, rates: Sequence[float]) -> Split | None:
    """Return the ports of a switch as slots; None if they cannot be split into links of these rates [Gbit/s].

    Examples
    --------
    >>> split_ports(64, 800, (400, 200))
    Split(slots=256, slot_gbps=200.0, widths=(2, 1))
    """
    parts = [split(port_gbps, rate) for rate in rates]
    if not all(parts):
        return None
    finest = lcm(*parts)
    return Split(ports * finest, port_gbps / finest, tuple(finest // part for part in parts))


def unsplit(field: str, port_gbps: float, gbps: float, times: float = 1.0) -> Fault:
    """Return the fault of ports that give no links of a rate [Gbit/s]; the parameter is `times` that rate."""
    rates = tuple(port_gbps * times / n for n in SPLITS)
    problem = f"a port of {port_gbps:g} Gbit/s cannot be split into links of {gbps:g} Gbit/s"
    return Fault(problem, (field,), rates)


def aligned(slot: int, width: int) -> int:
    """Return the first slot from one on at which a link of so many slots may begin."""
    return -(-slot // width) * width
