"""All families of networks, in the order in which people ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.fabrics import (
    collapsed_core,
    dragonfly,
    dragonfly_plus,
    dual_tor,
    fat_tree,
    hyperx,
    in_band,
    leaf_spine,
    optical_torus,
    out_of_band,
    pods,
    polar_fly,
    rail_only,
    rails,
    random_regular,
    scale_up,
    slim_fly,
    storage,
    three_layer,
    torus,
    xpander,
)
from core.fabrics.family import Family, ParameterError

if TYPE_CHECKING:
    from core.fabrics.family import Graph

_ORDERED: tuple[Family[Any], ...] = (
    rails.FAMILY,
    leaf_spine.FAMILY,
    dual_tor.FAMILY,
    rail_only.FAMILY,
    collapsed_core.FAMILY,
    pods.FAMILY,
    three_layer.FAMILY,
    fat_tree.FAMILY,
    dragonfly.FAMILY,
    dragonfly_plus.FAMILY,
    slim_fly.FAMILY,
    polar_fly.FAMILY,
    hyperx.FAMILY,
    torus.FAMILY,
    optical_torus.FAMILY,
    random_regular.FAMILY,
    xpander.FAMILY,
    storage.FAMILY,
    in_band.FAMILY,
    out_of_band.FAMILY,
    scale_up.FAMILY,
)
FAMILIES: dict[str, Family[Any]] = {family.name: family for family in _ORDERED}


def family(name: str) -> Family[Any]:
    """Return a family by its name.

    Raises
    ------
    ParameterError
        If there is none.
    """
    found = FAMILIES.get(name)
    if found is None:
        raise ParameterError(
            f"there is no family '{name}'", cure=f"The families are: {', '.join(FAMILIES)}", field="family"
        )
    return found


def generate(name: str, values: Mapping[str, Any], seed: int = 0) -> Graph:
    """Return the graph of a family with parameters as plain values.

    Raises
    ------
    ParameterError
        If there is no such family or it has no network with these parameters.
    """
    chosen = family(name)
    return chosen.build(chosen.read(values), seed)
