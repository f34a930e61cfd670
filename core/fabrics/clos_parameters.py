"""What a Clos network is asked for: the parameters that its families share."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

from core.fabrics.family import Parameters
from core.fabrics.parameter_fields import (
    GpusPerHost,
    Hosts,
    LeafOversubscription,
    NicGbps,
    NicsPerHost,
    PortGbps,
)
from core.model.fields import described, quantity

Tiers = Literal[0, 2, 3]


class ClosParameters(Parameters, frozen=True, kw_only=True):
    """What all Clos families are asked for."""

    hosts: Hosts = 128
    """Managers may take the place of some; units are filled one after the other, the last one partly."""
    hosts_per_unit: Annotated[int, quantity("", "Hosts in a scalable unit", low=1, high=10_000)] = 32
    gpus_per_host: GpusPerHost = 8
    nics_per_host: NicsPerHost = 8
    nic_gbps: NicGbps = 400.0
    hosts_per_leaf: Annotated[
        int, quantity("", "Hosts on a leaf", low=0, high=10_000, help="0: as many as fit, shared out evenly")
    ] = 0
    leaf_ports: Annotated[int, quantity("", "Ports of a leaf", low=2, high=4096)] = 64
    spine_ports: Annotated[int, quantity("", "Ports of a spine", low=1, high=4096)] = 64
    core_ports: Annotated[int, quantity("", "Ports of a core switch", low=1, high=4096)] = 64
    port_gbps: PortGbps = 400.0
    """Ports are split where a link is slower."""
    uplink_gbps: Annotated[
        float,
        quantity(
            "Gbit/s",
            "Rate of links between switches",
            low=0,
            high=100_000,
            help="0: that of the ports, or split like those of the hosts to reach more switches",
        ),
    ] = 0.0
    oversubscription: LeafOversubscription = 1.0
    core_oversubscription: Annotated[
        float, quantity("", "Oversubscription of spines, down : up", low=0.25, high=64)
    ] = 1.0
    tiers: Annotated[Tiers, described("Tiers", help="0: two if they suffice, else three")] = 0
    leafs_per_group: Annotated[
        int,
        quantity(
            "", "Leafs in a spine-leaf group", low=0, high=4096, help="0: chosen for the fewest switches"
        ),
    ] = 0
    planes: Annotated[int, quantity("", "Planes", low=1, high=64, help="Networks that share no switch")] = 1
    plane_by: Annotated[
        Literal["port", "nic"],
        described(
            "Planes by", help="port: each NIC splits into one port of each plane; nic: NICs take turns"
        ),
    ] = "port"
    manager_ports: Annotated[
        int,
        quantity(
            "", "Ports for fabric managers", low=0, high=1024, help="Taken from the leafs of the last unit"
        ),
    ] = 0
    ports_per_manager: Annotated[int, quantity("", "Ports of a fabric manager", low=1, high=64)] = 2

    @property
    def nics_per_plane(self) -> int:
        """NICs of a host that reach one plane."""
        return self.nics_per_host if self.plane_by == "port" else self.nics_per_host // self.planes

    @property
    def host_gbps(self) -> float:
        """Rate of one link of a host."""
        return self.nic_gbps / self.planes if self.plane_by == "port" else self.nic_gbps

    @property
    def columns(self) -> int:
        """Sets of leafs of a plane that share no spine-leaf group: the rails, if there are any."""
        return 1

    @property
    def ways(self) -> int:
        """Leafs of one column that a host is joined to."""
        return 1

    @property
    def has_rails(self) -> bool:
        """Whether a column is a rail: the same NIC of every host."""
        return False

    @property
    def units(self) -> int:
        return ceil(self.hosts / self.hosts_per_unit)
