"""Draws the pictures of the user guide, offscreen, from the examples.

usage: python docs/make_pictures.py [folder]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["CAGENUT_STATE_DIR"] = tempfile.mkdtemp(prefix="cagenut-pictures-")

from camera import Camera, save, settle  # noqa: E402
from PySide6.QtCore import QPoint, QPointF  # noqa: E402
from thumbnails import thumbnails  # noqa: E402
from worth_pictures import compared, linked, worth  # noqa: E402

from core.catalogue.library import Library  # noqa: E402
from core.engine.evaluation import evaluate  # noqa: E402
from core.files.project_file import load  # noqa: E402
from core.model.records import Area, Device  # noqa: E402
from desktop.app import make_application  # noqa: E402
from desktop.canvas.tools.link import LinkPorts  # noqa: E402
from desktop.canvas.tools.place_block import PlaceBlock  # noqa: E402
from desktop.canvas.tools.place_device import PlaceDevice  # noqa: E402
from desktop.dialogs.brief import BriefDialog  # noqa: E402
from desktop.dialogs.issue import IssueDialog  # noqa: E402
from desktop.dialogs.type_editor import TypeEditor  # noqa: E402
from desktop.dialogs.workloads import WorkloadsDialog  # noqa: E402
from desktop.dragging import Carried  # noqa: E402
from desktop.templates import examples  # noqa: E402
from desktop.theme import theme  # noqa: E402
from desktop.views.racking import used_ports  # noqa: E402


def overview(camera: Camera) -> None:
    """The window at work: start page, hall, colours, numbers, racks, cables."""
    window = camera.window
    window.filing.show_start()
    window.show()
    camera.take("start")
    camera.open("hall")
    camera.take("hall")
    tiles = window.tally.numbers
    tiles.chosen.emit("binding", tiles.tiles["binding"])
    camera.take("numbers")
    camera.close()
    theme().apply("dark")
    window.actions_.run("view.colour_power")
    camera.take("colour-dark")
    theme().apply("light")
    window.actions_.run("view.colour_none")
    differing(camera)
    window.workspace.show_view("racks")
    standing = camera.rack_of("GB200 NVL72 rack", "rear")
    camera.look_at(standing.x + standing.drawn.width / 2, standing.y + 1000, 0.75)
    camera.take("racks-close", window.workspace)
    window.search.ask("leaf 1 17")
    settle(lambda: window.search.names.is_current)
    window.search.ask("leaf 1 17")
    camera.take("palette", window.search)
    window.search.dismiss()


def differing(camera: Camera) -> None:
    """One of 32 copies of a drawing lacks a device."""
    document, window = camera.document, camera.window
    block = next(b for b, n in camera.project.placements().items() if n == 32)
    racks = [p for p, of in camera.placed() if of == block]
    device = next(iter(camera.project.devices(block)))
    document.selection.set([f"{racks[3]}/{device}"])
    window.actions_.run("blocks.absent")
    camera.rest()
    window.workspace.show_view("hall")
    window.workspace.open_path(racks[3].rpartition("/")[0])
    document.selection.set([racks[3]])
    window.workspace.view.fit()
    camera.take("differs")
    window.actions_.run("view.leave")
    window.actions_.run("edit.undo")


def gestures(camera: Camera) -> None:
    """What one sees while placing, copying and linking."""
    window = camera.window
    camera.open("superpod-h100-su")
    workspace, library = window.workspace, window.library
    workspace.show_view("racks")
    racks = workspace.racks
    standing = camera.rack_of("DGX H100 rack of three", "front")
    camera.look_at(standing.x + standing.drawn.width, standing.y + standing.drawn.height * 0.55, 0.42)
    spec = next(s for s in library.search("sn2201") if s.id == "nvidia-sn2201")
    x, pitch = standing.x + standing.drawn.width / 2, standing.drawn.pitch
    for name, unit in (("landing-fits", 28.5), ("landing-blocked", 12.5)):
        racks.use(PlaceDevice(racks, spec))  # type: ignore[arg-type]
        racks.tool.move(camera.point(x, standing.y + standing.drawn.base + unit * pitch))
        camera.take(name, workspace)
    racks.use(None)
    link(camera)
    workspace.show_view("hall")
    hall = workspace.hall
    hall.use(PlaceBlock(hall, Carried("template", "rack-management")))
    box = hall.layer.content
    hall.tool.move(camera.point(box.center().x(), -box.top() - 2600))
    camera.take("template")
    hall.use(None)


def schematics(camera: Camera) -> None:
    """The one-line diagram, and a cooling schematic with a CDU failed."""
    window = camera.window
    camera.open("superpod-gb200-su")
    workspace = window.workspace
    for view in (workspace.power, workspace.cooling):
        workspace.show_view(view.layer_name)
        camera.rest()
        if view is workspace.cooling:
            view.pick(next(card for card in view.drawing.cards if card.symbol == "cdu"))
            view.fail_selected()
        view.fit()
        camera.take(view.layer_name, workspace)
    workspace.outages.restore_all()
    workspace.show_view("hall")


def outage(camera: Camera) -> None:
    """What the loss of both switchboards of a unit costs."""
    window = camera.window
    camera.open("hall")
    workspace = window.workspace
    devices = camera.project.devices(camera.document.top).values()
    workspace.outages.fail([d.id for d in devices if d.name in ("board-a1", "board-b1")])
    settle(until=lambda: workspace.trial.cost is not None)
    camera.rest()
    workspace.view.fit()
    camera.take("what-if", workspace)
    workspace.outages.restore_all()


def cording(camera: Camera) -> None:
    """The racks of a unit without their cords, and the cords that are proposed."""
    window = camera.window
    camera.open("superpod-h100-su")
    document = camera.document
    rack, block = next(
        (path, block)
        for path, block in camera.placed()
        if any(d.type == "nvidia-dgx-h100" for d in camera.project.devices(block).values())
    )
    edit = document.edit("Take the cords out")
    for link in list(camera.project.links(block).values()):
        if link.layer == "power":
            edit.remove("links", link.key)
    document.commit_edit(edit)
    document.selection.set([rack])
    window.actions_.run("link.cord")
    dialog = camera.dialog()
    settle(least=3.0)
    camera.take("cording", dialog)
    dialog.close()


def copies(camera: Camera) -> None:
    """An array of a unit, before it is made."""
    window = camera.window
    camera.forget()
    window.filing.new()
    hall = window.workspace.hall
    hall.use(PlaceBlock(hall, Carried("template", "su-gb200")))
    hall.feed(lambda: hall.tool.press(camera.point(6000, 3000)))
    camera.rest()
    window.left_tabs.setCurrentWidget(window.catalogue)
    window.below_tabs.setCurrentWidget(window.findings)
    settle()
    window.actions_.run("arrange.array")
    dialog = camera.dialog()
    dialog.rows.setValue(2)  # type: ignore[attr-defined]
    settle()
    dialog.move(window.mapToGlobal(window.rect().topRight()) + QPoint(-dialog.width() - 16, 420))
    camera.take("array")
    camera.close()


def link(camera: Camera) -> None:
    """Link mode with the valid targets ringed."""
    racks = camera.window.workspace.racks
    document, project = camera.document, camera.project
    used = used_ports(project)
    for path in racks.shown_devices():
        device = project.resolve(document.top, path)
        assert isinstance(device, Device)
        boxes = racks.port_boxes(path)
        free = [
            port.name
            for port in project.ports(device)
            if port.group.role in ("scale-out", "uplink", "")
            and port.group.layer == "data"
            and port.name in boxes
            and port.name not in used.get(device.key, ())
        ]
        if len(free) > 6:
            break
    box = boxes[free[0]]
    racks.zoom(0.8 / racks.scale_now)
    racks.centerOn(box.center())
    racks.use(tool := LinkPorts(racks))
    tool.press(camera.point(box.center().x(), -box.center().y()))
    tool.move(camera.point(box.center().x() - 140, -box.center().y() - 90))
    camera.take("link", camera.window.workspace)
    racks.use(None)


def wiring(camera: Camera) -> None:
    """Many cables at once, cables in the drawing, what is on a port, and the networks."""
    window = camera.window
    document, space = camera.document, window.workspace
    edit = document.edit("Take the cables of the compute fabric away")
    compute = next(f.id for f in camera.project.fabrics.values() if f.role == "compute")
    for cable in [c for c in camera.project.every("links") if c.fabric == compute]:
        edit.remove("links", cable.key)
    document.commit_edit(edit)
    window.actions_.run("link.range")
    camera.take("range", camera.dialog())
    camera.close()
    window.actions_.run("edit.undo")
    camera.rest()
    space.show_view("network")
    camera.take("network")
    leafs = camera.named("leaf")
    hosts = camera.named("dgx")
    document.selection.set([hosts[0], hosts[-1]])
    window.actions_.run("network.path")
    camera.take("network-path", space)
    window.actions_.run("network.all")
    breaking(camera)
    space.show_view("racks")
    space.show_paths([leafs[2]])
    document.selection.set([leafs[2]])
    window.actions_.run("view.cables")
    space.view.fit()
    camera.take("cables", space)
    window.actions_.run("view.cables")
    standing = next(
        s for s in space.racks.standing if s.path == leafs[2].rpartition("/")[0] and s.face == "rear"
    )
    camera.look_at(standing.x + standing.drawn.width / 2, standing.y + 0.33 * standing.drawn.height, 0.9)
    document.selection.pick_port(leafs[2], "osfp17")
    camera.take("port")
    document.selection.clear()


def breaking(camera: Camera) -> None:
    """A spine taken for failed, and the load of what is left."""
    window, network = camera.window, camera.window.workspace.network
    camera.document.selection.set(camera.named("spine")[:1])
    window.actions_.run("network.fail")
    window.actions_.run("network.colour_load")
    window.actions_.run("network.worst")
    settle(lambda: not network.what_if.is_working and not window.failures.is_working)
    camera.document.selection.clear()
    camera.take("network-break")
    network.what_if.restore_all()
    window.actions_.run("network.colour_fabric")
    window.below_tabs.setCurrentWidget(window.findings)
    camera.rest()


def many(camera: Camera) -> None:
    """Another type for many, names, tables, sheets."""
    window, document = camera.window, camera.document
    window.workspace.show_view("racks")
    document.selection.set(camera.named("dgx")[:1])
    window.actions_.run("arrange.replace_type")
    dialog = camera.dialog()
    dialog.every.setChecked(True)  # type: ignore[attr-defined]
    dialog.search.setText("mi355")  # type: ignore[attr-defined]
    settle(least=1.5)
    camera.take("replace", dialog)
    camera.close()
    document.selection.clear()
    window.actions_.run("naming.templates")
    settle(least=1.0)
    camera.take("naming", camera.dialog())
    camera.close()
    window.workspace.show_view("hall")
    table = window.tables.show("devices")
    camera.rest()
    table.filter.setText("leaf kw>1")
    settle(least=0.6)
    camera.take("table")
    table.filter.clear()
    window.actions_.run("file.sheets")
    settle(least=4.0)
    camera.take("preview", camera.dialog())
    camera.close()


def dialogs(camera: Camera) -> None:
    """The dialogs."""
    window = camera.window
    for name, dialog in (
        ("brief", BriefDialog(camera.document, "", window)),
        ("type-editor", TypeEditor(window.library, "nvidia-dgx-h100", window)),
        ("issue", IssueDialog(camera.document, window)),
        ("workloads", WorkloadsDialog(camera.document, evaluate(camera.document.project), "", window)),
    ):
        dialog.show()
        if name == "type-editor":
            dialog.resize(1100, 760)  # the offscreen screen is small
        if isinstance(dialog, WorkloadsDialog):
            settle(until=lambda: not dialog.is_busy)  # noqa: B023
        camera.take(name, dialog)
        dialog.close()


def generating(camera: Camera) -> None:
    """The window that generates a fabric."""
    camera.open("superpod-h100-su")
    camera.window.actions_.run("fabrics.generate")
    dialog: Any = camera.dialog()
    dialog.resize(1400, 860)
    settle(until=lambda: dialog.is_settled and bool(dialog.table.candidates.rows))
    dialog.table.choose(next(c.key for c in dialog.table.candidates.rows if c.family == "leaf-spine"))
    settle(until=lambda: dialog.is_settled and not dialog.computing.is_busy)
    camera.take("generate", dialog)
    dialog.close()


def findings(camera: Camera) -> None:
    """Findings and a broken limit."""
    window = camera.window
    camera.open("superpod-h100-su")
    window.below_tabs.setCurrentWidget(window.findings)
    document = camera.document
    edit = document.edit("Keep-out")
    box = window.workspace.hall.layer.content
    corner = QPointF(box.center().x(), -box.center().y()).toPoint()
    points = tuple(
        (corner.x() + dx, corner.y() + dy) for dx, dy in ((0, 0), (3000, 0), (3000, 2000), (0, 2000))
    )
    edit.put("areas", Area(block=document.top, id="keepout", kind="keep-out", name="Crane", points=points))
    document.commit_edit(edit)
    edit = document.edit("Set the brief")
    edit.replace("requirements", ("", "rack_power_w"), value=30_000.0)
    document.commit_edit(edit)
    document.selection.set([next(iter(camera.project.instances(document.top)))])
    window.actions_.run("edit.rotate")
    window.actions_.run("edit.undo")
    camera.rest()
    camera.take("findings")
    window.left_tabs.setCurrentWidget(window.history)
    camera.take("history", window.left_tabs)


def sheets(folder: Path) -> None:
    """Some sheets of an example's specification set."""
    import pypdfium2

    from core.report.specification import make_specification

    example = next(e for e in examples() if e.name == "superpod-gb200-su")
    data = make_specification(load(example.path)[0], Library.builtin())
    pdf = pypdfium2.PdfDocument(data)
    labels = [pdf.get_page_label(i) for i in range(len(pdf))]
    for label in ("G-001", "A-101", "R-202", "T-901", "A-102", "E-301", "M-401", "T-101"):
        save(pdf[labels.index(label)].render(scale=1.2).to_pil(), folder / f"sheet-{label.lower()}.png")


def main() -> int:
    """Take all pictures; what was in the folder before goes only once all of them are there."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    make_application()
    thumbnails()
    camera = Camera(Path(tempfile.mkdtemp(prefix="cagenut-pictures-")))
    overview(camera)
    gestures(camera)
    wiring(camera)
    many(camera)
    dialogs(camera)
    generating(camera)
    findings(camera)
    schematics(camera)
    outage(camera)
    worth(camera)
    linked(camera)
    cording(camera)
    copies(camera)
    sheets(camera.folder)
    camera.forget()
    camera.window.close()
    fresh = Camera(camera.folder)  # without what the others have set in the window
    fresh.window.show()
    compared(fresh)
    fresh.forget()
    fresh.window.close()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    taken = [Path(shutil.move(picture, folder)) for picture in camera.folder.glob("*.png")]
    print(f"{len(taken)} pictures, {sum(p.stat().st_size for p in taken) / 1e6:.1f} MB, in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
