"""A faulty operating system: the n-th call that could change something fails, once or from then on."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.files import writing

NAMES = ("open", "write", "fsync", "fdatasync", "ftruncate", "close", "replace", "unlink", "mkdir")


class Faulty(writing.Calls):
    """The system with a fault at call `at` (from 1); 0 only counts and records.

    `fault` is an errno, "short" (one byte of a write gets through, then "disk full" for the rest of it),
    "half" (half of each write gets through) or "kill".
    """

    def __init__(self, at: int = 0, fault: int | str = errno.EIO, *, lasting: bool = False) -> None:
        self.at = at
        self.fault = fault
        self.lasting = lasting
        self.count = 0
        self.log: list[str] = []
        self.slept: list[float] = []
        self.sleep = self.slept.append  # type: ignore[assignment]
        for name in NAMES:
            setattr(self, name, self._wrapped(name, getattr(writing.Calls, name)))

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.count += 1
            self.log.append(name)
            hit = self.at and (self.count == self.at or (self.lasting and self.count > self.at))
            if not hit:
                return real(*args)
            if self.fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self.fault == "half":
                return real(args[0], args[1][: max(1, len(args[1]) // 2)]) if name == "write" else real(*args)
            elif self.fault == "short":
                if name != "write":
                    return real(*args)
                real(args[0], bytes(args[1][:1]))
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if name == "close":  # a close that fails has closed all the same
                real(*args)
            assert isinstance(self.fault, int)
            raise OSError(self.fault, os.strerror(self.fault))

        return call


@contextmanager
def faulty(calls: Faulty) -> Iterator[Faulty]:
    """Put the faulty system in place for a while."""
    before = writing.calls
    writing.calls = calls
    try:
        yield calls
    finally:
        writing.calls = before


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be an ordinary user for a while: root may write anywhere."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def temps(folder: Path) -> list[str]:
    """Names of temporary files in a folder."""
    return [path.name for path in folder.iterdir() if path.name.endswith(".cage.tmp")]


def _case(fault: int | str, lasting: bool) -> Any:
    name = errno.errorcode[fault] if isinstance(fault, int) else fault
    return pytest.param(fault, lasting, id=f"{name}-lasting" if lasting else name)


FAULTS = [
    _case(fault, lasting)
    for fault in (errno.ENOSPC, errno.EIO, errno.EACCES, "short", "half")
    for lasting in (False, True)
]
