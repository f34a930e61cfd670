"""What a quantity is made of: each input with its value, evidence and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.engine.brief import ASSUMPTIONS
from core.engine.columns import Flags, Floats, count_by, sum_by
from core.engine.delivered import included
from core.engine.power import FALLBACK, PASSIVE
from core.engine.sensitivity import influences
from core.engine.specs import EVIDENCE, UNKNOWN
from core.model.fields import fields_of
from core.model.requirements import REQUIREMENTS
from core.model.types import AcceleratorType, AnyType, Citation, DeviceType
from core.units import number_text, show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation

MOST_INPUTS = 12
EVIDENCE_NAMES = (*EVIDENCE, "unknown")
POWERS = ("power_max_w", "power_typical_w", "power_peak_w", "rack_power_max_w")


@dataclass(frozen=True)
class Input:
    """One input of a quantity.

    Attributes
    ----------
    name : str
        Type, requirement or assumption.
    what : str
        Which of its values: `16 x 10.2 kW, power, maximum sustained`.
    amount : str
        What it gives to the quantity; empty for a condition.
    evidence : str
        How the value is known, or `unknown`.
    source : str
        Title of the citation, or the basis of an assumption.
    weight : float
        By which inputs are ordered, largest first.
    """

    name: str
    what: str
    amount: str
    evidence: str
    source: str
    weight: float = 0.0


def inputs_of(of: Evaluation, quantity: str, most: int = MOST_INPUTS) -> tuple[list[Input], int]:
    """Return the inputs of a quantity, those that give most first, and the number of those left out.

    Parameters
    ----------
    of : Evaluation
    quantity : str
        A name of `of.quantities`.
    most : int
        Inputs returned at most; conditions are always there.
    """
    found = _amounts(of, quantity)
    found.sort(key=lambda one: -one.weight)
    return [*found[:most], *_conditions(of, quantity)], max(len(found) - most, 0)


def _amounts(of: Evaluation, quantity: str) -> list[Input]:
    cooled, drawn = of.cooling, of.power
    if quantity in POWERS:
        flow = {"power_typical_w": drawn.typical, "power_peak_w": drawn.peak}.get(quantity, drawn.normal)
        rack = of.snapshot.device_rack
        worst = quantity == "rack_power_max_w" and len(drawn.rack_max_w) > 0
        chosen = rack == int(drawn.rack_max_w.argmax()) if worst else np.ones(len(rack), bool)
        return _drawn(of, quantity.removeprefix("rack_"), flow.device_heat_w, chosen)
    if quantity in ("heat_air_w", "airflow_m3h", "heat_liquid_w", "coolant_flow_lpm"):
        air = quantity in ("heat_air_w", "airflow_m3h")
        return _heat(of, cooled.device_air_w if air else cooled.device_liquid_w)
    if quantity in ("mass_kg", "floor_load_kg_m2"):
        return _masses(of)
    if quantity == "rack_mass_kg":
        return _masses(of, int(of.mass.rack_kg.argmax())) if len(of.mass.rack_kg) else []
    if quantity == "accelerators" or quantity.startswith("tflops") or quantity == "memory_tb":
        return _accelerators(of, quantity)
    if quantity in ("capex_low_usd", "capex_high_usd") or quantity in (
        "usd_per_tflop_bf16",
        "supplier_largest_share",
    ):
        return _prices(of)
    if quantity in of.economics.figures:
        return _worth(of, quantity)
    if quantity == "source_worst_use":
        return _sources(of)
    return _tiers(of) if quantity == "oversubscription_worst" else []


def _drawn(of: Evaluation, field: str, device: Floats, chosen: Flags) -> list[Input]:
    """Return what the devices of each spec draw; of what only passes power on, its losses."""
    snap, specs = of.snapshot, of.snapshot.specs
    column = specs.column(field, with_modules=True, instead=FALLBACK[field.split("_")[1]])
    efficiency = specs.column("efficiency")
    counts = count_by(snap.device_spec[chosen], len(specs))
    amount = sum_by(snap.device_spec[chosen], device[chosen], len(specs))
    found = []
    for k in np.flatnonzero((counts > 0) & (np.arange(len(specs)) > 0)).tolist():
        spec, count = specs.specs[k].type, number_text(counts[k])
        if column.known[k]:
            stated = getattr(spec, field) is not None
            instead = (f for f in FALLBACK[field.split("_")[1]] if getattr(spec, f) is not None)
            used = field if stated else next(instead, field)  # none of its own: the modules say it
            what = f"{count} x {show(float(column.value[k]), 'W')}, {_label(used)}"
            _, source = _cited(True, spec.sources, used)
            evidence = EVIDENCE_NAMES[column.evidence[k]]
        elif amount[k] > 0:
            given = bool(efficiency.known[k])
            value = float(efficiency.value[k]) if given else of.snapshot.brief.assume("shelf_efficiency")
            what = f"{count}, losses at an efficiency of {number_text(value)}"
            evidence, source = (
                _cited(True, spec.sources, "efficiency") if given else ("assumed", "house value")
            )
        elif spec.kind in PASSIVE:
            continue
        else:
            what, evidence, source = f"{count} x unknown, {_label(field)}", "unknown", ""
        found.append(Input(spec.name, what, show(float(amount[k]), "W"), evidence, source, float(amount[k])))
    return found


def _heat(of: Evaluation, device: Floats) -> list[Input]:
    """Return what the devices of each spec give to air or to liquid."""
    snap, specs = of.snapshot, of.snapshot.specs
    amount = sum_by(snap.device_spec, device, len(specs))
    total = sum_by(snap.device_spec, of.power.normal.device_heat_w, len(specs))
    fraction = specs.column("liquid_fraction")
    found = []
    for k in np.flatnonzero(total > 0).tolist():
        spec, known = specs.specs[k].type, bool(fraction.known[k])
        if amount[k] <= 0 and known:
            continue
        shown = number_text(float(fraction.value[k])) if known else "unknown, all to air"
        what = f"{show(float(total[k]), 'W')}, {_label('liquid_fraction')} {shown}"
        evidence, source = _cited(known, spec.sources, "liquid_fraction")
        found.append(Input(spec.name, what, show(float(amount[k]), "W"), evidence, source, float(amount[k])))
    return found


def _masses(of: Evaluation, rack: int = -1) -> list[Input]:
    """Return what devices and racks weigh: of one rack, or of the whole design.

    Of racks whose mass is stated only what was added since counts beside the statement.
    """
    snap, specs = of.snapshot, of.snapshot.specs
    stated = np.array([r is not None and r.mass_kg is not None for r in snap.rack_records] + [False])
    whole = np.append(stated[snap.rack_block] & (snap.rack_type >= 0), False)
    chosen = ~(whole[snap.device_rack] & included(snap))
    racks = np.flatnonzero(snap.rack_type >= 0)
    if rack >= 0:
        chosen &= snap.device_rack == rack
        racks = racks[racks == rack]
    column, found = specs.column("mass_kg", with_modules=True), []
    counts = count_by(snap.device_spec[chosen], len(specs))
    for k in np.flatnonzero((counts > 0) & (np.arange(len(specs)) > 0)).tolist():
        spec, known = specs.specs[k].type, bool(column.known[k])
        each, amount = float(column.value[k]), float(counts[k] * column.value[k])
        what = f"{number_text(counts[k])} x {show(each if known else None, 'kg')}"
        evidence, source = _cited(known, spec.sources, "mass_kg")
        found.append(Input(spec.name, what, show(amount, "kg"), evidence, source, amount))
    for number, count in zip(*np.unique(snap.rack_block[racks], return_counts=True), strict=True):
        record = snap.rack_records[int(number)]
        frame = specs.rack_types[int(snap.rack_type[racks][snap.rack_block[racks] == number][0])]
        value, sources, name = frame.mass_kg, frame.sources, f"{frame.name}, frame"
        if record is not None and record.mass_kg is not None:
            value, sources, name = record.mass_kg, record.sources, f"{record.name}, as delivered"
        amount = float(count) * (value or 0.0)
        evidence, source = _cited(value is not None, sources, "mass_kg")
        what = f"{number_text(float(count))} x {show(value, 'kg')}"
        found.append(Input(name, what, show(amount, "kg"), evidence, source, amount))
    return found


def _accelerators(of: Evaluation, quantity: str) -> list[Input]:
    snap, specs = of.snapshot, of.snapshot.specs
    counts = count_by(snap.device_spec, len(specs))
    field = "memory_gb" if quantity == "memory_tb" else quantity
    sums: dict[str, tuple[DeviceType, AnyType | None, float]] = {}
    for k in np.flatnonzero(counts > 0).tolist():
        for fit in specs.specs[k].type.accelerators:
            key = f"{specs.specs[k].type.id} {fit.type}"
            before = sums[key][2] if key in sums else 0.0
            sums[key] = (specs.specs[k].type, specs.find(fit.type), before + counts[k] * fit.count)
    found = []
    for host, part, number in sums.values():
        if quantity == "accelerators":
            name = host.name if part is None else f"{part.name} in {host.name}"
            evidence, source = _cited(True, host.sources, "accelerators")
            found.append(
                Input(name, "accelerators of the type", number_text(number), evidence, source, number)
            )
        elif isinstance(part, AcceleratorType):
            unit = "GB" if field == "memory_gb" else "TFLOPS"
            value = getattr(part, field)
            evidence, source = _cited(value is not None, part.sources, field)
            amount = number * (value or 0.0)
            total = show(amount / 1000, "TB") if unit == "GB" else show(amount, unit)
            what = f"{number_text(number)} x {show(value, unit)} in {host.name}"
            found.append(Input(part.name, what, total, evidence, source, amount))
    return found


def _prices(of: Evaluation) -> list[Input]:
    found = []
    for row in of.cost.rows:
        if row.included:
            continue
        low, high = row.low_usd, row.high_usd
        length = "" if row.length_m is None else f" of {show(row.length_m, 'm')}"
        amount = (
            show(low, "USD") if low == high or high is None else f"{show(low, 'USD')} to {show(high, 'USD')}"
        )
        evidence, source = _cited(low is not None, row.type.sources, "price_low_usd")
        name = row.type.part_number or row.type.name
        what = f"{number_text(row.count)} pieces{length}, {row.section}"
        found.append(Input(name, what, amount, evidence, source, high or 0.0))
    return found


def _worth(of: Evaluation, quantity: str) -> list[Input]:
    """Return what a figure of cost rests on, by how far it moves with each."""
    return [
        Input(
            one.label, show(one.likely, one.unit), f"10 % of it moves it {abs(change):.1%}",
            str(one.evidence), one.basis, abs(change),
        )
        for one, change in influences(of.economics, quantity)
    ]  # fmt: skip


def _sources(of: Evaluation) -> list[Input]:
    found = []
    for k, source in enumerate(of.snapshot.brief.sources):
        load = float(of.power.normal.source_w[k])
        evidence = "user" if source.capacity_w is not None else "unknown"
        what = f"capacity {show(source.capacity_w, 'W')}"
        found.append(
            Input(f"Source {source.name}", what, f"{show(load, 'W')} now", evidence, "the project", load)
        )
    return found


def _tiers(of: Evaluation) -> list[Input]:
    found = []
    judged = {f.id: f for f in of.snapshot.brief.fabrics if f.role in ("compute", "storage")}
    for result in of.network.fabrics:
        if result.fabric not in judged:
            continue
        for tier in result.tiers:
            ratio = (
                "no links up" if tier.oversubscription is None else f"{number_text(tier.oversubscription)}:1"
            )
            what = (
                f"{number_text(tier.switches)} switches, {show(tier.down_gbps, 'Gbit/s')} down, "
                f"{show(tier.up_gbps, 'Gbit/s')} up"
            )
            name = f"{judged[result.fabric].name}, tier {tier.number}"
            found.append(
                Input(name, what, ratio, "verified", "counted on the drawing", tier.oversubscription or 0)
            )
    return found


_USES = {
    "airflow_m3h": ("air_supply_c", "air_rise_k", "altitude_m"),
    "heat_air_w": ("air_supply_c", "air_rise_k"),
    "coolant_flow_lpm": ("coolant", "liquid_supply_c", "liquid_rise_k"),
    "heat_liquid_w": ("coolant", "liquid_supply_c", "liquid_rise_k"),
}


def _conditions(of: Evaluation, quantity: str) -> list[Input]:
    """The lines of the brief a quantity starts from."""
    brief, found = of.snapshot.brief, []
    for name in _USES.get(quantity, ()):
        kind, stated = REQUIREMENTS[name], brief.required(name)
        value = kind.default if stated is None else stated
        text = show(float(value), kind.unit) if isinstance(value, (int, float)) else str(value)
        evidence, source = ("assumed", kind.basis) if stated is None else ("user", "the brief")
        found.append(Input(kind.label, text, "", evidence, source))
    specs = of.snapshot.specs.specs
    if quantity in POWERS and any(
        spec.type.kind == "power-shelf" and spec.type.efficiency is None for spec in specs
    ):
        assumed, own = ASSUMPTIONS["shelf_efficiency"], dict(brief.assumptions)
        value = number_text(brief.assume("shelf_efficiency"))
        known = ("user", "the project") if "shelf_efficiency" in own else (assumed.evidence, assumed.basis)
        found.append(Input(assumed.label, value, "", *known))
    return found


def _label(field: str) -> str:
    return fields_of(DeviceType)[field].label.lower()


def _cited(known: bool, sources: tuple[Citation, ...], field: str) -> tuple[str, str]:
    """Return evidence and title of the citation that names a field."""
    if not known:
        return EVIDENCE_NAMES[UNKNOWN], ""
    for citation in sources:
        if field in citation.fields:
            return citation.evidence, citation.title
    return "assumed", "no source given"
