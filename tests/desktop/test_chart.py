"""Charts on the screen: told by mouse and keys, chosen, followed when the data change."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from core.drawing.charts import Axis, Bar, Spot, bar_chart, scatter_chart
from desktop.chart import ChartView


def _bars(*values):
    return [Bar(f"Thing {at}", value, f"{value:g} W", key=f"k{at}") for at, value in enumerate(values)]


@pytest.fixture
def view(qapp):
    made = ChartView(lambda width: bar_chart(_bars(3.0, 2.0, 1.0), width, title="Power"))
    made.resize(500, 200)
    made.show()
    QTest.qWaitForWindowExposed(made)
    yield made
    made.close()


def _middle(view, at):
    return view.mark_box(at).center().toPoint()


def test_the_chart_fills_the_width_and_is_as_high_as_it_needs(view):
    before = view.chart.height
    view.resize(900, 200)
    assert view.chart.width == pytest.approx(900 / 4.3, rel=0.01)
    assert view.chart.height == before
    assert view.height() == pytest.approx(before * 4.3, abs=4)


def test_a_click_chooses_what_is_under_it(view):
    heard = []
    view.chosen.connect(heard.append)
    for at in (2, 0):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=_middle(view, at))
    assert heard == ["k2", "k0"]
    assert view.mark_at(QPointF(view.width() - 2.0, 2.0)) == -1, "the title is nothing"


def test_the_mouse_tells_what_it_is_on(view):
    place = QPointF(_middle(view, 1))
    move = QMouseEvent(
        QEvent.Type.MouseMove, place, view.mapToGlobal(place), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    view.mouseMoveEvent(move)
    assert view.mark.words == "Thing 1: 2 W"
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor


def test_keys_walk_the_marks_and_open_one(view):
    opened, chosen = [], []
    view.opened.connect(opened.append)
    view.chosen.connect(chosen.append)
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Right):
        QTest.keyClick(view, key)
    assert view.at == 2, "it stays at the last"
    assert view.accessibleDescription() == "Thing 2: 1 W"
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert (opened, chosen) == (["k2"], ["k0"])


def test_new_data_keep_the_mark_that_is_told(view):
    view.at = 2
    view.show_chart(lambda width: bar_chart([*_bars(9.0), *_bars(3.0, 2.0, 1.0)[2:]], width, title="Power"))
    assert view.mark.key == "k2"
    assert view.accessibleName() == "Power: Thing 0: 9 W; Thing 2: 1 W"
    view.show_chart(lambda width: bar_chart(_bars(1.0), width))
    assert view.mark is None


def test_points_near_each_other_are_told_apart(qapp):
    spots = [
        Spot(0.0, 0.0, "a", "a"),
        Spot(10.0, 10.0, "b", "b"),
        Spot(10.0, 9.0, "c", "c", standing="broken"),
    ]
    view = ChartView(lambda width: scatter_chart(spots, Axis("x"), Axis("y"), width, 70.0))
    view.resize(600, 320)
    for at in range(3):
        assert view.mark_at(view.mark_box(at).center()) == at
    assert view.mark_at(view.mark_box(0).center() + QPointF(60.0, 0.0)) == -1


def test_it_is_painted_in_light_and_dark(view):
    from desktop.theme import theme

    seen = {}
    for choice in ("light", "dark"):
        theme().apply(choice)
        picture = view.grab().toImage()
        place = _middle(view, 0)
        seen[choice] = picture.pixelColor(place).name()
    theme().apply("light")
    assert seen == {"light": "#84b4e6", "dark": "#033291"}
