"""A network is generated onto a design that exists, and again with other parameters.

What a fabric made, and so what is replaced when it is generated again:

- all data links with its id;
- the switches all of whose data links belong to it (management ports aside), unless they are pinned.
  Those that stand where the policy would have them, with the type asked for, are used again: they keep
  place, name and whatever else is plugged in, and their part if the same network is asked for again, which
  so is no change at all. The rest go;
- the network racks it made (their drawing says so in `template`), if only power strips are left in them.

Pinned switches (`Fabric.pins`) keep place and name and are taken first; switches that carry links of other
networks stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from core.catalogue.library import Library
from core.editing.laying.applying import apply, remove_empty_racks
from core.editing.laying.empty_rack import EmptyRack
from core.editing.laying.hosts import hosts_of
from core.editing.laying.old_links import OldLinks
from core.editing.laying.policy import Plan
from core.editing.laying.recognition import far_ends, is_same_network, recognise
from core.editing.laying.rejoining import rejoin
from core.editing.laying.request import Request, policy_of, record_of
from core.editing.laying.reuse import staying, used_again
from core.editing.laying.row_places import POLICIES
from core.editing.laying.seating import by_tier, seat, seat_others
from core.editing.laying.standing import StandingSwitch, standing_switches
from core.editing.laying.wiring import Laid, PortMaps, Progress, wire
from core.editing.parts import qualify
from core.editing.routes import counted
from core.editing.types import use_device_type
from core.errors import EditError
from core.fabrics import families
from core.model.change import Edit
from core.model.records import Value
from core.model.types import DeviceType

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_COUNTED = re.compile(r"([\d,]+) (cable|override|waiver)s? removed")


def generate_fabric(
    edit: Edit, library: Library, block: str, request: Request, progress: Progress | None = None
) -> Laid:
    """Generate a network for the hosts of a floor block, place its switches and wire it.

    With the id of a fabric that exists, what that made is replaced (see the module). All in the edit given,
    so one undo takes it back; if an error is raised, the edit is to be dropped.

    Parameters
    ----------
    progress : callable, optional
        Called as progress(done, total, what); what it raises ends the work.

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
    plain = family.plain(parameters)
    return lay(edit, library, block, graph, request, plain, family.label, progress)


def lay(
    edit: Edit,
    library: Library,
    block: str,
    graph: Graph,
    request: Request,
    parameters: Mapping[str, Value] | None = None,
    label: str = "",
    progress: Progress | None = None,
) -> Laid:
    """Lay a graph that is there, as `generate_fabric` does with the one it makes.

    Parameters
    ----------
    progress : callable, optional
        Called as progress(done, total, what); what it raises ends the work.

    Raises
    ------
    EditError
        If hosts, switches or ports do not suffice, with what would help.
    """
    if request.policy not in POLICIES:
        raise EditError(f"there is no policy '{request.policy}'", cure=f"Choose {', '.join(POLICIES)}")
    tick = progress or (lambda done, total, what: None)
    before = len(edit.notes)
    tick(0, 0, "Hosts")
    old = edit.fabrics.get(request.fabric)
    seating = seat(graph, hosts_of(edit, block, request.role, request.hosts))
    record = record_of(request, old, parameters or {}, label)
    standing = [] if old is None else standing_switches(edit, block, old)
    edit.put("fabrics", record)
    ends = far_ends(edit, block, request.fabric) if is_same_network(old, record) else {}
    links = OldLinks(edit, request.fabric)
    paths = {key: host.path for key, host in seating.hosts.items()}
    # Switches of other networks that this one only manages are no less to be managed the next time.
    own = {switch.path for switch in standing if switch.is_pinned or not switch.is_shared}
    paths.update(seat_others(edit, block, graph, seating, request.role, own))
    specs = _specs(edit, library, graph, request, paths, standing)
    empty_rack = EmptyRack(edit, library, block, request.fabric, request.rack_type, specs.values())
    plan = Plan(edit, block, graph, seating, request.policy, empty_rack)
    stays = staying(standing, plan, policy_of(old) or request.policy)
    maps = PortMaps(edit, library, block, request.role)
    recognised = recognise(graph, paths, {switch.path for switch in stays}, ends, maps)
    paths.update(used_again(plan, graph, specs, stays, recognised))
    used = set(paths.values())
    for switch in standing:
        if switch.path not in used and not switch.is_pinned and not switch.is_shared and switch.place.rack:
            plan.shelves.leave(switch.place.rack, [switch.path.rpartition("/")[2]])
    notes = _notes(graph, [key for key in graph.nodes if key not in paths and key not in specs])
    notes += _idle(standing, used)
    new = [key for key in by_tier(graph) if key not in paths and key in specs]
    for done, key in enumerate(new):
        tick(done, len(new), "Places of switches")
        paths[key] = plan.place(key, specs[key])
    notes += apply(edit, library, block, plan.rows(), empty_rack, progress)
    remove_empty_racks(edit, request.fabric)
    kept = graph.subgraph(paths) if len(paths) < len(graph) else graph
    ports = wire(edit, library, block, kept, paths, request.fabric, progress)
    tick(0, 0, "Settings of cables")
    links.settle()
    rejoin(edit, block)
    qualify(edit, library)
    notes += _summed(edit.notes[before:])
    edit.notes[before:] = notes
    return Laid(request.fabric, paths, ports, tuple(notes))


def _specs(
    edit: Edit,
    library: Library,
    graph: Graph,
    request: Request,
    found: Mapping[str, str],
    standing: Iterable[StandingSwitch],
) -> dict[str, DeviceType]:
    """Return the type of each device to be found or placed: as asked, else the usual of its tier.

    Ends of the network that are not there are only placed if a type is asked for.

    Raises
    ------
    EditError
        If a role has no type.
    """
    there: dict[int, Counter[str]] = {}
    for switch in standing:
        there.setdefault(switch.tier, Counter())[switch.type] += 1
    by_role: dict[str, DeviceType] = {}
    specs: dict[str, DeviceType] = {}
    for key in by_tier(graph):
        if key in found:
            continue
        role, tier = graph.nodes[key]["role"], graph.nodes[key]["tier"]
        if not tier and not request.switches.get(role):
            continue  # left out
        if role not in by_role:
            usual = there[tier].most_common(1)[0][0] if tier and tier in there else ""
            by_role[role] = use_device_type(edit, library, request.switch(role, usual))
        specs[key] = by_role[role]
    return specs


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


def _notes(graph: Graph, missing: Iterable[str]) -> list[str]:
    """Return what is said of the ends of a network for which the design has no device."""
    roles = Counter(graph.nodes[key]["role"] for key in missing)
    return [
        f"the design has no device for {counted(count, 'host')} of the network"
        if role == "host"
        else f"{counted(count, 'device')} of role {role} left out: none in the design has free ports"
        for role, count in roles.items()
    ]


def _idle(standing: Iterable[StandingSwitch], used: set[str]) -> list[str]:
    """Return what is said of pinned switches that the network does not need."""
    idle = [switch.name for switch in standing if switch.is_pinned and switch.path not in used]
    if not idle:
        return []
    return [f"pinned and not needed: {', '.join(idle[:3])}{' ...' if len(idle) > 3 else ''}"]
