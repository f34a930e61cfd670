"""What one state of a project has otherwise than another: added, removed, moved, changed, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from core.engine.brief import ASSUMPTIONS
from core.model.fields import fields_of
from core.model.project import Project
from core.model.records import (
    TABLES,
    Block,
    Device,
    Instance,
    Key,
    Link,
    Override,
    Record,
    Requirement,
    Revision,
    TransformerRecord,
    TypeRecord,
    Waiver,
)
from core.model.requirements import REQUIREMENTS
from core.units import show

Kind = Literal["added", "removed", "moved", "changed"]
KINDS: tuple[Kind, ...] = ("added", "removed", "moved", "changed")
UNSEEN = frozenset(("revisions", "layouts"))
"""Tables that say nothing of the design."""
PLACE = frozenset(
    ("x_mm", "y_mm", "z_mm", "rotation", "mirrored", "half_u", "face", "side", "zone", "place", "points")
)
"""Fields of where a thing stands."""
NOUNS = {
    "settings": "setting", "requirements": "requirement", "sources": "power source", "phases": "phase",
    "fabrics": "fabric", "models": "model", "workloads": "workload", "assumptions": "assumption",
    "alternates": "alternate", "types": "type", "blocks": "drawing", "linked": "linked drawing",
    "naming": "naming", "areas": "area",
    "pathways": "pathway", "underlays": "underlay", "instances": "placed drawing", "devices": "device",
    "links": "link", "overrides": "override", "waivers": "waiver", "notes": "note",
}  # fmt: skip
MOST_NAMES = 4


@dataclass(frozen=True)
class FieldChange:
    """A field before and after, as people read it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """A record that one design has otherwise than another one.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    table : str
    key : tuple of (block, id)
    name : str
        As people call it; never its id.
    where : str
        Name of the drawing it is in; empty for what is of the whole project.
    fields : tuple of FieldChange
        Of what was moved or changed.
    times : int
        How often its drawing is built: so many of it there are in the hall.
    """

    kind: Kind
    table: str
    key: Key
    name: str
    where: str
    fields: tuple[FieldChange, ...]
    times: int

    @property
    def noun(self) -> str:
        return NOUNS.get(self.table, self.table)


@dataclass(frozen=True)
class ChangeRow:
    """Changes that are alike, folded."""

    kind: Kind
    table: str
    where: str
    fields: tuple[FieldChange, ...]
    changes: tuple[Changed, ...]

    @property
    def count(self) -> int:
        """How many things of the hall it is."""
        return sum(one.times for one in self.changes)

    @property
    def words(self) -> str:
        """What changed, in one line.

        Notes
        -----
        Names of the first few; what is drawn once and built many times counts as often as it is built.
        """
        names = [one.name for one in self.changes[:MOST_NAMES]]
        more = len(self.changes) - len(names)
        said = ", ".join(names) + (f" and {more} more" if more > 0 else "")
        times = f" x {self.count:,}" if self.count != len(self.changes) else ""
        where = f" in {self.where}" if self.where else ""
        noun = NOUNS.get(self.table, self.table)
        what = "; ".join(f"{f.label} {f.before or 'none'} -> {f.after or 'none'}" for f in self.fields)
        return f"{noun} {said}{where}{times}{': ' + what if what else ''}"


def changes_between(before: Project, after: Project) -> tuple[Changed, ...]:
    """Return what a design has otherwise than another one of the same project, in the order of tables.

    Types that only one of them holds are left out: a device says its type.
    """
    found: list[Changed] = []
    times = (before.placements(), after.placements())
    for table in TABLES:
        if table in UNSEEN:
            continue
        blocks = dict.fromkeys((*before.blocks_of(table), *after.blocks_of(table)))
        for block in blocks:
            old, new = before.rows(table, block), after.rows(table, block)
            if old is new:
                continue
            for record_id in dict.fromkeys((*old, *new)):
                was, now = old.get(record_id), new.get(record_id)
                if was == now or (table == "types" and (was is None or now is None)):
                    continue
                found.append(_changed(table, block, was, now, (before, after), times))
    return tuple(found)


def fold(changes: Iterable[Changed]) -> tuple[ChangeRow, ...]:
    """Return changes with those that are alike together: of one kind, drawing, and values."""
    groups: dict[tuple[Any, ...], list[Changed]] = {}
    for one in changes:
        groups.setdefault((one.kind, one.table, one.where, one.fields), []).append(one)
    rows = [ChangeRow(kind, table, where, fields, tuple(group)) for (kind, table, where, fields), group in
            groups.items()]  # fmt: skip
    order = {table: number for number, table in enumerate(("instances", "devices", "links"))}
    return tuple(sorted(rows, key=lambda r: (KINDS.index(r.kind), order.get(r.table, 9), -r.count, r.where)))


def _changed(
    table: str,
    block: str,
    was: Record | None,
    now: Record | None,
    projects: tuple[Project, Project],
    times: tuple[Mapping[str, int], Mapping[str, int]],
) -> Changed:
    at = 0 if now is None else 1
    record = now or was
    assert record is not None
    project = projects[at]
    holder = project.blocks.get(block)
    fields = () if was is None or now is None else tuple(_fields(table, was, now, projects))
    kind: Kind = "added" if was is None else "removed" if now is None else "changed"
    if kind == "changed" and was is not None and now is not None:
        moved = {name for name in was.__struct_fields__ if getattr(was, name) != getattr(now, name)}
        kind = "moved" if moved and moved <= PLACE else "changed"
    built = times[at].get(record.id if table == "blocks" else block, 1) if block or table == "blocks" else 1
    return Changed(
        kind, table, record.key, name_of(table, record, project), holder.name if holder else "", fields,
        max(built, 1),
    )  # fmt: skip


def name_of(table: str, record: Record, project: Project) -> str:
    """Return what people call a record; never its id, unless the id is what it says (settings)."""
    if isinstance(record, Requirement):
        kind = REQUIREMENTS.get(record.id)
        return kind.label if kind else record.id
    if table == "assumptions":
        return ASSUMPTIONS[record.id].label if record.id in ASSUMPTIONS else record.id
    if isinstance(record, (TypeRecord, TransformerRecord)):
        return record.spec.name
    if isinstance(record, Link):
        ends = (_end_name(project, record.block, end.path) for end in (record.a, record.b))
        return record.name or " - ".join(ends)
    if isinstance(record, Override):
        return "/".join(project.names_along(record.block, record.path))
    if isinstance(record, Waiver):
        return record.rule
    if isinstance(record, Revision):
        return record.number
    if isinstance(record, (Device, Instance, Block)) or hasattr(record, "name"):
        name = getattr(record, "name", "")
        return name or _unnamed(table, record, project)
    return record.id


def _unnamed(table: str, record: Record, project: Project) -> str:
    if isinstance(record, Device):
        spec = project.find_type(record.type)
        return spec.name if spec is not None else "device"
    if isinstance(record, Instance):
        block = project.blocks.get(record.of)
        return block.name if block is not None else "drawing"
    return NOUNS.get(table, table)


def _end_name(project: Project, block: str, path: str) -> str:
    return "/".join(project.names_along(block, path))


def _fields(table: str, was: Record, now: Record, projects: tuple[Project, Project]) -> Iterator[FieldChange]:
    known = fields_of(type(now))
    if isinstance(was, (TypeRecord, TransformerRecord)) and isinstance(now, type(was)):
        known = fields_of(type(now.spec))
        was, now = was.spec, now.spec  # type: ignore[assignment]
    for name in now.__struct_fields__:
        old, new = getattr(was, name, None), getattr(now, name)
        if old == new or name in ("id", "block"):
            continue
        field = known.get(name)
        unit = field.unit if field else ""
        label = (field.label if field else name.replace("_", " ")).lower()
        yield FieldChange(label, _text(old, unit, name, projects[0]), _text(new, unit, name, projects[1]))


def _text(value: Any, unit: str, name: str, project: Project) -> str:
    """Return a value as people read it; what is long is counted."""
    if value is None or value == "" or value == () or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return show(float(value), unit)
    if name in ("type", "of", "cable", "rack_type", "model", "phase", "fabric") and isinstance(value, str):
        return _called(value, project)
    if isinstance(value, str):
        return value if len(value) <= 60 else f"{value[:57]}..."
    if isinstance(value, (tuple, list)):
        words = ", ".join(str(one) for one in value)
        return (
            words if len(words) <= 60 and all(isinstance(v, str) for v in value) else f"{len(value)} entries"
        )
    if isinstance(value, dict):
        words = ", ".join(f"{key} {one}" for key, one in value.items())
        return words if len(words) <= 60 else f"{len(value)} entries"
    if isinstance(value, msgspec.Struct) and hasattr(value, "path"):
        ports = getattr(value, "ports", ())
        return f"{len(ports)} ports" if len(ports) > 2 else ", ".join(ports)
    return "otherwise"


def _called(record_id: str, project: Project) -> str:
    for table in ("types", "blocks", "models", "phases", "fabrics"):
        record = project.rows(table).get(record_id) if table != "blocks" else project.blocks.get(record_id)
        if record is not None:
            return record.spec.name if hasattr(record, "spec") else str(record.name)
    return record_id
