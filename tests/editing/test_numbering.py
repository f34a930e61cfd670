"""Names by templates: what would change, and changing it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalogue.library import Library
from core.editing.blocks import new_floor_block, new_rack_block, place_instance
from core.editing.levels import PLACEHOLDERS, levels_in, placeholders_of
from core.editing.naming import template_of
from core.editing.numbering import next_names, renamings, renumber_by, why_frozen
from core.editing.place import place_device
from core.editing.rows import floor_level, standings
from core.editing.space import Spot
from core.errors import EditError
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import End, Link, NamingTemplate, Revision

RACK, SERVER, SWITCH = "vertiv-vr3300", "nvidia-dgx-h100", "nvidia-qm9700"


def hall(rows: int = 2, racks: int = 3) -> tuple[Project, str, str]:
    """Return a hall of racks of one drawing (servers, then a switch on top), with the ids of both blocks."""
    project, library = Project(), Library.builtin()
    edit = Edit(project, "Build", ids=iter([f"id{i}" for i in range(10, 9999)]).__next__)
    floor = new_floor_block(edit, "Hall 1")
    drawing = new_rack_block(edit, library, RACK, "Node rack")
    place_device(edit, library, drawing.id, SWITCH, Spot(half_u=60), name="top")
    place_device(edit, library, drawing.id, SERVER, Spot(half_u=20), name="b")
    place_device(edit, library, drawing.id, SERVER, Spot(half_u=0), name="a")
    for row in reversed(range(rows)):
        for place in reversed(range(racks)):
            place_instance(
                edit, floor.id, drawing.id, x_mm=600 * (place + row % 2), y_mm=2600 * row + row % 2 * 1200,
                rotation=180 if row % 2 else 0, name=f"old-{row}-{place}",
            )  # fmt: skip
    History(project).commit(edit.change())
    return project, floor.id, drawing.id


def with_template(project: Project, level: str, text: str, block: str = "", **fields: int) -> Edit:
    edit = Edit(project, "Name")
    edit.put("naming", NamingTemplate(block=block, id=level, template=text, **fields))
    return edit


def names(project: Project, block: str) -> list[str]:
    things = {**project.instances(block), **project.devices(block)}
    return sorted(thing.name for thing in things.values())


def test_racks_are_counted_row_by_row_from_the_front() -> None:
    project, floor, _ = hall()
    edit = with_template(project, "instance.rack", "{row}{n:02}")
    found = renamings(edit, [floor], ["instance.rack"])
    assert {(each.before, each.after) for each in found} == {
        ("old-0-0", "A01"), ("old-0-1", "A02"), ("old-0-2", "A03"),
        ("old-1-0", "B01"), ("old-1-1", "B02"), ("old-1-2", "B03"),
    }  # fmt: skip


def test_first_number_and_step_are_kept() -> None:
    project, floor, _ = hall(1)
    edit = with_template(project, "instance.rack", "r{n}", start=10, step=5)
    assert [each.after for each in renamings(edit, [floor])] == ["r10", "r15", "r20"]


def test_devices_are_counted_from_the_bottom_and_kinds_apart() -> None:
    project, _, drawing = hall()
    found = renamings(Edit(project, "Name"), [drawing])
    assert [(each.level, each.before, each.after) for each in found] == [
        ("device.server", "a", "node-01"),
        ("device.server", "b", "node-02"),
        ("device.switch", "top", "sw-01"),
    ]


def test_a_device_is_called_after_the_new_name_of_its_rack() -> None:
    project, floor, drawing = hall(1, 1)
    edit = with_template(project, "device.server", "{rack}-u{u:02}")
    edit.put("naming", NamingTemplate(id="instance.rack", template="{row}{place:02}"))
    after = {each.before: each.after for each in renamings(edit, [drawing, floor])}
    assert after == {"old-0-0": "A01", "a": "A01-u01", "b": "A01-u11", "top": "sw-01"}


def test_many_placed_racks_lend_their_drawings_name() -> None:
    project, _, drawing = hall()
    edit = with_template(project, "device.server", "{rack} {n}")
    found = renamings(edit, [drawing], ["device.server"])
    assert [each.after for each in found] == ["Node rack 1", "Node rack 2"]


def test_cables_are_named_by_their_ends_in_natural_order() -> None:
    project, floor, _ = hall(1, 11)
    edit = Edit(project, "Wire")
    racks = {instance.name: instance for instance in project.instances(floor).values()}
    (server,) = [d for d in project.devices(racks["old-0-0"].of).values() if d.name == "a"]
    (switch,) = [d for d in project.devices(racks["old-0-0"].of).values() if d.name == "top"]
    for i, rack in enumerate(("old-0-10", "old-0-9")):
        a, b = (
            End(f"{racks[rack].id}/{server.id}", ("p1",)),
            End(f"{racks['old-0-0'].id}/{switch.id}", (f"q{i}",)),
        )
        edit.put("links", Link(block=floor, id=f"l{i}", a=a, b=b))
    found = renamings(edit, [floor], ["cable.data"])
    assert [(each.key[1], each.after) for each in found] == [("l1", "c0001"), ("l0", "c0002")]
    edit.put("naming", NamingTemplate(id="cable.data", template="{a}:{a_port} {b}:{b_port}"))
    found = renamings(edit, [floor], ["cable.data"])
    assert [each.after for each in found] == ["old-0-9-a:p1 old-0-0-top:q1", "old-0-10-a:p1 old-0-0-top:q0"]


def test_the_template_of_a_drawing_wins_over_that_of_the_project() -> None:
    project, floor, _ = hall(1, 2)
    edit = with_template(project, "instance.rack", "p{n}")
    edit.put("naming", NamingTemplate(block=floor, id="instance.rack", template="own{n}"))
    assert [each.after for each in renamings(edit, [floor])] == ["own1", "own2"]


def test_names_that_stay_are_not_given_twice() -> None:
    project, floor, _ = hall(1, 3)
    edit = Edit(project, "Name")
    by_name = {instance.name: instance for instance in project.instances(floor).values()}
    edit.replace("instances", by_name["old-0-2"].key, name="r01")
    only = {by_name["old-0-0"].key, by_name["old-0-1"].key}
    assert [each.after for each in renamings(edit, [floor], only=only)] == ["r02", "r03"]


def test_renumbering_is_one_step_that_undo_takes_back() -> None:
    project, floor, drawing = hall()
    history = History(project)
    before = [names(project, floor), names(project, drawing)]
    edit = Edit(project, "Renumber")
    assert renumber_by(edit, renamings(edit, [floor, drawing])) == 9
    history.commit(edit.change())
    assert names(project, floor) == [f"r{n:02}" for n in range(1, 7)]
    assert not renamings(project, [floor, drawing])
    history.undo()
    assert [names(project, floor), names(project, drawing)] == before


def test_issued_names_are_frozen() -> None:
    project, floor, _ = hall()
    edit = Edit(project, "Issue")
    edit.put("revisions", Revision(id="r", number="A", date="2026-11-22"))
    History(project).commit(edit.change())
    assert why_frozen(project) == "names are frozen since revision A was issued on 2026-11-22"
    edit = Edit(project, "Renumber")
    with pytest.raises(EditError, match="frozen since revision A"):
        renumber_by(edit, renamings(edit, [floor]))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{x}", "holds '{x}'. Use {n}, "),
        ("{u}", "holds '{u}'. Use {n}, "),
        ("{a}", "holds '{a}'. Use {n}, "),
        ("{n", "'{n' is no name template"),
        ("r}", "'r}' is no name template"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(text: str, problem: str) -> None:
    project, floor, _ = hall(1, 1)
    edit = with_template(project, "instance.rack", text)
    with pytest.raises(EditError, match=re.escape(problem)):
        renamings(edit, [floor], ["instance.rack"])


def test_the_next_names_are_those_that_are_given() -> None:
    project, floor, drawing = hall(2, 3)
    edit = with_template(project, "instance.rack", "{row}{n:02}")
    renumber_by(edit, renamings(edit, [floor]))
    expected = next_names(edit, floor, "instance.rack")
    assert expected == ["B04", "B05", "B06"]
    made = place_instance(edit, floor, drawing, x_mm=2400, y_mm=3800, rotation=180)
    assert made.name == expected[0]
    front = place_instance(edit, floor, drawing, x_mm=1800, y_mm=0)
    assert front.name == "A04"


@pytest.mark.parametrize("level", ["instance.rack", "device.switch", "cable.data", "instance.hall", "device"])
def test_every_placeholder_of_a_level_can_be_filled(level: str) -> None:
    project, floor, _ = hall(1, 1)
    for name in placeholders_of(level):
        assert name in PLACEHOLDERS
        edit = with_template(project, level, f"x{{{name}}}-{{n}}")
        assert len(set(next_names(edit, floor, level))) == 3


def test_levels_go_from_the_outside_in() -> None:
    project, floor, drawing = hall()
    edit = Edit(project, "Nest")
    row, unit, top = (new_floor_block(edit, name) for name in ("Row", "Unit", "Top"))
    place_instance(edit, row.id, drawing)
    place_instance(edit, unit.id, row.id)
    place_instance(edit, top.id, unit.id)
    assert [floor_level(edit, block) for block in (drawing, row.id, unit.id, top.id, floor)] == [
        "rack", "row", "unit", "hall", "unit",
    ]  # fmt: skip
    assert list(levels_in(edit, [top.id, unit.id, row.id, drawing])) == [
        "instance.unit", "instance.row", "instance.rack", "device.server", "device.switch",
    ]  # fmt: skip


def test_a_level_without_a_template_takes_the_general_one() -> None:
    project, floor, _ = hall()
    edit = with_template(project, "instance", "x{n}")
    assert template_of(edit, floor, "instance.row").template == "x{n}"


@settings(max_examples=25, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([0, 90, 180, 270])),
        min_size=1, max_size=8, unique_by=lambda p: p[:2],
    ),
    text=st.sampled_from(["r{n}", "{row}{n:02}", "{row}-{place}", "same", "{type}", "{block}{n:3}"]),
)  # fmt: skip
def test_every_name_is_given_once_and_naming_twice_changes_nothing(
    places: list[tuple[int, int, int]], text: str
) -> None:
    project, floor, drawing = hall(1, 1)
    edit = with_template(project, "instance.rack", text)
    for x, y, rotation in places:
        place_instance(edit, floor, drawing, x_mm=3000 * x, y_mm=3000 * y + 9000, rotation=rotation)  # type: ignore[arg-type]
    renumber_by(edit, renamings(edit, [floor]))
    given_names = [instance.name for instance in edit.instances(floor).values()]
    assert len(set(given_names)) == len(given_names) == len(places) + 1
    assert not renamings(edit, [floor])
    assert set(standings(edit, floor)) == set(edit.instances(floor))
