"""Published cases of training: read as stated, predicted within the errors published, fitted again."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from core.engine.training import best_plans
from core.engine.training.constants import edited, shipped_constants
from core.engine.training.plan import RECOMPUTE, SHARDING
from core.errors import EngineError
from core.explore.fitting.training import Free, by_group, errors, fit, left_out, predictions, ranks
from core.explore.validation.training_inputs import TrainingCase, read_case
from core.explore.validation.workload_training import family_of, predict, readable
from core.model.jobs import TrainingJob

CASES = Path(__file__).resolve().parents[3] / "resources/reference/workload-cases.yaml"


@cache
def entries() -> list[dict[str, Any]]:
    return yaml.load(CASES.read_text(encoding="utf-8"), yaml.CSafeLoader)["cases"]


@cache
def cases() -> list[TrainingCase]:
    return readable(entries())


def entry(name: str) -> dict[str, Any]:
    return next(case for case in entries() if case["id"] == name)


def test_most_cases_of_training_can_be_predicted() -> None:
    stated = [case for case in entries() if case["kind"] == "training"]
    assert len(cases()) >= len(stated) - 9
    named = {case.id for case in cases()}
    # TPUs alone are not covered: their cases state neither plan nor batch, or another precision.
    assert all("TPU" in case["hardware"]["accelerator"] for case in stated if case["id"] not in named)


@pytest.mark.parametrize("name", ["22b", "175b", "530b", "1t"])
def test_memory_of_korthikanti_2022_within_5_percent(name: str) -> None:
    case = entry(f"kor22-f1-mem-{name}")
    found = predict(case)
    for figure, measured in case["measured"].items():
        assert found[figure] == pytest.approx(measured, rel=0.05)


def test_one_prediction_gives_what_the_columns_give() -> None:
    together = predictions(cases(), shipped_constants()).total
    for row in range(0, len(cases()), 40):
        case = cases()[row]
        assert predict(entry(case.id))["step_s"] == pytest.approx(together[row], rel=1e-9)


def test_figures_of_a_prediction_agree() -> None:
    case = entry("dgxc-v25.04-llama31-70b-bf16-512")
    found = predict(case)
    assert found["tokens_per_s"] == pytest.approx(1024 * 8192 / found["step_s"])
    assert found["tokens_per_s_per_gpu"] == pytest.approx(found["tokens_per_s"] / 512)
    assert found["step_s"] == pytest.approx(case["measured"]["step_s"], rel=0.1)


@pytest.mark.parametrize(("family", "limit"), [("A100", 0.10), ("H100", 0.06), ("Blackwell", 0.12)])
def test_dense_steps_with_their_source_in_the_fit(family: str, limit: float) -> None:
    own = [case for case in cases() if family_of(case) == family and case.sort == "dense"]
    groups = by_group(own, errors(own, shipped_constants()))
    assert np.mean([group.mean for group in groups]) <= limit


def test_the_fastest_of_the_bloom_sweep_is_among_the_three_predicted() -> None:
    sweep = [case for case in cases() if case.group == "bloom-prequel"]
    found = [one for one in ranks(sweep, errors(sweep, shipped_constants())) if one.layers == 72]
    assert found
    assert all(one.fastest <= 3 for one in found)


def test_no_plan_that_ran_is_rejected() -> None:
    rejected = []
    for case in {(c.model, c.plan, c.cluster.name, c.cluster.count): c for c in cases()}.values():
        stated = entry(case.id)["parallelism"].get("recompute") is not None
        levels = (RECOMPUTE[int(case.plan.recompute)],) if stated else RECOMPUTE
        # One group states neither its interleaving; sharing over fewer ranks than all is not searched for.
        if not any(_is_possible(case, level) for level in levels):
            rejected.append(case.id)
    assert rejected == []


def _is_possible(case: TrainingCase, recompute: str) -> bool:
    plan = case.plan
    job = TrainingJob(
        sequence=int(case.sequence), global_batch=round(case.batch), precision=case.precision,
        tp=int(plan.tp), pp=int(plan.pp), cp=int(plan.cp), ep=int(plan.ep), microbatch=int(plan.microbatch),
        interleave=int(plan.interleave) if entry(case.id)["parallelism"].get("interleave") else 0,
        recompute=recompute, sharding=SHARDING[int(plan.sharding)], era=case.era[:4],
    )  # fmt: skip
    return best_plans(case.model, job, case.cluster, most=1).possible > 0


def test_what_a_case_lacks_is_said() -> None:
    case = entry("dgxc-v25.04-llama31-70b-bf16-512")
    for place, key in (("hardware", "count"), ("model", "hidden")):
        lacking = {**case, place: {k: v for k, v in case[place].items() if k != key}}
        with pytest.raises(EngineError, match=f"does not state {key}"):
            read_case(lacking)
    with pytest.raises(EngineError, match="'Abacus' is not modelled"):
        read_case({**case, "hardware": {**case["hardware"], "accelerator": "Abacus"}})
    with pytest.raises(EngineError, match="precision 'int3' is not modelled"):
        read_case({**case, "precision": "int3"})
    with pytest.raises(EngineError, match="need 8192 accelerators of 512"):
        read_case({**case, "parallelism": {**case["parallelism"], "tp": 64, "pp": 64}})


def test_a_fit_finds_the_constants_that_made_the_times() -> None:
    from dataclasses import replace

    some = [case for case in cases() if case.group in ("dgxc-v25.04", "nemo-h100-fp8", "bloom-prequel")]
    true = edited(
        shipped_constants(),
        {
            "accelerators.H100.bf16_share": 0.6,
            "accelerators.H100.fp8_share": 0.55,
            "accelerators.A100.bf16_share": 0.7,
        },
    )
    times = predictions(some, true).total
    made = [replace(case, measured_s=float(time)) for case, time in zip(some, times, strict=True)]
    free = tuple(
        Free(f"accelerators.{name}_share", 0.3, 1.0) for name in ("H100.bf16", "H100.fp8", "A100.bf16")
    )
    found = fit(made, shipped_constants(), free)
    assert found.accelerators["H100"].bf16_share == pytest.approx(0.6, rel=0.01)
    assert found.accelerators["H100"].fp8_share == pytest.approx(0.55, rel=0.01)
    assert found.accelerators["A100"].bf16_share == pytest.approx(0.7, rel=0.01)
    # Left out, a source still meets times that constants of the others made.
    assert np.abs(left_out(made, shipped_constants(), free)).max() < 0.05


def test_nothing_to_fit_to_is_said() -> None:
    with pytest.raises(EngineError, match="no measured steps"):
        fit([])
