"""Fitting, wrapping and glyphs."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.report.fonts import LEAST_MM, MONO, SANS, WIDE_BOLD, em_width, fit, missing, wrap


def test_width_is_that_of_the_pdf_library():
    from reportlab.pdfbase.pdfmetrics import stringWidth

    em_width("warm up", SANS)
    for text in ("Rack 42", "µΩ → ≤ 3.5 °C", "AVAWA"):
        assert em_width(text, SANS) * 10 == pytest.approx(stringWidth(text, SANS, 10), abs=1e-6)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), min_size=1, max_size=60),
       st.floats(2.0, 8.0), st.floats(1.0, 120.0))  # fmt: skip
def test_a_fitted_line_is_never_too_small_and_never_too_wide(text, size, room):
    fitted = fit(text, SANS, size, room)
    assert fitted.size_mm >= LEAST_MM
    assert fitted.width_mm <= room + 1e-6
    assert fitted.is_shortened or fitted.text == text


def test_letters_get_narrower_then_smaller_then_fewer():
    text = "Compute rack with liquid cooling"
    full = fit(text, WIDE_BOLD, 5.0, 0).width_mm
    narrow = fit(text, WIDE_BOLD, 5.0, full * 0.95)
    assert narrow.font != WIDE_BOLD
    assert narrow.size_mm == 5.0
    small = fit(text, WIDE_BOLD, 5.0, full * 0.5)
    assert small.size_mm < 5.0
    assert not small.is_shortened
    few = fit(text, WIDE_BOLD, 5.0, full * 0.2)
    assert few.size_mm == LEAST_MM
    assert few.text.endswith("…")


@example("000<I\x85", 8.0)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=200), st.floats(8.0, 80.0))
def test_wrapping_loses_nothing_but_blanks(text, room):
    lines = wrap(text, SANS, LEAST_MM, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(em_width(line, SANS) * LEAST_MM <= room + 1e-6 or len(line) == 1 for line in lines)


def test_what_no_font_can_draw_is_named():
    assert missing(["plain", "µΩ→≤≥×±°²³█▲●–…Δη", "中", "中文"]) == ["中", "文"]


def test_a_font_that_lacks_a_sign_is_replaced():
    assert fit("Ǆ ȸ", MONO, 3.0, 0).font != ""
    assert fit("R01", MONO, 3.0, 0).font == MONO
