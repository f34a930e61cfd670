"""Papers, frames and scales."""

import pytest

from core.errors import CagenutError
from core.report.paper import BLOCK_WIDTH, PAPERS, Box, paper_of, scale_to_fit
from core.report.title_block import cells


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.name)
def test_frame_and_title_block(paper):
    assert paper.frame.x == 20.0
    assert paper.width - paper.frame.right == pytest.approx(10.0)
    assert paper.block.right == pytest.approx(paper.frame.right)
    assert paper.block.y == paper.frame.y
    assert paper.block.width == BLOCK_WIDTH == 180.0
    assert paper.width > paper.height


def test_cells_fill_the_title_block():
    box = PAPERS["A3"].block
    rows = cells(box)
    assert sum(c.width * c.height for row in rows for c in row) == pytest.approx(box.width * box.height)
    assert rows[-1][0].y == pytest.approx(box.y)


@pytest.mark.parametrize("name", ["A3", "a1", "ANSI B", "ANSI-D", "ansib"])
def test_papers_are_found_however_they_are_written(name):
    assert paper_of(name).width > 400


def test_unknown_paper_is_refused():
    with pytest.raises(CagenutError, match="no paper 'Letter'"):
        paper_of("Letter")


def test_scales_are_usual_ones():
    room = Box(0, 0, 300, 200)
    assert scale_to_fit(600, 2236, room) == 15
    assert scale_to_fit(600, 1999, room) == 10
    assert scale_to_fit(21600, 8400, room) == 75
    assert scale_to_fit(1e7, 1e7, room) == 1e5
