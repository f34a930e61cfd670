"""The line above the drawings while two designs are compared: what the marks mean, the way through them."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from desktop.canvas.change_marks import PLATE_PX, SIGNS, WORDS, paint_plate
from desktop.theme import font, theme
from desktop.views.change_marking import ChangeMarking
from desktop.views.network_banner import Line, NetworkBanner, lay_across
from desktop.widgets import button, column, row, sentence

ROOM_PX = 14.0


class ChangeLegend(QWidget):
    """Each sign, what it means and how many of it are marked."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend of the marks")
        self._counts: Counter[str] = Counter()
        theme().changed.connect(self.update)

    @property
    def words(self) -> list[str]:
        """What stands beside each sign."""
        return [f"{WORDS.get(state, state)} {self._counts[state]:,}" for state in SIGNS]

    def show_counts(self, counts: Counter[str]) -> None:
        """Say how many there are."""
        self._counts = counts
        self.setAccessibleDescription(", ".join(self.words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font("small"))
        wide = sum(PLATE_PX + 4 + metrics.horizontalAdvance(words) + ROOM_PX for words in self.words)
        return QSize(round(wide), 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the signs as they are in the drawings."""
        painter, metrics = QPainter(self), QFontMetricsF(font("small"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        x = 1.0
        for state, words in zip(SIGNS, self.words, strict=True):
            paint_plate(painter, QPointF(x + PLATE_PX / 2, 17.5), state)
            x += PLATE_PX + 4
            painter.setFont(font("small"))
            painter.setPen(theme().colour("text"))
            wide = metrics.horizontalAdvance(words)
            painter.drawText(QPointF(x, 14.5), words)
            x += wide + ROOM_PX
        painter.end()


class ChangeBar(NetworkBanner):
    """Seen in every view as long as the design is compared with another one of the same project."""

    def __init__(self, marking: ChangeMarking) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._marking = marking
        self.view = "hall"
        """The drawing whose marks are counted."""
        self.legend, self.words = ChangeLegend(), Line()
        self.marks = QCheckBox("Marks")
        self.marks.setAccessibleName("Mark changes in the drawing")
        self.marks.setChecked(True)
        self.marks.toggled.connect(marking.show_marks)
        self.back = button("Previous", lambda: marking.go(-1))
        self.back.setAccessibleName("Previous change")
        self.back.setToolTip("Go to the change before (Shift+F4)")
        self.next = button("Next", lambda: marking.go(1))
        self.next.setAccessibleName("Next change")
        self.next.setToolTip("Go to the next change (F4)")
        told = row(self.words, self.marks, self.back, self.next, gap=10)
        told.setStretch(0, 1)
        self._text = column(told, self.legend, gap=4)
        self.setLayout(self._text)
        marking.changed.connect(self.refresh)
        self.arrange()
        self.hide()

    def arrange(self) -> None:
        """With room the legend is in the same line; in a low and narrow window it gives way."""
        lay_across(self._text, self.is_wide)
        self._text.setStretch(0, 1 if self.is_wide else 0)
        self.legend.setVisible(self.is_wide or not self.is_low)
        self._text.setContentsMargins(12, *((2, 8, 2) if self.is_low else (5, 8, 6)))

    def refresh(self) -> None:
        """Say what is compared and which change is looked at."""
        marking = self._marking
        self.setVisible(marking.before is not None)
        if marking.before is None:
            return
        self.marks.setChecked(marking.is_shown)
        self.legend.show_counts(marking.counts(self.view))
        many = len(marking.rows)
        said = f"Compared with {marking.before.name}: {many:,} change{'' if many == 1 else 's'}"
        if 0 <= marking.at < many:
            one = marking.rows[marking.at]
            said = f"{marking.at + 1:,} of {many:,} · {sentence(one.kind)} {one.words}"
        self.words.setText(said)
        self.words.setToolTip(said)
        for made in (self.back, self.next):
            made.setEnabled(many > 0)
        self.setAccessibleName(said)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
