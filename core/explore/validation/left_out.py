"""Errors of cases by constants that were fitted without them, as `cagenut calibrate --errors` wrote them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from core.explore.validation.cases import Case

NAME = "workload-left-out.toml"
FITTED = ("training", "inference", "collective")
"""Kinds of cases that constants are fitted to."""
RELIABILITY = ("llama3-405b-interruptions", "meta-rsc-mttf-1024")
"""Cases that the two rates of failures were taken from."""
SAME = 0.002
"""Errors by the shipped constants that differ by more than this are those of other constants or formulas."""
Errors: TypeAlias = Mapping[str, Mapping[str, tuple[float, float]]]
"""By id and figure: error by constants fitted to all cases, and by those fitted without the case's source."""


@cache
def shipped_errors() -> dict[str, Errors]:
    """Return the errors that are shipped, by kind of case; empty without the file."""
    path = files("resources").joinpath("reference", NAME)
    return read_errors(path.read_text(encoding="utf-8")) if path.is_file() else {}


def read_errors(text: str) -> dict[str, Errors]:
    """Return the errors that a file holds.

    Examples
    --------
    >>> read_errors('[training]\\n"a" = { step_s = [0.01, 0.03] }')
    {'training': {'a': {'step_s': (0.01, 0.03)}}}
    """
    return {
        kind: {
            name: {figure: (pair[0], pair[1]) for figure, pair in row.items()} for name, row in rows.items()
        }
        for kind, rows in tomllib.loads(text).items()
    }


def errors_text(found: Mapping[str, Errors]) -> str:
    """Return the file of errors."""
    lines = [
        "# Written by `cagenut calibrate --errors`. Error of each figure, computed over measured less 1: by",
        "# shipped constants, and by constants fitted without the source of the case (of engines that one",
        "# source alone speaks of, without the model of the case).",
    ]
    for kind, rows in found.items():
        lines += ["", f"[{kind}]"]
        for name, row in rows.items():
            pairs = ", ".join(f"{figure} = [{a:+.4f}, {b:+.4f}]" for figure, (a, b) in row.items())
            lines.append(f'"{name}" = {{ {pairs} }}')
    return "\n".join(lines) + "\n"


@cache
def shipped_ids() -> frozenset[str]:
    """Return the ids of the shipped cases of workloads."""
    text = files("resources").joinpath("reference", "workload-cases.yaml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^- id: (\S+)", text, re.MULTILINE))


def is_fitted(case: Case, figure: str) -> bool:
    """Tell whether shipped constants were fitted to a figure of a case."""
    if figure == "peak_mem_gib":
        return False
    if case.family in FITTED:
        return case.id in shipped_ids()
    return case.id in RELIABILITY


def error_without(case: Case, figure: str, in_sample: float) -> float | None:
    """Return the error of a figure by constants fitted without its case; None where it is not known.

    `in_sample` is today's error by the shipped constants: where it is another one than was written down, the
    constants or the formulas have changed since and the rest of what was written down no longer holds.
    """
    pair = shipped_errors().get(case.family, {}).get(case.id, {}).get(figure)
    return pair[1] if pair is not None and abs(pair[0] - in_sample) <= SAME * (1 + abs(in_sample)) else None
