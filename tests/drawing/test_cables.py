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


def _twins(cable):
    """Let two links each of some trunks be one piece, as in a twin-port cable."""
    link = cable.link
    return ((cable.at.path, link.id, cable.k // 2), 2) if link.id.startswith("u0") else None


def test_the_links_of_a_piece_follow_each_other_under_one_tag():
    rows = cables_of(Placement(unit(), "su"), None, _twins)
    pieces = [c for c in rows if c.link.id == "u0-0"]
    assert [(c.number, c.links) for c in pieces] == [(1, 2), (2, 2)] * 4
    assert [c.tag for c in pieces[::2]] == [c.tag for c in pieces[1::2]]
    assert len({c.tag for c in rows}) == sum(c.is_first for c in rows) == len(rows) - 32
    assert pieces[0].is_twin
    assert pieces[0].label_a == pieces[1].label_a == "N01-U1:osfp33 / N01-U21:osfp1"


def test_a_piece_keeps_the_names_of_its_links():
    project = unit(racks=1)
    edit = Edit(project, "name")
    edit.replace("links", ("net", "u0-0"), name="UP")
    edit.put("overrides", Override(block="net", id="x", path="u0-0", cable=3, name="SPECIAL"))
    project.apply(edit.change())
    tags = [c.tag for c in cables_of(Placement(project, "su"), None, _twins) if c.link.id == "u0-0"]
    assert tags[::2] == ["N01/UP-1", "N01/UP-3 + N01/SPECIAL", "N01/UP-5", "N01/UP-7"]
