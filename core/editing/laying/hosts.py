"""The devices of a design that a fabric serves, in the order in which a designer counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.editing.laying.port_map import PORT_ROLES
from core.editing.routes import join
from core.editing.rows import standings
from core.errors import EditError
from core.fabrics.family import Need
from core.model.ports import port_table
from core.model.project import Reader
from core.model.records import Device, FabricRole
from core.model.types import MANAGEMENT_ROLES, DeviceType, PortGroup

HOST_KINDS = ("server", "tray")
_SIDES = ("", "left", "centre", "right")


class Place(NamedTuple):
    """A rack or a device where it is built, from the block asked from."""

    path: str
    floor: str
    """Path of the floor block it stands in, through its rack if it has one; empty: the block itself."""
    row: int
    """Row on that floor, from 0."""
    block: str
    """Rack: the block placed. Device: the block that holds it."""
    device: Device | None = None

    @property
    def rack(self) -> str:
        """Path of the rack of a device; empty if it stands on the floor."""
        if self.device is None:
            return self.path
        above = self.path.rpartition("/")[0]
        return "" if above == self.floor else above


class Host(NamedTuple):
    """One device that is served."""

    place: Place
    spec: DeviceType
    ports: tuple[str, ...]
    """Sockets by which it is reached: NIC r is the r-th."""
    gbps: float | None
    """Rate of the first of them."""

    @property
    def path(self) -> str:
        return self.place.path


def places(reader: Reader, block: str) -> Iterator[Place]:
    """Yield racks and devices built under a floor block as one counts them: unit, row, rack, height.

    A rack comes before its devices. What is marked absent is left out.
    """
    yield from _floor(reader, block, "", {})


def _floor(reader: Reader, block: str, path: str, absent: Mapping[str, bool]) -> Iterator[Place]:
    own = {
        join(path, o.path): o.absent
        for o in reader.overrides(block).values()
        if o.absent is not None and o.cable is None
    }
    absent = {**own, **absent} if own else absent  # the outermost wins
    devices, instances = reader.devices(block), reader.instances(block)
    stands = standings(reader, block)
    for thing_id in sorted(stands, key=lambda each: stands[each]):
        here, row = join(path, thing_id), stands[thing_id].row
        if absent.get(here):
            continue
        if thing_id in devices:
            yield Place(here, path, row, block, devices[thing_id])
            continue
        of = instances[thing_id].of
        if reader.blocks[of].kind == "floor":
            yield from _floor(reader, of, here, absent)
            continue
        yield Place(here, path, row, of)
        for device in sorted(reader.devices(of).values(), key=_height):
            if not absent.get(join(here, device.id)):
                yield Place(join(here, device.id), path, row, of, device)


def _height(device: Device) -> tuple[bool, int, int, str]:
    return bool(device.zone), device.half_u, _SIDES.index(device.side), device.id


def hosts_of(
    reader: Reader, block: str, role: FabricRole = "compute", within: Collection[str] = ()
) -> list[Host]:
    """Return the devices under a floor block that a fabric of a role serves, in the order of counting.

    Parameters
    ----------
    reader : Reader
    block : str
        Floor block from which the paths start.
    role : str
        Role of the fabric: says by which ports.
    within : collection of str, optional
        Only what is at or below one of these paths; everything if left out.

    Raises
    ------
    EditError
        If there is none.
    """
    found = devices_with_ports(reader, block, role, HOST_KINDS, within)
    if not found:
        raise EditError(
            f"no server or tray here has ports of a {role} network",
            cure="Select racks with hosts, or another role of the network",
        )
    return found


def devices_with_ports(
    reader: Reader, block: str, role: FabricRole, kinds: Collection[str], within: Collection[str] = ()
) -> list[Host]:
    """Return the devices of some kinds that a fabric of a role can be plugged into, in the order of counting.

    Ports of the role count; where no device of these kinds has such, those without a role.
    """
    wanted = set(within)
    known: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    found: list[tuple[Place, DeviceType, tuple[tuple[str, ...], tuple[str, ...]]]] = []
    for place in places(reader, block):
        device = place.device
        if device is None or (wanted and not _is_within(place.path, wanted)):
            continue
        spec = reader.find_type(device.type)
        if isinstance(spec, DeviceType) and spec.kind in kinds:
            key = device.type, tuple(sorted(device.modules.items()))
            if key not in known:
                known[key] = _tokens(reader, device, PORT_ROLES[role]), _tokens(reader, device, ("",))
            found.append((place, spec, known[key]))
    choice = 0 if any(ports[0] for _, _, ports in found) else 1
    return [
        Host(place, spec, ports[choice], _rate(reader, place, ports[choice][0]))
        for place, spec, ports in found
        if ports[choice]
    ]


def _tokens(reader: Reader, device: Device, roles: Collection[str]) -> tuple[str, ...]:
    table = reader.ports(device)
    sockets = ((token, table.find(token)) for token in table.tokens())
    return tuple(token for token, at in sockets if at is not None and at.port.group.role in roles)


def _rate(reader: Reader, place: Place, token: str) -> float | None:
    socket = None if place.device is None else reader.ports(place.device).find(token)
    return None if socket is None else socket.rate_gbps


def _is_within(path: str, wanted: set[str]) -> bool:
    steps = path.split("/")
    return any("/".join(steps[: n + 1]) in wanted for n in range(len(steps)))


def units_of(hosts: Sequence[Host]) -> list[list[Host]]:
    """Group hosts into the units of the design: the placed floors they stand on, else rows, else one.

    Examples
    --------
    Four scalable units placed in a hall are four units, whatever rows they have inside; racks that stand
    in three rows of the hall itself are three.
    """
    if any(host.place.floor for host in hosts):
        return _grouped(hosts, [host.place.floor for host in hosts])
    return _grouped(hosts, [str(host.place.row) for host in hosts])


def _grouped(hosts: Sequence[Host], keys: Sequence[str]) -> list[list[Host]]:
    units: dict[str, list[Host]] = {}
    for host, key in zip(hosts, keys, strict=True):
        units.setdefault(key, []).append(host)
    return list(units.values())


def need_of(
    hosts: Sequence[Host], switch: DeviceType | None = None, *, oversubscription: float = 1.0
) -> Need:
    """Return what a network for these hosts is asked for.

    Accelerators, ports and rates are those of the commonest type among the hosts, the hosts of a unit those
    of the largest unit. Without a switch type, `Need`'s own switch is taken.

    Raises
    ------
    EditError
        If there are no hosts, or the rate of their ports is not known.
    """
    if not hosts:
        raise EditError("there are no hosts", cure="Select racks with servers")
    kinds = Counter((host.spec.id, len(host.ports), host.gbps) for host in hosts)
    (type_id, nics, gbps), _ = kinds.most_common(1)[0]
    spec = next(host.spec for host in hosts if host.spec.id == type_id)
    if gbps is None:
        raise EditError(f"the rate of the network ports of '{spec.name}' is not known", cure="Give it a rate")
    need = Need(
        hosts=len(hosts),
        gpus_per_host=sum(fit.count for fit in spec.accelerators),
        nics_per_host=nics,
        nic_gbps=gbps,
        hosts_per_unit=max(len(unit) for unit in units_of(hosts)),
        oversubscription=oversubscription,
    )
    if switch is None:
        return need
    ports, rate = switch_ports(switch, gbps)
    return Need(**{**vars(need), "switch_ports": ports, "port_gbps": rate})


def switch_ports(spec: DeviceType, gbps: float) -> tuple[int, float]:
    """Return how many links a switch takes at a rate, and the rate; its usual ports if it has none of it.

    Examples
    --------
    >>> group = PortGroup(name="osfp{1..32}", layer="data", rate_gbps=800, lanes=(2,), whole=False)
    >>> switch_ports(DeviceType(id="s", name="S", kind="switch", ports=(group,)), 400)
    (64, 400.0)
    """
    groups = Counter[tuple[int, float]]()
    for port in port_table(spec):
        group = port.group
        if group.layer == "data" and group.role not in MANAGEMENT_ROLES and group.rate_gbps:
            groups[_split_for(group, gbps), group.rate_gbps] += 1
    if not groups:
        return 0, gbps
    fitting = {key: n for key, n in groups.items() if key[1] / key[0] == gbps}
    if fitting:
        return sum(split * n for (split, _), n in fitting.items()), float(gbps)
    (split, rate), count = max(groups.items(), key=lambda item: item[0][1] * item[1])
    return split * count, rate / split


def _split_for(group: PortGroup, gbps: float) -> int:
    splits = ((1,) if group.whole or not group.lanes else ()) + group.lanes
    return next((split for split in splits if (group.rate_gbps or 0) / split == gbps), splits[0])
