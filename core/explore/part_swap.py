"""One part in the place of another one: whether it fits, and what it does to every figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.catalogue.library import Library
from core.editing.fields import Watch, unwatched
from core.editing.refit import Refit, retype_all
from core.editing.retype import Misfit
from core.editing.routes import counted
from core.engine.evaluation import Evaluation, evaluate
from core.engine.quantities import Quantity
from core.engine.workloads import Workloads
from core.errors import CagenutError
from core.model.change import Edit
from core.model.history import History
from core.model.linked import links_of
from core.model.phasing import built_up_to
from core.model.project import Project
from core.model.types import DeviceType
from core.rules.checking import Checker
from core.rules.finding import Report, Severity
from core.rules.rule import rules

LAST = 1_000_000_000
"""Order of phases that none comes after."""
ASPECTS: dict[str, tuple[str, ...]] = {
    "Mechanical": ("space", "mass"),
    "Electrical": ("power", "safety"),
    "Ports": ("network", "cabling", "data", "fibre", "pathways"),
    "Cooling": ("cooling",),
    "Workloads": (),
}
"""What a part has to fit in, each with the families of rules that judge it; workloads run or they do not."""


@dataclass(frozen=True)
class Difference:
    """A figure before and after a swap."""

    before: Quantity
    after: Quantity

    @property
    def ratio(self) -> float | None:
        """After over before; None where nobody knows or nothing was there before."""
        before, after = self.before.value, self.after.value
        if not before or after is None or not self.before.is_comparable(self.after):
            return None
        return after / before


@dataclass(frozen=True)
class Swap:
    """What becomes of a design if a part takes the place of another one.

    Attributes
    ----------
    of, by : str
        Ids of the types.
    refit : Refit
        Devices that changed, that moved, that stayed for want of room, and cables that do not fit.
    differences : tuple of Difference
        Figures that differ.
    over : tuple of str
        Labels of figures that are beyond the brief after it and were not before.
    obstacles : dict of str to tuple of str
        Why it does not fit, by aspect (`ASPECTS`): devices without room, connections without a port, and
        rules that find more errors than before. An aspect without an obstacle has an empty tuple.
    unknown : dict of str to tuple of str
        What nobody knows that would have to be known to say that it fits, by aspect: facts that rules miss
        now and did not before.
    """

    of: str
    by: str
    refit: Refit
    differences: tuple[Difference, ...]
    over: tuple[str, ...]
    obstacles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether every device found room, every cable a port, no rule more errors, and none lacks more."""
        return not any((*self.obstacles.values(), *self.unknown.values()))

    def verdict(self, aspect: str) -> str:
        """Return whether it fits in one aspect, in a word; empty where it was not looked at."""
        if aspect not in self.obstacles:
            return ""
        against, unknown = self.obstacles[aspect], self.unknown.get(aspect, ())
        return f"no ({len(against)})" if against else f"unknown ({len(unknown)})" if unknown else "fits"


def swap(edit: Edit, library: Library, of: str, by: str, watch: Watch = unwatched) -> Refit:
    """Put a type in the place of another one wherever it stands, cables carried over as far as they fit.

    Parameters
    ----------
    edit : Edit
        Takes it all, so that it is one step to undo.
    library : Library
    of, by : str
        Ids of types.
    watch : callable, optional
        Sees every block as its devices change.

    Raises
    ------
    CagenutError
        If nothing of the type stands anywhere, or the other is no device.
    """
    linked = links_of(edit)
    every = [device for device in edit.every("devices") if device.type == of]
    keys = [device.key for device in every if device.block not in linked]
    if not every:
        raise CagenutError(
            f"no device of type '{of}' stands anywhere",
            cure="Only devices are swapped: a rack that comes whole by its block, a cable by its link",
        )
    if not isinstance(library.find(by), DeviceType) and not isinstance(edit.find_type(by), DeviceType):
        raise CagenutError(f"'{by}' is no device type", cure="Choose a device of the catalogue")
    refit = retype_all(edit, library, keys, by, watch=watch)
    refit.left.extend(
        Misfit(one.name, "", f"it is linked from {linked[one.block].file}", one.block)
        for one in every
        if one.block in linked
    )
    return refit


def swapped(
    project: Project,
    library: Library,
    of: str,
    by: str,
    before: Evaluation | None = None,
    report: Report | None = None,
) -> Swap:
    """Return what a swap would do, computed by the engine and the rules on a copy of the design.

    Parameters
    ----------
    project : Project
        Stays as it is.
    library : Library
    of, by : str
        Ids of types.
    before : Evaluation, optional
        Of the project as it is; evaluated if left out.
    report : Report, optional
        `checked` of the project as it is; checked if left out.

    Raises
    ------
    CagenutError
        As `swap`.
    """
    copy = built_up_to(project, LAST)
    edit = Edit(copy, "Swap")
    refit = swap(edit, library, of, by)
    was = before or evaluate(project)
    judged = report or checked(built_up_to(project, LAST), was)
    History(copy).commit(edit.change())
    now = evaluate(copy)
    after = checked(copy, now)
    both = [
        Difference(was.quantities[name], now.quantities[name])
        for name in was.quantities
        if name in now.quantities
    ]
    return Swap(
        of,
        by,
        refit,
        tuple(one for one in both if not _same(one.before.value, one.after.value)),
        tuple(one.after.label for one in both if one.after.state == "over" != one.before.state),
        _obstacles(refit, judged, after) | {"Workloads": _stopped(was.workloads, now.workloads)},
        _unknown(judged, after),
    )


def checked(project: Project, evaluation: Evaluation) -> Report:
    """Return what the rules say, without those that take seconds in a large design."""
    return Checker(project).check(evaluation, is_thorough=False)


def _obstacles(refit: Refit, before: Report, after: Report) -> dict[str, tuple[str, ...]]:
    was, now, known = _errors(before), _errors(after), rules()
    found: dict[str, tuple[str, ...]] = {}
    for aspect, families in ASPECTS.items():
        said = []
        if aspect == "Mechanical" and refit.left:
            said.append(f"{counted(len(refit.left), 'drawn device')} without room: {_most(refit.left)}")
        if aspect == "Ports" and refit.misfits:
            said.append(f"{counted(len(refit.misfits), 'connection')} lost: {_most(refit.misfits)}")
        said += [
            f"{now[name] - was[name]:,} more: {known[name].title}"
            for name in now
            if name.partition(".")[0] in families and now[name] > was[name]
        ]
        found[aspect] = tuple(said)
    return found


def _stopped(before: Workloads, after: Workloads) -> tuple[str, ...]:
    """Return why workloads that ran do not run any more: their figures are gone, and are no gain."""
    ran = {one.workload.id for one in before.results if one.output is not None}
    return tuple(
        f"{one.workload.name} does not run: {one.problem}"
        for one in after.results
        if one.workload.id in ran and one.output is None
    )


def _unknown(before: Report, after: Report) -> dict[str, tuple[str, ...]]:
    known = {(one.rule, what) for one in before.unchecked for what in one.missing}
    return {
        aspect: tuple(
            dict.fromkeys(
                what
                for one in after.unchecked
                if one.rule.partition(".")[0] in families
                for what in one.missing
                if (one.rule, what) not in known
            )
        )
        for aspect, families in ASPECTS.items()
    }


def _errors(report: Report) -> Counter[str]:
    """Return how many placed things each rule finds an error in."""
    found: Counter[str] = Counter()
    for one in report.findings:
        if one.severity is Severity.ERROR:
            found[one.rule] += one.count
    return found


def _most(misfits: Iterable[Misfit]) -> str:
    """Return the reason most of them have."""
    return Counter(one.reason for one in misfits).most_common(1)[0][0]


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-9 * max(abs(one), abs(other))
