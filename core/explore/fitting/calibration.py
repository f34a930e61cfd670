"""Constants fitted to a file of measurements: what `cagenut calibrate` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from core.errors import CagenutError
from core.explore.fitting.constants_text import constants_text
from core.explore.validation.cases import Case

Kind = Literal["training", "inference", "collective"]
KINDS: dict[str, Kind] = {"training": "training", "inference": "inference", "collectives": "collective"}
"""Kinds by the name of their file of constants."""
_NAMES = {kind: name for name, kind in KINDS.items()}
Progress = Callable[[int, int, str], None]
Pairs = dict[str, dict[str, tuple[float, float]]]
"""Errors by id and figure: in the fit, and left out of it."""


@dataclass(frozen=True)
class Calibration:
    """Fitted constants and how far they are off.

    Attributes
    ----------
    constants : object
        Of the kind's own type.
    cases : int
        Cases that the constants were fitted to.
    fitted, left_out : float
        Plain mean over sources of their mean |computed / measured - 1|: in the fit; without each source in
        turn (NaN where that was not asked for, or there is one source alone).
    errors : dict
        Both by id and figure.
    """

    kind: Kind
    constants: Any
    cases: int
    fitted: float
    left_out: float
    errors: Pairs
    sources: tuple[str, ...]
    date: str

    @property
    def text(self) -> str:
        """The file of constants."""
        left = "not computed" if self.left_out != self.left_out else f"{self.left_out:.1%}"
        heading = (
            f"Constants of the model of {_NAMES[self.kind]}, fitted to {self.cases} cases of "
            f"{', '.join(self.sources)}.\nNewest measurement: {self.date}. Mean error over sources: "
            f"{self.fitted:.1%} in the fit, with each source left out in turn {left}."
        )
        return constants_text(self.constants, heading)


def calibrate(
    kind: Kind,
    cases: Sequence[Case],
    *,
    afresh: bool = False,
    without: bool = True,
    progress: Progress | None = None,
) -> Calibration:
    """Fit constants of one kind to measured cases.

    Parameters
    ----------
    cases : sequence of Case
        Of any kind; those of others are passed over.
    afresh : bool, optional
        Begin at what was taken before any case was seen; else at the shipped constants, so that a few
        measurements move only what they tell something about.
    without : bool, optional
        Leave sources out in turn too: takes as many fits as there are sources.
    progress : callable, optional
        Called with done, all and words before each fit.

    Raises
    ------
    CagenutError
        If no case can be computed, or there are too few.
    """
    mine = [case for case in cases if case.family == kind and case.entry]
    if not mine:
        kinds = ", ".join(sorted({case.family for case in cases}))
        raise CagenutError(
            f"the file has no case of the kind '{kind}'", cure=f"It has {kinds}: choose one of these"
        )
    tell = progress or (lambda done, total, words: None)
    constants, errors = _FITS[kind](mine, afresh, without, tell)
    if not errors:
        raise CagenutError(
            f"no case of the kind '{kind}' can be computed", cure="cagenut validate says why of each"
        )
    used = [case for case in mine if case.id in errors]
    sources = tuple(dict.fromkeys(case.group or case.source or "no group" for case in used))
    date = max((str(case.entry["date"]) for case in used if case.entry.get("date")), default="not stated")
    fitted = mean_over_sources(used, errors, 0)
    without_them = mean_over_sources(used, errors, 1)
    return Calibration(
        kind,
        _cited(constants, kind, sources, date, fitted),
        len(used),
        fitted,
        without_them,
        errors,
        sources,
        date,
    )


def mean_over_sources(cases: Sequence[Case], errors: Pairs, which: int) -> float:
    """Return the plain mean over sources of the mean size of errors, in the fit (0) or left out (1)."""
    by_source: dict[str, list[float]] = {}
    for case in cases:
        by_source.setdefault(case.group, []).extend(abs(pair[which]) for pair in errors[case.id].values())
    means = [sum(found) / len(found) for found in by_source.values() if found]
    return sum(means) / len(means) if means else float("nan")


def _cited(constants: Any, kind: Kind, sources: Sequence[str], date: str, error: float) -> Any:
    """Return constants that say what they were fitted to."""
    row: dict[str, Any] = {
        "fields": ["fitted"],
        "title": f"Fitted by cagenut calibrate to cases of {', '.join(sources)}"[:4000],
        "evidence": "user",
        "read": date,
    }
    if "fit_error" in msgspec.json.schema(type(constants))["$defs"]["Source"]["properties"]:
        row["fit_error"] = round(error, 4)
    tree = msgspec.to_builtins(constants)
    tree["sources"] = [row, *tree["sources"]]
    return msgspec.convert(tree, type(constants))


def _training(cases: Sequence[Case], afresh: bool, without: bool, tell: Progress) -> tuple[Any, Pairs]:
    from core.engine.training.constants import shipped_constants
    from core.explore.fitting.training import errors, fit
    from core.explore.validation.workload_training import readable

    read = readable([case.entry for case in cases])
    if not read:
        return None, {}
    figures = {case.id: _speed(case) for case in cases}
    groups = list(dict.fromkeys(case.group for case in read))
    start = None if afresh else shipped_constants()
    tell(0, len(groups) + 1, "fit to all cases")
    constants = fit(read, start)
    inside = dict(zip((case.id for case in read), errors(read, constants).tolist(), strict=True))
    outside = dict.fromkeys(inside, float("nan"))
    if without and len(groups) > 1:
        for number, group in enumerate(groups, 1):
            tell(number, len(groups) + 1, f"without {group}")
            held = [case for case in read if case.group == group]
            fitted = fit([case for case in read if case.group != group], start)
            outside |= dict(zip((case.id for case in held), errors(held, fitted).tolist(), strict=True))
    return constants, {name: {figures[name]: (inside[name], outside[name])} for name in inside}


def _speed(case: Case) -> str:
    """Return the figure of speed that a case of training is compared by."""
    from core.explore.validation.workloads import RATES

    stated = {**case.derived, **case.expected}
    return next((name for name in ("step_s", *RATES) if name in stated), "step_s")


def _inference(cases: Sequence[Case], afresh: bool, without: bool, tell: Progress) -> tuple[Any, Pairs]:
    from core.engine.inference.constants import shipped_constants
    from core.explore.fitting import inference_left_out
    from core.explore.fitting.inference import errors, fit

    entries = [case.entry for case in cases]
    tell(0, 2, "fit to all cases")
    constants = fit(entries, shipped_constants())
    figures = inference_left_out.FIGURES
    inside = {entry["id"]: errors(entry, constants, figures) for entry in entries}
    outside: Mapping[str, Mapping[str, float]] = {}
    if without:
        label = inference_left_out.model_label
        outside = inference_left_out.left_out(entries, constants, label, lambda words: tell(1, 2, words))
    nan = float("nan")
    return constants, {
        name: {key: (value, outside.get(name, {}).get(key, nan)) for key, value in row.items()}
        for name, row in inside.items()
        if row
    }


def _collectives(cases: Sequence[Case], afresh: bool, without: bool, tell: Progress) -> tuple[Any, Pairs]:
    from core.explore.fitting.collectives import errors_by_figure, fit

    groups = list(dict.fromkeys(case.group for case in cases))
    tell(0, len(groups) + 1, "fit to all cases")
    constants = fit(cases)
    held = {case.id: errors_by_figure(case, constants) for case in cases}
    pairs = {
        name: {key: (value, float("nan")) for key, value in row.items()} for name, row in held.items() if row
    }
    if without and len(groups) > 1:
        for number, group in enumerate(groups, 1):
            tell(number, len(groups) + 1, f"without {group}")
            fitted = fit([case for case in cases if case.group != group])
            for case in cases:
                if case.group == group and case.id in pairs:
                    left = errors_by_figure(case, fitted)
                    pairs[case.id] = {key: (pair[0], left[key]) for key, pair in pairs[case.id].items()}
    return constants, pairs


def against_shipped(cases: Sequence[Case], errors: Pairs) -> Pairs:
    """Return errors in which those in the fit are of the shipped constants, without those not left out.

    This is what `core/explore/validation/left_out.py` keeps: it tells by them whether the rest still holds.
    """
    from core.explore.validation.collective import judge_groups
    from core.explore.validation.workload_goals import collective_comparisons
    from core.explore.validation.workloads import compare

    chosen = [case for case in cases if case.id in errors]
    _, found = compare([case for case in chosen if case.family != "collective"])
    measured, _ = judge_groups([case for case in chosen if case.family == "collective"])
    kept: Pairs = {}
    for one in (*found, *collective_comparisons(measured)):
        pair = errors[one.case.id].get(one.figure)
        if pair is not None and pair[1] == pair[1]:
            kept.setdefault(one.case.id, {})[one.figure] = (one.in_sample, pair[1])
    return kept


_FITS = {"training": _training, "inference": _inference, "collective": _collectives}
