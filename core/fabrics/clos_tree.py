"""Folded Clos networks of leafs, spines and, in three tiers, cores: how many of each.

The sizing after which the published NVIDIA tables come out; `clos_weave` makes the graph of it. Per plane:

- A unit has `unit_leafs` leafs for each *column*. In rail-optimised networks a rail is a column; plain ones
  have a single one.
- Two tiers: the fewest spines such that every leaf has equally many links to each and their ports suffice.
- Three tiers: `group_leafs` leafs of a column are meshed with spines of their own (a spine-leaf group). The
  i-th spine of every group connects to the i-th group of cores, again with equally many links for each pair.

Functions return None where there is no such network; `clos_nearest` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, lcm, sqrt

import msgspec

from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.ports import split
from core.fabrics.tiers import divisors, equal_shares
from core.model.records import Value


@dataclass(frozen=True)
class Leaf:
    """Ports of one leaf. A slot is the finest share of a port that is used."""

    hosts: int
    down: int
    up: int
    slots: int
    down_width: int
    up_width: int
    slot_gbps: float
    link_gbps: float

    @property
    def first_up(self) -> int:
        """Slot of the first uplink: after the hosts, at the start of a port it can use."""
        return ceil(self.down * self.down_width / self.up_width) * self.up_width

    @property
    def first_spare(self) -> int:
        return ceil((self.first_up + self.up * self.up_width) / self.down_width) * self.down_width

    @property
    def spare(self) -> int:
        """Links of hosts that fit beside the uplinks."""
        return (self.slots - self.first_spare) // self.down_width

    @property
    def fits(self) -> bool:
        return self.first_up + self.up * self.up_width <= self.slots


@dataclass(frozen=True)
class Upper:
    """Spines and cores of one plane."""

    groups: int
    """Spine-leaf groups of each column; 0: two tiers."""
    group_leafs: int
    spines: int
    """Of one group; of the whole plane if there are two tiers."""
    spine_up: int
    cores: int
    """Of one core group; there are as many core groups as spines in a group."""

    @property
    def tiers(self) -> int:
        return 3 if self.groups else 2


def link_rates(p: ClosParameters) -> tuple[float, ...]:
    """Rates that links between switches may have, the preferred first."""
    if p.uplink_gbps:
        return (p.uplink_gbps,)
    return (p.port_gbps,) if p.host_gbps >= p.port_gbps else (p.port_gbps, p.host_gbps)


def leaf_of(p: ClosParameters, link_gbps: float) -> Leaf | None:
    """Return how the ports of a leaf are used with uplinks of a rate, or None if not even the hosts asked
    for (one, if that is left open) fit on it."""
    down_split, up_split = split(p.port_gbps, p.host_gbps), split(p.port_gbps, link_gbps)
    if not down_split or not up_split:
        return None
    if p.hosts_per_leaf:
        leaf = leaf_with(p, p.hosts_per_leaf, link_gbps)
        return leaf if leaf.fits else None
    low, high = 0, p.hosts_per_unit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if leaf_with(p, middle, link_gbps).fits else (low, middle - 1)
    if not low:
        return None
    return leaf_with(p, ceil(p.hosts_per_unit / ceil(p.hosts_per_unit / low)), link_gbps)


def leaf_with(p: ClosParameters, hosts: int, link_gbps: float) -> Leaf:
    """Return a leaf with so many hosts, whether its ports suffice or not."""
    down_split, up_split = split(p.port_gbps, p.host_gbps), split(p.port_gbps, link_gbps)
    slots_per_port = lcm(down_split, up_split)
    down = hosts * p.nics_per_plane // (p.columns * p.ways)
    up = ceil(down * p.host_gbps / (p.oversubscription * link_gbps) - 1e-9)
    return Leaf(
        hosts,
        down,
        max(up, 1),
        p.leaf_ports * slots_per_port,
        slots_per_port // down_split,
        slots_per_port // up_split,
        p.port_gbps / slots_per_port,
        link_gbps,
    )


def tree(p: ClosParameters, units: int = 0) -> tuple[Leaf, Upper] | None:
    """Return leaf and upper tiers for some units (those of the parameters if not given): two tiers before
    three, whole ports before split ones. None if there is no such tree."""
    units = units or p.units
    tiers = (p.tiers,) if p.tiers else (3,) if p.leafs_per_group else (2, 3)
    leafs = [leaf for rate in link_rates(p) if (leaf := leaf_of(p, rate)) is not None]
    for wanted in tiers:
        for leaf in leafs:
            upper = two_tiers(p, leaf, units) if wanted == 2 else three_tiers(p, leaf, units)
            if upper is not None:
                return leaf, upper
    return None


def unit_leafs(p: ClosParameters, leaf: Leaf) -> int:
    """Leafs of one column in a unit."""
    return ceil(p.hosts_per_unit / leaf.hosts) * p.ways


def two_tiers(p: ClosParameters, leaf: Leaf, units: int) -> Upper | None:
    """Return the fewest spines that every leaf reaches with equally many links."""
    ports = p.spine_ports * split(p.port_gbps, leaf.link_gbps)
    spines = equal_shares(leaf.up, units * p.columns * unit_leafs(p, leaf), ports)
    return None if p.leafs_per_group or not spines else Upper(0, 0, spines, 0, 0)


def three_tiers(p: ClosParameters, leaf: Leaf, units: int) -> Upper | None:
    """Return spine-leaf groups and cores with the fewest switches; of equally many, as many leafs in a group
    as there are groups, or nearly so."""
    column = units * unit_leafs(p, leaf)
    tries = [upper for size in group_sizes(p, leaf, units) if (upper := grouped(p, leaf, size, column))]
    return min(
        tries,
        key=lambda upper: (
            upper.spines * (upper.groups * p.columns + upper.cores),
            abs(upper.group_leafs - sqrt(column)),
        ),
        default=None,
    )


def group_sizes(p: ClosParameters, leaf: Leaf, units: int) -> list[int]:
    """Return how many leafs may form a group: those of whole units, as equally many in each group as can be,
    or an equal share of a unit."""
    own = unit_leafs(p, leaf)
    if p.leafs_per_group:
        size = p.leafs_per_group
        return [size] if own % size == 0 or size % own == 0 else []
    most = p.spine_ports * split(p.port_gbps, leaf.link_gbps) // own
    whole = {ceil(units / ceil(units / n)) for n in range(1, min(units, most) + 1)}
    return [*divisors(own)[:-1], *(n * own for n in sorted(whole))]


def grouped(p: ClosParameters, leaf: Leaf, size: int, column: int) -> Upper | None:
    """Return the upper tiers with groups of a size, of a column of leafs; None if ports do not suffice."""
    parts = split(p.port_gbps, leaf.link_gbps)
    for spines in divisors(leaf.up):
        down = size * (leaf.up // spines)
        up = max(ceil(down / p.core_oversubscription - 1e-9), 1)
        if down + up <= p.spine_ports * parts:
            break
    else:
        return None
    groups = ceil(column / size)
    cores = equal_shares(up, groups * p.columns, p.core_ports * parts)
    return Upper(groups, size, spines, up, cores) if cores else None


def hosts_on_last_leaf(p: ClosParameters, leaf: Leaf) -> int:
    """Hosts on the last leafs of the last unit before managers take their places."""
    blocks = ceil(p.hosts_per_unit / leaf.hosts)
    in_last_unit = p.hosts - (p.units - 1) * p.hosts_per_unit
    return min(max(in_last_unit - (blocks - 1) * leaf.hosts, 0), leaf.hosts)


def places_for_managers(p: ClosParameters, leaf: Leaf) -> int:
    """Hosts that have to give up their ports to managers (the node drop of NVIDIA's reference designs)."""
    each = ceil(p.manager_ports / (p.planes * p.columns * p.ways))
    links = p.nics_per_plane // (p.columns * p.ways)
    empty = (leaf.hosts - hosts_on_last_leaf(p, leaf)) * links
    return ceil(max(each - empty - leaf.spare, 0) / links)


def changed(p: ClosParameters, field: str, value: Value) -> ClosParameters:
    """Return the parameters with one of them changed."""
    return msgspec.structs.replace(p, **{field: value})
