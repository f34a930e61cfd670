"""Wiring by table: what is pasted is read line by line, and our own schedule comes back as it went."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.editing.cabling.cable_table import read_table
from core.editing.cabling.ranges import Range, plan
from core.editing.cabling.wiring import connect_many
from core.editing.overrides import set_override
from core.editing.remove import remove_links
from core.errors import EditError
from core.model.records import Fabric
from core.report.context import Context
from core.report.paper import PAPERS
from core.report.sheets.schedule import CSV_NAME, sheets
from tests.editing.factory import Bench, small_hall
from tests.editing.test_wiring import cables, row_of_nodes, tags


@pytest.fixture
def bench():
    made = row_of_nodes()
    edit = made.edit()
    edit.put("fabrics", Fabric(id="f", name="Compute"))
    made.commit(edit)
    return made


def read(bench, text, **options):
    return read_table(bench.project, bench.project.top, text, **options)


@pytest.mark.parametrize("mark", ["\t", ";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_without_a_head(bench, mark, end):
    rows = [
        ["r1/node-1", "osfp1/1", "leaf-1", "osfp1/1", "blue one", "2.5", "blue", "Compute"],
        ["net/leaf-1", "osfp1/2", "r2/node-1", "osfp1/1"],
    ]
    found = read(bench, end.join(mark.join(row) for row in rows))
    assert [line.wire.state for line in found.lines] == ["new", "new"]
    edit = bench.edit()
    first, second = connect_many(edit, bench.project.top, found.plan.good)
    assert (first.name, first.length_m, first.colour, first.fabric) == ("blue one", 2.5, "blue", "f")
    assert (second.name, second.length_m, second.b.path) == ("", None, tags(bench)["r2/node-1"])


def test_a_head_names_the_columns_in_any_order(bench):
    text = (
        "To Port,To Device,Length (m),Note,From port,From device\n"
        "osfp1/1,leaf-1,3 m,hello,osfp1/1,r1/node-1\n"
    )
    found = read(bench, text)
    assert found.lines[0].number == 2
    assert dict(found.lines[0].wire.fields) == {"length_m": 3.0}
    assert found.remarks == ("Columns not used: Note",)
    with pytest.raises(EditError, match="no column 'from port'"):
        read(bench, "From device,To device,To port\na,b,c\n")


def test_each_line_says_what_is_wrong_with_it(bench):
    lines = [
        ("node-1,osfp1/1,leaf-1,osfp1/1", "3 devices are called 'node-1'", "Write the rack before it"),
        ("ghost,osfp1/1,leaf-1,osfp1/1", "no device is called 'ghost'", "project tree"),
        ("r1/node-1,osfp9,leaf-1,osfp1/1", "node-1 has no port 'osfp9'", "Write the port"),
        ("r1/node-1,osfp1,leaf-1,osfp1/1", "osfp1 of node-1 is only used split", "Choose"),
        ("r1/node-1,bmc,leaf-1,osfp1/1", "RJ45 does not mate with OSFP-finned", "fit each other"),
        ("r1/node-1,osfp1/1,leaf-1,osfp1/1,x,long", "'long' is no length in metres", "3 or 2.5"),
        ("r1/node-1,osfp1/1,leaf-1,osfp1/1,x,1e3", "'1e3' is no length in metres", "3 or 2.5"),
        ("r1/node-1,osfp1/1,leaf-1,osfp1/1,,,,Storage", "no fabric is called 'Storage'", "Make the fabric"),
        ("r1/node-1,,leaf-1,osfp1/1", "a port is missing", "Write its name"),
        ("r1/node-1,osfp1/1,leaf-1,osfp1/1", "", ""),
        ("r1/node-2,osfp1/1,leaf-1,osfp1/1", "osfp1/1 of leaf-1 is in use", "free port"),
        ("leaf-1,osfp1/1,r1/node-1,osfp1/1", "", ""),
    ]
    found = read(bench, "\n\n".join(text for text, _, _ in lines))
    assert [line.number for line in found.lines] == list(range(1, 24, 2))
    for line, (_, problem, cure) in zip(found.lines, lines, strict=True):
        assert line.wire.problem == problem
        assert cure in line.cure
    assert [line.wire.state for line in found.lines][-3:] == ["new", "problem", "same"]


def test_cables_counted_in_order_make_a_trunk(bench):
    rows = [f"net/leaf-1,osfp{k}/1,spine-1,osfp{k}/1,up-{k}" for k in (1, 2, 3)]
    edit = bench.edit()
    (trunk,) = connect_many(edit, bench.project.top, read(bench, "\n".join(rows)).plan.good)
    assert (trunk.name, trunk.count) == ("up", 3)
    edit = bench.edit()
    loose = connect_many(edit, bench.project.top, read(bench, "\n".join(reversed(rows))).plan.good)
    assert sorted(link.name for link in loose) == ["up-1", "up-2", "up-3"]


def test_nothing_pasted_is_nothing(bench):
    assert read(bench, "").lines == ()
    assert read(bench, "\n \t\n;;;\n").lines == ()


def schedule(project):
    """The cable schedule as it is attached to the set."""
    context = Context(project, next(iter(PAPERS.values())), b"")
    sheets(context)
    return context.extras[CSV_NAME].decode()


def test_our_own_schedule_comes_back_as_it_went(bench):
    project = bench.project
    edit = bench.edit()
    connect_many(
        edit, project.top, plan(project, project.top, Range("node-*", "leaf-*", "osfp*")).good, fabric="f"
    )
    mesh = plan(edit, project.top, Range("leaf-*", "spine-*", rule="mesh", links=2)).good
    connect_many(edit, project.top, mesh, name="trunk", colour="=red")
    bench.commit(edit)
    text, before = schedule(project), cables(project)
    edit = bench.edit()
    for block in list(project.blocks_of("links")):
        remove_links(edit, [link.key for link in project.links(block).values()])
    bench.commit(edit)
    found = read(bench, text)
    assert not found.plan.problems
    edit = bench.edit()
    connect_many(edit, project.top, found.plan.good)
    bench.commit(edit)
    assert cables(project) == before
    assert schedule(project) == text
    assert {wire.state for wire in read(bench, text).plan.wires} == {"there"}


def test_the_schedule_of_copies_is_wired_once():
    bench = Bench()
    h = small_hall(bench)
    edit = bench.edit()
    set_override(edit, h["hall"], h["su2"], name="second")
    bench.commit(edit)
    text, before = schedule(bench.project), cables(bench.project)
    edit = bench.edit()
    for block in list(bench.project.blocks_of("links")):
        remove_links(edit, [link.key for link in bench.project.links(block).values()])
    bench.commit(edit)
    found = read_table(bench.project, h["hall"], text)
    assert not found.plan.problems
    assert found.plan.count("same") == 4  # two lanes and two cords of the second unit
    edit = bench.edit()
    connect_many(edit, h["hall"], found.plan.good)
    assert cables(edit) == before


cells = st.one_of(
    st.sampled_from(
        [
            "r1/node-1",
            "leaf-1",
            "osfp1/1",
            "osfp2/2",
            "Compute",
            "3",
            "from device",
            "A device",
            "to port",
            "'=x",
        ]
    ),
    st.text(max_size=12),
)
pasted = st.one_of(
    st.text(max_size=300),
    st.builds(
        lambda rows, mark: "\n".join(mark.join(row) for row in rows),
        st.lists(st.lists(cells, max_size=9), max_size=8),
        st.sampled_from(["\t", ";", ","]),
    ),
)
_BENCH = row_of_nodes()


@given(pasted)
def test_whatever_is_pasted_is_read_or_refused_in_words(text):
    try:
        found = read(_BENCH, text)
    except EditError as error:
        found, cure = None, error.cure
    if found is None:
        assert cure
        return
    assert len(found.lines) <= text.count("\n") + text.count("\r") + 1
    for line in found.lines:
        assert bool(line.wire.problem) == (line.wire.state == "problem")
    connect_many(_BENCH.edit(), _BENCH.project.top, found.plan.good)
