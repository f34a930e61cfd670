"""Fit the constants of training, and what errors they leave, with whole sources left out in turn.

Run: nice -n 10 python benchmarks/fit_training.py [--write]
Writes resources/reference/training.toml and training-errors.toml.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import yaml

from core.engine.training.constants import Constants
from core.explore.fitting.training import FREE, by_group, errors, fit, left_out, ranks
from core.explore.validation.training_inputs import TrainingCase
from core.explore.validation.workload_training import family_of, readable

REFERENCE = Path(__file__).parents[1] / "resources" / "reference"
READ = "2026-11-23"


def main() -> None:
    """Fit, print, and write if told to."""
    text = (REFERENCE / "workload-cases.yaml").read_text(encoding="utf-8")
    cases = readable(yaml.load(text, yaml.CSafeLoader)["cases"])
    constants = fit(cases)
    inside, outside = errors(cases, constants), left_out(cases)
    print(f"{'source':24} cases   fitted: mean   bias  worst   left out: mean   bias  worst")
    for a, b in zip(by_group(cases, inside), by_group(cases, outside), strict=True):
        print(
            f"{a.group:24} {a.cases:5d} {a.mean:14.1%} {a.bias:6.1%} {a.worst:6.1%}"
            f" {b.mean:16.1%} {b.bias:6.1%} {b.worst:6.1%}"
        )
    table = kinds(cases, inside, outside)
    for row in table:
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()})
    for sweep in ranks(cases, outside):
        print(sweep)
    if "--write" in sys.argv:
        mean = float(np.mean([g.mean for g in by_group(cases, inside)]))
        (REFERENCE / "training.toml").write_text(written(constants, mean), encoding="utf-8")
        (REFERENCE / "training-errors.toml").write_text(
            error_table(cases, outside, constants), encoding="utf-8"
        )


def kinds(cases: list[TrainingCase], inside: Any, outside: Any) -> list[dict[str, Any]]:
    """Return errors by accelerator family and kind: means over sources of the means over their cases."""
    keys = [(family_of(case), case.sort) for case in cases]
    rows = []
    for key in sorted(set(keys)):
        own = np.array([k == key for k in keys])
        held = [case for case, mine in zip(cases, own, strict=True) if mine]
        fitted, left = by_group(held, inside[own]), by_group(held, outside[own])
        rows.append(
            {
                "accelerator": key[0],
                "kind": key[1],
                "sources": len(left),
                "cases": len(held),
                "fitted": float(np.mean([g.mean for g in fitted])),
                "mean": float(np.mean([g.mean for g in left])),
                "bias": float(np.mean([g.bias for g in left])),
                "worst_source": float(max(g.mean for g in left)),
            }
        )
    return rows


def written(constants: Constants, error: float) -> str:
    """Return constants as TOML, fitted ones rounded to four figures."""
    fitted = [name for free in FREE for name in free.name.split("=")]
    lines = [
        "# Constants of the model of training (core/engine/training). All may be edited; the meaning and",
        "# unit of each stand in core/engine/training/constants.py. benchmarks/fit_training.py fits them.",
        "",
    ]
    tree = msgspec.to_builtins(constants)
    tables = [("shared", tree["shared"])]
    tables += [(f'eras."{key}"', value) for key, value in tree["eras"].items()]
    tables += [(f'accelerators."{key}"', value) for key, value in tree["accelerators"].items()]
    for head, fields in tables:
        lines += [f"[{head}]"] + [f"{name} = {literal(value)}" for name, value in fields.items()] + [""]
    lines += [
        "[[sources]]",
        "fields = [" + ", ".join(f'"{name}"' for name in fitted) + "]",
        'title = "Fitted by benchmarks/fit_training.py to the training cases of workload-cases.yaml"',
        'evidence = "verified"',
        f'read = "{READ}"',
        f"fit_error = {error:.3f}",
        "",
        "[[sources]]",
        'fields = ["shared", "eras", "accelerators"]',
        'title = "Taken before any case was seen (training-before.toml), and not fitted"',
        'evidence = "estimate"',
        f'read = "{READ}"',
        "",
    ]
    return "\n".join(lines)


def literal(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    return f"{value:.4g}"


def error_table(cases: list[TrainingCase], outside: Any, constants: Constants) -> str:
    """Return the bands that predictions are shown with, as TOML: by name of accelerator and kind of model."""
    lines = [
        "# Errors of predicted steps, with whole sources left out of the fit in turn: means over sources of",
        "# the mean over their cases. Written by benchmarks/fit_training.py.",
        f'read = "{READ}"',
    ]
    families = {"": ("",)} | {key: chip.names for key, chip in constants.accelerators.items()}
    for family, names in families.items():
        for kind in ("dense", "moe"):
            own = np.array(
                [(c.sort == "moe") == (kind == "moe") and family in ("", family_of(c)) for c in cases]
            )
            if not own.any():
                continue
            groups = by_group([c for c, mine in zip(cases, own, strict=True) if mine], outside[own])
            for name in names:
                lines += [
                    "",
                    "[[bands]]",
                    f'accelerator = "{name}"',
                    f'kind = "{kind}"',
                    f"error = {np.mean([g.mean for g in groups]):.3f}",
                    f"bias = {np.mean([g.bias for g in groups]):.3f}",
                    f"cases = {own.sum()}",
                    f"groups = {len(groups)}",
                ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
