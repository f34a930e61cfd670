"""Rail-optimised networks: NIC r of every host of a unit on one leaf, so that those are one switch apart.

The compute fabrics of the NVIDIA DGX SuperPOD reference architectures are of this family: H100 and B200 (with
ports for UFM), B300 on Ethernet (two planes) and on InfiniBand, GB200 (a leaf for each rack and rail).
"""

from __future__ import annotations

from core.fabrics.clos import proposals, sizes
from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.clos_weave import weave
from core.fabrics.family import Family


class RailOptimised(ClosParameters, frozen=True, kw_only=True):
    """Parameters of a rail-optimised network: one rail for each NIC of a host."""

    @property
    def columns(self) -> int:
        return self.nics_per_plane

    @property
    def has_rails(self) -> bool:
        return True


FAMILY = Family(
    name="rail-optimised",
    label="Rail-optimised Clos",
    summary="NIC r of every host of a unit is on leaf r: traffic between equal GPUs crosses one switch",
    parameters=RailOptimised,
    build=lambda parameters, seed: weave("rail-optimised", parameters),
    sizes=sizes,
    proposals=lambda need: proposals(RailOptimised, need),
)
