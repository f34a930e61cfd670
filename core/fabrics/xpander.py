"""Xpander: a random lift of the complete graph.

Switches with d links to others form d + 1 meta-nodes of equally many. Any two meta-nodes are joined by a
matching drawn at random: every switch of one with one switch of the other. Their number is thus a multiple of
d + 1. Switches of one meta-node are not joined.

Source: A. Valadarsky et al., "Xpander: Towards Optimal-Performance Datacenters", CoNEXT 2016.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

import msgspec

from core.fabrics.family import Family, Need, ParameterError, Sizes
from core.fabrics.faults import listed, nearest_to
from core.fabrics.random_regular import RegularGraph, connected, smallest
from core.fabrics.routers import add_unit, all_numbered, join_routers, sizes_with_hosts, with_room
from core.fabrics.weave import Weave

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class Xpander(RegularGraph, frozen=True, kw_only=True):
    """Meta-nodes of equally many routers; two meta-nodes are joined router by router, at random. They are
    the units: inside there are only routers and hosts, and cables go in bundles from one to another."""


def sizes(p: Xpander) -> Sizes:
    """Count a lift: d + 1 meta-nodes, n d / 2 links between routers."""
    n, d = p.routers, p.network_ports
    if n % (d + 1):
        below = n // (d + 1) * (d + 1)
        near = nearest_to(n, [m for m in (below, below + d + 1) if m])
        raise ParameterError(
            f"{n} routers do not make {d + 1} equal meta-nodes",
            cure=f"The nearest that do: {listed(near)} routers",
            field="routers",
            nearest=near,
        )
    return sizes_with_hosts({n // (d + 1): d + 1}, p.host_ports, p, n * d // 2)


def build(p: Xpander, seed: int = 0) -> Graph:
    """Draw a lift of the complete graph; one that is not connected is drawn again."""
    sizes(p)
    metas = p.network_ports + 1
    copies = p.routers // metas
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    names = all_numbered("router", copies)
    units = [
        add_unit(weave, unit, names, p.host_ports, p, p.network_ports)
        for unit in all_numbered("metanode", metas)
    ]
    pairs = connected(lambda random: lifted_pairs(metas, copies, random), p.routers, seed)
    join_routers(weave, units, pairs, p.host_ports, p.link_gbps)
    return weave.graph()


def lifted_pairs(metas: int, copies: int, random: Random) -> set[tuple[int, int]]:
    """Draw a lift of the complete graph: each of its edges becomes a random perfect matching of copies.

    Examples
    --------
    >>> len(lifted_pairs(5, 4, Random(1)))
    40
    """
    pairs: set[tuple[int, int]] = set()
    for a, b in combinations(range(metas), 2):
        match = list(range(copies))
        random.shuffle(match)
        pairs.update((a * copies + k, b * copies + other) for k, other in enumerate(match))
    return pairs


def proposals(need: Need) -> Iterator[Xpander]:
    """Give the lift of the fewest routers that can carry the hosts."""
    return with_room(sizes, smallest(Xpander, need, lambda links: links + 1), need)


FAMILY = Family(
    name="xpander",
    label="Xpander",
    summary="A random graph wired in equal bundles between groups of switches: about as good as Jellyfish.",
    parameters=Xpander,
    build=build,
    sizes=sizes,
    proposals=proposals,
    is_random=True,
)
