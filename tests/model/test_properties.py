"""Random edits: undo of everything gives the start, redo the end; saved and replayed they are the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CagenutError
from core.files import project_file
from core.files.replay import replay
from core.model.change import Change, Edit, decode_change, encode_change
from core.model.history import History
from core.model.integrity import problems
from core.model.project import Project
from core.model.records import (
    TABLES,
    Area,
    Block,
    Device,
    End,
    Instance,
    Link,
    Note,
    Override,
    Phase,
    PowerSource,
    Requirement,
    TypeRecord,
)
from tests.model.factories import pdu_type, server_type, small, switch_type

IDS = st.sampled_from(["a", "b", "c", "srv", "leaf", "r1"])
BLOCKS = st.sampled_from(["rack", "hall", "b1", "none"])
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp", "Mn", "Cf", "Lo", "So")),
    max_size=12,
)
PORTS = st.lists(
    st.sampled_from(["osfp1", "osfp2", "osfp3/1", "nic1", "psu1", "out1"]), min_size=1, max_size=2
)
ENDS = st.builds(
    lambda path, ports: End(path, tuple(ports)),
    st.sampled_from(["srv", "leaf", "a", "r1/leaf", "r2/srv"]),
    PORTS,
)
NUMBERS = st.floats(0, 1e9) | st.none()

TYPES = [
    TypeRecord(id="server8", spec=server_type(mass_kg=1.0)),
    TypeRecord(id="switch64", spec=switch_type(ports=())),
    TypeRecord(id="pdu24", spec=pdu_type(price_low_usd=2.0)),
]
MODULES = st.dictionaries(st.sampled_from(["slot1", "slot2"]), st.just("nic2"))
X = st.integers(-9999, 9999)
one_of = st.sampled_from

RECORDS: dict[str, st.SearchStrategy[Any]] = {
    "blocks": st.builds(
        Block,
        id=one_of(["rack", "hall", "b1", "b2"]),
        name=NAMES,
        kind=one_of(["rack", "floor"]),
        rack_type=one_of(["", "rack42"]),
        grid_mm=one_of([600, 500]),
    ),
    "instances": st.builds(Instance, block=BLOCKS, id=IDS, of=one_of(["rack", "hall", "b1"]), x_mm=X),
    "devices": st.builds(
        Device,
        block=BLOCKS,
        id=IDS,
        type=one_of(["server8", "switch64", "pdu24", "rack42"]),
        name=NAMES,
        power_limit_w=NUMBERS,
        modules=MODULES,
    ),
    "links": st.builds(
        Link, block=BLOCKS, id=IDS, a=ENDS, b=ENDS, layer=one_of(["data", "power"]), length_m=NUMBERS
    ),
    "overrides": st.builds(
        Override, block=BLOCKS, id=IDS, path=one_of(["r1", "r1/srv", "r2/leaf", "t1", "a"]), name=NAMES
    ),
    "areas": st.builds(Area, block=BLOCKS, id=IDS, kind=st.just("room")),
    "notes": st.builds(Note, block=BLOCKS, id=IDS, text=NAMES),
    "sources": st.builds(PowerSource, id=one_of(["A", "B", "C"]), name=NAMES, capacity_w=NUMBERS),
    "phases": st.builds(Phase, id=one_of(["day1", "day2"]), name=NAMES),
    "requirements": st.builds(
        Requirement, id=IDS, value=NAMES | st.integers(-(2**60), 2**60) | st.booleans()
    ),
    "types": one_of(TYPES),
}

STEP = st.one_of(
    *(st.tuples(st.just("put"), st.just(table), record) for table, record in RECORDS.items()),
    st.tuples(st.just("remove"), st.sampled_from(list(TABLES)), st.integers(0, 50)),
)
ACT = st.one_of(
    st.tuples(st.just("commit"), st.lists(STEP, min_size=1, max_size=4), st.sampled_from(["", "", "g"])),
    st.tuples(st.sampled_from(["undo", "redo"]), st.just([]), st.just("")),
)


class Memory:
    """A journal that keeps its records."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def append(self, payload: bytes) -> None:
        self.lines.append(payload)


def copy_of(project: Project) -> Project:
    copy = Project(project.id)
    for table, records in project_file.tables_of(project).items():
        copy.load(table, records)
    return copy


def make(project: Project, steps: list[tuple[Any, ...]]) -> Change:
    edit = Edit(project, "Random")
    for kind, table, what in steps:
        if kind == "put":
            edit.put(table, what)
        else:
            keys = [record.key for record in edit.every(table)]
            if keys:
                edit.remove(table, keys[what % len(keys)])
    return edit.change()


def act(history: History, acts: list[tuple[Any, ...]]) -> None:
    """Do what can be done; what is refused must leave the project as it was."""
    for kind, steps, group in acts:
        if kind == "commit":
            before = copy_of(history.project)
            try:
                history.commit(make(history.project, steps), group=group)
            except CagenutError:
                assert history.project.same_records(before)
        elif kind == "undo":
            history.undo()
        else:
            history.redo()


@given(st.lists(ACT, max_size=12))
@settings(max_examples=150)
def test_edits_undo_redo_save_and_replay(acts: list[tuple[Any, ...]]) -> None:
    start, project, journal = small(), small(), Memory()
    history = History(project, journal)
    act(history, acts)
    end = copy_of(project)
    # What was accepted can be loaded.
    assert list(problems(project)) == []
    data = project_file.encode(project)
    loaded = project_file.decode(data, "x")
    assert loaded.same_records(project)
    assert project_file.encode(loaded) == data
    # The journal leads to the same place.
    replayed, kept, stopped = replay(project_file.encode(start), journal.lines, "x")
    assert (kept, stopped) == (len(journal.lines), "")
    assert replayed.same_records(project)
    # All the way back and forth.
    redone = len(history.redo_labels)
    while history.undo():
        pass
    assert project.same_records(start)
    assert history.is_saved
    while len(history.redo_labels) > redone:
        history.redo()
    assert project.same_records(end)


@given(st.lists(STEP, min_size=1, max_size=6))
def test_a_change_survives_its_line(steps: list[tuple[Any, ...]]) -> None:
    try:
        change = make(small(), steps)
    except CagenutError:
        return
    line = encode_change(change, "redo")
    assert b"\n" not in line
    assert decode_change(line) == ("redo", change)
    assert decode_change(encode_change(change.inverse)) == ("do", change.inverse)
