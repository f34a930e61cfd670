"""Papers, and where frame, zones and title block are on them (after ISO 5457 and ISO 7200)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from core.drawing.batch import Anchor, Batch, Sketch
from core.drawing.dimensions import GRID_LETTERS
from core.errors import CagenutError
from core.report.fonts import CAPITAL

LEFT, OTHER = 20.0, 10.0
"""Margins: binding edge and the others [mm]."""
BLOCK_WIDTH = 180.0
BLOCK_HEIGHT = 56.0
REVISIONS_HEIGHT = 26.0
_BAND = 5.0
_ZONE = 50.0


class Box(NamedTuple):
    """A rectangle on the sheet: lower left corner and size [mm]."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.y + self.height

    def inset(self, d: float) -> Box:
        """Return the box made smaller on all sides."""
        return Box(self.x + d, self.y + d, self.width - 2 * d, self.height - 2 * d)


@dataclass(frozen=True)
class Paper:
    """A trimmed sheet, landscape [mm]."""

    name: str
    width: float
    height: float
    zoom: float = 1.0
    """Contents of large sheets are lettered larger: 2.5 mm becomes 3.5 mm on A1. Boxes for contents are in
    units of this many millimetres; frame and title block are not."""

    @property
    def frame(self) -> Box:
        """The drawing frame."""
        return Box(LEFT, OTHER, self.width - LEFT - OTHER, self.height - 2 * OTHER)

    @property
    def block(self) -> Box:
        """The title block, lower right."""
        f = self.frame
        return Box(f.right - BLOCK_WIDTH, f.y, BLOCK_WIDTH, BLOCK_HEIGHT)

    @property
    def above(self) -> Box:
        """The room above a strip as high as the title block."""
        f = self.frame
        return self._contents(Box(f.x, f.y + BLOCK_HEIGHT, f.width, f.height - BLOCK_HEIGHT))

    @property
    def beside(self) -> Box:
        """The room to the left of the title block, the whole height of the frame."""
        f = self.frame
        return self._contents(Box(f.x, f.y, f.width - BLOCK_WIDTH, f.height))

    @property
    def column(self) -> Box:
        """The room above title block and revision table in the right-hand column."""
        b = self.block
        low = self.stamps.top
        return self._contents(Box(b.x, low, b.width, self.frame.top - low))

    def _contents(self, box: Box) -> Box:
        x, y, width, height = box.inset(4.0)
        return Box(x / self.zoom, y / self.zoom, width / self.zoom, height / self.zoom)

    @property
    def stamps(self) -> Box:
        """A low strip above the revision table of the right-hand column."""
        b = self.block
        return Box(b.x + 4.0, b.top + REVISIONS_HEIGHT + 3.0, b.width - 8.0, 9.0)


PAPERS: dict[str, Paper] = {
    "A3": Paper("A3", 420.0, 297.0),
    "A1": Paper("A1", 841.0, 594.0, math.sqrt(2.0)),
    "ANSI B": Paper("ANSI B", 431.8, 279.4),
    "ANSI D": Paper("ANSI D", 863.6, 558.8, math.sqrt(2.0)),
}


def paper_of(name: str) -> Paper:
    """Return a paper by name.

    Raises
    ------
    CagenutError
        If there is no such paper.
    """
    found = {key.replace(" ", "").lower(): paper for key, paper in PAPERS.items()}
    paper = found.get(name.replace(" ", "").replace("-", "").lower())
    if paper is None:
        raise CagenutError(f"there is no paper '{name}'", cure=f"Use one of {', '.join(PAPERS)}")
    return paper


def frame_batch(paper: Paper) -> Batch:
    """Return frame, centring marks and zones: letters from the top, numbers from the left."""
    sketch = Sketch()
    f = paper.frame
    sketch.rect(f.x, f.y, f.width, f.height, "sheet.frame")
    o = Box(f.x - _BAND, f.y - _BAND, f.width + 2 * _BAND, f.height + 2 * _BAND)
    sketch.rect(o.x, o.y, o.width, o.height, "sheet.cell")
    size = 2.5 * CAPITAL
    columns = _even(f.width)
    for i in range(columns):
        step = f.width / columns
        for y in (f.y - _BAND / 2, f.top + _BAND / 2):
            sketch.text(f.x + (i + 0.5) * step, y, str(i + 1), size, anchor=Anchor.CENTRE)
        if i and 2 * i != columns:
            x = f.x + i * step
            sketch.line(x, f.y - _BAND, x, f.y, "sheet.cell")
            sketch.line(x, f.top, x, f.top + _BAND, "sheet.cell")
    rows = _even(f.height)
    for i in range(rows):
        step = f.height / rows
        for x in (f.x - _BAND / 2, f.right + _BAND / 2):
            sketch.text(x, f.top - (i + 0.5) * step, GRID_LETTERS[i], size,
                        anchor=Anchor.CENTRE)  # fmt: skip
        if i and 2 * i != rows:
            y = f.y + i * step
            sketch.line(f.x - _BAND, y, f.x, y, "sheet.cell")
            sketch.line(f.right, y, f.right + _BAND, y, "sheet.cell")
    cx, cy = f.x + f.width / 2, f.y + f.height / 2
    for x1, y1, x2, y2 in (
        (cx, o.y, cx, f.y + 2), (cx, f.top - 2, cx, o.top),
        (o.x, cy, f.x + 2, cy), (f.right - 2, cy, o.right, cy),
    ):  # fmt: skip
        sketch.line(x1, y1, x2, y2, "sheet.frame")
    return sketch.freeze()


def _even(length: float) -> int:
    """Return the even number of zones that come nearest to 50 mm."""
    return max(2, 2 * round(length / _ZONE / 2))


_SCALES = (1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1000)


def scale_to_fit(width_mm: float, height_mm: float, room: Box) -> float:
    """Return k of the largest usual scale 1:k at which something fits."""
    needed = max(width_mm / room.width, height_mm / room.height, 1e-9)
    for k in _SCALES:
        if k >= needed - 1e-9:
            return float(k)
    return float(10 ** math.ceil(math.log10(needed)))


def scale_bar(sketch: Sketch, x: float, y: float, k: float) -> None:
    """Draw a scale bar of about 60 mm with its lower left corner at x, y."""
    whole = 60.0 * k
    step = 10.0 ** math.floor(math.log10(whole / 4))
    for factor in (5.0, 2.5, 2.0, 1.0):
        if step * factor * 4 <= whole * 1.05:
            step *= factor
            break
    size = 2.5 * CAPITAL
    for i in range(4):
        sketch.rect(x + i * step / k, y, step / k, 1.5, "sheet.black" if i % 2 == 0 else "sheet.white")
    for i in range(5):
        value = i * step / 1000.0
        sketch.text(x + i * step / k, y + 3.6, f"{value:g}" + (" m" if i == 4 else ""), size,
                    anchor=Anchor.CENTRE)  # fmt: skip
