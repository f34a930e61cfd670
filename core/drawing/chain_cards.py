"""Cards of a schematic: what they say, and how they are drawn from near and from afar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.drawing.batch import Level, Sketch
from core.drawing.chain import Rows
from core.drawing.chain_layout import Box
from core.drawing.chain_symbols import TOP, draw_symbol
from core.drawing.dimensions import TEXT

CARD = 70.0
"""Width of a card [mm]."""
AXIS = 9.0
"""Where the lines of a card begin and end, from its left edge."""
_PITCH = 4.0
_LEAST = 3 * _PITCH + 4.0
_WORDS = 18.0
BEHIND = 1.0
"""How far a second card shows behind one that stands for several [mm]."""
_BAR = 14.0
_AFAR, _FAR = 2.9, 5.0
"""Heights of capitals on the screen when the cards are small, and when they are very small [mm]."""
TIGHT, OVER = 0.9, 1.0
"""Share of a rating from which a card says that little is left, and beyond which that it is too much."""


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
    more: tuple[str, ...] = ()
    """Said beside it, not on it."""

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


_GROUNDS = {
    "over": "chain.card.over", "tight": "chain.card.tight", "failed": "chain.card.over",
    "dead": "chain.card.dead", "partly": "chain.card.tight",
}  # fmt: skip


def draw_ground(sketch: Sketch, card: Card, box: Box, row: int) -> None:
    x, y, w, h = box
    if len(card.nodes) > 1:
        sketch.rect(x + BEHIND, y - BEHIND, w, h, "chain.card", owner=row)
    sketch.rect(x, y, w, h, _GROUNDS.get(card.state, "chain.card"), owner=row)


class End(NamedTuple):
    """Where a line meets a card: which side, how far right, whether it runs straight to the symbol."""

    above: bool
    x: float
    style: str
    is_straight: bool


def draw_card(sketch: Sketch, card: Card, box: Box, row: int, ends: Sequence[End]) -> None:
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


def draw_from_afar(sketch: Sketch, card: Card, box: Box, row: int) -> None:
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
