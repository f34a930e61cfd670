"""Lines of the bill as they are bought: all pieces of a type, who delivers them, and what they are for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.engine.capex import COOLING_KINDS, POWER_KINDS
from core.engine.cost import BomRow
from core.model.records import Alternate
from core.model.types import SWITCH_KINDS, AnyType, CableType, DeviceType, OpticType, RackType

Function = Literal["accelerator", "scale-up", "NIC", "switch", "optics", "power", "cooling", "rack", "other"]
FUNCTIONS: tuple[Function, ...] = (
    "accelerator", "scale-up", "NIC", "switch", "optics", "power", "cooling", "rack", "other",
)  # fmt: skip
UNKNOWN = "unknown"
GENERIC = "Generic"
"""Maker of the types of the catalogue that stand for those of any maker."""
_NO_MAKERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Line:
    """All pieces of one type.

    Attributes
    ----------
    type : AnyType
    function : str
        What it is for; servers and racks with accelerators count as accelerators, for these are most of
        their price.
    count : int
    usd : float or None
        Middle of low and high of all pieces; None where no price is known. Of what is delivered inside a rack
        with a price of its own None as well: the rack has it.
    suppliers : tuple of str
        As the type names them, else its maker; empty if it names neither.
    made_in, assembled_in : tuple of str
    lead_weeks : float or None
    alternates : tuple of str
        Ids of types that may take its place, by the type and by the project.
    included : bool
        Delivered with a rack that has a price of its own.
    """

    type: AnyType
    function: Function
    count: int
    usd: float | None
    suppliers: tuple[str, ...]
    made_in: tuple[str, ...]
    assembled_in: tuple[str, ...]
    lead_weeks: float | None
    alternates: tuple[str, ...]
    included: bool = False

    @property
    def supplier(self) -> str:
        """The first of its suppliers, which its spend is counted with."""
        return self.suppliers[0] if self.suppliers else UNKNOWN

    @property
    def is_single(self) -> bool:
        """Whether it comes from one known supplier, and nothing may take its place."""
        return len(self.suppliers) == 1 and not self.alternates

    @property
    def countries(self) -> tuple[str, ...]:
        """Where it is made or put together, each once."""
        return tuple(dict.fromkeys((*self.made_in, *self.assembled_in)))


def lines_of(
    rows: Iterable[BomRow],
    hosts: Collection[str],
    alternates: Sequence[Alternate] = (),
    makers: Mapping[str, str] = _NO_MAKERS,
) -> tuple[Line, ...]:
    """Return the lines of a bill by type, lengths of a cable together.

    Parameters
    ----------
    rows : iterable of BomRow
    hosts : collection of str
        Ids of types, and of blocks delivered whole, with accelerators in them.
    alternates : sequence of Alternate, optional
        Of the project, beside those of the types.
    makers : mapping of str to str, optional
        Who delivers racks that come whole, by id of their block.
    """
    found: dict[tuple[str, bool], Line] = {}
    for row in rows:
        key, spec = (row.type.id, row.included), row.type
        usd = None if row.low_usd is None or row.high_usd is None else (row.low_usd + row.high_usd) / 2
        before = found.get(key)
        if before is not None and before.usd is not None:
            usd = before.usd + (usd or 0.0)
        by = [one.by for one in alternates if one.of == spec.id]
        found[key] = Line(
            type=spec,
            function="accelerator" if spec.id in hosts else function_of(spec),
            count=row.count + (before.count if before else 0),
            usd=usd,
            suppliers=_suppliers(spec, makers.get(spec.id, spec.maker)),
            made_in=spec.made_in,
            assembled_in=spec.assembled_in,
            lead_weeks=spec.lead_time_weeks,
            alternates=tuple(dict.fromkeys((*spec.alternates, *by))),
            included=row.included,
        )
    return tuple(sorted(found.values(), key=lambda line: (-(line.usd or 0.0), line.type.name, line.included)))


def _suppliers(spec: AnyType, maker: str) -> tuple[str, ...]:
    """Return who delivers a type: its suppliers, else its maker; nobody is the maker of a generic type."""
    return spec.suppliers or ((maker,) if maker and maker != GENERIC else ())


def function_of(spec: AnyType) -> Function:
    """Return what a type is for.

    Examples
    --------
    >>> function_of(DeviceType(id="s", name="Leaf", kind="switch"))
    'switch'
    """
    if isinstance(spec, RackType):
        return "rack"
    if isinstance(spec, OpticType):
        return "optics"
    if isinstance(spec, CableType):
        return "power" if spec.layer == "power" else "cooling" if spec.layer == "coolant" else "optics"
    if not isinstance(spec, DeviceType):
        return "accelerator"
    if spec.accelerators:
        return "accelerator"
    if spec.kind in SWITCH_KINDS:
        return "scale-up" if spec.kind == "switch-tray" else "switch"
    if spec.kind in POWER_KINDS:
        return "power"
    if spec.kind in COOLING_KINDS:
        return "cooling"
    if spec.kind == "module":
        layers = {port.layer for port in spec.ports}
        return "NIC" if "data" in layers else "power" if "power" in layers else "other"
    return "rack" if spec.kind in ("blank", "patch-panel") else "other"
