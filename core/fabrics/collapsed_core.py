"""Enterprise designs with one pair of core switches for both networks (C-G-N-B, such as 2-8-9-400).

Rules and defaults after the wire maps and port lists of NVIDIA's enterprise reference architectures
(github.com/NVIDIA/enterprise-ras, MIT licence; ERA-00008-001 and ERA-00010-001), cages counted from 1:

- NIC ports of the GPUs go by turns to core-01 and core-02, on the same cage and sub-port of both.
- The ports of the CPU's NIC go one to each core, four nodes to a cage.
- Links between the cores: as many as one core has to GPUs, cage n to cage n; this makes the pair
  non-blocking.
- Cages are laid out for `design_hosts`, so that hosts added later move no cable. Links between the cores and
  out-of-band switches are installed for as many from the start.
- Support and storage servers and the uplinks of the out-of-band switches use the cages left free.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from core.fabrics.collapsed_cages import (
    CORES,
    CollapsedCore,
    cages_of,
    most_units,
    rates_of,
    service_slots,
    services_of,
    slot_gbps_of,
)
from core.fabrics.family import Family, Need, Sizes
from core.fabrics.faults import Fault, ensure, is_possible
from core.fabrics.parameter_fields import switched
from core.fabrics.ports import SPLITS, split
from core.fabrics.tiers import filled
from core.fabrics.weave import Weave, numbered

if TYPE_CHECKING:
    from core.fabrics.family import Graph


def faults(p: CollapsedCore) -> Iterator[Fault]:
    """Yield why there is no such design."""
    for field in ("nics_per_host", "cpu_ports", "support_ports", "storage_ports"):
        if getattr(p, field) % CORES:
            problem = f"{getattr(p, field)} ports of a device cannot be shared equally by the two cores"
            yield Fault(problem, (field,))
    for field, rate in rates_of(p).items():
        if not split(p.port_gbps, rate):
            problem = f"a cage of {p.port_gbps:g} Gbit/s cannot be split into links of {rate:g} Gbit/s"
            yield Fault(problem, (field,), tuple(p.port_gbps / n for n in SPLITS))
            return
    if p.design_hosts and p.design_hosts < p.hosts:
        yield Fault(f"{p.hosts} hosts are more than the {p.design_hosts} planned", ("design_hosts", "hosts"))
    cages = cages_of(p)
    if cages.rest - 1 + p.free_after > p.switch_ports:
        yield Fault(
            f"{p.planned} hosts need {cages.rest - 1} cages of a core, {p.free_after} are kept free; "
            f"it has {p.switch_ports}, enough for {most_units(p)} units. More need leafs and spines",
            ("design_hosts" if p.design_hosts else "hosts", "switch_ports", "free_after", "free_before"),
        )
    elif len(service_slots(p)) < sum(links for _, links, _ in services_of(p)):
        yield Fault(
            "support, storage and out-of-band switches need more cages than are left free",
            ("free_after", "support_servers", "storage_servers", "free_before"),
        )


def sizes(p: CollapsedCore) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    devices = {
        "host": p.hosts,
        "core": CORES,
        "support": p.support_servers,
        "storage": p.storage_servers,
        "oob": p.oob_switches,
    }
    links = {
        ("host", "core"): p.hosts * (p.nics_per_host + p.cpu_ports),
        ("core", "core"): p.inter_switch_links,
        ("support", "core"): p.support_servers * p.support_ports,
        ("storage", "core"): p.storage_servers * p.storage_ports,
        ("oob", "core"): p.oob_switches * CORES,
    }
    return Sizes.of(devices, links, p.hosts * p.gpus_per_host)


def build(p: CollapsedCore, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    weave, slot_gbps = Weave("collapsed-core", msgspec.structs.asdict(p), seed), slot_gbps_of(p)
    in_cage = round(p.port_gbps / slot_gbps)
    cores = [
        weave.add("", f"core-{n + 1:02}", "core", 2, slots=p.switch_ports * in_cage, slot_gbps=slot_gbps)
        for n in range(CORES)
    ]
    cages, width = cages_of(p), round(p.nic_gbps / slot_gbps)
    number = 0
    for unit, hosts in enumerate(filled(p.hosts, p.hosts_per_unit), 1):
        for place in range(hosts):
            name = numbered("h", place + 1, p.hosts_per_unit)
            _join_host(weave, p, cores, numbered("su-", unit, p.units), name, number)
            number += 1
    first = (cages.between - 1) * in_cage
    links = range(first, first + p.inter_switch_links * width, width)
    weave.join(cores[0], links, cores[1], links, p.nic_gbps)
    _join_services(weave, p, cores)
    return weave.graph()


def _join_host(weave: Weave, p: CollapsedCore, cores: list[str], unit: str, name: str, number: int) -> None:
    """Add a host and its links; `number` counts the hosts of all units from 0. Slots are NIC ports."""
    cages, slot_gbps = cages_of(p), slot_gbps_of(p)
    in_cage = round(p.port_gbps / slot_gbps)
    rate = max(p.nic_gbps, p.cpu_gbps) if p.cpu_ports else p.nic_gbps
    ports = p.nics_per_host + p.cpu_ports
    host = weave.add(unit, name, "host", 0, slots=ports, slot_gbps=rate, gpus=p.gpus_per_host)
    for first, count, gbps, cage in (
        (0, p.nics_per_host, p.nic_gbps, cages.gpu),
        (p.nics_per_host, p.cpu_ports, p.cpu_gbps, cages.cpu),
    ):
        each, width = count // CORES, round(gbps / slot_gbps)
        start = (cage - 1) * in_cage + number * each * width
        for turn, core in enumerate(cores):
            ports_here = range(first + turn, first + count, CORES)
            if each:
                weave.join(host, ports_here, core, range(start, start + each * width, width), gbps)


def _join_services(weave: Weave, p: CollapsedCore, cores: list[str]) -> None:
    """Add what uses the free cages: each device the same slots on both cores."""
    slots = iter(service_slots(p))
    for role, count, each, gbps in (
        ("support", p.support_servers, p.support_ports // CORES, p.service_gbps),
        ("storage", p.storage_servers, p.storage_ports // CORES, p.service_gbps),
        ("oob", p.oob_switches, 1, p.oob_uplink_gbps),
    ):
        for number in range(count):
            name = numbered(f"{role}-", number + 1, count)
            device = weave.add("", name, role, 0, slots=each * CORES, slot_gbps=gbps)
            mine = [next(slots) for _ in range(each)]
            for turn, core in enumerate(cores):
                weave.join(device, range(turn, each * CORES, CORES), core, mine, gbps)


def proposals(need: Need) -> Iterator[CollapsedCore]:
    """Yield the design for the GPUs alone, if one pair of switches takes it."""
    if need.nics_per_host < CORES or need.hosts > 4096:
        return
    chosen = CollapsedCore(
        hosts_per_unit=min(4, need.hosts),
        design_hosts=need.hosts,
        cpu_ports=0,
        switch_ports=need.switch_ports,
        free_after=0,
        oob_ports_per_host=0,
        **switched(need),
    )
    if is_possible(chosen, faults):
        yield chosen


FAMILY = Family(
    "collapsed-core",
    "Collapsed core",
    "Two core switches carry all networks of a small enterprise design (C-G-N-B, such as 2-8-9-400).",
    CollapsedCore,
    build,
    sizes,
    proposals,
)
