"""Tags, labels and order of cables."""

from core.drawing.cables import cables_of, natural
from core.drawing.placed import Placement
from core.model.change import Edit
from core.model.records import Override
from tests.report.samples import unit


def test_every_cable_has_one_row_and_a_tag_of_its_own():
    rows = cables_of(Placement(unit(), "su"))
    assert len(rows) == 576 + 576 + 280 + 9
    assert len({c.tag for c in rows}) == len(rows)
    assert {c.tag[0] for c in rows} == {"C", "M", "P"}


def test_labels_give_the_near_end_first():
    row = next(c for c in cables_of(Placement(unit(), "su")) if c.link.id == "h0-0-0")
    assert row.label_a == "R01-U6:nic1 / N01-U1:osfp1/1"
    assert row.label_z == "N01-U1:osfp1/1 / R01-U6:nic1"


def test_named_links_keep_their_names_and_trunks_count():
    project = unit(racks=1)
    edit = Edit(project, "name")
    edit.replace("links", ("su", "h0-0-0"), name="RAIL-A")
    edit.put("overrides", Override(block="su", id="x", path="h0-0-0", cable=2, name="SPECIAL"))
    edit.put("overrides", Override(block="su", id="y", path="h0-1-0", cable=1, absent=True))
    project.apply(edit.change())
    rows = cables_of(Placement(project, "su"))
    tags = {c.tag for c in rows}
    assert {"RAIL-A-1", "RAIL-A-2", "SPECIAL", "RAIL-A-4"} <= tags
    assert sum(c.link.id == "h0-1-0" for c in rows) == 3


def test_order_is_natural():
    racks = [c.a.rack for c in cables_of(Placement(unit(), "su"))]
    assert racks == sorted(racks, key=natural)
