"""What is taken for failed in the power and the cooling of the design: a what-if, never an edit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.model.project import Reader
from core.model.records import Device
from desktop.background import Background
from desktop.seeing import Seeing

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.explore.outage_cost import OutageCost
    from desktop.document import Document

SOURCE = "source:"
"""What the key of a source begins with; all other keys are paths of devices."""


class Outages(QObject):
    """Devices, by path, and sources that are taken for failed; one for all views of a window."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys: dict[str, None] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """All that is failed, in the order it was: paths of devices, or `source:` and the id of one."""
        return tuple(self._keys)

    @property
    def devices(self) -> tuple[str, ...]:
        """Paths of the devices that are failed."""
        return tuple(key for key in self._keys if not key.startswith(SOURCE))

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that are lost."""
        return tuple(key[len(SOURCE) :] for key in self._keys if key.startswith(SOURCE))

    @property
    def is_nothing(self) -> bool:
        return not self._keys

    def fail(self, keys: Iterable[str]) -> None:
        """Take more things for failed."""
        self._become({**self._keys, **dict.fromkeys(keys)})

    def restore(self, keys: Iterable[str]) -> None:
        """Take things for whole again."""
        gone = set(keys)
        self._become({key: None for key in self._keys if key not in gone})

    def toggle(self, keys: Iterable[str]) -> bool:
        """Take things for failed, or for whole again if all of them are; tells whether they now fail."""
        wanted = dict.fromkeys(keys)
        if wanted.keys() <= self._keys.keys():
            self.restore(wanted)
            return False
        self.fail(wanted)
        return True

    def restore_all(self) -> None:
        """Take everything for whole again."""
        self._become({})

    def forget_missing(self, project: Reader) -> None:
        """Forget what an edit has taken away."""
        top = project.top
        left = {
            key: None
            for key in self._keys
            if (
                ("", key[len(SOURCE) :]) in {record.key for record in project.rows("sources").values()}
                if key.startswith(SOURCE)
                else project.resolve(top, key) is not None
            )
        }
        self._become(left)

    def _become(self, keys: dict[str, None]) -> None:
        if list(keys) != list(self._keys):
            self._keys = keys
            self.changed.emit()


class OutageTrial(QObject):
    """What the failures cost, worked out beside the window after each of them and after each edit."""

    changed = Signal()
    """What it costs is known, or is no longer."""

    def __init__(self, outages: Outages, seeing: Seeing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.outages, self._seeing = outages, seeing
        self._background = Background(self)
        self._running = self._again = False
        self.cost: OutageCost | None = None
        """What it costs; None while that is not known or nothing is failed."""
        self.evaluation: Evaluation | None = None
        """Of which it was worked out."""
        outages.changed.connect(self._work_out)
        seeing.changed.connect(lambda what: self._work_out() if what == "evaluation" else None)

    def close(self) -> None:
        """End the thread."""
        self._background.close()
        self._running = self._again = False

    def _work_out(self) -> None:
        """Work out what fails now; the newest request wins."""
        evaluation = self._seeing.evaluation
        if evaluation is None:
            self.close()
        if evaluation is None or self.outages.is_nothing:
            self._again = False
            self._take(None, None)
            return
        if self._running:
            self._again = True
            return
        flat, sources = evaluation.snapshot.flat, self.outages.sources
        rows = [row for path in self.outages.devices if (row := flat.device_row(path)) >= 0]
        asked = self.outages.keys

        def work() -> OutageCost:
            from core.explore.outage_cost import cost_of

            return cost_of(evaluation, rows, sources)

        def done(cost: OutageCost | None, error: BaseException | None) -> None:
            self._running = False
            if error is not None:
                raise error
            is_newest = not self._again and asked == self.outages.keys
            if is_newest:
                self._take(cost, evaluation)
            elif not self.outages.is_nothing:
                self._again = False
                self._work_out()

        self._running, self._again = True, False
        self._background.run(work, done)

    def _take(self, cost: OutageCost | None, evaluation: Evaluation | None) -> None:
        if cost is not self.cost:
            self.cost, self.evaluation = cost, evaluation
            self.changed.emit()


CONDUITS = ("power-shelf", "manifold")
"""Kinds that pass power or coolant on, whatever their ports say."""
MOST_LOOKED_AT = 500
"""Things of the selection that are looked at for elements."""


def elements_in(document: Document) -> list[str]:
    """Return the devices of the selection that feed others or cool."""
    from core.engine.outages import COOLING_KINDS
    from core.model.types import DeviceType

    project, found = document.project, []
    for path in document.selection.paths[:MOST_LOOKED_AT]:
        device = project.resolve(document.top, path)
        if not isinstance(device, Device):
            continue
        spec = project.find_type(device.type)
        if isinstance(spec, DeviceType) and (
            spec.kind in (*COOLING_KINDS, *CONDUITS)
            or any(group.layer == "power" and group.direction == "out" for group in spec.ports)
        ):
            found.append(path)
    return found


def name_of(document: Document, key: str) -> str:
    """Return what people call something that is failed."""
    if key.startswith(SOURCE):
        source = document.project.sources.get(key[len(SOURCE) :])
        return "a source" if source is None else f"Source {source.name}"
    return document.label_of(key)
