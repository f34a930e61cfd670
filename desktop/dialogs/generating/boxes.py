"""Boxes of choices in a form: named, with choices that are grey for a reason, shown where they apply."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QWidget

from desktop.panels.form import Form


def named_box(name: str) -> QComboBox:
    """Return a box of choices with its accessible name."""
    made = QComboBox()
    made.setAccessibleName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(10)
    return made


def disable(box: QComboBox, data: str, reason: str) -> None:
    """Make a choice grey, with the reason."""
    item = box.model().item(box.findData(data))  # type: ignore[attr-defined]
    item.setEnabled(not reason)
    item.setToolTip(reason)
    if reason:
        item.setText(f"{item.text()}: {reason}")


def show_row(form: Form, widget: QWidget, on: bool) -> None:
    """Show or hide a widget of a form with its label."""
    grid = form.layout()
    at = grid.indexOf(widget)
    row, *_ = grid.getItemPosition(at)  # type: ignore[union-attr]
    for column_ in (0, 1):
        item = grid.itemAtPosition(row, column_)  # type: ignore[union-attr]
        if item is not None and item.widget() is not None:
            item.widget().setVisible(on)
