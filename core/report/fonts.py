"""The fonts of the sheets: registered once, measured without the PDF library, checked for glyphs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

SANS = "DejaVuSansCondensed"
SANS_BOLD = "DejaVuSansCondensed-Bold"
WIDE = "DejaVuSans"
WIDE_BOLD = "DejaVuSans-Bold"
MONO = "JetBrainsMono-Regular"
ALL = (SANS, SANS_BOLD, WIDE, WIDE_BOLD, MONO)

CAPITAL = 0.729
"""Height of capitals of the sans fonts over the font size."""
LEAST_MM = 2.5
"""The rule of the sheets: no lettering with a font size under 2.5 mm at print size."""
ELLIPSIS = "…"
_NARROWEST = 0.9
"""How far a line may be condensed before it is shortened."""


class Fitted(NamedTuple):
    """A line of text made to fit its room."""

    text: str
    font: str
    size_mm: float
    width_mm: float
    stretch: float
    is_shortened: bool


@cache
def font(name: str) -> Any:
    """Return a registered font of the PDF library."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    found = TTFont(name, str(files("resources") / "fonts" / f"{name}.ttf"))
    pdfmetrics.registerFont(found)
    return found


@cache
def _advances(name: str) -> tuple[dict[str, float], float]:
    """Return the width of every character the font has, in font sizes, and that of one it has not."""
    face = font(name).face
    widths = {
        chr(code): width / 1000.0 for code, width in face.charWidths.items() if code in face.charToGlyph
    }
    return widths, face.defaultWidth / 1000.0


@lru_cache(maxsize=200_000)
def em_width(text: str, name: str) -> float:
    """Return the width of a text in font sizes."""
    widths, other = _advances(name)
    try:
        return sum([widths[c] for c in text])
    except KeyError:
        return sum([widths.get(c, other) for c in text])


def missing(texts: Iterable[str]) -> list[str]:
    """Return the characters that no font of the sheets can draw, sorted."""
    widths, _ = _advances(WIDE)
    seen: set[str] = set()
    for text in texts:
        if not text.isascii():
            seen.update(text)
    return sorted(c for c in seen if c not in widths and c != "\n" and not c.isascii())


def font_for(text: str, name: str) -> str:
    """Return the font, or the widest one of the set if the font lacks a character of the text."""
    if text.isascii():
        return name
    widths, _ = _advances(name)
    if all(c in widths for c in text):
        return name
    return WIDE_BOLD if name.endswith("Bold") and not missing([text]) else WIDE


@lru_cache(maxsize=100_000)
def fit(text: str, name: str, size_mm: float, room_mm: float) -> Fitted:
    """Make a line fit: narrower letters first, then smaller ones, at last fewer.

    Parameters
    ----------
    text : str
    name : str
        Font.
    size_mm : float
        Font size wanted; raised to `LEAST_MM` if it is less [mm].
    room_mm : float
        Room there is [mm]; 0 is unlimited.
    """
    size = max(size_mm, LEAST_MM)
    name = font_for(text, name)
    width = em_width(text, name) * size
    if room_mm <= 0 or width <= room_mm:
        return Fitted(text, name, size, width, 1.0, False)
    narrow = {WIDE: SANS, WIDE_BOLD: SANS_BOLD}.get(name, name)
    if font_for(text, narrow) == narrow:
        name = narrow
        width = em_width(text, name) * size
    if width > room_mm:
        smaller = max(LEAST_MM, size * room_mm / width)
        width *= smaller / size
        size = smaller
    if width <= room_mm:
        return Fitted(text, name, size, width, 1.0, False)
    stretch = max(room_mm / width, _NARROWEST)
    if width * stretch <= room_mm + 1e-9:
        return Fitted(text, name, size, width * stretch, stretch, False)
    return _shortened(text, name, size, room_mm, stretch)


def _shortened(text: str, name: str, size: float, room: float, stretch: float) -> Fitted:
    each = size * stretch
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if em_width(text[:middle].rstrip() + ELLIPSIS, name) * each <= room:
            low = middle
        else:
            high = middle - 1
    kept = text[:low].rstrip()
    # A single letter and dots say nothing.
    shown = kept + ELLIPSIS if len(kept) >= 2 else ""
    return Fitted(shown, name, size, em_width(shown, name) * each, stretch, True)


@lru_cache(maxsize=50_000)
def wrap(text: str, name: str, size_mm: float, room_mm: float) -> tuple[str, ...]:
    """Break a text into lines that fit; a word that is too long is broken where it must be."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_one(paragraph, font_for(paragraph, name), size_mm, room_mm))
    return tuple(lines) or ("",)


def _wrap_one(text: str, name: str, size: float, room: float) -> list[str]:
    """Break at blanks; a word wider than the room after / - , ; _ |, and if that does not help anywhere."""

    def fits(part: str) -> bool:
        return em_width(part.rstrip(), name) * size <= room

    if fits(text):
        return [text.rstrip()]
    lines: list[str] = []
    line = ""
    for word in _pieces(text, " "):
        for part in [word] if fits(word) else _pieces(word, "/-,;_|"):
            if fits(line + part):
                line += part
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = part.lstrip() if line else part
            while not fits(line) and len(line) > 1:
                count = len(line) - 1
                while count > 1 and not fits(line[:count]):
                    count -= 1
                lines.append(line[:count].rstrip())
                line = line[count:]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _pieces(text: str, after: str) -> list[str]:
    """Split after some characters, keeping every one."""
    pieces: list[str] = []
    start = 0
    for i, char in enumerate(text):
        if char in after:
            pieces.append(text[start : i + 1])
            start = i + 1
    if start < len(text):
        pieces.append(text[start:])
    return pieces
