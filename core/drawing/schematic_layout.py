"""Where the boxes of a network diagram stand: tiers one above the other, rails as columns in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from core.drawing.batch import Sketch
from core.drawing.dimensions import TEXT
from core.drawing.fabric_map import FabricMap, Node
from core.drawing.schematic_words import tier_name

Box: TypeAlias = tuple[float, float, float, float]
"""x, y of the lower left corner, width, height [mm]."""
FRAME = (420.0, 210.0)
"""Width and height that places by hand are measured in [mm]; a drawing of another size stretches them."""
_LANE_LABEL = 26.0
_GAP = 1.6
_PAD = 3.0
_STRIP = 4.6
"""Height of the line of text above the boxes of a rail, or below those of an opened node."""
_BETWEEN = 3.0
"""Room between two rails."""


@dataclass
class Layout:
    """Boxes by node key, frames by the key of the opened node."""

    boxes: dict[str, Box] = field(default_factory=dict)
    frames: dict[str, Box] = field(default_factory=dict)
    labels: list[tuple[Box, str]] = field(default_factory=list)
    """Plates with the names of rails, drawn over the lines."""


@dataclass(frozen=True)
class _Shape:
    """What a lane looks like: size of its boxes and the strips above and below them."""

    box: tuple[float, float]
    above: float
    below: float

    @property
    def height(self) -> float:
        return self.box[1] + 2 * _PAD + self.above + self.below


def lay_out(sketch: Sketch, fabric: FabricMap, size: tuple[float, float]) -> Layout:
    """Draw the lanes with their rails and return where everything stands."""
    width, height = size
    layout = Layout()
    lanes = [(number, tier) for number, tier in enumerate(fabric.tiers) if tier]
    if not lanes:
        return layout
    room = width - _LANE_LABEL - 4.0
    shapes = {number: _shape(tier, room) for number, tier in lanes}
    taken = sum(shape.height for shape in shapes.values())
    gap = max((height - taken) / max(len(lanes) - 1, 1), 10.0) if len(lanes) > 1 else 0.0
    y = 0.0
    for number, tier in lanes:
        shape = shapes[number]
        sketch.rect(0, y, width, shape.height, "node.lane")
        middle = y + shape.height / 2
        total = sum(node.count for node in tier)
        sketch.text(2.0, middle + 2.2, tier_name(number), 3.5 * 0.729, "text.bold",
                    width=_LANE_LABEL - 3)  # fmt: skip
        noun = "device" if total == 1 else "devices"
        sketch.text(2.0, middle - 2.6, f"{total:,} {noun}", TEXT, "text.faint", width=_LANE_LABEL - 3)
        _lay_lane(sketch, layout, fabric, tier, shape, y, room)
        y += shape.height + gap
    return layout


def _lay_lane(
    sketch: Sketch, layout: Layout, fabric: FabricMap, tier: list[Node], shape: _Shape, y: float, room: float
) -> None:
    """Place the boxes of a tier from left to right, a band under those of one rail."""
    rails = [(lane, list(nodes)) for lane, nodes in groupby(tier, key=lambda node: node.lane)]
    gaps = _BETWEEN * (len(rails) - 1)
    pitch = min((room - gaps) / len(tier), shape.box[0] + 14.0)
    x = _LANE_LABEL + (room - gaps - pitch * len(tier)) / 2
    bottom = y + _PAD + shape.below
    for lane, nodes in rails:
        if lane >= 0:
            band = (x - 0.6, y + 1.0, pitch * len(nodes) + 1.2, shape.height - 2.0)
            sketch.rect(*band, "node.band")
            name = fabric.lanes[lane]
            wide = min(1.25 * TEXT * len(name) + 2.0, band[2])
            # At the side: the links of a box go up from its middle.
            plate = (band[0], y + shape.height - 1.0 - _STRIP, wide, _STRIP - 0.6)
            layout.labels.append((plate, name))
        for node in nodes:
            layout.boxes[node.key] = (x + (pitch - shape.box[0]) / 2, bottom, *shape.box)
            x += pitch
        x += _BETWEEN
    _lay_frames(sketch, layout, fabric, tier, shape, y)


def _lay_frames(
    sketch: Sketch, layout: Layout, fabric: FabricMap, tier: list[Node], shape: _Shape, y: float
) -> None:
    """Put a frame with a name around what each opened node holds."""
    labels = dict(fabric.opened)
    for within, nodes in groupby(tier, key=lambda node: node.within):
        if not within:
            continue
        members = [layout.boxes[node.key] for node in nodes]
        left, right = members[0][0] - 0.7, members[-1][0] + members[-1][2] + 0.7
        frame = (left, y + 1.6, right - left, shape.box[1] + shape.below + _PAD - 0.6)
        layout.frames.setdefault(within, frame)
        sketch.rect(*frame, "node.group")
        name = f"− {labels.get(within, '')}"
        wide = min(1.25 * TEXT * len(name) + 2.0, frame[2])
        plate = ((left + right - wide) / 2, y + 1.6, wide, _STRIP - 0.6)
        layout.labels.append((plate, name))


def _shape(tier: list[Node], room: float) -> _Shape:
    """Return the look of a lane: boxes lie while they fit, else they stand."""
    rails = len({node.lane for node in tier})
    pitch = (room - _BETWEEN * (rails - 1)) / max(len(tier), 1)
    above = _STRIP if any(node.lane >= 0 for node in tier) else 0.0
    below = _STRIP if any(node.within for node in tier) else 0.0
    if pitch >= 20.0:
        return _Shape((min(pitch - _GAP, 44.0), 11.0), above, below)
    return _Shape((max(min(pitch - min(_GAP, 0.2 * pitch), 10.0), 0.4), 34.0), above, below)
