"""E-301: the power one-line with what each element of it is rated for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.drawing.chain import as_rows
from core.drawing.one_line import one_line, power_chain
from core.engine.ratings import ratings_w
from core.model.types import DeviceType, PortGroup
from core.report.chain_sheets import chain_sheets, numbered
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet
from core.report.tables import Column, Table
from core.report.values import count, kilo
from core.units import number_text

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

HOLD = "hold"
OTHERS = "by others"
_LEAST_WIDTH = 260.0
"""Of the table of elements, so that no figure in it wraps [mm]."""


def sheets(context: Context) -> list[Sheet]:
    """Return diagram and ratings; none without an evaluation, or where nothing is fed."""
    of = context.evaluation
    if of is None or not len(of.power.feeding.consumer):
        return []
    ids = numbered("E-301")
    base = Sheet("", "Power one-line", "Power", _nothing, caution=CAUTION)
    found = chain_sheets(context, one_line(context.project, of), ids, base, "power")
    rated = Sheet("", "Power one-line", "Power", _nothing, "ratings", caution=CAUTION)
    pieces = [_supplies(of), _elements(context, of)]
    return found + flow_sheets(context, [p for p in pieces if p.table.rows], ids, rated, _LEAST_WIDTH)


def _supplies(of: Evaluation) -> Piece:
    rows = []
    for name in of.power.feeding.sources:
        source = of.snapshot.brief.source(name)
        volts = source.voltage_v if source is not None else None
        rows.append((
            source.name if source is not None else name,
            (source.kind if source is not None else "") or HOLD,
            _value(volts if volts else of.snapshot.brief.number("voltage_v")),
            _phases(source.phases if source is not None else None),
            HOLD if source is None or source.capacity_w is None else kilo(source.capacity_w),
            _value(source.fault_ka if source is not None else None),
        ))  # fmt: skip
    columns = (
        Column("Source", wide=0.5, least=20), Column("Kind", least=16), Column("V", "right"),
        Column("Phases", "right"), Column("Capacity [kW]", "right"),
        Column("Declared fault level [kA]", "right", least=22),
    )  # fmt: skip
    words = (
        "Service conductors, metering, protection of the incoming supply and earthing: by others.",
    )  # fmt: skip
    return Piece(Table(columns, rows, "Sources"), words)


def _elements(context: Context, of: Evaluation) -> Piece:
    """List what passes power on: those of one type behind the same sources are one row."""
    snap, feeding = of.snapshot, of.power.feeding
    chain, first = power_chain(of), snap.n_devices + snap.n_racks
    reach = np.stack(
        [chain.below(as_rows([first + k])) for k in range(len(feeding.sources))]
        or [np.zeros(len(chain), np.bool_)]
    )
    groups: dict[tuple[int, int, tuple[int, ...]], list[int]] = {}
    feeders = np.unique(feeding.feeder)
    for row in feeders[feeders < snap.n_devices].tolist():
        key = (
            int(chain.level[row]),
            int(snap.device_spec[row]),
            tuple(np.flatnonzero(reach[:, row]).tolist()),
        )
        groups.setdefault(key, []).append(row)
    level: dict[tuple[int, tuple[int, ...]], int] = {}
    joined: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    for (at, spec, behind), members in groups.items():
        joined.setdefault((spec, behind), []).extend(members)
        level[spec, behind] = min(at, level.get((spec, behind), at))
    rated = ratings_w(snap)
    rows = []
    for found in sorted(joined, key=lambda k: (level[k], k)):
        members, type_ = joined[found], snap.specs.specs[found[0]].type
        names = [_source_name(of, feeding.sources[k]) for k in found[1]]
        fault = of.fault_levels.device_ka[members]
        worst = float(np.nanmax(fault)) if np.isfinite(fault).any() else None
        watts = float(rated[members[0]])
        rows.append((
            type_.name, context.device_name(members[0]), count(len(members)), ", ".join(names) or HOLD,
            _volts(type_, of), _poles(type_), _value(type_.rated_a),
            HOLD if np.isnan(watts) else kilo(watts), _breakers(type_), _value(type_.withstand_ka),
            _value(worst), _conductor(type_),
        ))  # fmt: skip
    columns = (
        Column("Element", least=24, wide=0.5, most=50), Column("For example", least=20, wide=0.5, most=44),
        Column("Alike", "right"), Column("Source", most=22), Column("V", "right", most=20),
        Column("Poles or phases", "right", most=14), Column("A", "right"),
        Column("Rating [kW]", "right", most=14), Column("Frame / trip [A]", "right", most=24),
        Column("Rated [kA]", "right", most=13), Column("Fault level [kA]", "right", most=15),
        Column("Conductor", most=24, least=16),
    )  # fmt: skip
    words = (
        f"'{HOLD}': the type does not state it; the electrical designer gives it. Fault level: highest at "
        "the inlet of any of them from the declared fault levels, without that of conductors and motors. "
        f"Conductor sizes, earthing and settings of relays: {OTHERS}.",
    )  # fmt: skip
    return Piece(Table(columns, rows, "Elements, from the sources down"), words)


def _source_name(of: Evaluation, name: str) -> str:
    source = of.snapshot.brief.source(name)
    return source.name if source is not None else name


def _power_ports(spec: DeviceType) -> list[PortGroup]:
    ports = [p for p in spec.ports if p.layer == "power"]
    return [p for p in ports if p.direction == "out"] or ports


def _volts(spec: DeviceType, of: Evaluation) -> str:
    """Return the voltage it gives; of a window as wide as many types state that of the design in it."""
    for port in _power_ports(spec):
        low, high = port.voltage_low_v, port.voltage_high_v
        if low and high:
            return number_text(low) if low == high else f"{number_text(low)} to {number_text(high)}"
    return HOLD


def _poles(spec: DeviceType) -> str:
    poles = {bank.poles for bank in spec.banks}
    if poles:
        return ", ".join(f"{p}P" for p in sorted(poles))
    stated = [p.phases for p in _power_ports(spec) if p.phases is not None]
    return _phases(max(stated)) if stated else HOLD


def _phases(number: int | None) -> str:
    return HOLD if number is None else {0: "DC"}.get(number, f"{number} ph")


def _breakers(spec: DeviceType) -> str:
    """Return frames and trips of its breakers, each kind once with how many there are."""
    alike: dict[str, int] = {}
    for bank in spec.banks:
        words = f"{_value(bank.frame_a)} / {number_text(bank.rated_a)}"
        alike[words] = alike.get(words, 0) + 1
    return ", ".join(f"{n} × {words}" for words, n in alike.items()) or HOLD


def _conductor(spec: DeviceType) -> str:
    if spec.kind in ("busway", "tap-off") and spec.rated_a is not None:
        return f"busway {number_text(spec.rated_a)} A" if spec.kind == "busway" else "plugs on"
    return OTHERS


def _value(number: float | None) -> str:
    return HOLD if number is None else number_text(number)


def _nothing(page: Page) -> None:
    """Draw nothing."""
