"""What the drawings of hall and racks show beside the things themselves: colours, air, cables, names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.drawing.colour_schemes import SCHEMES, Scheme

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

SWITCHES = ("airflow", "cables", "names", "port_names")


class Seeing(QObject):
    """One choice for all drawings, and the newest evaluation they take values from."""

    changed = Signal(str)
    """Carries what has changed: `scheme`, `evaluation` or one of `SWITCHES`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scheme: Scheme | None = None
        """What things are coloured by; None: by the kind of device, as on paper."""
        self.airflow = False
        self.cables = False
        self.names = True
        self.port_names = True
        self.evaluation: Evaluation | None = None

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
            self.changed.emit("evaluation")
