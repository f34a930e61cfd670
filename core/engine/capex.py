"""Capital cost by domain: the bill of materials sorted by what it is for, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.engine.cost import BomRow
from core.engine.prices import bounds
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
    "accelerators",
    "servers",
    "network",
    "optics and cables",
    "racks",
    "power",
    "cooling",
    "shell",
    "spares",
    "freight and tax",
]
DOMAINS: tuple[Domain, ...] = (
    "accelerators", "servers", "network", "optics and cables", "racks", "power", "cooling", "shell",
    "spares", "freight and tax",
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
    share : float or None
        That share, where the accelerators have prices of their own; None where it is assumed.
    evidence : str
    """

    type: AnyType
    domain: Domain
    count: int
    low_usd: float
    high_usd: float
    accelerators: bool
    evidence: str
    share: float | None = None

    @property
    def likely_usd(self) -> float:
        """Middle of low and high: no better is known of a range."""
        return (self.low_usd + self.high_usd) / 2


def prices_of(rows: Iterable[BomRow], hosts: Mapping[str, float | None]) -> tuple[PriceInput, ...]:
    """Return what the types of a bill cost, largest first; lengths of a cable are one.

    Parameters
    ----------
    rows : iterable of BomRow
    hosts : mapping of str to float or None
        By the ids of types, and of blocks delivered whole, that have accelerators in them: what these cost in
        one piece, None where one of them has no price of its own.
    """
    sums: dict[str, PriceInput] = {}
    for row in rows:
        if row.included or row.low_usd is None or row.high_usd is None:
            continue
        before = sums.get(row.type.id)
        has = row.type.id in hosts
        found = PriceInput(
            row.type,
            "servers" if has else domain_of(row.type),
            row.count + (before.count if before else 0),
            row.low_usd + (before.low_usd if before else 0.0),
            row.high_usd + (before.high_usd if before else 0.0),
            has,
            row.evidence,
        )
        chips = hosts.get(row.type.id)
        if chips is not None and found.likely_usd > 0:
            found = replace(found, share=min(1.0, chips * found.count / found.likely_usd))
        sums[row.type.id] = found
    return tuple(sorted(sums.values(), key=lambda one: (-one.likely_usd, one.type.id)))


def hosts_of(snap: Snapshot) -> dict[str, float | None]:
    """Return ids of types with accelerators, and of blocks delivered whole that hold some.

    Returns
    -------
    dict of str to float or None
        What the accelerators in one of them cost [USD]; None where one has no price of its own.
    """
    fitted = snap.specs.accelerators().value
    chips = [_chips_usd(snap, number) if count > 0 else 0.0 for number, count in enumerate(fitted.tolist())]
    found: dict[str, float | None] = {
        spec.type.id: usd
        for spec, count, usd in zip(snap.specs.specs, fitted.tolist(), chips, strict=True)
        if count > 0
    }
    rows = np.flatnonzero((fitted[snap.device_spec] > 0) & (snap.device_rack >= 0))
    blocks, firsts = np.unique(snap.rack_block[snap.device_rack[rows]], return_index=True)
    for block, first in zip(blocks.tolist(), firsts.tolist(), strict=True):
        record = snap.rack_records[block]
        if record is not None:
            inside = rows[snap.device_rack[rows] == snap.device_rack[rows[first]]]
            each = [chips[number] for number in snap.device_spec[inside].tolist()]
            found[record.id] = None if None in each else sum(usd for usd in each if usd is not None)
    return found


def _chips_usd(snap: Snapshot, number: int) -> float | None:
    """Return what the accelerators of a spec and its modules cost; None if one has no price of its own."""
    spec, total = snap.specs.specs[number], 0.0
    for part in (spec.type, *(module for _, module in spec.modules)):
        for fit in part.accelerators:
            chip = snap.specs.find(fit.type)
            if chip is None or (chip.price_low_usd is None and chip.price_high_usd is None):
                return None
            total += fit.count * sum(bounds(chip)) / 2
    return total


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
