"""Draws the pictures of the user guide, offscreen, from the examples.

usage: python docs/make_pictures.py [folder]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["CAGENUT_STATE_DIR"] = tempfile.mkdtemp(prefix="cagenut-pictures-")

from PySide6.QtCore import QPointF, Qt  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from core.catalogue.library import Library  # noqa: E402
from core.files.project_file import load  # noqa: E402
from core.files.session import Session  # noqa: E402
from core.model.records import Area, Device  # noqa: E402
from desktop.app import make_application  # noqa: E402
from desktop.canvas.pointer import Pointer  # noqa: E402
from desktop.canvas.tools.link import LinkPorts  # noqa: E402
from desktop.canvas.tools.place_block import PlaceBlock  # noqa: E402
from desktop.canvas.tools.place_device import PlaceDevice  # noqa: E402
from desktop.dialogs.brief import BriefDialog  # noqa: E402
from desktop.dialogs.export import ExportDialog  # noqa: E402
from desktop.dialogs.issue import IssueDialog  # noqa: E402
from desktop.dialogs.type_editor import TypeEditor  # noqa: E402
from desktop.document import Document  # noqa: E402
from desktop.dragging import Carried  # noqa: E402
from desktop.main_window import MainWindow  # noqa: E402
from desktop.templates import examples  # noqa: E402
from desktop.theme import theme  # noqa: E402
from desktop.views.hall import HallView  # noqa: E402
from desktop.views.racking import used_ports  # noqa: E402

SIZE = (1440, 900)


def settle(until: Callable[[], bool] = lambda: True, least: float = 0.15, most: float = 20.0) -> None:
    """Let the window work until something is true."""
    begin = time.monotonic()
    while time.monotonic() - begin < most:
        QApplication.processEvents()
        time.sleep(0.01)
        if time.monotonic() - begin > least and until():
            return


class Camera:
    """Takes pictures of one window."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.window = MainWindow(Library.builtin())
        self.window.resize(*SIZE)

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save a picture."""
        settle()
        (widget or self.window).grab().save(str(self.folder / f"{name}.png"))

    def open(self, stem: str) -> None:
        """Open an example."""
        self.forget()
        self.window.filing.open_example(next(e for e in examples() if e.name == stem))
        settle(lambda: self.window.evaluation.is_current)

    def forget(self) -> None:
        """Let the project be closed without a question."""
        if self.window.document is not None:
            self.window.document.history.mark_saved()

    def point(self, x: float, y: float) -> Pointer:
        """Return a point of the drawing in view."""
        return Pointer(x, y, self.window.workspace.view.scale_now, Qt.KeyboardModifier.NoModifier)


def thumbnails() -> None:
    """The pictures of the examples on the start page, in both themes."""
    folder = ROOT / "resources" / "icons" / "examples"
    folder.mkdir(exist_ok=True)
    for tone in ("dark", "light"):
        theme().apply(tone)  # type: ignore[arg-type]
        for example in examples():
            project, _ = load(example.path)
            view = HallView()
            view.shows_marks = False
            view.resize(560, 300)
            view.set_document(Document(Session.new(project)), Library.builtin())
            view.show()
            settle()
            view.show_box(view.layer.content, margin=14)
            view.grab().save(str(folder / f"{example.name}-{tone}.png"))
            view.close()


def overview(camera: Camera) -> None:
    """The window at work: start page, hall, racks, network."""
    window = camera.window
    window.filing.show_start()
    window.show()
    camera.take("start")
    camera.open("hall")
    camera.take("hall")
    theme().apply("dark")
    camera.take("hall-dark")
    theme().apply("light")
    window.workspace.show_view("racks")
    camera.take("racks")
    racks = window.workspace.racks
    standing = racks.standing[1]
    racks.zoom(0.75 / racks.scale_now)
    racks.centerOn(standing.x + standing.drawn.width / 2, -standing.y - 1000)
    camera.take("racks-close")
    window.workspace.show_view("network")
    camera.take("network")


def gestures(camera: Camera) -> None:
    """What one sees while dragging and linking."""
    window = camera.window
    camera.open("superpod-h100-su")
    workspace, library = window.workspace, window.library
    document = window.document
    assert document is not None
    workspace.show_view("racks")
    racks = workspace.racks
    standing = racks.standing[0]
    racks.zoom(0.42 / racks.scale_now)
    racks.centerOn(standing.x + standing.drawn.width, -standing.y - standing.drawn.height * 0.55)
    spec = next(s for s in library.search("sn2201") if s.id == "nvidia-sn2201")
    x, pitch = standing.x + standing.drawn.width / 2, standing.drawn.pitch
    for name, unit in (("landing-fits", 41), ("landing-blocked", 12)):
        racks.use(PlaceDevice(racks, spec))  # type: ignore[arg-type]
        racks.tool.move(camera.point(x, standing.y + standing.drawn.base + unit * pitch))
        camera.take(name)
    racks.use(None)
    link(camera)
    workspace.show_view("hall")
    hall = workspace.hall
    hall.use(PlaceBlock(hall, Carried("template", "rack-management")))
    box = hall.layer.content
    hall.tool.move(camera.point(box.center().x(), -box.top() - 2600))
    camera.take("template")
    hall.use(None)


def link(camera: Camera) -> None:
    """Link mode with the valid targets ringed."""
    racks = camera.window.workspace.racks
    document = camera.window.document
    assert document is not None
    project, used = document.project, used_ports(document.project)
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
    camera.take("link")
    racks.use(None)


def dialogs(camera: Camera) -> None:
    """The dialogs."""
    window = camera.window
    assert window.document is not None
    for name, dialog in (
        ("brief", BriefDialog(window.document, "", window)),
        ("type-editor", TypeEditor(window.library, "nvidia-dgx-h100", window)),
        ("export", ExportDialog(window.document, window)),
        ("issue", IssueDialog(window.document, window)),
    ):
        dialog.show()
        camera.take(name, dialog)
        dialog.close()


def findings(camera: Camera) -> None:
    """Findings and a broken limit."""
    window = camera.window
    camera.open("superpod-h100-su")
    document = window.document
    assert document is not None
    edit = document.edit("Keep-out")
    box = window.workspace.hall.layer.content
    corner = QPointF(box.center().x(), -box.center().y()).toPoint()
    points = tuple(
        (corner.x() + dx, corner.y() + dy) for dx, dy in ((0, 0), (3000, 0), (3000, 2000), (0, 2000))
    )
    edit.put("areas", Area(block=document.top, id="keepout", kind="keep-out", name="Crane", points=points))
    edit.replace("requirements", ("", "rack_power_w"), value=30_000.0)
    document.commit_edit(edit)
    settle(lambda: window.evaluation.is_current)
    camera.take("findings")


def sheets(folder: Path) -> None:
    """Some sheets of an example's specification set."""
    import pypdfium2

    from core.report.specification import make_specification

    example = next(e for e in examples() if e.name == "superpod-gb200-su")
    data = make_specification(load(example.path)[0], Library.builtin())
    pdf = pypdfium2.PdfDocument(data)
    labels = [pdf.get_page_label(i) for i in range(len(pdf))]
    for label in ("G-001", "A-101", "R-202", "T-501"):
        page = pdf[labels.index(label)]
        page.render(scale=1.2).to_pil().save(folder / f"sheet-{label.lower()}.png", optimize=True)


def main() -> int:
    """Take all pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    make_application()
    thumbnails()
    camera = Camera(folder)
    overview(camera)
    gestures(camera)
    dialogs(camera)
    findings(camera)
    sheets(folder)
    camera.forget()
    camera.window.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
