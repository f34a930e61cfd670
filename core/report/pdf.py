"""The PDF back end: paints batches and lines of text, keeps pages, links, outline and labels.

Content is written to the page stream directly, in points and with one state change for each change of
style; that is four times as fast as a library call for each string. Fonts are embedded subsets, the
document has no dates of its own, and the same calls give the same bytes.
"""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np

from core.drawing.batch import Batch, Level
from core.drawing.styles import STYLE_NAMES, STYLES, Style
from core.report.fonts import ALL, CAPITAL, MONO, SANS, SANS_BOLD, Fitted, em_width, fit, font, font_for
from core.report.paper import Box

POINT = 72.0 / 25.4
_DASHES = {"": "[] 0 d", "dash": "[6 3] 0 d", "dot": "[1.2 2.4] 0 d", "chain": "[12 2.5 2 2.5] 0 d"}
_ESCAPES = {i: f"\\{i:03o}" for i in (*range(32), *range(127, 256))} | {
    ord("("): "\\(", ord(")"): "\\)", ord("\\"): "\\\\",
}  # fmt: skip
_LEAST_LINE = 0.1
_MOST_PIXELS = 20_000_000
_STYLE_LIST = tuple(STYLES[name] for name in STYLE_NAMES)


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[i : i + 2], 16) / 255:.3f}" for i in (1, 3, 5))


class Pdf:
    """A document being written, page after page. Millimetres from the lower left corner, y up."""

    def __init__(self, width_mm: float, height_mm: float, *, title: str, subject: str, author: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        for name in ALL:
            font(name)
        self._file = io.BytesIO()
        self._canvas: Any = Canvas(
            self._file,
            pagesize=(width_mm * POINT, height_mm * POINT),
            invariant=1,
            pageCompression=1,
            pdfVersion=(1, 7),
            initialFontName=SANS,
            initialFontSize=8,
            lang="en",
        )
        self._canvas.setTitle(title)
        self._canvas.setSubject(subject)
        self._canvas.setAuthor(author)
        self._canvas.setCreator("Cagenut")
        self._canvas.setProducer("Cagenut")
        self._k = POINT
        self._code: list[str] = []
        self._strings: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._forms: set[str] = set()
        self._fill = self._stroke = self._width = self._dash = ""
        self.shortened: dict[str, str] = {}
        """Texts that did not fit and what was printed of them."""
        self.smallest_mm = math.inf
        """Smallest font size used [mm]."""

    # Pages
    def begin_page(self, key: str, title: str, label: str, group: str = "") -> None:
        """Begin a page that links and the outline know by `key`; a `group` opens a heading above it."""
        self._canvas.bookmarkPage(key, fit="Fit")
        if group:
            # The library knows one outline entry for each destination.
            self._canvas.bookmarkPage(f"group {key}", fit="Fit")
            self._canvas.addOutlineEntry(group, f"group {key}", level=0, closed=True)
        self._canvas.addOutlineEntry(title, key, level=1)
        self._canvas.addPageLabel(self._canvas.getPageNumber() - 1, prefix=label)
        self._reset()

    def end_page(self) -> None:
        """Finish the page."""
        self._flush()
        self._canvas.showPage()

    def finish(self) -> bytes:
        """Return the document."""
        self._canvas.save()
        return self._file.getvalue()

    def link(self, box: Box, key: str) -> None:
        """Make a box jump to a page."""
        rect = (box.x * self._k, box.y * self._k, box.right * self._k, box.top * self._k)
        self._canvas.linkRect("", key, rect, Border="[0 0 0]")

    def zoom(self, factor: float) -> None:
        """Let a millimetre of what follows be `factor` millimetres on paper."""
        self._k = POINT * factor

    def _reset(self) -> None:
        self._fill = self._stroke = self._width = self._dash = ""

    def _flush(self) -> None:
        if self._code:
            self._canvas._code.append("\n".join(self._code))
            self._code.clear()

    # Batches
    def symbol(self, name: str, batch: Batch, x: float = 0.0, y: float = 0.0) -> None:
        """Paint a batch that is used again and again, stored once (a form)."""
        self._flush()
        if name not in self._forms:
            self._forms.add(name)
            size = self._canvas._pagesize
            self._canvas.beginForm(name, 0, 0, size[0], size[1])
            self._reset()
            self.batch(batch)
            self._flush()
            self._canvas.endForm()
        self._canvas.saveState()
        self._canvas.translate(x * POINT, y * POINT)
        self._canvas.doForm(name)
        self._canvas.restoreState()
        self._reset()

    def batch(
        self, batch: Batch, x: float = 0.0, y: float = 0.0, scale: float = 1.0, level: int = Level.CLOSE
    ) -> None:
        """Paint a batch with its origin at x, y [mm], `scale` mm on paper for a mm of the model."""
        k = scale * self._k
        move = np.array((x * self._k, y * self._k))
        self._rects(batch, k, move, level)
        self._polygons(batch, k, move, level)
        self._lines(batch, k, move, level)
        self._texts(batch, scale, x, y, level)

    def _rects(self, batch: Batch, k: float, move: np.ndarray[Any, Any], level: int) -> None:
        rows = np.flatnonzero(batch.rect_level <= level)
        values = batch.rects[rows] * k
        values[:, :2] += move
        code = self._code
        for (x, y, w, h), style in zip(values.tolist(), batch.rect_style[rows].tolist(), strict=True):
            operator = self._paint(_STYLE_LIST[style])
            if operator:
                code.append(f"{x:.2f} {y:.2f} {w:.2f} {h:.2f} re {operator}")

    def _lines(self, batch: Batch, k: float, move: np.ndarray[Any, Any], level: int) -> None:
        rows = np.flatnonzero(batch.line_level <= level)
        values = batch.lines[rows] * k + np.concatenate([move, move])
        code = self._code
        for (a, b, c, d), style in zip(values.tolist(), batch.line_style[rows].tolist(), strict=True):
            if _STYLE_LIST[style].stroke:
                self._pen(_STYLE_LIST[style])
                code.append(f"{a:.2f} {b:.2f} m {c:.2f} {d:.2f} l S")

    def _polygons(self, batch: Batch, k: float, move: np.ndarray[Any, Any], level: int) -> None:
        points = (batch.points * k + move).tolist()
        starts = batch.starts.tolist()
        for row in np.flatnonzero(batch.polygon_level <= level).tolist():
            operator = self._paint(_STYLE_LIST[batch.polygon_style[row]])
            ring = points[starts[row] : starts[row + 1]]
            if operator and ring:
                (x0, y0), *rest = ring
                path = " ".join(f"{px:.2f} {py:.2f} l" for px, py in rest)
                self._code.append(f"{x0:.2f} {y0:.2f} m {path} h {operator}")

    def _texts(self, batch: Batch, scale: float, x: float, y: float, level: int) -> None:
        for row in np.flatnonzero(batch.text_level <= level).tolist():
            style = _STYLE_LIST[batch.text_style[row]]
            self.text(
                x + batch.text_at[row, 0] * scale,
                y + batch.text_at[row, 1] * scale,
                batch.texts[row],
                float(batch.text_size[row]) * scale / CAPITAL,
                style,
                anchor=int(batch.text_anchor[row]),
                angle=float(batch.text_angle[row]),
                room=float(batch.text_width[row]) * scale,
            )

    def rect(self, x: float, y: float, width: float, height: float, style: str) -> None:
        """Paint one rectangle [mm]."""
        operator = self._paint(STYLES[style])
        if operator:
            x, y, width, height = x * self._k, y * self._k, width * self._k, height * self._k
            self._code.append(f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re {operator}")

    def rule(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """Paint one line [mm]."""
        self._pen(STYLES[style])
        x1, y1, x2, y2 = x1 * self._k, y1 * self._k, x2 * self._k, y2 * self._k
        self._code.append(f"{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")

    # What lies below
    def begin_clip(self, box: Box) -> None:
        """Cut off what follows at a box [mm], until `end_clip`."""
        x, y, width, height = (value * self._k for value in (box.x, box.y, box.width, box.height))
        self._code.append(f"q {x:.2f} {y:.2f} {width:.2f} {height:.2f} re W n")

    def end_clip(self) -> None:
        """Cut nothing off any more."""
        self._code.append("Q")
        self._reset()

    def pale_picture(self, data: bytes, matrix: tuple[float, float, float, float, float, float]) -> None:
        """Paint a PNG or JPEG file in pale grey; `matrix` takes its pixels, y up, to the page [mm]."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        try:
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as found:
                if found.width * found.height > _MOST_PIXELS:
                    return
                white = Image.new("RGBA", found.size, "white")
                white.alpha_composite(found.convert("RGBA"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return  # damaged; the project says so where it is listed
        pale = white.convert("L").point([255 - (255 - v) * 3 // 10 for v in range(256)])
        self._flush()
        canvas, k = self._canvas, self._k
        canvas.saveState()
        canvas.transform(*(value * k for value in matrix))
        canvas.drawImage(ImageReader(pale), 0, 0, pale.width, pale.height)
        canvas.restoreState()
        self._reset()

    # Text
    def text(
        self,
        x: float,
        y: float,
        text: str,
        size_mm: float,
        style: Style,
        *,
        anchor: int = 0,
        angle: float = 0.0,
        room: float = 0.0,
        face: str = "",
    ) -> Fitted:
        """Write a line; y is its middle, `size_mm` the font size [mm]; it is made to fit `room` [mm]."""
        face = face or (MONO if style.mono else SANS_BOLD if style.bold else SANS)
        fitted = fit(text, face, round(size_mm, 3), round(room, 2))
        if fitted.is_shortened:
            self.shortened[text] = fitted.text
        self.line(x, y, fitted, style.text, anchor, angle)
        return fitted

    def line(
        self, x: float, y: float, fitted: Fitted, colour: str = "#1a1a1a", anchor: int = 0, angle: float = 0.0
    ) -> None:
        """Write a line that has been fitted."""
        if not fitted.text:
            return
        self.smallest_mm = min(self.smallest_mm, fitted.size_mm * self._k / POINT)
        size = fitted.size_mm * self._k
        back = fitted.width_mm * self._k * anchor / 2
        drop = size * CAPITAL / 2
        self._set_fill(_rgb_cached(colour))
        px, py = x * self._k, y * self._k
        if angle:
            c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            px, py = px - back * c + drop * s, py - back * s - drop * c
            matrix = f"{c:.4f} {s:.4f} {-s:.4f} {c:.4f} {px:.2f} {py:.2f} Tm"
        else:
            matrix = f"1 0 0 1 {px - back:.2f} {py - drop:.2f} Tm"
        stretch = f" {100 * fitted.stretch:.1f} Tz" if fitted.stretch != 1.0 else ""
        shows = " ".join(f"{name} {size:.2f} Tf ({chars}) Tj" for name, chars in self._string(fitted))
        self._code.append(f"BT {matrix}{stretch} {shows}{' 100 Tz' if stretch else ''} ET")

    def _string(self, fitted: Fitted) -> list[tuple[str, str]]:
        """Return a string in the codes of the font's subsets, with the subset's name."""
        key = (fitted.font, fitted.text)
        found = self._strings.get(key)
        if found is None:
            face = font(fitted.font)
            doc = self._canvas._doc
            found = [
                (face.getSubsetInternalName(subset, doc), codes.decode("latin-1").translate(_ESCAPES))
                for subset, codes in face.splitString(fitted.text, doc)
            ]
            self._strings[key] = found
        return found

    def width(self, text: str, size_mm: float, face: str = SANS) -> float:
        """Return the width of a line [mm]."""
        return em_width(text, font_for(text, face)) * size_mm

    # State
    def _paint(self, style: Style) -> str:
        if style.fill:
            self._set_fill(_rgb_cached(style.fill))
        if style.stroke:
            self._pen(style)
        return {(True, True): "B", (True, False): "f", (False, True): "S"}.get(
            (bool(style.fill), bool(style.stroke)), ""
        )

    def _set_fill(self, colour: str) -> None:
        if colour != self._fill:
            self._fill = colour
            self._code.append(f"{colour} rg")

    def _pen(self, style: Style) -> None:
        stroke = _rgb_cached(style.stroke or "#000000")
        if stroke != self._stroke:
            self._stroke = stroke
            self._code.append(f"{stroke} RG")
        width = f"{max(style.width_mm, _LEAST_LINE) * POINT:.3f} w"
        if width != self._width:
            self._width = width
            self._code.append(width)
        dash = _DASHES[style.dash]
        if dash != self._dash:
            self._dash = dash
            self._code.append(dash)


_colours: dict[str, str] = {}


def _rgb_cached(colour: str) -> str:
    found = _colours.get(colour)
    if found is None:
        found = _colours[colour] = _rgb(colour)
    return found
