"""How a number is made: formula, inputs with their sources, what is unknown, its limit, what it points at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.engine.inputs import inputs_of
from core.model.requirements import REQUIREMENTS
from core.units import share
from desktop.icons import pixmap
from desktop.panels.numbers import STATES
from desktop.theme import font
from desktop.widgets import button, column, label, row

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.headline import Headline
    from core.engine.quantities import Quantity

WIDTH, TALLEST = 640, 620
STATE_WORDS = {
    "over": "over the limit",
    "near": "close to the limit",
    "within": "within the limit",
    "unknown": "not judged",
}


class Explanation(QFrame):
    """A window of its own that goes away with Escape or a click beside it."""

    limit_requested = Signal(str)
    """Carries the id of the requirement that is the number's limit."""
    shown = Signal(list)
    """Carries the paths of what is to be looked at."""
    findings_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.setProperty("role", "card")
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("How the number is made")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._foot = row(gap=8, margins=(14, 8, 14, 10))
        box = QVBoxLayout(self)
        box.setContentsMargins(1, 1, 1, 1)
        box.setSpacing(0)
        box.addWidget(self._scroll)
        box.addLayout(self._foot)
        self.headline: Headline | None = None
        self.links: list[QPushButton] = []

    def explain(self, headline: Headline, of: Evaluation, name_of: Callable[[str], str], at: QRect) -> None:
        """Show how a number is made, below what was clicked.

        Parameters
        ----------
        headline : Headline
        of : Evaluation
        name_of : callable
            Returns what people read for a path.
        at : QRect
            What was clicked, on the screen.
        """
        self.headline, self.links = headline, []
        body = QWidget()
        lines = column(gap=4, margins=(14, 12, 14, 8))
        body.setLayout(lines)
        self._head(lines, headline)
        self._subjects(lines, headline, name_of)
        lines.addSpacing(6)
        lines.addWidget(label("HOW IT IS MADE", "section"))
        for text in headline.formula.split("\n"):
            lines.addWidget(label(text, wrap=True))
        for number, name in enumerate(headline.quantities):
            self._quantity(
                lines, of.quantities[name], of, alone=len(headline.quantities) == 1, first=not number
            )
        lines.addStretch(1)
        self._scroll.setWidget(body)
        self._buttons(headline)
        self.setAccessibleName(f"How it is made: {headline.text}")
        self._place(body, at)

    def _head(self, lines: QVBoxLayout, headline: Headline) -> None:
        icon, role = STATES[headline.state]
        sign, value = QLabel(), label(headline.value)
        sign.setPixmap(pixmap(icon, role))
        value.setFont(font("title", bold=True, mono=True))
        lines.addLayout(row(sign, label(headline.label, "strong"), None, value, gap=8))
        words = [headline.aside, headline.detail]
        if headline.name != "findings":
            used = "" if headline.use is None or headline.use > 1e6 else f" ({share(headline.use)} used)"
            words.append(f"{STATE_WORDS[headline.state]}{used}")
        lines.addWidget(label(" · ".join(word for word in words if word), "faint", wrap=True))

    def _subjects(self, lines: QVBoxLayout, headline: Headline, name_of: Callable[[str], str]) -> None:
        if not headline.subjects:
            return
        lines.addSpacing(6)
        lines.addWidget(label("WHERE MOST OF IT IS", "section"))
        grid = _grid(lines, 1)
        for at, subject in enumerate(headline.subjects):
            if subject.path or not subject.what:
                text = name_of(subject.path)
                link = button(text, lambda p=subject.path: self._go(p))
                link.setProperty("flat", "true")
                link.setStyleSheet("text-align: left; text-decoration: underline; padding: 1px 0;")
                link.setCursor(Qt.CursorShape.PointingHandCursor)
                link.setAccessibleName(f"Show {text}, {subject.text}")
                self.links.append(link)
                grid.addWidget(link, at, 0)
            else:
                grid.addWidget(label(subject.what), at, 0)
            grid.addWidget(_number(subject.text), at, 1)

    def _quantity(
        self, lines: QVBoxLayout, quantity: Quantity, of: Evaluation, *, alone: bool, first: bool
    ) -> None:
        found, left_out = inputs_of(of, quantity.name)
        lines.addSpacing(6)
        title = "MADE OF" if alone else f"{quantity.label.upper()}: {quantity.text}"
        lines.addWidget(label(title, "section"))
        if not first or alone:
            lines.addWidget(label(quantity.formula, "faint", wrap=True))
        grounds = quantity.grounds
        if grounds.shares:
            shares = ", ".join(f"{name} {share(part)}" for name, part in grounds.shares)
            lines.addWidget(label(f"Known by: {shares}", "faint", wrap=True))
        if grounds.dominant:
            weak = "; ".join(f"{c.name} {share(c.share)} ({c.evidence})" for c in grounds.dominant)
            lines.addWidget(label(f"Of what is not verified most is: {weak}", "faint", wrap=True))
        if grounds.unknown:
            names = ", ".join(grounds.unknown[:6]) + (" …" if len(grounds.unknown) > 6 else "")
            lines.addWidget(label(f"Unknown, counted as 0: {names}", "warning", wrap=True))
        if not found:
            return
        grid = _grid(lines, 0)
        for at, one in enumerate(found):
            source = f"{one.evidence}: {one.source}" if one.source else one.evidence
            grid.addWidget(label(one.name, wrap=True), 2 * at, 0)
            grid.addWidget(_number(one.amount or one.what), 2 * at, 1)
            about = f"{one.what}; {source}" if one.amount else source
            grid.addWidget(label(about, "small", wrap=True), 2 * at + 1, 0, 1, 2)
        if left_out:
            lines.addWidget(label(f"and {left_out} smaller ones", "small"))

    def _buttons(self, headline: Headline) -> None:
        while (item := self._foot.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        where = label("", "faint", wrap=True)
        self._foot.addWidget(where, 1)
        if headline.name == "findings":
            self._foot.addWidget(button("Show the findings", self._show_findings, primary=True))
        elif headline.requirement:
            kind = REQUIREMENTS[headline.requirement]
            given = headline.use is not None
            where.setText(f"Limit: '{kind.label}' of the brief" if given else "No limit in the brief")
            words = "Change the limit …" if given else "Set a limit …"
            self._foot.addWidget(button(words, self._ask_limit, primary=not given))
        else:
            where.setText("Its limits are drawn: capacities, areas, ratings")
        self._foot.addWidget(button("Close", self.close))

    def _place(self, body: QWidget, at: QRect) -> None:
        found = QGuiApplication.screenAt(at.center()) or QGuiApplication.primaryScreen()
        screen = found.availableGeometry()
        width = min(WIDTH, screen.width() - 16)
        self.setFixedWidth(width)
        below = at.bottomLeft() + QPoint(0, 3)
        # Wrapped labels know their height once they know their width.
        wanted = body.layout().heightForWidth(width - 14) + self._foot.sizeHint().height() + 6
        room = max(screen.bottom() - below.y() - 8, 240)
        height = min(wanted, TALLEST, room)
        self.setFixedHeight(height)
        left = max(screen.left() + 8, min(below.x(), screen.right() - width - 8))
        self.move(left, min(below.y(), screen.bottom() - height - 8))
        self.show()
        (self.links[0] if self.links else self).setFocus(Qt.FocusReason.PopupFocusReason)

    def _go(self, path: str) -> None:
        self.close()
        self.shown.emit([path])

    def _ask_limit(self) -> None:
        name = "" if self.headline is None else self.headline.requirement
        self.close()
        self.limit_requested.emit(name)

    def _show_findings(self) -> None:
        self.close()
        self.findings_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def _grid(lines: QVBoxLayout, gap: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(gap)
    grid.setColumnStretch(0, 1)
    lines.addLayout(grid)
    return grid


def _number(text: str) -> QLabel:
    made = label(text)
    made.setFont(font("body", mono=True))
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    return made
