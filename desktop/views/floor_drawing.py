"""The plan of a floor block made ready for the screen, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from core.drawing.absent import absent_places
from core.drawing.airflow import floor_air
from core.drawing.batch import Level, concatenate
from core.drawing.colour_schemes import NONE_HATCH, NONE_STYLE, Colouring, summary_of, value_text
from core.drawing.colour_values import rack_rows
from core.drawing.columns import hatch_lines, line_batch, rect_batch
from core.drawing.plan import Footprints, footprints, plan
from core.drawing.plan_names import Content, close_up, content_of, far_names, names_on
from core.drawing.plan_pathways import draw_edges
from core.drawing.plan_rows import rows_of
from core.drawing.underlays import underlay_lines, underlay_pictures
from core.model.project import Project, Reader
from desktop.canvas.pictures import Shown, shown
from desktop.canvas.prepared import Prepared, below, piled, prepare, raised, together

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

TEXT_SCALE = 90.0
"""Names come out as on a print at 1:90."""
THINGS_RANK = 4
"""Where the things are painted: above grid and areas, below dimensions."""
OVER_RANK = 20
"""Where air and cables are painted: above everything."""
HATCH_MM = 170.0
"""Distance of the lines on what has no value."""
MOST_CLOSE = 700
"""Racks whose contents are drawn at once."""
AROUND = 0.5
"""How much more than the window is drawn from near by, so that a pan need not draw anew."""


class FloorDrawing:
    """What stands on one floor block, and the drawings of it that are kept."""

    def __init__(self, project: Project, block: str, *, marks: bool) -> None:
        self.project, self.block = project, block
        self.things: Footprints = footprints(project, block)
        count = len(self.things)
        corners = self.things.corners
        self.low: NDArray[np.float64] = corners.min(axis=1) if count else np.zeros((0, 2))
        self.high: NDArray[np.float64] = corners.max(axis=1) if count else np.zeros((0, 2))
        self.first: dict[str, list[int]] = {}
        """Rows by the first step of their paths."""
        for row, path in enumerate(self.things.paths):
            self.first.setdefault(path.partition("/")[0], []).append(row)
        self.absent: dict[str, QRectF] = {
            path: QRectF(x0, -y1, x1 - x0, y1 - y0)
            for path, (x0, y0, x1, y1) in absent_places(project, block).items()
        }
        """Places of what is absent, in scene coordinates, by path."""
        under, self.pictures = _lying_below(project, block)
        """What lies below all else."""
        self.is_bare = not count and not project.areas(block) and not self.absent
        self.is_bare &= not project.rows("pathways", block)
        """Whether nothing stands here, whatever lies below."""
        self.is_empty = self.is_bare and under.is_empty and not self.pictures
        self.base = under
        if not self.is_bare:
            drawn = plan(project, block, scale=TEXT_SCALE, marks=marks, things=self.things, names=False)
            layers = [prepare(layer) for layer in drawn.layers]
            if not marks:
                layers = [Prepared(), *layers]
            self.base = below(under, piled(layers))
        self._contents: dict[str, tuple[tuple[int, int], Content]] = {}
        self._rows: tuple[object, str, NDArray[np.intp], NDArray[np.intp]] | None = None
        self._close: tuple[tuple[float, float, float, float], Prepared] | None = None
        self._words: Callable[[int], Sequence[str]] = lambda row: [self.things.names[row]]
        self._neutral = False

    def far(self, colouring: Colouring | None) -> Prepared:
        """Return the names of blocks and rows for one who is far away; coloured ones say what they are."""
        if not len(self.things):
            return Prepared()
        rows = rows_of(self.things.corners[self.things.is_rack])
        note_of = None if colouring is None else lambda members: summary_of(colouring, members)
        return prepare(far_names(self.things, rows, note_of), Level.FAR)

    @cached_property
    def pathways(self) -> Prepared:
        """The edges of the pathways, which run over racks whatever their colour."""
        return prepare(draw_edges(self.project, self.block, TEXT_SCALE))

    def names(self, second: Sequence[str] | None) -> Prepared:
        """Return the names of the things, with a second text on each if there is one."""
        racks, others = names_on(self.things, TEXT_SCALE, second)
        # From near by the names of racks are part of what is written about their contents.
        return together([prepare(racks, Level.NEAR), prepare(others)])

    def coloured(self, colouring: Colouring) -> Prepared:
        """Return the things in the colours of a property."""
        rects = np.hstack([self.low, self.high - self.low])
        styles = [entry.style for entry in colouring.entries]
        parts = []
        for code in np.unique(colouring.codes).tolist():
            rows = np.flatnonzero(colouring.codes == code).astype(np.int32)
            parts.append(rect_batch(rects[rows], NONE_STYLE if code < 0 else styles[code], owners=rows))
            if code < 0:
                parts.append(line_batch(hatch_lines(rects[rows], HATCH_MM), NONE_HATCH))
        return raised(prepare(concatenate(parts)), THINGS_RANK) if parts else Prepared()

    def masses(self) -> Prepared:
        """Return the racks in the colours of what there is most of in them, for one who is far away."""
        racks = np.flatnonzero(self.things.is_rack)
        styles = np.array([self._content(self.things.blocks[row]).style for row in racks.tolist()])
        rects = np.hstack([self.low, self.high - self.low])
        parts = [
            rect_batch(rects[rows], style, owners=rows)
            for style in np.unique(styles).tolist()
            for rows in (racks[styles == style].astype(np.int32),)
        ]
        return raised(prepare(concatenate(parts), Level.FAR), THINGS_RANK) if parts else Prepared()

    def air(self) -> Prepared:
        """Return arrows where racks take air in and blow it out."""
        return raised(prepare(floor_air(self.project, self.things)), OVER_RANK)

    def cables(self, project: Reader, evaluation: Evaluation, prefix: str, chosen: Sequence[str]) -> Prepared:
        """Return the cables between the things, or those of the chosen ones."""
        from core.drawing.floor_cables import floor_cables

        racks, devices = self.snapshot_rows(evaluation, prefix)
        rows: set[int] | None = None
        if chosen:
            inside = [path[len(prefix) :] for path in chosen if path.startswith(prefix)]
            rows = {row for span in self.spans_of(inside) for row in range(*span)}
        far, near = floor_cables(project, evaluation.snapshot, self.things, racks, devices, rows)
        return raised(together([prepare(far, Level.FAR), prepare(near)]), OVER_RANK)

    def snapshot_rows(self, evaluation: Evaluation, prefix: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of the things in an evaluation, as racks and as devices."""
        flat = evaluation.snapshot.flat
        if self._rows is None or self._rows[0] is not flat.structure or self._rows[1] != prefix:
            found = rack_rows(flat, [prefix + path for path in self.things.paths])
            self._rows = (flat.structure, prefix, *found)
        return self._rows[2], self._rows[3]

    # What is where.

    @cached_property
    def _spans(self) -> dict[str, tuple[int, int]]:
        """First and last row (exclusive) of each thing and each block; the rows of a block are contiguous."""
        found: dict[str, tuple[int, int]] = {}
        for row, path in enumerate(self.things.paths):
            found[path] = (row, row + 1)
            while "/" in path:
                path = path.rpartition("/")[0]
                found[path] = (found.get(path, (row, 0))[0], row + 1)
        return found

    def spans_of(self, paths: Iterable[str]) -> list[tuple[int, int]]:
        """Return the rows of things and blocks; of a device or link in a rack those of the rack."""
        known, found = self._spans, {}
        for path in paths:
            span = known.get(path)
            if span is None:
                holder = path.rpartition("/")[0]
                span = known.get(holder)
                if span is None or self.things.paths[span[0]] != holder:
                    continue
            found[span] = None
        return list(found)

    def boxes_of(self, paths: Iterable[str]) -> NDArray[np.float64]:
        """Return x, y, width, height in scene coordinates of things and of blocks as a whole."""
        spans = self.spans_of(paths)
        if not spans:
            return np.zeros((0, 4))
        first = np.array([span[0] for span in spans])
        if all(stop - start == 1 for start, stop in spans):
            low, high = self.low[first], self.high[first]
        else:
            low = np.array([self.low[start:stop].min(axis=0) for start, stop in spans])
            high = np.array([self.high[start:stop].max(axis=0) for start, stop in spans])
        return np.column_stack([low[:, 0], -high[:, 1], high - low])

    # From near by.

    def summary(self, row: int, path: str, evaluation: Evaluation | None) -> list[str]:
        """Return lines on a rack: units used, power, what there is most of."""
        lines = []
        if evaluation is not None:
            rack = int(rack_rows(evaluation.snapshot.flat, [path])[0][0])
            if rack >= 0:
                used, total = (
                    evaluation.space.rack_used_hu[rack] / 2,
                    evaluation.space.rack_total_hu[rack] / 2,
                )
                watts = float(evaluation.power.rack_max_w[rack])
                lines = [f"{used:g} of {total:g} U · {value_text(watts / 1e3, 'kW')}"]
        return [*lines, self._content(self.things.blocks[row]).most]

    def _content(self, block: str) -> Content:
        version = self.project.version("devices", block), self.project.version("types")
        kept = self._contents.get(block)
        if kept is None or kept[0] != version:
            kept = self._contents[block] = (version, content_of(self.project, block))
        return kept[1]

    def say(self, words: Callable[[int], Sequence[str]], *, neutral: bool) -> None:
        """Set what is written on a rack from near by, and whether colours mean something else."""
        self._words, self._neutral, self._close = words, neutral, None

    def close(self, window: tuple[float, float, float, float], scale: float, least: float) -> Prepared | None:
        """Return the contents of the racks in a window of the scene, if one is near enough to see them."""
        if scale < least or not len(self.low):
            return None
        if self._close is not None and _holds(self._close[0], window):
            return self._close[1]
        dx, dy = AROUND * (window[2] - window[0]), AROUND * (window[3] - window[1])
        area = (window[0] - dx, window[1] - dy, window[2] + dx, window[3] + dy)
        rows = self._racks_in(area)
        if len(rows) > MOST_CLOSE:
            area, rows = window, self._racks_in(window)[:MOST_CLOSE]
        contents = {block: self._content(block) for block in {self.things.blocks[row] for row in rows}}
        batch = close_up(self.things, rows, contents, self._words, neutral=self._neutral)
        self._close = (area, raised(prepare(batch), THINGS_RANK))
        return self._close[1]

    def _racks_in(self, area: tuple[float, float, float, float]) -> list[int]:
        low, high = self.low, self.high
        meets = (high[:, 0] >= area[0]) & (low[:, 0] <= area[2])
        meets &= (high[:, 1] >= -area[3]) & (low[:, 1] <= -area[1])
        found: list[int] = np.flatnonzero(meets & self.things.is_rack).tolist()
        return found


_below: dict[tuple[str, str], tuple[int, Prepared, list[Shown]]] = {}


def _lying_below(project: Project, block: str) -> tuple[Prepared, list[Shown]]:
    """Return the underlays of a floor; the last ones are kept, for an edit of a rack leaves them alone."""
    key, version = (project.id, block), project.version("underlays", block)
    kept = _below.get(key)
    if kept is None or kept[0] != version:
        _below.clear()  # one floor is looked at at a time, and a plan of a building is large
        drawings = prepare(underlay_lines(project, block))
        kept = _below[key] = (version, drawings, shown(underlay_pictures(project, block)))
    return kept[1], kept[2]


def _holds(outer: tuple[float, float, float, float], inner: tuple[float, float, float, float]) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
