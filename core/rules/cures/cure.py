"""The register of cures, and how findings are fixed: one, or all of a kind, each as one edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from core.catalogue.library import Library
from core.editing.routes import join
from core.engine.evaluation import Evaluation
from core.errors import CagenutError, EditError
from core.model.change import Edit
from core.rules.finding import Finding
from core.rules.folding import MOST_SUBJECTS


@dataclass(frozen=True, eq=False)
class Known:
    """What a cure may look at besides the records.

    Attributes
    ----------
    evaluation : Evaluation
        Of the design in which the finding was made.
    library : Library
        The catalogue.
    added_w : dict
        What cures have hung on feeders since, by path [W].
    """

    evaluation: Evaluation
    library: Library
    added_w: dict[str, float] = field(default_factory=dict)


CureFunction: TypeAlias = Callable[[Edit, Finding, Known], None]


@dataclass(frozen=True)
class Cure:
    """What is certain to make a finding of one rule go away.

    Attributes
    ----------
    rule : str
        Id of the rule.
    label : str
        What it does, as a button says it: "Name it".
    function : callable
        Fills an edit from a finding; raises `EditError` where it cannot be done, with the reason.
    """

    rule: str
    label: str
    function: CureFunction


_cures: dict[str, Cure] = {}


def cure(label: str, *rule_ids: str) -> Callable[[CureFunction], CureFunction]:
    """Register a function as the cure of rules.

    Raises
    ------
    ValueError
        If a rule has a cure already.
    """

    def register(function: CureFunction) -> CureFunction:
        for rule_id in rule_ids:
            if rule_id in _cures:
                raise ValueError(f"rule '{rule_id}' has two cures")
            _cures[rule_id] = Cure(rule_id, label, function)
        return function

    return register


def cures() -> Mapping[str, Cure]:
    """Return all cures by the id of their rule, in order."""
    from core.rules.cures import cords, data, hoses, lengths, plugs, rails, units

    assert all((cords, data, hoses, lengths, plugs, rails, units))  # importing them has registered them
    return dict(sorted(_cures.items()))


def fix(edit: Edit, finding: Finding, known: Known) -> None:
    """Do what is certain to make a finding go away: all of it, or nothing.

    Raises
    ------
    EditError
        If its rule has no such cure, or it cannot be done here; the reason is said.
    """
    found = cures().get(finding.rule)
    if found is None:
        raise EditError("nothing is certain to mend this", cure="The finding says what can be done")
    one = Edit(edit, edit.label)
    found.function(one, finding, known)
    change = one.change()
    if not change.deltas:
        raise EditError("there is nothing left to mend", cure="Wait for the results to follow")
    for delta in change.deltas:
        if delta.after is None:
            edit.remove(delta.table, delta.key)
        else:
            edit.put(delta.table, delta.after)
    edit.notes += [note for note in one.notes if note not in edit.notes]
    if len(finding.subjects) == MOST_SUBJECTS:
        edit.notes.append(f"The first {MOST_SUBJECTS} of them; fix again for those after")


class Fixed(NamedTuple):
    """What came of fixing several findings.

    Attributes
    ----------
    done : tuple of Finding
    left : tuple of (Finding, str)
        Those that could not be fixed, and why.
    """

    done: tuple[Finding, ...]
    left: tuple[tuple[Finding, str], ...]


def fix_all(edit: Edit, findings: Iterable[Finding], known: Known) -> Fixed:
    """Fix findings one after the other in one edit; what cannot be fixed stays as it is."""
    done, left = [], []
    for finding in findings:
        try:
            fix(edit, finding, known)
        except CagenutError as error:
            left.append((finding, str(error)))
        else:
            done.append(finding)
    return Fixed(tuple(done), tuple(left))


def placed(edit: Edit, finding: Finding) -> str:
    """Return the path of a placed copy of the block of a finding, from the block that is built."""
    if finding.block == edit.top:
        return ""
    for example in finding.examples:
        holder, steps = edit.top, example.split("/")
        for depth, step in enumerate(steps):
            instance = edit.instances(holder).get(step)
            if instance is None:
                break
            holder = instance.of
            if holder == finding.block:
                return "/".join(steps[: depth + 1])
    raise EditError("nothing of it is built", cure="Place it, or remove it")


def subjects(edit: Edit, finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the subjects of a finding, as paths from its block and from the block that is built."""
    above = placed(edit, finding)
    for path in finding.subjects:
        yield path, join(above, path)
