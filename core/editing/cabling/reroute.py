"""One end of a cable is plugged in elsewhere, or two cables swap their ends; all else of them stays."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from core.editing.cabling.connect import keep_cables
from core.editing.cabling.sockets import Ends, Usage, compatible
from core.editing.overrides import OVERRIDE_FIELDS
from core.editing.routes import counted, descend, is_free, join, passing
from core.errors import EditError
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, End, Link, Override

Side = Literal["a", "b"]


class CableEnd(NamedTuple):
    """One end of one cable.

    Attributes
    ----------
    link : str
        Path of the link from the block asked from.
    end : {"a", "b"}
    cable : int
        Which cable of a trunk, from 0.
    """

    link: str
    end: Side
    cable: int = 0


def reroute(edit: Edit, block: str, which: CableEnd, device_path: str, token: str) -> str:
    """Plug one end of a cable into another socket and return the path of its link.

    Name, pinned length, colour and overrides stay. A cable of a trunk that goes to another device leaves the
    trunk. The link moves to the lowest block that contains its two ends.

    Raises
    ------
    EditError
        If the socket is taken or does not fit, or the link would leave or enter a drawing of several copies.
    """
    path = _plug(edit, block, which, device_path, token)
    _verify(edit, block, path, which)
    return path


def swap_ends(edit: Edit, block: str, one: CableEnd, other: CableEnd) -> tuple[str, str]:
    """Let two cables take each other's sockets and return the paths of their links.

    Raises
    ------
    EditError
        If a cable does not fit the socket of the other.
    """
    a, b = socket_of(edit, block, one), socket_of(edit, block, other)
    if a == b:
        raise EditError("the cable is there already", cure="Drop it on another one")
    first, _, _ = _link_at(edit, block, one.link)
    second, _, _ = _link_at(edit, block, other.link)
    if first.key == second.key:
        return _swap_inside(edit, block, first, one, other)
    one_path = _plug(edit, block, one, *b)
    other_path = _plug(edit, block, other, *a)
    _verify(edit, block, one_path, one)
    _verify(edit, block, other_path, other)
    return one_path, other_path


def socket_of(reader: Reader, block: str, which: CableEnd) -> tuple[str, str]:
    """Return the device (by path) and the socket at an end of a cable.

    Raises
    ------
    EditError
        If there is no such cable.
    """
    link, _, head = _link_at(reader, block, which.link)
    end = getattr(link, which.end)
    if which.cable >= link.count:
        raise EditError(f"the trunk has {counted(link.count, 'cable')}", cure="Select it again")
    return join(head, end.path), end.ports[which.cable]


def ends_at(reader: Reader, block: str, device_path: str, port: str) -> list[CableEnd]:
    """Return the ends of the cables that are plugged into a port of a device, lane by lane."""
    return [
        CableEnd(at.path, at.end, at.cable)
        for at in sorted(Ends(reader).plugged(block, device_path), key=lambda at: at.token)
        if at.token.partition("/")[0] == port.partition("/")[0]
    ]


def why_not_here(reader: Reader, block: str, which: CableEnd, device_path: str, token: str) -> str:
    """Return why the end of a cable cannot be plugged into a socket, free or not; empty if it fits."""
    device = reader.resolve(block, device_path)
    far_path, far_token = socket_of(reader, block, which._replace(end=_other(which.end)))
    far = reader.resolve(block, far_path)
    if not isinstance(device, Device) or not isinstance(far, Device):
        return "the device is gone"
    here, there = reader.ports(device).find(token), reader.ports(far).find(far_token)
    if here is None or there is None:
        return f"{device.name or device.type} has no port '{token}'"
    if (device_path, here.port.name) == (far_path, there.port.name):
        return "a port is not linked to itself"
    return compatible(here, there)


def _other(end: Side) -> Side:
    return "b" if end == "a" else "a"


def _link_at(reader: Reader, block: str, path: str) -> tuple[Link, str, str]:
    """Return a link, its block and the path of that."""
    link = reader.resolve(block, path)
    if not isinstance(link, Link):
        raise EditError("the cable is no longer there", cure="Select it again")
    return link, link.block, path.rpartition("/")[0]


def _plug(edit: Edit, block: str, which: CableEnd, device_path: str, token: str) -> str:
    """Plug an end in without looking whether the socket is free."""
    reason = why_not_here(edit, block, which, device_path, token)
    if reason:
        raise EditError(reason, cure="Choose a port that fits the other end")
    link, _, head = _link_at(edit, block, which.link)
    near, far = getattr(link, which.end), getattr(link, _other(which.end))
    if join(head, near.path) == device_path:
        ports = (*near.ports[: which.cable], token, *near.ports[which.cable + 1 :])
        edit.replace("links", link.key, **{which.end: End(near.path, ports)})
        return which.link
    holder, a, b = descend(edit, block, device_path, join(head, far.path))
    ends = {which.end: End(a, (token,)), _other(which.end): End(b, (far.ports[which.cable],))}
    moved = msgspec.structs.replace(link, block=holder, **ends)
    if link.count == 1 and holder == link.block:
        edit.put("links", moved)
        return which.link
    _stay_in_copy(edit, link, holder)
    return _move_out(edit, link, which.cable, moved, device_path, join(head, far.path))


def _stay_in_copy(edit: Edit, link: Link, holder: str) -> None:
    """Refuse to take a link out of a drawing of several copies, or into one: a cable stays one cable."""
    if holder == link.block:
        return
    placements = edit.placements()
    for drawing, verb in ((link.block, "is"), (holder, "would be")):
        copies = placements.get(drawing, 1)
        if copies > 1:
            raise EditError(
                f"the link {verb} in all {copies:,} copies of '{edit.blocks[drawing].name}'",
                cure="Choose a port in the same copy, or edit only this one"
                if drawing == link.block
                else "Choose a port outside, or make this copy unique",
            )


def _move_out(edit: Edit, link: Link, cable: int, moved: Link, one_path: str, other_path: str) -> str:
    """Put a cable as a link of its own, in the block it belongs to now, with its name and overrides."""
    single = link.count == 1
    name = link.name if single or not link.name else f"{link.name}-{cable + 1}"
    link_id = link.id if single and is_free(edit, moved.block, link.id) else edit.new_id(moved.block)
    said = [
        override
        for override in passing(edit, [link.key]).overrides
        if override.cable in (None, cable) and override.path.rpartition("/")[2] == link.id
    ]
    for override in said:
        if single or override.cable is not None:
            edit.remove("overrides", override.key)
    if single:
        edit.remove("links", link.key)
    else:
        keep_cables(edit, link, [k for k in range(link.count) if k != cable])
    edit.put("links", msgspec.structs.replace(moved, id=link_id, name=name))
    # In the same block what outer blocks say stays said there; in another block there is one copy.
    stays = moved.block == link.block
    own: dict[tuple[str, str], dict[str, Any]] = {}
    for override in sorted(said, key=lambda o: o.cable is not None):
        head = override.path.removesuffix(link.id) if stays else ""
        fields = own.setdefault((override.block if stays else moved.block, head), {})
        fields.update(_said(override, "" if single or override.cable is not None else f"-{cable + 1}"))
    for (holder, head), fields in own.items():
        made = Override(block=holder, id=edit.new_id(holder), path=f"{head}{link_id}", **fields)
        edit.put("overrides", made)
    steps = []
    for one, other in zip(one_path.split("/")[:-1], other_path.split("/")[:-1], strict=False):
        if one != other:
            break
        steps.append(one)
    return "/".join([*steps, link_id])


def _said(override: Override, count: str) -> dict[str, Any]:
    """Return the fields an override gives; the name of a trunk with the count of a cable of it."""
    found = {f: v for f in sorted(OVERRIDE_FIELDS) if (v := getattr(override, f)) is not None}
    if found.get("name"):
        found["name"] += count
    return found


def _swap_inside(edit: Edit, block: str, link: Link, one: CableEnd, other: CableEnd) -> tuple[str, str]:
    """Swap two sockets of one trunk."""
    if one.end != other.end:
        raise EditError("these are the two ends of one link", cure="Drop it on another cable")
    end: End = getattr(link, one.end)
    ports = list(end.ports)
    ports[one.cable], ports[other.cable] = ports[other.cable], ports[one.cable]
    edit.replace("links", link.key, **{one.end: End(end.path, tuple(ports))})
    for which in (one, other):
        reason = why_not_here(edit, block, which, *socket_of(edit, block, which))
        if reason:
            raise EditError(reason, cure="The cables cannot take each other's ports")
    return one.link, other.link


def _verify(edit: Edit, block: str, path: str, which: CableEnd) -> None:
    """Look whether the socket just taken was free: but for this cable nothing may be plugged in there."""
    link, holder, _ = _link_at(edit, block, path)
    end: End = getattr(link, which.end)
    token = end.ports[which.cable] if which.cable < len(end.ports) else end.ports[0]
    tokens = list(Ends(edit).tokens(holder, end.path))
    tokens.remove(token)
    obstacle = Usage(edit, holder, end.path, tokens).obstacle(token)
    if obstacle:
        raise EditError(obstacle, cure="Choose a free port")
