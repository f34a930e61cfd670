"""The command for what a design is worth: what it trains, serves and costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError
from core.terminal import Json, load_built, print_json, print_table
from core.units import share, show

if TYPE_CHECKING:
    from core.engine.economics import Economics
    from core.engine.workloads import WorkloadResult

_UNITS = {"usd": "USD", "mwh": "MWh", "t": "t"}


def cost(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A design (*.cage).")],
    figure: Annotated[
        str, typer.Option(help="Whose tornado to print; the accelerator-hour, or the year without any.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Print what the design trains and serves, what a year of it costs, and what moves that most."""
    from core.engine.evaluation import evaluate

    project = load_built(file)
    of = evaluate(project)
    priced = of.economics
    if priced.problem:
        raise CagenutError(priced.problem, where=str(file), cure="Correct the assumption")
    figure = figure or next(name for name in ("usd_per_gpu_hour", "tco_year_usd") if name in priced.figures)
    if figure not in priced.figures:
        raise CagenutError(
            f"there is no figure '{figure[:40]}'",
            where="--figure",
            cure=f"Known are: {', '.join(name for name in priced.labels if name in priced.figures)}",
        )
    if as_json:
        print_json(_data(priced, of.workloads.results, figure))
        return
    for result in of.workloads.results:
        typer.echo(_words(result))
    _print_figures(priced)
    _print_domains(priced)
    _print_tornado(priced, figure)


def _words(of: WorkloadResult) -> str:
    """Return a workload in one line."""
    if of.output is None:
        return f"{of.workload.name}: does not run: {of.problem}. {of.cure}".rstrip()
    band = "" if of.band is None else f" ({of.band.words})"
    if of.training is not None:
        run = of.training
        made = (
            f"step {show(run.step.step_s, 's')}, MFU {share(run.step.mfu_causal)}, goodput "
            f"{share(run.goodput.share)}, {run.days:,.1f} days; {run.step.plan.words()}"
        )
    else:
        assert of.serving is not None
        made = (
            f"{of.output.tokens_out_s:,.0f} tokens/s out at the mean load, first token "
            f"{show(of.serving.ttft_s, 's')}, between tokens {show(of.serving.itl_s, 's')}"
        )
    return f"{of.workload.name}: {made}{band}"


def _print_figures(of: Economics) -> None:
    from rich.table import Table

    from core.engine.sensitivity import spreads

    chance = spreads(of)
    table = Table(box=None, pad_edge=False)
    table.add_column("Figure")
    for heading in ("Likely", "P10", "P50", "P90"):
        table.add_column(heading, justify="right")
    for name, known in of.labels.items():
        if name in of.figures:
            spread = chance[name]
            values = (of.figures[name], spread.p10, spread.p50, spread.p90)
            least = "≥ " if of.lacking and "USD" in known.unit else ""
            table.add_row(known.label, *(f"{least}{show(value, known.unit)}" for value in values))
    print_table(table)
    if of.unpriced:
        typer.echo(f"{of.unpriced:,} pieces have no price and count nothing.")


def _print_domains(of: Economics) -> None:
    from rich.table import Table

    from core.engine.capex import DOMAINS

    table = Table(box=None, pad_edge=False)
    table.add_column("Capital by domain")
    for heading in ("Likely", "Share", "A year"):
        table.add_column(heading, justify="right")
    for domain in DOMAINS:
        usd, year = of.figures[f"capex_{domain}_usd"], of.figures[f"year_{domain}_usd"]
        part = share(usd / of.figures["capex_usd"]) if of.figures["capex_usd"] else ""
        table.add_row(domain.capitalize(), show(usd, "USD"), part, show(year, "USD"))
    print_table(table)


def _print_tornado(of: Economics, figure: str) -> None:
    from rich.table import Table

    from core.engine.sensitivity import tornado

    known = of.labels.get(figure)
    unit = known.unit if known else "USD"
    table = Table(box=None, pad_edge=False)
    table.add_column(f"What moves it: {known.label if known else figure}")
    for heading in ("Low", "High", "At low", "At high"):
        table.add_column(heading, justify="right")
    for swing in tornado(of, figure):
        one = swing.input
        table.add_row(
            one.label, show(one.low, one.unit), show(one.high, one.unit), show(swing.at_low, unit),
            show(swing.at_high, unit),
        )  # fmt: skip
    print_table(table)


def _data(of: Economics, results: tuple[WorkloadResult, ...], figure: str) -> dict[str, Any]:
    """Return all of it as plain data."""
    from core.engine.sensitivity import spreads, tornado

    chance = spreads(of)
    return {
        "workloads": [workload_data(result) for result in results],
        "figures": {
            name: {
                **_named(of, name),
                "likely": value,
                "p10": chance[name].p10,
                "p50": chance[name].p50,
                "p90": chance[name].p90,
                "low_bound": chance[name].low_bound,
                "high_bound": chance[name].high_bound,
            }
            for name, value in of.figures.items()
        },
        "inputs": [
            {
                "name": one.name,
                "label": one.label,
                "unit": one.unit,
                "low": one.low,
                "likely": one.likely,
                "high": one.high,
                "evidence": one.evidence,
                "basis": one.basis,
            }
            for one in of.inputs
        ],
        "tornado": {
            "figure": figure,
            "inputs": [
                {"name": swing.input.name, "at_low": swing.at_low, "at_high": swing.at_high}
                for swing in tornado(of, figure)
            ],
        },
        "unpriced": of.unpriced,
    }


def _named(of: Economics, name: str) -> dict[str, str]:
    """Return label, unit and formula of a figure; of parts of a sum the words of their name."""
    known = of.labels.get(name)
    if known is not None:
        return {"label": known.label, "unit": known.unit, "formula": known.formula}
    unit = name.rpartition("_")[2]
    return {"label": name.removesuffix(f"_{unit}").replace("_", " "), "unit": _UNITS[unit], "formula": ""}


def workload_data(of: WorkloadResult) -> dict[str, Any]:
    """Return what comes of a workload as plain data."""
    found: dict[str, Any] = {
        "id": of.workload.id,
        "name": of.workload.name,
        "kind": of.workload.kind,
        "model": "" if of.model is None else of.model.name,
        "runs": of.output is not None,
        "problem": of.problem,
        "notes": list(of.notes),
        "error_band": None if of.band is None else of.band.error,
    }
    if of.output is not None:
        found |= {
            "accelerators": of.output.accelerators,
            "model_flops_s": of.output.model_flops_s,
            "tokens_in_s": of.output.tokens_in_s,
            "tokens_out_s": of.output.tokens_out_s,
        }
    if of.training is not None:
        run = of.training
        found |= {
            "plan": run.step.plan.words(),
            "step_s": run.step.step_s,
            "split_s": {name: float(value) for name, value in run.step.split._asdict().items()},
            "mfu": run.step.mfu_causal,
            "goodput": run.goodput.share,
            "days": run.days,
            "energy_mwh": run.energy_mwh,
        }
    if of.serving is not None and of.output is not None:
        found |= {
            "ttft_s": of.serving.ttft_s,
            "itl_s": of.serving.itl_s,
            "split_s": of.serving.split,
            "tokens_out_s_each": of.serving.tokens_out_s_each,
            "energy_j_token": of.serving.energy_j_token_wall,
        }
    return found
