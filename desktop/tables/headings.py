"""Menus of the headings of a table: sort, filter by value, hide; and which columns there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from core.report.lists.query import FilterError, matching, parse
from desktop.tables.values import ValuesPopup

if TYPE_CHECKING:
    from desktop.tables.panel import TablePanel


def column_menu(table: TablePanel) -> QMenu:
    """Return the menu that chooses the columns of a table."""
    menu = QMenu(table)
    menu.aboutToShow.connect(lambda: _fill(menu, table))
    return menu


def _fill(menu: QMenu, table: TablePanel) -> None:
    menu.clear()
    shown = table.shown_columns()
    for found in table.kind.columns:
        action = menu.addAction(found.heading)
        action.setCheckable(True)
        action.setChecked(found.name in shown)
        action.setEnabled(found.name not in shown or len(shown) > 1)
        action.triggered.connect(lambda on, name=found.name: table.choose(name, on))
    menu.addSeparator()
    usual = [column.name for column in table.kind.columns if column.shown]
    menu.addAction("The usual ones").triggered.connect(lambda *_: table.choose_columns(usual))


def heading_menu_at(table: TablePanel, at: QPoint) -> None:
    """Open the menu of the heading at a point."""
    head = table.view.horizontalHeader()
    section = head.logicalIndexAt(at)
    if section >= 0:
        _open(table, section, head.mapToGlobal(at))


def heading_menu(table: TablePanel, section: int) -> None:
    """Open the menu of a heading below it."""
    head = table.view.horizontalHeader()
    _open(table, section, head.mapToGlobal(QPoint(head.sectionViewportPosition(section) + 8, head.height())))


def _open(table: TablePanel, section: int, at: QPoint) -> None:
    name = table.model.columns[section].name
    menu = QMenu(table)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    orders = (
        ("Sort Ascending", Qt.SortOrder.AscendingOrder),
        ("Sort Descending", Qt.SortOrder.DescendingOrder),
    )
    for words, order in orders:
        action = menu.addAction(words)
        action.triggered.connect(lambda *_, o=order: table.view.sortByColumn(section, o))
    menu.addSeparator()
    menu.addAction("Filter by Value …").triggered.connect(lambda *_: ask_values(table, section, at))
    if name in table.chosen:
        menu.addAction("Show All Values").triggered.connect(lambda *_: table.filter_values(name, None))
    menu.addSeparator()
    hide = menu.addAction("Hide This Column")
    hide.setEnabled(len(table.model.columns) > 1)
    hide.triggered.connect(lambda *_: table.choose(name, False))
    menu.popup(at)


def ask_values(table: TablePanel, section: int, at: QPoint) -> ValuesPopup | None:
    """Show the values of a column to tick; counts are of what the other filters let through."""
    if table.listing is None:
        return None
    found = table.model.columns[section]
    others = {name: texts for name, texts in table.chosen.items() if name != found.name}
    names = [column.name for column in table.model.columns]
    try:
        rows = matching(table.listing, parse(table.kind, table.filter.text()), names, others)
    except FilterError:
        rows = table.listing.rows
    counts = table.listing.counts(found.name, rows)
    popup = ValuesPopup(found.heading, counts, table.chosen.get(found.name), table)
    popup.chosen.connect(lambda texts: table.filter_values(found.name, texts))
    popup.move(at)
    popup.show()
    return popup
