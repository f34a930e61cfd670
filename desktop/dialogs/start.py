"""The start page: examples, recent projects, and what a crash has left to be recovered."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.editing.routes import counted
from core.files.recovery import Offer
from desktop.icons import application_icon, pixmap
from desktop.templates import examples
from desktop.theme import theme
from desktop.widgets import button, column, label, panel, row

MOST_RECENT = 8


class Card(QFrame):
    """Something to click: a picture, a title and some words."""

    chosen = Signal()

    def __init__(self, title: str, words: str, icon_name: str = "", picture: str = "") -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{title}. {words}")
        texts = column(label(title, "strong", wrap=True), label(words, "faint", wrap=True), None, gap=4)
        image = QLabel()
        found = picture_of(picture)
        if found is not None:
            image.setPixmap(found)
            image.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.setLayout(column(image, texts, gap=8, margins=(10, 10, 10, 12)))
        elif icon_name:
            image.setPixmap(pixmap(icon_name, "accent", 22))
            image.setAlignment(Qt.AlignmentFlag.AlignTop)
            box = QHBoxLayout()
            box.setContentsMargins(14, 12, 14, 12)
            box.setSpacing(12)
            box.addWidget(image)
            box.addLayout(texts, 1)
            self.setLayout(box)
        else:
            self.setLayout(column(texts, margins=(14, 12, 14, 12)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


class StartPage(QScrollArea):
    """What one sees before a project is open."""

    new_requested = Signal()
    open_requested = Signal()
    example_chosen = Signal(object)
    recent_chosen = Signal(object)
    recover_chosen = Signal(object)
    discard_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setAccessibleName("Start page")
        self._shown: tuple[list[str], list[Offer]] | None = None
        theme().changed.connect(self._recolour)

    def show_choices(self, recent: list[str], offers: list[Offer]) -> None:
        """Fill the page."""
        self._shown = (recent, offers)
        body = QWidget()
        inner = QWidget()
        inner.setMaximumWidth(1020)
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        parts = QVBoxLayout(inner)
        parts.setContentsMargins(32, 40, 32, 32)
        parts.setSpacing(12)
        parts.addLayout(self._head())
        if offers:
            parts.addSpacing(12)
            parts.addWidget(label("UNSAVED WORK FOUND", "section"))
            for offer in offers[:4]:
                parts.addWidget(self._offer(offer))
        parts.addSpacing(12)
        parts.addWidget(label("EXAMPLES", "section"))
        parts.addWidget(self._examples())
        found = [path for path in recent if Path(path).exists()][:MOST_RECENT]
        if found:
            parts.addSpacing(12)
            parts.addWidget(label("RECENT PROJECTS", "section"))
            parts.addWidget(self._recent(found))
        parts.addStretch(1)
        outer = QHBoxLayout(body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(inner, 8)
        outer.addStretch(1)
        self.setWidget(body)

    def _recolour(self) -> None:
        if self._shown is not None:
            self.show_choices(*self._shown)

    def _head(self) -> QHBoxLayout:
        sign = QLabel()
        sign.setPixmap(application_icon().pixmap(QSize(52, 52), self.devicePixelRatio()))
        words = column(
            label("Cagenut", "display"),
            label("Draw, check and hand off AI racks and halls", "faint"),
            gap=2,
        )
        box = QHBoxLayout()
        box.setSpacing(16)
        box.addWidget(sign)
        box.addLayout(words)
        box.addStretch(1)
        box.addWidget(button("Open …", self.open_requested.emit, icon_name="open"))
        box.addWidget(button("New project", self.new_requested.emit, icon_name="new", primary=True))
        return box

    def _offer(self, offer: Offer) -> QWidget:
        made = panel("card")
        verb = "is" if offer.changes == 1 else "are"
        words = f"{counted(offer.changes, 'change')} of {local_time(offer.when)} {verb} in no file."
        more = offer.problem or ("Some bytes at the end could not be read." if offer.rest else "")
        texts = column(
            label(offer.name, "strong"), label(f"{words} {more}".strip(), "faint", wrap=True), gap=2
        )
        recover = button("Recover a copy", lambda: self.recover_chosen.emit(offer), primary=True)
        recover.setEnabled(not offer.problem)
        recover.setToolTip(offer.problem)
        sign = QLabel()
        sign.setPixmap(pixmap("recover", "warning", 22))
        box = row(sign, gap=12, margins=(14, 10, 12, 10))
        box.addLayout(texts, 1)
        box.addWidget(recover)
        box.addWidget(button("Put away", lambda: self.discard_chosen.emit(offer)))
        made.setLayout(box)
        return made

    def _examples(self) -> QWidget:
        grid = QWidget()
        box = QGridLayout(grid)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        offered = examples()
        for i, example in enumerate(offered):
            card = Card(example.title, example.note, "hall", example.name)
            card.chosen.connect(lambda e=example: self.example_chosen.emit(e))
            box.addWidget(card, i // 3, i % 3)
        if not offered:
            card = Card("Empty hall", "Start with a floor and drag racks onto it.", "hall")
            card.chosen.connect(self.new_requested)
            box.addWidget(card, 0, 0)
        for at in range(3):
            box.setColumnStretch(at, 1)
        return grid

    def _recent(self, paths: list[str]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for i, name in enumerate(paths):
            path = Path(name)
            card = Card(path.name, str(path.parent), "history")
            card.chosen.connect(lambda p=path: self.recent_chosen.emit(p))
            grid.addWidget(card, i // 2, i % 2)
        for at in range(2):
            grid.setColumnStretch(at, 1)
        return made


def picture_of(name: str) -> QPixmap | None:
    """Return the picture of an example in the present theme, if there is one."""
    tone = "dark" if theme().is_dark else "light"
    file = files("resources").joinpath("icons", "examples", f"{name}-{tone}.png")
    if not name or not file.is_file():
        return None
    made = QPixmap(str(file))
    made.setDevicePixelRatio(2.0)
    return made


def local_time(when: str) -> str:
    """Return a time of the journal in the user's own time, to the minute."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(when).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return when or "an unknown time"
