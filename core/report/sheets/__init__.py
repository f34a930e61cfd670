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

FIRST: tuple[Callable[[Context], list[Sheet]], ...] = (
    control.sheets,
    legend.sheets,
    basis.sheets,
    findings.sheets,
)
KINDS: tuple[Callable[[Context], list[Sheet]], ...] = (
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
"""What makes the sheets after the cover and the changes, which come first and must know all others."""


def plan_sheets(context: Context) -> list[Sheet]:
    """Return all sheets of the set in order: the first of the two passes."""
    first = _made(FIRST, context)
    rest = _made(KINDS, context)
    planned = [*first, *changes.sheets(context, rest), *rest]
    return [*cover.sheets(context, planned), *planned]


def _made(kinds: tuple[Callable[[Context], list[Sheet]], ...], context: Context) -> list[Sheet]:
    found: list[Sheet] = []
    for make in kinds:
        context.tick()
        found.extend(make(context))
    return found
