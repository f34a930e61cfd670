"""No false alarm on the examples that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

import resources
from core.catalogue.library import Library
from core.engine.evaluation import Evaluator
from core.files.project_file import load
from core.rules.checking import Checker
from core.rules.finding import Severity

EXAMPLES = sorted((Path(resources.__file__).parent / "examples").glob("*.cage"))
HONEST: dict[tuple[str, str], str] = {}
"""(Example, rule): why the finding is right."""


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_have_no_errors_and_no_warnings_but_honest_ones(path: Path) -> None:
    project, _ = load(path)
    report = Checker(project, Library.builtin()).check(Evaluator(project).evaluate())
    serious = [f for f in report.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
    unexpected = [f"{f.rule}: {f.message}" for f in serious if (path.stem, f.rule) not in HONEST]
    assert unexpected == []
    for finding in (*report.findings, *report.waived):
        assert all(project.resolve(finding.block, subject) is not None for subject in finding.subjects)
        assert all(not p or project.resolve(project.top, p) is not None for p in finding.examples)
