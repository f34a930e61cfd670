"""Where the switches of a network go: policies, and the racks that each of them takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from core.editing.cabling.patterns import natural
from core.editing.laying.empty_rack import TEMPLATE
from core.editing.laying.hosts import Place, places
from core.editing.laying.row_places import Policy, RowPlaces
from core.editing.laying.seating import Seating
from core.editing.laying.shelves import NewDevice, Shelves, limits_of_racks
from core.editing.naming import counted_on, first_free, instance_name, names_in
from core.editing.routes import block_at, join
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.records import NamingTemplate, Rotation
from core.model.types import DeviceType, RackType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

NETWORK_KINDS = ("switch", "switch-tray", "rack-pdu", "blank", "manifold", "busway", "power-shelf")
"""What a rack holds that counts as a network rack; there may be nothing in it at all."""
MOST_NEW_RACKS = 2_000


class NewRack(NamedTuple):
    """A network rack that is to be put on a floor, with what goes into it."""

    id: str
    name: str
    x_mm: int
    y_mm: int
    rotation: Rotation
    devices: tuple[NewDevice, ...] = ()


class Plan:
    """Switches on their way into racks: what goes where, before anything is written.

    Parameters
    ----------
    edit : Edit
    block : str
        Floor block from which the paths start.
    graph : Graph
        Of the network; only its ends are seated so far.
    seating : Seating
    policy : str
    empty_rack : callable
        Returns the id of the rack block that new network racks start from; called when one is needed.
    """

    def __init__(
        self,
        edit: Edit,
        block: str,
        graph: Graph,
        seating: Seating,
        policy: Policy,
        empty_rack: Callable[[], str],
    ) -> None:
        self._edit, self._block, self._graph = edit, block, graph
        self._seating, self.policy, self._empty_rack = seating, policy, empty_rack
        self.racks: dict[str, Place] = {}
        self._kinds: dict[str, set[str]] = {}
        """Kinds of the devices in each rack that are not hosts."""
        self._read_racks()
        self.shelves = Shelves(edit, limits_of_racks(edit, block))
        self.new_racks: dict[str, list[NewRack]] = {}
        """By floor."""
        self._new: dict[str, Place] = {}
        self._rows = RowPlaces(edit, block, self.racks, policy)
        self._token = edit.new_id()
        self._namesakes = Counter(
            (seating.home(node["unit"]), node["name"]) for _, node in graph.nodes(data=True) if node["tier"]
        )
        self._turns = self._turns_of()
        self._known: dict[tuple[str, bool, tuple[tuple[str, int], ...], int], list[Place]] = {}

    def home(self, key: str) -> str:
        """Return the path of the floor a device of the network belongs to."""
        return self._seating.home(self._graph.nodes[key]["unit"])

    def candidates(self, key: str) -> list[Place]:
        """Return the racks that a switch may go into under the policy, the best first; none of them new."""
        served = self._seating.racks(self._graph, key)
        home = self.home(key)
        turn = self._turns.get(key, 0)
        asked = home, bool(served), tuple(served.items()), turn
        if asked not in self._known:
            if self.policy == "top of rack" and served:
                top = _most_served(served)
                order = [*top[turn:], *top[:turn], *(rack for rack in served if rack not in set(top))]
                self._known[asked] = [self.racks[rack] for rack in order]
            else:
                self._known[asked] = self._network_racks(home, served)
        return self._known[asked]

    def reusable(self, key: str) -> list[Place]:
        """Return the racks a switch that stands may stay in: its candidates, then others without hosts."""
        found = self.candidates(key)
        served = self._seating.racks(self._graph, key)
        if self.policy == "top of rack" and served:
            return found
        floors = self._floors(self.home(key), served)
        known = {rack.path for rack in found}
        return found + [
            rack
            for rack in self.racks.values()
            if rack.floor in floors and rack.path not in known and "host" not in self._kinds[rack.path]
        ]

    def place(self, key: str, spec: DeviceType) -> str:
        """Plan a switch into the best rack that takes it, and return its path.

        Raises
        ------
        EditError
            If none does, with the rack that came nearest and what it lacks.
        """
        served = self._seating.racks(self._graph, key)
        node = self._graph.nodes[key]
        at_top = self.policy == "top of rack" and bool(served)
        home = self.home(key)
        racks = self.candidates(key)
        if not at_top:
            racks = [
                *racks,
                *(rack for rack in self._new.values() if rack.floor in self._floors(home, served)),
            ]
        reason = ""
        for rack in racks:
            spot = self.shelves.fit(rack, spec, from_top=at_top)
            if not isinstance(spot, str):
                return self._put(key, rack, spec, spot, is_shared=at_top or self._is_shared(rack))
            reason = reason or f"{self._name(rack)}: {spot}"
        if at_top:
            raise EditError(
                f"{node['name']} finds no place at the top of a rack: {reason}",
                cure="Free units or raise the limit there, or put the switches into network racks",
            )
        rack = self._new_rack(home, served, reason)
        fit = self.shelves.fit(rack, spec)
        if isinstance(fit, str):
            raise EditError(
                f"'{spec.name}' does not go into a new network rack: {fit}",
                cure="Choose another type of rack",
            )
        return self._put(key, rack, spec, fit)

    def rows(self) -> dict[str, list[NewDevice | NewRack | str]]:
        """Return what is to be written, by path of the rack or floor; a text is the id of what goes."""
        found: dict[str, list[NewDevice | NewRack | str]] = {}
        for path in self.racks:
            rows: list[NewDevice | NewRack | str] = [
                *self.shelves.added(path),
                *sorted(self.shelves.gone(path)),
            ]
            if rows:
                found[path] = rows
        for floor, racks in self.new_racks.items():
            filled = [
                rack._replace(devices=tuple(self.shelves.added(join(floor, rack.id)))) for rack in racks
            ]
            found.setdefault(floor, []).extend(filled)
        return found

    def _put(self, key: str, rack: Place, spec: DeviceType, spot: Spot, *, is_shared: bool = False) -> str:
        added = self.shelves.added(rack.path)
        device_id = f"{self._token}-{len(added) + 1}"
        name = self._device_name(key, rack, spec, spot.half_u, is_shared)
        self.shelves.add(rack.path, NewDevice(device_id, spec.id, name, spot))
        return join(rack.path, device_id)

    def _device_name(self, key: str, rack: Place, spec: DeviceType, half_u: int, is_shared: bool) -> str:
        """Return a name by the template of its role; else that of the network.

        In racks that are copies of one drawing switches are counted in each rack, so that they stay copies.
        """
        node = self._graph.nodes[key]
        taken = self.shelves.names(rack)
        level = f"device.{node['role']}"
        for holder in (rack.block, ""):
            record = self._edit.rows("naming", holder).get(level)
            if isinstance(record, NamingTemplate):
                values = {
                    "row": "",
                    "place": "",
                    "u": half_u // 2 + 1,
                    "type": spec.name,
                    "kind": node["role"],
                }
                values |= {"rack": self._name(rack), "parent": self._name(rack), "block": self._name(rack)}
                return first_free(record, taken, values)[0]
        if is_shared:
            return first_free(NamingTemplate(id=level, template=f"{node['role']}-{{n}}"), taken, {})[0]
        name: str = node["name"]
        if self._namesakes[self.home(key), name] > 1:  # units of the network that are none on this floor
            name = f"{node['unit'].rpartition('/')[2]}-{name}"
        return counted_on(name, taken) if name in taken else name

    def _is_shared(self, rack: Place) -> bool:
        if rack.path in self._new:
            return False
        floor = block_at(self._edit, self._block, rack.floor)
        return sum(i.of == rack.block for i in self._edit.instances(floor).values()) > 1

    def _name(self, rack: Place) -> str:
        if rack.path in self._new:
            return next(r.name for r in self.new_racks[rack.floor] if join(rack.floor, r.id) == rack.path)
        return " / ".join(self._edit.names_along(self._block, rack.path))

    def _read_racks(self) -> None:
        served = {host.place.rack for host in self._seating.hosts.values()}
        for place in places(self._edit, self._block):
            if place.device is None:
                self.racks[place.path] = place
                self._kinds[place.path] = {"host"} if place.path in served else set()
            elif place.rack:
                spec = self._edit.find_type(place.device.type)
                self._kinds[place.rack].add(spec.kind if isinstance(spec, DeviceType) else "other")

    def _turns_of(self) -> dict[str, int]:
        """Return at which of equally good racks each switch begins, so that they spread over all."""
        alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        for key, node in self._graph.nodes(data=True):
            served = self._seating.racks(self._graph, key) if node["tier"] else None
            if served:
                alike.setdefault((node["unit"], tuple(_most_served(served))), []).append(key)
        return {
            key: place * len(best) // len(keys)
            for (_, best), keys in alike.items()
            for place, key in enumerate(keys)
        }

    def _floors(self, home: str, served: Mapping[str, int]) -> set[str]:
        """Return the floors of the network racks of a switch: its home, those of the racks it serves."""
        return {home, *(self.racks[rack].floor for rack in served)}

    def _network_racks(self, home: str, served: Mapping[str, int]) -> list[Place]:
        floors = self._floors(home, served)
        found = [r for r in self.racks.values() if r.floor in floors and "host" not in self._kinds[r.path]]
        found.sort(key=lambda rack: (rack.floor != home, *self._age(rack)))
        if self.policy in ("end of row", "middle of row"):
            floor, row = self._rows.row(home, served)
            here = [rack for rack in found if (rack.floor, rack.row) == (floor, row)]
            return sorted(here, key=self._rows.distance)
        return [rack for rack in found if self._kinds[rack.path] <= set(NETWORK_KINDS)]

    def _age(self, rack: Place) -> tuple[bool, tuple[tuple[int, str], ...]]:
        """Return a key that sorts racks by name, those the program made after the others."""
        is_made = self._edit.blocks[rack.block].template.startswith(TEMPLATE)
        return is_made, natural(self._name(rack))

    def _new_rack(self, home: str, served: Mapping[str, int], reason: str) -> Place:
        of = self._empty_rack()
        frame = self._edit.find_type(self._edit.blocks[of].rack_type)
        assert isinstance(frame, RackType)
        floor, row, stand = self._rows.stand(home, served, frame)
        if stand is None or sum(map(len, self.new_racks.values())) >= MOST_NEW_RACKS:
            where = " / ".join(self._edit.names_along(self._block, floor)) if floor else "the floor"
            problem = f"there is no free floor for a network rack in {where}"
            raise EditError(
                f"{problem} ({reason})" if reason else problem,
                cure="Make room at the end of a row, or free units in the racks there",
            )
        racks = self.new_racks.setdefault(floor, [])
        holder = block_at(self._edit, self._block, floor)
        name = instance_name(self._edit, holder, of, (stand.x_mm, stand.y_mm, stand.rotation))
        taken = names_in(self._edit, holder) | {rack.name for rack in racks}
        name = counted_on(name, taken) if name in taken else name
        rack = NewRack(f"{self._token}-r{len(racks) + 1}", name, stand.x_mm, stand.y_mm, stand.rotation)
        racks.append(rack)
        self._rows.ground.take(floor, stand.box)
        path = join(floor, rack.id)
        self._new[path] = Place(path, floor, row, of)
        return self._new[path]


def _most_served(served: Mapping[str, int]) -> list[str]:
    """Return the racks a switch has most links to; half as many are as good (a rack with fewer hosts)."""
    most = max(served.values())
    return [rack for rack, links in served.items() if 2 * links >= most]
