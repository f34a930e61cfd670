"""M-401: the cooling schematic."""

from __future__ import annotations

from core.drawing import cooling_schematic
from core.report.chain_sheets import chain_sheets, numbered
from core.report.context import Context
from core.report.sheet import CAUTION, Page, Sheet


def sheets(context: Context) -> list[Sheet]:
    """Return the schematic; none without an evaluation, or where nothing is piped or cools the air."""
    of = context.evaluation
    if of is None:
        return []
    drawing = cooling_schematic.cooling_schematic(context.project, of)
    base = Sheet("", "Cooling schematic", "Cooling", _nothing, caution=CAUTION)
    return chain_sheets(context, drawing, numbered("M-401"), base, "coolant")


def _nothing(page: Page) -> None:
    """Draw nothing."""
