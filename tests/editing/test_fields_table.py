"""Fields from a table: which row is about what, what would change, and where a row is wrong."""

from __future__ import annotations

import pytest

from core.editing.fields import Thing, set_fields
from core.editing.fields_table import apply_fields, plan_fields
from core.errors import EditError, FileError
from core.files.delimited import parse_delimited
from tests.editing.factory import Bench, small_hall


class Case:
    def __init__(self) -> None:
        self.bench = Bench()
        self.ids = small_hall(self.bench)
        self.project = self.bench.project

    def plan(self, text: str):
        return plan_fields(self.project, parse_delimited(text.encode(), "tags.csv"))

    def apply(self, text: str) -> int:
        edit = self.bench.edit("Import")
        done = apply_fields(edit, self.plan(text))
        self.bench.commit(edit)
        return done


@pytest.fixture
def case() -> Case:
    return Case()


def test_rows_are_matched_by_path_by_unique_name_and_by_old_tag(case: Case) -> None:
    assert case.apply("path,asset_tag\nHall / su-1 / ra,T-1\nsu-2/ra,T-2\n") == 2
    assert case.apply("Name;Serial number\nrs;S-9\nsu-1/rb/leaf-1;S-8\n") == 2
    assert case.apply("old asset tag\tstatus\nT-2\tinstalled\n") == 1
    assert case.plan("rack,device,note\nsu-1/rb,leaf-1,x\n").rows[0].state == "new"
    assert case.plan("rack,note\nrs,x\n").rows[0].state == "new"
    plan = case.plan(
        "path,asset_tag,serial,status\nsu-1 / ra,T-1,,\nsu-2 / ra,T-2,,installed\nrs,,S-9,\n"
        "su-1 / rb / leaf-1,,S-8,\n"
    )
    assert plan.summary == "4 unchanged"


def test_states_of_rows_with_their_lines(case: Case) -> None:
    case.apply("name,note\nrs,old\n")
    plan = case.plan("name,note\nrs,new\nsu-1,here\nsu-2,\nra,two of them\nnobody,x\n")
    found = [(row.line, row.key, row.state) for row in plan.rows]
    assert found == [
        (2, "rs", "changed"),
        (3, "su-1", "new"),
        (4, "su-2", "unchanged"),
        (5, "ra", "unmatched"),
        (6, "nobody", "unmatched"),
    ]
    assert plan.rows[0].before == {"note": "old"}
    assert plan.rows[0].after == {"note": "new"}
    assert "2 things are called 'ra'" in plan.rows[3].problem
    assert plan.summary == "1 new, 1 changed, 1 unchanged, 2 unmatched"


def test_wrong_values_are_named_and_left_out(case: Case) -> None:
    text = "name,status,length_m,absent\nrs,lost,,\nsu-1,,5,\nsu-2,,,perhaps\nspine-1,installed,,no\n"
    plan = case.plan(text)
    assert [row.state for row in plan.rows] == ["wrong", "wrong", "wrong", "new"]
    assert "'lost' is no status; use existing, planned" in plan.rows[0].problem
    assert plan.rows[1].problem == "only cables have the field ordered length"
    assert plan.rows[2].problem == "'perhaps' is neither yes nor no"
    assert case.apply(text) == 1


def test_a_tag_is_given_once_and_a_thing_named_once(case: Case) -> None:
    plan = case.plan("name,asset_tag\nrs,T-1\nsu-1,T-1\nrs,T-3\n")
    assert [(row.state, row.problem) for row in plan.rows] == [
        ("new", ""),
        ("wrong", "line 2 has 'T-1' already"),
        ("wrong", "line 2 has the same thing already"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tag\nT\n", "no column names the things"),
        ("name,colour\nrs,red\n", "no column holds a field"),
        ("name,tag,asset\nrs,1,2\n", "the columns 'tag' and 'asset' mean the same"),
    ],
)
def test_a_head_that_means_nothing_is_an_error_with_file_and_line(
    case: Case, text: str, problem: str
) -> None:
    with pytest.raises(FileError) as found:
        case.plan(text)
    assert problem in str(found.value)
    assert found.value.where == "tags.csv, line 1"
    assert found.value.cure


def test_an_error_of_the_edit_names_the_line(case: Case) -> None:
    with pytest.raises(EditError) as found:
        case.apply("path,new name\nsu-1/ra/node-1,node-x\nsu-2/ra/node-1,node-2\n")
    assert found.value.where == "tags.csv, line 3"
    with pytest.raises(EditError, match="nothing in it would change"):
        case.apply("name,note\nrs,\n")


def test_cables_are_matched_by_name_and_by_their_ends(case: Case) -> None:
    su = case.ids["su"]
    (link,) = case.project.links(su).values()
    text = "path,length_m\nsu-1 / ra / node-1 osfp1/2 – su-1 / rb / leaf-1 osfp1/2,7.5\n"
    assert case.apply(text) == 1
    (said,) = case.project.overrides(case.project.top).values()
    assert (said.path, said.cable, said.length_m) == (f"{case.ids['su1']}/{link.id}", 1, 7.5)
    edit = case.bench.edit()
    set_fields(
        edit, case.project.top, [(Thing(f"{case.ids['su2']}/{link.id}"), {"name": "K"})], only_this=True
    )
    case.bench.commit(edit)
    assert case.apply("cable,asset_tag\nK-2,C-2\n") == 1
    assert case.plan("cable,asset_tag\nK-1,C-2\n").summary == "1 new"


def test_tables_of_spreadsheets_are_read() -> None:
    semicolons = parse_delimited("Name;Tag\r\n\"a\nb\";'=x\r\n;\r\nr2;'t\r\n".encode("utf-8-sig"), "f")
    assert [tuple(row.cells) for row in semicolons.rows] == [("a\nb", "=x"), ("r2", "'t")]
    assert [row.number for row in semicolons.rows] == [2, 5]
    assert parse_delimited("name\ttag\nr\t1\n".encode("utf-16"), "f").heads == ["name", "tag"]
    assert parse_delimited("name,tag\nr,ü\n".encode("cp1252"), "f").rows[0].cells == ["r", "ü"]
    for data, problem in ((b"", "empty"), (b"\x00\x01\x02", "no text"), (b"a,b\n1,2,3\n", "3 cells")):
        with pytest.raises(FileError, match=problem):
            parse_delimited(data, "f")


def test_lengths_in_feet_are_taken_as_such(case: Case) -> None:
    """2.5 m are 8.2021 ft to the six decimals of a table in US units."""
    link = "su-1 / ra / node-1 osfp1/2 – su-1 / rb / leaf-1 osfp1/2"
    assert case.apply(f"path,Length pinned [ft]\n{link},8.2021\n") == 1
    (said,) = case.project.overrides(case.project.top).values()
    assert said.length_m == 2.5
    assert case.plan(f"path,Length pinned [ft]\n{link},8.2021\n").summary == "1 unchanged"
    assert case.plan(f"path,length_m\n{link},2.5\n").summary == "1 unchanged"
