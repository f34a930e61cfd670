"""Who furnishes and who installs what is placed: items by scope, with their pieces, mass and price.

The sums over all scopes are the mass and the cost of the design.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.engine.cabling import pieces_of
from core.engine.columns import Floats, sum_by
from core.engine.cost import bom_row
from core.engine.delivered import included, states_price
from core.engine.specs import LAYERS
from core.model.project import Reader
from core.model.types import AnyType
from core.report.lists.placed import Placed

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

SCOPES = ("OFOI", "OFCI", "CFCI", "")
"""In the order of the table; empty: not stated."""
_CABLES = {
    "data": "data cables",
    "power": "power cords, whips and cables",
    "coolant": "coolant hoses and pipes",
}
Codes = NDArray[np.int64]


@dataclass
class Item:
    """All of a class of one scope.

    Attributes
    ----------
    pieces, in_rack : int
        All of them; those delivered in a rack whose price holds theirs.
    unpriced, unweighed : int
        Of the others those without a known price; of all those without a known mass.
    kg : float or None
        None for cables and optics, which the mass of the design leaves out.
    low_usd, high_usd : float
    """

    section: str
    name: str
    scope: str
    pieces: int = 0
    in_rack: int = 0
    unpriced: int = 0
    unweighed: int = 0
    kg: float | None = None
    low_usd: float = 0.0
    high_usd: float = 0.0
    makers: set[str] = field(default_factory=set)


class _Lot(NamedTuple):
    """Equal pieces of one scope."""

    section: str
    name: str
    scope: int
    spec: AnyType
    pieces: int
    length_m: float | None = None
    kg: float | None = None
    unweighed: int = 0
    in_rack: bool = False


def states_scope(project: Reader) -> bool:
    """Tell whether anything drawn says who furnishes or installs it."""
    return any(record.scope for table in ("instances", "devices", "links") for record in project.every(table))


def items_of(project: Reader, of: Evaluation) -> list[Item]:
    """Return what is placed by section, class and scope.

    A thing has its own scope, else that of the nearest instance around it.
    """
    scopes = _Scopes(project, of)
    lots = [*_racks(of, scopes), *_devices(of, scopes), *_cables(of, scopes), *_optics(of, scopes)]
    items: dict[tuple[str, str, str], Item] = {}
    for lot in lots:
        key = lot.section, lot.name, SCOPES[lot.scope]
        item = items.setdefault(key, Item(*key))
        item.pieces += lot.pieces
        item.in_rack += lot.pieces * lot.in_rack
        item.unweighed += lot.unweighed
        if lot.kg is not None:
            item.kg = (item.kg or 0.0) + lot.kg
        if lot.spec.maker:
            item.makers.add(lot.spec.maker)
        if lot.in_rack:
            continue
        row = bom_row(lot.section, lot.spec, lot.pieces, lot.length_m)
        item.low_usd += row.low_usd or 0.0
        item.high_usd += row.high_usd or 0.0
        item.unpriced += lot.pieces if row.low_usd is None else 0
    order = ("racks", "devices", "modules", "cables", "optics")
    return sorted(items.values(), key=lambda i: (order.index(i.section), i.name, SCOPES.index(i.scope)))


class _Scopes:
    """Index into `SCOPES` of every device, rack and cable."""

    def __init__(self, project: Reader, of: Evaluation) -> None:
        placed = Placed(project, of.snapshot)
        unsaid, places = SCOPES.index(""), placed.places
        around: list[int] = []
        for place in places:
            own = place.instance.scope if place.instance is not None else ""
            holder = place.path.rpartition("/")[0]
            outer = around[placed.place_by_path[holder]] if place.path else unsaid
            around.append(SCOPES.index(own) if own else outer)
        of_place = np.array(around, np.int64)
        self.rack: Codes = of_place[placed.rack_places]
        self.device = self._of(placed, "device", of_place, unsaid)
        self.cable = self._of(placed, "cable", of_place, unsaid)

    def _of(self, placed: Placed, kind: str, of_place: Codes, unsaid: int) -> Codes:
        said = placed.texts(kind, "scope")
        own = np.array([SCOPES.index(value) for value in said.values] or [unsaid], np.int64)
        codes = own[said.codes] if len(said.codes) else np.zeros(0, np.int64)
        return np.where(codes == unsaid, of_place[placed.place_of(kind)], codes)


def _racks(of: Evaluation, scopes: _Scopes) -> Iterator[_Lot]:
    """Yield racks: frames, or racks as delivered where their block states mass or price."""
    snap = of.snapshot
    own_kg = _own_kg(of)[0]
    frames = snap.specs.rack_column("mass_kg")
    for number in np.unique(snap.rack_block[snap.rack_type >= 0]).tolist():
        rows = np.flatnonzero((snap.rack_block == number) & (snap.rack_type >= 0))
        record, frame = snap.rack_records[number], snap.specs.rack_types[int(snap.rack_type[rows[0]])]
        spec: AnyType = frame
        name = frame.name
        if record is not None and states_price(record):
            spec, name = _priced_as(frame, record.price_low_usd, record.price_high_usd), record.name
        for scope, at in _by_scope(scopes.rack[rows]):
            is_dark = not frames.known[snap.rack_type[rows[0]]] and (record is None or record.mass_kg is None)
            kg = float(own_kg[rows[at]].sum())
            yield _Lot("racks", name, scope, spec, len(at), kg=kg, unweighed=len(at) * is_dark)


def _priced_as(frame: AnyType, low: float | None, high: float | None) -> AnyType:
    from msgspec.structs import replace

    return replace(frame, price_low_usd=low, price_high_usd=high)


def _own_kg(of: Evaluation) -> tuple[Floats, Floats]:
    """Return the mass of racks without what is counted as devices, and of devices that are counted [kg]."""
    snap = of.snapshot
    each = snap.specs.column("mass_kg", with_modules=True).value[snap.device_spec]
    stated = np.array([r is not None and r.mass_kg is not None for r in snap.rack_records] + [False])
    within = (snap.device_rack >= 0) & np.append(stated[snap.rack_block], False)[snap.device_rack]
    counted = np.where(within & included(snap), 0.0, each)
    racked = snap.device_rack >= 0
    loose = sum_by(snap.device_rack[racked], counted[racked], snap.n_racks)
    return of.mass.rack_kg - loose, counted


def _devices(of: Evaluation, scopes: _Scopes) -> Iterator[_Lot]:
    """Yield devices by kind with their modules; those delivered in a rack have neither mass nor price."""
    snap, kg = of.snapshot, _own_kg(of)[1]
    priced = np.array([r is not None and states_price(r) for r in snap.rack_records] + [False])
    of_rack = np.append(priced[snap.rack_block] & (snap.rack_type >= 0), False)
    inside = of_rack[snap.device_rack] & (snap.device_rack >= 0) & included(snap)
    column = snap.specs.column("mass_kg", with_modules=True)
    known, lacking = column.known, column.lacking
    present = np.flatnonzero(snap.device_spec > 0)
    key = np.stack([snap.device_spec[present], scopes.device[present], inside[present]], axis=1)
    for (spec, scope, is_in), rows in _groups(key):
        found = snap.specs.specs[spec]
        mass = float(kg[present[rows]].sum())
        dark = 0 if is_in or (known[spec] and not lacking[spec]) else len(rows)
        yield _Lot(
            "devices",
            found.type.kind,
            scope,
            found.type,
            len(rows),
            kg=mass,
            unweighed=dark,
            in_rack=bool(is_in),
        )
        for _, module in found.modules:
            yield _Lot("modules", module.kind, scope, module, len(rows), in_rack=bool(is_in))


def _cables(of: Evaluation, scopes: _Scopes) -> Iterator[_Lot]:
    """Yield cables as pieces; one of several links is as long as its longest, of the scope of its first."""
    cabled, layers = of.cabling, of.snapshot.cable_layer
    for k, option in enumerate(cabled.options):
        rows = np.flatnonzero(cabled.cable_option == k)
        if not len(rows):
            continue
        shared = pieces_of(option, cabled.classes)[rows] if option.links > 1 else np.arange(len(rows))
        _, first, piece = np.unique(shared, return_index=True, return_inverse=True)
        links = np.bincount(piece.reshape(-1))
        longest = np.zeros(len(links))
        np.maximum.at(longest, piece.reshape(-1), cabled.cable_ordered_m[rows])
        pieces = np.ceil(links / option.links).astype(np.int64)
        lead = rows[first]
        key = np.stack([scopes.cable[lead], layers[lead], np.round(longest * 1000).astype(np.int64)], axis=1)
        for (scope, layer, _), at in _groups(key):
            number, metres = int(pieces[at].sum()), float(longest[at[0]])
            yield _Lot("cables", _CABLES[LAYERS[layer]], scope, option.cable, number, metres)


def _optics(of: Evaluation, scopes: _Scopes) -> Iterator[_Lot]:
    """Yield one transceiver for each occupied cage, of the scope of the first link in it."""
    cabled, data = of.cabling, of.snapshot.cable_layer == LAYERS.index("data")
    kinds: dict[str, AnyType] = {}
    held: dict[str, list[tuple[Codes, Codes]]] = {}
    for k, option in enumerate(cabled.options):
        rows = np.flatnonzero(data & (cabled.cable_option == k))
        ends = ((option.optic_a, cabled.classes.cage_a), (option.optic_b, cabled.classes.cage_b))
        for optic, cage in ends:
            if optic is not None and len(rows):
                kinds[optic.id] = optic
                held.setdefault(optic.id, []).append((cage[rows].astype(np.int64), scopes.cable[rows]))
    for name, parts in sorted(held.items()):
        cages, said = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
        _, first = np.unique(cages, return_index=True)
        for scope, at in _by_scope(said[first]):
            yield _Lot("optics", "transceivers", scope, kinds[name], len(at))


def _by_scope(codes: Codes) -> Iterator[tuple[int, Codes]]:
    for scope in np.unique(codes).tolist():
        yield scope, np.flatnonzero(codes == scope)


def _groups(key: Codes) -> Iterator[tuple[tuple[int, ...], Codes]]:
    """Yield the distinct rows of a table of whole numbers, each with where it stands."""
    distinct, index = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(index.reshape(-1), kind="stable")
    bounds = np.searchsorted(index.reshape(-1)[order], np.arange(len(distinct) + 1))
    for i, row in enumerate(distinct.tolist()):
        yield tuple(row), order[bounds[i] : bounds[i + 1]]
