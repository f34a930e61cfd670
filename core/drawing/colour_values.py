"""Colouring by numbers of the engine: power and headroom, heat, mass, free units and ports, cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.drawing.colour_schemes import STEPS, Colouring, Entry, Scheme, Values, value_text
from core.drawing.placed import PlacedBlock
from core.engine.flat import Flat
from core.engine.free_ports import free_ports_of
from core.engine.prices import rack_prices, rack_unpriced, spec_prices
from core.engine.rack_headroom import rack_headroom_of
from core.model.project import Reader
from core.units import converted, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

Signs = NDArray[np.int64]


def in_unit(scheme: Scheme, base: Values) -> Values:
    """Return values in base units (W, kg, half units, ports, USD) in the unit of a scheme."""
    factors = {"kW": 1e-3, "kg": converted(1.0, "kg")[0], "U": 0.5, "ports": 1.0, "k USD": 1e-3}
    return base * factors[scheme.unit]


def is_ready(scheme: Scheme, evaluation: Evaluation | None) -> bool:
    """Tell whether an evaluation has the values of a scheme; long ones are made by whoever asks for them."""
    return evaluation is not None and not (scheme.is_long and "node_headroom" not in vars(evaluation))


def scaled(scheme: Scheme, values: Values, waiting: bool, signs: Signs | None) -> Colouring:
    """Colour by values; `signs` are 1 where the true one is higher, -1 where it is lower."""
    known = ~np.isnan(values)
    unit = symbol(converted(1.0, scheme.unit)[1])
    codes = np.full(len(values), -1, dtype=np.int16)
    if not known.any():
        return Colouring(scheme, codes, ("",) * len(values), (), len(values), waiting, unit=unit)
    low, high = float(values[known].min()), float(values[known].max())
    steps = 1 if high - low <= 1e-9 * max(abs(high), 1.0) else STEPS
    share = (values[known] - low) / (high - low) if steps > 1 else np.zeros(int(known.sum()))
    codes[known] = np.minimum((share * steps).astype(np.int16), steps - 1)
    edges = np.linspace(low, high, steps + 1)
    counts = np.bincount(codes[known], minlength=steps)
    names = [f"{value_text(a)} – {value_text(b)}" for a, b in pairwise(edges.tolist())]
    first = STEPS // 2 if steps == 1 else 0
    entries = tuple(
        Entry(f"paint.s{first + i}", "", value_text(low) if steps == 1 else names[i], int(counts[i]))
        for i in range(steps)
    )
    return Colouring(
        scheme,
        codes,
        _texts(values, signs),
        entries,
        int((~known).sum()),
        waiting,
        low,
        high,
        unit,
        values,
    )


def _texts(values: Values, signs: Signs | None) -> tuple[str, ...]:
    """Print each value once, however many things have it."""
    unique, index = np.unique(values, return_inverse=True)
    words = ["" if np.isnan(v) else value_text(float(v)) for v in unique.tolist()]
    found = [words[i] for i in index.reshape(-1).tolist()]
    if signs is not None and signs.any():
        for row in np.flatnonzero(signs).tolist():
            found[row] = found[row] and f"{'≥' if signs[row] > 0 else '≤'} {found[row]}"
    return tuple(found)


def _rack_cost(evaluation: Evaluation) -> Values:
    mean: Values = rack_prices(evaluation.snapshot).mean(axis=0)
    return np.where((mean == 0) & rack_unpriced(evaluation.snapshot), np.nan, mean)


def _device_cost(evaluation: Evaluation) -> Values:
    snap = evaluation.snapshot
    mean = spec_prices(snap.specs).mean(axis=0)
    return np.where(mean > 0, mean, np.nan)[snap.device_spec]


_RackColumn = Callable[["Evaluation"], NDArray[np.float64]]
_RACKS: dict[str, _RackColumn] = {
    "power": lambda e: e.power.rack_max_w,
    "air": lambda e: e.cooling.rack_air_w,
    "liquid": lambda e: e.cooling.rack_liquid_w,
    "mass": lambda e: e.mass.rack_kg,
    "free": lambda e: e.space.rack_free_hu.astype(np.float64),
    "headroom": lambda e: rack_headroom_of(e).rack_w,
    "ports": lambda e: free_ports_of(e.snapshot).rack,
    "cost": _rack_cost,
}
_RACK_SIGNS: dict[str, Callable[[Evaluation], Signs]] = {
    "mass": lambda e: np.where(e.mass.rack_unknown > 0, 1, 0),
    "cost": lambda e: np.where(rack_unpriced(e.snapshot), 1, 0),
    "headroom": lambda e: np.where(rack_headroom_of(e).rack_unrated, -1, 0),
}


def _device_mass(evaluation: Evaluation) -> NDArray[np.float64]:
    column = evaluation.snapshot.specs.column("mass_kg", with_modules=True)
    return np.where(column.known, column.value, np.nan)[evaluation.snapshot.device_spec]


_DEVICES: dict[str, _RackColumn] = {
    "power": lambda e: e.power.device_max_w,
    "air": lambda e: e.cooling.device_air_w,
    "liquid": lambda e: e.cooling.device_liquid_w,
    "mass": _device_mass,
    "headroom": lambda e: rack_headroom_of(e).device_w,
    "ports": lambda e: free_ports_of(e.snapshot).device,
    "cost": _device_cost,
}


def rack_rows(flat: Flat, paths: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows of racks and, of what is no rack, rows of devices; -1 where there is neither.

    Parameters
    ----------
    flat : Flat
        Of the block the paths begin at.
    paths : sequence of str
    """
    racks = np.full(len(paths), -1, dtype=np.intp)
    devices = np.full(len(paths), -1, dtype=np.intp)
    # Paths come block by block, so the way to the one before is the way to most.
    known: dict[str, tuple[Flat, int, int] | None] = {"": (flat, 0, 0)}

    def found(path: str) -> tuple[Flat, int, int] | None:
        if path not in known:
            outer, _, last = path.rpartition("/")
            holder = found(outer)
            child = holder[0].child_by_id.get(last) if holder is not None else None
            known[path] = (
                None
                if holder is None or child is None
                else (child.flat, holder[1] + child.start["rack"], holder[2] + child.start["device"])
            )
        return known[path]

    for i, path in enumerate(paths):
        place = found(path)
        if place is not None and len(place[0].own["racks"]["rack_block"]):
            racks[i] = place[1]
        elif place is None:
            outer, _, last = path.rpartition("/")
            holder = found(outer)
            row = holder[0].rows_by_id.get(last, -1) if holder is not None else -1
            devices[i] = -1 if holder is None or row < 0 else holder[2] + row
    return racks, devices


def floor_values(scheme: Scheme, paths: Sequence[str], evaluation: Evaluation | None) -> tuple[Values, Signs]:
    """Return the values of racks and floor devices, and which of them are bounds."""
    values, signs = np.full(len(paths), np.nan), np.zeros(len(paths), np.int64)
    if evaluation is None or not is_ready(scheme, evaluation):
        return values, signs
    racks, devices = rack_rows(evaluation.snapshot.flat, paths)
    is_rack, is_device = racks >= 0, devices >= 0
    values[is_rack] = _RACKS[scheme.name](evaluation)[racks[is_rack]]
    if scheme.name in _DEVICES and is_device.any():
        values[is_device] = _DEVICES[scheme.name](evaluation)[devices[is_device]]
    if scheme.name == "headroom":
        # Those of transformers and chillers would stretch the scale until all racks look alike.
        values[is_device] = np.nan
    if scheme.name in _RACK_SIGNS:
        signs[is_rack] = _RACK_SIGNS[scheme.name](evaluation)[racks[is_rack]]
    return in_unit(scheme, values), signs


def device_values(
    project: Reader, scheme: Scheme, racks: Sequence[PlacedBlock], evaluation: Evaluation | None
) -> Values:
    """Return the values of the devices of some racks, rack after rack."""
    ids = [list(project.devices(at.block.id)) for at in racks]
    values = np.full(sum(map(len, ids)), np.nan)
    column = _DEVICES.get(scheme.name)
    if evaluation is None or column is None or not is_ready(scheme, evaluation):
        return values
    flat = evaluation.snapshot.flat
    found = [device_rows(flat, at.path, own) for at, own in zip(racks, ids, strict=True)]
    rows = np.concatenate(found) if found else np.zeros(0, np.intp)
    known = rows >= 0
    values[known] = column(evaluation)[rows[known]]
    return in_unit(scheme, values)


def device_rows(flat: Flat, rack: str, ids: Sequence[str]) -> NDArray[np.intp]:
    """Return the rows of some devices of the rack at a path; -1 for those it does not hold."""
    start = 0
    for step in rack.split("/") if rack else ():
        child = flat.child_by_id.get(step)
        if child is None:
            return np.full(len(ids), -1, dtype=np.intp)
        flat, start = child.flat, start + child.start["device"]
    rows = np.array([flat.rows_by_id.get(d, -1) for d in ids], dtype=np.intp)
    return np.where(rows < 0, -1, rows + start)
