"""A fabric in which things are taken for failed, to see what is cut off and what is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF
from PySide6.QtWidgets import QWidget

from core.errors import EditError
from core.model.records import Device, Instance, Link
from desktop.canvas.broken import Broken, NodeMark
from desktop.views.load_view import LoadView
from desktop.views.view import box_shape
from desktop.views.what_if import Cable, places

if TYPE_CHECKING:
    from core.engine.failures.cases import Failure
    from desktop.canvas.pointer import Pointer

MOST_LOOKED_AT = 20
"""Things of the selection that are looked at to see whether they can fail."""
MOST_MARKED = 400
"""Lines of failed links that are marked one by one; the rest is only dashed."""


class BreakView(LoadView):
    """A fabric, and what if parts of it failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.broken = Broken()
        self.scene().addItem(self.broken)

    # What fails.

    def paths_at(self, at: Pointer) -> list[str]:
        """Return all that a click at a point selects."""
        raise NotImplementedError

    def break_at(self, at: Pointer) -> None:
        """Take what is at a point for failed, or for whole again; with Shift one cable of a link."""
        if self.picture is None:
            return
        # Plates lie over the lines.
        name = self._plate_at(at) if self.picture.node_at(at.x, at.y) is None else ""
        if name:
            devices, cables = next((paths for lane, paths in self.lanes() if lane == name), []), []
        else:
            devices, cables = self.things_of(self.paths_at(at))
        if not devices and not cables:
            return
        if at.is_shifted and cables:
            cables = [cable for cable in cables if cable not in self.what_if.cables][:1] or cables
        self.said.emit(self.toggle(devices, cables))

    def _plate_at(self, at: Pointer) -> str:
        assert self.picture is not None
        for (left, low, width, height), name in self.picture.drawn.plates:
            if left <= at.x <= left + width and low <= at.y <= low + height:
                return name
        return ""

    def why_not_fail(self) -> str:
        """Return why nothing that is selected can be taken for failed, as far as that is told at a glance."""
        return "" if self._selected(Device, Instance, Link) else "select a switch, a host, a rack or a link"

    def why_not_cable(self) -> str:
        """Return why no cable of what is selected can be taken for failed."""
        return "" if self._selected(Link) else "select a link or a bundle"

    def _selected(self, *kinds: type) -> bool:
        """Tell whether the first things that are selected are of some kinds; of links, for data."""
        if self.document is None:
            return False
        project, top = self.document.project, self.document.top
        for path in self.document.selection.paths[:MOST_LOOKED_AT]:
            record = project.resolve(top, path)
            if isinstance(record, kinds) and getattr(record, "layer", "data") == "data":
                return True
        return False

    def _fabric_of_selection(self) -> list[str]:
        """Return the fabrics that what is selected first is in, the one shown first."""
        assert self.document is not None
        self.ensure_drawn()
        if self._graphs is None:
            return []
        project, top = self.document.project, self.document.top
        snap = self._graphs.snapshot
        for path in self.document.selection.paths[:MOST_LOOKED_AT]:
            record = project.resolve(top, path)
            if isinstance(record, Link):
                if record.layer == "data":
                    return [record.fabric]
                continue
            if record is None:
                continue
            order = sorted((f for f, _ in self.fabrics()), key=lambda f: f != self.fabric)
            if isinstance(record, Device):
                row = snap.flat.device_row(path)
                nets = [(f, self._graphs.drawn(f)) for f in order]
                found = [f for f, net in nets if net is not None and (net.topology.rows == row).any()]
            else:
                graph, _ = self._graphs.of(self.fabric, self.role)
                found = [self.fabric] if len(graph.inside(path)) else []
            if found:
                return found
        return []

    def fail_selected(self) -> str:
        """Take what is selected for failed, or for whole again if all of it is; return it in words."""
        reason, found = self.why_not_fail(), self._fabric_of_selection()
        if reason or not found:
            raise EditError(reason or "nothing that is selected has data links")
        fabric = found[0]
        if fabric != self.fabric:
            self.show_fabric(fabric)
        self.ensure_drawn()
        return self.toggle(*self.picked())

    def toggle(self, devices: Sequence[str], cables: Sequence[Cable]) -> str:
        """Take things for failed, or for whole again if all of them are failed; return it in words."""
        held = self.what_if
        if held.devices.keys() >= set(devices) and held.cables.keys() >= set(cables):
            held.restore(devices, cables)
            return f"Restored: {self.failed_words(devices, cables)}"
        held.fail(devices, cables)
        return f"What if: {self.failed_words(devices, cables)} failed"

    def failed_words(self, devices: Collection[str], cables: Collection[Cable]) -> str:
        """Return what some things are: the rail or plane whose switches they are, a device, or how many."""
        if not cables and devices and self.document is not None:
            lane = next((name for name, paths in self.lanes() if set(paths) == set(devices)), "")
            label = self.document.label_of(next(iter(devices))) if len(devices) == 1 else ""
            if lane:
                return f"{lane} ({label or f'{len(devices):,} switches'})"
            if label:
                return label
        return things_words(len(devices), len(cables))

    def fail_one_cable(self) -> str:
        """Take one more cable of the selected link or bundle for failed."""
        _, cables = self.picked()
        left = [cable for cable in cables if cable not in self.what_if.cables]
        if not left:
            raise EditError("all cables of it have failed" if cables else "select a link or a bundle")
        return self.toggle([], left[:1])

    def lanes(self) -> list[tuple[str, list[str]]]:
        """Return the rails and planes of the fabric, and the paths of the switches of each."""
        if self._graphs is None or self.document is None:
            return []
        _, lanes = self._graphs.of(self.fabric, self.role)
        found = [(name, self._switches_of(number)) for number, name in enumerate(lanes.names)]
        return [lane for lane in found if lane[1]]

    def _switches_of(self, lane: int) -> list[str]:
        assert self._graphs is not None
        graph, lanes = self._graphs.of(self.fabric, self.role)
        rows = np.flatnonzero((lanes.device_lane == lane) & (graph.tier > 0)).tolist()
        return [graph.paths[i] for i in rows]

    def lane_of_selection(self) -> tuple[str, list[str]] | None:
        """Return the rail or plane of the switch that is selected first, if it has one."""
        if self._graphs is None or self.document is None or not self.document.selection.paths:
            return None
        graph, lanes = self._graphs.of(self.fabric, self.role)
        device = graph.index_of(self.document.selection.paths[0])
        lane = int(lanes.device_lane[device]) if device >= 0 and graph.tier[device] > 0 else -1
        return (lanes.names[lane], self._switches_of(lane)) if lane >= 0 else None

    def break_failure(self, failure: Failure) -> None:
        """Take just what the engine names for failed."""
        assert self.picture is not None
        devices, cables = self.what_if.things_of(failure, self.picture.link_paths)
        self.what_if.fail_only(devices, cables)

    def show_broken(self) -> None:
        """Mark what failed, what is cut off and what is slower."""
        picture = self.picture
        if picture is None or not self.what_if.is_broken:
            self.broken.show_marks([], [])
            return
        marks = [mark for mark in self._marks() if mark.sentence]
        self.broken.show_marks(marks, self._failed_lines())

    def _marks(self) -> list[NodeMark]:
        picture, held = self.picture, self.what_if
        assert picture is not None
        graph, n = picture.graph, len(picture.map.nodes)
        failed = [i for path in held.devices if (i := graph.index_of(path)) >= 0]
        groups: list[list[int]] = [failed, [], [], []]
        outcome = held.trial.outcome if held.trial is not None else None
        if outcome is not None:
            for place, rows in enumerate((outcome.cut_off, outcome.reduced, outcome.isolated), 1):
                groups[place] = places(graph.rows, rows).tolist()
        counts = [np.bincount(picture.node_of[group], minlength=n) if group else np.zeros(n, np.int64)
                  for group in groups]  # fmt: skip
        return [
            NodeMark(box_shape(*picture.box(node)).boundingRect(), node.count, *(int(c[row]) for c in counts))
            for row, node in enumerate(picture.map.nodes)
        ]

    def _failed_lines(self) -> list[QLineF]:
        """Return the lines of links that failed by themselves."""
        picture, held = self.picture, self.what_if
        assert picture is not None
        if not held.cables:
            return []
        found = []
        down = {i for path in held.devices if (i := picture.graph.index_of(path)) >= 0}
        for at, bundle in enumerate(picture.map.bundles):
            trunks = [k for k in bundle.trunks if self._lost[k]] if len(self._lost) else []
            ends = ((int(picture.graph.a[k]), int(picture.graph.b[k])) for k in trunks)
            if any(not down.intersection(pair) for pair in ends):
                x1, y1, x2, y2 = picture.lines[at].tolist()
                found.append(QLineF(x1, -y1, x2, -y2))
        return found[:MOST_MARKED]

    # In words.

    def node_facts(self, key: str) -> str:
        """Return what failed or is cut off in a box, in words."""
        picture = self.picture
        if picture is None or not self.what_if.is_broken:
            return ""
        marks = {node.key: mark for node, mark in zip(picture.map.nodes, self._marks(), strict=True)}
        return marks[key].sentence if key in marks else ""


def things_words(devices: int, cables: int) -> str:
    """Return how many things there are.

    Examples
    --------
    >>> things_words(1, 0), things_words(2, 3)
    ('1 device', '2 devices and 3 cables')
    """
    parts = [
        f"{number:,} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((devices, "device"), (cables, "cable"))
        if number
    ]
    return " and ".join(parts) or "nothing"
