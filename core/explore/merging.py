"""Two people's changes to one design brought together, field by field, with what they both changed listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from core.engine.comparison import is_related
from core.engine.record_changes import NOUNS, UNSEEN, name_of
from core.errors import EditError, RecordError
from core.model.change import Edit
from core.model.check import check
from core.model.integrity import problems
from core.model.linked import TAKEN_TABLES
from core.model.project import Project
from core.model.records import TABLES, Key, LinkedBlock, Record, Revision

Side = Literal["ours", "theirs"]
Where = tuple[str, Key, str]
"""Table, key of the record, field; no field for the whole record."""


@dataclass(frozen=True)
class Conflict:
    """What both changed, each otherwise.

    Attributes
    ----------
    table : str
    key : tuple of (block, id)
    field : str
        Empty where one removed the record that the other changed.
    name : str
        As people call the record.
    ours, theirs : str
        Both values, as text; `removed` for a record that is gone.
    """

    table: str
    key: Key
    field: str
    name: str
    ours: str
    theirs: str

    @property
    def where(self) -> Where:
        return (self.table, self.key, self.field)

    @property
    def words(self) -> str:
        """The conflict in one line."""
        what = f", {self.field.replace('_', ' ')}" if self.field else ""
        return (
            f"{NOUNS.get(self.table, self.table)} {self.name}{what}: ours {self.ours}, theirs {self.theirs}"
        )


@dataclass(frozen=True)
class Merge:
    """What comes of two designs that have a third in common.

    Attributes
    ----------
    project : Project
        The merged design; of conflicts it has the chosen side.
    taken : int
        Records that are theirs, or partly theirs.
    conflicts : tuple of Conflict
        All of them, chosen or not.
    open : tuple of Conflict
        Those that nobody has chosen a side of; they are as ours.
    problems : tuple of str
        References that lead nowhere: one removed what the other uses.
    left : tuple of str
        Numbers of the revisions that only they have. What they issued is another state than the merged one,
        so that they stay in their file.
    """

    project: Project
    taken: int
    conflicts: tuple[Conflict, ...]
    open: tuple[Conflict, ...]
    problems: tuple[str, ...]
    left: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.open and not self.problems

    def fill(self, edit: Edit) -> None:
        """Fill an edit of our design with what has to change to become the merged one: one step to undo."""
        for table in TABLES:
            if table in UNSEEN:
                continue
            blocks = dict.fromkeys((*edit.blocks_of(table), *self.project.blocks_of(table)))
            for block in blocks:
                old, new = dict(edit.rows(table, block)), self.project.rows(table, block)
                for record_id, record in old.items():
                    if record_id not in new:
                        edit.remove(table, record.key)
                for record_id, record in new.items():
                    if old.get(record_id) != record:
                        edit.put(table, record)


def common_issues(ours: Project, theirs: Project) -> list[Revision]:
    """Return the issues that both designs have with the same state, the latest first."""
    return sorted(
        (
            one
            for key, one in ours.revisions.items()
            if one.state and key in theirs.revisions and theirs.revisions[key].state == one.state
        ),
        key=lambda one: (one.date, one.number),
        reverse=True,
    )


def merge(
    base: Project, ours: Project, theirs: Project, choices: Mapping[Where, Side] | None = None
) -> Merge:
    """Merge two designs that both come from a third.

    Parameters
    ----------
    base : Project
        What both started from.
    ours, theirs : Project
    choices : mapping of Where to str, optional
        The side of conflicts, by `Conflict.where`.

    Notes
    -----
    A record that one side alone has changed, added or removed is as that side has it. Where both changed it,
    so is each of its fields; a field that both changed otherwise is a conflict, as is a record that one
    removed and the other changed. A linked drawing is as one side has it, whole: with link, contents and all
    that is placed in it. Revisions and layouts stay as ours.

    Raises
    ------
    EditError
        If they are not versions of one design.
    """
    for version in (base, theirs):
        if version.id != ours.id and not is_related(ours, version):
            raise EditError(
                "these are not versions of one design", cure="Choose files that come from the same one"
            )
    chosen = dict(choices or {})
    sides, conflicts = _sides_of_links(base, ours, theirs, chosen)
    merged, taken = Project(ours.id), 0
    for table in TABLES:
        records: list[Record] = []
        blocks = dict.fromkeys((*ours.blocks_of(table), *theirs.blocks_of(table), *base.blocks_of(table)))
        for block in blocks:
            rows = [project.rows(table, block) for project in (base, ours, theirs)]
            if table in UNSEEN:
                records += rows[1].values()
                continue
            if table in TAKEN_TABLES and block in sides:
                whole = rows[1] if sides[block] == "ours" else rows[2]
                taken += sum(rows[1].get(key) != record for key, record in whole.items())
                records += whole.values()
                continue
            for record_id in dict.fromkeys((*rows[1], *rows[2])):
                was, own, other = (row.get(record_id) for row in rows)
                side = sides.get(record_id) if table in ("blocks", "linked") else None
                if side is not None:
                    was = own  # whole, as that side has it
                    other = other if side == "theirs" else own
                found, clashes = _merged(table, was, own, other, chosen, ours if own is not None else theirs)
                conflicts += clashes
                if found is not None:
                    records.append(found)
                taken += found != own
        merged.load(table, records)
    undecided = tuple(one for one in conflicts if one.where not in chosen)
    broken = tuple(str(problem) for problem in problems(merged))
    known = ours.revisions.keys() | base.revisions.keys()
    left = tuple(one.number for key, one in theirs.revisions.items() if key not in known)
    return Merge(merged, taken, tuple(conflicts), undecided, broken, left)


def _sides_of_links(
    base: Project, ours: Project, theirs: Project, chosen: Mapping[Where, Side]
) -> tuple[dict[str, Side], list[Conflict]]:
    """Return the side of each linked drawing and of each link, by id, and the links that both changed."""
    sides: dict[str, Side] = {}
    conflicts = []
    was, own, other = (project.rows("linked") for project in (base, ours, theirs))
    for link_id in dict.fromkeys((*own, *other)):
        before, mine, yours = (rows.get(link_id) for rows in (was, own, other))
        if mine == yours:
            continue
        side: Side = "theirs" if mine == before else "ours"
        if before not in (mine, yours):
            there = mine or yours
            assert isinstance(there, LinkedBlock)
            names = (one.version if isinstance(one, LinkedBlock) else "removed" for one in (mine, yours))
            clash = Conflict("linked", there.key, "", there.file, *names)
            conflicts.append(clash)
            side = chosen.get(clash.where, "ours")
        for link in (mine, yours):
            if isinstance(link, LinkedBlock):
                sides.update(dict.fromkeys((link_id, *link.members.values()), side))
    return sides, conflicts


def _merged(
    table: str,
    was: Record | None,
    own: Record | None,
    other: Record | None,
    chosen: Mapping[Where, Side],
    names: Project,
) -> tuple[Record | None, list[Conflict]]:
    """Return a record as merged, and what is in conflict about it."""
    if own == other or other == was:
        return own, []
    if own == was:
        return other, []
    if own is None or other is None:
        there = own or other
        assert there is not None
        clash = Conflict(
            table, there.key, "", name_of(table, there, names), *("changed" if side is not None else "removed"
                                                                  for side in (own, other)),
        )  # fmt: skip
        return (other if chosen.get(clash.where) == "theirs" else own), [clash]
    values: dict[str, Any] = {}
    clashes = []
    for field in own.__struct_fields__:
        before = getattr(was, field) if was is not None else _NOTHING
        mine, yours = getattr(own, field), getattr(other, field)
        if mine == yours or yours == before:
            values[field] = mine
        elif mine == before:
            values[field] = yours
        else:
            clash = Conflict(table, own.key, field, name_of(table, own, names), _text(mine), _text(yours))
            clashes.append(clash)
            values[field] = yours if chosen.get(clash.where) == "theirs" else mine
    found = msgspec.structs.replace(own, **values)
    if not clashes and (why := _fault(table, found)):
        # Each field is as one side has it, and together they make no record.
        clash = Conflict(table, own.key, "", name_of(table, own, names), f"as it is ({why})", "changed")
        return (other if chosen.get(clash.where) == "theirs" else own), [clash]
    return found, clashes


def _fault(table: str, record: Record) -> str:
    """Return why a record made of two is none; empty if it is one."""
    try:
        check(table, record)
    except RecordError as error:
        return error.problem
    return ""


_NOTHING = object()


def _text(value: Any) -> str:
    said = msgspec.json.encode(value).decode()
    return said if len(said) <= 60 else f"{said[:57]}..."
