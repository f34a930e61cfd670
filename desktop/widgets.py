"""Small pieces the panels and dialogs are built from; all text is plain text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.icons import icon, pixmap
from desktop.theme import theme


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label in plain text; `role` is one of the style sheet's."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made


def button(
    text: str, run: Callable[[], object], *, icon_name: str = "", primary: bool = False
) -> QPushButton:
    """Return a push button."""
    made = QPushButton(text)
    made.setAutoDefault(primary)
    if primary:
        made.setProperty("primary", "true")
    if icon_name:
        made.setIcon(icon(icon_name, "on_accent" if primary else "text"))
    made.clicked.connect(lambda *_: run())
    return made


def let_ctrl_enter(dialog: QDialog, press: QPushButton) -> None:
    """Let Ctrl+Enter press a button of a dialog, whatever field is being typed in."""
    keys = QShortcut(QKeySequence("Ctrl+Return"), dialog)
    keys.setKeys([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
    keys.activated.connect(press.click)


def let_undo(dialog: QDialog, undo: Callable[[], object], redo: Callable[[], object]) -> None:
    """Let the keys of undo and redo work in a dialog that stays open beside the drawing."""
    for key, run in ((QKeySequence.StandardKey.Undo, undo), (QKeySequence.StandardKey.Redo, redo)):
        QShortcut(QKeySequence(key), dialog).activated.connect(run)


def tool_button(text: str, icon_name: str, run: Callable[[], object], tip: str = "") -> QToolButton:
    """Return a flat button with an icon and no text; `text` is its name for screen readers."""
    made = _IconButton(icon_name)
    made.setAccessibleName(text)
    made.setToolTip(tip or text)
    made.clicked.connect(lambda *_: run())
    return made


class _IconButton(QToolButton):
    """A button whose icon follows the theme."""

    def __init__(self, icon_name: str) -> None:
        super().__init__()
        self._name = icon_name
        self.setIconSize(QSize(16, 16))
        theme().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setIcon(icon(self._name))


def panel(role: str = "panel") -> QFrame:
    """Return a frame with a ground of its own."""
    made = QFrame()
    made.setProperty("role", role)
    made.setFrameShape(QFrame.Shape.NoFrame)
    return made


def row(
    *widgets: QWidget | None, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Return widgets side by side; None is what stretches."""
    made = QHBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    for widget in widgets:
        if widget is None:
            made.addStretch(1)
        else:
            made.addWidget(widget)
    return made


def column(
    *widgets: QWidget | QHBoxLayout | QVBoxLayout | None,
    gap: int = 8,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> QVBoxLayout:
    """Return widgets below each other; None is what stretches."""
    made = QVBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    for widget in widgets:
        if widget is None:
            made.addStretch(1)
        elif isinstance(widget, QWidget):
            made.addWidget(widget)
        else:
            made.addLayout(widget)
    return made


class Banner(QFrame):
    """A line above the canvas that says something important, with what can be done about it."""

    def __init__(self, role: str = "banner", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self._icon = QLabel()
        self._text = label(wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        box = row(self._icon, self._text, gap=8, margins=(12, 6, 8, 6))
        box.addLayout(self._buttons)
        self.setLayout(box)
        self.hide()

    def say(self, text: str, icon_name: str, colour: str, *buttons: tuple[str, Callable[[], object]]) -> None:
        """Show a text; an empty one hides the banner."""
        while (item := self._buttons.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        self._text.setText(text)
        self.setAccessibleName(text)
        self._icon.setPixmap(pixmap(icon_name, colour))
        for name, run in buttons:
            self._buttons.addWidget(button(name, run))
        self.setVisible(bool(text))


def ask(
    parent: QWidget | None, title: str, text: str, detail: str, *choices: str, warning: bool = False
) -> int:
    """Ask a question in plain text and return the number of the choice; the last one is Escape's."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence(text))
    box.setInformativeText(sentence(detail))
    box.setIconPixmap(pixmap("warning" if warning else "info", "warning" if warning else "info", 32))
    roles = (QMessageBox.ButtonRole.AcceptRole, QMessageBox.ButtonRole.DestructiveRole)
    made = []
    for i, choice in enumerate(choices):
        last = i == len(choices) - 1
        made.append(box.addButton(choice, QMessageBox.ButtonRole.RejectRole if last else roles[min(i, 1)]))
    box.setDefaultButton(made[0])
    box.setEscapeButton(made[-1])
    box.exec()
    return made.index(box.clickedButton()) if box.clickedButton() in made else len(choices) - 1


def sentence(text: str) -> str:
    """Return an error's text as a sentence: a capital at its start unless it starts with a quoted name."""
    return text[:1].upper() + text[1:]


def show_error(parent: QWidget | None, title: str, text: str, detail: str = "") -> None:
    """Say in plain text that something went wrong."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence(text))
    box.setInformativeText(sentence(detail))
    box.setIconPixmap(pixmap("error", "error", 32))
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()


def state_icon(state: str) -> QIcon:
    """Return the icon of a state against a limit."""
    name, role = {"over": ("error", "error"), "near": ("warning", "warning"), "within": ("ok", "ok")}.get(
        state, ("unknown", "faint")
    )
    return icon(name, role)
