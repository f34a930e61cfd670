"""Draws a whole hall for a generated network, from nothing.

Hosts go into racks, the switches of each unit into network racks of that unit, shared ones into network
racks of their group or of the hall. Units that hold the same become one block that is placed many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from core.catalogue.library import Library
from core.editing.blocks import copy_block, new_floor_block
from core.editing.laying.racking import Content, Racks, hosts_in_rack
from core.editing.laying.rows_of_racks import Aisles, Item, enclose, stand
from core.editing.laying.units import Unit, tree_of
from core.editing.laying.wiring import Laid, Progress, wire
from core.editing.parts import qualify
from core.editing.remove import remove
from core.editing.routes import counted
from core.errors import EditError
from core.model.change import Edit
from core.model.records import Fabric, FabricRole

if TYPE_CHECKING:
    from core.fabrics.family import Graph


@dataclass(frozen=True, kw_only=True)
class Hall:
    """How a network is to be built.

    Attributes
    ----------
    types : mapping of str to str
        Device type by role of the nodes. `switch` stands for all that forward and are not named.
    name : str
        Of the hall.
    fabric, role : str
        Name and role of the fabric.
    host_rack : str
        Id of a rack block of the project that holds the hosts already, in order from below; then the type of
        the hosts is not needed.
    rack, network_rack : str
        Rack types; that of network racks is the same if empty.
    hosts_per_rack : int
        As many as height and power allow, if 0.
    rack_power_w : float or None
        House limit for a rack.
    pdu, network_pdu : str
        Types of the rack PDUs.
    sources : tuple of str
        Power sources that may be used; the third only where two are not enough.
    aisles : Aisles
    """

    types: Mapping[str, str]
    name: str = "Hall"
    fabric: str = "Compute"
    role: FabricRole = "compute"
    host_rack: str = ""
    rack: str = "apc-ar3300"
    network_rack: str = ""
    hosts_per_rack: int = 0
    rack_power_w: float | None = None
    pdu: str = "generic-pdu-415v-60a"
    network_pdu: str = "apc-apdu10350sw"
    sources: tuple[str, ...] = ("A", "B", "C")
    aisles: Aisles = field(default_factory=Aisles)

    def type_of(self, role: str, tier: int) -> str:
        """Return the device type of nodes of a role.

        Raises
        ------
        EditError
            If none is named.
        """
        found = self.types.get(role) or (self.types.get("switch") if tier else None)
        if found is None:
            raise EditError(f"no type is chosen for the role '{role}'", cure="Choose one of the catalogue")
        return found


def draw_hall(
    edit: Edit,
    library: Library,
    graph: Graph,
    hall: Hall,
    block: str = "",
    progress: Progress | None = None,
) -> Laid:
    """Draw a hall for a network.

    Parameters
    ----------
    edit : Edit
    library : Library
    graph : Graph
        As `core.fabrics.weave` describes it.
    hall : Hall
    block : str, optional
        Empty floor block to draw it on; a new one if left out. A floor without areas gets a room around it.
    progress : callable, optional
        Told how far it is (`core.editing.laying.wiring.Progress`).

    Raises
    ------
    EditError
        If something does not fit, with what would help. The edit is then to be dropped.
    """
    if block and (edit.instances(block) or edit.devices(block)):
        raise EditError("the floor is not empty", cure="Choose an empty floor")
    about = graph.graph
    fabric = Fabric(
        id=edit.new_id(),
        name=hall.fabric,
        role=hall.role,
        family=about.get("family", ""),
        parameters=dict(about.get("parameters", {})),
        seed=about.get("seed", 0),
    )
    edit.put("fabrics", fabric)
    floor = block or new_floor_block(edit, hall.name).id
    drawing = _Drawing(edit, library, graph, hall)
    tree = tree_of(graph)
    drawn = drawing.draw(tree, floor)
    paths: dict[str, str] = {}
    drawing.trace(tree, drawn, "", paths)
    if not edit.areas(floor):
        enclose(edit, floor, hall.name)
    count = wire(edit, library, floor, graph, paths, fabric.id, progress)
    qualify(edit, library)
    return Laid(fabric.id, paths, count, drawing.notes)


class _Drawn(NamedTuple):
    """A unit as drawn."""

    block: str
    own: dict[str, str]
    """Path in the block by name of the device."""
    inner: dict[str, str]
    """Id of the instance by name of the unit within."""
    racks: int
    """Racks side by side; 0 for what has several rows."""


class _Drawing:
    def __init__(self, edit: Edit, library: Library, graph: Graph, hall: Hall) -> None:
        self._edit, self._graph, self._hall = edit, graph, hall
        self._kinds: dict[int, _Drawn] = {}
        limit = hall.rack_power_w
        network = hall.network_rack or hall.rack
        self._racks = Racks(edit, library, hall.rack, hall.pdu, hall.sources, limit)
        self._network = Racks(edit, library, network, hall.network_pdu, hall.sources, limit)
        self._in_host_rack = hosts_in_rack(edit, hall.host_rack) if hall.host_rack else []
        self._short: dict[int, str] = {len(self._in_host_rack): hall.host_rack}
        """Blocks that are the host rack with fewer hosts, by number of hosts."""
        self._own_ids: dict[int, list[str]] = {}
        self._most = self._hosts_in_rack()

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple({**self._racks.notes, **self._network.notes})

    def draw(self, unit: Unit, floor: str = "") -> _Drawn:
        """Draw a unit, or find it drawn; `floor` is the block of the whole."""
        found = self._kinds.get(unit.kind)
        if found is None:
            found = self._kinds[unit.kind] = self._new(unit, floor)
        return found

    def trace(self, unit: Unit, drawn: _Drawn, path: str, paths: dict[str, str]) -> None:
        """Collect the paths of all devices."""
        for key in unit.nodes:
            paths[key] = path + drawn.own[self._graph.nodes[key]["name"]]
        for each in unit.inner:
            self.trace(each, self._kinds[each.kind], f"{path}{drawn.inner[each.name]}/", paths)

    def _new(self, unit: Unit, floor: str) -> _Drawn:
        nodes = [self._graph.nodes[key] for key in unit.nodes]
        hosts = [node["name"] for node in nodes if node["role"] == "host"]
        others = [
            Content(self._hall.type_of(node["role"], node["tier"]), node["name"])
            for node in nodes
            if node["role"] != "host"
        ]
        label = unit.name or self._hall.name
        if not floor and not unit.inner:
            one = self._one_rack(label, hosts, others)
            if one is not None:
                return one
        block = floor or new_floor_block(self._edit, label).id
        racks = [*self._host_racks(hosts), *self._network_racks(label, others)]
        inner = [(each, self.draw(each)) for each in unit.inner]
        items = [item for item, _ in racks]
        items += [Item(drawn.block, each.name, drawn.racks) for each, drawn in inner if drawn.racks]
        grid = [Item(drawn.block, each.name) for each, drawn in inner if not drawn.racks]
        placed, units, rows = stand(self._edit, block, items, grid, self._hall.aisles)
        own = {}
        for (_, devices), instance in zip(racks, placed, strict=False):
            own.update({name: f"{instance}/{device}" for name, device in devices.items()})
        low, high = iter(placed[len(racks) :]), iter(units)
        within = {each.name: next(low if drawn.racks else high) for each, drawn in inner}
        side_by_side = sum(item.racks for item in items) if rows == 1 and not grid else 0
        return _Drawn(block, own, within, side_by_side)

    def _hosts_in_rack(self) -> int:
        hall = self._hall
        if hall.host_rack:
            return len(self._in_host_rack)
        if not any(role == "host" for _, role in self._graph.nodes(data="role")):
            return 0
        most = self._racks.most(hall.type_of("host", 0))
        if hall.hosts_per_rack > most:
            name = self._racks.spec(hall.type_of("host", 0)).name
            reason = self._racks.misfit([hall.type_of("host", 0)] * hall.hosts_per_rack)
            raise EditError(
                f"{hall.hosts_per_rack} of '{name}' do not go into a rack: {reason}",
                cure=f"Put {counted(most, 'host')} into a rack, or choose another rack or a higher limit",
            )
        return hall.hosts_per_rack or most

    def _one_rack(self, label: str, hosts: list[str], others: list[Content]) -> _Drawn | None:
        """Return a unit that is one rack, its switches at the top; None if it takes more."""
        if len(hosts) > self._most or (self._hall.host_rack and others):
            return None
        if not hosts:
            racks = self._network
        elif self._hall.host_rack:
            block, devices = self._host_block(len(hosts))
            return _Drawn(block, dict(zip(hosts, devices, strict=True)), {}, 1)
        else:
            racks = self._racks
        contents = [Content(self._hall.type_of("host", 0), name) for name in hosts] + others
        if racks.misfit([content.type for content in contents]):
            return None
        block, devices = racks.draw(label, contents)
        names = [*hosts, *(content.name for content in others)]
        return _Drawn(block, dict(zip(names, devices, strict=True)), {}, 1)

    def _host_racks(self, hosts: list[str]) -> list[tuple[Item, dict[str, str]]]:
        found, start = [], 0
        for number, count in enumerate(self._shares(len(hosts)), 1):
            part, start = hosts[start : start + count], start + count
            block, devices = self._host_block(count)
            found.append((Item(block, f"r{number:02}"), dict(zip(part, devices, strict=True))))
        return found

    def _shares(self, hosts: int) -> list[int]:
        """Return how many hosts each rack gets: evenly, unless a number or a drawn rack is to be filled."""
        racks = -(-hosts // max(self._most, 1))
        if self._hall.hosts_per_rack or self._hall.host_rack:
            return [min(self._most, hosts - self._most * k) for k in range(racks)]
        return [hosts // racks + (k < hosts % racks) for k in range(racks)]

    def _host_block(self, number: int) -> tuple[str, list[str]]:
        """Return the rack of so many hosts and their ids in order."""
        if not self._hall.host_rack:
            if number not in self._short:
                name = self._hall.type_of("host", 0)
                contents = [Content(name, f"node-{k:02}") for k in range(1, number + 1)]
                label = f"{self._racks.spec(name).name}, rack of {number}"
                self._short[number], ids = self._racks.draw(label, contents)
                self._own_ids[number] = ids
            return self._short[number], self._own_ids[number]
        if number not in self._short:
            name = f"{self._edit.blocks[self._hall.host_rack].name} of {number}"
            self._short[number] = copy_block(self._edit, self._hall.host_rack, name)
            remove(self._edit, self._short[number], self._in_host_rack[number:])
        return self._short[number], self._in_host_rack[:number]

    def _network_racks(self, label: str, others: list[Content]) -> list[tuple[Item, dict[str, str]]]:
        """Draw the network racks of a unit, each filled in the order of the network."""
        parts: list[list[Content]] = []
        for content in others:
            types = [c.type for c in parts[-1]] + [content.type] if parts else []
            if not parts or self._network.misfit(types):
                self._network.most(content.type)  # raises if even one alone does not fit
                parts.append([])
            parts[-1].append(content)
        found = []
        for number, part in enumerate(parts, 1):
            block, devices = self._network.draw(f"{label} network rack", part)
            names = [content.name for content in part]
            item = Item(block, f"net-{number}", is_network=True)
            found.append((item, dict(zip(names, devices, strict=True))))
        return found
