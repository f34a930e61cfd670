"""The files of a NetBox device type library: of a folder or an archive, bounded, with nothing unpacked."""

from __future__ import annotations

import lzma
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from core.errors import CatalogueError, FileError
from core.exchange.netbox_types import FOLDERS, Folder
from core.exchange.yaml_text import MOST_BYTES

MOST_FILES = 50_000
MOST_MEMBERS = 200_000
MOST_UNPACKED = 2_000_000_000
"""Bytes of an archive, pictures and all; what is not YAML is passed over."""
_YAML = (".yaml", ".yml")
_CURE = "Choose the folder that holds device-types, module-types or rack-types, or the library's .tar.xz"


class TypeFile(NamedTuple):
    """One file: its text, or why it cannot be read."""

    name: str
    """Path in the library, with strokes."""
    folder: Folder
    """What its folder holds; empty if that is not said."""
    text: str
    problem: CatalogueError | None = None


def type_files(source: Path) -> list[TypeFile]:
    """Return the files of types in a folder or an archive (.tar, .tar.xz, .tar.gz, .tar.bz2), by name.

    If there are folders such as `device-types`, only files within them count; else every YAML file does.
    Links are not followed, nothing is unpacked to the disk.

    Raises
    ------
    FileError
        If there is no such folder or archive, it holds no types, or it is too large.
    """
    try:
        found = _of_folder(source) if source.is_dir() else _of_archive(source)
        files = sorted(_chosen(found), key=lambda file: file.name)
    except OSError as error:
        raise FileError(error.strerror or "it cannot be read", where=str(source), cure=_CURE) from None
    if not files:
        raise FileError("this holds no device, module or rack types", where=str(source), cure=_CURE)
    return files


def _chosen(files: Iterator[tuple[str, bytes | CatalogueError]]) -> list[TypeFile]:
    """Return the files within folders of types, or all of them if there are no such folders."""
    chosen: list[TypeFile] = []
    others: list[TypeFile] = []
    for name, data in files:
        folder = folder_of(name)
        (chosen if folder else others).append(_decoded(name, folder, data))
        if len(chosen) + len(others) > MOST_FILES:
            raise FileError(f"it holds more than {MOST_FILES:,} YAML files", cure=_CURE)
    return chosen or others


def folder_of(name: str) -> Folder:
    """Return what the folder of a file holds; empty if its path does not say.

    Examples
    --------
    >>> folder_of("device-types/Acme/a.yaml"), folder_of("lib/newer-device-types/a.yaml"), folder_of("a.yaml")
    ('device', 'device', '')
    """
    for part in PurePosixPath(name).parts[:-1]:
        for ending, folder in FOLDERS.items():
            if part == ending or part.endswith(f"-{ending}"):
                return folder
    return ""


def _decoded(name: str, folder: Folder, data: bytes | CatalogueError) -> TypeFile:
    if isinstance(data, CatalogueError):
        return TypeFile(name, folder, "", data)
    try:
        return TypeFile(name, folder, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return TypeFile(
            name, folder, "", CatalogueError("this is no UTF-8 text", where=name, cure="Save it as UTF-8")
        )


def _too_large(name: str) -> CatalogueError:
    return CatalogueError(
        f"the file is larger than {MOST_BYTES:,} bytes", where=name, cure="One file holds one type"
    )


def _of_folder(source: Path) -> Iterator[tuple[str, bytes | CatalogueError]]:
    for place, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            if path.suffix.lower() not in _YAML or name.startswith("."):
                continue
            # The folder's own name may be the one that says what it holds: .../device-types/Acme.
            shown = (PurePosixPath(*_own_place(source)) / path.relative_to(source).as_posix()).as_posix()
            if path.is_symlink() or not path.is_file():
                problem = "this is a link, which is not followed"
                yield shown, CatalogueError(problem, where=shown, cure="Put the file itself there")
            elif path.stat().st_size > MOST_BYTES:
                yield shown, _too_large(shown)
            else:
                yield shown, _bytes_of(path, shown)


def _own_place(source: Path) -> tuple[str, ...]:
    parts = source.resolve().parts
    at = next((i for i in reversed(range(len(parts))) if folder_of(f"{parts[i]}/x")), None)
    return () if at is None else parts[at:]


def _bytes_of(path: Path, shown: str) -> bytes | CatalogueError:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        return CatalogueError(error.strerror or "it cannot be read", where=shown, cure="Mend its rights")
    return data if len(data) <= MOST_BYTES else _too_large(shown)


def _of_archive(source: Path) -> Iterator[tuple[str, bytes | CatalogueError]]:
    try:
        with tarfile.open(source, "r|*") as opened:
            yield from _members(opened, source)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, ValueError) as error:
        raise FileError(
            f"this is no archive that can be read ({error})", where=str(source), cure=_CURE
        ) from None


def _members(opened: tarfile.TarFile, source: Path) -> Iterator[tuple[str, bytes | CatalogueError]]:
    unpacked = 0
    for count, member in enumerate(opened):
        unpacked += member.size
        if unpacked > MOST_UNPACKED or count > MOST_MEMBERS:
            raise FileError("the archive is too large when unpacked", where=str(source), cure=_CURE)
        path = PurePosixPath(member.name)
        if path.suffix.lower() not in _YAML or path.name.startswith(".") or member.isdir():
            continue
        inside = path.parts[1:] if len(path.parts) > 1 and not folder_of(f"{path.parts[0]}/x") else path.parts
        name = PurePosixPath(*(part for part in inside if part not in ("/", "..", "."))).as_posix()
        data = opened.extractfile(member) if member.isfile() else None
        if data is None:
            problem = "this is a link, which is not followed"
            yield name, CatalogueError(problem, where=name, cure="Put the file itself there")
        elif member.size > MOST_BYTES:
            yield name, _too_large(name)
        else:
            yield name, data.read()
