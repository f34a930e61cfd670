"""Climates by name and by bins."""

from __future__ import annotations

import numpy as np
import pytest

from core.engine.climate import HOURS, climate_of, climates
from core.errors import EngineError


@pytest.mark.parametrize("name", sorted(climates()))
def test_a_shipped_climate_is_a_year_and_says_how_it_is_known(name: str) -> None:
    climate = climate_of(name.upper())
    assert climate.hours.sum() == pytest.approx(HOURS)
    assert (np.diff(climate.outdoor_c) > 0).all()
    assert climate.evidence == "recalled"
    assert climate.basis


def test_the_mean_of_a_climate_is_that_of_its_months() -> None:
    climate = climate_of("Frankfurt")
    # Mean of 1.5 2.5 6.5 10.5 15 18.5 20.5 20 15.5 10.5 5.5 2.5, months taken as equally long.
    assert (climate.outdoor_c * climate.hours).sum() / HOURS == pytest.approx(129 / 12, abs=0.05)


def test_own_bins_are_scaled_to_a_year() -> None:
    own = climate_of("10 : 50, 20:50")
    assert own.hours.tolist() == [4380, 4380]
    assert own.evidence == "user"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Atlantis", "there is no climate 'Atlantis'"),
        ("10:5 x", "there is no climate"),
        ("10:0 20:0", "its hours are all 0"),
        ("10:5 10:6", "comes twice"),
        ("99:5", "beyond 70"),
        ("", "there is no climate ''"),
    ],
)
def test_what_is_no_climate_is_refused_with_a_cure(text: str, problem: str) -> None:
    with pytest.raises(EngineError, match=problem) as caught:
        climate_of(text)
    assert "Frankfurt" in (caught.value.cure or "")
