"""What somebody who asks to wire by range most likely wants: the fields of the form, filled in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from core.editing.cabling.patterns import (
    SELECTED,
    Standing,
    matching,
    port_names,
    ports_named,
    standing_devices,
)
from core.editing.cabling.ranges import FREE, Range
from core.editing.cabling.wiring import Board
from core.errors import EditError
from core.model.ports import whole_or_lanes
from core.model.project import Reader
from core.model.records import FabricRole
from core.model.types import MANAGEMENT_ROLES, SWITCH_KINDS

ROLES = ("scale-out", "storage", "in-band", "", "out-of-band")
"""Ports of hosts in the order in which they are usually wired."""
FABRIC_ROLES: dict[str, FabricRole] = {
    "scale-out": "compute", "storage": "storage", "in-band": "in-band", "out-of-band": "out-of-band",
}  # fmt: skip
"""Role of the fabric that ports of a role belong to."""
MOST_DEVICES = 20_000
"""Above so many devices in a scope nothing is guessed."""
_SPINES = 1
"""Rank of wiring leafs to spines: after the hosts' scale-out ports."""
MOST_LISTED = 8
"""Devices that a guess names one by one where no pattern names just them."""
_LEAF = re.compile(r"leaf|tor|rail", re.IGNORECASE)
_SPINE = re.compile(r"spine|core", re.IGNORECASE)


def guess(reader: Reader, block: str, *, entered: str = "", selected: Sequence[str] = ()) -> Range | None:
    """Return the range most likely meant, or None where nothing waits to be wired.

    Hosts that have free ports of a role go to the switches that have room for them, port r to device r where
    there are as many switches as ports. If all hosts are wired, leafs go to spines.

    Parameters
    ----------
    reader : Reader
    block : str
    entered : str
        Path of the instance being edited: only what is in it counts.
    selected : sequence of str
        If hosts and switches are among it, only these count; if only hosts, they are wired.
    """
    board = Board(reader, block)
    if selected:
        devices = standing_devices(reader, block, selected)
        found = _guess_in(board, devices)
        if found is not None:
            return _in_scope(found[1], tuple(selected))
    best: tuple[int, Range] | None = None
    for scope in _scopes(reader, block, entered):
        devices = standing_devices(reader, block, scope)
        if len(devices) > MOST_DEVICES:
            continue
        chosen = {at.path for at in devices if any(f"{at.path}/".startswith(f"{p}/") for p in selected)}
        found = (_guess_in(board, devices, chosen) if chosen else None) or _guess_in(board, devices)
        if found is not None and (best is None or found[0] < best[0]):
            best = found[0], _in_scope(found[1], scope, tuple(selected))
        if best is not None and best[0] == 0:
            break
    return None if best is None else best[1]


def _in_scope(found: Range, scope: tuple[str, ...], selected: tuple[str, ...] = ()) -> Range:
    return Range(found.a, found.b, found.a_ports, found.b_ports, found.rule, found.links, scope, selected)


def _scopes(reader: Reader, block: str, entered: str) -> Iterator[tuple[str, ...]]:
    """Yield the placed blocks from the innermost, one copy of each, then everything."""
    if entered:
        yield (entered,)
        return
    depths: dict[str, tuple[int, str]] = {}

    def walk(holder: str, path: str, depth: int) -> None:
        for instance in reader.instances(holder).values():
            if instance.of not in depths:
                below = f"{path}/{instance.id}".lstrip("/")
                depths[instance.of] = (depth, below)
                walk(instance.of, below, depth + 1)

    walk(block, "", 1)
    for _, path in sorted(depths.values(), key=lambda at: -at[0]):
        yield (path,)
    yield ()


def _guess_in(
    board: Board, devices: Sequence[Standing], among: set[str] | None = None
) -> tuple[int, Range] | None:
    """Return the guess for some devices, with its rank: the lower, the sooner it is usually wired.

    `among` holds the paths of those to wire from, if that is asked.
    """
    switches = [at for at in devices if at.spec.kind in SWITCH_KINDS]
    hosts = [at for at in devices if at.spec.kind not in SWITCH_KINDS and (among is None or at.path in among)]
    if not switches:
        return None
    room = {at.path: list(board.usage(board.block, at.path).free(layer="data")) for at in switches}
    for place, role in enumerate(ROLES):
        rank = 2 * place
        serving = [at for at in switches if not _serves_others(board, at, role)]
        found = _hosts_to_switches(board, devices, hosts, serving, room, role, among)
        if found is None and place == 0 and among is None:
            found = _leafs_to_spines(board, devices, switches)
            rank = _SPINES if found is not None else rank
        if found is not None:
            return rank, found
    return None


def _serves_others(board: Board, at: Standing, role: str) -> bool:
    """Tell whether a switch has cables of a fabric of another role than ports of this one belong to."""
    fabrics, wanted = board.reader.fabrics, FABRIC_ROLES.get(role)
    roles = {
        fabrics[link.fabric].role
        for link in board.links_at(at.path)
        if link.layer == "data" and link.fabric in fabrics
    }
    return wanted is not None and bool(roles - {"out-of-band"} - {wanted})


def _hosts_to_switches(
    board: Board,
    devices: Sequence[Standing],
    hosts: Sequence[Standing],
    switches: Sequence[Standing],
    room: dict[str, list[str]],
    role: str,
    among: set[str] | None,
) -> Range | None:
    def is_all(offers: dict[str, list[str]]) -> bool:
        return among is not None and {at.path for at in hosts if at.path in among} == set(offers)

    free: dict[str, dict[str, list[str]]] = {}
    for at in hosts:
        tokens = list(board.usage(board.block, at.path).free(layer="data", role=role))
        if tokens:
            free.setdefault(at.device.type, {})[at.path] = tokens
    for offers in sorted(free.values(), key=lambda offers: -len(offers)):
        wanted = [at for at in hosts if at.path in offers]
        each = Counter(len(tokens) for tokens in offers.values()).most_common(1)[0][0]
        group = _group_for(board, wanted[0], offers[wanted[0].path][0], role, switches, room, each)
        if sum(len(room[at.path]) for at in group) < sum(len(tokens) for tokens in offers.values()):
            continue
        table, tokens = board.reader.ports(wanted[0].device), offers[wanted[0].path]
        sockets = [socket for token in tokens if (socket := table.find(token)) is not None]
        ports = {socket.port.name: socket.port for socket in sockets}
        is_whole = sum(len(whole_or_lanes(port)) for port in ports.values()) == len(tokens)
        names = [SELECTED if is_all(offers) else _named(wanted, devices), _named(group, devices)]
        if not all(names):
            continue
        more, fewer = max(each, len(group)), min(each, len(group))
        rail = fewer > 1 and more % fewer == 0
        return Range(
            a=names[0],
            b=names[1],
            a_ports=port_names(list(ports.values())) if is_whole else ", ".join(tokens),
            b_ports=FREE,
            rule="rail" if rail else "fill",
            links=each // len(group) if rail and each > len(group) else 0,
        )
    return None


def _group_for(
    board: Board,
    host: Standing,
    token: str,
    role: str,
    switches: Sequence[Standing],
    room: dict[str, list[str]],
    each: int,
) -> list[Standing]:
    """Return the switches that ports of a host are wired to, those called alike taken together."""
    socket = board.reader.ports(host.device).find(token)
    groups: dict[tuple[str, str], list[Standing]] = {}
    for at in switches:
        if _SPINE.search(at.name):
            continue
        table = board.reader.ports(at.device)
        for candidate in room[at.path]:
            there = table.find(candidate)
            if there is None or there.port.group.role not in ("", role) or board.mismatch(socket, there):
                continue
            slower = socket is not None and there.rate_gbps != socket.rate_gbps and role != "in-band"
            if slower or there.port.group.role in MANAGEMENT_ROLES:
                continue
            groups.setdefault((at.device.type, _stem(at.name)), []).append(at)
            break

    def rank(item: tuple[tuple[str, str], list[Standing]]) -> tuple[bool, bool, int]:
        (_, stem), members = item
        return (
            len(members) != each,
            not _LEAF.search(stem),
            -sum(len(room[at.path]) for at in members),
        )

    return min(groups.items(), key=rank)[1] if groups else []


def _leafs_to_spines(board: Board, devices: Sequence[Standing], switches: Sequence[Standing]) -> Range | None:
    leafs = [at for at in switches if _LEAF.search(at.name)]
    spines = [at for at in switches if _SPINE.search(at.name)]
    if not leafs or not spines or board.neighbours(leafs[0].path) & {at.path for at in spines}:
        return None
    spare = []
    for group in (leafs, spines):
        counts = []
        for at in group:
            usage = board.usage(board.block, at.path)
            tokens = usage.free(layer="data")
            sockets = [usage.table.find(token) for token in tokens]
            counts.append(sum(s is not None and s.port.group.role not in MANAGEMENT_ROLES for s in sockets))
        spare.append(min(counts))
    links = min(spare[0] // len(spines), spare[1] // len(leafs))
    if not links:
        return None
    names = _named(leafs, devices), _named(spines, devices)
    return Range(*names, FREE, FREE, "mesh", links) if all(names) else None


def _stem(name: str) -> str:
    return re.sub(r"\d+", "*", name)


def _named(wanted: Sequence[Standing], devices: Sequence[Standing]) -> str:
    """Return a pattern that names these devices and no others, by name, by type or one by one; or nothing."""
    paths = {at.path for at in wanted}
    stems = set(dict.fromkeys(_stem(at.name) for at in wanted))
    by_name = {at.path for at in devices if _stem(at.name) in stems}
    if by_name == paths and len(stems) <= 4:
        return ", ".join(sorted(stems))
    types = {at.device.type for at in wanted}
    if {at.path for at in devices if at.device.type in types} == paths:
        return ", ".join(sorted(types))
    if len(wanted) > MOST_LISTED:
        return ""
    shortest = []
    for at in wanted:
        steps = at.tag.split("/")
        for length in range(1, len(steps) + 1):
            tail = "/".join(steps[-length:])
            if sum(other.tag == tail or other.tag.endswith(f"/{tail}") for other in devices) == 1:
                break
        shortest.append(tail)
    return ", ".join(shortest)


def fabric_role(reader: Reader, block: str, asked: Range) -> FabricRole:
    """Return the role of the fabric that a range wires: that of the ports it starts from."""
    try:
        devices = standing_devices(reader, block, asked.scope)
        first = matching(devices, asked.a, asked.selected)[0]
        usage = Board(reader, block).usage(block, first.path)
        token = (
            next(usage.free(layer="data"), "")
            if asked.a_ports.strip() in ("", FREE)
            else ports_named(usage, asked.a_ports)[0]
        )
    except EditError:
        return "other"
    socket = usage.table.find(token)
    if socket is None or socket.port.group.layer != "data":
        return "other"
    role = FABRIC_ROLES.get(socket.port.group.role)
    return role or ("compute" if first.spec.kind in SWITCH_KINDS else "other")
