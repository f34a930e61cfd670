"""Published enterprise designs by their names (C-G-N-B): CPUs, GPUs, NICs of a host, bandwidth of a GPU."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.fabrics.collapsed_cages import CollapsedCore
from core.fabrics.family import ParameterError


class Architecture(NamedTuple):
    """What a name such as 2-8-9-400 says of a host."""

    cpu_sockets: int
    gpus: int
    nics: int
    gbps_per_gpu: float
    """East-west, on average."""


def architecture(name: str) -> Architecture:
    """Read a C-G-N-B name: CPUs, GPUs, NICs, average bandwidth of a GPU.

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> architecture("2-8-9-400")
    Architecture(cpu_sockets=2, gpus=8, nics=9, gbps_per_gpu=400.0)
    """
    match = re.fullmatch(r"(\d{1,3})-(\d{1,3})-(\d{1,3})-(\d{1,6})", name)
    if match is None:
        raise ParameterError(
            f"'{name[:40]}' names no architecture",
            cure="Write CPUs, GPUs, NICs and Gbit/s, such as 2-8-9-400",
        )
    return Architecture(int(match[1]), int(match[2]), int(match[3]), float(match[4]))


DESIGNS: dict[str, CollapsedCore] = {
    "2-4-3-200": CollapsedCore(
        hosts=32,
        gpus_per_host=4,
        nics_per_host=2,
        free_before=2,
        free_after=22,
        oob_ports_per_host=6,
    ),
    "2-8-5-200": CollapsedCore(hosts=20, nics_per_host=4, oob_ports_per_host=6),
    "2-8-9-400": CollapsedCore(),
}
"""Published designs at their largest single tier. Every NIC port for GPUs is one half of an 800G cage (400G),
also where the name says 200: two NICs for four GPUs are 200 on average. Free cages of 2-4-3-200 (25 and 26
for support and storage; 43 to 64 for uplinks and spares) and 2-8-9-400 (52 to 64) are read off their wire
maps; out-of-band ports of a host follow from the tiers of the scaling tables with switches of 48 ports."""
