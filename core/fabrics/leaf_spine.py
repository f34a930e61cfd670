"""Plain leaf-spine networks: all NICs of a host on its leaf, or shared out over a few of them.

Hosts fill the leafs of their unit one after the other. With `leafs_per_host` leafs the NICs take turns, so
that the loss of a leaf costs a host only its share. Spines and cores are those of every Clos network here:
equally many links from each leaf to each spine (`clos_tree`).
"""

from __future__ import annotations

from typing import Annotated

from core.fabrics.clos import proposals, sizes
from core.fabrics.clos_parameters import ClosParameters
from core.fabrics.clos_weave import weave
from core.fabrics.family import Family
from core.model.fields import quantity


class LeafSpine(ClosParameters, frozen=True, kw_only=True):
    """Parameters of a plain leaf-spine network."""

    leafs_per_host: Annotated[
        int, quantity("", "Leafs of a host", low=1, high=64, help="NICs take turns over so many leafs")
    ] = 1

    @property
    def ways(self) -> int:
        return self.leafs_per_host


FAMILY = Family(
    name="leaf-spine",
    label="Leaf-spine",
    summary="All NICs of a host on its leaf, or on a few: the plainest network, for a switch in each rack.",
    parameters=LeafSpine,
    build=lambda parameters, seed: weave("leaf-spine", parameters),
    sizes=sizes,
    proposals=lambda need: proposals(LeafSpine, need),
)
