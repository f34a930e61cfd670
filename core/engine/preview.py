"""What a gesture would do if it ended now, and what that changes: plain values, shown while dragging."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from core.engine.compute import PRECISIONS
from core.model.project import Reader

if TYPE_CHECKING:
    from core.engine.difference import Differences


class Fitted(NamedTuple):
    """A device that lands somewhere: its type and modules, and where it comes from."""

    type: str
    modules: Mapping[str, str]
    half_u: int = 0
    zoned: bool = False
    source: str = ""
    """Path of the device that is moved; empty for one that is added."""
    limit_w: float | None = None


@dataclass(frozen=True)
class RackChange:
    """A rack before and after: maximum sustained power, mass, units.

    Attributes
    ----------
    power_w, mass_kg, units : (before, after, limit)
        Power after is NaN where only an evaluation can say; a limit is None where there is none.
    """

    path: str
    power_w: tuple[float, float, float | None]
    mass_kg: tuple[float, float, float | None]
    units: tuple[float, float, float | None]


@dataclass(frozen=True)
class Difference:
    """What is added to the numbers of the design; NaN where only an evaluation can say."""

    accelerators: float = 0.0
    tflops: tuple[float, ...] = (0.0,) * len(PRECISIONS)
    """Dense, in the order of `PRECISIONS`."""
    power_w: float = 0.0
    air_w: float = 0.0
    liquid_w: float = 0.0
    mass_kg: float = 0.0
    low_usd: float = 0.0
    high_usd: float = 0.0
    racks: tuple[RackChange, ...] = ()

    def times(self, factor: float) -> Difference:
        """Return so many of it."""
        return self._each(lambda mine, _: mine * factor, self)

    def plus(self, other: Difference) -> Difference:
        """Return both together."""
        found = self._each(lambda mine, its: mine + its, other)
        return replace(found, racks=(*self.racks, *other.racks))

    def _each(self, of: Callable[[float, float], float], other: Difference) -> Difference:
        names = [f.name for f in fields(self) if f.name not in ("tflops", "racks")]
        sums: dict[str, Any] = {name: of(getattr(self, name), getattr(other, name)) for name in names}
        tflops = tuple(of(a, b) for a, b in zip(self.tflops, other.tflops, strict=True))
        return replace(self, tflops=tflops, **sums)


class Preview(Protocol):
    """What a gesture would do if it ended now; equal ones do the same."""

    def difference(self, against: Differences) -> Difference:
        """Return what it would change."""
        ...


class Landing(NamedTuple):
    """Devices that would land in a rack; see `Differences.landing`."""

    devices: tuple[Fitted, ...]
    target: str
    reader: Reader | None = None
    only_this: bool = False

    def difference(self, against: Differences) -> Difference:
        return against.landing(self.devices, self.target, self.reader, only_this=self.only_this)


class Placing(NamedTuple):
    """Blocks and devices that would stand on the floor, so many times.

    `reader` knows what the design has not yet: a template, a type.
    """

    blocks: tuple[str, ...] = ()
    devices: tuple[Fitted, ...] = ()
    times: int = 1
    reader: Reader | None = None

    def difference(self, against: Differences) -> Difference:
        total = Difference()
        for block in self.blocks:
            total = total.plus(against.placing(block, self.times, self.reader))
        for fitted in self.devices:
            total = total.plus(against.standing(fitted, self.reader, self.times))
        return total
