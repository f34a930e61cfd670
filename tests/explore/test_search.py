"""The search finds what a plain walk over the records finds, whatever is asked and however it was edited."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.explore.search import Found, Index, Names, Terms, index_of, read
from core.explore.texts import Texts
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import End, Link, Override
from tests.engine.designs import Design
from tests.engine.expansion import random_design, things_below
from tests.explore import plain_search

ALL = 100_000
NAMES = (
    "leaf-1",
    "leaf-03",
    "leaf-1-03",
    "leaf3",
    "Node 7",
    "node-070",
    "R01",
    "r10",
    "SU-1",
    "Größe",
    "gpu_a.2",
)
WORDS = (
    "leaf", "3", "leaf-3", "leaf3", "03", "node", "7", "r1", "R01", "su-01", "grosse", "osfp", "osfp3",
    "17", "mgmt", "gpu-a", "-", "a", "1", "d0", "i1", "bmc", "osfp3/2", "tag-9", "1-3",
)  # fmt: skip
randoms = st.integers(0, 2**32 - 1).map(Random)


def found(index: Index, query: str) -> set[tuple[str, str]]:
    answer = index.search(query, ALL)
    hits = {(h.path if h.cable is None else f"{h.path}#{h.cable}", h.port) for h in answer.hits}
    assert len(hits) == len(answer.hits) == answer.total, "a hit twice, or not counted"
    return hits


def rename(project: Project, random: Random) -> None:
    """Give records names, and some placed things names, tags and serial numbers of their own."""
    edit = Edit(project, "Rename")
    for table in ("devices", "instances", "links"):
        for record in list(project.every(table)):
            if random.random() < 0.6:
                edit.put(table, replace(record, name=random.choice(NAMES)))
    for block in list(project.blocks):
        for path, count in things_below(project, block):
            if random.random() < 0.15:
                cable = random.choice((None, random.randrange(count))) if count else None
                said = {(o.path, o.cable): o for o in edit.overrides(block).values()}.get((path, cable))
                said = said or Override(
                    block=block, id=f"o-{random.randrange(10**9)}", path=path, cable=cable
                )
                field = random.choice(("name", "name", "asset_tag", "serial"))
                edit.put("overrides", replace(said, **{field: random.choice((*NAMES, "tag-9"))}))
    History(project).commit(edit.change())


@given(randoms)
def test_a_search_finds_what_a_plain_walk_finds(random: Random) -> None:
    project = random_design(random).project
    rename(project, random)
    index = index_of(project)
    for _ in range(6):
        query = " ".join(random.sample(WORDS, random.randint(1, 3)))
        assert found(index, query) == plain_search.search(project, query), query


@given(randoms)
def test_names_kept_over_edits_are_those_made_anew(random: Random) -> None:
    project = random_design(random).project
    names, reading = Names(), read(project)
    names.updated(reading)
    for _ in range(3):
        rename(project, random)
        reading = read(project, reading)
        kept, fresh = Index(names.updated(reading)), index_of(project)
        for query in WORDS:
            assert found(kept, query) == found(fresh, query)


@given(st.text(), st.text())
def test_a_word_grades_a_name_as_it_matches(name: str, word: str) -> None:
    for one in word.split():
        folded = plain_search.plain(one)
        if folded:
            grade = Texts([name]).grades(folded)[0]
            assert (grade > 0) >= (folded in plain_search.plain(name).replace("\n", " "))


@pytest.fixture
def design() -> Design:
    """Two units of one drawing, each a rack with leaf-1 ... leaf-30, and a node."""
    made = Design()
    made.rack("net")
    for k in range(1, 31):
        made.device("net", "switch", k, f"leaf-{k}")
    made.floor("unit")
    made.place("net", "net-1", "unit")
    made.device("unit", "server", 1, "gpu-node-07")
    made.place("unit", "su-1")
    made.place("unit", "su-2")
    return made


def names(answer: Found, most: int = 99) -> list[str]:
    return ["/".join((*hit.where, hit.name)) for hit in answer.hits[:most]]


def test_the_exact_name_comes_first_then_what_begins_with_it(design: Design) -> None:
    answer = index_of(design.project).search("leaf-3")
    assert names(answer) == [
        "su-1/net-1/leaf-3",
        "su-2/net-1/leaf-3",
        "su-1/net-1/leaf-30",
        "su-2/net-1/leaf-30",
    ]


def test_words_narrow_by_what_a_thing_stands_in_in_any_order(design: Design) -> None:
    index = index_of(design.project)
    assert (
        names(index.search("su-2 leaf-3"), 1)
        == names(index.search("leaf-3 su-2"), 1)
        == ["su-2/net-1/leaf-3"]
    )


def test_a_port_is_found_by_its_device_and_its_number(design: Design) -> None:
    index = index_of(design.project)
    answer = index.search("leaf-3 17")
    assert names(answer, 2) == ["su-1/net-1/leaf-3/osfp17", "su-2/net-1/leaf-3/osfp17"]
    best = answer.hits[0]
    assert (best.kind, best.port, best.path, best.type) == ("port", "osfp17", "su-1/net-1/leaf-3", "switch")
    # leaf-3 and leaf-30 of two units have osfp17 and no other port with 17 in its name.
    assert answer.total == 4


def test_a_cable_named_from_outside_keeps_the_serial_number_said_inside(design: Design) -> None:
    """Its link has no name: the unit says the serial number, the hall the name."""
    ends = (End("net-1/leaf-1", ("osfp1/1",)), End("gpu-node-07", ("osfp1/1",)))
    link = Link(block="unit", id="k-1", a=ends[0], b=ends[1])
    serial = Override(block="unit", id="o-1", path="k-1", serial="SN-4711")
    design.put(("links", link), ("overrides", serial))
    assert names(index_of(design.project).search("sn-4711")) == []
    design.put(("overrides", Override(block="hall", id="o-2", path="su-2/k-1", name="up-1")))
    assert names(index_of(design.project).search("sn-4711")) == ["su-2/up-1"]


def test_numbers_match_without_their_zeros(design: Design) -> None:
    index = index_of(design.project)
    for query in ("gpu-node-07 osfp2", "gpu-node-7 osfp02", "node7 su2 osfp2", "gpu node 7 osfp-2"):
        assert any(name.endswith("gpu-node-07/osfp2") for name in names(index.search(query))), query


def test_nothing_is_found_by_nothing_and_an_empty_project_is_searched(design: Design) -> None:
    assert index_of(design.project).search("   ") == Found([], 0)
    assert index_of(Project()).search("leaf") == Found([], 0)
    assert len(index_of(Project())) == 0


def test_ports_are_counted_as_they_are_built(design: Design) -> None:
    # 2 units x (30 switches x (32 + 1 + 2) + a server of 4 + 1 + 6)
    assert index_of(design.project).n_ports == 2 * (30 * 35 + 11)


def test_actions_are_found_by_their_own_words_before_others() -> None:
    terms = Terms(
        ["Find in the Catalogue", "Fit", "Zoom to Selection"], ["tools search", "view", "view find"]
    )
    assert [number for _, number in terms.search("fi")] == [1, 0, 2]
    assert [number for _, number in terms.search("zoom view")] == [2]
