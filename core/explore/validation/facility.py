"""Cases of floors, facility water and types of the catalogue, for the family of physical cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.catalogue.library import Library
from core.engine.coolant_flow import flow_at
from core.engine.phases import imbalance
from core.engine.water_classes import water_class
from core.explore.validation.cases import Case, WrongInputError
from core.explore.validation.small_designs import exchanger, standing_rack
from core.model.types import CableType, DeviceType, OpticType, RackType

G_M_S2 = 9.80665


def footprint(case: Case) -> dict[str, Any]:
    """Mass of a rack over the ground it covers, and on each of four feet at its corners."""
    size = case.integer("width_mm"), case.integer("depth_mm")
    load = standing_rack(case.number("rack_kg"), *size).floor_load
    over = float(load.rack_footprint_kg_m2[0])
    return {"kg_m2": over, "kpa": over * G_M_S2 / 1000, "foot_kg": float(load.rack_foot_kg[0].max())}


def phase_imbalance(case: Case) -> dict[str, Any]:
    """Greatest deviation of three currents from their mean, in percent of it."""
    amps = case.numbers("phase_a")
    if len(amps) != 3:
        raise WrongInputError("phase_a is no list of three currents")
    return {"imbalance_percent": imbalance(np.array(amps)) * 100}


def facility_water(case: Case) -> dict[str, Any]:
    """Facility water a CDU needs for a supply to the racks at its approach, and the class it is of."""
    loops = exchanger(case.number("supply_c"), case.number("approach_k")).loops
    needed = float(loops.loop_facility_c[loops.loop_kind.index("technology")])
    return {"facility_c": needed, "water_class": water_class(needed)}


def class_of_water(case: Case) -> dict[str, Any]:
    """Warmest class of facility water that will do."""
    return {"water_class": water_class(case.number("facility_c"))}


def catalogue_type(case: Case) -> dict[str, Any]:
    """Figures of a type that ships with the program."""
    spec = Library.builtin().find(case.text("type"))
    if spec is None:
        raise WrongInputError(f"the catalogue has no type '{case.text('type')[:40]}'")
    if isinstance(spec, OpticType):
        return {"reach_m": spec.reach_m}
    if isinstance(spec, CableType):
        return {"reach_m": spec.reach_max_m, "lengths_m": list(spec.lengths_m) or None}
    if isinstance(spec, RackType):
        return {
            "units": spec.units, "pitch_mm": spec.pitch_mm, "usable_mm": spec.units * spec.pitch_mm,
            "width_mm": spec.width_mm, "depth_mm": spec.depth_mm, "height_mm": spec.height_mm,
            "load_kg": spec.load_max_kg, "rolling_kg": spec.rolling_max_kg,
        }  # fmt: skip
    return _device(case, spec) if isinstance(spec, DeviceType) else {}


def _device(case: Case, spec: DeviceType) -> dict[str, Any]:
    """Figures of a device; those of its flow table at the supply of the case."""
    found: dict[str, Any] = {
        "height_u": spec.height_u, "kg": spec.mass_kg, "max_w": spec.power_max_w,
        "typical_w": spec.power_typical_w, "supplies": [spec.supplies_fitted, spec.supplies_needed],
        "inlet_max_c": spec.inlet_max_c, "liquid_share": spec.liquid_fraction,
    }  # fmt: skip
    draws = spec.power_max_w or spec.power_typical_w
    if spec.kind == "cdu" and draws and spec.cooling_w:
        found["pump_percent"] = draws / spec.cooling_w * 100
    if spec.coolant_flows and "supply_c" in case:
        flow, drop = flow_at(spec.coolant_flows, case.number("supply_c"))
        found |= {"flow_l_per_min": flow, "drop_kpa": drop, "within_the_table": flow == flow}
    return found


RULES = (footprint, phase_imbalance, facility_water, class_of_water, catalogue_type)
