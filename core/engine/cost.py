"""Bill of materials, what it costs, and to whom the money goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from core.engine.cabling import Cabling, cabling, pieces_of
from core.engine.codes import counted
from core.engine.columns import Flags, count_by, sum_by
from core.engine.delivered import included, states_price
from core.engine.evidence import Grounds, grounds
from core.engine.snapshot import Snapshot
from core.engine.specs import EVIDENCE, LAYERS, UNKNOWN
from core.engine.stage import stage
from core.model.records import Block
from core.model.types import AnyType, CableType, OpticType, RackType, evidence_of


@dataclass(frozen=True)
class BomRow:
    """One line of the bill of materials.

    Attributes
    ----------
    section : str
        racks, devices, modules, cables or optics; accelerators are inside their devices.
    type : AnyType
    length_m : float or None
        Ordered length of a cable.
    count : int
        Pieces; a twin-port cable is one piece.
    low_usd, high_usd : float or None
        For all pieces; None where no price is known.
    """

    section: str
    type: AnyType
    length_m: float | None
    count: int
    low_usd: float | None
    high_usd: float | None
    evidence: str
    included: bool = False
    """Delivered with a rack whose price is stated; adds nothing of its own."""


@dataclass(frozen=True)
class Cost:
    """Capital cost of what is drawn.

    Low and high are bounds of the sums of prices seen, not a likely range. Rows without a price count as 0
    and are named in `grounds.unknown`.
    """

    rows: tuple[BomRow, ...]
    low_usd: float
    high_usd: float
    grounds: Grounds

    @property
    def unpriced(self) -> int:
        """Pieces without a price."""
        return sum(row.count for row in self.rows if row.low_usd is None and not row.included)


@stage(reads=("devices", "racks", "rack records", "cables"), needs=(cabling,))
def cost(snap: Snapshot, cabled: Cabling) -> Cost:
    """Count the pieces and add up their prices."""
    return cost_of([*_devices(snap), *_racks(snap), *_cables(cabled), *_optics(snap, cabled)])


def cost_of(rows: Sequence[BomRow]) -> Cost:
    """Add up the prices of the lines of a bill."""
    low = np.array([row.low_usd or 0.0 for row in rows])
    high = np.array([row.high_usd or 0.0 for row in rows])
    codes = np.array([_code(row) for row in rows], dtype=np.int8)
    names = [f"{row.type.name}: price" for row in rows]
    return Cost(
        rows=tuple(rows),
        low_usd=float(low.sum()),
        high_usd=float(high.sum()),
        grounds=grounds((low + high) / 2, codes, names),
    )


def bom_row(section: str, spec: AnyType, count: int, length_m: float | None = None) -> BomRow:
    """Return a line of the bill: so many pieces of a type, cables at their ordered length.

    Of price breaks the one of the largest quantity that the line reaches counts.
    """
    low, high = spec.price_low_usd, spec.price_high_usd
    if low is None or high is None:
        low = high = low if high is None else high
    reached = [one for one in spec.price_breaks if one.quantity <= count]
    if reached:
        best = max(reached, key=lambda one: one.quantity)
        low, high = best.low_usd, best.high_usd
    if low is not None and high is not None and isinstance(spec, CableType) and length_m is not None:
        extra = (spec.price_per_m_usd or 0.0) * length_m
        low, high = low + extra, high + extra
    return BomRow(
        section=section,
        type=spec,
        length_m=length_m,
        count=count,
        low_usd=None if low is None else low * count,
        high_usd=None if high is None else high * count,
        evidence=evidence_of(spec, "price_low_usd"),
    )


def _code(row: BomRow) -> int:
    if row.included:
        return 0
    return UNKNOWN if row.low_usd is None else EVIDENCE.index(row.evidence)


def _priced(snap: Snapshot) -> Flags:
    """Whether the block of each rack states a price."""
    stated = [record is not None and states_price(record) for record in snap.rack_records]
    found: Flags = np.array([*stated, False])[snap.rack_block] & (snap.rack_type >= 0)
    return found


def _devices(snap: Snapshot) -> list[BomRow]:
    with_rack = np.append(_priced(snap), False)[snap.device_rack] & (snap.device_rack >= 0) & included(snap)
    rows = []
    for inside in (False, True):
        counts = count_by(snap.device_spec[with_rack == inside], len(snap.specs)).astype(int)
        devices: dict[str, tuple[AnyType, int]] = {}
        modules: dict[str, tuple[AnyType, int]] = {}
        for spec, count in zip(snap.specs.specs[1:], counts[1:].tolist(), strict=True):
            if not count:
                continue
            devices[spec.type.id] = (spec.type, devices.get(spec.type.id, (None, 0))[1] + count)
            for _bay, module in spec.modules:
                modules[module.id] = (module, modules.get(module.id, (None, 0))[1] + count)
        for section, found in (("devices", devices), ("modules", modules)):
            for _, (kind, count) in sorted(found.items()):
                row = bom_row(section, kind, count)
                rows.append(replace(row, low_usd=None, high_usd=None, included=True) if inside else row)
    return rows


def _racks(snap: Snapshot) -> list[BomRow]:
    priced = _priced(snap)
    plain = snap.rack_type[(snap.rack_type >= 0) & ~priced]
    counts = count_by(plain, len(snap.specs.rack_types)).astype(int).tolist()
    rows = [
        bom_row("racks", t, count) for t, count in zip(snap.specs.rack_types, counts, strict=True) if count
    ]
    for number, count in zip(*np.unique(snap.rack_block[priced], return_counts=True), strict=True):
        record = snap.rack_records[int(number)]
        frame = snap.specs.rack_types[int(snap.rack_type[priced & (snap.rack_block == number)][0])]
        if record is not None:
            rows.append(bom_row("racks", _delivered(record, frame), int(count)))
    return rows


def _delivered(record: Block, frame: RackType) -> RackType:
    """The rack with its contents as one thing to order."""
    return msgspec.structs.replace(
        frame,
        id=record.id,
        name=f"{record.name}, as delivered",
        part_number="",
        price_low_usd=record.price_low_usd,
        price_high_usd=record.price_high_usd,
        sources=record.sources,
    )


def _cables(cabled: Cabling) -> list[BomRow]:
    """A piece with several links is counted once, at the length of its longest."""
    rows = []
    for k, option in enumerate(cabled.options):
        chosen = np.flatnonzero(cabled.cable_option == k)
        lengths = cabled.cable_ordered_m[chosen]
        if option.links > 1:
            _, piece = np.unique(pieces_of(option, cabled.classes)[chosen], return_inverse=True)
            links = np.bincount(piece.reshape(-1))
            longest = np.zeros(len(links))
            np.maximum.at(longest, piece.reshape(-1), lengths)
            lengths, pieces = longest, np.ceil(links / option.links)
            different, place = np.unique(lengths, return_inverse=True)
            number = sum_by(place.reshape(-1), pieces, len(different)).astype(np.int64)
        else:
            different, number = counted(lengths)
        for length, count in zip(different.tolist(), number.tolist(), strict=True):
            rows.append(bom_row("cables", option.cable, count, length))
    merged: dict[tuple[str, float | None], BomRow] = {}
    for row in rows:
        key = (row.type.id, row.length_m)
        if key in merged:
            row = bom_row("cables", row.type, row.count + merged[key].count, row.length_m)
        merged[key] = row
    return [merged[key] for key in sorted(merged, key=lambda k: (k[0], k[1] or 0.0))]


def _optics(snap: Snapshot, cabled: Cabling) -> list[BomRow]:
    """One transceiver for each occupied cage."""
    cages: dict[str, Flags] = {}
    kinds: dict[str, OpticType] = {}
    data = snap.cable_layer == LAYERS.index("data")
    for number, option in enumerate(cabled.options):
        ends = ((option.optic_a, cabled.classes.cage_a), (option.optic_b, cabled.classes.cage_b))
        if option.optic_a is None and option.optic_b is None:
            continue
        rows = np.flatnonzero(data & (cabled.cable_option == number))
        for optic, cage in ends:
            if optic is not None:
                kinds[optic.id] = optic
                occupied = cages.setdefault(optic.id, np.zeros(cabled.classes.n_cages, bool))
                occupied[cage[rows]] = True
    return [bom_row("optics", kinds[name], int(np.count_nonzero(cages[name]))) for name in sorted(cages)]
