"""Rails and planes: which devices of a fabric belong together, found in how it is wired.

Two ports of a kind of host are in the same *class* if a leaf serves both; a fabric whose hosts have several
ports and keep them apart has classes. *Planes* are classes that no switch above the leafs brings together;
the *rail* of a class is its place within its plane. A port that goes elsewhere than those like it in other
hosts is a swapped cable and changes neither, so that it can be named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.codes import counted, distinct, numbered
from core.engine.reach import parts_of
from core.engine.snapshot import Snapshot

Rows = NDArray[np.int64]
MOST_CLASSES = 128
STRAY = 0.25
"""Less than this share of what a switch has most of is a swapped cable, not a rail."""
MOST_ACROSS = 0.1
"""Planes with more than this share of the cables between them are none."""


@dataclass(frozen=True, eq=False)
class HostEnds:
    """The links between leafs and the kind of host that has the most of them.

    Attributes
    ----------
    leaf, host : ndarray of int64
        Devices of the fabric (index into its rows).
    port : ndarray of int64
        The host's port, numbered from 0 over those in use.
    cable : ndarray of int64
        Place among the cables given.
    """

    leaf: Rows
    host: Rows
    port: Rows
    cable: Rows


@dataclass(frozen=True, eq=False)
class Wiring:
    """Rails and planes of a fabric of n devices.

    Attributes
    ----------
    ends : HostEnds
    port_class : ndarray of int64
        Class of each port of a host; empty if the wiring keeps none apart.
    class_plane, class_rail : ndarray of int64
        -1: no planes.
    leaf_class : ndarray of int64, shape (n,)
        Class that most links of a leaf are of; -1 for other devices.
    plane, rail : ndarray of int64, shape (n,)
        Of each device, -1 where there is none. Hosts are on all of them. A switch is in the plane and on the
        rail of what hangs below it.
    """

    ends: HostEnds
    port_class: Rows
    class_plane: Rows
    class_rail: Rows
    leaf_class: Rows
    plane: Rows
    rail: Rows

    @property
    def rails(self) -> int:
        """Rails that hosts keep apart; 0 if none."""
        return int(self.class_rail.max(initial=-1)) + 1

    @property
    def planes(self) -> int:
        """Networks that only hosts join; 0 if there is one."""
        return int(self.class_plane.max(initial=-1)) + 1


def host_ends(snap: Snapshot, rows: Rows, tier: Rows, cables: NDArray[np.integer]) -> HostEnds:
    """Return the links between leafs and the usual kind of host.

    Parameters
    ----------
    snap : Snapshot
    rows : ndarray of int64, shape (n,)
        Devices of the fabric by their row in the snapshot.
    tier : ndarray of int64, shape (n,)
        0 for hosts, 1 for switches with hosts ...
    cables : ndarray of int
        Cables of the fabric by their row in the snapshot.
    """
    index = np.full(snap.n_devices, -1, np.int64)
    index[rows] = np.arange(len(rows))
    is_leaf, is_host = np.zeros((2, snap.n_devices), bool)
    is_leaf[rows], is_host[rows] = tier == 1, tier == 0
    parts = []
    for near, far in (("a", "b"), ("b", "a")):
        leaf, host = getattr(snap, f"cable_{near}")[cables], getattr(snap, f"cable_{far}")[cables]
        kept = np.flatnonzero(is_leaf[leaf] & is_host[host])
        port = getattr(snap, f"cable_port_{far}")[cables[kept]].astype(np.int64)
        code = port * 1024 + getattr(snap, f"cable_lane_{far}")[cables[kept]]
        parts.append(np.stack([index[leaf[kept]], index[host[kept]], code, kept]))
    leaf, host, code, cable = np.concatenate(parts, axis=1)
    if len(leaf):
        spec = snap.device_spec[rows[host]]
        usual = spec == np.bincount(spec).argmax()
        leaf, host, code, cable = leaf[usual], host[usual], code[usual], cable[usual]
    _, number = numbered(code, int(code.max(initial=0)) + 1)
    return HostEnds(leaf, host, number.astype(np.int64), cable)


def wiring_of(tier: Rows, a: Rows, b: Rows, count: Rows, ends: HostEnds) -> Wiring:
    """Return the rails and planes of a fabric of n devices.

    Parameters
    ----------
    tier : ndarray of int64, shape (n,)
        0 for hosts, 1 for switches with hosts, 2 for those next above ...
    a, b, count : ndarray of int64, shape (m,)
        Trunks: their devices and how many links they have.
    ends : HostEnds
    """
    n = len(tier)
    classes = classes_of(ends, n)
    leaf_class, none = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    if classes is None:
        empty = none[:0]
        return Wiring(ends, empty, empty, empty, none, none, none)
    wide = int(classes.max()) + 1
    served = np.bincount(ends.leaf * wide + classes[ends.port], minlength=n * wide).reshape(n, wide)
    leaf_class = np.where(served.any(axis=1), served.argmax(axis=1), -1)
    low, high = np.where(tier[a] <= tier[b], a, b), np.where(tier[a] <= tier[b], b, a)
    up = np.flatnonzero((tier[low] > 0) & (tier[low] + 1 == tier[high]))  # from leafs on
    class_plane = _joined_above(tier, low, high, count, leaf_class, wide)
    plane = _inherited(tier, low[up], high[up], count[up], _of_leafs(class_plane, leaf_class))
    inner = (tier[a] > 0) & (tier[b] > 0)
    across = inner & (plane[a] != plane[b]) & (plane[a] >= 0) & (plane[b] >= 0)
    planes = int(class_plane.max()) + 1
    if planes < 2 or count[across].sum() > MOST_ACROSS * count[inner].sum():
        planes, class_plane, plane = 1, np.full(wide, -1, np.int64), none
    class_rail = _ranks(class_plane) if planes < wide else np.arange(wide)
    rail = _inherited(tier, low[up], high[up], count[up], _of_leafs(class_rail, leaf_class), whole=True)
    return Wiring(ends, classes, class_plane, class_rail, leaf_class, plane, rail)


def classes_of(ends: HostEnds, n: int) -> Rows | None:
    """Return the class of each port of a host, or None if the hosts keep none apart."""
    if not len(ends.leaf):
        return None
    wide = int(ends.port.max()) + 1
    served = np.bincount(ends.leaf * wide + ends.port, minlength=n * wide).reshape(-1, wide)
    served = served[served.any(axis=1)]
    leader = _union(served > STRAY * served.max(axis=1, keepdims=True))
    heads, classes = np.unique(leader, return_inverse=True)
    classes = classes.reshape(-1).astype(np.int64)
    if not 2 <= len(heads) <= MOST_CLASSES or not keeps_apart(ends.host, classes[ends.port], n):
        return None
    return classes


def keeps_apart(below: Rows, lane: Rows, n: int) -> bool:
    """Tell whether most of those below are on more than one lane (else these are parts)."""
    wide = int(lane.max()) + 1
    per_device = np.bincount(distinct(below * wide + lane) // wide, minlength=n)
    return bool((per_device > 1).sum() > 0.5 * (per_device > 0).sum())


def parts_above(tier: Rows, a: Rows, b: Rows, least: int) -> tuple[Rows, Rows]:
    """Return the switches from a tier on, and the part of each into which they fall without those below."""
    members = np.flatnonzero(tier >= least)
    number = np.full(len(tier), -1, np.int64)
    number[members] = np.arange(len(members))
    inner = (tier[a] >= least) & (tier[b] >= least)
    label = parts_of(number[a[inner]], number[b[inner]], len(members))
    return members, np.unique(label, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _union(together: NDArray[np.bool_]) -> Rows:
    """Return for each column the least one that rows of flags bring together with it."""
    leader = np.arange(together.shape[1])
    for row in np.unique(together, axis=0):
        joined = np.isin(leader, leader[row])
        leader[joined] = leader[joined].min(initial=len(leader))
    return leader.astype(np.int64)


def _joined_above(tier: Rows, low: Rows, high: Rows, count: Rows, leaf_class: Rows, wide: int) -> Rows:
    """Return the plane of each class: classes that most of the switches above serve together are in one.

    So are classes most of whose switches of a tier have links to those of the other.
    """
    lane, leader = leaf_class.copy(), np.arange(wide)
    inner = np.flatnonzero(tier[low] > 0)  # hosts have no lane
    low, high, count = low[inner], high[inner], count[inner]
    at_low, at_high = tier[low], tier[high]
    for level in range(1, int(tier.max(initial=0)) + 1):
        mine = (at_high == level) & (at_low == level - 1) & (lane[low] >= 0)
        if level > 1 and mine.any():
            served = _shares(high[mine], lane[low[mine]], count[mine], len(tier), wide)
            some = served.any(axis=1)
            step = _union(_served_together(served[some]))
            leader = step[leader]
            lane[some] = served[some].argmax(axis=1)
            lane = np.where(lane >= 0, step[lane], -1)
        beside = (at_high == level) & (at_low == level) & (lane[low] >= 0) & (lane[high] >= 0)
        beside &= lane[low] != lane[high]
        if beside.any():
            step = _union(
                _joined_beside(low[beside], high[beside], lane, (tier == level) & (lane >= 0), wide)
            )
            leader = step[leader]
            lane = np.where(lane >= 0, step[lane], -1)
    return np.unique(leader, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _served_together(served: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which lanes most of the switches that serve one of two serve both of, row by row."""
    takes = (served > STRAY * served.max(axis=1, keepdims=True)).astype(np.float64)
    both = takes.T @ takes
    alone = both.diagonal()
    return np.asarray((both > 0.5 * np.minimum(alone[:, None], alone)) | np.eye(len(both), dtype=bool))


def _joined_beside(a: Rows, b: Rows, lane: Rows, among: NDArray[np.bool_], wide: int) -> NDArray[np.bool_]:
    """Tell which lanes have most of their switches joined to switches of another lane, row by row."""
    ends, others = np.concatenate([a, b]), np.concatenate([b, a])
    to, _ = counted(ends * wide + lane[others])
    switches = np.maximum(np.bincount(lane[among], minlength=wide), 1)
    joined = np.zeros((wide, wide))
    np.add.at(joined, (lane[to // wide], to % wide), 1)
    found: NDArray[np.bool_] = joined > 0.5 * switches[:, None]
    np.fill_diagonal(found, True)
    return found


def _inherited(tier: Rows, low: Rows, high: Rows, count: Rows, lane: Rows, whole: bool = False) -> Rows:
    """Give the switches above the leafs the lane of most of their links down; with `whole` only of all."""
    wide = int(lane.max(initial=0)) + 1
    for level in range(2, int(tier.max(initial=0)) + 1):
        mine = (tier[high] == level) & (lane[low] >= 0)
        served = _shares(high[mine], lane[low[mine]], count[mine], len(tier), wide)
        kept = served.any(axis=1) & ((served > 0).sum(axis=1) == 1) if whole else served.any(axis=1)
        lane[kept] = served[kept].argmax(axis=1)
    return lane


def _shares(device: Rows, lane: Rows, count: Rows, n: int, wide: int) -> NDArray[np.float64]:
    links = np.bincount(device * wide + lane, weights=count, minlength=n * wide).reshape(n, wide)
    return np.asarray(links, np.float64)


def _of_leafs(of_class: Rows, leaf_class: Rows) -> Rows:
    return np.where(leaf_class >= 0, of_class[leaf_class], -1)


def _ranks(group: Rows) -> Rows:
    """Return the place of each among those before it of the same group."""
    return np.array([int((group[:k] == group[k]).sum()) for k in range(len(group))], np.int64)
