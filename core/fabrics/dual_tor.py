"""Dual-plane rails with two top-of-rack switches each (the network of Alibaba HPN).

Every NIC has two ports. Port p of NIC r goes to ToR (r, p) of the segment, and everything above that ToR is
plane p: the planes share no switch, so a packet that leaves on port p arrives on port p. A ToR has one link
to each aggregation switch of its plane. There are few links to the cores.

Backup hosts are wired like the others and stand by: they have the mark `backup`, and their GPUs are not
counted and send nothing until one of them takes the place of a host. A design has no such mark: drawn there,
they count and send like any host.

Source of the defaults: K. Qian et al., "Alibaba HPN: A Data Center Network for Large Language Model
Training", SIGCOMM 2024: 51.2 Tbit/s switches; ToR of 128 + 8 ports of 200G down and 60 of 400G up; 15
segments in a pod; 8 links of an aggregation switch to the cores, 15 : 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.faults import Fault, ensure, is_possible
from core.fabrics.parameter_fields import GpusPerHost, PortGbps, SwitchPorts, switched
from core.fabrics.ports import Split, aligned, split_ports, unsplit
from core.fabrics.tiers import add_cores, add_switches, even_groups, mesh, pods_of, tier_sizes
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph

PLANES = 2


class DualTor(Parameters, frozen=True, kw_only=True):
    """What a dual-ToR network is asked for."""

    hosts: Annotated[int, quantity("", "Hosts", low=1, high=1_000_000, help="Without backup hosts")] = 512
    hosts_per_segment: Annotated[int, quantity("", "Hosts in a segment", low=1, high=4096)] = 128
    backup_hosts: Annotated[
        int,
        quantity(
            "",
            "Backup hosts in a segment",
            low=0,
            high=4096,
            help="Wired like the others; their GPUs stand by, until drawn in a design: there they count",
        ),
    ] = 8
    segments_per_pod: Annotated[int, quantity("", "Segments in a pod", low=1, high=4096)] = 15
    gpus_per_host: GpusPerHost = 8
    nics_per_host: Annotated[int, quantity("", "NICs in a host", low=1, high=64, help="One rail each")] = 8
    nic_gbps: Annotated[
        float, quantity("Gbit/s", "Rate of a NIC", low=1, high=100_000, help="Both of its ports together")
    ] = 400.0
    switch_ports: SwitchPorts = 128
    port_gbps: PortGbps = 400.0
    uplinks: Annotated[
        int, quantity("", "Uplinks of a ToR", low=1, high=4096, help="As many aggregation switches per plane")
    ] = 60
    core_uplinks: Annotated[
        int, quantity("", "Links to the cores", low=0, high=4096, help="Of an aggregation switch")
    ] = 8

    @property
    def rails(self) -> int:
        return self.nics_per_host

    @property
    def host_gbps(self) -> float:
        """Rate of one port of a NIC."""
        return self.nic_gbps / PLANES

    @property
    def segments(self) -> int:
        return -(-self.hosts // self.hosts_per_segment)

    @property
    def pods(self) -> int:
        return -(-self.segments // self.segments_per_pod)

    @property
    def places(self) -> int:
        """Ports of a ToR for hosts."""
        return self.hosts_per_segment + self.backup_hosts

    @property
    def pod_links(self) -> int:
        """Ports of an aggregation switch for ToRs."""
        return self.segments_per_pod * self.rails


def _split(p: DualTor) -> Split | None:
    return split_ports(p.switch_ports, p.port_gbps, (p.host_gbps, p.port_gbps))


def faults(p: DualTor) -> Iterator[Fault]:
    """Yield why there is no such network."""
    split = _split(p)
    if split is None:
        yield unsplit("nic_gbps", p.port_gbps, p.host_gbps, PLANES)
        return
    needed = aligned(p.places * split.widths[0], split.widths[1]) + p.uplinks * split.widths[1]
    if needed > split.slots:
        yield Fault(
            f"{p.places} hosts and {p.uplinks} uplinks need {-(-needed // split.widths[1])} ports of a ToR; "
            f"it has {p.switch_ports}",
            ("hosts_per_segment", "uplinks", "switch_ports", "backup_hosts"),
        )
    if p.pod_links + p.core_uplinks > p.switch_ports:
        yield Fault(
            f"{p.pod_links} ToRs and {p.core_uplinks} links to the cores need more than the {p.switch_ports} "
            "ports of an aggregation switch",
            ("segments_per_pod", "core_uplinks", "switch_ports"),
        )
    if p.pods > 1 and not p.core_uplinks:
        yield Fault(f"{p.pods} pods are joined by no cores", ("core_uplinks", "segments_per_pod"))
    elif p.core_uplinks and not even_groups(p.core_uplinks, p.uplinks, p.pods, p.switch_ports)[0]:
        yield Fault(
            f"no cores of {p.switch_ports} ports join {p.pods} pods",
            ("hosts", "core_uplinks", "switch_ports"),
        )


def sizes(p: DualTor) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    hosts = p.hosts + p.segments * p.backup_hosts
    cores = prod(even_groups(p.core_uplinks, p.uplinks, p.pods, p.switch_ports))
    tiers = {
        "host": (hosts, p.rails * PLANES),
        "leaf": (p.segments * p.rails * PLANES, p.uplinks),
        "spine": (p.pods * p.uplinks * PLANES, p.core_uplinks),
        "core": (cores * PLANES, 0),
    }
    return tier_sizes(tiers, p.hosts * p.gpus_per_host)


def build(p: DualTor, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    split = _split(p)
    assert split is not None
    weave = Weave("dual-tor", msgspec.structs.asdict(p), seed)
    width, ports, rate = split.widths[1], p.switch_ports, p.port_gbps
    first = aligned(p.places * split.widths[0], width)
    planes: tuple[list[list[str]], ...] = ([], [])
    for pod, segments in pods_of(p.hosts, p.hosts_per_segment, p.segments_per_pod, "segment-"):
        tors: tuple[list[str], ...] = ([], [])
        for unit, hosts in segments:
            for own, added in zip(tors, _segment(weave, p, split, unit, hosts), strict=True):
                own += added
        for plane, pods in enumerate(planes):
            word, count, own = f"agg-{plane + 1}-", p.uplinks, tors[plane]
            spines = add_switches(
                weave, pod, word, count, "spine", 2, ports=ports, gbps=rate, width=width, plane=plane
            )
            mesh(weave, own, spines, count, rate, lower_slot=first, lower_width=width, upper_width=width)
            pods.append(spines)
    for plane, pods in enumerate(planes):
        add_cores(
            weave,
            f"core-{plane + 1}-",
            pods,
            p.core_uplinks,
            ports=ports,
            gbps=rate,
            lower_slot=p.pod_links * width,
            width=width,
            plane=plane,
        )
    return weave.graph()


def _segment(weave: Weave, p: DualTor, split: Split, unit: str, hosts: int) -> list[list[str]]:
    """Add hosts and ToRs of a segment; return the ToRs of each plane, by rail."""
    slots, rate = split.slots, split.slot_gbps
    tors = [
        [
            weave.add(
                unit,
                f"tor-{rail + 1}-{plane + 1}",
                "leaf",
                1,
                slots=slots,
                slot_gbps=rate,
                plane=plane,
                rail=rail,
            )
            for rail in range(p.rails)
        ]
        for plane in range(PLANES)
    ]
    for number in range(hosts + p.backup_hosts):
        spare = number - hosts
        name = numbered("h", number + 1, p.hosts_per_segment)
        if spare >= 0:
            name = numbered("backup-", spare + 1, p.backup_hosts)
        host = weave.add(
            unit,
            name,
            "host",
            0,
            slots=p.rails * PLANES,
            slot_gbps=p.host_gbps,
            **({"gpus": p.gpus_per_host} if spare < 0 else {"gpus": 0, "backup": True}),
        )
        slot = number if spare < 0 else p.hosts_per_segment + spare
        for rail in range(p.rails):
            for plane in range(PLANES):
                tor = tors[plane][rail]
                weave.join(host, (rail * PLANES + plane,), tor, (slot * split.widths[0],), p.host_gbps)
    return tors


def proposals(need: Need) -> Iterator[DualTor]:
    """Yield the network whose ToRs carry as many hosts as the accepted oversubscription allows."""
    host_gbps = need.nic_gbps / PLANES
    uplinks = int(need.switch_ports / (1 + need.oversubscription))
    if not uplinks:
        return
    room = min(need.oversubscription * uplinks, need.switch_ports - uplinks) * need.port_gbps
    in_segment = min(int(room / host_gbps), need.hosts)
    if not in_segment:
        return
    segments = -(-need.hosts // in_segment)
    core_uplinks = 0
    per_pod = need.switch_ports // need.nics_per_host
    if segments > per_pod:
        core_uplinks = max(need.switch_ports // 16, 1)
        per_pod = (need.switch_ports - core_uplinks) // need.nics_per_host
    if not per_pod:
        return
    chosen = DualTor(
        **switched(need),
        hosts_per_segment=in_segment,
        backup_hosts=0,
        segments_per_pod=min(per_pod, segments),
        switch_ports=need.switch_ports,
        uplinks=uplinks,
        core_uplinks=core_uplinks,
    )
    if is_possible(chosen, faults):
        yield chosen


FAMILY = Family(
    "dual-tor",
    "Dual-ToR rails",
    "Two switches for each rail, in separate planes: the loss of one halves the rate of a NIC (Alibaba HPN).",
    DualTor,
    build,
    sizes,
    proposals,
)
