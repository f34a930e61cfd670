"""How many devices and links a Clos network takes, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil
from typing import TypeVar

import msgspec

from core.fabrics.clos_nearest import check_planes, check_size, no_leaf, no_tree, too_many_managers
from core.fabrics.clos_parameters import ClosParameters, Tiers
from core.fabrics.clos_tree import (
    Leaf,
    Upper,
    hosts_on_last_leaf,
    leaf_of,
    link_rates,
    places_for_managers,
    tree,
)
from core.fabrics.family import Need, ParameterError, Sizes
from core.fabrics.parameter_fields import switched

C = TypeVar("C", bound=ClosParameters)


@dataclass(frozen=True)
class Shape:
    """All numbers of a Clos network."""

    hosts: int
    """Installed, after managers have taken their places."""
    blocks: int
    """Leafs of a column in a unit, divided by the leafs a host is joined to."""
    host_links: int
    """Of one host with one leaf."""
    leaf: Leaf
    upper: Upper


def sizes(parameters: ClosParameters) -> Sizes:
    """Count the devices and links of a Clos network without making it.

    Raises
    ------
    ParameterError
        If there is no such network.
    """
    p, shape = parameters, shape_of(parameters)
    upper = shape.upper
    leafs = p.planes * p.columns * p.units * shape.blocks * p.ways
    spine_sets = p.planes * (upper.groups * p.columns if upper.groups else 1)
    devices = {
        "host": shape.hosts,
        "leaf": leafs,
        "spine": spine_sets * upper.spines,
        "core": p.planes * upper.spines * upper.cores,
        "manager": ceil(p.manager_ports / p.ports_per_manager),
    }
    links = {
        ("host", "leaf"): shape.hosts * p.nics_per_plane * p.planes,
        ("leaf", "spine"): leafs * shape.leaf.up,
        ("spine", "core"): spine_sets * upper.spines * upper.spine_up,
        ("manager", "leaf"): p.manager_ports,
    }
    return Sizes.of(devices, links, shape.hosts * p.gpus_per_host)


@lru_cache(maxsize=256)
def shape_of(parameters: ClosParameters) -> Shape:
    """Return the numbers of the network with these parameters.

    Raises
    ------
    ParameterError
        If there is none, with the parameter to change and the nearest values that help.
    """
    p = parameters
    check_size(p)
    check_planes(p)
    leafs = [leaf for rate in link_rates(p) if (leaf := leaf_of(p, rate)) is not None]
    if not leafs:
        raise no_leaf(p)
    found = tree(p)
    if found is None:
        raise no_tree(p)
    leaf, upper = found
    blocks = ceil(p.hosts_per_unit / leaf.hosts)
    hosts = p.hosts - places_for_managers(p, leaf)
    if hosts < max(1, p.hosts - hosts_on_last_leaf(p, leaf)):
        raise too_many_managers(p, leaf)
    return Shape(hosts, blocks, p.nics_per_plane // (p.columns * p.ways), leaf, upper)


TWIN_PORT_GBPS = 800.0
"""From this rate on NICs can be split into two ports, as the Ethernet fabric of DGX B300 does."""


def proposals(kind: type[C], need: Need) -> Iterator[C]:
    """Yield the parameters that meet a need: oversubscription 1, 2, 3 ... as far as it is accepted, with two
    tiers where they suffice and with three, and in two planes where NICs have two ports."""
    # A NIC that is faster than a port has one port in each of several planes.
    planes = max(ceil(need.nic_gbps / need.port_gbps), 1)
    twin = (2,) if planes == 1 and need.nic_gbps >= TWIN_PORT_GBPS else ()
    tiers_to_try: tuple[Tiers, ...] = (2, 3)
    ratios = range(1, max(int(need.oversubscription), 1) + 1)
    for oversubscription, tiers, count in product(ratios, tiers_to_try, (planes, *twin)):
        parameters = kind(
            **switched(need),
            hosts_per_unit=need.hosts_per_unit,
            leaf_ports=need.switch_ports,
            spine_ports=need.switch_ports,
            core_ports=need.switch_ports,
            oversubscription=float(oversubscription),
            tiers=tiers,
            planes=count,
        )
        tries = [msgspec.structs.replace(parameters, hosts_per_unit=places) for places in _places(need)]
        tries = [each for each in tries if is_possible(each)]
        if tries:
            yield min(tries, key=lambda each: sizes(each).switches)


def _places(need: Need) -> list[int]:
    """Return for how many hosts a unit may be made. A single unit may keep a few places free: 31 hosts would
    ask for 31 uplinks of a leaf, which no smaller number of spines shares equally; 32 are shared by four."""
    hosts = min(need.hosts_per_unit, need.hosts)
    rounded = 1 << (hosts - 1).bit_length()
    return [hosts, rounded] if need.hosts <= hosts and hosts < rounded <= hosts * 9 / 8 else [hosts]


def is_possible(parameters: ClosParameters) -> bool:
    """Whether there is a network with these parameters."""
    try:
        shape_of(parameters)
    except ParameterError:
        return False
    return True
