"""What a network that is only generated would be bought as: switches, cables, optics, with prices.

Ports, parts and prices are found as for a drawn design (`port_map`, `core.engine.parts`, `core.engine.cost`);
only lengths are not known before anything stands, and are assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.catalogue.library import Library
from core.editing.laying.port_map import PortCount, PortMap, ensure_one_split
from core.editing.types import fitted_modules
from core.engine.cost import BomRow, Cost, bom_row, cost_of
from core.engine.evidence import Grounds, grounds
from core.engine.parts import LinkClass, Option, options_for
from core.engine.specs import value_of
from core.errors import EditError
from core.model.fields import quantity
from core.model.ports import MOST_PORTS_OF_DEVICE, PortTable, port_table
from core.model.types import AnyType, CableType, DeviceType, OpticType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

Rows = NDArray[np.int64]


class Lengths(msgspec.Struct, frozen=True, kw_only=True):
    """Mean lengths of cables taken before anything is placed: assumptions, slack included."""

    host_m: Annotated[float, quantity("m", "Host to switch", low=0, high=10_000)] = 10.0
    leaf_m: Annotated[float, quantity("m", "Between the first tier and the next", low=0, high=10_000)] = 20.0
    upper_m: Annotated[float, quantity("m", "Between higher tiers", low=0, high=10_000)] = 40.0

    def between(self, tier: int, other: int) -> float:
        """Return the length taken between two tiers; 0 is that of the hosts.

        Examples
        --------
        >>> Lengths().between(2, 1)
        20.0
        """
        return (self.host_m, self.leaf_m, self.upper_m)[min(tier, other, 2)]


class Amount(NamedTuple):
    """A sum and what it stands on."""

    value: float
    grounds: Grounds


@dataclass(frozen=True, eq=False)
class Bill:
    """What a network takes, hosts not included.

    Attributes
    ----------
    cost : Cost
        One row for each type of switch, module, cable (by length) and optic.
    cables, optics : int
        Pieces: a twin-port cable is one, an optic is one however many links it carries.
    ports : PortCount
    left_out : tuple of str
        What is not in the sums, and why.
    """

    cost: Cost
    cables: int
    optics: int
    ports: PortCount
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Fitted:
    """A device type with the modules it ships with."""

    spec: DeviceType
    modules: Mapping[str, DeviceType]

    @property
    def table(self) -> PortTable:
        return port_table(self.spec, self.modules)


def fitted(library: Library, type_id: str) -> Fitted:
    """Return a device type of the catalogue with its modules.

    Raises
    ------
    CatalogueError
        If there is none.
    EditError
        If it is no device.
    """
    spec = library.get(type_id)
    if not isinstance(spec, DeviceType):
        raise EditError(f"'{spec.name}' is no device", cure="Choose a device type of the catalogue")
    found = {bay: library.get(module) for bay, module in fitted_modules(spec).items()}
    return Fitted(spec, {bay: module for bay, module in found.items() if isinstance(module, DeviceType)})


def device_rows(counts: Mapping[str, int], devices: Mapping[str, Fitted]) -> list[BomRow]:
    """Return the lines of devices and their modules, given how many of each role there are."""
    total: Counter[str] = Counter()
    kinds: dict[str, tuple[str, DeviceType]] = {}
    for role, count in counts.items():
        if role in devices:
            parts = [
                ("devices", devices[role].spec),
                *(("modules", m) for m in devices[role].modules.values()),
            ]
            for section, spec in parts:
                total[spec.id] += count
                kinds[spec.id] = section, spec
    return [bom_row(*kinds[name], count) for name, count in sorted(total.items())]


def power_of(rows: Iterable[BomRow]) -> Amount:
    """Return the maximum sustained power of devices and modules [W], as the engine takes it."""
    watts, codes, names = [], [], []
    for row in rows:
        value, code = value_of(row.type, "power_max_w", "power_typical_w")
        watts.append(value * row.count)
        codes.append(code)
        names.append(f"{row.type.name}: power")
    amounts = np.array(watts, np.float64)
    return Amount(float(amounts.sum()), grounds(amounts, np.array(codes, np.int8), names))


def bill_of(
    graph: Graph, devices: Mapping[str, Fitted], parts: Sequence[AnyType], lengths: Lengths | None = None
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

    Raises
    ------
    EditError
        If a type has too few ports, or they do not run at the rates of the network.
    """
    links = _Links(graph, devices)
    counts = Counter(role for _, role in graph.nodes(data="role") if role != "host")
    chosen = _Parts(links, parts, lengths or Lengths())
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
    )


class _Links:
    """The links of a graph whose two ends have types, as columns of shape (2, n) for what each end has."""

    def __init__(self, graph: Graph, devices: Mapping[str, Fitted]) -> None:
        self._maps: dict[tuple[str, int, float], PortMap] = {}
        self._seen: dict[tuple[int, tuple[int, ...], float], Rows] = {}
        self._connectors: dict[str, int] = {}
        self._devices = devices
        self.count = self.untyped = 0
        number = {key: row for row, key in enumerate(graph.nodes)}
        uses: dict[str, list[tuple[tuple[int, ...], int]]] = {}
        ends: list[list[Rows]] = [[], []]
        tiers: list[tuple[int, int]] = []
        widths: list[int] = []
        for _, _, edge in graph.edges(data=True):
            self.count += edge["count"]
            there = [graph.nodes[edge[end]] for end in ("a", "b")]
            missing = [node["role"] not in devices for node in there]
            self.untyped += edge["count"] * any(missing)
            for side, end in enumerate(("a", "b")):
                if missing[side]:
                    continue
                ports, slots = self._map(there[side]), edge[f"{end}_slots"]
                uses.setdefault(edge[end], []).append((slots, ports.width(edge["gbps"])))
                if not any(missing):
                    found = self._sockets(ports, there[side]["role"], slots, edge["gbps"], edge[end]).copy()
                    found[0] += number[edge[end]] * MOST_PORTS_OF_DEVICE
                    ends[side].append(found)
            if not any(missing):
                tiers.append((there[0]["tier"], there[1]["tier"]))
                widths.append(edge["count"])
        self.cages = sum(self._cages(graph.nodes[key], used) for key, used in uses.items())
        columns = np.array([np.concatenate(side or [np.zeros((4, 0), np.int64)], axis=1) for side in ends])
        self.cage, self.split, self.connector, mbps = columns.transpose(1, 0, 2)
        self.mbps: Rows = mbps.min(axis=0)
        self.tier: Rows = np.repeat(np.array(tiers, np.int64).reshape(-1, 2), widths, axis=0)

    @property
    def connectors(self) -> tuple[str, ...]:
        return tuple(self._connectors)

    def _map(self, node: Mapping[str, Any]) -> PortMap:
        device = self._devices[node["role"]]
        key = (node["role"], node["slots"], node["slot_gbps"])
        if key not in self._maps:
            is_end = node["tier"] == 0
            self._maps[key] = PortMap(device.spec.name, device.table, *key[1:], "compute", is_end=is_end)
        return self._maps[key]

    def _sockets(self, ports: PortMap, role: str, slots: tuple[int, ...], gbps: float, at: str) -> Rows:
        """Return cage, split, connector and rate [Mbit/s] of each of some slots, shape (4, n)."""
        key = (id(ports), slots, gbps)
        if key not in self._seen:
            table, rows = self._devices[role].table, []
            for token in ports.tokens(slots, gbps):
                socket = table.find(token)
                if socket is None:
                    raise EditError(f"there is no port '{token}'", where=at)
                connector = self._connectors.setdefault(socket.port.group.connector, len(self._connectors))
                rows.append(
                    (socket.port.index, socket.split, connector, round((socket.rate_gbps or 0) * 1000))
                )
            self._seen[key] = np.array(rows, np.int64).T
        return self._seen[key]

    def _cages(self, node: Mapping[str, Any], uses: list[tuple[tuple[int, ...], int]]) -> int:
        ports = self._map(node)
        if len({width for _, width in uses}) > 1:
            ensure_one_split(ports, uses)
        return len({ports.cage_at(slot) for slots, _ in uses for slot in slots})


class _Parts:
    """Cables and optics of links: the first option of each class that reaches, as for a drawn design."""

    def __init__(self, links: _Links, parts: Sequence[AnyType], lengths: Lengths) -> None:
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
                self.lacking.append(f"{text}: no part of the catalogue makes {mm / 1000:g} m")
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
