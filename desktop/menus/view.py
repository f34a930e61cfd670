"""The commands on drawings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.canvas.zooming import ZoomView
from desktop.commands import editing
from desktop.menus.reasons import no_project
from desktop.theme import theme

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

WHEEL_SETTING = "wheel_pans"


def register(window: MainWindow) -> None:
    """Register the commands of the View menu."""
    _register_drawings(window)
    _register_zooming(window)
    _register_looks(window)


def _register_drawings(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    for number, (name, text) in enumerate(
        (
            ("hall", "&Hall"),
            ("racks", "&Racks"),
            ("network", "&Network"),
            ("power", "&Power"),
            ("cooling", "&Cooling"),
        ),
        1,
    ):
        add(
            f"view.{name}",
            text,
            lambda n=name: space.show_view(n),
            menu="View|1",
            shortcut=f"Alt+{number}",
            icon_name="rack" if name == "racks" else name,
            why_not=lambda: no_project(window),
        )
    add(
        "view.selected_racks",
        "Racks of the &Selection",
        space.show_racks_of_selection,
        menu="View|1",
        shortcut="Ctrl+Return",
        tip="Show the selected racks, front and rear",
        why_not=lambda: editing.why_no_selection(window.document),
    )


def _register_zooming(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    need = lambda: no_project(window)  # noqa: E731
    add(
        "view.fit",
        "&Fit",
        lambda: space.view.fit(),
        menu="View|2",
        shortcut=("F", "Ctrl+1"),
        icon_name="fit",
        tip="Show everything",
        why_not=need,
    )
    add(
        "view.readable",
        "&Readable Size",
        lambda: space.view.actual_size(),
        menu="View|2",
        shortcut="Ctrl+0",
        why_not=need,
        tip="Zoom until ports can be read",
    )
    add(
        "view.zoom_in",
        "Zoom &In",
        lambda: space.view.zoom(1.25),
        menu="View|2",
        shortcut=("Ctrl++", "Ctrl+="),
        icon_name="zoom-in",
        tip="Zoom in",
        why_not=need,
    )
    add(
        "view.zoom_out",
        "Zoom &Out",
        lambda: space.view.zoom(0.8),
        menu="View|2",
        shortcut="Ctrl+-",
        icon_name="zoom-out",
        tip="Zoom out",
        why_not=need,
    )
    add(
        "view.show_selected",
        "Zoom to S&election",
        lambda: _zoom_to_selection(window),
        menu="View|2",
        shortcut="Shift+F",
        why_not=lambda: editing.why_no_selection(window.document),
    )


def _register_looks(window: MainWindow) -> None:
    add, space = window.actions_.add, window.workspace
    marks = add(
        "view.marks",
        "&Grid and Dimensions",
        lambda: space.hall.show_marks(window.actions_["view.marks"].isChecked()),
        menu="View|4",
        shortcut="G",
        checkable=True,
        tip="Show grid and dimensions of the hall",
        why_not=lambda: no_project(window),
    )
    marks.setChecked(True)
    wheel = add(
        "view.wheel_pans",
        "&Wheel Pans",
        lambda: _let_wheel_pan(window),
        menu="View|5",
        checkable=True,
        tip="Let the wheel pan, and zoom with Ctrl; without it the wheel zooms",
    )
    ZoomView.wheel_pans = bool(window.settings.values.get(WHEEL_SETTING, False))
    wheel.setChecked(ZoomView.wheel_pans)
    for choice, text in (
        ("system", "Colours of the System"),
        ("light", "Light Colours"),
        ("dark", "Dark Colours"),
    ):
        action = add(
            f"view.theme_{choice}",
            text,
            lambda c=choice: theme().apply(c),
            menu="View|5|Colours of the Wi&ndow",
            group="theme",
        )
        action.setChecked(theme().choice == choice)


def _let_wheel_pan(window: MainWindow) -> None:
    """Remember what the wheel does; the settings are written when the window closes."""
    ZoomView.wheel_pans = window.actions_["view.wheel_pans"].isChecked()
    window.settings.values[WHEEL_SETTING] = ZoomView.wheel_pans


def _zoom_to_selection(window: MainWindow) -> None:
    assert window.document is not None
    view = window.workspace.view
    shapes, _ = view.shapes_of(window.document.selection.paths)
    if shapes:
        box = shapes[0].boundingRect()
        for shape in shapes[1:]:
            box = box.united(shape.boundingRect())
        view.show_box(box, margin=90)
