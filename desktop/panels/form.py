"""A form made from the fields of a record or a type: unit, limits and help come from beside the field."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from core.editing.fields import relative
from core.model.check import clean_name
from core.model.fields import Field
from core.units import converted, entered, entry, symbol
from desktop.widgets import column, label, row, sentence, tool_button

MIXED = "(several values)"


class WrongValueError(ValueError):
    """What was typed is no value of the field; the text says why."""


@dataclass(frozen=True)
class Notation:
    """How a field is written where that is not how it is kept: units as printed on the rack."""

    parse: Callable[[str], Any]
    """Raises `WrongValueError`."""
    show: Callable[[Any], str]


@dataclass(frozen=True)
class Shift:
    """What was typed to alter a number instead of replacing it: `+100`, `-=50`, `*2`."""

    text: str

    def of(self, field: Field, now: Any) -> Any:
        """Return the new value of a field.

        Raises
        ------
        WrongValueError
            If there is no value to start from, or the new one is out of range.
        """
        act = relative(self.text)
        if act is None or now is None:
            raise WrongValueError("There is no value to start from")
        # What is added is in the units in force, like any number typed.
        value = act(converted(float(now), field.unit)[0])
        return parsed(field, f"{value:.10g}")


class FieldLine(QLineEdit):
    """A line that leaves undo and redo to the project when it has nothing of its own to take back."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = (
                event.matches(QKeySequence.StandardKey.Undo),
                event.matches(QKeySequence.StandardKey.Redo),
            )
            if (undo and not self.isUndoAvailable()) or (redo and not self.isRedoAvailable()):
                event.ignore()
                return False
        return super().event(event)


def base_type(hint: Any) -> type:
    """Return what a field holds in the end: bool, int, float, str, or something a form cannot edit."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) in (Union, types.UnionType):
        return base_type(next(part for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is Literal:
        return type(get_args(hint)[0])
    return hint if isinstance(hint, type) else object


def may_be_unknown(hint: Any) -> bool:
    """Tell whether None, "not known", is a value of the field."""
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return type(None) in get_args(hint)


def parsed(field: Field, text: str) -> Any:
    """Return the value of a field that a text stands for.

    Raises
    ------
    WrongValueError
        If it stands for none.
    """
    text = text.strip()
    kind = base_type(field.type)
    if not text and may_be_unknown(field.type):
        return None
    if kind is str:
        return clean_name(text) if "\n" not in text else text
    if not text:
        raise WrongValueError("A number is needed")
    try:
        value = entered(text, field.unit)
    except ValueError as error:
        words = "A whole number is needed" if kind is int else "A number is needed"
        raise WrongValueError(str(error) if "unit" in str(error) else words) from None
    if kind is int:
        # Lengths typed in inches fall between the millimetres; a count with a fraction is no count.
        if value != round(value) and not (field.unit == "mm" and abs(value) >= 0.5):
            raise WrongValueError("A whole number is needed")
        value = round(value)
    if field.low is not None and value < field.low:
        raise WrongValueError(f"At least {_bound(field.low, field.unit)}")
    if field.high is not None and value > field.high:
        raise WrongValueError(f"At most {_bound(field.high, field.unit)}")
    return value


def _bound(value: float, unit: str) -> str:
    """Return a bound to be read: as entered, thousands grouped."""
    text = entry(value, unit)
    return f"{int(text):,} {symbol(unit)}".rstrip() if text.isdecimal() else f"{text} {symbol(unit)}".rstrip()


def shown(value: Any, unit: str = "") -> str:
    """Return a value as it stands in a field: in the units in force, full precision, no grouping."""
    if value is None:
        return ""
    if unit and isinstance(value, (int, float)) and not isinstance(value, bool):
        return entry(value, unit)
    return (
        f"{value:g}"
        if isinstance(value, float) and value == round(value, 4) and abs(value) < 1e6
        else str(value)
    )


class FieldEditor(QWidget):
    """One field: its editor, its unit, and below it what is wrong with what was typed."""

    edited = Signal(str, object)
    """Carries the name of the field and its new value, or a `Shift` of a number."""
    reset = Signal(str)
    """Carries the name of the field that is to be as the drawing says."""

    def __init__(
        self,
        field: Field,
        choices: Sequence[tuple[str, Any]] | None = None,
        absent: str = "none",
        parent: QWidget | None = None,
        notation: Notation | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self._absent = absent
        self._notation = notation or Notation(
            lambda text: parsed(field, text), lambda value: shown(value, field.unit)
        )
        self._value: Any = None
        self._before: Any = None
        self._mixed = False
        self._refused = False
        self._problem = label(role="error", wrap=True)
        self._problem.setVisible(False)
        kind = base_type(field.type)
        if choices is None and field.choices:
            choices = [(c or "–", int(c) if kind is int else c) for c in field.choices]
        self._input: QLineEdit | QComboBox | QCheckBox
        if choices is not None:
            self._input = self._combo(choices)
        elif kind is bool:
            self._input = QCheckBox()
            self._input.clicked.connect(lambda on: self._chosen(bool(on)))
        else:
            self._input = self._line(kind)
        name = f"{field.label}, {symbol(field.unit)}" if field.unit else field.label
        self._input.setAccessibleName(name)
        self.setFocusProxy(self._input)
        box = row(self._input, gap=6)
        box.setStretchFactor(self._input, 1)
        if field.unit:
            unit = label(symbol(field.unit), "faint")
            unit.setMinimumWidth(34)
            box.addWidget(unit)
        self._numeric = isinstance(self._input, QLineEdit) and kind in (int, float)
        self._own = tool_button(f"Reset {field.label}", "undo", lambda: self.reset.emit(field.name))
        self._own.hide()
        box.addWidget(self._own)
        self.setLayout(column(box, self._problem, gap=2))
        self.setToolTip(help_of(field))

    @property
    def problem(self) -> str:
        """Why what was typed or chosen last is not in the project; empty if it is."""
        return self._problem.text()

    def refuse(self, reason: str) -> None:
        """Say why an edit was not taken; what was typed stays to be put right."""
        self._value = self._before
        if isinstance(self._input, QLineEdit):
            self._refused = True
        else:
            self.show_value(self._value, mixed=self._mixed)
        self._say(reason)

    def show_own(self, words: str) -> None:
        """Mark that the value is one of its own, with a button that takes it back; empty: it is not."""
        self._own.setVisible(bool(words))
        self._own.setToolTip(f"{words}\nClick to take it back" if words else "")
        self._own.setAccessibleDescription(words)

    @property
    def own(self) -> str:
        """What is said of the field's own value; empty if it has none."""
        return self._own.accessibleDescription()

    def forget_refused(self) -> None:
        """Let the next value shown replace what was refused (something else is selected)."""
        self._refused = False

    def show_value(self, value: Any, *, mixed: bool = False) -> None:
        """Show a value, or that the things selected have several."""
        if self._refused and not mixed and value == self._value:
            return  # nothing has changed, and what was typed is to be put right
        self._value, self._mixed, self._refused = None if mixed else value, mixed, False
        self._say("")
        if isinstance(self._input, QCheckBox):
            self._input.setChecked(bool(value) and not mixed)
        elif isinstance(self._input, QComboBox):
            at = -1 if mixed else self._input.findData(value)
            if at < 0 and not mixed and value not in (None, ""):
                self._input.addItem(str(value), value)
                at = self._input.count() - 1
            self._input.setCurrentIndex(at)
        elif not (self._input.hasFocus() and self._input.isModified()):
            self._input.setText("" if mixed else self._notation.show(value))
            self._input.setPlaceholderText(MIXED if mixed else self._placeholder())
            self._input.setCursorPosition(0)

    def _placeholder(self) -> str:
        return self._absent if may_be_unknown(self.field.type) else ""

    def _line(self, kind: type) -> QLineEdit:
        made = FieldLine()
        if kind in (int, float):
            made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.editingFinished.connect(self._finished)
        made.textEdited.connect(self._try)
        return made

    def _combo(self, choices: Sequence[tuple[str, Any]]) -> QComboBox:
        made = QComboBox()
        for text, value in choices:
            made.addItem(text, value)
        made.setPlaceholderText(MIXED)
        made.setMinimumContentsLength(6)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.activated.connect(lambda _: self._chosen(made.currentData()))
        return made

    def _chosen(self, value: Any) -> None:
        if value != self._value or self._mixed:
            self._before = self._value
            self.edited.emit(self.field.name, value)

    def _try(self, text: str) -> None:
        self._refused = False
        if self._numeric and relative(text) is not None:
            self._say("")
            return
        try:
            self._notation.parse(text)
        except WrongValueError as error:
            self._say(str(error))
        else:
            self._say("")

    def _finished(self) -> None:
        assert isinstance(self._input, QLineEdit)
        if not self._input.isModified():
            return
        self._input.setModified(False)
        self._before = self._value
        if self._numeric and relative(self._input.text()) is not None:
            self._mixed = True  # so that the value that comes of it is shown
            self.edited.emit(self.field.name, Shift(self._input.text()))
            return
        try:
            value = self._notation.parse(self._input.text())
        except WrongValueError as error:
            # What cannot be a value never reaches the project; the text stays with the reason below it.
            self.refuse(str(error))
            return
        if value != self._value or self._mixed:
            self._value = value
            self.edited.emit(self.field.name, value)
        else:
            self.show_value(value)

    def _say(self, problem: str) -> None:
        self._problem.setText(sentence(problem))
        self._problem.setVisible(bool(problem))
        if isinstance(self._input, QLineEdit) and bool(self._input.property("wrong")) != bool(problem):
            self._input.setProperty("wrong", "true" if problem else None)
            self._input.style().polish(self._input)
        self.setToolTip(f"{problem}\n{help_of(self.field)}".strip())


def help_of(field: Field) -> str:
    """Return what a field means and may hold, in plain text."""
    lines = [field.heading, field.help]
    if field.low is not None or field.high is not None:
        low = "" if field.low is None else f"from {entry(field.low, field.unit)} "
        high = "" if field.high is None else f"to {entry(field.high, field.unit)}"
        lines.append(f"{low}{high}".strip().capitalize())
    return "\n".join(line for line in lines if line)


class Form(QWidget):
    """Editors below each other with their labels at the left."""

    edited = Signal(str, object)
    reset = Signal(str)

    def __init__(self, absent: str = "none", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._absent = absent
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.editors: dict[str, FieldEditor] = {}

    def add(
        self,
        field: Field,
        choices: Sequence[tuple[str, Any]] | None = None,
        notation: Notation | None = None,
    ) -> FieldEditor:
        """Add a field."""
        editor = FieldEditor(field, choices, self._absent, notation=notation)
        editor.edited.connect(self.edited)
        editor.reset.connect(self.reset)
        self.editors[field.name] = editor
        self.add_row(field.label, editor)
        return editor

    def add_row(self, text: str, widget: QWidget) -> None:
        """Add any widget with a label."""
        name = label(text, "faint")
        name.setBuddy(widget)
        name.setFixedWidth(88)
        name.setWordWrap(True)
        at = self._grid.rowCount()
        self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(widget, at, 1)

    def show_row(self, widget: QWidget, shown: bool) -> None:
        """Show or hide a row that `add_row` made, with its label."""
        at = self._grid.indexOf(widget)
        name = self._grid.itemAtPosition(self._grid.getItemPosition(at)[0], 0)  # type: ignore[index]
        for part in (widget, None if name is None else name.widget()):
            if part is not None:
                part.setVisible(shown)

    def add_heading(self, text: str) -> QLabel:
        """Add a heading over the whole width."""
        made = label(text, "section")
        made.setContentsMargins(0, 8, 0, 0)
        self._grid.addWidget(made, self._grid.rowCount(), 0, 1, 2)
        return made

    def show_values(self, values: Mapping[str, Any], mixed: frozenset[str] = frozenset()) -> None:
        """Show the values of all fields."""
        for name, editor in self.editors.items():
            if name in values or name in mixed:
                editor.show_value(values.get(name), mixed=name in mixed)
