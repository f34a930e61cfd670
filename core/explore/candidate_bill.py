"""What a network that is only generated would be bought as: switches, cables, optics, with prices.

Ports, parts and prices are found as for a drawn design (`port_map`, `core.engine.parts`, `core.engine.cost`);
only lengths are not known before anything stands, and are assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from core.editing.laying.port_map import PortCount
from core.engine.cost import BomRow, Cost, bom_row, cost_of
from core.engine.parts import LinkClass, Option, options_for
from core.explore.candidate_devices import Fitted, device_rows
from core.explore.candidate_links import Links, Rows
from core.fabrics.family import END_ROLES
from core.model.fields import quantity
from core.model.records import FabricRole
from core.model.types import AnyType, CableType, OpticType
from core.units import span

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class Lengths(msgspec.Struct, frozen=True, kw_only=True):
    """Mean lengths of cables taken before anything is placed: assumptions, slack included."""

    host_m: Annotated[float, quantity("m", "Host to switch", low=0, high=10_000)] = 10.0
    leaf_m: Annotated[float, quantity("m", "Between the first tier and the next", low=0, high=10_000)] = 20.0
    upper_m: Annotated[float, quantity("m", "Between higher tiers", low=0, high=10_000)] = 40.0

    @property
    def words(self) -> str:
        """What is taken, in words."""
        metres = f"hosts {span(self.host_m)}, leafs {span(self.leaf_m)}, above {span(self.upper_m)}"
        return f"cable lengths are assumed: {metres}"

    def between(self, tier: int, other: int) -> float:
        """Return the length taken between two tiers; 0 is that of the hosts.

        Examples
        --------
        >>> Lengths().between(2, 1)
        20.0
        """
        return (self.host_m, self.leaf_m, self.upper_m)[min(tier, other, 2)]


@dataclass(frozen=True, eq=False)
class Bill:
    """What a network takes, the devices it serves (hosts, storage) not included.

    Attributes
    ----------
    cost : Cost
        One row for each type of switch, module, cable (by length) and optic.
    cables, optics : int
        Pieces: a twin-port cable is one, an optic is one however many links it carries.
    ports : PortCount
    left_out : tuple of str
        What is not in the sums, and why.
    lengths : Lengths
        The cables were chosen for.
    """

    cost: Cost
    cables: int
    optics: int
    ports: PortCount
    left_out: tuple[str, ...]
    lengths: Lengths


def bill_of(
    graph: Graph,
    devices: Mapping[str, Fitted],
    parts: Sequence[AnyType],
    lengths: Lengths | None = None,
    role: FabricRole = "compute",
) -> Bill:
    """Return what a generated network (`core.fabrics.weave`) takes.

    Parameters
    ----------
    graph : Graph
    devices : mapping
        Device type by role. Links of devices without one are counted, but no parts are chosen for them.
    parts : sequence
        Cables and optics to choose from.
    lengths : Lengths, optional
    role : str
        Of the network: says by which ports hosts and other ends join it.

    Raises
    ------
    EditError
        If a type has too few ports, or they do not run at the rates of the network.
    """
    links = Links(graph, devices, role)
    counts = Counter(role for _, role in graph.nodes(data="role") if role not in END_ROLES)
    lengths = lengths or Lengths()
    chosen = _Parts(links, parts, lengths)
    untyped = sorted(role for role in counts if role not in devices)
    left_out = [f"{counts[role]:,} x {role}: no type is chosen" for role in untyped]
    if links.untyped:
        roles = " and ".join(sorted({role for _, role in graph.nodes(data="role") if role not in devices}))
        left_out.append(f"cables of {links.untyped:,} links of {roles}: their connectors are not known")
    return Bill(
        cost=cost_of([*device_rows(counts, devices), *chosen.rows]),
        cables=sum(row.count for row in chosen.rows if row.section == "cables"),
        optics=sum(row.count for row in chosen.rows if row.section == "optics"),
        ports=PortCount(links.cages, 2 * links.count, links.count),
        left_out=(*left_out, *chosen.lacking),
        lengths=lengths,
    )


class _Parts:
    """Cables and optics of links: the first option of each class that reaches, as for a drawn design."""

    def __init__(self, links: Links, parts: Sequence[AnyType], lengths: Lengths) -> None:
        self._links = links
        self.lacking: list[str] = []
        low, high = links.cage.min(axis=0, initial=1 << 62), links.cage.max(axis=0, initial=0)
        _, self._pair, shared = np.unique(
            np.stack([low, high]), axis=1, return_inverse=True, return_counts=True
        )
        self._pair = self._pair.reshape(-1)
        length = np.array([lengths.between(*pair) for pair in links.tier.tolist()])
        columns = np.stack([*links.connector, *links.split, shared[self._pair], links.mbps, length * 1000])
        kinds, of = np.unique(columns, axis=1, return_inverse=True)
        found: dict[tuple[Any, ...], tuple[Option, float, list[Rows]]] = {}
        for k, (a, b, split_a, split_b, pair, mbps, mm) in enumerate(kinds.T.tolist()):
            names = links.connectors[int(a)], links.connectors[int(b)]
            kind = LinkClass("data", *names, mbps / 1000, int(split_a), int(split_b), int(pair))
            rows = np.flatnonzero(of.reshape(-1) == k)
            option, ordered_m = _option(kind, parts, mm / 1000)
            if option is None:
                text = f"{len(rows):,} links {names[0]} to {names[1]} at {mbps / 1000:g} Gbit/s"
                self.lacking.append(f"{text}: no part of the catalogue makes {span(mm / 1000)}")
                continue
            optics = option.optic_a, option.optic_b
            key = (option.cable.id, option.near, ordered_m, *(o.id if o else "" for o in optics))
            found.setdefault(key, (option, ordered_m, []))[2].append(rows)
        self.rows = [*self._cables(found.values()), *self._optics(found.values())]

    def _cables(self, found: Iterable[tuple[Option, float, list[Rows]]]) -> list[BomRow]:
        pieces: Counter[tuple[str, float]] = Counter()
        kinds: dict[str, CableType] = {}
        for option, ordered_m, parts in found:
            rows = np.concatenate(parts)
            kinds[option.cable.id] = option.cable
            if option.links == 1:
                pieces[option.cable.id, ordered_m] += len(rows)
                continue
            share = self._links.cage["ab".index(option.near)] if option.near else self._pair
            _, counts = np.unique(share[rows], return_counts=True)
            pieces[option.cable.id, ordered_m] += int(np.ceil(counts / option.links).sum())
        return [bom_row("cables", kinds[name], n, length) for (name, length), n in sorted(pieces.items())]

    def _optics(self, found: Iterable[tuple[Option, float, list[Rows]]]) -> list[BomRow]:
        """One transceiver for each occupied cage."""
        cages: dict[str, list[Rows]] = {}
        kinds: dict[str, OpticType] = {}
        for option, _, parts in found:
            for side, optic in enumerate((option.optic_a, option.optic_b)):
                if optic is not None:
                    kinds[optic.id] = optic
                    cages.setdefault(optic.id, []).append(self._links.cage[side, np.concatenate(parts)])
        return [
            bom_row("optics", kinds[name], len(np.unique(np.concatenate(cages[name]))))
            for name in sorted(cages)
        ]


def _option(kind: LinkClass, parts: Sequence[AnyType], needed_m: float) -> tuple[Option | None, float]:
    for option in options_for(kind, parts):
        ordered_m = float(option.ordered_m(np.array([needed_m]))[0])
        if option.reach_min_m - 1e-9 <= ordered_m <= option.reach_m + 1e-9:
            return option, ordered_m
    return None, 0.0
