"""Writes rules.md, the reference of all rules, from the register."""

from __future__ import annotations

import textwrap
from itertools import groupby
from pathlib import Path

from core.files.writing import write_safely
from core.rules.cures.cure import cures
from core.rules.rule import Rule, rules

TARGET = Path(__file__).with_name("rules.md")
WIDTH = 120

INTRODUCTION = """\
# What is checked

`docs/make_rules.py` makes this page from the rules themselves; do not edit it. There are {count} rules in
{families} families. A finding names the things concerned, the value, what it was held against and a cure; it
is a help to the designer and replaces no engineer of record.

- **Severity.** Every rule has one: error, warning or info. A project sets another, or `off`, with the setting
  `rule.<id>`, for example `rule.power.unfed` = `warning`. Rules that are off are listed in the report.
- **Waivers.** A finding can be accepted: the waiver names the rule, the block and the things concerned and
  carries author, date and reason. If it also holds a value, the finding is open again as soon as it is worse
  than that. Waivers that match no finding any more are listed.
- **Unchecked.** Where a fact is missing a rule says what is missing, and nothing of what it could not judge.
  It is then neither passed nor failed.
- **Sources.** *Recalled* is general knowledge for which no source was read; *derived* is computed from what
  was read; a *house* value or rule is ours; *as quoted* was read in a text that quotes the document. Check
  the first three before you rely on them.
"""


def page() -> str:
    """Return the whole page."""
    found = list(rules().values())
    families = [(name, list(group)) for name, group in groupby(found, lambda rule: rule.family)]
    introduction = INTRODUCTION.format(count=len(found), families=len(families))
    return "\n".join([introduction, *(_family(name, group) for name, group in families)])


def _family(name: str, group: list[Rule]) -> str:
    rows = (f"| [`{r.id}`](#{r.id.replace('.', '')}) | {r.severity.value} | {r.title} |" for r in group)
    table = "\n".join(["| rule | severity | finding |", "|---|---|---|", *rows])
    return f"## {name.capitalize()}\n\n{table}\n\n" + "\n".join(map(_entry, group))


def _entry(rule: Rule) -> str:
    paragraphs = (" ".join(part.split()) for part in rule.help.split("\n\n"))
    text = "\n\n".join(textwrap.fill(part, WIDTH, break_on_hyphens=False) for part in paragraphs)
    cure = cures().get(rule.id)
    fix = "" if cure is None else f"\n**Fix:** {cure.label}.\n"
    return f"### `{rule.id}`\n\n{text}\n{fix}"


if __name__ == "__main__":
    write_safely(TARGET, page().encode())
