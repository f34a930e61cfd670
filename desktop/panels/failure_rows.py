"""The lines of the failures panel: what fails, as people read it, and what it costs."""

from __future__ import annotations

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
    "What fails", "Kind", "Alike", "GPUs cut off", "GPUs reduced",
    "Network carries", "Hosts get", "Worst host",
)  # fmt: skip
WIDTHS = (200, 56, 52, 88, 96, 110, 76, 80)
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

    def device(self, row: int) -> str:
        """Return the name of a device of the topology."""
        return self._project.names_along(self._top, self._graph.paths[row])[-1]

    def failure(self, failure: Failure) -> str:
        """Return what fails."""
        if failure.kind == "optic":
            links = sum(lost for _, lost in failure.links)
            ends = {row for trunk, _ in failure.links for row in self._ends(trunk)} - {failure.at}
            far = self.device(min(ends)) if len(ends) == 1 else f"{len(ends)} devices"
            noun = "link" if links == 1 else "links"
            return f"Optic or plug in {self.device(failure.at)} to {far}, {links} {noun}"
        if failure.links:
            trunk, lost = failure.links[0]
            names = " – ".join(self.device(row) for row in self._ends(trunk))
            return f"{names}, {'one link' if failure.kind == 'link' else f'all {lost} links'}"
        if failure.kind == "plane":
            paths = frozenset(self._graph.paths[row] for row in failure.devices)
            return self._lanes.get(paths, f"plane of {self.device(failure.devices[0])}")
        return self.device(failure.devices[0])

    def _ends(self, trunk: int) -> tuple[int, int]:
        drawn = self._view.what_if.drawn
        assert drawn is not None
        return int(drawn.topology.a[trunk]), int(drawn.topology.b[trunk])


def row_of(namer: Namer, outcome: Outcome) -> Row:
    """Return the line of one failure."""
    failure = outcome.failure
    cut, fewer = outcome.accelerators_cut_off, outcome.accelerators_reduced
    shares = outcome.bandwidth_left, host_share(outcome), outcome.worst_left
    keys = (namer.failure(failure), failure.kind, outcome.alike, cut, fewer, *shares)
    numbers = (f"{outcome.alike:,}", f"{cut:,.0f}", f"{fewer:,.0f}", *(percent(share) for share in shares))
    cells = (keys[0], failure.kind, *numbers)
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
