"""`cagenut cost`: what is printed agrees with the engine, and what cannot be worked out is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.engine.evaluation import evaluate
from core.files.project_file import load, save
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Assumption

EXAMPLE = Path(__file__).parents[1] / "resources/examples/superpod-h100-su.cage"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_the_command_prints_what_the_engine_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", str(EXAMPLE), "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    of = evaluate(load(EXAMPLE)[0]).economics
    assert {name: figure["likely"] for name, figure in printed["figures"].items()} == of.figures
    hour = printed["figures"]["usd_per_gpu_hour"]
    assert hour["low_bound"] < hour["p10"] < hour["p50"] < hour["p90"] < hour["high_bound"]
    assert printed["tornado"]["figure"] == "usd_per_gpu_hour"
    assert len(printed["tornado"]["inputs"]) == 10
    assert printed["unpriced"] == of.unpriced > 0
    assert {one["name"] for one in printed["inputs"]} >= {"discount_rate", "price:nvidia-dgx-h100"}


def test_the_table_names_domains_and_what_has_no_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", str(EXAMPLE), "--figure", "capex_usd") == 0
    printed = capsys.readouterr().out
    assert "What moves it: Capital cost" in printed
    assert "Optics and cables" in printed
    assert "pieces have no price and count nothing." in printed


def test_an_unknown_figure_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", str(EXAMPLE), "--figure", "usd_per_smile") == 2
    printed = capsys.readouterr().err
    assert "there is no figure 'usd_per_smile'" in printed
    assert "usd_per_gpu_hour" in printed


def test_an_impossible_life_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = load(EXAMPLE)[0]
    edit = Edit(project, "Assume")
    edit.put("assumptions", Assumption(id="life_network_years", value=0.0))
    History(project).commit(edit.change())
    save(project, tmp_path / "short.cage", None)
    assert run("cost", str(tmp_path / "short.cage")) == 2
    assert "Life of network, optics and cables: must be above 0 years" in capsys.readouterr().err


def test_an_empty_design_has_no_cost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(Project("empty"), tmp_path / "empty.cage", None)
    assert run("cost", str(tmp_path / "empty.cage")) == 2
    assert "the design is empty" in capsys.readouterr().err
