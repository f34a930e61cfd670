"""Tiers of switches joined by equally many links, and pods of racks below cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING, Any

from core.fabrics.family import Sizes
from core.fabrics.weave import numbered

if TYPE_CHECKING:
    from core.fabrics.weave import Weave


def shares(total: int, parts: int) -> list[int]:
    """Share things out in order, the first parts one more where it does not come out even.

    Examples
    --------
    >>> shares(127, 4)
    [32, 32, 32, 31]
    """
    least, more = divmod(total, parts)
    return [least + (part < more) for part in range(parts)]


def filled(total: int, size: int) -> list[int]:
    """Fill parts of a size one after the other, the last one partly.

    Examples
    --------
    >>> filled(7, 3)
    [3, 3, 1]
    """
    full, rest = divmod(total, size)
    return [size] * full + ([rest] if rest else [])


def equal_shares(up: int, below: int, ports: int) -> int:
    """Return the smallest number of switches such that each of `below` devices has `up` links shared equally
    among them and no switch needs more than `ports`; 0 if there is none.

    Examples
    --------
    32 leafs with 72 uplinks on 144 ports: 16 spines have the ports, but 72 / 16 is not whole.

    >>> equal_shares(72, 32, 144)
    18
    """
    return next((n for n in divisors(up) if below * (up // n) <= ports), 0)


@cache
def divisors(number: int) -> tuple[int, ...]:
    """Return all divisors of a number, in order."""
    return tuple(n for n in range(1, number + 1) if number % n == 0)


def even_groups(uplinks: int, columns: int, rows: int, ports: int) -> tuple[int, int]:
    """Return how many groups, and switches in each, join `rows` sets of `columns` switches with the fewest
    switches: the columns are shared equally by the groups. (0, 0) if there are none.

    Examples
    --------
    >>> even_groups(32, 32, 6, 64)
    (4, 32)
    """
    found = [
        (groups, switches)
        for groups in range(1, columns + 1)
        if columns % groups == 0 and (switches := equal_shares(uplinks, rows * (columns // groups), ports))
    ]
    return min(found, key=lambda group: (group[0] * group[1], group[0]), default=(0, 0))


def mesh(
    weave: Weave,
    lower: Sequence[str],
    upper: Sequence[str],
    uplinks: int,
    gbps: float,
    *,
    lower_slot: int,
    lower_width: int = 1,
    upper_slot: int = 0,
    upper_width: int = 1,
) -> None:
    """Join every lower switch with every upper one by equally many links.

    Uplinks that follow each other go to the same switch, so both halves of a cage do. `lower_slot` and
    `upper_slot` are the first slots used, `*_width` the slots of one link.
    """
    each = uplinks // len(upper)
    for row, a in enumerate(lower):
        first = upper_slot + row * each * upper_width
        b_slots = range(first, first + each * upper_width, upper_width)
        for column, b in enumerate(upper):
            start = lower_slot + column * each * lower_width
            weave.join(a, range(start, start + each * lower_width, lower_width), b, b_slots, gbps)


def add_switches(
    weave: Weave,
    unit: str,
    word: str,
    count: int,
    role: str,
    tier: int,
    *,
    ports: int,
    gbps: float,
    width: int = 1,
    **more: Any,
) -> list[str]:
    """Add equal switches, numbered from 1; a port at `gbps` takes `width` slots. Return their keys."""
    names = (numbered(word, n + 1, count) for n in range(count))
    slots, rate = ports * width, gbps / width
    return [weave.add(unit, name, role, tier, slots=slots, slot_gbps=rate, **more) for name in names]


def tier_sizes(tiers: Mapping[str, tuple[int, int]], gpus: int) -> Sizes:
    """Count tiers by role from below, given as devices and links of each with the tier above.

    Examples
    --------
    >>> tier_sizes({"host": (4, 8), "leaf": (8, 2), "spine": (2, 0)}, 32).links
    {('host', 'leaf'): 32, ('leaf', 'spine'): 16}
    """
    roles = list(tiers)
    links = {(role, above): prod(tiers[role]) for role, above in pairwise(roles)}
    return Sizes.of({role: count for role, (count, _) in tiers.items()}, links, gpus)


def pods_of(
    hosts: int, rack_hosts: int, pod_racks: int, word: str
) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the unit of every pod, with the units of its racks and the hosts in each.

    Racks and pods are filled one after the other; a pod that is the only one is no unit.

    Examples
    --------
    >>> list(pods_of(5, 2, 2, "rack-"))
    [('pod-1', [('pod-1/rack-1', 2), ('pod-1/rack-2', 2)]), ('pod-2', [('pod-2/rack-1', 1)])]
    """
    racks = filled(hosts, rack_hosts)
    pods, most = -(-len(racks) // pod_racks), min(pod_racks, len(racks))
    for pod in range(pods):
        unit = numbered("pod-", pod + 1, pods) if pods > 1 else ""
        own = racks[pod * pod_racks : (pod + 1) * pod_racks]
        names = (numbered(word, number, most) for number in range(1, len(own) + 1))
        yield unit, [(f"{unit}/{name}" if unit else name, n) for name, n in zip(names, own, strict=True)]


def add_cores(
    weave: Weave,
    word: str,
    pods: Sequence[Sequence[str]],
    uplinks: int,
    *,
    ports: int,
    gbps: float,
    lower_slot: int,
    width: int = 1,
    **more: Any,
) -> None:
    """Join group g of the spines of every pod with group g of the cores (`even_groups`).

    `uplinks` are those of a spine (none: no cores), `ports` those of a core; `lower_slot` is the first slot a
    spine has for them, and a link takes `width` slots.
    """
    if not uplinks:
        return
    groups, each = even_groups(uplinks, len(pods[0]), len(pods), ports)
    cores = add_switches(
        weave, "", word, groups * each, "core", 3, ports=ports, gbps=gbps, width=width, **more
    )
    own = len(pods[0]) // groups
    for group in range(groups):
        mesh(
            weave,
            [spine for spines in pods for spine in spines[group * own : (group + 1) * own]],
            cores[group * each : (group + 1) * each],
            uplinks,
            gbps,
            lower_slot=lower_slot,
            lower_width=width,
            upper_width=width,
        )
