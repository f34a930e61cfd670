"""SIGKILL at random moments and at every step: no acknowledged edit is lost, no file is ever half written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from core.files import project_file, recovery
from core.files.writing import ABSENT
from tests.files.killed import count_of
from tests.model.factories import small

ROOT = Path(__file__).parents[2]
ROUNDS = 200
MEMORY = Path("/dev/shm")


class Program:
    """The process that runs and loses the children."""

    def __init__(self, path: Path, process: subprocess.Popen[str]) -> None:
        self.path = path
        self.process = process
        self.acknowledged = 0
        self.saved = 0
        self.edits = 0

    @property
    def _out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def round(
        self,
        *,
        after: int = -1,
        pause_s: float = 0.0,
        kill_at: int = 0,
        seed: int = 0,
    ) -> None:
        """Run one child until it dies: a moment after its n-th edit, or at its n-th call to the system."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([str(self.path), kill_at, seed]) + "\n")
        self.process.stdin.flush()
        pid = edits = 0
        while True:
            words = self._out.readline().split()
            assert words, "the program ended"
            assert words[0] != "failed", words
            if words[0] == "pid":
                pid = int(words[1])
            elif words[0] == "begin":
                assert int(words[1]) >= self.acknowledged
            elif words[0] == "edit":
                self.acknowledged = int(words[1])
                self.edits += 1
                edits += 1
            elif words[0] == "saved":
                self.saved = int(words[1])
            elif words[0] == "end" and pid:
                break
            if words[0] in ("pid", "edit") and edits == after:
                time.sleep(pause_s)
                os.kill(pid, signal.SIGKILL)
                after = -1
        self.look()

    def look(self) -> None:
        """What the next start would find holds everything acknowledged."""
        on_disk = count_of(project_file.load(self.path)[0])
        assert on_disk >= self.saved
        offers = recovery.for_path(self.path)
        assert [offer.problem for offer in offers] == [""] * len(offers)
        found = [on_disk]
        for offer in offers:
            copy = recovery.recover(offer)
            offer.journal.with_suffix(".attempts").unlink()
            assert copy.stopped in ("", "the end of the journal is damaged")
            found.append(count_of(copy.project))
        # One more than acknowledged is an edit that was kept before it could be told.
        assert self.acknowledged <= max(found) <= self.acknowledged + 1
        self.acknowledged = max(found)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a kill loses nothing that was written, on the disk or not."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture
def program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    monkeypatch.setenv("CAGENUT_STATE_DIR", str(folder / "state"))
    path = folder / "hall.cage"
    project_file.save(small(), path, ABSENT)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.files.killed"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield Program(path, process)
        os.killpg(process.pid, signal.SIGKILL)  # with the child of a round that failed


def test_kills_at_any_moment(program: Program) -> None:
    dice = random.Random(7)
    for n in range(ROUNDS):
        after = dice.randrange(0, 9)  # 0: during its start
        program.round(after=after, pause_s=dice.uniform(0.0, 0.03 if after == 0 else 0.006), seed=n)
    assert program.edits > ROUNDS
    assert program.saved > 0


def test_kills_at_every_step(program: Program) -> None:
    """Before each call, so after the one before: start, recovery, journal, edits and several saves."""
    for n in range(1, 132):
        program.round(kill_at=n, seed=n % 3)
    assert program.saved > 10
