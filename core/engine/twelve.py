"""The twelve numbers that are always in sight, and how each is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.engine.binding import binding_limit
from core.engine.columns import Floats, sum_by
from core.engine.compute import PRECISIONS
from core.engine.headline import (
    MOST_SUBJECTS,
    Counts,
    Headline,
    Subject,
    against,
    bare,
    between,
    counted,
    margin,
    plain,
    state_of,
    use_of,
    worst_racks,
    worst_switches,
)
from core.engine.specs import LAYERS
from core.units import number_text, share, show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


def headlines(of: Evaluation, counts: Counts | None = None) -> tuple[Headline, ...]:
    """Return the twelve numbers in the order they are shown.

    Parameters
    ----------
    of : Evaluation
    counts : Counts, optional
        Of the check; without it the first number says that nothing was checked.
    """
    return (
        _findings(counts),
        _accelerators(of),
        _compute(of),
        _power(of),
        binding_limit(of),
        _worst_rack(of),
        _sources(of),
        _liquid(of),
        _air(of),
        _heaviest(of),
        _network(of),
        _capex(of),
    )


def _findings(counts: Counts | None) -> Headline:
    formula = (
        "Open findings of the rules, each counted once however often it is built; waived ones are not in it. "
        "Unchecked: rules that lack facts."
    )
    if counts is None:
        return Headline("findings", "Findings", "not checked", "", "", "unknown", None, formula)
    state = (
        "over"
        if counts.errors
        else "near"
        if counts.warnings
        else "unknown"
        if counts.unchecked
        else "within"
    )
    value = counted(counts.errors, "error")
    detail = f"{counted(counts.warnings, 'warning')}, {number_text(counts.unchecked)} unchecked"
    return Headline("findings", "Findings", value, "", detail, state, None, formula)


def _accelerators(of: Evaluation) -> Headline:
    quantity = of.quantities["accelerators"]
    return plain(
        of, "accelerators", "Accelerators", quantity, "accelerators",
        missing="no target", measure="accelerators",
        formula=f"Accelerators of each type times its devices, added up: {quantity.text}.",
    )  # fmt: skip


def _compute(of: Evaluation) -> Headline:
    known = [p for p in PRECISIONS if of.quantities[f"tflops_{p}_dense"].value is not None]
    precision = known[0] if known else PRECISIONS[0]
    quantity = of.quantities[f"tflops_{precision}_dense"]
    others = [f"{p.upper()} {of.quantities[f'tflops_{p}_dense'].text}" for p in known[1:]]
    formula = f"Accelerators x dense {precision.upper()} of each, without sparsity: {quantity.text}."
    if others:
        formula += f"\nOther precisions: {', '.join(others)}."
    asked = "tflops_bf16_dense" if precision == "bf16" else ""
    return plain(
        of, "compute", f"{precision.upper()} dense", quantity, asked, missing="no target", formula=formula,
        measure="accelerators",
    )  # fmt: skip


def _power(of: Evaluation) -> Headline:
    quantity = of.quantities["power_max_w"]
    typical, peak = of.quantities["power_typical_w"], of.quantities["power_peak_w"]
    formula = (
        f"Maximum sustained draw of all devices, cooling plant as rated, and the losses that types state: "
        f"{quantity.text}.\n"
        f"Typical {typical.text}, sub-second peak {peak.text}; the three are never added."
    )
    return plain(
        of, "power", "Power, max", quantity, "facility_power_w", formula=formula, measure="power",
        more=("power_typical_w", "power_peak_w"),
    )  # fmt: skip


def _worst_rack(of: Evaluation) -> Headline:
    drawn, snap = of.power, of.snapshot
    quantity = of.quantities["rack_power_max_w"]
    row = _largest(drawn.rack_max_w)
    peak = float(drawn.rack_peak_w[row]) if row >= 0 else None
    peak_text = f"peak {show(peak, 'W')}"
    limit, whose = quantity.limit, "brief"
    if limit is None and row >= 0:
        limits = (snap.rack_limit_w[row], _type_limit(of, row, "power_limit_w"))
        known = [float(value) for value in limits if not np.isnan(value)]
        limit, whose = (min(known), "its own limit") if known else (None, "")
    detail = (
        f"peak {bare(peak, 'W') if limit is not None and peak else show(peak, 'W')}, {against(limit, 'W')}"
    )
    formula = f"Largest of the racks, losses of its own shelves included: {quantity.text}, {peak_text}."
    if limit is not None:
        formula += f"\nLimit {show(limit, 'W')}: {whose}."
    return Headline(
        "worst_rack", "Worst rack", quantity.text, "", detail, state_of(quantity.value, limit),
        use_of(quantity.value, limit), formula, (quantity.name,), "rack_power_w", worst_racks(of, "power"),
    )  # fmt: skip


def _sources(of: Evaluation) -> Headline:
    quantity, drawn = of.quantities["source_worst_use"], of.power
    sources = of.snapshot.brief.sources
    formula = "Load of each source over its capacity, with every other one lost in turn; the largest."
    label = "Source after loss"
    if quantity.value is None:
        why = "no capacity given" if sources else "no source drawn"
        return Headline("source", label, "unknown", "", why, "unknown", None, formula, (quantity.name,))
    found: list[tuple[float, str, str]] = []
    for case, flow in enumerate(drawn.maximum):
        for k, source in enumerate(sources):
            if source.capacity_w:
                what = f"{source.name} without {sources[case - 1].name}" if case else f"{source.name} now"
                load = float(flow.source_w[k])
                text = (
                    f"{show(load, 'W')} of {show(source.capacity_w, 'W')}, {share(load / source.capacity_w)}"
                )
                found.append((load / source.capacity_w, what, text))
    found.sort(key=lambda entry: -entry[0])
    use = quantity.value / 100
    lines = [formula, *(f"{what}: {text}" for _, what, text in found[:6])]
    return Headline(
        "source", label, quantity.text, "", found[0][1], state_of(use, 1.0), use, "\n".join(lines),
        (quantity.name, "power_max_w"), "", worst_racks(of, "power"),
    )  # fmt: skip


def _liquid(of: Evaluation) -> Headline:
    cooled, quantity = of.cooling, of.quantities["heat_liquid_w"]
    flow = of.quantities["coolant_flow_lpm"]
    supply, back = cooled.supply_c, cooled.supply_c + cooled.rise_k
    warming = f"{bare(supply, 'degC')}→{show(back, 'degC')}"
    limit, whose = quantity.limit, "the brief"
    if limit is None and cooled.cdu_w > 0:
        limit, whose = cooled.cdu_w, "the CDUs drawn, each at its own approach"
    formula = (
        f"Heat of each device x its share to liquid: {quantity.text}.\n"
        f"Flow = Q / (rho cp dT) = {flow.text} of {cooled.coolant} at {show(supply, 'degC')} supply, "
        f"{show(back, 'degC')} return."
    )
    if limit is not None:
        formula += f"\nLimit {show(limit, 'W')}: {whose}."
    return Headline(
        "liquid", "Liquid", quantity.text, flow.text, f"{warming}, {margin(quantity.value, limit)}",
        state_of(quantity.value, limit), use_of(quantity.value, limit), formula,
        (quantity.name, flow.name), "heat_liquid_w", worst_racks(of, "liquid"),
    )  # fmt: skip


def _air(of: Evaluation) -> Headline:
    cooled, quantity = of.cooling, of.quantities["heat_air_w"]
    flow = of.quantities["airflow_m3h"]
    back = cooled.air_supply_c + cooled.air_rise_k
    warming = f"{bare(cooled.air_supply_c, 'degC')}→{show(back, 'degC')}"
    formula = (
        f"Maximum power less what goes to liquid: {quantity.text}.\n"
        f"Airflow = Q / (rho cp dT) = {flow.text} at {show(cooled.air_supply_c, 'degC')} supply; "
        "a type's own airflow or rise where it gives one."
    )
    return Headline(
        "air", "Air", quantity.text, flow.text, f"{warming}, {margin(quantity.value, quantity.limit)}",
        quantity.state, quantity.use, formula, (quantity.name, flow.name), "heat_air_w",
        worst_racks(of, "air"),
    )  # fmt: skip


def _heaviest(of: Evaluation) -> Headline:
    quantity, row = of.quantities["rack_mass_kg"], _largest(of.mass.rack_kg)
    formula = f"Frame with its devices, or what is stated as delivered: {quantity.text}."
    limit, used = quantity.limit, quantity.value
    detail = against(limit, "kg")
    if limit is None and row >= 0:
        rated = _type_limit(of, row, "load_max_kg")
        if not np.isnan(rated):
            limit, used = rated, float(of.mass.rack_load_kg[row])
            detail = f"load {bare(used, 'kg')} of {show(rated, 'kg')}"
            load = f"Its load without the frame, {show(used, 'kg')}"
            formula += f"\n{load}, against its static rating {show(rated, 'kg')}."
    elif limit is not None:
        formula += f"\nLimit {show(limit, 'kg')}: the brief."
    return Headline(
        "heaviest", "Heaviest rack", quantity.text, "", detail, state_of(used, limit), use_of(used, limit),
        formula,
        (quantity.name,), "rack_mass_kg", worst_racks(of, "mass"),
    )  # fmt: skip


def _network(of: Evaluation) -> Headline:
    quantity = of.quantities["oversubscription_worst"]
    low, high, unwired = _per_accelerator(of)
    ratio = "no fabric" if quantity.value is None else f"{number_text(quantity.value, digits=3)}:1"
    if quantity.limit is not None:
        ratio += f" of {number_text(quantity.limit, digits=3)}:1"
    without = "no compute fabric" if low is None else "oversub. unknown"
    detail = f"oversub. {ratio}" if quantity.value is not None else without
    value = show(low, "GB/s", digits=3)
    formula = (
        "Rate of the links of the compute fabrics at each host over its accelerators, one way; the least of "
        f"the hosts that have links: {value}"
        + (f", the most {show(high, 'GB/s', digits=3)}" if high != low else "")
        + f".\nWorst oversubscription of compute and storage fabrics: {quantity.text}."
    )  # fmt: skip
    if unwired:
        formula += f"\n{counted(unwired, 'host')} with accelerators has no link of a compute fabric."
    return Headline(
        "network", "Scale-out", value, "per accel.", detail, quantity.state, quantity.use, formula,
        (quantity.name,), "oversubscription", worst_switches(of),
    )  # fmt: skip


def _per_accelerator(of: Evaluation) -> tuple[float | None, float | None, int]:
    """Return the least and most GB/s of compute fabric for an accelerator, and the hosts without a link."""
    snap = of.snapshot
    roles = {fabric.id: fabric.role for fabric in snap.brief.fabrics}
    compute = np.array([roles.get(name) == "compute" for name in snap.fabrics] + [False])
    rows = np.flatnonzero((snap.cable_layer == LAYERS.index("data")) & compute[snap.cable_fabric])
    each: Floats = snap.specs.accelerators().value[snap.device_spec]
    rate = np.nan_to_num(of.cabling.classes.cable_rate_gbps[rows])
    ends = np.concatenate([snap.cable_a[rows], snap.cable_b[rows]])
    total = sum_by(ends, np.concatenate([rate, rate]), snap.n_devices)
    hosts = each > 0
    wired = hosts & (total > 0)
    if not wired.any():
        return None, None, int(hosts.sum()) if len(rows) else 0
    of_each = total[wired] / each[wired] / 8
    return float(of_each.min()), float(of_each.max()), int((hosts & ~wired).sum())


def _capex(of: Evaluation) -> Headline:
    low, high = of.quantities["capex_low_usd"], of.quantities["capex_high_usd"]
    each = of.quantities["usd_per_tflop_bf16"]
    cost = of.cost
    value = between(cost.low_usd, cost.high_usd, "USD") if cost.high_usd else show(None)
    if cost.unpriced and cost.high_usd:
        value = f"≥ {value}"
    per = "USD per TFLOPS unknown" if each.value is None else f"{number_text(each.value)} USD/TFLOPS"
    limit = f"of {show(high.limit, 'USD')}, " if high.limit is not None else ""
    known = f"{share(cost.grounds.verified)} verified" if cost.grounds.shares else ""
    parts = of.supply.suppliers.parts[:MOST_SUBJECTS]
    spend = [Subject("", show(part.usd, "USD"), part.name) for part in parts if part.usd]
    formula = (
        f"Sums of the low and of the high prices seen: {value}; bounds, not a likely range."
        f"\n(low + high) / 2 over dense BF16: {per}."
    )
    if cost.unpriced:
        formula += f"\n{counted(cost.unpriced, 'piece')} without a price count as 0."
    return Headline(
        "capex", "Capex", value, known, f"{limit}{per}", high.state, high.use, formula,
        (high.name, low.name, each.name), "budget_usd", tuple(spend),
    )  # fmt: skip


def _type_limit(of: Evaluation, row: int, field: str) -> float:
    column, number = of.snapshot.specs.rack_column(field), int(of.snapshot.rack_type[row])
    return float(column.value[number]) if number >= 0 and column.known[number] else float("nan")


def _largest(values: Floats) -> int:
    return int(values.argmax()) if len(values) and values.max() > 0 else -1
