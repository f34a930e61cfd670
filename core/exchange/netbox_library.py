"""A whole NetBox device type library: every file is read or refused with its reason; then stored at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from core.catalogue.library import Library, kind_of
from core.catalogue.type_check import faults_of
from core.catalogue.type_set import SUFFIX, read_types, write_types
from core.errors import CagenutError, CatalogueError, FileError
from core.exchange.netbox_choices import Choices
from core.exchange.netbox_folders import TypeFile, type_files
from core.exchange.netbox_known import KnownTypes, differences
from core.exchange.netbox_types import Imported, read_netbox
from core.files.writing import ABSENT, make_folder, sha256, write_safely
from core.model.check import check
from core.model.records import TypeRecord
from core.model.types import AnyType

FILE_NAME = f"netbox{SUFFIX}"
"""The file of a library folder that holds what was imported."""
LONGEST_ID = 64
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class ReadType:
    """What became of one file."""

    file: str
    spec: AnyType | None
    """None if it is refused."""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    """What the file says and is not believed; the notes have it too."""
    reason: str = ""
    """Why it is refused, with what cures it."""
    kind_rule: str = ""
    """Id of the rule by which its kind was guessed."""
    slug: str = ""
    """Id that the file asks for; the type may have got another one."""

    @property
    def verdict(self) -> str:
        """`imported`, `doubtful` (imported, but some of it is not believed) or `refused`."""
        return "refused" if self.spec is None else "doubtful" if self.doubts else "imported"


@dataclass(frozen=True)
class LibraryReading:
    """A library that has been read; nothing is stored yet."""

    rows: tuple[ReadType, ...]
    """One for each file, by name."""
    port_types: dict[tuple[str, str], int]
    """Ports by their type in the files, and the usual connector."""
    kind_rules: dict[str, int]
    """Types by the rule that gave their kind."""

    def count(self, verdict: str) -> int:
        """Return the number of files of a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process in one piece; type by type the window would stand for half a second."""
        return _unpacked, (msgspec.msgpack.encode(self.rows), self.port_types, self.kind_rules)


def _unpacked(
    rows: bytes, port_types: dict[tuple[str, str], int], kind_rules: dict[str, int]
) -> LibraryReading:
    found = msgspec.msgpack.decode(rows, type=tuple[ReadType, ...])
    return LibraryReading(found, port_types, kind_rules)


def read_library(
    source: Path, choices: Choices, read: str = "", progress: Progress | None = None
) -> LibraryReading:
    """Read a folder or an archive of the NetBox device type library.

    Call it in a process of its own (`core.exchange.bounded_reading`): a hostile file may cost much.

    Parameters
    ----------
    source : Path
        Folder, or .tar.xz and the like.
    choices : Choices
        Connectors and kinds the user has settled.
    read : str, optional
        Date for the citations, ISO 8601.
    progress : callable, optional
        Called with files done, files in all and the name of one.

    Raises
    ------
    FileError
        If there is no such folder or archive, or it holds no types.
    """
    files = type_files(source)
    known = KnownTypes(Library.builtin())
    taken: dict[str, str] = {}
    rows, port_types, rules = [], Counter[tuple[str, str]](), Counter[str]()
    for done, file in enumerate(files):
        if progress is not None and not done % 50:
            progress(done, len(files), file.name)
        try:
            found = _read(file, choices, read)
            slug = found.spec.id
            found = _renamed(found, file, taken, known)
        except CagenutError as error:
            rows.append(ReadType(file.name, None, reason=_reason(error, file.name)))
            continue
        taken[found.spec.id] = file.name
        port_types.update(found.port_types)
        rules[found.kind_rule] += bool(found.kind_rule)
        rows.append(ReadType(file.name, found.spec, found.notes, found.doubts, "", found.kind_rule, slug))
    return LibraryReading(tuple(rows), dict(port_types), {rule: n for rule, n in rules.items() if rule})


def _read(file: TypeFile, choices: Choices, read: str) -> Imported:
    if file.problem is not None:
        raise file.problem
    found = read_netbox(file.text, file.name, read, choices=choices, folder=file.folder)
    for fault in faults_of(found.spec):
        raise CatalogueError(fault.problem, where=file.name, cure=fault.cure)
    check("types", TypeRecord(id=found.spec.id, spec=found.spec))
    return found


def _reason(error: CagenutError, name: str) -> str:
    """Return an error without the name of the file, which stands beside it."""
    where = error.where.removeprefix(name).lstrip(", ")
    problem = f"{where}: {error.problem}" if where else error.problem
    return f"{problem}. {error.cure}" if error.cure else problem


def _renamed(found: Imported, file: TypeFile, taken: dict[str, str], known: KnownTypes) -> Imported:
    """Return an import under an id of its own: what ships with the program and has its sources stays."""
    spec, wanted, shipped = found.spec, found.spec.id, known.shipped
    if wanted in taken and file.folder == "module":
        return _under(found, _free(f"{wanted}-module", taken, shipped), f"'{wanted}' is a device, too")
    if wanted in taken:
        raise CatalogueError(
            f"the slug '{wanted}' is that of {taken[wanted]} already",
            where=file.name,
            cure="Give one of them another slug",
        )
    own = known.same_product(spec)
    if own is None:
        return found
    said = differences(spec, own)
    told = f", where {'; '.join(said)}" if said else ""
    note = f"The catalogue has '{own.id}' with sources of its own{told}; this one stands beside it"
    type_id = _free(f"{wanted}-netbox", taken, shipped) if wanted in shipped else wanted
    renamed = _under(found, type_id, note)
    return replace(renamed, doubts=(note, *renamed.doubts)) if said else renamed


def _free(wanted: str, taken: dict[str, str], shipped: Library) -> str:
    base, number, made = wanted[:LONGEST_ID], 1, wanted[:LONGEST_ID]
    while made in taken or made in shipped:
        number += 1
        made = f"{base[: LONGEST_ID - 4]}-{number}"
    return made


def _under(found: Imported, type_id: str, note: str) -> Imported:
    notes = (*found.notes, note)
    spec = msgspec.structs.replace(found.spec, id=type_id, notes=(*found.spec.notes, note))
    return replace(found, spec=spec, notes=notes)


@dataclass(frozen=True)
class Stored:
    """What a library folder holds now that it did not."""

    path: Path
    rows: tuple[ReadType, ...]
    """Those imported, and those refused, also by the folder."""
    new: int
    replaced: int
    same: int


def store(rows: Iterable[ReadType], folder: Path) -> Stored:
    """Put the types that were read into a library folder: all of them, or on any failure none.

    They join what was imported before; the same id is replaced. A type the user keeps in a file of its own
    stays as it is, and the one of the library is refused.

    Raises
    ------
    FileError
        If the folder cannot be written, or another import was faster.
    """
    path = folder / FILE_NAME
    before, known = _imported_before(path)
    try:
        make_folder(folder)
        kept = Library.load(folder)
    except OSError as error:
        raise FileError(
            error.strerror or "it cannot be made", where=str(folder), cure="Choose another folder"
        ) from None
    types = dict(before)
    told: list[ReadType] = []
    counts: Counter[str] = Counter()
    for row in rows:
        own = kept.file_of(row.spec.id) if row.spec is not None else None
        if own is not None:
            reason = f"{own.name} in that folder is a type of your own with this id, which stays"
            row = ReadType(row.file, None, reason=f"{reason}. Give it another id, or take it away")
        elif row.spec is not None:
            old = before.get(row.spec.id)
            counts["new" if old is None else "same" if _alike(old, row.spec) else "replaced"] += 1
            types[row.spec.id] = row.spec
        told.append(row)
    if sum(counts.values()):
        write_safely(path, write_types(types.values()), expect=known)
    return Stored(path, tuple(told), counts["new"], counts["replaced"], counts["same"])


def _imported_before(path: Path) -> tuple[dict[str, AnyType], str]:
    """Return what was imported before, and the hash of the file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}, ABSENT
    except OSError as error:
        raise FileError(
            error.strerror or "it cannot be read", where=str(path), cure="Choose another folder"
        ) from None
    types, problems = read_types(data, str(path))
    if problems:
        cure = f"Mend it, or take {path.name} away and import again"
        raise FileError(f"{len(problems)} of its lines are damaged", where=str(path), cure=cure)
    return {spec.id: spec for spec in types}, sha256(data)


def _alike(one: AnyType, other: AnyType) -> bool:
    """Tell whether two types say the same, whenever they were read."""
    bare = [
        msgspec.structs.replace(
            spec, sources=tuple(msgspec.structs.replace(c, read="") for c in spec.sources)
        )
        for spec in (one, other)
    ]
    return bare[0] == bare[1]


def as_data(rows: Iterable[ReadType]) -> dict[str, Any]:
    """Return the report of an import as plain data: each file imported or refused, and counts."""
    imported, refused = [], []
    kinds: Counter[str] = Counter()
    folders: dict[str, Counter[str]] = {}
    for row in rows:
        count = folders.setdefault(row.file.partition("/")[0] if "/" in row.file else "", Counter())
        count["imported" if row.spec is not None else "refused"] += 1
        if row.spec is None:
            refused.append({"file": row.file, "reason": row.reason})
            continue
        kinds[kind_of(row.spec)] += 1
        entry: dict[str, Any] = {"file": row.file, "id": row.spec.id, "kind": kind_of(row.spec)}
        imported.append({**entry, "notes": list(row.notes), "doubts": list(row.doubts)})
    counts = {
        "files": len(imported) + len(refused),
        "imported": len(imported),
        "doubtful": sum(bool(entry["doubts"]) for entry in imported),
        "refused": len(refused),
        "kinds": dict(kinds.most_common()),
        "folders": {
            name: {"imported": count["imported"], "refused": count["refused"]}
            for name, count in folders.items()
        },
    }
    return {"imported": imported, "refused": refused, "counts": counts}
