"""Fits the constants of the model of collectives to measured cases, and tells how it does on cases left out.

Whole groups of cases are left out in turn, then whole accelerators: their errors say what to expect of
machines that were not measured. Prints the constants (to be rounded into resources/reference/collectives.toml
by hand) and writes the errors to resources/reference/collective-left-out.toml, for docs/validation.md.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.exchange.yaml_text import read_yaml
from core.explore.fitting.collectives import errors_of, fit, values_of
from core.explore.validation.cases import Case, read_cases
from core.explore.validation.collective import MEBIBYTE, message_bytes
from core.files.writing import write_safely

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "resources/reference/workload-cases.yaml"
TARGET = ROOT / "resources/reference/collective-left-out.toml"


def main() -> None:
    shipped = read_cases(read_yaml(CASES.read_text(encoding="utf-8"), CASES.name, kind="case"), CASES.name)
    cases = [case for case in shipped if case.family == "collective"]
    for name, value in values_of(cases).items():
        print(f"{name:24}{value:.3g}")
    lines = ["# Written by benchmarks/fit_collectives.py: mean errors on cases that were not fitted.\n"]
    for title, label in (("group", lambda c: c.group), ("accelerator", accelerator)):
        for name in dict.fromkeys(map(label, cases)):
            lines.append(left_out(cases, title, name, label))
            print(lines[-1])
    write_safely(TARGET, "\n".join(lines).encode())


def accelerator(case: Case) -> str:
    """Name of the accelerator without its memory."""
    parts = str(case.inputs["accelerator"]).split("-")
    return "-".join(part for part in parts if not part.endswith("GB"))


def left_out(cases: list[Case], title: str, name: str, label: Callable[[Case], str]) -> str:
    """Fit without the cases of a label and return their errors as a TOML table."""
    fitted = fit([case for case in cases if label(case) != name])
    mine = [case for case in cases if label(case) == name]
    text = f'[[left_out]]\nkind = "{title}"\nname = "{name}"\n'
    for key, is_small in (("large", False), ("small", True)):
        errors = [
            e
            for case in mine
            if (message_bytes(case) < MEBIBYTE) is is_small
            for e in errors_of(case, fitted)
        ]
        if errors:
            text += f"{key}_cases = {len(errors)}\n{key}_mean = {np.abs(errors).mean():.4f}\n"
            text += f"{key}_bias = {np.mean(errors):+.4f}\n"
    return text


if __name__ == "__main__":
    main()
