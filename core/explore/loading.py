"""Traffic and routing as they are chosen, and the load and the losses that come of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from core.engine.failures.cases import Failure, left_after
from core.engine.failures.outcome import Baseline, Outcome, Traffic
from core.engine.throughput import traffic
from core.engine.throughput.demand import Demand
from core.engine.throughput.load import Load, Progress
from core.engine.throughput.matrix import traffic_of
from core.engine.throughput.routing import ecmp, one_more_hop
from core.engine.topology import Rows, Topology
from core.errors import EngineError
from core.files.delimited import Delimited

Pattern = Literal["all-to-all", "ring", "rails", "permutation", "longest", "matrix"]
Routing = Literal["ecmp", "longer"]
PATTERNS: dict[Pattern, str] = {
    "all-to-all": "All-to-all",
    "ring": "Ring all-reduce",
    "rails": "Rail-aligned all-reduce",
    "permutation": "Random permutation",
    "longest": "Longest matching",
    "matrix": "Matrix from CSV",
}
ROUTINGS: dict[Routing, str] = {"ecmp": "ECMP", "longer": "One more hop"}
_MAKERS = {
    "all-to-all": traffic.all_to_all,
    "ring": traffic.ring,
    "rails": traffic.rail_ring,
    "longest": traffic.longest_matching,
}


@dataclass(frozen=True)
class Choice:
    """Who sends to whom, and over which ways.

    Attributes
    ----------
    pattern : str
    routing : str
    seed : int
        Of the random permutation.
    hosts : tuple of int
        Devices of the topology that take part; all if it is empty.
    table : Delimited, optional
        For the pattern `matrix`.
    names : tuple of str
        Of each device of the topology, as the table calls them.
    """

    pattern: Pattern = "all-to-all"
    routing: Routing = "ecmp"
    seed: int = 0
    hosts: tuple[int, ...] = ()
    table: Delimited | None = None
    names: tuple[str, ...] = ()

    @property
    def traffic(self) -> Traffic:
        """Return what makes the pattern of a topology."""
        if self.pattern == "matrix":
            if self.table is None:
                raise EngineError("no table of traffic was read", cure="Choose a CSV file")
            return partial(_of_table, self.table, self.names)
        hosts = np.array(self.hosts, np.int64) if self.hosts else None
        if self.pattern == "permutation":
            return lambda topology: traffic.permutation(topology, self.seed, hosts)
        maker = _MAKERS[self.pattern]
        return lambda topology: maker(topology, hosts)

    def load(self, topology: Topology, progress: Progress | None = None) -> Load:
        """Return the load of a network under this traffic."""
        route = one_more_hop if self.routing == "longer" else ecmp
        return route(topology, self.traffic(topology), progress)

    @property
    def words(self) -> str:
        """How people call it."""
        what = PATTERNS[self.pattern]
        if self.pattern == "permutation":
            what = f"{what} {self.seed}"
        among = f" among {len(self.hosts):,} hosts" if self.hosts else ""
        return f"{what}{among}, {ROUTINGS[self.routing]}"


def _of_table(table: Delimited, names: Sequence[str], topology: Topology) -> Demand:
    return traffic_of(table, topology, names)


def short_names(tags: Sequence[str]) -> tuple[str, ...]:
    """Return the last part of each tag where no other has the same, else the whole of it.

    Examples
    --------
    >>> short_names(("r1/a", "r2/a", "r2/b"))
    ('r1/a', 'r2/a', 'b')
    """
    last = [tag.rpartition("/")[2] for tag in tags]
    often = Counter(last)
    return tuple(name if often[name] == 1 else tag for name, tag in zip(last, tags, strict=True))


@dataclass(frozen=True, eq=False)
class Trial:
    """What comes of a set of failures under some traffic.

    Attributes
    ----------
    failure : Failure
    left : ndarray of int64, shape (m,)
        Links left of each trunk.
    outcome : Outcome or None
        None where nothing fails.
    load : Load or None
        Of what is left; None if it was not asked for.
    throughput : float
        Of the whole network before anything failed; NaN where nothing fails.
    """

    failure: Failure
    left: Rows
    outcome: Outcome | None
    load: Load | None
    throughput: float = float("nan")


class Trials:
    """Tries failures and traffic on one network; what is common to several is kept."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._baselines: dict[Choice, Baseline] = {}

    def baseline(self, choice: Choice) -> Baseline:
        """Return the whole network under some traffic, by equal split over shortest ways."""
        key = replace(choice, routing="ecmp")
        if key not in self._baselines:
            if len(self._baselines) > 4:
                self._baselines.clear()
            self._baselines[key] = Baseline(self.topology, key.traffic)
        return self._baselines[key]

    def attempt(
        self, failure: Failure, judged: Choice, loaded: Choice | None, progress: Progress | None = None
    ) -> Trial:
        """Let parts fail.

        Parameters
        ----------
        failure : Failure
        judged : Choice
            Traffic that losses are measured with.
        loaded : Choice, optional
            Traffic whose load is wanted.
        """
        left, _ = left_after(self.topology, failure)
        outcome, before = None, float("nan")
        if failure.devices or failure.links:
            base = self.baseline(judged)
            outcome, before = base.outcome(failure), base.throughput
        if progress is not None:
            progress(0, 1, "Load")
        load = None
        if loaded is not None:
            load = loaded.load(replace(self.topology, count=left), progress)
        return Trial(failure, left, outcome, load, before)
