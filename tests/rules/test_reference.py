"""The page on the rules is what the register makes, and no help text cites what does not ship."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from core.rules.rule import Rule, rules

DOCS = Path(__file__).resolve().parents[2] / "docs"
INTERNAL = re.compile(r'standards\s+facts|"Fabrics"|physical-standards|fabrics\.md|/shared/', re.IGNORECASE)


def test_page_is_what_the_script_makes() -> None:
    made = runpy.run_path(str(DOCS / "make_rules.py"))["page"]()
    assert (DOCS / "rules.md").read_bytes() == made.encode(), "run docs/make_rules.py"


def test_page_has_every_rule_once_in_table_and_text() -> None:
    text = (DOCS / "rules.md").read_text(encoding="utf-8")
    for name, rule in rules().items():
        row = f"| [`{name}`](#{name.replace('.', '')}) | {rule.severity.value} | {rule.title} |\n"
        assert text.count(row) == 1, name
        assert text.count(f"### `{name}`\n") == 1, name


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.id)
def test_help_cites_a_source_that_can_be_found(rule: Rule) -> None:
    assert sum(line.startswith("Source: ") for line in rule.help.splitlines()) == 1
    assert not INTERNAL.search(rule.help)
