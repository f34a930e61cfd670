"""The few operations that formulas need beyond + - * /, for single values and for columns alike.

A formula takes the operations as its first argument, so that one text of it serves a single plan at the speed
of plain floats and hundreds of thousands of plans as columns.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log2, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Value: TypeAlias = Any
"""A float, or a column of floats; formulas treat both the same."""


class Arithmetic(NamedTuple):
    """Operations on values of one kind."""

    maximum: Callable[[Value, Value], Value]
    minimum: Callable[[Value, Value], Value]
    where: Callable[[Value, Value, Value], Value]
    ceil: Callable[[Value], Value]
    floor: Callable[[Value], Value]
    sqrt: Callable[[Value], Value]
    log2: Callable[[Value], Value]


def _choose(condition: Value, yes: Value, no: Value) -> Value:
    return yes if condition else no


def _greater(a: Value, b: Value) -> Value:
    return a if a >= b else b


def _lesser(a: Value, b: Value) -> Value:
    return a if a <= b else b


SINGLE = Arithmetic(_greater, _lesser, _choose, ceil, floor, sqrt, log2)
COLUMNS = Arithmetic(np.maximum, np.minimum, np.where, np.ceil, np.floor, np.sqrt, np.log2)
