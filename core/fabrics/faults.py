"""Why parameters fit no network, and which values near them would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from core.fabrics.family import ParameterError, Parameters
from core.model.fields import fields_of
from core.model.records import Value

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


def is_possible(parameters: P, faults: Faults[P]) -> bool:
    """Whether there is a network with these parameters."""
    return next(iter(faults(parameters)), None) is None


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
    for cures in (lambda tried, faults, fault: is_possible(tried, faults), _cures):
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


def nearest_to(value: int, feasible: Iterable[int], most: int = 3) -> tuple[int, ...]:
    """Return those of some values that are nearest.

    Examples
    --------
    >>> nearest_to(6, [2, 3, 4, 5, 7, 8])
    (5, 7, 4)
    """
    return tuple(sorted(feasible, key=lambda other: (abs(other - value), other))[:most])


def listed(values: Sequence[int]) -> str:
    """Return values as people list them: 5, 7 or 4."""
    head = ", ".join(f"{value:,}" for value in values[:-1])
    return f"{head} or {values[-1]:,}" if head else f"{values[-1]:,}"
