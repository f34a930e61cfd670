"""A design file is mended from the command line: what is certain, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalogue.library import Library
from core.errors import CagenutError, FileError
from core.explore.fixing import fix_design, fix_file
from core.files.lock import Lock
from core.files.project_file import load, save
from core.rules.cures.cure import cures
from tests.rules.plan import Plan
from tests.rules.test_cures import both_cords_on_one_side
from tests.test_command_line import run


def faulty() -> Plan:
    """No name, both cords on one side, a length that is too short; and an overload nothing is certain for."""
    plan = Plan()
    both_cords_on_one_side(plan)
    plan.change("devices", "r", "s1", name="")
    plan.change("links", "h", "x1", length_m=1.0)
    for name in "AB":
        plan.change("sources", "", name, capacity_w=4500)
    return plan


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.cage"
    save(faulty().project(), path, None)
    return path


def test_what_is_certain_is_mended_and_the_rest_stays() -> None:
    found = fix_design(faulty().project(), Library({}))
    assert {finding.rule for finding in found.done} == {
        "power.cord_pair",
        "data.unnamed",
        "cabling.too_short",
    }
    assert found.left == []
    assert {finding.rule for finding in found.report.findings} == {"power.source_overload"}


def test_only_the_rules_asked_for(file: Path) -> None:
    found = fix_file(file, Library({}), ["data.unnamed"])
    assert [finding.rule for finding in found.done] == ["data.unnamed"]
    assert load(file)[0].devices("r")["s1"].name == "sw-01"
    assert load(file)[0].links("h")["x1"].length_m == 1.0
    with pytest.raises(CagenutError, match=r"rule 'power.overload' has no certain cure"):
        fix_file(file, Library({}), ["power.overload"])


def test_a_design_without_faults_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "sound.cage"
    save(Plan().project(), path, None)
    before = path.stat().st_mtime_ns, path.read_bytes()
    assert fix_file(path, Library({})).done == []
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_a_design_that_is_open_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, lock = file.read_bytes(), Lock(file)
    with pytest.raises(FileError, match="the design is open"):
        fix_file(file, Library({}))
    lock.release()
    assert file.read_bytes() == data


def test_the_command_lists_what_it_mended(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(file), "--fix") == 1  # the sources are still overloaded
    said = capsys.readouterr().out
    assert said.count("fixed   ") == 3
    assert "fixed   data.unnamed" in said
    assert run("check", str(file)) == 1
    assert "data.unnamed" not in capsys.readouterr().out


def test_every_cure_has_a_label_that_a_button_can_hold() -> None:
    assert all(4 <= len(cure.label) <= 34 for cure in cures().values())
