"""Where what is typed comes from: a title and how strong it is as evidence."""

from __future__ import annotations

from typing import get_args

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from core.model.types import Evidence
from desktop.widgets import label, row


class SourceLine(QWidget):
    """The source of the values that are typed; without a title they count as assumed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLineEdit()
        self.title.setAccessibleName("Source of what you type")
        self.title.setPlaceholderText("Data sheet, quotation, measurement … empty: assumed")
        self.title.setClearButtonEnabled(True)
        self.evidence = QComboBox()
        self.evidence.setAccessibleName("Evidence of what you type")
        self.evidence.addItems(list(get_args(Evidence)))
        self.evidence.setCurrentText("user")
        self.evidence.setToolTip(
            "verified: seen in the source\nestimate: the source estimates it\n"
            "recalled: known, no source seen\nassumed: a house assumption\nuser: typed in by you"
        )
        box = row(label("What you type comes from", "faint"), self.title, self.evidence)
        box.setStretch(1, 1)
        self.setLayout(box)

    @property
    def said(self) -> tuple[str, Evidence]:
        """Title and evidence."""
        return self.title.text(), self.evidence.currentText()  # type: ignore[return-value]
