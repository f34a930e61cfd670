"""Measured workloads: errors by source, goals, and what cannot be computed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.__main__ import main
from core.explore.validation import left_out, workload_goals
from core.explore.validation.cases import Case, read_cases
from core.explore.validation.listing import as_data, as_lines
from core.explore.validation.running import Report, validate
from core.explore.validation.workload_goals import Group, correlation, groups_of, place_of_fastest, verdicts
from core.explore.validation.workloads import Comparison, compare
from tests.explore.validation.test_families import shipped

CASES = shipped("workload-cases.yaml")
STEP = next(case for case in CASES if case.family == "training" and "step_s" in case.expected)


@cache
def report() -> Report:
    return validate(CASES)


def changed(case: Case, **parts: Any) -> Case:
    """A case under another id with parts of its entry replaced."""
    entry = {**case.entry, "id": "mine", **parts}
    (made,) = read_cases({"cases": [entry]}, "mine")
    return made


def case_of(kind: str, measured: dict[str, Any], **parts: Any) -> Case:
    (made,) = read_cases({"cases": [{"id": "mine", "kind": kind, "measured": measured, **parts}]}, "mine")
    return made


def compared(quantity: str, group: str, error: float, measured: float = 1.0, **more: Any) -> Comparison:
    case = Case(f"{group}{error}", "training", {}, {}, group=group, entry=more)
    return Comparison(case, "step_s", quantity, measured, measured * (1 + error), error, error, "not fitted")


def test_all_shipped_cases_are_run_and_the_goals_are_told() -> None:
    data = as_data(report())
    assert len(data["cases"]) == len(CASES) == 707
    names = {goal["quantity"] for goal in data["summary"]["goals"]}
    assert {f"step time, dense, {chip}" for chip in ("H100", "A100", "Blackwell")} <= names
    assert {"step time, MoE", "step time, FSDP", "ITL, MoE", "cost, Epoch amortised"} <= names
    assert data["summary"]["goals_met"] is all(goal["met"] for goal in data["summary"]["goals"])
    assert {"quantity", "goal", "reached", "met"} <= set(data["summary"]["goals"][0])
    assert {"group", "quantity", "cases", "mean_error", "bias", "worst"} <= set(data["groups"][0])
    assert sum("step time" in group["quantity"] for group in data["groups"]) >= 15
    json.dumps(data, allow_nan=False)


def test_few_cases_are_not_covered_and_each_says_why() -> None:
    left = [result for result in report().results if result.verdict == "not_covered"]
    assert len(left) < 30
    assert all(result.remark for result in left)
    assert report().count("not_covered") == len(left)


def test_every_fitted_case_is_judged_by_constants_that_were_not_fitted_to_it() -> None:
    """If this fails the constants or formulas have changed: run `cagenut calibrate --errors` again."""
    fitted = [group for group in report().errors if group.basis != "not fitted"]
    assert {group.basis for group in fitted if group.group != "reliability"} == {"left out"}
    assert all(group.in_sample is not None for group in fitted)


def test_memory_and_failures_are_not_fitted() -> None:
    groups = {(group.quantity, group.group): group for group in report().errors}
    memory = groups["memory, activations", "korthikanti-2022"]
    assert (memory.basis, memory.cases) == ("not fitted", 8)
    assert memory.mean < 0.01


def test_groups_by_hand() -> None:
    found = [compared("q", "a", 0.1), compared("q", "a", -0.3), compared("q", "b", 0.05)]
    first, second = groups_of(found)
    assert (first.group, first.cases, first.worst) == ("a", 2, -0.3)
    assert (first.mean, first.bias) == (pytest.approx(0.2), pytest.approx(-0.1))
    assert (second.mean, second.basis, second.in_sample) == (0.05, "not fitted", None)


def test_a_goal_takes_the_plain_mean_over_sources_and_the_worst_of_them() -> None:
    name = "step time, dense, H100"
    groups = [
        Group("a", name, 100, 0.02, 0.0, 0.0, "left out"),
        Group("b", name, 1, 0.16, 0.0, 0.0, "not fitted"),
    ]
    mean, worst = verdicts(groups, [])
    assert (mean.reached, mean.is_met, mean.basis) == (pytest.approx(0.09), False, "left out, not fitted")
    assert (worst.reached, worst.is_met) == (0.16, False)
    assert worst.name == f"{name}, worst source"
    assert [verdict.goal.quantity for verdict in verdicts([groups[0]], [])] == [name, name]


def test_ranks_by_hand() -> None:
    """Measured 1 to 4, predicted 2, 1, 3, 4: the fastest is second; 1 - 6 x 2 / (4 x 15) = 0.8."""
    predicted = (2.0, 1.0, 3.0, 4.0)
    sweep = [compared("q", "a", p / m - 1, float(m)) for m, p in enumerate(predicted, 1)]
    assert place_of_fastest(sweep) == 2
    assert correlation(sweep) == pytest.approx(0.8)


def test_a_case_under_another_id_is_not_fitted_and_computed_alike() -> None:
    ((_, *_), (one, *_)) = compare([changed(STEP)])
    (_, (same, *_)) = compare([STEP])
    assert (one.basis, one.figure) == ("not fitted", "step_s")
    assert one.error == pytest.approx(same.in_sample)


def test_what_was_written_down_holds_only_while_the_model_is_the_same() -> None:
    (_, (one, *_)) = compare([STEP])
    assert left_out.error_without(STEP, "step_s", one.in_sample) == one.error
    assert left_out.error_without(STEP, "step_s", one.in_sample + 0.1) is None
    assert left_out.error_without(replace(STEP, id="mine"), "step_s", one.in_sample) is None


def test_rates_are_told_as_time() -> None:
    """A model that says half the tokens a second is off by +100 % of time."""
    rate = next(c for c in CASES if c.family == "training" and list(c.expected) == ["tokens_per_s_per_gpu"])
    (_, (one, *_)) = compare([changed(rate)])
    twice = {"tokens_per_s_per_gpu": 2 * rate.expected["tokens_per_s_per_gpu"]}
    (_, (two, *_)) = compare([changed(rate, measured=twice)])
    assert 1 + two.error == pytest.approx(2 * (1 + one.error))


def test_gpu_hours_by_hand() -> None:
    """6 x 10e9 x 1e12 FLOPs at 312 TFLOP/s x 0.46 x 0.95 are 122,240 hours."""
    hours = 6e22 / (312e12 * 0.46 * 0.95) / 3600
    case = case_of(
        "gpu_hours", {"tokens_t": 1, "gpu_hours": hours},
        hardware={"accelerator": "A100-SXM-80GB"}, model={"params_b": 10},
    )  # fmt: skip
    ((result,), (one,)) = compare([case])
    assert one.error == pytest.approx(0)
    assert one.quantity == "training GPU-hours of whole runs"
    assert result.verdict == "pass"


def test_failures_of_the_two_runs_that_gave_the_rates() -> None:
    runs = {result.case.id: result for result in report().results if result.case.family == "reliability"}
    keys = {key.name: key for key in runs["llama3-405b-interruptions"].keys}
    assert keys["unexpected"].error == pytest.approx(0, abs=0.01)
    assert keys["effective_training_time"].verdict == "pass"
    assert runs["meta-rsc-mttf-131072"].verdict == "not_covered"  # a projection


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (case_of("training", {"step_s": 1.0}), "does not state"),
        (case_of("training", {"step_s": 1.0}, model={"layers": [1]}, hardware={"count": {}}), "."),
        (changed(STEP, hardware={"accelerator": "Abacus", "count": 8}), "is not modelled"),
        (case_of("inference", {"itl_ms_median": 5.0}), ""),
        (case_of("gpu_hours", {"gpu_hours": 5.0}), r"does not state model\.params_b"),
        (case_of("reliability", {"job_mttf_h": 5.0}), r"does not state hardware\.count"),
        (case_of("dance", {"steps": 5.0}), "no family of cases is called 'dance'"),
    ],
)
def test_what_is_not_covered_says_why(case: Case, said: str) -> None:
    import re

    found = validate([case])
    assert found.results[0].verdict in ("not_covered", "claim")
    assert re.search(said, found.results[0].keys[0].remark)
    assert found.results[0].keys[0].remark
    assert found.goals == ()


WRONG = st.none() | st.booleans() | st.integers(-3, 10**9) | st.floats(allow_nan=False) | st.text(max_size=4)


@given(
    st.sampled_from([c for c in CASES if c.family not in ("collective", "cost")][::9]),
    st.sampled_from(["hardware", "model", "parallelism", "workload", "measured"]),
    st.data(),
)
def test_any_values_give_a_result(case: Case, part: str, data: Any) -> None:
    known = dict(case.entry.get(part) or {"x": 1})
    name = data.draw(st.sampled_from(sorted(known)))
    value = data.draw(WRONG)
    (result,), found = compare([changed(case, **{part: {**known, name: value}})])
    assert result.verdict in ("pass", "not_covered")
    assert (result.verdict == "pass") or not found


def test_goals_that_are_missed_make_their_cases_fall_short() -> None:
    slow = changed(STEP, measured={"step_s": 10 * STEP.expected["step_s"]})
    found = validate([slow])
    assert found.results[0].verdict == "fail"
    assert not found.goals_met
    assert not found.is_good
    assert any(line.strip().startswith("MISSED") for line in as_lines(found))


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["validate", *arguments])
    return int(ended.value.code or 0)


def test_a_file_of_other_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "cases:\n"
        "- {id: a, kind: gpu_hours, group: ours, hardware: {accelerator: A100}, model: {params_b: 10},\n"
        "   measured: {tokens_t: 1, gpu_hours: 120000}}\n"
        "- {id: b, kind: gpu_hours, group: ours, measured: {gpu_hours: 5}}\n",
        encoding="utf-8",
    )
    assert status(str(file), "--json") == 0
    data = json.loads(capsys.readouterr().out)
    (goal,) = data["summary"]["goals"]
    assert (goal["quantity"], goal["goal"], goal["met"]) == ("training GPU-hours of whole runs", 0.15, True)
    assert goal["reached"] == pytest.approx(0.0187, abs=0.001)
    assert data["summary"]["goals_met"] is True
    assert data["summary"]["not_covered"] == 1
    assert data["groups"][0]["basis"] == "not fitted"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: [", "line"),
        ("cases:\n- {id: a, kind: training}\n", "mine.yaml, line 2, case a: a case has no expected figures"),
        (
            "cases:\n- {id: a, kind: training, measured: {step_s: .nan}}\n",
            "line 2, case a: '.nan' is no number",
        ),
        ("cases:\n- {kind: training}\n", "line 2: a case has no id"),
        ("x: 1\n", "this holds no cases"),
        (
            "cases:\n- {id: a, kind: training, model: 3, measured: {step_s: 1}}\n",
            "line 2, case a: 'model' is a",
        ),
    ],
)
def test_a_bad_file_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    assert status(str(file)) == 2
    assert said in capsys.readouterr().err


def test_goals_are_those_of_the_notes() -> None:
    limits = {(goal.quantity, goal.statistic): goal.limit for goal in workload_goals.GOALS}
    assert limits["step time, dense, H100", "mean"] == 0.06
    assert limits["step time, dense, A100", "worst source"] == 0.18
    assert len(limits) == len(workload_goals.GOALS) == 21
