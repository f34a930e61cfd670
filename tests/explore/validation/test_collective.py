"""Measured collectives: the goals are met, and other cases run as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.explore.validation.cases import Case
from core.explore.validation.collective import judge_groups, predictions
from core.explore.validation.listing import as_data, as_lines, plain_means
from core.explore.validation.running import validate
from tests.explore.validation.test_families import shipped

CASES = [case for case in shipped("workload-cases.yaml") if case.family == "collective"]


def test_the_goals_are_met_by_every_group_and_on_the_whole() -> None:
    """By the shipped constants; what is reached by those fitted without a source stands among the goals."""
    report = validate(CASES)
    assert len(report.results) == 125
    assert report.count("fail") == 0
    assert {group.group for group in report.groups} == {
        "aic-nccl", "nvlink-sharp", "multi-node-allreduce", "deepep",
    }  # fmt: skip
    assert all(group.is_met for group in report.groups)
    means = plain_means(report)
    assert means["at least 1 MiB"] <= 0.10
    assert means["below 1 MiB"] <= 0.25
    assert sum(group.cases for group in report.groups) == 125
    summary = as_data(report)["summary"]
    assert summary["pass"] == 125
    assert len(summary["groups"]) == 5
    assert any("goal at most 10%" in line for line in as_lines(report))


def test_a_group_that_is_off_fails_with_all_its_cases_of_that_size() -> None:
    mine = [replace(case, expected={k: 3 * v for k, v in case.expected.items()}) for case in CASES[:20]]
    results, groups = judge_groups(mine)
    assert {group.size: group.is_met for group in groups} == {"at least 1 MiB": False, "below 1 MiB": False}
    assert {result.verdict for result in results} == {"fail"}


def test_names_do_not_matter() -> None:
    for n, case in enumerate(CASES):
        assert predictions(replace(case, id=f"x{n}", source="")) == predictions(case)


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"op": "all_reduce", "bytes": 8},
        {"op": "sing", "accelerator": "H100-SXM", "ranks": 8, "bytes": 8},
        {"op": "all_reduce", "accelerator": "Abacus", "ranks": 8, "bytes": 8},
        {"op": "all_reduce", "accelerator": "H100-SXM", "ranks": 1, "bytes": 8},
        {"op": "all_reduce", "accelerator": "H100-SXM", "ranks": 8, "bytes": 0},
        {"op": "all_reduce", "accelerator": "H100-SXM", "ranks": 16, "gpus_per_node": 8, "bytes": 8},
        {"op": "moe all-to-all", "accelerator": "H800", "ranks": 8},
    ],
)
def test_what_is_not_covered(inputs: dict[str, object]) -> None:
    (result,), groups = judge_groups([Case("c", "collective", inputs, {"time_us": 5.0}, group="g")])
    assert result.verdict == "not_covered"
    assert result.remark
    assert groups == []


def test_a_case_of_our_own() -> None:
    """Twice the ranks in twice the nodes: the network carries 2 x 15/16 of the buffer over eight ports."""
    inputs = {
        "op": "all_reduce", "accelerator": "H100-SXM-80GB", "ranks": 16, "gpus_per_node": 8, "algo": "ring",
        "nic_gbps_per_gpu": 100, "bytes": 2**30,
    }  # fmt: skip
    computed = predictions(Case("mine", "collective", inputs, {"time_us": 1.0}))
    least_us = 2 * 15 / 16 * 2**30 / 8 / 12.5e3
    assert least_us < computed["time_us"] < 1.2 * least_us
