"""Bisection: the least rate, one way, between two halves of the hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from core.engine.halves import Halves, halves_of, least_by_trying, spectral_bound
from core.engine.splitting import carried_by_splitting
from core.engine.throughput.load import Progress
from core.engine.topology import Topology, topology_of
from core.fabrics import optical_torus, pods
from core.fabrics.routers import shape

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
    return _of_rings(shape(str(values["shape"]), "shape", range(1, 10)), values)


def _optical_torus(values: Mapping[str, Any]) -> float | None:
    """A torus, where all cubes are one slice and its circuits are the links."""
    p = optical_torus.FAMILY.read(values)
    if p.graph != "circuits" or "," in p.slices:
        return None
    cubes = shape(p.slices, "slices", optical_torus.THREE, low=1)
    if prod(cubes) != p.cubes:
        return None
    cube = shape(p.cube, "cube", optical_torus.THREE)
    sides = [side * count for side, count in zip(cube, cubes, strict=True)]
    return _of_rings(sides, values)


def _of_rings(sides: Sequence[int], values: Mapping[str, Any]) -> float | None:
    return 2 * prod(sides) / max(sides) * float(values["link_gbps"]) if max(sides) % 2 == 0 else None


def _pods(values: Mapping[str, Any]) -> float | None:
    """Half of what all pods can send up, or their hosts if that is less; of full pods, an even number.

    Notes
    -----
    Let a pod send U up and its hosts H >= U, and let e be the share of its hosts by which one side exceeds
    the other. Pods have full bisection: (1 - e) H / 2 goes from side to side inside, and e U of the excess
    through the cores, which join all pods alike. For P pods with E the sum of e over those where side 1 is
    the larger (the other pods sum to as much): (P - 2 E) H / 2 + E U >= P U / 2. Half of the pods against the
    others is a cut of P U / 2.
    """
    p = pods.FAMILY.read(values)
    if p.hosts % (p.hosts_per_rack * p.racks_per_pod) or p.pods % 2:
        return None
    up = pods.sizes(p).links["spine", "core"] * p.port_gbps
    return min(up, p.hosts * p.nics_per_host * p.nic_gbps) / 2


CLOSED_FORMS: dict[str, Callable[[Mapping[str, Any]], float | None]] = {
    "torus": _torus,
    "optical-torus": _optical_torus,
    "pods": _pods,
}
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
