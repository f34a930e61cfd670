"""Cables are drawn between devices, bundled into trunks, and taken out again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from core.editing.cabling.sockets import SAME_CAGE, Usage, compatible
from core.editing.remove import remove_links
from core.editing.routes import counted, descend, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, End, Link
from core.model.types import Layer


def connect(
    edit: Edit,
    block: str,
    a_path: str,
    a_ports: Sequence[str],
    b_path: str,
    b_ports: Sequence[str],
    *,
    merge: bool = True,
    **fields: Any,
) -> Link:
    """Join the k-th port of one device with the k-th of another, and return the link.

    Parameters
    ----------
    edit : Edit
    block : str
        Block from which the paths start; the link goes into the lowest block that contains both devices.
    a_path, b_path : str
    a_ports, b_ports : sequence of str
        Equally long lists of port tokens.
    merge : bool
        Add the cables to the trunk between the two devices that is alike in fields, connectors and rate.
    **fields
        Other fields of `Link`: fabric, name, cable, colour, phase ...

    Raises
    ------
    EditError
        If a port does not exist, is in use or cannot be joined with its partner.
    """
    a_ports, b_ports = tuple(a_ports), tuple(b_ports)
    if not a_ports or len(a_ports) != len(b_ports):
        raise EditError(f"{len(a_ports)} ports against {len(b_ports)}", cure="Choose as many on both sides")
    holder, a_path, b_path = descend(edit, block, a_path, b_path)
    one, other = Usage(edit, holder, a_path), Usage(edit, holder, b_path)
    layer = _ensure_free(one, other, a_ports, b_ports, a_path == b_path)
    link = Link(block=holder, id="new", a=End(a_path, a_ports), b=End(b_path, b_ports), layer=layer, **fields)
    trunk = _trunk_like(edit, link) if merge else None
    if trunk is None:
        return edit.put("links", msgspec.structs.replace(link, id=edit.new_id(holder)))
    if trunk.a.path != a_path:
        a_ports, b_ports = b_ports, a_ports
    longer = msgspec.structs.replace(
        trunk,
        a=End(trunk.a.path, trunk.a.ports + a_ports),
        b=End(trunk.b.path, trunk.b.ports + b_ports),
    )
    return edit.put("links", longer)


class Pair(NamedTuple):
    """Ports that can be joined."""

    a_ports: tuple[str, ...]
    b_ports: tuple[str, ...]


def first_compatible(
    reader: Reader,
    block: str,
    a_path: str,
    b_path: str,
    *,
    layer: Layer | None = None,
    count: int = 1,
    role: str | None = None,
) -> Pair:
    """Return the first free ports of two devices that can be joined.

    Ports of one role are preferred, then those without a role. `role` restricts the ports of the first
    device.

    Raises
    ------
    EditError
        If there are fewer than `count`.
    """
    block, a_path, b_path = descend(reader, block, a_path, b_path)
    one, other = Usage(reader, block, a_path), Usage(reader, block, b_path)
    found: list[tuple[str, str]] = []
    waiting = list(other.free(layer=layer))
    reason = ""
    for token in one.free(layer=layer, role=role):
        socket = one.table.find(token)
        partners = []
        for place, candidate in enumerate(waiting):
            there = other.table.find(candidate)
            if socket is None or there is None or (a_path == b_path and candidate == token):
                continue
            obstacle = compatible(socket, there)
            reason = reason or obstacle
            if not obstacle:
                roles = (socket.port.group.role, there.port.group.role)
                partners.append((roles[0] != roles[1], bool(roles[1]), place))
        if partners:
            found.append((token, waiting.pop(min(partners)[2])))
        if len(found) == count:
            return Pair(tuple(a for a, _ in found), tuple(b for _, b in found))
    names = f"{one.device.name} and {other.device.name}"
    problem = f"{names} have {counted(len(found), 'free port')} that fit each other, {count} needed"
    raise EditError(problem, cure=f"{reason[:1].upper()}{reason[1:]}" if reason else "Free a port")


def disconnect(edit: Edit, block: str, link_id: str, cables: Collection[int] = ()) -> None:
    """Remove a link, or some cables of a trunk by their place from 0, with their overrides.

    Raises
    ------
    EditError
        If there is no such link or cable.
    """
    link = edit.links(block).get(link_id)
    if link is None:
        raise EditError("the cable is no longer there", cure="Select it again")
    gone = set(cables) or set(range(link.count))
    if not gone <= set(range(link.count)):
        raise EditError(f"the trunk has {counted(link.count, 'cable')}", where=link.name)
    if len(gone) == link.count:
        remove_links(edit, [link.key])
        return
    keep_cables(edit, link, [k for k in range(link.count) if k not in gone])


def fitting(reader: Reader, link: Link) -> tuple[list[int], str]:
    """Return which cables of a link not in the project could be put there, and why the first could not."""
    block, a_path, b_path = descend(reader, link.block, link.a.path, link.b.path)
    one = Usage(reader, block, a_path)
    other = one if a_path == b_path else Usage(reader, block, b_path)
    kept, first = [], ""
    for k, (a_port, b_port) in enumerate(zip(link.a.ports, link.b.ports, strict=True)):
        reason = one.obstacle(a_port) or other.obstacle(b_port)
        a, b = one.table.find(a_port), other.table.find(b_port)
        if not reason and a is not None and b is not None:
            reason = compatible(a, b)
        if reason:
            first = first or reason
            continue
        one.take(a_port)
        other.take(b_port)
        kept.append(k)
    return kept, first


def keep_cables(edit: Edit, link: Link, kept: Sequence[int]) -> Link:
    """Keep some cables of a trunk, in order; overrides of the others go, those of the kept follow."""
    places = {old: new for new, old in enumerate(kept)}
    for override in passing(edit, [link.key]).overrides:
        if override.cable is None:
            continue
        if override.cable in places:
            edit.replace("overrides", override.key, cable=places[override.cable])
        else:
            edit.remove("overrides", override.key)
            edit.notes.append("1 override removed")
    shorter = msgspec.structs.replace(
        link,
        a=End(link.a.path, tuple(link.a.ports[k] for k in kept)),
        b=End(link.b.path, tuple(link.b.ports[k] for k in kept)),
    )
    return edit.put("links", shorter)


def links_between(reader: Reader, block: str, a_path: str, b_path: str) -> Iterator[Link]:
    """Yield the links between two devices, whichever end they were drawn from."""
    holder, a, b = descend(reader, block, a_path, b_path)
    for link in reader.links(holder).values():
        if {link.a.path, link.b.path} == {a, b} and (a != b or link.a.path == link.b.path):
            yield link


def _ensure_free(
    one: Usage, other: Usage, a_ports: Sequence[str], b_ports: Sequence[str], same: bool
) -> Layer:
    layer: Layer = "data"
    if same:
        other = one
    for a_port, b_port in zip(a_ports, b_ports, strict=True):
        for usage, token in ((one, a_port), (other, b_port)):
            obstacle = usage.obstacle(token)
            if obstacle:
                raise EditError(obstacle, cure="Choose a free port")
            usage.take(token)
        a, b = one.table.find(a_port), other.table.find(b_port)
        if a is None or b is None:  # obstacle() has refused it
            continue
        reason = SAME_CAGE if same and a.port is b.port else compatible(a, b)
        if reason:
            where = f"{one.device.name} {a_port} - {other.device.name} {b_port}"
            raise EditError(reason, where=where, cure="Choose ports that fit each other")
        layer = a.port.group.layer
    return layer


_PLAIN = [f for f in Link.__struct_fields__ if f not in ("id", "a", "b")]


def _trunk_like(reader: Reader, link: Link) -> Link | None:
    """Return the link whose cables are alike: same devices, same fields, same connectors and rates."""
    for other in links_between(reader, link.block, link.a.path, link.b.path):
        if all(getattr(other, field) == getattr(link, field) for field in _PLAIN):
            ends = (other.a, other.b) if other.a.path == link.a.path else (other.b, other.a)
            if all(
                _make(reader, link.block, mine) == _make(reader, link.block, theirs)
                for mine, theirs in zip((link.a, link.b), ends, strict=True)
            ):
                return other
    return None


def _make(reader: Reader, block: str, end: End) -> tuple[str, float | None]:
    """Return connector and rate of the first port of an end."""
    device = reader.resolve(block, end.path)
    socket = reader.ports(device).find(end.ports[0]) if isinstance(device, Device) else None
    return ("", None) if socket is None else (socket.port.group.connector, socket.rate_gbps)
