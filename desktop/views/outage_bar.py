"""The line above every drawing: what of power and cooling is failed, what that costs, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton

from desktop.document import Document
from desktop.icons import icon, pixmap
from desktop.outages import OutageTrial, name_of
from desktop.theme import theme
from desktop.views.network_banner import Line, NetworkBanner
from desktop.widgets import button, column, label, row

if TYPE_CHECKING:
    from core.rules.finding import Finding

MOST_CHIPS = 5
"""Failed things that are named one by one; of the others their number is said."""
CHIP_PX = 150
FIX_PX = 220


class OutageBar(NetworkBanner):
    """What if: seen in every view as long as anything in power or cooling is taken for failed."""

    worst_requested = Signal()
    fix_requested = Signal()

    def __init__(self, trial: OutageTrial) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._trial, self._outages = trial, trial.outages
        self._document: Document | None = None
        self.offered: Finding | None = None
        """The finding that the button for fixes is about."""
        self._named: object = None
        """What the chips name, how many things besides, and in which theme."""
        self._sign = QLabel()
        self._chips = QHBoxLayout()
        self._chips.setSpacing(4)
        self.words = Line()
        self.worst = button("Go to the worst", self.worst_requested.emit)
        self.fix = button("Fix", self.fix_requested.emit, primary=True)
        self.all = button("Restore all", self._outages.restore_all)
        self.all.setToolTip("Take everything in power and cooling for whole again; the design was not edited")
        self._box = row(self._sign, label("What if", "strong"), gap=8)
        self._box.addLayout(self._chips)
        self._box.addStretch(1)
        for made in (self.worst, self.fix, self.all):
            self._box.addWidget(made)
        self._text = column(self._box, self.words, gap=2)
        self.setLayout(self._text)
        self._outages.changed.connect(self.refresh)
        trial.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        self.offer_fix("")
        self.arrange()
        self.hide()

    def set_document(self, document: Document | None) -> None:
        """Name what fails as another project does."""
        self._document = document
        self.refresh()

    def arrange(self) -> None:
        """In a low window the words keep to one line."""
        self.words.setWordWrap(not self.is_low)
        self._text.setContentsMargins(12, *((2, 8, 2) if self.is_low else (5, 8, 6)))

    def offer_fix(self, words: str, tip: str = "", finding: Finding | None = None) -> None:
        """Offer to fix a finding about the worst; without words there is nothing to offer."""
        self.offered = finding
        self.fix.setVisible(bool(words))
        text = f"Fix: {words}" if words else "Fix"
        self.fix.setText(QFontMetrics(self.fix.font()).elidedText(text, Qt.TextElideMode.ElideRight, FIX_PX))
        self.fix.setAccessibleName(text)
        self.fix.setToolTip(tip or text)

    def refresh(self) -> None:
        """Say what fails now and what comes of it."""
        document = self._document
        is_shown = document is not None and not self._outages.is_nothing
        self.setVisible(is_shown)
        if document is None or not is_shown:
            self.setAccessibleName("")
            return
        self._sign.setPixmap(pixmap("warning", "warning"))
        keys = self._outages.keys
        names = [name_of(document, key) for key in keys[:MOST_CHIPS]]
        more = len(keys) - len(names)
        self._name(tuple(zip(keys, names, strict=False)), more)
        said, can_go = self._cost()
        self.words.setText(said)
        self.words.setToolTip(f"{said}\n\nAt maximum sustained power. The design is not edited.")
        self.worst.setEnabled(can_go)
        if not can_go:
            self.worst.setToolTip("Not now: nothing that was fed or cooled is lost")
            self.offer_fix("")
        self.setAccessibleName(
            f"What if {', '.join(names)}{f' and {more:,} more' if more else ''} failed. {said}"
        )

    def _name(self, named: tuple[tuple[str, str], ...], more: int) -> None:
        """Show a chip for each thing; those that are there stay, and keep the focus, if nothing is new."""
        wanted = (named, more, theme().is_dark)
        if wanted == self._named:
            return
        self._named = wanted
        while (item := self._chips.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        for key, name in named:
            self._chips.addWidget(self._chip(key, name))
        if more:
            self._chips.addWidget(label(f"and {more:,} more", "faint"))
        self._chips.addWidget(label("failed", "strong"))

    def _chip(self, key: str, name: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("role", "chip")
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setIcon(icon("close"))
        metrics = QFontMetrics(made.font())
        made.setText(metrics.elidedText(name, Qt.TextElideMode.ElideLeft, CHIP_PX))
        made.setAccessibleName(f"Restore {name}")
        made.setToolTip(f"{name} is taken for failed; click to restore it")
        made.clicked.connect(lambda *_: self._outages.restore([key]))
        return made

    def _cost(self) -> tuple[str, bool]:
        """Return what it costs, in words, and whether there is a worst to go to."""
        from core.explore.outage_cost import cost_words, worst_of

        cost, evaluation, document = self._trial.cost, self._trial.evaluation, self._document
        if cost is None or evaluation is None or document is None:
            return "Working out what is left …", False
        worst = worst_of(document.project, evaluation, cost)
        said = cost_words(document.project, evaluation, cost)
        if worst is not None:
            self.worst.setToolTip(f"{worst.words}\nSelect it and bring it into view")
            if self.is_low:
                said.insert(1, f"worst: {worst.words}")
        words = " · ".join(said)
        if worst is not None and not self.is_low:
            words += f"\nWorst: {worst.words}"
        return words[:1].upper() + words[1:], worst is not None
