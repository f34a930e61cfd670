"""Colouring by numbers of the engine: power, heat, mass, free units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.drawing.colour_schemes import STEPS, Colouring, Entry, Scheme, Values, value_text
from core.drawing.placed import PlacedBlock
from core.engine.flat import Flat
from core.model.project import Reader
from core.units import converted, symbol

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


def in_unit(scheme: Scheme, base: Values) -> Values:
    """Return values in base units (W, kg, half units) in the unit of a scheme."""
    return base * {"kW": 1e-3, "kg": converted(1.0, "kg")[0], "U": 0.5}[scheme.unit]


def scaled(scheme: Scheme, values: Values, waiting: bool, at_least: NDArray[np.bool_] | None) -> Colouring:
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
        _texts(values, at_least),
        entries,
        int((~known).sum()),
        waiting,
        low,
        high,
        unit,
        values,
    )


def _texts(values: Values, at_least: NDArray[np.bool_] | None) -> tuple[str, ...]:
    """Print each value once, however many things have it."""
    unique, index = np.unique(values, return_inverse=True)
    words = ["" if np.isnan(v) else value_text(float(v)) for v in unique.tolist()]
    found = [words[i] for i in index.reshape(-1).tolist()]
    if at_least is not None and at_least.any():
        for row in np.flatnonzero(at_least).tolist():
            found[row] = found[row] and f"≥ {found[row]}"
    return tuple(found)


_RackColumn = Callable[["Evaluation"], NDArray[np.float64]]
_RACKS: dict[str, _RackColumn] = {
    "power": lambda e: e.power.rack_max_w,
    "air": lambda e: e.cooling.rack_air_w,
    "liquid": lambda e: e.cooling.rack_liquid_w,
    "mass": lambda e: e.mass.rack_kg,
    "free": lambda e: e.space.rack_free_hu.astype(np.float64),
}


def _device_mass(evaluation: Evaluation) -> NDArray[np.float64]:
    column = evaluation.snapshot.specs.column("mass_kg", with_modules=True)
    return np.where(column.known, column.value, np.nan)[evaluation.snapshot.device_spec]


_DEVICES: dict[str, _RackColumn] = {
    "power": lambda e: e.power.device_max_w,
    "air": lambda e: e.cooling.device_air_w,
    "liquid": lambda e: e.cooling.device_liquid_w,
    "mass": _device_mass,
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


def floor_values(
    scheme: Scheme, paths: Sequence[str], evaluation: Evaluation | None
) -> tuple[Values, NDArray[np.bool_]]:
    values, at_least = np.full(len(paths), np.nan), np.zeros(len(paths), dtype=np.bool_)
    if evaluation is None:
        return values, at_least
    racks, devices = rack_rows(evaluation.snapshot.flat, paths)
    is_rack, is_device = racks >= 0, devices >= 0
    values[is_rack] = _RACKS[scheme.name](evaluation)[racks[is_rack]]
    if scheme.name in _DEVICES:
        values[is_device] = _DEVICES[scheme.name](evaluation)[devices[is_device]]
    if scheme.name == "mass":
        at_least[is_rack] = evaluation.mass.rack_unknown[racks[is_rack]] > 0
    return in_unit(scheme, values), at_least


def device_values(project: Reader, scheme: Scheme, at: PlacedBlock, evaluation: Evaluation | None) -> Values:
    ids = list(project.devices(at.block.id))
    values = np.full(len(ids), np.nan)
    column = _DEVICES.get(scheme.name)
    if evaluation is None or column is None:
        return values
    rows = device_rows(evaluation.snapshot.flat, at.path, ids)
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
