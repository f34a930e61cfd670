"""M-402: loops, units that feed them, racks, rooms and hoses, at maximum sustained power."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core.drawing.fabric_load import percent
from core.engine.loops import TECHNOLOGY
from core.report.context import Context
from core.report.flow import Piece, flow_sheets
from core.report.sheet import CAUTION, Page, Sheet, numbers
from core.report.tables import Column, Table
from core.report.values import count, kilo, metres
from core.units import converted, number_text, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

HOLD = "hold"
_One = TypeVar("_One")


def sheets(context: Context) -> list[Sheet]:
    """Return the schedule; none without an evaluation, or where nothing is piped or cools a room."""
    of = context.evaluation
    if of is None or not (of.loops.n_loops or len(of.loops.room_unit)):
        return []
    pieces = [*_loops(context, of), _units(context, of), _racks(context, of), _rooms(of), _hoses(of)]
    base = Sheet("", "Cooling schedule", "Cooling", _nothing, "maximum sustained power", caution=CAUTION)
    return flow_sheets(context, [p for p in pieces if p.table.rows], numbers("M", 402), base)


_HEAT, _FLOW = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14), (0, 1, 2, 9, 10, 11, 15, 16)
"""Columns of the tables of loops: heat, and what the pumps have to do."""


def _loops(context: Context, of: Evaluation) -> list[Piece]:
    """List the loops, in two tables; those with equal figures are one row."""
    at, pipes = of.loops, of.hydraulics
    rows = []
    for loops in _alike((_loop_words(of, k), k) for k in range(at.n_loops)):
        k = loops[0]
        units = at.unit_device[at.unit_loop == k]
        fed = context.device_name(int(units[0])) if len(units) else "nothing drawn"
        rows.append((at.loop_kind[k], fed, count(len(loops)), *_loop_words(of, k)[1:]))
    degrees = symbol("degC")
    columns = (
        Column("Loop", least=17), Column("Fed by, for example", least=15, wide=0.6, most=34),
        Column("Alike", "right"),
        Column("Coolant"), Column("Heat [kW]", "right", least=13),
        Column(f"Flow [{symbol('L/min')}]", "right", most=14),
        Column(f"Supply [{degrees}]", "right", most=14), Column(f"Return [{degrees}]", "right", most=14),
        Column(f"Rise [{symbol('K')}]", "right", least=11, most=12),
        Column(f"Drop [{symbol('kPa')}]", "right", most=13),
        Column(f"Head left [{symbol('kPa')}]", "right", most=15),
        Column(f"Velocity [{symbol('m/s')}]", "right", most=15), Column("Units", "right"),
        Column("Capacity [kW]", "right", most=16), Column("Spare", "right"),
        Column(f"Volume [{symbol('L')}]", "right", most=15), Column("Hold [s]", "right", most=11),
    )  # fmt: skip
    partly = not (pipes.loop_drop_known.all() and pipes.loop_volume_known.all())
    words = (
        f"'{HOLD}': not known from the types, hoses and brief. Drop: worst way from the units and back; "
        "velocity: highest in any hose. Hold: least time to the coolant limit with flow kept and heat "
        "rejection stopped." + (" '\u2265': as far as it is known." if partly else ""),
        "Isolation valves, strainers, expansion, air vents and leak sensors: hold.",
    )
    heat, flow = (
        Table(tuple(columns[k] for k in which), [tuple(row[k] for k in which) for row in rows], title)
        for which, title in ((_HEAT, "Loops"), (_FLOW, "Loops: drop, head, volume, hold time"))
    )
    return [Piece(heat, ()), Piece(flow, words)]


def _loop_words(of: Evaluation, k: int) -> tuple[str, ...]:
    at, pipes = of.loops, of.hydraulics
    spare = int(at.loop_spare[k])
    return (
        at.loop_kind[k], at.loop_coolant[k] or HOLD, _kilo(at.loop_heat_w[k]),
        _in(at.loop_flow_lpm[k], "L/min"), _in(at.loop_supply_c[k], "degC"), _in(at.loop_return_c[k], "degC"),
        _in(at.loop_rise_k[k], "K"), _least(pipes.loop_drop_kpa[k], "kPa", bool(pipes.loop_drop_known[k])),
        _in(pipes.loop_head_left_kpa[k], "kPa"), _in(pipes.loop_velocity_m_s[k], "m/s"),
        count(int(at.loop_units[k])), _kilo(at.loop_capacity_w[k]), f"N+{spare}" if spare >= 0 else HOLD,
        _least(pipes.loop_volume_l[k], "L", bool(pipes.loop_volume_known[k])), _in(pipes.loop_hold_s[k], "s"),
    )  # fmt: skip


def _units(context: Context, of: Evaluation) -> Piece:
    """List CDUs, heat rejection, and room units."""
    at, snap = of.loops, of.snapshot
    found: list[tuple[Hashable, tuple[int, tuple[str, ...]]]] = []
    for k, row in enumerate(at.unit_device.tolist()):
        heat, capacity = float(at.unit_heat_w[k]), float(at.unit_capacity_w[k])
        loop = int(at.unit_loop[k])
        needs = at.loop_facility_c[loop] if at.loop_kind[loop] == TECHNOLOGY else math.nan
        words: tuple[str, ...] = (_kilo(heat), _kilo(capacity), _in(at.unit_approach_k[k], "K"),
                 _in(needs, "degC"), *_margin(heat, capacity))  # fmt: skip
        found.append(((int(snap.device_spec[row]), words), (row, words)))
    column = snap.specs.column("cooling_w")
    for row in at.room_unit.tolist():
        spec = snap.device_spec[row]
        heat = float(at.air.unit_w[row])
        capacity = float(column.value[spec]) if column.known[spec] else math.nan
        words = (_kilo(heat), _kilo(capacity), HOLD, HOLD, *_margin(heat, capacity))
        found.append(((int(spec), words), (row, words)))
    rows = []
    for alike in _alike(found):
        row, words = alike[0]
        name = snap.specs.specs[int(snap.device_spec[row])].type.name
        rows.append((name, context.device_name(row), count(len(alike)), *words))
    columns = (
        Column("Unit", least=24, wide=0.6, most=60), Column("For example", least=18, wide=0.6, most=44),
        Column("Alike", "right"), Column("Heat [kW]", "right"), Column("Capacity [kW]", "right", most=16),
        Column(f"at approach [{symbol('K')}]", "right", most=17),
        Column(f"Facility water at most [{symbol('degC')}]", "right", most=24),
        Column("Margin [kW]", "right", most=15), Column("Use", "right"),
    )  # fmt: skip
    note = ("Capacity at the approach, supply and fluid of the design; tables are never extrapolated.",)
    return Piece(Table(columns, rows, "CDUs, heat rejection and room units"), note)


def _racks(context: Context, of: Evaluation) -> Piece:
    at, snap = of.cooling, of.snapshot
    found: list[tuple[Hashable, tuple[int, tuple[str, ...]]]] = []
    for row in np.flatnonzero(snap.rack_type >= 0).tolist():
        words: tuple[str, ...] = (
            _kilo(at.rack_liquid_w[row]),
            _in(at.rack_flow_lpm[row], "L/min"),
            _kilo(at.rack_air_w[row]),
        )
        found.append(((int(snap.rack_block[row]), words), (row, words)))
    rows = []
    for alike in _alike(found):
        row, words = alike[0]
        name = context.project.blocks[snap.rack_blocks[snap.rack_block[row]]].name
        rows.append((name, context.rack_name(row), count(len(alike)), *words))
    columns = (
        Column("Rack", least=24, wide=0.6, most=60), Column("For example", least=18, wide=0.6, most=44),
        Column("Alike", "right"), Column("To liquid [kW]", "right", most=17),
        Column(f"Flow [{symbol('L/min')}]", "right", most=16), Column("To air [kW]", "right", most=15),
    )  # fmt: skip
    return Piece(Table(columns, rows, "Racks"))


def _rooms(of: Evaluation) -> Piece:
    air, rows = of.loops.air, []
    for k, name in enumerate(air.room_name):
        heat, capacity = float(air.room_heat_w[k]), float(air.room_capacity_w[k])
        if heat <= 0 and not air.room_units[k]:
            continue
        spare = int(air.room_spare[k])
        rows.append((
            name or "outside the rooms drawn", _in(of.cooling.air_supply_c, "degC"), _kilo(heat),
            _in(air.room_airflow_m3h[k], "m3/h"), count(int(air.room_units[k])),
            _kilo(capacity) if air.room_units[k] else HOLD,
            _in(air.room_given_m3h[k], "m3/h") if air.room_units[k] else HOLD,
            f"N+{spare}" if spare >= 0 else HOLD,
        ))  # fmt: skip
    columns = (
        Column("Room", least=24, wide=0.6), Column(f"Supply [{symbol('degC')}]", "right", most=15),
        Column("Heat [kW]", "right"), Column(f"Airflow [{symbol('m3/h')}]", "right", most=18),
        Column("Units", "right"), Column("Capacity [kW]", "right", most=16),
        Column(f"They give [{symbol('m3/h')}]", "right", most=18), Column("Spare", "right"),
    )  # fmt: skip
    return Piece(Table(columns, rows, "Air of the rooms"))


def _hoses(of: Evaluation) -> Piece:
    """List hoses by part, ordered length and flow, with what runs in them at most."""
    pipes, laid = of.hydraulics, of.cabling
    groups: dict[tuple[str, str], list[int]] = {}
    for k, cable in enumerate(pipes.cables.tolist()):
        option = int(laid.cable_option[cable])
        name = laid.options[option].name if option >= 0 else HOLD
        groups.setdefault((name, metres(float(pipes.length_m[k])) or HOLD), []).append(k)
    rows = [
        (name, length, count(len(members)), _most(pipes.flow_lpm[members], "L/min"),
         _most(pipes.velocity_m_s[members], "m/s"), _most(pipes.drop_kpa[members], "kPa"))
        for (name, length), members in sorted(groups.items())
    ]  # fmt: skip
    columns = (
        Column("Hose or joint", least=30, wide=1.0, most=90), Column("Order [m]", "right"),
        Column("Count", "right"), Column(f"Flow, most [{symbol('L/min')}]", "right", most=20),
        Column(f"Velocity [{symbol('m/s')}]", "right", most=16), Column(f"Drop [{symbol('kPa')}]", "right"),
    )  # fmt: skip
    words = ("Supply and return each count. Couplings come with the part unless the bill lists them.",)
    return Piece(Table(columns, rows, "Hoses"), words)


def _alike(found: Iterable[tuple[Hashable, _One]]) -> list[list[_One]]:
    """Return what has the same key together, in order."""
    groups: dict[Hashable, list[_One]] = {}
    for key, one in found:
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _in(value: float, unit: str) -> str:
    """Return a value in the units in force, without its unit: the heading says it."""
    if not math.isfinite(value):
        return HOLD
    return number_text(converted(float(value), unit)[0], digits=4)


def _least(value: float, unit: str, known: bool) -> str:
    text = _in(value, unit)
    if not known and not value > 0:
        return HOLD  # at least nothing says nothing
    return text if known or text == HOLD else f"\u2265 {text}"


def _most(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], unit: str) -> str:
    known = values[np.isfinite(values)]
    return _in(float(known.max()), unit) if len(known) else HOLD


def _kilo(watts: float) -> str:
    return kilo(float(watts)) if math.isfinite(watts) else HOLD


def _margin(heat: float, capacity: float) -> tuple[str, str]:
    if not math.isfinite(heat) or not capacity > 0:
        return HOLD, HOLD
    return kilo(capacity - heat), percent(heat / capacity)


def _nothing(page: Page) -> None:
    """Draw nothing."""
