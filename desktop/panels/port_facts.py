"""What is on the port that is picked out, how its cable is made, and what breaks if it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.errors import CagenutError
from core.explore.loss_words import loss_lines
from core.explore.port_facts import PlugFacts, PortFacts, Rows, port_facts
from core.model.change import Change
from desktop.background import Background
from desktop.document import Document
from desktop.widgets import button, column, label, row

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.loss import Loss

WORKING = "Working it out …"


class PortFactsPanel(QWidget):
    """Shown instead of the properties while a port is picked out.

    Parameters
    ----------
    instead_of : QWidget
        Hidden while a port is shown.
    """

    followed = Signal(str, str)
    """Path of the device and name of the port at the other end: go there."""

    def __init__(self, instead_of: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Port")
        self._instead_of = instead_of
        self._document: Document | None = None
        self._evaluation: Evaluation | None = None
        self._background = Background(self)
        self._shown: tuple[object, ...] = ()
        self._asked = 0
        self._offered: tuple[QAction, ...] = ()
        self.facts: PortFacts | None = None
        """What is shown; None while no port is picked out."""
        self.breaks: dict[str, list[str]] = {}
        """What breaks, by what goes; filled once it is worked out."""
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("What is on the port")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setLayout(column(self._scroll, gap=0))
        self.hide()

    def set_document(self, document: Document | None) -> None:
        """Show the ports of another project."""
        if self._document is not None:
            self._document.changed.disconnect(self._changed)
            self._document.selection.changed.disconnect(self.refresh)
        self._document, self._evaluation = document, None
        if document is not None:
            document.changed.connect(self._changed)
            document.selection.changed.connect(self.refresh)
        else:
            self._background.close()
        self.refresh()

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show lengths and parts as the engine has found them."""
        self._evaluation = evaluation
        self.refresh()

    def offer(self, *actions: QAction) -> None:
        """Take actions on the port that is picked out; each becomes a link below its state."""
        self._offered = actions

    def _changed(self, change: Change) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Show the port that is picked out now."""
        document = self._document
        picked = document.selection.port if document is not None else None
        facts = None
        if document is not None and picked is not None:
            try:
                facts = port_facts(document.project, document.top, *picked, self._evaluation)
            except CagenutError:
                facts = None
        self.setVisible(facts is not None)
        self._instead_of.setVisible(facts is None)
        shown = (facts, self._evaluation)
        if facts is None:
            self.facts, self.breaks, self._shown = None, {}, ()
        elif shown != self._shown:
            self._shown = shown
            self.facts, self.breaks = facts, {}
            self._make(facts)
            self._work_out(facts)

    def _make(self, facts: PortFacts) -> None:
        """Lay the facts out below each other."""
        assert self._document is not None
        back = button("Device", self._leave)
        back.setToolTip("Show the properties of the device")
        title = label(facts.title, "strong", wrap=True)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        parts: list[Any] = [row(title, back), label(facts.state, "small", wrap=True)]
        if self._offered and facts.is_data:
            parts.append(row(*(self._link_to(action) for action in self._offered), None, gap=12))
        for plugs in _alike(facts.plugs):
            parts.append(_heading("CABLE" if len(plugs) == 1 else f"{len(plugs)} CABLES"))
            parts += [self._far_end(plug) for plug in plugs]
            parts.append(_grid(plugs[0].rows))
        self._lines: dict[str, Any] = {}
        device = facts.title.removesuffix(f" {facts.port}")
        for what, name in (("port", f"{facts.port} goes"), ("device", f"{device} goes")):
            if what == "device" or facts.is_used:
                head = _heading(f"WHAT BREAKS IF {name}")
                self._lines[what] = label(WORKING, wrap=True)
                parts += [head, self._lines[what]]
        parts += [_heading("PORT"), _grid(facts.about)]
        body = QWidget()
        body.setLayout(column(*parts, None, gap=5, margins=(12, 10, 12, 12)))
        self._scroll.setWidget(body)

    def _far_end(self, plug: PlugFacts) -> QPushButton:
        made = QPushButton(f"→ {plug.far_text}")
        made.setFlat(True)
        made.setProperty("role", "link")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setToolTip("Go to the other end")
        made.setAccessibleName(f"Other end of {plug.token}: {plug.far_text}")
        made.setAutoDefault(False)
        made.clicked.connect(lambda *_: self.followed.emit(*plug.far))
        return made

    def _link_to(self, action: QAction) -> QToolButton:
        """Return an action as a link: it is grey, with the reason in its tip, while it cannot be done."""
        made = QToolButton()
        made.setDefaultAction(action)
        made.setProperty("role", "link")
        made.setAutoRaise(True)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setAccessibleName(action.text().replace("&", ""))
        return made

    def _leave(self) -> None:
        if self._document is not None:
            self._document.selection.set(self._document.selection.paths)

    def _work_out(self, facts: PortFacts) -> None:
        """Find out beside the window what breaks."""
        evaluation = self._evaluation
        self._asked += 1
        if evaluation is None:
            for made in self._lines.values():
                made.setText("Not evaluated yet")
            return
        asked, wanted = self._asked, tuple(self._lines)

        def work() -> dict[str, Loss]:
            from core.engine.loss import loss_of_device, loss_of_port

            makers = {
                "port": lambda: loss_of_port(evaluation, facts.path, facts.port),
                "device": lambda: loss_of_device(evaluation, facts.path),
            }
            return {what: makers[what]() for what in wanted}

        self._background.run(work, lambda found, error: self._worked_out(asked, evaluation, found, error))

    def _worked_out(
        self, asked: int, evaluation: Evaluation, found: dict[str, Loss] | None, error: BaseException | None
    ) -> None:
        if asked != self._asked or self.facts is None or self._document is None:
            return
        if found is None:
            words = str(error) if isinstance(error, CagenutError) else "It could not be worked out"
            for made in self._lines.values():
                made.setText(words)
            return
        for what, loss in found.items():
            self.breaks[what] = lines = loss_lines(self._document.project, evaluation, loss, self.facts.path)
            self._lines[what].setText("\n".join(f"• {line}" for line in lines))


def _heading(text: str) -> QLabel:
    made = label(text, "section", wrap=True)
    made.setContentsMargins(0, 8, 0, 0)
    return made


def _alike(plugs: tuple[PlugFacts, ...]) -> list[list[PlugFacts]]:
    """Put cables together of which the same is to be said, but for the link's count."""
    groups: dict[Rows, list[PlugFacts]] = {}
    for plug in plugs:
        groups.setdefault(tuple(r for r in plug.rows if r[0] != "Link"), []).append(plug)
    return list(groups.values())


def _grid(rows: Rows) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(3)
    grid.setColumnMinimumWidth(0, 84)
    grid.setColumnStretch(1, 1)
    for line, (name, text) in enumerate(rows):
        value = label(text, wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setAccessibleName(f"{name}: {text}")
        grid.addWidget(label(name, "faint"), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, line, 1)
    return made
