"""A waiver: a finding accepted by somebody, for a reason that is printed."""

from __future__ import annotations

import getpass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QWidget

from desktop.widgets import button, column, label, let_ctrl_enter, row


class _Reason(QPlainTextEdit):
    """Words that Enter ends; Shift+Enter begins another line."""

    ended = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.ended.emit()
        else:
            super().keyPressEvent(event)


class WaiverDialog(QDialog):
    """Asks who accepts a finding and why."""

    def __init__(self, message: str, where: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Waive a finding")
        self.setMinimumWidth(480)
        self.author = QLineEdit(_user())
        self.author.setAccessibleName("Author")
        self.reason = _Reason()
        self.reason.ended.connect(lambda: self._go.click())
        self.reason.setAccessibleName("Reason")
        self.reason.setPlaceholderText(
            "Why this may stay as it is; printed on the design-rule report. Shift+Enter for another line"
        )
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(96)
        self._go = button("Waive", self.accept, primary=True)
        self._go.setEnabled(False)
        let_ctrl_enter(self, self._go)
        self._go.setToolTip("Author and reason are needed")
        for widget in (self.author, self.reason):
            widget.textChanged.connect(self._check)
        self.setLayout(
            column(
                label(message, "strong", wrap=True),
                label(where, "faint", wrap=True),
                label("It reopens when its value gets worse than now.", "small"),
                row(label("Author", "faint"), self.author),
                self.reason,
                row(None, button("Cancel", self.reject), self._go),
                margins=(16, 16, 16, 14),
                gap=10,
            )
        )
        self.reason.setFocus()

    def _check(self) -> None:
        self._go.setEnabled(bool(self.author.text().strip()) and bool(self.reason.toPlainText().strip()))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
