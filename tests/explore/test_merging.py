"""Two people's changes brought together: conflicts by hand, and the laws a merge keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from core.__main__ import app
from core.editing.blocks import new_floor_block
from core.editing.remove import remove
from core.errors import CagenutError
from core.explore.merging import Side, merge
from core.files.project_file import load, save
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Block, Device, LinkedBlock, Requirement, Revision
from tests.model.factories import small

Fill = Callable[[Edit], None]


def edited(*fills: Fill) -> Project:
    project = small()
    for fill in fills:
        edit = Edit(project, "Edit")
        fill(edit)
        History(project).commit(edit.change())
    return project


def put(table: str, block: str, record_id: str, **fields: object) -> Fill:
    return lambda edit: edit.replace(table, (block, record_id), **fields)


def require(name: str, value: float) -> Fill:
    return lambda edit: edit.put("requirements", Requirement(id=name, value=value))


RENAMED = put("instances", "hall", "r1", name="First")
OTHER = put("instances", "hall", "r1", name="Second")
MOVED = put("instances", "hall", "r1", x_mm=1234)


def test_changes_of_different_fields_of_one_record_join() -> None:
    found = merge(small(), edited(RENAMED), edited(MOVED))
    record = found.project.instances("hall")["r1"]
    assert (record.name, record.x_mm) == ("First", 1234)
    assert (found.conflicts, found.problems, found.taken, found.is_done) == ((), (), 1, True)


def test_one_field_changed_otherwise_is_a_conflict_with_both_values() -> None:
    ours, theirs = edited(RENAMED), edited(put("instances", "hall", "r1", name="Second"))
    found = merge(small(), ours, theirs)
    (conflict,) = found.conflicts
    assert conflict.words == 'placed drawing First, name: ours "First", theirs "Second"'
    assert not found.is_done
    assert found.project.instances("hall")["r1"].name == "First"
    chosen = merge(small(), ours, theirs, {conflict.where: "theirs"})
    assert chosen.is_done
    assert chosen.project.instances("hall")["r1"].name == "Second"


def test_removed_by_one_and_changed_by_the_other() -> None:
    ours = edited(lambda edit: edit.remove("notes", ("hall", "n1")))
    theirs = edited(put("notes", "hall", "n1", x_mm=7))
    (conflict,) = merge(small(), ours, theirs).conflicts
    assert (conflict.field, conflict.ours, conflict.theirs) == ("", "removed", "changed")
    kept = merge(small(), ours, theirs, {conflict.where: "theirs"})
    assert kept.project.rows("notes", "hall")["n1"].x_mm == 7


def test_what_leads_nowhere_is_told() -> None:
    """Ours removes a rack; theirs writes an override of a server in it."""
    ours = edited(lambda edit: remove(edit, "hall", ["r2"]))
    theirs = edited(put("overrides", "hall", "o1", path="r2/srv"))
    found = merge(small(), ours, theirs)
    assert any("leads to nothing" in problem for problem in found.problems)
    assert not found.is_done


def test_filled_into_an_edit_it_is_one_step() -> None:
    ours, theirs = edited(RENAMED), edited(MOVED, require("budget_usd", 5.0))
    found = merge(small(), ours, theirs)
    before, history = edited(RENAMED), History(ours)
    edit = Edit(ours, "Merge")
    found.fill(edit)
    history.commit(edit.change())
    assert ours.same_records(found.project)
    history.undo()
    assert ours.same_records(before)


STEPS: list[Fill] = [
    RENAMED,
    MOVED,
    put("instances", "hall", "r1", x_mm=99, note="there"),
    put("instances", "hall", "r2", name="Last"),
    put("requirements", "", "facility_power_w", value=1.0),
    require("budget_usd", 7.0),
    require("budget_usd", 8.0),
    lambda edit: edit.remove("notes", ("hall", "n1")) if ("n1" in edit.rows("notes", "hall")) else None,
]
some = st.lists(st.sampled_from(STEPS), max_size=5)


@given(ours=some, theirs=some)
def test_laws(ours: list[Fill], theirs: list[Fill]) -> None:
    base, one, other = small(), edited(*ours), edited(*theirs)
    assert merge(base, base, other).project.same_records(other)
    assert merge(base, one, base).project.same_records(one)
    assert merge(base, one, one).project.same_records(one)
    there, back = merge(base, one, other), merge(base, other, one)
    assert {c.where for c in there.conflicts} == {c.where for c in back.conflicts}
    mine = {c.where: "ours" for c in there.conflicts}
    yours = {c.where: "theirs" for c in back.conflicts}
    one_way = merge(base, one, other, mine)  # type: ignore[arg-type]
    assert one_way.project.same_records(merge(base, other, one, yours).project)  # type: ignore[arg-type]
    assert one_way.problems == ()


def test_on_the_command_line(tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.cage" for name in ("base", "ours", "theirs")}
    designs = (small(), edited(RENAMED), edited(put("instances", "hall", "r1", name="Second")))
    for path, project in zip(paths.values(), designs, strict=True):
        save(project, path, None)
    out = tmp_path / "out.cage"
    arguments = ["merge", *(str(path) for path in paths.values()), "-o", str(out)]
    run = CliRunner().invoke(app, arguments)
    assert (run.exit_code, out.exists()) == (1, False)
    assert 'conflict: placed drawing First, name: ours "First", theirs "Second"' in run.stdout
    listed = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    listed["conflicts"][0]["side"] = "theirs"
    (tmp_path / "choices.json").write_text(json.dumps(listed))
    run = CliRunner().invoke(app, [*arguments, "--choices", str(tmp_path / "choices.json")])
    assert run.exit_code == 0, run.stdout
    assert load(out)[0].instances("hall")["r1"].name == "Second"
    run = CliRunner().invoke(app, [*arguments, "--replace", "--prefer", "ours"])
    assert run.exit_code == 0
    assert load(out)[0].instances("hall")["r1"].name == "First"


@pytest.mark.parametrize("text", ["nonsense", '{"conflicts": 3}', '{"conflicts": [{"side": "ours"}]}'])
def test_bad_choices_are_told(tmp_path: Path, text: str) -> None:
    from core.errors import CagenutError

    path, choices = tmp_path / "a.cage", tmp_path / "c.json"
    save(small(), path, None)
    choices.write_text(text)
    run = CliRunner().invoke(
        app, ["merge", *[str(path)] * 3, "-o", str(tmp_path / "o.cage"), "--choices", str(choices)]
    )
    assert isinstance(run.exception, CagenutError)
    assert "these are no choices" in str(run.exception)


def linked(version: str, *names: str) -> Project:
    """A design with a linked rack drawing of some servers."""

    def fill(edit: Edit) -> None:
        edit.put("blocks", Block(id="lr", name="Linked", kind="rack", rack_type="rack42"))
        for number, name in enumerate(names):
            spot = {"type": "server8", "name": name, "half_u": 16 * number}
            edit.put("devices", Device(block="lr", id=f"d{number}", **spot))  # type: ignore[arg-type]
        edit.put("linked", LinkedBlock(id="lk", file="r.cage", of="x", revision=version, members={"x": "lr"}))

    return edited(fill)


def test_a_linked_drawing_is_as_one_side_has_it_whole() -> None:
    base, ours, theirs = linked("A", "a", "b"), linked("B", "a", "c"), linked("C", "x", "b", "y")
    found = merge(base, ours, theirs)
    (clash,) = found.conflicts
    assert clash.words == "linked drawing r.cage: ours revision B, theirs revision C"
    assert not found.is_done
    sides: dict[Side, tuple[str, list[str]]] = {"ours": ("B", ["a", "c"]), "theirs": ("C", ["x", "b", "y"])}
    for side, (version, names) in sides.items():
        done = merge(base, ours, theirs, {clash.where: side})
        assert done.is_done
        assert done.project.rows("linked")["lk"].revision == version
        assert [d.name for d in done.project.devices("lr").values()] == names
    edit = Edit(ours, "Merge")
    merge(base, ours, theirs, {clash.where: "theirs"}).fill(edit)
    History(ours).commit(edit.change())
    assert [d.name for d in ours.devices("lr").values()] == ["x", "b", "y"]
    alone = merge(base, base, theirs)
    assert alone.is_done
    assert [d.name for d in alone.project.devices("lr").values()] == ["x", "b", "y"]


def test_designs_that_have_nothing_in_common_are_not_merged() -> None:
    other = Project("other")
    edit = Edit(other, "New")
    new_floor_block(edit, "Elsewhere")
    History(other).commit(edit.change())
    with pytest.raises(CagenutError, match="not versions of one design"):
        merge(small(), small(), other)


def priced(low: float, high: float) -> Project:
    return edited(lambda edit: edit.replace("blocks", ("", "hall"), price_low_usd=low, price_high_usd=high))


def test_fields_that_make_no_record_together_are_a_conflict() -> None:
    """One raises the low price above what the other lowers the high one to."""
    base, ours, theirs = priced(2e6, 3e6), priced(2.9e6, 3e6), priced(2e6, 2.1e6)
    found = merge(base, ours, theirs)
    (conflict,) = found.open
    assert conflict.field == ""
    chosen = merge(base, ours, theirs, {conflict.where: "theirs"})
    assert chosen.is_done
    assert chosen.project.blocks["hall"].price_high_usd == 2.1e6
    assert chosen.project.blocks["hall"].price_low_usd == 2e6
    assert merge(base, priced(2.05e6, 3e6), theirs).is_done


def test_what_only_they_issued_is_told(tmp_path: Path) -> None:
    theirs = edited(
        RENAMED, lambda edit: edit.put("revisions", Revision(id="b", number="B", date="2026-11-01"))
    )
    assert merge(small(), small(), theirs).left == ("B",)
    for name, project in (("base", small()), ("theirs", theirs)):
        save(project, tmp_path / f"{name}.cage", ABSENT)
    base = str(tmp_path / "base.cage")
    arguments = ["merge", base, base, str(tmp_path / "theirs.cage"), "-o", str(tmp_path / "m.cage")]
    said = CliRunner().invoke(app, arguments)
    assert (said.exit_code, "revision B of theirs.cage is not taken" in said.output) == (0, True)
    said = CliRunner().invoke(app, [*arguments[:-1], str(tmp_path / "m.txt")])
    assert "written as *.cage" in str(said.exception)


@pytest.mark.parametrize(
    ("side", "key", "words"), [("thiers", "r1", "is no side"), ("ours", "x", "no conflict")]
)
def test_choices_that_choose_nothing_are_refused(tmp_path: Path, side: str, key: str, words: str) -> None:
    for name, project in (("base", small()), ("ours", edited(RENAMED)), ("theirs", edited(OTHER))):
        save(project, tmp_path / f"{name}.cage", ABSENT)
    row = {"table": "instances", "key": ["hall", key], "field": "name", "side": side}
    (tmp_path / "c.json").write_text(json.dumps({"conflicts": [row]}))
    files = [str(tmp_path / f"{name}.cage") for name in ("base", "ours", "theirs")]
    out = tmp_path / "m.cage"
    choices = ["--choices", str(tmp_path / "c.json"), "--prefer", "ours"]
    said = CliRunner().invoke(app, ["merge", *files, "-o", str(out), *choices])
    assert isinstance(said.exception, CagenutError)
    assert words in str(said.exception)
    assert not out.exists()
