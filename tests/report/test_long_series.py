"""Schedules and port maps too long to print row by row."""

import io

import pikepdf
import pytest

from core.report.sheets import port_maps, schedule
from core.report.sheets.cover import _ranges
from core.report.sheets.schedule import _ranges as number_ranges
from core.report.specification import make_specification
from core.rules.finding import Report
from tests.report.conftest import texts_of
from tests.report.samples import unit


def _attached(data, name):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return pdf.attachments[name].get_file().read_bytes().decode()


def test_long_schedules_are_printed_as_bundles_and_attached_in_full(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_ROWS", 100)
    data = make_specification(unit(), findings=Report())
    bundles = " ".join(t for t in texts_of(data) if "bundles by rack" in t)
    assert "C-0577 to C-0648" in bundles
    assert _attached(data, "cable-schedule.csv").count("\r\n") == 1441 + 1


def test_the_sum_of_bundles_is_the_sum_of_rows(monkeypatch):
    monkeypatch.setattr(schedule, "MOST_ROWS", 100)
    pages = texts_of(make_specification(unit(), findings=Report()))
    summary = next(t for t in pages if "In all m" in t)
    assert "1441 cables" in summary.replace(",", "")


def test_very_many_port_maps_are_attached(monkeypatch):
    monkeypatch.setattr(port_maps, "MOST_ROWS", 100)
    data = make_specification(unit(), findings=Report())
    pages = [t for t in texts_of(data) if "switches by rack" in t]
    assert pages
    text = _attached(data, "port-maps.csv")
    assert "N01/LEAF-1,osfp1/1,C-" in text
    assert "spare" in text


def test_index_rows_are_gathered_until_they_fit():
    rows = [("G-001", "Cover", "")]
    rows += [(f"T-{601 + i}", "Schedule", f"part {i + 1} of 40") for i in range(40)]
    rows += [(f"T-{701 + i}", "Port maps", f"leaf {i}") for i in range(50)]
    assert _ranges(rows, 100) == rows
    some = _ranges(rows, 60)
    assert len(some) == 52
    assert some[1] == ("T-601 to T-640", "Schedule", "40 sheets, see the index in full")
    assert len(_ranges(rows, 10)) == 3


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        (["C-0002", "C-0001", "C-0003"], "C-0001 to C-0003"),
        (["A", "B"], "A, B"),
        (["C-9", "C-10"], "C-9 to C-10"),
    ],
)
def test_number_ranges(tags, text):
    assert number_ranges(tags) == text
