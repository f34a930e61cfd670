"""What the drawings of hall and racks show beside the things themselves: colours, air, cables, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.drawing.colour_schemes import SCHEMES, Scheme
from desktop.background import Background

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

SWITCHES = ("airflow", "cables", "names", "port_names")
LOSSES = ("outages", "node_headroom", "phase_outages")
"""Results of an evaluation that take every element lost in turn; none of them is made by an edit."""


class Seeing(QObject):
    """One choice for all drawings, and the newest evaluation they take values from."""

    changed = Signal(str)
    """Carries what has changed: `scheme`, `evaluation`, `losses` or one of `SWITCHES`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scheme: Scheme | None = None
        """What things are coloured by; None: by the kind of device, as on paper."""
        self.airflow = False
        self.cables = False
        self.names = True
        self.port_names = True
        self.evaluation: Evaluation | None = None
        self._background = Background(self)
        self._under_way: Evaluation | None = None

    def colour_by(self, name: str) -> None:
        """Colour by one of `SCHEMES`, or with an empty name by none."""
        scheme = SCHEMES.get(name)
        if scheme != self.scheme:
            self.scheme = scheme
            self.changed.emit("scheme")

    def switch(self, name: str, on: bool) -> None:
        """Show or hide one of `SWITCHES`."""
        if getattr(self, name) != on:
            setattr(self, name, on)
            self.changed.emit(name)

    def take(self, evaluation: Evaluation | None) -> None:
        """Take values from another evaluation."""
        if evaluation is not self.evaluation:
            self.evaluation = evaluation
            if evaluation is None:
                self._under_way = None
                self._background.close()
            self.changed.emit("evaluation")

    @property
    def knows_losses(self) -> bool:
        """Whether it is known what the loss of each element does."""
        return self.evaluation is not None and all(name in vars(self.evaluation) for name in LOSSES)

    def want_losses(self) -> bool:
        """Return whether it is known what the loss of each element does; else find out beside the window.

        `changed` tells `losses` when it is known.
        """
        if not self.knows_losses and self.evaluation is not None and self._under_way is None:
            self._under_way = evaluation = self.evaluation

            def work() -> None:
                for name in LOSSES:
                    getattr(evaluation, name)

            self._background.run(work, lambda _, error: self._found(error))
        return self.knows_losses

    def _found(self, error: BaseException | None) -> None:
        self._under_way = None
        if error is not None:
            raise error
        # If it was an older evaluation's, whoever still wants it now asks for that of the newest.
        self.changed.emit("losses")
