"""Files of others read by a process of its own, with little memory and time, that can be ended."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic
from typing import Any, Literal

Kind = Literal["drawing", "picture", "workbook", "types"]
MEMORY_BYTES = 3_000_000_000
"""Address space of the process; the libraries alone take half a gigabyte of it."""
SECONDS = 90
_LIMITS: dict[Kind, tuple[int, int]] = {"types": (1_000_000_000, 300)}
"""Address space and seconds where they are others."""
Message = tuple[Any, ...]


def read_into(kind: Kind, path: str, option: Any, connection: Connection) -> None:
    """Read a file and send what it holds.

    `option` is the sheet of a workbook, or what the user has settled about an import of types.

    Messages are ("progress", done, total, words), and at the end ("done", result) or ("failed", error).
    """
    from core.errors import CagenutError, FileError

    where = Path(path).name
    try:
        _limit(kind)

        def progress(done: int, total: int, words: str) -> None:
            connection.send(("progress", done, total, words))

        connection.send(("done", _read(kind, Path(path), option, progress)))
    except CagenutError as error:
        connection.send(("failed", str(error)))
    except (MemoryError, RecursionError):
        cure = "Leave out what is not needed, and save it again"
        connection.send(("failed", str(FileError("it needs too much memory", where=where, cure=cure))))
    except (BrokenPipeError, EOFError):
        pass  # nobody waits any more
    except Exception as error:
        connection.send(("failed", str(FileError(f"{type(error).__name__}: {error}", where=where))))
    finally:
        connection.close()


def _read(kind: Kind, path: Path, option: Any, progress: Any) -> Any:
    if kind == "types":
        from datetime import date

        from core.exchange.netbox_library import read_library

        return read_library(path, option, date.today().isoformat(), progress)
    if kind == "drawing":
        from core.exchange.dxf_underlay import read_dxf

        return read_dxf(path, progress)
    if kind == "picture":
        from core.exchange.image_underlay import read_image

        return read_image(path)
    from core.exchange.workbook import read_workbook

    return read_workbook(path, option)


def _limit(kind: Kind) -> None:
    try:
        import resource
    except ImportError:
        return  # not on Windows: the time limit of the one who waits still holds
    memory, seconds = _LIMITS.get(kind, (MEMORY_BYTES, SECONDS))
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


class BoundedReading:
    """One file (or one library of types) being read; ask for `messages` now and then."""

    def __init__(self, kind: Kind, path: Path, option: Any = "") -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._name = path.name
        self._seconds = _LIMITS.get(kind, (MEMORY_BYTES, SECONDS))[1]
        self._ends_at = monotonic() + self._seconds
        args = (kind, str(path), option, theirs)
        self._process = context.Process(target=read_into, args=args, daemon=True)
        self._process.start()
        theirs.close()

    def messages(self) -> list[Message]:
        """Return what the process has said since the last time; ("failed", …) also if it takes too long."""
        found: list[Message] = []
        try:
            while self._ours.poll():
                found.append(self._ours.recv())
        except (EOFError, OSError):
            if not found:
                words = "it could not be read within the limits of memory and time"
                found.append(("failed", f"{self._name}: {words}. Leave out what is not needed"))
        if not found and monotonic() > self._ends_at:
            found.append(
                ("failed", f"{self._name}: reading took more than {self._seconds} s. Make it smaller")
            )
        return found

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join(5)
        self._ours.close()
