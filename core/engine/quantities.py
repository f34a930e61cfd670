"""The numbers of a design: one value for each, printed alike by window, sheets, tables and command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.engine.columns import Floats
from core.engine.compute import PRECISIONS
from core.engine.evidence import VERIFIED, Grounds
from core.engine.water_classes import water_class
from core.units import show

if TYPE_CHECKING:
    from core.engine.evaluation import Evaluation


@dataclass(frozen=True)
class Quantity:
    """One number of the design.

    Attributes
    ----------
    name : str
        Stable name, with the unit at its end.
    label : str
        As printed.
    value : float or None
        None where nothing is known.
    unit : str
    grounds : Grounds
        How well it is known.
    formula : str
        How it is made, in words, with its conditions.
    limit : float or None
        What the brief asks; None if it does not say (shown grey, never green).
    sense : str
        `most`: the value must not exceed the limit; `least`: it must reach it.
    """

    name: str
    label: str
    value: float | None
    unit: str
    grounds: Grounds
    formula: str
    limit: float | None = None
    sense: str = "most"

    @property
    def use(self) -> float | None:
        """Share of the limit that is used, above 1 if it is broken; None without a limit or a value."""
        if self.limit is None or self.value is None:
            return None
        over, under = (self.value, self.limit) if self.sense == "most" else (self.limit, self.value)
        if under <= 0:
            return 0.0 if over <= 0 else float("inf")
        return over / under

    @property
    def text(self) -> str:
        """Value and unit as printed everywhere; a sum that lacks inputs is a lower bound.

        Examples
        --------
        >>> Quantity("mass_kg", "Mass", 32.0, "kg", Grounds((), ("shelf: mass",)), "").text
        '≥ 32 kg'
        """
        shown = show(self.value, self.unit)
        return f"≥ {shown}" if self.lacking else shown

    @property
    def lacking(self) -> tuple[str, ...]:
        """Inputs of a sum that nobody gives: with any it is a lower bound."""
        is_sum = self.unit not in ("", "%") and bool(self.value)
        return self.grounds.unknown if is_sum else ()

    def is_comparable(self, other: Quantity) -> bool:
        """Tell whether a difference of both says something: both known, and short of the same inputs.

        Examples
        --------
        >>> whole = Quantity("mass_kg", "Mass", 40.0, "kg", Grounds(), "")
        >>> whole.is_comparable(Quantity("mass_kg", "Mass", 32.0, "kg", Grounds((), ("shelf: mass",)), ""))
        False
        """
        both = self.value is not None and other.value is not None
        return both and set(self.lacking) == set(other.lacking)

    @property
    def limit_text(self) -> str:
        """Limit as printed, with its sign; empty if there is none."""
        if self.limit is None:
            return ""
        return f"{'≤' if self.sense == 'most' else '≥'} {show(self.limit, self.unit)}"

    @property
    def state(self) -> str:
        """`over`, `near` (95 % of an amount that must not be exceeded), `within`, or `unknown`."""
        use = self.use
        if use is None:
            return "unknown"
        if use > 1 + 1e-9:
            return "over"
        return "near" if use >= 0.95 and self.sense == "most" and self.unit else "within"


def quantities_of(of: Evaluation) -> list[Quantity]:
    """Return all quantities in the order they are shown."""
    return [
        *_things(of),
        *_masses(of),
        *_powers(of),
        *_heats(of),
        *_energies(of),
        *_performance(of),
        *_money(of),
    ]


def _things(of: Evaluation) -> list[Quantity]:
    snap = of.snapshot
    layers = np.bincount(snap.cable_layer[snap.cable_layer >= 0], minlength=3)
    pieces = {"data": 0, "power": 0, "coolant": 0}
    for row in of.cost.rows:
        if row.section == "cables":
            pieces[getattr(row.type, "layer", "data")] += row.count
    missing = int(((of.cabling.cable_option < 0) & (snap.cable_layer == 0)).sum())
    drawn = "Counted on the expanded design."
    return [
        _count("racks", "Racks", int((snap.rack_type >= 0).sum()), drawn),
        _count("devices", "Devices", int((snap.device_spec > 0).sum()), drawn),
        Quantity("accelerators", "Accelerators", of.compute.accelerators, "", of.compute.grounds, drawn),
        _count(
            "links",
            "Data links",
            int(layers[0]),
            "Port to port; a split cage or twin-port cable counts each.",
        ),
        _count(
            "cables",
            "Data cables",
            pieces["data"] + missing,
            "Pieces to order: a twin-port or split cable is one; a link without a part counts one.",
        ),
        _count("power_cords", "Power cords", int(layers[1]), "One for each power link."),
        _count("coolant_hoses", "Coolant hoses", int(layers[2]), "One for each coolant link."),
        _count(
            "derived_links",
            "Scale-up links (cartridge)",
            of.network.scale_up.links,
            "Scale-up ports of trays and switch trays that the rack's cartridge joins.",
        ),
        _count(
            "space_used_u",
            "Units used",
            of.space.used_u,
            "Half units with anything in front or rear.",
            "U",
        ),
        _count(
            "space_reserved_u",
            "Units reserved",
            of.space.reserved_u,
            "Half units kept free for something that is not drawn.",
            "U",
        ),
        _count("space_total_u", "Units in racks", of.space.total_u, "Units of all racks.", "U"),
    ]


def _masses(of: Evaluation) -> list[Quantity]:
    heavy = of.mass
    heaviest = float(heavy.rack_kg.max(initial=0.0))
    return [
        Quantity(
            "mass_kg",
            "Mass",
            heavy.total_kg,
            "kg",
            heavy.grounds,
            "Racks, devices and modules; without cables and coolant.",
        ),
        Quantity(
            "rack_mass_kg",
            "Heaviest rack",
            heaviest,
            "kg",
            heavy.grounds,
            "Frame with its devices, or what is stated as delivered.",
        ),
        Quantity(
            "floor_load_kg_m2",
            "Floor load, uniform",
            heavy.floor_load_kg_m2,
            "kg/m2",
            heavy.grounds,
            "Mass over the area of the rooms drawn, no footprint pressure; engineer of record confirms.",
        ),
    ]


def _powers(of: Evaluation) -> list[Quantity]:
    drawn = of.power
    worst = float(drawn.rack_max_w.max(initial=0.0))
    return [
        Quantity(
            "power_typical_w",
            "Power, typical",
            drawn.total_typical_w,
            "W",
            drawn.typical_grounds,
            "Losses included as far as types state them; maximum where a type gives no typical value. "
            "Cooling plant as rated here, at its load in the energy of a year.",
        ),
        Quantity(
            "power_max_w",
            "Power, maximum sustained",
            drawn.total_max_w,
            "W",
            drawn.max_grounds,
            "Sizes conductors, breakers and cooling. Losses of shelves included, plug-in optics not: "
            "the maximum of most switches contains them.",
        ),
        Quantity(
            "power_peak_w",
            "Power, peak",
            drawn.total_peak_w,
            "W",
            drawn.peak_grounds,
            "Sub-second, for supplies, trip curves and generator steps; never added to the others.",
        ),
        Quantity(
            "rack_power_max_w",
            "Worst rack, maximum",
            worst,
            "W",
            drawn.max_grounds,
            "Largest of the racks, losses of its shelves included.",
        ),
        Quantity(
            "source_worst_use",
            "Worst source after losing one",
            _worst_source(of),
            "%",
            drawn.max_grounds,
            "Largest load over capacity of any source, normally or with any other one lost.",
        ),
    ]


def _heats(of: Evaluation) -> list[Quantity]:
    cooled = of.cooling
    air = f"at {show(cooled.air_supply_c, 'degC')} supply and {show(cooled.air_rise_k, 'K')} rise"
    supply, rise = show(cooled.supply_c, "degC"), show(cooled.rise_k, "K")
    water = f"{cooled.coolant} at {supply} supply and {rise} rise"
    return [
        Quantity(
            "heat_air_w",
            "Heat to air",
            cooled.air_w,
            "W",
            cooled.air_grounds,
            "Maximum power less the liquid share, electrical rooms included; heat rejection stands outdoors.",
        ),
        Quantity(
            "heat_liquid_w",
            "Heat to liquid",
            cooled.liquid_w,
            "W",
            cooled.liquid_grounds,
            "Maximum power times each type's liquid fraction.",
        ),
        Quantity(
            "airflow_m3h",
            "Airflow",
            cooled.airflow_m3h,
            "m3/h",
            cooled.air_grounds,
            f"Q / (rho cp dT) {air}; the type's own airflow or rise where it gives one.",
        ),
        Quantity(
            "coolant_flow_lpm",
            "Coolant flow",
            None if np.isnan(cooled.flow_lpm) else cooled.flow_lpm,
            "L/min",
            cooled.liquid_grounds,
            f"Q / (rho cp dT), {water}; the type's own flow or the vendor's table where it gives one.",
        ),
        Quantity(
            "facility_water_c",
            "Facility water needed",
            _least(of.loops.loop_facility_c),
            "degC",
            Grounds((), (), ()),
            "Coolant supply less the largest approach of the CDUs drawn, of the loop that needs the coldest"
            f"{_water_class(_least(of.loops.loop_facility_c))}.",
        ),
    ]


def _energies(of: Evaluation) -> list[Quantity]:
    year = of.energy
    if not year.it_w > 0:
        return []
    typical = of.power.typical_grounds
    gaps = (*year.power_by_others, *year.cooling_by_others)
    grounds = replace(typical, unknown=tuple(dict.fromkeys((*typical.unknown, *year.unknown, *gaps))))
    site = f"Climate: {year.climate.name} ({year.climate.evidence})." if year.climate else "No climate named."
    boundary = "Power shelves count as IT, CDU pumps as cooling; lighting and offices are not in it."
    parts = ", ".join(name for name, _ in (*year.losses_w, *year.cooling_w)) or "no distribution or cooling"
    return [
        Quantity(
            "energy_year_mwh", "Energy of a year", year.year_mwh, "MWh", grounds,
            f"Over 8,760 h: IT at typical power, losses and cooling at that load: {parts}. {site}",
        ),
        Quantity(
            "pue", "Design PUE", known(year.pue), "", grounds,
            f"All energy over that of the IT, at typical load. {boundary} {site}",
        ),
        Quantity(
            "cooling_ppue", "Partial PUE, cooling", known(year.cooling_ppue), "", grounds,
            f"IT and cooling over the IT. {boundary} {site}",
        ),
        Quantity(
            "wue_l_kwh", "Water, WUE", known(year.wue_l_kwh), "L/kWh", grounds,
            f"Water evaporated by heat rejection for each kWh of IT, from the types' tables. {site}",
        ),
        Quantity(
            "free_cooling_h", "Hours without compressors", known(year.free_hours), "h", grounds,
            f"Hours in which outdoor air gives the facility water asked for, weighed by heat. {site}",
        ),
    ]  # fmt: skip


def _water_class(needed_c: float | None) -> str:
    name = "" if needed_c is None else water_class(needed_c)
    return f"; facility water of ASHRAE class {name} keeps it" if name else ""


def _least(values: Floats) -> float | None:
    """Return the least of the values that are known, or None."""
    told = values[np.isfinite(values)]
    return float(told.min()) if len(told) else None


def known(value: float) -> float | None:
    """Return a value, or None for NaN."""
    return None if np.isnan(value) else value


def _performance(of: Evaluation) -> list[Quantity]:
    found = [
        Quantity(
            f"tflops_{p}_dense",
            f"{p.upper()} dense",
            _unless_unknown(*of.compute.tflops_dense[p]),
            "TFLOPS",
            of.compute.tflops_dense[p][1],
            "Accelerators times dense TFLOPS, without sparsity.",
        )
        for p in PRECISIONS
    ]
    roles = {fabric.id: fabric.role for fabric in of.snapshot.brief.fabrics}
    ratios = [
        ratio
        for result in of.network.fabrics
        if roles.get(result.fabric) in ("compute", "storage")
        and (ratio := result.oversubscription) is not None
    ]
    found += [
        Quantity(
            "memory_tb",
            "Accelerator memory",
            of.compute.memory_tb,
            "TB",
            of.compute.memory_grounds,
            "Accelerators times their memory.",
        ),
        Quantity(
            "oversubscription_worst",
            "Worst oversubscription",
            max(ratios, default=None),
            "",
            VERIFIED if ratios else Grounds(),
            "Largest of the compute and storage fabrics: product over tiers of down rate over up rate, "
            "worst switch of each.",
        ),
    ]
    return found


def _money(of: Evaluation) -> list[Quantity]:
    cost_of = of.cost
    bf16 = of.compute.tflops_dense["bf16"][0]
    each = (cost_of.low_usd + cost_of.high_usd) / 2 / bf16 if bf16 and cost_of.high_usd else None
    largest = of.supply.suppliers.largest
    bounds = "Sum of the prices seen; a bound, not a likely value."
    unpriced = f" {cost_of.unpriced} pieces have no price." if cost_of.unpriced else ""
    return [
        Quantity("capex_low_usd", "Capex, low", cost_of.low_usd, "USD", cost_of.grounds, bounds + unpriced),
        Quantity(
            "capex_high_usd", "Capex, high", cost_of.high_usd, "USD", cost_of.grounds, bounds + unpriced
        ),
        Quantity(
            "usd_per_tflop_bf16",
            "Cost for each dense BF16 TFLOPS",
            each,
            "USD/TFLOPS",
            cost_of.grounds,
            "Mean of low and high capex over dense BF16.",
        ),
        Quantity(
            "supplier_largest_share",
            f"Largest supplier{f' ({largest.name})' if largest else ''}",
            100 * largest.share if largest else None,
            "%",
            cost_of.grounds,
            "Share of the known spend, middle of low and high.",
        ),
    ]


def _worst_source(of: Evaluation) -> float | None:
    brief, drawn = of.snapshot.brief, of.power
    capacity = np.array([np.nan if s.capacity_w is None else s.capacity_w for s in brief.sources])
    if not len(capacity) or np.isnan(capacity).all():
        return None
    loads = np.stack([flow.source_w for flow in drawn.maximum])
    use = np.where(capacity > 0, loads / np.where(capacity > 0, capacity, 1.0), np.nan)
    return None if np.isnan(use).all() else 100 * float(np.nanmax(use))


def _unless_unknown(value: float, grounds: Grounds) -> float | None:
    """A sum whose every input is unknown is unknown, not zero."""
    return None if value == 0 and grounds.unknown else value


def _count(name: str, label: str, value: float, formula: str, unit: str = "") -> Quantity:
    return Quantity(name, label, float(value), unit, VERIFIED, formula)
