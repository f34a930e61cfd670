"""What all commands of the command line share: reading, printing, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import units
from core.errors import CagenutError

if TYPE_CHECKING:
    from rich.table import Table

    from core.catalogue.library import Library
    from core.model.project import Project

SECONDS = 5.0
"""Between two lines of progress."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def library() -> Library:
    """The catalogue with the user's own types: what the window checks against as well."""
    from core.catalogue.library import Library
    from core.files.state import types_folder

    return Library.load(types_folder())


def load(file: Path) -> Project:
    """Return the design of a file; numbers are printed in its units from here on."""
    from core.files.project_file import load

    project = load(file)[0]
    units.choose(project.setting(units.SETTING))
    return project


def load_built(file: Path) -> Project:
    """Return the design of a file as `load` does, one that has something to build."""
    project = load(file)
    check_built(project, file)
    return project


def check_built(project: Project, file: Path) -> None:
    """Check that a design has something to build.

    Raises
    ------
    CagenutError
        If no block is set to be built.
    """
    if project.top not in project.blocks:
        raise CagenutError("the design is empty: no block is set to be built", where=str(file))


def read(file: Path) -> bytes:
    """Return the bytes of a file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise CagenutError(error.strerror or "cannot be read", where=str(file)) from None


def text(file: Path) -> str:
    """Return the text of a file."""
    try:
        return read(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CagenutError("this is no UTF-8 text", where=str(file), cure="Save it as UTF-8") from None


def print_json(data: Any) -> None:
    """Print plain data as JSON."""
    import json

    typer.echo(json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False))


def print_table(table: Table, *, whole_rows: bool = False) -> None:
    """Print a table as plain text.

    With `whole_rows` it is as wide as its rows, however narrow the terminal is: cells cut to the 80 columns
    of a pipe say nothing.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    if whole_rows:
        wide = console.measure(table, options=console.options.update(max_width=1000)).maximum
        console.width = max(console.width, wide)
    console.print(table)


class Progress:
    """A line on the terminal that says how far the set has come; silent when not on a terminal.

    With `lines` a line is written every few seconds where standard error is no terminal: for what takes
    minutes.
    """

    def __init__(self, *, lines: bool = False) -> None:
        self._lines = lines
        self._said = monotonic()

    def __enter__(self) -> Callable[[int, int, str], None]:
        self._shown = sys.stderr.isatty()
        return self._report

    def _report(self, done: int, total: int, text: str) -> None:
        if self._lines and not self._shown and monotonic() - self._said >= SECONDS:
            self._said = monotonic()
            sys.stderr.write(f"{done}/{total} {text}\n")
            sys.stderr.flush()
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{done}/{total} {text}")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
