"""The k-ary fat tree: three tiers of switches with k ports, full bandwidth between all hosts.

There are k pods of k/2 edge and k/2 aggregation switches, each edge switch joined with each aggregation
switch of its pod. Core switch (i, j), i and j below k/2, is joined with aggregation switch i of every pod.
The k^3/4 host ports, k^2/4 to a pod, are on the edge switches.

Source: M. Al-Fares et al., "A Scalable, Commodity Data Center Network Architecture", SIGCOMM 2008.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, ParameterError, Parameters, Sizes
from core.fabrics.parameter_fields import GpusPerHost, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_hosts, all_numbered, host_count, radix_of, with_room, within
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

MOST = 96


class FatTree(Parameters, frozen=True, kw_only=True):
    """A k-ary fat tree. Pods are units; the core is shared."""

    switch_ports: Annotated[
        int, quantity("", "Ports of a switch (k)", low=2, high=MOST, help="An even number")
    ] = 16
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def sizes(p: FatTree) -> Sizes:
    """Count a fat tree: k^3/4 seats for host ports, k^2/2 edge and aggregation switches each, k^2/4 cores."""
    k, half = p.switch_ports, p.switch_ports // 2
    if k % 2:
        near = (k - 1, k + 1) if k < MOST else (k - 1,)
        raise ParameterError(
            f"switches of {k} ports cannot have as many up as down",
            cure=f"The nearest that can: {' or '.join(map(str, near))}",
            field="switch_ports",
            nearest=near,
        )
    hosts = k * host_count(half, half, p.nics_per_host)
    if not hosts:
        least = next(n for n in range(2, 2 * MOST, 2) if n * n // 4 >= p.nics_per_host)
        raise ParameterError(
            f"a pod has {half * half} host ports and a host takes {p.nics_per_host}",
            cure=f"The smallest switch that will do has {least} ports",
            field="switch_ports",
            nearest=(least,),
        )
    return within(
        Sizes(
            {"host": hosts, "edge": k * half, "aggregation": k * half, "core": half * half},
            {
                ("host", "edge"): hosts * p.nics_per_host,
                ("edge", "aggregation"): k * half * half,
                ("aggregation", "core"): k * half * half,
            },
            hosts * p.gpus_per_host,
        )
    )


def build(p: FatTree, seed: int = 0) -> Graph:
    """Make a fat tree: core switch i k/2 + j is joined with aggregation switch i of every pod."""
    sizes(p)
    half, gbps = p.switch_ports // 2, p.link_gbps
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)

    def switch(unit: str, name: str, role: str, tier: int) -> str:
        return weave.add(unit, name, role, tier, slots=p.switch_ports, slot_gbps=gbps)

    cores = [switch("", name, "core", 3) for name in all_numbered("core", half * half)]
    for number, pod in enumerate(all_numbered("pod", p.switch_ports)):
        edges = [switch(pod, name, "edge", 1) for name in all_numbered("edge", half)]
        tops = [switch(pod, name, "aggregation", 2) for name in all_numbered("aggregation", half)]
        add_hosts(weave, pod, edges, half, p)
        for e, edge in enumerate(edges):
            for t, top in enumerate(tops):
                weave.join(edge, (half + t,), top, (e,), gbps)
        for t, top in enumerate(tops):
            for j in range(half):
                weave.join(top, (half + j,), cores[t * half + j], (number,), gbps)
    return weave.graph()


def proposals(need: Need) -> Iterator[FatTree]:
    """Give the smallest fat tree with room for the hosts."""
    ports = range(2, min(radix_of(need), MOST) + 1, 2)
    return with_room(sizes, (FatTree(switch_ports=k, **routed(need)) for k in ports), need)


FAMILY = Family(
    name="fat-tree",
    label="k-ary fat tree",
    summary="Three tiers of equal switches with k ports: full bandwidth between all k^3/4 host ports.",
    parameters=FatTree,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
