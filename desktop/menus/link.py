"""The commands on cables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.commands import linking
from desktop.commands.picked import picked
from desktop.menus.reasons import no_project

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


def register(window: MainWindow) -> None:
    """Register the commands of the Link menu."""
    add, attempt = window.actions_.add, window.attempt
    need = lambda: no_project(window)  # noqa: E731
    has_links = lambda: linking.why_no_links(window.document)  # noqa: E731
    add(
        "link.range",
        "Link by &Range …",
        lambda: _open(window, 0),
        menu="Link|1",
        shortcut="Ctrl+Shift+L",
        tip="Wire many devices to many by a rule, with a preview",
        why_not=need,
    )
    add(
        "link.table",
        "Link from a &Table …",
        lambda: _open(window, 1),
        menu="Link|1",
        tip="Wire what is pasted from a spreadsheet or from a cable schedule",
        why_not=need,
    )
    add(
        "link.cord",
        "&Cord Selected Racks …",
        lambda: attempt(lambda: _cord(window)),
        menu="Link|1",
        shortcut="Ctrl+Shift+C",
        tip="Spread the supplies of racks or devices over the power sources, with a preview",
        icon_name="power",
        why_not=lambda: need() or _why_no_supplies(window),
    )
    add(
        "link.disconnect",
        "&Disconnect",
        lambda: attempt(lambda: linking.disconnect_selected(window.document)),
        menu="Link|2",
        shortcut="Ctrl+Shift+U",
        tip="Remove the cables of the selected devices or port",
        why_not=has_links,
    )
    add(
        "link.open_trunk",
        "&Open Trunk into Cables",
        lambda: attempt(lambda: linking.open_selected(window.document)),
        menu="Link|2",
        tip="One link for each cable of the selected trunks",
        why_not=lambda: linking.why_no_trunk(window.document),
    )
    add(
        "link.bundle",
        "&Bundle into Trunk",
        lambda: attempt(lambda: linking.bundle_selected(window.document)),
        menu="Link|2",
        tip="One trunk of the links between each pair of the selected devices",
        why_not=lambda: linking.why_no_bundle(window.document),
    )
    add(
        "link.select",
        "Select &Links of the Selection",
        lambda: attempt(lambda: linking.select_links(window.document)),
        menu="Link|3",
        tip="Select the links that end at what is selected",
        why_not=has_links,
    )
    add(
        "link.far_ends",
        "Select &Far Ends",
        lambda: attempt(lambda: linking.select_far_ends(window)),
        menu="Link|3",
        shortcut="Ctrl+Shift+E",
        tip="Go to the other ends of the cables of what is selected",
        why_not=has_links,
    )
    window.properties.port_facts.followed.connect(
        lambda path, port: attempt(lambda: linking.go_to_port(window, path, port))
    )


def _open(window: MainWindow, tab: int) -> None:
    from desktop.dialogs.wiring import WiringDialog

    if window.document is not None:
        WiringDialog(window.document, window.workspace, tab, window).open()


def _why_no_supplies(window: MainWindow) -> str:
    if window.document is None:
        return "no project is open"
    chosen = picked(window.document)
    return "" if chosen.things or chosen.devices else "select racks or devices first"


def _cord(window: MainWindow) -> None:
    from desktop.dialogs.cording import CordingDialog

    if window.document is not None:
        CordingDialog(window, window.document.selection.paths).open()
