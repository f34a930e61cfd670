"""Fits of the constants of inference: they find what made the cases, and leave out what they say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.engine.inference.constants import Constants, shipped_constants
from core.errors import EngineError
from core.explore.fitting.inference import errors, fit, pairs, with_kernels
from core.explore.fitting.inference_left_out import fold_label, group_errors, left_out, model_label
from core.explore.validation.workload_inference import predict

PAIR = ("vllm", "hopper")
SHAPES = {
    "8b": {"layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336, "vocab": 128256},
    "70b": {"layers": 80, "hidden": 8192, "heads": 64, "kv_heads": 8, "ffn": 28672, "vocab": 128256},
    "3b": {"layers": 28, "hidden": 3072, "heads": 24, "kv_heads": 8, "ffn": 8192, "vocab": 128256},
}
TIMES = ("itl_ms_median", "output_tokens_per_s")


def truth() -> Constants:
    """Constants that differ from the shipped ones, and from where a fit starts."""
    kernels = shipped_constants().engines["vllm"].families["hopper"]
    kernels = msgspec.structs.replace(kernels, layer_us=140.0, sequence_us=9.0, memory_share=0.6)
    return with_kernels(shipped_constants(), PAIR, kernels)


def made_cases(constants: Constants) -> list[dict[str, Any]]:
    """Cases whose measured figures a model with these constants gives."""
    found = []
    for name, shape in SHAPES.items():
        for batch in (2, 16, 64, 256):
            case: dict[str, Any] = {
                "id": f"{name}-{batch}",
                "source": "made (vLLM)",
                "hardware": {"accelerator": "H100-SXM", "count": 2},
                "precision": "bf16",
                "model": {"arch": name, **shape},
                "parallelism": {"tp": 2, "ep": 1, "dp": 1},
                "workload": {"avg_batch": batch, "avg_output_tokens": 400.0, "avg_input_tokens": 200.0},
                "measured": {},
            }
            predicted = predict(case, constants)
            case["measured"] = {name: predicted[name] for name in TIMES}
            found.append(case)
    return found


def test_a_fit_finds_the_constants_that_made_the_cases() -> None:
    cases = made_cases(truth())
    fitted = fit(cases)
    kernels = fitted.engines["vllm"].families["hopper"]
    assert kernels.layer_us == pytest.approx(140.0, rel=0.1)
    assert kernels.memory_share == pytest.approx(0.6, rel=0.05)
    assert kernels.fitted_cases == 12
    assert kernels.fit_error < 0.02
    assert fit(cases) == fitted, "the same each time"
    others = {name: e for name, e in fitted.engines.items() if name != "vllm"}
    assert others == {name: e for name, e in shipped_constants().engines.items() if name != "vllm"}


def test_cases_left_out_are_predicted_by_the_others() -> None:
    cases = made_cases(truth())
    found = left_out(cases, shipped_constants(), model_label)
    assert set(found) == {case["id"] for case in cases}
    assert all(abs(error) < 0.1 for row in found.values() for error in row.values())
    shipped = {case["id"]: errors(case, shipped_constants(), TIMES) for case in cases}
    before, after = (group_errors(cases, errors_)[0] for errors_ in (shipped, found))
    assert after.mean < before.mean
    assert (after.accelerator, after.kind, after.cases) == ("H100", "dense, served", 12)
    assert len({fold_label(case) for case in cases}) > 1


def test_cases_that_cannot_be_computed_are_passed_over() -> None:
    cases = made_cases(truth())
    broken = cases[0] | {"id": "broken", "model": {"arch": "x"}}
    assert len(pairs([*cases, broken], shipped_constants())[PAIR]) == 12
    with pytest.raises(EngineError, match="no case of inference"):
        fit([broken])


def test_the_share_of_hosts_follows_from_systems_that_were_measured() -> None:
    shipped = shipped_constants()
    power = msgspec.structs.replace(shipped.power["hopper"], host=0.8)
    drawn = msgspec.structs.replace(shipped, power=shipped.power | {"hopper": power})
    case: dict[str, Any] = {
        "id": "wall",
        "source": "a log (TensorRT-LLM)",
        "hardware": {"accelerator": "H100-SXM", "count": 8},
        "precision": "fp8",
        "model": {"arch": "70b", **SHAPES["70b"]},
        "parallelism": {"tp": 2},
        "workload": {"input_tokens": 500, "output_tokens": 500},
    }
    hosts = predict(case | {"measured": {}}, drawn)["system_power_w"]
    fitted = fit([case | {"measured": {"system_power_w": hosts, "output_tokens_per_s": 5000}}])
    assert fitted.power["hopper"].host == pytest.approx(0.8, abs=0.001)
    too_much = fit([case | {"measured": {"system_power_w": 1e6, "output_tokens_per_s": 5000}}])
    assert too_much.power["hopper"].host == 1.0
