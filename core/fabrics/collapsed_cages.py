"""What an enterprise design is asked for, and which cages of its two core switches are used for what."""

from __future__ import annotations

from math import lcm
from typing import Annotated, NamedTuple

import msgspec

from core.fabrics.family import Parameters
from core.fabrics.parameter_fields import GpusPerHost
from core.fabrics.ports import split
from core.model.fields import quantity

CORES = 2
FEWEST_OOB = 2
"""Out-of-band switches that even the smallest design has."""


class CollapsedCore(Parameters, frozen=True, kw_only=True):
    """What an enterprise design is asked for."""

    hosts: Annotated[int, quantity("", "Hosts", low=1, high=4096)] = 12
    hosts_per_unit: Annotated[int, quantity("", "Hosts in a scalable unit", low=1, high=256)] = 4
    design_hosts: Annotated[
        int, quantity("", "Hosts planned for", low=0, high=4096, help="0: those there are, in whole units")
    ] = 0
    gpus_per_host: GpusPerHost = 8
    nics_per_host: Annotated[int, quantity("", "NICs for GPUs in a host", low=2, high=64)] = 8
    nic_gbps: Annotated[float, quantity("Gbit/s", "Rate of a NIC for GPUs", low=1, high=100_000)] = 400.0
    cpu_ports: Annotated[
        int, quantity("", "Ports of the CPU's NIC", low=0, high=16, help="One or more to each core")
    ] = 2
    cpu_gbps: Annotated[float, quantity("Gbit/s", "Rate of a port of the CPU's NIC", low=1, high=100_000)] = (
        200.0
    )
    switch_ports: Annotated[int, quantity("", "Cages of a core switch", low=2, high=1024)] = 64
    port_gbps: Annotated[float, quantity("Gbit/s", "Rate of a cage", low=1, high=100_000)] = 800.0
    free_before: Annotated[
        int, quantity("", "Cages left free before the links between the cores", low=0, high=1024)
    ] = 0
    free_after: Annotated[
        int,
        quantity(
            "", "Cages left free after these links", low=0, high=1024, help="For support, storage and uplinks"
        ),
    ] = 13
    support_servers: Annotated[int, quantity("", "Support servers", low=0, high=4096)] = 0
    support_ports: Annotated[int, quantity("", "Ports of a support server", low=2, high=64)] = 2
    storage_servers: Annotated[int, quantity("", "Storage servers", low=0, high=4096)] = 0
    storage_ports: Annotated[int, quantity("", "Ports of a storage server", low=2, high=64)] = 2
    service_gbps: Annotated[
        float, quantity("Gbit/s", "Rate of support and storage ports", low=1, high=100_000)
    ] = 200.0
    oob_ports_per_host: Annotated[
        int,
        quantity(
            "", "Out-of-band ports of a host", low=0, high=64, help="Of its BMC, its NICs and its board"
        ),
    ] = 12
    oob_switch_ports: Annotated[int, quantity("", "Ports of an out-of-band switch", low=1, high=1024)] = 48
    oob_uplink_gbps: Annotated[
        float, quantity("Gbit/s", "Rate of an out-of-band uplink", low=1, high=100_000)
    ] = 100.0

    @property
    def units(self) -> int:
        return -(-self.hosts // self.hosts_per_unit)

    @property
    def planned(self) -> int:
        """Hosts the cages are laid out for."""
        return self.design_hosts or self.units * self.hosts_per_unit

    @property
    def oob_switches(self) -> int:
        needed = -(-self.planned * self.oob_ports_per_host // self.oob_switch_ports)
        return max(FEWEST_OOB, needed) if self.oob_ports_per_host else 0

    @property
    def inter_switch_links(self) -> int:
        return self.planned * self.nics_per_host // CORES


class Cages(NamedTuple):
    """First cage of each use, from 1, and where the use ends."""

    cpu: int
    gpu: int
    free: int
    between: int
    rest: int


def cages_of(p: CollapsedCore) -> Cages:
    """Return which cages of a core switch are used for what.

    Examples
    --------
    >>> cages_of(CollapsedCore())
    Cages(cpu=1, gpu=4, free=28, between=28, rest=52)
    """
    in_cage = split(p.port_gbps, p.nic_gbps)
    cpu = -(-p.planned * p.cpu_ports // (CORES * split(p.port_gbps, p.cpu_gbps))) if p.cpu_ports else 0
    gpu = -(-p.inter_switch_links // in_cage)
    free = 1 + cpu + gpu
    between = free + p.free_before
    return Cages(1, 1 + cpu, free, between, between + gpu)


def most_units(p: CollapsedCore) -> int:
    """Return how many units one pair of core switches takes; with more, GPUs need a leaf-spine of their own.

    Examples
    --------
    >>> most_units(CollapsedCore())
    3
    """
    least, most = 0, p.switch_ports
    while least < most:
        units = (least + most + 1) // 2
        hosts = units * p.hosts_per_unit
        full = cages_of(msgspec.structs.replace(p, hosts=hosts, design_hosts=hosts)).rest - 1 + p.free_after
        least, most = (least, units - 1) if full > p.switch_ports else (units, most)
    return least


def rates_of(p: CollapsedCore) -> dict[str, float]:
    rates = {"nic_gbps": p.nic_gbps}
    if p.cpu_ports:
        rates["cpu_gbps"] = p.cpu_gbps
    if p.support_servers or p.storage_servers:
        rates["service_gbps"] = p.service_gbps
    if p.oob_switches:
        rates["oob_uplink_gbps"] = p.oob_uplink_gbps
    return rates


def slot_gbps_of(p: CollapsedCore) -> float:
    """Finest rate a cage is split to."""
    return p.port_gbps / lcm(*(split(p.port_gbps, rate) for rate in rates_of(p).values()))


def services_of(p: CollapsedCore) -> list[tuple[str, int, float]]:
    """Return role, links with one core and rate of what uses the free cages."""
    return [
        ("support", p.support_servers * p.support_ports // CORES, p.service_gbps),
        ("storage", p.storage_servers * p.storage_ports // CORES, p.service_gbps),
        ("oob", p.oob_switches, p.oob_uplink_gbps),
    ]


def service_slots(p: CollapsedCore) -> list[int]:
    """Return the slot of every such link on either core, as far as there is room; uses of one rate share
    cages, those of another begin with a cage of their own."""
    cages, slot_gbps = cages_of(p), slot_gbps_of(p)
    in_cage = round(p.port_gbps / slot_gbps)
    free = [*range(cages.free, cages.between), *range(cages.rest, p.switch_ports + 1)]
    slots: list[int] = []
    place, last = 0, 0.0
    for _, links, rate in services_of(p):
        width = round(rate / slot_gbps)
        if rate != last:
            place = -(-place // in_cage) * in_cage
        for _ in range(links):
            if place // in_cage >= len(free):
                return slots
            slots.append((free[place // in_cage] - 1) * in_cage + place % in_cage)
            place += width
        last = rate if links else last
    return slots
