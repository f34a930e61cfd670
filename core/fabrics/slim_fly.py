"""Slim Fly: routers at most two hops apart, near the largest such graph.

For a prime power q = 4 w + d (d is -1, 0 or 1) there are 2 q^2 routers (0, x, y) and (1, m, c) with
(3 q - d) / 2 links each. Those of different halves are joined if y = m x + c, those of one half if they share
x (or m) and the difference of y (or c) is in a set of generators, X or X'; sums and products in GF(q).

Source: M. Besta, T. Hoefler, "Slim Fly: A Cost Effective Low-Diameter Network Topology", SC14.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import numpy as np

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.finite_field import Field, check_prime_power, field, prime_power
from core.fabrics.parameter_fields import GpusPerHost, HostPortsOrHalf, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_unit, all_numbered, join_routers, radix_of, sizes_with_hosts, with_room
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

LEAST, MOST = 3, 64


class SlimFly(Parameters, frozen=True, kw_only=True):
    """A Slim Fly of 2 q^2 routers. Its q groups of 2 q routers are equal inside; two groups are joined by
    2 q links."""

    q: Annotated[
        int,
        quantity("", "Prime power q", low=LEAST, high=MOST, help="3, 4, 5, 7, 8, 9, 11 ...: 2 q^2 routers"),
    ] = 5
    host_ports: HostPortsOrHalf = 0
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def router_links(q: int) -> int:
    """Return the links from a router to others, (3 q - delta) / 2 for q = 4 w + delta.

    Examples
    --------
    >>> [router_links(q) for q in (5, 7, 8, 19)]
    [7, 11, 12, 29]
    """
    return (3 * q - {0: 0, 1: 1, 3: -1}[q % 4]) // 2


def host_ports(p: SlimFly) -> int:
    """Return the host ports of a router, also where the parameters leave them to the family."""
    return p.host_ports or -(-router_links(p.q) // 2)


def sizes(p: SlimFly) -> Sizes:
    """Count a Slim Fly of 2 q^2 routers."""
    check_prime_power("Slim Fly", p.q, LEAST, MOST)
    q = p.q
    return sizes_with_hosts({2 * q: q}, host_ports(p), p, q * q * router_links(q))


def generators(numbers: Field) -> tuple[list[int], list[int]]:
    """Return the differences X and X' at which routers of the first and of the second half are joined.

    Examples
    --------
    >>> [sorted(half) for half in generators(field(5))]
    [[1, 4], [2, 3]]
    """
    q = numbers.size
    if q % 4 == 3:
        even, odd = (numbers.powers(range(start, (q + 1) // 2, 2)) for start in (0, 1))
        return [*even, *numbers.negative[even].tolist()], [*odd, *numbers.negative[odd].tolist()]
    return numbers.powers(range(0, q - 1, 2)), numbers.powers(range(1, q - q % 2, 2))


def build(p: SlimFly, seed: int = 0) -> Graph:
    """Make a Slim Fly.

    Notes
    -----
    Routers (0, x, y) and (1, m, c) are joined if y = m x + c; (0, x, y) and (0, x, y') if y - y' is in X;
    (1, m, c) and (1, m, c') if c - c' is in X'. Group g holds the routers with x = g and m = g. The second
    half is named by c + m^2 instead of c, which makes all groups equal: inside, y meets y.
    """
    sizes(p)
    q, numbers = p.q, field(p.q)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    names = [*all_numbered("a", q), *all_numbered("b", q)]
    units = [
        add_unit(weave, unit, names, host_ports(p), p, router_links(q)) for unit in all_numbered("group", q)
    ]
    pairs: list[tuple[int, int]] = []
    for half, differences in enumerate(generators(numbers)):
        is_joined = np.zeros(q, bool)
        is_joined[differences] = True
        near = is_joined[numbers.add[:, numbers.negative]]
        for a, b in np.argwhere(np.triu(near, 1)).tolist():
            pairs += [(start + a, start + b) for start in range(half * q, 2 * q * q, 2 * q)]
    y = np.arange(q)
    for x in range(q):
        for m in range(q):
            shift = numbers.multiply[m, numbers.add[m, numbers.negative[x]]]
            met = numbers.add[y, shift]  # c + m^2 = y - m x + m^2
            pairs += zip((2 * q * x + y).tolist(), (2 * q * m + q + met).tolist(), strict=True)
    join_routers(weave, units, pairs, host_ports(p), p.link_gbps)
    return weave.graph()


def proposals(need: Need) -> Iterator[SlimFly]:
    """Give the smallest Slim Fly with room for the hosts."""
    found = (SlimFly(q=q, **routed(need)) for q in filter(prime_power, range(LEAST, MOST + 1)))
    ports = radix_of(need)
    return with_room(sizes, (p for p in found if router_links(p.q) + host_ports(p) <= ports), need)


FAMILY = Family(
    name="slim-fly",
    label="Slim Fly",
    summary="Any two routers at most two hops apart, nearly as many routers as their ports allow.",
    parameters=SlimFly,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
