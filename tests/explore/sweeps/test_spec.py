"""Sweeps as they are written: what is read, and what every mistake is told."""

from __future__ import annotations

import pytest

from core.explore.sweeps.sampling import points
from core.explore.sweeps.spec import SpecError, read_spec
from tests.explore.sweeps.asked import BASE, GRID, asked

RANGE = '[parameters.air]\nset = "requirement:air_supply_c"\nlow = 18\nhigh = 27\n'
RANDOM = f'[search]\nmethod = "random"\npoints = 9\nseed = 3\n{BASE}{RANGE}'


def test_a_grid_is_every_combination() -> None:
    found = [tuple(values.values()) for values in points(read_spec(GRID, "s.toml"))]
    hosts = ("nvidia-dgx-h100", "nvidia-dgx-b200")
    assert found == [(host, price) for host in hosts for price in (1.0, 2.0)]


def test_a_random_search_meets_every_slice_once_and_is_the_same_again() -> None:
    found = [values["air"] for values in points(read_spec(RANDOM, "s.toml"))]
    # Nine slices of 18 to 27: one of each degree.
    assert sorted(int(air) for air in found) == list(range(18, 27))
    assert found == [values["air"] for values in points(read_spec(RANDOM, "s.toml"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[base", "s.toml: this is no TOML"),
        (f"colour = 1\n{GRID}", "s.toml, line 1, colour: the key 'colour' is not known"),
        (BASE, "nothing is varied"),
        (f"{BASE}{RANGE}", "line 3, parameters.air: a grid needs listed values"),
        (RANDOM.replace("points = 9\n", ""), "a random search needs a number of points"),
        (RANDOM.replace("points = 9", "points = 0"), "line 3, search.points: 0 is no whole number"),
        (RANDOM.replace('"random"', '"rondom"'), "line 2, search.method: there is no search 'rondom'"),
        (RANDOM.replace("high = 27", "high = 17"), "parameters.air.high: 17 is not above 18"),
        (RANDOM.replace("high = 27", "high = nan"), "parameters.air.high: this must be a number"),
        (
            RANDOM.replace("air_supply_c", "air_suply_c"),
            "there is no requirement 'air_suply_c'. Perhaps air_",
        ),
        (RANDOM.replace("high = 27", "high = 200"), "Air supply must be at most 80 degC"),
        (RANDOM.replace("requirement:", "demand:"), "there is no target 'demand'"),
        (RANDOM.replace("rack-dgx-h100-x4", "rack-of-gold"), "line 6, base.template: there is no template"),
        (f'constraints = ["power < 3"]\n{GRID}', "line 1, constraints: 'power < 3' is no limit"),
        (GRID.replace("least", "fewest"), "line 1, objectives: 'fewest usd_per_accelerator' is no objective"),
        (GRID.replace("[1.0, 2.0]", "[1.0, -2.0]"), "parameters.price: -2.0 is no price factor"),
        (GRID.replace("[1.0, 2.0]", "[]"), "parameters.price.values: this must be a list of values"),
        (GRID.replace("price_factor:*", "generate:hosts"), "parameters.price: the base is not generated"),
        (GRID.replace("parameters.price", "parameters.point"), "'point' is a column of the tables"),
        (
            GRID + GRID[GRID.index("[parameters.price]") :].replace("price]", "again]"),
            "parameters.again: 'price' sets the same",
        ),
        (RANDOM.replace("high = 27", f"high = {'9' * 400}"), "parameters.air.high: this must be a number"),
        (GRID.replace("[1.0, 2.0]", f"[{'9' * 400}]"), "values are finite numbers or words"),
        (RANDOM + 'integer = "yes"\n', "parameters.air.integer: this must be true or false"),
        (RANDOM.replace("low = 18", "low = 18.5") + "integer = true\n", "whole numbers has whole ends"),
        (RANDOM + "values = [20]\n", "parameters.air.low: there are values already"),
    ],
)
def test_every_mistake_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(SpecError) as error:
        asked(text)
    assert said in str(error.value)
    assert error.value.cure
