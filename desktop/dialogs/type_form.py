"""The form of a type: fields by section, lists in tables, and beside each value how it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from core.catalogue.citing import cited, source_of, uncited
from core.catalogue.library import Library
from core.catalogue.type_check import numbers_of
from core.model.fields import fields_of
from core.model.types import Citation, evidence_of
from desktop.dialogs.type_draft import Draft
from desktop.dialogs.type_fields import FieldGrid, is_plain, notation_of
from desktop.dialogs.type_lists import lists_of
from desktop.dialogs.type_rows import RowsEditor
from desktop.dialogs.type_sections import Section, applies, sections_of
from desktop.panels.form import FieldEditor
from desktop.widgets import column, label, row

LABELS = {
    "width": "Share of the rack's width",
    "height_u": "Height in units",
    "zero_u": "Zero-U (vertical)",
    "floor_standing": "Stands on the floor",
    "lengths_m": "Stocked lengths",
    "kind": "Kind",
    "id": "Id",
    "unit": "Unit",
    "airflow": "Airflow",
    "heat_condition": "Under which conditions",
    "coolant": "Fluids",
    "media": "Medium",
    "connector_a": "Connector, near end",
    "connector_b": "Connector, far ends",
    "layer": "Layer",
}
CHIP_PX = 82


class Chip(QToolButton):
    """Says how a value is known, and lets one say it."""

    def __init__(self, draft: Draft, name: str, what: str, changed: Callable[[], None]) -> None:
        super().__init__()
        self._draft, self._name, self._changed, self._what = draft, name, changed, what
        self.setFixedWidth(CHIP_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def refresh(self) -> None:
        """Show how the value is known now; nothing for a value that is not stated."""
        spec = self._draft.spec
        stated = self._name in numbers_of(spec)
        evidence = evidence_of(spec, self._name) if stated else ""
        self.setText(f"{evidence} ▾" if evidence else "")
        self.setEnabled(stated)
        source = source_of(spec, self._name) if stated else None
        known = source.title if source is not None else "no source: counts as assumed"
        self.setToolTip(f"{self._what}: {known}" if stated else "No value, so no source")
        self.setAccessibleName(f"How {self._what} is known: {evidence or 'no value'}")

    def _fill(self) -> None:
        self._menu.clear()
        spec = self._draft.spec
        for source in spec.sources:
            words = f"{_short(source.title)} ({source.evidence})"
            made = self._menu.addAction(words, lambda s=source: self._put(s))
            made.setCheckable(True)
            made.setChecked(self._name in source.fields)
        self._menu.addSeparator()
        made = self._menu.addAction("No source: assumed", lambda: self._put(None))
        made.setCheckable(True)
        made.setChecked(source_of(spec, self._name) is None)

    def _put(self, source: Citation | None) -> None:
        spec = self._draft.spec
        if source is None:
            changed = uncited(spec, [self._name])
        else:
            changed = cited(spec, [self._name], source.title, source.evidence)
        self._draft.put("sources", changed.sources)
        self._changed()


class TypeForm(QWidget):
    """Everything of one type but its sources."""

    changed = Signal()
    """Something was typed, sound or not."""

    def __init__(self, draft: Draft, library: Library, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.editors: dict[str, FieldEditor] = {}
        self.lists: dict[str, RowsEditor] = {}
        self._chips: dict[str, Chip] = {}
        self._known: dict[str, QWidget] = {}
        self._grids: list[FieldGrid] = []
        self._sections: list[tuple[Section, list[QWidget]]] = []
        self._kinds = lists_of(library, draft.spec)
        parts: list[QWidget] = []
        for section in sections_of(draft.spec):
            made = self._section(section)
            self._sections.append((section, made))
            parts.extend(made)
        self.setLayout(column(*parts, None, gap=6, margins=(14, 10, 14, 14)))
        self.refresh()

    def _section(self, section: Section) -> list[QWidget]:
        heading = label(section.heading, "section")
        heading.setContentsMargins(0, 8, 0, 0)
        made: list[QWidget] = [heading]
        if section.hint:
            made.append(label(section.hint, "small", wrap=True))
        if section.fields:
            grid = FieldGrid()
            known = fields_of(type(self._draft.spec))
            for name in section.fields:
                field = replace(known[name], label=LABELS.get(name, known[name].label))
                self._chips[name] = Chip(self._draft, name, field.label, self._done)
                notation = None if is_plain(field) else notation_of(field)
                editor = grid.add(field, notation=notation, beside=self._chips[name])
                self.editors[name] = editor
            grid.typed.connect(self.typed)
            grid.refused.connect(self._refused)
            self._grids.append(grid)
            made.append(grid)
        for name in section.tables:
            made.append(self._list(name))
        return made

    def _list(self, name: str) -> QWidget:
        rows = RowsEditor(self._kinds[name], lambda value, n=name: self._draft.put(n, value))
        rows.refused.connect(lambda reason, n=name: self._list_refused(n, reason))
        chip = self._chips[name] = Chip(self._draft, name, name.replace("_", " "), self._done)
        self.lists[name] = rows
        known = QWidget()
        known.setLayout(row(None, label("How this list is known", "faint"), chip))
        self._known[name] = known
        box = QWidget()
        box.setLayout(column(rows, known, gap=4))
        return box

    def refresh(self) -> None:
        """Show the draft as it is; what was refused stays to be put right."""
        spec = self._draft.spec
        known = fields_of(type(spec))
        values = {name: getattr(spec, name) for name in known}
        shown = {
            name
            for name in self.editors
            if applies(spec, name) or values[name] != known[name].default or name in self._draft.refused
        }
        for grid in self._grids:
            grid.show_values(values)
            grid.show_only(shown)
        for name, rows in self.lists.items():
            if name not in self._draft.refused:
                rows.show_rows(values[name])
        for section, parts in self._sections:
            tables = [name for name in section.tables if applies(spec, name) or values[name]]
            for part in parts:
                part.setVisible(bool(shown.intersection(section.fields) or tables))
            for name in section.tables:
                self.lists[name].parentWidget().setVisible(name in tables)
                self._known[name].setVisible(bool(values[name]))
        for chip in self._chips.values():
            chip.refresh()

    def start_over(self) -> None:
        """Show the draft and forget what was refused."""
        for grid in self._grids:
            grid.clear_refused()
        self.refresh()

    def typed(self, name: str, value: Any) -> None:
        """Take the value of a field; what cannot be stays beside its reason."""
        reason = self._draft.put(name, value)
        if reason:
            self.editors[name].refuse(reason)
        self._done()

    def _refused(self, name: str, reason: str) -> None:
        self._draft.refuse(name, reason)
        self.changed.emit()

    def _list_refused(self, name: str, reason: str) -> None:
        if reason:
            self._draft.refuse(name, reason)
        else:
            self._draft.refused.pop(name, None)
        self._done()

    def _done(self) -> None:
        self.refresh()
        self.changed.emit()


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:58].rstrip() + " …"
