"""The twelve numbers always in sight: value against limit, and what a drag would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolBar, QWidget

from desktop.icons import paint_icon
from desktop.theme import font, theme

if TYPE_CHECKING:
    from core.engine.headline import Headline

HEIGHT = 51
"""Of one row [px]."""
PAD = 5
ICON = 11
STEP = 4
"""Tiles grow by so many pixels, so that they do not shift with every digit."""
ROWS = (1, 2, 3, 4)
STATES = {
    "over": ("error", "error"),
    "near": ("warning", "warning"),
    "within": ("ok", "ok"),
    "unknown": ("unknown", "faint"),
}
LABELS = (
    ("findings", "Findings"), ("accelerators", "Accelerators"), ("compute", "BF16 dense"),
    ("power", "Power, max"), ("binding", "Binding limit"), ("worst_rack", "Worst rack"),
    ("source", "Source after loss"), ("liquid", "Liquid"), ("air", "Air"), ("heaviest", "Heaviest rack"),
    ("network", "Scale-out"), ("capex", "Capex"),
)  # fmt: skip
"""What the tiles are called before there are any results."""


def _value_font() -> QFont:
    made = font("strong", bold=True, mono=True)
    made.setPixelSize(12)
    return made


class Tile(QAbstractButton):
    """One number: label, value, limit, and a bar for the share of the limit that is used."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.name, self._text = name, text
        self.headline: Headline | None = None
        self.change = ""
        self.is_stale = False
        self._widest = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._say()

    def show_headline(self, headline: Headline | None) -> None:
        """Show a number; None shows that there is none yet."""
        if headline is None:
            self._widest = 0
        self.headline = headline
        self._say()

    def show_change(self, change: str) -> None:
        """Show what a drag would change; empty shows the limit again."""
        if change != self.change:
            self.change = change
            self._say()

    def set_stale(self, stale: bool) -> None:
        """Mark the number as that of an earlier state."""
        if stale != self.is_stale:
            self.is_stale = stale
            self._say()

    def natural_width(self) -> int:
        """The width in which nothing is cut; it never shrinks while a project is open."""
        small, value = self._metrics()
        head, label, aside, detail = self._texts()
        gap = 10 if aside else 0
        first = ICON + 4 + small.horizontalAdvance(label) + gap + small.horizontalAdvance(aside)
        wide = max(first, value.horizontalAdvance(head), small.horizontalAdvance(detail)) + 2 * PAD + 1
        if self.change:
            wide = max(wide, small.horizontalAdvance(self.change) + 2 * PAD + 12)
        self._widest = max(self._widest, STEP * -(-int(wide + 1) // STEP))
        return self._widest

    def sizeHint(self) -> QSize:
        return QSize(self.natural_width(), HEIGHT)

    def _texts(self) -> tuple[str, str, str, str]:
        shown = self.headline
        if shown is None:
            return ("–", self._text, "", "")
        return (shown.value, shown.label, shown.aside, shown.detail)

    @staticmethod
    def _metrics() -> tuple[QFontMetricsF, QFontMetricsF]:
        return QFontMetricsF(font("small")), QFontMetricsF(_value_font())

    def _say(self) -> None:
        words = self._text + ": no results yet" if self.headline is None else self.headline.text
        words += f". The drag adds {self.change}" if self.change else ""
        words += ". Of an earlier state" if self.is_stale else ""
        self.setAccessibleName(words)
        self.setToolTip(f"{words}\nClick: how it is made")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks; the arrows go from number to number."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEvent) -> None:  # type: ignore[override]
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colour = QPainter(self), theme().colour
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        box = QRectF(self.rect())
        if self.isDown() or self.underMouse():
            painter.fillRect(box, colour("accent_soft" if self.isDown() else "hover"))
        painter.setPen(QPen(colour("line"), 1))
        painter.drawLine(box.topRight(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        head, label, aside, detail = self._texts()
        state = self.headline.state if self.headline is not None else "unknown"
        icon, role = STATES[state]
        inner = box.adjusted(PAD, 4, -PAD, 0)
        small, value = self._metrics()
        top = inner.top()
        paint_icon(painter, icon, QRectF(inner.left(), top + 1, ICON, ICON), colour(role))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        line = QRectF(inner.left(), top, inner.width(), small.height())
        painter.setFont(font("small"))
        painter.setPen(colour("faint"))
        painter.drawText(line.adjusted(ICON + 4, 0, 0, 0), int(left), label)
        painter.drawText(line, int(right), aside)
        line = QRectF(inner.left(), line.bottom(), inner.width(), value.height())
        painter.setFont(_value_font())
        stale = self.is_stale or self.headline is None
        painter.setPen(colour("faint" if stale else "error" if state == "over" else "text"))
        painter.drawText(line, int(left), head)
        if self.is_stale:
            self._paint_stale(painter, line)
        line = QRectF(inner.left(), line.bottom(), inner.width(), small.height())
        painter.setFont(font("small"))
        if self.change:
            wide = small.horizontalAdvance(self.change) + 10
            painter.setPen(QPen(colour("accent"), 1))
            painter.setBrush(colour("accent_soft"))
            painter.drawRoundedRect(QRectF(line.left(), line.top(), wide, line.height()), 3, 3)
            painter.setPen(colour("text"))
            painter.drawText(line.adjusted(5, 0, 0, 0), int(left), self.change)
        else:
            painter.setPen(colour("faint"))
            painter.drawText(line, int(left), detail)
        self._paint_bar(painter, box, role)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour("accent"), 1.5))
            painter.drawRoundedRect(box.adjusted(1.5, 1.5, -2.5, -1.5), 3, 3)

    def _paint_bar(self, painter: QPainter, box: QRectF, role: str) -> None:
        use = None if self.headline is None else self.headline.use
        if use is None:
            return
        bar = QRectF(box.left() + PAD, box.bottom() - 4, box.width() - 2 * PAD, 2)
        painter.fillRect(bar, theme().colour("line"))
        full = QRectF(bar.left(), bar.top(), bar.width() * min(use, 1.0), bar.height())
        painter.fillRect(full, theme().colour(role))

    def _paint_stale(self, painter: QPainter, line: QRectF) -> None:
        """Three dots behind the value: a newer one is on its way."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("faint"))
        for k in range(3):
            painter.drawEllipse(QRectF(line.right() - 13 + 5 * k, line.center().y() - 1.5, 3, 3))


class Numbers(QWidget):
    """Twelve tiles in as many rows as the width asks for; values stay while newer ones are made."""

    chosen = Signal(str, QWidget)
    """Carries the name of a number and its tile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Numbers of the design")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tiles: dict[str, Tile] = {}
        for name, text in LABELS:
            tile = self.tiles[name] = Tile(name, text)
            tile.setParent(self)
            tile.clicked.connect(lambda _=False, t=tile: self._clicked(t))
        theme().changed.connect(self._restyle)
        self._stale = QTimer(self)
        self._stale.setSingleShot(True)
        self._stale.setInterval(150)
        self._stale.timeout.connect(lambda: self._mark(True))
        self.rows = 1
        self._arrange()

    @property
    def headlines(self) -> list[Headline]:
        """The numbers shown; none before there are results."""
        return [tile.headline for tile in self.tiles.values() if tile.headline is not None]

    def clear(self) -> None:
        """Show no numbers."""
        self._stale.stop()
        for tile in self.tiles.values():
            tile.show_headline(None)
            tile.show_change("")
        self._mark(False)
        self._arrange()

    def show_headlines(self, found: Sequence[Headline]) -> None:
        """Show the newest numbers."""
        self._stale.stop()
        for headline in found:
            self.tiles[headline.name].show_headline(headline)
        self._mark(False)
        self._arrange()

    def show_stale(self) -> None:
        """Say that newer numbers are on their way, if they take long enough to be waited for."""
        self._stale.start()

    def show_changes(self, changes: Mapping[str, str]) -> None:
        """Show what a drag would change, by name of the number."""
        for name, tile in self.tiles.items():
            tile.show_change(changes.get(name, ""))
        if any(tile.natural_width() > tile.width() for tile in self.tiles.values()):
            self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(320, self.rows * HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.rows * HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _clicked(self, tile: Tile) -> None:
        if tile.headline is not None:
            self.chosen.emit(tile.name, tile)

    def _mark(self, stale: bool) -> None:
        for tile in self.tiles.values():
            tile.set_stale(stale and tile.headline is not None)

    def _restyle(self) -> None:
        for tile in self.tiles.values():
            tile.update()

    def _arrange(self) -> None:
        """Give every tile the room its text needs; what is left over is shared."""
        tiles = list(self.tiles.values())
        widths = [tile.natural_width() for tile in tiles]
        for rows in ROWS:
            per = len(tiles) // rows
            columns = [max(widths[k::per]) for k in range(per)]
            if sum(columns) <= self.width() or rows == ROWS[-1]:
                break
        spare = max(self.width() - sum(columns), 0)
        at = 0
        for k, width in enumerate(columns):
            end = at + width + spare * (k + 1) // per - spare * k // per
            for row in range(rows):
                tiles[row * per + k].setGeometry(at, row * HEIGHT, end - at, HEIGHT)
            at = end
        if rows != self.rows or self.height() != rows * HEIGHT:
            self.rows = rows
            self.setFixedHeight(rows * HEIGHT)
            self.updateGeometry()


def make_numbers_bar(numbers: Numbers) -> QToolBar:
    """Return the tool bar that holds the numbers."""
    bar = QToolBar("Numbers")
    bar.setObjectName("numbers")
    bar.setMovable(False)
    bar.setContentsMargins(0, 0, 0, 0)
    bar.setStyleSheet("QToolBar { padding: 0; spacing: 0; }")
    bar.addWidget(numbers)
    return bar
