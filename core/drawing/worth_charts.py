"""Charts of what a design is worth: the data behind each, for the window and the sheets alike."""

from __future__ import annotations

from core.drawing.charts import Bar, Swung
from core.engine.capex import DOMAINS
from core.engine.economics import Economics
from core.engine.energy import Energy
from core.engine.sensitivity import tornado
from core.engine.supply import Shares
from core.engine.supply_lines import FUNCTIONS, UNKNOWN
from core.engine.unit_costs import HOURS
from core.engine.workloads import WorkloadResult
from core.engine.worth import yearly_grounds
from core.units import number_text, show

OPEX = {
    "energy": "Energy",
    "maintenance": "Maintenance",
    "staff": "Staff",
    "space": "Rent",
    "software": "Software",
    "water": "Water",
}
STEP_PARTS = {
    "compute": "Matrix products", "attention": "Attention", "tp": "Tensor parallel", "cp": "Context parallel",
    "ep": "Expert parallel", "pp": "Pipeline sends", "dp": "Data parallel", "bubble": "Pipeline bubble",
    "optimizer": "Optimizer", "host": "Host and kernels",
}  # fmt: skip
ITERATION_PARTS = {
    "weights": "Weights", "experts": "Weights of experts", "cache": "KV cache", "products": "Matrix products",
    "attention": "Attention", "reduce": "All-reduce", "exchange": "Expert exchange", "scaling": "Scaling",
    "host": "Host", "draft": "Draft model", "prompts": "Prompts",
}  # fmt: skip
MOST_SUPPLIERS = 7
MOVED = "usd_per_gpu_hour"
"""The figure whose tornado is shown first: all others of a workload follow it."""


def time_split(of: WorkloadResult) -> list[Bar]:
    """Return the parts of a training step or an iteration of a service, longest first; they add up to it."""
    if of.training is not None:
        split = {name: float(value) for name, value in of.training.step.split._asdict().items()}
        names = STEP_PARTS
    elif of.serving is not None:
        split, names = {name: float(value) for name, value in of.serving.split.items()}, ITERATION_PARTS
    else:
        return []
    order = sorted((one for one in split.items() if one[1] > 0), key=lambda one: -one[1])
    return [Bar(names.get(name, name), seconds, show(seconds, "s"), key=name) for name, seconds in order]


def time_title(of: WorkloadResult) -> str:
    """Return what the split of a workload is of, with its length."""
    if of.training is not None:
        return f"{of.workload.name}: step of {show(of.training.step.step_s, 's')}"
    seconds = of.serving.iteration_s if of.serving is not None else None
    return f"{of.workload.name}: iteration of {show(seconds, 's')}"


def capital_split(of: Economics) -> list[Bar]:
    """Return capital by domain; the domains add up to the capital cost."""
    if not of.figures:
        return []
    return [
        Bar(f"{domain[0].upper()}{domain[1:]}", usd, show(usd, "USD"), key=domain)
        for domain in DOMAINS
        if (usd := of.figures[f"capex_{domain}_usd"]) > 0
    ]


def year_split(of: Economics) -> list[Bar]:
    """Return the cost of a year: capital by its lives, then operating cost by kind; they add up to it."""
    if not of.figures:
        return []
    rows = [("capital", "Capital", of.figures["capex_year_usd"])]
    rows += [(name, label, of.figures[f"opex_{name}_usd"]) for name, label in OPEX.items()]
    note = f"evidence of the year: {yearly_grounds(of).label}"
    return [Bar(label, usd, show(usd, "USD"), key=name, note=note) for name, label, usd in rows if usd > 0]


def supplier_split(of: Shares, nobody: str = "Nobody named") -> list[Bar]:
    """Return the known spend by supplier, country or function; small ones as one, what is unknown last."""
    known = [part for part in of.parts if part.name != UNKNOWN and part.usd > 0]
    bars = [
        Bar(_titled(part.name), part.usd, show(part.usd, "USD"), key=part.name)
        for part in known[:MOST_SUPPLIERS]
    ]
    rest = known[MOST_SUPPLIERS:]
    if rest:
        usd = sum(part.usd for part in rest)
        bars.append(Bar(f"{len(rest)} others", usd, show(usd, "USD"), style="paint.c8"))
    unknown = next((part for part in of.parts if part.name == UNKNOWN and part.usd > 0), None)
    if unknown is not None:
        bars.append(Bar(nobody, unknown.usd, show(unknown.usd, "USD"), style="paint.none"))
    return bars


def _titled(name: str) -> str:
    """Return a function with a capital; names of people and places stay as they are written."""
    return f"{name[0].upper()}{name[1:]}" if name in FUNCTIONS else name


def power_split(of: Energy) -> list[Bar]:
    """Return where the mean power of a year goes: IT, then losses and cooling; they add up to all drawn."""
    if not of.it_w > 0:
        return []
    rows = [("it", "IT", of.it_w)]
    rows += [(f"loss:{name}", f"Losses: {name}", watts) for name, watts in of.losses_w]
    rows += [(f"cooling:{name}", f"Cooling: {name}", watts) for name, watts in of.cooling_w]
    return [Bar(label, watts, show(watts, "W"), key=key) for key, label, watts in rows if watts > 0]


def power_chain(of: Energy, worth: Economics) -> list[Bar]:
    """Return the same as a chain from all that the site gives down to what the IT gets.

    Where plant is by others, the energy that is paid for is that of the IT times the PUE assumed: what is
    not drawn of it is a bar of its own.
    """
    parts = power_split(of)
    if not parts:
        return []
    left = of.total_w
    chain = [Bar("All that is drawn", left, show(left, "W"), style="paint.c7")]
    paid = worth.figures.get("energy_mwh", 0.0) * 1e6 / HOURS
    others = paid - left if of.power_by_others or of.cooling_by_others else 0.0
    if others > 1e-6 * paid:
        pue = next(one for one in worth.inputs if one.name == "pue")
        chain = [
            Bar("All, by the PUE", paid, show(paid, "W"), style="paint.c7"),
            Bar(f"Plant by others: PUE {number_text(pue.likely)}, {pue.evidence}", others,
                show(others, "W"), "others", start=left, style="paint.none"),
        ]  # fmt: skip
    for bar in parts[1:]:
        left -= bar.value
        chain.append(
            Bar(bar.label, bar.value, bar.text, bar.key, start=left,
                style="paint.c1" if bar.key.startswith("loss") else "paint.c6")
        )  # fmt: skip
    return [*chain, Bar(parts[0].label, parts[0].value, parts[0].text, parts[0].key, style="paint.c0")]


def tornado_rows(of: Economics, figure: str, most: int = 10) -> list[Swung]:
    """Return the inputs that move a figure most, with the figure at both their ends."""
    unit = of.labels[figure].unit
    return [
        Swung(
            swing.input.label, show(swing.input.low, swing.input.unit),
            show(swing.input.high, swing.input.unit), swing.at_low, swing.at_high, show(swing.width, unit),
            key=swing.input.name, note=str(swing.input.evidence),
        )
        for swing in tornado(of, figure, most)
        if swing.width > 0
    ]  # fmt: skip
