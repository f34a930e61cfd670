"""docs/validation.md is what docs/make_validation.py makes of today's results."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from core.explore.validation.running import FAMILIES, validate
from tests.explore.validation.test_families import DESIGNS, report_of

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "validation.md").read_text(encoding="utf-8")


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_validation", DOCS / "make_validation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "throughput"])
def test_the_table_of_each_family(family: str) -> None:
    """Throughput takes minutes: its figures are made with the page, see the next test for its rows."""
    section = maker().section(family, report_of(family))
    assert section in PAGE, f"run docs/make_validation.py: the section on {family} is not up to date"


def test_throughput_has_a_row_for_each_case_and_none_falls_short() -> None:
    rows = PAGE.split("## Throughput\n")[1].split("\n## ")[0].splitlines()
    cases = [name for name, case in DESIGNS.items() if case.family == "throughput"]
    for name in cases:
        (row,) = [row for row in rows if row.startswith(f"| {name} ")]
        assert "| fail |" not in row
    assert "0 fall short" in PAGE


def test_the_tables_of_collectives() -> None:
    module = maker()
    assert module.collective_section(validate(module.collectives())) in PAGE


def test_the_tables_of_workloads() -> None:
    module = maker()
    section = module.workload_section(validate(module.cases_of(module.WORKLOADS)))
    assert section in PAGE, "run docs/make_validation.py --workloads"
