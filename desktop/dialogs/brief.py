"""The site and the brief: what results are held against, and what the engine starts from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from core.errors import CagenutError
from core.model.change import Edit
from core.model.records import Requirement
from core.model.requirements import REQUIREMENTS, RequirementKind
from core.units import entered, entry, symbol
from desktop.document import Document
from desktop.widgets import button, column, label, let_ctrl_enter, row, sentence

_FACTORS = {"W": (1e3, "kW")}
_CHOICES = {
    "redundancy": ("", "N", "N+1", "N+2", "2N", "catcher"),
    "coolant": ("PG25", "water", "dielectric"),
}


class BriefDialog(QDialog):
    """One line for each requirement; an empty one is no requirement."""

    def __init__(self, document: Document, focus: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Site and brief")
        self.resize(620, 640)
        self._document = document
        self._inputs: dict[str, QLineEdit | QComboBox] = {}
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(2, 1)
        grid.addWidget(label("LIMITS", "section"), 0, 0, 1, 3)
        at = 1
        for senses, heading in ((("most", "least"), ""), (("input",), "CONDITIONS")):
            if heading:
                grid.addWidget(label(heading, "section"), at, 0, 1, 3)
                at += 1
            for name, kind in REQUIREMENTS.items():
                if kind.sense in senses:
                    self._add(grid, at, name, kind)
                    at += 1
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from field to field
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(body)
        self._problem = label(role="error", wrap=True)
        apply = button("Apply", self.accept, primary=True)
        let_ctrl_enter(self, apply)
        buttons = row(self._problem, None, button("Cancel", self.reject), apply)
        buttons.setContentsMargins(16, 8, 16, 12)
        self.setLayout(column(scroll, buttons, gap=0))
        if focus in self._inputs:
            self._inputs[focus].setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, grid: QGridLayout, at: int, name: str, kind: RequirementKind) -> None:
        record = self._document.project.requirements.get(name)
        value = None if record is None else record.value
        made: QLineEdit | QComboBox
        if name in _CHOICES:
            made = QComboBox()
            made.addItems(list(_CHOICES[name]))
            if value is not None and made.findText(str(value)) < 0:
                made.addItem(str(value))
            made.setCurrentText(str(value if value is not None else kind.default or ""))
        else:
            made = QLineEdit("" if value is None else _shown(value, kind))
            if kind.unit or kind.sense != "input":
                made.setAlignment(Qt.AlignmentFlag.AlignRight)
            default = (
                "none"
                if kind.default in (None, "")
                else f"{_shown(kind.default, kind)} assumed: {kind.basis}"
            )
            made.setPlaceholderText(default)
        made.setAccessibleName(kind.label)
        self._inputs[name] = made
        sign = {"most": "at most", "least": "at least"}.get(kind.sense, "")
        grid.addWidget(label(kind.label), at, 0)
        grid.addWidget(label(sign, "faint"), at, 1)
        grid.addWidget(made, at, 2)
        grid.addWidget(label(symbol(_unit(kind)), "faint"), at, 3)

    def accept(self) -> None:
        """Put all that was altered into one change."""
        edit = Edit(self._document.project, "Set the brief")
        try:
            for name, kind in REQUIREMENTS.items():
                self._put(edit, name, kind)
            self._document.commit_edit(edit)
        except (CagenutError, ValueError) as error:
            self._problem.setText(sentence(str(error)))
            return
        super().accept()

    def _put(self, edit: Edit, name: str, kind: RequirementKind) -> None:
        made = self._inputs[name]
        text = made.currentText() if isinstance(made, QComboBox) else made.text().strip()
        present = self._document.project.requirements.get(name)
        if not text or (isinstance(made, QComboBox) and present is None and text == str(kind.default)):
            if present is not None:
                edit.remove("requirements", present.key)
            return
        value = _parsed(text, kind)
        if present is None or present.value != value:
            edit.put("requirements", Requirement(id=name, value=value))


def _unit(kind: RequirementKind) -> str:
    return _FACTORS.get(kind.unit, (1.0, kind.unit))[1]


def _shown(value: object, kind: RequirementKind) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if kind.unit not in _FACTORS:
            return entry(value, kind.unit)
        return f"{value / _FACTORS.get(kind.unit, (1.0, ''))[0]:.10g}"
    return str(value)


def _parsed(text: str, kind: RequirementKind) -> float | str:
    """Return the value that a text stands for.

    Raises
    ------
    ValueError
        If a number is needed and it is none.
    """
    if not kind.unit and kind.sense == "input" and not isinstance(kind.default, (int, float)):
        return text
    has_unit = any(c.isalpha() for c in text.replace("e", ""))
    factor = 1.0 if has_unit else _FACTORS.get(kind.unit, (1.0, ""))[0]
    try:
        return entered(text, kind.unit) * factor
    except ValueError as error:
        why = str(error) if "unit" in str(error) else f"'{text}' is no number"
        raise ValueError(f"{kind.label}: {why}") from None
