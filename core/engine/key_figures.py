"""The ten figures a design is judged by: what it costs, trains and serves, draws, and on whom it depends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation
    from core.engine.quantities import Quantity

Lack = Literal["", "training", "service", "prices", "accelerators", "drawn"]
"""What has to be there before a figure is."""


@dataclass(frozen=True)
class KeyFigure:
    """One of the ten.

    Attributes
    ----------
    name, label : str
        Stable name; as shown.
    about : str
        The workload it is of.
    quantity : Quantity or None
        None where something is lacking.
    why : str
        Why there is none, and what to do.
    lack : str
        What is lacking, by its kind.
    error : str
        Of a prediction: its mean error on published cases that were not fitted.
    """

    name: str
    label: str
    about: str = ""
    quantity: Quantity | None = None
    why: str = ""
    lack: Lack = ""
    error: str = ""


_COST = (
    ("capex_usd", "Capital cost"), ("tco_year_usd", "Cost of a year"),
    ("usd_per_gpu_hour", "Accelerator-hour"),
)  # fmt: skip
_TRAINED = (
    ("train_days", "Length of the training run"), ("mfu", "MFU of the dense BF16 peak"),
    ("usd_per_run", "Cost of the training run"),
)  # fmt: skip
_SERVED = (
    ("serve_tokens_s_each", "Tokens out a second and accelerator"),
    ("usd_per_m_tokens_out", "Million tokens out"),
)  # fmt: skip
_REST = (("power_max_w", "Power, maximum sustained"), ("supplier_largest_share", "Largest supplier"))


def key_figures(of: Evaluation) -> tuple[KeyFigure, ...]:
    """Return the ten figures in the order they are shown: cost, training, service, power, supply.

    Of several training runs or services the first that runs is shown; of one that does not run the reason.
    """
    found = [_plain(of, name, label) for name, label in _COST]
    for kind, rows, noun in (("training", _TRAINED, "a training run"), ("inference", _SERVED, "a service")):
        results = [one for one in of.workloads.results if one.workload.kind == kind]
        runs = [one for one in results if one.output is not None]
        lack: Lack = "training" if kind == "training" else "service"
        for name, label in rows:
            if not results:
                found.append(KeyFigure(name, label, why=f"Add {noun} to the workloads", lack=lack))
                continue
            shown = (runs or results)[0]
            quantity = of.quantities.get(f"{name}:{shown.workload.id}")
            why = "" if quantity else _why_not(of, shown.problem, shown.cure)
            left: Lack = lack if shown.output is None else "" if quantity else "prices"
            band = shown.band
            error = "" if band is None or name.startswith("usd") else f"mean error {100 * band.error:.1f} %"
            found.append(KeyFigure(name, label, shown.workload.name, quantity, why, left, error))
    return (*found, *(_plain(of, name, label) for name, label in _REST))


def _plain(of: Evaluation, name: str, label: str) -> KeyFigure:
    quantity = of.quantities.get(name)
    if not any((q := of.quantities.get(drawn)) is not None and q.value for drawn in ("racks", "devices")):
        return KeyFigure(name, label, why="Nothing is drawn. Place a rack from the catalogue", lack="drawn")
    if quantity is not None and quantity.value is not None:
        return KeyFigure(name, quantity.label if "supplier" in name else label, quantity=quantity)
    if name == "usd_per_gpu_hour" and of.economics.figures:
        return KeyFigure(name, label, why="No accelerator is drawn", lack="accelerators")
    return KeyFigure(name, label, why=_why_not(of), lack="prices")


def _why_not(of: Evaluation, problem: str = "", cure: str = "") -> str:
    if problem:
        return f"{problem}. {cure}" if cure else problem
    return of.economics.problem or "No type that is drawn has a price"
