"""The program as the kill tests see it: edits and saves until it is killed. Run as a module.

Each line on standard input is a round, `[path, kill_at, seed]`: a child goes on with what the last one
left, as a user would who accepts every recovery, and tells each acknowledged edit and save.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

from core.files import recovery, writing
from core.files.session import Session
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Setting
from tests.files.faults import Faulty


def count_of(project: Project) -> int:
    return project.setting("count", 0)


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def live(path: Path, kill_at: int, seed: int) -> None:
    """Edit and save until killed."""
    dice = random.Random(seed)
    if kill_at:
        writing.calls = Faulty(kill_at, "kill")
    recovery.tidy()
    offers = [offer for offer in recovery.for_path(path) if not offer.problem]
    copies = [recovery.recover(offer) for offer in offers]
    best = max(copies, key=lambda copy: count_of(copy.project), default=None)
    if best is not None and not best.is_of_file:
        # The file is newer than the journal's base: the user takes whichever has more.
        opened = Session.open(path)
        if count_of(opened.project) >= count_of(best.project):
            for offer in offers:
                recovery.discard(offer)
            session = opened
        else:
            opened.close()
            session = Session.resume(best)
            session.save(path, overwrite=True)
    else:
        session = Session.open(path) if best is None else Session.resume(best)
    history = History(session.project, session)
    say("begin", count_of(session.project))
    while True:
        edit = Edit(session.project, "Count")
        count = count_of(session.project) + 1
        edit.put("settings", Setting(id="count", value=count))
        edit.replace("instances", ("hall", "r1"), x_mm=dice.randrange(-9999, 9999))
        history.commit(edit.change())
        assert not history.unprotected
        say("edit", count)
        if dice.random() < 0.15:
            session.sync()
        if dice.random() < 0.25:
            session.save()
            say("saved", count)


def main() -> None:
    """Fork a child for each round and tell its process id and its end."""
    for line in sys.stdin:
        path, kill_at, seed = json.loads(line)
        pid = os.fork()
        if not pid:
            try:
                live(Path(path), kill_at, seed)
            except BaseException as error:
                say("failed", repr(error))
            finally:
                os._exit(1)
        say("pid", pid)
        os.waitpid(pid, 0)
        say("end")


if __name__ == "__main__":
    main()
