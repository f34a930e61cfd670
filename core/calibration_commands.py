"""The command that fits constants of models to measurements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError
from core.terminal import Json, Progress, print_json, text

if TYPE_CHECKING:
    from core.explore.fitting.calibration import Calibration
    from core.explore.validation.cases import Case


def calibrate(
    file: Annotated[
        Path, typer.Argument(metavar="CASES.yaml", help="Measurements, as in workload-cases.yaml.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Constants (*.toml); the folder of your own ones if left out.",
        ),
    ] = None,
    training: Annotated[
        bool, typer.Option("--training", help="Fit the constants of training; without such, all.")
    ] = False,
    inference: Annotated[
        bool, typer.Option("--inference", help="Fit the constants of inference; without such, all.")
    ] = False,
    collectives: Annotated[
        bool, typer.Option("--collectives", help="Fit the constants of collectives; without such, all.")
    ] = False,
    afresh: Annotated[
        bool,
        typer.Option("--afresh", help="Begin at what was taken before any case, not at shipped constants."),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave no source out in turn: one fit only.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the error of each case that was left out too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the constants of the models to measurements, and tell the errors in the fit and left out of it."""
    from core.explore.fitting.calibration import KINDS, against_shipped
    from core.explore.fitting.calibration import calibrate as fit
    from core.explore.validation.left_out import errors_text

    names = [name for name in KINDS if {"training": training, "inference": inference}.get(name, collectives)]
    cases = _cases(file)
    if not names:
        kinds = {case.family for case in cases}
        names = [name for name, kind in KINDS.items() if kind in kinds]
    if not names:
        raise CagenutError(
            "the file has no case that constants are fitted to",
            where=str(file),
            cure="Kinds of cases are training, inference and collective",
        )
    targets = {name: _target(name, output, names) for name in names}
    for target in (*targets.values(), *([errors] if errors else [])):
        if target.exists() and not replace:
            raise CagenutError("the file exists", where=str(target), cure="Give another name, or --replace")
    found: dict[str, Calibration] = {}
    with Progress(lines=True) as progress:
        for name in names:
            found[name] = fit(KINDS[name], cases, afresh=afresh, without=not quick, progress=progress)
    for name, one in found.items():
        _write(targets[name], one.text)
    if errors:
        kept: dict[str, Any] = {one.kind: against_shipped(cases, one.errors) for one in found.values()}
        _write(errors, errors_text(kept))
    rows = [_row(name, one, targets[name]) for name, one in found.items()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        left = "" if row["left_out"] is None else f", {row['left_out']:.1%} with each source left out in turn"
        typer.echo(
            f"{row['name']}: {row['cases']} cases of {len(row['sources'])} sources, mean error over sources "
            f"{row['fitted']:.1%} in the fit{left}; written to {row['file']}"
        )


def _cases(file: Path) -> list[Case]:
    from core.exchange.yaml_text import read_yaml
    from core.explore.validation.cases import read_cases

    return read_cases(read_yaml(text(file), str(file), kind="case"), str(file))


def _target(name: str, output: Path | None, names: list[str]) -> Path:
    """Return where the constants of a kind go; of several kinds `-o` names a folder."""
    if output is None:
        from core.files.state import constants_folder

        return constants_folder() / f"{name}.toml"
    if len(names) > 1 or output.is_dir():
        if output.suffix == ".toml":
            raise CagenutError(
                f"{len(names)} kinds of constants do not go into one file",
                where=str(output),
                cure="Name a folder, or choose one of --training, --inference, --collectives",
            )
        return output / f"{name}.toml"
    return output


def _write(target: Path, content: str) -> None:
    from core.files.writing import make_folder, write_safely

    make_folder(target.parent)
    write_safely(target, content.encode())


def _row(name: str, one: Calibration, target: Path) -> dict[str, Any]:
    left = None if one.left_out != one.left_out else round(one.left_out, 4)
    return {
        "name": name,
        "cases": one.cases,
        "sources": list(one.sources),
        "date": one.date,
        "fitted": round(one.fitted, 4),
        "left_out": left,
        "file": str(target),
    }
