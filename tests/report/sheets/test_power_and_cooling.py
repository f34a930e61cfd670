"""The one-line, the cooling schematic and the cooling schedule: hand-computed figures stand on the sheets."""

from __future__ import annotations

import pypdfium2

from core.report.chain_sheets import cuts
from core.report.specification import make_specification
from core.rules.finding import Report
from tests.engine.designs import Design
from tests.engine.test_loops import two_racks_on_two_cdus
from tests.engine.test_outages import two_pdus


def text_of(design: Design, sheet: str) -> str:
    """Return the text of the pages of a sheet."""
    data = make_specification(design.project, findings=Report())
    with pypdfium2.PdfDocument(data) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    return " ".join(" ".join(text.split()) for text in texts[2:] if sheet in text)


def test_the_one_line_says_what_elements_are_rated_for() -> None:
    text = text_of(two_pdus(rated_w=8_000), "E-301")
    assert "ENGINEER OF RECORD TO VERIFY" in text.upper()
    assert "Elements, from the sources down" in text
    # 8 kW are stated; amperes, frames and short-circuit ratings are not.
    assert "8.0 hold hold hold by others" in text


def test_the_cooling_schedule_has_the_heat_of_each_loop() -> None:
    text = text_of(two_racks_on_two_cdus(), "M-402")
    # Two trays of 8 kW to liquid on each CDU of 20 kW; both on the cooler of 30 kW.
    assert "16.0 20.0 4" in text
    assert "4.0 80 %" in text
    assert "32.0 30.0" in text
    assert "-2.0 106.7 %" in text
    assert "leak sensors: hold" in text


def test_a_plain_rack_has_none_of_these_sheets() -> None:
    design = Design()
    design.rack("plain")
    design.place("plain", "r1")
    data = make_specification(design.project, findings=Report())
    with pypdfium2.PdfDocument(data) as pdf:
        texts = [page.get_textpage().get_text_range() for page in pdf]
    assert not any(sheet in text for text in texts for sheet in ("E-301", "M-401", "M-402"))


def test_a_drawing_is_cut_between_cards_only() -> None:
    spans = [(0.0, 70.0), (80.0, 150.0), (140.0, 210.0), (220.0, 290.0)]
    assert cuts(spans, 0.0, 290.0, 220.0) == [(0.0, 215.0), (215.0, 290.0)]
    # The two in the middle overlap: no cut runs through them.
    assert cuts(spans, 0.0, 290.0, 100.0) == [(0.0, 75.0), (75.0, 215.0), (215.0, 290.0)]
