"""Wiring by range: `dgx-*` ports `osfp{1..4}` to `leaf-{1..8}`, port r to device r.

How devices and ports are named is in `core.editing.cabling.patterns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from core.editing.cabling.patterns import Standing, matching, ports_named, standing_devices
from core.editing.cabling.sockets import Usage
from core.editing.cabling.wiring import EVERY, Board, Plan, Tick, Wire
from core.errors import EditError
from core.model.ports import Socket
from core.model.project import Reader
from core.model.types import MANAGEMENT_ROLES

Rule = Literal["rail", "pairs", "fill", "mesh"]
RULES: dict[Rule, str] = {
    "rail": "Port r → device r (rail-optimised)",
    "pairs": "Device i → device i",
    "fill": "In order, one device filled after the other",
    "mesh": "Each device → each device",
}
FREE = "next free"
"""What is written for ports that are chosen as they come."""
MOST_WIRES = 20_000


@dataclass(frozen=True)
class Range:
    """What is wired to what.

    Attributes
    ----------
    a, b : str
        Devices to wire from and to, as patterns.
    a_ports, b_ports : str
        Their ports, as patterns; `next free` or nothing takes them as they come.
    rule : {"rail", "pairs", "fill", "mesh"}
    links : int
        Cables for each pair of devices; 0: as many as the ports give. `fill` does not ask.
    scope : tuple of str
        Paths of what holds the devices, or of the devices themselves; empty: everything.
    selected : tuple of str
        What the word `selected` stands for among the devices: these paths and what is below them.
    """

    a: str
    b: str
    a_ports: str = FREE
    b_ports: str = FREE
    rule: Rule = "rail"
    links: int = 0
    scope: tuple[str, ...] = ()
    selected: tuple[str, ...] = ()

    def __str__(self) -> str:
        ports = ["" if p.strip() in ("", FREE) else f" {p.strip()}" for p in (self.a_ports, self.b_ports)]
        return f"{self.a.strip()}{ports[0]} → {self.b.strip()}{ports[1]}"


class _Side(NamedTuple):
    """One device with the sockets it offers, in order."""

    at: Standing
    tokens: list[str]


def plan(reader: Reader, block: str, asked: Range, tick: Tick | None = None) -> Plan:
    """Return the cables that a range stands for, and what is in the way of each.

    Raises
    ------
    EditError
        If a pattern is wrong or names nothing.
    """
    board = Board(reader, block)
    devices = standing_devices(reader, block, asked.scope)
    one = _sides(board, matching(devices, asked.a, asked.selected), asked.a_ports)
    other = _sides(board, matching(devices, asked.b, asked.selected), asked.b_ports)
    if _is_free(asked.a_ports):
        one = _fitting(board, one, other)
    if _is_free(asked.b_ports):
        other = _fitting(board, other, one)
    wires: list[Wire] = []
    maker = _Maker(board, is_free=_is_free(asked.b_ports))
    pairs = _PAIRINGS[asked.rule](one, other, asked.links)
    for done, (a, token, b) in enumerate(pairs):
        if tick is not None and done % EVERY == 0:
            tick(done, 0)
        if done >= MOST_WIRES:
            raise EditError(f"more than {MOST_WIRES:,} cables at once", cure="Name fewer devices or ports")
        wires.append(maker.wire(a, token, b))
    return Plan(tuple(wires))


def _is_free(text: str) -> bool:
    return text.strip().lower() in ("", FREE, "free")


def _sides(board: Board, devices: Sequence[Standing], text: str) -> list[_Side]:
    sides = []
    for at in devices:
        usage = board.usage(board.block, at.path)
        tokens = _usual_free(usage) if _is_free(text) else ports_named(usage, text)
        sides.append(_Side(at, tokens))
    return sides


def _usual_free(usage: Usage) -> list[str]:
    """Return the free data sockets; those for management only where there are no others."""
    tokens = list(usage.free(layer="data"))
    main = [token for token in tokens if not _manages(usage, token)]
    return main or tokens


def _manages(usage: Usage, token: str) -> bool:
    socket = usage.table.find(token)
    return socket is not None and socket.port.group.role in MANAGEMENT_ROLES


def _fitting(board: Board, sides: list[_Side], others: list[_Side]) -> list[_Side]:
    """Return the sides with the sockets that fit some socket of the others."""
    kinds = {(id(s.port.group), s.split): s for side in others for s in _sockets(board, side) if s}

    def fits(socket: Socket | None) -> bool:
        return any(not board.mismatch(socket, other) for other in kinds.values())

    found = []
    for side in sides:
        pairs = zip(side.tokens, _sockets(board, side), strict=True)
        kept = [token for token, socket in pairs if fits(socket)]
        found.append(_Side(side.at, kept or side.tokens[:1]))  # one is kept for its reason
    return found


def _sockets(board: Board, side: _Side) -> list[Socket | None]:
    table = board.reader.ports(side.at.device)
    return [table.find(token) for token in side.tokens]


_Pairs = Iterator[tuple[_Side, str, _Side | None]]
"""A socket of the first side and the device it goes to; None where there is none left."""


def _rail(one: list[_Side], other: list[_Side], links: int) -> _Pairs:
    """Rail r is the devices r k to r k + k - 1; hosts are spread evenly over the k devices of a rail."""
    each = max(links, 1)
    for place, a in enumerate(one):
        rails = -(-len(a.tokens) // each)
        per_rail = max(len(other) // max(rails, 1), 1)
        for k, token in enumerate(a.tokens):
            device = k // each * per_rail + place * per_rail // len(one)
            if links and device >= len(other):
                break
            yield a, token, other[device % len(other)]


def _pairs(one: list[_Side], other: list[_Side], links: int) -> _Pairs:
    for place, a in enumerate(one):
        b = other[place] if place < len(other) else None
        most = min(len(a.tokens), len(b.tokens)) if b is not None else 1
        for token in a.tokens[: links or most]:
            yield a, token, b


def _mesh(one: list[_Side], other: list[_Side], links: int) -> _Pairs:
    for a in one:
        each = links or max(len(a.tokens) // max(len(other), 1), 1)
        tokens = iter(a.tokens)
        for b in other:
            if b.at.path == a.at.path:
                continue
            for _ in range(each):
                yield a, next(tokens, ""), b


def _fill(one: list[_Side], other: list[_Side], links: int) -> _Pairs:
    room = iter([b for b in other for _ in b.tokens])
    for a in one:
        for token in a.tokens:
            yield a, token, next(room, None)


_PAIRINGS: dict[Rule, Callable[[list[_Side], list[_Side], int], _Pairs]] = {
    "rail": _rail,
    "pairs": _pairs,
    "fill": _fill,
    "mesh": _mesh,
}


class _Maker:
    """Finds the far socket of each wire: the next that is named, or the next free one that fits best."""

    def __init__(self, board: Board, *, is_free: bool) -> None:
        self._board = board
        self._is_free = is_free
        self._left: dict[str, list[str]] = {}

    def wire(self, a: _Side, token: str, b: _Side | None) -> Wire:
        if b is None:
            return Wire(a.at.path, token, "", "", "problem", "no device is left for it")
        if not token:
            return Wire(a.at.path, "", b.at.path, "", "problem", f"{a.at.name} has no port left")
        known = self._board.partner(a.at.path, token)
        if known is not None and known[0] == b.at.path:  # made in another copy of the same drawing
            return Wire(a.at.path, token, *known, "same")
        left = self._left.setdefault(b.at.path, list(b.tokens))
        if not left:
            return Wire(a.at.path, token, b.at.path, "", "problem", f"{b.at.name} has no port left")
        if not self._is_free:
            return self._board.judged(Wire(a.at.path, token, b.at.path, left.pop(0)))
        found, reason = self._best(a, token, b, left)
        if not found:
            return Wire(a.at.path, token, b.at.path, "", "problem", reason)
        left.remove(found)
        return self._board.judged(Wire(a.at.path, token, b.at.path, found))

    def _best(self, a: _Side, token: str, b: _Side, left: list[str]) -> tuple[str, str]:
        """Return the first free socket that fits, of the same role before others; or why there is none."""
        board = self._board
        block, a_path, b_path = board.lowest(a.at.path, b.at.path)
        one, other = board.usage(block, a_path), board.usage(block, b_path)
        obstacle = one.obstacle(token)
        if obstacle:
            return "", obstacle
        socket, best, reason = one.table.find(token), (True, True, ""), ""
        assert socket is not None  # obstacle() has refused it
        for candidate in left:
            there = other.table.find(candidate)
            taken = other.obstacle(candidate)
            mismatch = taken or board.mismatch(socket, there)
            if mismatch or there is None:
                reason = reason or mismatch
                continue
            roles = socket.port.group.role, there.port.group.role
            rank = (roles[0] != roles[1], bool(roles[1]), candidate)
            if not best[2] or rank[:2] < best[:2]:
                best = rank
            if rank[:2] == (False, bool(roles[0])):
                break
        return best[2], reason or f"{b.at.name} has no port left"
