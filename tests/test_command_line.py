"""The command line, run as a user would: real processes' `main`, real files, exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.engine.evaluation import evaluate
from core.files.project_file import load, save
from core.model.project import Project
from tests.model import factories

PROMISED = {
    "racks",
    "devices",
    "accelerators",
    "links",
    "cables",
    "space_used_u",
    "space_reserved_u",
    "space_total_u",
    "mass_kg",
    "power_typical_w",
    "power_max_w",
    "heat_air_w",
    "heat_liquid_w",
    "airflow_m3h",
    "coolant_flow_lpm",
    "tflops_bf16_dense",
    "tflops_fp8_dense",
    "capex_low_usd",
    "capex_high_usd",
}


def run(*arguments: str) -> int:
    """Run `cagenut` and return its exit status."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    code = ended.value.code
    return int(code) if code is not None else 0


@pytest.fixture
def design(tmp_path: Path) -> Path:
    path = tmp_path / "small.cage"
    save(factories.small(), path, None)
    return path


def test_evaluate_prints_every_promised_quantity_as_json(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", str(design), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert set(data["quantities"]) >= PROMISED
    for entry in data["quantities"].values():
        assert {"value", "unit", "evidence"} <= set(entry)
    evaluation = evaluate(load(design)[0])
    assert data["quantities"]["devices"]["value"] == evaluation.quantities["devices"].value
    assert len(data["racks"]) == data["quantities"]["racks"]["value"]
    assert [f["id"] for f in data["fabrics"]] == [f.fabric for f in evaluation.network.fabrics]


def test_evaluate_prints_a_table_that_names_unknown_values(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("evaluate", str(design)) == 0
    text = capsys.readouterr().out
    assert "Power, maximum sustained" in text
    assert "unknown" in text


@pytest.mark.parametrize("command", ["evaluate", "check", "spec", "verify"])
def test_a_missing_file_ends_with_status_2_and_one_clear_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nowhere.cage"
    extra = ("-o", str(tmp_path / "out.pdf")) if command == "spec" else ()
    assert run(command, str(missing), *extra) == 2
    captured = capsys.readouterr()
    assert "nowhere.cage" in captured.err
    assert "Traceback" not in captured.err
    assert len(captured.err.strip().splitlines()) == 1


def test_a_damaged_file_is_named_with_its_line(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = design.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if '"half_u"' in line)
    lines[at] = lines[at].replace('"half_u":', '"half_u":"x",')
    design.write_text("\n".join(lines))
    assert run("evaluate", str(design)) == 2
    assert f"line {at + 1}" in capsys.readouterr().err


def test_an_empty_design_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.cage"
    save(Project(), path, None)
    assert run("evaluate", str(path)) == 2
    assert "empty" in capsys.readouterr().err


def test_check_tells_errors_by_its_status(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = run("check", str(design), "--json")
    report = json.loads(capsys.readouterr().out)
    assert status == (1 if report["errors"] else 0)


def test_a_set_verifies_until_its_attachment_is_touched(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set.pdf"
    assert run("spec", str(design), "-o", str(out)) == 0
    assert run("verify", str(out)) == 0
    out.write_bytes(out.read_bytes()[:-400])
    assert run("verify", str(out)) in (1, 2)
    assert "Traceback" not in capsys.readouterr().err


def test_an_unknown_paper_is_refused_before_anything_is_written(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set.pdf"
    assert run("spec", str(design), "-o", str(out), "--paper", "letter") == 2
    assert "A3" in capsys.readouterr().err
    assert not out.exists()


def test_the_catalogue_is_searched_by_all_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("catalogue", "qm9700") == 0
    assert "nvidia-qm9700" in capsys.readouterr().out
    assert run("catalogue", "no", "such", "thing") == 1


def test_a_new_design_evaluates_and_does_not_overwrite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.cage"
    assert run("new", "--template", "rack-nvl72-gb200", "-o", str(path)) == 0
    project = load(path)[0]
    assert evaluate(project).quantities["accelerators"].value == 72
    assert run("new", "-o", str(path)) == 2
    assert "exists" in capsys.readouterr().err


def test_an_unknown_template_names_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("new", "--template", "nothing", "-o", str(tmp_path / "x.cage")) == 2
    assert "rack-nvl72-gb200" in capsys.readouterr().err


def test_a_set_never_replaces_a_design_and_a_pdf_only_if_asked(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = design.read_bytes()
    assert run("spec", str(design), "-o", str(design)) == 2
    assert design.read_bytes() == before
    out = tmp_path / "set.pdf"
    out.write_bytes(b"something else")
    assert run("spec", str(design), "-o", str(out)) == 2
    assert "--replace" in capsys.readouterr().err
    assert out.read_bytes() == b"something else"
    assert run("spec", str(design), "-o", str(out), "--replace") == 0
    assert run("verify", str(out)) == 0


def test_what_is_no_pdf_cannot_be_verified(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", str(design)) == 2
    assert "no PDF" in capsys.readouterr().err


def test_without_a_display_the_window_is_refused_in_words(
    design: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert run(str(design)) == 2
    assert "display" in capsys.readouterr().err


def test_a_mistyped_command_is_not_taken_for_a_design(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evalute") == 2
    assert "no such file" in capsys.readouterr().err


def test_more_than_hosts_can_send_is_headroom(capsys: pytest.CaptureFixture[str]) -> None:
    # 4 units of 32 hosts: of 1,016 GPUs elsewhere 31 are on the own leaf; 985 / 1016 of the rate goes up.
    assert run("generate", "rail-optimised", "-p", "hosts=128") == 0
    assert "100 %, headroom 3.15 %" in capsys.readouterr().out
