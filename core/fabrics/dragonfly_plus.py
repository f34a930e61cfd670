"""Dragonfly+: groups of leafs and spines, joined by their spines.

In a group every leaf is joined with every spine. Hosts are on leafs only, global ports on spines only; these
are joined by the palm tree of `dragonfly`, with spines as its routers. Balanced: half of the ports of every
switch down, as many leafs as spines.

Source: A. Shpiner et al., "Dragonfly+: Low Cost Topology for Scaling Datacenters", HiPINEB 2017.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.dragonfly import Groups, feasible_groups, global_link_count, join_groups
from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.parameter_fields import MOST_PORTS, GpusPerHost, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_hosts, all_numbered, radix_of, sizes_with_hosts, with_room, within
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class DragonflyPlus(Parameters, frozen=True, kw_only=True):
    """A dragonfly+. Groups are units, equal inside; any two are joined by equally many links of spines."""

    leafs_per_group: Annotated[int, quantity("", "Leafs of a group", low=1, high=256)] = 4
    spines_per_group: Annotated[int, quantity("", "Spines of a group", low=1, high=256)] = 4
    host_ports: Annotated[int, quantity("", "Host ports of a leaf", low=1, high=MOST_PORTS)] = 4
    global_ports: Annotated[
        int, quantity("", "Global ports of a spine", low=1, high=256, help="To other groups")
    ] = 4
    groups: Groups = 17
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def sizes(p: DragonflyPlus) -> Sizes:
    """Count a dragonfly+: leafs times spines links in a group, half the global ports between groups."""
    leafs, spines, groups = p.leafs_per_group, p.spines_per_group, p.groups
    global_links = global_link_count(spines * p.global_ports, groups)
    hosted = sizes_with_hosts({leafs: groups}, p.host_ports, p, 0, "leaf")
    return within(
        Sizes(
            {**hosted.devices, "spine": spines * groups},
            {**hosted.links, ("leaf", "spine"): leafs * spines * groups, ("spine", "spine"): global_links},
            hosted.gpus,
        )
    )


def build(p: DragonflyPlus, seed: int = 0) -> Graph:
    """Make a dragonfly+: the palm tree of `dragonfly` with spines as its routers."""
    sizes(p)
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    leafs, spines, gbps = p.leafs_per_group, p.spines_per_group, p.link_gbps
    units = []
    for unit in all_numbered("group", p.groups):
        low = [
            weave.add(unit, name, "leaf", 1, slots=p.host_ports + spines, slot_gbps=gbps)
            for name in all_numbered("leaf", leafs)
        ]
        high = [
            weave.add(unit, name, "spine", 2, slots=leafs + p.global_ports, slot_gbps=gbps)
            for name in all_numbered("spine", spines)
        ]
        add_hosts(weave, unit, low, p.host_ports, p)
        for number, leaf in enumerate(low):
            for other, spine in enumerate(high):
                weave.join(leaf, (p.host_ports + other,), spine, (number,), gbps)
        units.append(high)
    join_groups(weave, units, p.global_ports, leafs, p.groups, gbps)
    return weave.graph()


def proposals(need: Need) -> Iterator[DragonflyPlus]:
    """Give the balanced dragonfly+ (half the ports of every switch down) of the fewest switches."""
    found = [
        DragonflyPlus(
            leafs_per_group=half,
            spines_per_group=half,
            host_ports=half,
            global_ports=half,
            groups=groups,
            **routed(need),
        )
        for half in range(1, min(radix_of(need) // 2, 256) + 1)
        for groups in feasible_groups(half * half)
    ]
    found.sort(key=lambda given: given.leafs_per_group * given.groups)
    return with_room(sizes, found, need)


FAMILY = Family(
    name="dragonfly-plus",
    label="Dragonfly+",
    summary="Groups of leafs and spines, any two groups joined by their spines: a dragonfly of more hosts.",
    parameters=DragonflyPlus,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
