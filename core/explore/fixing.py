"""A design file is checked, what is certain is mended, and the file is written if anything was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core import units
from core.engine.evaluation import Evaluator
from core.errors import CagenutError, FileError
from core.files import project_file
from core.files.lock import lock_file, read_lock
from core.model.change import Edit
from core.model.history import History
from core.rules.checking import Checker
from core.rules.cures.cure import Known, cures, fix_all
from core.rules.finding import Finding, Report

if TYPE_CHECKING:
    from core.catalogue.library import Library
    from core.model.project import Project


@dataclass
class FixedDesign:
    """What came of it.

    Attributes
    ----------
    report : Report
        Of the design as it is then.
    done : list of Finding
    left : list of (Finding, str)
        Findings with a cure that could not be done, and why.
    """

    report: Report
    done: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, str]] = field(default_factory=list)


def fix_design(project: Project, library: Library, only: Collection[str] = ()) -> FixedDesign:
    """Fix the findings of a project rule by rule, checking it anew after each.

    Parameters
    ----------
    project : Project
        Altered in place.
    library : Library
    only : collection of str
        Ids of rules; all that have a cure if empty.

    Raises
    ------
    CagenutError
        If one of `only` has no cure.
    """
    for name in only:
        if name not in cures():
            raise CagenutError(
                f"rule '{name}' has no certain cure", cure=f"Those that have: {', '.join(cures())}"
            )
    history, evaluator, checker = History(project), Evaluator(project), Checker(project, library)
    evaluation = evaluator.evaluate()
    found = FixedDesign(checker.check(evaluation))
    for name, cure in cures().items():
        mine = found.report.of(name)
        if not mine or (only and name not in only):
            continue
        edit = Edit(project, cure.label)
        fixed = fix_all(edit, mine, Known(evaluation, library))
        found.left += fixed.left
        if history.commit(edit.change()):
            found.done += fixed.done
            evaluation = evaluator.evaluate()
            found.report = checker.check(evaluation)
    return found


def fix_file(path: Path, library: Library, only: Collection[str] = ()) -> FixedDesign:
    """Fix the findings of a design file; it is written, safely, only if something was mended.

    Raises
    ------
    FileError
        If it cannot be read or written, or is open in a window.
    """
    holder = read_lock(lock_file(path))
    if holder is not None and not holder.is_stale:
        raise FileError(
            "the design is open", where=str(path), cure="Close it there, or fix the findings there"
        )
    project, file_hash = project_file.load(path)
    units.choose(project.setting(units.SETTING))
    found = fix_design(project, library, only)
    if found.done:
        project_file.save(project, path, file_hash)
    return found
