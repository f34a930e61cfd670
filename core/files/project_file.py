"""The project file: one JSON text, one record per line, sorted by key, defaults left out.

`encode` gives the same bytes for the same records, so that two versions of a design differ in the lines
that differ. `decode` also takes what people make of such a file by hand, if it is JSON of that shape.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from core.errors import CagenutError, FileError
from core.files import migrations, writing
from core.files.canonical import encode_lines, in_order
from core.files.migrations import FORMAT
from core.files.reading import decode, decode_tables, without_collector
from core.model.project import Project, Reader
from core.model.records import TABLES, Record

SUFFIX = ".cage"
MOST_BYTES = 2 * 1024**3

__all__ = [
    "FORMAT",
    "MOST_BYTES",
    "SUFFIX",
    "decode",
    "encode",
    "encode_tables",
    "load",
    "peek",
    "read_bytes",
    "save",
    "tables_of",
    "verify",
    "write",
]

Tables: TypeAlias = Mapping[str, Sequence[Record]]

_HEAD = re.compile(rb'\s*\{\s*"format"\s*:\s*(\d{1,9})\s*,\s*"project"\s*:\s*"([A-Za-z0-9._+-]{0,64})"')


def tables_of(project: Reader) -> dict[str, list[Record]]:
    """Return the records of a project by table: a snapshot that later changes do not touch."""
    return {table: list(project.every(table)) for table in TABLES}


def encode(project: Project) -> bytes:
    """Return the text of a project."""
    return encode_tables(project.id, tables_of(project))


def encode_tables(project_id: str, tables: Tables) -> bytes:
    """Return the text of a project given as a snapshot (`tables_of`); safe beside the window's thread."""
    parts = [b'{"format":%d,"project":"%s"' % (migrations.FORMAT, project_id.encode())]
    for table in TABLES:
        records = tables.get(table)
        if records:
            lines = b",\n".join(encode_lines(table, in_order(records)))
            parts.append(b',\n"%s":[\n%s\n]' % (table.encode(), lines))
    return b"".join((*parts, b"}\n"))


def load(path: Path) -> tuple[Project, str]:
    """Return the project of a file and the hash of its bytes.

    Raises
    ------
    FileError, RecordError
        As `decode`, or if the file cannot be read.
    """
    data = read_bytes(path)
    return decode(data, path.name), writing.sha256(data)


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file of sane size.

    Raises
    ------
    FileError
        If it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > MOST_BYTES else file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileError(f"it cannot be read ({error.strerror})", where=str(path)) from error
    if max(size, len(data)) > MOST_BYTES:
        raise FileError(f"it is larger than {MOST_BYTES // 1024**3} GB", where=str(path))
    return data


def save(project: Project, path: Path, base_hash: str | None) -> str:
    """Write a project and return the hash of the file.

    Parameters
    ----------
    project : Project
    path : Path
    base_hash : str or None
        Hash of the file as it was loaded; `writing.ABSENT` for a new one; None to overwrite knowingly.

    Raises
    ------
    FileConflictError
        If the file is not the one that was loaded.
    FileError
        If it cannot be written, or would not load again.
    """
    tables = tables_of(project)
    data = encode_tables(project.id, tables)
    verify(data, tables)
    return write(data, path, base_hash)


def write(data: bytes, path: Path, base_hash: str | None) -> str:
    """Write a text that `verify` has passed; a file of an older format is kept as `name.v<N>`."""
    head = peek(path)
    if head is not None and head[0] < migrations.FORMAT:
        kept = path.with_name(f"{path.name}.v{head[0]}")
        if not kept.exists():
            writing.write_safely(kept, read_bytes(path), expect=writing.ABSENT)
    return writing.write_safely(path, data, expect=base_hash)


def verify(data: bytes, tables: Tables) -> None:
    """Read a text back and compare it with the records it was made from.

    Raises
    ------
    FileError
        If they differ: such a file must not replace a good one.
    """
    with without_collector():
        try:
            found = decode_tables(data, "the text to be saved")
        except CagenutError as error:
            raise FileError(f"the project would not load again: {error}") from error
        for table in TABLES:
            if found.pop(table, []) != in_order(tables.get(table, ())):
                raise FileError(f"the project would not load as it is: table '{table}' differs")


def peek(path: Path) -> tuple[int, str] | None:
    """Return format and project id from the head of a file, or None if it has no such head."""
    try:
        with open(path, "rb") as file:
            match = _HEAD.match(file.read(4096))
    except OSError:
        return None
    return (int(match[1]), match[2].decode()) if match else None
