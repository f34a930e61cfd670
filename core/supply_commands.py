"""The command for who delivers a design, and what a loss or a swap does."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import CagenutError
from core.terminal import Json, library, load, print_json
from core.units import share, show

if TYPE_CHECKING:
    from core.engine.supply import Shares, Supply
    from core.explore.part_swap import Swap
    from core.explore.supplier_loss import Loss


def supply(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A design (*.cage).")],
    lose: Annotated[str, typer.Option(metavar="SUPPLIER", help="What stops without a supplier.")] = "",
    lose_country: Annotated[str, typer.Option(metavar="COUNTRY", help="Without a country.")] = "",
    lose_part: Annotated[str, typer.Option(metavar="TYPE", help="Without a part.")] = "",
    weeks: Annotated[float, typer.Option(help="For so long; 0 for good.", min=0)] = 0.0,
    swap_for: Annotated[
        str, typer.Option("--swap", metavar="TYPE", help="What this one does in place of the lost part.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Print who delivers the design; what stops without a supplier, and what a swap does to every figure."""
    from core.engine.evaluation import evaluate
    from core.explore.part_swap import swapped
    from core.explore.supplier_loss import loss_of

    if sum(map(bool, (lose, lose_country, lose_part))) > 1:
        raise CagenutError("name one of --lose, --lose-country and --lose-part")
    if weeks and not (lose or lose_country or lose_part):
        raise CagenutError("what is lost for these weeks is not said", cure="Name it with --lose")
    if not isfinite(weeks):
        raise CagenutError(f"{weeks} is no number of weeks", where="--weeks", cure="Leave it out for good")
    if swap_for and not lose_part:
        raise CagenutError("a swap needs the part it takes the place of", cure="Name it with --lose-part")
    project = load(file)
    of = evaluate(project)
    if not (lose or lose_country or lose_part):
        _print_shares(of.supply, as_json)
        return
    found = loss_of(of, library(), supplier=lose, country=lose_country, part=lose_part, weeks=weeks)
    tried = swapped(project, library(), found.stopped[0].line.type.id, swap_for, of) if swap_for else None
    _print_loss(found, tried, as_json)


def _print_shares(of: Supply, as_json: bool) -> None:
    if as_json:
        waits = {"plant": of.plant, "first_rack": of.first_rack, "last_rack": of.last_rack}
        print_json(
            {
                "suppliers": _parts(of.suppliers),
                "countries": _parts(of.countries),
                "functions": _parts(of.functions),
                "concentration": of.suppliers.concentration,
                "domestic": of.domestic,
                "single_sourced": [line.type.id for line in of.single_sourced],
                "lead_times": {name: {"weeks": w.weeks, "line": w.line} for name, w in waits.items()},
                "unpriced": of.unpriced,
            }
        )
        return
    for title, shares in (("Supplier", of.suppliers), ("Country", of.countries), ("Function", of.functions)):
        typer.echo(f"{title} (concentration {shares.concentration_text})")
        for part in shares.parts:
            typer.echo(f"  {part.name:<28} {show(part.usd, 'USD'):>14} {share(part.share):>8}")
    typer.echo(f"{len(of.single_sourced)} lines have one source and no alternate.")
    if of.unpriced:
        typer.echo(f"{of.unpriced:,} pieces have no price and are in no share.")


def _parts(shares: Shares) -> list[dict[str, Any]]:
    return [{"name": part.name, "usd": part.usd, "share": part.share} for part in shares.parts]


def _print_loss(found: Loss, tried: Swap | None, as_json: bool) -> None:
    from core.explore.supplier_loss import words_of

    if as_json:
        print_json(
            {
                "lost": found.what,
                "share": found.share,
                "racks": found.racks,
                "lines": [
                    {
                        "type": one.line.type.id,
                        "count": one.line.count,
                        "racks": one.racks,
                        "weeks": one.weeks,
                        "others": list(one.others),
                        "alternates": list(one.alternates),
                        "offered": list(one.offered),
                    }
                    for one in found.stopped
                ],
                "swap": None if tried is None else _swap_data(tried),
            }
        )
        return
    typer.echo(f"Without {found.what}: {share(found.share)} of the known spend, {found.racks} racks wait")
    for one in found.stopped:
        waits = "" if one.weeks is None else f", waits {one.weeks:g} weeks" if one.weeks else ""
        typer.echo(f"  {one.line.count:>6,} x {one.line.type.name}: {words_of(one)}{waits}")
        if one.offered:
            typer.echo(f"           of the same kind: {', '.join(one.offered[:4])}")
    if tried is not None:
        kept = tried.refit
        typer.echo(
            f"{tried.by} for {tried.of}: {len(kept.changed)} drawn devices change, {len(kept.left)} find no "
            f"room, {len(kept.misfits)} connections do not fit"
        )
        for moved in tried.differences:
            ratio = "" if moved.ratio is None else f"  x {moved.ratio:.3g}"
            typer.echo(f"  {moved.before.label:<44} {moved.before.text:>20} {moved.after.text:>20}{ratio}")
        for label in tried.over:
            typer.echo(f"  beyond the brief: {label}")
        for aspect, reasons in tried.obstacles.items():
            lacking = ", ".join(tried.unknown.get(aspect, ()))
            said = [*reasons, *([f"not known: {lacking}"] if lacking else [])]
            typer.echo(f"  {aspect}: {'; '.join(said) or 'fits'}")


def _swap_data(tried: Swap) -> dict[str, Any]:
    return {
        "of": tried.of,
        "by": tried.by,
        "fits": tried.fits,
        "left": [{"device": one.device, "reason": one.reason} for one in tried.refit.left],
        "misfits": [
            {"device": one.device, "port": one.port, "reason": one.reason} for one in tried.refit.misfits
        ],
        "over": list(tried.over),
        "obstacles": {aspect: list(reasons) for aspect, reasons in tried.obstacles.items()},
        "unknown": {aspect: list(facts) for aspect, facts in tried.unknown.items()},
        "quantities": {
            one.before.name: {"before": one.before.value, "after": one.after.value}
            for one in tried.differences
        },
    }
