"""Writes the trunks of a generated network between devices that stand already.

Every trunk becomes one link record in the lowest block that contains both ends. What lies inside a block
that is placed many times is written once; copies that differ are made unique first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from core.catalogue.library import Library
from core.editing.cabling.sockets import Ends, Usage, compatible
from core.editing.laying.copies import share_out
from core.editing.laying.port_map import PortCount, PortMap, ensure_one_split, types_with
from core.editing.routes import block_at, device_at
from core.errors import EditError
from core.model.change import Edit
from core.model.ports import PortTable, Socket
from core.model.records import Device, End, FabricRole, Link
from core.model.types import DeviceType

if TYPE_CHECKING:
    from core.fabrics.family import Graph


Progress = Callable[[int, int, str], None]
"""Called as progress(done, total, what), often; what it raises ends the work, which is how to cancel."""
OFTEN = 2048
"""Trunks from one call of it to the next."""


@dataclass(frozen=True)
class Laid:
    """A network on the floor.

    Attributes
    ----------
    fabric : str
        Id of the fabric record.
    paths : mapping of str to str
        Path of each device, from the block it was laid in, by the key of its node.
    ports : PortCount
    notes : tuple of str
        What a designer should know: what was assumed, what was left out.
    """

    fabric: str
    paths: Mapping[str, str]
    ports: PortCount
    notes: tuple[str, ...] = ()


class Row(NamedTuple):
    """One trunk as it stands in a block."""

    a: str
    a_ports: tuple[str, ...]
    b: str
    b_ports: tuple[str, ...]
    gbps: float


def wire(
    edit: Edit,
    library: Library,
    block: str,
    graph: Graph,
    paths: Mapping[str, str],
    fabric: str,
    progress: Progress | None = None,
) -> PortCount:
    """Write the links of a graph and count what they take.

    Parameters
    ----------
    edit : Edit
    library : Library
        Only to name types that would do where a device has too few ports.
    block : str
        Floor block from which the paths start.
    graph : Graph
        As `core.fabrics.weave` describes it.
    paths : mapping of str to str
        Path of the device of each node.
    fabric : str
        Id of the fabric record (in the edit already); its role chooses the ports of hosts.
    progress : callable, optional

    Raises
    ------
    EditError
        If a path leads to no device, ports are missing, in use, or cannot be joined. The edit is then to be
        dropped.
    """
    record = edit.fabrics.get(fabric)
    if record is None:
        raise EditError("there is no such fabric", where=fabric)
    if len(set(paths.values())) != len(paths):
        raise EditError("two devices of the network would be one", cure="Give each a place of its own")
    maps = PortMaps(edit, library, block, record.role)
    rows, count = _rows(graph, paths, maps, progress)
    written = share_out(edit, block, rows)
    ends = Ends(edit)
    for holder, trunks in written.items():
        _check(edit, ends, holder, trunks)
    total, done = sum(len(trunks) for trunks in written.values()), 0
    for holder, trunks in written.items():
        for a, a_ports, b, b_ports, _ in trunks:
            link = Link(
                block=holder, id=edit.new_id(holder), a=End(a, a_ports), b=End(b, b_ports), fabric=fabric
            )
            edit.put("links", link)
            done += 1
            if progress is not None and done % OFTEN == 0:
                progress(done, total, "Cables")
    return count


class PortMaps:
    """Port maps of the devices that nodes stand for, one for all that are alike."""

    def __init__(self, edit: Edit, library: Library, block: str, role: FabricRole) -> None:
        self._edit, self._library, self._role = edit, library, role
        self._block_at: dict[str, str] = {"": block}
        self._known: dict[tuple[Any, ...], PortMap] = {}

    def of(self, path: str, node: Mapping[str, Any]) -> PortMap:
        head, _, last = path.rpartition("/")
        device = self._edit.devices(self._holder(head)).get(last)
        if device is None:
            device = device_at(self._edit, self._block_at[""], path)
        table = self._edit.ports(device)
        key = (id(table), node["slots"], node["slot_gbps"], node["tier"] == 0)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._make(device, table, node)
        return found

    def _holder(self, head: str) -> str:
        found = self._block_at.get(head)
        if found is None:
            above, _, last = head.rpartition("/")
            found = self._block_at[head] = block_at(self._edit, self._holder(above), last)
        return found

    def _make(self, device: Device, table: PortTable, node: Mapping[str, Any]) -> PortMap:
        spec = self._edit.find_type(device.type)
        name = spec.name if isinstance(spec, DeviceType) else device.type
        is_end = node["tier"] == 0
        try:
            return PortMap(name, table, node["slots"], node["slot_gbps"], self._role, is_end=is_end)
        except EditError as error:
            raise EditError(error.problem, where=device.name, cure=self.cure(node)) from None

    def cure(self, node: Mapping[str, Any]) -> str:
        """Return which types of the catalogue would do for a node, in words."""
        kinds = _KINDS.get(node["role"], ("switch", "switch-tray") if node["tier"] else ("server", "tray"))
        slots, gbps = node["slots"], node["slot_gbps"]
        fit = [
            name for kind in kinds for name in types_with(self._library, slots, gbps, self._role, kind=kind)
        ]
        return f"These would do: {'; '.join(fit[:6])}" if fit else "No type of the catalogue would do"


_KINDS: dict[str, tuple[str, ...]] = {"manager": ("management",), "storage": ("storage",)}
"""Kinds of devices that take a role, where it is neither a server nor a switch."""


def _rows(
    graph: Graph, paths: Mapping[str, str], maps: PortMaps, progress: Progress | None
) -> tuple[dict[str, list[Row]], PortCount]:
    """Return the trunks by the path of the lowest placed block that holds both ends, and the port count."""
    ports = {key: maps.of(paths[key], data) for key, data in graph.nodes(data=True)}
    found: dict[str, list[Row]] = {}
    uses: dict[str, list[tuple[tuple[int, ...], int]]] = {key: [] for key in graph.nodes}
    links, total = 0, graph.number_of_edges()
    for number, (_, _, edge) in enumerate(graph.edges(data=True), 1):
        if progress is not None and number % OFTEN == 0:
            progress(number, total, "Ports")
        a, b, gbps = edge["a"], edge["b"], edge["gbps"]
        ends = []
        for key, slots in ((a, edge["a_slots"]), (b, edge["b_slots"])):
            uses[key].append((slots, ports[key].width(gbps)))
            try:
                ends.append(ports[key].tokens(slots, gbps))
            except EditError as error:
                raise EditError(error.problem, where=key, cure=maps.cure(graph.nodes[key])) from None
        head, a_path, b_path = _parted(paths[a], paths[b])
        found.setdefault(head, []).append(Row(a_path, ends[0], b_path, ends[1], gbps))
        links += edge["count"]
    cages = 0
    for key, used in uses.items():
        map_ = ports[key]
        if len({width for _, width in used}) > 1:
            ensure_one_split(map_, used)
        cages += len({map_.cage_at(slot) for slots, _ in used for slot in slots})
    return found, PortCount(cages, 2 * links, links)


def _parted(a: str, b: str) -> tuple[str, str, str]:
    """Return what two paths have in common, without their last steps, and the rest of each."""
    start = 0
    while True:
        end = a.find("/", start) + 1
        if not end or a[start:end] != b[start:end]:
            return a[: max(start - 1, 0)], a[start:], b[start:]
        start = end


def _check(edit: Edit, ends: Ends, holder: str, rows: list[Row]) -> None:
    """Raise if a port of a trunk is in use or cannot be joined with its partner."""
    tables: dict[str, PortTable] = {}
    fits: dict[tuple[Any, ...], str] = {}
    by_path: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        by_path.setdefault(row.a, []).append(row.a_ports)
        by_path.setdefault(row.b, []).append(row.b_ports)
    for path, tokens in by_path.items():
        tables[path] = edit.ports(device_at(edit, holder, path))
        taken = list(ends.tokens(holder, path))
        if taken:
            usage = Usage(edit, holder, path, taken)
            for token in (t for part in tokens for t in part):
                obstacle = usage.obstacle(token)
                if obstacle:
                    raise EditError(
                        obstacle, cure="Remove what is plugged in there, or choose another device"
                    )
    for row in rows:
        one, other = tables[row.a], tables[row.b]
        for mine, theirs in zip(row.a_ports, row.b_ports, strict=True):
            a, b = one.find(mine), other.find(theirs)
            if a is None or b is None:
                raise EditError(f"there is no port '{mine if a is None else theirs}'", where=row.a)
            key = (id(a.port.group), a.split, id(b.port.group), b.split, row.gbps)
            if key not in fits:
                fits[key] = compatible(a, b) or _too_slow(a, b, row.gbps)
            if fits[key]:
                names = " - ".join(device_at(edit, holder, path).name for path in (row.a, row.b))
                raise EditError(fits[key], where=names, cure="Choose types whose ports fit each other")


def _too_slow(a: Socket, b: Socket, gbps: float) -> str:
    for socket in (a, b):
        if socket.rate_gbps is not None and socket.rate_gbps < gbps:
            return f"{socket.port.name} runs at {socket.rate_gbps:g} Gbit/s, the link at {gbps:g}"
    return ""
