"""Commands for several designs: what differs, and two people's changes brought together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError
from core.terminal import Json, load, print_json, print_table
from core.units import UNKNOWN

if TYPE_CHECKING:
    from core.engine.comparison import Comparison, Named
    from core.engine.record_changes import ChangeRow
    from core.explore.merging import Side, Where

Design = Annotated[Path, typer.Argument(metavar="FILE", help="A design (*.cage).")]


def diff(
    files: Annotated[
        list[str],
        typer.Argument(metavar="A B [C ...]", help="Designs; FILE@REVISION for what a revision issued."),
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="Print figures that are the same as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print what designs have otherwise than the first: figures, bills, what was added, removed, moved."""
    from core.engine.comparison import compare

    if len(files) < 2:
        raise CagenutError("a comparison needs two designs", cure="cagenut diff A.cage B.cage")
    found = compare([named(text) for text in files])
    if as_json:
        print_json(as_data(found))
        return
    _print_figures(found, everything)
    _print_bill(found)
    for name, rows, related in zip(found.names[1:], found.changes, found.related, strict=True):
        typer.echo(f"\nChanges of {name}")
        if not related:
            typer.echo("  not of the same project: compared by figures and by the bill alone")
        elif not rows:
            typer.echo("  none")
        for row in rows:
            typer.echo(f"  {row.kind:<8} {row.words}")


def named(text: str) -> Named:
    """Return a design by `FILE` or `FILE@REVISION`, evaluated.

    Raises
    ------
    CagenutError
        If there is no such file or revision.
    """
    from core.editing.issuing import project_of
    from core.engine.comparison import Named
    from core.engine.evaluation import evaluate

    path, at, number = text.rpartition("@")
    if not at or Path(text).exists():
        path, number = text, ""
    project = load(Path(path))
    if number:
        revisions = {revision.number: revision for revision in project.revisions.values()}
        if number not in revisions:
            known = ", ".join(sorted(revisions)) or "none"
            raise CagenutError(
                f"there is no revision '{number}'", where=path, cure=f"The design has: {known}"
            )
        project = project_of(revisions[number])
    name = Path(path).stem + (f" rev {number}" if number else "")
    return Named(name, project, evaluate(project))


def _print_figures(found: Comparison, everything: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("Figure")
    for name in found.names:
        table.add_column(name, justify="right")
    for name in found.names[1:]:
        table.add_column(f"{name} / {found.names[0]}", justify="right")
    for row in found.figures:
        if row.is_same and not everything:
            continue
        table.add_row(
            row.label,
            *(text or UNKNOWN for text in row.texts),
            *(row.ratio_text(at) for at in range(1, len(found.names))),
        )
    if table.row_count:
        print_table(table)
    else:
        typer.echo("All figures are the same.")


def _print_bill(found: Comparison) -> None:
    if found.bill:
        typer.echo("\nPieces")
    for row in found.bill:
        counts = "  ".join(f"{count:>8,}" for count in row.counts)
        typer.echo(f"  {row.name:<48} {counts}")


def as_data(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data (docs/comparison.md)."""
    return {
        "designs": list(found.names),
        "figures": [
            {
                "name": row.name,
                "label": row.label,
                "unit": row.unit,
                "values": list(row.values),
                "at_least": [q is not None and bool(q.lacking) for q in row.quantities],
                "differences": [row.difference(at) for at in range(1, len(found.names))],
                "ratios": [row.ratio(at) for at in range(1, len(found.names))],
            }
            for row in found.figures
        ],
        "bill": [{"type": row.type, "name": row.name, "counts": list(row.counts)} for row in found.bill],
        "changes": [
            {"design": name, "related": related, "rows": [_row(row) for row in rows]}
            for name, rows, related in zip(found.names[1:], found.changes, found.related, strict=True)
        ],
    }


def _row(row: ChangeRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "table": row.table,
        "where": row.where,
        "count": row.count,
        "fields": [{"label": f.label, "before": f.before, "after": f.after} for f in row.fields],
        "things": [{"name": one.name, "key": list(one.key), "times": one.times} for one in row.changes],
    }


def merge(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="What both started from.")],
    ours: Annotated[Path, typer.Argument(metavar="OURS")],
    theirs: Annotated[Path, typer.Argument(metavar="THEIRS")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The merged design.")],
    prefer: Annotated[
        str, typer.Option(help="Side of every conflict that the choices leave open: ours or theirs.")
    ] = "",
    choices: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="Sides chosen, as --json lists the conflicts.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the file if there is one.")] = False,
    as_json: Json = False,
) -> None:
    """Merge two people's changes to one design; with conflicts left, exit status 1 and nothing written."""
    from core.explore.merging import merge as merged
    from core.files.project_file import SUFFIX, save
    from core.files.writing import ABSENT

    if prefer not in ("", "ours", "theirs"):
        raise CagenutError(f"'{prefer}' is no side", where="--prefer", cure="Use ours or theirs")
    if output.suffix != SUFFIX:
        raise CagenutError(
            "a design is written as *.cage", where=str(output), cure=f"Use a name with {SUFFIX}"
        )
    if output.exists() and not replace:
        raise CagenutError("the file exists", where=str(output), cure="Use another name, or --replace")
    start, own, other = (load(path) for path in (base, ours, theirs))
    chosen = _choices(choices) if choices else {}
    found = merged(start, own, other, chosen)
    if unknown := chosen.keys() - {one.where for one in found.conflicts}:
        table, key, field = min(unknown)
        raise CagenutError(
            f"there is no conflict about {table} {key[1]} {field}".rstrip(),
            where=str(choices),
            cure="Take what --json prints of these designs, and fill in each side",
        )
    if prefer and found.open:
        side: Side = "ours" if prefer == "ours" else "theirs"
        chosen |= {one.where: side for one in found.open}
        found = merged(start, own, other, chosen)
    if as_json:
        print_json(
            {
                "taken": found.taken,
                "conflicts": [
                    {"table": one.table, "key": list(one.key), "field": one.field, "name": one.name,
                     "ours": one.ours, "theirs": one.theirs, "side": chosen.get(one.where, "")}
                    for one in found.conflicts
                ],
                "problems": list(found.problems),
                "revisions_left": list(found.left),
            }
        )  # fmt: skip
    else:
        for one in found.open:
            typer.echo(f"conflict: {one.words}")
        for problem in found.problems:
            typer.echo(f"broken: {problem}")
    if not found.is_done:
        if not as_json:
            typer.echo(f"{len(found.open) + len(found.problems)} to decide; nothing was written", err=True)
        raise typer.Exit(1)
    save(found.project, output, None if replace else ABSENT)
    if not as_json:
        typer.echo(f"{output}: {found.taken} records taken from {theirs.name}")
        if found.left:
            numbers = ", ".join(found.left)
            typer.echo(f"revision {numbers} of {theirs.name} is not taken: it issued another state")


def _choices(path: Path) -> dict[Where, Side]:
    """Return the sides that a file chooses: the conflicts of `--json`, each with its side."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["conflicts"]
        found: dict[Where, Side] = {}
        for row in rows:
            if row["side"] not in ("", "ours", "theirs"):
                side = row["side"]
                raise CagenutError(f"'{side}' is no side", where=str(path), cure="Use ours or theirs")
            if row["side"]:
                block, record = row["key"]
                found[str(row["table"]), (str(block), str(record)), str(row["field"])] = row["side"]
        return found
    except OSError as error:
        raise CagenutError(error.strerror or "cannot be read", where=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise CagenutError(
            "these are no choices", where=str(path), cure="Take what --json prints and fill in each side"
        ) from None
