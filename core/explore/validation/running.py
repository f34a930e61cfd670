"""Running cases: by family and inputs, never by id."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from core.errors import CagenutError
from core.explore.validation.cases import Case, MissingInputError, WrongInputError, has_numbers
from core.explore.validation.collective import GroupError, judge_groups
from core.explore.validation.verdicts import CaseResult, CaseVerdict, KeyResult, judge
from core.explore.validation.workload_goals import (
    Group,
    Verdict,
    collective_comparisons,
    groups_of,
    missed,
    verdicts,
)  # fmt: skip
from core.explore.validation.workloads import KINDS, compare, with_verdicts

Rule = Callable[[Case], dict[str, Any]]
"""Computes figures of a case from its inputs; raises `MissingInputError` where they are not its own."""

FAMILIES = ("superpod", "bom", "era", "operator", "topology", "throughput", "physical", "reliability")
COLLECTIVE = "collective"
KNOWN = tuple(dict.fromkeys((*FAMILIES, COLLECTIVE, *KINDS)))


@dataclass(frozen=True)
class Report:
    """All results, in the order of the file, with the errors of sources and the goals these are held to.

    Attributes
    ----------
    groups : tuple of GroupError
        Of collectives, by the shipped constants.
    errors : tuple of Group
        Of all that is measured, by quantity and source, on cases that were not fitted where that is known.
    goals : tuple of Verdict
    """

    results: tuple[CaseResult, ...]
    groups: tuple[GroupError, ...]
    errors: tuple[Group, ...] = ()
    goals: tuple[Verdict, ...] = ()

    @property
    def is_good(self) -> bool:
        """No case falls short and no goal is missed."""
        return self.goals_met and all(result.verdict != "fail" for result in self.results)

    @property
    def goals_met(self) -> bool:
        return all(goal.is_met for goal in self.goals)

    def count(self, verdict: str) -> int:
        return sum(result.verdict == verdict for result in self.results)

    def keys(self) -> Counter[str]:
        """Figures by verdict."""
        return Counter(key.verdict for result in self.results for key in result.keys)


def validate(
    cases: Iterable[Case], family: str = "", progress: Callable[[int, int, str], None] | None = None
) -> Report:
    """Run cases.

    Parameters
    ----------
    cases : iterable of Case
    family : str, optional
        Only cases of this family.
    progress : callable, optional
        Called with done, all and the id before each case.

    Raises
    ------
    CagenutError
        If there is no case of the family.
    """
    chosen = [case for case in cases if not family or case.family == family]
    if not chosen:
        raise CagenutError(f"there is no case of family '{family}'", where="--family")
    measured, groups = judge_groups([case for case in chosen if case.family == COLLECTIVE])
    compared, found = compare(
        [case for case in chosen if case.is_measured and case.family in KINDS], progress
    )
    found += collective_comparisons(measured)
    errors = groups_of(found)
    goals = verdicts(errors, found)
    compared = with_verdicts(compared, missed(goals, found))
    # Cases of several files may have one id: they are told apart by what they are.
    done = {id(result.case): result for result in (*measured, *compared)}
    results = []
    for number, case in enumerate(chosen):
        if progress is not None:
            progress(number, len(chosen), case.id)
        results.append(done.get(id(case)) or run(case))
    return Report(tuple(results), tuple(groups), tuple(errors), tuple(goals))


def rules_of(family: str) -> tuple[Rule, ...]:
    """Return the rules of a family of cases, none if it is not known."""
    if family not in FAMILIES:
        return ()
    found: tuple[Rule, ...] = import_module(f"core.explore.validation.{family}").RULES
    return found


def run(case: Case) -> CaseResult:
    """Compute what the rules of its family can of a case, and compare."""
    computed: dict[str, Any] = {}
    problems: list[str] = []
    unfit: list[str] = []
    for rule in rules_of(case.family):
        try:
            found = rule(case)
        except WrongInputError as error:
            unfit.append(str(error))
            continue
        except MissingInputError:
            continue
        except CagenutError as error:
            problems.append(error.problem)
            continue
        except (ArithmeticError, LookupError, ValueError, StopIteration):
            # Inputs come from anybody's file: zeros and impossible sizes are no fault of the program.
            problems.append("the inputs are out of range")
            continue
        for name, value in found.items():
            if value is not None and not (isinstance(value, float) and not math.isfinite(value)):
                computed.setdefault(name, value)
    if not computed and not problems and (unfit or not is_known(case.family) or _has_inputs(case)):
        # An input that is of no use to one rule may be what another one needs: said only if none could.
        problems = list(dict.fromkeys(unfit)) or [_no_rule(case)]
    remark = "; ".join(problems)
    keys = [
        judge(case, name, computed[name], derived=derived)
        if name in computed
        else KeyResult(name, expected, None, "not_covered", derived, remark)
        for derived, figures in ((False, case.expected), (True, case.derived))
        for name, expected in figures.items()
    ]
    if all(key.verdict != "pass" for key in keys):
        # Nothing else agrees: then it is not the source that is wrong.
        keys = [replace(key, verdict="fail") if key.verdict == "disagrees" else key for key in keys]
    return CaseResult(case, _verdict(case, keys), tuple(keys), remark)


def is_known(family: str) -> bool:
    """Tell whether there are rules for cases of a family."""
    return family in KNOWN


def _no_rule(case: Case) -> str:
    if not is_known(case.family):
        known = ", ".join(KNOWN)
        return f"no family of cases is called '{case.family[:40]}'; known are: {known}"
    return f"nothing of it follows from the inputs {', '.join(name[:40] for name in case.inputs)}"


def _verdict(case: Case, keys: list[KeyResult]) -> CaseVerdict:
    verdicts = {key.verdict for key in keys}
    if "fail" in verdicts:
        return "fail"
    if not case.inputs:
        return "claim"
    if verdicts & {"pass", "disagrees"}:
        return "pass"
    return "not_covered" if _has_inputs(case) else "claim"


def _has_inputs(case: Case) -> bool:
    """Tell whether there is something to compute from: words and bounds are not."""
    return any(has_numbers(value) for name, value in case.inputs.items() if not name.endswith("_than"))
