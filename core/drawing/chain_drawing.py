"""A chain as a drawing: cards with symbol, rating, load and share, the lines between them, a legend.

The one-line diagram and the cooling schematic differ in what their cards say; both are drawn here, in
millimetres, the same on screen and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.drawing.batch import Anchor, Batch, Level, Sketch, concatenate, shifted
from core.drawing.chain import AIR, RETURN, STANDBY, SUPPLY
from core.drawing.chain_cards import (
    AXIS,
    BEHIND,
    CARD,
    Card,
    End,
    draw_card,
    draw_from_afar,
    draw_ground,
)
from core.drawing.chain_layout import Box, Joint, Plan, Point, lay_out
from core.drawing.chain_symbols import SYMBOLS, draw_symbol
from core.drawing.dimensions import TEXT

_LINES = {SUPPLY: "chain.line", STANDBY: "chain.standby", RETURN: "chain.return", AIR: "chain.air"}


@dataclass(frozen=True)
class ChainDrawing:
    """A drawn chain; owners in the batch are cards by index."""

    cards: tuple[Card, ...]
    joints: tuple[Joint, ...]
    layers: tuple[Batch, ...]
    boxes: tuple[Box, ...]
    size: tuple[float, float]
    notes: tuple[str, ...]
    """What is not in the drawing, and why."""
    afar: Batch
    """Texts for the screen in place of those of `layers` while these are too small to be read."""
    foot: float = 0.0
    """Height of the legend and the notes below the cards [mm]."""
    lost: int = 0
    """Devices that are left without by what is failed."""
    origin: Point = (0.0, 0.0)
    """What places by hand are measured from: the upper end of the middle line."""

    @property
    def is_empty(self) -> bool:
        return not self.cards

    @cached_property
    def batch(self) -> Batch:
        """All layers as one."""
        return concatenate(self.layers)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Index of each card by its key."""
        return {card.key: index for index, card in enumerate(self.cards)}


EMPTY = ChainDrawing((), (), (Sketch().freeze(),), (), (0.0, 0.0), (), Sketch().freeze())


def draw_chain(
    cards: Sequence[Card],
    joints: Sequence[Joint],
    *,
    notes: Sequence[str] = (),
    places: Mapping[str, Point] | None = None,
    offsets: Mapping[int, float] | None = None,
    off: Sequence[bool] = (),
    lines: Mapping[int, tuple[str, str]] | None = None,
    lost: int = 0,
    legend: bool = True,
) -> ChainDrawing:
    """Draw cards and what joins them.

    Parameters
    ----------
    cards : sequence of Card
    joints : sequence of Joint
        By index of the cards.
    notes : sequence of str
        Written below.
    places : mapping of key to (x, y), optional
        Upper left corners of cards placed by hand, from `ChainDrawing.origin`, y up [mm].
    offsets : mapping of kind to mm, optional
        How far beside the axis the lines of a kind run.
    off : sequence of bool
        For each joint whether it carries nothing any more.
    lines : mapping of kind to (style, words), optional
        How lines of a kind look and what the legend calls them.
    lost : int
        Devices that are left without.
    legend : bool
        Whether legend and notes are drawn below.
    """
    if not cards:
        return EMPTY
    sizes = [(CARD, card.height) for card in cards]
    keys = {card.key: i for i, card in enumerate(cards)}
    moved = {keys[key]: at for key, at in (places or {}).items() if key in keys}
    plan = lay_out(sizes, [card.level for card in cards], joints, axis=AXIS, offsets=offsets, places=moved)
    under, ground, over, foot, afar = Sketch(), Sketch(), Sketch(), Sketch(), Sketch()
    _draw_lines(under, plan, joints, off, lines or {})
    ends = _ends(joints, plan, offsets or {}, off, lines or {})
    for i, (card, box) in enumerate(zip(cards, plan.boxes, strict=True)):
        draw_ground(ground, card, box, i)
        draw_card(over, card, box, i, ends.get(i, ()))
        draw_from_afar(afar, card, box, i)
    shared = [k for k in range(len(joints)) if _kind_of(joints[k], off, k) >= 0]
    width, depth = 0.0, 0.0
    if legend:
        kinds = [joints[k].kind for k in shared]
        width, depth = _legend(foot, cards, kinds, any(off), lines or {}, notes, plan)
    lift = depth
    layers = (*(shifted(part.freeze(), 0, lift) for part in (ground, under, over)), foot.freeze())
    boxes = tuple((x, y + lift, w, h) for x, y, w, h in plan.boxes)
    size = (max(plan.size[0] + BEHIND, width), plan.size[1] + lift)
    return ChainDrawing(
        cards=tuple(cards),
        joints=tuple(joints),
        layers=layers,
        boxes=boxes,
        size=size,
        notes=tuple(notes),
        afar=shifted(afar.freeze(), 0, lift),
        foot=lift,
        lost=lost,
        origin=_shifted(plan.origin, lift),
    )


def _shifted(at: Point, lift: float) -> Point:
    return at[0], at[1] + lift


def _kind_of(joint: Joint, off: Sequence[bool], k: int) -> int:
    return -1 if k < len(off) and off[k] else joint.kind


def _draw_lines(
    sketch: Sketch,
    plan: Plan,
    joints: Sequence[Joint],
    off: Sequence[bool],
    lines: Mapping[int, tuple[str, str]],
) -> None:
    for k, (joint, route) in enumerate(zip(joints, plan.routes, strict=True)):
        style = lines[joint.kind][0] if joint.kind in lines else _LINES[joint.kind]
        dead = _kind_of(joint, off, k) < 0
        sketch.polyline(route.points, "chain.off" if dead else style)
        if route.junction is not None and not dead and joint.kind in (SUPPLY, STANDBY):
            x, y = route.junction
            sketch.polygon([(x - 0.6, y), (x, y - 0.6), (x + 0.6, y), (x, y + 0.6)], "chain.bus")


def _ends(
    joints: Sequence[Joint],
    plan: Plan,
    offsets: Mapping[int, float],
    off: Sequence[bool],
    lines: Mapping[int, tuple[str, str]],
) -> dict[int, list[End]]:
    """Return the ends of lines at each card."""
    found: dict[int, list[End]] = {}
    for k, (joint, route) in enumerate(zip(joints, plan.routes, strict=True)):
        style = lines[joint.kind][0] if joint.kind in lines else _LINES[joint.kind]
        style = "chain.off" if _kind_of(joint, off, k) < 0 else style
        aside = joint.kind in offsets
        found.setdefault(joint.lower, []).append(End(True, route.points[-1][0], style, aside))
        found.setdefault(joint.upper, []).append(End(False, route.points[0][0], style, aside))
    return {card: list(dict.fromkeys(ends)) for card, ends in found.items()}


_LEGEND_COLUMN, _LEGEND_ROW = 48.0, 13.0


def _legend(
    sketch: Sketch,
    cards: Sequence[Card],
    kinds: Sequence[int],
    has_off: bool,
    lines: Mapping[int, tuple[str, str]],
    notes: Sequence[str],
    plan: Plan,
) -> tuple[float, float]:
    """Draw the legend and the notes from 0, 0 up, and return width and height."""
    names = [name for name in SYMBOLS if any(card.symbol == name for card in cards)]
    strokes = [(style, words) for kind, (style, words) in lines.items() if kind in set(kinds)]
    if has_off:
        strokes.append(("chain.off", "carries nothing now"))
    entries = len(names) + len(strokes)
    across = max(1, min(entries, math.floor(max(plan.size[0], 3 * _LEGEND_COLUMN) / _LEGEND_COLUMN)))
    deep = math.ceil(entries / across)
    foot = 5.0 * len(notes) + (2.0 if notes else 0.0)
    for k, note in enumerate(notes):
        sketch.text(0.0, foot - 4.0 - 5.0 * k, note, TEXT, "text.faint", level=Level.MIDDLE)
    top = foot + deep * _LEGEND_ROW
    for k in range(entries):
        x, y = _LEGEND_COLUMN * (k % across), top - _LEGEND_ROW * (k // across + 0.5)
        if k < len(names):
            draw_symbol(sketch, names[k], x + 7, y, -1)
            words = SYMBOLS[names[k]][0]
        else:
            style, words = strokes[k - len(names)]
            sketch.line(x + 1, y, x + 13, y, style)
        sketch.text(
            x + 15.5, y, words, TEXT, width=_LEGEND_COLUMN - 17, anchor=Anchor.LEFT, level=Level.MIDDLE
        )
    wide = across * _LEGEND_COLUMN
    sketch.line(0, top + 4.0, max(plan.size[0], wide), top + 4.0, "grid.major")
    return wide, top + 12.0
