"""What is measured of a fabric on paper, within limits of size; what is left out says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from core.engine.bisection import Bisection, bisection
from core.engine.diversity import PairClass, path_diversity
from core.engine.drawn import DrawnFabric
from core.engine.failures.cases import KINDS, Kind, Optics, cases_of
from core.engine.failures.outcome import Baseline
from core.engine.failures.single import FEW, SingleFailures, single_failures
from core.engine.failures.symmetry import classes_of
from core.engine.throughput.load import Load, Progress, Throughput
from core.engine.throughput.routing import ecmp
from core.engine.throughput.traffic import longest_matching
from core.engine.throughput.tub import distance_bound, tub
from core.engine.topology import Topology

T = TypeVar("T")
TRIED: tuple[tuple[Kind, ...], ...] = ((*KINDS, "optic"), KINDS, ("switch", "plane"))
"""Kinds of failures, fewer where all of them would be too much work."""
MEASURED = 3
"""Cases of a class that are worked out at the most if they cost the same."""
FIXED = 500_000
"""Work of a failure beside that on trunks and leafs."""


@dataclass(frozen=True)
class Limits:
    """Sizes up to which something is measured.

    Attributes
    ----------
    switches : int
        For bisection, ways between leafs, longest matching and bounds: they grow with the square or cube.
    loaded : int
        Switches up to which loads are worked out.
    work : int
        Trunks times leafs of all failures that are tried, some ten seconds of work in all.
    """

    switches: int = 1500
    loaded: int = 6000
    work: int = 600_000_000


@dataclass(frozen=True, eq=False)
class FabricMeasures:
    """Measures of one fabric; None for what was left out.

    Attributes
    ----------
    bisection : Bisection or None
    diversity : tuple of PairClass or None
    all_to_all, matching : Load or None
        All-to-all and longest matching, by equal split over shortest ways.
    all_to_all_bound, matching_bound : Throughput or None
        What no routing exceeds.
    failures : SingleFailures or None
        All single failures of `kinds`, with all-to-all over shortest ways.
    kinds : tuple of str
    skipped : tuple of (str, str)
        What was left out, and why.
    """

    bisection: Bisection | None
    diversity: tuple[PairClass, ...] | None
    all_to_all: Load | None
    matching: Load | None
    all_to_all_bound: Throughput | None
    matching_bound: Throughput | None
    failures: SingleFailures | None
    kinds: tuple[Kind, ...]
    skipped: tuple[tuple[str, str], ...]


class _TooMuchError(Exception):
    """More failures were tried than planned."""


def fabric_measures(
    drawn: DrawnFabric,
    optics: Optics | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> FabricMeasures:
    """Measure a fabric of the drawing.

    Parameters
    ----------
    drawn : DrawnFabric
    optics : Optics, optional
        Where its links are plugged in (`optics_in`): without it no optic fails.
    progress : callable, optional
        Called as progress(done, total, text); what it raises cancels.
    limits : Limits, optional

    Notes
    -----
    Each value is that of the function of its own module. The limits are of size, not of time: the same
    design is measured the same everywhere.
    """
    net, most = drawn.topology, limits or Limits()
    switches = int(net.is_switch.sum())
    skipped: list[tuple[str, str]] = []

    def within(limit: int, what: str, find: Callable[[], T]) -> T | None:
        if progress is not None:
            progress(0, 1, what)
        if switches <= limit:
            return find()
        skipped.append((what, f"{switches:,} switches; worked out for up to {limit:,}"))
        return None

    base = Baseline(net)
    matching = within(most.switches, "Longest matching", lambda: longest_matching(net))
    found, kinds = None, KINDS[:0]
    if switches <= most.loaded:
        found, kinds = _failures(base, optics, progress, most.work)
        left_out = [
            kind for kind in TRIED[0] if kind not in kinds and (kind != "optic" or optics is not None)
        ]
        if left_out:
            skipped.append(
                (f"Single failures: {', '.join(left_out)}", f"too many unlike cases of {len(net.a):,} trunks")
            )
    else:
        skipped.append(("Single failures", f"{switches:,} switches; tried for up to {most.loaded:,}"))
    return FabricMeasures(
        bisection=within(most.switches, "Bisection", lambda: bisection(net, progress)),
        diversity=within(most.switches, "Ways between leafs", lambda: path_diversity(net, progress)),
        all_to_all=within(most.loaded, "Load of all-to-all", lambda: base.load),
        matching=None if matching is None else ecmp(net, matching, progress),
        all_to_all_bound=within(
            most.switches, "Bound of all-to-all", lambda: distance_bound(net, base.demand)
        ),
        matching_bound=None if matching is None else tub(net),
        failures=found,
        kinds=kinds,
        skipped=tuple(skipped),
    )


def _failures(
    base: Baseline, optics: Optics | None, progress: Progress | None, work: int
) -> tuple[SingleFailures | None, tuple[Kind, ...]]:
    """Return the single failures of as many kinds as the work allows, and which kinds these are."""
    each = _work_of_one(base.topology)
    for kinds in TRIED if optics is not None else TRIED[1:]:
        cases = cases_of(base.topology, kinds, optics if "optic" in kinds else None)
        classes = int(classes_of(base.topology, base.load, cases).max(initial=-1)) + 1
        planned = MEASURED * classes if classes * FEW <= len(cases) else len(cases)
        if planned * each > work:
            continue
        counted = _counting(progress, max(work // each, planned) + 1)
        try:
            return single_failures(base, kinds, optics, progress=counted), kinds
        except _TooMuchError:
            continue
    return None, ()


def _work_of_one(net: Topology) -> int:
    leafs = int((net.tier == 1).sum())
    inner = int((net.is_switch[net.a] & net.is_switch[net.b]).sum())
    return inner * leafs + FIXED


def _counting(progress: Progress | None, most: int) -> Progress:
    """Return a progress that ends the work after so many failures, or stacks of them, were begun."""
    calls = 0

    def count(done: int, total: int, text: str) -> None:
        nonlocal calls
        calls += text == "Failures"
        if calls > most:
            raise _TooMuchError
        if progress is not None:
            progress(done, total, text)

    return count


@dataclass(frozen=True)
class LoadGroup:
    """Trunks between the same two tiers that carry the same load.

    Attributes
    ----------
    low, high : int
        The tiers.
    share : float
        Load over rate in the fuller direction, when all hosts send at full rate.
    gbps : float
        What the first of them carries in that direction.
    trunks, links : int
    first : int
        One of the trunks.
    """

    low: int
    high: int
    share: float
    gbps: float
    trunks: int
    links: int
    first: int


def load_groups(net: Topology, load: Load) -> tuple[LoadGroup, ...]:
    """Return the trunks by the load they carry, the fullest first; loads equal to four digits are one."""
    tiers = np.sort(np.stack([net.tier[net.a], net.tier[net.b]]), axis=0)
    share = np.round(load.utilisation, 4)
    key = np.stack([-share, tiers[1], tiers[0]], axis=1)
    _, first, of = np.unique(key, axis=0, return_index=True, return_inverse=True)
    of = of.reshape(-1)
    trunks, links = np.bincount(of), np.bincount(of, net.count).astype(np.int64)
    fuller = np.maximum(load.forward_gbps, load.backward_gbps)
    return tuple(
        LoadGroup(
            int(tiers[0, row]), int(tiers[1, row]), float(load.utilisation[row]), float(fuller[row]),
            int(trunks[k]), int(links[k]), row,
        )
        for k, row in enumerate(first.tolist())
    )  # fmt: skip
