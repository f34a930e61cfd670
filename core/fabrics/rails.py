"""Rail-optimised networks: NIC r of every host of a unit on one leaf, so that those are one switch apart.

A unit has a leaf for each rail (more where its hosts need them). In two tiers every leaf has equally many
links to each spine. In three, leafs of one rail are meshed with spines of their own, a spine-leaf group, and
the i-th spines of all groups meet in the i-th group of cores (`clos_tree` has the sizes, `clos_weave` the
ports).

The compute fabrics of the NVIDIA DGX SuperPOD reference architectures are of this family: H100 (RA-11333-001)
and B200 (with ports for UFM), B300 on Ethernet (two planes) and on InfiniBand, GB200 (RA-11338-001; a leaf
for each rack and rail).
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
    summary="NIC r of every host of a unit is on leaf r: equal GPUs are one switch apart (NVIDIA SuperPOD).",
    parameters=RailOptimised,
    build=lambda parameters, seed: weave("rail-optimised", parameters),
    sizes=sizes,
    proposals=lambda need: proposals(RailOptimised, need),
)
