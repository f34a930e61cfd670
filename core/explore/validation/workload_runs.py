"""Published GPU-hours of whole runs: model FLOPs at the utilisation other runs of such accelerators told."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from core.errors import EngineError


@cache
def _given() -> dict[str, Any]:
    path = files("resources").joinpath("reference", "run-inputs.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def predict(case: dict[str, Any]) -> dict[str, float]:
    """Return the GPU-hours of a run: 6 FLOPs for each active parameter and token.

    Raises
    ------
    EngineError
        If parameters or tokens are not stated, or the accelerator is not known.
    """
    model, measured = case.get("model") or {}, case.get("measured") or {}
    active = _number(model.get("active_b", model.get("params_b")), "model.params_b")
    tokens = _number(measured.get("tokens_t"), "measured.tokens_t")
    name = str((case.get("hardware") or {}).get("accelerator", ""))
    known = _given()["accelerators"]
    fitting = [key for key in known if name.startswith(key)]
    if not fitting:
        raise EngineError(f"no utilisation of '{name[:40]}' is known", cure=f"Known are: {', '.join(known)}")
    chip = known[max(fitting, key=len)]
    flops = 6 * active * 1e9 * tokens * 1e12
    useful = chip["bf16_tflops"] * 1e12 * chip["mfu"] * _given()["goodput"]["value"]
    return {"gpu_hours": flops / useful / 3600}


def _number(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise EngineError(f"the case does not state {name}")
    return float(value)
