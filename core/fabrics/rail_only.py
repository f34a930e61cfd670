"""Rail-only: a network of its own for each rail, and none between rails.

GPU r of every scale-up domain talks to GPU r of the others; traffic between rails goes through the scale-up
domain (W. Wang et al., "Rail-only: A Low-Cost High-Performance Network for Training LLMs with Trillion
Parameters", arXiv 2307.12169). Each rail is one switch, or leafs and spines of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Annotated

import msgspec

from core.fabrics.family import Family, Need, Parameters, Sizes
from core.fabrics.faults import Fault, ensure, is_possible
from core.fabrics.parameter_fields import (
    GpusPerHost,
    LeafOversubscription,
    NicGbps,
    PortGbps,
    SwitchPorts,
    switched,
)
from core.fabrics.ports import split, unsplit
from core.fabrics.tiers import add_switches, equal_shares, filled, mesh, tier_sizes
from core.fabrics.weave import Weave, numbered
from core.model.fields import quantity

if TYPE_CHECKING:
    from core.fabrics.family import Graph


class RailOnly(Parameters, frozen=True, kw_only=True):
    """What a rail-only network is asked for."""

    hosts: Annotated[
        int, quantity("", "Hosts", low=1, high=1_000_000, help="Or trays, or whole scale-up domains")
    ] = 256
    gpus_per_host: GpusPerHost = 8
    nics_per_host: Annotated[int, quantity("", "NICs in a host", low=1, high=1024, help="One rail each")] = 8
    nic_gbps: NicGbps = 400.0
    switch_ports: SwitchPorts = 64
    port_gbps: PortGbps = 400.0
    oversubscription: LeafOversubscription = 1.0
    hosts_per_leaf: Annotated[
        int, quantity("", "Hosts on a leaf", low=0, high=4096, help="0: as many as fit")
    ] = 0

    @property
    def split(self) -> int:
        """Links of hosts that one port gives; all links between switches are as fast as these."""
        return split(self.port_gbps, self.nic_gbps)

    @property
    def links(self) -> int:
        """Links that a switch can have."""
        return self.switch_ports * self.split

    @property
    def on_leaf(self) -> int:
        """Hosts on a leaf."""
        if self.hosts_per_leaf:
            return min(self.hosts_per_leaf, self.hosts)
        if self.hosts <= self.links:
            return self.hosts
        most = int(self.links * self.oversubscription / (1 + self.oversubscription) + 1e-9)
        return max(n for n in (most, 1) if n)

    @property
    def leafs(self) -> int:
        """Leafs of one rail."""
        return -(-self.hosts // self.on_leaf)

    @property
    def uplinks(self) -> int:
        """Links of a leaf with spines."""
        return ceil(self.on_leaf / self.oversubscription - 1e-9) if self.leafs > 1 else 0


def faults(p: RailOnly) -> Iterator[Fault]:
    """Yield why there is no such network."""
    if not p.split:
        yield unsplit("nic_gbps", p.port_gbps, p.nic_gbps)
        return
    if p.on_leaf + p.uplinks > p.links:
        yield Fault(
            f"{p.on_leaf} hosts on a leaf need {p.uplinks} links up; it has {p.links} in all",
            ("hosts_per_leaf", "switch_ports"),
        )
        return
    if p.uplinks and not equal_shares(p.uplinks, p.leafs, p.links):
        yield Fault(
            f"two tiers of {p.switch_ports}-port switches do not join the {p.leafs} leafs of a rail",
            ("hosts", "switch_ports", "hosts_per_leaf"),
        )


def sizes(p: RailOnly) -> Sizes:
    """Count devices and links.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    rails, spines = p.nics_per_host, equal_shares(p.uplinks, p.leafs, p.links)
    tiers = {
        "host": (p.hosts, rails),
        "leaf": (rails * p.leafs, p.uplinks if spines else 0),
        "spine": (rails * spines, 0),
    }
    return tier_sizes(tiers, p.hosts * p.gpus_per_host)


def build(p: RailOnly, seed: int = 0) -> Graph:
    """Return the graph.

    Raises
    ------
    ParameterError
    """
    ensure(p, faults)
    weave = Weave("rail-only", msgspec.structs.asdict(p), seed)
    rails, gbps = p.nics_per_host, p.nic_gbps
    leafs: list[list[str]] = [[] for _ in range(rails)]
    for number, hosts in enumerate(filled(p.hosts, p.on_leaf), 1):
        unit = numbered("su-", number, p.leafs)
        for rail in range(rails):
            name = numbered("leaf-", rail + 1, rails)
            leafs[rail].append(weave.add(unit, name, "leaf", 1, slots=p.links, slot_gbps=gbps, rail=rail))
        for slot in range(hosts):
            name = numbered("h", slot + 1, p.on_leaf)
            host = weave.add(unit, name, "host", 0, slots=rails, slot_gbps=gbps, gpus=p.gpus_per_host)
            for rail in range(rails):
                weave.join(host, (rail,), leafs[rail][-1], (slot,), gbps)
    count = equal_shares(p.uplinks, p.leafs, p.links)
    for rail in range(rails if count else 0):
        word = f"{numbered('spine-', rail + 1, rails)}-"
        spines = add_switches(weave, "", word, count, "spine", 2, ports=p.links, gbps=gbps, rail=rail)
        mesh(weave, leafs[rail], spines, p.uplinks, gbps, lower_slot=p.on_leaf)
    return weave.graph()


def proposals(need: Need) -> Iterator[RailOnly]:
    """Yield the network without oversubscription, then with what is accepted."""
    for oversubscription in dict.fromkeys((1.0, max(need.oversubscription, 1.0))):
        chosen = RailOnly(
            **switched(need),
            switch_ports=need.switch_ports,
            oversubscription=oversubscription,
        )
        if not is_possible(chosen, faults):
            continue
        yield chosen
        if chosen.leafs == 1:
            return


FAMILY = Family(
    "rail-only",
    "Rail-only",
    "A network for each rail and none between them: traffic between rails takes the scale-up domain.",
    RailOnly,
    build,
    sizes,
    proposals,
)
