"""The command line, over the same functions as the windows.

Exit status: 0 all is well, 1 the design has errors (or a set does not verify), 2 the input cannot be used.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from core import (
    calibration_commands,
    cost_commands,
    diff_commands,
    import_commands,
    link_commands,
    network_commands,
    supply_commands,
    sweep_commands,
)
from core.errors import CagenutError
from core.terminal import Json, check_built, print_table
from core.terminal import Progress as _Progress
from core.terminal import library as _library
from core.terminal import load as _load
from core.terminal import print_json as _print_json
from core.terminal import read as _read
from core.terminal import text as _text

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.model.project import Project

app = typer.Typer(
    name="cagenut",
    help="Draw, check and hand off AI data-centre racks and halls.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Design = Annotated[Path, typer.Argument(metavar="FILE", help="A design (*.cage).")]
PAPERS = ("A3", "A1", "ANSI-B", "ANSI-D")


@app.command("open")
def open_window(file: Annotated[Path | None, typer.Argument(metavar="[FILE]")] = None) -> None:
    """Open the window, on a design if one is given."""
    if file is not None and not file.exists():
        raise CagenutError(
            "there is no such file", where=str(file), cure="Check the name; cagenut --help lists the commands"
        )
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise CagenutError(
            "there is no display to open a window on",
            cure="Use the other commands, such as: cagenut spec FILE -o OUT.pdf",
        )
    # The window stands above this package, so this process becomes it; nothing of it is imported here.
    command = [sys.executable, "-m", "desktop", *([str(file)] if file else [])]
    if os.name == "posix":
        os.execv(sys.executable, command)
    import subprocess

    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command()
def evaluate(
    file: Design,
    as_json: Json = False,
    phase: Annotated[str, typer.Option(metavar="NAME", help="As it stands after this phase.")] = "",
) -> None:
    """Print what the design weighs, draws, rejects as heat, moves, computes and costs."""
    from core.engine.summary import as_data

    project, evaluation = _evaluated(file, phase)
    if as_json:
        _print_json(as_data(project, evaluation))
        return
    from rich.table import Table

    table = Table(title=None, box=None, pad_edge=False)
    for heading, justify in (("Quantity", "left"), ("Value", "right"), ("Limit", "right"), ("Known", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for q in evaluation.quantities.values():
        mark = " !" if q.state == "over" else ""
        table.add_row(q.label, q.text, q.limit_text + mark, _known(q.grounds))
    print_table(table)


@app.command()
def numbers(file: Design, as_json: Json = False) -> None:
    """Print the twelve numbers the window keeps in sight, value against limit."""
    project, evaluation = _evaluated(file)
    from core.engine.headline import Counts
    from core.engine.summary import headline_data
    from core.engine.twelve import headlines
    from core.rules.checking import Checker

    report = Checker(project, _library()).check(evaluation)
    counts = Counts(report.errors, report.warnings, report.infos, len(report.unchecked))
    found = headlines(evaluation, counts)
    if as_json:
        _print_json([headline_data(project, evaluation, headline) for headline in found])
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("Number", "Value", "", "State"):
        table.add_column(heading)
    for headline in found:
        beside = ", ".join(text for text in (headline.aside, headline.detail) if text)
        table.add_row(headline.label, headline.value, beside, headline.state)
    print_table(table)


@app.command()
def check(
    file: Design,
    as_json: Json = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what has a certain cure, and write the file.")
    ] = False,
    rule: Annotated[
        list[str] | None, typer.Option(help="With --fix: only this rule; may be given again.")
    ] = None,
) -> None:
    """Check the design against the rules: exit status 0 if no error is found, 1 if one is."""
    from core.rules.checking import Checker
    from core.rules.listing import as_data, as_lines

    if fix:
        from core.explore.fixing import fix_file

        found = fix_file(file, _library(), rule or ())
        for finding in found.done:
            typer.echo(f"fixed   {finding.rule}: {finding.message}", err=as_json)
        for finding, reason in found.left:
            typer.echo(f"not     {finding.rule}: {finding.message} [not fixed: {reason}]", err=as_json)
        report = found.report
    else:
        project, evaluation = _evaluated(file)
        report = Checker(project, _library()).check(evaluation)
    if as_json:
        _print_json(as_data(report))
    else:
        for line in as_lines(report):
            typer.echo(line)
    raise typer.Exit(1 if report.errors else 0)


@app.command()
def spec(
    file: Design,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT.pdf", help="Where the set is written.")
    ],
    paper: Annotated[str, typer.Option(help=f"One of {', '.join(PAPERS)}.")] = "A3",
    replace: Annotated[bool, typer.Option("--replace", help="Replace the PDF if there is one.")] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A design to compare with, or FILE@REVISION; may be given again."),
    ] = None,
) -> None:
    """Write the specification set of a design as PDF."""
    from core.files.writing import write_safely
    from core.report.specification import make_specification

    if paper not in PAPERS:
        raise CagenutError(
            f"there is no paper '{paper}'", where="--paper", cure=f"Choose {', '.join(PAPERS)}"
        )
    if output.suffix.lower() != ".pdf":
        raise CagenutError("a set is a PDF", where=str(output), cure="Give a name that ends in .pdf")
    if output.exists() and not replace:
        raise CagenutError("the file exists", where=str(output), cure="Give another name, or --replace")
    project = _load(file)
    with _Progress() as report:
        others = tuple(diff_commands.named(text) for text in against or ())
        data = make_specification(project, _library(), paper=paper, progress=report, against=others)
    write_safely(output, data)
    typer.echo(f"{output}: {len(data) / 1e6:.1f} MB")


@app.command()
def verify(file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="A specification set.")]) -> None:
    """Tell whether a set carries the design its title blocks name: 0 if so, 1 if not, 2 if it is no PDF."""
    from core.report.specification import verify as verify_set

    data = _read(file)
    if b"%PDF-" not in data[:1024]:
        raise CagenutError("this is no PDF", where=str(file), cure="Give a set made by cagenut spec")
    result = verify_set(data)
    typer.echo(f"{file}: {result.message}")
    raise typer.Exit(0 if result.ok else 1)


@app.command()
def catalogue(
    words: Annotated[list[str] | None, typer.Argument(help="Words to look for, such as: switch 800g")] = None,
) -> None:
    """List the catalogue, or what of it matches all the words."""
    from rich.table import Table

    from core.catalogue.library import kind_of

    library = _library()
    found = library.search(" ".join(words or ()))
    table = Table(box=None, pad_edge=False)
    for heading in ("Id", "Kind", "Maker", "Model", "Part number"):
        table.add_column(heading, no_wrap=heading == "Id")
    for entry in found:
        table.add_row(entry.id, kind_of(entry), entry.maker, entry.name, entry.part_number)
    print_table(table)
    for problem in library.problems:
        typer.echo(f"left out: {problem}", err=True)
    if not found:
        typer.echo("nothing matches", err=True)
        raise typer.Exit(1)


@app.command("import-type")
def import_type(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="A type of the NetBox library.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="OUT.toml", help="Where the type is written.")
    ] = None,
) -> None:
    """Read a device, module or rack type of the NetBox library; print it as TOML, or write it to a file."""
    from core.catalogue.type_file import write_type
    from core.exchange.netbox_types import read_netbox
    from core.files.writing import write_safely

    if output is not None and output.exists():
        raise CagenutError("the file exists", where=str(output), cure="Give another name")
    found = read_netbox(_text(file), file.name)
    for note in found.notes:
        typer.echo(note, err=True)
    if output is None:
        typer.echo(write_type(found.spec), nl=False)
    else:
        write_safely(output, write_type(found.spec).encode())
        typer.echo(f"{output}: {found.spec.name}, {found.ports_read - found.ports_left_out} ports")


@app.command()
def validate(
    file: Annotated[
        Path | None, typer.Argument(metavar="CASES.yaml", help="Published cases; those shipped if left out.")
    ] = None,
    family: Annotated[
        str, typer.Option(help="Only cases of this family, such as superpod or collective.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Compare published cases with what is computed: exit status 1 if one falls short or a goal is missed."""
    from core.exchange.yaml_text import read_yaml
    from core.explore.validation.cases import read_cases
    from core.explore.validation.listing import as_data, as_lines
    from core.explore.validation.running import validate as run
    from core.explore.validation.shipped import SHIPPED, shipped

    files = [(file.name, _text(file))] if file is not None else [(name, shipped(name)) for name in SHIPPED]
    cases = [case for name, text in files for case in read_cases(read_yaml(text, name, kind="case"), name)]
    with _Progress(lines=True) as progress:
        report = run(cases, family, progress)
    if as_json:
        _print_json(as_data(report))
    else:
        for line in as_lines(report):
            typer.echo(line)
    raise typer.Exit(0 if report.is_good else 1)


@app.command()
def new(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The new design (*.cage).")],
    template: Annotated[str, typer.Option(help="Name of a template; none starts with an empty hall.")] = "",
) -> None:
    """Start a design from a template."""
    from core.editing.starting import new_project, template_names
    from core.files.project_file import save

    if output.exists():
        raise CagenutError("the file exists", where=str(output), cure="Give another name")
    if template and template not in template_names():
        names = ", ".join(template_names())
        raise CagenutError(f"there is no template '{template}'", where="--template", cure=f"Choose {names}")
    project = new_project(template)
    save(project, output, None)
    typer.echo(f"{output}: {project.count()} records")


app.command()(cost_commands.cost)
app.command()(supply_commands.supply)
app.command()(diff_commands.diff)
app.command()(diff_commands.merge)
app.command()(link_commands.links)
app.command()(network_commands.generate)
app.command()(network_commands.candidates)
app.command()(network_commands.graph)
app.command()(network_commands.collectives)
app.command()(calibration_commands.calibrate)
app.command()(sweep_commands.sweep)
app.add_typer(import_commands.app)


def _evaluated(file: Path, phase: str = "") -> tuple[Project, Evaluation]:
    from core.engine.evaluation import Evaluator
    from core.model.phasing import built_up_to, order_of

    project = _load(file)
    if phase:
        project = built_up_to(project, order_of(project, phase))
    check_built(project, file)
    return project, Evaluator(project).evaluate()


def _known(grounds: Any) -> str:
    if grounds.unknown:
        return f"{grounds.label}; {len(grounds.unknown)} unknown" if grounds.label else "unknown"
    return str(grounds.label)


def _fail(error: CagenutError) -> NoReturn:
    typer.echo(f"cagenut: {error}", err=True)
    raise SystemExit(2)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; `cagenut` and `cagenut FILE` are short for `cagenut open`."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    commands = {
        command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands
    } | {import_commands.app.info.name}
    if not given or (given[0] not in commands and not given[0].startswith("-")):
        given.insert(0, "open")
    try:
        app(given, prog_name="cagenut")
    except CagenutError as error:
        _fail(error)


if __name__ == "__main__":
    main()
