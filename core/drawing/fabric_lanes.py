"""Rails and planes: which switches of a fabric belong together, found in how it is wired.

Two ports of a kind of host are on the same *rail* if a leaf serves both; a fabric whose hosts have several
such ports and keep them apart has rails. *Planes* are switches above that only their own kind joins: the
fabric falls into them when the tiers below are taken away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.drawing.fabric_graph import FabricGraph, Rows
from core.engine.reach import parts_of

MOST_LANES = 26
STRAY = 0.25
"""A port that takes less than this share of a leaf's busiest port is a swapped cable, not a rail."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """Rails and planes of a fabric.

    Attributes
    ----------
    names : tuple of str
    device_lane : ndarray of int64, shape (n,)
        Index into `names`, -1 for devices of no rail or plane.
    """

    names: tuple[str, ...]
    device_lane: Rows


def lanes_of(graph: FabricGraph, role: str = "compute") -> Lanes:
    """Return the rails and planes of a fabric; none where the wiring shows none.

    What hosts keep apart is called rails in compute and scale-up fabrics, planes in others. In an out-of-band
    network it is nothing: a host's ports there are those of different controllers.
    """
    lane = np.full(len(graph), -1, np.int64)
    names: list[str] = []
    for leaf, rail, ordinals in _rails(graph) if role != "out-of-band" else ():
        lane[leaf] = rail
        while len(names) <= rail:
            names.append("")
        names[rail] = _rail_name(ordinals) if role in ("compute", "scale-up") else f"Plane {_letter(rail)}"
    for tier in range(2, int(graph.tier.max(initial=0)) + 1):
        if not _inherited(graph, lane, tier):
            _planes(graph, lane, tier, names)
    return Lanes(tuple(names), lane)


def _rail_name(ordinals: tuple[int, ...]) -> str:
    low, high = ordinals[0] + 1, ordinals[-1] + 1
    if low == high:
        return f"Rail {low}"
    between = "–" if len(ordinals) == high - low + 1 else ", "
    shown = (low, high) if between == "–" else tuple(k + 1 for k in ordinals)
    return f"Rails {between.join(str(k) for k in shown)}"


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _rails(graph: FabricGraph) -> list[tuple[Rows, int, tuple[int, ...]]]:
    """Return leafs, number and ports of the hosts (from 0) of each rail."""
    leaf, host, ordinal = _host_ends(graph)
    if not len(leaf):
        return []
    wide = int(ordinal.max()) + 1
    served = np.bincount(leaf * wide + ordinal, minlength=len(graph) * wide).reshape(-1, wide)
    takes = served > STRAY * served.max(axis=1, keepdims=True)
    leader = list(range(wide))
    for row in np.unique(takes[takes.any(axis=1)], axis=0):
        joined = {leader[p] for p in np.flatnonzero(row).tolist()}
        low = min(joined)
        leader = [low if at in joined else at for at in leader]
    heads = sorted(set(leader))
    if not 2 <= len(heads) <= MOST_LANES or not _keeps_apart(host, np.array(leader)[ordinal], len(graph)):
        return []
    found = []
    for number, head in enumerate(heads):
        ports = tuple(p for p, at in enumerate(leader) if at == head)
        leafs = np.flatnonzero(takes[:, list(ports)].any(axis=1)).astype(np.int64)
        found.append((leafs, number, ports))
    return found


def _host_ends(graph: FabricGraph) -> tuple[Rows, Rows, Rows]:
    """Return leaf, host and the number of the host's port, of the kind of host that has the most links."""
    snap = graph.snapshot
    index = np.full(snap.n_devices, -1, np.int64)
    index[graph.rows] = np.arange(len(graph))
    parts = []
    for near, far in (("a", "b"), ("b", "a")):
        leaf = index[getattr(snap, f"cable_{near}")[graph.cable_rows]]
        host = index[getattr(snap, f"cable_{far}")[graph.cable_rows]]
        port = getattr(snap, f"cable_port_{far}")[graph.cable_rows].astype(np.int64)
        code = port * 1024 + getattr(snap, f"cable_lane_{far}")[graph.cable_rows]
        kept = (graph.tier[leaf] == 1) & (graph.tier[host] == 0)
        parts.append(np.stack([leaf[kept], host[kept], code[kept]]))
    leaf, host, code = np.concatenate(parts, axis=1)
    if len(leaf):
        spec = snap.device_spec[graph.rows[host]]
        usual = spec == np.bincount(spec).argmax()
        leaf, host, code = leaf[usual], host[usual], code[usual]
    return leaf, host, np.unique(code, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _keeps_apart(host: Rows, rail: Rows, n: int) -> bool:
    """Tell whether most of those below are on more than one rail or plane (else these are parts)."""
    wide = int(rail.max()) + 1
    pairs = np.unique(host * wide + rail)
    per_host = np.bincount(pairs // wide, minlength=n)
    return bool((per_host > 1).sum() > 0.5 * (per_host > 0).sum())


def _inherited(graph: FabricGraph, lane: Rows, tier: int) -> bool:
    """Give the switches of a tier the lane of all that hangs below them; False if one has several."""
    below = (graph.tier[graph.a] == tier - 1) & (graph.tier[graph.b] == tier)
    up, its = graph.b[below], lane[graph.a[below]]
    if not len(up) or (its < 0).any():
        return False
    low, high = np.full(len(graph), MOST_LANES * 2, np.int64), np.full(len(graph), -1, np.int64)
    np.minimum.at(low, up, its)
    np.maximum.at(high, up, its)
    members = np.unique(up)
    if (low[members] != high[members]).any():
        return False
    lane[members] = low[members]
    return True


def _planes(graph: FabricGraph, lane: Rows, tier: int, names: list[str]) -> None:
    """Name the parts into which the switches from a tier on fall, if they are real ones."""
    members = np.flatnonzero(graph.tier >= tier)
    number = np.full(len(graph), -1, np.int64)
    number[members] = np.arange(len(members))
    inner = (graph.tier[graph.a] >= tier) & (graph.tier[graph.b] >= tier)
    label = parts_of(number[graph.a[inner]], number[graph.b[inner]], len(members))
    heads, part = np.unique(label, return_inverse=True)
    part = part.reshape(-1)
    sizes = np.bincount(part, minlength=len(heads))
    if not 2 <= len(heads) <= MOST_LANES or sizes.min() < 2:
        return
    into = (graph.tier[graph.a] == tier - 1) & (graph.tier[graph.b] == tier)
    if not into.any() or not _keeps_apart(graph.a[into], part[number[graph.b[into]]], len(graph)):
        return
    planes = sum(name.startswith("Plane") for name in names)
    own = graph.tier[members] == tier
    lane[members[own]] = len(names) + part[own]
    names.extend(f"Plane {_letter(planes + k)}" for k in range(len(heads)))
