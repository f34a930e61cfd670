"""Column widths and page breaks."""

from hypothesis import given
from hypothesis import strategies as st

from core.report.tables import Column, Table, column_widths, lay, row_height

COLUMNS = (Column("Name", wide=1.0), Column("Number", "right"), Column("Remark", most=40))
cells = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=90)


@given(st.lists(st.tuples(cells, cells, cells), max_size=60), st.floats(60, 400), st.floats(40, 300))
def test_every_row_is_on_one_part_and_parts_fit(rows, width, height):
    laid = lay(Table(COLUMNS, rows, "Title"), width, height)
    assert sum(laid.widths) <= width + 1e-6
    assert [r for a, b in laid.parts for r in range(a, b)] == list(range(len(rows)))
    for part, (start, end) in enumerate(laid.parts):
        assert laid.height(part) <= height + 1e-6 or end - start == 1 or not rows


def test_a_table_fills_its_width():
    table = Table(COLUMNS, [("a", "1", "b")])
    assert abs(sum(column_widths(table, 200.0)) - 200.0) < 1e-6


def test_columns_are_as_wide_as_their_cells_need():
    rows = [("short", "1", "x"), ("a much longer name than the others", "2", "x")]
    widths = column_widths(Table((Column("Name", most=100), Column("N", "right"), Column("R")), rows), 120.0)
    assert widths[0] > 2 * widths[1]


def test_long_cells_wrap():
    table = Table((Column("Name", most=20), Column("N")), [("one two three four five six seven", "1")])
    laid = lay(table, 30.0, 200.0)
    assert row_height(table, laid.widths, 0) > 7.0


def test_an_empty_table_is_one_part():
    assert lay(Table(COLUMNS, []), 100.0, 100.0).parts == ((0, 0),)
