"""Commands for networks: generate one of a family, candidates for a requirement, graph files in and out."""

from __future__ import annotations

import json
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import units
from core.errors import CagenutError
from core.terminal import Json, Progress, library, load_built, print_json, print_table, read
from core.units import span

if TYPE_CHECKING:
    from core.engine.collective_table import CollectiveTable
    from core.engine.throughput.load import Throughput
    from core.explore.candidate_measures import Measures
    from core.explore.candidates import Candidate
    from core.fabrics.family import Graph, Parameters

Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="OUT", help="Graph file: .graphml, .gml, .json or .dot."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the file if there is one.")]


def generate(
    family: Annotated[str, typer.Argument(help="Name of a family; none lists them.")] = "",
    parameters: Annotated[
        list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Of the family.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of families that draw at random.")] = 0,
    output: Output = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Generate a network of a family: print what it takes and how it measures, or write its graph."""
    from core.fabrics import families

    if not family:
        _print_families(as_json)
        return
    chosen = families.family(family)
    values = dict(_value(text, chosen.parameters) for text in parameters or ())
    graph = chosen.build(chosen.read(values), seed)
    if output is not None:
        _write(graph, output, replace)
        return
    _print_measures(graph, (), as_json)


def candidates(
    gpus: Annotated[int, typer.Option(help="Accelerators to join.")],
    switch: Annotated[list[str], typer.Option(help="Switch type of the catalogue; may be given again.")],
    host: Annotated[str, typer.Option(help="Device type of the hosts.")] = "nvidia-dgx-h100",
    family: Annotated[list[str] | None, typer.Option(help="Only this family; may be given again.")] = None,
    oversubscription: Annotated[
        list[float] | None, typer.Option(help="Accepted at the leafs; may be given again.")
    ] = None,
    unit_hosts: Annotated[int, typer.Option(help="Hosts of a scalable unit.")] = 32,
    seed: Annotated[int, typer.Option(help="Of families that draw at random.")] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="Without hops and throughput.")] = False,
    failures: Annotated[bool, typer.Option("--failures", help="With the worst single failure.")] = False,
    as_json: Json = False,
) -> None:
    """Print the networks that would do, side by side, the cheapest first."""
    from core.explore import candidates as table
    from core.explore.candidate_measures import measured
    from core.explore.candidate_table import as_data
    from core.model.types import SWITCH_KINDS, DeviceType

    _in_range("--oversubscription", oversubscription or (), 0.25, 64)
    _in_range("--unit-hosts", (unit_hosts,), 1, 10_000)
    catalogue = library()
    for name in switch:
        spec = catalogue.find(name)
        if not isinstance(spec, DeviceType) or spec.kind not in SWITCH_KINDS:
            raise CagenutError(
                f"'{name}' is no switch of the catalogue",
                where="--switch",
                cure="List them: cagenut catalogue switch",
            )
    need = table.need_of_hosts(catalogue, host, gpus, unit_hosts)
    ratios = tuple(oversubscription or (need.oversubscription,))
    choices = table.Choices(tuple(switch), host, tuple(family or ()), ratios, seed=seed)
    with Progress() as report:
        found = table.candidates(need, choices, catalogue, report)
        if not quick:
            for number, candidate in enumerate(found):
                report(number, len(found), candidate.label)
                found[number] = measured(candidate, failures=failures)
            found = table.rank(found)
    if as_json:
        print_json({"lengths_m": _lengths(choices.lengths), "candidates": [as_data(c) for c in found]})
        return
    _print_candidates(found, choices.lengths)


def graph(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A design (*.cage).")] = None,
    fabric: Annotated[str, typer.Option(help="Id or name of a fabric of the design.")] = "",
    source: Annotated[
        Path | None, typer.Option("--read", metavar="GRAPH", help="A graph file instead of a design.")
    ] = None,
    gbps: Annotated[float, typer.Option(help="Rate of links that the graph file gives none for.")] = 400.0,
    gpus: Annotated[int, typer.Option(help="GPUs of hosts that the graph file gives none for.")] = 0,
    output: Output = None,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Measure a fabric of a design, or the network of a graph file; with -o write it as a graph file."""
    found, notes = _drawn(file, fabric) if source is None else _from_file(file, source, gbps, gpus)
    for note in notes:
        typer.echo(f"note: {note}", err=True)
    if output is not None:
        _write(found, output, replace)
        return
    _print_measures(found, notes, as_json)


def collectives(
    file: Annotated[Path, typer.Argument(metavar="DESIGN", help="A design (*.cage).")],
    fabric: Annotated[
        str, typer.Option(help="Id or name of a fabric; by default all compute fabrics, one after the other.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Print times of collectives on the drawn fabrics: algorithm, bandwidth, what limits it, basis."""
    from core.engine.collective_table import ROLE, collective_table
    from core.engine.evaluation import evaluate
    from core.exchange.drawn_graph import fabric_named

    project = load_built(file)
    if fabric:
        wanted = [fabric_named(project, fabric)]
    else:
        wanted = [each.id for each in project.fabrics.values() if each.role == ROLE]
        wanted = sorted(wanted) or list(project.fabrics)[:1] or [""]
    of = evaluate(project)
    found = {}
    for each in wanted:
        record = project.fabrics.get(each)
        name = record.name or each if record is not None else "links of no fabric"
        try:
            found[name] = collective_table(project.fabrics, of, each)
        except CagenutError as error:
            raise error.at(name) from None
    if as_json:
        print_json({"fabrics": [{"fabric": name, **table.as_data()} for name, table in found.items()]})
        return
    _print_collectives(found)


def _print_collectives(found: dict[str, CollectiveTable]) -> None:
    from rich.table import Table

    from core.engine.collective_table import COLUMNS, NOTES

    for name, each in found.items():
        typer.echo(f"{name}: {each.about}")
        table = Table(box=None, pad_edge=False)
        for column in COLUMNS:
            table.add_column(
                column, justify="right" if column in ("Time", "Bus GB/s") else "left", no_wrap=True
            )
        for row in each.rows:
            table.add_row(*row.cells)
        print_table(table, whole_rows=True)
    for note in NOTES:
        typer.echo(note)


def _drawn(file: Path | None, fabric: str) -> tuple[Graph, tuple[str, ...]]:
    from core.engine.evaluation import evaluate
    from core.exchange.drawn_graph import drawn_graph, fabric_named

    if file is None:
        raise CagenutError("no design is given", cure="Give a design, or --read GRAPH")
    project = load_built(file)
    if not fabric and len(project.fabrics) == 1:
        fabric = next(iter(project.fabrics))
    return drawn_graph(project, evaluate(project), fabric_named(project, fabric)), ()


def _from_file(file: Path | None, source: Path, gbps: float, gpus: int) -> tuple[Graph, tuple[str, ...]]:
    from core.exchange.graph_files import read_graph
    from core.fabrics.custom import Defaults

    if file is not None:
        raise CagenutError("a design and a graph file are given", cure="Give one of them")
    _in_range("--gbps", (gbps,), 0.001, 1e6)
    _in_range("--gpus", (gpus,), 0, 1024)
    found = read_graph(read(source), str(source), Defaults(gbps=gbps, gpus=gpus))
    return found.graph, found.notes


def _in_range(option: str, values: Any, low: float, high: float) -> None:
    for value in values:
        if not low <= value <= high:
            raise CagenutError(f"{value:g} is out of range", where=option, cure=f"Give {low:g} to {high:g}")


def _write(graph: Graph, output: Path, replace: bool) -> None:
    from core.exchange.graph_files import write_graph
    from core.files.writing import write_safely

    data = write_graph(graph, str(output))
    if output.exists() and not replace:
        raise CagenutError("the file exists", where=str(output), cure="Give another name, or --replace")
    write_safely(output, data)
    typer.echo(
        f"{output}: {len(graph):,} nodes, {graph.number_of_edges():,} trunks, {len(data) / 1e6:.1f} MB"
    )


def _value(text: str, kind: type[Parameters]) -> tuple[str, Any]:
    """Return name and value of NAME=VALUE: a number or true and false where it is one, else the text.

    What a parameter keeps as text stays text, a shape of one number (`links=2`) too.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise CagenutError(
            f"'{text}' is no parameter", where="-p", cure="Write NAME=VALUE, such as hosts=128"
        )
    from core.model.fields import fields_of

    field = fields_of(kind).get(name.strip())
    if field is not None and isinstance(field.default, str):
        return name.strip(), value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = value
    return name.strip(), found if isinstance(found, (bool, int, float)) else value


def _print_families(as_json: bool) -> None:
    from core.fabrics.families import FAMILIES
    from core.model.fields import fields_of

    kinds: dict[str, type[Parameters]] = {name: each.parameters for name, each in FAMILIES.items()}
    fields = {name: fields_of(kind).values() for name, kind in kinds.items()}
    if as_json:
        data = {}
        for name, each in FAMILIES.items():
            parameters = {f.name: {"label": f.label, "default": f.default} for f in fields[name]}
            data[name] = {"label": each.label, "summary": each.summary, "parameters": parameters}
        print_json(data)
        return
    for name, each in FAMILIES.items():
        typer.echo(f"{name}: {each.summary}")
        typer.echo(f"    {', '.join(f'{f.name}={f.default}' for f in fields[name])}")


def _measure_rows(graph: Graph, measures: Measures) -> dict[str, tuple[str, str]]:
    from core.explore.candidate_measures import MOST_FOR_BOUND
    from core.fabrics.weave import sizes_of

    sizes, found = sizes_of(graph), measures
    rows = {f"Devices, {role}": (units.show(n), "exact") for role, n in sizes.devices.items()}
    rows |= {f"Links, {a} to {b}": (units.show(n), "exact") for (a, b), n in sizes.links.items()}
    rows |= {
        "GPUs": (units.show(sizes.gpus), "exact"),
        "Components": (units.show(found.components), "exact"),
        "Parts of the switches alone": (units.show(found.parts), "exact"),
        "Diameter, switches between hosts": (units.show(found.most_hops), "exact"),
        "Mean switches between GPUs": (units.show(found.mean_hops, digits=3), "exact"),
    }
    if found.oversubscription is not None:
        rows["Oversubscription"] = (f"{units.show(found.oversubscription, digits=3)} : 1", "exact")
    rows["All-to-all by ECMP, of the full rate of hosts"] = _throughput(found.throughput)
    rows["Near worst case, TUB, of the full rate of hosts"] = (
        ("not computed", f"above {MOST_FOR_BOUND:,} switches")
        if found.bound is None
        else _throughput(found.bound)
    )
    return rows


def _throughput(found: Throughput) -> tuple[str, str]:
    if isinf(found.value):
        return "not limited", "no traffic leaves a switch"
    free = units.share(found.value - 1)
    bound = {"upper bound": "at most ", "exact": ""}.get(found.kind, "at least ")
    over = f", headroom {bound}{free}" if found.value > 1.0005 else ""
    return units.share(min(found.value, 1.0)) + over, found.kind


def _print_measures(graph: Graph, notes: tuple[str, ...], as_json: bool) -> None:
    from core.explore.candidate_measures import measure
    from core.fabrics.weave import sizes_of

    found = measure(graph)
    if as_json:
        sizes = sizes_of(graph)
        print_json(
            {
                "devices": dict(sizes.devices),
                "links": {f"{a}-{b}": n for (a, b), n in sizes.links.items()},
                "gpus": sizes.gpus,
                **found.as_data(),
                "notes": list(notes),
            }
        )
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading, justify in (("Measure", "left"), ("Value", "right"), ("Basis", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for label, (text, basis) in _measure_rows(graph, found).items():
        table.add_row(label, text, basis)
    print_table(table)


def _lengths(lengths: Any) -> dict[str, float]:
    import msgspec

    return dict(msgspec.structs.asdict(lengths))


def _print_candidates(found: list[Candidate], lengths: Any) -> None:
    from rich.table import Table

    from core.explore.candidate_table import columns

    possible = [candidate for candidate in found if candidate.is_possible]
    several = len({candidate.switch for candidate in found}) > 1
    shown = [
        column
        for column in columns()
        if (column.name != "switch" or several)
        and (column.name == "family" or any(column.cell(c).value is not None for c in possible))
    ]
    table = Table(box=None, pad_edge=False)
    for column in shown:
        is_name = column.name in ("family", "switch")
        table.add_column(column.label, justify="left" if is_name else "right", no_wrap=True)
    for candidate in possible:
        table.add_row(*(column.cell(candidate).text for column in shown))
    print_table(table, whole_rows=True)
    assumed = _lengths(lengths).items()
    taken = ", ".join(f"{name.removesuffix('_m')} {span(metres)}" for name, metres in assumed)
    typer.echo(f"Lengths assumed: {taken}. Cost is of switches, cables and optics; power of switches.")
    for candidate in found:
        if not candidate.is_possible:
            typer.echo(f"not possible: {candidate.title} on {candidate.switch}: {candidate.reason}")
