"""The command `sweep`: many variants of one design, and which of them nothing else beats."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError
from core.terminal import Json, Progress, print_json, print_table, text

if TYPE_CHECKING:
    from core.explore.sweeps.executors import Executor
    from core.explore.sweeps.running import Outcome
    from core.explore.sweeps.spec import Spec
    from core.explore.sweeps.variants import Plan

SHOWN = 20


def sweep(
    file: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="What is varied, kept and sought.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder of the results; with --open the design."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes; as many as there are cores, if 0.", min=0)] = 0,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Run on this Dask cluster, such as tcp://host:8786.")
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the points that are there.")] = False,
    number: Annotated[
        int | None, typer.Option("--open", metavar="N", help="Write point N as a design to -o FILE.cage.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="With --open: folder of the results.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compute variants of a design; write them as CSV and Parquet and print those that nothing beats."""
    from core.explore.sweeps.running import run
    from core.explore.sweeps.spec import read_spec
    from core.explore.sweeps.store import write_tables
    from core.explore.sweeps.variants import plan_of
    from core.files.state import types_folder

    spec = read_spec(text(file), str(file))
    plan = plan_of(spec, file.resolve().parent, (str(types_folder()),))
    usual = file.with_name(f"{file.stem}-sweep")
    if number is not None:
        _open(spec, plan, number, results or usual, output)
        return
    folder = output or usual
    executor = _executor(jobs, scheduler)
    try:
        with Progress(lines=True) as progress:
            outcome = run(spec, plan, folder, executor, resume=resume, progress=progress)
    except KeyboardInterrupt:
        raise CagenutError(
            "the sweep was given up", where=str(folder), cure="Run it again with --resume; points are kept"
        ) from None
    finally:
        executor.close()
    files = write_tables(folder, outcome.rows)
    if as_json:
        print_json(_data(outcome, files))
        return
    _print(outcome)
    for each in files:
        typer.echo(f"{each}: {len(outcome.points)} points")
    if len(files) == 1:
        typer.echo("No Parquet: pyarrow is not installed (pip install cagenut[parquet])", err=True)


def _executor(jobs: int, scheduler: str) -> Executor:
    from core.explore.sweeps.executors import Cluster, Here, Processes

    if scheduler:
        return Cluster(scheduler)
    workers = jobs or os.cpu_count() or 1
    return Processes(workers) if workers > 1 else Here()


def _open(spec: Spec, plan: Plan, number: int, results: Path, output: Path | None) -> None:
    from core.explore.sweeps.running import open_point, stored
    from core.files.project_file import SUFFIX, save

    if output is None or output.suffix != SUFFIX:
        raise CagenutError("a point is written as a design", cure="Give -o FILE.cage")
    if output.exists():
        raise CagenutError("the file exists", where=str(output), cure="Give another name")
    found = {point.number: point for point in stored(spec, plan, results).points}
    if number not in found:
        raise CagenutError(
            f"there is no point {number}",
            where=str(results),
            cure=f"There are {len(found)}, the last is {max(found, default=0)}: points.csv lists them",
        )
    project = open_point(plan, found[number])
    save(project, output, None)
    typer.echo(f"{output}: {project.count()} records")


def _print(of: Outcome) -> None:
    from rich.table import Table

    kept = sum(not point.failure and point.key not in of.broken for point in of.points)
    typer.echo(
        f"{len(of.points)} points, {of.computed} computed now: {kept} keep all limits, "
        f"{len(of.broken)} do not, "
        f"{of.failed} could not be built"
    )
    for reason, count in _reasons(of)[:5]:
        typer.echo(f"  {count} x {reason}")
    if not of.spec.objectives:
        return
    goals = [goal.quantity for goal in of.spec.objectives]
    table = Table(box=None, pad_edge=False)
    names = [one.name for one in of.spec.parameters]
    for heading in ("Point", *names, *goals):
        table.add_column(heading, justify="right", no_wrap=True)
    front = sorted(of.front, key=lambda point: point.quantities[goals[0]] or 0.0)
    for point in front[:SHOWN]:
        cells = [*(point.values[name] for name in names), *(point.quantities[goal] for goal in goals)]
        table.add_row(str(point.number), *(_number(cell) for cell in cells))
    typer.echo(f"{len(front)} that nothing else beats:")
    print_table(table, whole_rows=True)
    if len(front) > SHOWN:
        typer.echo(f"and {len(front) - SHOWN} more in the tables")


def _reasons(of: Outcome) -> list[tuple[str, int]]:
    from collections import Counter

    return Counter(point.failure for point in of.points if point.failure).most_common()


def _number(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _data(of: Outcome, files: list[Path]) -> dict[str, Any]:
    return {
        "name": of.spec.name,
        "computed": of.computed,
        "failed": of.failed,
        "points": of.rows,
        "front": [point.number for point in of.front],
        "files": [str(each) for each in files],
    }
