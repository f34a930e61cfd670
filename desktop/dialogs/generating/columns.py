"""The columns of the table of candidates: what each sorts by and shows, and what is said of a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import Any

from core.explore.candidate_table import HOST_HOPS, WORST_FAILURE
from core.explore.candidates import Candidate
from core.units import show
from desktop.dialogs.generating.asked import words_of
from desktop.dialogs.generating.trial import counts_of

WAITING = "…"


@dataclass(frozen=True)
class Column:
    """One column: what it sorts by, what it shows, and what is said of a cell."""

    name: str
    heading: str
    help: str
    value: Callable[[Candidate], Any]
    """None: not known (yet); such rows stand last."""
    text: Callable[[Candidate], str]
    width: int
    is_number: bool = True


def _count(of: Callable[[Candidate], int | None]) -> Callable[[Candidate], str]:
    def text(candidate: Candidate) -> str:
        value = of(candidate)
        return WAITING if value is None else f"{value:,}"

    return text


def _switches(c: Candidate) -> int | None:
    return sum(c.switch_counts.values()) if c.sizes else None


def _cables(c: Candidate) -> int | None:
    return c.bill.cables if c.bill else None


def _optics(c: Candidate) -> int | None:
    return c.bill.optics if c.bill else None


def _links(c: Candidate) -> int | None:
    return sum(c.sizes.links.values()) if c.sizes else None


def _hops(c: Candidate) -> int | None:
    return c.measures.most_hops if c.measures else None


def _power(c: Candidate) -> str:
    return show(c.power.value, "W", digits=3) if c.power else WAITING


def _cost_text(c: Candidate) -> str:
    if c.bill is None:
        return WAITING
    more = "+" if c.bill.cost.unpriced or c.bill.left_out else ""
    return f"{show(c.cost_usd, 'USD', digits=3)}{more}"


def _per_gpu(c: Candidate) -> str:
    return WAITING if c.cost_per_gpu_usd is None else f"{c.cost_per_gpu_usd:,.0f}"


def _ratio(c: Candidate) -> str:
    if c.measures is None:
        return WAITING
    return "–" if c.measures.oversubscription is None else f"{c.measures.oversubscription:.3g} : 1"


def _throughput(c: Candidate) -> float | None:
    return c.measures.throughput.value if c.measures else None


def _throughput_text(c: Candidate) -> str:
    if c.measures is None:
        return WAITING
    if isinf(c.measures.throughput.value):
        return "full"
    mark = {"upper bound": "≤ ", "lower bound": "≥ ", "interval": "≥ "}.get(c.measures.throughput.kind, "")
    return f"{mark}{100 * c.measures.throughput.value:.0f} %"


def _left(c: Candidate) -> float | None:
    return c.measures.failure.bandwidth_left if c.measures and c.measures.failure else None


def _left_text(c: Candidate) -> str:
    if c.measures is None:
        return WAITING
    worst = c.measures.failure
    if worst is None:
        return "when chosen" if c.measures.is_failure_dear else WAITING
    return f"{worst.kind} {100 * worst.bandwidth_left:.1f} %"


COLUMNS: tuple[Column, ...] = (
    Column("family", "Family", "", lambda c: c.label, lambda c: c.label, 132, is_number=False),
    Column("words", "Parameters", "What sets it apart", words_of, words_of, 160, is_number=False),
    Column("switches", "Switches", "Devices that forward", _switches, _count(_switches), 64),
    Column("links", "Links", "Connections of two ports", _links, _count(_links), 56),
    Column("cables", "Cables", "Pieces, a twin-port cable is one; lengths are assumed",
           _cables, _count(_cables), 56),
    Column("optics", "Optics", "One in each occupied cage that takes one", _optics, _count(_optics), 56),
    Column("power", "Power", "Maximum sustained, of the switches",
           lambda c: c.power and c.power.value, _power, 70),
    Column("cost", "Cost", "Switches, cables of assumed lengths, optics; + : some have no price",
           lambda c: c.cost_usd, _cost_text, 90),
    Column("per_gpu", "USD/GPU", "Cost for each accelerator asked for",
           lambda c: c.cost_per_gpu_usd, _per_gpu, 62),
    Column("hops", "Host hops", HOST_HOPS, _hops, _count(_hops), 70),
    Column("ratio", "Oversub.", "Down over up, product over the tiers",
           lambda c: c.measures and c.measures.oversubscription, _ratio, 62),
    Column("throughput", "All-to-all", "Of the full rate of the hosts, split over the shortest ways",
           _throughput, _throughput_text, 68),
    Column("left", "Worst failure", WORST_FAILURE, _left, _left_text, 108),
)  # fmt: skip


def tip_of(c: Candidate, column: Column) -> str:
    """Return what is said of a cell: what makes up its value, and what that stands on."""
    if not c.is_possible:
        return f"{c.label} on {c.switch}\nNot possible: {c.reason}"
    if column.name == "words":
        return f"{c.label} on {c.switch}\n{words_of(c)}".strip()
    if column.name == "switches":
        return counts_of(c.switch_counts)
    if column.name in ("cost", "per_gpu", "cables", "optics") and c.bill:
        low, high = c.bill.cost.low_usd, c.bill.cost.high_usd
        facts = [f"{show(low, 'USD')} to {show(high, 'USD')}; {c.bill.lengths.words}"]
        unpriced = c.bill.cost.unpriced
        facts += [f"{unpriced:,} pieces without a price"] if unpriced else []
        return "\n".join([*facts, *(f"Left out: {words}" for words in c.bill.left_out)])
    if column.name == "hops" and c.measures:
        return f"{HOST_HOPS}\nMean between accelerators: {c.measures.mean_hops:.3g}"
    if column.name == "left" and c.measures and c.measures.failure:
        return c.measures.failure.words
    if column.name == "throughput" and c.measures:
        bound = c.measures.bound
        more = (
            f"\nNo routing carries more than {100 * bound.upper:.0f} % of the worst traffic" if bound else ""
        )
        return f"{column.help} ({c.measures.throughput.kind}){more}"
    return column.help or f"{c.label} on {c.switch}"
