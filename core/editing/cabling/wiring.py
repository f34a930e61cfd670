"""Many cables at once: which of them can be made, and making them in one edit.

Ranges (`ranges`) and tables (`cable_table`) both end in a list of wires.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec

from core.editing.cabling.sockets import SAME_CAGE, Ends, Usage, compatible
from core.editing.routes import counted, descend, keys_along
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import Socket
from core.model.project import Reader
from core.model.records import Device, End, Link
from core.model.types import Layer

Tick = Callable[[int, int], None]
"""Told how many of how many are done, now and then; may raise to stop."""
State = Literal["new", "there", "same", "problem"]
EVERY = 100
"""Wires between two calls of a `Tick`."""
_PLANNED = "planned"
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wire:
    """One cable that is asked for: device and socket at both ends, and what becomes of it.

    Attributes
    ----------
    a_path, a_port, b_path, b_port : str
        Paths from the block asked from; a port is a token, such as `osfp17` or `osfp17/2`.
    state : {"new", "there", "same", "problem"}
        It can be made; it is there already; another wire makes it, for instance because both are in copies
        of one drawing; it cannot be made.
    problem : str
        Why it cannot be made.
    fields : tuple of (str, value)
        Fields of the link beside those that all wires share.
    """

    a_path: str
    a_port: str
    b_path: str
    b_port: str
    state: State = "new"
    problem: str = ""
    fields: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Plan:
    """What would be wired, before it is."""

    wires: tuple[Wire, ...] = ()

    @property
    def good(self) -> tuple[Wire, ...]:
        """The cables that can be made."""
        return tuple(wire for wire in self.wires if wire.state == "new")

    @property
    def problems(self) -> tuple[Wire, ...]:
        """Those that cannot."""
        return tuple(wire for wire in self.wires if wire.state == "problem")

    def count(self, state: State) -> int:
        """Return how many wires are in a state."""
        return sum(wire.state == state for wire in self.wires)


class Board:
    """The sockets of a design while cables are planned: what is planned counts as taken.

    Parameters
    ----------
    reader : Reader
    block : str
        Block from which the paths start.
    """

    def __init__(self, reader: Reader, block: str) -> None:
        self.reader = reader
        self.block = block
        self._ends = Ends(reader)
        self._usages: dict[_Place, dict[_Place, Usage]] = {}
        self._planned: dict[tuple[str, str, str], _Place] = {}
        self._lowest: dict[_Place, tuple[str, str, str]] = {}
        self._fits: set[tuple[int, int, int, int]] = set()

    def lowest(self, a_path: str, b_path: str) -> tuple[str, str, str]:
        """Return the block in which a link of two devices lives, and their paths from it.

        Raises
        ------
        EditError
            If a path leads through no instance.
        """
        found = self._lowest.get((a_path, b_path))
        if found is None:
            found = self._lowest[a_path, b_path] = descend(self.reader, self.block, a_path, b_path)
        return found

    def usage(self, block: str, path: str) -> Usage:
        """Return which sockets of a device are taken, by planned cables too.

        Raises
        ------
        EditError
            If the path leads to no device.
        """
        known = self._usages.setdefault(self._key(block, path), {})
        found = known.get((block, path))
        if found is None:
            found = known[block, path] = Usage(self.reader, block, path, self._ends.tokens(block, path))
        return found

    def links_at(self, path: str) -> list[Link]:
        """Return the links at a device, each as often as it has cables there."""
        return [at.link for at in self._ends.plugged(self.block, path) if at.link.id != _PLANNED]

    def neighbours(self, path: str) -> set[str]:
        """Return the paths of the devices that links of a device lead to."""
        return {at.far[0] for at in self._ends.plugged(self.block, path) if at.link.id != _PLANNED}

    def judged(self, wire: Wire) -> Wire:
        """Return a wire with what would become of it, and count it as made if it can be."""
        state, problem = self._judge(wire)
        if state == "new":
            self._take(wire)
        return replace(wire, state=state, problem=problem)

    def mismatch(self, a: Socket | None, b: Socket | None) -> str:
        """Return why two sockets cannot be joined; empty if they can."""
        if a is None or b is None:
            return "the port is gone"
        kinds = (id(a.port.group), a.split, id(b.port.group), b.split)
        if kinds in self._fits:
            return ""
        reason = compatible(a, b)
        if not reason:
            self._fits.add(kinds)
        return reason

    def partner(self, path: str, token: str) -> _Place | None:
        """Return where a planned cable of this device, or of a copy of it, leads: device and socket."""
        steps = path.split("/")
        for depth, (holder, _) in enumerate(keys_along(self.reader, self.block, path)):
            found = self._planned.get((holder, "/".join(steps[depth:]), token))
            if found is not None:
                return "/".join([*steps[:depth], found[0]]), found[1]
        return None

    def _judge(self, wire: Wire) -> tuple[State, str]:
        try:
            block, a, b = self.lowest(wire.a_path, wire.b_path)
            one, other = self.usage(block, a), self.usage(block, b)
        except EditError as error:
            return "problem", error.problem
        if self._planned.get((block, a, wire.a_port)) == (b, wire.b_port):
            return "same", ""
        if any(at.far == (b, wire.b_port) and at.token == wire.a_port for at in self._cables(block, a)):
            return "there", ""
        if (a, wire.a_port) == (b, wire.b_port):
            return "problem", "a port is not linked to itself"
        problem = one.obstacle(wire.a_port) or other.obstacle(wire.b_port)
        if not problem and a == b and wire.a_port.partition("/")[0] == wire.b_port.partition("/")[0]:
            problem = SAME_CAGE
        problem = problem or self.mismatch(one.table.find(wire.a_port), other.table.find(wire.b_port))
        return ("problem" if problem else "new"), problem

    def _cables(self, block: str, path: str) -> Iterable[Any]:
        return (at for at in self._ends.plugged(block, path) if not at.holder and at.link.id != _PLANNED)

    def _take(self, wire: Wire) -> None:
        block, a, b = self.lowest(wire.a_path, wire.b_path)
        one, other = (a, wire.a_port), (b, wire.b_port)
        self._ends.add(Link(block=block, id=_PLANNED, a=End(a, one[1:]), b=End(b, other[1:])))
        for (path, token), far in ((one, other), (other, one)):
            self._planned[block, path, token] = far
            known = self._usages.get(self._key(block, path), {})
            for place in list(known):
                if place == (block, path):
                    known[place].take(token)
                elif place[0] != block:  # seen from another block it may be the same device
                    del known[place]

    def _key(self, block: str, path: str) -> _Place:
        device = self.reader.resolve(block, path)
        return device.key if isinstance(device, Device) else ("", path)


def judge(reader: Reader, block: str, wires: Iterable[Wire], tick: Tick | None = None) -> Plan:
    """Return what becomes of each of some wires, made in this order."""
    board, found = Board(reader, block), []
    wires = list(wires)
    for done, wire in enumerate(wires):
        if tick is not None and done % EVERY == 0:
            tick(done, len(wires))
        found.append(wire if wire.state == "problem" else board.judged(wire))
    return Plan(tuple(found))


def connect_many(
    edit: Edit, block: str, wires: Sequence[Wire], *, tick: Tick | None = None, **fields: Any
) -> list[Link]:
    """Make cables, those between one pair of devices that are alike as one trunk; return the links.

    What is there already, or is made by another of the wires, is left out.

    Parameters
    ----------
    edit : Edit
    block : str
        Block from which the paths of the wires start.
    wires : sequence of Wire
    tick : callable, optional
    **fields
        Fields of all the links: fabric, cable, colour, phase ...

    Raises
    ------
    EditError
        If one of them cannot be made.
    """
    plan = judge(edit, block, wires, tick)
    for wire in plan.problems:
        names = " - ".join(
            f"{_last_name(edit, block, path)} {port}"
            for path, port in ((wire.a_path, wire.a_port), (wire.b_path, wire.b_port))
        )
        raise EditError(wire.problem, where=names, cure="Look at the preview again")
    trunks = _trunks(edit, block, plan.good, fields)
    bunches: dict[str, dict[frozenset[str], list[Link]]] = {}
    made = []
    for trunk in trunks:
        between = bunches.get(trunk.block)
        if between is None:
            between = bunches[trunk.block] = {}
            for link in edit.links(trunk.block).values():
                between.setdefault(frozenset((link.a.path, link.b.path)), []).append(link)
        made.append(_put(edit, trunk, between.setdefault(frozenset((trunk.a.path, trunk.b.path)), [])))
    if plan.count("there"):
        edit.notes.append(f"{counted(plan.count('there'), 'cable')} there already")
    return list({link.key: link for link in made}.values())


def _trunks(edit: Edit, block: str, wires: Sequence[Wire], fields: dict[str, Any]) -> list[Link]:
    """Gather wires that are alike into trunks, in the order of their first wires."""
    board = Board(edit, block)
    found: dict[tuple[Any, ...], tuple[list[str], list[str], dict[str, Any], Layer]] = {}
    for wire in wires:
        holder, a, b = board.lowest(wire.a_path, wire.b_path)
        ports = wire.a_port, wire.b_port
        one, other = (_make(edit, holder, path, port) for path, port in zip((a, b), ports, strict=True))
        key = (holder, a, b, one, other, wire.fields)
        back = (holder, b, a, other, one, wire.fields)
        if back in found and a != b:
            key, ports = back, ports[::-1]
        entry = found.setdefault(key, ([], [], {**fields, **dict(wire.fields)}, one[0]))
        entry[0].append(ports[0])
        entry[1].append(ports[1])
    return [
        Link(
            block=key[0],
            id="new",
            a=End(key[1], tuple(a_ports)),
            b=End(key[2], tuple(b_ports)),
            layer=layer,
            **given,
        )
        for key, (a_ports, b_ports, given, layer) in found.items()
    ]


_PLAIN = [field for field in Link.__struct_fields__ if field not in ("id", "a", "b")]


def _put(edit: Edit, trunk: Link, between: list[Link]) -> Link:
    """Put a trunk, or add its cables to one that is there and alike."""
    for at, link in enumerate(between):
        same_way = link.a.path == trunk.a.path
        ends = (trunk.a, trunk.b) if same_way else (trunk.b, trunk.a)
        pairs = list(zip((link.a, link.b), ends, strict=True))
        if all(getattr(link, field) == getattr(trunk, field) for field in _PLAIN) and all(
            _make(edit, link.block, mine.path, mine.ports[0])
            == _make(edit, link.block, theirs.path, theirs.ports[0])
            for mine, theirs in pairs
        ):
            a, b = (End(mine.path, mine.ports + theirs.ports) for mine, theirs in pairs)
            between[at] = edit.put("links", msgspec.structs.replace(link, a=a, b=b))
            return between[at]
    made = edit.put("links", msgspec.structs.replace(trunk, id=edit.new_id(trunk.block)))
    between.append(made)
    return made


def _make(edit: Edit, block: str, path: str, token: str) -> tuple[Layer, str, float | None]:
    """Return layer, connector and rate of a socket: what the cables of a trunk have in common."""
    device = edit.resolve(block, path)
    socket = edit.ports(device).find(token) if isinstance(device, Device) else None
    if socket is None:
        return "data", "", None
    return socket.port.group.layer, socket.port.group.connector, socket.rate_gbps


def _last_name(reader: Reader, block: str, path: str) -> str:
    return reader.names_along(block, path)[-1]
