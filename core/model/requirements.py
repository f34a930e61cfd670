"""The questions a site and a brief answer: each requirement's label, unit, and what it limits.

The id of a `Requirement` record is a key of `REQUIREMENTS`. `quantity` names the result it is held
against and `sense` how: the result must be at most, at least, or the value is only an input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RequirementKind:
    label: str
    unit: str
    sense: Literal["most", "least", "input"]
    quantity: str = ""
    default: float | str | None = None
    """What the engine assumes if the project says nothing; shown as assumed."""
    basis: str = ""
    """Why that default."""
    low: float | None = 0.0
    high: float | None = None
    """Range a number may take."""
    choices: tuple[str, ...] = ()
    """Words that may be said, in any case; empty for all."""

    @property
    def is_text(self) -> bool:
        """Whether the answer is words and not a number."""
        return self.sense == "input" and not self.unit and not isinstance(self.default, float)

    def fault(self, value: object) -> str:
        """Return what is wrong with an answer; empty if nothing is.

        Examples
        --------
        >>> REQUIREMENTS["altitude_m"].fault(20_000.0)
        'Altitude must be at most 11000 m'
        >>> REQUIREMENTS["coolant"].fault("water")
        ''
        """
        if self.is_text:
            if not isinstance(value, str):
                return f"{self.label} must be words"
            if self.choices and value.strip().lower() not in self.choices:
                return f"{self.label} must be one of: {', '.join(self.choices)}"
            return ""
        if isinstance(value, (str, bool)) or not isinstance(value, (int, float)):
            return f"{self.label} must be a number"
        if self.low is not None and value < self.low:
            return f"{self.label} must be at least {self.low:g} {self.unit}".rstrip()
        if self.high is not None and value > self.high:
            return f"{self.label} must be at most {self.high:g} {self.unit}".rstrip()
        return ""


REQUIREMENTS: dict[str, RequirementKind] = {
    "facility_power_w": RequirementKind("Site power", "W", "most", "power_max_w"),
    "accelerators": RequirementKind("Accelerators", "", "least", "accelerators"),
    "tflops_bf16_dense": RequirementKind("BF16 dense", "TFLOPS", "least", "tflops_bf16_dense"),
    "budget_usd": RequirementKind("Budget", "USD", "most", "capex_high_usd"),
    "heat_air_w": RequirementKind("Room cooling", "W", "most", "heat_air_w"),
    "heat_liquid_w": RequirementKind("Liquid cooling", "W", "most", "heat_liquid_w"),
    "rack_power_w": RequirementKind("Power per rack", "W", "most", "rack_power_max_w"),
    "rack_mass_kg": RequirementKind("Mass per rack", "kg", "most", "rack_mass_kg"),
    "floor_load_kg_m2": RequirementKind("Floor rating, uniform", "kg/m2", "most", "floor_load_kg_m2"),
    "oversubscription": RequirementKind("Oversubscription", "", "most", "oversubscription_worst"),
    "redundancy": RequirementKind("Power redundancy", "", "input", default="", basis="none asked for"),
    "continuous_share": RequirementKind(
        "Continuous share of a breaker",
        "",
        "input",
        default=0.8,
        basis="house margin; code in North America",
        high=1,
    ),
    "altitude_m": RequirementKind(
        "Altitude", "m", "input", default=0.0, basis="sea level", low=-500, high=11_000
    ),
    "air_supply_c": RequirementKind(
        "Air supply", "degC", "input", default=24.0, basis="ASHRAE recommended 18-27", low=-40, high=80
    ),
    "air_rise_k": RequirementKind(
        "Air temperature rise", "K", "input", default=15.0, basis="house value", low=1, high=60
    ),
    "liquid_supply_c": RequirementKind(
        "Coolant supply", "degC", "input", default=35.0, basis="house value", low=-20, high=90
    ),
    "liquid_rise_k": RequirementKind(
        "Coolant temperature rise", "K", "input", default=10.0, basis="OCP basis", low=1, high=60
    ),
    "coolant": RequirementKind("Coolant", "", "input", default="PG25", basis="common for cold plates"),
    "voltage_v": RequirementKind("Voltage, line to line", "V", "input", default=415.0, basis="house value"),
    "ready_date": RequirementKind("Ready for service", "", "input"),
    "facility_supply_c": RequirementKind("Facility water supply", "degC", "input", low=-20, high=90),
    "facility_rise_k": RequirementKind("Facility water temperature rise", "K", "input", low=1, high=60),
    "room_dew_point_c": RequirementKind("Room dew point", "degC", "input", low=-60, high=60),
    "climate": RequirementKind(
        "Climate", "", "input", basis="none: heat rejection is taken at its full power all the year"
    ),
    "clearance_front_mm": RequirementKind(
        "Clearance in front of racks", "mm", "input", default=1200.0, basis="cold aisle, TIA-942-A as cited"
    ),
    "clearance_rear_mm": RequirementKind(
        "Clearance behind racks", "mm", "input", default=900.0, basis="house value; hot aisle of 3 ft"
    ),
    "clearance_working_mm": RequirementKind(
        "Working space at electrical gear", "mm", "input", default=900.0, basis="NEC 110.26, recalled"
    ),
    "door_leaf": RequirementKind(
        "Rack door leaf, of its width", "", "input", default=1.0, basis="one leaf; half if split", high=1
    ),
    "aisle_cold_mm": RequirementKind("Cold aisle, least", "mm", "input"),
    "aisle_hot_mm": RequirementKind("Hot aisle, least", "mm", "input"),
    "row_length_m": RequirementKind("Row of racks, longest", "m", "input"),
    "electrical_code": RequirementKind(
        "Electrical code",
        "",
        "input",
        basis="none named: NEC or CEC (80 % for continuous load), IEC (no blanket share)",
    ),
    "feeder_reserve": RequirementKind(
        "Reserve at feeders, share of their rating", "", "input", basis="none asked for", high=1
    ),
    "moving_margin_mm": RequirementKind(
        "Room beside a rack on its way in", "mm", "input", default=50.0, basis="house value, each side"
    ),
    "order_date": RequirementKind("Orders are placed", "", "input"),
    "home_countries": RequirementKind("Countries that count as domestic", "", "input"),
    "domestic_share": RequirementKind(
        "Domestic share of the spend, least", "", "input", default=0.0, basis="none asked for", high=1.0
    ),
    "supplier_share": RequirementKind(
        "Share of the spend with one supplier, most",
        "",
        "input",
        default=1.0,
        basis="none asked for",
        high=1.0,
    ),
    "depreciation": RequirementKind(
        "Depreciation",
        "",
        "input",
        default="annuity",
        basis="house value; or straight line, without interest",
        choices=("annuity", "straight line"),
    ),
    "turning_margin_mm": RequirementKind(
        "Room around a rack that turns", "mm", "input", default=50.0, basis="house value"
    ),
}
