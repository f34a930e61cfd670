"""`cagenut links`: listed, linked, checked, brought up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.__main__ import app
from core.editing.blocks import new_floor_block
from core.files.project_file import load, save
from core.files.writing import ABSENT
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from tests.editing.test_linking_files import altered, unit_file


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """An empty hall, and the unit of H100 issued as A."""
    source, _ = unit_file(tmp_path)
    project = Project()
    edit = Edit(project, "New")
    new_floor_block(edit, "Hall")
    History(project).commit(edit.change())
    hall = tmp_path / "hall.cage"
    save(project, hall, ABSENT)
    return hall, source


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["links", *map(str, arguments)])


def test_a_link_is_made_checked_and_brought_up_to_date(files: tuple[Path, Path]) -> None:
    hall, source = files
    assert run(hall).output == "No drawing is linked.\n"
    project = load(source)[0]
    (unit,) = project.instances(project.top).values()
    name = project.blocks[unit.of].name
    found = run(hall, "--add", f"{source}@A", "--block", name, "--date", "2026-11-23")
    assert found.exit_code == 0, found.output
    assert f"{name}: unit.cage, revision A: up to date" in found.output
    altered(source)
    assert run(hall, "--check").exit_code == 1
    found = run(hall, "--update", name)
    assert f"{name}: unit.cage, revision B: up to date" in found.output
    assert run(hall, "--check").exit_code == 0
    (row,) = json.loads(run(hall, "--json").stdout)["links"]
    assert (row["revision"], row["state"]) == ("B", "up to date")
    back = run(hall, "--update", f"{name}@A")
    assert "revision A: revision B is newer" in back.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--add", "none.cage", "--block", "x"], "cannot be read"),
        (["--update", "nothing"], "no linked drawing is called 'nothing'"),
        (["--add", "a", "--update", "b"], "link one or update one"),
    ],
)
def test_what_cannot_be_is_told(files: tuple[Path, Path], arguments: list[str], said: str) -> None:
    hall, _ = files
    before = hall.read_bytes()
    found = run(hall, *arguments)
    assert found.exit_code != 0
    assert said in str(found.exception or found.output)
    assert hall.read_bytes() == before


def test_a_drawing_that_the_source_lacks_is_named(files: tuple[Path, Path]) -> None:
    hall, source = files
    found = run(hall, "--add", source, "--block", "nothing")
    assert "has no drawing 'nothing'" in str(found.exception or found.output)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--block", "x"], "the file to link from is not said"),
        (["--add", "hall.cage", "--block", "Hall"], "not linked to itself"),
        (["--add", "unit.cage", "--block", "x", "--date", "soon"], "'soon' is no date"),
    ],
)
def test_what_makes_no_sense_is_told(
    files: tuple[Path, Path], arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, _ = files
    monkeypatch.chdir(hall.parent)
    found = run(hall, *arguments)
    assert said in str(found.exception or found.output)
