"""The line of one level in the naming dialog: template, first number, step, preview."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit

from core.model.records import NamingTemplate
from desktop.theme import font
from desktop.widgets import label

LEVEL_NAMES = {
    "instance.hall": "Halls",
    "instance.unit": "Units",
    "instance.row": "Rows",
    "instance.rack": "Racks",
    "cable.data": "Data cables",
    "cable.power": "Power cables",
    "cable.coolant": "Hoses and pipes",
}
_HIGHEST = 99_999


def level_name(level: str) -> str:
    """Return what a level is called.

    Examples
    --------
    >>> level_name("instance.rack"), level_name("device.power-shelf")
    ('Racks', 'Devices: power shelf')
    """
    return LEVEL_NAMES.get(level) or f"Devices: {level.partition('.')[2].replace('-', ' ') or 'other'}"


class Count(QLineEdit):
    """A whole number without arrows; the arrow keys count it up and down."""

    def __init__(self, value: int, low: int, name: str) -> None:
        super().__init__(str(value))
        self._low = low
        self.setValidator(QIntValidator(low, _HIGHEST, self))
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(54)

    def value(self) -> int:
        """Return the number; the lowest one while nothing is typed."""
        return max(int(self.text()), self._low) if self.text().isdecimal() else self._low

    def set_value(self, value: int) -> None:
        """Show a number."""
        self.setText(str(min(max(value, self._low), _HIGHEST)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Count on the arrow keys."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        if step:
            self.set_value(self.value() + step)
        else:
            super().keyPressEvent(event)


class Line:
    """The editors of one level."""

    def __init__(self, level: str, template: NamingTemplate, is_own: bool, default: str) -> None:
        self.level = level
        name = level_name(level)
        self.text = QLineEdit(template.template if is_own else "")
        self.text.setPlaceholderText(default)
        self.text.setFont(font("body", mono=True))
        self.text.setMinimumWidth(120)
        self.text.setAccessibleName(f"{name}: template")
        self.first = Count(template.start, 0, f"{name}: first number")
        self.step = Count(template.step, 1, f"{name}: step")
        self.next = label("", "faint", wrap=True)
        self.next.setMinimumWidth(96)
        self.anew = QCheckBox()
        self.anew.setAccessibleName(f"{name}: name anew")
        self.change = label("", "faint", wrap=True)
        self.change.setMinimumWidth(96)

    def template(self, block: str, default: NamingTemplate) -> NamingTemplate | None:
        """Return the record of this line; None if it says what holds without it.

        Raises
        ------
        CagenutError
            If it cannot be read (see `Edit.put`).
        """
        text, start, step = self.text.text().strip(), self.first.value(), self.step.value()
        if not text and (start, step) == (default.start, default.step):
            return None
        return NamingTemplate(
            block=block, id=self.level, template=text or default.template, start=start, step=step
        )
