"""What fills the memory of an accelerator, as one bar with its parts named."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import font, theme

BAR_PX, LINE_PX, GAP_PX = 22, 18, 6
GIB = 2.0**30
PATTERNS = (
    Qt.BrushStyle.SolidPattern, Qt.BrushStyle.Dense4Pattern, Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense6Pattern, Qt.BrushStyle.FDiagPattern, Qt.BrushStyle.CrossPattern,
)  # fmt: skip
"""Parts differ by pattern and are named, so that no colour has to be told from another."""


class MemoryBar(QWidget):
    """Parts of the memory side by side; what is beyond the memory stands out over its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[str, float]] = []
        self._capacity = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Memory of an accelerator")
        theme().changed.connect(self.update)

    def show_memory(self, parts: Mapping[str, float], capacity: float) -> None:
        """Show parts [bytes] against what an accelerator has; none hides the bar."""
        self._parts = [(name, value) for name, value in parts.items() if value > 0]
        self._capacity = capacity
        self.setVisible(bool(self._parts))
        self.setAccessibleDescription(self.words())
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Return the parts and their sum in words."""
        used = sum(value for _, value in self._parts)
        parts = ", ".join(f"{name} {value / GIB:.1f}" for name, value in self._parts)
        short = used - self._capacity
        verdict = f"{short:,.0f} bytes short" if short > 0 else f"{-short / GIB:.1f} GiB free"
        return f"{parts}: {used / GIB:.1f} of {self._capacity / GIB:.1f} GiB, {verdict}"

    def sizeHint(self) -> QSize:
        """As high as the bar and two lines."""
        return QSize(320, BAR_PX + GAP_PX + 2 * LINE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts, the end of the memory, and what they are."""
        painter = QPainter(self)
        painter.setFont(font("small"))
        used = sum(value for _, value in self._parts)
        scale = (self.width() - 2) / max(used, self._capacity, 1.0)
        colours = theme()
        x = 1.0
        painter.fillRect(QRectF(1, 1, self._capacity * scale, BAR_PX), colours.colour("field"))
        for at, (_, value) in enumerate(self._parts):
            box = QRectF(x, 1, value * scale, BAR_PX)
            brush = painter.brush()
            brush.setStyle(PATTERNS[at % len(PATTERNS)])
            brush.setColor(colours.colour("accent"))
            painter.fillRect(box, brush)
            painter.setPen(QPen(colours.colour("line"), 1))
            painter.drawRect(box)
            x += value * scale
        over = used > self._capacity
        painter.setPen(QPen(colours.colour("error" if over else "text"), 2))
        end = 1 + self._capacity * scale
        painter.drawLine(int(end), 0, int(end), BAR_PX + 3)
        self._legend(painter)
        painter.end()

    def _legend(self, painter: QPainter) -> None:
        x, y = 1.0, BAR_PX + GAP_PX
        for at, (name, value) in enumerate(self._parts):
            text = f"{name} {value / GIB:.1f} GiB"
            width = painter.fontMetrics().horizontalAdvance(text) + 28
            if x + width > self.width() and x > 1:
                x, y = 1.0, y + LINE_PX
            box = QRectF(x, y + 4, 11, 11)
            brush = painter.brush()
            brush.setStyle(PATTERNS[at % len(PATTERNS)])
            brush.setColor(theme().colour("accent"))
            painter.fillRect(box, brush)
            painter.setPen(QPen(theme().colour("line"), 1))
            painter.drawRect(box)
            painter.setPen(theme().colour("text"))
            painter.drawText(QRectF(x + 16, y, width, LINE_PX), Qt.AlignmentFlag.AlignVCenter, text)
            x += width
