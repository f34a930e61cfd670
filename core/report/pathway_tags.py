"""Short numbers of pathways, the same on the plan, in its schedule and in the cable schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.engine.pathways import NO_WAY, OVERFULL

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.pathways import Routes

ALONG_RACKS = "along racks"
"""The route of a cable between racks where no pathway is drawn."""
WITHIN = "in rack"
NONE_IN_REACH, NO_WAY_BETWEEN = "none in reach", "no way"
"""Pathways are drawn, but an end is too far from all of them, or they do not lead to the other end."""


def pathway_tags(of: Evaluation) -> dict[str, str]:
    """Return the number of each placed pathway by its path: P1, P2 ... in the order of the plan."""
    return {way.path: f"P{number}" for number, way in enumerate(of.snapshot.pathways, start=1)}


def route_words(of: Evaluation) -> list[str]:
    """Return for each cable the pathways it lies in from end `a` on, or why it lies in none."""
    routes, same = of.cabling.routes, of.cabling.cable_same_rack
    n = of.snapshot.n_cables
    if routes is None:
        return np.where(same, WITHIN, ALONG_RACKS).tolist() if n else []
    forward, backward = _of_bundles(of, routes)
    words = []
    for bundle, turned, within in zip(
        routes.cable_bundle.tolist(), routes.cable_turned.tolist(), same.tolist(), strict=True
    ):
        words.append((backward if turned else forward)[bundle] if bundle >= 0 else WITHIN if within else "")
    return words


def _of_bundles(of: Evaluation, routes: Routes) -> tuple[list[str], list[str]]:
    tags, forward, backward = pathway_tags(of), [], []
    for bundle, state in enumerate(routes.laid.state.tolist()):
        ways = [tags[way.path] for way in routes.ways_of_bundle(bundle)] if state <= OVERFULL else []
        otherwise = NO_WAY_BETWEEN if state == NO_WAY else NONE_IN_REACH
        forward.append(" ".join(ways) or otherwise)
        backward.append(" ".join(reversed(ways)) or otherwise)
    return forward, backward
