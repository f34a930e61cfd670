"""The list of devices."""

from __future__ import annotations

import numpy as np

from core.engine.power import FALLBACK, PASSIVE
from core.engine.specs import EVIDENCE
from core.model.types import RackType
from core.report.lists.cells import Cells, Numbers, Rows, Texts
from core.report.lists.listing import DRAWN, OF_TYPE, Column, Kind, Source

KW = 1000.0


def _rows(source: Source) -> Rows:
    return np.flatnonzero(source.evaluation.snapshot.device_spec > 0)


def of_spec(source: Source, values: list[str]) -> Texts:
    """Return a text of each spec as a column of the devices."""
    return Texts(source.evaluation.snapshot.device_spec, values)


def phase_name(source: Source) -> dict[str, str]:
    """Return the names of the phases by id."""
    return {phase.id: phase.name for phase in source.placed.reader.phases.values()}


def _holder(source: Source) -> Cells:
    placed = source.placed
    return Texts(placed.place_of("device"), placed.labels, placed.label_order)


def _position(source: Source) -> Cells:
    """Lowest unit, as numbered on the rack; empty on the floor and in zones beside the units."""
    snap, placed = source.evaluation.snapshot, source.placed
    types = [*snap.specs.rack_types, None]
    rack = np.append(snap.rack_type, -1)[snap.device_rack]
    racked = (snap.device_rack >= 0) & (snap.device_zoned == 0) & (rack >= 0)
    code = rack.astype(np.int64) * 1024 + snap.device_half_u
    present, index = np.unique(np.where(racked, code, -1), return_inverse=True)
    texts, order = [], []
    for value in present.tolist():
        spec = types[value // 1024] if value >= 0 else None
        texts.append(unit_text(spec, value % 1024) if isinstance(spec, RackType) else "")
        order.append(value % 1024 if value >= 0 else 0)
    zoned = placed.texts("device", "zone")
    if np.any(snap.device_zoned):
        codes = np.where(snap.device_zoned == 1, len(texts) + zoned.codes, index.reshape(-1))
        return Texts(codes, [*texts, *zoned.values], np.array([*order, *[2048] * len(zoned.values)]))
    return Texts(index.reshape(-1), texts, np.array(order))


def unit_text(rack: RackType, half_u: int) -> str:
    """Return a position as numbered on a rack: U7, or U7.5 for half a unit higher.

    Examples
    --------
    >>> unit_text(RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000), 13)
    'U7.5'
    """
    return f"{rack.unit}{rack.unit_number(half_u):g}"


def _power(source: Source) -> Cells:
    snap = source.evaluation.snapshot
    known = snap.specs.column("power_max_w", with_modules=True, instead=FALLBACK["max"])
    lacking = np.array([bool(modules) for modules in known.lacking], bool)[snap.device_spec]
    passive = np.array([spec.type.kind in PASSIVE for spec in snap.specs.specs])
    power_kw = source.evaluation.power.device_max_w / KW
    power_kw = np.where((known.known | passive)[snap.device_spec], power_kw, np.nan)
    return Numbers(power_kw, least=lacking)


def _mass(source: Source) -> Cells:
    snap = source.evaluation.snapshot
    column = snap.specs.column("mass_kg", with_modules=True)
    lacking = np.array([bool(modules) for modules in column.lacking], bool)[snap.device_spec]
    return Numbers(np.where(column.known, column.value, np.nan)[snap.device_spec], least=lacking)


def _evidence(source: Source) -> Cells:
    codes = source.evaluation.snapshot.specs.column("power_max_w").evidence
    return of_spec(source, [(*EVIDENCE, "unknown")[int(code)] for code in codes])


def _types(field: str) -> Column:
    titles = {"name": "Type", "maker": "Maker", "kind": "Function"}

    def make(source: Source) -> Cells:
        specs = source.evaluation.snapshot.specs.specs
        return of_spec(source, [str(getattr(spec.type, field)) for spec in specs])

    also = {"name": ("model",), "kind": ("kind",)}.get(field, ())
    return Column(f"type.{field}", titles[field], make, fixed=OF_TYPE, also=also)


def path_column(thing: str) -> Column:
    """Return the column with the names along the path; a list of things is matched by it when imported."""

    def make(source: Source) -> Cells:
        if thing == "device":
            return source.placed.device_labels
        names = source.placed.name("rack")
        labels = [source.placed.labels[k] for k in source.placed.rack_places]
        texts = [label or name for label, name in zip(labels, names.values, strict=True)]
        return Texts(np.arange(len(texts)), texts)

    return Column("path", "Path", make, fixed=DRAWN, shown=False)


def said(thing: str, field: str, title: str, *also: str, shown: bool = True) -> Column:
    """Return a column of texts that stands in the records or in overrides and can be edited."""

    def make(source: Source) -> Cells:
        if field == "name":
            return source.placed.name(thing)
        if field == "phase":
            names = phase_name(source)
            return source.placed.texts(thing, "phase", lambda value: names.get(value, ""))
        return source.placed.texts(thing, field)

    return Column(field, title, make, fixed="", shown=shown, also=also)


DEVICES = Kind(
    name="devices",
    title="Devices",
    noun="device",
    thing="device",
    columns=(
        said("device", "name", "Name"),
        Column("holder", "Rack", _holder, fixed=DRAWN, also=("in",)),
        Column("half_u", "Unit", _position, fixed="", also=("u", "position")),
        said("device", "face", "Face", shown=False),
        said("device", "status", "Status"),
        said("device", "phase", "Phase"),
        said("device", "scope", "Scope", shown=False),
        said("device", "asset_tag", "Asset tag", "tag"),
        said("device", "serial", "Serial number"),
        _types("name"),
        _types("maker"),
        _types("kind"),
        Column("power", "Max. power", _power, unit="kW", also=("kw",)),
        Column(
            "power_limit_w",
            "Power limit",
            lambda s: s.placed.numbers("device", "power_limit_w", digits=15, missing=""),
            unit="W",
            fixed="",
            shown=False,
        ),
        Column("mass", "Mass", _mass, unit="kg", fixed=OF_TYPE, also=("kg",)),
        Column("evidence", "Power known by", _evidence, fixed=OF_TYPE, shown=False),
        said("device", "note", "Note"),
        path_column("device"),
    ),
    rows=_rows,
)
