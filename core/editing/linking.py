"""Drawings linked from other files: taken at a version, brought to another one, let go."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import cast

import msgspec

from core.editing.cabling.sockets import compatible
from core.editing.issuing import project_of
from core.editing.naming import free_block_name
from core.editing.parcel import Parcel, gather_block, unpack_shared
from core.editing.remove import remove, remove_links
from core.editing.routes import counted
from core.errors import EditError
from core.files.project_file import load
from core.model.change import Edit
from core.model.linked import TAKEN_TABLES
from core.model.project import Project, Reader
from core.model.records import Block, Device, Instance, LinkedBlock, Record

AS_SAVED = ""
"""Version of a file that is not one of its revisions."""


@dataclass(frozen=True)
class Source:
    """A file that drawings are linked from, at one version.

    Attributes
    ----------
    file : str
        As a link names it.
    version : str
        Number of the revision; empty: as saved.
    project : Project
    versions : tuple of str
        Numbers of the revisions that can be taken, the latest first.
    """

    file: str
    version: str
    project: Project
    versions: tuple[str, ...]


def read_source(file: str, folder: Path | None, version: str = AS_SAVED) -> Source:
    """Read the file of a link at a version.

    Parameters
    ----------
    file : str
        As a link names it.
    folder : Path or None
        Of the project that has the link; None where it was never saved.
    version : str, optional

    Raises
    ------
    CagenutError
        If the file cannot be read or has no such revision.
    """
    file = posixpath.normpath(file)
    path = path_of(file, folder)
    project = load(path)[0]
    kept = [one for one in project.revisions.values() if one.state]
    kept.sort(key=lambda one: (one.date, one.number), reverse=True)
    numbers = tuple(one.number for one in kept)
    if version:
        found = next((one for one in kept if one.number == version), None)
        if found is None:
            raise EditError(
                f"{path.name} has no revision '{version}'",
                cure=f"It has {', '.join(numbers)}" if numbers else "Issue it first, or take it as saved",
            )
        project = project_of(found)
    return Source(file, version, project, numbers)


def path_of(file: str, folder: Path | None) -> Path:
    """Return where the file of a link lies."""
    path = Path(*PurePosixPath(file).parts) if file else Path()
    return path if path.is_absolute() or folder is None else folder / path


def named_from(path: Path, folder: Path | None) -> str:
    """Return a path as a link names it: from the folder of the project where it lies there, else whole.

    Examples
    --------
    >>> named_from(Path("/designs/units/su.cage"), Path("/designs"))
    'units/su.cage'
    """
    whole = Path(os.path.abspath(path))
    if folder is not None:
        near = Path(os.path.abspath(folder))
        if whole.is_relative_to(near) or whole.is_relative_to(near.parent):
            return Path(os.path.relpath(whole, near)).as_posix()
    return whole.as_posix()


def digest_of(reader: Reader, block: str) -> str:
    """Return a fingerprint of a drawing with all that is placed in it; names of drawings are left out."""
    return _digest(reader, block, {})


def differing_types(reader: Reader, source: Reader, block: str) -> list[str]:
    """Return names of types that a drawing needs and the project has otherwise: it keeps its own."""
    parcel = Parcel(block)
    gather_block(parcel, source, block)
    own = reader.rows("types")
    return [r.spec.name for r in parcel.of("types") if r.id in own and own[r.id] != r]


def link_block(edit: Edit, source: Source, block: str, date: str) -> LinkedBlock:
    """Take a drawing of another file with all that is placed in it; one that is linked is brought up to date.

    Types, sources, fabrics and phases it needs are taken where the project lacks them; what it has it keeps,
    and a note says so. A type that came with it and was not altered here follows the new version. A drawing
    keeps its id here from version to version, and so do the devices in it: cables and overrides stay. What
    hung on things that are gone goes, and notes say how much.

    Raises
    ------
    EditError
        If the other file has no such drawing.
    """
    record = source.project.blocks.get(block)
    if record is None:
        raise EditError(f"{source.file} has no such drawing", cure="Choose another one, or another version")
    before = next((x for x in _links(edit) if (x.file, x.of) == (source.file, block)), None)
    parcel = Parcel(block)
    gather_block(parcel, source.project, block)
    _follow_types(edit, parcel, before)
    unpack_shared(edit, parcel)
    members = _members(edit, parcel, before)
    ports = _ports_before(edit, members.values())
    for old, new in members.items():
        _put_block(edit, parcel, old, new, members)
    if before is not None:
        _drop_blocks(edit, set(before.members.values()) - set(members.values()))
    _drop_misfits(edit, set(members.values()), ports)
    made = LinkedBlock(
        id=before.id if before is not None else _id_of(source.file, block),
        file=source.file,
        of=block,
        revision=source.version,
        date=date,
        digest=digest_of(source.project, block),
        members=members,
        types=_types_of(parcel),
    )
    edit.put("linked", made)
    return made


def unlink(edit: Edit, link_id: str) -> None:
    """Let a linked drawing go: it stays as it is, and is this project's own from now on.

    Raises
    ------
    EditError
        If there is no such link.
    """
    edit.remove("linked", ("", link_id))


def state_of(link: LinkedBlock, source: Source, here: str) -> str:
    """Return how a link stands to its file, in words: what is newer there.

    Parameters
    ----------
    link : LinkedBlock
    source : Source
        The file as it was saved last.
    here : str
        `digest_of` the drawing in this project; empty where it is gone.
    """
    if not here:
        return "its drawing is gone here"
    if here != link.digest:
        return "the copy here is not what was taken: take the version again"
    if link.revision:
        if link.revision not in source.versions:
            return f"revision {link.revision} is no longer in the file"
        latest = source.versions[0]
        return "up to date" if latest == link.revision else f"revision {latest} is newer"
    if link.of not in source.project.blocks:
        return "the drawing is no longer in the file"
    parcel = Parcel(link.of)
    gather_block(parcel, source.project, link.of)
    is_same = digest_of(source.project, link.of) == link.digest and _types_of(parcel) == link.types
    return "up to date" if is_same else "the file was altered since"


def copy_digest(reader: Reader, link: LinkedBlock) -> str:
    """Return `digest_of` the drawing of a link as it is in the project; empty where it is gone."""
    return digest_of(reader, link.root) if link.root in reader.blocks else ""


def _links(reader: Reader) -> list[LinkedBlock]:
    return [cast(LinkedBlock, record) for record in reader.rows("linked").values()]


def _id_of(file: str, block: str) -> str:
    """Return the id of a link: the same for everybody who links the same drawing."""
    return f"lk{hashlib.sha256(f'{file} {block}'.encode()).hexdigest()[:12]}"


def _types_of(parcel: Parcel) -> dict[str, str]:
    """Return fingerprints of the types of a parcel."""
    return {
        one.id: hashlib.sha256(msgspec.json.encode(one.spec, order="sorted")).hexdigest()[:16]
        for one in parcel.of("types")
    }


def _follow_types(edit: Edit, parcel: Parcel, before: LinkedBlock | None) -> None:
    """Take the new version of types that came with the drawing and are here as they came."""
    if before is None:
        return
    own = Parcel("")
    for one in parcel.of("types"):
        present = edit.rows("types").get(one.id)
        if present is not None:
            own.add("types", present)
    as_taken = _types_of(own)
    for one in parcel.of("types"):
        if one.id in as_taken and as_taken[one.id] == before.types.get(one.id):
            _put(edit, "types", one)


def _members(edit: Edit, parcel: Parcel, before: LinkedBlock | None) -> dict[str, str]:
    """Return the id here of each drawing: the one it has, else its own if that is free, else a fresh one."""
    known = before.members if before is not None else {}
    found: dict[str, str] = {}
    for record in parcel.of("blocks"):
        here = known.get(record.id, "")
        if here not in edit.blocks:
            here = record.id if record.id not in edit.blocks else edit.new_id()
        found[record.id] = here
    return found


def _put_block(edit: Edit, parcel: Parcel, old: str, new: str, members: dict[str, str]) -> None:
    """Make a drawing here what it is in the parcel."""
    (record,) = (one for one in parcel.of("blocks") if one.id == old)
    present = edit.blocks.get(new)
    name = present.name if present is not None else free_block_name(edit, record.name)
    _put(edit, "blocks", cast(Block, msgspec.structs.replace(record, id=new, name=name)))
    wanted = {
        table: {
            one.id: _placed(one, new, members) for one in parcel.of(table, old)
        }
        for table in TAKEN_TABLES
    }  # fmt: skip
    gone = [
        record_id
        for table in ("devices", "instances")
        for record_id in edit.rows(table, new)
        if record_id not in wanted[table]
    ]
    if gone:
        remove(edit, new, gone)
    for table, rows in wanted.items():
        for record_id in [key for key in edit.rows(table, new) if key not in rows]:
            edit.remove(table, (new, record_id))
    # What is placed before what joins it.
    for table in sorted(wanted, key=lambda name: name not in ("devices", "instances")):
        for one in wanted[table].values():
            _put(edit, table, one)


def _placed(record: Record, block: str, members: dict[str, str]) -> Record:
    moved = msgspec.structs.replace(record, block=block)
    return msgspec.structs.replace(moved, of=members[moved.of]) if isinstance(moved, Instance) else moved


def _put(edit: Edit, table: str, record: Record) -> None:
    if edit.get(table, record.key) != record:
        edit.put(table, record)


def _drop_blocks(edit: Edit, gone: Iterable[str]) -> None:
    """Drawings that the new version no longer places stay as the project's own where they are placed."""
    left = [block for block in gone if block in edit.blocks]
    names = [edit.blocks[block].name for block in left]
    if names:
        edit.notes.append(f"no longer part of it and this project's own now: {', '.join(names)}")


def _ports_before(edit: Edit, blocks: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the type of every device of some drawings, by key."""
    return {d.key: d.type for block in blocks for d in edit.devices(block).values()}


def _drop_misfits(edit: Edit, blocks: set[str], before: dict[tuple[str, str], str]) -> None:
    """Remove cables of other drawings whose port is gone or of another kind with the new version."""
    changed = {
        key
        for key, type_id in before.items()
        if (device := edit.devices(key[0]).get(key[1])) is not None and device.type != type_id
    }
    if not changed:
        return
    gone = []
    for link in edit.every("links"):
        if link.block in blocks:
            continue
        ends = [(edit.resolve(link.block, end.path), end.ports) for end in (link.a, link.b)]
        if not any(isinstance(device, Device) and device.key in changed for device, _ in ends):
            continue
        sockets = [
            [edit.ports(device).find(port) if isinstance(device, Device) else None for port in ports]
            for device, ports in ends
        ]
        pairs = zip(*sockets, strict=True)
        if any(a is None or b is None or compatible(a, b) for a, b in pairs):
            gone.append(link.key)
    if gone:
        count = remove_links(edit, gone)
        edit.notes.append(f"{counted(count, 'cable')} to it no longer fit and went")


def _digest(reader: Reader, block: str, known: dict[str, str]) -> str:
    if block in known:
        return known[block]
    found = hashlib.sha256()
    record = reader.blocks[block]
    found.update(msgspec.json.encode(msgspec.structs.replace(record, id="x", name="")))
    for table in TAKEN_TABLES:
        for _, inner in sorted(reader.rows(table, block).items()):
            fields = msgspec.to_builtins(inner)
            fields.pop("block", None)
            if isinstance(inner, Instance):
                fields["of"] = _digest(reader, inner.of, known)
            found.update(table.encode() + msgspec.json.encode(fields, order="sorted"))
    known[block] = found.hexdigest()
    return known[block]
