"""G-004: what was asked for, held against what the design gives."""

from __future__ import annotations

from core.model.records import Value
from core.model.requirements import REQUIREMENTS
from core.report.context import Context
from core.report.paper import Box
from core.report.sheet import CAUTION, Page, Sheet
from core.report.tables import Column, Laid, Table, lay
from core.report.values import UNKNOWN, show
from core.units import share

_STATE = {"over": "NOT MET", "near": "met, within 5 %", "within": "met", "unknown": "not judged"}


def sheets(context: Context) -> list[Sheet]:
    """Return the basis of design; further sheets if the tables are long."""
    area = context.paper.above
    half = (area.width - 8.0) / 2
    tables = [
        lay(_requirements(context), area.width, area.height),
        lay(_inputs(context), half, area.height),
        lay(_sources(context), half, area.height),
    ]
    pages = _packed(tables, area, half)

    def sheet(at: int) -> Sheet:
        def draw(page: Page) -> None:
            for laid, part, box in pages[at]:
                low = page.table(laid, part, box)
                if laid is tables[0] and part == 0:
                    _binding(page, Box(box.x, box.y, box.width, low - box.y))

        number_ = "G-004" if not at else f"G-004.{at + 1}"
        subtitle = "requirements against results" if not at else f"part {at + 1}"
        return Sheet(number_, "Basis of design", "General", draw, subtitle, caution=CAUTION)

    return [sheet(at) for at in range(len(pages))]


def _packed(tables: list[Laid], area: Box, half: float) -> list[list[tuple[Laid, int, Box]]]:
    """Place the parts of the tables: whole width one after the other, the two narrow ones side by side."""
    pages: list[list[tuple[Laid, int, Box]]] = [[]]
    y = area.top

    def place(group: list[tuple[Laid, int, float]]) -> None:
        nonlocal y
        height = max(laid.height(part) for laid, part, _ in group) + 12.0
        if y - height < area.y and pages[-1]:
            pages.append([])
            y = area.top
        for laid, part, x in group:
            pages[-1].append((laid, part, Box(x, area.y, sum(laid.widths), y - area.y)))
        y -= height

    first, inputs, sources = tables
    for part in range(len(first.parts)):
        place([(first, part, area.x)])
    for part in range(max(len(inputs.parts), len(sources.parts))):
        group = [(inputs, part, area.x)] if part < len(inputs.parts) else []
        if part < len(sources.parts):
            group.append((sources, part, area.x + half + 8.0))
        place(group)
    return pages


def _text(value: Value | None, unit: str) -> str:
    if value is None or value == "":
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return show(float(value), unit)
    return value


def _requirements(context: Context) -> Table:
    asked = context.project.requirements
    quantities = context.evaluation.quantities if context.evaluation else {}
    rows = []
    for name, kind in REQUIREMENTS.items():
        if kind.sense == "input":
            continue
        record = asked.get(name)
        quantity = quantities.get(kind.quantity)
        result = quantity.text if quantity else "not evaluated"
        use = quantity.use if quantity else None
        state = _STATE[quantity.state] if quantity and record else "no limit stated" if not record else "open"
        rows.append((
            kind.label,
            "at most" if kind.sense == "most" else "at least",
            _text(record.value if record else None, kind.unit),
            result,
            share(use) if use is not None and use < 1e6 else "",
            state,
            quantity.grounds.label if quantity else "",
            record.note if record else "",
        ))  # fmt: skip
    columns = (
        Column("Requirement", most=60), Column("Sense"), Column("Asked", "right"), Column("Result", "right"),
        Column("Used", "right"), Column("State", least=24), Column("Evidence of result", most=34),
        Column("Note", wide=1.0, most=120),
    )  # fmt: skip
    note = "What is not stated is not judged. Percent used: result over limit, or limit over result."
    return Table(columns, rows, "Requirements against results", note=note)


def _inputs(context: Context) -> Table:
    asked = context.project.requirements
    rows: list[tuple[str, ...]] = []
    for name, kind in REQUIREMENTS.items():
        if kind.sense != "input":
            continue
        record = asked.get(name)
        if record is not None:
            rows.append((kind.label, _text(record.value, kind.unit), record.evidence, record.note))
        else:
            default = kind.default
            text = _text(default, kind.unit) if default not in (None, "") else "not stated"
            rows.append((kind.label, text, "assumed" if default not in (None, "") else "", kind.basis))
    known = set(REQUIREMENTS)
    rows += [(r.id, _text(r.value, ""), r.evidence, r.note) for r in asked.values() if r.id not in known]
    columns = (Column("Condition", most=50), Column("Value", "right", most=44), Column("Evidence"),
               Column("Basis", wide=1.0, most=70))  # fmt: skip
    return Table(columns, rows, "Site conditions and inputs")


def _sources(context: Context) -> Table:
    rows = []
    for source in sorted(context.project.sources.values(), key=lambda s: s.name):
        phases = {0: "DC", 1: "1 phase", 3: "3 phase"}.get(source.phases, str(source.phases))
        voltage = UNKNOWN if source.voltage_v is None else show(source.voltage_v, "V")
        rows.append((source.name, show(source.capacity_w, "W"), voltage, phases, source.note))
    columns = (Column("Source", most=40), Column("Capacity", "right"), Column("Voltage", "right"),
               Column("Phases"), Column("Note", wide=1.0, most=70))  # fmt: skip
    return Table(columns, rows, "Power sources", note="" if rows else "None drawn: by others.")


def _binding(page: Page, box: Box) -> None:
    from core.engine.binding import binding_limit

    evaluation = page.context.evaluation
    text = "Binding limit: none can be named, as there are no results."
    if evaluation is not None:
        binding = binding_limit(evaluation)
        text = f"{binding.label}: {binding.value}, {binding.detail}."
    page.text(box.x, box.top - 2.4, text, style="text.bold", room=box.width)
