"""The list of racks."""

from __future__ import annotations

import numpy as np

from core.report.lists.cells import Cells, Numbers, Rows, Texts
from core.report.lists.devices import KW, path_column, said
from core.report.lists.listing import COMPUTED, DRAWN, Column, Kind, Source


def _rows(source: Source) -> Rows:
    return np.flatnonzero(source.evaluation.snapshot.rack_type >= 0)


def _drawing(source: Source) -> Cells:
    placed = source.placed
    drawings = placed.reader.blocks
    ids = [placed.places[k].flat.block for k in placed.rack_places]
    blocks = [drawings[i].name if i in drawings else i for i in ids]
    texts = list(dict.fromkeys(blocks))
    at = {text: i for i, text in enumerate(texts)}
    return Texts(np.array([at[b] for b in blocks], np.int64), texts)


def _type(source: Source) -> Cells:
    snap = source.evaluation.snapshot
    return Texts(snap.rack_type, [t.name for t in snap.specs.rack_types])


def _within(source: Source) -> Cells:
    placed = source.placed
    holders = [placed.place_by_path[placed.places[k].path.rpartition("/")[0]] for k in placed.rack_places]
    return Texts(np.array(holders, np.int64), placed.labels, placed.label_order)


def _place(coordinate: str) -> Column:
    def make(source: Source) -> Cells:
        return Numbers(getattr(source.evaluation.snapshot, f"rack_{coordinate}"), digits=15)

    return Column(f"{coordinate}_mm", coordinate, make, unit="mm", fixed="")


def _rotation(source: Source) -> Cells:
    return Numbers(90.0 * (source.evaluation.snapshot.rack_turn & 3), digits=15)


def _used(source: Source) -> Cells:
    return Numbers(source.evaluation.space.rack_used_hu / 2)


def _free(source: Source) -> Cells:
    space = source.evaluation.space
    return Numbers((space.rack_total_hu - space.rack_used_hu) / 2)


def _power(source: Source) -> Cells:
    return Numbers(source.evaluation.power.rack_max_w / KW)


def _limit(source: Source) -> Cells:
    """The smaller of what the drawing or this placement and what the rack type allow."""
    snap = source.evaluation.snapshot
    column = snap.specs.rack_column("power_limit_w")
    of_type = np.append(np.where(column.known, column.value, np.nan), np.nan)[snap.rack_type]
    return Numbers(np.fmin(snap.rack_limit_w, of_type) / KW, missing="none")


def _mass(source: Source) -> Cells:
    mass = source.evaluation.mass
    return Numbers(mass.rack_kg, least=mass.rack_unknown > 0)


def _operating(source: Source) -> Cells:
    """Mass with cables and coolant; at least so much where something is not known."""
    found = source.evaluation
    dark = (found.mass.rack_unknown > 0) | (found.floor_load.rack_coolant_unknown > 0)
    return Numbers(found.floor_load.rack_operating_kg, least=dark)


def _foot(source: Source) -> Cells:
    found = source.evaluation
    return Numbers(found.floor_load.rack_worst_foot_kg, least=found.mass.rack_unknown > 0)


def _accelerators(source: Source) -> Cells:
    return Numbers(source.evaluation.compute.rack_accelerators, digits=15)


RACKS = Kind(
    name="racks",
    title="Racks",
    noun="rack",
    thing="rack",
    columns=(
        said("rack", "name", "Name"),
        Column("within", "Within", _within, fixed=DRAWN, also=("in", "unit")),
        Column("drawing", "Drawing", _drawing, fixed=DRAWN, also=("block",)),
        said("rack", "status", "Status"),
        said("rack", "phase", "Phase"),
        said("rack", "scope", "Scope", shown=False),
        said("rack", "asset_tag", "Asset tag", "tag"),
        said("rack", "serial", "Serial number"),
        Column("type", "Type", _type, fixed=DRAWN, shown=False),
        _place("x"),
        _place("y"),
        Column("rotation", "Rotation", _rotation, unit="deg", fixed=""),
        Column("used", "Used", _used, unit="U", fixed=COMPUTED),
        Column("free", "Free", _free, unit="U", fixed=COMPUTED),
        Column("power", "Max. power", _power, unit="kW", also=("kw",)),
        Column("limit", "Power limit", _limit, unit="kW", fixed=COMPUTED),
        Column("mass", "Mass", _mass, unit="kg", also=("kg",)),
        Column("operating", "In operation", _operating, unit="kg", fixed=COMPUTED, shown=False),
        Column("foot", "Worst foot", _foot, unit="kg", fixed=COMPUTED, shown=False),
        Column("accelerators", "Accelerators", _accelerators, also=("gpus",)),
        said("rack", "note", "Note"),
        path_column("rack"),
    ),
    rows=_rows,
)
