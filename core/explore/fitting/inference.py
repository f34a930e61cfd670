"""Fit of the constants of inference: engine by engine and family by family, and on cases left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from core.engine.inference.constants import Constants, Kernels, Power, shipped_constants
from core.errors import EngineError
from core.explore.validation.serving_inputs import engine_of, part, precision_of
from core.explore.validation.workload_inference import predict

Case = Mapping[str, Any]
Vector = NDArray[np.float64]
Pair = tuple[str, str]
"""An engine and a family of accelerators."""

TIMES = (
    "itl_ms_median", "output_tokens_per_s", "request_latency_ms", "prefill_ms", "decode_ms_per_token",
    "input_tokens_per_s_per_node", "output_tokens_per_s_per_node",
)  # fmt: skip
"""Figures that constants of kernels and hosts are fitted to."""
START = {
    "memory_share": 0.9, "cache_share": 0.7, "latent_share": 0.6, "expert_share": 0.6,
    "product_share_bf16": 0.7, "product_share_fp8": 0.5, "product_share_fp4": 0.4,
    "expert_product_factor": 0.8, "attention_share": 0.4, "layer_us": 50.0, "expert_layer_us": 50.0,
    "scaling_us": 30.0, "expert_scaling_us": 30.0,
    "sequence_us": 20.0, "prefill_us": 5000.0, "expert_prefill_us": 50.0, "reduce_us": 5.0,
    "expert_rows": 8.0, "bunching": 3.0,
}  # fmt: skip
"""Round guesses, the same for all; a constant that no case speaks of stays near it."""
SPREAD = {
    "memory_share": 0.12, "cache_share": 0.25, "latent_share": 0.3, "expert_share": 0.3,
    "product_share_bf16": 0.15, "product_share_fp8": 0.2, "product_share_fp4": 0.25,
    "expert_product_factor": 0.4, "attention_share": 0.4,
}  # fmt: skip
"""How well a guess is known before any case is seen, in e-folds, 1 for all others: the best matrix products
measured reach 0.76 to 0.80 of the peak of Hopper and Blackwell, streams some nine tenths of the memory."""
HIGHEST = {
    "memory_share": 0.98, "cache_share": 0.98, "latent_share": 0.98, "expert_share": 0.98,
    "product_share_bf16": 0.85, "product_share_fp8": 0.8, "product_share_fp4": 0.8,
    "expert_product_factor": 1.0, "attention_share": 1.0,
}  # fmt: skip
"""What no kernel is known to pass; the best matrix products measured reach 0.87 of the peak."""
SHARE_RANGE, TIME_RANGE = 0.7, 3.0
"""How far a constant may go from its guess, in e-folds."""
HOLD = 0.05
"""Weight of staying near the guess: a stray of one spread weighs as much as this error of a case."""
POWER_START = {"base": 0.45, "memory": 0.45, "product": 1.0}
POWER_SPREAD = 0.1
"""Round guesses of the shares of an accelerator's design power, and how far they may be off."""
HOST_SHARES = 0.2, 1.0
"""Least and most of its rated power that a host may draw while it serves."""
FEWEST = 3
"""Cases that a pair needs to be fitted."""


def fit(cases: Sequence[Case], base: Constants | None = None) -> Constants:
    """Return constants fitted to measured cases; what they do not speak of stays as in `base`.

    Raises
    ------
    EngineError
        If no case can be computed.
    """
    constants = base or shipped_constants()
    groups = pairs(cases, constants)
    if not groups:
        raise EngineError("no case of inference among these can be computed", cure="Compare with the docs")
    for pair, mine in groups.items():
        if len(mine) >= FEWEST:
            constants = with_kernels(constants, pair, _kernels(mine, pair, constants))
    for family, mine in powered(cases, constants).items():
        if len(mine) >= FEWEST:
            fitted = _power(mine, family, constants)
            constants = msgspec.structs.replace(constants, power=constants.power | {family: fitted})
    return _with_host_shares(cases, constants)


def pairs(cases: Sequence[Case], constants: Constants) -> dict[Pair, list[Case]]:
    """Return the cases that can be computed by engine and family of accelerators."""
    found: dict[Pair, list[Case]] = {}
    for case in cases:
        if errors(case, constants, TIMES):
            family = constants.family(str(part(case, "hardware")["accelerator"]))
            found.setdefault((engine_of(case)[0], family), []).append(case)
    return found


def powered(cases: Sequence[Case], constants: Constants) -> dict[str, list[Case]]:
    """Return the cases whose accelerators' power was measured, by family."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        if errors(case, constants, ("gpu_power_w",)):
            family = constants.family(str(part(case, "hardware")["accelerator"]))
            found.setdefault(family, []).append(case)
    return found


def errors(case: Case, constants: Constants, names: Sequence[str]) -> dict[str, float]:
    """Return computed over measured less 1 for some figures of a case; none if it cannot be computed."""
    try:
        computed = predict(case, constants)
    except EngineError:
        return {}
    measured = part(case, "measured")
    return {
        name: computed[name] / measured[name] - 1
        for name in names
        if name in computed and isinstance(measured.get(name), int | float) and measured[name] > 0
    }


def with_kernels(constants: Constants, pair: Pair, kernels: Kernels) -> Constants:
    """Return constants with those of one engine on one family put in."""
    name, family = pair
    engine = constants.engine(name)
    engine = msgspec.structs.replace(engine, families=engine.families | {family: kernels})
    return msgspec.structs.replace(constants, engines=constants.engines | {name: engine})


def names_of(cases: Sequence[Case], engine: str) -> list[str]:
    """Return the constants that the cases of an engine can tell."""
    names = ["memory_share", "cache_share", "layer_us", "sequence_us"]
    kinds = {precision_of(case) for case in cases}
    names += [f"product_share_{p}" for p in ("bf16", "fp8", "fp4") if p in kinds]
    if "mxfp4" in kinds and "bf16" not in kinds:
        names.append("product_share_bf16")
    if "fp8" in kinds and kinds & {"bf16", "mxfp4"}:
        names.append("scaling_us")
    models = [part(case, "model") for case in cases]
    if any("attn" in model for model in models):
        names.append("latent_share")
    if any("moe" in model for model in models):
        names += ["expert_share", "expert_layer_us", "expert_product_factor", "expert_rows"]
        if "scaling_us" in names:
            names.append("expert_scaling_us")
    if any("avg_batch" in part(case, "workload") for case in cases):
        names += ["prefill_us", "bunching"]
        names += ["expert_prefill_us"] if any("moe" in model for model in models) else []
    else:
        names.append("attention_share")
    if any(part(case, "parallelism").get("tp", 1) > 1 for case in cases) and engine != "vllm":
        names.append("reduce_us")
    return names


def _kernels(cases: Sequence[Case], pair: Pair, constants: Constants) -> Kernels:
    names = names_of(cases, pair[0])
    known = {name: START[name] for name in START if name.endswith("_share") or name.startswith("product_")}
    known |= {"layer_us": 0.0, "sequence_us": 0.0, "expert_product_factor": START["expert_product_factor"]}

    def made(x: Vector) -> Kernels:
        return Kernels(**(known | dict(zip(names, np.exp(x).tolist(), strict=True))))

    def off(kernels: Kernels) -> list[float]:
        tried = with_kernels(constants, pair, kernels)
        return [e for case in cases for e in errors(case, tried, TIMES).values()]

    x = _solved(names, lambda x: off(made(x)))
    kernels = made(x)
    error = float(np.mean(np.abs(off(kernels))))
    rounded = {name: float(f"{getattr(kernels, name):.3g}") for name in names}
    return msgspec.structs.replace(kernels, **rounded, fitted_cases=len(cases), fit_error=round(error, 4))


def _solved(names: Sequence[str], off: Callable[[Vector], list[float]]) -> Vector:
    """Return logarithms of constants that make computed over measured near 1, outliers of little weight."""
    start = np.log([START[name] for name in names])
    low = start - np.array([SHARE_RANGE if name in HIGHEST else TIME_RANGE for name in names])
    known = np.array([SPREAD.get(name, 1.0) for name in names])
    high = np.array(
        [np.log(HIGHEST[n]) if n in HIGHEST else s + TIME_RANGE for n, s in zip(names, start, strict=True)]
    )

    def residuals(x: Vector) -> Vector:
        found = np.log(np.maximum(1 + np.array(off(x)), 1e-3))
        return np.concatenate([found, HOLD * (x - start) / known])

    inside = np.clip(start, low + 1e-6, high - 1e-6)
    solved = least_squares(
        residuals, inside, bounds=(low, high), loss="cauchy", f_scale=0.05, diff_step=1e-3, max_nfev=60
    )
    return np.asarray(solved.x, float)


def _power(cases: Sequence[Case], family: str, constants: Constants) -> Power:
    """Return the power of a family that meets measured power best, outliers of little weight.

    Guesses hold it where cases tell little: memory and products are busy together too often to tell apart.
    """
    guess = np.array(list(POWER_START.values()))

    def made(x: Vector) -> Power:
        return Power(**dict(zip(POWER_START, x.tolist(), strict=True)))

    def off(x: Vector) -> Vector:
        tried = _with_power(constants, family, made(x))
        return np.array([errors(case, tried, ("gpu_power_w",))["gpu_power_w"] for case in cases])

    def residuals(x: Vector) -> Vector:
        return np.concatenate([np.log1p(off(x)), HOLD * (x - guess) / POWER_SPREAD])

    solved = least_squares(residuals, guess, bounds=(0.01, 3.0), loss="soft_l1", f_scale=0.1, diff_step=1e-3)
    found = np.round(solved.x, 3)
    host = constants.power[family].host if family in constants.power else made(found).host
    error = round(float(np.mean(np.abs(off(found)))), 4)
    return msgspec.structs.replace(made(found), host=host, fitted_cases=len(cases), fit_error=error)


def _with_power(constants: Constants, family: str, power: Power) -> Constants:
    return msgspec.structs.replace(constants, power=constants.power | {family: power})


def _with_host_shares(cases: Sequence[Case], constants: Constants) -> Constants:
    """Return constants with what hosts draw of their rated power, where whole systems were measured.

    Power is linear in it: of several cases the median of what makes each right.
    """
    needed: dict[str, list[float]] = {}
    for case in cases:
        family = constants.family(str(part(case, "hardware").get("accelerator", "")))
        if family not in constants.power or not errors(case, constants, ("system_power_w",)):
            continue
        low, high = (_with_host_share(constants, family, share) for share in HOST_SHARES)
        watts = [predict(case, one)["system_power_w"] for one in (low, high)]
        slope = (watts[1] - watts[0]) / (HOST_SHARES[1] - HOST_SHARES[0])
        share = HOST_SHARES[0] + (part(case, "measured")["system_power_w"] - watts[0]) / slope
        needed.setdefault(family, []).append(share)
    for family, shares in needed.items():
        share = min(max(float(np.median(shares)), HOST_SHARES[0]), HOST_SHARES[1])
        constants = _with_host_share(constants, family, round(share, 3))
    return constants


def _with_host_share(constants: Constants, family: str, share: float) -> Constants:
    return _with_power(constants, family, msgspec.structs.replace(constants.power[family], host=share))
