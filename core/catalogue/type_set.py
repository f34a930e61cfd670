"""Many types in one file, as an import brings them: written whole or not at all, read in a moment.

The first line says what the file is and the hash of the rest; then one type a line, in the order of ids.
What does not match its hash has been changed by hand and is read as strictly as any file of the user's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from core.catalogue.type_check import faults_of
from core.errors import CatalogueError, RecordError
from core.model.check import check
from core.model.records import TypeRecord
from core.model.types import AnyType

SUFFIX = ".types"
MOST_BYTES = 100_000_000
_FORMAT = 1


class _Head(msgspec.Struct):
    cagenut_types: int
    sha256: str


_decode = msgspec.json.Decoder(AnyType).decode


def write_types(types: Iterable[AnyType]) -> bytes:
    """Return the file of some types; `read_types` gives back equal ones.

    Examples
    --------
    >>> from core.model.types import RackType
    >>> rack = RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000)
    >>> read_types(write_types([rack]), "x.types") == ([rack], [])
    True
    """
    lines = [msgspec.json.encode(spec) + b"\n" for spec in sorted(types, key=lambda spec: spec.id)]
    body = b"".join(lines)
    return msgspec.json.encode(_Head(_FORMAT, hashlib.sha256(body).hexdigest())) + b"\n" + body


def read_types(data: bytes, where: str) -> tuple[list[AnyType], list[CatalogueError]]:
    """Return the types of a file, and what is wrong with the lines that are left out.

    Raises
    ------
    CatalogueError
        If it is no such file, or one of a newer version.
    """
    first, _, body = data.partition(b"\n")
    try:
        head = msgspec.json.decode(first, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise CatalogueError("this is no file of types", where=where, cure="Import it again") from None
    if head.cagenut_types != _FORMAT:
        raise CatalogueError(
            f"its format is {head.cagenut_types}; this version reads {_FORMAT}",
            where=where,
            cure="Use a newer version of Cagenut",
        )
    is_ours = hashlib.sha256(body).hexdigest() == head.sha256
    found: dict[str, AnyType] = {}
    problems: list[CatalogueError] = []
    for number, line in enumerate(body.split(b"\n"), 2):
        if not line:
            continue
        try:
            spec = _decode(line) if is_ours else _strictly(line)
            if spec.id in found:
                raise CatalogueError(f"'{spec.id}' stands here twice", cure="Remove one of them")
            found[spec.id] = spec
        except CatalogueError as error:
            problems.append(CatalogueError(error.problem, where=f"{where}, line {number}", cure=error.cure))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            problems.append(
                CatalogueError(str(error), where=f"{where}, line {number}", cure="Mend that line")
            )
    return list(found.values()), problems


def read_type_set(path: Path) -> tuple[list[AnyType], list[CatalogueError]]:
    """Return the types of a file on the disk, as `read_types`."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CatalogueError(f"the file is larger than {MOST_BYTES:,} bytes", where=str(path))
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"the file cannot be read ({error.strerror})", where=str(path)) from None
    return read_types(data, str(path))


def _strictly(line: bytes) -> AnyType:
    spec: AnyType = _decode(line)
    for fault in faults_of(spec):
        raise CatalogueError(fault.problem, cure=fault.cure)
    try:
        check("types", TypeRecord(id=spec.id, spec=spec))
    except RecordError as error:
        raise CatalogueError(error.problem, cure=error.cure) from None
    return spec
