"""Commit, undo, redo: groups, the byte budget, what counts as saved, and failing journals and listeners."""

from __future__ import annotations

import pytest

from core.errors import FileError, RecordError, StaleChangeError
from core.model.change import Change, Delta, Edit
from core.model.history import History
from core.model.records import Area, Device, Instance
from tests.model.factories import moved, small, started


def test_a_group_is_one_step() -> None:
    history = started()
    for x in (1, 2, 3):
        history.commit(moved(history.project, x), group="nudge")
    history.commit(moved(history.project, 4))
    assert len(history.undo_labels) == 2
    history.undo()
    history.undo()
    assert history.project.same_records(small())


def test_a_group_does_not_reach_across_a_save() -> None:
    history = started()
    history.commit(moved(history.project, 1), group="nudge")
    history.mark_saved()
    history.commit(moved(history.project, 2), group="nudge")
    assert not history.is_saved
    history.undo()
    assert history.is_saved
    assert history.project.instances("hall")["r1"].x_mm == 1


def test_bytes_bound_the_undo_list() -> None:
    history = History(small(), undo_bytes=1000)
    for x in range(1, 50):
        history.commit(moved(history.project, x))
    assert history.undo_size <= 1000
    assert history.has_dropped
    while history.undo():
        pass
    assert not history.is_saved  # the steps that led to the saved state are gone
    assert history.project.instances("hall")["r1"].x_mm > 0


def test_a_failing_listener_does_not_cost_the_undo_step() -> None:
    history = started()

    def fail(_change: Change) -> None:
        raise RuntimeError

    history.listeners.append(fail)
    with pytest.raises(RuntimeError):
        history.commit(moved(history.project, 1))
    assert history.undo_labels == ["Move rack"]


def test_a_journal_that_fails_with_any_of_its_errors() -> None:
    class Failing:
        def append(self, payload: bytes) -> None:
            raise FileError("no room")

    history = started(Failing())
    told: list[str] = []
    history.protection_listeners.append(told.append)
    history.commit(moved(history.project, 1))
    assert told == ["no room"]
    assert history.undo_labels


def test_a_stale_change_is_refused() -> None:
    history = started()
    change = moved(history.project, 1)
    history.commit(change)
    with pytest.raises(StaleChangeError):
        history.commit(change)


@pytest.mark.parametrize(
    ("table", "record", "problem"),
    [
        ("areas", Area(block="none", id="a", kind="room"), "there is no block 'none'"),
        ("devices", Device(block="hall", id="r1", type="cdu16"), "two things of a block have the same id"),
        ("instances", Instance(block="rack", id="i", of="rack"), "a block is placed inside itself"),
        ("instances", Instance(block="hall", id="i", of="hall"), "a block is placed inside itself"),
    ],
)
def test_what_could_not_be_loaded_is_not_committed(table: str, record: object, problem: str) -> None:
    history = started()
    edit = Edit(history.project, "Bad")
    edit.put(table, record)  # type: ignore[type-var]
    with pytest.raises(RecordError, match=problem):
        history.commit(edit.change())
    assert history.project.same_records(small())


def test_a_block_with_areas_cannot_go_alone() -> None:
    history = started()
    edit = Edit(history.project, "Empty the hall")
    edit.remove("settings", ("", "top"))
    edit.remove("blocks", ("", "hall"))
    for table in ("instances", "devices", "links", "overrides"):
        for record in list(edit.rows(table, "hall")):
            edit.remove(table, ("hall", record))
    with pytest.raises(RecordError, match="still holds"):
        history.commit(edit.change())


def test_an_empty_change_is_nothing() -> None:
    history = started()
    assert not history.commit(Change("Nothing", ()))
    assert history.undo() is None
    assert history.redo() is None
    assert Delta("notes", ("a", "b"), None, None).after is None


def test_an_id_given_up_in_an_edit_is_not_given_again() -> None:
    ids = iter(("a", "a", "b"))
    edit = Edit(small(), "Ids", ids=lambda: next(ids))
    edit.put("areas", Area(block="hall", id=edit.new_id("hall"), kind="zone"))
    edit.remove("areas", ("hall", "a"))
    assert edit.new_id("hall") == "b"
