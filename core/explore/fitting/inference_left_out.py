"""How constants of inference do on cases they were not fitted to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

import msgspec
import numpy as np

from core.engine.inference.constants import Constants
from core.explore.fitting.inference import FEWEST, TIMES, Case, Pair, errors, fit, pairs, with_kernels
from core.explore.validation.serving_inputs import part

FIGURES = (*TIMES, "gpu_power_w", "energy_j_per_output_token", "system_power_w")
FOLDS = 5


@dataclass(frozen=True)
class GroupError:
    """How far computed figures are off: mean of |computed over measured - 1|, signed mean, worst."""

    accelerator: str
    kind: str
    figure: str
    cases: int
    mean: float
    bias: float
    worst: float


def model_label(case: Case) -> str:
    """Return which model a case is of: cases of one model are left out together."""
    model = part(case, "model")
    return f"{model.get('arch')} {model.get('layers')}"


def fold_label(case: Case) -> str:
    """Return one of five folds of cases, the same whatever else is in a file."""
    return f"fold {crc32(str(case['id']).encode()) % FOLDS}"


def source_label(case: Case) -> str:
    """Return which source a case is from: its group and, where files differ by it, the task."""
    return f"{case.get('group', '')} {part(case, 'workload').get('task', '')}".strip()


def accelerator_label(case: Case) -> str:
    """Return the accelerator of a case without its memory."""
    return str(part(case, "hardware").get("accelerator", "")).split("-")[0]


def kind_label(case: Case) -> str:
    """Return the kind of a case: what was measured how, of which kind of model."""
    workload, sort = part(case, "workload"), "moe" if part(case, "model").get("moe") else "dense"
    for name, words in (("avg_batch", "served"), ("batch", "one batch"), ("phase", "pool")):
        if name in workload:
            return f"{sort}, {words}"
    return f"{sort}, offline"


def left_out(
    cases: Sequence[Case],
    base: Constants,
    label: Callable[[Case], str],
    progress: Callable[[str], None] | None = None,
) -> dict[str, dict[str, float]]:
    """Return errors of each case, by its id, with constants fitted without the cases of its label.

    Where nothing of an engine on a family is left to fit, it takes the constants of the nearest other:
    another engine on that family, or that engine elsewhere.
    """
    found: dict[str, dict[str, float]] = {}
    by_pair = pairs(cases, base)
    for pair, mine in by_pair.items():
        for name in dict.fromkeys(map(label, mine)):
            if progress:
                progress(f"{' on '.join(pair)}: without {name}")
            rest = [case for case in mine if label(case) != name]
            if len(mine) < FEWEST:
                fitted = base
            else:
                fitted = fit(rest, base) if len(rest) >= FEWEST else _substituted(base, pair)
            for case in mine:
                if label(case) == name:
                    found[str(case["id"])] = errors(case, fitted, FIGURES)
    return found


def _substituted(base: Constants, pair: Pair) -> Constants:
    """Return constants in which a pair has those of the nearest other one."""
    engine, family = pair

    def distance(other: Pair) -> tuple[bool, bool, str, str]:
        alike = other[0].split("-0")[0] == engine.split("-0")[0]
        return other[1] != family, not alike, *other

    others = [
        (name, known)
        for name, one in base.engines.items()
        for known, kernels in one.families.items()
        if kernels.fitted_cases and (name, known) != pair
    ]
    nearest = min(others, key=distance)
    return with_kernels(base, pair, base.engines[nearest[0]].families[nearest[1]])


def group_errors(cases: Sequence[Case], found: dict[str, dict[str, float]]) -> list[GroupError]:
    """Return errors by accelerator, kind and figure, in the order of the cases."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for case in cases:
        for figure, error in found.get(str(case["id"]), {}).items():
            groups.setdefault((accelerator_label(case), kind_label(case), figure), []).append(error)
    return [
        GroupError(*key, len(e), float(np.mean(np.abs(e))), float(np.mean(e)), float(max(e, key=abs)))
        for key, e in groups.items()
    ]


def with_left_out(
    constants: Constants, cases: Sequence[Case], found: dict[str, dict[str, float]]
) -> Constants:
    """Return constants that say of each pair how far times of cases that were left out are off."""
    for pair, mine in pairs(cases, constants).items():
        kernels = constants.engines[pair[0]].families.get(pair[1])
        if kernels is None or not kernels.fitted_cases:
            continue
        off = [e for c in mine for name, e in found.get(str(c["id"]), {}).items() if name in TIMES]
        if off:
            mean = round(float(np.mean(np.abs(off))), 4)
            constants = with_kernels(constants, pair, msgspec.structs.replace(kernels, left_out_error=mean))
    return constants
