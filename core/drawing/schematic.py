"""Network diagrams: one fabric, tiers as lanes from hosts below to core above, rails and planes as columns.

Millimetres on paper. Every bundle of cables is one straight line; where all lines between two lanes are
alike, one note says what each is, else each carries its number of cables as long as there is room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from core.drawing.batch import Anchor, Batch, Level, Sketch, concatenate
from core.drawing.dimensions import TEXT
from core.drawing.fabric_load import LineLooks
from core.drawing.fabric_map import Bundle, FabricMap, Node
from core.drawing.schematic_layout import FRAME, Box, Layout, lay_out
from core.drawing.schematic_words import bundle_text, note_of, tier_name
from core.drawing.styles import STYLES

__all__ = ["FRAME", "Schematic", "bundle_text", "natural_size", "schematic", "tier_name"]

_NODE_STYLES = ("node.host", "node.leaf", "node.spine", "node.core")
_DENSE = 150
"""More lines than this between two lanes are drawn thin."""
_NODE_MM = 8.0
"""Room for one upright box on screen."""
_LEAST_MM, _ASPECT = 250.0, 0.6
"""Least width of a drawing on screen, and its height for a width of 1."""


@dataclass(frozen=True)
class Schematic:
    """A drawn diagram; owners are the map's nodes by index, then bundles by `len(nodes) + index`."""

    layers: tuple[Batch, ...]
    """Ground, lines, boxes: painted one over the other."""
    boxes: dict[str, Box]
    frames: dict[str, Box]
    """Frame around what an opened node holds, by its key."""
    lines: tuple[tuple[float, float, float, float], ...]
    """Of each bundle."""
    notes: tuple[str, ...]
    """What the lines between two lanes stand for, lowest lanes first."""
    size: tuple[float, float]
    plates: tuple[tuple[Box, str], ...] = ()
    """Plates with the names of rails and planes."""

    @cached_property
    def batch(self) -> Batch:
        """All layers as one."""
        return concatenate(self.layers)


def natural_size(fabric: FabricMap) -> tuple[float, float]:
    """Return the width and height at which the boxes of a diagram have room [mm]."""
    widest = max((len(tier) for tier in fabric.tiers), default=0)
    width = max(_LEAST_MM, 40.0 + _NODE_MM * widest)
    return width, _ASPECT * width


def schematic(
    fabric: FabricMap,
    *,
    style: str = "link.other",
    size: tuple[float, float] = (380.0, 200.0),
    places: Mapping[tuple[str, str], tuple[float, float]] | None = None,
    looks: LineLooks | None = None,
) -> Schematic:
    """Draw a fabric.

    Parameters
    ----------
    fabric : FabricMap
    style : str
        Look of the lines (`core.drawing.styles.fabric_style`).
    size : tuple of float
        Width and height to fill [mm].
    places : mapping of a node's `spot` to (x, y), optional
        Centres of boxes placed by hand, in a drawing of the size `FRAME` [mm]; these win over the automatic
        place.
    looks : LineLooks, optional
        Of the lines by bundle, in place of `style`.
    """
    ground, under, sketch = Sketch(), Sketch(), Sketch()
    layout = lay_out(ground, fabric, size)
    if places:
        across, up = size[0] / FRAME[0], size[1] / FRAME[1]
        for node in fabric.nodes:
            if node.spot in places:
                (x, y), (_, _, w, h) = places[node.spot], layout.boxes[node.key]
                layout.boxes[node.key] = (x * across - w / 2, y * up - h / 2, w, h)
    lines, notes = _draw_bundles(under, fabric, layout, style, looks)
    for row, node in enumerate(fabric.nodes):
        _draw_node(sketch, node, layout.boxes[node.key], row)
    for (x, y, w, h), name in layout.labels:
        sketch.rect(x, y, w, h, "node.label")
        sketch.text(x + w / 2, y + h / 2, name, TEXT, "text.bold", anchor=Anchor.CENTRE, width=w - 0.6)
    batches = (ground.freeze(), under.freeze(), sketch.freeze())
    return Schematic(batches, layout.boxes, layout.frames, lines, notes, size, tuple(layout.labels))


def _draw_node(sketch: Sketch, node: Node, box: Box, row: int) -> None:
    x, y, w, h = box
    style = _NODE_STYLES[min(node.tier, 3)]
    if node.is_gathered:
        # A second edge behind the first: several devices.
        shift = min(0.8, 0.15 * w)
        sketch.rect(x + shift, y + shift, w, h, style, owner=row)
    sketch.rect(x, y, w, h, style, owner=row)
    cx, cy = x + w / 2, y + h / 2
    if h > w:
        size = min(TEXT, 0.55 * w)
        if w >= 2 * TEXT + 2.4 and node.detail:
            for dx, text, look in ((-1.9, node.label, "text"), (1.9, node.detail, "text.faint")):
                sketch.text(cx + dx, cy, text, TEXT, look, anchor=Anchor.CENTRE, angle=90.0, width=h - 2,
                            level=Level.MIDDLE, owner=row)  # fmt: skip
        else:
            sketch.text(cx, cy, node.label, size, anchor=Anchor.CENTRE, angle=90.0, width=h - 2,
                        level=Level.MIDDLE, owner=row)  # fmt: skip
        return
    lift = 2.0 if node.detail else 0.0
    sketch.text(cx, cy + lift, node.label, TEXT, "text.bold", anchor=Anchor.CENTRE, width=w - 2,
                level=Level.MIDDLE, owner=row)  # fmt: skip
    if node.detail:
        sketch.text(cx, cy - 2.2, node.detail, TEXT, "text.faint", anchor=Anchor.CENTRE, width=w - 2,
                    level=Level.NEAR, owner=row)  # fmt: skip


def _draw_bundles(
    sketch: Sketch, fabric: FabricMap, layout: Layout, style: str, looks: LineLooks | None
) -> tuple[tuple[tuple[float, float, float, float], ...], tuple[str, ...]]:
    tier_of = {node.key: node.tier for node in fabric.nodes}
    lanes: dict[tuple[int, int], list[tuple[int, Bundle]]] = {}
    for index, bundle in enumerate(fabric.bundles):
        pair = sorted((tier_of[bundle.a], tier_of[bundle.b]))
        lanes.setdefault((pair[0], pair[1]), []).append((index, bundle))
    notes = []
    lines: list[tuple[float, float, float, float]] = [(0.0, 0.0, 0.0, 0.0)] * len(fabric.bundles)
    taken: list[tuple[float, float, float]] = []
    for (low, high), members in sorted(lanes.items()):
        pairs: dict[tuple[str, str], list[tuple[int, Bundle]]] = {}
        for index, bundle in members:
            pairs.setdefault((bundle.a, bundle.b), []).append((index, bundle))
        texts = {ends: _line_text(found, looks) for ends, found in pairs.items()}
        plain = len(set(texts.values())) == 1 or len(pairs) > 24
        look = f"{style}.thin" if len(pairs) > _DENSE else style
        if looks is not None:
            pairs = dict(sorted(pairs.items(), key=lambda pair: _top(pair[1], looks)[1]))
        for ends, found in pairs.items():
            text = "" if plain else texts[ends]
            if looks is not None:
                look = _top(found, looks)[0]
                look = f"{look}.thin" if len(pairs) > _DENSE and f"{look}.thin" in STYLES else look
            boxes = layout.boxes[ends[0]], layout.boxes[ends[1]]
            owner = len(fabric.nodes) + found[0][0]
            line = _draw_bundle(sketch, *boxes, low == high, text, look, owner, taken)
            for index, _ in found:
                lines[index] = line
        notes.append(note_of(low, high, [b for _, b in members], len(pairs)))
    return tuple(lines), tuple(notes)


def _line_text(found: list[tuple[int, Bundle]], looks: LineLooks | None) -> str:
    """Return what stands on the line of some bundles."""
    own = [looks.texts[index] if looks is not None else "" for index, _ in found]
    return " + ".join(
        text or bundle_text(bundle.cables, bundle.rate_gbps)
        for text, (_, bundle) in zip(own, found, strict=True)
    )


def _top(found: list[tuple[int, Bundle]], looks: LineLooks) -> tuple[str, int]:
    """Return style and rank of the bundle whose look a line has."""
    rank, index = max((looks.ranks[index], -index) for index, _ in found)
    return looks.styles[-index], rank


def _draw_bundle(
    sketch: Sketch,
    a: Box,
    b: Box,
    level: bool,
    text: str,
    style: str,
    owner: int,
    taken: list[tuple[float, float, float]],
) -> tuple[float, float, float, float]:
    """Draw one line with its text, and return it from end to end."""
    ax, bx = a[0] + a[2] / 2, b[0] + b[2] / 2
    if level and abs(a[1] - b[1]) < 0.5 * a[3]:
        y = min(a[1], b[1]) - 2.0
        sketch.polyline([(ax, a[1]), (ax, y), (bx, y), (bx, b[1])], style, owner=owner)
        if text:
            sketch.text(
                (ax + bx) / 2, y - 2.0, text, TEXT, anchor=Anchor.CENTRE, level=Level.NEAR, owner=owner
            )
        return ax, y, bx, y
    y1, y2 = (a[1] + a[3], b[1]) if a[1] < b[1] else (a[1], b[1] + b[3])
    dx, dy = bx - ax, y2 - y1
    t = _free(ax, y1, dx, dy, text, taken) if text else None
    if t is None:
        sketch.line(ax, y1, bx, y2, style, owner=owner)
        return ax, y1, bx, y2
    # The line is broken where its number of cables stands.
    half = min(0.9 * len(text) / max(abs(dx), 1e-6), 1.9 / max(abs(dy), 1e-6), 0.3)
    sketch.line(ax, y1, ax + (t - half) * dx, y1 + (t - half) * dy, style, owner=owner)
    sketch.line(ax + (t + half) * dx, y1 + (t + half) * dy, bx, y2, style, owner=owner)
    sketch.text(ax + t * dx, y1 + t * dy, text, TEXT, anchor=Anchor.CENTRE, level=Level.NEAR, owner=owner)
    return ax, y1, bx, y2


def _free(
    x: float, y: float, dx: float, dy: float, text: str, taken: list[tuple[float, float, float]]
) -> float | None:
    """Return where along a line its text covers no other, and take the place; None if nowhere."""
    half = 0.9 * len(text)
    for t in (0.3, 0.5, 0.7, 0.15, 0.85, 0.4, 0.6):
        cx, cy = x + t * dx, y + t * dy
        if all(abs(cx - ox) > half + other or abs(cy - oy) > 3.6 for ox, oy, other in taken):
            taken.append((cx, cy, half))
            return t
    return None
