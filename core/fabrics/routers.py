"""Routers with hosts: what networks share in which hosts hang on every router (or every leaf).

A host with several network ports takes one seat on each of as many routers that follow each other in its
unit, so that a lost router costs it one port; in a unit with fewer routers the ports go round, in a unit of
one router all are on it. Seats that no whole host fills stay free.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Protocol, TypeAlias, TypeVar

from core.fabrics.family import Need, ParameterError, Parameters, Sizes
from core.fabrics.parameter_fields import MOST_PORTS
from core.fabrics.weave import Weave

MOST_DEVICES, MOST_LINKS = 300_000, 1_000_000
"""Larger networks are refused before they fill the memory."""
Seats: TypeAlias = tuple[tuple[tuple[int, int], ...], ...]
"""For each host of a unit and each of its ports: router (in the unit) and port of the router."""

P = TypeVar("P", bound=Parameters)


class Hosting(Protocol):
    """Parameters that say what the hosts are."""

    @property
    def nics_per_host(self) -> int: ...
    @property
    def gpus_per_host(self) -> int: ...
    @property
    def link_gbps(self) -> float: ...


@cache
def seats(routers: int, ports: int, nics: int) -> Seats:
    """Return where the hosts of a unit are plugged in.

    Examples
    --------
    >>> seats(2, 2, 2)
    (((0, 0), (1, 0)), ((0, 1), (1, 1)))
    >>> seats(1, 4, 2)
    (((0, 0), (0, 1)), ((0, 2), (0, 3)))
    """
    hosts = []
    for start in range(0, routers, nics):
        width = min(nics, routers - start)
        for first in range(0, width * ports - nics + 1, nics):
            hosts.append(tuple((start + e % width, e // width) for e in range(first, first + nics)))
    return tuple(hosts)


def host_count(routers: int, ports: int, nics: int) -> int:
    """Return the number of `seats`.

    Examples
    --------
    >>> host_count(10, 3, 8), len(seats(10, 3, 8))
    (3, 3)
    """
    return routers // nics * ports + routers % nics * ports // nics


def all_numbered(stem: str, count: int) -> list[str]:
    """Return names from 1, all equally long.

    Examples
    --------
    >>> all_numbered("router", 10)[:2]
    ['router-01', 'router-02']
    """
    width = max(len(str(count)), 2)
    return [f"{stem}-{n:0{width}}" for n in range(1, count + 1)]


def add_hosts(weave: Weave, unit: str, routers: Sequence[str], ports: int, hosting: Hosting) -> None:
    """Hang hosts on the first `ports` slots of the routers of a unit."""
    nics, gbps = hosting.nics_per_host, hosting.link_gbps
    taken = seats(len(routers), ports, nics)
    for name, places in zip(all_numbered("host", len(taken)), taken, strict=True):
        host = weave.add(unit, name, "host", 0, slots=nics, slot_gbps=gbps, gpus=hosting.gpus_per_host)
        order = sorted(range(nics), key=lambda nic: places[nic])
        for router, group in groupby(order, key=lambda nic: places[nic][0]):
            own = tuple(group)
            weave.join(host, own, routers[router], [places[nic][1] for nic in own], gbps)


def add_unit(
    weave: Weave, unit: str, names: Sequence[str], ports: int, hosting: Hosting, network_ports: int
) -> list[str]:
    """Add the routers of a unit and their hosts; return the keys of the routers."""
    keys = [
        weave.add(unit, name, "router", 1, slots=ports + network_ports, slot_gbps=hosting.link_gbps)
        for name in names
    ]
    add_hosts(weave, unit, keys, ports, hosting)
    return keys


def join_routers(
    weave: Weave, units: Sequence[Sequence[str]], pairs: Iterable[tuple[int, int]], first: int, gbps: float
) -> None:
    """Join routers by single links, from slot `first` on.

    Each router gives its slots to routers of its own unit first, then to others, each in their order: units
    that are equal inside get equal ports inside.

    Parameters
    ----------
    units : sequence of sequences of str
        Keys of the routers, unit by unit; `pairs` counts them through.
    """
    keys = [key for unit in units for key in unit]
    unit_of = [number for number, unit in enumerate(units) for _ in unit]
    pairs = list(pairs)
    peers: list[list[int]] = [[] for _ in keys]
    for a, b in pairs:
        peers[a].append(b)
        peers[b].append(a)
    slot: list[dict[int, int]] = []
    for router, others in enumerate(peers):
        others.sort(key=lambda peer: (unit_of[peer] != unit_of[router], peer))
        slot.append({peer: first + k for k, peer in enumerate(others)})
    for a, b in sorted(pairs):
        weave.join(keys[a], (slot[a][b],), keys[b], (slot[b][a],), gbps)


def sizes_with_hosts(
    units: Mapping[int, int], ports: int, hosting: Hosting, router_links: int, role: str = "router"
) -> Sizes:
    """Count routers, their hosts and links; `units`: how many units there are of so many routers.

    Raises
    ------
    ParameterError
        If no host fits, or the network is larger than is made.
    """
    nics = hosting.nics_per_host
    hosts = sum(count * host_count(routers, ports, nics) for routers, count in units.items())
    if not hosts:
        routers = max(units)
        least = -(-nics // routers)
        raise ParameterError(
            f"a unit has {routers * ports} host ports and a host takes {nics}",
            cure=f"The nearest that has: {least} host ports, or hosts of {routers * ports} ports",
            field="host_ports",
            nearest=(least,),
        )
    return within(
        Sizes.of(
            {role: sum(routers * count for routers, count in units.items()), "host": hosts},
            {("host", role): hosts * nics, (role, role): router_links},
            hosts * hosting.gpus_per_host,
        )
    )


def within(sizes: Sizes) -> Sizes:
    """Return sizes that are small enough to be made.

    Raises
    ------
    ParameterError
        If there are too many devices or links.
    """
    devices, links = sum(sizes.devices.values()), sum(sizes.links.values())
    if devices > MOST_DEVICES or links > MOST_LINKS:
        raise ParameterError(
            f"{devices:,} devices and {links:,} links are more than are made at once",
            cure=f"Keep to {MOST_DEVICES:,} devices and {MOST_LINKS:,} links",
        )
    return sizes


def with_room(sizes: Callable[[P], Sizes], candidates: Iterable[P], need: Need) -> Iterator[P]:
    """Yield the first of some parameters whose network has place for the hosts, if one has."""
    for parameters in candidates:
        try:
            room = sizes(parameters).devices["host"]
        except ParameterError:
            continue
        if room >= need.hosts:
            yield parameters
            return


def shape(text: str, field: str, dimensions: range, low: int = 2, high: int = 1024) -> tuple[int, ...]:
    """Read a shape such as 4x4x2.

    Raises
    ------
    ParameterError
        If it is not as many whole numbers in their range.
    """
    plain = text.replace(" ", "")
    numbers = [int(part) for part in re.findall(r"[0-9]{1,9}", plain, re.ASCII)]
    is_shape = re.fullmatch(r"[0-9]{1,9}([x×,][0-9]{1,9})*", plain, re.ASCII)
    if is_shape and len(numbers) in dimensions and all(low <= number <= high for number in numbers):
        return tuple(numbers)
    close = [min(max(number, low), high) for number in numbers or [4]][: dimensions[-1]]
    close += [close[-1]] * (dimensions[0] - len(close))
    nearest = "x".join(map(str, close))
    count = f"{dimensions[0]}" if len(dimensions) == 1 else f"{dimensions[0]} to {dimensions[-1]}"
    raise ParameterError(
        f"'{text}' is not {count} whole numbers of {low} to {high} joined by x",
        cure=f"The nearest that is: {nearest}",
        field=field,
        nearest=(nearest,),
    )


def radix_of(need: Need) -> int:
    """Return how many links at the rate of a network port a switch has; 0 if its ports are slower."""
    return min(need.switch_ports * int(need.port_gbps / need.nic_gbps + 1e-9), MOST_PORTS)
