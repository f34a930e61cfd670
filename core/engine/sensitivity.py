"""What moves a figure of the cost, and how far: one input at a time, and all of them by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.engine.columns import Floats
from core.engine.economics import Economics, Ranged, evaluate

DRAWS = 10_000
SEED = 1
SHAPE = 4.0
"""Weight of the likely value in the beta distribution of PERT."""


@dataclass(frozen=True)
class Swing:
    """A figure with one input at its ends, all others likely.

    Attributes
    ----------
    input : Ranged
    at_low, at_high : float
        The figure with the input at its low and at its high.
    """

    input: Ranged
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How far the figure moves."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Spread:
    """Where a figure lies if all inputs vary by chance, independently of one another.

    Attributes
    ----------
    p10, p50, p90 : float
        So many percent of draws lie below.
    low_bound, high_bound : float
        All inputs at the ends that make it least and most: bounds, not a likely range.
    draws : int
    """

    p10: float
    p50: float
    p90: float
    low_bound: float
    high_bound: float
    draws: int


def tornado(of: Economics, figure: str, most: int = 10) -> tuple[Swing, ...]:
    """Return the inputs that move a figure most, widest first.

    Parameters
    ----------
    of : Economics
    figure : str
        A name of `of.figures`.
    most : int, optional

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    moving = [one for one in of.inputs if one.low < one.high]
    likely = {one.name: one.likely for one in of.inputs}
    if not moving:
        return ()
    # One row for each input at its low, then one for each at its high.
    n = len(moving)
    columns = {name: np.full(2 * n, value) for name, value in likely.items()}
    for k, one in enumerate(moving):
        columns[one.name][k], columns[one.name][n + k] = one.low, one.high
    values = np.broadcast_to(evaluate(columns, of.prices, of.facts)[figure], (2 * n,))
    swings = [Swing(one, float(values[k]), float(values[n + k])) for k, one in enumerate(moving)]
    swings = [swing for swing in swings if swing.width > 1e-12 * max(abs(swing.at_low), 1e-300)]
    return tuple(sorted(swings, key=lambda swing: (-swing.width, swing.input.name))[:most])


def influences(of: Economics, figure: str) -> tuple[tuple[Ranged, float], ...]:
    """Return the inputs a figure depends on, each with what 10 % more of it adds to the figure, as a share.

    Raises
    ------
    KeyError
        If there is no such figure.
    """
    likely, n = {one.name: one.likely for one in of.inputs}, len(of.inputs)
    columns = {name: np.full(n, value) for name, value in likely.items()}
    for k, one in enumerate(of.inputs):
        # A share cannot be above 1: what 10 % less of it takes away stands for what 10 % more would add.
        columns[one.name][k] *= 0.9
    values = np.broadcast_to(evaluate(columns, of.prices, of.facts)[figure], (n,))
    changes = 1 - values / of.figures[figure] if of.figures[figure] else np.zeros(n)
    found = [(one, float(change)) for one, change in zip(of.inputs, changes, strict=True)]
    return tuple(sorted((o for o in found if abs(o[1]) > 1e-9), key=lambda o: (-abs(o[1]), o[0].name)))


def spreads(of: Economics, draws: int = DRAWS, seed: int = SEED) -> dict[str, Spread]:
    """Return where each figure lies if inputs vary by chance.

    Parameters
    ----------
    of : Economics
    draws : int, optional
    seed : int, optional
        The same seed gives the same figures.

    Notes
    -----
    Each input follows the beta distribution of PERT between low and high with its likely value as mode,
    independently of the others: prices of one maker that rise together make the true spread wider.
    Percentiles are those of the draws.
    """
    columns = draw(of.inputs, draws, seed)
    found = evaluate(columns, of.prices, of.facts)
    ends = _bounds(of)
    spread = {}
    for name, value in found.items():
        p10, p50, p90 = np.percentile(np.broadcast_to(value, (draws,)), (10, 50, 90)).tolist()
        spread[name] = Spread(p10, p50, p90, *ends[name], draws)
    return spread


def draw(inputs: tuple[Ranged, ...], draws: int, seed: int) -> dict[str, Floats]:
    """Return draws of inputs by name, shape (draws,) each.

    Beta(1 + 4 (m - a)/(b - a), 1 + 4 (b - m)/(b - a)) stretched from a to b, with m the likely value.
    """
    random = np.random.default_rng(seed)
    found: dict[str, Floats] = {}
    for one in inputs:
        width = one.high - one.low
        if width <= 0:
            found[one.name] = np.full(draws, one.likely)
            continue
        at = (one.likely - one.low) / width
        share = random.beta(1 + SHAPE * at, 1 + SHAPE * (1 - at), draws)
        found[one.name] = one.low + width * share
    return found


def _bounds(of: Economics) -> dict[str, tuple[float, float]]:
    """Return each figure with all inputs at the ends that make it least and most.

    Each input moves a figure in one direction whatever the others are; the direction is found one at a time.
    """
    moving = [one for one in of.inputs if one.low < one.high]
    likely = {one.name: one.likely for one in of.inputs}
    if not moving:
        return {name: (float(value),) * 2 for name, value in evaluate(likely, of.prices, of.facts).items()}
    n = len(moving)
    columns = {name: np.full(2 * n, value) for name, value in likely.items()}
    for k, one in enumerate(moving):
        columns[one.name][k], columns[one.name][n + k] = one.low, one.high
    one_by_one = evaluate(columns, of.prices, of.facts)
    names = list(one_by_one)
    rises = {}
    for name in names:
        values = np.broadcast_to(one_by_one[name], (2 * n,))
        rises[name] = values[n:] >= values[:n]
    # Two rows for each figure: all inputs where it is least, and where it is most.
    table = {name: np.full(2 * len(names), value) for name, value in likely.items()}
    for k, one in enumerate(moving):
        up = np.array([rises[name][k] for name in names])
        table[one.name][0::2] = np.where(up, one.low, one.high)
        table[one.name][1::2] = np.where(up, one.high, one.low)
    ends = evaluate(table, of.prices, of.facts)
    found = {}
    for at, name in enumerate(names):
        values = np.broadcast_to(ends[name], (2 * len(names),))
        found[name] = (float(values[2 * at]), float(values[2 * at + 1]))
    return found
