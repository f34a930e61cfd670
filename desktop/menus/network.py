"""The commands on the network view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.menus.reasons import no_project, not_in_network

if TYPE_CHECKING:
    from desktop.main_window import MainWindow


MENU = "View|6|&Network Diagram"


def register(window: MainWindow) -> None:
    """Register the commands on the network view."""
    _register_neighbours(window)
    _register_paths(window)
    _register_whole(window)
    network = window.workspace.network
    network.focus_changed.connect(lambda: _show_focus(window))
    window.properties.port_facts.offer(
        window.actions_["network.path_from"], window.actions_["network.path_to"]
    )


def _register_neighbours(window: MainWindow) -> None:
    add, attempt, network = window.actions_.add, window.attempt, window.workspace.network
    add(
        "network.neighbours",
        "&Neighbours Only",
        lambda: attempt(lambda: _toggle_neighbours(window)),
        menu=MENU,
        shortcut="N",
        checkable=True,
        tip="Show only what is selected in the network and what is linked to it",
        why_not=lambda: (
            not_in_network(window) or ("" if network.focus is not None else network.why_not_neighbours())
        ),
    )
    add(
        "network.more",
        "One Hop &More",
        lambda: network.set_hops(network.focus.hops + 1 if network.focus is not None else 1),
        menu=MENU,
        shortcut="]",
        tip="Show the neighbours of the neighbours as well",
        why_not=lambda: not_in_network(window) or _has_no_neighbours(window),
    )
    add(
        "network.less",
        "One Hop &Less",
        lambda: network.set_hops(network.focus.hops - 1 if network.focus is not None else 1),
        menu=MENU,
        shortcut="[",
        why_not=lambda: (
            not_in_network(window)
            or _has_no_neighbours(window)
            or ("it is one hop already" if network.focus is not None and network.focus.hops <= 1 else "")
        ),
    )


def _register_paths(window: MainWindow) -> None:
    add, attempt, network = window.actions_.add, window.attempt, window.workspace.network
    add(
        "network.path",
        "Show &Path",
        lambda: attempt(lambda: _show_path(window)),
        menu=MENU,
        shortcut="P",
        tip="Show the shortest paths between two selected devices, or from where a path was to begin",
        why_not=lambda: (
            ("" if not network.why_no_end() else not_in_network(window))
            or no_project(window)
            or network.why_no_path()
        ),
    )
    add(
        "network.path_from",
        "Path &from Here",
        lambda: attempt(lambda: _begin(window)),
        menu=MENU,
        shortcut="Alt+P",
        tip="Let the next path through the network begin at the selected port or device",
        why_not=lambda: no_project(window) or network.why_no_begin(),
    )
    add(
        "network.path_to",
        "Path &to Here",
        lambda: attempt(lambda: _end(window)),
        menu=MENU,
        shortcut="Alt+Shift+P",
        tip="Show the paths from where one was to begin to the selected port or device",
        why_not=lambda: no_project(window) or network.why_no_end(),
    )
    add(
        "network.forget_from",
        "Forget Where the Path &Begins",
        lambda: network.begin_path(None),
        menu=MENU,
        why_not=lambda: no_project(window) or ("" if network.path_from is not None else "no path was begun"),
    )
    add(
        "network.next_path",
        "Ne&xt Path",
        lambda: network.next_path(),
        menu=MENU,
        shortcut="Shift+P",
        tip="Highlight another of the shortest paths",
        why_not=lambda: not_in_network(window) or _has_one_path(window),
    )


def _register_whole(window: MainWindow) -> None:
    add, attempt, network = window.actions_.add, window.attempt, window.workspace.network
    add(
        "network.all",
        "&Whole Fabric",
        lambda: network.show_all(),
        menu=MENU,
        shortcut="Shift+N",
        tip="Show all of the fabric again",
        why_not=lambda: not_in_network(window) or ("" if network.focus is not None else "all of it is shown"),
    )
    add(
        "network.gather",
        "&Gather Again",
        lambda: network.close_nodes(),
        menu=MENU,
        tip="Put the racks and blocks that were opened in the network back into one box each",
        why_not=lambda: not_in_network(window) or ("" if network.has_opened else "nothing is opened"),
    )
    add(
        "network.reset",
        "Reset La&yout",
        lambda: attempt(lambda: _reset(window)),
        menu=MENU,
        tip="Let all boxes of this fabric stand where they would of themselves",
        why_not=lambda: not_in_network(window) or network.why_no_reset(),
    )


def _show_focus(window: MainWindow) -> None:
    window.actions_["network.neighbours"].setChecked(window.workspace.network.focus is not None)
    window.actions_.refresh()


def _toggle_neighbours(window: MainWindow) -> None:
    network = window.workspace.network
    if network.focus is not None:
        network.show_all()
    else:
        network.show_neighbours()


def _begin(window: MainWindow) -> None:
    """Remember the selected port or device as where the next path begins."""
    network = window.workspace.network
    end = network.picked_end()
    if end is not None:
        network.begin_path(end)
        window.say(f"A path begins at {network.end_words(end)}: select another port, then Path to Here")


def _end(window: MainWindow) -> None:
    """Show the paths to the selected port or device in the network view."""
    window.workspace.network.show_path_to()
    _show_network(window)


def _show_path(window: MainWindow) -> None:
    window.workspace.network.show_path()
    _show_network(window)


def _show_network(window: MainWindow) -> None:
    """Show the path that was found, and say it."""
    window.workspace.show_view("network")
    window.say(window.workspace.network.card.title.text())


def _reset(window: MainWindow) -> None:
    edit = window.workspace.network.reset_layout()
    if edit is not None and window.document is not None:
        window.document.commit_edit(edit)


def _has_no_neighbours(window: MainWindow) -> str:
    focus = window.workspace.network.focus
    return "" if focus is not None and not focus.way else "the neighbours are not shown"


def _has_one_path(window: MainWindow) -> str:
    paths = window.workspace.network.paths
    if paths is None:
        return "no path is shown"
    return "" if len(paths.ways) > 1 else "there is one path only"
