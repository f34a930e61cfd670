"""What may be joined to what, and which sockets of a device are still free."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from core.editing.routes import device_at, join, keys_along
from core.model.ports import Port, Socket, lanes_of, whole_or_lanes
from core.model.project import Reader
from core.model.records import Link
from core.model.types import Layer, PortGroup

MATES: dict[str, tuple[str, ...]] = {
    "C13": ("C14",),
    "C15": ("C16", "C14"),
    "C19": ("C20",),
    "C21": ("C20", "C22"),
    "C39": ("C14", "C20"),
    "HDOT-Cx": ("C14", "C20"),
}
"""Outlets and the inlets they feed by a cord of the same rating; other connectors mate with their like."""

SAME_CAGE = "two lanes of one cage are not linked to each other"
_FAMILIES = ("OSFP", "QSFP", "SFP")


PATCH = "patch"
"""Role of the ports of patch panels, which pass a fibre or a pair through."""
FIBRE_CONNECTORS = ("MPO", "MMC", "LC", "SC", "SN", "CS")


def compatible(a: Socket, b: Socket) -> str:
    """Return why two sockets cannot be joined, in words; empty if they can.

    Layer, then: data by connector family and rate, power from outlet to inlet by mating plugs and voltage,
    coolant from out to in by coupling and fluid.
    """
    one, other = a.port.group, b.port.group
    if one.layer != other.layer:
        return f"{a.port.name} is a {one.layer} port, {b.port.name} a {other.layer} port"
    if one.layer == "data":
        return _data(a, b)
    reason = _direction(a.port, b.port)
    if reason:
        return reason
    source, sink = (a.port, b.port) if one.direction == "out" or other.direction == "in" else (b.port, a.port)
    return _power(source, sink) if one.layer == "power" else _coolant(source, sink)


def _data(a: Socket, b: Socket) -> str:
    one, other = a.port.group, b.port.group
    scale_up = [s.port.name for s in (a, b) if s.port.group.role == "scale-up"]
    if scale_up and one.role != other.role:
        return f"{scale_up[0]} belongs to the scale-up fabric"
    family_a, family_b = family(one.connector), family(other.connector)
    if PATCH in (one.role, other.role) and "" not in (family_a, family_b):
        return _patch(one, other)
    if "" in (family_a, family_b) or family_a == family_b:
        return ""  # the lower rate of a family is what both ends run at
    if family_a not in _FAMILIES or family_b not in _FAMILIES:
        return f"{one.connector} does not mate with {other.connector}"
    if a.rate_gbps is not None and b.rate_gbps is not None and a.rate_gbps != b.rate_gbps:
        return (
            f"{a.rate_gbps:g} Gbit/s of {one.connector} against {b.rate_gbps:g} Gbit/s of {other.connector}"
        )
    return ""


def _patch(one: PortGroup, other: PortGroup) -> str:
    """Return why a port of a patch panel cannot be joined: optics send fibre, fibres mate with their like."""
    panel, far = (one, other) if one.role == PATCH else (other, one)
    if family(far.connector) in _FAMILIES:
        is_fibre = panel.connector.startswith(FIBRE_CONNECTORS)
        return "" if is_fibre else f"{panel.connector} takes no fibre of an optic in {far.connector}"
    if panel.connector == far.connector:
        return ""
    (plug, _, polish), (other_plug, _, other_polish) = (
        group.connector.partition("/") for group in (panel, far)
    )
    if plug == other_plug and polish and other_polish:
        return f"an {polish} ferrule does not mate with {other_polish}: both are damaged and light is lost"
    return f"{one.connector} does not mate with {other.connector}"


def family(connector: str) -> str:
    """Return the connector family whose plugs and cages mate.

    Examples
    --------
    >>> family("OSFP-finned"), family("QSFP28"), family("RJ45")
    ('OSFP', 'QSFP', 'RJ45')
    """
    return next((f for f in _FAMILIES if connector.startswith(f)), connector)


def _direction(a: Port, b: Port) -> str:
    ways = (a.group.direction, b.group.direction)
    if "both" in ways or ways[0] != ways[1]:
        return ""
    noun = {
        ("power", "in"): "inlets",
        ("power", "out"): "outlets",
        ("coolant", "in"): "inlets",
        ("coolant", "out"): "outlets",
    }
    return f"{a.name} and {b.name} are both {noun[a.group.layer, ways[0]]}"


def _power(outlet: Port, inlet: Port) -> str:
    out, into = outlet.group, inlet.group
    mates = MATES.get(out.connector, (out.connector,))
    if out.connector and into.connector and into.connector not in mates:
        return f"a {out.connector} outlet does not feed a {into.connector} inlet"
    if out.phases is not None and into.phases is not None and (out.phases == 0) != (into.phases == 0):
        return "direct current against alternating current"
    low, high = out.voltage_low_v, out.voltage_high_v
    if None not in (low, high, into.voltage_low_v, into.voltage_high_v) and not _overlap(
        (low, high), (into.voltage_low_v, into.voltage_high_v)
    ):
        return f"{low:g}-{high:g} V against {into.voltage_low_v:g}-{into.voltage_high_v:g} V"
    return ""


def _overlap(one: tuple[float | None, float | None], other: tuple[float | None, float | None]) -> bool:
    return (one[0] or 0) <= (other[1] or 0) and (other[0] or 0) <= (one[1] or 0)


def _coolant(outlet: Port, inlet: Port) -> str:
    out, into = outlet.group, inlet.group
    if out.connector and into.connector and out.connector != into.connector:
        return f"{out.connector} does not couple with {into.connector}"
    fluids = [{f.strip() for f in group.fluid.split(",") if f.strip()} for group in (out, into)]
    if all(fluids) and not fluids[0] & fluids[1]:
        return f"{out.fluid} against {into.fluid}"
    return ""


class Usage:
    """Which sockets of a device are taken by any link of the blocks it is in.

    Parameters
    ----------
    reader : Reader
    block : str
        Block from which the path starts. Links of blocks above count too, of all copies.
    path : str
        Path to the device.
    tokens : iterable of str, optional
        Sockets that count as taken instead of those of the links there are.

    Raises
    ------
    EditError
        If the path leads to no device.
    """

    def __init__(self, reader: Reader, block: str, path: str, tokens: Iterable[str] | None = None) -> None:
        self.device = device_at(reader, block, path)
        self.table = reader.ports(self.device)
        self._taken: dict[str, set[tuple[int, int]]] = {}
        for token in Ends(reader).tokens(block, path) if tokens is None else tokens:
            self.take(token)

    def take(self, token: str) -> None:
        """Count a socket as taken."""
        socket = self.table.find(token)
        if socket is not None:
            self._taken.setdefault(socket.port.name, set()).add((socket.split, socket.lane))

    def obstacle(self, token: str) -> str:
        """Return why a socket cannot be used, in words; empty if it is free."""
        socket = self.table.find(token)
        name = self.device.name or self.device.type
        if socket is None:
            return f"{name} has no port '{token}'"
        taken = self._taken.get(socket.port.name, set())
        if (socket.split, socket.lane) in taken:
            return f"{token} of {name} is in use"
        if any(split != socket.split for split, _ in taken):
            whole = any(split == 1 for split, _ in taken)
            return f"{socket.port.name} of {name} is used {'whole' if whole else 'in another split'}"
        if socket.split == 1 and not socket.port.group.whole:
            return f"{socket.port.name} of {name} is only used split"
        return ""

    def free(
        self, *, layer: Layer | None = None, role: str | None = None, direction: str = ""
    ) -> Iterator[str]:
        """Yield the free sockets in the order of ports, as whole ports unless these are split already."""
        for port in self.table:
            group = port.group
            if layer is not None and group.layer != layer:
                continue
            if (role is not None and group.role != role) or (direction and group.direction != direction):
                continue
            for token in self._usual(port):
                if not self.obstacle(token):
                    yield token

    def _usual(self, port: Port) -> list[str]:
        split = next((s for s, _ in self._taken.get(port.name, ())), None)
        return whole_or_lanes(port) if split is None else lanes_of(port, split)


class Plugged(NamedTuple):
    """One cable at a device."""

    token: str
    link: Link
    cable: int
    """Which cable of the trunk, from 0."""
    end: Literal["a", "b"]
    holder: str
    """Path of the instance in whose block the link is; empty for the block asked from and those above."""

    @property
    def path(self) -> str:
        """Path of the link from the block asked from."""
        return join(self.holder, self.link.id)

    @property
    def far(self) -> tuple[str, str]:
        """Path of the device at the other end, from the same block, and its socket."""
        other = self.link.b if self.end == "a" else self.link.a
        return join(self.holder, other.path), other.ports[self.cable]


class Ends:
    """Where links end, looked up by device; each block is read once, at the first question about it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._in: dict[str, dict[str, list[tuple[Link, Literal["a", "b"]]]]] = {}
        self._above: dict[str, list[tuple[str, list[str]]]] = {}

    def add(self, link: Link) -> None:
        """Count a link that the reader does not hold (yet)."""
        found = self._of(link.block)
        found.setdefault(link.a.path, []).append((link, "a"))
        found.setdefault(link.b.path, []).append((link, "b"))

    def plugged(self, block: str, path: str) -> Iterator[Plugged]:
        """Yield the cables at the device a path leads to that are in the block or below it."""
        steps = path.split("/")
        keys = keys_along(self._reader, block, path)
        for depth in range(len(steps)):
            holder = "/".join(steps[:depth])
            for link, end in self._of(keys[depth][0]).get("/".join(steps[depth:]), ()):
                for k, token in enumerate(getattr(link, end).ports):
                    yield Plugged(token, link, k, end, holder)

    def tokens(self, block: str, path: str) -> Iterator[str]:
        """Yield the tokens in use at the device a path leads to, those of blocks above in any copy too."""
        steps = path.split("/")
        keys = keys_along(self._reader, block, path)
        for depth in range(1, len(steps)):
            yield from self._tokens(keys[depth][0], "/".join(steps[depth:]))
        for above, heads in self._blocks_above(block):
            for head in heads:
                yield from self._tokens(above, join(head, path))

    def _tokens(self, holder: str, path: str) -> Iterator[str]:
        for link, end in self._of(holder).get(path, ()):
            yield from getattr(link, end).ports

    def _of(self, block: str) -> dict[str, list[tuple[Link, Literal["a", "b"]]]]:
        found = self._in.get(block)
        if found is None:
            found = self._in[block] = {}
            for link in self._reader.links(block).values():
                found.setdefault(link.a.path, []).append((link, "a"))
                found.setdefault(link.b.path, []).append((link, "b"))
        return found

    def _blocks_above(self, block: str) -> list[tuple[str, list[str]]]:
        found = self._above.get(block)
        if found is None:
            ancestors = self._reader.ancestors(block)
            found = [(above, _ways_down(self._reader, above, block)) for above in ancestors]
            self._above[block] = found
        return found


def _ways_down(reader: Reader, above: str, block: str) -> list[str]:
    """Return the paths of instances from a block down to another."""
    if above == block:
        return [""]
    inside = reader.ancestors(block)

    @cache
    def ways(holder: str) -> tuple[str, ...]:
        if holder == block:
            return ("",)
        found: list[str] = []
        for instance in reader.instances(holder).values():
            if instance.of in inside:
                found.extend(join(instance.id, way) for way in ways(instance.of))
        return tuple(found)

    return list(ways(above))
