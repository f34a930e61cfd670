"""The numbers of a requirement."""

from __future__ import annotations

from typing import Annotated

import msgspec

from core.model.fields import quantity


class Wanted(msgspec.Struct, frozen=True):
    """The numbers of a requirement; label and limits stand beside the field, as everywhere."""

    hosts: Annotated[
        int,
        quantity(
            "", "Planned for", low=1, high=1_000_000, help="Hosts; ports are kept free for more than stand"
        ),
    ] = 1
    gpus: Annotated[int, quantity("", "GPUs", low=1, high=1_000_000)] = 1024
    hosts_per_rack: Annotated[
        int, quantity("", "Hosts in a rack", low=0, high=72, help="0: as many as height and power allow")
    ] = 0
    nics_per_host: Annotated[int, quantity("", "NICs of a host", low=1, high=64)] = 8
    nic_gbps: Annotated[float, quantity("Gbit/s", "Rate of a NIC", low=1, high=100_000)] = 400.0
    hosts_per_unit: Annotated[int, quantity("", "Hosts in a unit", low=1, high=10_000)] = 32
    oversubscription: Annotated[
        float, quantity("", "Oversub. accepted", low=1, high=64, help="Most at the leafs, down over up")
    ] = 1.0
    seed: Annotated[
        int, quantity("", "Seed", low=0, high=2**31 - 1, help="Of families that draw links at random")
    ] = 0
