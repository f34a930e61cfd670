"""Marks of what is otherwise in the fabric that is drawn: cables more and fewer, devices new and gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from desktop.canvas.change_marks import ChangeMark, MarkState
from desktop.views.view import box_shape

if TYPE_CHECKING:
    from core.drawing.fabric_graph import FabricGraph
    from core.engine.comparison import Named
    from core.model.project import Project
    from desktop.views.network import NetworkView
    from desktop.views.network_picture import Picture

GAP = 0.3
"""Between a tier and what was removed from it, in widths of its ghost."""


def network_marks(view: NetworkView, before: Named, cabled: Mapping[str, set[str]]) -> list[ChangeMark]:
    """Return the marks of the fabric that is drawn.

    Parameters
    ----------
    view : NetworkView
    before : Named
        The design that counts as before.
    cabled : mapping of str to set of str
        Links that are otherwise, by the path of each device at their ends.
    """
    from core.drawing.fabric_graph import fabric_graph

    now = view.whole_graph()
    if view.picture is None or now is None or view.document is None:
        return []
    of = before.of
    then = fabric_graph(of.snapshot, of.network, of.cabling.classes, view.fabric)
    projects = before.project, view.document.project
    return [
        *_lines(view.picture, then, now),
        *_boxes(view.picture, then, projects, cabled),
        *_gone(view.picture, then, now),
    ]


def _lines(picture: Picture, then: FabricGraph, now: FabricGraph) -> list[ChangeMark]:
    """Return the marks of bundles with other cables than before; of those that are gone where they were."""
    from core.explore.placed_changes import trunk_changes

    more: dict[tuple[int, int], list[int]] = {}
    for (a, b), number in trunk_changes(then, now).items():
        ends = [picture.graph.index_of(path) for path in (a, b)]
        if min(ends) < 0:
            continue
        one, other = sorted(int(picture.node_of[end]) for end in ends)
        if one != other and one >= 0:
            sums = more.setdefault((one, other), [0, 0])
            sums[number < 0] += abs(number)
    found = []
    for (one, other), (added, removed) in more.items():
        bundles = picture.between(picture.map.nodes[one].members[0], picture.map.nodes[other].members[0])
        if bundles:
            x1, y1, x2, y2 = picture.lines[bundles[0]].tolist()
            line = QLineF(x1, -y1, x2, -y2)
        else:
            boxes = [box_shape(*picture.box(picture.map.nodes[row])).boundingRect() for row in (one, other)]
            line = _between(*boxes)
        state: MarkState = "changed" if added and removed else "added" if added else "removed"
        words = " ".join(f"{sign}{n:,}" for sign, n in (("+", added), ("−", removed)) if n)
        at = QRectF(line.p1(), line.p2()).normalized().adjusted(-1, -1, 1, 1)
        found.append(ChangeMark(state, at, words if state == "changed" else words[1:], line))
    return found


def _between(one: QRectF, other: QRectF) -> QLineF:
    """Return a line from box to box, of tiers from one to the next."""
    upper, lower = sorted((one, other), key=lambda box: box.top())
    if upper.bottom() > lower.top():
        return QLineF(one.center(), other.center())
    low, high = QPointF(upper.center().x(), upper.bottom()), QPointF(lower.center().x(), lower.top())
    return QLineF(low, high)


def _boxes(
    picture: Picture, then: FabricGraph, projects: tuple[Project, Project], cabled: Mapping[str, set[str]]
) -> list[ChangeMark]:
    """Return the marks of boxes with devices that are new, changed, or cabled otherwise."""
    from core.explore.placed_changes import is_changed

    graph, found = picture.graph, []
    states = np.zeros(len(graph), np.int64)
    for at, path in enumerate(graph.paths):
        old = then.index_of(path)
        if old < 0:
            states[at] = 1
        elif is_changed(*projects, path):
            states[at] = 2
        elif path in cabled:
            states[at] = 3
    for node in picture.map.nodes:
        mine = states[list(node.members)]
        touched = int(np.count_nonzero(mine))
        if touched:
            kinds = set(mine[mine > 0].tolist())
            state: MarkState = "added" if (mine == 1).all() else "cabled" if kinds == {3} else "changed"
            words = f"{touched:,} of {node.count:,}" if node.count > 1 else ""
            box = box_shape(*picture.box(node)).boundingRect()
            found.append(ChangeMark(state, box, words, path=node.path))
    return found


def _gone(picture: Picture, then: FabricGraph, now: FabricGraph) -> list[ChangeMark]:
    """Return a ghost beside each tier that has lost devices."""
    kept = set(now.paths)
    by_tier: dict[int, list[str]] = {}
    for path, tier in zip(then.paths, then.tier.tolist(), strict=True):
        if path not in kept:
            by_tier.setdefault(tier, []).append(path)
    found = []
    for tier, paths in by_tier.items():
        nodes = [node for node in picture.map.nodes if node.tier == tier] or list(picture.map.nodes)
        if not nodes:
            continue
        x, y, width, height = max(picture.box(node) for node in nodes)
        narrow = min(width, height)
        ghost = box_shape(x + width + GAP * narrow, y, narrow, height).boundingRect()
        found.append(ChangeMark("removed", ghost, f"{len(paths):,}", path=paths[0]))
    return found
