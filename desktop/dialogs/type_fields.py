"""A grid of fields that tell every keystroke, with room for something beside each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLabel, QLineEdit, QWidget

from core.editing.fields import relative
from core.model.check import clean_name
from core.model.fields import Field
from desktop.panels.form import FieldEditor, Notation, Shift, WrongValueError, base_type, parsed
from desktop.widgets import label

LABEL_PX = 128
NUMBER_PX = 150


class FieldGrid(QWidget):
    """Labels, editors, and what stands beside them; fields can be hidden without being lost."""

    typed = Signal(str, object)
    """Carries the name of a field and the value that stands in it, at every keystroke that makes one."""
    refused = Signal(str, str)
    """Carries the name of a field and why what stands in it is no value."""

    def __init__(self, absent: str = "not known", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._absent = absent
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.editors: dict[str, FieldEditor] = {}
        self._parse: dict[str, Callable[[str], Any]] = {}
        self._numbers: set[str] = set()
        self._values: dict[str, Any] = {}
        self._typing = ""
        self._began: tuple[str, Any] | None = None
        """The field that is being typed in, and its value before."""
        self.wrong: dict[str, str] = {}
        """Why what stands in a field is no value."""
        self._parts: dict[str, list[QWidget]] = {}

    def add(
        self,
        field: Field,
        *,
        notation: Notation | None = None,
        beside: QWidget | None = None,
        suggestions: Sequence[str] = (),
    ) -> FieldEditor:
        """Add a field below the others."""
        editor = FieldEditor(field, None, self._absent, notation=notation)
        name = _caption(field.label)
        name.setBuddy(editor)
        at = self._grid.rowCount()
        self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignVCenter)
        is_number = base_type(field.type) in (int, float) and notation is None
        if is_number:
            self._numbers.add(field.name)
        if is_number and not field.unit and isinstance(editor.focusProxy(), QLineEdit):
            editor.setMaximumWidth(NUMBER_PX)
        self._grid.addWidget(editor, at, 1)
        if beside is not None:
            self._grid.addWidget(beside, at, 2, Qt.AlignmentFlag.AlignVCenter)
        self.editors[field.name] = editor
        self._parts[field.name] = [part for part in (name, editor, beside) if part is not None]
        self._parse[field.name] = notation.parse if notation else lambda text: parsed(field, text)
        line = editor.focusProxy()
        if isinstance(line, QLineEdit):
            if is_number and field.unit:
                line.setMaximumWidth(NUMBER_PX)
            line.textEdited.connect(lambda text, n=field.name: self._take(n, text))
            if suggestions:
                self._suggest(line, field.name, suggestions)
        if isinstance(line, QComboBox):
            line.installEventFilter(self)
        editor.edited.connect(self._edited)
        return editor

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel over a closed list to the page, so that scrolling changes no value."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QComboBox):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def show_only(self, names: Collection[str]) -> None:
        """Hide all other fields."""
        for name, parts in self._parts.items():
            for part in parts:
                part.setVisible(name in names)

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the values of the fields; what is being typed stays."""
        self._values = dict(values)
        for name, editor in self.editors.items():
            if name in values and name != self._typing:
                editor.show_value(values[name])

    def clear_refused(self) -> None:
        """Let the next values replace what was refused."""
        self.wrong.clear()
        self._began = None
        for editor in self.editors.values():
            editor.forget_refused()
            line = editor.focusProxy()
            if isinstance(line, QLineEdit):
                line.setModified(False)

    def _edited(self, name: str, value: Any) -> None:
        """Take what was typed in full or chosen; `+2` alters the value there was."""
        editor = self.editors[name]
        self._began = None
        if isinstance(value, Shift):
            try:
                value = value.of(editor.field, self._values.get(name))
            except WrongValueError as error:
                editor.refuse(str(error))
                self.wrong[name] = str(error)
                self.refused.emit(name, str(error))
                return
        self.wrong.pop(name, None)
        self.typed.emit(name, value)

    def seek_wrong(self) -> str:
        """Go to the first field whose text is no value, and return why it is none; empty if all are."""
        for name, why in self.wrong.items():
            self.editors[name].setFocus(Qt.FocusReason.OtherFocusReason)
            return why
        return ""

    def _take(self, name: str, text: str) -> None:
        if name in self._numbers and relative(text) is not None:
            return  # alters the value once it is typed in full
        if self._began is None or self._began[0] != name:
            self._began = (name, self._values.get(name))
        why = ""
        try:
            value = self._parse[name](text)
        except WrongValueError as error:
            # "1e3" on the way to "1e30" was a value, and is not what is meant.
            value, why = self._began[1], str(error)
        self._typing = name
        try:
            self.typed.emit(name, value)
        finally:
            self._typing = ""
        if why:
            self.wrong[name] = why
            self.refused.emit(name, why)
        else:
            self.wrong.pop(name, None)

    def _suggest(self, line: QLineEdit, name: str, words: Sequence[str]) -> None:
        suggest(line, words).activated[str].connect(lambda text: self._take(name, text))


def suggest(line: QLineEdit, words: Sequence[str]) -> QCompleter:
    """Offer words that hold what is typed below a line, and return what offers them."""
    made = QCompleter(list(words), line)
    made.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    made.setFilterMode(Qt.MatchFlag.MatchContains)
    made.popup().setStyleSheet(
        "QListView { border: 1px solid palette(mid); } QListView::item { padding: 4px; }"
    )
    line.setCompleter(made)
    return made


def _caption(text: str) -> QLabel:
    made = label(text, "faint", wrap=True)
    made.setFixedWidth(LABEL_PX)
    return made


def listed(kind: type) -> Notation:
    """Return how a list of numbers or names is written: with commas."""

    def parse(text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if kind is str:
            return tuple(clean_name(part) for part in parts)
        try:
            return tuple(kind(part) for part in parts)
        except ValueError:
            raise WrongValueError("Numbers with commas between them are needed") from None

    return Notation(
        parse, lambda value: ", ".join(f"{v:g}" if kind is float else str(v) for v in value or ())
    )


def notation_of(field: Field) -> Notation | None:
    """Return how a field is written that is a list of numbers or words."""
    text = str(field.type)
    if "tuple[int" in text:
        return listed(int)
    if "tuple[float" in text:
        return listed(float)
    if "tuple[" in text:
        return listed(str)
    return None


def is_plain(field: Field) -> bool:
    """Tell whether one line can hold the field."""
    return base_type(field.type) in (bool, int, float, str)
