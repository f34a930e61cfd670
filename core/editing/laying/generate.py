"""A network is generated onto a design that exists, and again with other parameters.

What a fabric made, and so what is replaced when it is generated again:

- all data links with its id;
- the switches all of whose data links belong to it (management ports aside), unless they are pinned.
  Those that stand where the policy would have them, with the type asked for, are used again: they keep
  place, name and whatever else is plugged in. The rest go;
- the network racks it made (their drawing says so in `template`), if only power strips are left in them.

Pinned switches (`Fabric.pins`) keep place and name and are taken first; switches that carry links of other
networks stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.catalogue.library import Library
from core.editing.cabling.patterns import natural
from core.editing.laying.applying import apply, remove_empty_racks
from core.editing.laying.empty_rack import EmptyRack
from core.editing.laying.hosts import Place, hosts_of, places
from core.editing.laying.policy import POLICIES, Plan, Policy
from core.editing.laying.seating import Seating, seat
from core.editing.laying.standing import StandingSwitch, fabric_links, standing_switches
from core.editing.laying.wiring import Laid, wire
from core.editing.parts import qualify
from core.editing.remove import remove_links
from core.editing.routes import counted, keys_along
from core.editing.types import use_device_type
from core.errors import EditError
from core.fabrics import families
from core.model.change import Edit
from core.model.project import Reader
from core.model.records import Device, Fabric, FabricRole, Value
from core.model.types import SWITCH_KINDS, DeviceType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_LAID = "laid."
"""Start of the parameters of a fabric record that say how it was laid, not what it is."""


_COUNTED = re.compile(r"([\d,]+) (cable|override|waiver)s? removed")


@dataclass(frozen=True)
class Request:
    """A network that is asked for.

    Attributes
    ----------
    fabric : str
        Id of the fabric record; one that exists is generated again.
    family : str
    parameters : mapping
        Of the family, as plain values.
    switches : mapping of str to str
        Device type by role of the graph (leaf, spine ...); under "" that of all roles not named.
    role : str
        Of the network.
    name : str, optional
        The name it has, or the family's label, if left out.
    seed : int
    policy : str
        One of `POLICIES`.
    rack_type : str
        Of new network racks; that of the network racks there if left out.
    hosts : tuple of str
        Paths of what it serves, racks and units too; everything if left out.
    """

    fabric: str
    family: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)
    role: FabricRole = "compute"
    name: str = ""
    seed: int = 0
    policy: Policy = "network racks"
    rack_type: str = ""
    hosts: tuple[str, ...] = ()

    def switch(self, role: str) -> str:
        """Return the device type of a role.

        Raises
        ------
        EditError
            If none is named.
        """
        found = self.switches.get(role) or self.switches.get("")
        if not found:
            raise EditError(f"no device type is chosen for '{role}'", cure="Choose a switch for each role")
        return found


def generate_fabric(edit: Edit, library: Library, block: str, request: Request) -> Laid:
    """Generate a network for the hosts of a floor block, place its switches and wire it.

    With the id of a fabric that exists, what that made is replaced (see the module). All in the edit given,
    so one undo takes it back; if an error is raised, the edit is to be dropped.

    Raises
    ------
    ParameterError
        If the family has no such network.
    EditError
        If hosts, switches or ports do not suffice, with what would help.
    """
    family = families.family(request.family)
    parameters = family.read(request.parameters)
    graph = family.build(parameters, request.seed)
    return lay(edit, library, block, graph, request, family.plain(parameters), family.label)


def lay(
    edit: Edit,
    library: Library,
    block: str,
    graph: Graph,
    request: Request,
    parameters: Mapping[str, Value] | None = None,
    label: str = "",
) -> Laid:
    """Lay a graph that is there, as `generate_fabric` does with the one it makes.

    Raises
    ------
    EditError
        If hosts, switches or ports do not suffice, with what would help.
    """
    if request.policy not in POLICIES:
        raise EditError(f"there is no policy '{request.policy}'", cure=f"Choose {', '.join(POLICIES)}")
    before = len(edit.notes)
    old = edit.fabrics.get(request.fabric)
    seating = seat(graph, hosts_of(edit, block, request.role, request.hosts))
    record = _record(request, old, parameters or {}, label)
    standing = [] if old is None else standing_switches(edit, block, old)
    edit.put("fabrics", record)
    remove_links(edit, fabric_links(edit, request.fabric))
    paths = {key: host.path for key, host in seating.hosts.items()}
    paths.update(_managers(edit, block, graph))
    specs = _specs(edit, library, graph, request, paths)
    empty_rack = EmptyRack(edit, library, block, request.fabric, request.rack_type, specs.values())
    plan = Plan(edit, block, graph, seating, request.policy, empty_rack)
    stays = _stays(old, request, plan, standing)
    paths.update(_used_again(plan, graph, specs, standing, stays))
    used = set(paths.values())
    for switch in standing:
        if switch.path not in used and not switch.is_pinned and not switch.is_shared and switch.place.rack:
            plan.shelves.leave(switch.place.rack, [switch.path.rpartition("/")[2]])
    notes = _notes(seating, standing, used)
    for key in _by_tier(graph):
        if key not in paths:
            paths[key] = plan.place(key, specs[key])
    notes += apply(edit, library, block, plan.rows(), empty_rack)
    remove_empty_racks(edit, request.fabric)
    kept = graph.subgraph(paths) if seating.empty else graph
    ports = wire(edit, library, block, kept, paths, request.fabric)
    qualify(edit, library)
    notes += _summed(edit.notes[before:])
    edit.notes[before:] = notes
    return Laid(request.fabric, paths, ports, tuple(notes))


def request_of(reader: Reader, fabric: str) -> Request | None:
    """Return how a fabric was generated; None if it was drawn by hand or is not there.

    The hosts are not stored: the request is for all of them.
    """
    record = reader.fabrics.get(fabric)
    if record is None or not record.family:
        return None
    laid = {key[len(_LAID) :]: str(v) for key, v in record.parameters.items() if key.startswith(_LAID)}
    types = {key.partition(".")[2]: v for key, v in laid.items() if key.partition(".")[0] == "switch"}
    policy = next((each for each in POLICIES if each == laid.get("policy")), POLICIES[-1])
    return Request(
        fabric=record.id,
        family=record.family,
        parameters=family_parameters(record),
        switches=types,
        role=record.role,
        name=record.name,
        seed=record.seed,
        policy=policy,
        rack_type=laid.get("rack_type", ""),
    )


def family_parameters(fabric: Fabric) -> dict[str, Value]:
    """Return the parameters of a fabric that are its family's, without those that say how it was laid."""
    return {key: value for key, value in fabric.parameters.items() if not key.startswith(_LAID)}


def pin(edit: Edit, fabric: str, paths: Iterable[str]) -> None:
    """Keep switches where they are when a fabric is generated again. Paths start from the block built.

    Raises
    ------
    EditError
        If there is no such fabric, or a path leads to no switch.
    """
    record = _fabric(edit, fabric)
    pins = dict.fromkeys(record.pins)
    for path in paths:
        device = edit.resolve(edit.top, path)
        spec = edit.find_type(device.type) if isinstance(device, Device) else None
        if not isinstance(spec, DeviceType) or spec.kind not in SWITCH_KINDS:
            raise EditError("only switches can be pinned to a network", cure="Select switches")
        pins[path] = None
    edit.replace("fabrics", record.key, pins=tuple(sorted(pins)))


def unpin(edit: Edit, fabric: str, paths: Iterable[str]) -> None:
    """Give switches free again. A pin of another copy of the same drawing goes too, since it holds for all.

    Raises
    ------
    EditError
        If there is no such fabric.
    """
    record = _fabric(edit, fabric)
    gone = {keys_along(edit, edit.top, path)[-1] for path in paths}
    kept = tuple(pin for pin in record.pins if keys_along(edit, edit.top, pin)[-1] not in gone)
    edit.replace("fabrics", record.key, pins=kept)


def _fabric(edit: Edit, fabric: str) -> Fabric:
    record = edit.fabrics.get(fabric)
    if record is None:
        raise EditError("the network is no longer there", where=fabric)
    return record


def _record(request: Request, old: Fabric | None, parameters: Mapping[str, Value], label: str) -> Fabric:
    laid: dict[str, Value] = {f"{_LAID}policy": request.policy}
    if request.rack_type:
        laid[f"{_LAID}rack_type"] = request.rack_type
    laid |= {f"{_LAID}switch.{role}": type_id for role, type_id in sorted(request.switches.items())}
    return Fabric(
        id=request.fabric,
        name=request.name or (old.name if old else label or request.family),
        role=request.role,
        family=request.family,
        parameters={**parameters, **laid},
        seed=request.seed,
        pins=old.pins if old else (),
        colour=old.colour if old else "",
        note=old.note if old else "",
    )


def _by_tier(graph: Graph) -> list[str]:
    """Return the devices that are not hosts or storage, from the hosts upwards."""
    tiers = {key: node["tier"] for key, node in graph.nodes(data=True)}
    rest = [key for key, role in graph.nodes(data="role") if role not in ("host", "storage")]
    return sorted(rest, key=lambda key: tiers[key] or max(tiers.values()) + 1)


def _managers(reader: Reader, block: str, graph: Graph) -> dict[str, str]:
    """Return the managers of a network on the management devices of the design that have ports for it."""
    nodes = [key for key, role in graph.nodes(data="role") if role == "manager"]
    if not nodes:
        return {}
    found = []
    for place in places(reader, block):
        spec = None if place.device is None else reader.find_type(place.device.type)
        if place.device is not None and isinstance(spec, DeviceType) and spec.kind == "management":
            groups = [port.group for port in reader.ports(place.device) if port.group.layer == "data"]
            if any(group.role in ("", "scale-out") for group in groups):
                found.append(place.path)
    return dict(zip(nodes, found, strict=False))


def _specs(
    edit: Edit, library: Library, graph: Graph, request: Request, paths: Mapping[str, str]
) -> dict[str, DeviceType]:
    """Return the type of each device that is to be found or placed.

    Raises
    ------
    EditError
        If a role has no type.
    """
    by_role: dict[str, DeviceType] = {}
    found: dict[str, DeviceType] = {}
    for key in _by_tier(graph):
        role = graph.nodes[key]["role"]
        if key in paths:
            continue
        if role not in by_role:
            if role == "manager" and not request.switches.get(role):
                raise EditError(
                    "the network has more managers than the design has devices for them",
                    cure="Choose a type for managers, or a network without them",
                )
            by_role[role] = use_device_type(edit, library, request.switch(role))
        found[key] = by_role[role]
    return found


def _stays(
    old: Fabric | None, request: Request, plan: Plan, standing: Iterable[StandingSwitch]
) -> list[StandingSwitch]:
    """Return the switches that may be used again: the pinned ones first."""
    was = None if old is None else old.parameters.get(f"{_LAID}policy", request.policy)
    pinned = [switch for switch in standing if switch.is_pinned]
    if was != request.policy:
        return pinned
    rest = [s for s in standing if not s.is_pinned and not s.is_shared and s.place.rack in plan.racks]
    rest.sort(key=lambda s: natural(s.place.device.name if s.place.device else ""))
    return pinned + rest


def _used_again(
    plan: Plan,
    graph: Graph,
    specs: Mapping[str, DeviceType],
    standing: Iterable[StandingSwitch],
    stays: Iterable[StandingSwitch],
) -> dict[str, str]:
    """Return which switch that stands each device of the network is, where one fits."""
    pinned: list[StandingSwitch] = []
    free: dict[tuple[str, int, str], list[StandingSwitch]] = {}
    for switch in stays:
        if switch.is_pinned:
            pinned.append(switch)
        else:
            asked = switch.place.rack, switch.tier, _type_of(switch.place)
            free.setdefault(asked, []).append(switch)
    found: dict[str, str] = {}
    for key in _by_tier(graph):
        tier = graph.nodes[key]["tier"]
        if key not in specs or not tier:
            continue
        taken = _first_pinned(plan, graph, key, specs[key], pinned)
        if taken is not None:
            pinned.remove(taken)
            found[key] = taken.path
            continue
        for rack in plan.candidates(key):
            here = free.get((rack.path, tier, specs[key].id))
            if here:
                found[key] = here.pop(0).path
                break
    return found


def _first_pinned(
    plan: Plan, graph: Graph, key: str, spec: DeviceType, pinned: Iterable[StandingSwitch]
) -> StandingSwitch | None:
    """Return the first pinned switch that is of the tier of a node and stands at its home."""
    node = graph.nodes[key]
    home, roles = plan.home(key), {role for _, role in graph.nodes(data="role")}
    for switch in pinned:
        device, is_of_tier = switch.place.device, False
        is_at_home = not home or switch.path.startswith(f"{home}/")
        if switch.tier:
            is_of_tier = switch.tier == node["tier"]
        elif device is not None:
            named = next((role for role in roles if device.name.startswith(role)), "")
            is_of_tier = named == node["role"] if named else device.type == spec.id
        if is_at_home and is_of_tier:
            return switch
    return None


def _type_of(place: Place) -> str:
    return "" if place.device is None else place.device.type


def _summed(notes: Iterable[str]) -> list[str]:
    """Return notes with those that count the same thing as one.

    Examples
    --------
    >>> _summed(["2 cables removed", "moved", "1 cable removed", "1 drawing made unique: a"])
    ['3 cables removed', 'moved', '1 drawing made unique: a']
    """
    found: dict[str, int | str] = {}
    for note in notes:
        match = _COUNTED.fullmatch(note)
        if match is None:
            found[note] = note
        else:
            found[match[2]] = int(found.get(match[2], 0)) + int(match[1].replace(",", ""))
    return [
        note if isinstance(note, str) else f"{counted(note, noun)} removed" for noun, note in found.items()
    ]


def _notes(seating: Seating, standing: Iterable[StandingSwitch], used: set[str]) -> list[str]:
    notes = []
    if seating.empty:
        notes.append(f"the design has no device for {counted(len(seating.empty), 'host')} of the network")
    idle = [switch for switch in standing if switch.is_pinned and switch.path not in used]
    if idle:
        names = ", ".join(s.place.device.name for s in idle[:3] if s.place.device is not None)
        notes.append(f"pinned and not needed: {names}{' ...' if len(idle) > 3 else ''}")
    return notes
