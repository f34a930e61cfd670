"""Network diagrams: one fabric, tiers as lanes from hosts below to core above.

Millimetres on paper. Every bundle of cables is one straight line; where all lines between two lanes are
alike, one note says what each is, else each carries its number of cables as long as there is room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.drawing.batch import Anchor, Batch, Level, Sketch
from core.drawing.dimensions import TEXT
from core.drawing.fabric_map import TIER_NAMES, Bundle, FabricMap, Node

_LANE_LABEL = 26.0
_NODE_STYLES = ("node.host", "node.leaf", "node.spine", "node.core")
_GAP = 1.6
_DENSE = 150
"""More lines than this between two lanes are drawn thin."""
_LINE_STYLES = {"compute", "storage", "in-band", "out-of-band", "scale-up"}


@dataclass(frozen=True)
class Schematic:
    """A drawn diagram; owners are node keys, then bundles by `len(nodes) + index`."""

    batch: Batch
    owners: tuple[str, ...]
    boxes: dict[str, tuple[float, float, float, float]]
    notes: tuple[str, ...]
    """What the lines between two lanes stand for, lowest lanes first."""


def schematic(
    fabric: FabricMap,
    *,
    role: str = "other",
    size: tuple[float, float] = (380.0, 200.0),
    positions: Mapping[str, tuple[float, float]] | None = None,
) -> Schematic:
    """Draw a fabric.

    Parameters
    ----------
    fabric : FabricMap
    role : str
        Role of the fabric; sets the look of the lines.
    size : tuple of float
        Width and height to fill [mm].
    positions : mapping of path to (x, y), optional
        Centres of boxes placed by hand [mm]; these win over the automatic place.
    """
    sketch, under = Sketch(), Sketch()
    tiers = fabric.tiers
    boxes = _layout(under, tiers, size)
    for node in fabric.nodes:
        if positions and node.path in positions:
            (x, y), (_, _, w, h) = positions[node.path], boxes[node.key]
            boxes[node.key] = (x - w / 2, y - h / 2, w, h)
    tier_of = {node.key: node.tier for node in fabric.nodes}
    notes = _draw_bundles(under, fabric, tier_of, boxes, f"link.{role if role in _LINE_STYLES else 'other'}")
    for row, node in enumerate(fabric.nodes):
        _draw_node(sketch, node, boxes[node.key], row)
    under.add(sketch.freeze())
    owners = (*(n.key for n in fabric.nodes), *(f"{b.a} - {b.b}" for b in fabric.bundles))
    # Boxes cover lines: rects come first in a batch, so lines end at the edges of boxes.
    return Schematic(under.freeze(), owners, boxes, notes)


def tier_name(tier: int, tiers: int) -> str:
    """Return the name of a lane.

    Examples
    --------
    >>> tier_name(0, 3), tier_name(2, 3)
    ('Hosts', 'Spine')
    """
    return TIER_NAMES[tier] if tier < len(TIER_NAMES) else f"Tier {tier}"


def _layout(
    sketch: Sketch, tiers: list[list[Node]], size: tuple[float, float]
) -> dict[str, tuple[float, float, float, float]]:
    """Draw the lanes and return the box of each node."""
    width, height = size
    lanes = [(number, tier) for number, tier in enumerate(tiers) if tier]
    if not lanes:
        return {}
    room = width - _LANE_LABEL - 4.0
    shapes = {number: _box_size(len(tier), room) for number, tier in lanes}
    taken = sum(h + 6.0 for _, h in shapes.values())
    gap = max((height - taken) / max(len(lanes) - 1, 1), 10.0) if len(lanes) > 1 else 0.0
    boxes: dict[str, tuple[float, float, float, float]] = {}
    y = 0.0
    for number, tier in lanes:
        box_width, box_height = shapes[number]
        sketch.rect(0, y, width, box_height + 6.0, "node.lane")
        middle = y + 3.0 + box_height / 2
        total = sum(node.count for node in tier)
        sketch.text(2.0, middle + 2.2, tier_name(number, len(tiers)), 3.5 * 0.729, "text.bold",
                    width=_LANE_LABEL - 3)  # fmt: skip
        noun = "device" if total == 1 else "devices"
        sketch.text(2.0, middle - 2.6, f"{total} {noun}", TEXT, "text.faint", width=_LANE_LABEL - 3)
        pitch = min(room / len(tier), box_width + 14.0)
        start = _LANE_LABEL + (room - pitch * len(tier)) / 2
        for i, node in enumerate(tier):
            boxes[node.key] = (start + i * pitch + (pitch - box_width) / 2, y + 3.0, box_width, box_height)
        y += box_height + 6.0 + gap
    return boxes


def _box_size(count: int, room: float) -> tuple[float, float]:
    """Return width and height of the boxes of a lane: lying while they fit, else upright."""
    pitch = room / max(count, 1)
    if pitch >= 20.0:
        return min(pitch - _GAP, 44.0), 11.0
    return max(min(pitch - min(_GAP, 0.2 * pitch), 10.0), 1.5), 34.0


def _draw_node(sketch: Sketch, node: Node, box: tuple[float, float, float, float], row: int) -> None:
    x, y, w, h = box
    sketch.rect(x, y, w, h, _NODE_STYLES[min(node.tier, 3)], owner=row)
    cx, cy = x + w / 2, y + h / 2
    if h > w:
        if w >= 8.0 and node.detail:
            for dx, text, style in ((-1.9, node.label, "text"), (1.9, node.detail, "text.faint")):
                sketch.text(cx + dx, cy, text, TEXT, style, anchor=Anchor.CENTRE, angle=90.0, width=h - 2,
                            level=Level.MIDDLE, owner=row)  # fmt: skip
        elif w >= 3.4:
            sketch.text(cx, cy, node.label, TEXT, anchor=Anchor.CENTRE, angle=90.0, width=h - 2,
                        level=Level.MIDDLE, owner=row)  # fmt: skip
        return
    lift = 2.0 if node.detail else 0.0
    sketch.text(cx, cy + lift, node.label, TEXT, "text.bold", anchor=Anchor.CENTRE, width=w - 2,
                level=Level.MIDDLE, owner=row)  # fmt: skip
    if node.detail:
        sketch.text(cx, cy - 2.2, node.detail, TEXT, "text.faint", anchor=Anchor.CENTRE, width=w - 2,
                    level=Level.NEAR, owner=row)  # fmt: skip


def _draw_bundles(
    sketch: Sketch,
    fabric: FabricMap,
    tier_of: Mapping[str, int],
    boxes: Mapping[str, tuple[float, float, float, float]],
    style: str,
) -> tuple[str, ...]:
    lanes: dict[tuple[int, int], list[tuple[int, Bundle]]] = {}
    for index, bundle in enumerate(fabric.bundles):
        pair = sorted((tier_of[bundle.a], tier_of[bundle.b]))
        lanes.setdefault((pair[0], pair[1]), []).append((index, bundle))
    notes = []
    taken: list[tuple[float, float, float]] = []
    for (low, high), members in sorted(lanes.items()):
        pairs: dict[tuple[str, str], list[tuple[int, Bundle]]] = {}
        for index, bundle in members:
            pairs.setdefault((bundle.a, bundle.b), []).append((index, bundle))
        texts = {
            pair: " + ".join(bundle_text(b.cables, b.rate_gbps) for _, b in found)
            for pair, found in pairs.items()
        }
        plain = len(set(texts.values())) == 1 or len(pairs) > 24
        look = f"{style}.thin" if len(pairs) > _DENSE else style
        for (a, b), found in pairs.items():
            owner = len(fabric.nodes) + found[0][0]
            if tier_of[a] > tier_of[b]:
                a, b = b, a
            text = "" if plain else texts[found[0][1].a, found[0][1].b]
            _draw_bundle(sketch, boxes[a], boxes[b], low == high, text, look, owner, taken)
        notes.append(_note(low, high, [b for _, b in members], len(pairs)))
    return tuple(notes)


def _draw_bundle(
    sketch: Sketch,
    a: tuple[float, float, float, float],
    b: tuple[float, float, float, float],
    level: bool,
    text: str,
    style: str,
    owner: int,
    taken: list[tuple[float, float, float]],
) -> None:
    ax, bx = a[0] + a[2] / 2, b[0] + b[2] / 2
    if level:
        y = a[1] - 2.0
        sketch.polyline([(ax, a[1]), (ax, y), (bx, y), (bx, b[1])], style, owner=owner)
        if text:
            sketch.text(
                (ax + bx) / 2, y - 2.0, text, TEXT, anchor=Anchor.CENTRE, level=Level.NEAR, owner=owner
            )
        return
    y1, y2 = (a[1] + a[3], b[1]) if a[1] < b[1] else (a[1], b[1] + b[3])
    dx, dy = bx - ax, y2 - y1
    t = _free(ax, y1, dx, dy, text, taken) if text else None
    if t is None:
        sketch.line(ax, y1, bx, y2, style, owner=owner)
        return
    # The line is broken where its number of cables stands.
    half = min(0.9 * len(text) / max(abs(dx), 1e-6), 1.9 / max(abs(dy), 1e-6), 0.3)
    sketch.line(ax, y1, ax + (t - half) * dx, y1 + (t - half) * dy, style, owner=owner)
    sketch.line(ax + (t + half) * dx, y1 + (t + half) * dy, bx, y2, style, owner=owner)
    sketch.text(ax + t * dx, y1 + t * dy, text, TEXT, anchor=Anchor.CENTRE, level=Level.NEAR, owner=owner)


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


def bundle_text(cables: int, rate_gbps: float | None) -> str:
    """Return "8 × 400G", or without the rate if it is not known.

    Examples
    --------
    >>> bundle_text(8, 400.0), bundle_text(1, None)
    ('8 × 400G', '1 ×')
    """
    return f"{cables} × {rate_gbps:g}G" if rate_gbps is not None else f"{cables} ×"


def _note(low: int, high: int, bundles: list[Bundle], pairs: int) -> str:
    total = sum(b.cables for b in bundles)
    rates = sorted({b.rate_gbps for b in bundles if b.rate_gbps is not None})
    rate = " and ".join(f"{r:g}G" for r in rates) or "rate unknown"
    sums: dict[tuple[str, str], int] = {}
    for bundle in bundles:
        sums[bundle.a, bundle.b] = sums.get((bundle.a, bundle.b), 0) + bundle.cables
    least, most = min(sums.values()), max(sums.values())
    each = f"{least}" if least == most else f"{least} to {most}"
    where = tier_name(low, 4) if low == high else f"{tier_name(low, 4)} to {tier_name(high, 4)}"
    lines = "1 line" if pairs == 1 else f"{pairs} lines"
    return f"{where}: {total} links of {rate} in {lines}, {each} each"
