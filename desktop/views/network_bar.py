"""The controls of the network view in the line above the drawing: what is shown, and how far around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QWidget

from core.drawing.fabric_load import LINK_SCHEMES
from core.editing.routes import counted
from core.errors import CagenutError

if TYPE_CHECKING:
    from desktop.views.network import NetworkView

MOST_HOPS = 6
MOST_PX = 110
"""Room for the name of where a path begins."""


class NetworkBar(QWidget):
    """Switches to the neighbours of the selection and back, and says where the next path begins."""

    def __init__(self, view: NetworkView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self.colour = QComboBox()
        self.colour.setAccessibleName("Colour links by")
        self.colour.setToolTip("What the colours of the links mean")
        for scheme in LINK_SCHEMES.values():
            self.colour.addItem(f"Colour: {scheme.label.partition(',')[0]}", scheme.name)
        self.breaker = QToolButton()
        self.breaker.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.neighbours = QToolButton()
        self.neighbours.setText("Neighbours")
        self.neighbours.setCheckable(True)
        self.neighbours.setAccessibleName("Neighbours only")
        self.neighbours.setToolTip("Show only what is selected and what is linked to it (N)")
        self.hops = QComboBox()
        self.hops.setAccessibleName("Hops around the selection")
        for hops in range(1, MOST_HOPS + 1):
            self.hops.addItem(counted(hops, "hop"), hops)
        self.whole = QPushButton("Whole fabric")
        self.whole.setAutoDefault(False)
        self.whole.setToolTip("Show all of the fabric again (Esc)")
        self.begin = QToolButton()
        self.begin.setProperty("role", "chip")
        self.begin.setToolTip("The next path begins here; click to forget it")
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(8)
        for widget in (self.colour, self.breaker, self.begin, self.neighbours, self.hops, self.whole):
            box.addWidget(widget)
        self.neighbours.clicked.connect(lambda _: self._toggle())
        self.hops.activated.connect(lambda _: view.set_hops(self.hops.currentData()))
        self.begin.clicked.connect(lambda _: view.begin_path(None))
        self.whole.clicked.connect(lambda _: view.show_all())
        view.focus_changed.connect(self._show)
        self.colour.activated.connect(lambda _: view.colour_by(self.colour.currentData()))
        view.coloured.connect(self._follow)
        self._show()

    def offer(self, breaking: QAction) -> None:
        """Take the action that lets a click break something."""
        self.breaker.setDefaultAction(breaking)
        self.breaker.setText("Break")
        self.breaker.setAccessibleName("Break it by click")

    def _follow(self) -> None:
        self.colour.setCurrentIndex(self.colour.findData(self._view.scheme))

    def _toggle(self) -> None:
        try:
            if self._view.focus is not None:
                self._view.show_all()
            else:
                self._view.show_neighbours()
        except CagenutError as error:
            self._view.failed.emit(str(error))
        self._show()

    def _show(self) -> None:
        """Show the controls that do something now."""
        focus = self._view.focus
        around = focus is not None and not focus.way
        self.neighbours.setChecked(around)
        self.neighbours.setVisible(focus is None or around)
        self.hops.setVisible(around)
        if focus is not None and around:
            self.hops.setCurrentIndex(min(focus.hops, MOST_HOPS) - 1)
        self.whole.setVisible(focus is not None and not around)
        start = self._view.path_from
        self.begin.setVisible(start is not None and not around)
        if start is not None:
            words = self._view.end_words(start)
            short = QFontMetrics(self.begin.font()).elidedText(words, Qt.TextElideMode.ElideMiddle, MOST_PX)
            self.begin.setText(f"From {short}  ×")
            self.begin.setAccessibleName(f"Path begins at {words}: forget it")
