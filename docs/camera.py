"""Takes pictures of a window, with all that lies over it, as small files."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from core.catalogue.library import Library
from core.model.project import Project
from desktop.canvas.pointer import Pointer
from desktop.document import Document
from desktop.main_window import MainWindow
from desktop.templates import examples
from desktop.theme import theme
from desktop.views.racking import Standing

SIZE = (1440, 900)


def settle(until: Callable[[], bool] = lambda: True, least: float = 0.25, most: float = 30.0) -> None:
    """Let the window work until something is true."""
    begin = time.monotonic()
    while time.monotonic() - begin < most:
        QApplication.processEvents()
        time.sleep(0.01)
        if time.monotonic() - begin > least and until():
            return
    raise TimeoutError("the window did not come to rest")


def save(picture: Image.Image, file: Path) -> None:
    """Write a picture with at most 256 colours."""
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)


class Camera:
    """One window and the folder its pictures go to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.window = MainWindow(Library.builtin())
        self.window.resize(*SIZE)

    @property
    def document(self) -> Document:
        """The open document."""
        assert self.window.document is not None
        return self.window.document

    @property
    def project(self) -> Project:
        """The open project."""
        return self.document.project

    def open(self, stem: str) -> None:
        """Open an example."""
        self.forget()
        self.window.filing.open_example(next(e for e in examples() if e.name == stem))
        self.rest()

    def rest(self) -> None:
        """Wait for the results."""
        settle(lambda: self.window.evaluation.is_current)

    def forget(self) -> None:
        """Let the project be closed without a question."""
        if self.window.document is not None:
            self.window.document.history.mark_saved()

    def point(self, x: float, y: float) -> Pointer:
        """Return a point of the drawing in view."""
        return Pointer(x, y, self.window.workspace.view.scale_now, Qt.KeyboardModifier.NoModifier)

    def placed(self, block: str = "", path: str = "") -> list[tuple[str, str]]:
        """Return the paths of all that is placed, with the block it is of."""
        found = []
        for instance in self.project.instances(block or self.document.top).values():
            own = f"{path}/{instance.id}".lstrip("/")
            found += [(own, instance.of), *self.placed(instance.of, own)]
        return found

    def named(self, begin: str) -> list[str]:
        """Return the paths of all devices whose names begin so."""
        return [
            f"{path}/{device.id}"
            for path, block in self.placed()
            for device in self.project.devices(block).values()
            if device.name.startswith(begin)
        ]

    def rack_of(self, block: str, face: str) -> Standing:
        """Return the face of a rack of a drawing, as it stands in the racks view."""
        ids = [b.id for b in self.project.blocks.values() if b.name == block]
        return next(s for s in self.window.workspace.racks.standing if s.block in ids and s.face == face)

    def look_at(self, x: float, y: float, scale: float) -> None:
        """Put a point of the drawing into the middle of the view."""
        view = self.window.workspace.view
        view.zoom(scale / view.scale_now)
        view.centerOn(QPointF(x, -y))

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save a picture of a widget, by default of the window with its dialogs over it."""
        settle()
        shot = self._whole() if widget is None else widget.grab()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        shot.save(buffer, "PNG")
        save(Image.open(io.BytesIO(bytes(buffer.data().data()))), self.folder / f"{name}.png")

    def dialog(self) -> QWidget:
        """Return the dialog that is open."""
        return next(iter(self._over()))

    def close(self) -> None:
        """Close whatever lies over the window."""
        for widget in list(self._over()):
            widget.close()
        settle()

    def _over(self) -> Iterable[QWidget]:
        known = (w for w in QApplication.topLevelWidgets() if w is not self.window and w.isVisible())
        return [w for w in known if w.width() > 60 and w.height() > 40]

    def _whole(self) -> QPixmap:
        shot = self.window.grab()
        corner = self.window.mapToGlobal(QRect(0, 0, 1, 1).topLeft())
        painter = QPainter(shot)
        painter.setPen(theme().colour("faint"))
        for widget in self._over():
            at = widget.mapToGlobal(QRect(0, 0, 1, 1).topLeft()) - corner
            painter.drawPixmap(at, widget.grab())
            painter.drawRect(QRect(at, widget.size()).adjusted(-1, -1, 0, 0))
        painter.end()
        return shot
