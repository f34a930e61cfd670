"""Where a change is to be seen: the drawing, and what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QRectF

from core.editing.copies import paths_of
from core.engine.record_changes import Changed, ChangeRow
from core.model.project import Project
from core.model.records import Link

if TYPE_CHECKING:
    from desktop.workspace import Workspace

Shown = Literal["", "things", "racks", "hall", "network"]


class Place(NamedTuple):
    """Where a change is to be seen.

    Attributes
    ----------
    shown : str
        `things` is wherever things that are there are seen best; empty if it is in no drawing.
    paths : tuple of str
        What is selected.
    ghost : str
        What was removed: a mark in the drawing stands for it.
    fabric : str
    """

    shown: Shown
    paths: tuple[str, ...] = ()
    ghost: str = ""
    fabric: str = ""

    def show(self, space: Workspace) -> None:
        """Bring it into view."""
        document = space.document
        if document is None or not self.shown:
            return
        if self.shown == "things":
            space.show_paths(self.paths)
        elif self.shown == "racks":
            document.selection.set(self.paths)
            space.show_racks_of_selection()
        elif self.shown == "hall":
            document.selection.clear()
            document.selection.enter(self.ghost.rpartition("/")[0])
            space.show_view("hall")
            boxes = [mark.at for mark in space.changes.of_hall.marks if _is_of(mark.path, self.ghost)]
            if boxes:
                whole = QRectF(boxes[0])
                for box in boxes[1:]:
                    whole = whole.united(box)
                space.hall.show_whole(whole)
        else:
            document.selection.set(self.paths)
            space.show_view("network")
            space.network.show_fabric(self.fabric)
            space.network.show_paths(self.paths)


def _is_of(path: str, ghost: str) -> bool:
    return path == ghost or path.startswith(f"{ghost}/")


def place_of(row: ChangeRow, before: Project, after: Project) -> Place:
    """Return where a change is to be seen: the first place of each thing."""
    if row.table == "links":
        return _place_of_links(row, before, after)
    if row.table == "overrides":
        found = [p for one in row.changes if (p := _overridden(one, before, after))]
        return Place("things", tuple(found)) if found else Place("")
    if row.table not in ("areas", "pathways", "instances", "devices"):
        return Place("")
    if row.kind != "removed":
        there = [p for one in row.changes if (p := _first(after, one)) is not None]
        return Place("things", tuple(there)) if there else Place("")
    one = row.changes[0]
    block = after.blocks.get(one.key[0])
    holder = None if block is None else next(paths_of(after, block.id), None)
    if block is None or holder is None:
        return Place("")
    if block.kind == "rack":
        return Place("racks", (holder,) if holder else ())
    return Place("hall", (), f"{holder}/{one.key[1]}".lstrip("/"))


def _place_of_links(row: ChangeRow, before: Project, after: Project) -> Place:
    """Return where cables are to be seen: data links in the network, else at the devices they join."""
    paths: dict[str, None] = {}
    fabric, is_data = "", False
    for one in row.changes:
        project = before if row.kind == "removed" else after
        link = project.links(one.key[0]).get(one.key[1]) if one.key[0] in project.blocks else None
        prefix = next(paths_of(project, one.key[0]), None) if isinstance(link, Link) else None
        if link is None or prefix is None:
            continue
        if link.layer == "data" and not is_data:  # a row may hold cables of several layers and fabrics
            fabric, is_data = link.fabric, True
        if row.kind == "removed":
            ends = (f"{prefix}/{end.path}".lstrip("/") for end in (link.a, link.b))
            paths.update((path, None) for path in ends if after.resolve(after.top, path) is not None)
        else:
            paths[f"{prefix}/{one.key[1]}".lstrip("/")] = None
    if not paths:
        return Place("")
    return Place("network", tuple(paths), "", fabric) if is_data else Place("things", tuple(paths))


def _first(project: Project, one: Changed) -> str | None:
    """Return the first path of a record that a project has."""
    block, record_id = one.key
    if block not in project.blocks or record_id not in project.rows(one.table, block):
        return None
    at = next(paths_of(project, block), None)
    return None if at is None else f"{at}/{record_id}".lstrip("/")


def _overridden(one: Changed, before: Project, after: Project) -> str:
    """Return the first path of what is built differently from its drawing, if it is there."""
    for project in (after, before):
        record = project.rows("overrides", one.key[0]).get(one.key[1])
        prefix = next(paths_of(project, one.key[0] or project.top), None) if record is not None else None
        if record is not None and prefix is not None:
            path = f"{prefix}/{record.path}".lstrip("/")
            if after.resolve(after.top, path) is not None:
                return path
    return ""
