"""What can fail: switches, links, trunks, planes and optics, one case each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.engine.columns import Flags
from core.engine.drawn import DrawnFabric
from core.engine.link_classes import Classes
from core.engine.topology import Rows, Topology, trunks_of
from core.errors import EngineError

if TYPE_CHECKING:
    import networkx as nx

Kind = Literal["switch", "link", "trunk", "plane", "optic", "set"]
KINDS: tuple[Kind, ...] = ("switch", "link", "trunk", "plane")
"""Kinds that need nothing but the topology."""


@dataclass(frozen=True)
class Failure:
    """Devices and links that fail together.

    Attributes
    ----------
    kind : str
    devices : tuple of int
        Devices of the topology, with all their links.
    links : tuple of (int, int)
        Trunks of the topology, and how many links of each.
    at : int
        Device whose cage an optic sits in, -1 for other kinds.
    alike : int
        Single failures it stands for: each link of a trunk is like the others.
    """

    kind: Kind
    devices: tuple[int, ...] = ()
    links: tuple[tuple[int, int], ...] = ()
    at: int = -1
    alike: int = 1


@dataclass(frozen=True, eq=False)
class Optics:
    """Which cage each link is plugged into: a module or plug that fails takes all links of its cage.

    Attributes
    ----------
    trunk : ndarray of int64, shape (k,)
        Trunk of each link.
    device : ndarray of int64, shape (2, k)
        Devices at its two ends.
    cage : ndarray of int64, shape (2, k)
        Equal for links in one cage, of one device or of all.
    """

    trunk: Rows
    device: Rows
    cage: Rows


def optics_in(drawn: DrawnFabric, classes: Classes) -> Optics:
    """Return the cages of a fabric of the drawing."""
    cages = np.stack([classes.cage_a[drawn.cables], classes.cage_b[drawn.cables]])
    return Optics(drawn.trunk, np.stack([drawn.a, drawn.b]).astype(np.int64), cages)


def optics_of(graph: nx.MultiGraph[Any], cage_gbps: Mapping[str, float]) -> Optics:
    """Return the cages of a generated graph (`core.fabrics.weave`), for its `topology_of`.

    Parameters
    ----------
    cage_gbps : mapping
        Rate of a cage by role of the device; each slot is a cage where a role is not in it.
    """
    number = {key: row for row, key in enumerate(graph.nodes)}
    in_cage = {
        key: max(round(cage_gbps.get(data["role"], 0.0) / data["slot_gbps"]), 1)
        for key, data in graph.nodes(data=True)
    }
    edges = [data for _, _, data in graph.edges(data=True)]
    count = np.array([edge["count"] for edge in edges], np.int64)
    ends = [np.array([number[edge[end]] for edge in edges], np.int64) for end in ("a", "b")]
    trunk, _ = trunks_of(
        ends[0], ends[1], np.array([edge["gbps"] for edge in edges], np.float64), len(number)
    )
    cage = np.array(
        [
            [slot // in_cage[edge[end]] for edge in edges for slot in edge[f"{end}_slots"]]
            for end in ("a", "b")
        ],
        np.int64,
    ).reshape(2, -1)
    return Optics(np.repeat(trunk, count), np.stack([np.repeat(end, count) for end in ends]), cage)


def cases_of(
    topology: Topology, kinds: Collection[Kind] = KINDS, optics: Optics | None = None
) -> tuple[Failure, ...]:
    """Return every single failure of some kinds; the links of a trunk are one case (`Failure.alike`).

    A trunk of one link is that link, and no case of its own where links are asked for.

    Raises
    ------
    EngineError
        If optics are asked for and it is not said where they are.
    """
    found: list[Failure] = []
    if "switch" in kinds:
        found += [Failure("switch", devices=(row,)) for row in np.flatnonzero(topology.is_switch).tolist()]
    if "plane" in kinds:
        plane = np.where(topology.is_switch, topology.plane, -1)
        numbers = np.unique(plane[plane >= 0]).tolist()
        if len(numbers) > 1:
            found += [Failure("plane", tuple(np.flatnonzero(plane == each).tolist())) for each in numbers]
    there = [(row, n) for row, n in enumerate(topology.count.tolist()) if n > 0]
    if "trunk" in kinds:
        one = 0 if "link" not in kinds else 1
        found += [Failure("trunk", links=((row, n),)) for row, n in there if n > one]
    if "link" in kinds:
        found += [Failure("link", links=((row, 1),), alike=n) for row, n in there]
    if "optic" in kinds:
        if optics is None:
            raise EngineError("it is not known in which cages the links are", cure="Give optics")
        found += _of_optics(optics)
    return tuple(found)


def _of_optics(optics: Optics) -> list[Failure]:
    device, cage = optics.device.reshape(-1), optics.cage.reshape(-1)
    trunk = np.concatenate([optics.trunk, optics.trunk])
    order = np.lexsort((trunk, cage, device))
    device, cage, trunk = device[order], cage[order], trunk[order]
    first = np.flatnonzero(np.append(True, (np.diff(device) != 0) | (np.diff(cage) != 0)))
    found = []
    for begin, end in zip(first.tolist(), [*first[1:].tolist(), len(device)], strict=True):
        trunks, lost = np.unique(trunk[begin:end], return_counts=True)
        links = tuple(zip(trunks.tolist(), lost.tolist(), strict=True))
        found.append(Failure("optic", links=links, at=int(device[begin])))
    return found


def left_after(topology: Topology, failure: Failure) -> tuple[Rows, Flags]:
    """Return the links left of each trunk, shape (m,), and which devices are down, shape (n,)."""
    down = np.zeros(len(topology), bool)
    down[list(failure.devices)] = True
    left = np.where(down[topology.a] | down[topology.b], 0, topology.count)
    for trunk, lost in failure.links:
        left[trunk] = max(left[trunk] - lost, 0)
    return left, down
