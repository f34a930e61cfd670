"""What the devices, trunks and failures of a fabric are called on the sheets that measure it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from core.drawing.fabric_graph import FabricGraph, fabric_graph
from core.drawing.fabric_lanes import Lanes, lanes_of
from core.drawing.schematic import tier_name
from core.engine.evaluation import Evaluation
from core.engine.failures.cases import Failure
from core.engine.network import FabricResult
from core.report.context import Context
from core.report.values import count

KINDS = {
    "switch": "Switch", "link": "Link", "trunk": "All links", "plane": "Plane", "optic": "Optic",
    "set": "Set",
}  # fmt: skip


class FabricNames:
    """Names within one fabric."""

    def __init__(self, context: Context, evaluation: Evaluation, result: FabricResult) -> None:
        self._context, self._of, self._result = context, evaluation, result

    @cached_property
    def noun(self) -> str:
        """What is cut off and kept: accelerators, or hosts where none has any."""
        return "GPU" if self._result.drawn.topology.accelerators.any() else "host"

    def row(self, row: int) -> str:
        """Return the tag of a device of the design."""
        path = self._of.snapshot.device_path(row)
        found = self._context.placement.device(path)
        return found.tag if found is not None else path

    def device(self, index: int) -> str:
        """Return the tag of a device of the fabric's topology."""
        return self.row(int(self._result.drawn.topology.rows[index]))

    def trunk(self, index: int) -> str:
        """Return both ends of a trunk, the lower tier first."""
        net = self._result.drawn.topology
        a, b = int(net.a[index]), int(net.b[index])
        if net.tier[a] > net.tier[b]:
            a, b = b, a
        return f"{self.device(a)} to {self.device(b)}"

    def tiers(self, low: int, high: int) -> str:
        """Return between which tiers a trunk is."""
        return f"{tier_name(low)} to {tier_name(high)}"

    def failure(self, failure: Failure) -> str:
        """Return what fails, the kind apart (`KINDS`)."""
        net = self._result.drawn.topology
        if failure.kind == "plane":
            return f"{self._lane(failure)}: {count(len(failure.devices))} switches"
        if failure.kind == "optic":
            return f"In {self.device(failure.at)}: {self._lost(failure)}"
        if failure.kind == "link":
            whole = int(net.count[failure.links[0][0]])
            return f"{self.trunk(failure.links[0][0])}{f', 1 of {count(whole)}' if whole > 1 else ''}"
        if failure.kind == "trunk":
            trunk, lost = failure.links[0]
            return f"{self.trunk(trunk)}, all {count(lost)}"
        return ", ".join(self.device(row) for row in failure.devices)

    def _lost(self, failure: Failure) -> str:
        """Return the links that an optic takes with it."""
        net, said = self._result.drawn.topology, []
        for trunk, lost in failure.links:
            far = int(net.b[trunk]) if int(net.a[trunk]) == failure.at else int(net.a[trunk])
            said.append(f"{count(lost)} {'link' if lost == 1 else 'links'} to {self.device(far)}")
        return ", ".join(said)

    def _lane(self, failure: Failure) -> str:
        """Return the name that the drawing has for what stands in a plane."""
        lanes, graph = self._lanes
        rows = self._result.drawn.topology.rows[list(failure.devices)]
        found = np.unique(lanes.device_lane[np.searchsorted(graph.rows, rows)]).tolist()
        if len(found) == 1 and found[0] >= 0:
            return lanes.names[int(found[0])]
        plane = int(self._result.drawn.topology.plane[failure.devices[0]])
        return f"Plane {chr(ord('A') + plane)}"

    @cached_property
    def _lanes(self) -> tuple[Lanes, FabricGraph]:
        of, fabric = self._of, self._result.fabric
        graph = fabric_graph(of.snapshot, of.network, of.cabling.classes, fabric)
        record = self._context.project.fabrics.get(fabric)
        return lanes_of(graph, record.role if record is not None else "compute"), graph
