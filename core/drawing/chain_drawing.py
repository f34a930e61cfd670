"""A chain as a drawing: cards with symbol, rating, load and share, the lines between them, a legend.

The one-line diagram and the cooling schematic differ in what their cards say; both are drawn here, in
millimetres, the same on screen and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from core.drawing.batch import Anchor, Batch, Level, Sketch, concatenate, shifted
from core.drawing.chain import AIR, RETURN, STANDBY, SUPPLY, Rows
from core.drawing.chain_layout import Box, Joint, Plan, Point, lay_out
from core.drawing.chain_symbols import SYMBOLS, TOP, draw_symbol
from core.drawing.dimensions import TEXT

CARD = 70.0
"""Width of a card [mm]."""
AXIS = 9.0
"""Where the lines of a card begin and end, from its left edge."""
_PITCH = 4.0
_LEAST = 3 * _PITCH + 4.0
_WORDS = 18.0
_BEHIND = 1.0
"""How far a second card shows behind one that stands for several [mm]."""
_BAR = 14.0
_AFAR, _FAR = 2.9, 5.0
"""Heights of capitals on the screen when the cards are small, and when they are very small [mm]."""
TIGHT, OVER = 0.9, 1.0
"""Share of a rating from which a card says that little is left, and beyond which that it is too much."""
_LINES = {SUPPLY: "chain.line", STANDBY: "chain.standby", RETURN: "chain.return", AIR: "chain.air"}


@dataclass(frozen=True)
class Card:
    """One box: an element, or several that are alike."""

    key: str
    """Of its first member: a path, or what `key_of` made for what has none."""
    symbol: str
    title: str
    lines: tuple[str, ...]
    nodes: Rows
    """What it stands for: nodes of the chain."""
    level: int
    share: float | None = None
    """Worst load as a share of the rating; None where that is not known or makes no sense."""
    unrated: str = ""
    """Said where there is load, but no rating to hold it against."""
    failed: int = 0
    dead: int = 0
    """How many of it are failed, or have nothing live above them."""
    lacks: str = "no power"
    """What the dead are without."""
    brief: str = ""
    """The one line of it that is read from afar."""

    @property
    def has_bar(self) -> bool:
        """Whether its share is drawn."""
        return self.share is not None and not self.failed and not self.dead

    @property
    def share_text(self) -> str:
        return "" if self.share is None else f"{100 * self.share:.0f} %"

    @property
    def state(self) -> str:
        """over, tight, unknown, failed, dead, partly or nothing."""
        if self.failed == len(self.nodes):
            return "failed"
        if self.failed + self.dead >= len(self.nodes):
            return "dead"
        if self.failed or self.dead:
            return "partly"
        if self.share is not None:
            return "over" if self.share > OVER + 1e-9 else "tight" if self.share > TIGHT else ""
        return "unknown" if self.unrated else ""

    @property
    def says(self) -> str:
        """Its state in words."""
        many = f" of {len(self.nodes):,}" if len(self.nodes) > 1 else ""
        if self.failed or self.dead:
            parts = [(self.failed, "failed"), (self.dead, self.lacks)]
            if self.failed + self.dead == len(self.nodes) and not (self.failed and self.dead):
                every = f", all {len(self.nodes):,}" if many else ""
                return f"{'failed' if self.failed else self.lacks}{every}"
            return ", ".join(f"{n:,}{many} {word}" for n, word in parts if n)
        if self.share is None:
            return self.unrated
        shown = self.share_text
        words = {"over": f"{shown}: over its rating", "tight": f"{shown}: above {100 * TIGHT:.0f} %"}
        return words.get(self.state, f"{shown} of its rating")

    @property
    def height(self) -> float:
        rows = 1 + len(self.lines) + (1.5 if self.says else 0)
        return max(_LEAST, rows * _PITCH + 3.0)


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
        _draw_ground(ground, card, box, i)
        _draw_card(over, card, box, i, ends.get(i, ()))
        _draw_from_afar(afar, card, box, i)
    shared = [k for k in range(len(joints)) if _kind_of(joints[k], off, k) >= 0]
    width, depth = 0.0, 0.0
    if legend:
        kinds = [joints[k].kind for k in shared]
        width, depth = _legend(foot, cards, kinds, any(off), lines or {}, notes, plan)
    lift = depth
    layers = (*(shifted(part.freeze(), 0, lift) for part in (ground, under, over)), foot.freeze())
    boxes = tuple((x, y + lift, w, h) for x, y, w, h in plan.boxes)
    size = (max(plan.size[0] + _BEHIND, width), plan.size[1] + lift)
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


_GROUNDS = {
    "over": "chain.card.over", "tight": "chain.card.tight", "failed": "chain.card.over",
    "dead": "chain.card.dead", "partly": "chain.card.tight",
}  # fmt: skip


def _draw_ground(sketch: Sketch, card: Card, box: Box, row: int) -> None:
    x, y, w, h = box
    if len(card.nodes) > 1:
        sketch.rect(x + _BEHIND, y - _BEHIND, w, h, "chain.card", owner=row)
    sketch.rect(x, y, w, h, _GROUNDS.get(card.state, "chain.card"), owner=row)


class _End(NamedTuple):
    """Where a line meets a card: which side, how far right, whether it runs straight to the symbol."""

    above: bool
    x: float
    style: str
    is_straight: bool


def _ends(
    joints: Sequence[Joint],
    plan: Plan,
    offsets: Mapping[int, float],
    off: Sequence[bool],
    lines: Mapping[int, tuple[str, str]],
) -> dict[int, list[_End]]:
    """Return the ends of lines at each card."""
    found: dict[int, list[_End]] = {}
    for k, (joint, route) in enumerate(zip(joints, plan.routes, strict=True)):
        style = lines[joint.kind][0] if joint.kind in lines else _LINES[joint.kind]
        style = "chain.off" if _kind_of(joint, off, k) < 0 else style
        aside = joint.kind in offsets
        found.setdefault(joint.lower, []).append(_End(True, route.points[-1][0], style, aside))
        found.setdefault(joint.upper, []).append(_End(False, route.points[0][0], style, aside))
    return {card: list(dict.fromkeys(ends)) for card, ends in found.items()}


def _draw_card(sketch: Sketch, card: Card, box: Box, row: int, ends: Sequence[_End]) -> None:
    x, y, w, h = box
    cx, cy = x + AXIS, y + h / 2
    draw_symbol(sketch, card.symbol, cx, cy, row)
    for end in ends:
        reach = TOP - 0.5 if end.is_straight else TOP
        edge, near = (y + h, cy + reach) if end.above else (y, cy - reach)
        if abs(end.x - cx) < (TOP if end.is_straight else 1e-6):
            sketch.line(end.x, edge, end.x, near, end.style, owner=row)
        else:
            bend = y + h - 1.6 if end.above else y + 1.6
            sketch.polyline([(end.x, edge), (end.x, bend), (cx, bend), (cx, near)], end.style, owner=row)
    if card.state in ("failed", "dead"):
        for sign in (1, -1):
            sketch.line(cx - 6, cy - 6 * sign, cx + 6, cy + 6 * sign,
                        "chain.cross" if card.state == "failed" else "chain.off", owner=row)  # fmt: skip
    room = w - _WORDS - 1.5
    at = y + h - 3.6
    sketch.text(x + _WORDS, at, card.title, TEXT, "text.bold", width=room, level=Level.NEAR, owner=row)
    for k, words in enumerate(card.lines):
        at -= _PITCH
        style = "text.faint" if k == 0 else "text"
        sketch.text(x + _WORDS, at, words, TEXT, style, width=room, level=Level.NEAR, owner=row)
    if card.says:
        at -= 1.15 * _PITCH
        words = "text.bold" if card.state not in ("", "unknown") else "text"
        if card.has_bar:
            _draw_bar(sketch, card, x + _WORDS, at, 2.4, row)
        indent = _BAR + 1.6 if card.has_bar else 0.0
        sketch.text(
            x + _WORDS + indent, at, card.says, TEXT, words, width=room - indent, level=Level.NEAR, owner=row
        )


def _draw_bar(sketch: Sketch, card: Card, x: float, y: float, tall: float, row: int) -> None:
    """Draw the bar of a share."""
    filled = _BAR * min(card.share or 0.0, 1.0)
    look = {"over": "chain.share.over", "tight": "chain.share.tight"}.get(card.state, "chain.share")
    sketch.rect(x, y - tall / 2, _BAR, tall, "chain.room", owner=row)
    if filled > 0:
        sketch.rect(x, y - tall / 2, filled, tall, look, owner=row)


def _draw_from_afar(sketch: Sketch, card: Card, box: Box, row: int) -> None:
    """Write what can be read of a card when a large drawing is on the screen: from far only its name."""
    x, y, w, h = box
    room = w - _WORDS - 1.5
    sketch.text(
        x + _WORDS, y + h / 2 + (2.0 if card.has_bar else 0.0), card.title, _FAR, "text.bold", width=room,
        level=Level.FAR, owner=row,
    )  # fmt: skip
    lines = [(card.title, "text.bold"), (card.brief, "text")]
    if card.says:
        lines.append(
            (card.says if not card.has_bar else card.share_text, "text.bold" if card.state else "text")
        )
    lines = [line for line in lines if line[0]]
    step = h / (len(lines) + 0.6)
    for k, (words, style) in enumerate(lines):
        at = y + h - step * (k + 0.8)
        last = k == len(lines) - 1 and card.has_bar
        indent = _BAR + 1.6 if last else 0.0
        sketch.text(
            x + _WORDS + indent, at if not last else _bar_at(card, box), words, _AFAR, style,
            width=room - indent, level=Level.MIDDLE, owner=row,
        )  # fmt: skip


def _bar_at(card: Card, box: Box) -> float:
    """Return the height of the bar of a card, the same from near and from afar."""
    return box[1] + box[3] - 3.6 - _PITCH * (len(card.lines) + 1.15)


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
