"""The registry of actions: every command has a name, a menu, a shortcut and a reason when it is disabled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from desktop.icons import icon
from desktop.theme import theme

Choice = str | tuple[str, tuple[str, ...]]
"""What a menu offers: the name of an action, or a title with the names of the actions below it."""
Availability = Callable[[], str]
"""Says why an action cannot be done now; empty if it can."""
MENUS = ("File", "Edit", "Draw", "Arrange", "Blocks", "Link", "View", "Worth", "Tools", "Help")
"""Titles of the menus in the order of the bar."""


@dataclass
class Entry:
    """One action and what is known about it."""

    action: QAction
    menu: str
    tip: str
    icon: str
    why_not: Availability | None
    text: str
    """Its name as it was registered; what the action shows may say more (Undo Move rack)."""
    reason: str = ""
    """Why it could not be done when that was last asked; empty if it could."""


class Actions(QObject):
    """Actions by name, such as `edit.undo`."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner
        self._entries: dict[str, Entry] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._is_due = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.settle)
        owner.installEventFilter(self)
        theme().changed.connect(self._recolour)

    def add(
        self,
        name: str,
        text: str,
        run: Callable[[], object],
        *,
        menu: str,
        shortcut: str | tuple[str, ...] = (),
        tip: str = "",
        icon_name: str = "",
        why_not: Availability | None = None,
        group: str = "",
        checkable: bool = False,
    ) -> QAction:
        """Register an action; `group` makes it one of several of which one is on."""
        action = QAction(text, self._owner)
        action.setObjectName(name)
        keys = (shortcut,) if isinstance(shortcut, str) else shortcut
        action.setShortcuts([QKeySequence(key) for key in keys if key])
        if icon_name:
            action.setIcon(icon(icon_name))
        action.setCheckable(checkable or bool(group))
        if group:
            if group not in self._groups:
                self._groups[group] = QActionGroup(self._owner)
            self._groups[group].addAction(action)
        action.triggered.connect(lambda *_: run())
        self._owner.addAction(action)
        entry = self._entries[name] = Entry(
            action, menu, tip or text.replace("&", ""), icon_name, why_not, text
        )
        self._tell(entry)
        self._refresh(entry)
        return action

    def __getitem__(self, name: str) -> QAction:
        self.settle()
        return self._entries[name].action

    def entry(self, name: str) -> Entry:
        """Return what is known about an action."""
        self.settle()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def run(self, name: str) -> None:
        """Do what the action does, as a click on it would."""
        self.refresh()
        self[name].trigger()

    def refresh_soon(self) -> None:
        """Refresh once the events at hand are done: an edit and what it selects ask for it several times."""
        if not self._is_due:
            self._is_due = True
            self._later.start()

    def settle(self) -> None:
        """Refresh now if that is due."""
        if self._is_due:
            self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be up to date before a key is taken for a shortcut."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self.settle()
        return False

    def refresh(self) -> None:
        """Ask every action whether it can be done, and say in its tooltip why not."""
        self._is_due = False
        for entry in self._entries.values():
            self._refresh(entry)

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus: `File|2` is the second section of File, `File|2|Recent` a menu in it."""
        menus: dict[str, QMenu] = {}
        for title in MENUS:
            entries = [e for e in self._entries.values() if e.menu.partition("|")[0] == title]
            if not entries:
                continue
            menus[title] = menu = bar.addMenu(f"&{title}")
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
            menu.aboutToShow.connect(lambda menu=menu: give_letters(menu))
            section = ""
            for entry in sorted(entries, key=lambda e: e.menu):
                _, number, *inner = entry.menu.split("|")
                if section and number != section:
                    menu.addSeparator()
                section = number
                holder = menu
                if inner:
                    name = f"{title} / {inner[0].replace('&', '')}"
                    if name not in menus:
                        menus[name] = menu.addMenu(inner[0])
                        menus[name].setToolTipsVisible(True)
                        menus[name].aboutToShow.connect(lambda menu=menus[name]: give_letters(menu))
                    holder = menus[name]
                holder.addAction(entry.action)
        return menus

    def menu_of(self, choices: Iterable[Choice], owner: QWidget) -> QMenu:
        """Return a menu of what can be done now; an empty name is a line between groups."""
        self.refresh()
        menu = QMenu(owner)
        self._offer(menu, choices)
        return menu

    def _offer(self, menu: QMenu, choices: Iterable[Choice]) -> None:
        menu.setToolTipsVisible(True)
        line = False
        for choice in choices:
            if not choice:
                line = not menu.isEmpty()
                continue
            inner = None
            if not isinstance(choice, str):
                inner = QMenu(choice[0], menu)
                self._offer(inner, choice[1])
            elif choice not in self._entries or not self[choice].isEnabled():
                continue
            if inner is not None and inner.isEmpty():
                continue
            if line:
                menu.addSeparator()
            line = False
            if inner is not None:
                menu.addMenu(inner)
            elif isinstance(choice, str):
                menu.addAction(self[choice])

    def _refresh(self, entry: Entry) -> None:
        reason = entry.why_not() if entry.why_not is not None else ""
        if entry.action.isEnabled() == bool(reason):
            entry.action.setEnabled(not reason)
        if reason != entry.reason:
            entry.reason = reason
            self._tell(entry)

    def _tell(self, entry: Entry) -> None:
        keys = entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = f"{entry.tip} ({keys})" if keys else entry.tip
        not_now = f"Not now: {entry.reason}" if entry.reason else ""
        entry.action.setToolTip(f"{tip}\n{not_now}" if not_now else tip)
        entry.action.setStatusTip(not_now)

    def _recolour(self) -> None:
        for entry in self._entries.values():
            if entry.icon:
                entry.action.setIcon(icon(entry.icon))


def give_letters(menu: QMenu) -> None:
    """Let every line of a menu be reached by a letter of its own, the one it asks for if that is free."""
    actions = [action for action in menu.actions() if action.text()]
    taken: set[str] = set()
    wishes = []
    for action in actions:
        text = action.text()
        wished = text.partition("&")[2][:1].casefold()
        if wished.isalnum() and wished not in taken:
            taken.add(wished)
        else:
            wishes.append(action)
    for action in wishes:
        plain = action.text().replace("&", "")
        firsts = [i for i, c in enumerate(plain) if c.isalnum() and (i == 0 or not plain[i - 1].isalnum())]
        places = [*firsts, *(i for i, c in enumerate(plain) if c.isalnum())]
        at = next((i for i in places if plain[i].casefold() not in taken), -1)
        if at >= 0:
            taken.add(plain[at].casefold())
            plain = f"{plain[:at]}&{plain[at:]}"
        if action.text() != plain:
            action.setText(plain)
