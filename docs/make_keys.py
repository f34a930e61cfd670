"""Writes keys.md, the list of all keys and gestures, from the window's own."""

from __future__ import annotations

import os
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from core.files.writing import write_safely
from desktop.dialogs.keys import Line, lines_of

TARGET = Path(__file__).with_name("keys.md")

INTRODUCTION = """\
# Keys and gestures

`docs/make_keys.py` makes this page from the program; do not edit it. F1 or `?` shows the same in the
program, with a box to search it. The [user guide](user-guide.md#conventions) says where they come from.
"""


def page(lines: list[Line]) -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for heading, rows in groupby(lines, lambda line: line[0]):
        table = [f"| {words} | {' or '.join(f'`{key}`' for key in keys)} |" for _, keys, words in rows]
        parts.append("\n".join([f"## {heading}\n", "| to | do |", "|---|---|", *table, ""]))
    return "\n".join(parts)


def main() -> int:
    """Ask a window, offscreen, for its keys."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*=false")
    os.environ["CAGENUT_STATE_DIR"] = tempfile.mkdtemp(prefix="cagenut-keys-")
    from core.catalogue.library import Library
    from desktop.app import make_application
    from desktop.main_window import MainWindow

    make_application()
    window = MainWindow(Library.builtin())
    write_safely(TARGET, page(lines_of(window.actions_)).encode())
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
