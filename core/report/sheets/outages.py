"""Every element of power and cooling lost, one at a time, and what goes with it: a table, and CSV."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.drawing.fabric_load import percent
from core.engine.outages import Outages
from core.report.context import Context
from core.report.csv_text import csv_bytes
from core.report.flow import Piece
from core.report.tables import Column, Table
from core.report.values import count, kilo

CSV_NAME = "outages.csv"
CSV_HEADS = (
    "Lost", "Type", "Devices without power", "Devices short of supplies", "Accelerators without power",
    "Accelerators uncooled", "Accelerators cut off", "Data links lost", "Feeders overloaded",
    "Worst feeder", "Its load over its rating", "Busbars short", "Worst busbar lacks, W",
)  # fmt: skip
MOST_ROWS = 60


def outages_piece(context: Context) -> Piece | None:
    """Return the table, and attach every case; None where nothing feeds or cools anything."""
    of = context.evaluation
    if of is None or not len(of.outages):
        return None
    names = _Names(context)
    found = of.outages
    context.extras[CSV_NAME] = csv_bytes(CSV_HEADS, [_csv_row(found, names, k) for k in range(len(found))])
    first, alike = _folded(found, names)
    order = np.lexsort((-alike, -found.worst_share[first], -found.accelerators_lost[first])).tolist()
    felt = [k for k in order if _is_felt(found, int(first[k]))]
    rows = [_row(found, names, int(first[k]), int(alike[k])) for k in felt[:MOST_ROWS]]
    unfelt = len(found) - int(alike[felt].sum())
    title = "What the loss of one element takes, the worst first"
    return Piece(Table(_COLUMNS, rows, title), _words(len(found), len(felt), unfelt), begins=True)


_COLUMNS = (
    Column("Lost", least=16), Column("For example", least=16, wide=1.0), Column("Alike", "right"),
    Column("Accelerators lost", "right", least=14, most=14), Column("uncooled", "right", least=9),
    Column("cut off", "right", least=9, most=9), Column("Dead", "right", least=9, most=9),
    Column("Short of supplies", "right", least=12, most=12), Column("Links lost", "right", least=9, most=9),
    Column("Feeders over", "right", least=11, most=11), Column("Worst feeder", "right", least=11, most=11),
    Column("Busbar lacks", "right", least=11, most=11),
)  # fmt: skip


class _Names:
    """Names of what is lost."""

    def __init__(self, context: Context) -> None:
        assert context.evaluation is not None
        self._context, self._of = context, context.evaluation

    def lost(self, found: Outages, k: int) -> str:
        if found.device[k] >= 0:
            return self._context.device_name(int(found.device[k]))
        return f"Source {self._source(int(found.source[k]))}"

    def kind(self, found: Outages, k: int) -> str:
        if found.device[k] < 0:
            return "Source"
        snap = self._of.snapshot
        return str(snap.specs.specs[snap.device_spec[found.device[k]]].type.name)

    def node(self, node: int) -> str:
        snap = self._of.snapshot
        if node < 0:
            return ""
        if node < snap.n_devices:
            return self._context.device_name(node)
        return f"Source {self._source(node - snap.n_devices - snap.n_racks)}"

    def _source(self, row: int) -> str:
        source = self._of.snapshot.brief.source(self._of.power.feeding.sources[row])
        return source.name if source is not None else ""


def _folded(found: Outages, names: _Names) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first case of each kind, and how many are alike."""
    kinds: dict[tuple[object, ...], list[int]] = {}
    for k in range(len(found)):
        key = (
            names.kind(found, k) if found.device[k] >= 0 else f"source {found.source[k]}",
            *(float(column[k]) for column in _columns(found)), round(float(found.worst_share[k]), 3),
            round(float(found.busbar_short_w[k])),
        )  # fmt: skip
        kinds.setdefault(key, []).append(k)
    rows = list(kinds.values())
    return np.array([r[0] for r in rows]), np.array([len(r) for r in rows])


def _columns(found: Outages) -> tuple[NDArray[Any], ...]:
    return (
        found.devices_dead, found.supplies_short, found.accelerators_dead, found.accelerators_uncooled,
        found.accelerators_cut, found.links_lost, found.overloaded, found.busbars_short,
    )  # fmt: skip


def _is_felt(found: Outages, k: int) -> bool:
    return bool(
        found.accelerators_lost[k] or found.supplies_short[k] or found.overloaded[k] or found.busbars_short[k]
        or found.devices_dead[k] > 1
    )  # fmt: skip


def _row(found: Outages, names: _Names, k: int, alike: int) -> tuple[str, ...]:
    return (
        names.kind(found, k), names.lost(found, k), count(alike), count(found.accelerators_lost[k]),
        count(found.accelerators_uncooled[k]), count(found.accelerators_cut[k]), count(found.devices_dead[k]),
        count(found.supplies_short[k]), count(found.links_lost[k]), count(found.overloaded[k]),
        percent(float(found.worst_share[k])) if found.worst_node[k] >= 0 else "unknown",
        kilo(float(found.busbar_short_w[k])) + " kW" if found.busbars_short[k] else "holds",
    )  # fmt: skip


def _words(cases: int, felt: int, unfelt: int) -> tuple[str, ...]:
    shown = f" The {MOST_ROWS} worst of {count(felt)} are printed." if felt > MOST_ROWS else ""
    quiet = f" {count(unfelt)} cost nothing but themselves and are not printed." if unfelt else ""
    return (
        f"{count(cases)} cases: every source, every device that passes power on and every cooling device "
        f"lost alone, at maximum sustained power; those that cost the same are one row.{shown}{quiet} Every "
        f"case is in the attached {CSV_NAME}.",
        "Failures are coupled: what loses power stops cooling and forwarding, and what hangs on that is "
        "counted with it. Worst feeder: the highest load over rating of those whose load changes (shelves are"
        " judged by their busbar); unknown where no rating is given. Ride-through and transfer times are not "
        "in it.",
    )


def _csv_row(found: Outages, names: _Names, k: int) -> tuple[str, ...]:
    return (
        names.lost(found, k), names.kind(found, k), str(found.devices_dead[k]), str(found.supplies_short[k]),
        f"{found.accelerators_dead[k]:g}", f"{found.accelerators_uncooled[k]:g}",
        f"{found.accelerators_cut[k]:g}", str(found.links_lost[k]), str(found.overloaded[k]),
        names.node(int(found.worst_node[k])),
        f"{found.worst_share[k]:.4f}" if found.worst_node[k] >= 0 else "", str(found.busbars_short[k]),
        f"{found.busbar_short_w[k]:.0f}",
    )  # fmt: skip
