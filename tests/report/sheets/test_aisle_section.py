"""Sections across the rows of a room: figures worked out by hand."""

from __future__ import annotations

from typing import Any

from core.drawing.plan import footprints
from core.model.records import Area, Pathway
from core.report.aisle_section_cut import Section, sections_of
from core.report.context import Context
from core.report.paper import paper_of
from core.report.preview import Preview
from core.report.sheets.aisle_section import levels_of
from core.units import THIN, use
from tests.engine.designs import Design
from tests.engine.test_aisles import row
from tests.report.conftest import texts_of

# Racks are 600 x 1200 mm: a row at y 0 that looks to the back, one at y 2400 that looks to the front.


def area(design: Design, kind: Any, low: tuple[int, int], high: tuple[int, int], **fields: Any) -> None:
    (x, y), (x2, y2) = low, high
    corners = ((x, y), (x2, y), (x2, y2), (x, y2))
    design.put(("areas", Area(block="hall", id=kind, kind=kind, points=corners, **fields)))


def rows(*racks: dict[str, Any]) -> Design:
    design = Design()
    design.rack("r")
    for k, place in enumerate(racks):
        design.place("r", f"r{k}", **place)
    return design


def aisle() -> Design:
    design = rows(*row(0, turned=True), *row(2400))
    area(design, "room", (-1000, -1500), (3000, 5000), name="Hall", height_mm=4000, floor="slab")
    area(design, "containment", (0, 1200), (1800, 2400), height_mm=2500)
    points = ((-500, 600, 2700), (2500, 600, 2700))
    design.put(("pathways", Pathway(block="hall", id="p", kind="tray", points=points, width_mm=400)))
    return design


def cuts(design: Design) -> list[Section]:
    project = design.project
    found = design.evaluate()
    context = Context(project, paper_of("A3"), b"", evaluation=found)
    return sections_of(context, found, footprints(project, project.top))


def test_a_cut_meets_racks_aisle_containment_and_pathways() -> None:
    (found,) = cuts(aisle())
    assert (found.name, found.room, found.axis, found.at_mm) == ("A", "Hall", 1, 900)
    assert (found.low_mm, found.high_mm, found.height_mm, found.floor) == (-1500, 5000, 4000, "slab")
    racks = sorted((m.u, m.u2, m.front) for m in found.met if m.kind == "rack")
    assert racks == [(0, 1200, 1), (2400, 3600, -1)]
    ((crossed, low, high),) = found.aisles
    assert (crossed.kind, crossed.width_mm, low, high) == ("cold", 1200, 1200, 2400)
    (way,) = [m for m in found.met if m.kind == "pathway"]
    assert (way.name, way.u, way.u2, way.z, way.z2) == ("P1", 400, 800, 2700, 2800)
    (held,) = [m for m in found.met if m.kind == "containment"]
    assert (held.u, held.u2, held.z2) == (1200, 2400, 2500)


def test_heights_at_the_side_go_up_and_name_what_is_there() -> None:
    (found,) = cuts(aisle())
    levels = levels_of(found)
    assert [level for level, _ in levels] == sorted(level for level, _ in levels)
    assert dict(levels)[2700] == "underside of P1"
    assert dict(levels)[4000] == "clear height of the room"
    assert dict(levels)[0] == "floor, slab"


def test_the_cut_goes_where_most_rows_are_met() -> None:
    """The third row stands only at x 1200 to 1800: the cut is in the middle of its rack."""
    (found,) = cuts(rows(*row(0, turned=True), *row(2400), *row(5000, turned=True, count=1, x=1200)))
    assert found.at_mm == 1500
    assert len([m for m in found.met if m.kind == "rack"]) == 3
    assert (found.low_mm, found.high_mm, found.height_mm) == (-1500, 7700, 0)


def test_rows_of_two_directions_are_cut_twice() -> None:
    sideways = [{"x_mm": 9000, "y_mm": 600 * k, "rotation": 90} for k in range(2)]
    assert [(s.name, s.axis) for s in cuts(rows(*row(0), *sideways))] == [("A", 1), ("B", 0)]


def test_a_tray_that_runs_along_the_cut_is_shown_lengthwise() -> None:
    design = aisle()
    points = ((1000, -1000, 3000), (1000, 4000, 3000))
    design.put(("pathways", Pathway(block="hall", id="q", kind="tray", points=points)))
    (found,) = cuts(design)
    assert [(m.u, m.u2) for m in found.met if m.name == "P2"] == [(-1000, 4000)]


def test_the_sheet_is_in_the_set_and_only_with_racks() -> None:
    preview = Preview(aisle().project, paper="A3")
    assert [s.subtitle for s in preview.sheets if s.id == "A-301"] == ["A-A, Hall"]
    assert not [s for s in Preview(Design().project, paper="A3").sheets if s.title == "Aisle section"]


def test_it_prints_widths_of_aisles_in_the_units_of_the_project() -> None:
    with use("metric"):
        text = " ".join(texts_of(Preview(aisle().project, paper="A3").page("A-301")))
    text = text.replace(THIN, "").replace(",", "")
    assert "Cold aisle" in text
    assert "contained" in text
    assert text.count("1200") >= 3  # the aisle and two racks
    assert "2700 underside of P1" in " ".join(text.split())
