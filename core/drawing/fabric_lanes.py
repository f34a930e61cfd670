"""Rails and planes as the lanes of a drawing: their names, and which switches stand in each.

They are found in the wiring (`core.engine.rails`). Beside them the drawing also sets apart the switches above
the leafs where these fall into parts that only the tiers below join.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.drawing.fabric_graph import FabricGraph, Rows
from core.engine.rails import Wiring, host_ends, keeps_apart, parts_above, wiring_of

MOST_LANES = 26


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
    if role == "out-of-band":
        _name_parts(graph, lane, names)
        return Lanes(tuple(names), lane)
    ends = host_ends(graph.snapshot, graph.rows, graph.tier, graph.cable_rows)
    wiring = wiring_of(graph.tier, graph.a, graph.b, graph.cables, ends)
    classes = int(wiring.port_class.max(initial=-1)) + 1
    if classes > MOST_LANES:
        return Lanes((), lane)
    lane[:] = wiring.leaf_class
    for number in range(classes):
        ports = tuple(np.flatnonzero(wiring.port_class == number).tolist())
        are_rails = role in ("compute", "scale-up")
        names.append(_rail_name(ports) if are_rails else f"Plane {_letter(number)}")
    _name_parts(graph, lane, names, wiring)
    return Lanes(tuple(names), lane)


def _name_parts(graph: FabricGraph, lane: Rows, names: list[str], wiring: Wiring | None = None) -> None:
    """Put the switches above the leafs into the lanes below them, else into lanes of their own."""
    for tier in range(2, int(graph.tier.max(initial=0)) + 1):
        if _inherited(graph, lane, tier):
            continue
        members, part = parts_above(graph.tier, graph.a, graph.b, tier)
        if wiring is not None and wiring.planes:  # holds with a swapped cable between two planes too
            part = wiring.plane[members]
        _planes(graph, lane, tier, names, members, part)


def _rail_name(ordinals: tuple[int, ...]) -> str:
    low, high = ordinals[0] + 1, ordinals[-1] + 1
    if low == high:
        return f"Rail {low}"
    between = "–" if len(ordinals) == high - low + 1 else ", "
    shown = (low, high) if between == "–" else tuple(k + 1 for k in ordinals)
    return f"Rails {between.join(str(k) for k in shown)}"


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


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


def _planes(graph: FabricGraph, lane: Rows, tier: int, names: list[str], members: Rows, part: Rows) -> None:
    """Name the parts into which the switches from a tier on fall, if they are real ones."""
    number = np.full(len(graph), -1, np.int64)
    number[members] = part
    sizes = np.bincount(part[part >= 0])
    if not 2 <= len(sizes) <= MOST_LANES or sizes.min() < 2:
        return
    into = (graph.tier[graph.a] == tier - 1) & (graph.tier[graph.b] == tier) & (number[graph.b] >= 0)
    if not into.any() or not keeps_apart(graph.a[into], number[graph.b[into]], len(graph)):
        return
    planes = sum(name.startswith("Plane") for name in names)
    own = members[(graph.tier[members] == tier) & (part >= 0)]
    lane[own] = len(names) + number[own]
    names.extend(f"Plane {_letter(planes + k)}" for k in range(len(sizes)))
