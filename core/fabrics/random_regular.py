"""Jellyfish: a random regular graph of switches.

Every switch has equally many hosts and equally many links to other switches; which ones is drawn at random,
no two switches twice. The seed of the network decides the draw; one that is not connected is drawn again.

Source: A. Singla et al., "Jellyfish: Networking Data Centers Randomly", NSDI 2012. How the graph is drawn:
see `regular_pairs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from math import ceil
from random import Random
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from core.fabrics.family import Family, Need, ParameterError, Parameters, Sizes
from core.fabrics.faults import listed
from core.fabrics.parameter_fields import GpusPerHost, HostPorts, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_unit, all_numbered, join_routers, radix_of, sizes_with_hosts, with_room
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

DRAWS = 200
"""So many graphs are drawn until one is connected."""
EXCHANGES = 10


class RegularGraph(Parameters, frozen=True, kw_only=True):
    """Routers with equally many links, drawn at random."""

    routers: Annotated[int, quantity("", "Routers", low=4, high=20_000)] = 20
    network_ports: Annotated[int, quantity("", "Router links of a router", low=3, high=512)] = 4
    host_ports: HostPorts = 4
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


class Jellyfish(RegularGraph, frozen=True, kw_only=True):
    """A random regular graph. Each router with its hosts is a unit: nothing else repeats."""


G = TypeVar("G", bound=RegularGraph)


def sizes(p: Jellyfish) -> Sizes:
    """Count a random regular graph: n d / 2 links between routers."""
    n, d = p.routers, p.network_ports
    if d >= n:
        raise ParameterError(
            f"a router has at most {n - 1} others to be joined with, not {d}",
            cure=f"The nearest: {n - 1} router links, or {d + 1} routers",
            field="network_ports",
            nearest=(n - 1,),
        )
    if n * d % 2:
        near = (n + 1,) if n - 1 <= d else (n - 1, n + 1)
        raise ParameterError(
            f"{n} routers with {d} router links each have an odd number of ends",
            cure=f"The nearest that pair up: {listed(near)} routers",
            field="routers",
            nearest=near,
        )
    return sizes_with_hosts({1: n}, p.host_ports, p, n * d // 2)


def build(p: Jellyfish, seed: int = 0) -> Graph:
    """Draw a random regular graph; one that is not connected is drawn again."""
    sizes(p)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    units = [
        add_unit(weave, unit, ["router"], p.host_ports, p, p.network_ports)
        for unit in all_numbered("rack", p.routers)
    ]
    pairs = connected(lambda random: regular_pairs(p.routers, p.network_ports, random), p.routers, seed)
    join_routers(weave, units, pairs, p.host_ports, p.link_gbps)
    return weave.graph()


def connected(draw: Callable[[Random], set[tuple[int, int]]], n: int, seed: int) -> set[tuple[int, int]]:
    """Return the first connected graph of n nodes that is drawn.

    Raises
    ------
    ParameterError
        If none of `DRAWS` graphs is connected.
    """
    random = Random(seed)
    for _ in range(DRAWS):
        pairs = draw(random)
        if _is_connected(pairs, n):
            return pairs
    raise ParameterError(
        f"none of {DRAWS} graphs drawn is connected",
        cure="Give the routers more links",
        field="network_ports",
    )


def regular_pairs(n: int, degree: int, random: Random) -> set[tuple[int, int]]:
    """Draw a simple regular graph, all about equally likely; each pair has the smaller node first.

    Notes
    -----
    Free ends are paired at random; pairs that would be a loop or a second link go back [1]_. That alone
    favours graphs with triangles, so links are exchanged at random afterwards, `EXCHANGES` times for each: a
    Markov chain in which all graphs become equally likely. Where more than half of all pairs are wanted those
    that are left out are drawn.

    References
    ----------
    .. [1] A. Steger, N. Wormald, "Generating random regular graphs quickly", Combinatorics, Probability and
       Computing 8(4), 1999.

    Examples
    --------
    >>> len(regular_pairs(20, 5, Random(1)))
    50
    """
    if 2 * degree > n - 1:
        left_out = regular_pairs(n, n - 1 - degree, random)
        return {(a, b) for a in range(n) for b in range(a + 1, n) if (a, b) not in left_out}
    while True:
        pairs = _paired(n, degree, random)
        if pairs is not None:
            return _exchanged(pairs, random)


def _paired(n: int, degree: int, random: Random) -> set[tuple[int, int]] | None:
    """Pair the free ends; None if some are left that cannot be paired."""
    pairs: set[tuple[int, int]] = set()
    ends = [node for node in range(n) for _ in range(degree)]
    while ends:
        random.shuffle(ends)
        left: list[int] = []
        for a, b in zip(ends[::2], ends[1::2], strict=True):
            pair = (a, b) if a < b else (b, a)
            if a == b or pair in pairs:
                left += (a, b)
            else:
                pairs.add(pair)
        free = sorted(set(left))
        if free and all(pair in pairs for pair in combinations(free, 2)):
            return None
        ends = left
    return pairs


def _exchanged(pairs: set[tuple[int, int]], random: Random) -> set[tuple[int, int]]:
    """Take two links a-b and c-d and make them a-d and c-b, where that leaves the graph simple."""
    links, count = sorted(pairs), len(pairs)
    for _ in range(EXCHANGES * count):
        one, other = int(random.random() * count), int(random.random() * count)
        (a, b), (c, d) = links[one], links[other]
        if random.random() < 0.5:
            c, d = d, c
        first, second = (a, d) if a < d else (d, a), (c, b) if c < b else (b, c)
        if a != d and c != b and first not in pairs and second not in pairs:
            pairs -= {links[one], links[other]}
            pairs |= {first, second}
            links[one], links[other] = first, second
    return pairs


def _is_connected(pairs: set[tuple[int, int]], n: int) -> bool:
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in pairs:
        near[a].append(b)
        near[b].append(a)
    seen, fresh = {0}, [0]
    while fresh:
        fresh = [b for b in {b for a in fresh for b in near[a]} if b not in seen]
        seen.update(fresh)
    return len(seen) == n


def full_rate(routers: int, network_ports: int, host_ports: int) -> float:
    """Return the most that every host port can send to all other routers at once, in parts of its rate.

    Links over demand times mean distance (fabrics: all-to-all), with the least mean distance that a graph
    of this degree can have [1]_: an upper bound.

    References
    ----------
    .. [1] V. Cerf et al., "A lower bound on the average shortest path length in regular graphs", Networks
       4(4), 1974.

    Examples
    --------
    Of 20 routers 4 are one hop away, 12 two and 3 three: 37 hops to 19 others.

    >>> round(full_rate(20, 4, 4) * 37 / 19, 12)
    1.0
    """
    left, reach, hop, total = routers - 1, network_ports, 1, 0
    while left > 0:
        total += hop * min(reach, left)
        left, reach, hop = left - reach, reach * (network_ports - 1), hop + 1
    return network_ports * (routers - 1) / (host_ports * total)


def smallest(kind: type[G], need: Need, step: Callable[[int], int]) -> Iterator[G]:
    """Yield the parameters of the smallest graph that can carry the need, if there is one.

    Of all numbers of hosts and of links that a router may have those are taken that give the fewest routers
    while the bound `full_rate` is at least one over the oversubscription; of these the most links, as real
    graphs stay below the bound. A router has at most one link to each other: where there are few, ports stay
    free. `step` gives for so many router links what the number of routers is a multiple of.
    """
    radix = radix_of(need)
    most = radix - 3
    best: tuple[int, int, int] | None = None
    for hosts in range(1, most // need.nics_per_host + 1):
        ports = hosts * need.nics_per_host
        filled = -(-need.hosts // hosts)
        # Each link of a router carries at most its own rate out: fewer are never enough.
        least = max(3, ceil(ports / need.oversubscription - 1e-9))
        for links in range(radix - ports, least - 1, -1):
            whole = step(links)
            n = -(-max(filled, links + 1) // whole) * whole
            if n > 20_000 or (best and (n, -links) >= (best[0], -best[1])):
                continue
            if full_rate(n, links, ports) * need.oversubscription >= 1 - 1e-9:
                best = (n, links, ports)
    if best:
        n, links, ports = best
        yield kind(routers=n, network_ports=links, host_ports=ports, **routed(need))


def proposals(need: Need) -> Iterator[Jellyfish]:
    """Give the random graph of the fewest routers that can carry the hosts."""
    found = smallest(Jellyfish, need, lambda links: 2 if links % 2 else 1)
    return with_room(sizes, found, need)


FAMILY = Family(
    name="jellyfish",
    label="Jellyfish",
    summary="Switches joined at random, each with as many links: short routes, growth by single switches.",
    parameters=Jellyfish,
    build=build,
    sizes=sizes,
    proposals=proposals,
    is_random=True,
)
