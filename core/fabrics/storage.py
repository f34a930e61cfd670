"""A storage network: as many devices as capacity and bandwidth need, on leafs and spines of their own.

Every host has its ports on different leafs of one group, and so has every storage device. Uplinks carry all
that storage devices can send, and of the hosts' ports as much as the oversubscription leaves (one to one and
about 4 : 3 in NVIDIA's DGX SuperPOD reference architectures, H100 and B200).

Figures of a storage device by default: one of the 8 nodes of a WEKApod Nitro (484 TB usable, 568 GB/s read,
256 GB/s write, two 400G ports a node; WEKA data sheet).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Parameters, Sizes
from core.fabrics.faults import Fault, ensure
from core.fabrics.parameter_fields import GpusPerHost, Hosts, PortGbps, SwitchPorts
from core.fabrics.ports import aligned, split_ports, unsplit
from core.fabrics.tiers import add_switches, mesh, shares
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class Storage(Parameters, frozen=True, kw_only=True):
    """What a storage network is asked for."""

    hosts: Hosts = 128
    gpus_per_host: GpusPerHost = 8
    ports_per_host: Annotated[
        int, quantity("", "Storage ports of a host", low=1, high=16, help="Each on a leaf of its own")
    ] = 2
    host_gbps: Annotated[
        float, quantity("Gbit/s", "Rate of a storage port of a host", low=1, high=100_000)
    ] = 400.0
    usable_pb: Annotated[float, quantity("PB", "Usable capacity", low=0, high=1_000_000)] = 1.0
    read_gb_s: Annotated[float, quantity("GB/s", "Read for each GPU", low=0, high=10_000)] = 0.5
    write_gb_s: Annotated[float, quantity("GB/s", "Checkpoint write for each GPU", low=0, high=10_000)] = 0.25
    device_pb: Annotated[
        float, quantity("PB", "Usable capacity of a storage device", low=1e-6, high=10_000)
    ] = 0.0605
    device_read_gb_s: Annotated[float, quantity("GB/s", "Read of a storage device", low=1e-3, high=1e6)] = (
        71.0
    )
    device_write_gb_s: Annotated[float, quantity("GB/s", "Write of a storage device", low=1e-3, high=1e6)] = (
        32.0
    )
    ports_per_device: Annotated[int, quantity("", "Ports of a storage device", low=1, high=64)] = 2
    device_gbps: Annotated[
        float, quantity("Gbit/s", "Rate of a port of a storage device", low=1, high=100_000)
    ] = 400.0
    switch_ports: SwitchPorts = 64
    port_gbps: PortGbps = 400.0
    oversubscription: Annotated[
        float, quantity("", "Oversubscription of host ports, down : up", low=0.25, high=64)
    ] = 4 / 3


RADICES = (32, 36, 40, 64, 72, 128, 144, 256, 288, 512, 576)
"""Ports that switches are made with, split ones counted."""
MULTIPLES = (2, 4, 8, 16, 32)
"""Larger devices that are tried where no switch would do: there are fewer of them."""
PER_DEVICE = {"capacity": "device_pb", "read": "device_read_gb_s", "write": "device_write_gb_s"}
WANTED = {"capacity": "usable_pb", "read": "read_gb_s", "write": "write_gb_s"}
HALVED = 12
"""How often less is asked for where larger devices do not help."""
WHAT = {"capacity": "the capacity", "read": "the rate of reading", "write": "the rate of writing"}


def devices_for(p: Storage) -> dict[str, int]:
    """Return how many storage devices capacity, read and write each ask for; the largest is installed.

    Examples
    --------
    >>> devices_for(Storage())
    {'capacity': 17, 'read': 8, 'write': 8}
    """
    gpus = p.hosts * p.gpus_per_host
    asked = {
        "capacity": p.usable_pb / p.device_pb,
        "read": gpus * p.read_gb_s / p.device_read_gb_s,
        "write": gpus * p.write_gb_s / p.device_write_gb_s,
    }
    return {name: ceil(number - 1e-9) for name, number in asked.items()}


@dataclass(frozen=True)
class Shape:
    """Numbers of the network. Widths and first slots are those of a leaf."""

    devices: int
    groups: int
    group_leafs: int
    uplinks: int
    spines: int
    slots: int
    slot_gbps: float
    host_width: int
    device_width: int
    up_width: int
    first_device: int
    first_up: int

    @property
    def leafs(self) -> int:
        return self.groups * self.group_leafs


@lru_cache(maxsize=256)
def shape_of(p: Storage) -> Shape | None:
    """Return the network with the fewest leafs, of these the one with the fewest spines; None if two tiers of
    such switches cannot join all."""
    split = split_ports(p.switch_ports, p.port_gbps, (p.host_gbps, p.device_gbps, p.port_gbps))
    devices = max(1, *devices_for(p).values())
    if split is None:
        return None
    host_width, device_width, up_width = split.widths
    for groups in range(1, p.switch_ports // p.ports_per_host + 1):
        hosts = ceil(p.hosts / groups)
        stored = ceil(devices / groups) * ceil(p.ports_per_device / p.ports_per_host)
        first_device = aligned(hosts * host_width, device_width)
        first_up = aligned(first_device + stored * device_width, up_width)
        load = stored * p.device_gbps + hosts * p.host_gbps / p.oversubscription
        needed = max(ceil(load / p.port_gbps - 1e-9), 2)
        room = (split.slots - first_up) // up_width
        leafs = groups * p.ports_per_host
        spines, uplinks = min(
            (
                (spines, up)
                for up in range(needed, room + 1)
                for spines in range(2, up + 1)
                if up % spines == 0 and leafs * (up // spines) <= p.switch_ports
            ),
            default=(0, 0),
        )
        if spines:
            return Shape(
                devices,
                groups,
                p.ports_per_host,
                uplinks,
                spines,
                split.slots,
                split.slot_gbps,
                host_width,
                device_width,
                up_width,
                first_device,
                first_up,
            )
    return None


def faults(p: Storage) -> Iterator[Fault]:
    """Yield why there is no such network."""
    for field, rate in (("host_gbps", p.host_gbps), ("device_gbps", p.device_gbps)):
        if split_ports(1, p.port_gbps, (rate,)) is None:
            yield unsplit(field, p.port_gbps, rate)
            return
    if shape_of(p) is None:
        asked = devices_for(p)
        most = max(asked, key=lambda name: asked[name])
        problem = (
            f"two tiers of {p.switch_ports}-port switches do not join {p.hosts} hosts and "
            f"{max(1, asked[most])} devices, which {WHAT[most]} asks for"
        )
        device, wanted = PER_DEVICE[most], WANTED[most]
        for field, tried in (
            ("switch_ports", [n for n in RADICES if n > p.switch_ports]),
            (device, [getattr(p, device) * n for n in MULTIPLES]),
            (wanted, [getattr(p, wanted) / 2**n for n in range(1, HALVED)]),
        ):
            if any(shape_of(msgspec.structs.replace(p, **{field: value})) for value in tried):
                yield Fault(problem, (field,), tuple(tried))
                return
        yield Fault(problem, ("hosts", wanted, "ports_per_host"))


def sizes(p: Storage) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    shape = _checked(p)
    return Sizes(
        {"host": p.hosts, "storage": shape.devices, "leaf": shape.leafs, "spine": shape.spines},
        {
            ("host", "leaf"): p.hosts * p.ports_per_host,
            ("storage", "leaf"): shape.devices * p.ports_per_device,
            ("leaf", "spine"): shape.leafs * shape.uplinks,
        },
        p.hosts * p.gpus_per_host,
    )


def _checked(p: Storage) -> Shape:
    ensure(p, faults)
    shape = shape_of(p)
    assert shape is not None
    return shape


def build(p: Storage, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    shape = _checked(p)
    weave = Weave("storage", msgspec.structs.asdict(p), seed)
    leafs: list[str] = []
    of_hosts, of_devices = shares(p.hosts, shape.groups), shares(shape.devices, shape.groups)
    for group in range(shape.groups):
        unit = numbered("group-", group + 1, shape.groups)
        mine = [
            weave.add(unit, f"leaf-{n + 1}", "leaf", 1, slots=shape.slots, slot_gbps=shape.slot_gbps)
            for n in range(shape.group_leafs)
        ]
        leafs += mine
        for place in range(of_hosts[group]):
            _join_host(weave, p, shape, mine, unit, place)
        for place in range(of_devices[group]):
            _join_device(weave, p, shape, mine, unit, place)
    ports, gbps, width = p.switch_ports, p.port_gbps, shape.up_width
    spines = add_switches(weave, "", "spine-", shape.spines, "spine", 2, ports=ports, gbps=gbps)
    mesh(weave, leafs, spines, shape.uplinks, gbps, lower_slot=shape.first_up, lower_width=width)
    return weave.graph()


def _join_host(weave: Weave, p: Storage, shape: Shape, leafs: list[str], unit: str, place: int) -> None:
    """Add a host: port n on leaf n of the group."""
    name = numbered("h", place + 1, ceil(p.hosts / shape.groups))
    slots = p.ports_per_host
    host = weave.add(unit, name, "host", 0, slots=slots, slot_gbps=p.host_gbps, gpus=p.gpus_per_host)
    for port, leaf in enumerate(leafs):
        weave.join(host, (port,), leaf, (place * shape.host_width,), p.host_gbps)


def _join_device(weave: Weave, p: Storage, shape: Shape, leafs: list[str], unit: str, place: int) -> None:
    """Add a storage device: its ports go by turns to the leafs of the group."""
    name = numbered("storage-", place + 1, ceil(shape.devices / shape.groups))
    device = weave.add(unit, name, "storage", 0, slots=p.ports_per_device, slot_gbps=p.device_gbps)
    each = ceil(p.ports_per_device / len(leafs))
    for turn, leaf in enumerate(leafs[: p.ports_per_device]):
        ports = range(turn, p.ports_per_device, len(leafs))
        first = shape.first_device + place * each * shape.device_width
        slots = [first + n * shape.device_width for n in range(len(ports))]
        weave.join(device, ports, leaf, slots, p.device_gbps)


FAMILY = Family(
    "storage",
    "Storage network",
    "As many storage devices as capacity and bandwidth ask for, on leafs and spines of their own.",
    Storage,
    build,
    sizes,
)
