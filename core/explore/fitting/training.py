"""Fit of the constants of training to measured steps, with whole sources left out in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.engine.columns import Floats
from core.engine.training.arithmetic import COLUMNS
from core.engine.training.constants import Constants, edited, unfitted_constants
from core.engine.training.plan import Plan
from core.engine.training.rates import Rates, rates_of
from core.engine.training.shape import Shape, shape_of
from core.engine.training.step import Split, split_step
from core.errors import EngineError
from core.explore.validation.training_inputs import TrainingCase


@dataclass(frozen=True)
class Free:
    """A constant that is fitted: dotted name, range, and how far it may stray from where it starts.

    Several constants that are kept equal are joined by `=`.

    `spread` is the standard deviation of its logarithm as known before any case is seen.
    """

    name: str
    low: float
    high: float
    spread: float = 0.5


FREE = (
    Free("accelerators.A100.bf16_share", 0.4, 1.0, 0.2),
    Free("accelerators.A100.half_width", 5.0, 900.0),
    Free("accelerators.H100.half_width", 5.0, 900.0),
    Free("accelerators.Blackwell.half_width", 5.0, 900.0),
    Free("accelerators.A100.portable_attention_share", 0.1, 0.9),
    Free("accelerators.H100.bf16_share", 0.4, 1.0, 0.2),
    Free("accelerators.H100.fp8_share", 0.3, 1.0, 0.2),
    Free("accelerators.H100.attention_share", 0.1, 0.9),
    Free("accelerators.H100.portable_attention_share", 0.1, 0.9, 0.2),
    Free("accelerators.Blackwell.bf16_share", 0.4, 1.0, 0.2),
    Free("accelerators.Blackwell.fp8_share", 0.3, 1.0, 0.2),
    Free("accelerators.Blackwell.fp4_share", 0.2, 1.0, 0.2),
    Free("accelerators.Blackwell.attention_share", 0.1, 0.9),
    Free("eras.2021.score_bytes", 2.0, 30.0),
    Free("eras.2021.elementwise", 0.1, 4.0),
    Free("eras.2021.layer_us", 10.0, 3000.0, 0.25),
    Free(
        "eras.2024.elementwise=eras.2024 plain attention.elementwise=eras.2024 compiled.elementwise", 0.1, 4.0
    ),
    Free("eras.2024.layer_us=eras.2024 plain attention.layer_us", 10.0, 2000.0),
    Free(
        "eras.2024.tensor_hidden=eras.2024 plain attention.tensor_hidden=eras.2026.tensor_hidden"
        "=eras.2026 plain attention.tensor_hidden",
        0.01,
        1.0,
    ),
    Free(
        "eras.2024.data_hidden=eras.2024 plain attention.data_hidden=eras.2026.data_hidden"
        "=eras.2026 plain attention.data_hidden",
        0.01,
        1.0,
    ),
    Free("eras.2024.expert_hidden=eras.2024 plain attention.expert_hidden", 0.01, 1.0),
    Free("eras.2024.expert_us=eras.2024 plain attention.expert_us", 1.0, 8000.0),
    Free("eras.2024.expert_passes=eras.2024 plain attention.expert_passes", 0.5, 30.0),
    Free("eras.2026.elementwise=eras.2026 plain attention.elementwise", 0.1, 4.0),
    Free("eras.2026.products=eras.2026 plain attention.products", 0.7, 1.5, 0.1),
    Free("eras.2026.expert_us=eras.2026 plain attention.expert_us", 1.0, 5000.0),
    Free("eras.2026.expert_passes=eras.2026 plain attention.expert_passes", 0.5, 30.0),
    Free("eras.2026.expert_hidden=eras.2026 plain attention.expert_hidden", 0.01, 1.0),
    Free("eras.2024 sharded.elementwise", 0.1, 4.0),
    Free("eras.2024 sharded.tensor_hidden=eras.2024 compiled.tensor_hidden", 0.01, 1.0),
    Free("eras.2024 sharded.data_hidden", 0.01, 1.0),
    Free("shared.sharded_hidden", 0.01, 1.0),
    Free("shared.power_exponent", 0.05, 1.0),
    Free("shared.cast_bytes", 0.1, 40.0),
    Free("shared.core_share", 0.1, 0.9),
    Free("shared.stolen", 0.001, 0.6),
    Free("shared.step_s", 0.001, 0.3),
    Free("shared.jitter", 0.0001, 0.02),
)


@dataclass(frozen=True)
class GroupError:
    """How far the cases of one source are off: mean of |predicted / measured - 1|, signed mean, worst."""

    group: str
    cases: int
    mean: float
    bias: float
    worst: float


def stacked(cases: Sequence[TrainingCase]) -> tuple[Shape, Plan, Floats, Floats]:
    """Return shapes, plans, batches and imbalances of cases as columns."""
    shapes = np.array([shape_of(case.model, case.sequence) for case in cases], float).T
    plans = np.array([case.plan for case in cases], float).T
    batch = np.array([case.batch for case in cases])
    return Shape(*shapes), Plan(*plans), batch, np.array([case.imbalance for case in cases])


def predictions(cases: Sequence[TrainingCase], constants: Constants) -> Split:
    """Return the steps of cases, in one call of the formulas."""
    shape, plan, batch, imbalance = stacked(cases)
    return _predicted(cases, shape, plan, batch, imbalance, constants)


def errors(cases: Sequence[TrainingCase], constants: Constants) -> Floats:
    """Return predicted over measured less one, shape (len(cases),)."""
    measured = np.array([case.measured_s for case in cases])
    found: Floats = predictions(cases, constants).total / measured - 1
    return found


def by_group(cases: Sequence[TrainingCase], error: Floats) -> list[GroupError]:
    """Return the errors of each source, in the order in which sources come."""
    groups = dict.fromkeys(case.group for case in cases)
    found = []
    for group in groups:
        own = error[[case.group == group for case in cases]]
        worst = float(own[np.abs(own).argmax()])
        found.append(GroupError(group, len(own), float(np.abs(own).mean()), float(own.mean()), worst))
    return found


def fit(
    cases: Sequence[TrainingCase], start: Constants | None = None, free: Sequence[Free] = FREE
) -> Constants:
    """Return constants that meet measured steps best.

    Parameters
    ----------
    cases : sequence of TrainingCase
        With measured steps; each source weighs the same, however many cases it has.
    start : Constants, optional
        Where the search begins, and what constants stay near that no case tells much about; what was taken
        before any case was seen if none is given.
    free : sequence of Free, optional
        What may change.

    Raises
    ------
    EngineError
        If there are no cases.

    Notes
    -----
    Least squares of log(predicted / measured), a soft loss beyond 10 %, each residual over the root of the
    number of cases of its source. Deterministic.
    """
    from scipy.optimize import least_squares

    if not cases:
        raise EngineError("there are no measured steps to fit to", where="fit")
    origin = start or unfitted_constants()
    used = [case for case in cases if case.is_fitted]
    residuals, first, low, high = _problem(used, origin, free)
    found = least_squares(
        residuals, first, bounds=(low, high), loss="soft_l1", f_scale=0.1, diff_step=1e-3, max_nfev=40
    )
    return edited(origin, _values(free, found.x))


def left_out(
    cases: Sequence[TrainingCase], start: Constants | None = None, free: Sequence[Free] = FREE
) -> Floats:
    """Return the error of each case by constants fitted to the other sources only."""
    error: Floats = np.zeros(len(cases))
    for group in dict.fromkeys(case.group for case in cases):
        own = np.array([case.group == group for case in cases])
        others = [case for case in cases if case.group != group]
        held = [case for case in cases if case.group == group]
        error[own] = errors(held, fit(others, start, free))
    return error


@dataclass(frozen=True)
class Sweep:
    """How plans of one model rank: cases, Spearman's coefficient, and where the fastest was predicted."""

    group: str
    layers: int
    cases: int
    spearman: float
    fastest: int


def ranks(cases: Sequence[TrainingCase], error: Floats, least: int = 6) -> list[Sweep]:
    """Return how well the order of plans is met, for each source, model, count and batch of so many cases."""
    sweeps: dict[tuple[Any, ...], list[int]] = {}
    for row, case in enumerate(cases):
        if case.is_fitted:
            key = (case.group, case.model.layers, case.model.hidden, case.cluster.count, case.batch)
            sweeps.setdefault(key, []).append(row)
    found = []
    for key, rows in sweeps.items():
        if len(rows) < least:
            continue
        measured = np.array([cases[row].measured_s for row in rows])
        predicted = measured * (1 + error[rows])
        place = int((predicted < predicted[measured.argmin()]).sum()) + 1
        order = [np.argsort(np.argsort(values)).astype(float) for values in (measured, predicted)]
        found.append(
            Sweep(key[0], int(key[1]), len(rows), float(np.corrcoef(order[0], order[1])[0, 1]), place)
        )
    return found


def _values(free: Sequence[Free], logs: Floats) -> dict[str, Any]:
    return {name: float(np.exp(v)) for f, v in zip(free, logs, strict=True) for name in f.name.split("=")}


def _problem(
    cases: Sequence[TrainingCase], origin: Constants, free: Sequence[Free]
) -> tuple[Callable[[Floats], Floats], Floats, Floats, Floats]:
    import msgspec

    shape, plan, batch, imbalance = stacked(cases)
    measured = np.log([case.measured_s for case in cases])
    counts = {g: sum(c.group == g for c in cases) for g in {case.group for case in cases}}
    weight = np.array([counts[case.group] ** -0.5 for case in cases])
    tree = msgspec.to_builtins(origin)
    first = np.log([_at(tree, f.name) for f in free])
    low, high = (np.log([getattr(f, end) for f in free]) for end in ("low", "high"))
    first = np.clip(first, low + 1e-6, high - 1e-6)
    spread = np.array([f.spread for f in free])

    def residuals(logs: Floats) -> Floats:
        constants = edited(origin, _values(free, logs))
        total = _predicted(cases, shape, plan, batch, imbalance, constants).total
        off = (np.log(total) - measured) * weight
        near = PRIOR * (logs - first) / spread
        return np.concatenate([off, near])

    return residuals, first, low, high


PRIOR = 0.05
"""Weight of what is known before: a stray of one `spread` weighs as much as 5 % of error in one source."""


def _at(tree: Any, name: str) -> float:
    for part in name.partition("=")[0].split("."):
        tree = tree[part]
    return float(tree)


def _predicted(
    cases: Sequence[TrainingCase],
    shape: Shape,
    plan: Plan,
    batch: Floats,
    imbalance: Floats,
    constants: Constants,
) -> Split:
    rows = [rates_of(case.cluster, case.precision, case.era, constants) for case in cases]
    rates = Rates(*np.array(rows, float).T)
    return split_step(COLUMNS, shape, plan, rates, batch, imbalance)
