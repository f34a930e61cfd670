"""The torus: routers on a grid, each joined with the next along every dimension, round and round.

A router has two links for each dimension, one forward and one back; the last of a line is joined with its
first. There are as many links along a dimension as routers. Across the middle of dimension X an X x Y x Z
torus has 2 Y Z links.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import msgspec

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.hyperx import line_name
from core.fabrics.parameter_fields import GpusPerHost, HostPorts, LinkGbps, NicsPerHost, Shape, routed
from core.fabrics.routers import (
    MOST_DEVICES,
    add_unit,
    all_numbered,
    radix_of,
    shape,
    sizes_with_hosts,
    with_room,
)
from core.fabrics.weave import Weave

if TYPE_CHECKING:
    from core.fabrics.family import Graph

DIMENSIONS = range(1, 7)


class Torus(Parameters, frozen=True, kw_only=True):
    """A torus. Rings along the last dimension are units, equal inside. Along a dimension of two routers both
    directions lead to the same one, by a link each."""

    shape: Shape = "4x4x4"
    host_ports: HostPorts = 1
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def sizes(p: Torus) -> Sizes:
    """Count a torus: as many links along each dimension as there are routers."""
    lengths = shape(p.shape, "shape", DIMENSIONS)
    routers = prod(lengths)
    return sizes_with_hosts({lengths[-1]: routers // lengths[-1]}, p.host_ports, p, routers * len(lengths))


def build(p: Torus, seed: int = 0) -> Graph:
    """Make a torus; after the host ports comes a port forward and one back for each dimension in turn."""
    sizes(p)
    lengths = shape(p.shape, "shape", DIMENSIONS)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    names = all_numbered("router", lengths[-1])
    keys = {
        (*line, place): key
        for line in product(*map(range, lengths[:-1]))
        for place, key in enumerate(
            add_unit(weave, line_name(line, lengths), names, p.host_ports, p, 2 * len(lengths))
        )
    }
    for axis, length in enumerate(lengths):
        forward, back = (p.host_ports + 2 * axis,), (p.host_ports + 2 * axis + 1,)
        for here, key in keys.items():
            other = keys[(*here[:axis], (here[axis] + 1) % length, *here[axis + 1 :])]
            weave.join(key, forward, other, back, p.link_gbps)
    return weave.graph()


def proposals(need: Need) -> Iterator[Torus]:
    """Give the three-dimensional torus nearest to a cube with a router for each host."""
    if radix_of(need) < need.nics_per_host + 6 or need.hosts > MOST_DEVICES:
        return
    low = next(n for n in range(2, 1024) if n * (n + 1) * (n + 1) >= need.hosts)
    shapes = ((low, low, low), (low, low, low + 1), (low, low + 1, low + 1))
    best = next(sides for sides in shapes if prod(sides) >= need.hosts)
    given = Torus(
        shape="x".join(map(str, best)),
        host_ports=need.nics_per_host,
        **routed(need),
    )
    yield from with_room(sizes, (given,), need)


FAMILY = Family(
    name="torus",
    label="Torus",
    summary="A grid of routers closed to rings in one to six dimensions: short cables, few ports, many hops.",
    parameters=Torus,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
