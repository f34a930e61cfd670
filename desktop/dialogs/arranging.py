"""What the dialogs of the Arrange menu share: fields in a column, a preview in the drawing, one verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from core.editing.footprint import Box
from core.editing.space import Spot
from core.errors import CagenutError, EditError
from core.model.types import DeviceType
from desktop.canvas.items import Ghost
from desktop.commands.picked import picked
from desktop.icons import pixmap
from desktop.views.view import View
from desktop.widgets import button, column, label, row, sentence

if TYPE_CHECKING:
    from desktop.main_window import MainWindow

MOST_GHOSTS = 1500
"""Above so many one frame around all of them stands in for the single ones."""
WIDTH = 380


def dialog_for(
    window: MainWindow,
    on_floor: Callable[[MainWindow], ArrangeDialog],
    in_rack: Callable[[MainWindow], ArrangeDialog],
) -> ArrangeDialog:
    """Return the dialog of a command for what is selected.

    Raises
    ------
    EditError
        If the selection is not of one floor or rack.
    """
    assert window.document is not None
    found = picked(window.document)
    if len(found.floor) == 1 and not found.racked:
        return on_floor(window)
    if len(found.racked) == 1 and not found.floor:
        return in_rack(window)
    raise EditError("the selection is spread over several racks or floors", cure="Select things of one")


class ArrangeDialog(QDialog):
    """Fields, a line that says what will come of them, and the drawing that shows it while they change.

    Subclasses add fields, answer `look` (preview and verdict) and `act` (the edit).
    """

    def __init__(self, window: MainWindow, title: str, go: str) -> None:
        super().__init__(window)
        self.window_ = window
        document = window.document
        assert document is not None
        self.document = document
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._sign = QLabel()
        self._sign.setFixedWidth(18)
        self._words = label(wrap=True)
        self._words.setAccessibleName("What will be done")
        self._words.setMinimumHeight(36)
        self.go = button(go, self.accept, primary=True)
        self.go.setDefault(True)
        self._cancel = button("Cancel", self.reject)
        self._fields: list[QWidget] = []
        foot = row(None, self._cancel, self.go)
        self.setLayout(column(self._grid, self._verdict(), foot, gap=12, margins=(16, 16, 16, 14)))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        self.finished.connect(lambda _: self._end())
        self.document.changed.connect(self.reject)

    # What subclasses answer.

    @property
    def view(self) -> View:
        """The drawing in which the preview is shown."""
        return self.window_.workspace.view

    def look(self) -> str:
        """Show the preview and return what will be done.

        Raises
        ------
        CagenutError
            If it cannot be done.
        """
        raise NotImplementedError

    def act(self) -> None:
        """Do it."""
        raise NotImplementedError

    # For subclasses.

    def field(self, name: str, widget: QWidget, hint: str = "") -> None:
        """Add a field with its name, and what can be typed in it."""
        at = self._grid.rowCount()
        title = label(name, "faint")
        title.setBuddy(widget)
        widget.setAccessibleName(name)
        self._fields.append(widget)
        self._grid.addWidget(title, at, 0)
        self._grid.addWidget(widget, at, 1)
        if hint:
            widget.setAccessibleDescription(hint)
            self._grid.addWidget(label(hint, "small", wrap=True), at + 1, 1)

    def look_soon(self) -> None:
        """Look again once the events at hand are through, unless the dialog has closed by then."""
        if self.isVisible():
            self._soon.start(0)

    def show_boxes(self, boxes: Sequence[Box], reasons: Sequence[str]) -> None:
        """Show boxes on the floor as ghosts, those with a reason as what does not fit."""
        ghosts = [
            Ghost(QRectF(b.left, -b.back, b.right - b.left, b.back - b.front), not reason)
            for b, reason in zip(boxes, reasons, strict=True)
        ]
        self._show(ghosts)

    def show_spots(self, rack: str, spots: Sequence[tuple[DeviceType, Spot]], reasons: Sequence[str]) -> None:
        """Show devices at spots of a rack as ghosts, on the face they are mounted from."""
        racks = self.window_.workspace.racks
        ghosts = []
        for (spec, spot), reason in zip(spots, reasons, strict=True):
            for standing in racks.standing:
                zone = next((z for z in standing.rack.zones if z.name == spot.zone), None)
                face = spot.face if zone is None else zone.face
                if standing.path == rack and standing.face == face:
                    x, y, width, height = standing.spot_box(spec, spot)
                    ghosts.append(Ghost(QRectF(x, -y - height, width, height), not reason))
        self._show(ghosts)

    def _show(self, ghosts: list[Ghost]) -> None:
        whole = QRectF()
        for ghost in ghosts:
            whole = whole.united(ghost.box)
        if len(ghosts) > MOST_GHOSTS:
            ghosts = [Ghost(whole, all(ghost.fits for ghost in ghosts))]
        view = self.view
        view.overlay.show_ghosts(ghosts, "", whole.center())
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        if not whole.isEmpty() and not seen.contains(whole):
            view.show_box(whole.united(view.layer.content) if view is self.window_.workspace.hall else whole)

    def show_rack(self, path: str) -> None:
        """Bring a rack into view."""
        space = self.window_.workspace
        space.show_view("racks")
        space.racks.ensure_drawn()
        if not any(standing.path == path for standing in space.racks.standing):
            space.set_which("selected")
            space.racks.make_stale()
        space.racks.show_paths([path])

    def accept(self) -> None:
        """Do it and close; what goes wrong is said and the dialog stays."""
        self._look()
        if not self.go.isEnabled():
            return
        self._end()
        self.document.changed.disconnect(self.reject)
        try:
            self.act()
        except CagenutError as error:
            self.document.changed.connect(self.reject)
            self._say(str(error), fits=False)
            return
        super().accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Stand beside the drawing, so that it stays in sight."""
        super().showEvent(event)
        if not event.spontaneous():
            self.move(self._beside(self.view))
            for before, after in pairwise([*self._fields, self._cancel, self.go]):
                self.setTabOrder(before, after)
            self._fields[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self._look()

    def _beside(self, view: View) -> QPoint:
        """Return where the dialog covers nothing of the drawing, or as little as can be."""
        edge = view.mapToGlobal(QPoint(view.width(), 0))
        room = self.window_.mapToGlobal(QPoint(self.window_.width(), 0)).x() - edge.x()
        return edge + QPoint(8 if room >= self.width() + 8 else -self.width() - 16, 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter does it, from any field; whether it can be done is looked at then."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def _verdict(self) -> QHBoxLayout:
        made = row(self._sign, self._words, gap=6)
        made.setStretch(1, 1)
        return made

    def _end(self) -> None:
        """Take the preview away for good: a look that is still due would bring it back."""
        self._soon.stop()
        self.view.overlay.clear()

    def _look(self) -> None:
        try:
            words = self.look()
        except CagenutError as error:
            self._say(str(error), fits=False)
        else:
            self._say(words, fits=True)

    def _say(self, words: str, *, fits: bool) -> None:
        self._sign.setPixmap(pixmap("ok" if fits else "error", "ok" if fits else "error", 16))
        self._words.setText(sentence(words))
        self.go.setEnabled(fits)
        self.go.setToolTip("" if fits else sentence(words))
