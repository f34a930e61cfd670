"""Numbers are printed alike everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import THIN, number_text, share, show


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "kg", "unknown"),
        (float("nan"), "W", "unknown"),
        (0.0, "W", "0 W"),
        (999.96, "W", "1 kW"),
        (132_000, "W", "132 kW"),
        (1_199_999, "W", "1.2 MW"),
        (1_440_000, "TFLOPS", "1.44 EFLOPS"),
        (18_500_000, "USD", "18.5 M USD"),
        (12, "degC", "12 °C"),
        (0.5, "TB", "500 GB"),
        (-1500.0, "W", "-1.5 kW"),
        (14.2857, "", "14.29"),
        (float("inf"), "", "∞"),
    ],
)
def test_values_as_printed(value: float | None, unit: str, text: str) -> None:
    assert show(value, unit).replace(THIN, " ") == text


def test_shares_are_per_cent() -> None:
    assert share(0.123456) == "12.3 %"
    assert share(None) == "unknown"


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_a_printed_number_is_near_the_value(value: float) -> None:
    assert float(number_text(value).replace(THIN, "")) == pytest.approx(value, rel=5.1e-4)
