"""Sheets of what changed: schedule, clouds, comparison, suppliers; the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from core.drawing.batch import Sketch
from core.drawing.revision_cloud import ROOM_MM, SCALLOP_MM, cloud
from core.editing.issuing import issue
from core.engine.comparison import Named
from core.engine.evaluation import evaluate
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Waiver
from core.report import sheets
from core.report.clouded import Box, mark_of, together, where_marked
from core.report.context import Context
from core.report.paper import PAPERS
from core.report.sheets import (
    comparison,
    cooling_schematic,
    elevations,
    networks,
    pathway_plan,
    plans,
    port_maps,
    power_one_line,
    rack_interface,
    suppliers,
    validation,
)
from core.report.specification import make_specification
from core.rules.finding import Report

EXAMPLE = Path(__file__).parents[3] / "resources/examples/superpod-h100-su.cage"
CLOUD = (0xB3, 0x26, 0x1E)


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = (plans.sheets, elevations.sheets, comparison.sheets, suppliers.sheets, validation.sheets)
    monkeypatch.setattr(sheets, "FIRST", ())
    monkeypatch.setattr(sheets, "KINDS", kinds)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """All kinds of drawings that can have clouds."""
    kinds = (
        plans.sheets, rack_interface.sheets, elevations.sheets, power_one_line.sheets,
        cooling_schematic.sheets, networks.sheets, port_maps.sheets, pathway_plan.sheets,
    )  # fmt: skip
    monkeypatch.setattr(sheets, "KINDS", kinds)


def issued(project: Project, number: str, date: str) -> None:
    edit = Edit(project, "Issue")
    issue(edit, number=number, date=date, purpose="for review", approver="Ada", author="Bo")
    History(project).commit(edit.change())


def revised() -> Project:
    """Issued as A; then a server noted, the unit moved and a finding waived; issued as B."""
    project = load(EXAMPLE)[0]
    issued(project, "A", "2026-10-01")
    edit = Edit(project, "Revise")
    server = next(d for d in project.every("devices") if d.name == "dgx-02")
    edit.replace("devices", server.key, note="other fans")
    (unit,) = project.instances(project.top).values()
    edit.replace("instances", unit.key, x_mm=unit.x_mm + 600)
    edit.put(
        "waivers",
        Waiver(block=project.top, id="w", rule="supply.supplier_share", author="Ada", reason="Agreed"),
    )
    History(project).commit(edit.change())
    issued(project, "B", "2026-11-23")
    return project


def unchanged() -> Project:
    """Issued twice with nothing changed in between."""
    project = load(EXAMPLE)[0]
    issued(project, "A", "2026-10-01")
    issued(project, "B", "2026-11-23")
    return project


def pages(project: Project, *against: Named) -> tuple[bytes, list[str], list[int]]:
    """Return the set, the text of its pages after the cover, and their numbers of pixels in red."""
    data = make_specification(project, findings=Report(), against=against)
    with pypdfium2.PdfDocument(data) as pdf:
        texts = [" ".join(page.get_textpage().get_text_range().split()) for page in pdf]
        red = []
        for page in pdf:
            pixels = page.render(scale=1).to_numpy()[:, :, ::-1][:, :, :3].astype(int)
            red.append(int((abs(pixels - CLOUD).max(axis=2) < 60).sum()))
    return data, texts[1:], red[1:]


def test_the_schedule_lists_what_the_issue_changed() -> None:
    project = revised()
    data, texts, _ = pages(project)
    schedule = texts[0]
    assert "From revision A of 2026-10-01 to revision B. Clouds mark" in schedule
    assert "moved placed drawing su-1 1 Hall 1 A-101 x: 0 mm x: 600 mm Bo" in schedule
    assert "changed device dgx-02" in schedule
    assert "note: none note: other fans Bo" in schedule
    assert "added waiver supply.supplier_share 1 Hall 1 G-005 - - Ada" in schedule  # who waived it
    assert make_specification(project, findings=Report()) == data


def test_clouds_stand_on_the_drawings_that_changed_and_on_no_other() -> None:
    _, texts, red = pages(revised())
    _, _, plain = pages(unchanged())
    assert len(red) == len(plain)
    marked = {at for at, (with_, without) in enumerate(zip(red, plain, strict=True)) if with_ > without + 50}
    plan = next(at for at, text in enumerate(texts) if "Floor plan" in text)
    server = next(at for at, text in enumerate(texts) if "Rack elevation" in text and "dgx-02" in text)
    other = next(at for at, text in enumerate(texts) if "Rack elevation" in text and "ufm-01" in text)
    assert {plan, server} <= marked
    assert other not in marked


def test_a_first_issue_has_no_schedule_and_an_unchanged_one_says_so() -> None:
    first = " ".join(pages(load(EXAMPLE)[0])[1])
    assert "since revision" not in first
    assert "Nothing has changed since revision A" in pages(unchanged())[1][0]


def test_designs_side_by_side_on_paper() -> None:
    other = load(EXAMPLE.with_name("superpod-gb200-su.cage"))[0]
    _, texts, _ = pages(load(EXAMPLE)[0], Named("GB200 unit", other, evaluate(other)))
    assert any("Accelerators 576 248 -328 0.4306" in text for text in texts)
    assert any("Figures that are the same are left out" in text for text in texts)
    assert any("compared by figures and pieces alone" in text for text in texts)


def test_suppliers_on_paper() -> None:
    text = pages(load(EXAMPLE)[0])[1][-2]
    supply = evaluate(load(EXAMPLE)[0]).supply
    assert "Where the design comes from" in text or "where the design comes from" in text
    assert f"{len(supply.single_sourced)} lines have one source and no alternate" in text
    assert "DGX H100 accelerator 31" in text


def test_the_statement_names_the_error_of_each_workload() -> None:
    text = pages(load(EXAMPLE)[0])[1][-1]
    for result in evaluate(load(EXAMPLE)[0]).workloads.results:
        assert result.band is not None
        assert result.workload.name in text
        assert f"mean error {100 * result.band.error:.1f} %" in text
    assert "shipped with the program" in text


def test_a_cloud_goes_round_its_box() -> None:
    sketch = Sketch()
    cloud(sketch, 10.0, 20.0, 30.0, 50.0, "B")
    batch = sketch.freeze()
    assert batch.texts == ("B",)
    ends = batch.lines.reshape(-1, 2)
    inside = (ends[:, 0] > 10) & (ends[:, 0] < 30) & (ends[:, 1] > 20) & (ends[:, 1] < 50)
    assert not inside.any()
    assert ends[:, 0].min() >= 10 - ROOM_MM - SCALLOP_MM
    assert tuple(ends[0]) == pytest.approx(tuple(ends[-1]))


def rewired() -> Project:
    """The GB200 unit, issued, then two links less and a leaf, a pipe, a room and a tray changed."""
    project = load(EXAMPLE.with_name("superpod-gb200-su.cage"))[0]
    issued(project, "A", "2026-10-01")
    links = list(project.every("links"))
    edit = Edit(project, "Alter")
    leaf = next(d for d in project.every("devices") if d.name == "leaf-01")
    edit.replace("devices", leaf.key, note="new firmware")
    edit.remove("links", next(one for one in links if one.layer == "power" and one.block == project.top).key)
    edit.remove("links", next(one for one in links if one.fabric == "compute").key)
    edit.replace("links", next(one for one in links if one.layer == "coolant").key, note="larger bore")
    room = next(one for one in project.every("areas") if one.kind == "room")
    edit.replace("areas", room.key, height_mm=room.height_mm + 100)
    tray = next(one for one in project.every("pathways") if one.kind == "tray")
    edit.replace("pathways", tray.key, width_mm=tray.width_mm + 100)
    History(project).commit(edit.change())
    issued(project, "B", "2026-11-23")
    return project


@pytest.mark.usefixtures("drawings")
def test_every_change_that_a_drawing_shows_has_a_cloud_on_it() -> None:
    """Of the power link on the one-line, of the pipe on the schematic, of the cable on network and ports."""
    project = rewired()
    context = Context(project, PAPERS["A3"], b"", evaluate(project))
    planned = {sheet.id: sheet for sheet in sheets.plan_sheets(context)}
    since = context.since
    assert since is not None
    marked = where_marked({sheet.id: sheet.clouds for sheet in planned.values()})
    groups = {}
    for one in since.changes:
        link = since.before.links(one.key[0]).get(one.key[1]) if one.table == "links" else None
        titles = {planned[sheet].title for sheet in marked.get(mark_of(one), [])}
        groups[one.table, one.kind, link.layer if link else ""] = titles
    assert groups["links", "removed", "power"] == {"Power one-line"}
    assert groups["links", "changed", "coolant"] == {"Cooling schematic"}
    assert groups["links", "removed", "data"] == {"Network", "Port maps", "Rack interface"}
    assert groups["areas", "changed", ""] == {"Floor plan"}
    assert groups["pathways", "changed", ""] == {"Pathway plan"}
    assert groups["devices", "changed", ""] >= {"Rack elevation", "Network", "Port maps", "Power one-line"}


@pytest.mark.usefixtures("drawings")
def test_sheets_with_clouds_are_those_that_are_named() -> None:
    """Red is drawn on each sheet that has marks and on no other."""
    again = load(EXAMPLE.with_name("superpod-gb200-su.cage"))[0]
    issued(again, "A", "2026-10-01")
    issued(again, "B", "2026-11-23")
    found = []
    for project in (rewired(), again):
        context = Context(project, PAPERS["A3"], b"", evaluate(project))
        planned = sheets.plan_sheets(context)[1:]  # without the cover
        _, _, red = pages(project)
        found.append({sheet.id: (bool(sheet.clouds), n) for sheet, n in zip(planned, red, strict=True)})
    changed, same = found
    assert not any(named for named, _ in same.values())
    shared = changed.keys() & same.keys()
    drawn = {name for name in shared if changed[name][1] > same[name][1] + 60}
    assert drawn == {name for name in shared if changed[name][0]}
    assert len(drawn) >= 8


def test_neighbours_share_a_cloud_unless_another_thing_could_stand_between() -> None:
    """Rack units of 4.4 mm: next to each other they share one, with a unit between them they do not."""
    unit = 4.4
    assert together([(0, 0, 45, unit), (0, unit, 45, unit)]) == [(0, 0, 45, 2 * unit)]
    apart: list[Box] = [(0, 0, 45, unit), (0, 2 * unit, 45, unit)]
    assert together(apart) == apart
    other_width: list[Box] = [(0, 0, 45, unit), (0, unit, 20, unit)]
    assert sorted(together(other_width)) == sorted(other_width)


@pytest.mark.parametrize(("side", "bulge"), [(60.0, 4.0), (10.0, 2.0), (3.0, 1.6)])
def test_clouds_around_small_things_stay_near_them(side: float, bulge: float) -> None:
    """A fifth of the side, from 1.6 to 4 mm; half of that and the room stick out."""
    sketch = Sketch()
    cloud(sketch, 0, 0, side, side, "B")
    batch = sketch.freeze()
    ends = batch.lines.reshape(-1, 2)
    room = ROOM_MM * bulge / SCALLOP_MM
    count = round((side + 2 * room) / bulge)  # whole bulges along a side
    out = room + (side + 2 * room) / count / 2
    assert ends.min() == pytest.approx(-out)
    assert ends.max() == pytest.approx(side + out)


def test_the_triangle_stays_below_the_edge_of_the_sheet() -> None:
    sketch = Sketch()
    cloud(sketch, 0, 0, 60, 60, "B", highest=62.0)
    assert sketch.freeze().points[:, 1].max() <= 62.0
