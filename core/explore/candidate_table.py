"""The table of candidates: what each column says, how it is sorted, and what the number stands on."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isinf
from typing import Any, NamedTuple

from core import units
from core.explore.candidates import Candidate

NOT_COMPUTED = "not computed"
NONE = "-"
HOST_HOPS = (
    "Switches on the longest of the shortest ways between two hosts, by whichever NICs; "
    "between rails that share no switch, GPUs meet inside a host"
)
WORST_FAILURE = (
    "Which single failure is worst, of a switch or a trunk (all links of two devices), and what it leaves of "
    "the bandwidth; hosts it cuts off count as nothing"
)
UNLIMITED = "not limited"


class Cell(NamedTuple):
    """One value of the table."""

    text: str
    value: float | str | None
    """To sort by and for files; None where there is none."""
    basis: str = ""
    """What it stands on: exact, a bound, evidence of its inputs."""
    detail: str = ""
    """What makes it up."""


class Column(NamedTuple):
    """One column."""

    name: str
    label: str
    help: str
    cell: Callable[[Candidate], Cell]


def columns() -> tuple[Column, ...]:
    """Return the columns in their order."""
    return _COLUMNS


def as_data(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as plain values, as `cagenut candidates --json` prints it."""
    cells = {column.name: column.cell(candidate) for column in _COLUMNS}
    bill, sizes = candidate.bill, candidate.sizes
    return {
        "family": candidate.family,
        "switch": candidate.switch,
        "parameters": dict(candidate.parameters),
        "seed": candidate.seed,
        "reason": candidate.reason,
        "gpus": sizes.gpus if sizes else None,
        "devices": dict(sizes.devices) if sizes else {},
        "links_by_roles": {f"{a}-{b}": n for (a, b), n in sizes.links.items()} if sizes else {},
        "left_out": list(bill.left_out) if bill else [],
        **{
            name: {"value": None if cell.value == inf else cell.value, "basis": cell.basis}
            for name, cell in cells.items()
            if name not in ("family", "switch")
        },
    }


def _family(candidate: Candidate) -> Cell:
    return Cell(candidate.title, candidate.title, "", candidate.reason)


def _switch(candidate: Candidate) -> Cell:
    return Cell(candidate.switch, candidate.switch)


def _switches(candidate: Candidate) -> Cell:
    if candidate.sizes is None:
        return Cell(NONE, None, "", candidate.reason)
    counts = candidate.switch_counts
    words = ", ".join(f"{units.show(n)} {role}" for role, n in counts.items())
    return Cell(units.show(sum(counts.values())), sum(counts.values()), "exact", words)


def _links(candidate: Candidate) -> Cell:
    if candidate.sizes is None:
        return Cell(NONE, None)
    links = candidate.sizes.links
    words = ", ".join(f"{units.show(n)} {a} to {b}" for (a, b), n in links.items())
    return Cell(units.show(sum(links.values())), sum(links.values()), "exact", words)


def _piece_counts(name: str) -> Callable[[Candidate], Cell]:
    def cell(candidate: Candidate) -> Cell:
        bill = candidate.bill
        if bill is None:
            return _missing(candidate)
        rows = [row for row in bill.cost.rows if row.section == name]
        count = sum(row.count for row in rows)
        words = ", ".join(
            f"{units.show(row.count)} x {row.type.part_number or row.type.name}" for row in rows
        )
        basis = "not complete" if bill.left_out else "for assumed lengths"
        return Cell(units.show(count), count, basis, "; ".join([words, *bill.left_out]))

    return cell


def _power(candidate: Candidate) -> Cell:
    power = candidate.power
    if power is None:
        return Cell(NONE, None)
    if power.value == 0:
        return Cell(units.UNKNOWN, None, units.UNKNOWN, ", ".join(power.grounds.unknown))
    return Cell(
        units.show(power.value, "W"), power.value, power.grounds.label, "Maximum sustained, of the switches"
    )


def _cost(candidate: Candidate) -> Cell:
    bill = candidate.bill
    if bill is None:
        return _missing(candidate)
    low, high = bill.cost.low_usd, bill.cost.high_usd
    if high == 0:
        return Cell(units.UNKNOWN, None, units.UNKNOWN, ", ".join(bill.cost.grounds.unknown))
    text = units.show(low, "USD") if low == high else f"{units.show(low, 'USD')} to {units.show(high, 'USD')}"
    return Cell(text, candidate.cost_usd, _cost_basis(candidate), _not_in(candidate))


def _cost_per_gpu(candidate: Candidate) -> Cell:
    bill, value = candidate.bill, candidate.cost_per_gpu_usd
    if bill is None:
        return _missing(candidate)
    if not value:
        return Cell(units.UNKNOWN, None, units.UNKNOWN, _not_in(candidate))
    return Cell(units.show(value, "USD"), value, _cost_basis(candidate), _not_in(candidate))


def _cost_basis(candidate: Candidate) -> str:
    bill = candidate.bill
    if bill is None:
        return ""
    lacking = bool(bill.left_out or bill.cost.unpriced)
    return f"at least; {bill.cost.grounds.label}" if lacking else bill.cost.grounds.label


def _not_in(candidate: Candidate) -> str:
    bill = candidate.bill
    return "; ".join([*(bill.left_out if bill else ()), *(bill.cost.grounds.unknown if bill else ())])


def _hops(candidate: Candidate) -> Cell:
    measures = candidate.measures
    if measures is None:
        return _missing(candidate)
    detail = f"mean between accelerators {units.show(measures.mean_hops, digits=3)}"
    return Cell(units.show(measures.most_hops), measures.most_hops, "exact", detail)


def _oversubscription(candidate: Candidate) -> Cell:
    measures = candidate.measures
    if measures is None:
        return _missing(candidate)
    if measures.oversubscription is None:
        return Cell(NONE, None, "", "No switch stands above another: see the throughput")
    value = measures.oversubscription
    return Cell(f"{units.show(value, digits=3)} : 1", value, "exact", "Product over the tiers of the worst")


def _throughput(candidate: Candidate) -> Cell:
    measures = candidate.measures
    if measures is None:
        return _missing(candidate)
    found = measures.throughput
    apart = f"; {measures.parts} networks that share no switch" if measures.parts > 1 else ""
    if isinf(found.value):
        return Cell(UNLIMITED, found.value, found.kind, "No traffic leaves a switch")
    detail = f"All-to-all, {found.method}{apart} {found.note}".strip()
    return Cell(units.share(found.value), found.value, found.kind, detail)


def _bound(candidate: Candidate) -> Cell:
    measures = candidate.measures
    if measures is None or measures.bound is None:
        return _missing(candidate, "The network is too large for it" if measures else "")
    found = measures.bound
    if isinf(found.value):
        return Cell(UNLIMITED, found.value, found.kind, "No traffic leaves a switch")
    return Cell(units.share(found.value), found.value, found.kind, f"Near the worst case, {found.method}")


def _failure(candidate: Candidate) -> Cell:
    worst = candidate.measures.failure if candidate.measures else None
    if worst is None:
        return _missing(candidate)
    text = f"{worst.kind} {units.share(worst.bandwidth_left)}"
    return Cell(text, worst.bandwidth_left, "exact", worst.words)


def _cut_off(candidate: Candidate) -> Cell:
    worst = candidate.measures.failure if candidate.measures else None
    if worst is None:
        return _missing(candidate)
    return Cell(units.show(worst.accelerators_cut_off), worst.accelerators_cut_off, "exact")


def _missing(candidate: Candidate, why: str = "") -> Cell:
    return Cell(NOT_COMPUTED if candidate.is_possible else NONE, None, "", candidate.reason or why)


_COLUMNS = (
    Column("family", "Family", "Family of networks", _family),
    Column("switch", "Switch", "Device type of all switches", _switch),
    Column("switches", "Switches", "By role in the detail", _switches),
    Column("links", "Links", "Connections of two ports; of the whole network, free places included", _links),
    Column("cables", "Cables", "Pieces; lengths are assumed", _piece_counts("cables")),
    Column("optics", "Optics", "One for each cage with an optical cable", _piece_counts("optics")),
    Column("power", "Power", "Maximum sustained power of the switches", _power),
    Column("cost", "Cost", "Switches, cables and optics; low and high are bounds of prices seen", _cost),
    Column(
        "cost_per_gpu", "Cost per GPU", "Middle of low and high, per accelerator asked for", _cost_per_gpu
    ),
    Column("hops", "Host hops", HOST_HOPS, _hops),
    Column("oversubscription", "Oversubscription", "Down over up, product of the tiers", _oversubscription),
    Column(
        "throughput", "All-to-all", "Share of the full host rate, equal split over shortest ways", _throughput
    ),
    Column("bound", "Far pairs, at most", "TUB: no routing does better for the longest matching", _bound),
    Column(
        "failure",
        "Worst failure",
        WORST_FAILURE,
        _failure,
    ),
    Column("cut_off", "Cut off", "Accelerators that the worst single failure cuts off", _cut_off),
)
