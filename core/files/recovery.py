"""Finding what a crash left behind, and making a copy of the project from it.

Nothing is applied unasked and no project file is touched. A journal is replayed on its own base, so it does
not matter what has become of the file since. What is decided here is decided by hashes and counts; dates
are shown, and tell when a journal that was retired can go.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from core.errors import FileError
from core.files import journal as journals
from core.files import migrations, project_file, state, writing
from core.files.appending import is_held
from core.files.journal import ATTEMPTS, BASE, ENDED, RETIRED, SUFFIX, Contents, Ended, Header, read_header
from core.files.replay import replay, replay_older
from core.model.project import Project

KEPT_DAYS = 30
MOST_ATTEMPTS = 2

FileState = Literal["same", "changed", "missing", "never saved"]


@dataclass(frozen=True)
class Offer:
    """Changes that are in no file, as shown to the user."""

    journal: Path
    project_id: str
    name: str
    """Of the project's file; "Untitled" for one never saved."""
    path: Path | None
    when: str
    """Time of the last change by the system's clock, for people only."""
    changes: int
    rest: int
    """Bytes that could not be read after them."""
    file: FileState
    """Whether the file is still what the changes were made from."""
    attempts: int
    """Recoveries that were begun and did not end well."""
    problem: str = ""
    """Why it cannot be recovered; empty if it can be tried."""


@dataclass(frozen=True)
class Recovered:
    """A copy of a project as it was when the journal ended."""

    project: Project
    journal: Path
    path: Path | None
    """File it came from: a hint for "save as", or the file itself if `is_of_file`."""
    file_hash: str
    is_of_file: bool
    """Whether that file is still what the changes were made from, so that the copy may be saved to it."""
    kept: int
    """Changes replayed."""
    total: int
    """Changes that could be read."""
    carried: int
    """Changes that were in the base already."""
    stopped: str = ""
    """Why not all of them were replayed."""


def find_recoverable() -> list[Offer]:
    """Return what crashed sessions of this user left, of all projects, the latest first."""
    found = []
    for path in _files(SUFFIX):
        if not is_held(path):
            offer = _offer(path)
            if offer is not None:
                found.append(offer)
    return sorted(found, key=lambda offer: offer.when, reverse=True)


def for_path(path: Path) -> list[Offer]:
    """Return what crashed sessions left of one project file, found by its path or by its project id."""
    head = project_file.peek(path)
    project_id = head[1] if head else ""
    return [
        offer
        for offer in find_recoverable()
        if (project_id and offer.project_id == project_id)
        or (offer.path is not None and journals.is_file_of(path, str(offer.path)))
    ]


def recover(offer: Offer) -> Recovered:
    """Return the copy that an offer promises. The journal stays until a session has gone on with the copy.

    Raises
    ------
    FileError, RecordError
        If nothing can be made of the journal. After two such failures it is left alone.
    """
    contents = journals.read(offer.journal)
    header = contents.header
    if header.format > migrations.FORMAT:
        raise FileError(_too_new(header), where=str(offer.journal), cure="Recover it with a newer version")
    attempts = _attempts(offer.journal)
    if attempts >= MOST_ATTEMPTS:
        raise FileError(
            f"recovery has failed {attempts} times",
            where=str(offer.journal),
            cure="The files are kept in that folder; start from the project file",
        )
    with contextlib.suppress(FileError):  # a full disk must not stop a recovery
        writing.write_safely(offer.journal.with_suffix(ATTEMPTS), str(attempts + 1).encode())
    base = _base(offer.journal, header)
    if header.format < migrations.FORMAT:
        project, kept, stopped = replay_older(base, contents.changes, header.format, offer.name)
    else:
        project, kept, stopped = replay(base, contents.changes, offer.name)
    return Recovered(
        project=project,
        journal=offer.journal,
        path=offer.path,
        file_hash=header.file_hash,
        is_of_file=_file_state(header) == "same",
        kept=kept,
        total=len(contents.changes),
        carried=header.carried,
        stopped=stopped or ("the end of the journal is damaged" if contents.rest else ""),
    )


def find_discarded() -> list[Offer]:
    """Return what was discarded or recovered within the last 30 days and can be recovered again."""
    found = [_offer(path) for path in _files(RETIRED) if path.with_suffix(BASE).exists()]
    return sorted((o for o in found if o is not None), key=lambda offer: offer.when, reverse=True)


def discard(offer: Offer) -> None:
    """Take an offer from the list; its files stay for 30 days. Raises FileError."""
    try:
        journals.retire(offer.journal, "discarded")
    except OSError as error:
        raise FileError(f"it cannot be put away ({error.strerror})", where=str(offer.journal)) from error


def tidy(today: datetime | None = None) -> list[str]:
    """Clear what is of no use any more and return what could not be cleared; for the start of the program.

    That is: journals without changes, journals whose changes are in a file or in a later journal, and
    retired ones after 30 days.
    """
    problems = []
    # Empty journals go last: one that was begun by a save proves that the one before it is in the file.
    begun = list(_files(SUFFIX))
    for path, clear in [
        *((path, _retire_superseded) for path in begun),
        *((path, _remove_empty) for path in begun),
        *((path, None) for path in [*_files(RETIRED), *_files(BASE)]),
    ]:
        try:
            if clear is not None:
                clear(path)
            elif _is_old(path, today or datetime.now(UTC)):
                for suffix in (RETIRED, BASE, ENDED, ATTEMPTS):
                    writing.remove(path.with_suffix(suffix))
        except FileNotFoundError:
            continue  # another program was quicker
        except (OSError, FileError) as error:
            problems.append(str(error))
    return problems


def _retire_superseded(path: Path) -> None:
    contents = _idle(path)
    if contents is not None and _is_superseded(path, contents):
        journals.retire(path, "superseded")


def _remove_empty(path: Path) -> None:
    contents = _idle(path)
    if contents is not None and not contents.changes and not contents.rest and not contents.header.is_dirty:
        writing.remove(path)
        writing.remove(path.with_suffix(BASE))


def _idle(path: Path) -> Contents | None:
    """Return what is in a journal that nobody writes to; None where that cannot be known."""
    if is_held(path):
        return None
    try:
        return journals.read(path)
    except FileError:
        return None  # offered with its problem, for the user to decide


def _offer(path: Path) -> Offer | None:
    try:
        when = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        contents = journals.read(path)
    except FileNotFoundError:
        return None
    except (OSError, OverflowError, FileError) as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        return Offer(path, "", "Damaged journal", None, "", 0, 0, "missing", _attempts(path), str(error))
    header = contents.header
    is_empty = not contents.changes and not contents.rest and not header.is_dirty
    if is_empty or (path.suffix == SUFFIX and _is_superseded(path, contents)):
        return None
    attempts = _attempts(path)
    problem = ""
    if header.format > migrations.FORMAT:
        problem = _too_new(header)
    elif attempts >= MOST_ATTEMPTS:
        problem = f"recovery has failed {attempts} times; the files are kept in {path.parent}"
    elif not path.with_suffix(BASE).exists():
        problem = "the copy of what the changes were made from is missing"
    return Offer(
        journal=path,
        project_id=header.project,
        name=Path(header.path).name or "Untitled",
        path=Path(header.path) if header.path else None,
        when=when,
        changes=header.carried + len(contents.changes),
        rest=contents.rest,
        file=_file_state(header),
        attempts=attempts,
        problem=problem,
    )


def _is_superseded(path: Path, contents: Contents) -> bool:
    """Whether a later journal, or the file it belongs to, holds every change of this one."""
    if contents.rest:
        return False
    for other in [*path.parent.glob(f"*{SUFFIX}"), *path.parent.glob(f"*{RETIRED}")]:
        try:
            header = read_header(other)
        except FileError:
            continue
        if header.follows != path.name or header.follows_count < len(contents.changes):
            continue
        if other.suffix == RETIRED or (header.is_dirty and other.with_suffix(BASE).exists()):
            return True
        # Begun by a save: it counts once the file was replaced, which its own changes prove as well.
        if _file_state(header) == "same":
            return True
        with contextlib.suppress(FileError):
            if journals.read(other).changes:
                return True
    return False


def _file_state(header: Header) -> FileState:
    if not header.path or not header.file_hash:
        return "never saved"
    try:
        found = writing.hash_of(Path(header.path))
    except OSError:
        found = None
    return "missing" if found is None else "same" if found == header.file_hash else "changed"


def _base(path: Path, header: Header) -> bytes:
    where = path.with_suffix(BASE)
    try:
        inflate = zlib.decompressobj(wbits=31)
        base = inflate.decompress(where.read_bytes(), project_file.MOST_BYTES)
    except (OSError, zlib.error) as error:
        raise FileError(f"the copy of the base cannot be read ({error})", where=str(where)) from error
    if writing.sha256(base) != header.base:
        raise FileError("the copy of the base is damaged", where=str(where))
    return base


def _attempts(path: Path) -> int:
    try:
        text = path.with_suffix(ATTEMPTS).read_bytes()[:9]
    except OSError:
        return 0
    return int(text) if re.fullmatch(rb"\d+", text) else 0


def _is_old(path: Path, today: datetime) -> bool:
    """Whether a retired journal, or a base without journal, has been there for 30 days."""
    if path.suffix == BASE:
        if path.with_suffix(SUFFIX).exists() or path.with_suffix(RETIRED).exists():
            return False
        with open(path, "rb") as file:  # gzip keeps the time it was made
            made = datetime.fromtimestamp(int.from_bytes(file.read(8)[4:8], "little"), UTC)
    else:
        ended = path.with_suffix(ENDED)
        try:
            made = datetime.fromisoformat(msgspec.json.decode(ended.read_bytes(), type=Ended).date)
        except (OSError, ValueError, msgspec.MsgspecError):
            # When it was retired is not known any more: the 30 days begin now.
            stamp = Ended("discarded", today.isoformat(timespec="seconds"))
            writing.write_safely(ended, msgspec.json.encode(stamp))
            return False
    return today - made > timedelta(days=KEPT_DAYS)


def _files(suffix: str) -> Iterator[Path]:
    return iter(sorted(state.journal_folder().glob(f"*/*{suffix}")))


def _too_new(header: Header) -> str:
    return f"this journal has format {header.format}, this program reads up to format {migrations.FORMAT}"
