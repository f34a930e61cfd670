"""Racks with one switch each, pods of racks at full bisection, and fewer links between pods.

Every uplink of a top-of-rack switch matches a NIC of the rack, shared equally by the cluster switches of the
pod; pods meet at aggregation switches, where links are `pod_oversubscription` times fewer.

Source of the defaults: "The Llama 3 Herd of Models", arXiv 2407.21783, section 3.3.1: racks of 2 servers,
pods of 192 racks (3,072 GPUs) at full bisection, 8 pods, 1 : 7. Ports of the chassis switches are those of a
576-port 400G chassis; the paper gives no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, prod
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.faults import Fault, ensure, is_possible
from core.fabrics.parameter_fields import GpusPerHost, Hosts, NicGbps, NicsPerHost, PortGbps, switched
from core.fabrics.ports import Split, aligned, split_ports, unsplit
from core.fabrics.tiers import add_cores, add_switches, even_groups, mesh, pods_of, tier_sizes
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class Pods(Parameters, frozen=True, kw_only=True):
    """What a network of pods is asked for."""

    hosts: Hosts = 3072
    hosts_per_rack: Annotated[int, quantity("", "Hosts in a rack", low=1, high=256)] = 2
    racks_per_pod: Annotated[int, quantity("", "Racks in a pod", low=1, high=4096)] = 192
    gpus_per_host: GpusPerHost = 8
    nics_per_host: NicsPerHost = 8
    nic_gbps: NicGbps = 400.0
    leaf_ports: Annotated[int, quantity("", "Ports of a rack switch", low=2, high=4096)] = 64
    spine_ports: Annotated[int, quantity("", "Ports of a cluster switch", low=1, high=4096)] = 576
    core_ports: Annotated[int, quantity("", "Ports of an aggregation switch", low=1, high=4096)] = 576
    port_gbps: PortGbps = 400.0
    pod_oversubscription: Annotated[
        float, quantity("", "Oversubscription between pods, down : up", low=1, high=64, help="At most")
    ] = 7.0

    @property
    def racks(self) -> int:
        return -(-self.hosts // self.hosts_per_rack)

    @property
    def pods(self) -> int:
        return -(-self.racks // self.racks_per_pod)

    @property
    def down(self) -> int:
        """Links of a full rack with its switch."""
        return self.hosts_per_rack * self.nics_per_host

    @property
    def uplinks(self) -> int:
        """Links of a rack switch with cluster switches: full bisection."""
        return ceil(self.down * self.nic_gbps / self.port_gbps - 1e-9)

    @property
    def largest_pod(self) -> int:
        """Racks of a full pod, or of the only one."""
        return min(self.racks_per_pod, self.racks)


def _split(p: Pods) -> Split | None:
    return split_ports(p.leaf_ports, p.port_gbps, (p.nic_gbps, p.port_gbps))


def _cluster(p: Pods) -> tuple[int, int]:
    """Return cluster switches of a pod and links of one with the aggregation; (0, 0) if there are none."""
    for switches in range(1, p.uplinks + 1):
        if p.uplinks % switches:
            continue
        down = p.largest_pod * (p.uplinks // switches)
        up = ceil(down / p.pod_oversubscription - 1e-9) if p.pods > 1 else 0
        if down + up <= p.spine_ports:
            return switches, up
    return 0, 0


def faults(p: Pods) -> Iterator[Fault]:
    """Yield why there is no such network."""
    split = _split(p)
    if split is None:
        yield unsplit("nic_gbps", p.port_gbps, p.nic_gbps)
        return
    needed = aligned(p.down * split.widths[0], split.widths[1]) // split.widths[1] + p.uplinks
    if needed > p.leaf_ports:
        yield Fault(
            f"a rack of {p.hosts_per_rack} hosts needs {needed} ports of its switch; it has {p.leaf_ports}",
            ("hosts_per_rack", "leaf_ports", "nics_per_host"),
        )
    switches, up = _cluster(p)
    if not switches:
        yield Fault(
            f"no cluster switches of {p.spine_ports} ports join {p.largest_pod} racks by equally many links",
            ("racks_per_pod", "spine_ports", "hosts"),
        )
    elif p.pods > 1 and not even_groups(up, switches, p.pods, p.core_ports)[0]:
        yield Fault(
            f"no aggregation switches of {p.core_ports} ports join {p.pods} pods by equally many links",
            ("hosts", "core_ports", "racks_per_pod"),
        )


def sizes(p: Pods) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    switches, up = _cluster(p)
    tiers = {
        "host": (p.hosts, p.nics_per_host),
        "leaf": (p.racks, p.uplinks),
        "spine": (p.pods * switches, up),
        "core": (prod(even_groups(up, switches, p.pods, p.core_ports)), 0),
    }
    return tier_sizes(tiers, p.hosts * p.gpus_per_host)


def build(p: Pods, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    split = _split(p)
    assert split is not None
    weave = Weave("pods", msgspec.structs.asdict(p), seed)
    switches, up = _cluster(p)
    first, pods = aligned(p.down * split.widths[0], split.widths[1]), []
    for pod, racks in pods_of(p.hosts, p.hosts_per_rack, p.racks_per_pod, "rack-"):
        tors = [_rack(weave, p, split, unit, hosts) for unit, hosts in racks]
        spines = add_switches(
            weave, pod, "cluster-", switches, "spine", 2, ports=p.spine_ports, gbps=p.port_gbps
        )
        mesh(weave, tors, spines, p.uplinks, p.port_gbps, lower_slot=first, lower_width=split.widths[1])
        pods.append(spines)
    below = p.largest_pod * (p.uplinks // switches)
    add_cores(weave, "aggregation-", pods, up, ports=p.core_ports, gbps=p.port_gbps, lower_slot=below)
    return weave.graph()


def _rack(weave: Weave, p: Pods, split: Split, unit: str, hosts: int) -> str:
    """Add the hosts of a rack and their switch; return the switch."""
    tor = weave.add(unit, "tor", "leaf", 1, slots=split.slots, slot_gbps=split.slot_gbps)
    n, width = p.nics_per_host, split.widths[0]
    for place in range(hosts):
        name = numbered("h", place + 1, p.hosts_per_rack)
        host = weave.add(unit, name, "host", 0, slots=n, slot_gbps=p.nic_gbps, gpus=p.gpus_per_host)
        weave.join(host, range(n), tor, range(place * n * width, (place + 1) * n * width, width), p.nic_gbps)
    return tor


def proposals(need: Need) -> Iterator[Pods]:
    """Yield racks of two hosts (one if two are too many) in the largest pods the switches join."""
    for hosts_per_rack in (2, 1):
        racks = -(-need.hosts // hosts_per_rack)
        oversubscription = max(need.oversubscription, 1.0)
        most = int(need.switch_ports * oversubscription / (1 + oversubscription))
        chosen = Pods(
            **switched(need),
            hosts_per_rack=hosts_per_rack,
            racks_per_pod=racks if racks <= need.switch_ports else max(most, 1),
            leaf_ports=need.switch_ports,
            spine_ports=need.switch_ports,
            core_ports=need.switch_ports,
            pod_oversubscription=oversubscription,
        )
        if is_possible(chosen, faults):
            yield chosen
            return


FAMILY = Family(
    "pods",
    "Racks and pods",
    "One switch in each rack, full bisection in a pod of racks, fewer links between pods (Meta, Llama 3).",
    Pods,
    build,
    sizes,
    proposals,
)
