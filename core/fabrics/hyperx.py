"""HyperX: routers on a grid, all those of a line joined with each other.

HyperX (L, S, K, T): L dimensions of S routers, K parallel links between any two routers that differ in one
coordinate only, T host ports on each. A router has sum(K (S - 1)) links to others. S and K may differ by
dimension.

Source: J. H. Ahn et al., "HyperX: Topology, Routing, and Packaging of Efficient Large-Scale Networks", SC09.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, ParameterError, Parameters, Sizes
from core.fabrics.parameter_fields import GpusPerHost, HostPorts, LinkGbps, NicsPerHost, Shape, routed
from core.fabrics.routers import add_unit, all_numbered, radix_of, shape, sizes_with_hosts, with_room
from core.fabrics.weave import Weave
from core.model.fields import described

if TYPE_CHECKING:
    from core.fabrics.family import Graph

DIMENSIONS = range(1, 6)


class HyperX(Parameters, frozen=True, kw_only=True):
    """A HyperX (L, S, K, T). Lines along the last dimension are units, equal inside."""

    shape: Shape = "4x4"
    links: Annotated[
        str,
        described(
            "Links of a pair (K)", help="Along each dimension, such as 2x1, or one for all", max_length=64
        ),
    ] = "1"
    host_ports: HostPorts = 4
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def sides(p: HyperX) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return routers along each dimension and links of a pair.

    Raises
    ------
    ParameterError
        If one of them is not so many numbers.
    """
    lengths = shape(p.shape, "shape", DIMENSIONS, high=256)
    links = shape(p.links, "links", DIMENSIONS, low=1, high=64)
    if len(links) == 1:
        return lengths, links * len(lengths)
    if len(links) != len(lengths):
        nearest = "x".join(map(str, (*links, *[1] * len(lengths))[: len(lengths)]))
        raise ParameterError(
            f"links are given for {len(links)} dimensions and there are {len(lengths)}",
            cure=f"The nearest: {nearest}",
            field="links",
            nearest=(nearest,),
        )
    return lengths, links


def sizes(p: HyperX) -> Sizes:
    """Count a HyperX: prod(S) routers with sum(K (S - 1)) links each."""
    lengths, links = sides(p)
    routers = prod(lengths)
    degree = sum(k * (s - 1) for k, s in zip(links, lengths, strict=True))
    return sizes_with_hosts({lengths[-1]: routers // lengths[-1]}, p.host_ports, p, routers * degree // 2)


def build(p: HyperX, seed: int = 0) -> Graph:
    """Make a HyperX; after the host ports come those along the last dimension, then the others before it."""
    sizes(p)
    lengths, links = sides(p)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    degree = sum(k * (s - 1) for k, s in zip(links, lengths, strict=True))
    lines = list(product(*map(range, lengths[:-1])))
    names = all_numbered("router", lengths[-1])
    titles = [line_name(line, lengths) for line in lines]
    keys = {
        (*line, place): key
        for line, title in zip(lines, titles, strict=True)
        for place, key in enumerate(add_unit(weave, title, names, p.host_ports, p, degree))
    }
    first = p.host_ports
    for axis in reversed(range(len(lengths))):
        count = links[axis]
        for here, key in keys.items():
            for far in range(here[axis] + 1, lengths[axis]):
                own = first + (far - 1) * count
                its = first + here[axis] * count
                other = keys[(*here[:axis], far, *here[axis + 1 :])]
                weave.join(key, range(own, own + count), other, range(its, its + count), p.link_gbps)
        first += count * (lengths[axis] - 1)
    return weave.graph()


def line_name(line: Sequence[int], lengths: Sequence[int]) -> str:
    """Return the name of a line of routers along the last dimension.

    Examples
    --------
    >>> line_name((0, 11), (4, 16, 16))
    'row-1-12'
    """
    numbers = [f"{at + 1:0{len(str(length))}}" for at, length in zip(line, lengths, strict=False)]
    return "-".join(["row", *(numbers or ["1"])])


def proposals(need: Need) -> Iterator[HyperX]:
    """Give the regular HyperX of the fewest routers with room for the hosts.

    All dimensions are equally long and the narrowest cut through the middle, K S / 2 T of what all hosts of
    one half send, carries at least one over the oversubscription.
    """
    radix, best = radix_of(need), None
    for length in range(2, min(radix, 256) + 1):
        for dimensions in range(1, 4):
            for count in range(1, min(radix // (dimensions * (length - 1)), 64) + 1):
                room = radix - dimensions * count * (length - 1)
                seats = min(room, int(count * length * need.oversubscription / 2 + 1e-9))
                hosts = seats // need.nics_per_host * length**dimensions
                smaller = best is None or length**dimensions < best[0]
                if hosts and hosts >= need.hosts and smaller:
                    best = length**dimensions, length, dimensions, count, seats
    if best:
        _, length, dimensions, count, seats = best
        given = HyperX(
            shape="x".join([str(length)] * dimensions),
            links=str(count),
            host_ports=seats // need.nics_per_host * need.nics_per_host,
            **routed(need),
        )
        yield from with_room(sizes, (given,), need)


FAMILY = Family(
    name="hyperx",
    label="HyperX",
    summary="Routers on a grid, all those of a line joined: a hop for each dimension (flattened butterfly).",
    parameters=HyperX,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
