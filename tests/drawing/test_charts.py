"""Charts: lengths in proportion, all within their width, marks that say what is drawn."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.charts import (
    Axis,
    Bar,
    Series,
    Spot,
    Swung,
    bar_chart,
    line_chart,
    scatter_chart,
    share_chart,
    tornado_chart,
)
from core.drawing.charts.axes import lettered
from core.drawing.charts.chart import ticks
from core.drawing.styles import STYLE_INDEX
from core.units import use

VALUES = st.floats(0, 1e9, allow_subnormal=False)


def _rects(chart, at):
    return chart.batch.rects[chart.batch.rect_owner == at]


def _bars(values):
    return [Bar(f"Thing {at}", value, f"{value:g}", key=f"k{at}") for at, value in enumerate(values)]


def test_bars_are_as_long_as_their_values():
    chart = bar_chart(_bars([30.0, 10.0, 5.0]), 150.0, title="Things")
    lengths = [float(_rects(chart, at)[0, 2]) for at in range(3)]
    assert lengths[0] == pytest.approx(3 * lengths[1])
    assert lengths[1] == pytest.approx(2 * lengths[2])
    assert chart.words == "Things: Thing 0: 30; Thing 1: 10; Thing 2: 5"
    assert [mark.key for mark in chart.marks] == ["k0", "k1", "k2"]
    tops = [float(_rects(chart, at)[0, 1]) for at in range(3)]
    assert tops == sorted(tops, reverse=True), "in their order from the top"


def test_bars_of_both_signs_part_at_zero():
    chart = bar_chart(_bars([-20.0, 20.0]), 150.0)
    (left, _, wide, _), (right, _, other, _) = (*_rects(chart, 0).tolist(), *_rects(chart, 1).tolist())
    assert left + wide == pytest.approx(right)
    assert wide == pytest.approx(other)


def test_chained_bars_begin_where_they_are_told():
    chart = bar_chart([Bar("In", 10.0, "10"), Bar("Loss", 4.0, "4", start=6.0)], 150.0)
    (x, _, wide, _), (start, _, loss, _) = (*_rects(chart, 0).tolist(), *_rects(chart, 1).tolist())
    assert start == pytest.approx(x + 0.6 * wide)
    assert start + loss == pytest.approx(x + wide)


def test_whiskers_reach_from_low_to_high():
    chart = bar_chart([Bar("Cost", 4.0, "4 USD", low=3.0, high=6.0)], 150.0)
    mine = chart.batch.lines[chart.batch.line_owner == 0]
    (x, _, wide, _) = _rects(chart, 0).tolist()[0]
    assert mine[0, 0] == pytest.approx(x + 0.75 * wide)
    assert mine[0, 2] == pytest.approx(x + 1.5 * wide)


@given(st.lists(VALUES, min_size=1, max_size=20), st.floats(60, 400))
def test_shares_fill_the_bar(values, width):
    chart = share_chart(_bars(values), width)
    count = sum(value > 0 for value in values)
    assert len(chart.marks) == count
    if count:
        segments = chart.batch.rects[:, 3] == 7.0
        assert chart.batch.rects[segments][:, 2].sum() == pytest.approx(width)
        _assert_inside(chart)


def test_shares_are_said_in_per_cent():
    chart = share_chart(_bars([3.0, 1.0, 0.0]), 150.0)
    assert [mark.text for mark in chart.marks] == ["3, 75 % of all", "1, 25 % of all"]
    assert "75 %" in chart.batch.texts
    wide = [float(_rects(chart, at)[0, 2]) for at in range(2)]
    assert wide[0] == pytest.approx(3 * wide[1])


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=20), st.floats(60, 400))
def test_bars_lie_within_the_width(values, width):
    _assert_inside(bar_chart(_bars(values), width, title="Some"))


def _assert_inside(chart):
    x0, y0, x1, y1 = chart.batch.bounds
    assert x0 >= -0.2
    assert x1 <= chart.width + 0.2
    assert y0 >= -0.2
    assert y1 <= chart.height + 0.2
    assert chart.batch.text_at[:, 1].min() > 0
    assert chart.batch.text_at[:, 1].max() < chart.height


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_values_that_cannot_be_drawn_are_refused(value):
    with pytest.raises(ValueError, match="finite"):
        bar_chart(_bars([value]), 150.0)
    with pytest.raises(ValueError, match="finite"):
        share_chart(_bars([value]), 150.0)
    with pytest.raises(ValueError, match="finite"):
        tornado_chart([Swung("a", "1", "2", 1.0, value, "")], 1.5, "", 150.0)


def test_negative_shares_are_refused():
    with pytest.raises(ValueError, match="below 0"):
        share_chart(_bars([1.0, -0.1]), 150.0)


def test_nothing_says_so():
    for chart in (
        bar_chart([], 100.0),
        share_chart([], 100.0),
        share_chart(_bars([0.0]), 100.0),
        tornado_chart([], 1.0, "1", 100.0),
        scatter_chart([], Axis("x"), Axis("y"), 100.0, 60.0),
        line_chart([], Axis("x"), Axis("y"), 100.0, 60.0),
    ):
        assert "Nothing to show" in chart.batch.texts
        assert chart.words == "nothing to show"
        assert not chart.marks


def test_tornado_bars_reach_from_the_likely_value_to_the_ends():
    rows = [
        Swung("Price", "1 M", "2 M", 4.0, 9.0, "5 USD", key="p", note="estimate"),
        Swung("Life", "4 y", "6 y", 6.0, 4.5, "1.5 USD"),
    ]
    chart = tornado_chart(rows, 5.0, "5 USD", 200.0)
    price = _rects(chart, 0)
    assert sorted(price[:, 2].tolist())[1] == pytest.approx(4 * sorted(price[:, 2].tolist())[0])
    # The low end of the life raises the figure: its bar lies right of the likely value.
    life = {
        int(s): r
        for s, r in zip(chart.batch.rect_style[chart.batch.rect_owner == 1], _rects(chart, 1), strict=True)
    }
    low, high = life[STYLE_INDEX["paint.c6"]], life[STYLE_INDEX["paint.c1"]]
    assert low[0] == pytest.approx(high[0] + high[2])
    texts = [chart.batch.texts[at] for at in np.flatnonzero(chart.batch.text_owner == 1)]
    assert texts == ["Life", "6 y", "4 y", "1.5 USD"], "ends from left to right"
    assert chart.marks[0].words == "Price: from 1 M to 2 M moves it by 5 USD, estimate"


@given(
    st.floats(-1e12, 1e12, allow_subnormal=False),
    st.floats(0, 1e12, allow_subnormal=False),
    st.integers(2, 9),
)
def test_ticks_are_even_and_span_the_values(low, wide, most):
    high = low + wide
    found = ticks(low, high, most)
    slack = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert found[0] <= low + slack
    assert found[-1] >= high - slack
    steps = [b - a for a, b in pairwise(found)]
    assert steps
    assert max(steps) == pytest.approx(min(steps), rel=1e-3, abs=slack)
    assert len(found) <= most + 3


def test_axes_are_lettered_in_the_units_people_read():
    made = lettered(Axis("Power", "W", from_zero=True), [1.2e6, 3.9e6], 4)
    assert (made.title, made.texts) == ("Power [MW]", ["0", "1", "2", "3", "4"])
    assert made.along(1e6) == pytest.approx(0.25)
    with use("us"):
        warm = lettered(Axis("Water", "degC"), [10.0, 37.0], 5)
    # 50 to 98.6 degrees Fahrenheit.
    assert (warm.title, warm.ticks[0], warm.ticks[-1]) == ("Water [°F]", 50.0, 100.0)
    assert warm.along(10.0) == pytest.approx(0.0)


def test_points_stand_where_their_values_are():
    spots = [
        Spot(0.0, 0.0, "a", "ka"),
        Spot(10.0, 10.0, "b", "kb", standing="front"),
        Spot(5.0, 5.0, "c", "kc", standing="broken", note="power above 4 MW"),
        Spot(math.nan, 1.0, "d", "kd"),
    ]
    chart = scatter_chart(spots, Axis("x", from_zero=True), Axis("y", "W"), 200.0, 100.0)
    assert [mark.key for mark in chart.marks] == ["ka", "kb", "kc"], "one without a value is left out"
    middles = {}
    for row, owner in enumerate(chart.batch.polygon_owner.tolist()):
        ring = chart.batch.points[chart.batch.starts[row] : chart.batch.starts[row + 1]]
        middles[owner] = ring.mean(axis=0)
    cross = chart.batch.lines[chart.batch.line_owner == 2].reshape(-1, 2).mean(axis=0)
    assert cross == pytest.approx((middles[0] + middles[1]) / 2)
    assert chart.marks[2].text == "x 5, y 5 W, beyond a limit, power above 4 MW"
    _assert_inside(chart)


def test_lines_go_through_their_points():
    series = [Series("H100", ((0.0, 1.0), (1.0, 3.0))), Series("B200", ((0.0, 0.0), (1.0, 2.0)))]
    chart = line_chart(series, Axis("Load"), Axis("Latency", "s"), 150.0, 80.0, title="Latency")
    assert len(chart.marks) == 4
    assert chart.marks[1].words == "H100: Load 1, Latency 3 s"
    flow = [chart.batch.lines[chart.batch.line_style == STYLE_INDEX[f"flow.c{at}"]] for at in range(2)]
    (x1, y1, x2, y2), (u1, v1, u2, v2) = flow[0][0], flow[1][0]
    assert (x1, x2) == pytest.approx((u1, u2))
    assert y2 - y1 == pytest.approx(v2 - v1), "both rise by 2"
    _assert_inside(chart)
    with pytest.raises(ValueError, match="told apart"):
        line_chart(series * 4, Axis("x"), Axis("y"), 150.0, 80.0)
