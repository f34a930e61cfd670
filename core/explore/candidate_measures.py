"""What a candidate carries: hops, oversubscription, throughput, and what the worst single failure leaves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from core.engine.failures.cases import Failure, Kind, cases_of
from core.engine.failures.outcome import Baseline, Outcome
from core.engine.failures.single import FEW, single_failures
from core.engine.failures.symmetry import classes_of
from core.engine.hops import components, hops_between
from core.engine.network import Tier, oversubscription_of, tiers_of
from core.engine.throughput.demand import parts_of_switches
from core.engine.throughput.load import Progress, Throughput
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import all_to_all
from core.engine.throughput.tub import tub
from core.engine.topology import topology_of
from core.errors import CagenutError
from core.explore.candidates import Candidate
from core.fabrics.family import Need

if TYPE_CHECKING:
    from core.fabrics.family import Graph

MOST_FOR_BOUND = 1500
"""Switches up to which the throughput bound is computed: matching each with another grows with the cube."""
SLACK = 1e-6
TRIED: tuple[Kind, ...] = ("switch", "trunk")
TRIED_OF_CLASS = 3
"""Cases of a class that `single_failures` measures."""


@dataclass(frozen=True)
class AfterFailure:
    """The single failure that leaves least.

    Attributes
    ----------
    kind : str
        `switch` or `trunk`.
    name : str
        What fails, by its name in the network.
    bandwidth_left : float
        Share of what the network could carry before; hosts that are cut off count as nothing.
    accelerators_cut_off : float
    cases : int
        Single failures it is the worst of.
    """

    kind: str
    name: str
    bandwidth_left: float
    accelerators_cut_off: float
    cases: int

    @property
    def words(self) -> str:
        """What fails and what that leaves, in words."""
        what = f"{self.kind} {self.name} fails: {100 * self.bandwidth_left:.1f} % of the bandwidth left"
        cut_off = f", {self.accelerators_cut_off:,.0f} GPUs cut off" if self.accelerators_cut_off else ""
        return f"{what}{cut_off}; the worst of {self.cases:,} single failures of a switch or a trunk"


@dataclass(frozen=True)
class Measures:
    """What a network carries.

    Attributes
    ----------
    components : int
        Parts that no link joins.
    parts : int
        Parts of the switches alone: rails or planes that share no switch count each.
    most_hops : int
        Switches on the longest of the shortest ways between two hosts: the diameter, in switches.
    mean_hops : float
        Switches between two accelerators, mean.
    tiers : tuple of Tier
    oversubscription : float or None
        Product over the tiers; None where switches have no tiers above them.
    throughput : Throughput
        All-to-all with equal split over shortest ways (ECMP), in shares of the full rate of the hosts.
    bound : Throughput or None
        No routing does better for the longest matching (TUB); None if the network is too large for it.
    failure : AfterFailure or None
        None until it is asked for.
    is_failure_dear : bool
        Whether it was asked for and left out, as it takes more than was allowed.
    """

    components: int
    parts: int
    most_hops: int
    mean_hops: float
    tiers: tuple[Tier, ...]
    oversubscription: float | None
    throughput: Throughput
    bound: Throughput | None
    failure: AfterFailure | None = None
    is_failure_dear: bool = False

    def meets(self, need: Need) -> bool:
        """Tell whether all hosts can send at once at the rate that the oversubscription accepted leaves."""
        return self.throughput.value >= (1 - SLACK) / max(need.oversubscription, 1.0)

    def as_data(self) -> dict[str, Any]:
        """Return the measures as plain values; null where nothing limits a throughput."""
        return {
            "components": self.components,
            "switch_parts": self.parts,
            "diameter_switches": self.most_hops,
            "mean_switches": self.mean_hops,
            "oversubscription": self.oversubscription,
            "throughput": _plain(self.throughput),
            "bound": None if self.bound is None else _plain(self.bound),
        }


def _plain(found: Throughput) -> dict[str, Any]:
    lower, upper = (value if isfinite(value) else None for value in (found.lower, found.upper))
    return {"method": found.method, "kind": found.kind, "lower": lower, "upper": upper, "note": found.note}


def measured(
    candidate: Candidate,
    *,
    failures: bool = False,
    graph: Graph | None = None,
    progress: Progress | None = None,
    kinds: Collection[Kind] = TRIED,
    most_work: float = inf,
) -> Candidate:
    """Return a candidate with its measures; one whose network cannot be made is no longer possible.

    Parameters
    ----------
    candidate : Candidate
    failures : bool
        Whether to try every single failure as well: the dearest.
    graph : Graph, optional
        Its network, if it is made already.
    progress : callable, optional
        What it raises ends the work.
    kinds : collection of str
        Of failures: a switch, a trunk.
    most_work : float
        Failures are left out if they take more (`failure_work`).
    """
    if not candidate.is_possible:
        return candidate
    known = candidate.measures
    try:
        graph = candidate.graph() if graph is None else graph
    except CagenutError as error:
        return replace(candidate, reason=str(error))
    if known is None:
        known = measure(graph, progress)
    if failures and known.failure is None:
        is_dear = isfinite(most_work) and failure_work(graph, kinds) > most_work
        worst = None if is_dear else worst_failure(graph, progress, kinds)
        known = replace(known, failure=worst, is_failure_dear=is_dear)
    return replace(candidate, measures=known)


def measure(graph: Graph, progress: Progress | None = None) -> Measures:
    """Measure a network as it is, nothing failed."""
    net = topology_of(graph)
    tiers, hops = tiers_of(net), hops_between(net)
    return Measures(
        components=components(net.a, net.b, len(net)),
        parts=len(np.unique(parts_of_switches(net)[net.is_switch])),
        most_hops=hops.most,
        mean_hops=hops.accelerator_mean,
        tiers=tiers,
        oversubscription=oversubscription_of(tiers),
        throughput=ecmp(net, all_to_all(net), progress).throughput,
        bound=tub(net) if net.is_switch.sum() <= MOST_FOR_BOUND else None,
    )


def failure_work(graph: Graph, kinds: Collection[Kind] = TRIED) -> float:
    """Return what trying every single failure takes: cases to measure x switches x trunks between them.

    A network of few classes of failures takes little, however large; one drawn at random takes each case.
    """
    base = Baseline(topology_of(graph))
    cases = cases_of(base.topology, kinds)
    classes = int(classes_of(base.topology, base.load, cases).max(initial=-1)) + 1
    tried = min(TRIED_OF_CLASS * classes, len(cases)) if classes * FEW <= len(cases) else len(cases)
    return float(tried) * int(base.topology.is_switch.sum()) * len(base.hosts.inner)


def worst_failure(
    graph: Graph, progress: Progress | None = None, kinds: Collection[Kind] = TRIED
) -> AfterFailure | None:
    """Return the worst single failure of some kinds; None if there is nothing that could fail."""
    net = topology_of(graph)
    found = single_failures(Baseline(net), kinds, progress=progress)
    if not found.outcomes:
        return None
    accelerators = float(net.accelerators[~net.is_switch].sum())

    def left(outcome: Outcome) -> float:
        cut_off = outcome.accelerators_cut_off / accelerators if accelerators else 0.0
        return outcome.bandwidth_left * (1.0 - cut_off)

    worst = min(found.outcomes, key=left)
    return AfterFailure(
        worst.failure.kind,
        _name(graph, worst.failure),
        left(worst),
        worst.accelerators_cut_off,
        found.cases,
    )


def _name(graph: Graph, failure: Failure) -> str:
    keys = list(graph.nodes)
    if failure.devices:
        return ", ".join(keys[row] for row in failure.devices)
    net = topology_of(graph)
    return ", ".join(f"{keys[net.a[row]]} - {keys[net.b[row]]}" for row, _ in failure.links)
