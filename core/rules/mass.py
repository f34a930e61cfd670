"""Mass of racks against what they carry."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.editing.routes import counted
from core.rules.finding import Severity
from core.rules.rule import Marks, Missing, Yielded, rule
from core.rules.views import Design
from core.units import show


@rule("mass.rack_load", Severity.ERROR, "Rack loaded above its static rating",
      reads=("mass", "racks"), unit="kg")  # fmt: skip
def rack_load(design: Design) -> Iterator[Yielded]:
    """The devices of a rack weigh more than the static load its type carries.

    Masses that are not known count as nothing, so the true load is higher. Rolling (dynamic) ratings are
    usually lower and are not judged. This is not a check of the floor: a structural engineer confirms.

    Source: static ratings of the rack types, each with its own source in the catalogue. What static and
    dynamic mean is recalled.
    """
    snap, load = design.snap, design.of.mass.rack_load_kg
    column = design.specs.rack_column("load_max_kg")
    limit = np.append(np.where(column.known, column.value, np.nan), np.nan)[snap.rack_type]
    there = snap.rack_type >= 0
    for number in np.unique(snap.rack_type[there & np.isnan(limit)]):
        yield Missing(f"static load of {design.specs.rack_types[int(number)].name}")
    rows = np.flatnonzero(there & (load > limit + 1e-6))
    yield Marks(
        "rack",
        rows,
        lambda k: (
            f"{show(float(load[rows[k]]), 'kg')} in a rack for {show(float(limit[rows[k]]), 'kg')}; "
            "take devices out or choose a stronger rack"
        ),
        load[rows],
        limit[rows],
    )


@rule("mass.unknown", Severity.INFO, "Masses not known", reads=("mass", "racks"))
def mass_unknown(design: Design) -> Iterator[Yielded]:
    """The mass of some things in a rack is given by nobody and counts as nothing: the rack is heavier.

    Source: the catalogue; what is not found there stays unknown. Cables and coolant come on top (about 1 kg a
    litre, derived).
    """
    unknown = design.of.mass.rack_unknown
    rows = np.flatnonzero((unknown > 0) & (design.snap.rack_type >= 0))

    def text(k: int) -> str:
        things = counted(int(unknown[rows[k]]), "thing")
        return f"mass of {things} not known; enter it, or that of the rack as delivered"

    yield Marks(
        "rack",
        rows,
        text,
        unknown[rows].astype(np.float64),
        np.zeros(len(rows)),
    )
