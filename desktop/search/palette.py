"""Search for anything: one box at the top of the window; what is chosen in its list is shown or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QListView, QWidget

from desktop.icons import icon
from desktop.list_rows import ITEM, RowDelegate
from desktop.search.choices import Choice, Choices, Ranked
from desktop.search.live_names import LiveNames
from desktop.search.palette_row import ChoiceDelegate, ChoiceModel, spoken
from desktop.sheets.sheet_list import SheetList
from desktop.theme import theme
from desktop.widgets import column, label, panel, row

if TYPE_CHECKING:
    from desktop.document import Document
    from desktop.main_window import MainWindow

ACTIONS, THINGS, SHEETS, PLACES = ">", "@", "#", "+"
PREFIXES = (ACTIONS, THINGS, SHEETS, PLACES)
MOST_SHOWN, MOST_OTHERS, MOST_RECENT = 60, 20, 8
ROWS_SEEN = 11
LEAST_FOR_SHEETS = 3
"""Characters from which on sheets are looked for too: to plan them keeps a processor busy."""
WIDTH = 680
REST_MS = 400
"""How long no key has to be pressed before sheets are planned."""
HELP = f"{ACTIONS} actions   {THINGS} things   {SHEETS} sheets   {PLACES} place"
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -ROWS_SEEN,
    Qt.Key.Key_PageDown: ROWS_SEEN,
}
_ORDER = ("Action", "Fabric", "Source")
"""Chips that come first among equals; findings and what can be placed come last."""


class Palette(QFrame):
    """The box and its list, over the top of a window; `ask` opens it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.names = LiveNames(self)
        self.sheets = SheetList(self)
        self.choices = Choices(window, self.names)
        self._recent: list[Choice] = []
        self._came_from: QWidget | None = None
        self.setProperty("role", "popup")
        self.setAccessibleName("Search for anything")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REST_MS)
        self._later.timeout.connect(self.sheets.refresh_once)
        self.box = QLineEdit()
        self.box.setAccessibleName("Search for anything")
        self.box.setPlaceholderText("Search: leaf-3 17, a rack, an action, a sheet, a type …")
        self.box.setClearButtonEnabled(True)
        self._glass = self.box.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        self.box.installEventFilter(self)
        self.model = ChoiceModel(self)
        self.list = QListView()
        self.list.setAccessibleName("What was found")
        self.list.setModel(self.model)
        self.list.setItemDelegate(ChoiceDelegate(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._count, self._help = label(role="small"), label(HELP, "small")
        foot = panel()
        foot.setLayout(row(self._count, None, self._help, margins=(12, 5, 12, 6)))
        head = panel()
        head.setLayout(column(self.box, margins=(8, 8, 8, 8)))
        self.setLayout(column(head, self.list, foot, gap=0, margins=(1, 1, 1, 1)))
        self.box.textChanged.connect(lambda _: self._search())
        self.list.clicked.connect(lambda index: self._choose(index.row()))
        self.list.selectionModel().currentChanged.connect(lambda *_: self._say_current())
        self.names.ready.connect(self._refreshed)
        self.sheets.listed.connect(self._refreshed)
        theme().changed.connect(self._recolour)
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        window.installEventFilter(self)
        window.document_changed.connect(lambda: self.watch(window.document))
        self.hide()

    # Opening and closing.

    def watch(self, document: Document | None) -> None:
        """Search another project from now on."""
        self.dismiss()
        self.names.watch(document)
        self.sheets.watch(document)
        self._recent = [choice for choice in self._recent if choice.key.startswith(("action:", "type:"))]

    def ask(self, text: str = "") -> None:
        """Open the box with a text in it; a prefix such as `+` narrows what is looked for."""
        if not self.isVisible():
            self._came_from = QApplication.focusWidget()
        self.names.refresh()
        self.choices.prepare()
        self.box.setText(text)
        self._search()
        self._place()
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not text:
            self.box.selectAll()

    def dismiss(self) -> None:
        """Close the box; the focus goes back to where it was."""
        if self.isVisible():
            self.hide()
            if self._came_from is not None and self._came_from.isVisible():
                self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """End what runs beside the window."""
        self.names.close()
        self.sheets.close()

    # Searching.

    def _search(self) -> None:
        text = self.box.text().lstrip()
        prefix = text[:1] if text[:1] in PREFIXES else ""
        query = text[len(prefix) :].strip()
        if prefix == SHEETS:
            self.sheets.refresh()
        elif not prefix and len(query) >= LEAST_FOR_SHEETS and self.sheets.stamp < 0:
            self._later.start()
        if query:
            found, total = self._ranked(prefix, query)
            found.sort(key=lambda each: (-each[0], _place_of(each[1])))
            choices = [choice for _, choice in found[:MOST_SHOWN]]
        else:
            choices = self._offered(prefix)
            total = len(choices)
        self.model.show(choices)
        if choices:
            self.list.setCurrentIndex(self.model.index(0))
        self._say_count(total, len(choices), prefix)
        self._say_current()
        self._place()

    def _ranked(self, prefix: str, query: str) -> tuple[list[Ranked], int]:
        found: list[Ranked] = []
        total = 0
        if prefix in ("", THINGS):
            found, total = self.choices.things(query, MOST_SHOWN)
            total -= len(found)
            found += self.choices.records(query, MOST_OTHERS)
        if prefix in ("", ACTIONS):
            found += self.choices.actions(query, MOST_OTHERS)
        if prefix in ("", SHEETS):
            found += self._sheets(query, MOST_OTHERS if not prefix else MOST_SHOWN)
        if prefix in ("", PLACES):
            most = MOST_OTHERS if not prefix else MOST_SHOWN
            found += self.choices.places(query, most, only_placed=bool(prefix))
        return found, total + len(found)

    def _offered(self, prefix: str) -> list[Choice]:
        """Return what is listed before anything is typed: what was used lately, then the actions."""
        if prefix == SHEETS:
            return [choice for _, choice in self._sheets("", MOST_SHOWN)]
        recent = [fresh for old in self._recent if (fresh := self._afresh(old)) is not None]
        if prefix in (THINGS, PLACES):
            starts = {THINGS: ("thing:", "fabric:", "source:"), PLACES: ("type:", "template:", "block:")}[
                prefix
            ]
            return [choice for choice in recent if choice.key.startswith(starts)]
        actions = self.choices.every_action()
        if prefix == ACTIONS:
            return actions
        known = {choice.key for choice in recent}
        return recent + [choice for choice in actions if choice.key not in known]

    def _afresh(self, choice: Choice) -> Choice | None:
        """Return a choice made earlier as it is now; None if what it was is gone."""
        if choice.key.startswith("action:"):
            return next((each for each in self.choices.every_action() if each.key == choice.key), None)
        document = self._window.document
        if choice.key.startswith("thing:"):
            path = choice.key.split(":")[1]
            is_there = document is not None and document.project.resolve(document.top, path) is not None
            return choice if is_there else None
        return choice

    def _sheets(self, query: str, limit: int) -> list[Ranked]:
        return [
            (
                score,
                Choice(
                    f"sheet:{sheet.id}",
                    "sheet",
                    f"{sheet.id}  {sheet.title}",
                    " · ".join(words for words in (sheet.group, sheet.subtitle) if words),
                    "Sheet",
                    lambda sheet=sheet: self._window.dialogs.preview_sheets(sheet.id),
                ),
            )
            for score, sheet in self.sheets.search(query, limit)
        ]

    def _refreshed(self) -> None:
        if self.isVisible():
            self.choices.prepare()
            chosen = self.list.currentIndex().data(ITEM)
            self._search()
            keys = [choice.key for choice in self.model.items]
            if chosen is not None and chosen.key in keys:
                self.list.setCurrentIndex(self.model.index(keys.index(chosen.key)))

    # Choosing.

    def _choose(self, number: int) -> None:
        """Go there, or do it; what cannot be done now says why, and the box stays open."""
        if not 0 <= number < len(self.model.items):
            return
        choice = self.model.items[number]
        if choice.reason:
            self._count.setText(f"Not now: {choice.reason}")
            return
        self._recent = [choice, *(each for each in self._recent if each.key != choice.key)][:MOST_RECENT]
        self.dismiss()
        self._window.attempt(choice.run)

    def _step(self, by: int) -> None:
        last = len(self.model.items) - 1
        if last < 0:
            return
        at = self.list.currentIndex().row() + by
        # One step beyond an end goes to the other one; a page stops there.
        at = (at if 0 <= at <= last else last if at < 0 else 0) if abs(by) == 1 else min(max(at, 0), last)
        self.list.setCurrentIndex(self.model.index(at))
        self.list.scrollTo(self.model.index(at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the box that belong to the list; the size of the window."""
        if watched is self._window:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in _STEPS:
                self._step(_STEPS[Qt.Key(key)])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentIndex().row())
                return True
            if key == Qt.Key.Key_Escape:
                self.dismiss()
                return True
            if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self._step(1 if key == Qt.Key.Key_Tab else -1)
                return True
        return super().eventFilter(watched, event)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self.isVisible() and new is not self.box and not self.isAncestorOf(new):
            self.hide()

    # Looks.

    def _place(self) -> None:
        window = self._window
        middle = window.centralWidget()
        width = min(WIDTH, window.width() - 48)
        rows = min(len(self.model.items), ROWS_SEEN)
        room = window.height() - middle.y() - 110
        self.list.setFixedHeight(max(min(rows * RowDelegate.height, room), min(rows, 1) * RowDelegate.height))
        height = self.layout().sizeHint().height()
        self.setGeometry((window.width() - width) // 2, middle.y() + 6, width, height)

    def _say_count(self, total: int, shown: int, prefix: str) -> None:
        waits = []
        if not self.names.is_current and prefix in ("", THINGS):
            waits.append("names are being read …")
        if prefix == SHEETS and self.sheets.problem:
            waits.append(self.sheets.problem)
        elif prefix == SHEETS and self.sheets.is_busy:
            waits.append("sheets are being planned …")
        typed = self.box.text().strip().strip("".join(PREFIXES))
        if typed:
            words = "Nothing is called that" if not total else f"{total:,} found"
            words += f", the best {shown:,} listed" if total > shown else ""
            waits.insert(0, words)
        text = " · ".join(waits)
        self._count.setText(text[:1].upper() + text[1:])

    def _say_current(self) -> None:
        choice = self.list.currentIndex().data(ITEM)
        self.box.setAccessibleDescription(spoken(choice) if choice is not None else self._count.text())

    def _recolour(self) -> None:
        self._glass.setIcon(icon("search", "faint"))
        self.list.viewport().update()


def _place_of(choice: Choice) -> int:
    """Return where a choice stands among those that match as well."""
    if choice.chip in _ORDER:
        return 0
    kind = choice.key.partition(":")[0]
    return {"thing": 1, "sheet": 2, "type": 3, "template": 3, "block": 3}.get(kind, 4)
