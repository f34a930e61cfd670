"""The data behind the charts of worth: parts that add up to the whole the engine gives."""

import pytest

from core.drawing.worth_charts import (
    capital_split,
    power_chain,
    power_split,
    supplier_split,
    time_split,
    time_title,
    tornado_rows,
    year_split,
)
from core.engine.evaluation import evaluate
from core.engine.supply import shares_of
from core.files.project_file import load
from desktop.templates import examples


@pytest.fixture(scope="module")
def of():
    return evaluate(load(next(one.path for one in examples() if one.name == "hall"))[0])


def test_the_parts_of_a_step_add_up_to_it(of):
    run, service = of.workloads.results
    bars = time_split(run)
    assert sum(bar.value for bar in bars) == pytest.approx(run.training.step.step_s)
    assert bars[0].label == "Matrix products"
    assert [bar.value for bar in bars] == sorted((bar.value for bar in bars), reverse=True)
    assert time_title(run).startswith("Train 405B: step of ")
    served = time_split(service)
    assert sum(bar.value for bar in served) == pytest.approx(service.serving.iteration_s)


def test_domains_and_kinds_add_up_to_capital_and_year(of):
    figures = of.economics.figures
    assert sum(bar.value for bar in capital_split(of.economics)) == pytest.approx(figures["capex_usd"])
    assert sum(bar.value for bar in year_split(of.economics)) == pytest.approx(figures["tco_year_usd"])
    assert all("verified" in bar.note for bar in year_split(of.economics))


def test_power_goes_from_all_that_is_drawn_to_the_it(of):
    total = of.energy.total_w
    assert sum(bar.value for bar in power_split(of.energy)) == pytest.approx(total)
    first, *losses, last = power_chain(of.energy, of.economics)
    assert (first.value, last.value) == (pytest.approx(total), pytest.approx(of.energy.it_w))
    assert losses[0].start + losses[0].value == pytest.approx(total)
    assert losses[-1].start == pytest.approx(of.energy.it_w), "what is left after the last loss is the IT"


def test_plant_by_others_is_in_the_power_that_is_paid_for():
    """The H100 unit has no plant drawn: its energy is that of the IT times the PUE that is assumed."""
    of = evaluate(load(next(one.path for one in examples() if "h100" in one.path.name))[0])
    first, others, *_, last = power_chain(of.energy, of.economics)
    pue = next(one.likely for one in of.economics.inputs if one.name == "pue")
    assert first.value == pytest.approx(of.energy.it_w * pue)
    assert first.value * 8766 / 1e6 == pytest.approx(of.economics.figures["energy_mwh"])
    assert others.label == f"Plant by others: PUE {pue:g}, estimate"
    assert others.start + others.value == pytest.approx(first.value)
    assert last.value == pytest.approx(of.energy.it_w)


def test_small_suppliers_are_one_and_the_unknown_is_last():
    spend = [(f"Maker {at}", 100.0 - at) for at in range(10)] + [("unknown", 500.0)]
    bars = supplier_split(shares_of(spend))
    assert [bar.label for bar in bars[-2:]] == ["3 others", "Nobody named"]
    assert bars[-2].value == pytest.approx(93 + 92 + 91)
    assert sum(bar.value for bar in bars) == pytest.approx(sum(usd for _, usd in spend))


def test_a_tornado_has_both_ends_of_each_input(of):
    rows = tornado_rows(of.economics, "usd_per_gpu_hour")
    assert 1 <= len(rows) <= 10
    widths = [abs(row.at_high - row.at_low) for row in rows]
    assert widths == sorted(widths, reverse=True)
    life = next(row for row in rows if row.key == "life_it_years")
    assert life.at_low > of.economics.figures["usd_per_gpu_hour"] > life.at_high, "a longer life costs less"
