"""CSV that is no trap."""

import csv
import io

import pytest

from core.report.csv_text import csv_bytes, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx"])
def test_formulas_become_text(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-3.5", "+2", "R01", "", "12,5"])
def test_numbers_and_names_stay(text):
    assert safe_cell(text) == text


def test_round_trip():
    rows = [("a,b", 'say "x"'), ("line", "ü")]
    read = list(csv.reader(io.StringIO(csv_bytes(["A", "B"], rows).decode())))
    assert read == [["A", "B"], *map(list, rows)]
