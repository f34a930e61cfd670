"""Why there is no Clos network with some parameters, and the nearest ones with which there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.clos_tree import (
    Leaf,
    changed,
    group_sizes,
    grouped,
    hosts_on_last_leaf,
    leaf_of,
    leaf_with,
    link_rates,
    places_for_managers,
    tree,
    unit_leafs,
)
from core.fabrics.family import ParameterError
from core.fabrics.ports import SPLITS, split
from core.fabrics.tiers import divisors
from core.model.fields import fields_of
from core.model.records import Value

MOST_LINKS = 2_000_000
"""Of hosts; a network of that size takes some gigabytes while it is made."""


def check_size(p: ClosParameters) -> None:
    """Check that the network can be held in memory.

    Raises
    ------
    ParameterError
    """
    each = p.nics_per_host * (p.planes if p.plane_by == "port" else 1)
    if p.hosts * each > MOST_LINKS:
        problem = f"{p.hosts * each:,} links of hosts are more than can be drawn ({MOST_LINKS:,})"
        raise fault(problem, p, "hosts", (MOST_LINKS // each,))


def check_planes(p: ClosParameters) -> None:
    """Check that NICs can be shared out over planes and leafs, and that ports give the rates asked for.

    Raises
    ------
    ParameterError
    """
    if p.plane_by == "nic" and p.nics_per_host % p.planes:
        nearest = by_distance(divisors(p.nics_per_host), p.planes)
        raise fault(
            f"{p.nics_per_host} NICs cannot be shared equally by {p.planes} planes", p, "planes", nearest
        )
    if p.nics_per_plane % (p.columns * p.ways):
        raise fault(
            f"{p.nics_per_plane} NICs cannot be shared equally by {p.ways} leafs",
            p,
            "leafs_per_host",
            by_distance(divisors(p.nics_per_plane), p.ways),
        )
    for field, rate in (("nic_gbps", p.host_gbps), ("uplink_gbps", p.uplink_gbps)):
        if rate and not split(p.port_gbps, rate):
            raise no_rate(p, field, rate)


def no_rate(p: ClosParameters, field: str, rate_gbps: float) -> ParameterError:
    """Return the error of a link rate that the ports of the switches do not give."""
    problem = f"a port of {p.port_gbps:g} Gbit/s cannot be split into links of {rate_gbps:g} Gbit/s"
    if field == "nic_gbps" and p.plane_by == "port" and (p.planes > 1 or rate_gbps > p.port_gbps):
        planes = [n for n in range(1, limit(p, "planes") + 1) if split(p.port_gbps, p.nic_gbps / n)]
        if planes:
            return fault(problem, p, "planes", by_distance(planes, p.planes))
    share = p.nic_gbps / p.host_gbps if field == "nic_gbps" else 1
    rates = allowed(p, field, (p.port_gbps * share / parts for parts in SPLITS))
    return fault(problem, p, field, by_distance(rates, getattr(p, field)))


def no_leaf(p: ClosParameters) -> ParameterError:
    """Return the error of hosts that do not fit on a leaf."""
    free = changed(p, "hosts_per_leaf", 0)
    best = max((leaf.hosts for rate in link_rates(p) if (leaf := leaf_of(free, rate))), default=0)
    if p.hosts_per_leaf and best:
        leaf = leaf_with(p, p.hosts_per_leaf, link_rates(p)[0])
        most = smallest(
            lambda n: all(
                leaf_of(changed(p, "hosts_per_leaf", n + 1), rate) is None for rate in link_rates(p)
            ),
            1,
            p.hosts_per_leaf,
        )
        return fault(
            f"{p.hosts_per_leaf} hosts on a leaf take {leaf.down} ports down and {leaf.up} up; "
            f"it has {p.leaf_ports} of {p.port_gbps:g} Gbit/s",
            p,
            "hosts_per_leaf",
            (most or best,),
        )
    ports = smallest(
        lambda n: any(leaf_of(changed(free, "leaf_ports", n), rate) for rate in link_rates(p)),
        p.leaf_ports,
        limit(p, "leaf_ports"),
    )
    leaf = leaf_with(p, 1, link_rates(p)[0])
    problem = f"one host on a leaf takes {leaf.down} ports down and {leaf.up} up; it has {p.leaf_ports}"
    return fault(problem, p, "leaf_ports", (ports,) if ports else ())


def no_tree(p: ClosParameters) -> ParameterError:
    """Return the error of leafs that no spines and cores join as asked."""
    problem = f"{wanted(p)} cannot join {p.units} units with equally many links for each pair of switches"
    if p.leafs_per_group:
        free = changed(p, "leafs_per_group", 0)
        sizes = possible_groups(p) if p.tiers != 2 else ()
        if sizes or tree(free):
            return fault(problem, p, "leafs_per_group", sizes or (0,))
        return no_tree(free)
    others: tuple[tuple[str, Value], ...] = (("tiers", 5 - p.tiers), ("uplink_gbps", 0.0))
    for field, value in others:
        if getattr(p, field) and tree(changed(p, field, value)):
            return fault(problem, p, field, (value,))
    most = smallest(lambda units: tree(p, units + 1) is None, 1, p.units)
    if tree(p, most):
        return fault(f"{problem}; {most} at most", p, "hosts", (most * p.hosts_per_unit,))
    return too_few_ports(p, problem)


def too_few_ports(p: ClosParameters, problem: str) -> ParameterError:
    """Return the error of switches with which not even one unit can be joined."""
    spines, cores = (changed(p, field, limit(p, field)) for field in ("spine_ports", "core_ports"))
    for field, base in (
        ("spine_ports", p),
        ("core_ports", p),
        ("spine_ports", cores),
        ("core_ports", spines),
    ):
        if (ports := enough(base, field)) > getattr(p, field):
            return fault(problem, p, field, (ports,))
    fewer = smallest(lambda n: tree(changed(p, "hosts_per_unit", n + 1), 1) is None, 1, p.hosts_per_unit)
    if tree(changed(p, "hosts_per_unit", fewer), 1):
        return fault(problem, p, "hosts_per_unit", (fewer,))
    # Nothing helps by itself: ports for the smallest network of all come first.
    for field, base in (("spine_ports", cores), ("core_ports", spines)):
        ports = enough(changed(changed(base, "hosts", 1), "hosts_per_unit", 1), field)
        if ports > getattr(p, field):
            return fault(problem, p, field, (ports,))
    return fault(problem, p, "spine_ports", ())


def wanted(p: ClosParameters) -> str:
    if p.leafs_per_group:
        return f"groups of {p.leafs_per_group} leafs"
    tiers = f"{p.tiers} tiers" if p.tiers else "two or three tiers"
    return f"{tiers} of {p.spine_ports}-port spines"


def possible_groups(p: ClosParameters) -> tuple[Value, ...]:
    """Sizes of spine-leaf groups with which the tree can be made, the nearest first."""
    free = changed(p, "leafs_per_group", 0)
    sizes = {
        size
        for rate in link_rates(p)
        if (leaf := leaf_of(p, rate))
        for size in group_sizes(free, leaf, p.units)
        if grouped(free, leaf, size, p.units * unit_leafs(free, leaf))
    }
    return by_distance(sizes, p.leafs_per_group)


def enough(p: ClosParameters, field: str) -> int:
    """Return the nearest larger value of a parameter with which there is a tree; 0 if no value helps."""
    return smallest(lambda n: tree(changed(p, field, n)) is not None, getattr(p, field), limit(p, field))


def too_many_managers(p: ClosParameters, leaf: Leaf) -> ParameterError:
    """Return the error of managers for whose ports no hosts are left to go."""

    def has_places(ports: int) -> bool:
        less = changed(p, "manager_ports", ports)
        return places_for_managers(less, leaf) <= min(hosts_on_last_leaf(p, leaf), p.hosts - 1)

    most = smallest(lambda n: not has_places(n + 1), 0, p.manager_ports)
    problem = f"{p.manager_ports} ports for managers are more than the last leafs have"
    return fault(problem, p, "manager_ports", (most,))


def fault(problem: str, p: ClosParameters, field: str, nearest: tuple[Value, ...]) -> ParameterError:
    """Return the error for a parameter, with the nearest values in its cure."""
    label = fields_of(type(p))[field].label
    told = " or ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in nearest)
    cure = f"{label}: {told} would do" if nearest else f"Change: {label}"
    return ParameterError(problem, cure=cure, field=field, nearest=nearest)


def smallest(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the smallest number from `low` to `high` of which something holds that, once it does, goes on to
    hold; 0 if it holds of none."""
    if not holds(high):
        return 0
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def by_distance(values: Iterable[Value], wanted: float) -> tuple[Value, ...]:
    """Return the three values nearest to one, the nearest first."""
    return tuple(sorted(values, key=lambda value: (abs(float(value) - wanted), value))[:3])


def limit(p: ClosParameters, field: str) -> int:
    return int(fields_of(type(p))[field].high or 0)


def allowed(p: ClosParameters, field: str, values: Iterable[float]) -> tuple[float, ...]:
    """Return those values that are within the limits of a field."""
    info = fields_of(type(p))[field]
    low, high = info.low or 0.0, info.high or float("inf")
    return tuple(value for value in values if low <= value <= high)
