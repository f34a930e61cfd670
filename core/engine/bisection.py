"""Bisection: the least rate, one way, between two halves of the hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from core.engine.halves import Halves, halves_of, least_by_trying, spectral_bound
from core.engine.splitting import carried_by_splitting
from core.engine.throughput.load import Progress
from core.engine.topology import Topology, topology_of

if TYPE_CHECKING:
    from core.fabrics.family import Graph

MOST_TRIED = 20
"""Up to so many switches all cuts are tried."""
MOST_DENSE = 2000
"""Up to so many switches and groups of hosts the spectral bound is worked out."""
ROUNDS = 20


@dataclass(frozen=True)
class Bisection:
    """The least rate between two halves of the hosts, or bounds of it.

    Attributes
    ----------
    low_gbps, high_gbps : float
        It is between these, one way; equal where it is known.
    how : str
        What gives it: `all cuts`, `closed form`, `bounds meet`, or `bounds`.
    full_gbps : float
        Rate that half of the hosts can send: what a network without a bottleneck has.
    """

    low_gbps: float
    high_gbps: float
    how: str
    full_gbps: float

    @property
    def exact(self) -> bool:
        return self.how != "bounds"

    @property
    def share(self) -> float | None:
        """Part of the full bisection that is certain; None without hosts."""
        return self.low_gbps / self.full_gbps if self.full_gbps else None


def bisection(net: Topology, progress: Progress | None = None) -> Bisection:
    """Return the bisection of a network.

    Parameters
    ----------
    net : Topology
    progress : callable, optional
        Called as progress(done, total, text); what it raises cancels.

    Notes
    -----
    Hosts are halved, switches stand where the cut is least; a host on switches of both sides has links
    across. Without hosts the switches are halved. Up to 20 switches all cuts are tried. Above that the bound
    from below is the larger of two: the spectral one, and what equal splitting over shortest ways provably
    carries for any pairing of the hosts. The bound from above is a cut: the halves by order and along the
    second mode, improved in turns with the least cut for given halves of the hosts. Least bisection is
    NP-hard; where the two bounds meet (folded Clos networks) it is exact.
    """
    halves = halves_of(net)
    has_hosts = len(halves.hosts) > 0 and not net.is_switch.all()
    full = float(halves.links.sum(axis=1).min()) * halves.half if has_hosts else 0.0
    if halves.half == 0 or not halves.switches:
        return Bisection(0.0, 0.0, "all cuts", full)
    if halves.switches <= MOST_TRIED:
        least = least_by_trying(halves, progress)
        return Bisection(least, least, "all cuts", full)
    low, orders = 0.0, [np.arange(len(halves.hosts))]
    if halves.switches + len(halves.hosts) <= MOST_DENSE:
        low, mode = spectral_bound(halves)
        orders.append(np.argsort(mode, kind="stable"))
    if full:
        low = max(low, carried_by_splitting(halves, progress) * full)
    high = np.inf
    for k, order in enumerate(orders):
        if progress is not None:
            progress(k, len(orders), "Looking for a small cut")
        high = min(high, _improved(halves, halves.filled(order)))
    if low >= high * (1 - 1e-9):
        return Bisection(high, high, "bounds meet", full)
    return Bisection(low, high, "bounds", full)


def bisection_of(graph: Graph, progress: Progress | None = None) -> Bisection:
    """Return the bisection of a generated network: by the closed form of its family where there is one.

    A graph that was edited after it was generated must be measured by `bisection`.
    """
    found = bisection(topology_of(graph), progress)
    form = CLOSED_FORMS.get(graph.graph.get("family", ""))
    known = None if form is None else form(graph.graph["parameters"])
    if found.exact or known is None or not np.isclose(known, found.high_gbps):
        return found
    return Bisection(known, known, "closed form", found.full_gbps)


def _torus(values: Mapping[str, Any]) -> float | None:
    """Two cuts across every ring of the longest side: 2 N / X links of N routers, if X is even [1]_.

    References
    ----------
    .. [1] M. C. Azizoglu, O. Egecioglu, "The bisection width and the isoperimetric number of arrays",
       Discrete Applied Mathematics 138, 2004.
    """
    sides = [int(side) for side in str(values["shape"]).split("x")]
    return 2 * prod(sides) / max(sides) * float(values["link_gbps"]) if max(sides) % 2 == 0 else None


CLOSED_FORMS: dict[str, Callable[[Mapping[str, Any]], float | None]] = {"torus": _torus}
"""Rate between two halves of the networks of a family by its parameters; None where no form is known."""


def _improved(net: Halves, there: np.ndarray) -> float:
    """Return the rate of a good cut, from given halves of the hosts."""
    best = np.inf
    for _ in range(ROUNDS):
        side = net.best_switches(there)
        there = net.best_hosts(side)
        rate = net.cut(side, there)
        if rate >= best * (1 - 1e-12):
            break
        best = rate
    return best
