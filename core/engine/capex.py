"""Capital cost by domain: the bill of materials sorted by what it is for, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.engine.cost import BomRow
from core.engine.snapshot import Snapshot
from core.model.types import (
    SWITCH_KINDS,
    AcceleratorType,
    AnyType,
    CableType,
    DeviceType,
    OpticType,
    RackType,
)

Domain = Literal[
    "accelerators", "servers", "network", "optics and cables", "racks", "power", "cooling", "shell"
]
DOMAINS: tuple[Domain, ...] = (
    "accelerators", "servers", "network", "optics and cables", "racks", "power", "cooling", "shell",
)  # fmt: skip
POWER_KINDS = (
    "power-shelf", "rack-pdu", "busway", "tap-off", "ups", "floor-pdu", "switchgear", "battery",
    "generator", "transformer",
)  # fmt: skip
COOLING_KINDS = ("cdu", "manifold", "rear-door", "air-handler", "heat-rejection")


@dataclass(frozen=True)
class PriceInput:
    """What all pieces of one type cost.

    Attributes
    ----------
    type : AnyType
    domain : str
        What it is for; of a server with accelerators the rest of it, `servers`.
    count : int
    low_usd, high_usd : float
    accelerators : bool
        Whether accelerators are in it, so that a share of its price is theirs.
    evidence : str
    """

    type: AnyType
    domain: Domain
    count: int
    low_usd: float
    high_usd: float
    accelerators: bool
    evidence: str

    @property
    def likely_usd(self) -> float:
        """Middle of low and high: no better is known of a range."""
        return (self.low_usd + self.high_usd) / 2


def prices_of(rows: Iterable[BomRow], hosts: frozenset[str]) -> tuple[PriceInput, ...]:
    """Return what the types of a bill cost, largest first; lengths of a cable are one.

    Parameters
    ----------
    rows : iterable of BomRow
    hosts : frozenset of str
        Ids of types, and of blocks delivered whole, that have accelerators in them.
    """
    sums: dict[str, PriceInput] = {}
    for row in rows:
        if row.included or row.low_usd is None or row.high_usd is None:
            continue
        before = sums.get(row.type.id)
        has = row.type.id in hosts
        sums[row.type.id] = PriceInput(
            row.type,
            "servers" if has else domain_of(row.type),
            row.count + (before.count if before else 0),
            row.low_usd + (before.low_usd if before else 0.0),
            row.high_usd + (before.high_usd if before else 0.0),
            has,
            row.evidence,
        )
    return tuple(sorted(sums.values(), key=lambda one: (-one.likely_usd, one.type.id)))


def hosts_of(snap: Snapshot) -> frozenset[str]:
    """Return types with accelerators, and blocks delivered whole that hold some."""
    fitted = snap.specs.accelerators().value
    types = {s.type.id for s, count in zip(snap.specs.specs, fitted, strict=True) if count > 0}
    rows = np.flatnonzero((fitted[snap.device_spec] > 0) & (snap.device_rack >= 0))
    numbers = np.unique(snap.rack_block[snap.device_rack[rows]])
    records = (snap.rack_records[int(number)] for number in numbers)
    return frozenset(types | {record.id for record in records if record is not None})


def domain_of(spec: AnyType) -> Domain:
    """Return what a type is for.

    Examples
    --------
    >>> domain_of(CableType(id="c", name="C13 cord", media="cord", layer="power"))
    'power'
    """
    if isinstance(spec, AcceleratorType):
        return "accelerators"
    if isinstance(spec, RackType):
        return "racks"
    if isinstance(spec, OpticType):
        return "optics and cables"
    if isinstance(spec, CableType):
        return {"power": "power", "coolant": "cooling"}.get(spec.layer, "optics and cables")  # type: ignore[return-value]
    return _domain_of_device(spec)


def _domain_of_device(spec: DeviceType) -> Domain:
    if spec.kind in SWITCH_KINDS:
        return "network"
    if spec.kind in POWER_KINDS:
        return "power"
    if spec.kind in COOLING_KINDS:
        return "cooling"
    if spec.kind == "patch-panel":
        return "optics and cables"
    if spec.kind == "blank":
        return "racks"
    if spec.kind == "module":
        layers = {port.layer for port in spec.ports}
        return "network" if "data" in layers else "power" if "power" in layers else "servers"
    return "servers"
