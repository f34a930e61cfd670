"""The choice of what hall and racks are coloured by, in the line above the drawings."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from core.drawing.colour_schemes import SCHEMES
from desktop.seeing import Seeing

PLAIN = "Kind of device"
"""What it is called not to colour by any property."""


class ColourBox(QComboBox):
    """Colour by one property, or by none."""

    def __init__(self, seeing: Seeing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seeing = seeing
        self.setAccessibleName("Colour by")
        self.setToolTip("What the colours mean")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(15)
        self.addItem(f"Colour: {PLAIN}", "")
        for scheme in SCHEMES.values():
            self.addItem(f"Colour: {scheme.label}", scheme.name)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        self.activated.connect(lambda _: seeing.colour_by(self.currentData()))
        seeing.changed.connect(self._follow)

    def _follow(self, what: str) -> None:
        if what == "scheme":
            scheme = self._seeing.scheme
            self.setCurrentIndex(self.findData("" if scheme is None else scheme.name))
