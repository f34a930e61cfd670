"""Dragonfly: groups of routers, all joined inside and each with every other group by as many links.

A group is a clique of a routers, each with p host ports and h global ports. Global ports are counted through
the routers of a group; in the palm tree port k leads k + 1 groups back. At most a h + 1 groups find one link
for each pair; fewer must divide the ports evenly, and have parallel links. Balanced: a = 2 p = 2 h.

Source: J. Kim et al., "Technology-Driven, Highly-Scalable Dragonfly Topology", ISCA 2008; the paper leaves
the order of the global links open.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, ParameterError, Parameters, Sizes
from core.fabrics.faults import listed, nearest_to
from core.fabrics.parameter_fields import GpusPerHost, HostPorts, LinkGbps, NicsPerHost, routed
from core.fabrics.routers import add_unit, all_numbered, radix_of, sizes_with_hosts, with_room
from core.fabrics.weave import Weave
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

GlobalPorts = Annotated[
    int, quantity("", "Global ports of a router", low=1, high=256, help="To other groups")
]
Groups = Annotated[int, quantity("", "Groups", low=2, high=20_000)]


class Dragonfly(Parameters, frozen=True, kw_only=True):
    """A dragonfly. Groups are units, equal inside; any two are joined by equally many links."""

    routers_per_group: Annotated[int, quantity("", "Routers of a group (a)", low=1, high=256)] = 4
    host_ports: HostPorts = 2
    global_ports: GlobalPorts = 2
    groups: Groups = 9
    nics_per_host: NicsPerHost = 1
    gpus_per_host: GpusPerHost = 1
    link_gbps: LinkGbps = 400.0


def sizes(p: Dragonfly) -> Sizes:
    """Count a dragonfly: a (a - 1) / 2 links in a group, a h / 2 for each group between them."""
    a = p.routers_per_group
    global_links = global_link_count(a * p.global_ports, p.groups)
    return sizes_with_hosts({a: p.groups}, p.host_ports, p, p.groups * a * (a - 1) // 2 + global_links)


def global_link_count(ports: int, groups: int) -> int:
    """Return the links between groups with so many global ports each, all of them used.

    Raises
    ------
    ParameterError
        If the ports cannot be dealt out to the other groups equally.
    """
    if ports % (groups - 1):
        near = nearest_to(groups, feasible_groups(ports))
        raise ParameterError(
            f"the {ports} global ports of a group cannot be dealt out equally to {groups - 1} others",
            cure=f"The nearest that can: {listed(near)} groups",
            field="groups",
            nearest=near,
        )
    return groups * ports // 2


def feasible_groups(ports: int) -> list[int]:
    """Return the numbers of groups for which all global ports of a group are used.

    Examples
    --------
    >>> feasible_groups(8)
    [2, 3, 5, 9]
    """
    low = [others for others in range(1, isqrt(ports) + 1) if ports % others == 0]
    return sorted({others + 1 for part in low for others in (part, ports // part)})


def global_links(ports: int, groups: int) -> Iterator[tuple[int, int, int, int]]:
    """Give group, global port, other group and its global port for each link between groups.

    Ports are counted through the routers of a group. In the palm tree port k leads k + 1 groups back, and
    what comes from there goes as many forward. With fewer groups than ports allow this repeats, so that
    parallel links fall on ports, and so on routers, that are far apart.

    Examples
    --------
    >>> list(global_links(2, 3))
    [(0, 0, 2, 1), (0, 1, 1, 0), (1, 1, 2, 0)]
    """
    for group in range(groups):
        for port in range(ports):
            layer, back = divmod(port, groups - 1)
            other = (group - back - 1) % groups
            if group < other:
                yield group, port, other, layer * (groups - 1) + groups - 2 - back


def build(p: Dragonfly, seed: int = 0) -> Graph:
    """Make a dragonfly; after the host ports come the ports to the other routers, then the global ones."""
    sizes(p)
    a, h = p.routers_per_group, p.global_ports
    weave = Weave(FAMILY.name, msgspec.structs.asdict(p), seed)
    names = all_numbered("router", a)
    units = [
        add_unit(weave, unit, names, p.host_ports, p, a - 1 + h) for unit in all_numbered("group", p.groups)
    ]
    for routers in units:
        for one in range(a):
            for other in range(one + 1, a):
                slots = (p.host_ports + other - 1,), (p.host_ports + one,)
                weave.join(routers[one], slots[0], routers[other], slots[1], p.link_gbps)
    join_groups(weave, units, h, p.host_ports + a - 1, p.groups, p.link_gbps)
    return weave.graph()


def join_groups(
    weave: Weave, units: list[list[str]], ports_each: int, first: int, groups: int, gbps: float
) -> None:
    """Join groups by `global_links`; each router has so many global ports, from slot `first` on."""
    trunks: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
    for group, port, other, far in global_links(len(units[0]) * ports_each, groups):
        (a, a_port), (b, b_port) = divmod(port, ports_each), divmod(far, ports_each)
        a_slots, b_slots = trunks.setdefault((units[group][a], units[other][b]), ([], []))
        a_slots.append(first + a_port)
        b_slots.append(first + b_port)
    for (one, two), (a_slots, b_slots) in trunks.items():
        weave.join(one, a_slots, two, b_slots, gbps)


def proposals(need: Need) -> Iterator[Dragonfly]:
    """Give the balanced dragonfly (a = 2 p = 2 h) of the fewest routers with room for the hosts."""
    found = [
        Dragonfly(routers_per_group=2 * h, host_ports=h, global_ports=h, groups=groups, **routed(need))
        for h in range(1, min((radix_of(need) + 1) // 4, 128) + 1)
        for groups in feasible_groups(2 * h * h)
    ]
    found.sort(key=lambda given: given.routers_per_group * given.groups)
    return with_room(sizes, found, need)


FAMILY = Family(
    name="dragonfly",
    label="Dragonfly",
    summary="Groups of routers, each joined with every other one: at most one long cable on a short route.",
    parameters=Dragonfly,
    build=build,
    sizes=sizes,
    proposals=proposals,
)
