"""Single sheets are those of the set."""

from __future__ import annotations

import pytest

from core.errors import CagenutError
from core.model.project import Project
from core.report.preview import Preview
from core.report.specification import make_specification
from tests.report.conftest import texts_of
from tests.report.samples import unit


@pytest.fixture(scope="module")
def preview() -> Preview:
    return Preview(unit())


def test_every_sheet_reads_as_in_the_set(preview: Preview) -> None:
    whole = texts_of(make_specification(unit()))
    assert len(whole) == len(preview.sheets)
    for text, sheet in zip(whole, preview.sheets, strict=True):
        assert texts_of(preview.page(sheet.id)) == [text], sheet.id


def test_a_picture_is_as_wide_as_asked_and_is_not_blank(preview: Preview) -> None:
    picture = preview.picture(preview.sheets[0].id, 700)
    # A3 is 420 x 297 mm.
    assert picture.width == 700
    assert picture.height == pytest.approx(700 * 297 / 420, abs=1)
    assert len(picture.pixels) == 3 * picture.width * picture.height
    assert 255 in picture.pixels
    assert min(picture.pixels) < 80


def test_what_cannot_be_shown_is_said(preview: Preview) -> None:
    with pytest.raises(CagenutError, match="no sheet X-999"):
        preview.page("X-999")
    with pytest.raises(CagenutError, match="nothing to print"):
        Preview(Project())
