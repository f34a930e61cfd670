"""The power schedule: figures that were worked out by hand stand on the sheet, and all cases in the CSV."""

from __future__ import annotations

import csv
import io

import pikepdf
import pypdfium2

from core.report.sheets.outages import CSV_HEADS, CSV_NAME
from core.report.specification import make_specification
from tests.engine.test_node_headroom import two_sides
from tests.engine.test_outages import two_pdus


def read(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    return next(text for text in texts if "Feeders" in text and "E-302" in text)


def test_loads_margins_and_losses_are_those_of_the_engine() -> None:
    data = make_specification(two_pdus(rated_w=8_000).project)
    text = " ".join(read(data).split())
    # 10 kW over two PDUs of 8 kW and two sources of 9 kW: 5 kW each, all of it when the other one is lost.
    assert "PDU pA 2 8.0 5.0 10.0 pB -2.0 125 % 0" in text
    assert "A 415 V 3 9.0 5.0 3.5 6.0 10.0 -1.0 111.1 %" in text
    assert "PDU pA 2 0 0 0 1 1 0 2 125 % holds" in text
    assert "4 cases: every source" in text
    assert "hold: 3 parts are by others" in text
    with pikepdf.open(io.BytesIO(data)) as pdf:
        attached = pdf.attachments[CSV_NAME].get_file().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(attached)))
    assert tuple(rows[0]) == CSV_HEADS
    assert len(rows) == 5
    lost = {row[0]: row for row in rows[1:]}
    assert lost["Source A"][CSV_HEADS.index("Devices short of supplies")] == "1"
    assert lost["pA"][CSV_HEADS.index("Its load over its rating")] == "1.2500"


def test_what_is_stranded_is_not_usable() -> None:
    text = " ".join(read(make_specification(two_sides(pdu_w=15_000, ups_w=12_000).project)).split())
    # 5 kW are left in the PDU, 2 kW in the UPS above it.
    assert "PDU pA 2 15.0 5.0 10.0 uB 5.0 66.7 % 2.0" in text
    open_end = two_sides(pdu_w=15_000, ups_w=12_000, capacity_w=None)
    text = " ".join(read(make_specification(open_end.project)).split())
    assert "UPS uA 2 12.0 5.0 10.0 uB 2.0 83.3 % \u2264 2.0" in text


def test_a_design_without_power_has_no_schedule() -> None:
    from tests.engine.designs import Design

    design = Design()
    design.rack("plain")
    design.place("plain", "r1")
    with pypdfium2.PdfDocument(make_specification(design.project)) as pdf:
        assert not any("E-302" in page.get_textpage().get_text_range() for page in pdf)
