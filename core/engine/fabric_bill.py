"""What each fabric is made of: cages, optics, cables; all fabrics add up to the bill of the design."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.cabling import Cabling, pieces_of
from core.engine.columns import Floats
from core.engine.cost import BomRow, bom_row
from core.engine.network import FabricResult, Network
from core.engine.snapshot import Snapshot
from core.engine.specs import LAYERS
from core.model.types import OpticType

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class CageRow:
    """The cages of the devices of one type in one tier.

    Attributes
    ----------
    tier : int
        0 for hosts, 1 for switches with hosts ...
    type : str
        Id of the device type.
    devices : int
    cages : int
        Occupied by links of the fabric.
    with_optics : int
        Of these, with a transceiver; plugs of copper and active optical cables are none.
    links : int
        Links that end there: those between two such devices count at both ends.
    """

    tier: int
    type: str
    devices: int
    cages: int
    with_optics: int
    links: int


@dataclass(frozen=True)
class OpticRow:
    """Transceivers of one type in the devices of one tier."""

    tier: int
    row: BomRow


@dataclass(frozen=True)
class CableRow:
    """Pieces of one cable type and length, and the links they carry."""

    row: BomRow
    links: int


@dataclass(frozen=True)
class FabricBill:
    """Bill of one fabric.

    Attributes
    ----------
    fabric : str
        Id of the fabric; empty for data links that belong to none.
    cages : tuple of CageRow
    optics : tuple of OpticRow
    cables : tuple of CableRow
    without_part : int
        Links that no qualified part reaches: in no row.
    elsewhere : int
        Its links that share a piece with links of a fabric whose bill has that piece.
    """

    fabric: str
    cages: tuple[CageRow, ...]
    optics: tuple[OpticRow, ...]
    cables: tuple[CableRow, ...]
    without_part: int
    elsewhere: int

    @property
    def links(self) -> int:
        """Links in its cable rows."""
        return sum(cable.links for cable in self.cables)

    @property
    def rows(self) -> tuple[BomRow, ...]:
        return (*(cable.row for cable in self.cables), *(optic.row for optic in self.optics))

    @property
    def low_usd(self) -> float:
        return sum(row.low_usd or 0.0 for row in self.rows)

    @property
    def high_usd(self) -> float:
        return sum(row.high_usd or 0.0 for row in self.rows)

    @property
    def unpriced(self) -> int:
        """Pieces without a price."""
        return sum(row.count for row in self.rows if row.low_usd is None)


def fabric_bills(snap: Snapshot, cabled: Cabling, measured: Network) -> tuple[FabricBill, ...]:
    """Return the bill of each fabric, in the order of their ids.

    Notes
    -----
    Pieces and transceivers are counted as `core.engine.cost` counts them: a piece of several links once, a
    transceiver for each occupied cage. One that serves links of two fabrics is on the bill of the fabric of
    its first link, so that the bills add up to that of the design.
    """
    data = snap.cable_layer == LAYERS.index("data")
    cables, elsewhere = _cables(snap, cabled, data)
    optics, with_optics = _optics(snap, cabled, measured, data)
    found = []
    for result in measured.fabrics:
        number = snap.fabrics.index(result.fabric) if result.fabric else -1
        without = data & (snap.cable_fabric == number) & (cabled.cable_option < 0)
        found.append(
            FabricBill(
                fabric=result.fabric,
                cages=_cages(snap, cabled, result, with_optics),
                optics=tuple(optics[number]),
                cables=tuple(cables[number]),
                without_part=int(without.sum()),
                elsewhere=elsewhere[number],
            )
        )
    return tuple(found)


def _cables(
    snap: Snapshot, cabled: Cabling, data: NDArray[np.bool_]
) -> tuple[dict[int, list[CableRow]], dict[int, int]]:
    """Return the pieces by number of the fabric, and how many of its links are on pieces of others."""
    counts: dict[tuple[int, str, float], list[int]] = defaultdict(lambda: [0, 0])
    types = {option.cable.id: option.cable for option in cabled.options}
    elsewhere: dict[int, int] = defaultdict(int)
    for number, option in enumerate(cabled.options):
        chosen = np.flatnonzero((cabled.cable_option == number) & data)
        if not len(chosen):
            continue
        fabric, lengths = snap.cable_fabric[chosen], cabled.cable_ordered_m[chosen]
        links = pieces = np.ones(len(chosen), np.int64)
        if option.links > 1:
            _, first, piece = np.unique(
                pieces_of(option, cabled.classes)[chosen], return_index=True, return_inverse=True
            )
            piece = piece.reshape(-1)
            for other in fabric[fabric != fabric[first][piece]].tolist():
                elsewhere[other] += 1
            longest: Floats = np.zeros(len(first))
            np.maximum.at(longest, piece, lengths)
            fabric, lengths, links = fabric[first], longest, np.bincount(piece)
            pieces = -(-links // option.links)
        rows = zip(fabric.tolist(), lengths.tolist(), pieces.tolist(), links.tolist(), strict=True)
        for its, length, n, carried in rows:
            entry = counts[its, option.cable.id, length]
            entry[0] += n
            entry[1] += carried
    found: dict[int, list[CableRow]] = defaultdict(list)
    for (its, cable, length), (n, carried) in sorted(counts.items()):
        found[its].append(CableRow(bom_row("cables", types[cable], n, length), carried))
    return found, elsewhere


def _optics(
    snap: Snapshot, cabled: Cabling, measured: Network, data: NDArray[np.bool_]
) -> tuple[dict[int, list[OpticRow]], NDArray[np.bool_]]:
    """Return the transceivers by number of the fabric, and which cages have one."""
    tiers = {
        snap.fabrics.index(result.fabric) if result.fabric else -1: result.drawn.topology
        for result in measured.fabrics
    }
    kinds: dict[str, OpticType] = {}
    ends: dict[str, list[Rows]] = defaultdict(list)
    for number, option in enumerate(cabled.options):
        rows = np.flatnonzero(data & (cabled.cable_option == number)).astype(np.int64)
        for optic, cage, device in (
            (option.optic_a, cabled.classes.cage_a, snap.cable_a),
            (option.optic_b, cabled.classes.cage_b, snap.cable_b),
        ):
            if optic is not None and len(rows):
                kinds[optic.id] = optic
                ends[optic.id].append(np.stack([cage[rows], rows, device[rows]]))
    occupied = np.zeros(cabled.classes.n_cages, bool)
    found: dict[int, list[OpticRow]] = defaultdict(list)
    for name in sorted(kinds):
        cage, row, device = np.concatenate(ends[name], axis=1)
        order = np.lexsort((row, cage))
        _, first = np.unique(cage[order], return_index=True)
        row, device = row[order][first], device[order][first]
        occupied[cage] = True
        for number in np.unique(snap.cable_fabric[row]).tolist():
            net, its = tiers[number], device[snap.cable_fabric[row] == number]
            tier, count = np.unique(net.tier[np.searchsorted(net.rows, its)], return_counts=True)
            for level, n in zip(tier.tolist(), count.tolist(), strict=True):
                found[number].append(OpticRow(level, bom_row("optics", kinds[name], n)))
    return found, occupied


def _cages(
    snap: Snapshot, cabled: Cabling, result: FabricResult, with_optics: NDArray[np.bool_]
) -> tuple[CageRow, ...]:
    """Return the occupied cages of a fabric by tier and type of device."""
    drawn, classes = result.drawn, cabled.classes
    device = np.concatenate([drawn.a, drawn.b]).astype(np.int64)
    cage = np.concatenate([classes.cage_a[drawn.cables], classes.cage_b[drawn.cables]])
    _, first = np.unique(cage, return_index=True)
    spec = snap.device_spec[drawn.topology.rows]
    names = [s.type.id for s in snap.specs.specs]
    kinds = sorted(set(names))
    kind = np.array([kinds.index(name) for name in names], np.int64)[spec]
    code = drawn.topology.tier * len(kinds) + kind
    found = []
    for each in np.unique(code).tolist():
        mine = code == each
        inside = first[mine[device[first]]]
        found.append(
            CageRow(
                tier=each // len(kinds),
                type=kinds[each % len(kinds)],
                devices=int(mine.sum()),
                cages=len(inside),
                with_optics=int(with_optics[cage[inside]].sum()),
                links=int(mine[device].sum()),
            )
        )
    return tuple(found)
