"""Sets that many tests look at, made once."""

import pytest
from pypdfium2 import PdfDocument

from core.report.specification import make_specification
from core.rules.finding import Report
from tests.report.samples import hall, issued, unit


@pytest.fixture(scope="session")
def unit_pdf() -> bytes:
    return make_specification(unit(), findings=Report())


@pytest.fixture(scope="session")
def hall_pdf() -> bytes:
    return make_specification(issued(hall(units=4)), findings=Report())


@pytest.fixture(scope="session")
def hall_pages(hall_pdf: bytes) -> list[str]:
    return texts_of(hall_pdf)


@pytest.fixture(scope="session")
def unit_pages(unit_pdf: bytes) -> list[str]:
    return texts_of(unit_pdf)


def texts_of(data: bytes) -> list[str]:
    """Return the text of each page."""
    document = PdfDocument(data)
    try:
        return [document[i].get_textpage().get_text_range() for i in range(len(document))]
    finally:
        document.close()
