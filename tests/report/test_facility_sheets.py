"""Floor loading, pathways, phases and scope as printed and attached: figures worked out by hand."""

from __future__ import annotations

import csv
import io
import json
import math
from itertools import pairwise
from pathlib import Path

import msgspec
import pikepdf
import pytest

from core.__main__ import main
from core.engine.evaluation import evaluate
from core.files.project_file import load, save
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Phase
from core.report.preview import Preview
from core.report.scopes import items_of
from core.report.sheets.pathway_schedule import CSV_NAME
from core.report.specification import make_specification
from core.rules.finding import Report
from core.units import THIN, use
from tests.engine import test_floor_load as floors
from tests.engine import test_path_in as doors
from tests.engine import test_pathways as ways
from tests.engine.designs import TYPES, Design
from tests.model.test_phasing import phased
from tests.report.conftest import texts_of

EXAMPLES = Path(__file__).parents[2] / "resources" / "examples"


def printed(project: Project, title: str, paper: str = "A3") -> str:
    """Return all that the sheets of a title say, words apart by one blank, without commas."""
    preview = Preview(project, paper=paper)
    pages = [texts_of(preview.page(sheet.id))[0] for sheet in preview.sheets if sheet.title == title]
    return " ".join(" ".join(pages).replace(THIN, "").replace(",", "").split())


def attached(project: Project, name: str) -> list[list[str]]:
    with pikepdf.open(io.BytesIO(make_specification(project, findings=Report()))) as pdf:
        text = pdf.attachments[name].get_file().read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


# Floor


def heavy() -> Design:
    """A frame and a server, 230 kg: the front feet carry 63.4 kg each (see the test of the engine)."""
    design = floors.one_rack()
    floors.retype(design, "server", depth_mm=800.0)
    design.device("r", "server", 1)
    return design


def test_the_worst_foot_and_what_exceeds_stand_on_the_floor_loading_plan() -> None:
    design = heavy()
    floors.area(design, load_kg_m2=4.0, point_load_kg=60.0, floor="raised")
    text = printed(design.project, "Floor loading")
    assert "230 63" in text  # in the rack: all of it, and the worst foot
    assert "Room: 4.6 kg/m² of 4 kg/m² OVER" in text
    assert "foot above the rating" in text
    assert "r r1 1 63 60 106 % over hold 319.4 hold" in text  # 63.4 of 60; 230 kg on 0.72 m2; no door
    assert "300 / 543 / 573 100 %" in text  # centre of gravity, all of it known
    assert "Room raised 50 m² 230 4.6 4 115 % over 60 hold" in text
    assert "1 r1 1 600 0 230 383.3" in text  # the row: 230 kg on 0.6 m


def test_without_ratings_the_floor_says_hold() -> None:
    text = printed(heavy().project, "Floor loading")
    assert "r r1 1 63 hold hold hold 319.4 hold" in text
    assert "No rating for one foot is given: hold." in text
    assert "foot above the rating" not in text


def test_the_way_in_is_measured_from_the_door() -> None:
    design = doors.hall()
    of = evaluate(design.project)
    from core.engine.path_in import way_in

    way = way_in(of.snapshot, 0)
    long = sum(math.dist(a, b) for a, b in pairwise(way)) / 1000
    text = printed(design.project, "Floor loading")
    assert f"heaviest and tallest r0 100 2000 600 {long:.4g} m {len(way) - 2}" in text
    assert "Doors clear width × height mm: door 1500 × 2400" in text
    assert "way in heaviest and tallest rack" in text
    assert "no way found" in printed(doors.hall(door=500).project, "Floor loading")


def test_floor_loading_follows_the_units() -> None:
    with use("us"):
        text = printed(heavy().project, "Floor loading", "ANSI D")
    assert "507 140" in text  # 230 and 63.4 kg in pounds
    assert "65.4" in text  # 319.4 kg/m2 in lb/ft2


# Pathways


def linked() -> Design:
    """Two racks with a switch each, 6 m apart, joined by a link that belongs to no network."""
    design = ways.hall()
    design.change("links", "hall", "k", fabric="")
    return design


def trayed(**fields: object) -> Design:
    """A link of 10 mm and 0.1 kg/m in a tray of 300 x 100 mm, 10 m long."""
    design = linked()
    spec = next(t for t in TYPES if t.id == "mmf")
    floors.retype(design, spec.id, diameter_mm=10.0, mass_g_m=100.0)
    ways.draw(design, "t", (-1_000, 500, 3_000), (9_000, 500, 3_000), **fields)
    design.change("pathways", "hall", "t", name="Main")
    return design


def test_fill_and_mass_of_a_pathway_are_those_of_its_cables() -> None:
    design = trayed(load_kg_m=0.05)
    text = printed(design.project, "Pathway schedule")
    fill = math.pi / 4 * 10**2 / (300 * 100)  # 0.26 %
    links = evaluate(design.project).cabling.options[0].links
    assert links == 1
    assert f"P1 Main tray data 3000 300 × 100 10 1 {100 * fill:.1f} % 50 % 0.1 over 0.05 100" in text
    plan = printed(design.project, "Pathway plan")
    assert f"P1 {100 * fill:.1f} % 0.1 kg/m" in plan
    assert "z 3000 300 × 100" in plan
    heads, row = attached(design.project, CSV_NAME)
    found = dict(zip(heads, row, strict=True))
    assert (found["Piece"], found["Length, m"], found["Cables"]) == ("P1.1", "10.000", "1")
    assert float(found["Fill"]) == pytest.approx(fill, abs=5e-5)
    assert (found["Mass, kg/m"], found["Load allowed, kg/m"]) == ("0.100", "0.05")


def test_the_schedule_of_cables_says_where_each_lies_and_how_it_is_made() -> None:
    design = trayed()
    rise = 3.0 - ways.PORT_M
    heads, row = attached(design.project, "cable-schedule.csv")
    found = dict(zip(heads, row, strict=True))
    assert found["Pathways"] == "P1"
    made = [float(found[name]) for name in ("Up m", "Along m", "Down m", "Slack m")]
    # 6 m with a tenth more, 0.5 m across at each end, 0.8 m to the side channels of the racks
    assert made == pytest.approx([rise, 6.6 + 1.0 + 0.8, rise, 2.0], abs=0.051)
    assert float(found["Route m"]) == pytest.approx(2 * rise + 10.4, abs=0.051)
    text = printed(design.project, "Cable schedule")
    assert "P1 " + "+".join(f"{m:.1f}" for m in made) in text


def test_a_cable_out_of_reach_says_so_and_without_pathways_there_is_no_column() -> None:
    far = linked()
    ways.draw(far, "t", (-1_000, 40_500, 3_000), (9_000, 40_500, 3_000))
    heads, row = attached(far.project, "cable-schedule.csv")
    assert dict(zip(heads, row, strict=True))["Pathways"] == "none in reach"
    assert "1 no pathway in reach of an end" in printed(far.project, "Pathway schedule")
    bare = linked()
    assert "Pathways " not in printed(bare.project, "Cable schedule").partition("by their numbers")[0][:-9]
    assert not [s for s in Preview(bare.project).sheets if s.group == "Pathways"]


# Phases


def test_phases_are_cumulative_and_evaluated_alone() -> None:
    text = printed(phased(a="d", b="w", c="w").project, "Phases")
    assert "Standing after Day 1 Wave 2 and Wave 2 power Wave 3" in text
    assert "Racks 1 3 3" in text
    assert "Accelerators 8 24 24" in text
    assert "Power maximum sustained 10 kW 30 kW 30 kW" in text
    assert "devices Maker Server 1 2 3" in text  # what each phase adds, and all
    # A frame of 1,000 to 2,000 and a server of 100,000 to 300,000 USD; the third phase adds nothing.
    low = [int(number) for number in text.split("USD low ")[1].split()[:4]]
    assert low[0] == 101_000
    assert sum(low[:3]) == low[3]


def test_losses_of_a_phase_are_those_of_what_stands_then() -> None:
    """Two supplies of a switch on A and B; B is built later: until then the loss of A takes it."""
    design = Design()
    design.sources("A", "B", capacity_w=9_000)
    design.put(
        *(("phases", Phase(id=i, name=n, order=k)) for i, n, k in (("d", "Day 1", 1), ("w", "Wave 2", 2)))
    )
    design.device("hall", "pdu", name="pA", feeds={"in": "A"})
    design.device("hall", "pdu", name="pB", feeds={"in": "B"}, phase="w")
    design.device("hall", "server", name="s")
    for name, first in (("A", 1), ("B", 4)):
        for k in range(3):
            design.power(f"p{name}", f"out{k + 1}", "s", f"psu{first + k}")
    text = printed(design.project, "Phases")
    assert "Most accelerators lost 8 0" in text
    rows = attached(design.project, "outages-phase-1.csv")
    lost = {row[0]: float(row[rows[0].index("Accelerators without power")]) for row in rows[1:]}
    assert lost == {"Source A": 8.0, "pA": 8.0, "Source B": 0.0}
    assert len(attached(design.project, "outages-phase-2.csv")) == 5


def test_a_design_built_at_once_has_no_sheet_of_phases() -> None:
    project = phased(a="d", b="d").project
    assert not [s for s in Preview(project).sheets if s.title == "Phases"]


def test_the_command_line_evaluates_a_phase_as_the_sheet_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "phased.cage"
    save(phased(a="d", b="w", c="z").project, path, None)
    for phase, accelerators in (("Day 1", 8), ("Wave 2", 16), ("Wave 3", 24)):
        with pytest.raises(SystemExit) as ended:
            main(["evaluate", str(path), "--json", "--phase", phase])
        assert not ended.value.code
        assert json.loads(capsys.readouterr().out)["quantities"]["accelerators"]["value"] == accelerators
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(path), "--phase", "Wave 9"])
    assert ended.value.code == 2
    assert "Use one of Day 1, Wave 2, Wave 2, power, Wave 3" in " ".join(capsys.readouterr().err.split())


# Scope


def scoped() -> Design:
    """Two racks with a server each and a link: one owner furnished, of the other the server by contractor."""
    design = Design()
    design.fabric("f")
    design.rack("r")
    design.rack("q")
    design.device("r", "server", 1, "s")
    design.device("q", "server", 1, "s", scope="CFCI")
    design.place("r", "r1", scope="OFCI")
    design.place("q", "q1", x_mm=1_000)
    design.link("r1/s", "osfp1", "q1/s", "osfp1", fabric="f")
    return design


def test_scope_is_a_things_own_else_that_of_what_it_stands_in() -> None:
    project = scoped().project
    text = printed(project, "Scope split")
    assert "OFCI owner contractor 2 230 101000 302000" in text
    assert "CFCI contractor contractor 1 130 100000 300000" in text
    assert "devices server OFCI owner contractor 1 130 100000 300000 Maker" in text
    assert "racks Rack hold hold hold 1 100 1000 2000" in text


def test_a_design_without_scope_has_no_split() -> None:
    project = phased(a="d").project
    assert not [s for s in Preview(project).sheets if s.title == "Scope split"]


@pytest.mark.parametrize("name", ["superpod-gb200-su", "superpod-h100-su"])
def test_the_split_adds_up_to_mass_and_cost(name: str) -> None:
    project = load(EXAMPLES / f"{name}.cage")[0]
    edit = Edit(project, "Scope")
    for k, link in enumerate(project.every("links")):
        if k % 3 == 0:
            edit.put("links", msgspec.structs.replace(link, scope="OFOI"))
    for k, device in enumerate(project.every("devices")):
        if k % 2:
            edit.put("devices", msgspec.structs.replace(device, scope="CFCI"))
    project.apply(edit.change())
    of = evaluate(project)
    items = items_of(project, of)
    assert sum(item.kg or 0.0 for item in items) == pytest.approx(of.mass.total_kg)
    assert sum(item.low_usd for item in items) == pytest.approx(of.cost.low_usd)
    assert sum(item.high_usd for item in items) == pytest.approx(of.cost.high_usd)
    assert sum(item.unpriced for item in items) == of.cost.unpriced
    assert sum(item.pieces for item in items) == sum(row.count for row in of.cost.rows)
