"""Catalogue types: what a rack, device, cable, optic or accelerator *is*.

A type is data (one TOML file each); a project holds a copy of every type it uses, and the engine reads
only those copies. `None` means *unknown*: it is shown as unknown, never taken as zero without saying so.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from core.model.fields import Id, Name, Text, described, quantity

Evidence = Literal["verified", "estimate", "recalled", "assumed", "user"]
"""How a value is known, strongest first: seen in a source, an estimate by a source, background knowledge
with no source seen, a house assumption, typed in by the user."""

Layer = Literal["data", "power", "coolant"]


class Citation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Where the named fields of a type come from."""

    fields: tuple[Name, ...]
    title: Text
    evidence: Evidence
    url: Text = ""
    read: Name = ""
    """Date it was read, ISO 8601."""
    note: Text = ""


class PriceBreak(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What one piece costs from a quantity on."""

    quantity: Annotated[int, quantity("", "From so many", low=1, high=1_000_000_000)]
    low_usd: Annotated[float, quantity("USD", "Price, low", low=0)]
    high_usd: Annotated[float, quantity("USD", "Price, high", low=0)]


class _Type(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """What all types share."""

    id: Id
    version: Annotated[int, quantity("", "Version", low=1)] = 1
    maker: Annotated[Name, described("Maker")] = ""
    name: Annotated[Name, described("Model")]
    part_number: Annotated[Name, described("Part number")] = ""
    status: Annotated[Name, described("Status", help="shipping, announced, class, specification")] = ""
    suppliers: Annotated[tuple[Name, ...], described("Suppliers")] = ()
    lead_time_weeks: Annotated[float, quantity("weeks", "Lead time", low=0)] | None = None
    price_low_usd: Annotated[float, quantity("USD", "Price, low", low=0)] | None = None
    price_high_usd: Annotated[float, quantity("USD", "Price, high", low=0)] | None = None
    price_breaks: tuple[PriceBreak, ...] = ()
    made_in: Annotated[tuple[Name, ...], described("Made in", help="countries where it is manufactured")] = ()
    assembled_in: Annotated[
        tuple[Name, ...], described("Assembled in", help="countries where it is put together")
    ] = ()
    alternates: Annotated[tuple[Id, ...], described("Alternates", help="types that can take its place")] = ()
    sources: tuple[Citation, ...] = ()
    notes: tuple[Text, ...] = ()
    """Remarks, among them what is *not* known of the type."""


class PortGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Ports that are alike. `name` is a pattern: `osfp{1..64}` stands for osfp1 ... osfp64.

    A data port is a *cage*. It is used whole (`osfp17`) if `whole`, or as the lanes of a split:
    `osfp17/2` is lane 2 of the first split in `lanes`, `osfp17/4:2` lane 2 of the split by four.
    """

    name: Name
    layer: Layer
    direction: Literal["both", "in", "out"] = "both"
    """Power: `in` is an inlet, `out` an outlet. Coolant: `in` takes coolant into the device."""
    role: Name = ""
    """Data: scale-out, storage, in-band, out-of-band, scale-up, uplink; empty: any."""
    connector: Name = ""
    """Data: OSFP-finned, OSFP-flat, QSFP112, QSFP-DD, QSFP28, SFP28, RJ45 ... Power: C14, C20, C13, C19,
    IEC60309-63A-5P, terminal, busbar-50V ... Coolant: UQD04, FD83 ..."""
    face: Literal["front", "rear"] = "front"
    rate_gbps: Annotated[float, quantity("Gbit/s", "Rate of the whole port", low=0)] | None = None
    lanes: tuple[int, ...] = ()
    whole: bool = True
    voltage_low_v: Annotated[float, quantity("V", "Lowest voltage", low=0)] | None = None
    voltage_high_v: Annotated[float, quantity("V", "Highest voltage", low=0)] | None = None
    phases: Annotated[int, quantity("", "Phases", low=0, high=3)] | None = None
    """1 or 3; 0 is direct current."""
    rated_w: Annotated[float, quantity("W", "Rating of one port", low=0)] | None = None
    bank: Name = ""
    """Power outlet: the bank of its device that it hangs on."""
    legs: Name = ""
    """Power outlet: conductors it takes: L1-N, L1-L2, L1-L2-L3; with commas those of its ports in turn
    (L1-L2,L2-L3,L3-L1); empty: not known."""
    fluid: Name = ""
    bore_mm: Annotated[float, quantity("mm", "Inner diameter", low=0)] | None = None
    """Coolant: for the velocity in it."""


class Bay(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Places for modules. `name` is a pattern like a port's; `fitted` is the type it ships with."""

    name: Name
    accepts: Name = ""
    """Module kind that fits: nic, dpu, supply, line-card."""
    fitted: Id = ""


class Fit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """So many of another type built in."""

    type: Id
    count: Annotated[int, quantity("", "Count", low=1, high=100_000)]


class FlowPoint(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One row of a vendor's flow table; interpolated, never extrapolated."""

    supply_c: Annotated[float, quantity("degC", "Coolant supply")]
    flow_lpm: Annotated[float, quantity("L/min", "Coolant flow", low=0)]
    drop_kpa: Annotated[float, quantity("kPa", "Pressure drop", low=0)] | None = None


class Bank(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Outlets behind one breaker."""

    name: Name
    rated_a: Annotated[float, quantity("A", "Trip rating", low=0)]
    frame_a: Annotated[float, quantity("A", "Frame", low=0)] | None = None
    poles: Annotated[int, quantity("", "Poles", low=1, high=4)] = 1
    breaking_ka: Annotated[float, quantity("kA", "Breaking capacity", low=0)] | None = None


class EfficiencyPoint(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """One row of an efficiency curve; interpolated, held at the ends."""

    load: Annotated[float, quantity("", "Share of the rating", low=0, high=2)]
    efficiency: Annotated[float, quantity("", "Efficiency", low=0, high=1)]


class CoolingPoint(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One row of a vendor's rating of a CDU, room unit or door; interpolated, never extrapolated.

    Of a CDU `entering_c` is the facility water, of a room unit or door the air that comes back to it.
    """

    cooling_w: Annotated[float, quantity("W", "Heat it removes", low=0)]
    approach_k: Annotated[float, quantity("K", "Approach", low=0)] | None = None
    entering_c: Annotated[float, quantity("degC", "Entering temperature")] | None = None
    flow_lpm: Annotated[float, quantity("L/min", "Flow", low=0)] | None = None
    power_w: Annotated[float, quantity("W", "Power it takes", low=0)] | None = None


class RejectionPoint(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True
):
    """What heat rejection takes at an outdoor temperature and a share of its rating; interpolated."""

    outdoor_c: Annotated[float, quantity("degC", "Outdoor temperature")]
    load: Annotated[float, quantity("", "Share of the rating", low=0, high=1.5)] = 1.0
    power_share: Annotated[float, quantity("", "Electric power for each unit of heat", low=0, high=2)]
    water_l_kwh: Annotated[float, quantity("L/kWh", "Water for each unit of heat", low=0)] = 0.0


DeviceKind = Literal[
    "server", "tray", "switch", "switch-tray", "power-shelf", "rack-pdu", "busway", "tap-off", "ups",
    "floor-pdu", "switchgear", "battery", "generator", "transformer", "patch-panel", "cdu", "manifold",
    "rear-door", "air-handler", "heat-rejection", "storage", "management", "module", "blank", "other",
]  # fmt: skip
SWITCH_KINDS = ("switch", "switch-tray")
MANAGEMENT_ROLES = ("out-of-band", "management")
"""Roles of data ports that manage a device: a switch reached at one of them alone forwards nothing there."""


class DeviceType(_Type, frozen=True, kw_only=True, tag_field="type", tag="device"):
    """Anything that stands in a rack or on the floor, or sits in a bay (`kind` module)."""

    kind: DeviceKind
    height_u: Annotated[float, quantity("U", "Height", low=0, high=60)] = 0
    """Units of the rack it is made for; a multiple of one half; 0 for zero-U, floor and module."""
    unit: Literal["U", "OU"] = "U"
    width: Literal["full", "half", "third"] = "full"
    zero_u: bool = False
    """Mounts in a vertical or rear zone, not in units."""
    floor_standing: bool = False
    width_mm: Annotated[float, quantity("mm", "Width", low=0)] | None = None
    depth_mm: Annotated[float, quantity("mm", "Depth", low=0)] | None = None
    height_mm: Annotated[float, quantity("mm", "Height", low=0)] | None = None
    clearance_front_mm: Annotated[float, quantity("mm", "Clearance, front", low=0)] | None = None
    clearance_rear_mm: Annotated[float, quantity("mm", "Clearance, rear", low=0)] | None = None
    mass_kg: Annotated[float, quantity("kg", "Mass", low=0)] | None = None
    airflow: Literal["", "front-to-rear", "rear-to-front", "side-to-rear", "passive", "none"] = ""
    power_idle_w: Annotated[float, quantity("W", "Power, idle", low=0)] | None = None
    power_typical_w: Annotated[float, quantity("W", "Power, typical", low=0)] | None = None
    power_max_w: Annotated[float, quantity("W", "Power, maximum sustained", low=0)] | None = None
    power_peak_w: Annotated[float, quantity("W", "Power, peak", low=0)] | None = None
    power_peak_s: Annotated[float, quantity("s", "Duration of the peak", low=0)] | None = None
    supplies_fitted: Annotated[int, quantity("", "Supplies fitted", low=0, high=64)] | None = None
    supplies_needed: Annotated[int, quantity("", "Supplies needed at maximum", low=0, high=64)] | None = None
    supply_w: Annotated[float, quantity("W", "Rating of one supply", low=0)] | None = None
    rated_w: Annotated[float, quantity("W", "Power it can pass on", low=0)] | None = None
    """Power shelf, PDU, busway, UPS: sustained output with everything fitted."""
    efficiency: Annotated[float, quantity("", "Efficiency", low=0, high=1)] | None = None
    """At full load, or at any if there are no `efficiencies`."""
    efficiencies: tuple[EfficiencyPoint, ...] = ()
    no_load_w: Annotated[float, quantity("W", "Loss without load", low=0)] | None = None
    power_factor: Annotated[float, quantity("", "Power factor", low=0, high=1)] | None = None
    rated_a: Annotated[float, quantity("A", "Rated current of a conductor", low=0)] | None = None
    rated_va: Annotated[float, quantity("VA", "Rated apparent power", low=0)] | None = None
    continuous: Annotated[bool, described("Rated for continuous load")] = False
    """Its ratings hold without end (derated already, or rated at 100 %): no 80 % comes on top."""
    banks: tuple[Bank, ...] = ()
    impedance: Annotated[float, quantity("", "Short-circuit impedance", low=0, high=1)] | None = None
    """Transformer: per unit of its rating."""
    withstand_ka: Annotated[float, quantity("kA", "Short-circuit rating", low=0)] | None = None
    step_share: Annotated[float, quantity("", "Largest load step", low=0, high=2)] | None = None
    """Generator, UPS: share of its rating."""
    start_s: Annotated[float, quantity("s", "Time to take load", low=0)] | None = None
    """Generator."""
    hold_s: Annotated[float, quantity("s", "Hold time at its rating", low=0)] | None = None
    """Battery, UPS."""
    liquid_fraction: Annotated[float, quantity("", "Share of heat to liquid", low=0, high=1)] | None = None
    heat_condition: Text = ""
    """The conditions under which `liquid_fraction` holds."""
    coolant: Name = ""
    """Fluids it takes, comma separated: water, PG25, dielectric."""
    coolant_supply_max_c: Annotated[float, quantity("degC", "Coolant supply, highest")] | None = None
    coolant_flow_lpm: Annotated[float, quantity("L/min", "Coolant flow", low=0)] | None = None
    coolant_flows: tuple[FlowPoint, ...] = ()
    coolant_supply_min_c: Annotated[float, quantity("degC", "Coolant supply, lowest")] | None = None
    coolant_return_max_c: Annotated[float, quantity("degC", "Coolant return, highest")] | None = None
    coolant_drop_kpa: Annotated[float, quantity("kPa", "Pressure drop at its flow", low=0)] | None = None
    coolant_volume_l: Annotated[float, quantity("L", "Coolant in it", low=0)] | None = None
    pressure_max_kpa: Annotated[float, quantity("kPa", "Pressure, highest", low=0)] | None = None
    inlet_min_c: Annotated[float, quantity("degC", "Air inlet, lowest")] | None = None
    inlet_max_c: Annotated[float, quantity("degC", "Air inlet, highest")] | None = None
    airflow_m3h: Annotated[float, quantity("m3/h", "Airflow at maximum", low=0)] | None = None
    air_rise_k: Annotated[float, quantity("K", "Air temperature rise", low=0)] | None = None
    cooling_w: Annotated[float, quantity("W", "Heat it can remove", low=0)] | None = None
    approach_k: Annotated[float, quantity("K", "Approach at that rating", low=0)] | None = None
    cooling_points: tuple[CoolingPoint, ...] = ()
    cooling_flow_lpm: Annotated[float, quantity("L/min", "Flow it gives", low=0)] | None = None
    """CDU: to the racks, at its rating."""
    cooling_airflow_m3h: Annotated[float, quantity("m3/h", "Airflow it gives", low=0)] | None = None
    """Room unit, fan wall, door."""
    head_kpa: Annotated[float, quantity("kPa", "Pressure it gives outside itself", low=0)] | None = None
    supply_c: Annotated[float, quantity("degC", "Water it supplies", low=-20, high=90)] | None = None
    """Chillers and the like; else heat rejection supplies the facility water of the brief."""
    facility_flow_lpm: Annotated[float, quantity("L/min", "Facility water flow", low=0)] | None = None
    rejection_points: tuple[RejectionPoint, ...] = ()
    insertion_loss_db: Annotated[float, quantity("dB", "Loss of one pass", low=0)] | None = None
    """Patch panel, cassette: mated pairs included."""
    accelerators: tuple[Fit, ...] = ()
    switching_tbps: Annotated[float, quantity("Tbit/s", "Switching capacity, one way", low=0)] | None = None
    usable_tb: Annotated[float, quantity("TB", "Usable capacity", low=0)] | None = None
    read_gb_s: Annotated[float, quantity("GB/s", "Read", low=0)] | None = None
    write_gb_s: Annotated[float, quantity("GB/s", "Write", low=0)] | None = None
    ports: tuple[PortGroup, ...] = ()
    bays: tuple[Bay, ...] = ()


class Zone(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """A place in a rack beside the units: 0U sides, rear manifold and busbar space."""

    name: Name
    face: Literal["front", "rear"] = "rear"
    side: Literal["left", "right", "centre"] = "left"
    places: Annotated[int, quantity("", "Places", low=1, high=16)] = 1


class RackType(_Type, frozen=True, kw_only=True, tag_field="type", tag="rack"):
    """A rack frame or cabinet. Positions in it are half units of its own pitch."""

    standard: Literal["EIA-310", "ORv3", "ORW", "MGX"] = "EIA-310"
    unit: Literal["U", "OU"] = "U"
    units: Annotated[int, quantity("", "Usable units", low=1, high=100)]
    pitch_mm: Annotated[float, quantity("mm", "Height of a unit", low=1)] = 44.45
    opening_mm: Annotated[float, quantity("mm", "Clear width between the rails", low=1)] | None = None
    width_mm: Annotated[int, quantity("mm", "Width", low=1)]
    depth_mm: Annotated[int, quantity("mm", "Depth", low=1)]
    height_mm: Annotated[int, quantity("mm", "Height", low=1)]
    mounting_depth_mm: Annotated[float, quantity("mm", "Mounting depth", low=1)] | None = None
    mass_kg: Annotated[float, quantity("kg", "Mass, empty", low=0)] | None = None
    load_max_kg: Annotated[float, quantity("kg", "Static load, highest", low=0)] | None = None
    rolling_max_kg: Annotated[float, quantity("kg", "Load when rolled, highest", low=0)] | None = None
    feet: Annotated[int, quantity("", "Feet", low=0, high=16)] | None = None
    foot_inset_mm: Annotated[float, quantity("mm", "Feet in from the corners", low=0)] | None = None
    clearance_front_mm: Annotated[float, quantity("mm", "Clearance, front", low=0)] | None = None
    clearance_rear_mm: Annotated[float, quantity("mm", "Clearance, rear", low=0)] | None = None
    power_limit_w: Annotated[float, quantity("W", "Power limit", low=0)] | None = None
    busbar: Name = ""
    """Connector of the DC busbar in the rear (busbar-50V); ports of that connector join it by themselves."""
    manifold: Name = ""
    """Coolant connector of the blind-mate manifold; ports of that connector join it by themselves."""
    scale_up: Name = ""
    """Port role of the blind-mate scale-up cartridge; ports of that role are joined by themselves."""
    numbering: Literal["up", "down"] = "up"
    first_unit: Annotated[int, quantity("", "Number of the first unit", low=0, high=900)] = 1
    """What the unit that is counted first bears: the lowest one, or the highest if numbered down."""
    zones: tuple[Zone, ...] = ()

    def unit_number(self, half_u: float) -> float:
        """Return the number on the rack of what begins so many half units above its lowest unit.

        Examples
        --------
        >>> RackType(id="r", name="R", units=42, width_mm=600, depth_mm=1200, height_mm=2000).unit_number(13)
        7.5
        """
        last = self.first_unit + self.units - 1
        return last - half_u / 2 if self.numbering == "down" else self.first_unit + half_u / 2

    def half_units_at(self, number: float) -> float:
        """Return how many half units above the lowest unit a number on the rack is: undoes `unit_number`."""
        last = self.first_unit + self.units - 1
        return 2 * (last - number if self.numbering == "down" else number - self.first_unit)

    @property
    def base_mm(self) -> float:
        """Height of the bottom of the lowest unit: what the units leave over is half below, half above."""
        return max(self.height_mm - self.units * self.pitch_mm, 0.0) / 2


class CableType(_Type, frozen=True, kw_only=True, tag_field="type", tag="cable"):
    """A cable one can order: copper or optical with fixed ends, fibre, twisted pair, power cord, hose."""

    layer: Layer = "data"
    media: Literal["DAC", "ACC", "AEC", "AOC", "MMF", "SMF", "UTP", "cord", "hose"]
    rate_gbps: Annotated[float, quantity("Gbit/s", "Rate", low=0)] | None = None
    connector_a: Name = ""
    connector_b: Name = ""
    """Far end; with `split` each of the far ends."""
    split: Annotated[int, quantity("", "Far ends", low=1, high=8)] = 1
    links: Annotated[int, quantity("", "Links it carries", low=1, high=8)] = 1
    """A twin-port OSFP copper cable carries two links in one piece."""
    reach_min_m: Annotated[float, quantity("m", "Shortest", low=0)] | None = None
    reach_max_m: Annotated[float, quantity("m", "Reach", low=0)] | None = None
    lengths_m: tuple[float, ...] = ()
    """Stocked lengths, ascending."""
    power_end_w: Annotated[float, quantity("W", "Power at each end", low=0)] | None = None
    price_per_m_usd: Annotated[float, quantity("USD/m", "Price for each metre", low=0)] | None = None
    diameter_mm: Annotated[float, quantity("mm", "Outer diameter", low=0)] | None = None
    bend_radius_mm: Annotated[float, quantity("mm", "Bend radius", low=0)] | None = None
    mass_g_m: Annotated[float, quantity("g/m", "Mass for each metre", low=0)] | None = None
    bore_mm: Annotated[float, quantity("mm", "Inner diameter", low=0)] | None = None
    """Hose, pipe."""
    conductor_mm2: Annotated[float, quantity("mm2", "Conductor", low=0)] | None = None
    rated_a: Annotated[float, quantity("A", "Rated current", low=0)] | None = None
    """Cord, whip."""
    loss_db_km: Annotated[float, quantity("dB/km", "Loss", low=0)] | None = None
    polarity: Literal["", "straight", "crossed"] = ""
    """Fibre: crossed where transmit and receive change places on the way (MPO type B or C, LC A-to-B)."""
    pins: Literal["", "none", "one", "both"] = ""
    """Multi-fibre plugs of it that have guide pins; optics and cassettes have them."""
    colours: tuple[Name, ...] = ()
    """Those it is stocked in."""


class OpticType(_Type, frozen=True, kw_only=True, tag_field="type", tag="optic"):
    """A pluggable transceiver; one occupies a cage, whatever number of links it carries."""

    connector: Name
    """Cage it fits: OSFP-finned, OSFP-flat, QSFP112 ..."""
    rate_gbps: Annotated[float, quantity("Gbit/s", "Rate", low=0)]
    links: Annotated[int, quantity("", "Links it carries", low=1, high=8)] = 1
    fibre: Literal["MMF", "SMF"]
    fibre_connector: Name = ""
    reach_m: Annotated[float, quantity("m", "Reach", low=0)]
    budget_db: Annotated[float, quantity("dB", "Loss it allows", low=0)] | None = None
    power_w: Annotated[float, quantity("W", "Power", low=0)] | None = None


class AcceleratorType(_Type, frozen=True, kw_only=True, tag_field="type", tag="accelerator"):
    """One accelerator package. TFLOPS are dense, without structured sparsity."""

    tflops_fp64_dense: Annotated[float, quantity("TFLOPS", "FP64 dense", low=0)] | None = None
    tflops_tf32_dense: Annotated[float, quantity("TFLOPS", "TF32 dense", low=0)] | None = None
    tflops_bf16_dense: Annotated[float, quantity("TFLOPS", "BF16 dense", low=0)] | None = None
    tflops_fp8_dense: Annotated[float, quantity("TFLOPS", "FP8 dense", low=0)] | None = None
    tflops_fp4_dense: Annotated[float, quantity("TFLOPS", "FP4 dense", low=0)] | None = None
    memory_gb: Annotated[float, quantity("GB", "Memory", low=0)] | None = None
    memory_kind: Name = ""
    memory_tb_s: Annotated[float, quantity("TB/s", "Memory bandwidth", low=0)] | None = None
    scale_up_gb_s: Annotated[float, quantity("GB/s", "Scale-up, both ways", low=0)] | None = None
    scale_up: Name = ""
    tdp_w: Annotated[float, quantity("W", "Design power", low=0)] | None = None


AnyType = DeviceType | RackType | CableType | OpticType | AcceleratorType


def evidence_of(spec: AnyType, field: str) -> Evidence:
    """Return how a field of a type is known; `assumed` where no citation names it."""
    return evidence_in(spec.sources, field)


def evidence_in(sources: tuple[Citation, ...], field: str) -> Evidence:
    """Return the evidence of the first citation that names a field; `assumed` if none does."""
    for citation in sources:
        if field in citation.fields:
            return citation.evidence
    return "assumed"
