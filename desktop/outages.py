"""What is taken for failed in the power and the cooling of the design: a what-if, never an edit."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from core.model.project import Reader

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
