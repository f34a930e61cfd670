"""Which fields a form of a type shows, under which heading, for which kinds."""

from __future__ import annotations

from dataclasses import dataclass

from core.catalogue.library import kind_of
from core.model.types import AcceleratorType, AnyType, CableType, DeviceType, OpticType, RackType


@dataclass(frozen=True)
class Section:
    """Fields below one heading; `tables` are lists that have an editor of their own."""

    heading: str
    fields: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    hint: str = ""


_PRICE = Section(
    "PRICE AND SUPPLY",
    (
        "price_low_usd",
        "price_high_usd",
        "lead_time_weeks",
        "suppliers",
        "made_in",
        "assembled_in",
        "alternates",
        "status",
    ),
    ("price_breaks",),
)
_DEVICE = (
    Section("WHAT IT IS", ("kind", "maker", "name", "part_number", "id")),
    Section(
        "SIZE AND MASS",
        (
            "height_u", "unit", "width", "zero_u", "floor_standing", "width_mm", "depth_mm", "height_mm",
            "mass_kg", "clearance_front_mm", "clearance_rear_mm",
        ),
    ),
    Section("PORTS", (), ("ports",), "Drawn in this order. Names are a pattern: osfp{1..64} is 64 ports."),
    Section("BAYS FOR MODULES", (), ("bays",)),
    Section("ACCELERATORS", (), ("accelerators",)),
    Section(
        "POWER",
        ("power_idle_w", "power_typical_w", "power_max_w", "power_peak_w", "power_peak_s"),
        (),
        "Idle: on, no work. Typical: average over hours, for energy. Maximum: sustained, sizes conductors "
        "and breakers. Peak: with its duration, for supplies, trip curves and UPS.",
    ),
    Section(
        "SUPPLIES",
        ("supplies_fitted", "supplies_needed", "supply_w", "rated_w", "efficiency", "power_factor"),
        (),
        "Needed: how many carry the maximum. Redundancy is fitted against needed.",
    ),
    Section(
        "DISTRIBUTION",
        (
            "rated_a", "rated_va", "continuous", "no_load_w", "impedance", "withstand_ka", "step_share",
            "start_s", "hold_s",
        ),
        ("banks", "efficiencies"),
        "Banks: outlets behind one breaker. Efficiencies: by share of the rating.",
    ),
    Section("AIR", ("airflow", "inlet_min_c", "inlet_max_c", "airflow_m3h", "air_rise_k")),
    Section(
        "LIQUID",
        (
            "liquid_fraction", "heat_condition", "coolant", "coolant_supply_max_c", "coolant_flow_lpm",
            "pressure_max_kpa", "coolant_supply_min_c", "coolant_return_max_c", "coolant_drop_kpa",
            "coolant_volume_l",
        ),
        ("coolant_flows",),
    ),
    Section(
        "COOLING IT GIVES",
        (
            "cooling_w", "approach_k", "cooling_flow_lpm", "cooling_airflow_m3h", "head_kpa", "supply_c",
            "facility_flow_lpm",
        ),
        ("cooling_points", "rejection_points"),
    ),
    Section(
        "PERFORMANCE", ("switching_tbps", "usable_tb", "read_gb_s", "write_gb_s", "insertion_loss_db")
    ),
    _PRICE,
)  # fmt: skip
_RACK = (
    Section("WHAT IT IS", ("maker", "name", "part_number", "id", "standard")),
    Section(
        "UNITS",
        ("unit", "units", "pitch_mm", "opening_mm", "mounting_depth_mm", "numbering", "first_unit"),
    ),
    Section(
        "SIZE AND LOAD", ("width_mm", "depth_mm", "height_mm", "mass_kg", "load_max_kg", "rolling_max_kg")
    ),
    Section("FEET AND CLEARANCES", ("feet", "foot_inset_mm", "clearance_front_mm", "clearance_rear_mm")),
    Section(
        "ZONES BESIDE THE UNITS", (), ("zones",), "Vertical places: PDUs at the sides, manifold, busbar."
    ),
    Section("POWER AND BLIND MATE", ("power_limit_w", "busbar", "manifold", "scale_up")),
    _PRICE,
)
_CABLE = (
    Section("WHAT IT IS", ("maker", "name", "part_number", "id", "layer", "media")),
    Section("ENDS", ("connector_a", "connector_b", "split", "links", "rate_gbps", "power_end_w")),
    Section("LENGTH", ("reach_min_m", "reach_max_m", "lengths_m")),
    Section(
        "BODY",
        ("diameter_mm", "bend_radius_mm", "mass_g_m", "bore_mm", "conductor_mm2", "rated_a"),
    ),
    Section("FIBRE", ("loss_db_km", "polarity", "pins")),
    Section("PRICE AND SUPPLY", (*_PRICE.fields[:2], "price_per_m_usd", *_PRICE.fields[2:])),
)
_OPTIC = (
    Section("WHAT IT IS", ("maker", "name", "part_number", "id")),
    Section(
        "CAGE AND FIBRE",
        ("connector", "rate_gbps", "links", "fibre", "fibre_connector", "reach_m", "budget_db"),
    ),
    Section("POWER", ("power_w",)),
    _PRICE,
)
_ACCELERATOR = (
    Section("WHAT IT IS", ("maker", "name", "part_number", "id")),
    Section(
        "DENSE TFLOPS",
        (
            "tflops_fp64_dense", "tflops_tf32_dense", "tflops_bf16_dense", "tflops_fp8_dense",
            "tflops_fp4_dense",
        ),
        (),
        "Without structured sparsity: half of what many data sheets print first.",
    ),
    Section("MEMORY", ("memory_gb", "memory_kind", "memory_tb_s")),
    Section("SCALE-UP AND POWER", ("scale_up", "scale_up_gb_s", "tdp_w")),
    _PRICE,
)  # fmt: skip
_OF = {
    DeviceType: _DEVICE,
    RackType: _RACK,
    CableType: _CABLE,
    OpticType: _OPTIC,
    AcceleratorType: _ACCELERATOR,
}

_IT = {"server", "tray", "switch", "switch-tray", "storage", "management", "module", "other"}
_FEEDING = {
    "power-shelf", "rack-pdu", "busway", "tap-off", "ups", "floor-pdu", "switchgear", "battery", "generator",
    "transformer",
}  # fmt: skip
_COOLING = {"cdu", "manifold", "rear-door", "air-handler", "heat-rejection"}
_POWERED = _IT | _FEEDING | (_COOLING - {"manifold"})
_WET = {"server", "tray", "switch", "switch-tray", "module", "power-shelf", "other", *_COOLING}
_PEAKING = _IT | {"power-shelf", "ups", "battery"}
_SUPPLIED = _IT | {"power-shelf", "ups"}
_KINDS = {
    "power_idle_w": _POWERED, "power_typical_w": _POWERED, "power_max_w": _POWERED,
    "power_peak_w": _PEAKING, "power_peak_s": _PEAKING,
    "supplies_fitted": _SUPPLIED, "supplies_needed": _SUPPLIED, "supply_w": _SUPPLIED,
    "rated_w": _FEEDING | {"module"}, "efficiency": _FEEDING, "efficiencies": _FEEDING,
    "rated_a": _FEEDING, "rated_va": _FEEDING, "continuous": _FEEDING, "banks": _FEEDING,
    "no_load_w": _FEEDING, "withstand_ka": _FEEDING, "impedance": {"transformer"},
    "step_share": {"ups", "generator"}, "start_s": {"generator"}, "hold_s": {"ups", "battery"},
    "coolant_supply_min_c": _WET, "coolant_return_max_c": _WET, "coolant_drop_kpa": _WET,
    "coolant_volume_l": _WET, "cooling_flow_lpm": {"cdu"}, "head_kpa": {"cdu"},
    "supply_c": {"heat-rejection"},
    "cooling_airflow_m3h": {"air-handler", "rear-door"}, "facility_flow_lpm": _COOLING,
    "cooling_points": _COOLING, "rejection_points": {"heat-rejection"}, "insertion_loss_db": {"patch-panel"},
    "liquid_fraction": _WET, "heat_condition": _WET, "coolant": _WET, "coolant_supply_max_c": _WET,
    "coolant_flow_lpm": _WET, "pressure_max_kpa": _WET, "coolant_flows": _WET,
    "inlet_min_c": _POWERED, "inlet_max_c": _POWERED, "airflow_m3h": _POWERED, "air_rise_k": _POWERED,
    "cooling_w": _COOLING, "approach_k": _COOLING, "switching_tbps": {"switch", "switch-tray", "module"},
    "usable_tb": {"storage", "server", "module", "other"}, "read_gb_s": {"storage", "other"},
    "write_gb_s": {"storage", "other"}, "accelerators": {"server", "tray", "module", "other"},
    "bays": _IT | {"power-shelf", "rack-pdu", "ups"}, "ports": _POWERED | _COOLING | {"patch-panel"},
}  # fmt: skip
"""Kinds of device a field means something for; a field that is not listed means something for all."""


def sections_of(spec: AnyType) -> tuple[Section, ...]:
    """Return the sections of the form of a type."""
    return _OF[type(spec)]


def applies(spec: AnyType, name: str) -> bool:
    """Tell whether a field means something for the kind of a type, as it stands.

    Examples
    --------
    >>> pdu = DeviceType(id="p", name="P", kind="rack-pdu", zero_u=True)
    >>> applies(pdu, "rated_w"), applies(pdu, "usable_tb"), applies(pdu, "height_u")
    (True, False, False)
    """
    if not isinstance(spec, DeviceType):
        return True
    if name in ("height_u", "unit", "width"):
        return spec.kind != "module" and not spec.zero_u and not spec.floor_standing
    if name == "zero_u":
        return spec.kind != "module" and not spec.floor_standing
    if name == "floor_standing":
        return spec.kind != "module" and not spec.zero_u
    if name.startswith("clearance"):
        return spec.floor_standing
    return name not in _KINDS or kind_of(spec) in _KINDS[name]
