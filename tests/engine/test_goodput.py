"""Goodput: closed formulas by hand, published runs, and what must hold for all."""

from __future__ import annotations

from math import exp, expm1, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.brief import ASSUMPTIONS
from core.engine.goodput import Goodput, failures_per_day, goodput_at, goodput_of, no_spare, spares_needed
from core.errors import EngineError

RATES = {
    name: ASSUMPTIONS[name].value
    for name in ("node_failures_1000_days", "link_failures_1000_days", "job_failures_day")
}


def run(nodes: float = 2048, **changed: float) -> Goodput:
    given = {"save_s": 30.0, "restart_s": 600.0, "repair_h": 24.0, **RATES, **changed}
    return goodput_of(nodes, 0.0, **given)  # type: ignore[arg-type]


def test_the_rates_give_the_two_runs_they_come_from() -> None:
    """Meta RSC-1: 7.9 h at 1,024 GPUs; Llama 3: 419 unexpected stops in 54 days at 16,384."""
    assert 24 / failures_per_day(128, 0, **RATES) == pytest.approx(7.9, rel=0.01)
    assert 54 * failures_per_day(2048, 0, **RATES) == pytest.approx(419, rel=0.01)


def test_a_run_that_was_not_fitted() -> None:
    """OPT-175B: about two machines a day at 124 hosts; the model says 3.0 stops of any cause."""
    assert 2.0 <= failures_per_day(124, 0, **RATES) <= 3.5


def test_llama_3_works_more_than_90_percent_of_its_time() -> None:
    """With saves that stall 5 s and 6 minutes to restart; its paper says above 90 %."""
    assert run(save_s=5.0, restart_s=360.0).share > 0.90
    assert run(save_s=5.0, restart_s=18 * 60.0).share < 0.92


def test_the_formula_by_hand() -> None:
    """Q 10, R 2, C 1, T 6: 6 / (10 e^0.2 (e^0.7 - 1))."""
    assert goodput_at(6.0, 1.0, 10.0, 2.0) == pytest.approx(6 / (10 * exp(0.2) * expm1(0.7)))
    assert goodput_at(9.0, 1.0, inf, 2.0) == 0.9
    assert goodput_at(1e6, 1.0, 1.0, 2.0) == 0.0


def test_spares_by_hand() -> None:
    """A mean of 1 in repair: none free of 1 in 1 - e^-1, of 2 in 1 - 2 e^-1."""
    assert no_spare(1000, 1.0, 24.0, 1) == pytest.approx(1 - exp(-1))
    assert no_spare(1000, 1.0, 24.0, 2) == pytest.approx(1 - 2 * exp(-1))
    assert spares_needed(1000, 1.0, 24.0, short=0.3) == 2


def test_spares_of_very_many_hosts() -> None:
    """Beyond a mean of 1,000 in repair the normal distribution: mean + 2.33 roots of it, and no long sums."""
    assert spares_needed(999_000, 1.0, 24.0) == pytest.approx(999 + 2.326 * 999**0.5, abs=2)
    assert spares_needed(1_001_000, 1.0, 24.0) == pytest.approx(1001 + 2.326 * 1001**0.5, abs=2)
    assert no_spare(1e12, 1.0, 24.0, 10) == 1.0
    assert run(1e300).share == 0.0


def test_without_spares_a_repair_is_waited_for() -> None:
    alone, spared = run(32, spares=0), run(32)
    share = 32 * RATES["node_failures_1000_days"] / 1000 / alone.failures_day
    assert alone.restart_s == pytest.approx(600 + share * 24 * 3600)
    assert spared.spares > 0
    assert spared.restart_s < 620
    assert spared.share > alone.share


def test_nothing_fails() -> None:
    found = run(**dict.fromkeys(RATES, 0.0))
    assert (found.share, found.mttf_h, found.spares) == (1.0, inf, 0)


@pytest.mark.parametrize("name", ["save_s", "restart_s", "repair_h", "job_failures_day"])
def test_negative_values_are_refused(name: str) -> None:
    with pytest.raises(EngineError, match="cannot be negative"):
        run(**{name: -1.0})


@given(
    nodes=st.floats(1, 1e5), save=st.floats(0.1, 600), restart=st.floats(1, 7200), repair=st.floats(0.1, 100)
)
def test_shares_add_up_and_no_interval_is_better(
    nodes: float, save: float, restart: float, repair: float
) -> None:
    found = run(nodes, save_s=save, restart_s=restart, repair_h=repair)
    parts = (found.share, found.save_share, found.rework_share, found.restart_share)
    assert sum(parts) == pytest.approx(1)
    assert all(-1e-12 <= part <= 1 for part in parts)
    mttf = found.mttf_h * 3600
    others = [goodput_at(found.interval_s * k, save, mttf, found.restart_s) for k in (0.25, 0.5, 2.0, 4.0)]
    assert found.share >= max(others)
