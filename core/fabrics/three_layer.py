"""Three layers of equal switches, half of the ports down, half up; NIC n of a server on ToR n of its set.

The downlinks of a ToR are split: two NICs of half the rate share one port. A set has one ToR for each NIC of
a server. The ToRs of some sets are meshed with aggregation switches (a pod); the a-th aggregation switches of
all pods meet in the same group of cores. No layer is oversubscribed.

Source of the defaults: Z. Jiang et al., "MegaScale: Scaling Large Language Model Training to More Than 10,000
GPUs", NSDI 2024: 64 ports of 400G, 32 down and 32 up, downlinks of 2 x 200G, 8 NICs on 8 ToRs, 12,288 GPUs.
How sets form pods is not published; here 32 ToRs use all ports of 32 aggregation switches.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.faults import Fault, ensure, is_possible
from core.fabrics.parameter_fields import GpusPerHost, Hosts, NicGbps, PortGbps, SwitchPorts, switched
from core.fabrics.ports import Split, split_ports, unsplit
from core.fabrics.tiers import add_cores, add_switches, equal_shares, even_groups, mesh, pods_of, tier_sizes
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class ThreeLayer(Parameters, frozen=True, kw_only=True):
    """What a three-layer network is asked for."""

    hosts: Hosts = 1536
    gpus_per_host: GpusPerHost = 8
    nics_per_host: Annotated[
        int, quantity("", "NICs in a host", low=1, high=64, help="As many ToRs in a set")
    ] = 8
    nic_gbps: NicGbps = 200.0
    sets_per_pod: Annotated[int, quantity("", "Sets of ToRs in a pod", low=1, high=4096)] = 4
    switch_ports: SwitchPorts = 64
    port_gbps: PortGbps = 400.0

    @property
    def half(self) -> int:
        """Ports of a switch down, and up."""
        return self.switch_ports // 2

    @property
    def hosts_per_set(self) -> int:
        split = _split(self)
        return self.half * split.widths[1] // split.widths[0] if split else 0

    @property
    def sets(self) -> int:
        return -(-self.hosts // self.hosts_per_set)

    @property
    def pods(self) -> int:
        return -(-self.sets // self.sets_per_pod)

    @property
    def pod_tors(self) -> int:
        """ToRs of a full pod, or of the only one."""
        return min(self.sets_per_pod, self.sets) * self.nics_per_host


def _split(p: ThreeLayer) -> Split | None:
    return split_ports(p.switch_ports, p.port_gbps, (p.nic_gbps, p.port_gbps))


def _upper(p: ThreeLayer) -> tuple[int, int]:
    """Return aggregation switches of a pod and links of one with cores; (0, 0) if there are none."""
    spines = equal_shares(p.half, p.pod_tors, p.half if p.pods > 1 else p.switch_ports)
    if not spines:
        return 0, 0
    return spines, p.pod_tors * (p.half // spines) if p.pods > 1 else 0


def faults(p: ThreeLayer) -> Iterator[Fault]:
    """Yield why there is no such network."""
    if _split(p) is None:
        yield unsplit("nic_gbps", p.port_gbps, p.nic_gbps)
        return
    if p.switch_ports % 2:
        yield Fault(f"{p.switch_ports} ports have no halves", ("switch_ports",))
    spines, up = _upper(p)
    if not spines:
        yield Fault(
            f"{p.pod_tors} ToRs of a pod are more than its aggregation switches have ports for",
            ("sets_per_pod", "switch_ports", "hosts"),
        )
    elif p.pods > 1 and not even_groups(up, spines, p.pods, p.switch_ports)[0]:
        yield Fault(
            f"no cores of {p.switch_ports} ports join {p.pods} pods by equally many links",
            ("hosts", "sets_per_pod", "switch_ports"),
        )


def sizes(p: ThreeLayer) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    spines, up = _upper(p)
    tors = p.sets * p.nics_per_host
    tiers = {
        "host": (p.hosts, p.nics_per_host),
        "leaf": (tors, p.half),
        "spine": (p.pods * spines, up),
        "core": (prod(even_groups(up, spines, p.pods, p.switch_ports)), 0),
    }
    return tier_sizes(tiers, p.hosts * p.gpus_per_host)


def build(p: ThreeLayer, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    split = _split(p)
    assert split is not None
    weave = Weave("three-layer", msgspec.structs.asdict(p), seed)
    spine_count, up = _upper(p)
    width, ports, rate, pods = split.widths[1], p.switch_ports, p.port_gbps, []
    for pod, sets in pods_of(p.hosts, p.hosts_per_set, p.sets_per_pod, "set-"):
        tors = [tor for unit, hosts in sets for tor in _set(weave, p, split, unit, hosts)]
        spines = add_switches(weave, pod, "aggregation-", spine_count, "spine", 2, ports=ports, gbps=rate)
        mesh(weave, tors, spines, p.half, rate, lower_slot=p.half * width, lower_width=width)
        pods.append(spines)
    add_cores(weave, "core-", pods, up, ports=ports, gbps=rate, lower_slot=ports - p.half)
    return weave.graph()


def _set(weave: Weave, p: ThreeLayer, split: Split, unit: str, hosts: int) -> list[str]:
    """Add the hosts of a set and its ToRs; return these."""
    tors = [
        weave.add(
            unit,
            numbered("tor-", rail + 1, p.nics_per_host),
            "leaf",
            1,
            slots=split.slots,
            slot_gbps=split.slot_gbps,
            rail=rail,
        )
        for rail in range(p.nics_per_host)
    ]
    for place in range(hosts):
        host = weave.add(
            unit,
            numbered("h", place + 1, p.hosts_per_set),
            "host",
            0,
            slots=p.nics_per_host,
            slot_gbps=p.nic_gbps,
            gpus=p.gpus_per_host,
        )
        for rail, tor in enumerate(tors):
            weave.join(host, (rail,), tor, (place * split.widths[0],), p.nic_gbps)
    return tors


def proposals(need: Need) -> Iterator[ThreeLayer]:
    """Yield the network with as many sets in a pod as its aggregation switches have ports for."""
    chosen = ThreeLayer(
        **switched(need),
        sets_per_pod=max(need.switch_ports // 2 // need.nics_per_host, 1),
        switch_ports=need.switch_ports - need.switch_ports % 2,
    )
    if is_possible(chosen, faults) and chosen.pods > 1:
        yield chosen


FAMILY = Family(
    "three-layer",
    "Three equal layers",
    "Every layer half down and half up at full rate; each NIC of a host on a ToR of its own (MegaScale).",
    ThreeLayer,
    build,
    sizes,
    proposals,
)
