"""The command `links`: drawings linked from other files, and newer versions of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from core.errors import CagenutError
from core.terminal import Json, load, print_json

if TYPE_CHECKING:
    from core.model.project import Project
    from core.model.records import LinkedBlock


def links(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A design (*.cage).")],
    add: Annotated[
        str,
        typer.Option(metavar="SOURCE[@REV]", help="Link --block of this file, as saved or revision REV."),
    ] = "",
    block: Annotated[str, typer.Option(metavar="NAME", help="Drawing of the source to link.")] = "",
    update: Annotated[
        str, typer.Option(metavar="NAME[@REV]", help="Take the latest revision of a linked drawing, or REV.")
    ] = "",
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if a link is not up to date.")] = False,
    date: Annotated[str, typer.Option(help="Day of the link, ISO 8601; today if left out.")] = "",
    as_json: Json = False,
) -> None:
    """List drawings linked from other files and whether newer versions are there; link one, or update it."""
    from core.editing.linking import copy_digest, read_source, state_of

    project = load(file)
    folder = file.resolve().parent
    if block and not add:
        raise CagenutError("the file to link from is not said", cure="Name it with --add")
    if add or update:
        _take(project, file, folder, add, block, update, date)
    rows = []
    for record in project.rows("linked").values():
        link = cast("LinkedBlock", record)
        drawing = project.blocks.get(link.root)
        try:
            state = state_of(link, read_source(link.file, folder), copy_digest(project, link))
        except CagenutError as error:
            state = f"not read: {error}"
        rows.append(
            {
                "name": drawing.name if drawing is not None else "",
                "file": link.file,
                "revision": link.revision,
                "date": link.date,
                "digest": link.digest,
                "state": state,
            }
        )
    if as_json:
        print_json({"links": rows})
    else:
        for row in rows:
            version = f"revision {row['revision']}" if row["revision"] else f"as saved, {row['date']}"
            typer.echo(f"{row['name']}: {row['file']}, {version}: {row['state']}")
        if not rows:
            typer.echo("No drawing is linked.")
    if check and any(row["state"] != "up to date" for row in rows):
        raise typer.Exit(1)


def _take(project: Project, file: Path, folder: Path, add: str, block: str, update: str, date: str) -> None:
    """Link a drawing or bring one to another version, and save the design."""
    import datetime

    from core.editing.linking import link_block, named_from, read_source
    from core.files import writing
    from core.files.project_file import read_bytes, save
    from core.model.change import Edit
    from core.model.history import History

    try:
        datetime.date.fromisoformat(date or "2026-01-01")
    except ValueError:
        raise CagenutError(f"'{date}' is no date", where="--date", cure="Write it as 2026-11-23") from None
    if add and update:
        raise CagenutError("link one or update one", cure="Give --add or --update")
    day = date or datetime.date.today().isoformat()
    if add:
        path, revision = _parted(add)
        if Path(path).exists() and Path(path).samefile(file):
            raise CagenutError("a design is not linked to itself", cure="Name another file")
        source = read_source(named_from(Path(path), folder), folder, revision)
        named = {one.name: one.id for one in source.project.blocks.values()}
        if block not in named:
            raise CagenutError(
                f"{path} has no drawing '{block}'" if block else "which drawing is to be linked is not said",
                cure=f"Give --block with one of: {', '.join(sorted(named))}",
            )
        of = named[block]
    else:
        name, revision = _parted(update)
        link = _linked(project, name)
        source = read_source(link.file, folder)
        if revision or source.versions:
            source = read_source(link.file, folder, revision or source.versions[0])
        of = link.of
    edit = Edit(project, "Link")
    link_block(edit, source, of, day)
    History(project).commit(edit.change())
    for note in dict.fromkeys(edit.notes):
        typer.echo(note, err=True)
    save(project, file, writing.sha256(read_bytes(file)))


def _parted(text: str) -> tuple[str, str]:
    """Return name and revision of NAME[@REV]; a file whose name has an @ is taken as it is."""
    name, at, revision = text.rpartition("@")
    return (text, "") if not at or Path(text).exists() else (name, revision)


def _linked(project: Project, name: str) -> LinkedBlock:
    for record in project.rows("linked").values():
        link = cast("LinkedBlock", record)
        drawing = project.blocks.get(link.root)
        if name in (link.root, drawing.name if drawing is not None else ""):
            return link
    raise CagenutError(f"no linked drawing is called '{name}'", cure="cagenut links FILE lists them")
