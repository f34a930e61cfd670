"""Out-of-band management: one port of everything that has a management controller.

Each switch takes an equal share of hosts, managers, switches of other fabrics and PDUs, and has two fast
uplinks to different switches: those of the in-band network, or a pair of its own. Fabric managers in pairs
have a link between the two (NVIDIA DGX SuperPOD reference architecture, H100, RA-11333-001 V11, table 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Parameters, Sizes
from core.fabrics.faults import Fault, ensure
from core.fabrics.parameter_fields import GpusPerHost
from core.fabrics.tiers import shares
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class OutOfBand(Parameters, frozen=True, kw_only=True):
    """What an out-of-band network is asked for."""

    hosts: Annotated[int, quantity("", "Hosts", low=0, high=1_000_000)] = 128
    gpus_per_host: GpusPerHost = 8
    ports_per_host: Annotated[int, quantity("", "Out-of-band ports of a host", low=1, high=64)] = 1
    fabric_switches: Annotated[
        int, quantity("", "Switches of compute and storage fabrics", low=0, high=1_000_000)
    ] = 64
    inband_switches: Annotated[int, quantity("", "Switches of the in-band network", low=0, high=100_000)] = 8
    fabric_managers: Annotated[int, quantity("", "Fabric managers", low=0, high=4096)] = 4
    management_servers: Annotated[int, quantity("", "Management servers", low=0, high=4096)] = 4
    pdus: Annotated[int, quantity("", "Rack PDUs", low=0, high=1_000_000)] = 108
    switches: Annotated[
        int, quantity("", "Out-of-band switches", low=0, high=100_000, help="0: as many as are needed")
    ] = 0
    switch_ports: Annotated[int, quantity("", "Ports of a switch", low=1, high=4096)] = 48
    port_gbps: Annotated[float, quantity("Gbit/s", "Rate of a port", low=0.1, high=100)] = 1.0
    uplinks: Annotated[
        int, quantity("", "Uplinks of a switch", low=1, high=16, help="Each to a switch of its own")
    ] = 2
    uplink_gbps: Annotated[float, quantity("Gbit/s", "Rate of an uplink", low=0.1, high=100_000)] = 100.0

    @property
    def clients(self) -> tuple[tuple[str, str, int], ...]:
        """Role, word of the name and number of what is managed."""
        return (
            ("host", "h", self.hosts),
            ("manager", "manager-", self.fabric_managers + self.management_servers),
            ("fabric-switch", "fabric-switch-", self.fabric_switches),
            ("in-band-switch", "in-band-switch-", self.inband_switches),
            ("pdu", "pdu-", self.pdus),
        )

    def ports_of(self, role: str) -> int:
        """Ports of one device of a role."""
        return self.ports_per_host if role == "host" else 1


def _fits(p: OutOfBand, switches: int) -> bool:
    load = sum(ceil(count / switches) * p.ports_of(role) for role, _, count in p.clients)
    return load <= p.switch_ports


def switches_of(p: OutOfBand) -> int:
    """Return how many switches there are: as many as asked for, else the fewest that have the ports.

    Examples
    --------
    >>> switches_of(OutOfBand(hosts=127))
    8
    """
    if p.switches:
        return p.switches
    total = sum(count * p.ports_of(role) for role, _, count in p.clients)
    fewest = max(ceil(total / p.switch_ports), 1)
    most = max(fewest, *(count for _, _, count in p.clients))
    # The share of a switch never grows with their number, so the first that fits is found by halving.
    while fewest < most:
        middle = (fewest + most) // 2
        fewest, most = (fewest, middle) if _fits(p, middle) else (middle + 1, most)
    return most


def _uplink_width(p: OutOfBand) -> int:
    """Slots of an uplink: a port is one slot."""
    return max(round(p.uplink_gbps / p.port_gbps), 1)


def faults(p: OutOfBand) -> Iterator[Fault]:
    """Yield why there is no such network."""
    if not any(count for _, _, count in p.clients):
        yield Fault("there is nothing to manage", ("hosts",))
    switches = switches_of(p)
    if not _fits(p, switches):
        yield Fault(
            f"{switches} switches of {p.switch_ports} ports are too few for all devices",
            ("switches", "switch_ports") if p.switches else ("switch_ports", "ports_per_host"),
        )
    if abs(_uplink_width(p) * p.port_gbps - p.uplink_gbps) > 1e-6 * p.uplink_gbps:
        rates = tuple(p.port_gbps * n for n in (1, 10, 25, 40, 100))
        problem = f"uplinks of {p.uplink_gbps:g} Gbit/s are no multiple of ports of {p.port_gbps:g} Gbit/s"
        yield Fault(problem, ("uplink_gbps",), rates)


def sizes(p: OutOfBand) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    switches = switches_of(p)
    devices = {role: count for role, _, count in p.clients} | {"leaf": switches, "core": p.uplinks}
    links = {(role, "leaf"): count * p.ports_of(role) for role, _, count in p.clients} | {
        ("manager", "manager"): p.fabric_managers // 2,
        ("leaf", "core"): switches * p.uplinks,
    }
    return Sizes.of(devices, links, p.hosts * p.gpus_per_host)


def build(p: OutOfBand, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    weave, switches = Weave("out-of-band", msgspec.structs.asdict(p), seed), switches_of(p)
    width = _uplink_width(p)
    cores = [
        weave.add("", f"uplink-{n + 1}", "core", 2, slots=switches, slot_gbps=p.uplink_gbps)
        for n in range(p.uplinks)
    ]
    managers: list[str] = []
    for number in range(switches):
        unit = numbered("oob-", number + 1, switches)
        slots = p.switch_ports + p.uplinks * width
        leaf = weave.add(unit, "oob", "leaf", 1, slots=slots, slot_gbps=p.port_gbps)
        managers += _devices(weave, p, unit, leaf, number, switches)
        for turn, core in enumerate(cores):
            weave.join(leaf, (p.switch_ports + turn * width,), core, (number,), p.uplink_gbps)
    pairs = managers[: p.fabric_managers - p.fabric_managers % 2]
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        weave.join(one, (1,), other, (1,), p.port_gbps)
    return weave.graph()


def _devices(weave: Weave, p: OutOfBand, unit: str, leaf: str, number: int, switches: int) -> list[str]:
    """Add the share of every kind of device that one switch manages; return the managers among them."""
    managers, slot = [], 0
    for role, word, count in p.clients:
        ports = p.ports_of(role)
        more = {"gpus": p.gpus_per_host} if role == "host" else {}
        for place in range(shares(count, switches)[number]):
            name = numbered(word, place + 1, ceil(count / switches))
            own = 2 if role == "manager" else ports
            device = weave.add(unit, name, role, 0, slots=own, slot_gbps=p.port_gbps, **more)
            weave.join(device, range(ports), leaf, range(slot, slot + ports), p.port_gbps)
            slot += ports
            if role == "manager":
                managers.append(device)
    return managers


FAMILY = Family(
    "out-of-band",
    "Out-of-band management",
    "Management ports of all hosts, switches and PDUs on slow switches, each with fast uplinks.",
    OutOfBand,
    build,
    sizes,
)
