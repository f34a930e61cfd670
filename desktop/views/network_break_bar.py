"""The line above the network that says what is taken for failed, what that costs, and how to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop.icons import pixmap
from desktop.theme import theme
from desktop.views.failure_words import CARRIES, GET, trial_words
from desktop.views.network_banner import Line, NetworkBanner, lay_across
from desktop.widgets import button, column, row

if TYPE_CHECKING:
    from desktop.views.network import NetworkView


class BreakBar(NetworkBanner):
    """What if: seen as long as anything is taken for failed."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._view = view
        self._sign = QLabel()
        self.title, self.words = Line("strong"), Line()
        self.all = button("Restore all", view.what_if.restore_all)
        self.all.setToolTip("Take everything for whole again (Alt+X)")
        self._text = column(self.title, self.words, gap=2)
        self._box = row(self._sign, gap=10)
        self._box.addLayout(self._text, 1)
        self._box.addWidget(self.all)
        self.setLayout(self._box)
        view.what_if.changed.connect(self.refresh)
        view.what_if.found.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.arrange()
        self.hide()

    def arrange(self) -> None:
        """Side by side if it is wide; in a low window one line each, else the words may take two."""
        lay_across(self._text, self.is_wide)
        self.words.setWordWrap(not self.is_wide and not self.is_low)
        way = QSizePolicy.Policy.Preferred if self.is_wide else QSizePolicy.Policy.Ignored
        self.title.setSizePolicy(way, QSizePolicy.Policy.Preferred)
        self._text.setStretchFactor(self.words, 1 if self.is_wide else 0)
        self._box.setContentsMargins(12, *((2, 8, 2) if self.is_low else (6, 8, 6)))

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
        self.words.setToolTip(f"{self.words.text()}\n\nNetwork carries: {CARRIES}\nHosts get: {GET}")
        self.title.setToolTip(self.title.text())
        self.setAccessibleName(f"{self.title.text()} {self.words.text()}")

    def _failed(self) -> str:
        held = self._view.what_if
        return self._view.failed_words(held.devices, held.cables)

    def _cost(self) -> str:
        held = self._view.what_if
        if held.problem:
            return f"Not worked out: {held.problem}"
        if held.trial is None:
            return "Working out what is left …"
        return trial_words(held.trial, held.drawn.topology.accelerators.any() if held.drawn else False)
