"""Transforms, tags and overrides of everything that is built."""

import numpy as np
import pytest

from core.drawing.absent import absent_places
from core.drawing.placed import Placement, Transform, walk
from core.drawing.plan import footprints
from core.model.change import Edit
from core.model.records import Instance, Override
from tests.report.samples import hall


@pytest.mark.parametrize(
    ("rotation", "mirrored", "expected"),
    [
        (0, False, (110, 220)),
        (90, False, (80, 210)),
        (180, False, (90, 180)),
        (270, False, (120, 190)),
        (0, True, (90, 220)),
        (90, True, (80, 190)),
    ],
)
def test_point_goes_through_mirror_rotation_and_origin(rotation, mirrored, expected):
    placed = Transform().placed(100, 200, rotation, mirrored)
    assert placed.apply(10, 20) == expected


def test_transforms_chain_like_applying_one_after_the_other():
    inner = Transform().placed(30, 5, 270, True)
    outer = Transform().placed(1000, -40, 90)
    chained = outer.placed(30, 5, 270, True)
    assert chained.apply(7, 11) == outer.apply(*inner.apply(7, 11))


def test_tags_are_the_names_along_the_path():
    project = hall()
    for at in walk(project, "hall"):
        if at.path:
            assert at.tag == "/".join(project.names_along("hall", at.path))


def test_outermost_override_wins_and_absent_things_are_gone():
    project = hall(units=2)
    edit = Edit(project, "override")
    edit.put("overrides", Override(block="su", id="o1", path="r0/ct0", name="INNER"))
    edit.put("overrides", Override(block="hall", id="o2", path="su0/r0/ct0", name="OUTER"))
    edit.put("overrides", Override(block="hall", id="o3", path="su1/r5", absent=True))
    project.apply(edit.change())
    placement = Placement(project, "hall")
    assert placement.device("su0/r0/ct0").tag == "SU-1/R01/OUTER"
    assert placement.device("su1/r0/ct0").name == "INNER"
    assert "su1/r5" not in placement.blocks
    assert placement.device("su1/r5/ct0") is None
    for path in ("su0/r0/ct0", "su1/r0/ct0", "su1/r0/ct1"):
        assert placement.device(path).tag == "/".join(project.names_along("hall", path))


def test_the_status_of_a_copy_is_that_of_its_override():
    project = hall(units=2)
    edit = Edit(project, "override")
    edit.put("overrides", Override(block="hall", id="o1", path="su0/r0", status="reserved"))
    edit.put("overrides", Override(block="su", id="o2", path="r1/ct0", status="reserved"))
    project.apply(edit.change())
    blocks = {at.path: at for at in walk(project, "hall")}
    assert {path for path, at in blocks.items() if at.status == "reserved"} == {"su0/r0"}
    for unit in ("su0", "su1"):
        assert blocks[f"{unit}/r1"].overrides.status("ct0", "installed") == "reserved"
        assert blocks[f"{unit}/r1"].overrides.status("ct1", "installed") == "installed"
    things = footprints(project, "hall")
    styles = dict(zip(things.paths, things.styles, strict=True))
    assert styles["su0/r0"] == "rack.reserved.plan"
    assert styles["su1/r0"] == "rack.plan"


def test_absent_things_keep_their_place_on_the_plan():
    project = hall(units=4)
    before = footprints(project, "hall")
    boxes = {
        path: (*corners.min(axis=0), *corners.max(axis=0))
        for path, corners in zip(before.paths, before.corners, strict=True)
    }
    assert absent_places(project, "hall") == {}  # an absent device in a rack has no place on the plan
    edit = Edit(project, "override")
    # Units 2 and 3 are turned by 180 degrees.
    edit.put("overrides", Override(block="hall", id="o3", path="su3/r5", absent=True))
    edit.put("overrides", Override(block="hall", id="o4", path="su2", absent=True))
    project.apply(edit.change())
    found = absent_places(project, "hall")
    assert set(found) == {"su3/r5", "su2"}
    assert found["su3/r5"] == pytest.approx(boxes["su3/r5"])
    racks = [box for path, box in boxes.items() if path.startswith("su2/")]
    whole = (*np.min(racks, axis=0)[:2], *np.max(racks, axis=0)[2:])
    assert found["su2"] == pytest.approx(whole)
    assert found.keys().isdisjoint(footprints(project, "hall").paths)


def test_a_device_that_is_not_there_is_none():
    placement = Placement(hall(), "hall")
    assert placement.device("su0/r0/nothing") is None
    assert placement.device("nowhere/ct0") is None


def test_mirrored_instance_keeps_its_name_and_turns_x():
    project = hall(units=1)
    edit = Edit(project, "mirror")
    edit.put("instances", Instance(block="hall", id="m", of="su", name="M", x_mm=20000, mirrored=True))
    project.apply(edit.change())
    at = Placement(project, "hall").blocks["m/r1"]
    assert at.transform.apply(0, 0) == (20000 - 600, 0)
