"""Published costs: Epoch AI's seven runs and a service, from the inputs they state."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import EngineError
from core.explore.validation.workload_cost import predict

CASES = Path(__file__).parents[3] / "resources/reference/workload-cases.yaml"


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    entries = yaml.load(CASES.read_text(encoding="utf-8"), yaml.CSafeLoader)["cases"]
    return {entry["id"]: entry for entry in entries if entry["kind"] == "cost"}


def test_all_epoch_runs_come_out_within_5_percent(cases: dict[str, dict[str, Any]]) -> None:
    epoch = [case for case in cases.values() if case["group"] == "epoch-cost"]
    assert len(epoch) == 7
    for case in epoch:
        told = case["measured"]["amortised_hw_plus_energy_usd"]
        assert predict(case)["amortised_hw_plus_energy_usd"] == pytest.approx(told, rel=0.05), case["id"]


def test_one_run_by_hand(cases: dict[str, dict[str, Any]]) -> None:
    """GPT-3 in October 2019, V100 for sale from 25 June 2018: 463 days."""
    value = 242_000_906 / 10_000 * 10 ** (-0.14 * 463 / 365.25)
    capital = value * 0.14 * math.log(10) * 3_552_000 / 8766
    energy = 0.3 * 1.667 * 0.75 * 1.25 * 3_552_000 * 0.0667
    found = predict(cases["epoch-gpt-3-175b-davinci"])["amortised_hw_plus_energy_usd"]
    assert found == pytest.approx(capital + energy, rel=1e-5)


def test_a_service_at_a_price_by_the_hour(cases: dict[str, dict[str, Any]]) -> None:
    """226.75 nodes of 8 at 2 USD an hour."""
    assert predict(cases["deepseek-online-cost"]) == {"cost_usd_per_day": 87_072}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "another"}, "no dates of the run 'another'"),
        ({"hardware": {"accelerator": "Abacus", "count": 1}}, "no dates of the accelerator 'Abacus'"),
        ({"hardware": {"accelerator": "Google TPU v4", "count": 0}}, "does not state count"),
        (
            {"measured": {"amortised_hw_plus_energy_usd": 1, "chip_hours": "many"}},
            "does not state chip_hours",
        ),
        ({"measured": {"usd_per_million_output_tokens": 0.2}}, "are not stated"),
    ],
)
def test_what_is_missing_is_named(
    cases: dict[str, dict[str, Any]], change: dict[str, Any], said: str
) -> None:
    with pytest.raises(EngineError, match=said):
        predict(cases["epoch-palm-540b"] | change)
