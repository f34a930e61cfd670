"""The commands that turn, align, multiply, fill, swap and replace what is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.commands import arranging, editing
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

ALIGN = (
    ("left", "&Left Edges", "Alt+Shift+Left"),
    ("right", "&Right Edges", "Alt+Shift+Right"),
    ("front", "&Fronts (bottom of the plan)", "Alt+Shift+Down"),
    ("back", "&Backs (top of the plan)", "Alt+Shift+Up"),
    ("centre_x", "Middles on a Line Front to Bac&k", ""),
    ("centre_y", "Middles on a Line &Across", ""),
)
SPACE = (
    ("x", "gap", "Equal Gaps &Across"), ("y", "gap", "Equal Gaps &Front to Back"),
    ("x", "pitch", "Equal &Pitch Across"), ("y", "pitch", "Equal Pitch Front to &Back"),
)  # fmt: skip


def register(window: MainWindow) -> None:
    """Register the commands of the Arrange menu."""
    _turning(window)
    _lining_up(window)
    _placing(window)
    _exchanging(window)
    _reserving(window)


def _act(window: MainWindow, command: Callable[..., object], *args: object) -> Callable[[], object]:
    return lambda: window.attempt(lambda: command(window.document, *args))


def _turning(window: MainWindow) -> None:
    add = window.actions_.add

    def on_floor() -> str:
        return editing.why_not_on_floor(window.document)

    add("edit.rotate", "Rotate &Left", _act(window, arranging.rotate_selected, 1), menu="Arrange|1",
        shortcut="Ctrl+R", icon_name="rotate", tip="Rotate by a quarter", why_not=on_floor)  # fmt: skip
    add("edit.rotate_right", "Rotate Ri&ght", _act(window, arranging.rotate_selected, -1), menu="Arrange|1",
        shortcut="Ctrl+Shift+R", why_not=on_floor)  # fmt: skip
    add("edit.mirror", "&Mirror", _act(window, arranging.mirror_selected), menu="Arrange|1",
        tip="Mirror left to right", why_not=on_floor)  # fmt: skip
    add("arrange.flip", "&Flip Front and Rear", _act(window, arranging.flip_selected), menu="Arrange|1",
        shortcut="Shift+R", tip="Mount the devices from the other face of the rack, in the same units",
        why_not=lambda: _why_not_flip(window))  # fmt: skip


def _why_not_flip(window: MainWindow) -> str:
    reason = arranging.why_not_in_rack(window.document)
    # In the hall the same key turns what is being placed.
    return reason or ("" if window.workspace.name == "racks" else "open the racks view: Alt+2")


def _lining_up(window: MainWindow) -> None:
    add = window.actions_.add
    for line, text, key in ALIGN:
        add(f"arrange.align_{line}", text, _act(window, arranging.align_selected, line),
            menu="Arrange|2|&Align", shortcut=key, tip=f"Align: {text.replace('&', '').lower()}",
            why_not=lambda: arranging.why_not_on_floor(window.document, 2))  # fmt: skip
    for axis, by, text in SPACE:
        add(f"arrange.space_{by}_{axis}", text, _act(window, arranging.distribute_selected, axis, by),
            menu="Arrange|2|&Space Evenly", tip=f"Space evenly: {text.replace('&', '').lower()}",
            why_not=lambda: arranging.why_not_on_floor(window.document, 3))  # fmt: skip
    in_rack = "Arrange|2|In the &Rack"
    add("arrange.stack_down", "Stack &Down", _act(window, arranging.stack_selected, False), menu=in_rack,
        shortcut="Ctrl+Shift+Down", tip="Close the gaps between the devices, down to the lowest",
        why_not=lambda: arranging.why_not_in_rack(window.document, 2))  # fmt: skip
    add("arrange.stack_up", "Stack &Up", _act(window, arranging.stack_selected, True), menu=in_rack,
        shortcut="Ctrl+Shift+Up", tip="Close the gaps between the devices, up to the highest",
        why_not=lambda: arranging.why_not_in_rack(window.document, 2))  # fmt: skip
    add("arrange.spread", "Spread &Evenly", _act(window, arranging.spread_selected), menu=in_rack,
        tip="Space the devices evenly between the lowest and the highest",
        why_not=lambda: arranging.why_not_in_rack(window.document, 3))  # fmt: skip


def _placing(window: MainWindow) -> None:
    add = window.actions_.add
    add("arrange.move_to", "Move &To …", _act(window, lambda _: _move_to(window)), menu="Arrange|3",
        shortcut="M", tip="Position and rotation in numbers, to or by",
        why_not=lambda: arranging.why_not_one_holder(window.document))  # fmt: skip
    add("arrange.array", "A&rray Copy …", _act(window, lambda _: _array(window)), menu="Arrange|3",
        shortcut="Ctrl+Shift+D", icon_name="copy",
        tip="Copies in rows and columns, or upwards in a rack, names counted on",
        why_not=lambda: arranging.why_not_one_holder(window.document))  # fmt: skip
    add("arrange.fill", "F&ill Rack …", _act(window, lambda _: _fill(window)), menu="Arrange|3",
        shortcut="Ctrl+Shift+F", tip="Fill a range of the rack with the catalogue's entry",
        why_not=lambda: arranging.why_no_rack(window.document))  # fmt: skip
    add("arrange.blanks", "Fill with &Blanking Panels",
        lambda: window.attempt(lambda: arranging.fill_with_blanks(window.document, window.library)),
        menu="Arrange|3", tip="Close what is free in the rack, but not what is reserved",
        why_not=lambda: arranging.why_no_rack(window.document))  # fmt: skip


def _exchanging(window: MainWindow) -> None:
    add = window.actions_.add
    add("arrange.swap", "S&wap Places", _act(window, arranging.swap_selected), menu="Arrange|4",
        shortcut="Ctrl+Shift+X", tip="Two devices, or two racks, change places; cables follow",
        why_not=lambda: arranging.why_not_swap(window.document))  # fmt: skip
    add("arrange.replace_type", "Replace T&ype …", _act(window, lambda _: _replace_type(window)),
        menu="Arrange|4", shortcut="Ctrl+H",
        tip="Another type for the devices: what fits stays connected, the rest is listed",
        why_not=lambda: _why_no_devices(window))  # fmt: skip
    add("arrange.replace_block", "Replace &Drawing …", _act(window, lambda _: _replace_block(window)),
        menu="Arrange|4", shortcut="Ctrl+Shift+H",
        tip="Place another drawing where these racks or blocks are",
        why_not=lambda: _why_no_instances(window))  # fmt: skip


def _reserving(window: MainWindow) -> None:
    add = window.actions_.add
    add("arrange.reserve", "Reser&ve Units …", _act(window, lambda _: _reserve(window)), menu="Arrange|5",
        tip="Keep units of the rack free for something that is not drawn",
        why_not=lambda: arranging.why_no_rack(window.document))  # fmt: skip
    add("arrange.release", "Free Reserved &Units", _act(window, arranging.release_selected),
        menu="Arrange|5", tip="Give free all that is reserved in the selected racks",
        why_not=lambda: arranging.why_nothing_reserved(window.document))  # fmt: skip


def _why_no_devices(window: MainWindow) -> str:
    document = window.document
    reason = no_project(window) or editing.why_no_selection(document)
    if reason or document is None:
        return reason
    return "" if arranging.has_devices(document) else "select devices"


def _why_no_instances(window: MainWindow) -> str:
    reason = arranging.why_not_on_floor(window.document)
    if reason or window.document is None:
        return reason
    return "" if arranging.has_instances(window.document) else "select placed racks or blocks"


def _move_to(window: MainWindow) -> None:
    from desktop.dialogs.position import position_dialog

    position_dialog(window).open()


def _array(window: MainWindow) -> None:
    from desktop.dialogs.array import array_dialog

    array_dialog(window).open()


def _fill(window: MainWindow) -> None:
    from desktop.dialogs.fill import FillDialog

    FillDialog(window).open()


def _reserve(window: MainWindow) -> None:
    from desktop.dialogs.reserve import ReserveDialog

    ReserveDialog(window).open()


def _replace_type(window: MainWindow) -> None:
    from desktop.dialogs.replace import ReplaceTypeDialog

    ReplaceTypeDialog(window).open()


def _replace_block(window: MainWindow) -> None:
    from desktop.dialogs.replace_block import ReplaceBlockDialog

    ReplaceBlockDialog(window).open()
