"""Plain leaf-spine networks: all NICs of a host on its leaf, or shared out over two of them."""

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
    summary="All NICs of a host are on its own leafs: the plainest network, at home in racks with a switch",
    parameters=LeafSpine,
    build=lambda parameters, seed: weave("leaf-spine", parameters),
    sizes=sizes,
    proposals=lambda need: proposals(LeafSpine, need),
)
