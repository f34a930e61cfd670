"""The commands on the one-line diagram and the cooling schematic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project
from desktop.views.schematic_view import SchematicView

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MENU = "View|6|&Power and Cooling"


def register(window: MainWindow) -> None:
    """Register the commands."""
    add, attempt, space = window.actions_.add, window.attempt, window.workspace
    add(
        "schematic.open",
        "&Unfold",
        lambda: attempt(lambda: _view(window).open_selected()),
        menu=MENU,
        tip="Draw what the selected box stands for one by one, or the worst of it alone",
        why_not=lambda: _why_not(window) or _why_not_open(window),
    )
    add(
        "schematic.fold",
        "&Fold All",
        lambda: _view(window).fold_all(),
        menu=MENU,
        tip="Draw equal branches as one again",
        why_not=lambda: _why_not(window) or ("" if _view(window).has_opened else "everything is folded"),
    )
    add(
        "schematic.reset",
        "&Reset Arrangement",
        lambda: attempt(lambda: _reset(window)),
        menu=MENU,
        tip="Let all boxes of this diagram stand where they would of themselves",
        why_not=lambda: _why_not(window) or _view(window).why_no_reset(),
    )
    add(
        "schematic.restore_all",
        "Restore &Power and Cooling",
        space.outages.restore_all,
        menu=MENU,
        tip="Take everything in power and cooling for whole again",
        why_not=lambda: no_project(window) or ("nothing has failed" if space.outages.is_nothing else ""),
    )
    space.outages.changed.connect(window.actions_.refresh_soon)
    for view in (space.power, space.cooling):
        view.said.connect(window.say)
        view.pick_changed.connect(window.actions_.refresh_soon)


def _view(window: MainWindow) -> SchematicView:
    view = window.workspace.view
    assert isinstance(view, SchematicView)
    return view


def _why_not(window: MainWindow) -> str:
    if isinstance(window.workspace.view, SchematicView):
        return no_project(window)
    return no_project(window) or "it is for the power view, Alt+4, and the cooling view, Alt+5"


def _why_not_open(window: MainWindow) -> str:
    cards = _view(window).selected_cards()
    return "" if len(cards) == 1 else "select one box"


def _reset(window: MainWindow) -> None:
    assert window.document is not None
    window.document.commit_edit(_view(window).reset_layout())
