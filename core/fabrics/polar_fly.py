"""PolarFly: the points of a projective plane, joined where they are orthogonal.

For a prime power q there are q^2 + q + 1 routers, the points of PG(2, q). Two are joined if the scalar
product of their points over GF(q) is 0. Each has q + 1 links, but the q + 1 quadrics, which are orthogonal to
themselves, have q. Any two points have exactly one that is orthogonal to both: two hops at most.

Source: K. Lakhotia et al., "PolarFly: A Cost-Effective and Flexible Low-Diameter Topology", SC22.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import numpy as np

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.finite_field import Elements, Field, check_prime_power, field, prime_power
from core.fabrics.parameter_fields import GpusPerHost, HostPortsOrHalf, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_unit, all_numbered, join_routers, radix_of, sizes_with_hosts, with_room
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

LEAST, MOST = 2, 89


class PolarFly(Parameters, frozen=True, kw_only=True):
    """A PolarFly of q^2 + q + 1 routers. The q + 1 quadric routers have one router link less, so one port
    of each stays free. For odd q they are a unit of their own beside q equal clusters; for even q each is
    the middle of a cluster, and one router, the nucleus, is joined with them all."""

    q: Annotated[
        int,
        quantity(
            "", "Prime power q", low=LEAST, high=MOST, help="2, 3, 4, 5, 7, 8, 9 ...: q^2 + q + 1 routers"
        ),
    ] = 5
    host_ports: HostPortsOrHalf = 0
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def host_ports(p: PolarFly) -> int:
    """Return the host ports of a router, also where the parameters leave them to the family."""
    return p.host_ports or -(-(p.q + 1) // 2)


def sizes(p: PolarFly) -> Sizes:
    """Count a PolarFly: q (q + 1)^2 / 2 links between routers."""
    check_prime_power("PolarFly", p.q, LEAST, MOST)
    q = p.q
    units = {q: q, q + 1: 1} if q % 2 else {q: q + 1, 1: 1}
    return sizes_with_hosts(units, host_ports(p), p, q * (q + 1) ** 2 // 2)


def points(numbers: Field) -> Elements:
    """Return the points of the projective plane, the first coordinate that is not 0 being 1.

    Examples
    --------
    >>> points(field(2)).tolist()
    [[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1], [0, 1, 0], [0, 1, 1], [0, 0, 1]]
    """
    q = numbers.size
    first = [(1, y, z) for y in range(q) for z in range(q)]
    return np.array([*first, *((0, 1, z) for z in range(q)), (0, 0, 1)], np.int64)


def neighbours(numbers: Field) -> list[list[int]]:
    """Return for each point those orthogonal to it; among them, of a quadric, is itself."""
    add, multiply = numbers.add, numbers.multiply
    all_points = points(numbers)
    found = []
    for x, y, z in all_points.tolist():
        products = (multiply[scalar, all_points[:, k]] for k, scalar in enumerate((x, y, z)))
        first, second, third = products
        found.append(np.flatnonzero(add[add[first, second], third] == 0).tolist())
    return found


def clusters(near: list[list[int]], is_odd: bool) -> list[list[int]]:
    """Return the points by unit: what the quadrics share first, then the clusters.

    For odd q, in which every cluster is a middle and pairs that are joined, the middles are the neighbours
    of one quadric. For even q the clusters are stars around the quadrics.
    """
    quadrics = [point for point, others in enumerate(near) if point in others]
    is_shared = set(quadrics)
    if is_odd:
        middles = [point for point in near[quadrics[0]] if point != quadrics[0]]
        shared = quadrics
    else:
        # All quadrics lie on one line; the nucleus is the point that is orthogonal to that line.
        nucleus = set(near[quadrics[0]]).intersection(near[quadrics[1]]).pop()
        middles, shared = quadrics, [nucleus]
        is_shared.add(nucleus)
    reach = [set(others) for others in near]
    units = [shared]
    for middle in middles:
        rest = [point for point in near[middle] if point not in is_shared]
        unit = [middle]
        while rest:
            point = rest.pop(0)
            partners = [other for other in rest if other in reach[point]]
            unit += [point, *partners]
            rest = [other for other in rest if other not in partners]
        units.append(unit)
    return units


def build(p: PolarFly, seed: int = 0) -> Graph:
    """Make a PolarFly: routers are joined if the scalar product of their points is 0."""
    sizes(p)
    near = neighbours(field(p.q))
    grouped = clusters(near, p.q % 2 == 1)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    titles = ["quadrics" if p.q % 2 else "nucleus", *all_numbered("cluster", len(grouped) - 1)]
    units = [
        add_unit(weave, title, all_numbered("router", len(unit)), host_ports(p), p, p.q + 1)
        for title, unit in zip(titles, grouped, strict=True)
    ]
    place = {point: k for k, point in enumerate(point for unit in grouped for point in unit)}
    pairs = [
        (min(place[point], place[other]), max(place[point], place[other]))
        for point, others in enumerate(near)
        for other in others
        if point < other
    ]
    join_routers(weave, units, pairs, host_ports(p), p.link_gbps)
    return weave.graph()


def proposals(need: Need) -> Iterator[PolarFly]:
    """Give the smallest PolarFly with room for the hosts."""
    found = (PolarFly(q=q, **routed(need)) for q in filter(prime_power, range(LEAST, MOST + 1)))
    ports = radix_of(need)
    return with_room(sizes, (p for p in found if p.q + 1 + host_ports(p) <= ports), need)


FAMILY = Family(
    name="polar-fly",
    label="PolarFly",
    summary="Any two routers at most two hops apart; for the same ports more routers than Slim Fly.",
    parameters=PolarFly,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
