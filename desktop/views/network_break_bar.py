"""The line above the network that says what is taken for failed, what that costs, and how to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy

from desktop.icons import pixmap
from desktop.theme import theme
from desktop.views.break_view import things_words
from desktop.views.failure_words import CARRIES, GET, trial_words
from desktop.widgets import button, column, label, row

if TYPE_CHECKING:
    from desktop.views.network import NetworkView


class BreakBar(QFrame):
    """What if: seen as long as anything is taken for failed."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._view = view
        self._sign = QLabel()
        self.title, self.words = label(role="strong"), label(wrap=True)
        for made in (self.title, self.words):
            made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.all = button("Restore all", view.what_if.restore_all)
        self.all.setToolTip("Take everything for whole again (Alt+X)")
        text = column(self.title, self.words, gap=2)
        box = row(self._sign, gap=10, margins=(12, 6, 8, 6))
        box.addLayout(text, 1)
        box.addWidget(self.all)
        self.setLayout(box)
        view.what_if.changed.connect(self.refresh)
        view.what_if.found.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.hide()

    def refresh(self) -> None:
        """Say what fails now and what comes of it."""
        held = self._view.what_if
        self.setVisible(held.is_broken and self._view.isVisible())
        if not held.is_broken:
            self.setAccessibleName("")
            return
        self._sign.setPixmap(pixmap("warning", "warning"))
        self.title.setText(f"What if: {self._failed()} failed. The design is not edited.")
        self.words.setText(self._cost())
        self.setAccessibleName(f"{self.title.text()} {self.words.text()}")

    def _failed(self) -> str:
        held, document = self._view.what_if, self._view.document
        if document is not None and len(held.devices) == 1 and not held.cables:
            return document.label_of(next(iter(held.devices)))
        return things_words(len(held.devices), len(held.cables))

    def _cost(self) -> str:
        held = self._view.what_if
        if held.problem:
            return f"Not worked out: {held.problem}"
        if held.trial is None:
            return "Working out what is left …"
        return trial_words(held.trial, held.drawn.topology.accelerators.any() if held.drawn else False)

