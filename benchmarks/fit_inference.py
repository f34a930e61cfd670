"""Fits the constants of inference to the shipped cases, and tells how they do on cases left out.

Cases are left out by five folds, then every model in turn, then every source. Writes
resources/reference/inference.toml and inference-errors.toml. What is not fitted (versions,
limits, precisions, sources) stays as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from core.engine.inference.constants import shipped_constants
from core.engine.inference.constants_text import write_constants
from core.explore.fitting.inference import errors, fit
from core.explore.fitting.inference_left_out import (
    FIGURES,
    GroupError,
    fold_label,
    group_errors,
    left_out,
    model_label,
    source_label,
    with_left_out,
)  # fmt: skip
from core.files.writing import write_safely

ROOT = Path(__file__).resolve().parents[1] / "resources/reference"
HEADING = """Constants of the model of inference (core/engine/inference). All may be edited; the meaning and
the unit of each stand in core/engine/inference/constants.py. Those with fitted_cases above 0 are written by
benchmarks/fit_inference.py."""


def main() -> None:
    text = (ROOT / "workload-cases.yaml").read_text(encoding="utf-8")
    cases: list[dict[str, Any]] = [c for c in yaml.safe_load(text)["cases"] if c["kind"] == "inference"]
    constants = fit(cases, shipped_constants())
    fitted = group_errors(cases, {c["id"]: errors(c, constants, FIGURES) for c in cases})
    folds = left_out(cases, constants, fold_label, print)
    models = left_out(cases, constants, model_label, print)
    sources = left_out(cases, constants, source_label, print)
    constants = with_left_out(constants, cases, folds)
    write_safely(ROOT / "inference.toml", write_constants(constants, HEADING).encode())
    lines = ["# Written by benchmarks/fit_inference.py: errors by accelerator, kind and figure.\n"]
    tables = {"fitted": fitted, "fold left out": group_errors(cases, folds)}
    tables |= {"model left out": group_errors(cases, models)}
    for how, groups in (tables | {"source left out": group_errors(cases, sources)}).items():
        lines += [_table(how, group) for group in groups]
        for group in groups:
            print(how, group)
    write_safely(ROOT / "inference-errors.toml", "\n".join(lines).encode())


def _table(how: str, group: GroupError) -> str:
    return (
        f'[[errors]]\nhow = "{how}"\naccelerator = "{group.accelerator}"\nkind = "{group.kind}"\n'
        f'figure = "{group.figure}"\ncases = {group.cases}\nmean = {group.mean:.4f}\n'
        f"bias = {group.bias:+.4f}\nworst = {group.worst:+.4f}\n"
    )


if __name__ == "__main__":
    main()
