"""Pictures of what a design is worth, of its variants, against another design, of linked drawings."""

from __future__ import annotations

from camera import Camera, settle

from core.editing.issuing import issue
from core.editing.linking import link_block, read_source
from core.editing.remove import remove
from core.files.project_file import load, save
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from desktop.dialogs.assumptions import AssumptionsDialog
from desktop.dialogs.comparing import ComparingDialog
from desktop.dialogs.dashboard import DashboardDialog
from desktop.dialogs.exploring.window import ExploreWindow
from desktop.dialogs.linked import LinkedDialog
from desktop.dialogs.suppliers import SuppliersDialog
from desktop.templates import examples


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


def compared(camera: Camera) -> None:
    """The unit against the one it was: a rack moved, one gone, another leaf, marked in the hall."""
    camera.open("superpod-h100-su")
    window, document = camera.window, camera.document
    path = camera.folder / "revision A.cage"
    save(document.project, path, ABSENT)
    (unit,) = document.project.instances(document.top).values()
    racks = {one.name: one for one in document.project.instances(unit.of).values()}
    edit = document.edit("Alter")
    remove(edit, unit.of, [racks["r08"].id])
    edit.replace("instances", racks["r01"].key, x_mm=racks["r01"].x_mm - 1200)
    leaf = next(one for one in document.project.every("devices") if one.name == "leaf-1-03")
    edit.replace("devices", leaf.key, note="firmware 2")
    document.commit_edit(edit)
    camera.rest()
    window.workspace.hall.fit()
    window.actions_.run("worth.compare")
    shown = window.findChildren(ComparingDialog)[0]
    shown.add_file(path)
    settle(until=lambda: shown.found is not None)
    shown.hide()  # the marks stay as long as it is not closed
    window.left_tabs.setCurrentWidget(window.catalogue)
    camera.rest()
    window.workspace.hall.fit()
    camera.take("compared")
    shown.close()
    camera.open("hall")
    path.unlink()


def linked(camera: Camera) -> None:
    """A unit linked from another file at revision A, while revision B is there."""
    window, folder = camera.window, camera.folder
    project = load(next(one.path for one in examples() if one.name == "superpod-h100-su"))[0]
    path = folder / "unit-h100.cage"
    for number, day in (("A", "2026-10-01"), ("B", "2026-11-01")):
        edit = Edit(project, "Issue")
        issue(edit, number=number, date=day, purpose="for manufacture", approver="E. Busbar")
        History(project).commit(edit.change())
    save(project, path, ABSENT)
    (unit,) = project.instances(project.top).values()
    camera.open("superpod-gb200-su")
    document = camera.document
    edit = document.edit("Link")
    link_block(edit, read_source(path.as_posix(), None, "A"), unit.of, "2026-10-05")
    document.commit_edit(edit)
    window.actions_.run("blocks.linked")
    shown = window.findChildren(LinkedDialog)[0]
    shown.read(path)
    settle(until=lambda: not shown._background.is_busy)
    for at in range(shown.links.topLevelItemCount()):
        shown.links.topLevelItem(at).setText(1, path.name)
    shown._about.setText(f"{path.name}, revision A. Revision B is newer.")
    camera.take("linked", shown)
    shown.close()
    camera.open("hall")
    path.unlink()
