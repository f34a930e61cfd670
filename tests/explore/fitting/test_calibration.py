"""Constants fitted to measurements of one's own, and which constants the program takes."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.__main__ import main
from core.engine import own_constants
from core.engine.collective_constants import read_constants as read_collectives
from core.engine.collective_constants import shipped_constants as shipped_collectives
from core.engine.training.constants import read_constants, shipped_constants
from core.errors import CagenutError, EngineError
from core.explore.fitting.calibration import calibrate, mean_over_sources
from core.explore.fitting.constants_text import constants_text
from core.explore.validation.cases import Case
from core.explore.validation.collective import predictions
from core.explore.validation.left_out import errors_text, read_errors
from core.explore.validation.workloads import computed_figures
from tests.explore.validation.test_families import shipped

CASES = shipped("workload-cases.yaml")
STEPS = [case for case in CASES if case.group in ("dgxc-v25.01", "dgxc-v25.04") and "step_s" in case.expected]
MESSAGES = [case for case in CASES if case.group == "nvlink-sharp"]


def slower(cases: list[Case], factor: float) -> list[Case]:
    """Cases that take so many times what the shipped constants say."""
    found = []
    for case in cases:
        measured = {"step_s": factor * computed_figures(case)["step_s"]}
        entry = {**case.entry, "measured": measured, "date": "2026-03-01"}
        found.append(replace(case, expected=measured, entry=entry))
    return found


def test_constants_follow_measurements() -> None:
    """All steps 10 % slower than the shipped constants say: the fit finds most of that."""
    found = calibrate("training", slower(STEPS[:20], 1.10), without=False)
    assert found.fitted < 0.04
    assert found.cases == 20
    assert found.date == "2026-03-01"
    again = read_constants(found.text)
    assert again.sources[0].evidence == "user"
    assert again.accelerators["H100"].bf16_share < shipped_constants().accelerators["H100"].bf16_share


def test_measurements_that_agree_leave_the_constants_almost_as_they_are() -> None:
    found = calibrate("training", slower(STEPS[:10], 1.0), without=False)
    assert found.fitted < 0.002
    assert found.left_out != found.left_out  # not asked for


def test_sources_are_left_out_in_turn() -> None:
    messages = [case for case in CASES if case.group in ("nvlink-sharp", "multi-node-allreduce")]
    steps: list[str] = []
    found = calibrate("collective", messages, progress=lambda done, total, words: steps.append(words))
    assert steps == ["fit to all cases", "without nvlink-sharp", "without multi-node-allreduce"]
    assert found.fitted < found.left_out < 0.5
    assert set(found.errors) == {case.id for case in messages}


def test_one_source_alone_cannot_be_left_out() -> None:
    found = calibrate("collective", MESSAGES)
    assert found.left_out != found.left_out
    assert "not computed" in found.text


def test_a_file_without_such_cases_says_what_it_has() -> None:
    with pytest.raises(CagenutError, match=r"no case of the kind 'training'. It has collective"):
        calibrate("training", MESSAGES)
    blank = replace(STEPS[0], entry={"id": "a", "kind": "training", "measured": {"step_s": 1}})
    with pytest.raises(CagenutError, match="can be computed"):
        calibrate("training", [blank])


def test_means_are_over_sources() -> None:
    cases = [
        Case(name, "training", {}, {}, group=group) for name, group in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    errors = {"a": {"step_s": (0.1, 0.2)}, "b": {"step_s": (-0.3, 0.2)}, "c": {"step_s": (0.0, -0.4)}}
    assert mean_over_sources(cases, errors, 0) == pytest.approx(0.1)
    assert mean_over_sources(cases, errors, 1) == pytest.approx(0.3)


def test_the_text_of_constants_reads_back() -> None:
    for constants, read in ((shipped_constants(), read_constants), (shipped_collectives(), read_collectives)):
        text = constants_text(constants, "one\ntwo")
        assert text.startswith("# one\n# two\n")
        assert read(text) == constants


def test_errors_read_back() -> None:
    found = {"training": {"a b": {"step_s": (0.0123, -0.5)}}}
    assert read_errors(errors_text(found)) == found


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", *arguments])
    return int(ended.value.code or 0)


def write(path: Path, cases: list[Case]) -> Path:
    entries: list[dict[str, Any]] = [case.entry for case in cases]
    path.write_text(yaml.safe_dump({"cases": entries}), encoding="utf-8")
    return path


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = write(tmp_path / "mine.yaml", MESSAGES), tmp_path / "mine.toml"
    assert status(str(file), "-o", str(out), "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["cases"], row["left_out"]) == ("collectives", len(MESSAGES), None)
    constants = read_collectives(out.read_text(encoding="utf-8"))
    assert predictions(MESSAGES[0], constants)["busbw_gb_s"] == pytest.approx(
        MESSAGES[0].expected["busbw_gb_s"], rel=0.1
    )
    before = out.read_bytes()
    assert status(str(file), "-o", str(out)) == 2
    assert "the file exists. Give another name, or --replace" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert status(str(file), "-o", str(out), "--replace", "--quick") == 0
    assert "mean error over sources" in capsys.readouterr().out


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "mine.yaml", [*MESSAGES, *STEPS[:5]])
    assert status(str(file), "-o", str(tmp_path / "a.toml")) == 2
    assert "2 kinds of constants do not go into one file" in capsys.readouterr().err
    assert status(str(file), "--inference", "-o", str(tmp_path / "a.toml")) == 2
    assert "no case of the kind 'inference'. It has collective, training" in capsys.readouterr().err
    assert not (tmp_path / "a.toml").exists()


def test_own_constants_win_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAGENUT_STATE_DIR", str(tmp_path))
    assert own_constants.training_constants() == (shipped_constants(), "")
    assert status(str(write(tmp_path / "m.yaml", slower(STEPS[:6], 1.2))), "--training", "--quick") == 0
    assert str(tmp_path / "constants" / "training.toml") in capsys.readouterr().out
    constants, words = own_constants.training_constants()
    assert constants != shipped_constants()
    assert "training are your own" in words
    (tmp_path / "constants" / "training.toml").write_text("[shared]\n", encoding="utf-8")
    with pytest.raises(EngineError, match=r"training\.toml.*remove the file"):
        own_constants.training_constants()


def test_the_shipped_left_out_file_is_what_calibrate_writes() -> None:
    path = Path(__file__).resolve().parents[3] / "resources/reference/workload-left-out.toml"
    text = path.read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {"training", "inference", "collective"}
    assert errors_text(read_errors(text)) == text
