"""Charts of our own primitives: what the window shows and what the sheets print are the same drawing."""

from core.drawing.charts.bars import Bar, bar_chart, share_chart
from core.drawing.charts.chart import Chart, Mark
from core.drawing.charts.lines import Series, line_chart
from core.drawing.charts.scatter import Axis, Spot, scatter_chart
from core.drawing.charts.tornado import Swung, tornado_chart

__all__ = [
    "Axis",
    "Bar",
    "Chart",
    "Mark",
    "Series",
    "Spot",
    "Swung",
    "bar_chart",
    "line_chart",
    "scatter_chart",
    "share_chart",
    "tornado_chart",
]
