"""Parameters that several families have, with one label, unit and limits; what a need says of them.

Those that only one family asks for are in its module.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from core.fabrics.family import Need
from core.model.fields import described, quantity

MOST_PORTS = 512
"""Ports of a router."""

Hosts = Annotated[int, quantity("", "Hosts", low=1, high=1_000_000)]
GpusPerHost = Annotated[int, quantity("", "GPUs in a host", low=0, high=1024)]
NicsPerHost = Annotated[int, quantity("", "NICs in a host", low=1, high=64)]
NicGbps = Annotated[float, quantity("Gbit/s", "Rate of a NIC", low=1, high=100_000)]

SwitchPorts = Annotated[int, quantity("", "Ports of a switch", low=2, high=4096)]
PortGbps = Annotated[float, quantity("Gbit/s", "Rate of a switch port", low=1, high=100_000)]
LeafOversubscription = Annotated[
    float, quantity("", "Oversubscription of leafs, down : up", low=0.25, high=64)
]

HostPorts = Annotated[int, quantity("", "Host ports of a router", low=1, high=MOST_PORTS)]
HostPortsOrHalf = Annotated[
    int,
    quantity(
        "", "Host ports of a router", low=0, high=MOST_PORTS, help="0: half the router links, rounded up"
    ),
]
LinkGbps = Annotated[
    float, quantity("Gbit/s", "Rate of a link", low=1, high=102_400, help="One way; the same for all links")
]
Shape = Annotated[str, described("Shape", help="Routers along each dimension, such as 4x4x4", max_length=64)]


class SwitchedHosts(TypedDict):
    """Hosts on switches whose ports may be faster than the NICs."""

    hosts: int
    gpus_per_host: int
    nics_per_host: int
    nic_gbps: float
    port_gbps: float


class RoutedHosts(TypedDict):
    """Hosts on routers with links of one rate."""

    gpus_per_host: int
    nics_per_host: int
    link_gbps: float


def switched(need: Need) -> SwitchedHosts:
    """Return what a need says of hosts and of the rate of switch ports."""
    return SwitchedHosts(
        hosts=need.hosts,
        gpus_per_host=need.gpus_per_host,
        nics_per_host=need.nics_per_host,
        nic_gbps=need.nic_gbps,
        port_gbps=need.port_gbps,
    )


def routed(need: Need) -> RoutedHosts:
    """Return what a need says of hosts on routers: every link is as fast as a NIC."""
    return RoutedHosts(
        gpus_per_host=need.gpus_per_host, nics_per_host=need.nics_per_host, link_gbps=need.nic_gbps
    )
