"""Predictions of measured serving: what cases need, and that all that ran are predicted."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from core.engine.inference.constants import shipped_constants
from core.engine.inference.iteration import iteration
from core.errors import EngineError
from core.explore.fitting.inference import errors
from core.explore.fitting.inference_left_out import FIGURES, group_errors
from core.explore.validation.serving_inputs import cluster_of, engine_of, inputs, model_of, precision_of
from core.explore.validation.workload_inference import predict

CASES = Path(__file__).resolve().parents[3] / "resources/reference/workload-cases.yaml"
FULL: dict[str, Any] = {
    "id": "one",
    "source": "somebody's log (vLLM)",
    "hardware": {"accelerator": "H100-SXM", "count": 1},
    "precision": "bfloat16",
    "model": {
        "arch": "llama3", "layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336,
        "vocab": 128256,
    },
    "parallelism": {"tp": 1, "ep": 1, "dp": 1},
    "workload": {"avg_batch": 8.0, "avg_output_tokens": 400.0, "avg_input_tokens": 200.0},
    "measured": {"itl_ms_median": 7.3},
}  # fmt: skip


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(CASES.read_text(encoding="utf-8"), Loader=loader)["cases"]
    return [case for case in found if case["kind"] == "inference"]


def changed(**parts: dict[str, Any]) -> dict[str, Any]:
    case = deepcopy(FULL)
    for name, values in parts.items():
        case[name] |= values
    return case


def test_the_median_is_an_iteration_without_prompts_while_these_are_rare() -> None:
    found = predict(FULL)
    alone = iteration(
        model_of(FULL), cluster_of(FULL), tp=1.0, batch=8.0, context=400.0, precision="bf16", cache_bytes=2.0
    )
    assert found["itl_ms_median"] == pytest.approx(1e3 * float(alone.seconds))
    assert found["itl_ms_mean"] > found["itl_ms_median"]
    assert found["output_tokens_per_s"] == pytest.approx(8 / found["itl_ms_mean"] * 1e3)
    joules = found["gpu_power_w"] / found["output_tokens_per_s"]
    assert found["energy_j_per_output_token"] == pytest.approx(joules)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"hardware": {"accelerator": "Abacus"}}, "accelerator 'Abacus' are not known"),
        ({"model": {"layers": "many"}}, "layers is not usable"),
        ({"model": {"layers": 1.5}}, "layers of the case is not a whole number"),
        ({"workload": {"avg_output_tokens": -3}}, "avg_output_tokens is not usable"),
        ({"workload": {"avg_input_tokens": None}}, "how long its prompts are"),
        ({"model": {"attn": "MLA q_lora 5"}}, "latent attention of the case lacks kv_lora"),
    ],
)
def test_what_a_case_lacks_is_named(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        predict(changed(**parts))


def test_a_source_that_names_no_engine_is_refused_unless_the_case_does() -> None:
    with pytest.raises(EngineError, match="no serving engine"):
        predict(FULL | {"source": "a friend"})
    named = changed(workload={"engine": "tensorrt-llm"}) | {"source": "a friend"}
    assert engine_of(named)[0] == "tensorrt-llm"
    assert predict(named)["itl_ms_median"] > 0


def test_every_case_that_gives_its_model_is_predicted(cases: list[dict[str, Any]]) -> None:
    refused = {}
    for case in cases:
        try:
            found = predict(case)
        except EngineError as error:
            refused[case["id"]] = str(error)
            continue
        assert set(found) & set(case["measured"]), case["id"]
        assert all(np.isfinite(value) and value > 0 for value in found.values()), case["id"]
    contradicted = set(inputs()["contradicted"])
    assert set(refused) == {"ft-13b-a100-40-t1", "ft-13b-a100-40-t2"} | contradicted
    for name, words in refused.items():
        assert ("the source contradicts it" if name in contradicted else "no shape of its model") in words


def test_a_contradicted_case_took_longer_than_one_with_more_to_do(cases: list[dict[str, Any]]) -> None:
    def work(case: dict[str, Any]) -> tuple[float, float, float]:
        """Weights, layers, and values read of the cache in an iteration."""
        model, load = case["model"], case["workload"]
        kept = model["layers"] * model["kv_heads"] * model["head_dim"]
        return model["params_b"], model["layers"], kept * load["avg_batch"] * load["avg_output_tokens"]

    by_id = {case["id"]: case for case in cases}
    for name in inputs()["contradicted"]:
        case = by_id[name]
        more = [
            other
            for other in cases
            if other["id"] not in inputs()["contradicted"]
            and other["hardware"] == case["hardware"]
            and other.get("parallelism") == case["parallelism"]
            and other["workload"].get("task") == case["workload"]["task"]
            and "moe" not in other["model"]
            and all(theirs >= mine for theirs, mine in zip(work(other), work(case), strict=True))
        ]
        assert any(o["measured"]["itl_ms_median"] < case["measured"]["itl_ms_median"] for o in more), name


def test_shipped_constants_are_as_near_as_their_file_says(cases: list[dict[str, Any]]) -> None:
    constants = shipped_constants()
    found = group_errors(cases, {case["id"]: errors(case, constants, FIGURES) for case in cases})
    served = {(g.accelerator, g.kind, g.figure): g for g in found}
    assert served["H100", "dense, served", "itl_ms_median"].mean < 0.09
    assert served["H100", "dense, served", "output_tokens_per_s"].mean < 0.09
    for accelerator in ("H100", "B200"):
        assert served[accelerator, "moe, served", "itl_ms_median"].mean < 0.20
    assert served["H200", "dense, offline", "output_tokens_per_s"].mean < 0.20


def test_names_tell_power_and_memory(cases: list[dict[str, Any]]) -> None:
    by_id = {case["id"]: case for case in cases}
    plain = cluster_of(by_id["mlperfinf41-llama2-70b-h200x8-offline"])
    fast = cluster_of(by_id["mlperfinf41-llama2-70b-h200ctsx8-offline"])
    assert fast.tdp_w == 1000
    assert fast.tflops["fp8"] == pytest.approx(plain.tflops["fp8"] * (1000 / 700) ** (1 / 3))
    assert cluster_of(by_id["mlperfinf41-llama2-70b-h200x8maxq-offline"]).tdp_w < plain.tdp_w
    assert precision_of(by_id["mle-gp-gpt-oss-120b-h100x2-b8"]) == "mxfp4"


def test_every_stand_in_says_where_it_is_from() -> None:
    for entry in (*inputs()["assumed"].values(), *inputs()["tasks"].values()):
        assert entry["evidence"] in ("verified", "estimate", "recalled", "assumed")
        assert len(entry["from"]) > 10
