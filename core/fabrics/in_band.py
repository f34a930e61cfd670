"""In-band management: two bonded ports of every node on the two switches of a pair, pairs on two cores.

After the bill of cables of NVIDIA's DGX SuperPOD reference architecture, H100 (RA-11333-001 V11, tables 7 and
8): eight 64-port switches, of which two are cores; two links of every leaf with each core; two between
the leafs of a pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Parameters, Sizes
from core.fabrics.faults import Fault, ensure
from core.fabrics.parameter_fields import GpusPerHost, Hosts, PortGbps, SwitchPorts
from core.fabrics.ports import Split, aligned, split_ports, unsplit
from core.fabrics.tiers import add_switches, mesh, shares
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

PAIR = 2


class InBand(Parameters, frozen=True, kw_only=True):
    """What an in-band network is asked for."""

    hosts: Hosts = 128
    gpus_per_host: GpusPerHost = 8
    ports_per_host: Annotated[
        int,
        quantity("", "In-band ports of a host", low=2, high=16, help="Half of them on each leaf of a pair"),
    ] = 2
    management_servers: Annotated[int, quantity("", "Management servers", low=0, high=4096)] = 4
    storage_servers: Annotated[
        int, quantity("", "Storage servers", low=0, high=4096, help="Of home directories and images")
    ] = 4
    host_gbps: Annotated[float, quantity("Gbit/s", "Rate of an in-band port", low=1, high=100_000)] = 100.0
    switch_ports: SwitchPorts = 64
    port_gbps: PortGbps = 100.0
    cores: Annotated[int, quantity("", "Core switches", low=1, high=64)] = 2
    links_per_core: Annotated[int, quantity("", "Links of a leaf with each core", low=1, high=64)] = 2
    pair_links: Annotated[int, quantity("", "Links between the leafs of a pair", low=0, high=64)] = 2
    routers: Annotated[
        int, quantity("", "Routers of the site", low=0, high=64, help="One link with each core")
    ] = 0

    @property
    def clients(self) -> tuple[tuple[str, str, int], ...]:
        """Role, word of the name and number of what has ports on the leafs."""
        return (
            ("host", "h", self.hosts),
            ("manager", "management-", self.management_servers),
            ("storage", "storage-", self.storage_servers),
        )

    @property
    def uplinks(self) -> int:
        """Links of a leaf with all cores."""
        return self.cores * self.links_per_core


def _split(p: InBand) -> Split | None:
    return split_ports(p.switch_ports, p.port_gbps, (p.host_gbps, p.port_gbps))


def _fits(p: InBand, split: Split, pairs: int) -> bool:
    places = sum(ceil(count / pairs) for _, _, count in p.clients)
    return _first_up(p, split, places) + (p.uplinks + p.pair_links) * split.widths[1] <= split.slots


def _first_up(p: InBand, split: Split, places: int) -> int:
    return aligned(places * (p.ports_per_host // PAIR) * split.widths[0], split.widths[1])


def pairs_of(p: InBand) -> int:
    """Return how many pairs of leafs the devices need; 0 if the ports of the cores do not suffice.

    Examples
    --------
    >>> pairs_of(InBand(hosts=127))
    3
    """
    split = _split(p)
    most = (p.switch_ports - p.routers) // (PAIR * p.links_per_core)
    if split is None:
        return 0
    return next((pairs for pairs in range(1, most + 1) if _fits(p, split, pairs)), 0)


def faults(p: InBand) -> Iterator[Fault]:
    """Yield why there is no such network."""
    if _split(p) is None:
        yield unsplit("host_gbps", p.port_gbps, p.host_gbps)
    elif p.ports_per_host % PAIR:
        problem = f"{p.ports_per_host} ports cannot be shared equally by the two leafs of a pair"
        yield Fault(problem, ("ports_per_host",))
    elif not pairs_of(p):
        yield Fault(
            f"cores of {p.switch_ports} ports do not join pairs of leafs for {p.hosts} hosts",
            ("hosts", "links_per_core", "switch_ports", "cores"),
        )


def sizes(p: InBand) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    leafs = PAIR * pairs_of(p)
    devices = {role: count for role, _, count in p.clients} | {
        "leaf": leafs,
        "core": p.cores,
        "router": p.routers,
    }
    links = {(role, "leaf"): count * p.ports_per_host for role, _, count in p.clients} | {
        ("leaf", "leaf"): leafs // PAIR * p.pair_links,
        ("leaf", "core"): leafs * p.uplinks,
        ("core", "router"): p.cores * p.routers,
    }
    return Sizes.of(devices, links, p.hosts * p.gpus_per_host)


def build(p: InBand, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    split, pairs = _split(p), pairs_of(p)
    assert split is not None
    weave, leafs = Weave("in-band", msgspec.structs.asdict(p), seed), []
    places = sum(ceil(count / pairs) for _, _, count in p.clients)
    first, width = _first_up(p, split, places), split.widths[1]
    for pair in range(pairs):
        mine = _pair(weave, p, split, pair, pairs)
        between = first + p.uplinks * width
        if p.pair_links:
            slots = range(between, between + p.pair_links * width, width)
            weave.join(mine[0], slots, mine[1], slots, p.port_gbps)
        leafs += mine
    ports, rate = p.switch_ports, p.port_gbps
    cores = add_switches(weave, "", "core-", p.cores, "core", 2, ports=ports, gbps=rate)
    mesh(weave, leafs, cores, p.uplinks, rate, lower_slot=first, lower_width=width)
    for number in range(p.routers):
        name = numbered("router-", number + 1, p.routers)
        router = weave.add("", name, "router", 3, slots=p.cores, slot_gbps=rate)
        for turn, core in enumerate(cores):
            weave.join(core, (ports - p.routers + number,), router, (turn,), rate)
    return weave.graph()


def _pair(weave: Weave, p: InBand, split: Split, pair: int, pairs: int) -> list[str]:
    """Add a pair of leafs and its share of every kind of device; return the leafs."""
    unit = numbered("pair-", pair + 1, pairs)
    leafs = [
        weave.add(unit, f"leaf-{n + 1}", "leaf", 1, slots=split.slots, slot_gbps=split.slot_gbps)
        for n in range(PAIR)
    ]
    each, width = p.ports_per_host // PAIR, split.widths[0]
    place = 0
    for role, word, count in p.clients:
        for number in range(shares(count, pairs)[pair]):
            more = {"gpus": p.gpus_per_host} if role == "host" else {}
            name = numbered(word, number + 1, ceil(count / pairs))
            device = weave.add(unit, name, role, 0, slots=p.ports_per_host, slot_gbps=p.host_gbps, **more)
            slots = range(place * each * width, (place + 1) * each * width, width)
            for turn, leaf in enumerate(leafs):
                weave.join(device, range(turn, p.ports_per_host, PAIR), leaf, slots, p.host_gbps)
            place += 1
    return leafs


FAMILY = Family(
    "in-band",
    "In-band management",
    "Two bonded ports of every host on a pair of switches; all pairs are joined with the core switches.",
    InBand,
    build,
    sizes,
)
