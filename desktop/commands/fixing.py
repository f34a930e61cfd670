"""Findings are fixed: the one that is selected, or all of its kind, each time as one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.editing.routes import counted
from core.errors import CagenutError, EditError
from core.model.change import Edit
from core.rules.cures.cure import Cure, Known, cures, fix, fix_all

if TYPE_CHECKING:
    from core.rules.finding import Finding
    from desktop.main_window import MainWindow


def cure_of(rule: str) -> Cure | None:
    """Return what is certain to mend findings of a rule, or None."""
    return cures().get(rule)


def can_fix(window: MainWindow, finding: Finding) -> bool:
    """Tell whether a finding can be fixed as the design is now; nothing is edited."""
    document, outcome = window.document, window.evaluation.outcome
    if document is None or outcome is None or not window.evaluation.is_current:
        return False
    try:
        fix(Edit(document.project, "Trial"), finding, Known(outcome.evaluation, window.library))
    except CagenutError:
        return False
    return True


def fix_findings(window: MainWindow, findings: Sequence[Finding]) -> str:
    """Fix findings of one rule in one step, and return in words what was done.

    Raises
    ------
    EditError
        If nothing could be fixed; the reason is that of the first.
    """
    document, outcome = window.document, window.evaluation.outcome
    if document is None or not findings:
        raise EditError("no finding is selected", cure="Select one in the list of findings")
    if outcome is None or not window.evaluation.is_current:
        raise EditError("the results are being worked out", cure="Try again in a moment")
    known = Known(outcome.evaluation, window.library)
    cure = cure_of(findings[0].rule)
    edit = document.edit(f"Fix: {cure.label}" if cure is not None else "Fix")
    if len(findings) == 1:
        fix(edit, findings[0], known)
        if not document.commit_edit(edit):
            raise EditError("it is mended already")
        copies = document.project.placements().get(findings[0].block, 1)
        where = f" in all {copies:,} copies of the drawing" if copies > 1 else ""
        return f"{edit.label}{where}. Ctrl+Z takes it back"
    fixed = fix_all(edit, findings, known)
    if not fixed.done:
        raise EditError(f"none of {counted(len(findings), 'finding')} could be fixed: {fixed.left[0][1]}")
    document.commit_edit(edit)
    words = f"{edit.label}: {counted(len(fixed.done), 'finding')} fixed"
    if fixed.left:
        words += f", {len(fixed.left):,} not: {fixed.left[0][1]}"
    return words
