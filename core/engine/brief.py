"""The site and the brief as the engine reads them: requirements, assumptions, sources, fabrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import EngineError
from core.model.project import Reader
from core.model.records import Fabric, PowerSource, Value
from core.model.requirements import REQUIREMENTS
from core.model.types import Evidence


@dataclass(frozen=True)
class Assumed:
    """A number the engine needs where a design says nothing."""

    value: float
    unit: str
    evidence: Evidence
    label: str
    basis: str
    low: float | None = None
    high: float | None = None
    """Between what it may lie, for sensitivity; None where that has not been thought about."""


ASSUMPTIONS: dict[str, Assumed] = {
    "shelf_efficiency": Assumed(
        0.975,
        "",
        "assumed",
        "Power shelf efficiency where the type gives none",
        "Delta 33 kW ORv3 shelf, minimum",
    ),
    "tray_height_m": Assumed(
        2.7, "m", "assumed", "Height of the cable trays above the floor", "house value; above a 48U rack"
    ),
    "slack_rack_m": Assumed(0.3, "m", "recalled", "Slack at each end inside a rack", "installation practice"),
    "slack_hall_m": Assumed(1.0, "m", "recalled", "Slack at each end between racks", "installation practice"),
    "tray_allowance": Assumed(0.1, "", "recalled", "Allowance on tray runs", "installation practice"),
    "side_run_m": Assumed(
        0.4, "m", "assumed", "Way from a port to the side channel of its rack", "half a rack"
    ),
    "aisle_m": Assumed(
        1.2, "m", "assumed", "Aisle of one more rack, half in front and half behind", "house value"
    ),
    "fan_speed_least": Assumed(
        0.4, "", "assumed", "Lowest speed of fans and pumps, share of full", "house value"
    ),
    "free_cooling_share": Assumed(
        0.15,
        "",
        "assumed",
        "Power of a chiller in free cooling, share of that with its compressor",
        "house value",
    ),
    "outdoor_approach_k": Assumed(
        8.0,
        "K",
        "assumed",
        "Approach of heat rejection to the outdoor air where the type gives none",
        "house value",
    ),
    "pathway_reach_m": Assumed(
        6.0, "m", "assumed", "Farthest a rack is from the pathway its cables enter", "house value"
    ),
    "pathway_join_m": Assumed(
        0.15, "m", "assumed", "Gap across which two pathways at one height join", "house value; half a tray"
    ),
    "tray_fill": Assumed(
        0.5, "", "recalled", "Share of a tray that cables may fill", "TIA-569 practice as noted by others"
    ),
    "tray_fill_first": Assumed(
        0.25, "", "recalled", "Share of a tray to plan for the first day", "installation practice"
    ),
    "diameter_fibre_mm": Assumed(
        3.0, "mm", "recalled", "Diameter of a fibre cable whose type gives none", "usual patch cable"
    ),
    "diameter_copper_mm": Assumed(
        8.0, "mm", "recalled", "Diameter of a copper cable whose type gives none", "DAC and AEC of 400G, 800G"
    ),
    "diameter_pair_mm": Assumed(
        7.5, "mm", "recalled", "Diameter of a twisted pair whose type gives none", "usual Cat 6A"
    ),
    "diameter_cord_mm": Assumed(
        20.0, "mm", "recalled", "Diameter of a power cord whose type gives none", "usual 5-wire whip"
    ),
    "diameter_hose_mm": Assumed(
        50.0, "mm", "assumed", "Diameter of a hose whose type gives none", "house value; pair of 25 mm hoses"
    ),
    "cable_density_kg_m3": Assumed(
        1400.0, "kg/m3", "recalled", "Density of a cable whose type gives no mass", "Cat 6A: 7.5 mm, 60 g/m"
    ),
    "separation_mm": Assumed(
        30.0, "mm", "recalled", "Clear distance of copper cables from power cables", "one switch manual"
    ),
    "reach_margin": Assumed(
        0.05, "", "recalled", "Reach kept in hand, share of the way", "installation practice"
    ),
    "spare_share": Assumed(
        0.02, "", "recalled", "Spare cables of each part and length", "installation practice"
    ),
    "spare_share_optics": Assumed(0.02, "", "recalled", "Spare optics of each part", "installation practice"),
    "coolant_velocity_m_s": Assumed(
        3.0, "m/s", "recalled", "Highest velocity of coolant", "header speed, manifold engineering note"
    ),
    "foot_inset_mm": Assumed(
        50.0, "mm", "assumed", "Feet of a rack in from its corners where the type gives none", "house value"
    ),
    "row_gap_mm": Assumed(
        800.0, "mm", "assumed", "Gap along a row of racks that makes it two", "house value; to walk through"
    ),
    "aisle_reach_mm": Assumed(
        3000.0, "mm", "assumed", "Distance up to which rows share an aisle", "house value; five tiles"
    ),
    "node_failures_1000_days": Assumed(
        2.46,
        "",
        "estimate",
        "Failures of hosts that end a job, for 1,000 of them in a day",
        "two points: Meta RSC-1, 7.9 h at 128 hosts (arXiv 2410.21680); Llama 3, 419 in 54 days at 2,048",
    ),
    "job_failures_day": Assumed(
        2.72,
        "",
        "estimate",
        "Failures that end a job of any size, in a day: software, storage, people",
        "the same two points",
    ),
    "link_failures_1000_days": Assumed(
        0.0,
        "",
        "assumed",
        "Failures of network links that end a job beside those, for 1,000 of them in a day",
        "none: those of the two points are in the figure of the hosts",
    ),
    "repair_h": Assumed(24.0, "h", "assumed", "Time until a failed host works again", "house value; a day"),
    "price_spread": Assumed(
        0.3,
        "",
        "assumed",
        "Half range of a price that is no quotation and states one figure, share of it",
        "house value; sources for the same box differ by up to a factor of three",
    ),
    "accelerator_share": Assumed(
        0.61,
        "",
        "estimate",
        "Share of accelerators in the price of a server that states only its whole",
        "Epoch AI: server over chips 1.64 (1.54 to 1.69), training-cost-trends",
        0.55,
        0.65,
    ),
    "energy_usd_kwh": Assumed(
        0.083,
        "USD/kWh",
        "estimate",
        "Price of electricity",
        "US industrial mean of 2025, in Epoch AI training-cost-trends",
        0.05,
        0.15,
    ),
    "pue": Assumed(
        1.25,
        "",
        "estimate",
        "PUE where parts of power or cooling are by others",
        "Epoch AI training-cost-trends: 1.1 hyperscaler, 1.25 others",
        1.1,
        1.4,
    ),
    "water_usd_m3": Assumed(
        2.0, "USD/m3", "assumed", "Price of water, waste water included", "house value", 1.0, 5.0
    ),
    "discount_rate": Assumed(0.08, "", "assumed", "Discount rate", "house value", 0.05, 0.12),
    "life_it_years": Assumed(
        5.0,
        "years",
        "estimate",
        "Life of accelerators and servers",
        "Epoch AI training-cost-trends: 5 years from 2023",
        3.0,
        6.0,
    ),
    "life_network_years": Assumed(
        5.0, "years", "assumed", "Life of network, optics and cables", "as servers", 4.0, 8.0
    ),
    "life_plant_years": Assumed(
        15.0,
        "years",
        "recalled",
        "Life of racks, power and cooling",
        "10 to 20 years in the method of Barroso, Hoelzle and Ranganathan",
        10.0,
        20.0,
    ),
    "life_shell_years": Assumed(
        20.0,
        "years",
        "recalled",
        "Life of the building",
        "15 to 30 years in common practice",
        15.0,
        30.0,
    ),
    "resale_it": Assumed(
        0.1,
        "",
        "assumed",
        "Resale of accelerators and servers at the end, share of the price",
        "house value",
        0.0,
        0.3,
    ),
    "resale_network": Assumed(
        0.05, "", "assumed", "Resale of network at the end, share of the price", "house value", 0.0, 0.15
    ),
    "spare_devices_share": Assumed(
        0.02,
        "",
        "estimate",
        "Spare servers and network in store, share of their price",
        "as spare cables and optics; none where the maker keeps them",
        0.0,
        0.05,
    ),
    "freight_share": Assumed(
        0.02,
        "",
        "estimate",
        "Freight and insurance, share of the price of what is delivered",
        "house value",
        0.01,
        0.05,
    ),
    "tax_share": Assumed(
        0.0,
        "",
        "assumed",
        "Duty and tax that nobody refunds, share of the price of what is delivered",
        "none; state what holds at the site",
        0.0,
        0.0,
    ),
    "shell_usd_w": Assumed(
        2.5, "USD/W", "recalled", "Building, for each watt of IT", "common range of builders", 1.5, 4.0
    ),
    "power_plant_usd_w": Assumed(
        4.5,
        "USD/W",
        "recalled",
        "Power plant by others, for each watt of IT",
        "common range of builders",
        3.0,
        6.5,
    ),
    "cooling_plant_usd_w": Assumed(
        2.0,
        "USD/W",
        "recalled",
        "Cooling plant by others, for each watt of IT",
        "common range of builders",
        1.0,
        3.5,
    ),
    "maintenance_it": Assumed(
        0.03,
        "",
        "assumed",
        "Maintenance of IT and network a year, share of the price",
        "house value",
        0.01,
        0.06,
    ),
    "maintenance_plant": Assumed(
        0.02,
        "",
        "assumed",
        "Maintenance of racks, power, cooling and building a year, share of the price",
        "house value",
        0.01,
        0.04,
    ),
    "staff_usd_mw": Assumed(
        150_000.0,
        "USD/MW",
        "assumed",
        "Staff a year, for each megawatt of IT",
        "house value",
        80_000.0,
        300_000.0,
    ),
    "space_usd_m2": Assumed(
        0.0, "USD/m2", "assumed", "Rent of the room a year", "none: the building is counted", 0.0, 600.0
    ),
    "software_usd_accelerator": Assumed(
        0.0,
        "USD",
        "assumed",
        "Software a year, for each accelerator",
        "none; name what licences cost where they are bought",
    ),
    "availability": Assumed(
        0.97, "", "assumed", "Share of the hours in which accelerators can be used", "house value", 0.9, 0.99
    ),
    "utilisation": Assumed(
        0.40,
        "",
        "assumed",
        "Model FLOPs over dense BF16 peak where no workload says it",
        "Epoch AI training-cost-trends takes 0.375 where it is unknown",
        0.25,
        0.5,
    ),
    "goodput": Assumed(
        0.95,
        "",
        "estimate",
        "Share of the time of a training run that is not lost, where no workload says it",
        "above 0.90 for Llama 3 on 16,384 accelerators, as its paper says",
        0.85,
        0.99,
    ),
    "grid_kg_kwh": Assumed(
        0.4,
        "kg/kWh",
        "recalled",
        "Carbon dioxide of a kilowatt-hour from the grid",
        "near the mean of large grids; name that of the site",
        0.02,
        0.8,
    ),
}
"""House values; a project replaces one by an `Assumption` record of the same id."""
SECTIONS = {
    "shelf_efficiency": "Drawing, power, cooling and cabling",
    "node_failures_1000_days": "Failures",
    "price_spread": "Cost and carbon",
}
"""Headings of `ASSUMPTIONS`, each by the name that comes first under it."""


NORTH_AMERICAN = ("NEC", "CEC")
"""Answers to `electrical_code` under which a continuous load may use 80 percent of a breaker."""


@dataclass(frozen=True)
class Brief:
    """What the project asks and assumes; equal briefs compare equal."""

    requirements: tuple[tuple[str, Value], ...]
    assumptions: tuple[tuple[str, float], ...]
    sources: tuple[PowerSource, ...]
    fabrics: tuple[Fabric, ...]
    room_m2: float | None
    """Area of the rooms drawn in the top block."""
    ranges: tuple[tuple[str, tuple[float, float]], ...] = ()
    """Low and high of the assumptions of the project that state them."""

    def required(self, name: str) -> Any | None:
        """Return what the project asks, or None if it does not say."""
        return dict(self.requirements).get(name)

    def number(self, name: str) -> float | None:
        """Return the number the project asks for, or None if it says none; no default is taken."""
        value = self.required(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def value(self, name: str) -> float:
        """Return a numeric requirement or its default.

        Raises
        ------
        EngineError
            If the project gives something that is no number.
        """
        value = self.required(name)
        if value is None:
            value = REQUIREMENTS[name].default
        if isinstance(value, (str, bool)) or value is None:
            raise EngineError(f"'{REQUIREMENTS[name].label}' must be a number", where=f"requirement {name}")
        return float(value)

    def text(self, name: str) -> str:
        """Return a requirement in words, or its default."""
        value = self.required(name)
        return str(REQUIREMENTS[name].default or "") if value is None else str(value)

    def ranged(self, name: str) -> tuple[float, float, float]:
        """Return an assumption with its range: low, likely, high.

        A value that the project states without a range is taken as certain.
        """
        house, value = ASSUMPTIONS[name], self.assume(name)
        stated = dict(self.ranges).get(name)
        if stated is not None:
            return stated[0], value, stated[1]
        if dict(self.assumptions).get(name) is not None:
            return value, value, value
        return (
            value if house.low is None else house.low,
            value,
            value if house.high is None else house.high,
        )

    def assume(self, name: str) -> float:
        """Return an assumption of the project or of the house."""
        return dict(self.assumptions).get(name, ASSUMPTIONS[name].value)

    @property
    def continuous_share(self) -> float | None:
        """Share of a rating for continuous load: the brief's, 0.8 by a North American code, else None.

        IEC practice has no blanket share: ambient and grouping decide.
        """
        stated = self.number("continuous_share")
        if stated is not None:
            return stated
        return 0.8 if self.text("electrical_code").strip().upper() in NORTH_AMERICAN else None

    def source(self, source_id: str) -> PowerSource | None:
        return next((s for s in self.sources if s.id == source_id), None)


def read_brief(project: Reader) -> Brief:
    """Return the brief of a project."""
    rooms = [a for a in project.areas(project.setting("top", "")).values() if a.kind == "room"]
    return Brief(
        requirements=tuple(sorted((r.id, r.value) for r in project.requirements.values())),
        assumptions=tuple(sorted((a.id, a.value) for a in project.rows("assumptions").values())),
        sources=tuple(sorted(project.sources.values(), key=lambda s: s.id)),
        fabrics=tuple(sorted(project.fabrics.values(), key=lambda f: f.id)),
        ranges=tuple(
            sorted(
                (a.id, (a.value if a.low is None else a.low, a.value if a.high is None else a.high))
                for a in project.rows("assumptions").values()
                if a.low is not None or a.high is not None
            )
        ),
        room_m2=sum(_area_m2(room.points) for room in rooms) if rooms else None,
    )


def _area_m2(points: tuple[tuple[int, int], ...]) -> float:
    turned = points[1:] + points[:1]
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, turned, strict=True))) / 2e6
