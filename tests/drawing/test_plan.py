"""Plans: footprints, rows, aisles, marks."""

import time

import msgspec
import numpy as np
import pytest

from core.drawing.batch import Sketch
from core.drawing.dimensions import grid_letter, ordinates
from core.drawing.plan import footprints, plan, two_lines
from core.drawing.plan_rows import aisles_of, rows_of
from core.model.change import Edit
from core.model.project import Project
from core.model.records import Block, Instance, Setting, TypeRecord
from tests.report.samples import hall, types


@pytest.fixture(scope="module")
def project():
    return hall()


def _rack(x, y, turn=0, width=600, depth=1000):
    corners = np.array([[0, 0], [width, 0], [width, depth], [0, depth]], dtype=float)
    if turn == 180:
        corners = -corners
    return corners + np.array((x, y))


def test_footprints_follow_the_transforms(project):
    things = footprints(project, "hall")
    assert things.is_rack.sum() == 36
    assert len(things) == 40
    row = things.paths.index("su2/r0")
    # SU-3 is turned by 180 degrees about its origin at 9200, 6000.
    assert things.corners[row][0].tolist() == [9200, 6000]
    assert things.corners[row][2].tolist() == [9200 - 600, 6000 - 1068]
    assert things.tags[row] == "SU-3/R01"


def test_rows_and_aisles():
    racks = [_rack(600 * i, 0) for i in range(4)] + [_rack(600 * i + 600, 3200, 180) for i in range(4)]
    rows = rows_of(np.array(racks))
    assert sorted((r.facing, r.racks, r.front, r.text) for r in rows) == [
        (-1, 4, 0.0, "4 × 600"),
        (1, 4, 3200.0, "4 × 600"),
    ]
    (aisle,) = aisles_of(rows)
    assert (aisle.kind, aisle.high - aisle.low) == ("hot aisle", 1200.0)


def test_a_gap_divides_a_row():
    rows = rows_of(np.array([_rack(0, 0), _rack(600, 0), _rack(2000, 0, width=800)]))
    assert sorted(r.racks for r in rows) == [1, 2]


def test_the_plan_names_everything(project):
    drawn = plan(project, "hall", scale=75)
    texts = [text for layer in drawn.layers for text in layer.texts]
    for wanted in ("Data hall 1", "SU-1", "R03-SPECIAL", "CDU-1", "Fire panel", "N", "hot aisle 1435",
                   "8 × 600 + 800 = 5600", "21600"):  # fmt: skip
        assert wanted in texts, wanted
    assert drawn.extent == (0, 0, 21600, 8400)


def test_levels_without_marks_are_only_areas_and_things(project):
    drawn = plan(project, "hall", marks=False)
    assert len(drawn.layers) == 2


def test_dimensions_run_from_the_datum():
    sketch = Sketch()
    ordinates(sketch, [100.0, 1100.0, 1110.0, 5100.0], 100.0, -10.0, -5.0, 0, 50.0)
    assert set(sketch.freeze().texts) == {"0", "1000", "5000"}


def test_grid_letters_go_on_after_z():
    assert [grid_letter(i) for i in (0, 7, 8, 13, 23, 24, 47, 48)] == [
        "A",
        "H",
        "J",
        "P",
        "Z",
        "AA",
        "AZ",
        "BA",
    ]


def test_grid_letters_are_never_taken_for_numbers():
    assert not {"I", "O"} & set("".join(grid_letter(i) for i in range(2000)))


def _texts(layers, owner=None):
    return [
        text
        for layer in layers
        for text, row in zip(layer.texts, layer.text_owner.tolist(), strict=True)
        if owner is None or row == owner
    ]


@pytest.mark.parametrize("scale", [20.0, 75.0, 150.0])
def test_every_tag_can_be_put_together_from_the_plan(project, scale):
    things = footprints(project, "hall")
    drawn = plan(project, "hall", scale=scale, things=things, full_tags=True)
    outlines = {name: box for name, _, box in things.groups}
    assert set(outlines) <= set(_texts(drawn.layers))
    both = two_lines(things, scale)
    for row, tag in enumerate(things.tags):
        lines = _texts(drawn.layers, row)
        if both[row]:
            assert "/".join(lines) == tag
            continue
        # The short name stands inside the outline that bears the name of its group.
        (name,) = lines
        x, y = things.corners[row].mean(axis=0)
        around = [n for n, (x0, y0, x1, y1) in outlines.items() if x0 <= x <= x1 and y0 <= y <= y1]
        assert "/".join([*around, name]) == tag
    assert both.any() == (scale < 150.0)


def test_the_plan_of_a_part_has_no_grid_or_datum_of_its_own(project):
    whole, part = plan(project, "su", scale=50), plan(project, "su", scale=50, part=True)
    assert {"A", "B", "1", "2", "N"} <= set(_texts(whole.layers))
    assert not {"A", "B", "1", "2", "N"} & set(_texts(part.layers))
    assert "0" in _texts(part.layers)


def test_the_plan_of_a_part_is_measured_from_its_front_left_corner(project):
    x0, y0, x1, y1 = plan(project, "su", scale=50, part=True).extent
    texts = _texts(plan(project, "su", scale=50, part=True).layers)
    assert f"{x1 - x0:.0f}" in texts
    assert f"{y1 - y0:.0f}" in texts


def test_an_empty_block_can_be_drawn():
    project = Project()
    edit = Edit(project, "x")
    edit.put("blocks", Block(id="b", name="Empty", kind="floor"))
    project.apply(edit.change())
    assert plan(project, "b").extent == (0.0, 0.0, 1000.0, 1000.0)


def test_1152_racks_are_drawn_within_a_frame_or_two():
    project = Project()
    edit = Edit(project, "many")
    for spec in types():
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    edit.put("blocks", Block(id="r", name="R", kind="rack", rack_type="mgx"))
    edit.put("blocks", Block(id="h", name="H", kind="floor"))
    edit.put("settings", Setting(id="top", value="h"))
    for i in range(1152):
        edit.put("instances", Instance(block="h", id=f"i{i}", of="r", name=f"R{i}", x_mm=600 * (i % 48),
                                       y_mm=2400 * (i // 48)))  # fmt: skip
    project.apply(edit.change())
    things = footprints(project, "h")
    start = time.perf_counter()
    drawn = plan(project, "h", things=things)
    assert time.perf_counter() - start < 0.5
    assert len(drawn.owners) == 1152


def test_a_reserved_rack_is_told_from_the_others(project):
    edit = Edit(project, "Reserve")
    instance = next(i for i in project.every("instances") if project.blocks[i.of].kind == "rack")
    edit.put("instances", msgspec.structs.replace(instance, status="reserved"))
    things = footprints(edit, project.top)
    reserved = {p for p, s in zip(things.paths, things.styles, strict=True) if s == "rack.reserved.plan"}
    built = {p for p in things.paths if edit.resolve(project.top, p).key == instance.key}
    assert reserved == built
    assert reserved


def test_grid_bubbles_stand_outside_the_lengths_of_rows():
    project, scale = Project(), 90.0
    edit = Edit(project, "two rows that face each other over a narrow aisle")
    for spec in types():
        edit.put("types", TypeRecord(id=spec.id, spec=spec))
    edit.put("blocks", Block(id="r", name="R", kind="rack", rack_type="mgx"))
    edit.put("blocks", Block(id="h", name="H", kind="floor"))
    for i in range(3):
        edit.put("instances", Instance(block="h", id=f"a{i}", of="r", x_mm=600 * i + 600, rotation=180))
        edit.put("instances", Instance(block="h", id=f"b{i}", of="r", x_mm=600 * i, y_mm=1200))
    project.apply(edit.change())
    drawn = plan(project, "h", scale=scale)
    grid, over = drawn.layers[0], drawn.layers[-1]
    lengths = [at[1] for text, at in zip(over.texts, over.text_at, strict=True) if text == "3 × 600 = 1800"]
    (bubble,) = [at[1] for text, at in zip(grid.texts, grid.text_at, strict=True) if text == "1"]
    assert len(lengths) == 2
    assert max(lengths) > drawn.extent[3]
    # The ring is 3.2 mm about its number; lettering of 2.5 mm rises 1.25 mm above its middle.
    assert bubble - 3.2 * scale > max(lengths) + 1.25 * scale


def test_running_dimensions_lie_below_the_lengths_of_rows(project):
    drawn = plan(project, "hall", scale=75)
    assert "0" in drawn.layers[0].texts
    assert "0" not in drawn.layers[-1].texts
