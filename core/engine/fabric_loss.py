"""What a fabric loses with some of its cables: links of its devices, and hosts that reach each other.

Hosts do not forward, so a host reaches the hosts on the switches that its own switches reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.columns import Flags, Floats
from core.engine.drawn import forwarding
from core.engine.reach import reach_of
from core.engine.snapshot import Snapshot


@dataclass(frozen=True)
class LinkLoss:
    """A host with fewer links into a fabric than before, or a switch with fewer to other switches.

    Attributes
    ----------
    row : int
        Row of the device.
    links, links_left : int
    gbps, gbps_left : float
        Rate of these links.
    lost : tuple of int
        Rows of the devices it has no link to any more; of a host the leafs of its rails.
    """

    row: int
    links: int
    links_left: int
    gbps: float
    gbps_left: float
    lost: tuple[int, ...]


@dataclass(frozen=True)
class FabricLoss:
    """What one fabric loses.

    Attributes
    ----------
    fabric : str
        Id of the fabric; empty for links that belong to none.
    links : int
        Links that carry nothing any more.
    hosts : tuple of LinkLoss
        The hosts that lose links of their own, the worst first; hosts that are lost themselves are left out.
    switches : tuple of LinkLoss
        The switches that lose links to other switches, likewise.
    cut_off : tuple of int
        Rows of hosts that reached others and now reach none.
    separated : int
        Hosts that still reach some but not all of those left that they reached before.
    n_hosts : int
        Hosts of the fabric before.
    """

    fabric: str
    links: int
    hosts: tuple[LinkLoss, ...]
    switches: tuple[LinkLoss, ...]
    cut_off: tuple[int, ...]
    separated: int
    n_hosts: int


def fabric_loss(
    snap: Snapshot,
    name: str,
    rows: NDArray[np.intp],
    rate: Floats,
    gone: Flags,
    out: Flags,
) -> FabricLoss:
    """Return what a fabric loses with some of its cables.

    Parameters
    ----------
    snap : Snapshot
    name : str
        Id of the fabric.
    rows : ndarray of int, shape (n_links,)
        Rows of all its cables.
    rate : ndarray, shape (n_links,)
        Their rate [Gbit/s].
    gone : ndarray of bool, shape (n_links,)
        Those that carry nothing any more.
    out : ndarray of bool, shape (n_devices,)
        Devices that are lost or dark.
    """
    devices = np.concatenate([snap.cable_a[rows], snap.cable_b[rows]])
    nodes, number = np.unique(devices, return_inverse=True)
    number = number.reshape(-1)
    a, b = number[: len(rows)], number[len(rows) :]
    is_switch = forwarding(snap, rows, devices, number, nodes)
    before, after = reach_of(a, b, is_switch), reach_of(a[~gone], b[~gone], is_switch)
    hosts = ~is_switch & ~out[nodes]
    here = np.flatnonzero(hosts)
    # Of those it reached, hosts that are lost themselves are not missed.
    had, has = before.counts(here, among=hosts), after.counts(here, among=hosts)
    cut = (had > 0) & (has == 0)
    rest = hosts.copy()
    rest[here[cut]] = False  # nor are those that are cut off
    fewer = after.counts(here, among=rest) < before.counts(here, among=rest)
    inner = is_switch[a] & is_switch[b]
    return FabricLoss(
        fabric=name,
        links=int(gone.sum()),
        hosts=_fewer(a, b, rate, gone, hosts, nodes),
        switches=_fewer(a[inner], b[inner], rate[inner], gone[inner], is_switch & ~out[nodes], nodes),
        cut_off=tuple(nodes[here[cut]].tolist()),
        separated=int((fewer & ~cut).sum()),
        n_hosts=int((~is_switch).sum()),
    )


def _fewer(
    a: NDArray[np.intp],
    b: NDArray[np.intp],
    rate: Floats,
    gone: Flags,
    among: Flags,
    nodes: NDArray[np.int32],
) -> tuple[LinkLoss, ...]:
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    rates, going = np.concatenate([rate, rate]), np.concatenate([gone, gone])
    found = []
    for node in np.unique(ends[going & among[ends]]).tolist():
        mine = ends == node
        left = mine & ~going
        leafs = np.setdiff1d(others[mine], others[left])
        found.append(
            LinkLoss(
                row=int(nodes[node]),
                links=int(mine.sum()),
                links_left=int(left.sum()),
                gbps=float(rates[mine].sum()),
                gbps_left=float(rates[left].sum()),
                lost=tuple(nodes[leafs].tolist()),
            )
        )
    return tuple(sorted(found, key=lambda h: (h.gbps_left / max(h.gbps, 1e-9), h.row)))
