"""A plug that is in the wrong socket, or in one with another, goes to the next free one that fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from core.editing.cabling.reroute import CableEnd, reroute, socket_of, why_not_here
from core.editing.cabling.sockets import Ends, Plugged, Usage
from core.editing.routes import device_at
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import Socket, lanes_of
from core.model.records import Link
from core.rules.cures.cure import Known, cure, subjects
from core.rules.finding import Finding

Fits = Callable[[Socket, Socket], bool]
"""Whether a free socket will do for a far one."""


@cure("Move to a socket that fits", "cabling.connector", "power.connector", "cooling.connector")
def mate(edit: Edit, finding: Finding, known: Known) -> None:
    """Plug one end of a cable into the next free socket of the same device that fits the other end."""
    for which in _cables(edit, finding):
        _to_fitting(edit, finding.block, which, lambda one, other: True)


@cure("Move to a port of that rate", "cabling.rate_mismatch")
def match_rates(edit: Edit, finding: Finding, known: Known) -> None:
    """Plug one end into a free port of the same device with the rate of the other end."""
    for which in _cables(edit, finding):
        _to_fitting(edit, finding.block, which, _of_one_rate)


def _of_one_rate(one: Socket, other: Socket) -> bool:
    """Tell whether a whole port runs at the rate of the other end; to split one takes another cable."""
    return one.split == 1 and one.rate_gbps == other.rate_gbps


@cure("Move to an outlet of that voltage", "power.inlet_voltage")
def match_voltage(edit: Edit, finding: Finding, known: Known) -> None:
    """Plug a cord into a free outlet of the same device that gives the inlet its voltage."""
    which = list(_cables(edit, finding))
    if not which:
        raise EditError("its source gives the wrong voltage", cure="Feed it from another, or a transformer")
    for each in which:
        _to_fitting(edit, finding.block, each, lambda one, other: True)


@cure("Move to free ports", "cabling.port_used_twice", "cabling.cage_whole_and_lanes")
def one_plug_each(edit: Edit, finding: Finding, known: Known) -> None:
    """Leave one plug in each socket; what else is there goes to the next free port of the device."""
    for path, from_top in subjects(edit, finding):
        # Cables inside the drawing of the finding are mended there, those of drawings above from the top.
        if not _part_plugs(edit, finding.block, path):
            _part_plugs(edit, edit.top, from_top)


def _part_plugs(edit: Edit, block: str, path: str) -> bool:
    """Move what is in a socket with another; tell whether there was anything."""
    device = device_at(edit, block, path)
    by_port: dict[str, list[Plugged]] = defaultdict(list)
    for at in Ends(edit).plugged(block, path):
        by_port[at.token.partition("/")[0]].append(at)
    doubly_fed = [token for token in device.feeds if token in by_port]
    if doubly_fed:
        feeds = {token: source for token, source in device.feeds.items() if token not in doubly_fed}
        edit.replace("devices", device.key, feeds=feeds)
    moved = False
    for there in by_port.values():
        for at in _too_many(edit, block, path, there):
            which = CableEnd(at.path, at.end, at.cable)
            token = _free_at(edit, block, which, path, _alike(edit, block, path, at.token))
            reroute(edit, block, which, path, token)
            moved = True
    return moved or bool(doubly_fed)


def _too_many(edit: Edit, block: str, path: str, there: list[Plugged]) -> Iterator[Plugged]:
    """Yield the cables at one port that have to go: all but those the socket takes together."""
    usage = Usage(edit, block, path, ())
    for at in there:
        if usage.obstacle(at.token):
            yield at
        else:
            usage.take(at.token)


def _alike(edit: Edit, block: str, path: str, token: str) -> Fits:
    """Prefer nothing but ports of the same make, and of the rate of the far end where it is split."""
    mine = edit.ports(device_at(edit, block, path)).find(token)

    def fits(socket: Socket, far: Socket) -> bool:
        if mine is None:
            return True
        one, other = socket.port.group, mine.port.group
        same = (one.connector, one.role, one.direction) == (other.connector, other.role, other.direction)
        return same and (mine.split == 1 or socket.rate_gbps in (mine.rate_gbps, far.rate_gbps))

    return fits


def _cables(edit: Edit, finding: Finding) -> Iterator[CableEnd]:
    """Yield the cables of the links a finding names, at their end `a`."""
    for path in finding.subjects:
        link = edit.resolve(finding.block, path)
        if isinstance(link, Link):
            # From the last: a cable that leaves its trunk leaves the places before it as they are.
            for k in reversed(range(link.count)):
                yield CableEnd(path, "a", k)


def _to_fitting(edit: Edit, block: str, which: CableEnd, fits: Fits) -> None:
    """Move one end of a cable, the feeding or the faster one first, if the two do not go together."""
    ends = {end: which._replace(end=end) for end in ("a", "b")}
    sockets = {end: _socket(edit, block, at) for end, at in ends.items()}
    one, other = sockets["a"], sockets["b"]
    reason = why_not_here(edit, block, ends["a"], *socket_of(edit, block, ends["a"]))
    if one is None or other is None or (not reason and fits(one, other)):
        return
    first = sorted(ends, key=lambda end: _order(sockets[end]))
    problem = EditError("no free socket fits", cure="Free one, or choose another device")
    for number, end in enumerate(first):
        device, _ = socket_of(edit, block, ends[end])
        try:
            reroute(edit, block, ends[end], device, _free_at(edit, block, ends[end], device, fits))
        except EditError as error:
            problem = error if number == 0 else problem
            continue
        return
    raise problem


def _order(socket: Socket | None) -> tuple[int, float]:
    if socket is None:
        return 2, 0.0
    return (0 if socket.port.group.direction == "out" else 1), -(socket.rate_gbps or 0.0)


def _socket(edit: Edit, block: str, which: CableEnd) -> Socket | None:
    path, token = socket_of(edit, block, which)
    return edit.ports(device_at(edit, block, path)).find(token)


def _free_at(edit: Edit, block: str, which: CableEnd, path: str, fits: Fits) -> str:
    """Return the next free socket of a device that fits the far end of a cable."""
    usage = Usage(edit, block, path)
    far = _socket(edit, block, which._replace(end="b" if which.end == "a" else "a"))
    here = _socket(edit, block, which)
    layer = None if here is None else here.port.group.layer
    for token in _tokens(usage, layer):
        socket = usage.table.find(token)
        if socket is None or far is None or not fits(socket, far):
            continue
        if not why_not_here(edit, block, which, path, token):
            return token
    name = usage.device.name or usage.device.type
    raise EditError(f"{name} has no free socket that fits", cure="Free one, or choose another device")


def _tokens(usage: Usage, layer: str | None) -> Iterator[str]:
    yield from usage.free(layer=layer)  # type: ignore[arg-type]
    for port in usage.table:
        if port.group.layer == layer:
            splits = (lanes_of(port, split) for split in port.group.lanes if split > 1)
            yield from (token for tokens in splits for token in tokens if not usage.obstacle(token))
