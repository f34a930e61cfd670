"""E-302: sources, feeders and racks, normally and in the worst loss; what a loss takes; energy of a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.drawing.fabric_load import percent
from core.engine.ratings import ratings_w
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.sheets.energy import energy_pieces
from core.report.sheets.outages import outages_piece
from core.report.tables import Column, Table
from core.report.values import count, kilo

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

HOLD = "hold"
"""What stands where a rating is not known."""


def sheets(context: Context) -> list[Sheet]:
    """Return the schedule; none without an evaluation, or where nothing is fed."""
    of = context.evaluation
    if of is None or not len(of.power.feeding.consumer):
        return []
    base = Sheet("", "Power schedule", "Power", _nothing, "loss of one element, energy", caution=CAUTION)
    lost = outages_piece(context)
    pieces = [_sources(context, of), _feeders(context, of), _racks(context, of)]
    pieces += [lost] if lost is not None else []
    pieces += energy_pieces(context)
    return flow_sheets(context, [p for p in pieces if p.table.rows], numbers("E", 302), base)


def _sources(context: Context, of: Evaluation) -> Piece:
    rows = []
    for k, name in enumerate(of.power.feeding.sources):
        source = of.snapshot.brief.source(name)
        normal = float(of.power.normal.source_w[k])
        capacity = source.capacity_w if source is not None else None
        worst = _worst_of_source(of, k, normal)
        stated = source.voltage_v if source is not None else None
        volts = stated or of.snapshot.brief.value("voltage_v")
        phases = _phases(source.phases if source is not None else 3)
        rows.append((
            source.name if source is not None else name, f"{volts:g} V", phases,
            _power(capacity), kilo(normal), kilo(float(of.power.typical.source_w[k])),
            kilo(float(of.power.peak.source_w[k])), kilo(worst), *_margin(capacity, worst),
        ))  # fmt: skip
    columns = (
        Column("Source", least=14), Column("Voltage", "right"), Column("Phases", "right"),
        Column("Capacity [kW]", "right", least=14, most=14),
        Column("Normal [kW]", "right", least=12, most=12), Column("Typical [kW]", "right", least=12, most=12),
        Column("Peak [kW]", "right", least=12, most=12),
        Column("Worst [kW]", "right", least=12, most=12),
        Column("Margin [kW]", "right", least=12, most=12),
        Column("Use", "right", least=12),
    )  # fmt: skip
    words = (
        "Normal: maximum sustained power, all well. Typical is for energy, peak (below a second) for trip "
        "curves and generators; the three are never added. Worst, margin and use: with any one element or "
        "source lost.",
    )
    return Piece(Table(columns, rows, "Sources"), words)


def _worst_of_source(of: Evaluation, number: int, normal: float) -> float:
    """Return the greatest load of a source with any one element or another source lost [W]."""
    feeding, found = of.power.feeding, of.node_headroom
    node = feeding.n_devices + feeding.n_racks + number
    if np.isfinite(found.limit_w[node]):
        return float(found.limit_w[node] - found.left_w[node])
    loads = [float(of.power.source_w(s)[number]) for s in range(len(of.power.maximum)) if s != number + 1]
    return max(loads, default=normal)


def _feeders(context: Context, of: Evaluation) -> Piece:
    """List what passes power on; those of one type that carry the same are one row."""
    snap, flow = of.snapshot, of.power.normal
    rated = ratings_w(snap)
    feeders = np.unique(of.power.feeding.feeder)
    groups: dict[tuple[int, int, int, str], list[int]] = {}
    for row in feeders[feeders < snap.n_devices].tolist():
        normal, worst = float(flow.device_through_w[row]), float(of.outages.device_worst_w[row])
        groups.setdefault(
            (int(snap.device_spec[row]), round(normal), round(worst), _usable(of, row)), []
        ).append(row)
    rows = []
    for (spec, *_), alike in sorted(groups.items(), key=lambda item: (-_at(of, item[1][0]), item[0])):
        first = alike[0]
        capacity = None if np.isnan(rated[first]) else float(rated[first])
        worst = float(of.outages.device_worst_w[first])
        rows.append((
            snap.specs.specs[spec].type.name, context.device_name(first), count(len(alike)), _power(capacity),
            kilo(float(flow.device_through_w[first])), kilo(worst), _when(context, of, first),
            *_margin(capacity, worst), _usable(of, first),
        ))  # fmt: skip
    columns = (
        Column("Passes power on", least=30, wide=0.6), Column("For example", least=20, wide=1.0),
        Column("Alike", "right"),
        Column("Rating [kW]", "right", least=12, most=12), Column("Normal [kW]", "right", least=12, most=12),
        Column("Worst [kW]", "right", least=12, most=12), Column("when this is lost", wide=0.8, most=60),
        Column("Margin [kW]", "right", least=12, most=12), Column("Use", "right", least=12),
        Column("Usable [kW]", "right", least=12, most=12),
    )  # fmt: skip
    words = (
        f"Worst: with any one element or source lost. '{HOLD}': no rating is given. Rated current, frames, "
        "trips, poles and conductors by the electrical designer where the types do not state them.",
        "Usable: what may be added there before it or anything above it is at its limit with any one element "
        "lost (a breaker at the continuous share of the brief or its code); the rest of the margin is "
        "stranded. '\u2264': something above has no rating. 'See racks': shelves of a rack share its load.",
    )
    return Piece(Table(columns, rows, "Feeders"), words)


def _racks(context: Context, of: Evaluation) -> Piece:
    """List the racks by block: all of a block draw alike unless their feeds differ."""
    snap, drawn = of.snapshot, of.power
    groups: dict[tuple[str, int, float | None], list[int]] = {}
    for row in np.flatnonzero(snap.rack_type >= 0).tolist():
        key = (snap.rack_blocks[snap.rack_block[row]], round(float(drawn.rack_max_w[row])), _limit(of, row))
        groups.setdefault(key, []).append(row)
    rows = []
    for (block, _, limit), alike in sorted(
        groups.items(), key=lambda item: -float(drawn.rack_max_w[item[1][0]])
    ):
        k = alike[0]
        watts = float(drawn.rack_max_w[k])
        shelves, spare = int(drawn.rack_shelves[k]), int(drawn.rack_shelves_spare[k])
        rows.append((
            context.project.blocks[block].name, context.rack_name(k), count(len(alike)),
            kilo(float(drawn.rack_typical_w[k])), kilo(watts), kilo(float(drawn.rack_peak_w[k])),
            _power(limit), f"{shelves - spare} + {spare}" if shelves else "none", *_margin(limit, watts),
        ))  # fmt: skip
    columns = (
        Column("Rack", least=30, wide=0.6), Column("For example", least=20, wide=1.0),
        Column("Alike", "right"),
        Column("Typical [kW]", "right", least=12, most=12),
        Column("Maximum [kW]", "right", least=14, most=14), Column("Peak [kW]", "right", least=12, most=12),
        Column("Limit [kW]", "right", least=12, most=12), Column("Shelves", "right", least=12, most=12),
        Column("Margin [kW]", "right", least=12, most=12),
        Column("Use", "right", least=12),
    )  # fmt: skip
    words = (
        "Shelves: needed + spare on the rack's busbar at maximum. The limit is the rack type's or the "
        "brief's, the lower.",
    )
    return Piece(Table(columns, rows, "Racks"), words)


def _limit(of: Evaluation, rack: int) -> float | None:
    snap = of.snapshot
    own = snap.specs.rack_types[snap.rack_type[rack]].power_limit_w
    asked = of.snapshot.brief.number("rack_power_w")
    limits = [w for w in (own, asked) if w is not None]
    return min(limits, default=None)


def _usable(of: Evaluation, row: int) -> str:
    found, feeding = of.node_headroom, of.power.feeding
    if (feeding.consumer[feeding.feeder == row] >= feeding.n_devices).any():
        return "see racks"  # what feeds a busbar shares with the other shelves of its rack
    if np.isnan(found.usable_w[row]):
        return HOLD
    return ("\u2264 " if found.unrated[row] else "") + kilo(float(found.usable_w[row]))


def _at(of: Evaluation, row: int) -> float:
    return float(of.outages.device_worst_w[row])


def _when(context: Context, of: Evaluation, row: int) -> str:
    case = int(of.outages.device_worst_case[row])
    if case < 0:
        return "nothing lost"
    device = int(of.outages.device[case])
    if device >= 0:
        return context.device_name(device)
    source = of.snapshot.brief.source(of.power.feeding.sources[int(of.outages.source[case])])
    return f"source {source.name}" if source is not None else "a source"


def _phases(number: int) -> str:
    return {0: "DC", 1: "1", 3: "3"}.get(number, str(number))


def _power(watts: float | None) -> str:
    return HOLD if watts is None else kilo(watts)


def _margin(capacity: float | None, worst: float) -> tuple[str, str]:
    return (HOLD, HOLD) if not capacity else (kilo(capacity - worst), percent(worst / capacity))


def _nothing(page: Page) -> None:
    """Draw nothing."""
