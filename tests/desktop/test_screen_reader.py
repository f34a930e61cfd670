"""What a screen reader and the Tab key find: a name for every input, in every view and dialog."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from desktop.document import Document
from desktop.main_window import MainWindow

ASKED_IN_THE_HALL = (
    "arrange.move_to", "arrange.array", "arrange.fill", "arrange.replace_block", "arrange.reserve",
    "naming.templates", "link.range", "link.table", "file.brief", "worth.workloads", "worth.dashboard",
    "worth.assumptions", "worth.suppliers", "worth.explore", "worth.merge", "worth.compare",
    "blocks.linked", "file.issue",
    "file.export", "file.recover",
    "tool.new_type", "help.keys", "file.underlay", "file.table",
)  # fmt: skip
ASKED_IN_A_RACK = ("arrange.move_to", "arrange.array", "arrange.replace_type")
INPUTS = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)


def inputs(root: QWidget) -> Iterator[QWidget]:
    """Yield what can have the focus and is to be named; not what Qt makes inside its own widgets."""
    for widget in root.findChildren(QWidget):
        inner = widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox | QLineEdit)
        within_list = isinstance(widget.parent(), QComboBox | QAbstractItemView)
        if inner or within_list or not widget.isVisibleTo(root) or widget.window() is not root.window():
            continue
        takes_keys = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if isinstance(widget, INPUTS) or (takes_keys and not isinstance(widget, QTabBar)):
            yield widget


def name_of(widget: QWidget) -> str:
    """Return what a screen reader says a widget is."""
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text().replace("&", "")
    buddies = [b for b in widget.window().findChildren(QLabel) if b.buddy() is widget]
    return buddies[0].text() if buddies else ""


def judge(root: QWidget, where: str) -> list[str]:
    """Return what is wrong with the names in a window."""
    names = Counter[str]()
    wrong = []
    for widget in inputs(root):
        name = name_of(widget).strip()
        if not name:
            wrong.append(f"{where}: {type(widget).__name__} in {type(widget.parent()).__name__} has no name")
        elif isinstance(widget, INPUTS):
            names[name] += 1
    return wrong + [f"{where}: {count} are called {name}" for name, count in names.items() if count > 1]


@pytest.mark.parametrize("view", ["hall", "racks", "network"])
def test_every_input_of_the_window_has_a_name(
    window: MainWindow, document: Document, at: Callable[..., str], view: str
) -> None:
    window.workspace.show_view(view)
    wrong = []
    for selected in ([], [at("r1")], [at("r1"), at("r2")], [at("r1", "a")], [at("r1", "a"), at("r3", "s")]):
        document.selection.set(selected)
        QApplication.processEvents()
        wrong += judge(window, f"{view}, {len(selected)} selected")
    for table in ("devices", "racks", "cables", "ports", "materials"):
        window.tables.show(table)
        QApplication.processEvents()
        wrong += judge(window, f"table of {table}")
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_every_input_of_the_start_page_has_a_name(window: MainWindow) -> None:
    assert window.document is None
    assert not judge(window, "start page")


@pytest.mark.parametrize("action", ASKED_IN_THE_HALL)
def test_every_input_of_a_dialog_has_a_name(
    window: MainWindow, document: Document, at: Callable[..., str], action: str
) -> None:
    document.selection.set([at("r1")])
    assert not wrong_in_dialog(window, action)


@pytest.mark.parametrize("action", ASKED_IN_A_RACK)
def test_every_input_of_a_dialog_on_devices_has_a_name(
    window: MainWindow, document: Document, at: Callable[..., str], action: str
) -> None:
    window.workspace.show_view("racks")
    document.selection.set([at("r1", "a")])
    assert not wrong_in_dialog(window, action)


def wrong_in_dialog(window: MainWindow, action: str) -> list[str]:
    """Open a dialog and return what lacks a name, and what the Tab key does not get to."""
    window.actions_.refresh()
    assert window.actions_[action].isEnabled(), window.actions_.entry(action).reason
    window.actions_.run(action)
    QApplication.processEvents()
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    wrong = judge(dialog, action)
    reached = tabbed(dialog)
    for widget in inputs(dialog):
        stops = widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        alone = not isinstance(widget, QAbstractButton) or not widget.autoExclusive()
        if stops and alone and widget not in reached and isinstance(widget, INPUTS):
            wrong.append(f"{action}: Tab does not get to {name_of(widget)}")
    dialog.done(0)
    return wrong


def tabbed(dialog: QDialog) -> list[QWidget]:
    """Return what gets the focus by Tab, one after the other."""
    dialog.activateWindow()
    QApplication.processEvents()
    reached: list[QWidget] = []
    for _ in range(300):
        focus = QApplication.focusWidget()
        if focus is None or reached.count(focus) > 1:
            break
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return reached
