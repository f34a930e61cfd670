"""The commands on numbers: units, and how a number in sight is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import units
from core.model.change import Edit
from core.model.records import Setting
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

NAMES: tuple[tuple[units.System, str, str], ...] = (
    ("metric", "&Metric Units", "kg, mm, L/min, m³/h, °C in window, sheets and tables"),
    ("us", "&US Units", "lb, in, ft, gpm, CFM, °F in window, sheets and tables"),
)


def register(window: MainWindow) -> None:
    """Register the commands."""
    for name, text, tip in NAMES:
        action = window.actions_.add(
            f"view.units_{name}",
            text,
            lambda n=name: window.attempt(lambda: choose_units(window, n)),
            menu="View|6",
            tip=tip,
            group="units",
            why_not=lambda: no_project(window),
        )
        action.setChecked(units.system() == name)
    window.document_changed.connect(lambda: _tick(window))
    window.actions_.add(
        "view.binding",
        "&Binding Limit",
        lambda: window.tally.numbers.tiles["binding"].click(),
        menu="View|7",
        shortcut="Ctrl+Shift+B",
        tip="Say which limit binds, how many racks still fit, and the worst rack",
        why_not=lambda: no_project(window) or _no_numbers(window),
    )


def choose_units(window: MainWindow, name: units.System) -> None:
    """Print the project in these units from now on; one step that can be undone."""
    document = window.document
    assert document is not None
    if (document.project.setting(units.SETTING) or "metric") == name:
        return
    edit = Edit(document.project, "Use US units" if name == "us" else "Use metric units")
    edit.put("settings", Setting(id=units.SETTING, value=name))
    document.commit_edit(edit)


def _tick(window: MainWindow) -> None:
    window.actions_[f"view.units_{units.system()}"].setChecked(True)


def _no_numbers(window: MainWindow) -> str:
    return "" if window.tally.numbers.headlines else "there are no results yet"
