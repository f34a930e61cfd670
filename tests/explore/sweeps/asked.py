"""Sweeps as the tests ask for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.explore.sweeps.running import Plan
from core.explore.sweeps.spec import Spec, read_spec
from core.explore.sweeps.variants import plan_of

BASE = '[base]\ntemplate = "rack-dgx-h100-x4"\n'
GRID = (
    'objectives = ["least usd_per_accelerator", "most tflops_bf16_dense"]\n'
    + BASE
    + '[parameters.host]\nset = "device:nvidia-dgx-h100"\nvalues = ["nvidia-dgx-h100", "nvidia-dgx-b200"]\n'
    + '[parameters.price]\nset = "price_factor:*"\nvalues = [1.0, 2.0]\n'
)


def asked(text: str = GRID) -> tuple[Spec, Plan]:
    spec = read_spec(text, "s.toml")
    return spec, plan_of(spec, Path("."))


def by_values(rows: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in values.items())]
    return row
