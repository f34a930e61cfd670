"""The lines of the failures panel: what fails, as people read it, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.drawing.fabric_load import percent
from desktop.panels.rows import Row
from desktop.views.failure_words import CARRIES, GET, host_share

if TYPE_CHECKING:
    from core.drawing.fabric_graph import FabricGraph
    from core.engine.failures.cases import Failure
    from core.engine.failures.chance import RandomFailures
    from core.engine.failures.outcome import Outcome
    from desktop.views.network import NetworkView

COLUMNS = (
    "What fails", "Alike", "GPUs cut off", "GPUs reduced",
    "Network carries", "Hosts get", "Worst host", "Kind",
)  # fmt: skip
WIDTHS = (196, 42, 80, 88, 98, 64, 72, 60)
MOST_NAMED = 2
"""Devices at the other ends of an optic that are named."""
TIPS = {
    "Alike": "Single failures with the same outcome, this one included",
    "Network carries": CARRIES,
    "Hosts get": GET,
    "Worst host": "What the host that is left the least can send, over that before",
}


class Namer:
    """Names of devices and trunks of a fabric, as people read them."""

    def __init__(self, view: NetworkView, graph: FabricGraph) -> None:
        assert view.document is not None
        self._view, self._graph = view, graph
        self._project, self._top = view.document.project, view.document.top
        self._lanes = {frozenset(paths): name for name, paths in view.lanes()}

    def device(self, row: int, *, in_full: bool = False) -> str:
        """Return the name of a device of the topology, in full with all that it stands in."""
        names = self._project.names_along(self._top, self._graph.paths[row])
        return " / ".join(names) if in_full else names[-1]

    def failure(self, failure: Failure, *, in_full: bool = False) -> str:
        """Return what fails; in full it says where devices stand, how many links, their rate."""

        def name(row: int) -> str:
            return self.device(row, in_full=in_full)

        if failure.kind == "optic":
            ends = sorted({row for trunk, _ in failure.links for row in self._ends(trunk)} - {failure.at})
            far = [name(row) for row in ends]
            if len(far) > MOST_NAMED:
                far = [*far[:MOST_NAMED], f"{len(far) - MOST_NAMED:,} more"]
            links = sum(lost for _, lost in failure.links)
            count = f", {links} {'link' if links == 1 else 'links'}" if in_full else ""
            return f"Optic in {name(failure.at)} to {' and '.join(far)}{count}"
        if failure.links:
            trunk, lost = failure.links[0]
            names = " – ".join(name(row) for row in self._ends(trunk))
            rate = f" of {self._rate(trunk):g}G" if in_full else ""
            return f"{names}, {'one link' if failure.kind == 'link' else f'all {lost} links'}{rate}"
        if failure.kind == "plane":
            paths = frozenset(self._graph.paths[row] for row in failure.devices)
            lane = self._lanes.get(paths, "")
            if not lane:
                return f"plane of {name(failure.devices[0])}"
            switches = name(failure.devices[0]) if len(paths) == 1 else f"{len(paths):,} switches"
            return f"{lane} ({switches})"
        return name(failure.devices[0])

    def _rate(self, trunk: int) -> float:
        drawn = self._view.what_if.drawn
        assert drawn is not None
        return float(drawn.topology.gbps[trunk])

    def _ends(self, trunk: int) -> tuple[int, int]:
        drawn = self._view.what_if.drawn
        assert drawn is not None
        return int(drawn.topology.a[trunk]), int(drawn.topology.b[trunk])


def rows_of(namer: Namer, outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the lines of some failures; those that would read the same are named in full."""
    names = [namer.failure(outcome.failure) for outcome in outcomes]
    often = Counter(names)
    return [
        _row_of(namer.failure(outcome.failure, in_full=True) if often[name] > 1 else name, outcome)
        for name, outcome in zip(names, outcomes, strict=True)
    ]


def _row_of(name: str, outcome: Outcome) -> Row:
    failure = outcome.failure
    cut, fewer = outcome.accelerators_cut_off, outcome.accelerators_reduced
    shares = outcome.bandwidth_left, host_share(outcome), outcome.worst_left
    keys = (name, outcome.alike, cut, fewer, *shares, failure.kind)
    numbers = (f"{outcome.alike:,}", f"{cut:,.0f}", f"{fewer:,.0f}", *(percent(share) for share in shares))
    cells = (name, *numbers, failure.kind)
    return Row(cells, keys, failure, f"{cells[0]}: click to break it in the network")


def noun_of(view: NetworkView) -> str:
    """Return what is counted in the fabric of a view: its accelerators or, if it has none, its hosts."""
    drawn = view.what_if.drawn
    return "GPU" if drawn is not None and drawn.topology.accelerators.any() else "Host"


def random_words(found: RandomFailures, noun: str) -> str:
    """Return what is left after failures at random."""
    left, cut = found.bandwidth_left, found.accelerators_cut_off
    interval = f"{percent(max(left.low, 0.0))} to {percent(min(left.high, 1.0))}"
    return (
        f"{found.failed:,} of {found.of:,} fail: network carries {percent(left.mean)} of before "
        f"({interval} at 95 % confidence), "
        f"{cut.mean:,.1f} {noun if noun == 'GPU' else noun.lower()}s cut off, at worst {cut.most:,.0f}"
    )
