"""The parameters of the candidate chosen: each can be changed, and what cannot be is said beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from core.catalogue.library import Library
from core.fabrics.families import FAMILIES, family
from core.fabrics.family import ParameterError
from core.model.fields import Field, fields_of
from core.model.records import Value
from desktop.dialogs.generating.offered import types_for
from desktop.panels.form import FieldEditor, Form, Shift, WrongValueError, shown
from desktop.widgets import column, label, sentence


class Remedy(QWidget):
    """What is wrong with a parameter, and the nearest values with which there is a network."""

    taken = Signal(object)
    """Carries the value that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label(role="error", wrap=True)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(4)
        self.setLayout(column(self.words, self._chips, gap=3))
        self.chips: list[QToolButton] = []
        self.hide()

    def show_error(self, error: ParameterError, field: Field | None) -> None:
        """Say an error; the chips are the values it names."""
        while (item := self._chips.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        self.chips = []
        self.words.setText(
            sentence(error.problem if error.nearest else f"{error.problem}. {error.cure}".rstrip(". "))
        )
        for value in error.nearest[:4] if field is not None else ():
            chip = QToolButton()
            chip.setProperty("role", "chip")
            chip.setText(shown(value, field.unit if field else ""))
            chip.setAccessibleName(f"Take {chip.text()} for {field.label if field else ''}")
            chip.setToolTip(error.cure)
            chip.clicked.connect(lambda _=False, v=value: self.taken.emit(v))
            self._chips.addWidget(chip)
            self.chips.append(chip)
        self._chips.addStretch(1)
        self.show()


class ParameterForm(QWidget):
    """Family, its parameters, and the device type of each role."""

    changed = Signal()
    """What is asked for is another network now."""

    def __init__(self, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self.values: dict[str, Value] = {}
        self.types: dict[str, str] = {}
        self._default_type = ""
        self.families = QComboBox()
        self.families.setAccessibleName("Family")
        self.families.setPlaceholderText("none")
        self.families.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.families.setMinimumContentsLength(12)
        for name, each in FAMILIES.items():
            self.families.addItem(each.label, name)
            self.families.setItemData(self.families.count() - 1, each.summary, Qt.ItemDataRole.ToolTipRole)
        self.families.activated.connect(lambda _: self._family_chosen())
        self.summary = label(role="small", wrap=True)
        self.remedy = Remedy()
        self.remedy.taken.connect(self._take)
        self._wrong = ""
        self.form = Form()
        self._boxes: dict[str, QComboBox] = {}
        head = Form()
        head.add_row("Family", self.families)
        self._place = column(self.form, gap=0)
        self._types = Form()
        self._place.addWidget(self._types)
        self.setLayout(column(head, self.summary, self.remedy, self._place, None, gap=6))

    family_chosen = Signal(str)
    """Another family is asked for: its parameters have to be started from the need."""

    @property
    def family(self) -> str:
        return str(self.families.currentData() or "")

    def show_parameters(
        self, name: str, values: Mapping[str, Value], switch: str, types: Mapping[str, str]
    ) -> None:
        """Show the parameters of a candidate."""
        if name not in FAMILIES:
            self._show_none(switch, types)
            return
        chosen = family(name)
        rebuild = name != self.family or not self.form.editors
        self.families.setCurrentIndex(self.families.findData(name))
        self.summary.setText(chosen.summary)
        defaults = {f.name: f.default for f in fields_of(chosen.parameters).values()}
        self.values = {**defaults, **values}
        self.types, self._default_type = dict(types), switch
        if rebuild:
            self._build(name)
        for editor in self.form.editors.values():
            editor.forget_refused()
        self.form.show_values(self.values)
        self.say(None)

    def _show_none(self, switch: str, types: Mapping[str, str]) -> None:
        """Show a network that was read from a file: it has no parameters."""
        self.say(None)
        self.families.setCurrentIndex(-1)
        self.summary.setText("Read from a file: it is what it is. Choose a family to begin with another.")
        self.values, self.types, self._default_type = {}, dict(types), switch
        self._build("")

    def show_roles(self, roles: list[str]) -> None:
        """Offer a device type for each role."""
        if list(self._boxes) != roles:
            self._rebuild_types(roles)
        for role, box in self._boxes.items():
            wanted = self.types.get(role, self._default_type if box.findData(self._default_type) >= 0 else "")
            box.setCurrentIndex(box.findData(wanted))
            if role not in self.types and box.currentData():
                self.types[role] = str(box.currentData())

    def say(self, error: ParameterError | None) -> None:
        """Say beside its field why there is no such network; None takes it away."""
        self.remedy.hide()
        self._wrong = ""
        if error is None:
            return
        editor = self.form.editors.get(error.field)
        self._wrong = error.field if editor is not None else ""
        self.remedy.setParent(None)
        layout = self.layout() if editor is None else editor.layout()
        if editor is None:
            layout.insertWidget(2, self.remedy)  # type: ignore[union-attr]
        else:
            layout.addWidget(self.remedy)  # type: ignore[union-attr]
        self.remedy.show_error(error, None if editor is None else editor.field)

    # What is done in it.

    def _build(self, name: str) -> None:
        self.remedy.setParent(self)
        old, self.form = self.form, Form()
        self._place.replaceWidget(old, self.form)
        old.setParent(None)
        old.deleteLater()
        for field in fields_of(family(name).parameters).values() if name else ():
            self.form.add(field)
        self.form.edited.connect(self._edited)

    def _rebuild_types(self, roles: list[str]) -> None:
        old, self._types = self._types, Form()
        self._place.replaceWidget(old, self._types)
        old.setParent(None)
        old.deleteLater()
        self._boxes = {}
        if roles:
            self._types.add_heading("DEVICE TYPES")
        for role in roles:
            box = QComboBox()
            box.setAccessibleName(f"Type of {role}")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
            box.setPlaceholderText("choose a type")
            for spec in types_for(self._library, role):
                box.addItem(f"{spec.maker} {spec.name}".strip(), spec.id)
            box.activated.connect(lambda _, r=role, b=box: self._type_chosen(r, b))
            self._types.add_row(role.capitalize(), box)
            self._boxes[role] = box

    def _edited(self, name: str, value: Any) -> None:
        editor = self.form.editors[name]
        if isinstance(value, Shift):
            try:
                value = value.of(editor.field, self.values.get(name))
            except WrongValueError as error:
                editor.refuse(str(error))
                return
            editor.show_value(value)
        self._put(name, value)

    def _take(self, value: Any) -> None:
        if self._wrong:
            editor: FieldEditor = self.form.editors[self._wrong]
            editor.forget_refused()
            editor.show_value(value)
            editor.setFocus()
            self._put(self._wrong, value)

    def _put(self, name: str, value: Value) -> None:
        if isinstance(self.values.get(name), float) and isinstance(value, int):
            value = float(value)
        self.values[name] = value
        self.changed.emit()

    def _type_chosen(self, role: str, box: QComboBox) -> None:
        self.types[role] = str(box.currentData())
        self.changed.emit()

    def _family_chosen(self) -> None:
        self.family_chosen.emit(self.family)
