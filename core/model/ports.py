"""Port names: patterns in types, tokens in links.

A pattern holds at most one range, `osfp{1..64}`. A token names a port (`osfp17`) or one lane of a split
data port: `osfp17/2` is lane 2 of the first split its group offers, `osfp17/4:2` lane 2 of the split by 4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from core.errors import RecordError
from core.model.types import AnyType, DeviceType, Layer, PortGroup

MOST_PORTS = 4096
"""Names one pattern may stand for."""
MOST_PORTS_OF_DEVICE = 4 * MOST_PORTS
_RANGE = re.compile(r"^([^{},/:]*)\{(\d{1,4})\.\.(\d{1,4})\}([^{},/:]*)$")
_PLAIN = re.compile(r"^[A-Za-z0-9._+-]{1,64}$")


@lru_cache(maxsize=4096)
def expand(pattern: str) -> tuple[str, ...]:
    """Return the names a pattern stands for, in order.

    Raises
    ------
    RecordError
        If the pattern is no name and holds no ascending range.

    Examples
    --------
    >>> expand("osfp{1..3}")
    ('osfp1', 'osfp2', 'osfp3')
    >>> expand("bmc")
    ('bmc',)
    """
    if _PLAIN.match(pattern):
        return (pattern,)
    match = _RANGE.match(pattern)
    if match is None:
        raise RecordError(
            f"'{pattern}' is no port pattern",
            cure="Write a name such as bmc, or one range such as osfp{1..64}",
        )
    first, last = int(match[2]), int(match[3])
    if not 0 <= last - first < MOST_PORTS:
        raise RecordError(f"the range in '{pattern}' is empty or longer than {MOST_PORTS}")
    return tuple(f"{match[1]}{i}{match[4]}" for i in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Port:
    """One physical port (for data: one cage) of a device type."""

    index: int
    """Place in the type's list of ports."""
    name: str
    group: PortGroup
    ordinal: int
    """Place within its group, from 0."""
    module: str = ""
    """Bay of the module it belongs to."""


@dataclass(frozen=True, slots=True)
class Socket:
    """What one token of a link occupies: a whole port or a lane of it."""

    port: Port
    split: int
    """1 for the whole port, else the number of lanes it is split into."""
    lane: int
    """From 1; 1 for the whole port."""

    @property
    def rate_gbps(self) -> float | None:
        rate = self.port.group.rate_gbps
        return None if rate is None else rate / self.split


class PortTable:
    """The ports of one device type with the modules fitted, by name and by token."""

    def __init__(self, spec: DeviceType, modules: Mapping[str, DeviceType] | None = None) -> None:
        self.ports: list[Port] = []
        self.by_name: dict[str, Port] = {}
        self._add(spec, "")
        for bay, module in (modules or {}).items():
            self._add(module, bay)
        self._sockets: dict[str, Socket | None] = {}

    def _add(self, spec: DeviceType, bay: str) -> None:
        for group in spec.ports:
            for ordinal, name in enumerate(expand(group.name)):
                full = f"{bay}-{name}" if bay else name
                if len(self.ports) >= MOST_PORTS_OF_DEVICE:
                    raise RecordError(
                        f"a device may have {MOST_PORTS_OF_DEVICE} ports", where=f"types '{spec.id}'"
                    )
                port = Port(len(self.ports), full, group, ordinal, bay)
                self.ports.append(port)
                self.by_name.setdefault(full, port)

    def __iter__(self) -> Iterator[Port]:
        return iter(self.ports)

    def find(self, token: str) -> Socket | None:
        """Return what a token occupies, or None if the type has no such port or lane."""
        if token not in self._sockets:
            self._sockets[token] = self._parse(token)
        return self._sockets[token]

    def _parse(self, token: str) -> Socket | None:
        name, slash, lane_text = token.partition("/")
        port = self.by_name.get(name)
        if port is None:
            return None
        if not slash:
            return Socket(port, 1, 1)
        split_text, colon, lane = lane_text.partition(":")
        if not colon:
            split_text, lane = "", lane_text
        splits = port.group.lanes
        if not splits or not lane.isdecimal() or (split_text and not split_text.isdecimal()):
            return None
        split = int(split_text) if split_text else splits[0]
        if split not in splits or not 1 <= int(lane) <= split:
            return None
        return Socket(port, split, int(lane))

    def tokens(self, *, layer: Layer = "data", role: str = "", direction: str = "") -> list[str]:
        """Return the finest default sockets of a layer in order: NIC r of a server is the r-th token.

        A port with `whole` set is one token; one that is only used split gives a token for each lane.
        """
        found: list[str] = []
        for port in self.ports:
            group = port.group
            if group.layer != layer or (role and group.role != role):
                continue
            if direction and group.direction != direction:
                continue
            found.extend(whole_or_lanes(port))
        return found


def whole_or_lanes(port: Port) -> list[str]:
    """Return the tokens by which a port is used unless asked otherwise."""
    if port.group.whole or not port.group.lanes:
        return [port.name]
    return [f"{port.name}/{lane}" for lane in range(1, port.group.lanes[0] + 1)]


def lanes_of(port: Port, split: int) -> list[str]:
    """Return the tokens of a port split by `split`, in the short form where that is the default split."""
    if split == 1:
        return [port.name]
    prefix = "" if port.group.lanes and port.group.lanes[0] == split else f"{split}:"
    return [f"{port.name}/{prefix}{lane}" for lane in range(1, split + 1)]


_tables: dict[tuple[int, ...], tuple[DeviceType, tuple[tuple[str, DeviceType], ...], PortTable]] = {}


def port_table(spec: AnyType | None, modules: Mapping[str, AnyType] | None = None) -> PortTable:
    """Return the (cached) port table of a device type with its modules.

    The cache is keyed by identity: hashing a type of a hundred ports costs more than building its table.
    """
    if not isinstance(spec, DeviceType):
        return _EMPTY
    fitted = tuple((bay, m) for bay, m in sorted((modules or {}).items()) if isinstance(m, DeviceType))
    key = (id(spec), *(id(m) for _, m in fitted), *(hash(bay) for bay, _ in fitted))
    entry = _tables.get(key)
    if entry is None or entry[0] is not spec or entry[1] != fitted:
        if len(_tables) > 8192:
            _tables.clear()
        entry = (spec, fitted, PortTable(spec, dict(fitted)))
        _tables[key] = entry
    return entry[2]


_EMPTY = PortTable(DeviceType(id="none", name="none", kind="other"))
