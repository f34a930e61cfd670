"""The commands that break a network and load it: what-ifs, never an edit of the design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QFileDialog, QWidget

from core.drawing.fabric_load import LINK_SCHEMES
from desktop.canvas.tools.break_things import BreakThings
from desktop.menus import outages
from desktop.menus.reasons import no_project, not_in_network
from desktop.tables.tables import LEAST_PX
from desktop.views.schematic_view import SchematicView

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.views.network import NetworkView

MENU = "View|6|&Break and Load"


def register(window: MainWindow) -> None:
    """Register the commands."""
    network = window.workspace.network
    _register_breaking(window)
    _register_loading(window)
    _register_panels(window)
    window.workspace.network_bar.offer(window.actions_["network.break"])
    network.said.connect(window.say)
    network.what_if.changed.connect(window.actions_.refresh_soon)
    network.what_if.found.connect(window.actions_.refresh_soon)
    network.coloured.connect(lambda: _follow_colour(window))
    network.tool_changed.connect(lambda: _follow_tool(window))
    window.workspace.load_bar.table_requested.connect(lambda: _ask_table(window))
    window.workspace.load_bar.busiest_requested.connect(lambda: window.attempt(network.show_busiest))


def _register_breaking(window: MainWindow) -> None:
    add, attempt, network = window.actions_.add, window.attempt, window.workspace.network
    add(
        "network.fail",
        "&Fail or Restore",
        lambda: attempt(lambda: _fail(window)),
        menu=MENU,
        shortcut="X",
        tip="What if the selected elements of power, cooling or network failed? The design is not edited",
        why_not=lambda: (
            no_project(window) or (outages.why_not_fail(window) and _breaking(window).why_not_fail())
        ),
    )
    add(
        "network.fail_cable",
        "Fail &One Cable",
        lambda: attempt(lambda: _say(window, network.fail_one_cable())),
        menu=MENU,
        tip="What if one more cable of the selected link or bundle failed?",
        why_not=lambda: no_project(window) or network.why_not_cable(),
    )
    add(
        "network.fail_lane",
        "Fail Its Rail or &Plane",
        lambda: attempt(lambda: _fail_lane(window)),
        menu=MENU,
        tip="What if all switches of the rail or plane of the selected switch failed?",
        why_not=lambda: (
            not_in_network(window)
            or ("" if network.lane_of_selection() is not None else "select a switch of a rail or plane")
        ),
    )
    add(
        "network.break",
        "&Break by Click",
        lambda: _take_tool(window),
        menu=MENU,
        shortcut="Shift+X",
        checkable=True,
        tip="Click switches, links, rails and planes to fail them, and see what is left",
        why_not=lambda: no_project(window),
    )
    add(
        "network.restore_all",
        "&Restore All",
        network.what_if.restore_all,
        menu=MENU,
        shortcut="Alt+X",
        tip="Take everything for whole again",
        why_not=lambda: no_project(window) or ("" if network.what_if.is_broken else "nothing has failed"),
    )


def _register_loading(window: MainWindow) -> None:
    add, attempt, network = window.actions_.add, window.attempt, window.workspace.network
    for scheme in LINK_SCHEMES.values():
        what = scheme.label.partition(",")[0]
        made = add(
            f"network.colour_{scheme.name}",
            f"Links by {what}",
            lambda name=scheme.name: _colour(window, name),
            menu=MENU,
            shortcut="L" if scheme.name == "load" else "",
            tip=f"Colour the links of the network by {what.lower()}",
            group="link colour",
            why_not=lambda: no_project(window),
        )
        made.setChecked(scheme.name == "fabric")
    add(
        "network.busiest",
        "Busiest &Link",
        lambda: attempt(network.show_busiest),
        menu=MENU,
        shortcut="Shift+L",
        tip="Go to the link between switches with the highest load",
        why_not=lambda: no_project(window) or ("" if network.loads else "no loads are shown: press L"),
    )
    add(
        "network.job",
        "Load by a &Job on the Selected Hosts",
        lambda: attempt(lambda: _place_job(window)),
        menu=MENU,
        tip="Only the selected hosts send and receive",
        why_not=lambda: no_project(window) or network.why_not_fail(),
    )
    add(
        "network.traffic",
        "Traffic from CS&V …",
        lambda: _ask_table(window),
        menu=MENU,
        tip="Load by a table of who sends how much to whom",
        why_not=lambda: no_project(window),
    )


def _register_panels(window: MainWindow) -> None:
    add = window.actions_.add
    add(
        "network.worst",
        "&Worst Single Failures",
        lambda: _show_worst(window),
        menu=MENU,
        shortcut="Ctrl+Alt+F",
        tip="Let every switch, link, trunk, plane and optic of the fabric fail, and list the twenty worst",
        why_not=lambda: no_project(window) or _why_no_fabric(window),
    )
    for name, text, key, tip in (
        ("failures", "F&ailures", "", "Worst single failures, and failures at random"),
        ("loads", "Lo&ads", "", "The links that carry the most"),
        ("inspector", "Fabric and Port &Map", "Ctrl+Alt+M", "Measures, proofs, and the ports of a switch"),
    ):
        add(
            f"network.show_{name}",
            text,
            lambda panel=name: show_panel(window, getattr(window, panel)),
            menu=MENU,
            shortcut=key,
            tip=tip,
            why_not=lambda: no_project(window),
        )


def show_panel(window: MainWindow, panel: QWidget) -> None:
    """Bring a panel below the drawings to the front, high enough to read."""
    window.below_tabs.setCurrentWidget(panel)
    dock = window.below_tabs.parentWidget()
    wanted = min(LEAST_PX, window.height() // 3)  # the drawing is looked at with it
    if isinstance(dock, QDockWidget) and window.below_tabs.height() < wanted:
        window.resizeDocks([dock], [wanted], Qt.Orientation.Vertical)
    table = getattr(panel, "table", panel)
    table.setFocus(Qt.FocusReason.OtherFocusReason)


def _show_worst(window: MainWindow) -> None:
    window.workspace.show_view("network")
    show_panel(window, window.failures)
    window.failures.find_worst()


def _why_no_fabric(window: MainWindow) -> str:
    links = () if window.document is None else window.document.project.every("links")
    return "" if any(link.layer == "data" for link in links) else "there are no data links yet"


def _say(window: MainWindow, words: str) -> None:
    window.workspace.show_view("network")
    window.say(words)


def _fail(window: MainWindow) -> None:
    view = _breaking(window)
    if not outages.why_not_fail(window):
        window.say(outages.fail_selected(window))
    elif isinstance(view, SchematicView):
        window.say(view.fail_selected())
    else:
        _say(window, view.fail_selected())


def _breaking(window: MainWindow) -> SchematicView | NetworkView:
    """Return the drawing in which things are taken for failed: the schematic shown, else the network."""
    view = window.workspace.view
    return view if isinstance(view, SchematicView) else window.workspace.network


def _fail_lane(window: MainWindow) -> None:
    network = window.workspace.network
    lane = network.lane_of_selection()
    if lane is not None:
        _say(window, network.toggle(lane[1], []))


def _take_tool(window: MainWindow) -> None:
    network = window.workspace.network
    if network.tool.name == "break":
        network.use(None)
        return
    window.workspace.show_view("network")
    network.use(BreakThings(network))
    network.setFocus()


def _follow_tool(window: MainWindow) -> None:
    is_breaking = window.workspace.network.tool.name == "break"
    window.actions_["network.break"].setChecked(is_breaking)


def _colour(window: MainWindow, name: str) -> None:
    window.workspace.show_view("network")
    window.workspace.network.colour_by(name)


def _follow_colour(window: MainWindow) -> None:
    window.actions_[f"network.colour_{window.workspace.network.scheme}"].setChecked(True)


def _place_job(window: MainWindow) -> None:
    network = window.workspace.network
    window.workspace.show_view("network")
    network.colour_by("load")
    network.place_job()


def _ask_table(window: MainWindow) -> None:
    """Ask for a file with traffic and try it."""
    name, _ = QFileDialog.getOpenFileName(window, "Traffic from CSV", "", "Tables (*.csv *.tsv *.txt)")
    if name:
        window.attempt(lambda: window.workspace.network.read_traffic(Path(name)))
