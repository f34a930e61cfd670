"""The worst single failures of a fabric: as a table of the measures sheet, and all of them as CSV."""

from __future__ import annotations

from core.drawing.fabric_load import percent
from core.engine.fabric_measures import FabricMeasures
from core.engine.failures.outcome import Outcome
from core.engine.failures.single import WORST
from core.report.fabric_names import KINDS, FabricNames
from core.report.flow import Piece
from core.report.tables import Column, Table
from core.report.values import count

CSV_NAME = "network-failures.csv"
CSV_HEADS = (
    "Fabric", "Kind", "What fails", "Failures alike", "Hosts cut off", "Cut off", "With fewer links",
    "Counted in", "Hosts that reach not all others", "Switches without hosts", "Network carries, of before",
    "Hosts get, of line rate of ports left", "Worst host, of before",
)  # fmt: skip


def failures_piece(measures: FabricMeasures, names: FabricNames) -> Piece | None:
    """Return the table of the worst, None if no failure was tried."""
    found = measures.failures
    if found is None or not found.outcomes:
        return None
    noun, shown = names.noun, [one for one in found.worst(WORST) if is_felt(one)]
    heads = [
        Column(f"{_capital(each)} cut off", "right", least=10, most=10)
        for each in dict.fromkeys((noun, "host"))
    ]
    columns = (
        Column("", "right", least=5), Column("Fails", least=12), Column("For example", wide=1.0, most=90),
        Column("Alike", "right"), *heads,
        Column(f"{_capital(noun)} on fewer links", "right", least=16, most=16),
        Column("Network carries", "right", least=12, most=12),
        Column("Hosts get", "right", least=10, most=10),
        Column("Worst host", "right", least=10, most=10),
    )  # fmt: skip
    rows = [
        (
            str(at), KINDS[one.failure.kind], names.failure(one.failure), count(one.alike),
            *_cut_off(one, noun), count(one.accelerators_reduced), percent(one.bandwidth_left),
            percent(one.hosts_get), percent(one.worst_left),
        )
        for at, one in enumerate(shown, start=1)
    ]  # fmt: skip
    title = "The worst single failures" if len(found.outcomes) > WORST else "Single failures, the worst first"
    unfelt = sum(not is_felt(one) for one in found.outcomes)
    return Piece(Table(columns, rows, title, pad=0.3), _words(measures, noun, unfelt), begins=True)


def is_felt(one: Outcome) -> bool:
    """Tell whether a failure costs anything: hosts, links of hosts, or bandwidth."""
    hosts = len(one.cut_off) + len(one.reduced) + one.separated
    return hosts > 0 or min(one.bandwidth_left, one.worst_left) < 1 - 1e-6


def _capital(noun: str) -> str:
    return f"{noun[0].upper()}{noun[1:]}s"


def _cut_off(one: Outcome, noun: str) -> tuple[str, ...]:
    hosts = count(len(one.cut_off))
    return (hosts,) if noun == "host" else (count(one.accelerators_cut_off), hosts)


def _words(measures: FabricMeasures, noun: str, unfelt: int) -> tuple[str, ...]:
    found = measures.failures
    assert found is not None
    kinds = ", ".join(KINDS[kind].lower() for kind in measures.kinds)
    if found.is_by_class:
        tried = (
            f"{count(found.cases)} single failures ({kinds}) fall into {count(found.classes)} classes that "
            "nothing in the graph tells apart; some of each were worked out, and all where these differ. "
            "'Alike' says for how many a row stands."
        )
    else:
        tried = f"All {count(found.cases)} single failures ({kinds}) were worked out, one by one."
    return (
        f"{tried}{_unfelt(unfelt)} All that was worked out is in the attached {CSV_NAME}.",
        "Cut off: hosts that reach no other of this fabric any more. Of the others, 100 % at most: network "
        "carries, all-to-all it can carry over that before (worst host: its own); hosts get, what they can "
        "send over the line rate of the ports left. Split equally over the links of the shortest ways; a "
        "trunk that lost one of two links still gets as much as whole ones.",
    )


def _unfelt(rows: int) -> str:
    if not rows:
        return ""
    return f" Not printed, as they cost nothing: {count(rows)} of the rows."


def csv_rows(fabric: str, measures: FabricMeasures, names: FabricNames) -> list[tuple[str, ...]]:
    """Return all failures that were worked out as rows under `CSV_HEADS`."""
    found = measures.failures
    return [] if found is None else [_csv_row(fabric, one, names) for one in found.outcomes]


def _csv_row(fabric: str, one: Outcome, names: FabricNames) -> tuple[str, ...]:
    return (
        fabric, one.failure.kind, names.failure(one.failure), str(one.alike), str(len(one.cut_off)),
        f"{one.accelerators_cut_off:g}",
        f"{one.accelerators_reduced:g}", f"{names.noun}s", str(one.separated), str(len(one.isolated)),
        f"{one.bandwidth_left:.6g}", f"{one.hosts_get:.6g}", f"{one.worst_left:.6g}",
    )  # fmt: skip
