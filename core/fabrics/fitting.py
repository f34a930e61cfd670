"""Saying why parameters fit no network, and which values near them would; sharing ports evenly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, TypeVar

import msgspec

from core.fabrics.clos_tree import SPLITS, equal_shares, split
from core.fabrics.family import ParameterError, Parameters
from core.model.fields import fields_of
from core.model.records import Value

if TYPE_CHECKING:
    from core.fabrics.weave import Weave

P = TypeVar("P", bound=Parameters)

NEAREST = 3
"""Values named in an error."""
_STEPS = 64
_GROWTH = 1.3


@dataclass(frozen=True)
class Fault:
    """One reason why there is no network: what is wrong, and the parameters that may cure it, best first.
    `values` are those worth trying where whole numbers near the present one are not."""

    problem: str
    fields: tuple[str, ...]
    values: tuple[Value, ...] = ()


Faults = Callable[[P], Iterable[Fault]]


def ensure(parameters: P, faults: Faults[P]) -> None:
    """Raise the first fault of some parameters, with the nearest values that cure it.

    Raises
    ------
    ParameterError
        Its `nearest` make a network; where other parameters are wrong as well they cure this fault only.
    """
    fault = next(iter(faults(parameters)), None)
    if fault is None:
        return
    for cures in (_makes_network, _cures):
        for field in fault.fields:
            found = _nearest(parameters, field, fault, faults, cures)
            if found:
                label = fields_of(type(parameters))[field].label
                told = " or ".join(
                    f"{value:g}" if isinstance(value, float) else str(value) for value in found
                )
                cure = f"{label} that would do: {told}"
                raise ParameterError(fault.problem, cure=cure, field=field, nearest=found)
    # No single one of them is enough.
    labels = " and ".join(fields_of(type(parameters))[field].label for field in fault.fields)
    raise ParameterError(fault.problem, cure=f"Change: {labels}", field=fault.fields[0])


def _makes_network(parameters: P, faults: Faults[P], fault: Fault) -> bool:
    return next(iter(faults(parameters)), None) is None


def _cures(parameters: P, faults: Faults[P], fault: Fault) -> bool:
    left = next(iter(faults(parameters)), None)
    return left is None or left.fields != fault.fields


def _nearest(
    parameters: P,
    field: str,
    fault: Fault,
    faults: Faults[P],
    cures: Callable[[P, Faults[P], Fault], bool],
) -> tuple[Value, ...]:
    info = fields_of(type(parameters))[field]
    value = getattr(parameters, field)
    low, high = info.low if info.low is not None else 0, info.high if info.high is not None else 1_000_000

    def works(tried: Value) -> bool:
        return cures(msgspec.structs.replace(parameters, **{field: tried}), faults, fault)

    if fault.values:
        tried = [v for v in fault.values if low <= float(v) <= high and v != value]
        found = [v for v in tried if works(v)]
        return tuple(sorted(found, key=lambda v: (abs(float(v) - value), v))[:NEAREST])
    found = [*_first(value, 1, int(high), works), *_first(value, -1, int(low), works)]
    return tuple(sorted(found, key=lambda v: (abs(v - value), v))[:NEAREST])


def _first(start: int, step: int, end: int, works: Callable[[Value], bool]) -> Iterator[int]:
    """Yield the first whole number beyond `start` that works: one by one at first, then in growing steps that
    are halved again once one works."""
    missed, reach = start, 1
    while missed != end:
        tried = start + step * reach
        tried = min(tried, end) if step > 0 else max(tried, end)
        if works(tried):
            while abs(tried - missed) > 1:
                middle = (tried + missed) // 2
                tried, missed = (middle, missed) if works(middle) else (tried, middle)
            yield tried
            return
        missed = tried
        reach = reach + 1 if reach < _STEPS else int(reach * _GROWTH)


@dataclass(frozen=True)
class Split:
    """Ports of a switch as slots: the rates it is used at, and how many slots a link of each takes."""

    slots: int
    slot_gbps: float
    widths: tuple[int, ...]


def split_ports(ports: int, port_gbps: float, rates: Sequence[float]) -> Split | None:
    """Return the ports of a switch as slots; None if they cannot be split into links of these rates.

    Examples
    --------
    >>> split_ports(64, 800, (400, 200))
    Split(slots=256, slot_gbps=200.0, widths=(2, 1))
    """
    parts = [split(port_gbps, rate) for rate in rates]
    if not all(parts):
        return None
    finest = lcm(*parts)
    return Split(ports * finest, port_gbps / finest, tuple(finest // part for part in parts))


def parts_of(port_gbps: float, times: float = 1.0) -> tuple[float, ...]:
    """Return the rates into which a port can be split, times a factor."""
    return tuple(port_gbps * times / n for n in SPLITS)


def aligned(slot: int, width: int) -> int:
    """Return the first slot from one on at which a link of so many slots may begin."""
    return -(-slot // width) * width


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


def numbered(word: str, number: int, most: int) -> str:
    """Return a name with a number from 1, with as many digits as the last one of its kind.

    Examples
    --------
    >>> numbered("h", 7, 32)
    'h07'
    """
    return f"{word}{number:0{len(str(most))}d}"
