"""The kinds of sheets, one file each, in the order of the set."""

from __future__ import annotations

from collections.abc import Callable

from core.report.context import Context
from core.report.sheet import Sheet
from core.report.sheets import (
    aisle_section,
    assumptions,
    basis,
    changes,
    comparison,
    control,
    cooling_schedule,
    cooling_schematic,
    cover,
    economics,
    elevations,
    fabric_bills,
    fabric_measures,
    findings,
    legend,
    materials,
    networks,
    pathway_plan,
    phases,
    plans,
    port_maps,
    power_one_line,
    power_schedule,
    rack_interface,
    results,
    schedule,
    scope,
    suppliers,
    validation,
)

KINDS: tuple[Callable[[Context], list[Sheet]], ...] = (
    control.sheets,
    legend.sheets,
    basis.sheets,
    findings.sheets,
    changes.sheets,
    plans.sheets,
    aisle_section.sheets,
    rack_interface.sheets,
    elevations.sheets,
    power_one_line.sheets,
    power_schedule.sheets,
    cooling_schematic.sheets,
    cooling_schedule.sheets,
    pathway_plan.sheets,
    networks.sheets,
    schedule.sheets,
    port_maps.sheets,
    fabric_bills.sheets,
    fabric_measures.sheets,
    phases.sheets,
    scope.sheets,
    materials.sheets,
    results.sheets,
    economics.sheets,
    assumptions.sheets,
    suppliers.sheets,
    comparison.sheets,
    validation.sheets,
)
"""What makes the sheets after the cover, which comes first because it must know all others."""


def plan_sheets(context: Context) -> list[Sheet]:
    """Return all sheets of the set in order: the first of the two passes."""
    planned: list[Sheet] = []
    for make in KINDS:
        context.tick()
        planned.extend(make(context))
    return [*cover.sheets(context, planned), *planned]
