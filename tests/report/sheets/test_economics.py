"""Performance and cost, and the assumptions, as printed: figures of the engine, what has no price by name."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from core.engine.brief import ASSUMPTIONS
from core.engine.evaluation import evaluate
from core.files.project_file import load
from core.model.change import Edit
from core.model.history import History
from core.model.project import Project
from core.model.records import Assumption, Workload
from core.report import sheets
from core.report.sheets import assumptions, economics
from core.report.specification import make_specification
from core.rules.finding import Report
from core.units import show
from tests.model import factories

EXAMPLE = Path(__file__).parents[3] / "resources/examples/superpod-h100-su.cage"


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "KINDS", (economics.sheets, assumptions.sheets))


def text_of(project: Project) -> str:
    data = make_specification(project, findings=Report())
    with pypdfium2.PdfDocument(data) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    return " ".join(" ".join(text.split()) for text in texts[1:])


def test_figures_of_the_engine_stand_on_the_sheet() -> None:
    project = load(EXAMPLE)[0]
    of, text = evaluate(project), text_of(project)
    for name in ("capex_usd", "tco_year_usd", "usd_per_gpu_hour", "usd_per_mw", "capex_shell_usd"):
        assert show(of.economics.figures[name], "USD") in text
    assert "C-961" in text
    assert "0.61 of one price for all of DGX H100" in text
    assert "NetShelter SX AR3300 Racks 10" in text
    assert f"{of.economics.unpriced:,} pieces have no price" in text
    assert "not a likely range" in text


def test_a_workload_that_does_not_run_says_why() -> None:
    project = load(EXAMPLE)[0]
    edit = Edit(project, "Ask")
    edit.put("workloads", Workload(id="w", name="Chat", kind="inference"))
    History(project).commit(edit.change())
    assert "Does not run no model is chosen" in text_of(project)


def test_assumptions_are_printed_with_range_and_owner() -> None:
    project = load(EXAMPLE)[0]
    edit = Edit(project, "Assume")
    edit.put(
        "assumptions",
        Assumption(id="discount_rate", value=0.1, low=0.09, high=0.11, source="Board, 3 March"),
    )
    History(project).commit(edit.change())
    text = text_of(project)
    assert "Discount rate 0.1 0.09 0.11 user project Board, 3 March" in text
    for house in ASSUMPTIONS.values():
        assert house.label[:60] in text


def test_a_design_without_prices_has_no_sheet_of_cost() -> None:
    assert "C-961" not in text_of(factories.small())
