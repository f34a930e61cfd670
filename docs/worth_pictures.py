"""Pictures of what a design is worth: dashboard, suppliers, assumptions."""

from __future__ import annotations

from camera import Camera, settle

from desktop.dialogs.assumptions import AssumptionsDialog
from desktop.dialogs.dashboard import DashboardDialog
from desktop.dialogs.exploring.window import ExploreWindow
from desktop.dialogs.suppliers import SuppliersDialog


def worth(camera: Camera) -> None:
    """The dashboard, the assumptions and the suppliers of the hall."""
    window = camera.window
    camera.open("hall")
    window.actions_.run("worth.dashboard")
    board = window.findChildren(DashboardDialog)[0]
    board.resize(1180, 1000)
    settle(until=lambda: "P10 …" not in board.tiles[0].text)
    camera.take("dashboard", board)
    board.close()
    window.actions_.run("worth.suppliers")
    shown = window.findChildren(SuppliersDialog)[0]
    shown.loss.ask("part", "nvidia-qm9700")
    shown.tabs.setCurrentWidget(shown.loss)
    settle(until=lambda: len(shown.loss.swaps.tried) == shown.loss.swaps.candidates.topLevelItemCount())
    camera.take("suppliers", shown)
    shown.close()
    explore(camera)
    window.actions_.run("worth.assumptions")
    table = camera.dialog()
    assert isinstance(table, AssumptionsDialog)
    table.set("energy_usd_kwh", "value", "0.12")
    table.set("life_it_years", "value", "4")
    table.table.setCurrentItem(table.items["energy_usd_kwh"], 1)
    settle(until=lambda: table.moved.topLevelItemCount() > 0)
    camera.take("assumptions", table)
    table.reject()


def explore(camera: Camera) -> None:
    """A search over hosts, prices and air temperature rise of a unit, one point of the front chosen."""
    window = camera.window
    camera.open("superpod-h100-su")
    window.actions_.run("worth.explore")
    shown = window.findChildren(ExploreWindow)[0]
    known = {one.target: one for one in shown.asked._choices}
    for target in ("device:nvidia-dgx-h100", "price_factor:*", "requirement:air_rise_k"):
        shown.asked.vary(known[target])
    for at, (sense, name) in enumerate((("least", "usd_per_gpu_hour"), ("most", "memory_tb"))):
        shown.asked.goals[at][0].setCurrentText(sense)
        shown.asked.goals[at][1].setCurrentIndex(shown.asked.goals[at][1].findData(name))
    shown.asked.limits.setText("power_max_w <= 500e3")
    shown.asked.changed.emit()
    shown.run()
    settle(until=lambda: not shown.searching.is_busy)
    assert shown.outcome is not None
    shown.front.select(shown.outcome.front[0].key)
    camera.take("explore", shown)
    shown.close()
    camera.open("hall")
