"""The findings of the rules as lines of a table."""

from __future__ import annotations

from core.rules.finding import Report
from core.rules.rule import rules
from desktop.document import Document
from desktop.panels.findings import Line


def lines_of(document: Document, report: Report) -> list[Line]:
    """Return a report as lines, open findings before waived ones."""
    known = rules()
    lines = []
    for finding in (*report.findings, *report.waived):
        paths = finding.examples
        where = document.label_of(paths[0]) if paths else _block_name(document, finding.block)
        severity = "waived" if finding.waived else finding.severity.value
        note = "Waived before, worse since. " if finding.reopened else ""
        help_text = known[finding.rule].help
        lines.append(Line(severity, note + finding.message, where, finding.count, help_text, paths, finding))
    return lines


def _block_name(document: Document, block: str) -> str:
    record = document.project.blocks.get(block)
    return record.name if record is not None else ""
