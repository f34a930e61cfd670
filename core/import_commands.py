"""Commands that bring in what others have: the device type library of NetBox."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError, FileError
from core.terminal import Json, Progress, print_json

if TYPE_CHECKING:
    from core.exchange.netbox_choices import Choices
    from core.exchange.netbox_library import LibraryReading, Stored

app = typer.Typer(
    name="import",
    help="Bring in what others have: types of NetBox.",
    no_args_is_help=True,
    add_completion=False,
)
_POLL_S = 0.05


@app.callback()
def _group() -> None:
    """Bring in what others have."""


@app.command()
def netbox(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder of the library, or part of it, or its .tar.xz."),
    ],
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="LIBRARY", help="Folder of types; yours if left out."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE.json", help="Every file, imported or refused, and why."),
    ] = None,
    choices: Annotated[
        Path | None,
        typer.Option(
            "--choices",
            metavar="FILE.json",
            help="Connectors of port types, kinds of devices: see the guide.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Import device, module and rack types of the NetBox device type library, all at once or none."""
    from core.exchange.netbox_library import as_data, store
    from core.files.state import types_folder

    if not folder.exists():
        raise CagenutError(
            "there is no such folder",
            where=str(folder),
            cure="Give the folder of the library, or its .tar.xz",
        )
    target = into if into is not None else types_folder()
    if target.exists() and not target.is_dir():
        raise CagenutError("this is no folder", where=str(target), cure="Give a folder for the types")
    if report is not None and not report.absolute().parent.is_dir():
        raise CagenutError(
            "there is no such folder", where=str(report.absolute().parent), cure="Put the report elsewhere"
        )
    reading = _read(folder, _choices(choices))
    stored = store(reading.rows, target)
    data = as_data(stored.rows)
    if report is not None:
        _write_report(report, data)
    if as_json:
        print_json(data)
        return
    for line in _lines(stored, data):
        typer.echo(line)


def _choices(file: Path | None) -> Choices:
    from core.exchange.netbox_choices import Choices, read_choices
    from core.terminal import read

    if file is None:
        return Choices()
    import json

    try:
        return read_choices(json.loads(read(file)))
    except (ValueError, RecursionError):
        raise CagenutError("this is no JSON", where=str(file), cure="Mend it, or leave it out") from None


def _read(folder: Path, choices: Choices) -> LibraryReading:
    """Read by a process of its own; whatever stops this one stops that."""
    from core.exchange.bounded_reading import BoundedReading
    from core.exchange.netbox_library import LibraryReading

    reading = BoundedReading("types", folder, choices)
    try:
        with Progress() as progress:
            while True:
                for kind, *rest in reading.messages():
                    if kind == "progress":
                        progress(rest[0], rest[1], rest[2])
                    elif kind == "done":
                        assert isinstance(rest[0], LibraryReading)
                        return rest[0]
                    else:
                        raise CagenutError(str(rest[0]))
                time.sleep(_POLL_S)
    finally:
        reading.stop()


def _write_report(path: Path, data: dict[str, Any]) -> None:
    import json

    from core.files.writing import write_safely

    try:
        write_safely(path, json.dumps(data, indent=1, ensure_ascii=False).encode())
    except FileError as error:
        raise CagenutError(
            f"the types are imported, but the report is not written: {error.problem}",
            where=str(path),
            cure=error.cure,
        ) from None


def _lines(stored: Stored, data: dict[str, Any]) -> list[str]:
    counts = data["counts"]
    lines = [
        f"{counts['files']:,} files: {counts['imported']:,} imported "
        f"({counts['doubtful']:,} of them with something that is doubted), {counts['refused']:,} refused"
    ]
    for name, count in counts["folders"].items():
        if name:
            lines.append(f"  {name}: {count['imported']:,} imported, {count['refused']:,} refused")
    lines += [f"refused {entry['file']}: {entry['reason']}" for entry in data["refused"][:20]]
    if counts["refused"] > 20:
        lines.append(f"and {counts['refused'] - 20:,} more: see the report")
    parts = (("new", stored.new), ("replaced", stored.replaced), ("as they were", stored.same))
    told = ", ".join(f"{count:,} {words}" for words, count in parts if count)
    lines.append(f"{stored.path}: {told}" if told else "nothing was imported")
    return lines
