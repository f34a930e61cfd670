"""What is selected, by path from the built block; the same in every view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from weakref import ref

from PySide6.QtCore import QObject, Signal

from core.model.project import Project, Reader
from core.model.records import Device, Instance, Link, Record


class Selection(QObject):
    """Paths in the order they were selected, and the block that has been entered."""

    changed = Signal()
    entered_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paths: tuple[str, ...] = ()
        self.port: tuple[str, str] | None = None
        """Path of the selected device and name of the one port of it that is picked out, if any."""
        self.entered = ""
        """Path of the instance whose block is being edited; empty: the built block itself."""

    def set(self, paths: Iterable[str]) -> None:
        """Select these paths and no others."""
        fresh = tuple(dict.fromkeys(path for path in paths if path))
        if fresh != self.paths or self.port is not None:
            self.paths, self.port = fresh, None
            self.changed.emit()

    def pick_port(self, path: str, port: str) -> None:
        """Select a device and pick out one of its ports."""
        if ((path,), (path, port)) != (self.paths, self.port):
            self.paths, self.port = (path,), (path, port)
            self.changed.emit()

    def toggle(self, paths: Iterable[str]) -> None:
        """Select what was not selected and the other way round."""
        wanted = list(dict.fromkeys(paths))
        kept = [path for path in self.paths if path not in wanted]
        self.set([*kept, *(path for path in wanted if path not in self.paths)])

    def clear(self) -> None:
        self.set(())

    def enter(self, path: str) -> None:
        """Edit the block an instance places; the empty path is the built block."""
        if path != self.entered:
            self.entered = path
            self.entered_changed.emit()

    def leave(self) -> None:
        """Go one block up and select what was left."""
        if self.entered:
            left = self.entered
            self.enter(left.rpartition("/")[0])
            self.set([left])

    def forget_missing(self, project: Reader) -> None:
        """Drop the paths that an edit has made to lead to nothing."""
        top = project.top
        left = [path for path, _ in records_of(project, self.paths)]
        if len(left) != len(self.paths):
            self.set(left)
        entered = self.entered
        while entered and not isinstance(project.resolve(top, entered), Instance):
            entered = entered.rpartition("/")[0]
        self.enter(entered)


def holder_of(project: Reader, path: str) -> str:
    """Return the id of the block whose record a path ends at."""
    record = project.resolve(project.top, path)
    return record.block if record is not None else ""


def records_of(project: Reader, paths: Iterable[str]) -> list[tuple[str, Record]]:
    """Return the records the paths lead to, with their paths."""
    if not isinstance(project, Project) or not isinstance(paths, tuple):
        return _records(project, paths)
    # Every panel and every action asks for the records of the selection: they are found once.
    global _latest
    known, stamp, asked, found = _latest
    if known() is not project or stamp != project.stamp or asked is not paths:
        found = _records(project, paths)
        _latest = ref(project), project.stamp, paths, found
    return list(found)


def _records(project: Reader, paths: Iterable[str]) -> list[tuple[str, Record]]:
    """Find records path by path; the block that holds several is looked for once."""
    found: list[tuple[str, Record]] = []
    tables: dict[str, tuple[Mapping[str, Record], ...]] = {}
    top = project.top
    for path in paths:
        holder, _, last = path.rpartition("/")
        known = tables.get(holder)
        if known is None:
            instance = project.resolve(top, holder) if holder else None
            block = instance.of if isinstance(instance, Instance) else "" if holder else top
            known = (project.devices(block), project.instances(block), project.links(block))
            tables[holder] = known
        record = known[0].get(last) or known[1].get(last) or known[2].get(last)
        if record is not None:
            found.append((path, record))
    return found


_latest: tuple[Callable[[], Project | None], int, tuple[str, ...], list[tuple[str, Record]]] = (
    lambda: None, -1, (), [],
)  # fmt: skip


def devices_of(project: Reader, paths: Iterable[str]) -> list[tuple[str, Device]]:
    """Return the devices among the paths."""
    return [(path, record) for path, record in records_of(project, paths) if isinstance(record, Device)]


def instances_of(project: Reader, paths: Iterable[str]) -> list[tuple[str, Instance]]:
    """Return the instances among the paths."""
    return [(path, record) for path, record in records_of(project, paths) if isinstance(record, Instance)]


def links_of(project: Reader, paths: Iterable[str]) -> list[tuple[str, Link]]:
    """Return the links among the paths."""
    return [(path, record) for path, record in records_of(project, paths) if isinstance(record, Link)]
