"""The legend in the corner of a drawing: what its colours mean."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.drawing.colour_schemes import NONE_HATCH, NONE_STYLE, Colouring, value_text
from core.drawing.styles import STYLE_INDEX
from desktop.canvas.looks import Look, looks
from desktop.canvas.pin_marks import paint_pin, pin_plate
from desktop.canvas.zooming import ZoomView
from desktop.theme import GAP, font, theme

MARGIN_PX = 3 * GAP
_PAD, _SWATCH, _ROW = 2 * GAP, 26.0, 20.0
PIN = "pin"
"""The line of the pins, which is no style."""


class Legend(QWidget):
    """A small overlay; it takes no clicks, so that what is below it can be reached."""

    def __init__(self, view: ZoomView) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend")
        self.colouring: Colouring | None = None
        self.pinned = 0
        """Switches that are marked with a pin; only then the pin has a line."""
        self._view = view
        view.installEventFilter(self)
        theme().changed.connect(self.update)
        self.hide()

    def show_colouring(self, colouring: Colouring | None) -> None:
        """Show what the colours of a drawing mean; None takes the legend away, unless there are pins."""
        self.colouring = colouring
        self.setVisible(self._is_needed)
        self._view.corner_px = QSize(0, 0)
        if self._is_needed:
            self.setAccessibleDescription("; ".join(self.lines()))
            self.resize(self.sizeHint())
            self._view.corner_px = self.size()
            self._settle()
            self.update()

    @property
    def _is_needed(self) -> bool:
        return self.colouring is not None or self.pinned > 0

    @property
    def counted(self) -> str:
        """What the numbers at the right count; empty where that is plain."""
        return "" if self.colouring is None else self.colouring.counted

    def lines(self) -> list[str]:
        """Return what the legend says, line by line."""
        if not self._is_needed:
            return []
        said = [self.says] if self.says else []
        return [self._title(), *said, *(f"{name}: {count}" for _, _, name, count in self._rows())]

    @property
    def says(self) -> str:
        """What the values are, where the title does not tell."""
        return "" if self.colouring is None else self.colouring.scheme.says

    def _title(self) -> str:
        colouring = self.colouring
        if colouring is None:
            return "Marks"
        scheme = colouring.scheme
        if not scheme.is_scale or colouring.low != colouring.low:
            return scheme.label
        low, high, unit = value_text(colouring.low), value_text(colouring.high), colouring.unit
        ends = f"{low} {unit}" if low == high else f"{low} to {high} {unit}"
        return f"{scheme.label}, {ends}"

    def _rows(self) -> list[tuple[str, str, str, str]]:
        """Return style, mark, name and count of each line."""
        colouring = self.colouring
        pins = [(PIN, "", "Switch that is pinned to its place", f"{self.pinned:,}")] if self.pinned else []
        if colouring is None:
            return pins
        rows = [(e.style, e.mark, e.name, f"{e.number:,}") for e in colouring.entries]
        if colouring.missing:
            mark, name = ("…", "Evaluating") if colouring.is_waiting else ("–", colouring.scheme.without)
            rows.append((NONE_STYLE, mark, name, f"{colouring.missing:,}"))
        return [*(rows or [(NONE_STYLE, "–", "Nothing to colour", "")]), *pins]

    def sizeHint(self) -> QSize:
        if not self._is_needed:
            return QSize(0, 0)
        bold, plain = QFontMetricsF(font("small", bold=True)), QFontMetricsF(font("small"))
        rows = self._rows()
        names = max(plain.horizontalAdvance(name) for _, _, name, _ in rows)
        counts = max(plain.horizontalAdvance(count) for *_, count in rows)
        head = bold.horizontalAdvance(self._title())
        head += plain.horizontalAdvance(self.counted) + 4 * GAP if self.counted else 0
        wide = max(_SWATCH + names + counts + 4 * GAP, head, plain.horizontalAdvance(self.says))
        tall = (len(rows) + 1 + bool(self.says)) * _ROW
        return QSize(round(wide + 2 * _PAD), round(tall + 2 * _PAD - GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        if not self._is_needed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        colour = theme().colour
        ground = colour("panel")
        ground.setAlpha(238)
        painter.setPen(QPen(colour("line"), 1))
        painter.setBrush(QBrush(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font("small", bold=True))
        painter.setPen(colour("text"))
        wide = self.width() - 2 * _PAD
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(_PAD, _PAD - GAP / 2, wide, _ROW), left, self._title())
        painter.setFont(font("small"))
        painter.setPen(colour("faint"))
        painter.drawText(QRectF(_PAD, _PAD - GAP / 2, wide, _ROW), right, self.counted)
        painter.drawText(QRectF(_PAD, _PAD - GAP / 2 + _ROW, wide, _ROW), left, self.says)
        styles, first = looks(theme().is_dark), 2 if self.says else 1
        for number, (style, mark, name, count) in enumerate(self._rows(), first):
            y = _PAD + number * _ROW - GAP / 2
            swatch = QRectF(_PAD + 0.5, y + 2.5, _SWATCH, _ROW - 5)
            if style == PIN:
                paint_pin(painter, pin_plate(swatch.center()), is_full=True)
            else:
                _paint_swatch(painter, swatch, styles[STYLE_INDEX[style]], mark)
            painter.setPen(colour("text"))
            painter.drawText(QRectF(_PAD + _SWATCH + 2 * GAP, y, wide, _ROW), left, name)
            painter.setPen(colour("faint"))
            painter.drawText(QRectF(_PAD, y, wide, _ROW), right, count)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner, also of a drawing that changes its size while another one is shown."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and self._is_needed:
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        self.move(MARGIN_PX, self._view.height() - self.height() - MARGIN_PX)
        self.raise_()


def _paint_swatch(painter: QPainter, swatch: QRectF, look: Look, mark: str) -> None:
    painter.setPen(look.pen)
    painter.setBrush(look.brush)
    if look.has_fill:
        painter.drawRect(swatch)
        if look is looks(theme().is_dark)[STYLE_INDEX[NONE_STYLE]]:
            _paint_hatch(painter, swatch, mark)
    else:  # the look of a line
        middle = round(swatch.center().y()) + 0.5
        painter.drawLine(QPointF(swatch.left(), middle), QPointF(swatch.right(), middle))
    painter.setPen(look.text)
    painter.drawText(swatch, int(Qt.AlignmentFlag.AlignCenter), mark)


def _paint_hatch(painter: QPainter, swatch: QRectF, mark: str) -> None:
    """Paint the lines of what has no value, on both sides of its mark."""
    painter.save()
    painter.setClipRect(swatch.adjusted(1, 1, 0, 0))
    painter.setPen(looks(theme().is_dark)[STYLE_INDEX[NONE_HATCH]].pen)
    room = 7.0 if mark else 0.0
    for left in range(-round(swatch.height()), round(swatch.width()), 5):
        foot = swatch.bottomLeft() + QPointF(left, 0)
        painter.drawLine(foot, foot + QPointF(swatch.height(), -swatch.height()))
    painter.restore()
    if room:
        middle = QRectF(swatch.center().x() - room / 2, swatch.top() + 2, room, swatch.height() - 4)
        painter.fillRect(middle, looks(theme().is_dark)[STYLE_INDEX[NONE_STYLE]].brush)
