"""Numbers are printed alike everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import SYSTEMS, US, entered, entry, number_text, share, show, symbol, use


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
    assert show(value, unit) == text


def test_shares_are_per_cent() -> None:
    assert share(0.123456) == "12.3 %"
    assert share(None) == "unknown"


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_a_printed_number_is_near_the_value(value: float) -> None:
    assert float(number_text(value).replace(",", "")) == pytest.approx(value, rel=5.1e-4)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1000.0, "kg", "2,205 lb"),
        (600.0, "mm", "23.62 in"),
        (35.0, "degC", "95 °F"),
        (10.0, "K", "18 °F"),
        (100.0, "L/min", "26.42 gpm"),
        (1000.0, "m3/h", "588.6 CFM"),
        (100.0, "kPa", "14.5 psi"),
        (1000.0, "kg/m2", "204.8 lb/ft²"),
        (132_000.0, "W", "132 kW"),
        (3.0, "m", "9.843 ft"),
    ],
)
def test_values_in_us_units(value: float, unit: str, text: str) -> None:
    with use("us"):
        assert show(value, unit) == text


@given(st.floats(-1e6, 1e6, allow_nan=False), st.sampled_from(sorted(US)), st.sampled_from(SYSTEMS))
def test_what_a_field_shows_is_read_back(value: float, unit: str, system: str) -> None:
    with use(system):
        assert entered(entry(value, unit), unit) == pytest.approx(value, rel=1e-6, abs=1e-4)


@given(st.floats(0, 1e6), st.sampled_from(sorted(US)))
def test_a_unit_typed_wins_over_the_units_in_force(value: float, unit: str) -> None:
    with use("us"):
        typed = f"{value:.9f} {symbol(unit)}"
        assert entered(typed, unit) == entered(f"{value:.9f}", unit)
    assert entered(f"{value:.9f} {symbol(unit)}", unit) == pytest.approx(value, abs=1e-6)
